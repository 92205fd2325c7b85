/* surface_common.c: what the forms of surfaces share. */
#include <math.h>
#include <string.h>

#include "core/alloc.h"
#include "file/surface_forms.h"

static const char *const own_names[] = {"x", "y", "computed"};

int tw_surface_is_own_name(const char *name) {
    for (size_t k = 0; k < sizeof own_names / sizeof own_names[0]; k++)
        if (strcmp(name, own_names[k]) == 0)
            return 1;
    return 0;
}

tw_status tw_surface_check_names(const char *path, const tw_surface *surface) {
    for (size_t m = 0; m < surface->metrics; m++)
        if (tw_surface_is_own_name(surface->names[m]))
            return tw_fail(TW_ERR_ARGUMENT,
                           "cannot write '%s': a metric cannot have the name '%s' there", path,
                           surface->names[m]);
    return TW_OK;
}

tw_status tw_surface_masked(const tw_surface *surface, size_t metric, double **out) {
    size_t points = surface->nx * surface->ny;
    const double *plane = tw_surface_plane(surface, metric);
    *out = tw_alloc_raw(points, sizeof **out);
    if (*out == NULL)
        return tw_fail(TW_ERR_MEMORY, "not enough memory for %zu points", points);
    for (size_t p = 0; p < points; p++)
        (*out)[p] = surface->computed[p] ? plane[p] : NAN;
    return TW_OK;
}

uint8_t tw_surface_mark(double value) {
    return value == 2 ? 2 : value != 0;
}
