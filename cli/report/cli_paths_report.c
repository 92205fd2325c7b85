/* What is printed of the paths of a slice or a plane. */
#include "command/cli_survey.h"

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

void paths_json(tw_json *writer, const tw_plane *plane, const tw_study_landscape_result *result) {
    const tw_paths *paths = &result->paths;
    if (paths->count == 0)
        return;
    if (plane->pca.checkpoints > 0)
        tw_json_numbers(writer, "explained", 2, plane->pca.share);
    if (result->trajectories > 0)
        tw_json_number(writer, "share", result->share);
    tw_json_array(writer, result->trajectories > 0 ? "trajectories" : "corners");
    for (size_t k = 0; k < paths->count; k++)
        json_path(writer, &paths->path[k]);
    tw_json_end(writer);
}

void paths_text(FILE *out, const tw_plane *plane, const tw_study_landscape_result *result) {
    const tw_paths *paths = &result->paths;
    if (plane->pca.checkpoints > 0)
        fprintf(out, "explained %.2f %% by x, %.2f %% by y, of %zu checkpoints\n",
                100 * plane->pca.share[0], 100 * plane->pca.share[1], plane->pca.checkpoints);
    for (size_t k = 0; k < paths->count; k++) {
        const tw_path *path = &paths->path[k];
        size_t far = farthest(path), last = path->count - 1;
        char shown[256];
        const char *name = tw_visible(path->name, shown, sizeof shown);
        if (result->trajectories == 0) {
            fprintf(out, "%-8s x = %.6g", name, path->x[0]);
            if (plane->rank == 2)
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
    if (result->trajectories > 0)
        fprintf(out, "share    %.4f of the trajectories lies in the plane\n", result->share);
}
