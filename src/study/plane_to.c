/* Towards other parameters, in a file: they are at 1. */
#include "landscape/plane_source.h"
#include "study/weights_like.h"
#include "thalweg/file.h"

static tw_status make(const tw_plane_ask *ask, tw_plane *plane) {
    double *direction = tw_plane_axis(plane, ask->axis);
    tw_status status =
        tw_study_weights_read(ask->argument, tw_objective_space(ask->objective), direction);
    for (size_t i = 0; i < plane->size && status == TW_OK; i++)
        direction[i] -= ask->point[i];
    return status;
}

const tw_plane_source tw_plane_to = {
    .word = "to:",
    .shown = "to:FILE",
    .make = make,
};
