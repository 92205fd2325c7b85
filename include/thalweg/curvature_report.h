/* curvature_report.h: what was found of the curvature at a point, as one thing: eigenpairs, trace,
 * density. What 'thalweg spectrum' makes (study_spectrum.h), a file keeps, and a figure shows
 * (plot.h: tw_plot_spectrum).
 *
 *     tw_curvature_report report = {0};
 *     if (tw_curvature_report_read("spectrum.h5", &report, NULL) == TW_OK)
 *         printf("%g +- %g\n", report.largest[0].value, report.largest[0].residual);
 *     tw_curvature_report_release(&report);
 */
#ifndef THALWEG_CURVATURE_REPORT_H
#define THALWEG_CURVATURE_REPORT_H

#include <stddef.h>

#include "curvature.h"
#include "density.h"
#include "file.h"
#include "spectrum.h"
#include "trace.h"

TW_BEGIN_DECLS

/* Caller-owned: zero it before the first use. What was not asked for is zero or NULL. */
typedef struct tw_curvature_report {
    size_t bytes;
    int complete;             /* 0: it was interrupted, and more was asked for than is here */
    tw_curvature_facts facts; /* of a file without seconds */

    /* Extreme pairs. Here a vector is a direction in the space of the objective, D v
     * (tw_curvature_scale): v' M v is the second derivative of the loss along it. In pairs that are
     * unfinished, and in reports that are read, it is NULL. */
    size_t largest_count, smallest_count;
    tw_eigenpair *largest, *smallest; /* falling; rising */
    double *vectors;                  /* of both, one after the other; owned */
    size_t largest_asked, smallest_asked;
    tw_spectrum_stop stop;
    double tolerance;                /* that was asked for, as a share of the largest modulus; */
    double residual_limit, rounding; /* what residuals were held to by that, which is a little less,
                                        since moduli are seen from below; and what they consist of
                                        at least */

    size_t eigenvalue_count; /* all of them, where they were computed by a dense solver */
    double *eigenvalues;     /* falling */

    tw_trace_result trace; /* of block_count 0: none */
    char **block_names;    /* trace.block_count texts */
    double *diagonal;      /* facts.size numbers, and their standard errors; NULL in reports that */
    double *diagonal_error; /* are read */

    tw_density density; /* of 0 probes: none */
} tw_curvature_report;

/* Frees all that it holds, and zeroes it. */
TW_API void tw_curvature_report_release(tw_curvature_report *report);

/* What /thalweg of such a file calls it. */
#define TW_SPECTRUM_KIND "spectrum"

/* Writes it as HDF5, whatever the ending; the layout is in docs/files.md. The file is one of
 * directions as well: /xdirection is the first of the largest pairs, /ydirection that of the
 * smallest (or the second of the largest, where none of the smallest was asked for). `space` is the
 * objective's. */
TW_API tw_status tw_curvature_report_write(const char *path, const tw_space *space,
                                           const tw_curvature_report *report,
                                           const tw_provenance *provenance);
/* Reads all but what is as long as the parameters are many. `provenance` (may be NULL) is added to;
 * *report, zeroed before, is to be released in either case. */
TW_API tw_status tw_curvature_report_read(const char *path, tw_curvature_report *report,
                                          tw_provenance *provenance);
/* The direction of pair k > 0 of the largest or -k of the smallest, counted from 1, into
 * tw_space_size(space) numbers, and its value and residual. TW_ERR_ARGUMENT where the file has no
 * such pair, TW_ERR_SHAPE where it is one of another model. */
TW_API tw_status tw_curvature_report_direction(const char *path, const tw_space *space, int k,
                                               double *direction, double *value, double *residual);

TW_END_DECLS

#endif
