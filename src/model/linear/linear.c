#include "thalweg/linear.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "core/alloc.h"
#include "model/linear/linear_private.h"

/* ---- the passes that operations share ---- */

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

/* ---- value ---- */

typedef struct value_job {
    const tw_linear *linear;
    double *losses, *corrects, *squares; /* one a block */
} value_job;

static double square_from_typical(const tw_linear *linear, double loss) {
    return (loss - linear->typical) * (loss - linear->typical);
}

static void softmax_block(const value_job *job, const tw_block_view *view) {
    const tw_linear *linear = job->linear;
    size_t size = linear->classes * TW_BLOCK;
    tw_softmax_out out = {view->scratch, view->scratch + size, view->scratch + 2 * size};
    linear->kernels->softmax(view->scores, view->labels, view->count, linear->classes,
                             &job->losses[view->block], &job->corrects[view->block],
                             linear->errors ? &out : NULL);
    for (size_t i = 0; linear->errors && i < view->count; i++)
        job->squares[view->block] +=
            square_from_typical(linear, -out.log_p[(size_t)view->labels[i] * TW_BLOCK + i]);
}

static void value_block(void *argument, const tw_block_view *view) {
    const value_job *job = argument;
    const tw_linear *linear = job->linear;
    if (linear->loss == TW_LINEAR_SOFTMAX) {
        softmax_block(job, view);
        return;
    }
    for (size_t i = 0; i < view->count; i++) {
        double image_loss, image_correct;
        tw_linear_hinge(linear, view->scores, i, view->labels[i], &image_loss, &image_correct,
                        NULL);
        job->losses[view->block] += image_loss;
        job->corrects[view->block] += image_correct;
        job->squares[view->block] += square_from_typical(linear, image_loss);
    }
}

tw_status tw_linear_value(void *ctx, size_t n, const double *x, double *values) {
    const tw_linear *linear = ctx;
    tw_columns columns;
    tw_status status = tw_columns_init(&columns, linear, 1, &x);
    if (status != TW_OK)
        return status;
    size_t blocks = tw_linear_blocks(linear->count);
    double *sums = tw_alloc(3 * blocks, sizeof *sums), loss = 0, squares = 0;
    value_job job = {linear, sums, sums + blocks, sums + 2 * blocks};
    if (sums == NULL)
        status = tw_fail(TW_ERR_MEMORY, "not enough memory for %zu blocks", blocks);
    else
        status = tw_linear_pass(linear, &columns, NULL, linear->count, value_block, &job);
    if (status == TW_OK)
        tw_linear_metrics(linear->count, job.losses, job.corrects, tw_linear_regularizer(linear, x),
                          values);
    for (size_t k = 0; status == TW_OK && linear->errors && k < blocks; k++) {
        loss += job.losses[k];
        squares += job.squares[k];
    }
    if (status == TW_OK && linear->errors)
        tw_linear_fill_error(linear, loss, squares, values);
    free(sums);
    tw_columns_release(&columns);
    return status;
}

/* ---- construction ---- */

static void destroy(void *ctx) {
    tw_linear *linear = ctx;
    free(linear->mean);
    free(linear);
}

static const tw_objective_ops linear_ops = {
    .value = tw_linear_value,
    .span_open = tw_linear_span_open,
    .span_scatter = tw_linear_span_scatter,
    .span_values = tw_linear_span_values,
    .span_close = tw_linear_span_close,
    .coordinate_differences = tw_linear_coordinate_differences,
    .gradient = tw_linear_gradient,
    .hessian_product = tw_linear_hessian_product,
    .sample_gradient = tw_linear_sample_gradient,
    .complex_value = tw_linear_complex_value,
    .destroy = destroy,
    .concurrent = 1,
};

