#include "model/classifier/classifier.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "core/alloc.h"

tw_status tw_classifier_check(const tw_dataset *data, const tw_classifier_options *options) {
    size_t samples = tw_dataset_samples(data);
    if (!(options->reg >= 0) || isinf(options->reg))
        return tw_fail(TW_ERR_ARGUMENT, "regularisation %g: give a finite number, 0 or more",
                       options->reg);
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

tw_status tw_classifier_open(tw_classifier *classifier, const tw_dataset *data,
                             const tw_classifier_options *options, tw_runner *runner) {
    size_t features = tw_dataset_features(data), first = options->first;
    *classifier = (tw_classifier){
        .reg = options->reg,
        .labels = tw_dataset_labels(data) + first,
        .count = options->count > 0 ? options->count : tw_dataset_samples(data) - first,
        .features = features,
        .classes = tw_dataset_classes(data),
        .padded = (features + TW_FEATURE_PAD - 1) / TW_FEATURE_PAD * TW_FEATURE_PAD,
        .errors = options->errors != 0,
        .metrics = CLASSIFIER_ERROR + (options->errors != 0),
        .typical = log((double)tw_dataset_classes(data)),
        .kernels = tw_kernels_current(),
        .runner = runner,
    };
    classifier->mean = tw_alloc(classifier->padded, sizeof(double));
    if (classifier->mean == NULL)
        return tw_fail(TW_ERR_MEMORY, "not enough memory for a model");
    if (options->mean != NULL)
        memcpy(classifier->mean, options->mean, features * sizeof(double));
    classifier->samples = (tw_samples){.features = features, .mean = classifier->mean};
    if (tw_dataset_bytes(data) != NULL)
        classifier->samples.bytes = tw_dataset_bytes(data) + first * features;
    else
        classifier->samples.doubles = tw_dataset_doubles(data) + first * features;
    return TW_OK;
}

void tw_classifier_close(tw_classifier *classifier) {
    free(classifier->mean);
}

tw_status tw_classifier_objective(const tw_classifier *classifier, const tw_objective_ops *ops,
                                  void *ctx, size_t n, tw_objective_traits *traits,
                                  tw_objective **out) {
    tw_metric metrics[] = {[CLASSIFIER_LOSS] = {"loss"},
                           [CLASSIFIER_DATA_LOSS] = {"data_loss"},
                           [CLASSIFIER_REGULARIZER] = {"regularizer", .of_parameters = 1},
                           [CLASSIFIER_ACCURACY] = {"accuracy", TW_METRIC_PERCENT},
                           [CLASSIFIER_ERROR] = {"loss", .is_error = 1},
                           {NULL}};
    if (!classifier->errors)
        metrics[CLASSIFIER_ERROR].name = NULL;
    traits->metrics = metrics;
    traits->samples = classifier->count;
    tw_status status = tw_objective_new(ops, ctx, n, traits, out);
    if (status == TW_OK)
        tw_objective_set_runner(*out, classifier->runner);
    return status;
}

/* ---- metrics ---- */

double tw_classifier_square(const tw_classifier *classifier, double loss) {
    return (loss - classifier->typical) * (loss - classifier->typical);
}

void tw_classifier_add_panel(const tw_classifier *classifier, const double *scores,
                             const int32_t *labels, size_t count, double *p,
                             const tw_classifier_sums *sums, size_t at) {
    enum { LANES = 4 }; /* sums side by side: an addition need not wait for the last one */
    double loss, correct, losses[TW_STRIP], squares[LANES] = {0};
    const tw_softmax_out out = {.p = p, .losses = classifier->errors ? losses : NULL};
    classifier->kernels->softmax_panel(scores, labels, count, classifier->classes, &loss, &correct,
                                       p != NULL || classifier->errors ? &out : NULL);
    sums->losses[at] += loss;
    sums->corrects[at] += correct;
    if (!classifier->errors)
        return;
    for (size_t i = 0; i < count; i++)
        squares[i % LANES] += tw_classifier_square(classifier, losses[i]);
    sums->squares[at] += (squares[0] + squares[1]) + (squares[2] + squares[3]);
}

/* The variance of a sum of N terms is N times that of one, estimated about the mean: about
 * `typical` it is larger by the square of the distance. */
static double standard_error(const tw_classifier *classifier, double count, double loss,
                             double squares) {
    double sum = loss - count * classifier->typical;
    double variance = (squares - sum * sum / count) / (count - 1);
    return sqrt((variance < 0 ? 0 : variance) / count); /* NaN comes through */
}

void tw_classifier_values(const tw_classifier *classifier, size_t count, double loss,
                          double correct, double squares, double regularizer, double *values) {
    values[CLASSIFIER_DATA_LOSS] = loss / (double)count;
    values[CLASSIFIER_REGULARIZER] = regularizer;
    values[CLASSIFIER_LOSS] = values[CLASSIFIER_DATA_LOSS] + regularizer;
    values[CLASSIFIER_ACCURACY] = correct / (double)count;
    if (classifier->errors)
        values[CLASSIFIER_ERROR] = standard_error(classifier, (double)count, loss, squares);
}

void tw_classifier_block_values(const tw_classifier *classifier, size_t count, size_t blocks,
                                const tw_classifier_sums *sums, double regularizer,
                                double *values) {
    int has_squares = classifier->errors && sums->squares != NULL;
    double loss = 0, correct = 0, squares = has_squares ? 0 : NAN;
    for (size_t k = 0; k < blocks; k++) {
        loss += sums->losses[k];
        correct += sums->corrects[k];
        squares += has_squares ? sums->squares[k] : 0;
    }
    tw_classifier_values(classifier, count, loss, correct, squares, regularizer, values);
}

/* ---- derivatives ---- */

/* p_y - 1 as minus the sum of the others: it keeps its digits where p_y is almost 1. */
void tw_softmax_residual(size_t classes, size_t label, size_t step, double *p) {
    double others = 0;
    for (size_t c = 0; c < classes; c++)
        if (c != label)
            others += p[c * step];
    p[label * step] = -others;
}

void tw_softmax_residual_change(size_t classes, const double *p, size_t p_step, const double *moves,
                                size_t moves_step, double *out, size_t out_step) {
    double mean = 0;
    for (size_t c = 0; c < classes; c++)
        mean += p[c * p_step] * moves[c * moves_step];
    for (size_t c = 0; c < classes; c++)
        out[c * out_step] = p[c * p_step] * (moves[c * moves_step] - mean);
}

tw_status tw_classifier_check_steps(size_t count, const size_t *indices, const double *steps) {
    for (size_t k = 0; k < count; k++)
        if (!isfinite(steps[k]))
            return tw_fail(TW_ERR_ARGUMENT, "step %g of coordinate %zu is not finite", steps[k],
                           indices[k]);
    return TW_OK;
}
