/* Eigenvectors of the Hessian at the point: "eigen:1" the first of the largest, "eigen:-1" the most
 * negative one; computed here, or "eigen:1@FILE" out of a file of 'thalweg spectrum'. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "study/plane_sources.h"
#include "thalweg/curvature_report.h"

enum { MOST = 1000, SHARES = 1000 };

/* "-2@FILE" as -2 and the file (NULL: none). */
static tw_status read_which(const char *text, int *which, const char **file) {
    char *end;
    long number = strtol(text, &end, 10);
    int good = end != text && number != 0 && number >= -MOST && number <= MOST &&
               (*end == '\0' || (*end == '@' && end[1] != '\0')) && text[0] != ' ' &&
               text[0] != '+';
    if (!good)
        return tw_fail(TW_ERR_ARGUMENT,
                       "'eigen:%s': give eigen:1 for the largest eigenvalue, eigen:2 for the next, "
                       "eigen:-1 for the most negative, or eigen:1@FILE.h5 out of a spectrum",
                       text);
    *which = (int)number;
    *file = *end == '@' ? end + 1 : NULL;
    return TW_OK;
}

static void say_label(const tw_plane_ask *ask, int which, double value, double residual) {
    if (ask->labels == NULL)
        return;
    snprintf(ask->labels[ask->axis], TW_PLANE_LABEL,
             "eigenvector %d, \xce\xbb = %.6g \xc2\xb1 %.1g", which, value, residual);
}

static tw_status from_file(const tw_plane_ask *ask, const char *file, int which, tw_plane *plane) {
    double value, residual;
    tw_status status =
        tw_curvature_report_direction(file, tw_objective_space(ask->objective), which,
                                      tw_plane_axis(plane, ask->axis), &value, &residual);
    if (status == TW_OK)
        say_label(ask, which, value, residual);
    return status;
}

/* The search has no number of steps to tell of: pairs that are there, and then the whole. */
static int report(void *user, const tw_spectrum_progress *p) {
    const tw_plane_ask *ask = user;
    size_t done = p->wanted > 0 ? SHARES * p->converged / (p->wanted + 1) : 0;
    return ask->progress != NULL ? ask->progress(ask->progress_user, done, SHARES) : 0;
}

static tw_status search(const tw_plane_ask *ask, tw_curvature *curvature, int which,
                        tw_plane *plane) {
    tw_spectrum *spectrum = NULL;
    tw_spectrum_result found = {.bytes = sizeof found};
    const size_t count = (size_t)abs(which);
    /* a direction that is off by 1e-4 is the same in any picture; the first pair of all needs no
     * look for copies, any of which would do */
    const tw_spectrum_options options = {.bytes = sizeof options,
                                         .largest = which > 0 ? count : 0,
                                         .smallest = which < 0 ? count : 0,
                                         .tolerance = 1e-4,
                                         .unconfirmed = count == 1,
                                         .seed = ask->seed,
                                         .report = report,
                                         .user = (void *)ask};
    tw_status status = tw_spectrum_open(curvature, &options, &spectrum);
    while (status == TW_OK && !tw_spectrum_ended(spectrum))
        status = tw_spectrum_run(spectrum, 100);
    if (status == TW_OK)
        status = tw_spectrum_result_of(spectrum, &found);
    size_t there = which > 0 ? found.largest_count : found.smallest_count;
    if (status == TW_OK && count > there)
        status = tw_fail(TW_ERR_ARGUMENT, "'eigen:%d': there are %zu eigenvectors", which, there);
    if (status == TW_OK) {
        const tw_eigenpair *pair =
            which > 0 ? &found.largest[count - 1] : &found.smallest[count - 1];
        memcpy(tw_plane_axis(plane, ask->axis), pair->vector, plane->size * sizeof(double));
        say_label(ask, which, pair->value, pair->residual);
    }
    tw_spectrum_close(spectrum);
    return status;
}

/* What a model without products can do. */
static tw_status advise(const tw_plane_ask *ask, tw_status status) {
    if (status != TW_ERR_UNSUPPORTED)
        return status;
    return tw_fail(status,
                   "'eigen:%s': '%s' has no exact Hessian products; 'thalweg spectrum --product "
                   "differences -o s.h5' computes such vectors, and eigen:%s@s.h5 takes them",
                   ask->argument, ask->model, ask->argument);
}

static tw_status make(const tw_plane_ask *ask, tw_plane *plane) {
    const char *file;
    int which = 0;
    tw_curvature *curvature = NULL;
    tw_status status = read_which(ask->argument, &which, &file);
    if (status != TW_OK || file != NULL)
        return status == TW_OK ? from_file(ask, file, which, plane) : status;
    const tw_curvature_options options = {
        .bytes = sizeof options, .ignore_biasbn = ask->ignore_biasbn, .seed = ask->seed};
    status = tw_curvature_open(ask->objective, ask->point, &options, &curvature);
    if (status == TW_OK)
        status = search(ask, curvature, which, plane);
    else
        status = advise(ask, status);
    tw_curvature_close(curvature);
    return status;
}

const tw_plane_source tw_plane_eigen = {
    .word = "eigen:",
    .shown = "eigen:K",
    .is = TW_PLANE_UNSIZED,
    .make = make,
};
