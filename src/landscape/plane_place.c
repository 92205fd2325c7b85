#include "landscape/plane_place.h"

void tw_plane_place(const tw_plane *plane, double a, double b, double *out) {
    for (size_t i = 0; i < plane->size; i++)
        out[i] = plane->origin[i] + a * plane->x[i] + (plane->rank == 2 ? b * plane->y[i] : 0);
}
