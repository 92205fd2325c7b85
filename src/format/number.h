/* number.h: numbers as files store them. */
#ifndef TW_FORMAT_NUMBER_H
#define TW_FORMAT_NUMBER_H

#include <stddef.h>
#include <stdint.h>

/* How one number is stored. */
typedef struct tw_number {
    char kind;   /* 'b' boolean, 'u' unsigned, 'i' signed, 'f' floating point, 'x' bfloat16 */
    size_t item; /* bytes: 1, 2, 4, 8; for 'f' 2, 4, 8; for 'x' 2 */
    int big;     /* 1: highest byte first */
} tw_number;

/* Whether there is such a number in NumPy's files, which have no 'x'. */
int tw_number_valid(const tw_number *number);

/* out[k] = number k of `bytes`, as a double: exact but for integers beyond 2^53. */
void tw_number_doubles(const tw_number *number, const uint8_t *bytes, size_t count, double *out);

/* Number `bytes` of an integer kind, or a boolean. */
int64_t tw_number_integer(const tw_number *number, const uint8_t *bytes);

#endif
