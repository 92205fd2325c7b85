/* Paths of checkpoints in the coordinates of a line or a plane. */
#include <float.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "core/alloc.h"
#include "landscape/rows_block.h"

enum { ROUNDS = 8 };

tw_status tw_path_init(tw_path *path, const char *name, size_t count) {
    *path = (tw_path){.count = count};
    double **lists[] = {&path->x,        &path->y,    &path->length,
                        &path->distance, &path->loss, &path->plane_loss};
    int complete = name == NULL || (path->name = tw_strdup(name)) != NULL;
    for (size_t k = 0; k < sizeof lists / sizeof lists[0]; k++) {
        *lists[k] = tw_alloc(count, sizeof(double));
        complete = complete && *lists[k] != NULL;
    }
    if (!complete) {
        tw_path_release(path);
        return tw_fail(TW_ERR_MEMORY, "not enough memory for a path of %zu checkpoints", count);
    }
    for (size_t k = 0; k < count; k++)
        path->loss[k] = path->plane_loss[k] = NAN;
    return TW_OK;
}

void tw_path_release(tw_path *path) {
    free(path->name);
    free(path->x);
    free(path->y);
    free(path->length);
    free(path->distance);
    free(path->loss);
    free(path->plane_loss);
    free(path->iteration);
    memset(path, 0, sizeof *path);
}

/* The axes, and the inverse of the matrix of their products. */
typedef struct axes {
    size_t n, rank;
    const double *direction[2];
    double inverse[2][2];
    double size[2]; /* lengths of the axes */
    tw_runner *runner;
} axes;

static tw_status prepare(axes *a) {
    const double *x = a->direction[0], *y = a->direction[1];
    const double *left[3] = {x, x, y}, *right[3] = {x, y, y};
    double g[3] = {0, 0, 1};
    tw_status status = tw_products(a->runner, a->n, a->rank == 2 ? 3 : 1, left, right, g);
    if (status != TW_OK)
        return status;
    for (int k = 0; k < 3; k++)
        if (!isfinite(g[k]) || (k != 1 && !(g[k] > 0)))
            return tw_fail(TW_ERR_ARGUMENT, "axis %d has the length %g: no coordinates along it",
                           k == 2 ? 2 : 1, sqrt(g[k]));
    /* by the cosine: the lengths of the axes may be far apart */
    double cosine = g[1] / sqrt(g[0]) / sqrt(g[2]), sine2 = (1 - cosine) * (1 + cosine);
    if (!(sine2 > 1e-14))
        return tw_fail(TW_ERR_ARGUMENT, "the axes are parallel, to rounding: they span no plane");
    double off = -cosine / sqrt(g[0]) / sqrt(g[2]) / sine2;
    a->size[0] = sqrt(g[0]);
    a->size[1] = sqrt(g[2]);
    a->inverse[0][0] = 1 / (g[0] * sine2);
    a->inverse[1][1] = 1 / (g[2] * sine2);
    a->inverse[0][1] = a->inverse[1][0] = off;
    return TW_OK;
}

/* rest -= the part of it along the axes; its coordinates are added to *x and *y, its size is
 * *taken.
 */
static tw_status take_coordinates(const axes *a, double *rest, double *x, double *y,
                                  double *taken) {
    const double *left[2] = {rest, rest};
    double along[2] = {0, 0};
    tw_status status = tw_products(a->runner, a->n, a->rank, left, a->direction, along);
    if (status != TW_OK)
        return status;
    double cx = a->inverse[0][0] * along[0] + a->inverse[0][1] * along[1];
    double cy = a->inverse[1][0] * along[0] + a->inverse[1][1] * along[1];
    for (size_t i = 0; i < a->n; i++)
        rest[i] -= cx * a->direction[0][i];
    for (size_t i = 0; i < a->n && a->rank == 2; i++)
        rest[i] -= cy * a->direction[1][i];
    *x += cx;
    *y += a->rank == 2 ? cy : 0;
    *taken = fmax(fabs(cx) * a->size[0], a->rank == 2 ? fabs(cy) * a->size[1] : 0);
    return TW_OK;
}

static tw_status length_of(const axes *a, const double *d, double *out) {
    const double *list[1] = {d};
    tw_status status = tw_products(a->runner, a->n, 1, list, list, out);
    *out = sqrt(*out);
    return status;
}

/* Between axes that are nearly parallel the normal equations lose digits; what they leave is
 * projected again until nothing is taken from it. */
static tw_status project_row(const axes *a, double *row, size_t k, tw_path *path) {
    double taken = INFINITY;
    tw_status status = length_of(a, row, &path->length[k]);
    for (int round = 0; round < ROUNDS && status == TW_OK; round++) {
        status = take_coordinates(a, row, &path->x[k], &path->y[k], &taken);
        if (round > 0 && taken <= DBL_EPSILON * path->length[k])
            break;
    }
    if (status == TW_OK)
        status = length_of(a, row, &path->distance[k]);
    if (status == TW_OK && !(isfinite(path->length[k]) && isfinite(path->x[k] + path->y[k])))
        status = tw_fail(TW_ERR_ARGUMENT, "checkpoint %zu is too far away for its square", k);
    return status;
}

