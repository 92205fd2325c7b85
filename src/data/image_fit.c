#include "data/image_fit.h"

#include <stdlib.h>
#include <string.h>

#include "core/alloc.h"
#include "data/resample.h"

enum { LONGEST_SIDE = 65535 };

/* ---- shapes ---- */

tw_status tw_image_fit_check(const tw_dataset_options *options) {
    const size_t height = options->height, width = options->width, resize = options->resize;
    if (options->color > TW_COLOR_GREY)
        return tw_fail(TW_ERR_ARGUMENT, "unknown color %zu", options->color);
    if ((height == 0) != (width == 0) || height > LONGEST_SIDE || width > LONGEST_SIDE)
        return tw_fail(TW_ERR_ARGUMENT, "a size of %zu x %zu: each side has 1 to %d pixels", height,
                       width, LONGEST_SIDE);
    if (resize != 0 && (resize < height || resize < width || height == 0 || resize > LONGEST_SIDE))
        return tw_fail(TW_ERR_ARGUMENT,
                       "a shorter side of %zu, of which %zu x %zu are kept: it must be as large as "
                       "they are, and %d at most",
                       resize, height, width, LONGEST_SIDE);
    return TW_OK;
}

tw_status tw_image_fit_shape(const char *path, const tw_image_shape *in,
                             const tw_dataset_options *options, tw_image_shape *out) {
    *out = *in;
    if (options->height != 0) {
        out->height = options->height;
        out->width = options->width;
    }
    if (options->color == TW_COLOR_AS_IS)
        return TW_OK;
    if (in->channels != 1 && in->channels != 3 && in->channels != 4)
        return tw_fail(TW_ERR_SHAPE,
                       "'%s': images of %zu channels are neither grey nor of red, green and blue, "
                       "and become neither by --color",
                       path, in->channels);
    out->channels = options->color == TW_COLOR_RGB ? 3 : 1;
    return TW_OK;
}

/* The size before the crop: the shorter side is `resize`, or without it the whole just covers
 * `out`; the other follows, rounded down as torchvision does. */
static void find_whole(const tw_image_shape *in, const tw_image_shape *out, size_t resize,
                       size_t *height, size_t *width) {
    const size_t h = resize != 0 ? resize : out->height, w = resize != 0 ? resize : out->width;
    *height = h;
    *width = w;
    if (h * in->width >= w * in->height)
        *width = h * in->width / in->height;
    else
        *height = w * in->height / in->width;
}

/* Where the middle begins: half of what is too much, a half to the even number (Python's round). */
static size_t margin(size_t whole, size_t part) {
    const size_t half = (whole - part) / 2;
    return (whole - part) % 2 == 0 ? half : half + half % 2;
}

/* ---- making ---- */

struct tw_image_fit {
    tw_image_shape in, out;
    size_t item;
    size_t channel_step, pixel_step; /* of the input, in numbers */
    int sized;                       /* the size changes */
    tw_resample_axis across, down;
    size_t row_begin, row_end; /* of the input that is read */
    void *rows;                /* those, as wide as the output */
    void *grey;                /* the input without colours */
};

static tw_status fail_memory(const tw_image_shape *in) {
    return tw_fail(TW_ERR_MEMORY, "not enough memory to resize images of %zu x %zu pixels",
                   in->height, in->width);
}

static tw_status make_axes(tw_image_fit *f, size_t resize) {
    size_t height, width, rows;
    find_whole(&f->in, &f->out, resize, &height, &width);
    tw_status status = tw_resample_axis_make(f->in.width, width, margin(width, f->out.width),
                                             f->out.width, &f->across);
    if (status == TW_OK)
        status = tw_resample_axis_make(f->in.height, height, margin(height, f->out.height),
                                       f->out.height, &f->down);
    if (status != TW_OK)
        return status;
    tw_resample_axis_reach(&f->down, &f->row_begin, &f->row_end);
    if (__builtin_mul_overflow(f->row_end - f->row_begin, f->out.width, &rows))
        rows = SIZE_MAX;
    f->rows = tw_alloc_raw(rows, f->item);
    return f->rows != NULL ? TW_OK : fail_memory(&f->in);
}

