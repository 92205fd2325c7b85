/* A rectangle of curves, magnified. */
#include <math.h>
#include <stdlib.h>

#include "core/alloc.h"
#include "plot/inset.h"
#include "plot/plot_private.h"

enum { SPOTS = 4000 };

static int is_inside(const double *r, double x, double y) {
    return x >= r[0] && x <= r[1] && y >= r[2] && y <= r[3];
}

/* Where curves run on the page: what is drawn over them hides them. */
static size_t trace(const tw_frame *frame, size_t count, const tw_curve *curves, tw_spot *spots) {
    size_t used = 0;
    for (size_t k = 0; k < count; k++) {
        const tw_curve *c = &curves[k];
        size_t room = SPOTS * (k + 1) / count;
        for (size_t i = 0; i + 1 < c->count && used + 20 < room; i++) {
            double x = tw_frame_x(frame, c->x[i]), dx = tw_frame_x(frame, c->x[i + 1]) - x;
            double y = c->right ? tw_frame_right_y(frame, c->y[i]) : tw_frame_y(frame, c->y[i]);
            double next =
                c->right ? tw_frame_right_y(frame, c->y[i + 1]) : tw_frame_y(frame, c->y[i + 1]);
            double length = hypot(dx, next - y);
            int steps = isfinite(length) ? (int)fmin(length / 4 + 1, 20) : 0;
            for (int s = 0; s < steps; s++)
                spots[used++] = (tw_spot){x + dx * s / steps, y + (next - y) * s / steps};
        }
    }
    return used;
}

/* Those on the left-hand axis, which is the inset's. */
static size_t take_left(size_t count, const tw_curve *curves, const double *r, tw_curve *left,
                        tw_rgb *inks, size_t *inside) {
    size_t used = 0;
    *inside = 0;
    for (size_t k = 0; k < count; k++) {
        if (curves[k].right)
            continue;
        inks[used] = tw_curve_ink(count, curves, k);
        left[used++] = curves[k];
        for (size_t i = 0; i < curves[k].count; i++)
            *inside += (size_t)is_inside(r, curves[k].x[i], curves[k].y[i]);
    }
    return used;
}

tw_status tw_inset_curves(tw_canvas *canvas, const tw_frame *outer, size_t count,
                          const tw_curve *curves) {
    const double *r = canvas->figure->inset;
    tw_inset inset;
    size_t inside = 0;
    if (!tw_inset_is_asked(canvas->figure))
        return TW_OK;
    tw_spot *spots = tw_alloc_raw(SPOTS, sizeof *spots);
    tw_curve *left = tw_alloc_raw(count, sizeof *left);
    tw_rgb *inks = tw_alloc_raw(count, sizeof *inks);
    tw_status status = TW_OK;
    if (spots == NULL || left == NULL || inks == NULL)
        status = tw_fail(TW_ERR_MEMORY, "not enough memory for an inset");
    size_t used = status == TW_OK ? take_left(count, curves, r, left, inks, &inside) : 0;
    if (status == TW_OK && inside == 0)
        status = tw_fail(TW_ERR_ARGUMENT, "no point of the curves lies in the inset %g:%g,%g:%g",
                         r[0], r[1], r[2], r[3]);
    if (status == TW_OK)
        status =
            tw_inset_place(&inset, canvas, outer, 0, trace(outer, count, curves, spots), spots);
    if (status == TW_OK) {
        tw_inset_begin(canvas, &inset, outer);
        tw_bands_draw(canvas, &inset.frame, used, left);
        for (size_t k = 0; k < used; k++)
            tw_curve_draw(canvas, &inset.frame, &left[k], inks[k]);
        tw_inset_end(canvas, &inset);
    }
    free(spots);
    free(left);
    free(inks);
    return status;
}
