#include "thalweg/mlp.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "core/alloc.h"
#include "core/versioned.h"
#include "model/mlp/mlp_private.h"
#include "thalweg/rng.h"

static const struct {
    const char *name;
    tw_unit unit;
    double gain; /* variance of the drawn weights times the number of inputs */
} activations[] = {
    [TW_MLP_RELU] = {"relu", TW_UNIT_RELU, 2}, [TW_MLP_TANH] = {"tanh", TW_UNIT_TANH, 1}};

enum { ACTIVATIONS = sizeof activations / sizeof activations[0] };

const char *tw_mlp_activation_name(size_t index) {
    return index < ACTIVATIONS ? activations[index].name : NULL;
}

/* ---- value ---- */

typedef struct value_job {
    const tw_mlp *mlp;
    const tw_mlp_weights *weights;
    tw_classifier_sums sums; /* one a block */
    double *scratch;         /* one a worker: two layers, and a panel */
    size_t scratch_size;
} value_job;

static tw_status value_piece(void *argument, size_t block, int worker) {
    const value_job *job = argument;
    const tw_mlp *mlp = job->mlp;
    double *z = job->scratch + (size_t)worker * job->scratch_size;
    double *next = z + mlp->most_units * MLP_BLOCK;
    tw_mlp_images images;
    tw_mlp_images_at(mlp, NULL, mlp->base.count, block, &images);
    tw_mlp_begin(mlp, 1, job->weights->bias[1], images.strips, z);
    tw_mlp_first_layer(mlp, &images, 1, (const double *const *)&job->weights->blocked[1], &z,
                       next + mlp->most_units * MLP_BLOCK);
    for (size_t k = 2; k <= mlp->layers; k++) {
        mlp->base.kernels->units(mlp->unit, images.strips * mlp->units[k - 1] * TW_STRIP, z, 0,
                                 NULL, z);
        tw_mlp_begin(mlp, k, job->weights->bias[k], images.strips, next);
        tw_mlp_layer(mlp, k, job->weights->blocked[k], images.strips, z, next);
        double *swap = z;
        z = next;
        next = swap;
    }
    for (size_t s = 0; s < images.strips; s++)
        tw_classifier_add_panel(&mlp->base, z + s * mlp->base.classes * TW_STRIP,
                                images.labels + s * TW_STRIP, tw_mlp_strip_count(&images, s), NULL,
                                &job->sums, block);
    return TW_OK;
}

static tw_status value(void *ctx, size_t n, const double *x, double *values) {
    const tw_mlp *mlp = ctx;
    tw_mlp_weights weights;
    tw_status status = tw_mlp_weights_init(&weights, mlp, x);
    size_t blocks = tw_mlp_blocks(mlp->base.count);
    value_job job = {.mlp = mlp, .weights = &weights};
    job.scratch_size = (2 * mlp->most_units + TW_DEPTH) * MLP_BLOCK;
    job.scratch = tw_alloc_raw((size_t)tw_runner_threads(mlp->base.runner),
                               job.scratch_size * sizeof(double));
    double *sums = tw_alloc(3 * blocks, sizeof *sums);
    job.sums = (tw_classifier_sums){sums, sums + blocks, sums + 2 * blocks};
    if (status == TW_OK && (job.scratch == NULL || sums == NULL))
        status = tw_fail(TW_ERR_MEMORY, "not enough memory for a block of images");
    if (status == TW_OK)
        status = tw_runner_map(mlp->base.runner, blocks, value_piece, &job);
    if (status == TW_OK)
        tw_classifier_block_values(&mlp->base, mlp->base.count, blocks, &job.sums,
                                   tw_mlp_regularizer(mlp, x), values);
    free(job.scratch);
    free(sums);
    tw_mlp_weights_release(&weights);
    return status;
}

/* ---- construction ---- */

static void destroy(void *ctx) {
    tw_mlp *mlp = ctx;
    tw_classifier_close(&mlp->base);
    free(mlp);
}

