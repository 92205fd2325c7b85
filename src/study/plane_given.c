/* Directions of the caller's. */
#include <math.h>
#include <string.h>

#include "study/plane_sources.h"

static tw_status make(const tw_plane_ask *ask, tw_plane *plane) {
    const double *vector = ask->vectors[ask->axis];
    if (vector == NULL)
        return tw_fail(TW_ERR_ARGUMENT, "'given' means a vector of a program that calls the "
                                        "library, and there is none");
    for (size_t i = 0; i < plane->size; i++)
        if (!isfinite(vector[i]))
            return tw_fail(TW_ERR_ARGUMENT, "entry %zu is %g, which is not finite", i, vector[i]);
    memcpy(tw_plane_axis(plane, ask->axis), vector, plane->size * sizeof *vector);
    return TW_OK;
}

const tw_plane_source tw_plane_given = {.word = "given", .make = make};
