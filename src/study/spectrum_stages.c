/* spectrum_stages.c: what is computed of a matrix, one after the other, into the report. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "core/alloc.h"
#include "curvature/curvature_scale.h"
#include "curvature/curvature_unit.h"
#include "curvature/dense.h"
#include "curvature/trace_private.h"
#include "study/block_names.h"
#include "study/spectrum_walk.h"

enum { SHARES = 1000 }; /* of a search, which has no number of steps */

/* ---- the matrix ---- */

/* Before the first product, which of a network takes long. */
static tw_status check_order(const tw_spectrum_walk *walk, const tw_curvature_options *options) {
    double *scale = NULL;
    size_t order = 0;
    if (!walk->options.exact)
        return TW_OK;
    tw_status status = tw_doubles_new(walk->model->size, &scale);
    if (status == TW_OK)
        status = tw_curvature_scale_fill(tw_objective_space(walk->model->objective), walk->model->x,
                                         options, scale);
    for (size_t i = 0; i < walk->model->size && status == TW_OK; i++)
        order += scale[i] != 0;
    free(scale);
    return status == TW_OK ? tw_dense_check(order) : status;
}

tw_status tw_spectrum_walk_open(tw_spectrum_walk *walk) {
    const tw_study_spectrum_options *o = &walk->options;
    tw_block_names only;
    tw_status status = tw_block_names_split(o->only, &only);
    const tw_curvature_options options = {
        .bytes = sizeof options,
        .matrix = o->matrix >= 0 ? (tw_curvature_matrix)o->matrix : TW_MATRIX_HESSIAN,
        .source = o->product >= 0 ? (tw_product_source)o->product : TW_PRODUCT_EXACT,
        .step = isnan(o->step) ? 0 : o->step,
        .only = only.names,
        .only_count = only.count,
        .ignore_biasbn = o->ignore == 1,
        .norm = o->norm >= 0 ? (tw_norm)o->norm : TW_NORM_NONE,
        .asymmetric = o->asymmetric,
        .seed = walk->study->seed};
    if (status == TW_OK)
        status = check_order(walk, &options);
    if (status == TW_OK)
        status =
            tw_curvature_open(walk->model->objective, walk->model->x, &options, &walk->curvature);
    tw_block_names_release(&only);
    if (status == TW_OK) {
        tw_curvature_facts facts = {.bytes = sizeof facts};
        tw_curvature_facts_of(walk->curvature, &facts);
        walk->opened = facts.products;
        status = tw_spectrum_keep_matrix(walk);
    }
    return status;
}

/* ---- progress ---- */

/* Between two pieces of work; non-zero where it is to end. */
static int step(tw_spectrum_walk *walk, size_t done, size_t total) {
    if (tw_study_interrupted(walk->study) != 0)
        return 1;
    tw_spectrum_keep_step(walk, 0);
    return tw_study_work_step(&walk->work, done, total);
}

static int progress(void *user, size_t done, size_t total) {
    return step(user, done, total);
}

/* The logarithm of the residual comes down to that of the tolerance; it never goes back. */
static size_t share_of(tw_spectrum_walk *walk, const tw_spectrum_progress *p) {
    double share = 0;
    if (p->residual > walk->first_residual)
        walk->first_residual = p->residual;
    if (p->residual > 0 && walk->first_residual > p->tolerance && p->tolerance > 0)
        share = log(walk->first_residual / p->residual) / log(walk->first_residual / p->tolerance);
    if (p->rounds > 0)
        share = 0.95;
    size_t now = (size_t)(fmin(fmax(share, 0), 0.99) * SHARES);
    walk->shown = now > walk->shown ? now : walk->shown;
    return walk->shown;
}

static int report(void *user, const tw_spectrum_progress *p) {
    tw_spectrum_walk *walk = user;
    if (tw_study_interrupted(walk->study) != 0)
        return 1;
    return tw_study_work_step(&walk->work, share_of(walk, p), SHARES);
}

