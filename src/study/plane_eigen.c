/* Eigenvectors of the Hessian at the point: "eigen:1" the first of the largest, "eigen:-1" the most
 * negative one; computed here, or "eigen:1@FILE" out of a file of 'thalweg spectrum'. */
#include <math.h>
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

/* A number with a superscript for its power of ten, and a minus that is one: texts of axes are kept
 * in files, where there is no other way to set them. */
static void print_number(double value, int digits, char *text, size_t size) {
    static const char *const high[] = {"\u2070", "\u00b9", "\u00b2", "\u00b3", "\u2074",
                                       "\u2075", "\u2076", "\u2077", "\u2078", "\u2079"};
    char plain[32];
    size_t used = 0;
    snprintf(plain, sizeof plain, "%.*g", digits, value);
    text[0] = '\0';
    int power = 0;
    for (const char *p = plain; *p != '\0' && used + 8 < size; p++) {
        int leads = power && (*p == '+' || (*p == '0' && (p[-1] == '-' || p[-1] == '+')));
        if (leads)
            continue;
        const char letter[2] = {*p, '\0'};
        const char *shown = *p == '-'            ? power ? "\u207b" : "\u2212"
                            : *p == 'e'          ? "\u00d710"
                            : power && *p != '.' ? high[(*p - '0') % 10]
                                                 : letter;
        used += (size_t)snprintf(text + used, size - used, "%s", shown);
        power |= *p == 'e';
    }
}

/* As many digits as the residual leaves, which is left out where they are all of a double's. */
static void say_label(const tw_plane_ask *ask, int which, double value, double residual) {
    char number[40], error[24], rank[8];
    if (ask->labels == NULL)
        return;
    double digits = residual > 0 ? log10(fabs(value) / residual) : 6;
    digits = digits > 2 && digits < 6 ? ceil(digits) : digits <= 2 ? 2 : 6;
    print_number(value, (int)digits, number, sizeof number);
    print_number(residual, 1, error, sizeof error);
    snprintf(rank, sizeof rank, "%s%d", which < 0 ? "\u2212" : "", abs(which) % (MOST + 1));
    snprintf(ask->labels[ask->axis], TW_PLANE_LABEL, "eigenvector %s, \xce\xbb = %s%s%s", rank,
             number, residual > 1e-6 * fabs(value) ? " \xc2\xb1 " : "",
             residual > 1e-6 * fabs(value) ? error : "");
}

/* In what a spectrum differs from the point that a plane goes through; NULL: in nothing that its
 * file tells. */
static tw_status other_spectrum(const tw_plane_ask *ask, const char *file, const char **out) {
    tw_curvature_report report = {0};
    tw_provenance made = {0};
    char hash[20];
    tw_status status = tw_curvature_report_read(file, &report, &made);
    const char *model = tw_provenance_get(&made, "model"),
               *point = tw_provenance_get(&made, "point_hash");
    snprintf(hash, sizeof hash, "%016llx",
             (unsigned long long)tw_provenance_hash(tw_objective_size(ask->objective), ask->point));
    *out = model != NULL && ask->model != NULL && strcmp(model, ask->model) != 0
               ? "of another model"
           : point != NULL && strcmp(point, hash) != 0 ? "at another point"
                                                       : NULL;
    tw_curvature_report_release(&report);
    tw_provenance_release(&made);
    return status;
}

static tw_status from_file(const tw_plane_ask *ask, const char *file, int which, tw_plane *plane) {
    double value, residual;
    const char *other = NULL;
    tw_status status =
        tw_curvature_report_direction(file, tw_objective_space(ask->objective), which,
                                      tw_plane_axis(plane, ask->axis), &value, &residual);
    if (status == TW_OK)
        status = other_spectrum(ask, file, &other);
    if (status == TW_OK && other == NULL)
        say_label(ask, which, value, residual);
    else if (status == TW_OK && ask->labels != NULL)
        snprintf(ask->labels[ask->axis], TW_PLANE_LABEL, "eigenvector %s%d %s",
                 which < 0 ? "\u2212" : "", abs(which), other);
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
    if (!(tw_objective_capabilities(ask->objective) & TW_CAN_GRADIENT))
        return tw_fail(status,
                       "'eigen:%s': '%s' has neither Hessian products nor a gradient, by which "
                       "eigenvectors are found",
                       ask->argument, ask->model);
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
