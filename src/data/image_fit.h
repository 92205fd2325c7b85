/* image_fit.h: an image of one shape made one of another: its colours, then its size. */
#ifndef TW_DATA_IMAGE_FIT_H
#define TW_DATA_IMAGE_FIT_H

#include "thalweg/dataset.h"

typedef struct tw_image_shape {
    size_t channels, height, width;
} tw_image_shape;

/* What images of shape `in` become by the options' size and color. Fails, naming `path`, where they
 * have no colours in that sense. */
tw_status tw_image_fit_shape(const char *path, const tw_image_shape *in,
                             const tw_dataset_options *options, tw_image_shape *out);

/* Checks the options' size and color. */
tw_status tw_image_fit_check(const tw_dataset_options *options);

typedef struct tw_image_fit tw_image_fit;

/* All memory that it takes to make images of shape `in` those of shape `out`, where `resize` is
 * that of the options: the shorter side, 0 for the least that covers `out`. `pixels`: the input has
 * its channels side by side, else in planes. `item`: bytes of a number, that of uint8_t or of
 * double. */
tw_status tw_image_fit_new(const tw_image_shape *in, const tw_image_shape *out, size_t resize,
                           int pixels, size_t item, tw_image_fit **fit);
void tw_image_fit_free(tw_image_fit *fit); /* NULL is allowed */

/* `out` gets the image in planes. */
void tw_image_fit_apply(tw_image_fit *fit, const void *in, void *out);

#endif