/* ---- all eigenvalues ---- */

static tw_status make_room(tw_spectrum_walk *walk, size_t order) {
    walk->columns = (tw_dense_columns){order, 0, tw_alloc_raw(order, order * sizeof(double))};
    return walk->columns.matrix != NULL
               ? TW_OK
               : tw_fail(TW_ERR_MEMORY, "not enough memory for a matrix of order %zu", order);
}

void tw_spectrum_walk_drop_columns(tw_spectrum_walk *walk) {
    free(walk->columns.matrix);
    walk->columns = (tw_dense_columns){0};
}

static tw_status find_all(tw_spectrum_walk *walk) {
    tw_curvature_report *r = &walk->result->report;
    tw_curvature_facts facts;
    tw_curvature_facts_of(walk->curvature, &facts);
    if (!walk->options.exact)
        return TW_OK;
    int there = 0;
    tw_status status = tw_doubles_new(facts.dimension, &r->eigenvalues);
    if (status == TW_OK)
        status = tw_doubles_new(facts.size, &walk->diagonal);
    if (status == TW_OK)
        status = make_room(walk, facts.dimension);
    if (status == TW_OK)
        status = tw_spectrum_keep_exact(walk, facts.dimension, &there);
    walk->work = tw_study_work_begin(walk->study, "columns", walk->columns.done, facts.dimension);
    if (status == TW_OK && !there)
        status = tw_dense_eigen_and_diagonal(walk->curvature, &walk->columns, r->eigenvalues,
                                             walk->diagonal, progress, walk);
    tw_study_work_end(&walk->work);
    if (status == TW_OK) {
        r->eigenvalue_count = facts.dimension;
        tw_spectrum_walk_drop_columns(walk);
    }
    if (status == TW_OK)
        status = tw_density_of(facts.dimension, r->eigenvalues, &r->density);
    return status;
}

/* ---- pairs ---- */

/* Vectors as directions of the objective, D v. */
static void take_vectors(tw_spectrum_walk *walk, const tw_eigenpair *from, size_t count,
                         tw_eigenpair *to, double *room) {
    size_t n = walk->model->size;
    const double *scale = tw_curvature_scale(walk->curvature);
    for (size_t k = 0; k < count; k++) {
        to[k] = from[k];
        if (from[k].vector == NULL)
            continue;
        tw_scale_apply(n, scale, from[k].vector, room + k * n);
        to[k].vector = room + k * n;
    }
}

/* Of losses on samples the smallest eigenvalues lie in a bulk near 0, a millionth of the largest:
 * what lies in it is not told apart within any time that is worth it. */
static double tolerance_of(const tw_spectrum_walk *walk) {
    if (!isnan(walk->options.tolerance))
        return walk->options.tolerance;
    return tw_objective_samples(walk->model->objective) > 0 ? 1e-4 : 1e-6;
}

static tw_status take_pairs(tw_spectrum_walk *walk) {
    tw_curvature_report *r = &walk->result->report;
    tw_spectrum_result found = {.bytes = sizeof found};
    tw_status status = tw_spectrum_result_of(walk->search, &found);
    if (status != TW_OK)
        return status;
    size_t both = found.largest_count + found.smallest_count, n = walk->model->size;
    int whole = tw_spectrum_ended(walk->search);
    r->largest = tw_alloc(found.largest_count + 1, sizeof *r->largest);
    r->smallest = tw_alloc(found.smallest_count + 1, sizeof *r->smallest);
    if (whole && both > 0)
        status = tw_doubles_new(both * n, &r->vectors);
    if (r->largest == NULL || r->smallest == NULL)
        status = tw_fail(TW_ERR_MEMORY, "not enough memory for %zu pairs", both);
    if (status != TW_OK)
        return status;
    take_vectors(walk, found.largest, found.largest_count, r->largest, r->vectors);
    take_vectors(walk, found.smallest, found.smallest_count, r->smallest,
                 r->vectors != NULL ? r->vectors + found.largest_count * n : NULL);
    r->largest_count = found.largest_count;
    r->smallest_count = found.smallest_count;
    r->stop = found.stop;
    r->tolerance = tolerance_of(walk);
    r->residual_limit = found.tolerance;
    r->rounding = found.rounding;
    return TW_OK;
}

