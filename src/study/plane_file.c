/* Directions from files: one each, or all of one file. */
#include <string.h>

#include "study/plane_sources.h"
#include "study/weights_like.h"
#include "thalweg/file.h"

/* A file of directions has one for each axis; if it has one alone, that. */
static tw_status make_one(const tw_plane_ask *ask, tw_plane *plane) {
    const tw_space *space = tw_objective_space(ask->objective);
    double *direction = tw_plane_axis(plane, ask->axis);
    tw_result_kind kind;
    tw_status status = tw_result_kind_of(ask->argument, &kind);
    if (status != TW_OK || (kind != TW_RESULT_DIRECTIONS && kind != TW_RESULT_SPECTRUM))
        return status == TW_OK ? tw_study_weights_read(ask->argument, space, direction) : status;
    tw_plane read;
    status = tw_directions_read(ask->argument, space, &read, NULL);
    if (status == TW_OK)
        memcpy(direction, ask->axis == 1 && read.rank == 2 ? read.y : read.x,
               plane->size * sizeof *direction);
    tw_plane_release(&read);
    return status;
}

const tw_plane_source tw_plane_file = {
    .make = make_one,
};

static tw_status make_all(const tw_plane_ask *ask, tw_plane *plane) {
    tw_plane read;
    tw_status status =
        tw_directions_read(ask->file, tw_objective_space(ask->objective), &read, NULL);
    if (status == TW_OK && plane->rank == 2 && read.rank == 1)
        status = tw_fail(TW_ERR_ARGUMENT,
                         "'%s' has one direction, and a plane needs two; give it "
                         "as --dx, and --dy",
                         ask->file);
    if (status == TW_OK) {
        memcpy(plane->x, read.x, plane->size * sizeof *plane->x);
        if (plane->rank == 2)
            memcpy(plane->y, read.y, plane->size * sizeof *plane->y);
    }
    tw_plane_release(&read);
    return status == TW_OK ? TW_OK : tw_fail_prefix(status, "--directions");
}

const tw_plane_source tw_plane_directions = {
    .by = TW_PLANE_BY_FILE,
    .make = make_all,
};
