/* directions_file.c: directions in the layout of tomgoldstein/loss-landscape: groups xdirection and
 * ydirection, in them the tensors "0", "1", ... in the order of the model. Ours carry the names of
 * the blocks as well. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "core/alloc.h"
#include "core/plain.h"
#include "file/block_file.h"
#include "file/directions_npz.h"
#include "file/file_kind.h"
#include "file/file_tensors.h"
#include "file/output_file.h"

static const char *const groups[2] = {"xdirection", "ydirection"};
static const char NAME[] = "name"; /* attribute of a tensor */
enum { MOST_TENSORS = 20000 };

/* ---- writing ---- */

typedef struct component_set {
    const char *name;
    double *values; /* two */
} component_set;
enum { COMPONENT_SETS = 3 };

static void component_sets(tw_pca *pca, component_set sets[COMPONENT_SETS]) {
    sets[0] = (component_set){"explained_variance_ratio_", pca->share};
    sets[1] = (component_set){"singular_values_", pca->singular};
    sets[2] = (component_set){"explained_variance_", pca->variance};
}

static tw_status put_components(hid_t file, const tw_plane *plane) {
    tw_pca copy = plane->pca;
    component_set sets[COMPONENT_SETS];
    const size_t count = (size_t)plane->rank;
    tw_status status = TW_OK;
    component_sets(&copy, sets);
    for (int k = 0; k < COMPONENT_SETS && plane->principal && status == TW_OK; k++)
        status = tw_h5_put_root(file, sets[k].name, 1, &count, sets[k].values);
    return status;
}

/* What the vectors are, beside what made them. */
static tw_status put_measures(hid_t file, size_t count, const tw_plane *plane,
                              const tw_provenance *provenance) {
    const double *x = plane->x, *y = plane->y;
    const struct {
        const char *key;
        double value;
    } measures[] = {{"x_length", tw_direction_length(count, x)},
                    {"y_length", y != NULL ? tw_direction_length(count, y) : 0},
                    {"angle", y != NULL ? tw_direction_angle(count, x, y) : 0}};
    tw_status status = TW_OK;
    for (int k = 0; k < (y != NULL ? 3 : 1) && status == TW_OK; k++) {
        char text[40];
        tw_plain_print(text, sizeof text, "%.17g", measures[k].value);
        if (provenance == NULL || tw_provenance_get(provenance, measures[k].key) == NULL)
            status = tw_h5_put_text(file, "thalweg", measures[k].key, text);
    }
    return status;
}

static tw_status write_h5(const char *path, const tw_space *space, const tw_plane *plane,
                          const tw_provenance *provenance) {
    hid_t file;
    tw_status status = tw_h5_create(&file);
    if (status != TW_OK)
        return status;
    status = tw_h5_put_blocks(file, groups[0], space, plane->x);
    if (status == TW_OK && plane->y != NULL)
        status = tw_h5_put_blocks(file, groups[1], space, plane->y);
    if (status == TW_OK)
        status = put_components(file, plane);
    if (status == TW_OK)
        status = tw_h5_put_provenance(file, "directions", provenance);
    if (status == TW_OK)
        status = put_measures(file, tw_space_size(space), plane, provenance);
    return tw_h5_save(file, status, path);
}

tw_status tw_directions_write(const char *path, const tw_space *space, const tw_plane *plane,
                              const tw_provenance *provenance) {
    switch (tw_file_kind_of(path)) {
    case TW_FILE_NPZ:
        return tw_directions_write_npz(path, space, plane, provenance);
    case TW_FILE_H5:
        return write_h5(path, space, plane, provenance);
    default:
        if (tw_output_is_direct(path))
            return write_h5(path, space, plane, provenance);
        return tw_fail(TW_ERR_ARGUMENT, "cannot write '%s': directions go to .h5 or .npz files",
                       path);
    }
}

/* ---- reading ---- */

