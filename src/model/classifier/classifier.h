/* classifier.h: what the losses of classifiers on labelled samples share, whatever gives the
 * scores.
 *
 *   L(x) = (1/N) sum_i L_i + reg * (sum of squares of the weights)
 *
 * over the samples that are used, N of them from `first` on, centred by a mean. A model's context
 * begins with a tw_classifier; its own file has the scores and their sums over the samples.
 */
#ifndef TW_MODEL_CLASSIFIER_CLASSIFIER_H
#define TW_MODEL_CLASSIFIER_CLASSIFIER_H

#include "kernel/kernels.h"
#include "thalweg/dataset.h"
#include "thalweg/objective.h"

/* The metrics, in order. */
enum {
    CLASSIFIER_LOSS,
    CLASSIFIER_DATA_LOSS,
    CLASSIFIER_REGULARIZER,
    CLASSIFIER_ACCURACY,
    CLASSIFIER_ERROR /* the standard error of the loss, where it is asked for */
};

/* What the options of every such model have; their headers say what it means. */
typedef struct tw_classifier_options {
    double reg;
    const double *mean;
    size_t first, count;
    int errors;
} tw_classifier_options;

typedef struct tw_classifier {
    double reg;
    tw_samples samples; /* starts at the first sample used */
    const int32_t *labels;
    size_t count;    /* samples, N */
    size_t features; /* D */
    size_t classes;  /* C */
    size_t padded;   /* D rounded up to TW_FEATURE_PAD */
    double *mean;    /* padded */
    int errors;      /* CLASSIFIER_ERROR as well */
    size_t metrics;  /* CLASSIFIER_ERROR of them, or one more */
    double typical;  /* a loss from which squares are taken, against cancellation: at chance */
    const tw_kernels *kernels;
    tw_runner *runner;
} tw_classifier;

/* Refuses a data set that is empty or has fewer than two classes, samples that it has not got, and
 * factors of no meaning. */
tw_status tw_classifier_check(const tw_dataset *data, const tw_classifier_options *options);
/* Fills the classifier after such a check, with a copy of the mean and log C as typical loss. */
tw_status tw_classifier_open(tw_classifier *classifier, const tw_dataset *data,
                             const tw_classifier_options *options, tw_runner *runner);
void tw_classifier_close(tw_classifier *classifier);
/* Makes the objective of n parameters: `traits` with name, space and start get what the classifier
 * knows. `ctx` begins with the classifier. */
tw_status tw_classifier_objective(const tw_classifier *classifier, const tw_objective_ops *ops,
                                  void *ctx, size_t n, tw_objective_traits *traits,
                                  tw_objective **out);

/* ---- metrics ---- */

/* Sums over samples, in the order of blocks or points: of L_i, of right answers and, where errors
 * are asked for, of (L_i - typical)^2. */
typedef struct tw_classifier_sums {
    double *losses, *corrects, *squares;
} tw_classifier_sums;

/* (L_i - typical)^2. */
double tw_classifier_square(const tw_classifier *classifier, double loss);
/* Adds the softmax losses of a panel of scores (kernels.h: softmax_panel) to sums number `at`; `p`
 * gets the probabilities where it is not NULL. */
void tw_classifier_add_panel(const tw_classifier *classifier, const double *scores,
                             const int32_t *labels, size_t count, double *p,
                             const tw_classifier_sums *sums, size_t at);
/* All metrics, from the sums over `count` samples. */
void tw_classifier_values(const tw_classifier *classifier, size_t count, double loss,
                          double correct, double squares, double regularizer, double *values);
/* The same from the sums of `blocks` blocks, added in order; without squares (NULL) the error is
 * NaN. */
void tw_classifier_block_values(const tw_classifier *classifier, size_t count, size_t blocks,
                                const tw_classifier_sums *sums, double regularizer, double *values);

/* ---- derivatives ---- */

/* dL_i/ds of a softmax loss from its probabilities, in place: p_c - [c = label]. The entries stand
 * `step` numbers apart. */
void tw_softmax_residual(size_t classes, size_t label, size_t step, double *p);
/* What that moves by when the scores do: p_c (moves_c - sum_j p_j moves_j). The entries of `moves`
 * and `out`, which may be one array, stand a step of their own apart. */
void tw_softmax_residual_change(size_t classes, const double *p, size_t p_step, const double *moves,
                                size_t moves_step, double *out, size_t out_step);

/* Refuses steps of coordinate differences that are not finite. */
tw_status tw_classifier_check_steps(size_t count, const size_t *indices, const double *steps);

#endif