/* The library takes 0 and 0 as one of each, which is not what is asked for here. */
static tw_status search(tw_spectrum_walk *walk) {
    const tw_study_spectrum_options *o = &walk->options;
    const tw_spectrum_options options = {.bytes = sizeof options,
                                         .largest = o->largest,
                                         .smallest = o->smallest,
                                         .tolerance = tolerance_of(walk),
                                         .unconfirmed = o->unconfirmed,
                                         .products = o->products != TW_UNSET ? o->products : 0,
                                         .basis = o->basis != TW_UNSET ? o->basis : 0,
                                         .seed = walk->study->seed,
                                         .report = report,
                                         .user = walk};
    tw_status status = tw_spectrum_open(walk->curvature, &options, &walk->search);
    if (status == TW_OK)
        status = tw_spectrum_keep_search(walk);
    if (status != TW_OK)
        return status;
    walk->work = tw_study_work_begin(walk->study, "eigenvalues", 0, SHARES);
    while (status == TW_OK && !tw_spectrum_ended(walk->search)) {
        status = tw_spectrum_run(walk->search, 1);
        if (status == TW_OK)
            tw_spectrum_keep_step(walk, 0);
    }
    tw_study_work_end(&walk->work);
    return status;
}

static tw_status find_pairs(tw_spectrum_walk *walk) {
    const tw_study_spectrum_options *o = &walk->options;
    char text[400];
    walk->result->report.largest_asked = o->largest;
    walk->result->report.smallest_asked = o->smallest;
    if (o->largest + o->smallest == 0)
        return TW_OK;
    tw_status status = search(walk);
    if (walk->search == NULL)
        return status;
    snprintf(text, sizeof text, "%s", tw_message());
    tw_status taken = take_pairs(walk);
    return status == TW_OK ? taken : tw_fail(status, "%s", text);
}

/* ---- trace ---- */

static tw_status name_blocks(tw_spectrum_walk *walk) {
    tw_curvature_report *r = &walk->result->report;
    const tw_space *space = tw_objective_space(walk->model->objective);
    r->block_names = tw_alloc(r->trace.block_count + 1, sizeof *r->block_names);
    if (r->block_names == NULL)
        return tw_fail(TW_ERR_MEMORY, "not enough memory for %zu names", r->trace.block_count);
    for (size_t k = 0; k < r->trace.block_count; k++) {
        r->block_names[k] = tw_strdup(tw_space_block(space, r->trace.blocks[k].block)->name);
        if (r->block_names[k] == NULL)
            return tw_fail(TW_ERR_MEMORY, "not enough memory for the names of blocks");
    }
    return TW_OK;
}

/* Where the whole matrix was there nothing is drawn, unless a way to draw is named. */
static int comes_with_all(const tw_study_spectrum_options *o) {
    return o->exact && o->method <= (int)TW_TRACE_EXACT;
}

static tw_status trace_of_all(tw_spectrum_walk *walk) {
    tw_curvature_report *r = &walk->result->report;
    walk->taken[TW_SPECTRUM_TRACE] = 1;
    tw_status status = tw_trace_of_matrix(walk->curvature, walk->diagonal, r->eigenvalue_count,
                                          r->eigenvalues, &r->trace);
    if (status == TW_OK && r->diagonal != NULL) {
        memcpy(r->diagonal, walk->diagonal, walk->model->size * sizeof *r->diagonal);
        for (size_t i = 0; i < walk->model->size; i++)
            r->diagonal_error[i] = tw_curvature_error(walk->curvature);
    }
    return status == TW_OK ? name_blocks(walk) : status;
}

