#include "draw/raster3d.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "core/alloc.h"

tw_status tw_raster_init(tw_raster *raster, int width, int height) {
    memset(raster, 0, sizeof *raster);
    size_t count = (size_t)width * (size_t)height;
    raster->width = width;
    raster->height = height;
    raster->depth = tw_alloc_raw(count, sizeof *raster->depth);
    raster->pixel = tw_alloc(count, sizeof *raster->pixel);
    raster->covered = tw_alloc(count, 1);
    if (raster->depth == NULL || raster->pixel == NULL || raster->covered == NULL) {
        tw_raster_release(raster);
        return tw_fail(TW_ERR_MEMORY, "not enough memory for a view of %d x %d pixels", width,
                       height);
    }
    for (size_t i = 0; i < count; i++)
        raster->depth[i] = HUGE_VALF;
    return TW_OK;
}

void tw_raster_release(tw_raster *raster) {
    free(raster->depth);
    free(raster->pixel);
    free(raster->covered);
    memset(raster, 0, sizeof *raster);
}

static double power24(double x) {
    double x2 = x * x, x4 = x2 * x2, x8 = x4 * x4;
    return x8 * x8 * x8;
}

static uint32_t to_byte(double value) {
    return value <= 0 ? 0 : value >= 1 ? 255 : (uint32_t)(255 * value + 0.5);
}

static uint32_t shade(const tw_light *l, double level, double nx, double ny, double nz,
                      double open) {
    double norm = sqrt(nx * nx + ny * ny + nz * nz);
    if (nx * l->eye[0] + ny * l->eye[1] + nz * l->eye[2] < 0)
        norm = -norm; /* seen from below */
    nx /= norm;
    ny /= norm;
    nz /= norm;
    double lambert = 0.5 + 0.5 * (nx * l->light[0] + ny * l->light[1] + nz * l->light[2]);
    double brightness = (0.62 + 0.45 * lambert * lambert) * (0.55 + 0.45 * open);
    double toward = nx * l->half[0] + ny * l->half[1] + nz * l->half[2];
    double highlight = toward > 0 ? 0.14 * power24(toward) : 0;
    tw_rgb c = tw_colormap_at(l->colormap, level);
    return 0xff000000u | to_byte(c.r * brightness + highlight) << 16 |
           to_byte(c.g * brightness + highlight) << 8 | to_byte(c.b * brightness + highlight);
}

static double mix(double u, double a, double v, double b, double w, double c) {
    return u * a + v * b + w * c;
}

static int clamp(double value, int high) {
    return value < 0 ? 0 : value > high ? high : (int)value;
}

void tw_raster_triangle(tw_raster *raster, const tw_light *light, const tw_vertex *a,
                        const tw_vertex *b, const tw_vertex *c) {
    double area = (double)(b->x - a->x) * (c->y - a->y) - (double)(c->x - a->x) * (b->y - a->y);
    if (area == 0 || !isfinite(area))
        return;
    int left = clamp(floor(fmin(a->x, fmin(b->x, c->x))), raster->width - 1);
    int right = clamp(ceil(fmax(a->x, fmax(b->x, c->x))), raster->width - 1);
    int top = clamp(floor(fmin(a->y, fmin(b->y, c->y))), raster->height - 1);
    int bottom = clamp(ceil(fmax(a->y, fmax(b->y, c->y))), raster->height - 1);
    for (int j = top; j <= bottom; j++) {
        double y = j + 0.5;
        for (int i = left; i <= right; i++) {
            double x = i + 0.5;
            double v = ((x - a->x) * (c->y - a->y) - (c->x - a->x) * (y - a->y)) / area;
            double w = ((b->x - a->x) * (y - a->y) - (x - a->x) * (b->y - a->y)) / area;
            double u = 1 - v - w;
            /* a hair more than the triangle, so that neighbours leave no pinholes */
            if (u < -1e-6 || v < -1e-6 || w < -1e-6)
                continue;
            size_t at = (size_t)j * (size_t)raster->width + (size_t)i;
            float depth = (float)mix(u, a->depth, v, b->depth, w, c->depth);
            if (depth >= raster->depth[at])
                continue;
            raster->depth[at] = depth;
            raster->pixel[at] =
                shade(light, mix(u, a->level, v, b->level, w, c->level),
                      mix(u, a->nx, v, b->nx, w, c->nx), mix(u, a->ny, v, b->ny, w, c->ny),
                      mix(u, a->nz, v, b->nz, w, c->nz), mix(u, a->open, v, b->open, w, c->open));
        }
    }
}

