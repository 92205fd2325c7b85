#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "core/alloc.h"
#include "landscape/plane_source.h"

tw_plane tw_plane_of(size_t size, const double *origin, const double *x, const double *y) {
    return (tw_plane){.rank = y != NULL ? 2 : 1,
                      .size = size,
                      .origin = (double *)origin, /* which a const plane leaves as they are */
                      .x = (double *)x,
                      .y = (double *)y,
                      .cosine = NAN,
                      .angle = NAN};
}

tw_status tw_plane_init(tw_plane *plane, int rank, size_t size) {
    memset(plane, 0, sizeof *plane);
    if (rank < 1 || rank > 2 || size == 0)
        return tw_fail(TW_ERR_ARGUMENT, "a plane of rank %d of %zu parameters", rank, size);
    *plane = (tw_plane){.rank = rank, .size = size, .cosine = NAN, .angle = NAN, .owned = 1};
    plane->origin = tw_alloc(size, sizeof *plane->origin);
    plane->x = tw_alloc(size, sizeof *plane->x);
    plane->y = rank == 2 ? tw_alloc(size, sizeof *plane->y) : NULL;
    if (plane->origin != NULL && plane->x != NULL && (rank == 1 || plane->y != NULL))
        return TW_OK;
    tw_plane_release(plane);
    return tw_fail(TW_ERR_MEMORY, "not enough memory for a plane of %zu parameters", size);
}

void tw_plane_release(tw_plane *plane) {
    if (plane->owned) {
        free(plane->origin);
        free(plane->x);
        free(plane->y);
    }
    memset(plane, 0, sizeof *plane);
}

void tw_plane_measure(tw_plane *plane) {
    plane->cosine = plane->angle = NAN;
    if (plane->rank != 2)
        return;
    plane->cosine = tw_direction_cosine(plane->size, plane->x, plane->y);
    plane->angle = tw_direction_angle(plane->size, plane->x, plane->y);
}

double *tw_plane_axis(tw_plane *plane, int axis) {
    return axis == 0 ? plane->x : plane->y;
}

void tw_plane_take_axes(tw_plane *plane, tw_plane *found) {
    free(plane->x);
    free(plane->y);
    plane->x = found->x;
    plane->y = found->y;
    plane->principal = found->principal;
    plane->pca = found->pca;
    found->x = found->y = NULL;
    tw_plane_release(found);
}
