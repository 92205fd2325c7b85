/* mlp_differences.c: L(x + h e_j) - L(x) for many parameters, without cancellation.
 *
 * A weight or bias moves what goes into one unit: by h a_(k-1) or h. What the unit gives moves by
 * act(z + m) - act(z), the layers above by W times that and so on, each time the difference itself
 * and not two values, up to the scores' moves m_c and the change of the loss
 *
 *   log1p(sum_(c != y) p_c expm1(m_c - m_y))      (kernel/softmax.c)
 *
 * over N, plus reg h (2 w + h) for a weight. With one hidden layer that is a few operations an
 * image and class, instead of a pass through the network.
 */
#include <stdlib.h>
#include <string.h>

#include "core/alloc.h"
#include "model/mlp/mlp_private.h"

/* One parameter: what it moves. */
typedef struct moved_unit {
    size_t layer, unit, input;
    int is_bias;
} moved_unit;

/* The state of a round of blocks at the point, z_k and a_k of every layer and the softmax, each
 * block after block; and the sums of the differences. */
typedef struct difference_pass {
    const tw_mlp *mlp;
    const tw_mlp_weights *weights;
    tw_mlp_rounds round;
    double *z[MLP_LAYERS + 1], *a[MLP_LAYERS + 1];
    double *p, *log_p;
    size_t count;
    const size_t *indices;
    const double *steps;
    double *sums;    /* one a parameter */
    double *scratch; /* one a worker */
    size_t scratch_size;
} difference_pass;

static tw_status state_piece(void *argument, size_t piece, int worker) {
    const difference_pass *pass = argument;
    const tw_mlp *mlp = pass->mlp;
    tw_mlp_images images;
    tw_mlp_images_at(mlp, NULL, mlp->base.count, pass->round.first + piece, &images);
    for (size_t k = 1; k <= mlp->layers; k++) {
        size_t at = piece * mlp->units[k] * MLP_BLOCK;
        double *z = pass->z[k] + at;
        tw_mlp_begin(mlp, k, pass->weights->bias[k], images.strips, z);
        if (k == 1)
            tw_mlp_first_layer(mlp, &images, 1, (const double *const *)&pass->weights->blocked[1],
                               &z, pass->scratch + (size_t)worker * pass->scratch_size);
        else
            tw_mlp_layer(mlp, k, pass->weights->blocked[k], images.strips,
                         pass->a[k - 1] + piece * mlp->units[k - 1] * MLP_BLOCK, z);
        if (k < mlp->layers)
            mlp->base.kernels->units(mlp->unit, images.strips * mlp->units[k] * TW_STRIP, z, 0,
                                     NULL, pass->a[k] + at);
    }
    size_t classes = mlp->units[mlp->layers];
    for (size_t s = 0; s < images.strips; s++) {
        size_t at = (piece * MLP_STRIPS + s) * classes * TW_STRIP;
        double loss, correct;
        tw_softmax_out out = {.p = pass->p + at, .log_p = pass->log_p + at};
        mlp->base.kernels->softmax_panel(pass->z[mlp->layers] + at, images.labels + s * TW_STRIP,
                                         tw_mlp_strip_count(&images, s), classes, &loss, &correct,
                                         &out);
    }
    return TW_OK;
}

static moved_unit find_unit(const tw_mlp *mlp, size_t index) {
    size_t k = mlp->layers;
    while (index < mlp->weight[k])
        k--;
    if (index >= mlp->bias[k])
        return (moved_unit){.layer = k, .unit = index - mlp->bias[k], .is_bias = 1};
    size_t at = index - mlp->weight[k];
    return (moved_unit){
        .layer = k, .unit = at / mlp->units[k - 1], .input = at % mlp->units[k - 1]};
}

/* What goes into the unit moves by h times its input. */
static void first_move(const difference_pass *pass, const moved_unit *moved,
                       const tw_mlp_images *images, size_t b, size_t s, double h, double *move) {
    const tw_mlp *mlp = pass->mlp;
    double input[TW_STRIP];
    const double *x = input;
    if (moved->is_bias)
        for (size_t i = 0; i < TW_STRIP; i++)
            input[i] = 1;
    else if (moved->layer == 1)
        mlp->base.kernels->sample_panel(&mlp->base.samples, images->rows + s * TW_STRIP,
                                        tw_mlp_strip_count(images, s), moved->input, 1, mlp->scale,
                                        input);
    else
        x = pass->a[moved->layer - 1] +
            ((b * MLP_STRIPS + s) * mlp->units[moved->layer - 1] + moved->input) * TW_STRIP;
    for (size_t i = 0; i < TW_STRIP; i++)
        move[i] = h * x[i];
}