static const tw_objective_ops mlp_ops = {
    .bytes = sizeof(tw_objective_ops),
    .value = value,
    .span_open = tw_mlp_span_open,
    .span_values = tw_mlp_span_values,
    .span_close = tw_mlp_span_close,
    .coordinate_differences = tw_mlp_coordinate_differences,
    .gradient = tw_mlp_gradient,
    .hessian_products = tw_mlp_hessian_products,
    .gauss_newton_products = tw_mlp_gauss_newton_products,
    .curvature_diagonal = tw_mlp_curvature_diagonal,
    .sample_gradient = tw_mlp_sample_gradient,
    .destroy = destroy,
    .concurrent = 1,
};

static tw_status check_shape(const tw_mlp_options *options) {
    if (options->hidden_count > TW_MLP_MOST_HIDDEN)
        return tw_fail(TW_ERR_ARGUMENT, "%zu hidden layers: at most %d are possible",
                       options->hidden_count, TW_MLP_MOST_HIDDEN);
    for (size_t k = 0; k < options->hidden_count; k++)
        if (options->hidden[k] == 0 || options->hidden[k] > TW_MLP_MOST_UNITS)
            return tw_fail(TW_ERR_ARGUMENT, "hidden layer %zu of %zu units: give 1 to %d", k + 1,
                           options->hidden[k], TW_MLP_MOST_UNITS);
    if ((unsigned)options->activation >= ACTIVATIONS)
        return tw_fail(TW_ERR_ARGUMENT, "no activation number %d", (int)options->activation);
    return TW_OK;
}

static tw_status check_options(const tw_dataset *data, const tw_mlp_options *options,
                               tw_classifier_options *shared) {
    *shared = (tw_classifier_options){.reg = options->reg,
                                      .mean = options->mean,
                                      .first = options->first,
                                      .count = options->count,
                                      .errors = options->errors != 0};
    tw_status status = check_shape(options);
    if (status != TW_OK)
        return status;
    if (!isfinite(options->scale))
        return tw_fail(TW_ERR_ARGUMENT, "scale of the features %g: give a finite number",
                       options->scale);
    return tw_classifier_check(data, shared);
}

static tw_status add_layer(tw_mlp *mlp, size_t k, tw_space *space) {
    char name[32];
    tw_block weight = {.name = name,
                       .rank = 2,
                       .shape = {mlp->units[k], mlp->units[k - 1]},
                       .role = TW_ROLE_WEIGHT};
    tw_block bias = {.name = name, .rank = 1, .shape = {mlp->units[k]}, .role = TW_ROLE_BIAS};
    snprintf(name, sizeof name, "fc%zu.weight", k);
    mlp->weight[k] = tw_space_size(space);
    tw_status status = tw_space_add(space, &weight);
    snprintf(name, sizeof name, "fc%zu.bias", k);
    mlp->bias[k] = tw_space_size(space);
    if (status == TW_OK)
        status = tw_space_add(space, &bias);
    return status;
}

/* 256 GiB: what is asked for by mistake is refused before a machine tries to provide it. */
static const size_t MOST_PARAMETERS = (size_t)1 << 35;

static tw_status make_space(tw_mlp *mlp, tw_space **out) {
    tw_status status = tw_space_new(out);
    for (size_t k = 1; k <= mlp->layers && status == TW_OK; k++) {
        if (mlp->units[k] > mlp->most_units)
            mlp->most_units = mlp->units[k];
        status = add_layer(mlp, k, *out);
    }
    if (status != TW_OK)
        return status;
    mlp->n = tw_space_size(*out);
    if (mlp->n > MOST_PARAMETERS)
        return tw_fail(TW_ERR_ARGUMENT, "a network of %zu parameters: at most %zu are possible",
                       mlp->n, MOST_PARAMETERS);
    return TW_OK;
}

