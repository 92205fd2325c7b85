/* The plane through three points, with orthonormal axes. */
#include <math.h>
#include <string.h>

#include "landscape/rows_block.h"

static const double LEAST = 1e-10; /* sine of the angle at a, below which the points are a line */

static tw_status length_of(size_t n, const double *d, const char *what, double *out) {
    const double *list[1] = {d};
    tw_status status = tw_products(NULL, n, 1, list, list, out);
    if (status != TW_OK)
        return status;
    *out = sqrt(*out);
    if (!isfinite(*out))
        return tw_fail(TW_ERR_ARGUMENT, "%s: an entry is not finite, or too large", what);
    return *out > 0 ? TW_OK : tw_fail(TW_ERR_ARGUMENT, "%s are the same point", what);
}

/* d -= <d, unit> unit; what was along it is added to *along. */
static tw_status take_away(size_t n, const double *unit, double *d, double *along) {
    const double *a[1] = {d}, *b[1] = {unit};
    double product;
    tw_status status = tw_products(NULL, n, 1, a, b, &product);
    for (size_t i = 0; i < n && status == TW_OK; i++)
        d[i] -= product * unit[i];
    if (status == TW_OK)
        *along += product;
    return status;
}

static tw_status span(size_t n, const double *a, const double *b, const double *c, double *dx,
                      double *dy, double coordinates[6]) {
    double base, side, height, along = 0, again = 0;
    for (size_t i = 0; i < n; i++) {
        dx[i] = b[i] - a[i];
        dy[i] = c[i] - a[i];
    }
    tw_status status = length_of(n, dx, "the first two points", &base);
    if (status == TW_OK)
        status = length_of(n, dy, "the first and the third point", &side);
    for (size_t i = 0; i < n && status == TW_OK; i++)
        dx[i] /= base;
    if (status == TW_OK)
        status = take_away(n, dx, dy, &along);
    if (status == TW_OK)
        status =
            length_of(n, dy, "the three points lie on a line: the third and its foot", &height);
    if (status == TW_OK && height < LEAST * side)
        status = tw_fail(TW_ERR_ARGUMENT, "the three points lie on a line, to rounding: they span "
                                          "no plane");
    for (size_t i = 0; i < n && status == TW_OK; i++)
        dy[i] /= height;
    if (status == TW_OK) /* what rounding left of dx in it, a tiny height has enlarged */
        status = take_away(n, dx, dy, &again);
    if (status != TW_OK || coordinates == NULL)
        return status;
    const double found[6] = {0, 0, base, 0, along, height};
    for (int k = 0; k < 6; k++)
        coordinates[k] = found[k];
    return TW_OK;
}

tw_status tw_plane_through(size_t n, const double *a, const double *b, const double *c,
                           tw_plane *out, double coordinates[6]) {
    tw_status status = tw_plane_init(out, 2, n);
    if (status != TW_OK)
        return status;
    memcpy(out->origin, a, n * sizeof *a);
    status = span(n, a, b, c, out->x, out->y, coordinates);
    if (status != TW_OK)
        tw_plane_release(out);
    return status;
}
