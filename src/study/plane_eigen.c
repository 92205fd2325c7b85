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

/* The digits that a residual leaves, 6 at most; 0: none, the residual being larger. */
static int digits_of(double value, double residual) {
    if (!(residual > 0))
        return 6;
    double digits = floor(log10(fabs(value))) - floor(log10(residual)) + 1;
    return fabs(value) < residual || !(digits > 0) ? 0 : digits < 6 ? (int)digits : 6;
}

/* What the residual leaves in doubt is not said of the value; a residual beyond all digits is left
 * out. */
static void say_label(const tw_plane_ask *ask, int which, double value, double residual) {
    char number[40], error[24], rank[8];
    int digits = digits_of(value, residual);
    if (ask->labels == NULL)
        return;
    print_number(digits > 0 ? value : 0, digits > 0 ? digits : 1, number, sizeof number);
    print_number(residual, 1, error, sizeof error);
    snprintf(rank, sizeof rank, "%s%d", which < 0 ? "\u2212" : "", abs(which) % (MOST + 1));
    snprintf(ask->labels[ask->axis], TW_PLANE_LABEL, "eigenvector %s, \xce\xbb = %s%s%s", rank,
             number, residual > 1e-6 * fabs(value) ? " \xc2\xb1 " : "",
             residual > 1e-6 * fabs(value) ? error : "");
}

/* For notes: a value that is hardly known is none. */
static void tell_value(const tw_plane_ask *ask, double value, double residual) {
    if (ask->eigenvalues != NULL && fabs(value) > 2 * residual)
        ask->eigenvalues[ask->axis] = value;
}

/* In what a spectrum differs from the point that a plane goes through; NULL: in nothing that its
 * file tells. And whether it is that of the Hessian. */
static tw_status other_spectrum(const tw_plane_ask *ask, const char *file, const char **out,
                                int *of_hessian) {
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
    *of_hessian = report.facts.matrix == TW_MATRIX_HESSIAN;
    tw_curvature_report_release(&report);
    tw_provenance_release(&made);
    return status;
}

static tw_status from_file(const tw_plane_ask *ask, const char *file, int which, tw_plane *plane) {
    double value, residual;
    const char *other = NULL;
    int of_hessian = 0;
    tw_status status =
        tw_curvature_report_direction(file, tw_objective_space(ask->objective), which,
                                      tw_plane_axis(plane, ask->axis), &value, &residual);
    if (status == TW_OK)
        status = other_spectrum(ask, file, &other, &of_hessian);
    if (status == TW_OK && other == NULL && of_hessian)
        tell_value(ask, value, residual);
    if (status == TW_OK && other == NULL)
        say_label(ask, which, value, residual);
    else if (status == TW_OK && ask->labels != NULL)
        snprintf(ask->labels[ask->axis], TW_PLANE_LABEL, "eigenvector %s%d %s",
                 which < 0 ? "\u2212" : "", abs(which), other);
    return status;
}

/* ---- what is searched for ---- */

/* Axes that are searched for together, and which vector each is. */
typedef struct quest {
    size_t count;
    const tw_plane_ask *ask[2];
    int which[2];
} quest;

/* Pairs of the largest (1) or the smallest (-1) that the axes need. */
static size_t most_of(const quest *q, int sign) {
    int most = 0;
    for (size_t k = 0; k < q->count; k++)
        most = sign * q->which[k] > most ? sign * q->which[k] : most;
    return (size_t)most;
}

/* Of a refusal that one axis of two is the reason of; a single one is named by the caller. */
static tw_status refuse(const quest *q, size_t k, tw_status status) {
    return q->count == 2 ? tw_fail_prefix(status, "--d%c", "xy"[q->ask[k]->axis]) : status;
}

static tw_status check_count(const quest *q, const tw_curvature *curvature) {
    tw_curvature_facts facts;
    tw_curvature_facts_of(curvature, &facts);
    for (size_t k = 0; k < q->count; k++)
        if ((size_t)abs(q->which[k]) > facts.dimension)
            return refuse(q, k,
                          tw_fail(TW_ERR_ARGUMENT, "'eigen:%d': there are %zu eigenvectors",
                                  q->which[k], facts.dimension));
    return TW_OK;
}

/* The search has no number of steps to tell of: pairs that are there, and then the whole. */
static int report(void *user, const tw_spectrum_progress *p) {
    const tw_plane_ask *ask = user;
    size_t done = p->wanted > 0 ? SHARES * p->converged / (p->wanted + 1) : 0;
    return ask->progress != NULL ? ask->progress(ask->progress_user, done, SHARES) : 0;
}

