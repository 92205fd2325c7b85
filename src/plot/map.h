/* map.h: a surface seen from above while it is laid out: for pictures of one and of several. */
#ifndef TW_PLOT_MAP_H
#define TW_PLOT_MAP_H

#include "draw/frame.h"
#include "plot/field.h"
#include "plot/inset.h"

typedef struct tw_map {
    tw_canvas *canvas;
    const tw_figure *figure;
    const tw_surface *surface;
    size_t metric;
    tw_field field;
    tw_field errors; /* the standard errors, where nx > 0 */
    int is_blurred;  /* they are wider than the distance of levels somewhere */
    int has_inset;   /* it is placed: */
    tw_inset inset;  /* labels keep off its card */
    tw_frame frame;
    tw_colorbar bar;
    size_t level_count;
    double levels[TW_LEVELS_MAX], heights[TW_LEVELS_MAX];
    tw_rgb inks[TW_LEVELS_MAX];
    char label[128];
} tw_map;

/* The frame with its axes, bar and small print, not laid out yet. Canvas, figure, surface and field
 * are there. */
tw_status tw_map_prepare(tw_map *map, const tw_metric *metric);
/* The colours of its lines: after its levels have changed. */
void tw_map_choose_inks(tw_map *map);
/* All that is in the box of the frame, once that is laid out; not the frame itself. */
tw_status tw_map_paint(const tw_map *map);
/* The standard errors of its values, if the surface has them (map_errors.c), and what the small
 * print says of them; the levels are there. */
void tw_map_take_errors(tw_map *map);
/* Dots where a line of the map may as well be the next one. */
void tw_map_dot_errors(const tw_map *map);
void tw_map_release(tw_map *map);
/* The inset that its figure asks for: its place, once the frame is laid out, and itself, over a map
 * that is drawn (map_inset.c). */
tw_status tw_map_place_inset(tw_map *map);
tw_status tw_map_draw_inset(const tw_map *map);

#endif
