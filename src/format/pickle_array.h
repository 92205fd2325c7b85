/* pickle_array.h: NumPy arrays inside a pickle. */
#ifndef TW_FORMAT_PICKLE_ARRAY_H
#define TW_FORMAT_PICKLE_ARRAY_H

#include "format/number.h"
#include "format/pickle.h"

/* The globals by which NumPy 1 and 2, on Python 2 and 3, describe arrays and bytes. */
extern const tw_pickle_global tw_pickle_array_globals[];

enum { TW_PICKLE_ARRAY_RANK = 4 };

/* An array in C order; `data` points into the file (or into memory of the pickle's bytes, below).
 */
typedef struct tw_pickle_array {
    tw_number number; /* boolean or integer; no other kind is read */
    int rank;
    size_t shape[TW_PICKLE_ARRAY_RANK];
    size_t count;        /* product of the shape */
    const uint8_t *data; /* count * number.item bytes */
    uint8_t *owned;      /* what `data` points to, if it had to be made; release with free() */
} tw_pickle_array;

/* Interprets value `index` as an array of whole numbers. */
tw_status tw_pickle_array_read(const tw_pickle *pickle, uint32_t index, tw_pickle_array *out);

/* A whole number: an integer or a NumPy scalar. */
tw_status tw_pickle_integer(const tw_pickle *pickle, uint32_t index, int64_t *out);

/* The bytes of a value: bytes, Python 2 strings, and the form in which Python 3 writes bytes in
 * protocol 2 (text to be encoded as Latin-1, for which *owned is allocated). */
tw_status tw_pickle_bytes(const tw_pickle *pickle, uint32_t index, const uint8_t **data,
                          size_t *length, uint8_t **owned);

#endif
