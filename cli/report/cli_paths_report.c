/* What is written and printed of the paths of a survey. */
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "cli_paths.h"

tw_status paths_provenance(const path_args *args, tw_provenance *provenance) {
    tw_status status = TW_OK;
    if (args->trajectory != NULL)
        status = tw_provenance_add(provenance, "trajectory", "%s", args->trajectory);
    if (status == TW_OK && args->trajectory != NULL && args->mean)
        status = tw_provenance_add(provenance, "components_about", "mean");
    if (status == TW_OK && args->to != NULL)
        status = tw_provenance_add(provenance, "to", "%s", args->to);
    if (status == TW_OK && args->third != NULL)
        status = tw_provenance_add(provenance, "third", "%s", args->third);
    return status;
}

tw_status paths_hash(const survey_paths *paths, tw_provenance *provenance) {
    size_t count = 0, at = 0;
    for (size_t k = 0; k < paths->paths.count; k++)
        count += paths->paths.path[k].count;
    if (count == 0)
        return TW_OK;
    double *all;
    tw_status status = doubles_new(4 * count, &all);
    for (size_t k = 0; k < paths->paths.count && status == TW_OK; k++) {
        const tw_path *path = &paths->paths.path[k];
        const double *lists[] = {path->x, path->y, path->length, path->distance};
        for (int list = 0; list < 4; list++, at += path->count)
            memcpy(all + at, lists[list], path->count * sizeof *all);
    }
    if (status == TW_OK)
        status = tw_provenance_add(provenance, "paths_hash", "%016" PRIx64,
                                   tw_provenance_hash(4 * count, all));
    free(all);
    return status;
}

tw_status paths_write(const char *path, const survey_paths *paths) {
    tw_paths kept = {0};
    if (paths->paths.count == 0)
        return TW_OK;
    struct stat info; /* what went into a pipe or a device cannot be added to */
    if (stat(path, &info) != 0 || !S_ISREG(info.st_mode))
        return TW_OK;
    tw_status status = tw_paths_read(path, &kept);
    if (status == TW_OK && kept.count != paths->paths.count)
        status = tw_paths_write(path, &paths->paths);
    tw_paths_release(&kept);
    return status;
}

tw_status paths_projection(const path_args *args, const survey_paths *paths,
                           const tw_provenance *provenance) {
    static const char *const columns[] = {TW_PROJECTION_X, TW_PROJECTION_Y, "length",
                                          "distance",      "loss",          "plane_loss"};
    tw_table table = {0};
    if (args->projection == NULL)
        return TW_OK;
    const tw_path *path = &paths->paths.path[0];
    tw_status status = tw_table_init(&table, TW_PROJECTION_KIND, 6, columns);
    for (size_t k = 0; k < path->count && status == TW_OK; k++) {
        const double row[] = {path->x[k],        path->y[k],    path->length[k],
                              path->distance[k], path->loss[k], path->plane_loss[k]};
        status = tw_table_append(&table, row);
    }
    if (status == TW_OK)
        status = tw_projection_write(args->projection, &table, provenance);
    tw_table_release(&table);
    return status;
}

/* The checkpoint that is farthest off the plane. */
static size_t farthest(const tw_path *path) {
    size_t most = 0;
    for (size_t k = 1; k < path->count; k++)
        if (path->distance[k] > path->distance[most])
            most = k;
    return most;
}

static void json_path(tw_json *writer, const tw_path *path) {
    size_t far = farthest(path);
    tw_json_object(writer, NULL);
    tw_json_text(writer, "name", path->name);
    tw_json_count(writer, "checkpoints", path->count);
    tw_json_numbers(writer, "x", path->count, path->x);
    tw_json_numbers(writer, "y", path->count, path->y);
    tw_json_numbers(writer, "distance", path->count, path->distance);
    tw_json_numbers(writer, "length", path->count, path->length);
    tw_json_numbers(writer, "loss", path->count, path->loss);
    tw_json_numbers(writer, "plane_loss", path->count, path->plane_loss);
    tw_json_count(writer, "farthest", far);
    tw_json_end(writer);
}

void paths_json(tw_json *writer, const survey_paths *paths) {
    if (paths->paths.count == 0)
        return;
    if (paths->pca.checkpoints > 0)
        tw_json_numbers(writer, "explained", 2, paths->pca.share);
    if (paths->sources > 0)
        tw_json_number(writer, "share", paths->share);
    tw_json_array(writer, paths->sources > 0 ? "trajectories" : "corners");
    for (size_t k = 0; k < paths->paths.count; k++)
        json_path(writer, &paths->paths.path[k]);
    tw_json_end(writer);
}

void paths_text(FILE *out, const survey_paths *paths) {
    if (paths->pca.checkpoints > 0)
        fprintf(out, "explained %.2f %% by x, %.2f %% by y, of %zu checkpoints\n",
                100 * paths->pca.share[0], 100 * paths->pca.share[1], paths->pca.checkpoints);
    for (size_t k = 0; k < paths->paths.count; k++) {
        const tw_path *path = &paths->paths.path[k];
        size_t far = farthest(path), last = path->count - 1;
        char shown[256];
        const char *name = tw_visible(path->name, shown, sizeof shown);
        if (paths->sources == 0) {
            fprintf(out, "%-8s x = %.6g", name, path->x[0]);
            if (paths->third != NULL)
                fprintf(out, ", y = %.6g", path->y[0]);
            fprintf(out, ", loss %.10g\n", path->loss[0]);
            continue;
        }
        fprintf(out,
                "%-8s %zu checkpoints, loss %.6g ... %.6g; farthest from the plane: number %zu, by "
                "%.3g of %.3g, with loss %.6g, and %.6g in the plane\n",
                name, path->count, path->loss[0], path->loss[last], far, path->distance[far],
                path->length[far], path->loss[far], path->plane_loss[far]);
    }
    if (paths->sources > 0)
        fprintf(out, "share    %.4f of the trajectories lies in the plane\n", paths->share);
}