/* The change of a strip's losses. `scratch` is two layers of a strip. */
static double strip_change(const difference_pass *pass, const moved_unit *moved,
                           const tw_mlp_images *images, size_t b, size_t s, double h,
                           double *scratch) {
    const tw_mlp *mlp = pass->mlp;
    const tw_kernels *kernels = mlp->base.kernels;
    double move[TW_STRIP], *moves = scratch, *next = scratch + mlp->most_units * TW_STRIP;
    size_t k = moved->layer, strip = b * MLP_STRIPS + s, classes = mlp->units[mlp->layers];
    first_move(pass, moved, images, b, s, h, move);
    if (k == mlp->layers) {
        memset(moves, 0, classes * TW_STRIP * sizeof *moves);
        memcpy(moves + moved->unit * TW_STRIP, move, sizeof move);
    } else {
        size_t units = mlp->units[k], above = mlp->units[k + 1], j = moved->unit;
        size_t chunk = j - j % TW_DEPTH,
               width = units - chunk < TW_DEPTH ? units - chunk : TW_DEPTH;
        kernels->unit_changes(mlp->unit, TW_STRIP, pass->z[k] + (strip * units + j) * TW_STRIP,
                              move, move);
        memset(moves, 0, above * TW_STRIP * sizeof *moves);
        kernels->multiply(above, 1, pass->weights->blocked[k + 1] + chunk * above + j % TW_DEPTH,
                          width, 1, 1, move, 0, moves, 0);
    }
    for (k++; k < mlp->layers; k++) {
        kernels->unit_changes(mlp->unit, mlp->units[k] * TW_STRIP,
                              pass->z[k] + strip * mlp->units[k] * TW_STRIP, moves, moves);
        tw_mlp_begin(mlp, k + 1, NULL, 1, next);
        tw_mlp_layer(mlp, k + 1, pass->weights->blocked[k + 1], 1, moves, next);
        double *swap = moves;
        moves = next;
        next = swap;
    }
    return kernels->softmax_changes(
        pass->p + strip * classes * TW_STRIP, pass->log_p + strip * classes * TW_STRIP, moves,
        images->labels + s * TW_STRIP, tw_mlp_strip_count(images, s), classes);
}

/* Parameters that one piece takes: neighbours share their images' cache lines. */
enum { GROUP = 16 };

static tw_status change_piece(void *argument, size_t piece, int worker) {
    const difference_pass *pass = argument;
    size_t first = piece * GROUP;
    size_t end = pass->count - first < GROUP ? pass->count : first + GROUP;
    double *scratch = pass->scratch + (size_t)worker * pass->scratch_size;
    moved_unit moved[GROUP];
    for (size_t j = first; j < end; j++)
        moved[j - first] = find_unit(pass->mlp, pass->indices[j]);
    for (size_t b = 0; b < pass->round.blocks; b++) {
        tw_mlp_images images;
        tw_mlp_images_at(pass->mlp, NULL, pass->mlp->base.count, pass->round.first + b, &images);
        for (size_t s = 0; s < images.strips; s++)
            for (size_t j = first; j < end; j++)
                pass->sums[j] +=
                    strip_change(pass, &moved[j - first], &images, b, s, pass->steps[j], scratch);
    }
    return TW_OK;
}

/* Cuts `memory` into the arrays of the pass, or with memory = NULL says how much they take. */
static size_t place_arrays(difference_pass *pass, double *memory) {
    const tw_mlp *mlp = pass->mlp;
    size_t blocks = pass->round.most, at = 0, scores = blocks * mlp->units[mlp->layers] * MLP_BLOCK;
    for (size_t k = 1; k <= mlp->layers; k++) {
        size_t size = blocks * mlp->units[k] * MLP_BLOCK;
        pass->z[k] = memory != NULL ? memory + at : NULL;
        at += size;
        pass->a[k] = memory != NULL ? memory + at : NULL;
        at += k < mlp->layers ? size : 0;
    }
    pass->p = memory != NULL ? memory + at : NULL;
    pass->log_p = memory != NULL ? memory + at + scores : NULL;
    at += 2 * scores;
    pass->scratch_size = 2 * mlp->most_units * TW_STRIP;
    if (pass->scratch_size < MLP_BLOCK * TW_DEPTH)
        pass->scratch_size = MLP_BLOCK * TW_DEPTH;
    pass->scratch = memory != NULL ? memory + at : NULL;
    return at + (size_t)tw_runner_threads(mlp->base.runner) * pass->scratch_size;
}

static tw_status run_rounds(difference_pass *pass) {
    tw_runner *runner = pass->mlp->base.runner;
    tw_status status = TW_OK;
    while (status == TW_OK && tw_mlp_next_round(&pass->round)) {
        status = tw_runner_map(runner, pass->round.blocks, state_piece, pass);
        if (status == TW_OK)
            status = tw_runner_map(runner, (pass->count + GROUP - 1) / GROUP, change_piece, pass);
    }
    return status;
}

tw_status tw_mlp_coordinate_differences(void *ctx, size_t n, const double *x, size_t count,
                                        const size_t *indices, const double *steps,
                                        double *differences) {
    const tw_mlp *mlp = ctx;
    tw_status status = tw_classifier_check_steps(count, indices, steps);
    if (status != TW_OK || count == 0)
        return status;
    tw_mlp_weights weights;
    difference_pass pass = {.mlp = mlp,
                            .weights = &weights,
                            .round = tw_mlp_rounds_of(mlp, mlp->base.count),
                            .count = count,
                            .indices = indices,
                            .steps = steps,
                            .sums = differences};
    status = tw_mlp_weights_init(&weights, mlp, x);
    double *memory =
        status == TW_OK ? tw_alloc_raw(place_arrays(&pass, NULL), sizeof *memory) : NULL;
    if (status == TW_OK && memory == NULL)
        status = tw_fail(TW_ERR_MEMORY, "not enough memory for %zu differences", count);
    if (status == TW_OK) {
        place_arrays(&pass, memory);
        memset(differences, 0, count * sizeof *differences);
        status = run_rounds(&pass);
    }
    for (size_t j = 0; j < count && status == TW_OK; j++) {
        double h = steps[j];
        differences[j] /= (double)mlp->base.count;
        if (!find_unit(mlp, indices[j]).is_bias)
            differences[j] += mlp->base.reg * h * (2 * x[indices[j]] + h);
    }
    free(memory);
    tw_mlp_weights_release(&weights);
    return status;
}
