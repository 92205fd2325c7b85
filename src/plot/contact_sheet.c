/* A contact sheet: the first samples of every class. */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>

#include "core/alloc.h"
#include "plot/plot_private.h"

static const double GAP = 1.5, PAD = 4, NAME_GAP = 5, DEFAULT_CELL = 23.04; /* 64 pixels, 200 dpi */

typedef struct sheet {
    tw_canvas *canvas;
    const tw_dataset *dataset;
    size_t classes, columns, channels, height, width;
    size_t *sample;                    /* classes x columns; SIZE_MAX: none */
    double low, high;                  /* of features that are not bytes */
    double names, cell_w, cell_h, top; /* points */
} sheet;

static void class_text(const sheet *s, size_t label, char *text, size_t size) {
    const char *name = tw_dataset_class_name(s->dataset, label);
    if (name != NULL && name[0] != '\0')
        snprintf(text, size, "%s", name);
    else
        snprintf(text, size, "class %zu", label);
}

static void find_samples(sheet *s) {
    const int32_t *labels = tw_dataset_labels(s->dataset);
    size_t samples = tw_dataset_samples(s->dataset);
    for (size_t k = 0; k < s->classes * s->columns; k++)
        s->sample[k] = SIZE_MAX;
    for (size_t i = 0; i < samples; i++) {
        size_t *row = s->sample + (size_t)labels[i] * s->columns, column = 0;
        while (column < s->columns && row[column] != SIZE_MAX)
            column++;
        if (column < s->columns)
            row[column] = i;
    }
}

/* Doubles are shown from the least to the greatest among the samples shown. */
static void find_range(sheet *s) {
    const double *doubles = tw_dataset_doubles(s->dataset);
    size_t features = tw_dataset_features(s->dataset);
    tw_extent extent = tw_extent_start();
    for (size_t k = 0; doubles != NULL && k < s->classes * s->columns; k++)
        for (size_t f = 0; s->sample[k] != SIZE_MAX && f < features; f++)
            tw_extent_add(&extent, doubles[s->sample[k] * features + f]);
    s->low = extent.finite > 0 ? extent.low : 0;
    s->high = extent.high > s->low ? extent.high : s->low + 1;
}

static double feature(const sheet *s, size_t sample, size_t channel, size_t y, size_t x) {
    size_t at = sample * tw_dataset_features(s->dataset);
    at += tw_dataset_channels_last(s->dataset) ? (y * s->width + x) * s->channels + channel
                                               : (channel * s->height + y) * s->width + x;
    const uint8_t *bytes = tw_dataset_bytes(s->dataset);
    if (bytes != NULL)
        return bytes[at];
    double value = tw_dataset_doubles(s->dataset)[at];
    return tw_is_drawable(value) ? 255 * (value - s->low) / (s->high - s->low) : 0;
}

/* Mean over the part of the image from x0 to x1, y0 to y1, in pixels of the image. */
static double mean_over(const sheet *s, size_t sample, size_t channel, const double *x,
                        const double *y) {
    double sum = 0, area = 0;
    for (size_t j = (size_t)y[0]; j < s->height && (double)j < y[1]; j++) {
        double down = fmin(y[1], (double)j + 1) - fmax(y[0], (double)j);
        for (size_t i = (size_t)x[0]; i < s->width && (double)i < x[1]; i++) {
            double part = down * (fmin(x[1], (double)i + 1) - fmax(x[0], (double)i));
            sum += part * feature(s, sample, channel, j, i);
            area += part;
        }
    }
    return area > 0 ? sum / area : 0;
}

static void paint_cell(const sheet *s, size_t sample, unsigned char *data, size_t stride,
                       int across, int down) {
    for (int j = 0; j < down; j++) {
        uint32_t *row = (uint32_t *)(void *)(data + (size_t)j * stride);
        double y[2] = {(double)j * (double)s->height / down,
                       (double)(j + 1) * (double)s->height / down};
        for (int i = 0; i < across; i++) {
            double x[2] = {(double)i * (double)s->width / across,
                           (double)(i + 1) * (double)s->width / across};
            uint32_t out = 0xff;
            for (size_t c = 0; c < 3; c++)
                out = out << 8 |
                      (uint32_t)lround(mean_over(s, sample, s->channels >= 3 ? c : 0, x, y));
            row[i] = out;
        }
    }
}

