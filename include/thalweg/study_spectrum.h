/* study_spectrum.h: the curvature of a model at its point: extreme eigenvalues, trace, density.
 * What 'thalweg spectrum' does.
 *
 *     tw_study_spectrum_options options = tw_study_spectrum_defaults();
 *     tw_study_spectrum *spectrum = NULL;
 *     options.largest = 5;
 *     options.trace = 1;
 *     if (tw_study_spectrum_run(model, &options, &spectrum) == TW_OK)
 *         printf("%g +- %g\n", spectrum->report.largest[0].value,
 *                spectrum->report.largest[0].residual);
 *     tw_study_spectrum_free(spectrum);
 */
#ifndef THALWEG_STUDY_SPECTRUM_H
#define THALWEG_STUDY_SPECTRUM_H

#include "curvature_report.h"
#include "study_model.h"

TW_BEGIN_DECLS

/* What is not given is as curvature.h, spectrum.h, trace.h and density.h have it. */
typedef struct tw_study_spectrum_options {
    size_t bytes;

    /* ---- the matrix ---- */

    int matrix;       /* tw_curvature_matrix; the Hessian */
    int product;      /* tw_product_source; exact */
    double step;      /* of differences */
    const char *only; /* blocks that may move, by their names, separated by commas; all */
    int ignore;       /* 1: what has fewer than two axes stays where it is ("biasbn"); 0 or -1 */
    int norm;         /* tw_norm: in units of filters, layers or weights; none */
    int asymmetric;   /* 1: one that is not symmetric is taken as it is */

    /* ---- what is computed ---- */

    size_t largest, smallest; /* pairs, 0 or more; one of each where nothing else is asked for, and
                                 else none */
    int trace, diagonal;      /* 1: the trace, of blocks as well; with the diagonal */
    int density;              /* 1: by Lanczos' quadrature */
    int exact;                /* 1: all eigenvalues by a dense solver, and their density */
    double tolerance; /* of residuals, a share of the largest |eigenvalue|, 1e-6, of a loss on
                         samples 1e-4; and, where it is given, the standard error of the
                         trace, as a share of it */
    int unconfirmed;  /* 1: the search ends where residuals are small, whatever may have been missed
                         (spectrum.h) */
    size_t products;  /* after which the search for pairs ends (spectrum.h) */
    size_t basis;     /* vectors kept by it */
    int method;       /* tw_trace_method; auto */
    size_t draws;     /* of the trace, at most; of one that is exact they give the Frobenius norm */
    size_t sketch;    /* columns of Hutch++ */
    size_t probes, nodes; /* of the density */

    /* ---- files, and what survives ---- */

    const char *output; /* .h5 (tw_curvature_report_write); NULL: none */
    int restart;        /* 1: starts again, whatever an earlier run has left */
    double save_every;  /* seconds between two saves of where it is; 2 */
} tw_study_spectrum_options;

TW_API tw_study_spectrum_options tw_study_spectrum_defaults(void);

enum { TW_SPECTRUM_NOTES = 8 };

typedef struct tw_study_spectrum {
    size_t bytes;
    const tw_study_model *model; /* which must outlive this */
    tw_curvature_report report;
    tw_provenance provenance; /* what made it */
    double seconds;           /* of this process */
    size_t notes;             /* what a reader should know, which `say` was told as "note: ..." */
    char note[TW_SPECTRUM_NOTES][320];
} tw_study_spectrum;

/* Computes what is asked for at model->x: all eigenvalues, pairs, trace, density, in this order;
 * and writes the output. While it runs, where it is is kept beside the output, as PATH.unfinished,
 * as that of a training is (study_training.h); the same call goes on from there, to the same bits.
 * After an interruption (TW_ERR_CANCELLED) the output holds what was reached. TW_ERR_ARGUMENT for
 * options that contradict each other; TW_ERR_UNSUPPORTED, with the remedy, where the model has not
 * what is asked for; TW_ERR_CALLBACK for a matrix that is not symmetric. *out is owned by the
 * caller, NULL after a failure. */
TW_API tw_status tw_study_spectrum_run(const tw_study_model *model,
                                       const tw_study_spectrum_options *options,
                                       tw_study_spectrum **out);
/* NULL is allowed. */
TW_API void tw_study_spectrum_free(tw_study_spectrum *spectrum);

TW_END_DECLS

#endif