static tw_status find_trace(tw_spectrum_walk *walk) {
    const tw_study_spectrum_options *o = &walk->options;
    tw_curvature_report *r = &walk->result->report;
    char text[400];
    tw_status status = TW_OK;
    if (!o->trace)
        return TW_OK;
    if (o->diagonal)
        status = tw_doubles_new(walk->model->size, &r->diagonal);
    if (status == TW_OK && o->diagonal)
        status = tw_doubles_new(walk->model->size, &r->diagonal_error);
    if (status == TW_OK && comes_with_all(o))
        return trace_of_all(walk);
    if (status == TW_OK)
        status = tw_spectrum_keep_trace(walk);
    if (status != TW_OK)
        return status;
    size_t most = o->draws != TW_UNSET ? o->draws : 100;
    walk->work = tw_study_work_begin(walk->study, "trace", r->trace.draws, most);
    const tw_trace_options options = {.bytes = sizeof options,
                                      .method = o->method >= 0 ? (tw_trace_method)o->method
                                                               : TW_TRACE_AUTO,
                                      .draws = o->draws != TW_UNSET ? o->draws : 0,
                                      .tolerance = isnan(o->tolerance) ? 0 : o->tolerance,
                                      .sketch = o->sketch != TW_UNSET ? o->sketch : 0,
                                      .seed = walk->study->seed,
                                      .diagonal = r->diagonal,
                                      .diagonal_error = r->diagonal_error,
                                      .progress = progress,
                                      .progress_user = walk};
    status = tw_trace_run(walk->curvature, &options, &r->trace);
    tw_study_work_end(&walk->work);
    snprintf(text, sizeof text, "%s", tw_message());
    tw_status named = name_blocks(walk);
    return status == TW_OK ? named : tw_fail(status, "%s", text);
}

void tw_spectrum_walk_tidy(tw_spectrum_walk *walk) {
    tw_curvature_report *r = &walk->result->report;
    if (r->trace.draws > 0 || r->trace.method == TW_TRACE_EXACT)
        return;
    for (size_t k = 0; r->block_names != NULL && k < r->trace.block_count; k++)
        free(r->block_names[k]);
    free(r->block_names);
    r->block_names = NULL;
    tw_trace_release(&r->trace);
}

/* ---- density ---- */

static tw_status find_density(tw_spectrum_walk *walk) {
    const tw_study_spectrum_options *o = &walk->options;
    if (!o->density || o->exact)
        return TW_OK;
    const tw_density_options options = {.bytes = sizeof options,
                                        .probes = o->probes != TW_UNSET ? o->probes : 0,
                                        .steps = o->nodes != TW_UNSET ? o->nodes : 0,
                                        .seed = walk->study->seed,
                                        .progress = progress,
                                        .progress_user = walk};
    tw_status status = tw_spectrum_keep_density(walk);
    walk->work = tw_study_work_begin(walk->study, "density", 0, 1);
    if (status == TW_OK)
        status = tw_density_run(walk->curvature, &options, &walk->result->report.density);
    tw_study_work_end(&walk->work);
    return status;
}

/* ---- all of it ---- */

tw_status tw_spectrum_walk_run(tw_spectrum_walk *walk) {
    static tw_status (*const stages[])(tw_spectrum_walk *) = {find_all, find_pairs, find_trace,
                                                              find_density};
    tw_curvature_facts *facts = &walk->result->report.facts;
    tw_status status = TW_OK;
    for (size_t k = 0; k < sizeof stages / sizeof stages[0] && status == TW_OK; k++)
        status = stages[k](walk);
    facts->bytes = sizeof *facts;
    tw_curvature_facts_of(walk->curvature, facts);
    facts->gradients = facts->products > 0 ? facts->gradients / facts->products : 0;
    facts->products = tw_spectrum_walk_products(walk);
    facts->gradients *= facts->products;
    return status;
}
