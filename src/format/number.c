#include "format/number.h"

#include <math.h>
#include <string.h>

int tw_number_valid(const tw_number *number) {
    size_t item = number->item;
    switch (number->kind) {
    case 'b':
        return item == 1;
    case 'u':
    case 'i':
        return item == 1 || item == 2 || item == 4 || item == 8;
    case 'f':
        return item == 2 || item == 4 || item == 8;
    default:
        return 0;
    }
}

static uint64_t load(const tw_number *number, const uint8_t *bytes) {
    uint64_t bits = 0;
    for (size_t i = 0; i < number->item; i++)
        bits = bits << 8 | bytes[number->big ? i : number->item - 1 - i];
    return bits;
}

int64_t tw_number_integer(const tw_number *number, const uint8_t *bytes) {
    uint64_t bits = load(number, bytes);
    size_t width = 8 * number->item;
    if (number->kind == 'i' && width < 64 && bits >> (width - 1) != 0)
        bits |= UINT64_MAX << width;
    return (int64_t)bits;
}

/* IEEE 754 binary16: 1 sign, 5 exponent, 10 fraction bits. */
static double half(uint64_t bits) {
    int exponent = (int)(bits >> 10 & 31);
    double fraction = (double)(bits & 1023);
    double value = exponent == 0    ? ldexp(fraction, -24)
                   : exponent == 31 ? (fraction == 0 ? INFINITY : NAN)
                                    : ldexp(1024 + fraction, exponent - 25);
    return bits >> 15 ? -value : value;
}

static double real(uint64_t bits, size_t item) {
    if (item == 2)
        return half(bits);
    if (item == 4) {
        uint32_t low = (uint32_t)bits;
        float value;
        memcpy(&value, &low, sizeof value);
        return (double)value;
    }
    double value;
    memcpy(&value, &bits, sizeof value);
    return value;
}

void tw_number_doubles(const tw_number *number, const uint8_t *bytes, size_t count, double *out) {
    for (size_t k = 0; k < count; k++, bytes += number->item) {
        if (number->kind == 'x') /* a single without its lower half */
            out[k] = real(load(number, bytes) << 16, 4);
        else if (number->kind == 'f')
            out[k] = real(load(number, bytes), number->item);
        else if (number->kind == 'i')
            out[k] = (double)tw_number_integer(number, bytes);
        else
            out[k] = (double)load(number, bytes);
    }
}