tw_status tw_path_project(const tw_rows *rows, const char *name, const tw_plane *plane,
                          tw_runner *runner, tw_path *path) {
    memset(path, 0, sizeof *path);
    if (rows == NULL || rows->read == NULL || rows->count == 0 || rows->size == 0)
        return tw_fail(TW_ERR_ARGUMENT, "a trajectory without checkpoints has no coordinates");
    if (plane->size != rows->size)
        return tw_fail(TW_ERR_ARGUMENT, "checkpoints of %zu entries in a plane of %zu", rows->size,
                       plane->size);
    axes a = {.n = rows->size,
              .rank = (size_t)plane->rank,
              .direction = {plane->x, plane->y},
              .runner = runner};
    double *row = tw_alloc_raw(tw_rows_stride(a.n), sizeof *row);
    tw_row_reader reader = {.rows = rows, .center = plane->origin};
    tw_status status =
        row != NULL
            ? prepare(&a)
            : tw_fail(TW_ERR_MEMORY, "not enough memory for a checkpoint of %zu entries", a.n);
    if (status == TW_OK)
        status = tw_path_init(path, name, rows->count);
    for (size_t k = 0; k < rows->count && status == TW_OK; k++) {
        status = tw_rows_read(&reader, k, 1, row);
        if (status == TW_OK)
            status = project_row(&a, row, k, path);
    }
    if (status != TW_OK)
        tw_path_release(path);
    free(row);
    return status;
}

/* ---- losses ---- */

/* All at once: the objective shares work between the points of a span. */
static tw_status plane_losses(tw_objective *objective, const tw_plane *plane, tw_path *path) {
    const double *directions[2] = {plane->x, plane->y};
    size_t rank = (size_t)plane->rank, metrics = tw_objective_metrics(objective);
    double *at = tw_alloc_raw(path->count, rank * sizeof *at);
    double *values = tw_alloc_raw(path->count, metrics * sizeof *values);
    tw_span *span = NULL;
    tw_status status = TW_OK;
    if (at == NULL || values == NULL)
        status = tw_fail(TW_ERR_MEMORY, "not enough memory for %zu points", path->count);
    for (size_t k = 0; k < path->count && status == TW_OK; k++) {
        at[k * rank] = path->x[k];
        if (rank == 2)
            at[k * rank + 1] = path->y[k];
    }
    if (status == TW_OK)
        status = tw_span_open(objective, plane->origin, rank, directions, TW_SPAN_ROWS, &span);
    if (status == TW_OK)
        status = tw_span_values(span, path->count, at, values);
    for (size_t k = 0; k < path->count && status == TW_OK; k++)
        path->plane_loss[k] = values[k * metrics];
    tw_span_close(span);
    free(values);
    free(at);
    return status;
}

tw_status tw_path_losses(tw_objective *objective, const tw_rows *rows, const tw_plane *plane,
                         tw_progress_fn progress, void *progress_user, tw_path *path) {
    if (path->count != rows->count || rows->size != tw_objective_size(objective) ||
        plane->size != rows->size)
        return tw_fail(TW_ERR_ARGUMENT,
                       "%zu checkpoints of %zu entries for a path of %zu and a model of %zu",
                       rows->count, rows->size, path->count, tw_objective_size(objective));
    double *row = tw_alloc_raw(rows->size, sizeof *row);
    double *values = tw_alloc_raw(tw_objective_metrics(objective), sizeof *values);
    tw_status status = TW_OK;
    if (row == NULL || values == NULL)
        status =
            tw_fail(TW_ERR_MEMORY, "not enough memory for a checkpoint of %zu entries", rows->size);
    if (status == TW_OK)
        status = plane_losses(objective, plane, path);
    for (size_t k = 0; k < rows->count && status == TW_OK; k++) {
        status = rows->read(rows->user, k, row);
        if (status == TW_OK)
            status = tw_objective_value(objective, row, values);
        path->loss[k] = status == TW_OK ? values[0] : NAN;
        if (status == TW_OK && progress != NULL && progress(progress_user, k + 1, rows->count) != 0)
            status = tw_fail(TW_ERR_CANCELLED, "cancelled after %zu of %zu checkpoints", k + 1,
                             rows->count);
    }
    free(row);
    free(values);
    return status;
}

double tw_paths_share(size_t count, const tw_path *paths) {
    double length = 0, distance = 0;
    for (size_t p = 0; p < count; p++)
        for (size_t k = 0; k < paths[p].count && paths[p].count > 1; k++) {
            if (paths[p].length == NULL || paths[p].distance == NULL)
                break;
            length += paths[p].length[k] * paths[p].length[k];
            distance += paths[p].distance[k] * paths[p].distance[k];
        }
    return length > 0 ? 1 - distance / length : NAN;
}