tw_status tw_mlp_draw(const tw_space *space, tw_mlp_activation activation, uint64_t seed,
                      double *x) {
    if ((unsigned)activation >= ACTIVATIONS)
        return tw_fail(TW_ERR_ARGUMENT, "no activation number %d", (int)activation);
    for (size_t k = 0; k < tw_space_blocks(space); k++) {
        const tw_block *block = tw_space_block(space, k);
        double *at = x + block->offset;
        if (block->role == TW_ROLE_BIAS) {
            memset(at, 0, block->count * sizeof *at);
            continue;
        }
        if (block->role != TW_ROLE_WEIGHT || block->rank != 2)
            return tw_fail(TW_ERR_ARGUMENT, "block '%s' is neither a bias nor a matrix of weights",
                           block->name);
        char *stream;
        if (asprintf(&stream, "init %s", block->name) < 0)
            return tw_fail(TW_ERR_MEMORY, "not enough memory for a name");
        double deviation = sqrt(activations[activation].gain / (double)block->shape[1]);
        tw_rng_fill_normal(seed, tw_rng_stream(stream), 0, block->count, at);
        for (size_t i = 0; i < block->count; i++)
            at[i] *= deviation;
        free(stream);
    }
    return TW_OK;
}

static void fill_shape(tw_mlp *mlp, const tw_dataset *data, const tw_mlp_options *options) {
    mlp->layers = options->hidden_count + 1;
    mlp->units[0] = tw_dataset_features(data);
    for (size_t k = 1; k < mlp->layers; k++)
        mlp->units[k] = options->hidden[k - 1];
    mlp->units[mlp->layers] = tw_dataset_classes(data);
    mlp->unit = activations[options->activation].unit;
    mlp->scale = options->scale != 0 ? options->scale : 1;
    mlp->memory = options->memory > 0 ? options->memory : (size_t)1 << 30;
}

/* "mlp:512,256"; each size has at most 7 digits. */
enum { MOST_NAME = 4 + 8 * TW_MLP_MOST_HIDDEN };

static const char *name_of(const tw_mlp_options *options, char *name) {
    int at = sprintf(name, "mlp");
    for (size_t k = 0; k < options->hidden_count; k++)
        at += sprintf(name + at, "%c%zu", k == 0 ? ':' : ',', options->hidden[k]);
    return name;
}

tw_status tw_mlp_new(const tw_dataset *data, const tw_mlp_options *options, tw_runner *runner,
                     tw_objective **out) {
    tw_mlp_options taken;
    tw_classifier_options shared;
    tw_status status = TW_TAKE(tw_mlp_options, memory, &taken, options);
    options = &taken;
    if (status == TW_OK)
        status = check_options(data, options, &shared);
    if (status != TW_OK)
        return status;
    tw_mlp *mlp = tw_alloc(1, sizeof *mlp);
    if (mlp == NULL)
        return tw_fail(TW_ERR_MEMORY, "not enough memory for a model");
    char name[MOST_NAME];
    tw_objective_traits traits = {.name = name_of(options, name)};
    double *start = NULL;
    fill_shape(mlp, data, options);
    status = tw_classifier_open(&mlp->base, data, &shared, runner);
    if (status == TW_OK)
        status = make_space(mlp, &traits.space);
    if (status == TW_OK && (start = tw_alloc_raw(mlp->n, sizeof *start)) == NULL)
        status = tw_fail(TW_ERR_MEMORY, "not enough memory for %zu parameters", mlp->n);
    if (status == TW_OK)
        status = tw_mlp_draw(traits.space, options->activation, options->seed, start);
    if (status == TW_OK) {
        traits.start = start;
        traits.prefers_rows = tw_mlp_goes_in_rows(mlp);
        status = tw_classifier_objective(&mlp->base, &mlp_ops, mlp, mlp->n, &traits, out);
    }
    free(start);
    if (status != TW_OK) {
        tw_space_free(traits.space);
        destroy(mlp);
    }
    return status;
}
