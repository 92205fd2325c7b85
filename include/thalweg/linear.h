/* linear.h: the linear classifiers of the CS231n notes as objectives.
 *
 * Scores of sample i: s_i = (x_i - mean, 1) W with W of shape (features + 1, classes), the bias in
 * the last row; entry (d, c) of W is entry d * classes + c of the parameter vector. With labels y,
 * N samples and R = reg * sum(W^2), the bias row included as in the note:
 *
 *   softmax  L(W) = (1/N) sum_i log(sum_c exp(s_ic - s_iy)) + R
 *   svm      L(W) = (1/N) sum_i sum_{c != y} max(0, s_ic - s_iy + margin) + R
 *            (Weston and Watkins, 1999)
 *
 * Metrics: loss (data loss + R), data_loss, regularizer (R), accuracy (share of samples in [0, 1]
 * whose largest score, the first among equals, is the label's), and on demand loss_se, the standard
 * error of the loss as an estimate for all images there could be:
 *
 *   loss_se = sqrt(sum_i (L_i - mean)^2 / (N (N - 1))), L_i the loss of sample i without R
 *
 * (NaN for one sample, and in sample_gradient).
 *
 * Everything optional is provided: gradient, sample_gradient, hessian_products, span (lines and
 * planes cost one product X D a direction, then classes multiply-adds a sample and point), and
 * coordinate_differences (exact differences without cancellation, classes times cheaper than
 * moving scores); the results agree with the general way to rounding.
 */
#ifndef THALWEG_LINEAR_H
#define THALWEG_LINEAR_H

#include "dataset.h"
#include "objective.h"

TW_BEGIN_DECLS

typedef enum tw_linear_loss { TW_LINEAR_SOFTMAX, TW_LINEAR_SVM } tw_linear_loss;

typedef struct tw_linear_options {
    size_t bytes; /* sizeof(tw_linear_options), or 0 (thalweg.h) */
    tw_linear_loss loss;
    double reg;         /* factor of sum(W^2); >= 0 */
    double margin;      /* of the SVM; 0 means 1 */
    const double *mean; /* subtracted from the features (features doubles, copied); NULL: zeros */
    size_t first;       /* first sample to use, */
    size_t count;       /* number of samples from there; 0: all that follow */
    int errors; /* the metric loss_se as well; spans then take a logarithm for each sample */
} tw_linear_options;

/* Makes the objective. `data` is not owned and must outlive it; `runner` likewise (NULL: one
 * thread). *out is owned by the caller. */
TW_API tw_status tw_linear_new(const tw_dataset *data, const tw_linear_options *options,
                               tw_runner *runner, tw_objective **out);

TW_END_DECLS

#endif