/* The tensors of a group in the order of their numbers, under their names where they have them. */
static tw_status read_group(const char *path, hid_t file, const char *group, tw_tensors *out) {
    size_t count = tw_h5_links(file, group);
    tw_status status = TW_OK;
    if (count == 0 || count > MOST_TENSORS)
        return tw_fail(TW_ERR_FORMAT, "'%s': %s has %zu tensors", path, group, count);
    for (size_t k = 0; k < count && status == TW_OK; k++) {
        char place[48];
        tw_array array = {0};
        snprintf(place, sizeof place, "%s/%zu", group, k);
        if (!tw_h5_has(file, place))
            return tw_fail(TW_ERR_FORMAT, "'%s': %s has %zu entries, but no tensor '%zu'", path,
                           group, count, k);
        status = tw_h5_get(path, file, place, &array);
        if (status != TW_OK)
            break;
        char *name = tw_h5_get_text(file, place, NAME);
        status = tw_tensors_add(out, name != NULL ? name : place + strlen(group) + 1, &array);
        free(name);
    }
    return status;
}

static tw_status read_components(const char *path, hid_t file, tw_plane *out) {
    component_set sets[COMPONENT_SETS];
    tw_status status = TW_OK;
    component_sets(&out->pca, sets);
    for (int k = 0; k < COMPONENT_SETS && status == TW_OK; k++) {
        tw_array array = {0};
        if (!tw_h5_has(file, sets[k].name))
            continue;
        status = tw_h5_get(path, file, sets[k].name, &array);
        if (status == TW_OK && array.rank != 1)
            status = tw_fail(TW_ERR_FORMAT, "'%s': %s has %d axes, not one", path, sets[k].name,
                             array.rank);
        for (size_t i = 0; status == TW_OK && i < array.count && i < 2; i++)
            sets[k].values[i] = array.values[i];
        out->principal = 1;
        tw_array_release(&array);
    }
    return status;
}

static tw_status read_sets_h5(const char *path, tw_direction_sets *out, tw_provenance *provenance) {
    hid_t file;
    tw_status status = tw_h5_open(path, &file);
    if (status != TW_OK)
        return status;
    if (!tw_h5_has(file, groups[0]))
        status =
            tw_fail(TW_ERR_FORMAT, "'%s': no directions: it has no group '%s'", path, groups[0]);
    for (int axis = 0; axis < 2 && status == TW_OK; axis++)
        if (axis == 0 || tw_h5_has(file, groups[axis]))
            status = read_group(path, file, groups[axis], &out->axes[axis]);
    if (status == TW_OK)
        status = read_components(path, file, &out->components);
    if (status == TW_OK && provenance != NULL)
        status = tw_h5_get_provenance(path, file, provenance);
    tw_h5_close(file);
    return status;
}

/* By content. */
static tw_status read_sets(const char *path, tw_direction_sets *out, tw_provenance *provenance) {
    tw_file_kind content;
    tw_status status = tw_file_content_of(path, &content);
    if (status == TW_OK)
        status = content == TW_FILE_NPZ ? tw_direction_sets_read_npz(path, out, provenance)
                                        : read_sets_h5(path, out, provenance);
    return status;
}

static void release_sets(tw_direction_sets *sets) {
    tw_tensors_release(&sets->axes[0]);
    tw_tensors_release(&sets->axes[1]);
}

/* ---- tensors to blocks ---- */

/* Which of a model's blocks a file has: all; or those that are trained, as the peer's dir_type
 * 'weights' writes them. */
static int is_meant(const tw_block *block, int with_buffers) {
    return with_buffers || block->role != TW_ROLE_BUFFER;
}

static size_t count_blocks(const tw_space *space, int with_buffers, int with_scalars) {
    size_t count = 0;
    for (size_t k = 0; k < tw_space_blocks(space); k++) {
        const tw_block *block = tw_space_block(space, k);
        count += is_meant(block, with_buffers) && (with_scalars || block->rank > 0);
    }
    return count;
}