tw_status tw_image_fit_new(const tw_image_shape *in, const tw_image_shape *out, size_t resize,
                           int pixels, size_t item, tw_image_fit **fit) {
    tw_image_fit *f = tw_alloc(1, sizeof *f);
    *fit = NULL;
    if (f == NULL)
        return fail_memory(in);
    const size_t plane = in->height * in->width; /* of an image that is in memory */
    const size_t shorter = in->height < in->width ? in->height : in->width;
    *f = (tw_image_fit){.in = *in,
                        .out = *out,
                        .item = item,
                        .channel_step = pixels ? 1 : plane,
                        .pixel_step = pixels ? in->channels : 1,
                        .sized = in->height != out->height || in->width != out->width ||
                                 (resize != 0 && resize != shorter)};
    tw_status status = TW_OK;
    if (out->channels == 1 && in->channels > 1 && (f->grey = tw_alloc_raw(plane, item)) == NULL)
        status = fail_memory(in);
    if (status == TW_OK && f->sized)
        status = make_axes(f, resize);
    if (status == TW_OK)
        *fit = f;
    else
        tw_image_fit_free(f);
    return status;
}

void tw_image_fit_free(tw_image_fit *fit) {
    if (fit == NULL)
        return;
    tw_resample_axis_release(&fit->across);
    tw_resample_axis_release(&fit->down);
    free(fit->rows);
    free(fit->grey);
    free(fit);
}

/* ---- use ---- */

/* The luma of ITU-R 601, L = (299 R + 587 G + 114 B) / 1000; for bytes by Pillow's integers. */
static void make_grey(const tw_image_fit *f, const void *in) {
    const size_t plane = f->in.height * f->in.width, c = f->channel_step;
    for (size_t i = 0; i < plane; i++) {
        if (f->item == 1) {
            const uint8_t *at = (const uint8_t *)in + i * f->pixel_step;
            ((uint8_t *)f->grey)[i] =
                (uint8_t)((at[0] * 19595u + at[c] * 38470u + at[2 * c] * 7471u + 0x8000u) >> 16);
        } else {
            const double *at = (const double *)in + i * f->pixel_step;
            ((double *)f->grey)[i] = (299 * at[0] + 587 * at[c] + 114 * at[2 * c]) / 1000;
        }
    }
}

static void copy_plane(const tw_image_fit *f, const char *in, size_t step, char *out) {
    const size_t plane = f->in.height * f->in.width, item = f->item;
    if (step == 1)
        memcpy(out, in, plane * item);
    for (size_t i = 0; step != 1 && i < plane; i++)
        memcpy(out + i * item, in + i * step * item, item);
}

static void resize_bytes(const tw_image_fit *f, const uint8_t *in, size_t step, uint8_t *out) {
    const size_t width = f->out.width;
    uint8_t *rows = f->rows;
    for (size_t y = f->row_begin; y < f->row_end; y++)
        tw_resample_row_bytes(&f->across, in + y * f->in.width * step, step,
                              rows + (y - f->row_begin) * width);
    for (size_t y = 0; y < f->out.height; y++)
        tw_resample_rows_bytes(&f->down, y, rows, f->row_begin, width, out + y * width);
}

static void resize_doubles(const tw_image_fit *f, const double *in, size_t step, double *out) {
    const size_t width = f->out.width;
    double *rows = f->rows;
    for (size_t y = f->row_begin; y < f->row_end; y++)
        tw_resample_row_doubles(&f->across, in + y * f->in.width * step, step,
                                rows + (y - f->row_begin) * width);
    for (size_t y = 0; y < f->out.height; y++)
        tw_resample_rows_doubles(&f->down, y, rows, f->row_begin, width, out + y * width);
}

void tw_image_fit_apply(tw_image_fit *fit, const void *in, void *out) {
    const size_t item = fit->item, plane = fit->out.height * fit->out.width;
    const size_t step = fit->grey != NULL ? 1 : fit->pixel_step;
    if (fit->grey != NULL)
        make_grey(fit, in);
    for (size_t c = 0; c < fit->out.channels; c++) {
        char *to = (char *)out + c * plane * item;
        const char *from = (const char *)in + c * fit->channel_step * item;
        if (c > 0 && fit->in.channels == 1)
            memcpy(to, out, plane * item);
        else if (!fit->sized)
            copy_plane(fit, fit->grey != NULL ? fit->grey : from, step, to);
        else if (item == 1)
            resize_bytes(fit, fit->grey != NULL ? fit->grey : (const uint8_t *)from, step,
                         (uint8_t *)to);
        else
            resize_doubles(fit, fit->grey != NULL ? fit->grey : (const void *)from, step,
                           (double *)to);
    }
}
