/* linear_pass.c: the passes over images that all operations share, and what is read from scores. */
#include <stdlib.h>
#include <string.h>

#include "core/alloc.h"
#include "model/linear/linear_private.h"

tw_status tw_columns_init(tw_columns *columns, const tw_linear *linear, size_t matrices,
                          const double *const *matrix) {
    size_t classes = linear->base.classes, padded = linear->base.padded;
    columns->columns = matrices * classes;
    columns->weights = tw_alloc(columns->columns, padded * sizeof(double));
    columns->bias = tw_alloc(columns->columns, sizeof(double));
    if (columns->weights == NULL || columns->bias == NULL) {
        tw_columns_release(columns);
        return tw_fail(TW_ERR_MEMORY, "not enough memory for %zu weights",
                       matrices * classes * padded);
    }
    for (size_t m = 0; m < matrices; m++)
        for (size_t c = 0; c < classes; c++) {
            size_t k = m * classes + c;
            for (size_t d = 0; d < linear->base.features; d++)
                columns->weights[k * padded + d] = matrix[m][d * classes + c];
            columns->bias[k] = matrix[m][linear->base.features * classes + c];
        }
    return TW_OK;
}

void tw_columns_release(tw_columns *columns) {
    free(columns->weights);
    free(columns->bias);
    memset(columns, 0, sizeof *columns);
}

typedef struct pass_job {
    const tw_linear *linear;
    const tw_columns *columns;
    const size_t *rows;
    size_t count;
    tw_block_fn function;
    void *argument;
    double *scratch; /* one a worker */
    size_t scratch_size;
} pass_job;

size_t tw_linear_blocks(size_t count) {
    return (count + TW_BLOCK - 1) / TW_BLOCK;
}

static tw_status pass_piece(void *argument, size_t piece, int worker) {
    const pass_job *job = argument;
    const tw_linear *linear = job->linear;
    size_t first = piece * TW_BLOCK;
    size_t count = job->count - first < TW_BLOCK ? job->count - first : TW_BLOCK;
    double *scores = job->scratch + (size_t)worker * job->scratch_size;
    int32_t labels[TW_BLOCK];
    const tw_columns *columns = job->columns;
    tw_block_view view = {.block = piece,
                          .first = first,
                          .count = count,
                          .scores = scores,
                          .labels = linear->base.labels + first,
                          .scratch = scores + columns->columns * TW_BLOCK};
    if (job->rows == NULL) {
        linear->base.kernels->scores(&linear->base.samples, first, count, columns->columns,
                                     columns->weights, linear->base.padded, columns->bias, scores);
    } else {
        for (size_t i = 0; i < count; i++)
            labels[i] = linear->base.labels[job->rows[first + i]];
        view.labels = labels;
        linear->base.kernels->scores_of(&linear->base.samples, job->rows + first, count,
                                        columns->columns, columns->weights, linear->base.padded,
                                        columns->bias, scores);
    }
    job->function(job->argument, &view);
    return TW_OK;
}

tw_status tw_linear_pass(const tw_linear *linear, const tw_columns *columns, const size_t *rows,
                         size_t count, tw_block_fn function, void *argument) {
    pass_job job = {.linear = linear,
                    .columns = columns,
                    .rows = rows,
                    .count = count,
                    .function = function,
                    .argument = argument};
    job.scratch_size = (columns->columns + 3 * linear->base.classes) * TW_BLOCK;
    job.scratch = tw_alloc_raw((size_t)tw_runner_threads(linear->base.runner),
                               job.scratch_size * sizeof(double));
    if (job.scratch == NULL)
        return tw_fail(TW_ERR_MEMORY, "not enough memory for the scores of a block");
    tw_status status =
        tw_runner_map(linear->base.runner, tw_linear_blocks(count), pass_piece, &job);
    free(job.scratch);
    return status;
}

double tw_linear_regularizer(const tw_linear *linear, const double *x) {
    size_t n = (linear->base.features + 1) * linear->base.classes;
    double sum = 0;
    for (size_t i = 0; i < n; i++)
        sum += x[i] * x[i];
    return linear->base.reg > 0 ? linear->base.reg * sum : 0;
}

void tw_linear_hinge(const tw_linear *linear, const double *scores, size_t i, int32_t label,
                     double *loss, double *correct, double *residual) {
    double own = scores[(size_t)label * TW_BLOCK + i], sum = 0, violated = 0;
    int wins = own == own;
    for (size_t c = 0; c < linear->base.classes; c++) {
        if (c == (size_t)label)
            continue;
        double d = scores[c * TW_BLOCK + i] - own, m = d + linear->margin;
        wins = wins && (c < (size_t)label ? d < 0 : d <= 0);
        int counts = !(m <= 0); /* NaN counts, and comes through in the sum */
        if (counts)
            sum += m;
        violated += counts;
        if (residual != NULL)
            residual[c] = counts;
    }
    if (residual != NULL)
        residual[label] = -violated;
    *loss = sum;
    *correct = wins;
}
