/* linear_pass.c: the passes over images that all operations share, and what is read from scores. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "core/alloc.h"
#include "model/linear/linear_private.h"

tw_status tw_columns_init(tw_columns *columns, const tw_linear *linear, size_t matrices,
                          const double *const *matrix) {
    size_t classes = linear->classes, padded = linear->padded;
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
            for (size_t d = 0; d < linear->features; d++)
                columns->weights[k * padded + d] = matrix[m][d * classes + c];
            columns->bias[k] = matrix[m][linear->features * classes + c];
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
                          .labels = linear->labels + first,
                          .scratch = scores + columns->columns * TW_BLOCK};
    if (job->rows == NULL) {
        linear->kernels->scores(&linear->samples, first, count, columns->columns, columns->weights,
                                linear->padded, columns->bias, scores);
    } else {
        for (size_t i = 0; i < count; i++)
            labels[i] = linear->labels[job->rows[first + i]];
        view.labels = labels;
        linear->kernels->scores_of(&linear->samples, job->rows + first, count, columns->columns,
                                   columns->weights, linear->padded, columns->bias, scores);
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
    job.scratch_size = (columns->columns + 3 * linear->classes) * TW_BLOCK;
    job.scratch =
        tw_alloc_raw((size_t)tw_runner_threads(linear->runner), job.scratch_size * sizeof(double));
    if (job.scratch == NULL)
        return tw_fail(TW_ERR_MEMORY, "not enough memory for the scores of a block");
    tw_status status = tw_runner_map(linear->runner, tw_linear_blocks(count), pass_piece, &job);
    free(job.scratch);
    return status;
}

void tw_linear_fill_metrics(size_t count, double loss, double correct, double regularizer,
                            double *values) {
    values[METRIC_DATA_LOSS] = loss / (double)count;
    values[METRIC_REGULARIZER] = regularizer;
    values[METRIC_LOSS] = values[METRIC_DATA_LOSS] + regularizer;
    values[METRIC_ACCURACY] = correct / (double)count;
}

/* The variance of a sum of N terms is N times that of one, estimated about the mean: about
 * `typical` it is larger by the square of the distance. */
void tw_linear_fill_error(const tw_linear *linear, double loss, double squares, double *values) {
    double count = (double)linear->count, sum = loss - count * linear->typical;
    double variance = (squares - sum * sum / count) / (count - 1);
    values[METRIC_ERROR] = sqrt((variance < 0 ? 0 : variance) / count); /* NaN comes through */
}

void tw_linear_metrics(size_t count, const double *block_losses, const double *block_corrects,
                       double regularizer, double *values) {
    double loss = 0, correct = 0;
    for (size_t k = 0; k < tw_linear_blocks(count); k++) {
        loss += block_losses[k];
        correct += block_corrects[k];
    }
    tw_linear_fill_metrics(count, loss, correct, regularizer, values);
}

double tw_linear_regularizer(const tw_linear *linear, const double *x) {
    size_t n = (linear->features + 1) * linear->classes;
    double sum = 0;
    for (size_t i = 0; i < n; i++)
        sum += x[i] * x[i];
    return linear->reg > 0 ? linear->reg * sum : 0;
}

void tw_linear_hinge(const tw_linear *linear, const double *scores, size_t i, int32_t label,
                     double *loss, double *correct, double *residual) {
    double own = scores[(size_t)label * TW_BLOCK + i], sum = 0, violated = 0;
    int wins = own == own;
    for (size_t c = 0; c < linear->classes; c++) {
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
