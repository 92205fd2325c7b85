/* canvas.h: a page of one file: measured first, then drawn, then written whole. */
#ifndef TW_DRAW_CANVAS_H
#define TW_DRAW_CANVAS_H

#include <cairo.h>
#include <stddef.h>

#include "draw/bytes.h"
#include "draw/cells.h"
#include "draw/svg_text.h"
#include "draw/text.h"
#include "draw/theme.h"
#include "thalweg/plot.h"

typedef enum tw_canvas_format {
    TW_CANVAS_PNG,
    TW_CANVAS_SVG,
    TW_CANVAS_PDF,
    TW_CANVAS_SIXEL, /* of a terminal: an image, */
    TW_CANVAS_KITTY, /* as a PNG, */
    TW_CANVAS_CELLS  /* or characters (cells.h) */
} tw_canvas_format;

typedef struct tw_canvas {
    const char *path;
    const tw_figure *figure; /* never NULL */
    tw_figure given;         /* what the caller's holds, as this library knows it */
    tw_canvas_format format;
    double dpi;  /* of the PNG, or of images in a vector page */
    double unit; /* points: everything on the page is laid out in such units, so that texts,
                    lines and gaps grow together with the size of the font */
    double width, height; /* units, as all lengths below */
    tw_font font;
    cairo_surface_t *surface;
    cairo_t *cr;    /* y downwards */
    tw_cells cells; /* of a page of characters: their grid; `surface` is its layer of lines */
    tw_bytes bytes;
    tw_svg_texts texts; /* of an SVG */
    size_t points;      /* of the surface, */
    size_t
        left_out;  /* and those that are not computed and not drawn as holes (tw_surface_coarse) */
    size_t nx, ny; /* of what is drawn instead */
} tw_canvas;

/* Whether a figure asks for an inset. */
int tw_inset_is_asked(const tw_figure *figure);

/* The page of a file, or of the figure's terminal: checks the ending of the path and the numbers of
 * the figure (NULL: all defaults), opens the font. Text can be measured from now on. */
tw_status tw_canvas_init(tw_canvas *canvas, const char *path, const tw_figure *figure);
/* Lays paper of this size, none where the figure is transparent. */
tw_status tw_canvas_begin(tw_canvas *canvas, double width, double height);
/* Encodes and writes the file, whole or not at all. */
tw_status tw_canvas_finish(tw_canvas *canvas);
/* Copes with a zeroed struct. */
void tw_canvas_release(tw_canvas *canvas);

/* Size of the figure in units, or the default where it says 0. */
double tw_canvas_width(const tw_canvas *canvas, double inches);
double tw_canvas_height(const tw_canvas *canvas, double inches);
/* The height that is asked for, in units, or 0. */
double tw_canvas_given_height(const tw_canvas *canvas);
double tw_canvas_inches(const tw_canvas *canvas, double length);

/* Number of pixels across a length at the resolution of images on this page. */
int tw_canvas_pixels(const tw_canvas *canvas, double length);
/* The side of a pixel of an image; 0 for vector pages. */
double tw_canvas_pixel(const tw_canvas *canvas);
/* The height of a row of characters, or 0: what lies side by side there stands in whole rows. */
double tw_canvas_row(const tw_canvas *canvas);
/* Paints an ARGB32 image into a rectangle of the page. */
void tw_canvas_image(tw_canvas *canvas, cairo_surface_t *image, double x, double y, double width,
                     double height);

/* Draws in an ink of the theme, which is named as on white paper (theme.h). */
void tw_canvas_ink(tw_canvas *canvas, tw_rgb ink, double alpha);
/* Draws in this very colour: that of a number. */
void tw_canvas_color(tw_canvas *canvas, tw_rgb color, double alpha);
/* Text in an ink of the theme. */
void tw_canvas_text(tw_canvas *canvas, double x, double y, const char *text,
                    const tw_text_style *style);

static const tw_rgb TW_PAPER = {1, 1, 1};
static const tw_rgb TW_INK = {0x22 / 255.0, 0x22 / 255.0, 0x22 / 255.0};
static const tw_rgb TW_LOSS_INK = {0, 0x72 / 255.0, 0xb2 / 255.0};
static const tw_rgb TW_ACCURACY_INK = {0xd5 / 255.0, 0x5e / 255.0, 0};

static const double TW_TICK_SIZE = 7, TW_LABEL_SIZE = 8, TW_TITLE_SIZE = 9, TW_CONTOUR_SIZE = 6.2;

#endif
