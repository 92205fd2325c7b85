#include "thalweg/linear.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "core/alloc.h"
#include "core/versioned.h"
#include "model/linear/linear_private.h"

static void destroy(void *ctx) {
    tw_linear *linear = ctx;
    free(linear->mean);
    free(linear);
}

static const tw_objective_ops linear_ops = {
    .bytes = sizeof(tw_objective_ops),
    .value = tw_linear_value,
    .span_open = tw_linear_span_open,
    .span_values = tw_linear_span_values,
    .span_close = tw_linear_span_close,
    .coordinate_differences = tw_linear_coordinate_differences,
    .gradient = tw_linear_gradient,
    .hessian_products = tw_linear_hessian_products,
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
    tw_linear_options taken;
    tw_status status = TW_TAKE(tw_linear_options, errors, &taken, options);
    options = &taken;
    if (status == TW_OK)
        status = check_options(data, options);
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
                                  .samples = linear->count,
                                  .prefers_rows = 1};
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
