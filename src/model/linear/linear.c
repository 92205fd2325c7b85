#include "thalweg/linear.h"

#include <math.h>
#include <stdlib.h>

#include "core/alloc.h"
#include "core/versioned.h"
#include "model/linear/linear_private.h"

static void destroy(void *ctx) {
    tw_linear *linear = ctx;
    tw_classifier_close(&linear->base);
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
    .gauss_newton_products = tw_linear_hessian_products,
    .curvature_diagonal = tw_linear_curvature_diagonal,
};

static tw_status check_options(const tw_dataset *data, const tw_linear_options *options,
                               tw_classifier_options *shared) {
    *shared = (tw_classifier_options){.reg = options->reg,
                                      .mean = options->mean,
                                      .first = options->first,
                                      .count = options->count,
                                      .errors = options->errors};
    if (options->loss != TW_LINEAR_SOFTMAX && options->loss != TW_LINEAR_SVM)
        return tw_fail(TW_ERR_ARGUMENT, "no linear loss number %d", (int)options->loss);
    if (!(options->margin >= 0) || isinf(options->margin))
        return tw_fail(TW_ERR_ARGUMENT, "margin %g: give a finite number above 0", options->margin);
    return tw_classifier_check(data, shared);
}

static tw_status make_space(const tw_linear *linear, tw_space **out) {
    tw_status status = tw_space_new(out);
    tw_block block = {.name = "W",
                      .rank = 2,
                      .shape = {linear->base.features + 1, linear->base.classes},
                      .role = TW_ROLE_WEIGHT,
                      .filter_axis = 1};
    if (status == TW_OK)
        status = tw_space_add(*out, &block);
    return status;
}

tw_status tw_linear_new(const tw_dataset *data, const tw_linear_options *options, tw_runner *runner,
                        tw_objective **out) {
    tw_linear_options taken;
    tw_classifier_options shared;
    tw_status status = TW_TAKE(tw_linear_options, errors, &taken, options);
    options = &taken;
    if (status == TW_OK)
        status = check_options(data, options, &shared);
    if (status != TW_OK)
        return status;
    tw_linear *linear = tw_alloc(1, sizeof *linear);
    if (linear == NULL)
        return tw_fail(TW_ERR_MEMORY, "not enough memory for a model");
    tw_objective_traits traits = {.name = options->loss == TW_LINEAR_SVM ? "svm" : "softmax",
                                  .prefers_rows = 1};
    linear->loss = options->loss;
    linear->margin = options->margin > 0 ? options->margin : 1;
    status = tw_classifier_open(&linear->base, data, &shared, runner);
    if (linear->loss == TW_LINEAR_SVM)
        linear->base.typical = linear->margin * (double)(linear->base.classes - 1);
    if (status == TW_OK)
        status = make_space(linear, &traits.space);
    if (status == TW_OK)
        status = tw_classifier_objective(&linear->base, &linear_ops, linear,
                                         tw_space_size(traits.space), &traits, out);
    if (status != TW_OK) {
        tw_space_free(traits.space);
        destroy(linear);
    }
    return status;
}
