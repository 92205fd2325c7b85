/* Directions of the caller's. */
#include <string.h>

#include "study/finite.h"
#include "study/plane_sources.h"

static tw_status make(const tw_plane_ask *ask, tw_plane *plane) {
    const double *vector = ask->vectors[ask->axis];
    if (vector == NULL)
        return tw_fail(TW_ERR_ARGUMENT, "'given' means a vector of a program that calls the "
                                        "library, and there is none");
    tw_status status = tw_study_check_finite("entry", plane->size, vector);
    if (status == TW_OK)
        memcpy(tw_plane_axis(plane, ask->axis), vector, plane->size * sizeof *vector);
    return status;
}

const tw_plane_source tw_plane_given = {.word = "given", .make = make};