static tw_status check_options(const tw_dataset *data, const tw_linear_options *options) {
    size_t samples = tw_dataset_samples(data);
    if (options->loss != TW_LINEAR_SOFTMAX && options->loss != TW_LINEAR_SVM)
        return tw_fail(TW_ERR_ARGUMENT, "no linear loss number %d", (int)options->loss);
    if (!(options->reg >= 0) || isinf(options->reg))
        return tw_fail(TW_ERR_ARGUMENT, "regularisation %g: give a finite number, 0 or more",
                       options->reg);
    if (!(options->margin >= 0) || isinf(options->margin))
        return tw_fail(TW_ERR_ARGUMENT, "margin %g: give a finite number above 0", options->margin);
    if (samples == 0)
        return tw_fail(TW_ERR_ARGUMENT, "the data set is empty");
    if (tw_dataset_classes(data) < 2)
        return tw_fail(TW_ERR_ARGUMENT, "a classifier needs 2 classes or more; the data have %zu",
                       tw_dataset_classes(data));
    if (options->first >= samples || options->count > samples - options->first)
        return tw_fail(TW_ERR_ARGUMENT, "samples %zu ... %zu: the data have 0 ... %zu",
                       options->first,
                       options->first + (options->count > 0 ? options->count - 1 : 0), samples - 1);
    return TW_OK;
}

static tw_status make_space(const tw_linear *linear, tw_space **out) {
    tw_status status = tw_space_new(out);
    tw_block block = {.name = "W",
                      .rank = 2,
                      .shape = {linear->features + 1, linear->classes},
                      .role = TW_ROLE_WEIGHT,
                      .filter_axis = 1};
    if (status == TW_OK)
        status = tw_space_add(*out, &block);
    return status;
}

tw_status tw_linear_new(const tw_dataset *data, const tw_linear_options *options, tw_runner *runner,
                        tw_objective **out) {
    static const char *const metrics[] = {"loss", "data_loss", "regularizer", "accuracy", NULL},
                             *const with_error[] = {"loss",     "data_loss", "regularizer",
                                                    "accuracy", "loss_se",   NULL};
    tw_status status = check_options(data, options);
    if (status != TW_OK)
        return status;
    size_t features = tw_dataset_features(data), first = options->first;
    tw_linear *linear = tw_alloc(1, sizeof *linear);
    if (linear == NULL)
        return tw_fail(TW_ERR_MEMORY, "not enough memory for a model");
    linear->loss = options->loss;
    linear->reg = options->reg;
    linear->margin = options->margin > 0 ? options->margin : 1;
    linear->count = options->count > 0 ? options->count : tw_dataset_samples(data) - first;
    linear->features = features;
    linear->classes = tw_dataset_classes(data);
    linear->padded = (features + TW_FEATURE_PAD - 1) / TW_FEATURE_PAD * TW_FEATURE_PAD;
    linear->labels = tw_dataset_labels(data) + first;
    linear->errors = options->errors != 0;
    linear->metrics = METRIC_ERROR + (size_t)linear->errors;
    linear->typical = linear->loss == TW_LINEAR_SVM ? linear->margin * (double)(linear->classes - 1)
                                                    : log((double)linear->classes);
    linear->kernels = tw_kernels_current();
    linear->runner = runner;
    linear->mean = tw_alloc(linear->padded, sizeof(double));
    tw_objective_traits traits = {.name = options->loss == TW_LINEAR_SVM ? "svm" : "softmax",
                                  .metrics = linear->errors ? with_error : metrics,
                                  .samples = linear->count};
    status = linear->mean != NULL ? make_space(linear, &traits.space)
                                  : tw_fail(TW_ERR_MEMORY, "not enough memory for a model");
    if (status == TW_OK) {
        if (options->mean != NULL)
            memcpy(linear->mean, options->mean, features * sizeof(double));
        linear->samples = (tw_samples){.features = features, .mean = linear->mean};
        if (tw_dataset_bytes(data) != NULL)
            linear->samples.bytes = tw_dataset_bytes(data) + first * features;
        else
            linear->samples.doubles = tw_dataset_doubles(data) + first * features;
        status =
            tw_objective_new(&linear_ops, linear, (features + 1) * linear->classes, &traits, out);
    }
    if (status != TW_OK) {
        tw_space_free(traits.space);
        destroy(linear);
        return status;
    }
    tw_objective_set_runner(*out, runner);
    return TW_OK;
}
