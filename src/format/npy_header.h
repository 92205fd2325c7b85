/* npy_header.h: the header of NumPy's .npy format, versions 1 to 3. */
#ifndef TW_FORMAT_NPY_HEADER_H
#define TW_FORMAT_NPY_HEADER_H

#include "format/number.h"
#include "thalweg/status.h"

enum {
    TW_NPY_RANK = 8,
    TW_NPY_PREFIX = 12,       /* bytes that tell how long the header is */
    TW_NPY_MAX_SIZE = 1 << 16 /* NumPy writes at most a few hundred bytes without asking */
};

typedef struct tw_npy_header {
    tw_number number;
    int fortran; /* 1: the first index runs fastest */
    int rank;
    size_t shape[TW_NPY_RANK];
    size_t count;  /* product of the shape */
    size_t bytes;  /* count * number.item, which fits */
    size_t offset; /* of the first number in the file: the size of the header */
} tw_npy_header;

/* Gives the size of the whole header from the first TW_NPY_PREFIX bytes of a file (fewer only if
 * the file is shorter than that, which is an error of its own). */
tw_status tw_npy_header_size(const uint8_t *prefix, size_t available, size_t *size);

/* Reads a header of `size` bytes, as tw_npy_header_size gave it. Messages do not name the file.
 * Text (kind 'U': 4 bytes a character, or 'S': 1) is let pass: tw_npy_header_numbers refuses it. */
tw_status tw_npy_header_parse(const uint8_t *header, size_t size, tw_npy_header *out);
/* Fails unless the array holds numbers. */
tw_status tw_npy_header_numbers(const tw_number *number);

#endif
