/* A picture of curves. */
#include "plot/plot_private.h"

tw_status tw_curves_draw(tw_canvas *canvas, size_t count, const tw_curve *curves,
                         const char *right_label) {
    tw_frame frame = {0};
    tw_status status = tw_curves_prepare(&frame, canvas, count, curves, right_label);
    if (status == TW_OK)
        status = tw_curves_lay_out(&frame, canvas, count, curves);
    if (status == TW_OK)
        status = tw_canvas_begin(canvas, frame.width, frame.height);
    if (status != TW_OK)
        return status;
    tw_bands_draw(canvas, &frame, count, curves);
    for (size_t i = 0; i < count; i++)
        tw_curve_draw(canvas, &frame, &curves[i], tw_curve_ink(count, curves, i));
    status = tw_inset_curves(canvas, &frame, count, curves);
    tw_frame_draw(canvas, &frame);
    return status;
}
