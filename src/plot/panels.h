/* panels.h: several maps or views in space on one page while it is laid out. */
#ifndef TW_PLOT_PANELS_H
#define TW_PLOT_PANELS_H

#include "plot/map.h"
#include "plot/view3d.h"

typedef struct tw_panels {
    tw_canvas *canvas;
    size_t count, columns, rows;
    int space;       /* 3-D */
    tw_map *map;     /* as many as panels, or NULL in 3-D */
    tw_view3d *view; /* likewise */
    int joined;      /* the axes of all are the same: only the outer ones are written, */
    const char *x_label, *y_label; /* and their names once */
    tw_frame page;                 /* title, bar and small print; the cells fill its box */
    tw_colorbar bar;
    tw_rect cell[TW_PANELS_MAX]; /* on the page; frames are laid out in their cells, from (0, 0) */
    tw_rect grid;                /* of the boxes with the data: from the first to the last */
} tw_panels;

/* Places the page, its cells and their frames, which have their texts. */
tw_status tw_panels_lay_out(tw_panels *panels);
tw_frame *tw_panels_frame(const tw_panels *panels, size_t index);

#endif
