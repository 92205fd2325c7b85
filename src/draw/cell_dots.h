/* cell_dots.h: the layer of lines as dots, 2 x 4 a cell. */
#ifndef TW_DRAW_CELL_DOTS_H
#define TW_DRAW_CELL_DOTS_H

#include "draw/cells.h"

typedef struct tw_cell_dots {
    int across, down;
    struct tw_cell_dot {
        float cover, r, g, b; /* how much of it is covered; by which colour */
        int set;
    } * dot;
} tw_cell_dots;

/* Which dots are set; release frees. A line sets those that it covers most, however thin it is;
 * what is filled with a transparent ink becomes sparse dots. */
tw_status tw_cell_dots_of(const tw_cells *cells, tw_cell_dots *out);
void tw_cell_dots_release(tw_cell_dots *dots);

/* The dots of a cell as bits of a Braille character (U+2800), and the mean colour of those set. */
unsigned tw_cell_dots_mask(const tw_cell_dots *dots, int column, int row, tw_rgb *ink);

#endif
