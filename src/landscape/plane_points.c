/* The line through two points, or the plane through three. */
#include <math.h>
#include <stdlib.h>

#include "landscape/plane_source.h"

/* The point at 0, the second at 1. */
static tw_status line(const tw_plane_ask *ask, tw_plane *plane) {
    double length = 0;
    for (size_t i = 0; i < plane->size; i++) {
        plane->x[i] = ask->second[i] - ask->point[i];
        length = hypot(length, plane->x[i]);
    }
    return length > 0 ? TW_OK : tw_fail(TW_ERR_ARGUMENT, "--to: it is the same point");
}

static tw_status make(const tw_plane_ask *ask, tw_plane *plane) {
    if (plane->rank == 1)
        return line(ask, plane);
    if (ask->third == NULL)
        return tw_fail(TW_ERR_ARGUMENT, "--to gives a plane two points: give --third as well, or "
                                        "draw the line between the two with 'thalweg slice'");
    tw_plane found;
    tw_status status =
        tw_plane_through(plane->size, ask->point, ask->second, ask->third, &found, ask->corners);
    if (status != TW_OK)
        return tw_fail_prefix(status, "--to, --third");
    tw_plane_take_axes(plane, &found);
    return TW_OK;
}

const tw_plane_source tw_plane_points = {
    .word = "points",
    .by = TW_PLANE_BY_POINTS,
    .make = make,
};
