#include "data/resample.h"

#include <math.h>
#include <stdlib.h>

#include "core/alloc.h"

enum { FIXED_BITS = 22, HALF = 1 << (FIXED_BITS - 1) };

static double triangle(double x) {
    x = fabs(x);
    return x < 1 ? 1 - x : 0;
}

/* The weights of output `index`, whose pixel is number `at` of the whole axis. */
static void weigh(tw_resample_axis *axis, size_t index, size_t in, double scale, double at) {
    const double wide = scale > 1 ? scale : 1, center = (at + 0.5) * scale;
    const double begin = center - wide + 0.5, end = center + wide + 0.5;
    double *weights = axis->weights + index * axis->room, sum = 0;
    int32_t *fixed = axis->fixed + index * axis->room;
    size_t first = begin > 0 ? (size_t)begin : 0, last = end < (double)in ? (size_t)end : in;
    axis->first[index] = first;
    axis->taps[index] = last - first;
    for (size_t k = 0; k < last - first; k++) {
        weights[k] = triangle(((double)(k + first) - center + 0.5) * (1 / wide));
        sum += weights[k];
    }
    for (size_t k = 0; k < last - first; k++) {
        weights[k] /= sum;
        fixed[k] = (int32_t)(0.5 + weights[k] * (1 << FIXED_BITS));
    }
}

tw_status tw_resample_axis_make(size_t in, size_t full, size_t from, size_t count,
                                tw_resample_axis *out) {
    const double scale = (double)in / (double)full;
    const size_t room = (size_t)ceil(scale > 1 ? scale : 1) * 2 + 1;
    size_t weights;
    *out = (tw_resample_axis){.count = count, .room = room};
    if (__builtin_mul_overflow(count, room, &weights))
        weights = SIZE_MAX;
    out->first = tw_alloc_raw(count, sizeof *out->first);
    out->taps = tw_alloc_raw(count, sizeof *out->taps);
    out->weights = tw_alloc_raw(weights, sizeof *out->weights);
    out->fixed = tw_alloc_raw(weights, sizeof *out->fixed);
    if (out->first == NULL || out->taps == NULL || out->weights == NULL || out->fixed == NULL) {
        tw_resample_axis_release(out);
        return tw_fail(TW_ERR_MEMORY, "not enough memory to resize images to %zu pixels", count);
    }
    for (size_t i = 0; i < count; i++)
        weigh(out, i, in, scale, (double)(from + i));
    return TW_OK;
}

void tw_resample_axis_release(tw_resample_axis *axis) {
    free(axis->first);
    free(axis->taps);
    free(axis->weights);
    free(axis->fixed);
    *axis = (tw_resample_axis){0};
}

void tw_resample_axis_reach(const tw_resample_axis *axis, size_t *begin, size_t *end) {
    *begin = axis->first[0];
    *end = axis->first[axis->count - 1] + axis->taps[axis->count - 1];
}

/* Rounded weights can sum to a little more than 1. */
static uint8_t to_byte(int32_t sum) {
    const int32_t value = sum >> FIXED_BITS;
    return value > 255 ? 255 : (uint8_t)value;
}

void tw_resample_row_bytes(const tw_resample_axis *axis, const uint8_t *in, size_t step,
                           uint8_t *out) {
    for (size_t i = 0; i < axis->count; i++) {
        const int32_t *weights = axis->fixed + i * axis->room;
        const uint8_t *from = in + axis->first[i] * step;
        int32_t sum = HALF;
        for (size_t k = 0; k < axis->taps[i]; k++)
            sum += weights[k] * from[k * step];
        out[i] = to_byte(sum);
    }
}

void tw_resample_row_doubles(const tw_resample_axis *axis, const double *in, size_t step,
                             double *out) {
    for (size_t i = 0; i < axis->count; i++) {
        const double *weights = axis->weights + i * axis->room, *from = in + axis->first[i] * step;
        double sum = 0;
        for (size_t k = 0; k < axis->taps[i]; k++)
            sum += weights[k] * from[k * step];
        out[i] = sum;
    }
}

/* In strips of columns, whose sums stay in the first cache. */
enum { STRIP = 256 };

void tw_resample_rows_bytes(const tw_resample_axis *axis, size_t index, const uint8_t *rows,
                            size_t begin, size_t width, uint8_t *out) {
    const int32_t *weights = axis->fixed + index * axis->room;
    const uint8_t *from = rows + (axis->first[index] - begin) * width;
    for (size_t at = 0; at < width; at += STRIP) {
        const size_t strip = width - at < STRIP ? width - at : STRIP;
        int32_t sums[STRIP];
        for (size_t j = 0; j < strip; j++)
            sums[j] = HALF;
        for (size_t k = 0; k < axis->taps[index]; k++)
            for (size_t j = 0; j < strip; j++)
                sums[j] += weights[k] * from[k * width + at + j];
        for (size_t j = 0; j < strip; j++)
            out[at + j] = to_byte(sums[j]);
    }
}

void tw_resample_rows_doubles(const tw_resample_axis *axis, size_t index, const double *rows,
                              size_t begin, size_t width, double *out) {
    const double *weights = axis->weights + index * axis->room;
    const double *from = rows + (axis->first[index] - begin) * width;
    for (size_t j = 0; j < width; j++)
        out[j] = 0;
    for (size_t k = 0; k < axis->taps[index]; k++)
        for (size_t j = 0; j < width; j++)
            out[j] += weights[k] * from[k * width + j];
}
