/* Paths without a surface under them. */

#include "plot/paths_draw.h"
#include "plot/plot_private.h"

static void to_page(const void *context, double x, double y, double *page_x, double *page_y) {
    const tw_frame *frame = context;
    *page_x = tw_frame_x(frame, x);
    *page_y = tw_frame_y(frame, y);
}

static tw_status lay_out(tw_canvas *canvas, tw_frame *frame) {
    const tw_figure *figure = canvas->figure;
    tw_extent x = tw_extent_start(), y = tw_extent_start();
    for (size_t p = 0; p < figure->path_count; p++)
        for (size_t k = 0; k < figure->paths[p].count; k++)
            if (tw_is_drawable(figure->paths[p].x[k]) && tw_is_drawable(figure->paths[p].y[k])) {
                tw_extent_add(&x, figure->paths[p].x[k]);
                tw_extent_add(&y, figure->paths[p].y[k]);
            }
    if (x.finite == 0)
        return tw_fail(TW_ERR_ARGUMENT, "nothing to draw: the paths have no finite coordinates");
    frame->title = figure->title;
    frame->bottom = (tw_side){.span = tw_span_of(&x, 0, 0.08),
                              .label = figure->x_label != NULL ? figure->x_label : "direction δ",
                              .ink = TW_INK};
    frame->left = (tw_side){.span = tw_span_of(&y, 0, 0.08),
                            .label = figure->y_label != NULL ? figure->y_label : "direction η",
                            .ink = TW_INK};
    double ratio = (frame->left.span.high - frame->left.span.low) /
                   (frame->bottom.span.high - frame->bottom.span.low);
    frame->aspect = ratio >= 0.4 && ratio <= 2.5 ? ratio : 1;
    tw_paths_frame(figure, frame);
    return tw_frame_lay_out(frame, canvas, tw_canvas_width(canvas, 3.5),
                            tw_canvas_given_height(canvas));
}

tw_status tw_paths_figure_draw(tw_canvas *canvas) {
    tw_frame frame = {0};
    tw_status status = lay_out(canvas, &frame);
    if (status == TW_OK)
        status = tw_canvas_begin(canvas, frame.width, frame.height);
    if (status != TW_OK)
        return status;
    tw_frame_clip(canvas, &frame, 0);
    status = tw_paths_draw(canvas, &frame.box, to_page, &frame, 1);
    cairo_restore(canvas->cr);
    if (status == TW_OK)
        tw_frame_draw(canvas, &frame);
    return status;
}
