/* raster3d.h: a z-buffer for shaded surfaces and lines on them. */
#ifndef TW_DRAW_RASTER3D_H
#define TW_DRAW_RASTER3D_H

#include <cairo.h>
#include <stddef.h>
#include <stdint.h>

#include "draw/colormap.h"
#include "thalweg/status.h"

/* A corner of a triangle. Screen coordinates in pixels, y downwards; depth rises away from the
 * eye. What is interpolated: level (of the colour map), the shading vector n (unit, in the space of
 * the light) and openness to the sky. */
typedef struct tw_vertex {
    float x, y, depth;
    float level, nx, ny, nz, open;
} tw_vertex;

typedef struct tw_raster {
    int width, height;
    float *depth;     /* HUGE_VALF: nothing there */
    uint32_t *pixel;  /* 0xAARRGGBB */
    uint8_t *covered; /* by a line */
} tw_raster;

typedef struct tw_light {
    double light[3], half[3], eye[3]; /* unit vectors to the light, half-way, to the eye */
    tw_colormap colormap;
} tw_light;

tw_status tw_raster_init(tw_raster *raster, int width, int height);
void tw_raster_release(tw_raster *raster);

/* Colours are mapped after the level is interpolated; half-Lambert light on either side of the
 * surface, openness, and a faint highlight. */
void tw_raster_triangle(tw_raster *raster, const tw_light *light, const tw_vertex *a,
                        const tw_vertex *b, const tw_vertex *c);
/* Marks where a line of that width is not hidden by more than `bias` in depth. */
void tw_raster_line(tw_raster *raster, const double *a, const double *b, double width, double bias);
/* Blends a colour over the marked pixels and forgets the marks. */
void tw_raster_ink_lines(tw_raster *raster, tw_rgb ink, double alpha);
/* Averages blocks of factor x factor pixels into a premultiplied ARGB32 image; NULL for want of
 * memory. */
cairo_surface_t *tw_raster_image(const tw_raster *raster, int factor);

#endif
