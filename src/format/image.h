/* image.h: one picture in a file, PNG or JPEG, as bytes.
 *
 * What is stored is what comes out, as Pillow has it: 16 bits lose their lower 8, alpha and
 * transparency are left out (nothing is composited), palettes become colours; gamma, profiles, and
 * the turn that EXIF may ask for are passed over. */
#ifndef TW_FORMAT_IMAGE_H
#define TW_FORMAT_IMAGE_H

#include <stddef.h>
#include <stdint.h>

#include "thalweg/status.h"

typedef struct tw_image {
    size_t channels; /* 1 grey, 3 red, green and blue side by side */
    size_t height, width;
    uint8_t *pixels; /* height x width x channels, owned */
} tw_image;

/* Whether a file is called as images are: ending .png, .jpg or .jpeg, in capitals or not. */
int tw_image_named(const char *name);

/* The image's shape by the head of its file; `pixels` is NULL. */
tw_status tw_image_look(const char *path, tw_image *out);
/* The whole image; *out is to be released. Whatever else than a whole image the file holds is
 * TW_ERR_FORMAT, with its name; TW_ERR_UNSUPPORTED, with the remedy, for CMYK and where the library
 * for its kind was left out of the build. No more is allocated than a file of its size can hold. */
tw_status tw_image_read(const char *path, tw_image *out);
void tw_image_release(tw_image *image);

#endif