/* Every cell has an image of its own: a vector page keeps it until the page is written. */
static tw_status paint_images(const sheet *s) {
    int across = tw_canvas_pixels(s->canvas, s->cell_w - 1e-6);
    int down = tw_canvas_pixels(s->canvas, s->cell_h - 1e-6);
    for (size_t k = 0; k < s->classes * s->columns; k++) {
        if (s->sample[k] == SIZE_MAX)
            continue;
        cairo_surface_t *image = cairo_image_surface_create(CAIRO_FORMAT_ARGB32, across, down);
        int failed = cairo_surface_status(image) != CAIRO_STATUS_SUCCESS;
        if (!failed) {
            cairo_surface_flush(image);
            paint_cell(s, s->sample[k], cairo_image_surface_get_data(image),
                       (size_t)cairo_image_surface_get_stride(image), across, down);
            tw_canvas_image(
                s->canvas, image, s->names + (double)(k % s->columns) * (s->cell_w + GAP),
                s->top + (double)(k / s->columns) * (s->cell_h + GAP), s->cell_w, s->cell_h);
        }
        cairo_surface_destroy(image);
        if (failed)
            return tw_fail(TW_ERR_MEMORY, "not enough memory for images of %d x %d pixels", across,
                           down);
    }
    return TW_OK;
}

static void draw_names(const sheet *s) {
    for (size_t c = 0; c < s->classes; c++) {
        char text[128];
        class_text(s, c, text, sizeof text);
        tw_text_style style = {.size = TW_LABEL_SIZE, .across = 1, .up = 0.5, .ink = TW_INK};
        tw_canvas_text(s->canvas, s->names - NAME_GAP,
                       s->top + (double)c * (s->cell_h + GAP) + s->cell_h / 2, text, &style);
    }
    const char *title = s->canvas->figure->title;
    if (title == NULL)
        return;
    double page = s->canvas->width;
    tw_text_style style = {.size = tw_text_fit(&s->canvas->font, title, TW_TITLE_SIZE, page - 8),
                           .across = 0.5,
                           .ink = TW_INK};
    tw_canvas_text(s->canvas, page / 2, s->top - 5, title, &style);
}

/* Sizes: cells as wide as the page allows, or of two screen pixels an image pixel. */
static tw_status lay_out(sheet *s, double *width, double *height) {
    const tw_figure *figure = s->canvas->figure;
    for (size_t c = 0; c < s->classes; c++) {
        char text[128];
        class_text(s, c, text, sizeof text);
        s->names = fmax(s->names, tw_text_width(&s->canvas->font, text, TW_LABEL_SIZE));
    }
    s->names += PAD + NAME_GAP;
    s->top = PAD + (figure->title != NULL ? TW_TITLE_SIZE + 5 : 0);
    double gaps = (double)(s->columns - 1) * GAP, rows = (double)(s->classes - 1) * GAP;
    double shape = (double)s->height / (double)s->width;
    s->cell_w = DEFAULT_CELL;
    if (figure->width > 0)
        s->cell_w = (tw_canvas_width(s->canvas, 0) - s->names - PAD - gaps) / (double)s->columns;
    if (figure->height > 0) {
        double high =
            (tw_canvas_given_height(s->canvas) - s->top - PAD - rows) / (double)s->classes;
        s->cell_w = figure->width > 0 ? fmin(s->cell_w, high / shape) : high / shape;
    }
    double pixel = tw_canvas_pixel(s->canvas);
    if (pixel > 0) /* whole pixels */
        s->cell_w = floor(s->cell_w / pixel + 1e-6) * pixel;
    s->cell_h = s->cell_w * shape;
    *width = figure->width > 0 ? tw_canvas_width(s->canvas, 0)
                               : s->names + (double)s->columns * s->cell_w + gaps + PAD;
    *height = figure->height > 0 ? tw_canvas_given_height(s->canvas)
                                 : s->top + (double)s->classes * s->cell_h + rows + PAD;
    if (!(s->cell_w >= 3 && s->cell_h >= 3))
        return tw_fail(TW_ERR_ARGUMENT,
                       "no room for %zu columns of images: make the figure larger or ask for fewer",
                       s->columns);
    return TW_OK;
}

tw_status tw_contact_sheet_draw(tw_canvas *canvas, const tw_dataset *dataset, size_t columns) {
    sheet s = {.canvas = canvas, .dataset = dataset, .columns = columns > 0 ? columns : 10};
    tw_dataset_image_shape(dataset, &s.channels, &s.height, &s.width);
    s.classes = tw_dataset_classes(dataset);
    if (s.channels == 0 || s.height == 0 || s.width == 0)
        return tw_fail(TW_ERR_ARGUMENT,
                       "a contact sheet needs images; this data set holds plain features");
    if (s.classes == 0 || s.classes > 1000 || s.columns > 1000)
        return tw_fail(TW_ERR_ARGUMENT,
                       "a contact sheet of %zu classes and %zu columns: at most "
                       "1000 of each",
                       s.classes, s.columns);
    s.sample = tw_alloc(s.classes * s.columns, sizeof *s.sample);
    if (s.sample == NULL)
        return tw_fail(TW_ERR_MEMORY, "not enough memory for a contact sheet");
    find_samples(&s);
    find_range(&s);
    double width, height;
    tw_status status = lay_out(&s, &width, &height);
    if (status == TW_OK)
        status = tw_canvas_begin(canvas, width, height);
    if (status == TW_OK)
        status = paint_images(&s);
    if (status == TW_OK)
        draw_names(&s);
    free(s.sample);
    return status;
}
