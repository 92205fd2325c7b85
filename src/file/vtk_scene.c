#include "file/vtk_scene.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "core/alloc.h"
#include "core/versioned.h"
#include "file/output_file.h"
#include "file/surface_forms.h"

static tw_status find_metric(const char *path, const tw_surface *surface, const char *name,
                             size_t *out) {
    *out = tw_surface_shown(surface);
    if (name == NULL)
        return TW_OK;
    int found = tw_surface_metric(surface, name);
    if (found < 0)
        return tw_fail(TW_ERR_ARGUMENT, "cannot write '%s': the surface has no metric '%s'", path,
                       name);
    *out = (size_t)found;
    return TW_OK;
}

/* What is not above 0 has no logarithm and takes that of the least value that is. */
static tw_status take_logarithms(const char *path, tw_vtk_scene *scene) {
    double least = HUGE_VAL;
    for (size_t p = 0; p < scene->points; p++)
        if (isfinite(scene->height[p]) && scene->height[p] > 0)
            least = fmin(least, scene->height[p]);
    if (least == HUGE_VAL)
        return tw_fail(TW_ERR_ARGUMENT,
                       "cannot write '%s': no value of '%s' is above 0, so none has a logarithm",
                       path, scene->surface->names[scene->metric]);
    for (size_t p = 0; p < scene->points; p++)
        if (isfinite(scene->height[p]))
            scene->height[p] = log10(fmax(scene->height[p], least));
    return TW_OK;
}

static void hide(tw_vtk_scene *scene) {
    double lowest = NAN, highest = NAN;
    for (size_t p = 0; p < scene->points; p++)
        if (isfinite(scene->height[p])) {
            lowest = fmin(lowest, scene->height[p]);
            highest = fmax(highest, scene->height[p]);
        }
    if (isnan(lowest))
        lowest = highest = 0;
    for (size_t p = 0; p < scene->points; p++) {
        double value = scene->height[p];
        if (isfinite(value))
            continue;
        scene->hidden[p] = 1;
        scene->hidden_count++;
        scene->height[p] = isinf(value) && value < 0 ? lowest : highest;
    }
}

tw_status tw_vtk_scene_make(const char *path, const tw_surface *whole,
                            const tw_vtk_options *options, tw_vtk_scene *out) {
    memset(out, 0, sizeof *out);
    tw_vtk_options taken;
    tw_status status = TW_TAKE(tw_vtk_options, log, &taken, options);
    if (status == TW_OK)
        status = find_metric(path, whole, taken.metric, &out->metric);
    if (status == TW_OK)
        status = tw_surface_coarse(whole, &out->coarse);
    out->surface = out->coarse.nx > 0 ? &out->coarse : whole;
    out->points = out->surface->nx * out->surface->ny;
    if (status == TW_OK)
        status = tw_surface_masked(out->surface, out->metric, &out->height);
    if (status == TW_OK && taken.log)
        status = take_logarithms(path, out);
    if (status == TW_OK) {
        out->hidden = tw_alloc(out->points, 1);
        if (out->hidden == NULL)
            status = tw_fail(TW_ERR_MEMORY, "not enough memory for %zu points", out->points);
    }
    if (status == TW_OK)
        hide(out);
    else
        tw_vtk_scene_release(out);
    return status;
}

void tw_vtk_scene_release(tw_vtk_scene *scene) {
    tw_surface_release(&scene->coarse);
    free(scene->height);
    free(scene->hidden);
    memset(scene, 0, sizeof *scene);
}

/* The interval of an axis, rising or falling, that holds a coefficient, and how far along it that
 * lies; beyond the axis, its nearest end. */
static size_t place(size_t count, const double *axis, double at, double *part) {
    for (size_t i = 0; i + 1 < count; i++)
        if ((at - axis[i]) * (at - axis[i + 1]) <= 0 && axis[i] != axis[i + 1]) {
            *part = (at - axis[i]) / (axis[i + 1] - axis[i]);
            return i;
        }
    *part = 0;
    return fabs(at - axis[0]) <= fabs(at - axis[count - 1]) ? 0 : count - 1;
}

double tw_vtk_scene_at(const tw_vtk_scene *scene, double x, double y) {
    const tw_surface *s = scene->surface;
    double u, v = 0;
    size_t i = place(s->nx, s->x, x, &u), j = s->rank == 2 ? place(s->ny, s->y, y, &v) : 0;
    size_t right = u > 0 ? i + 1 : i, up = v > 0 ? j + 1 : j;
    double low = (1 - u) * scene->height[j * s->nx + i] + u * scene->height[j * s->nx + right];
    double high = (1 - u) * scene->height[up * s->nx + i] + u * scene->height[up * s->nx + right];
    return (1 - v) * low + v * high;
}

tw_status tw_vtk_scene_write(const char *path, const tw_surface *surface,
                             const tw_vtk_options *options, const tw_provenance *provenance,
                             tw_vtk_put_fn put) {
    tw_output output = {0};
    tw_vtk_scene scene = {0};
    tw_status status = tw_surface_check_names(path, surface);
    if (status == TW_OK)
        status = tw_vtk_scene_make(path, surface, options, &scene);
    if (status == TW_OK)
        status = tw_output_open(&output, path);
    if (status == TW_OK)
        status = put(output.stream, &scene, provenance);
    tw_vtk_scene_release(&scene);
    if (status == TW_OK)
        return tw_output_commit(&output); /* which looks at the stream's error flag */
    tw_output_abandon(&output);
    return status;
}
