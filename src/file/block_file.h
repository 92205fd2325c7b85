/* block_file.h: an array of a file as a block of a model. */
#ifndef TW_FILE_BLOCK_FILE_H
#define TW_FILE_BLOCK_FILE_H

#include "file/h5_write.h"
#include "thalweg/file.h"

/* Copies the array to its place in x. TW_ERR_SHAPE if it is no such block, TW_ERR_FORMAT if a
 * number is not finite. `place` goes into the message, as "xdirection/3: ". */
tw_status tw_block_take(const char *path, const char *place, const tw_array *array,
                        const tw_block *block, double *x);

/* The same check where the numbers are in their place already. */
tw_status tw_block_check(const char *path, const char *place, const tw_array *array,
                         const tw_block *block);

/* A group with a dataset a block, numbered, with its name: the layout of directions. */
tw_status tw_h5_put_blocks(hid_t file, const char *group, const tw_space *space, const double *x);

/* "(3, 4)", as Python writes it. */
void tw_shape_text(char *text, size_t size, int rank, const size_t *shape);

#endif
