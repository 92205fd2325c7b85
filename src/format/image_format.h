/* image_format.h: what a kind of image files is to the list of them in image.c. */
#ifndef TW_FORMAT_IMAGE_FORMAT_H
#define TW_FORMAT_IMAGE_FORMAT_H

#include <stdio.h>

#include "format/image.h"

/* A file that is open, at its first byte. */
typedef struct tw_image_file {
    FILE *stream;
    const char *path;
    uint64_t size;
} tw_image_file;

/* Fills the shape, and unless `look` the pixels, which the caller releases also on failure. */
typedef tw_status (*tw_image_read_fn)(const tw_image_file *file, int look, tw_image *out);

tw_status tw_image_read_png(const tw_image_file *file, int look, tw_image *out);
tw_status tw_image_read_jpeg(const tw_image_file *file, int look, tw_image *out);

/* Checks the shape, of which the smallest file has `least` bytes, and allocates the pixels unless
 * `look`. */
tw_status tw_image_make(const tw_image_file *file, uint64_t least, int look, tw_image *image);

#endif