void tw_raster_line(tw_raster *raster, const double *a, const double *b, double width,
                    double bias) {
    double dx = b[0] - a[0], dy = b[1] - a[1], length2 = dx * dx + dy * dy, half = width / 2;
    if (!isfinite(length2))
        return;
    int left = clamp(floor(fmin(a[0], b[0]) - half), raster->width - 1);
    int right = clamp(ceil(fmax(a[0], b[0]) + half), raster->width - 1);
    int top = clamp(floor(fmin(a[1], b[1]) - half), raster->height - 1);
    int bottom = clamp(ceil(fmax(a[1], b[1]) + half), raster->height - 1);
    for (int j = top; j <= bottom; j++) {
        for (int i = left; i <= right; i++) {
            double x = i + 0.5 - a[0], y = j + 0.5 - a[1];
            double u = length2 > 0 ? fmin(1, fmax(0, (x * dx + y * dy) / length2)) : 0;
            if (hypot(x - u * dx, y - u * dy) > half)
                continue;
            size_t at = (size_t)j * (size_t)raster->width + (size_t)i;
            if (a[2] + u * (b[2] - a[2]) - bias < raster->depth[at])
                raster->covered[at] = 1;
        }
    }
}

void tw_raster_ink_lines(tw_raster *raster, tw_rgb ink, double alpha) {
    size_t count = (size_t)raster->width * (size_t)raster->height;
    for (size_t k = 0; k < count; k++) {
        uint32_t old = raster->pixel[k];
        if (raster->covered[k] == 0)
            continue;
        raster->covered[k] = 0;
        if (old >> 24 == 0) /* beyond the outline of the surface */
            continue;
        double r = (old >> 16 & 255) / 255.0, g = (old >> 8 & 255) / 255.0, b = (old & 255) / 255.0;
        raster->pixel[k] = 0xff000000u | to_byte(r + alpha * (ink.r - r)) << 16 |
                           to_byte(g + alpha * (ink.g - g)) << 8 | to_byte(b + alpha * (ink.b - b));
    }
}

static uint32_t average(const tw_raster *raster, int i, int j, int factor) {
    unsigned sum[4] = {0};
    for (int y = j * factor; y < (j + 1) * factor; y++) {
        for (int x = i * factor; x < (i + 1) * factor; x++) {
            uint32_t p = raster->pixel[(size_t)y * (size_t)raster->width + (size_t)x];
            for (int c = 0; c < 4; c++) /* what is not covered is 0: premultiplied */
                sum[c] += p >> (8 * c) & 255;
        }
    }
    uint32_t out = 0;
    unsigned n = (unsigned)(factor * factor);
    for (int c = 0; c < 4; c++)
        out |= (uint32_t)((sum[c] + n / 2) / n) << (8 * c);
    return out;
}

cairo_surface_t *tw_raster_image(const tw_raster *raster, int factor) {
    int width = raster->width / factor, height = raster->height / factor;
    cairo_surface_t *image = cairo_image_surface_create(CAIRO_FORMAT_ARGB32, width, height);
    if (cairo_surface_status(image) != CAIRO_STATUS_SUCCESS) {
        cairo_surface_destroy(image);
        return NULL;
    }
    cairo_surface_flush(image);
    unsigned char *data = cairo_image_surface_get_data(image);
    size_t stride = (size_t)cairo_image_surface_get_stride(image);
    for (int j = 0; j < height; j++) {
        uint32_t *row = (uint32_t *)(void *)(data + (size_t)j * stride);
        for (int i = 0; i < width; i++)
            row[i] = average(raster, i, j, factor);
    }
    cairo_surface_mark_dirty(image);
    return image;
}
