/* surface_continue.c: whether a file is a part of the survey at hand, and what it holds of it. */
#include <errno.h>
#include <string.h>
#include <sys/stat.h>

#include "file/provenance_check.h"
#include "file/surface_forms.h"

static int same_numbers(size_t count, const double *a, const double *b) {
    for (size_t i = 0; i < count; i++)
        if (a[i] != b[i])
            return 0;
    return 1;
}

static tw_status check_grid(const char *path, const tw_surface *there, const tw_surface *here) {
    if (there->rank != here->rank || there->nx != here->nx || there->ny != here->ny)
        return tw_fail(TW_ERR_ARGUMENT,
                       "'%s' is from another run: %zu x %zu points there and %zu x %zu here", path,
                       there->nx, there->ny, here->nx, here->ny);
    if (!same_numbers(here->nx, there->x, here->x) ||
        (here->rank == 2 && !same_numbers(here->ny, there->y, here->y)))
        return tw_fail(TW_ERR_ARGUMENT, "'%s' is from another run: its coefficients differ", path);
    for (size_t m = 0; m < here->metrics; m++)
        if (tw_surface_metric(there, here->names[m]) < 0)
            return tw_fail(TW_ERR_ARGUMENT, "'%s' is from another run: it has no '%s'", path,
                           here->names[m]);
    for (size_t m = 0; m < there->metrics; m++)
        if (tw_surface_metric(here, there->names[m]) < 0)
            return tw_fail(TW_ERR_ARGUMENT, "'%s' holds '%s' as well, which would be lost", path,
                           there->names[m]);
    return TW_OK;
}

static size_t take(const tw_surface *from, tw_surface *surface) {
    size_t points = surface->nx * surface->ny, taken = 0;
    for (size_t p = 0; p < points; p++)
        if (from->computed[p]) {
            surface->computed[p] = from->computed[p];
            taken++;
        }
    for (size_t m = 0; m < surface->metrics; m++) {
        const double *plane =
            tw_surface_plane(from, (size_t)tw_surface_metric(from, surface->names[m]));
        double *own = tw_surface_plane(surface, m);
        for (size_t p = 0; p < points; p++)
            if (from->computed[p])
                own[p] = plane[p];
    }
    return taken;
}

tw_status tw_surface_continue(const char *path, const tw_provenance *provenance,
                              tw_surface *surface, size_t *taken) {
    struct stat info;
    tw_surface there = {0};
    tw_provenance made = {0};
    *taken = 0;
    if (stat(path, &info) != 0 && errno == ENOENT)
        return TW_OK;
    tw_status status = tw_surface_read_own(path, &there, &made);
    if (status == TW_OK)
        status = tw_provenance_check(path, &made, provenance);
    if (status == TW_OK)
        status = check_grid(path, &there, surface);
    if (status == TW_OK)
        *taken = take(&there, surface);
    tw_provenance_release(&made);
    tw_surface_release(&there);
    return status;
}
