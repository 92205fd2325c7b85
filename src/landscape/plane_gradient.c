/* The gradient of the loss at the point. */
#include "landscape/plane_source.h"

static tw_status make(const tw_plane_ask *ask, tw_plane *plane) {
    return tw_objective_gradient(ask->objective, ask->point, NULL, tw_plane_axis(plane, ask->axis));
}

const tw_plane_source tw_plane_gradient = {
    .word = "gradient",
    .shown = "gradient",
    .is = TW_PLANE_UNSIZED,
    .make = make,
};
