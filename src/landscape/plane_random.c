/* Random directions: normal draws, block by block (tw_direction_random). */
#include "landscape/plane_source.h"

static tw_status make(const tw_plane_ask *ask, tw_plane *plane) {
    tw_direction_random(tw_objective_space(ask->objective), ask->seed, ask->axis == 0 ? "x" : "y",
                        tw_plane_axis(plane, ask->axis));
    return TW_OK;
}

const tw_plane_source tw_plane_random = {
    .word = "random",
    .shown = "random",
    .is = TW_PLANE_DRAWN | TW_PLANE_UNSIZED,
    .make = make,
};
