/* pickle_array.h: NumPy arrays inside a pickle. */
#ifndef TW_DATA_PICKLE_ARRAY_H
#define TW_DATA_PICKLE_ARRAY_H

#include "data/pickle.h"

/* The globals by which NumPy 1 and 2, on Python 2 and 3, describe arrays and bytes. */
extern const tw_pickle_global tw_pickle_array_globals[];

enum { TW_PICKLE_ARRAY_RANK = 4 };

/* An array in C order; `data` points into the file (or into memory of the pickle's bytes, below).
 */
typedef struct tw_pickle_array {
    char kind;   /* 'b' boolean, 'u' unsigned, 'i' signed; no other kind is read */
    size_t item; /* bytes of one number: 1, 2, 4, 8 */
    int big;     /* 1: highest byte first */
    int rank;
    size_t shape[TW_PICKLE_ARRAY_RANK];
    size_t count;        /* product of the shape */
    const uint8_t *data; /* count * item bytes */
    uint8_t *owned;      /* what `data` points to, if it had to be made; release with free() */
} tw_pickle_array;

/* Interprets value `index` as an array of whole numbers. */
tw_status tw_pickle_array_read(const tw_pickle *pickle, uint32_t index, tw_pickle_array *out);

/* Entry `index` of it. */
int64_t tw_pickle_array_at(const tw_pickle_array *array, size_t index);

/* A whole number: an integer or a NumPy scalar. */
tw_status tw_pickle_integer(const tw_pickle *pickle, uint32_t index, int64_t *out);

/* The bytes of a value: bytes, Python 2 strings, and the form in which Python 3 writes bytes in
 * protocol 2 (text to be encoded as Latin-1, for which *owned is allocated). */
tw_status tw_pickle_bytes(const tw_pickle *pickle, uint32_t index, const uint8_t **data,
                          size_t *length, uint8_t **owned);

#endif
