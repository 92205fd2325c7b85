/* dataset.h: images or plain feature vectors with labels, kept in memory as they are stored.
 *
 * A dataset is one split (training or test) of a data source. Images stay bytes; other features
 * are doubles. Readers recognise the kind of a file or directory by its content.
 */
#ifndef THALWEG_DATASET_H
#define THALWEG_DATASET_H

#include <stddef.h>
#include <stdint.h>

#include "status.h"

TW_BEGIN_DECLS

typedef struct tw_dataset tw_dataset;

typedef enum tw_split { TW_SPLIT_TRAIN, TW_SPLIT_TEST } tw_split;

/* "train", "test"; NULL past the end. */
TW_API const char *tw_split_name(size_t index);

/* The colours of images: as they are; red, green and blue, grey repeated in each; or grey, of
 * colours the luma of ITU-R 601, L = (299 R + 587 G + 114 B) / 1000. A fourth channel (alpha) is
 * left out by both. */
enum { TW_COLOR_AS_IS, TW_COLOR_RGB, TW_COLOR_GREY };

/* "as-is", "rgb", "grey"; NULL past the end. */
TW_API const char *tw_color_name(size_t index);

typedef struct tw_dataset_options {
    size_t bytes; /* sizeof(tw_dataset_options), or 0 (thalweg.h) */
    tw_split split;
    size_t limit;       /* the first `limit` samples, in file order; 0: all */
    uint64_t seed;      /* for the synthetic set */
    const int *classes; /* keep only these labels, renumbered 0, 1, ... in the order given; NULL:
                           all. The limit counts samples that are kept. */
    size_t class_count; /* length of `classes` */
    const char *label;  /* csv: the column with the labels, by the name in its header or by number
                           from 1; NULL: found as docs/data.md says */
    int labels_from;    /* the number of the first class where labels are numbers: 0 or 1 */
    char decimal;       /* csv: the sign before the fraction, '.' or ','; 0: '.' */
    int channels_last;  /* order of the features of an image: 0: one plane a channel, as CIFAR-10 is
                           published; 1: channel by channel within a pixel, as a program flattens
                           an array of N x height x width x channels. Arrays of samples x features
                           are in the order stored in either case. */
    /* What follows needs `bytes`. Images become `height` x `width`; 0: as they are. Each is made
     * larger or smaller, its sides in proportion, until its shorter side is `resize` (0: until it
     * just covers height x width), and the middle is kept, as by torchvision's Resize and
     * CenterCrop: bilinear, with antialiasing, bytes as Pillow's. */
    size_t height, width, resize;
    size_t color; /* TW_COLOR_..., made before the size */
} tw_dataset_options;

/* Reads `source`: a file or a directory of one of the known kinds, or "synthetic[:N]" for the
 * built-in set of N training images (default 10,000; a fifth as many test images). Options may be
 * NULL. On success *out is owned by the caller. Fails with one line that names the file, the place
 * in it and the remedy. */
TW_API tw_status tw_dataset_open(const char *source, const tw_dataset_options *options,
                                 tw_dataset **out);
/* 1 if `path` is a file that a data set at `source` may be read from without being named there: an
 * X.npy or y.npy in a directory of arrays, the y.npy beside an X.npy, an image of a class. For who
 * is about to write `path`; links are followed. */
TW_API int tw_dataset_reads(const char *source, const char *path);

/* A dataset made from memory. Either `bytes` or `doubles` is given: samples x features, row-major;
 * they are copied, like the labels. `channels` x `height` x `width` = features for images, or
 * 0, 0, 0. Labels must lie in [0, classes). */
typedef struct tw_dataset_memory {
    const uint8_t *bytes;
    const double *doubles;
    const int32_t *labels;
    size_t samples, features, classes;
    size_t channels, height, width;
} tw_dataset_memory;
/* *out is owned by the caller. TW_ERR_ARGUMENT, saying what is wrong, where the above does not
 * hold. */
TW_API tw_status tw_dataset_from_memory(const tw_dataset_memory *memory, tw_dataset **out);

/* NULL is allowed. */
TW_API void tw_dataset_free(tw_dataset *dataset);

/* "cifar-10 (binary)", "npz", "synthetic", ... */
TW_API const char *tw_dataset_kind(const tw_dataset *dataset);
TW_API size_t tw_dataset_samples(const tw_dataset *dataset);
TW_API size_t tw_dataset_features(const tw_dataset *dataset);
TW_API size_t tw_dataset_classes(const tw_dataset *dataset);
/* Images: number of channels, height, width, with features = channels * height * width; all 0 for
 * plain features. */
TW_API void tw_dataset_image_shape(const tw_dataset *dataset, size_t *channels, size_t *height,
                                   size_t *width);
/* The order of an image's features: 0: feature (c * height + y) * width + x, one plane a channel;
 * 1: feature (y * width + x) * channels + c. */
TW_API int tw_dataset_channels_last(const tw_dataset *dataset);
/* Exactly one of the two is not NULL: samples x features, row-major, owned by the dataset. */
TW_API const uint8_t *tw_dataset_bytes(const tw_dataset *dataset);
TW_API const double *tw_dataset_doubles(const tw_dataset *dataset);
/* One label a sample, in [0, classes). */
TW_API const int32_t *tw_dataset_labels(const tw_dataset *dataset);
/* Name of a class, or NULL if the source names none. */
TW_API const char *tw_dataset_class_name(const tw_dataset *dataset, size_t label);
/* Samples of a class, counted. */
TW_API size_t tw_dataset_class_samples(const tw_dataset *dataset, size_t label);
/* Where the labels were found ("column 5, 'species'", "y_train"), or NULL where the layout leaves
 * no choice. Owned by the dataset. */
TW_API const char *tw_dataset_label_source(const tw_dataset *dataset);
/* What a reader of results should know of how the data were taken (labels that were words or
 * one-hot rows, a class without samples, ...): note number `index`, one line without a full stop;
 * NULL past the last. Owned by the dataset. */
TW_API const char *tw_dataset_note(const tw_dataset *dataset, size_t index);
/* A 64-bit hash (FNV-1a over shape, labels and features, in that order) by which results say what
 * they were made from. */
TW_API uint64_t tw_dataset_hash(const tw_dataset *dataset);
/* mean[j] = (1/samples) sum_i x_ij, the sum exact for bytes. */
TW_API void tw_dataset_mean(const tw_dataset *dataset, double *mean);

/* sqrt((1 / (samples * features)) sum_ij (x_ij - mean_j)^2): the size of a centred feature. */
TW_API double tw_dataset_deviation(const tw_dataset *dataset, const double *mean);

TW_END_DECLS

#endif