static void take_vectors(const quest *q, const tw_spectrum_result *found, tw_plane *plane) {
    for (size_t k = 0; k < q->count; k++) {
        int which = q->which[k];
        const tw_eigenpair *pair =
            which > 0 ? &found->largest[which - 1] : &found->smallest[-which - 1];
        memcpy(tw_plane_axis(plane, q->ask[k]->axis), pair->vector, plane->size * sizeof(double));
        say_label(q->ask[k], which, pair->value, pair->residual);
        tell_value(q->ask[k], pair->value, pair->residual);
    }
}

static tw_status search(const quest *q, tw_curvature *curvature, tw_plane *plane) {
    tw_spectrum *spectrum = NULL;
    tw_spectrum_result found = {.bytes = sizeof found};
    /* a direction that is off by 1e-4 is the same in any picture */
    const tw_spectrum_options options = {.bytes = sizeof options,
                                         .largest = most_of(q, 1),
                                         .smallest = most_of(q, -1),
                                         .tolerance = 1e-4,
                                         .seed = q->ask[0]->seed,
                                         .report = report,
                                         .user = (void *)q->ask[0]};
    tw_status status = check_count(q, curvature);
    if (status == TW_OK)
        status = tw_spectrum_open(curvature, &options, &spectrum);
    while (status == TW_OK && !tw_spectrum_ended(spectrum))
        status = tw_spectrum_run(spectrum, 100);
    if (status == TW_OK)
        status = tw_spectrum_result_of(spectrum, &found);
    if (status == TW_OK)
        take_vectors(q, &found, plane);
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

static tw_status find(const quest *q, tw_plane *plane) {
    const tw_plane_ask *ask = q->ask[0];
    tw_curvature *curvature = NULL;
    const tw_curvature_options options = {
        .bytes = sizeof options, .ignore_biasbn = ask->ignore_biasbn, .seed = ask->seed};
    tw_status status = tw_curvature_open(ask->objective, ask->point, &options, &curvature);
    if (status == TW_OK)
        status = search(q, curvature, plane);
    else
        status = advise(ask, status);
    tw_curvature_close(curvature);
    return status;
}

/* What a file has is taken out of it; else it joins what is searched for. */
static tw_status begin(quest *q, const tw_plane_ask *ask, tw_plane *plane) {
    const char *file;
    int which = 0;
    tw_status status = read_which(ask->argument, &which, &file);
    if (status != TW_OK || file != NULL)
        return status == TW_OK ? from_file(ask, file, which, plane) : status;
    q->ask[q->count] = ask;
    q->which[q->count++] = which;
    return TW_OK;
}

static tw_status make(const tw_plane_ask *ask, tw_plane *plane) {
    quest q = {.count = 0};
    tw_status status = begin(&q, ask, plane);
    return status == TW_OK && q.count > 0 ? find(&q, plane) : status;
}

/* Of two vectors that are one the plane is a line. */
static tw_status check_pair(const tw_plane_ask both[2], const tw_plane *plane) {
    const double same = 1 - 1e-6;
    const char *x = both[0].argument, *y = both[1].argument;
    if (!(fabs(tw_direction_cosine(plane->size, plane->x, plane->y)) > same))
        return TW_OK;
    return tw_fail(TW_ERR_ARGUMENT, "--dy: 'eigen:%s' is the vector of 'eigen:%s'%s", y, x,
                   (x[0] == '-') == (y[0] == '-')
                       ? "; give another, such as that of the next eigenvalue"
                       : ": counted from the other end it is the same eigenvalue");
}

/* One search has both ends for little more than one of them: the space is the same. */
static tw_status make_both(const tw_plane_ask both[2], tw_plane *plane) {
    quest q = {.count = 0};
    tw_status status = TW_OK;
    for (int axis = 0; axis < 2 && status == TW_OK; axis++) {
        status = begin(&q, &both[axis], plane);
        if (status != TW_OK)
            status = tw_fail_prefix(status, "--d%c", "xy"[axis]);
    }
    if (status == TW_OK && q.count > 0) {
        status = find(&q, plane);
        if (status != TW_OK && q.count == 1)
            status = tw_fail_prefix(status, "--d%c", "xy"[q.ask[0]->axis]);
    }
    return status == TW_OK ? check_pair(both, plane) : status;
}

const tw_plane_source tw_plane_eigen = {
    .word = "eigen:",
    .shown = "eigen:K",
    .is = TW_PLANE_UNSIZED,
    .make = make,
    .make_both = make_both,
};