static size_t count_tensors(const tw_tensors *tensors, int with_scalars) {
    size_t count = 0;
    for (size_t k = 0; k < tensors->count; k++)
        count += with_scalars || tensors->arrays[k].rank > 0;
    return count;
}

/* The tensors that are no numbers ("0", "1", ...) name their blocks. */
static tw_status check_name(const char *path, const char *group, const char *name, size_t number,
                            const tw_block *block) {
    char plain[24];
    snprintf(plain, sizeof plain, "%zu", number);
    if (strcmp(name, plain) == 0 || strcmp(name, block->name) == 0)
        return TW_OK;
    return tw_fail(TW_ERR_SHAPE,
                   "'%s': tensor %zu of %s is '%s', but the model has '%s' there; the file is of "
                   "another model",
                   path, number, group, name, block->name);
}

/* One after the other; scalars may have to be left out (the peer's dir_type 'states' has the batch
 * counters of its normalisations, which are no parameters). */
static tw_status match(const char *path, const char *group, const tw_tensors *tensors,
                       const tw_space *space, int with_buffers, int with_scalars, double *out) {
    tw_status status = TW_OK;
    size_t tensor = 0;
    for (size_t k = 0; k < tw_space_blocks(space) && status == TW_OK; k++) {
        const tw_block *block = tw_space_block(space, k);
        if (!is_meant(block, with_buffers) || (!with_scalars && block->rank == 0))
            continue;
        while (!with_scalars && tensors->arrays[tensor].rank == 0)
            tensor++;
        char place[48];
        snprintf(place, sizeof place, "%s/%zu: ", group, tensor);
        status = check_name(path, group, tensors->names[tensor], tensor, block);
        if (status == TW_OK)
            status = tw_block_take(path, place, &tensors->arrays[tensor], block, out);
        tensor++;
    }
    return status;
}

static tw_status take_direction(const char *path, const char *group, const tw_tensors *tensors,
                                const tw_space *space, double **out) {
    *out = tw_alloc(tw_space_size(space), sizeof **out);
    if (*out == NULL)
        return tw_fail(TW_ERR_MEMORY, "'%s': not enough memory for a direction", path);
    for (int with_scalars = 1; with_scalars >= 0; with_scalars--)
        for (int with_buffers = 1; with_buffers >= 0; with_buffers--)
            if (count_tensors(tensors, with_scalars) > 0 &&
                count_tensors(tensors, with_scalars) ==
                    count_blocks(space, with_buffers, with_scalars))
                return match(path, group, tensors, space, with_buffers, with_scalars, *out);
    return tw_fail(TW_ERR_SHAPE,
                   "'%s': %s has %zu tensors, but the model has %zu; the file is of another model",
                   path, group, tensors->count, tw_space_blocks(space));
}

tw_status tw_directions_read(const char *path, const tw_space *space, tw_plane *out,
                             tw_provenance *provenance) {
    tw_direction_sets sets = {0};
    memset(out, 0, sizeof *out);
    tw_status status = read_sets(path, &sets, provenance);
    *out = sets.components;
    out->size = tw_space_size(space);
    out->owned = 1;
    if (status == TW_OK)
        status = take_direction(path, groups[0], &sets.axes[0], space, &out->x);
    if (status == TW_OK && sets.axes[1].count > 0)
        status = take_direction(path, groups[1], &sets.axes[1], space, &out->y);
    out->rank = out->y != NULL ? 2 : 1;
    release_sets(&sets);
    if (status == TW_OK)
        tw_plane_measure(out);
    else
        tw_plane_release(out);
    return status;
}

tw_status tw_directions_space(const char *path, tw_space **out) {
    tw_direction_sets sets = {0};
    *out = NULL;
    tw_status status = read_sets(path, &sets, NULL);
    if (status == TW_OK)
        status = tw_tensors_space(path, &sets.axes[0], out);
    release_sets(&sets);
    return status;
}
