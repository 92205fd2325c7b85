/* A picture of one map. */
#include "plot/map.h"
#include "plot/plot_private.h"

static const double MOST_HIGH = 1.6;

/* The height that is asked for, or one that a slender box fits in: an upright one would be higher
 * than a page. */
static double page_height(const tw_map *m, double width) {
    double given = tw_canvas_given_height(m->canvas);
    return given > 0 || m->frame.aspect <= MOST_HIGH ? given : MOST_HIGH * width;
}

tw_status tw_map_draw(tw_canvas *canvas, const tw_surface *surface, size_t metric) {
    tw_map m = {.canvas = canvas, .figure = canvas->figure, .surface = surface, .metric = metric};
    tw_status status = tw_field_init(&m.field, surface, metric, m.figure);
    if (status != TW_OK)
        return status;
    status = tw_map_prepare(&m, &surface->metric[metric]);
    double width = tw_canvas_width(canvas, 3.5);
    if (status == TW_OK)
        status = tw_frame_lay_out(&m.frame, canvas, width, page_height(&m, width));
    if (status == TW_OK)
        status = tw_map_place_inset(&m);
    if (status == TW_OK)
        status = tw_canvas_begin(canvas, m.frame.width, m.frame.height);
    if (status == TW_OK)
        status = tw_map_paint(&m);
    if (status == TW_OK)
        status = tw_map_draw_inset(&m);
    if (status == TW_OK)
        tw_frame_draw(canvas, &m.frame);
    tw_map_release(&m);
    return status;
}
