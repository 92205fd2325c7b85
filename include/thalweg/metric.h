/* metric.h: what a number that is evaluated beside the parameters means, and what it is called.
 *
 * Objectives declare their metrics (objective.h), surfaces hold them (landscape.h), and everybody
 * else asks the struct: whether it is a loss, a share to be shown in per cent, the standard error
 * or the least of another. Names are made of it and read back here alone.
 *
 * A metric in full: {"loss"}; {"accuracy", TW_METRIC_PERCENT}; its standard error is the same with
 * is_error, its value on the test split the same with split = "test".
 */
#ifndef THALWEG_METRIC_H
#define THALWEG_METRIC_H

#include <stddef.h>

#include "export.h"

TW_BEGIN_DECLS

typedef enum tw_metric_unit {
    TW_METRIC_NUMBER,
    TW_METRIC_PERCENT /* a share of the samples: 0 ... 1 where it is evaluated, and in per cent in
                       surfaces, tables, files and figures */
} tw_metric_unit;

/* Along several directions at once (tw_objective_repeat) a metric is one of three. */
typedef enum tw_metric_band {
    TW_BAND_NONE, /* its value, or the mean over the directions */
    TW_BAND_LEAST,
    TW_BAND_GREATEST
} tw_metric_band;

typedef struct tw_metric {
    const char *name; /* the quantity: "loss", "data_loss", "regularizer", "accuracy", or another,
                         words joined by _; in full, without what the members below say */
    tw_metric_unit unit; /* what it is counted in */
    const char *split;   /* of which data: "train", "test", or what a file of others has ("val");
                            NULL: not said. A name without '_' */
    tw_metric_band band;
    int is_error;      /* 1: its standard error, from the spread over the samples */
    int of_parameters; /* 1: whatever the data, as a regulariser is: there is one for all splits */
} tw_metric;

/* How a metric is spelt. */
typedef enum tw_spelling {
    TW_SPELT_IN_FULL, /* in objectives, protocols and JSON: "loss", "accuracy", "loss_se" */
    TW_SPELT_IN_FILES /* in surfaces and tables: "train_loss", "test_acc" (in per cent),
                         "train_loss_se", "train_loss_min": the layout of
                         tomgoldstein/loss-landscape and what grew out of it */
} tw_spelling;

/* The name: to be freed, NULL if memory is out; or as far as it goes into `size` bytes. */
TW_API char *tw_metric_name(const tw_metric *metric, tw_spelling spelling);
TW_API void tw_metric_print(const tw_metric *metric, tw_spelling spelling, char *text, size_t size);

/* Lists end with a metric whose name is NULL. Each is one block, its texts included: for free().
 * NULL if memory is out. */

/* What `count` names of any sort mean. Every name is understood: tw_metric_name of the result is
 * the name, byte for byte. In full, "accuracy" is a share, "regularizer" of the parameters alone,
 * "..._se" a standard error, "..._min" and "..._max" the ends of a band. In files the split stands
 * before ("train_", "test_", or all before the last word of "val_loss" and "val_acc"), and
 * "..._acc" is in per cent. */
TW_API tw_metric *tw_metrics_read(size_t count, const char *const *names, tw_spelling spelling);
TW_API tw_metric *tw_metrics_copy(const tw_metric *metrics);

/* Whether two are the same in name, unit, split, band and is_error; and where in a list such a one
 * is, or -1. What belongs to a metric is found by a copy of it: with is_error = 1 its standard
 * error, with band = TW_BAND_LEAST the lower end of its band, with name = "data_loss" the part of a
 * loss that is the data's. */
TW_API int tw_metric_same(const tw_metric *a, const tw_metric *b);
TW_API int tw_metrics_find(const tw_metric *metrics, const tw_metric *wanted);

/* Curvature beside a loss (curvature_map.h): the extreme eigenvalues, their errors, and the
 * products that they took. Their names have no split in files: those of
 * tomgoldstein/loss-landscape.
 */
#define TW_METRIC_MIN_EIG "min_eig"
#define TW_METRIC_MAX_EIG "max_eig"
#define TW_METRIC_MIN_EIG_ERROR "min_eig_error"
#define TW_METRIC_MAX_EIG_ERROR "max_eig_error"
#define TW_METRIC_EIG_PRODUCTS "eig_products"
TW_API int tw_metric_is_curvature(const tw_metric *metric);

/* Whether it is a value, neither an error nor the end of a band, and a loss by the last word of its
 * name ("loss", "data_loss"); and a value that is a share. */
TW_API int tw_metric_is_loss(const tw_metric *metric);
TW_API int tw_metric_is_share(const tw_metric *metric);
/* What a value is multiplied by from an objective to surfaces and tables: 100 for per cent, or 1.
 */
TW_API double tw_metric_scale(const tw_metric *metric);

/* The mean of a number for each of `count` samples, which is how a loss on samples is made of
 * theirs, and its standard error s / sqrt(count), s^2 = sum (value - mean)^2 / (count - 1), which
 * may be NULL, and is NaN of one sample. The sums are Neumaier's: their error is that of a rounding
 * or two, whatever the count. */
TW_API void tw_metric_mean(size_t count, const double *values, double *mean, double *error);

TW_END_DECLS

#endif
