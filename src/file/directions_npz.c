#include "file/directions_npz.h"

#include <stdlib.h>
#include <string.h>

#include "file/npz_file.h"
#include "format/npz_names.h"

static const char *const prefixes[2] = {"xdirection/", "ydirection/"};

static tw_status put_direction(tw_npz *npz, const char *prefix, const tw_space *space,
                               const double *direction) {
    tw_status status = TW_OK;
    for (size_t k = 0; k < tw_space_blocks(space) && status == TW_OK; k++) {
        const tw_block *block = tw_space_block(space, k);
        char *name;
        if (asprintf(&name, "%s%s", prefix, block->name) < 0)
            return tw_fail(TW_ERR_MEMORY, "not enough memory for '%s'", block->name);
        status = tw_npz_put(npz, name, block->rank, block->shape, direction + block->offset);
        free(name);
    }
    return status;
}

static tw_status put_components(tw_npz *npz, const tw_plane *plane) {
    const size_t count = (size_t)plane->rank;
    tw_status status = tw_npz_put(npz, "explained_variance_ratio_", 1, &count, plane->pca.share);
    if (status == TW_OK)
        status = tw_npz_put(npz, "singular_values_", 1, &count, plane->pca.singular);
    if (status == TW_OK)
        status = tw_npz_put(npz, "explained_variance_", 1, &count, plane->pca.variance);
    return status;
}

tw_status tw_directions_write_npz(const char *path, const tw_space *space, const tw_plane *plane,
                                  const tw_provenance *provenance) {
    tw_npz npz;
    tw_status status = tw_npz_open(&npz, path);
    if (status != TW_OK)
        return status;
    status = put_direction(&npz, prefixes[0], space, plane->x);
    if (status == TW_OK && plane->y != NULL)
        status = put_direction(&npz, prefixes[1], space, plane->y);
    if (status == TW_OK && plane->principal)
        status = put_components(&npz, plane);
    if (status == TW_OK)
        status = tw_npz_put_provenance(&npz, "directions", provenance);
    return tw_npz_close(&npz, status);
}

static tw_status get_components(const char *path, tw_plane *out) {
    const struct {
        const char *name;
        double *values;
    } sets[] = {{"explained_variance_ratio_", out->pca.share},
                {"singular_values_", out->pca.singular},
                {"explained_variance_", out->pca.variance}};
    tw_npz_names names;
    tw_status status = tw_npz_names_read(path, &names);
    for (size_t s = 0; s < sizeof sets / sizeof sets[0]; s++)
        for (size_t k = 0; k < names.count && status == TW_OK; k++) {
            tw_array array = {0};
            if (strcmp(names.names[k], sets[s].name) != 0)
                continue;
            status = tw_array_read(path, names.names[k], &array);
            for (size_t i = 0; status == TW_OK && i < array.count && i < 2; i++)
                sets[s].values[i] = array.values[i];
            out->principal = 1;
            tw_array_release(&array);
        }
    tw_npz_names_release(&names);
    return status;
}

tw_status tw_direction_sets_read_npz(const char *path, tw_direction_sets *out,
                                     tw_provenance *provenance) {
    tw_status status = TW_OK;
    for (int axis = 0; axis < 2 && status == TW_OK; axis++)
        status = tw_tensors_read_npz(path, prefixes[axis], &out->axes[axis]);
    if (status == TW_OK && out->axes[0].count == 0)
        status = tw_fail(TW_ERR_FORMAT, "'%s': no directions: it has no arrays '%sNAME'", path,
                         prefixes[0]);
    if (status == TW_OK)
        status = get_components(path, &out->components);
    if (status == TW_OK && provenance != NULL)
        status = tw_npz_get_provenance(path, NULL, provenance);
    return status;
}
