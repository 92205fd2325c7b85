/* cells.h: a page of characters. Texts are characters in cells; lines are drawn by Cairo on a layer
 * of their own, from which cells without text get Braille dots, and images on another, which half
 * blocks show. A cell is 4 units wide and 8 high: with texts of 7 to 8 units a page is laid out
 * much as on paper. */
#ifndef TW_DRAW_CELLS_H
#define TW_DRAW_CELLS_H

#include <cairo.h>
#include <stdint.h>

#include "draw/bytes.h"
#include "draw/colormap.h"
#include "thalweg/terminal.h"

#define TW_CELL_WIDTH 4.0
#define TW_CELL_HEIGHT 8.0
/* Pixels of the layer of lines a unit; a dot is 4 x 4 of them. */
#define TW_CELL_PIXELS 2

typedef struct tw_cell {
    uint32_t code; /* 0: none; TW_CELL_TAIL: the second column of a wide character */
    tw_rgb ink;
} tw_cell;

#define TW_CELL_TAIL 1u

typedef struct tw_cells {
    tw_terminal terminal;
    int dark; /* inks are those of dark paper */
    int columns, rows;
    tw_cell *cell;             /* rows of columns */
    cairo_surface_t *lines;    /* not owned: the canvas draws on it */
    cairo_surface_t *pictures; /* a pixel a half of a cell */
} tw_cells;

/* Blank, of this size in units, with a layer of lines that the caller owns and releases. */
tw_status tw_cells_init(tw_cells *cells, double width, double height, cairo_surface_t **lines);
/* Copes with a zeroed struct. */
void tw_cells_release(tw_cells *cells);

/* Whether values have colours; else they are the ramp of characters. */
int tw_cells_have_colors(const tw_terminal *terminal);

/* Text from a cell on, cut at the edge of the page; outside it nothing. Inks of texts are those on
 * white paper (theme.h). */
void tw_cells_text(tw_cells *cells, int column, int row, const char *text, tw_rgb ink);
/* The same, of at most that many columns: where it is longer it ends in an ellipsis. */
void tw_cells_text_in(tw_cells *cells, int column, int row, int most, const char *text, tw_rgb ink);
/* Colours a half of a cell; row counts halves. */
void tw_cells_paint(tw_cells *cells, int column, int half_row, tw_rgb color);
/* Paints an ARGB32 image into a rectangle, over the lines that are there. */
void tw_cells_image(tw_cells *cells, cairo_t *lines, cairo_surface_t *image, double x, double y,
                    double width, double height);

/* The page as lines of text for the terminal, none longer than the page is wide. */
cairo_status_t tw_cells_write(const tw_cells *cells, tw_bytes *out);

#endif
