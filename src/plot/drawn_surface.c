/* What there is of a surface to be drawn. */
#include "plot/plot_private.h"

tw_status tw_drawn_check(const tw_surface *surface, size_t metric) {
    if (surface == NULL || surface->values == NULL || surface->x == NULL ||
        (surface->rank == 2 && surface->y == NULL) || surface->rank < 1 || surface->rank > 2)
        return tw_fail(TW_ERR_ARGUMENT, "nothing to draw: the surface is empty");
    if (surface->nx == 0 || (surface->rank == 2 && surface->ny == 0))
        return tw_fail(TW_ERR_ARGUMENT, "nothing to draw: the surface has no points");
    if (metric >= surface->metrics)
        return tw_fail(TW_ERR_ARGUMENT, "the surface has %zu metrics, no number %zu",
                       surface->metrics, metric + 1);
    return TW_OK;
}

tw_status tw_drawn_part(tw_canvas *canvas, const tw_surface *whole, tw_surface *coarse,
                        const tw_surface **drawn) {
    tw_status status = tw_surface_coarse(whole, coarse);
    if (status != TW_OK)
        return status;
    const tw_surface *surface = coarse->nx > 0 ? coarse : whole;
    canvas->points = whole->nx * (whole->rank == 2 ? whole->ny : 1);
    canvas->nx = surface->nx;
    canvas->ny = surface->rank == 2 ? surface->ny : 1;
    canvas->left_out = 0;
    for (size_t p = 0; p < canvas->points && surface != whole; p++)
        canvas->left_out += whole->computed[p] == 0;
    *drawn = surface;
    return TW_OK;
}
