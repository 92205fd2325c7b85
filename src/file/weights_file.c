#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "file/file_kind.h"
#include "file/h5_file.h"
#include "file/output_file.h"

static void shape_text(char *text, size_t size, int rank, const size_t *shape) {
    int at = snprintf(text, size, "(");
    for (int k = 0; k < rank && at > 0 && (size_t)at < size; k++)
        at += snprintf(text + at, size - (size_t)at, "%s%zu", k > 0 ? ", " : "", shape[k]);
    if (at > 0 && (size_t)at < size)
        snprintf(text + at, size - (size_t)at, "%s)", rank == 1 ? "," : "");
}

static int is_transposed(const tw_array *array, const tw_block *block) {
    return array->rank == 2 && block->rank == 2 && array->shape[0] == block->shape[1] &&
           array->shape[1] == block->shape[0];
}

static tw_status check_shape(const char *path, const tw_array *array, const tw_block *block) {
    int same = array->rank == block->rank;
    for (int k = 0; same && k < block->rank; k++)
        same = array->shape[k] == block->shape[k];
    if (same)
        return TW_OK;
    char have[128], want[128];
    shape_text(have, sizeof have, array->rank, array->shape);
    shape_text(want, sizeof want, block->rank, block->shape);
    return tw_fail(TW_ERR_SHAPE, "'%s': shape %s, but block '%s' of the model is %s%s", path, have,
                   block->name, want,
                   is_transposed(array, block) ? "; transpose it"
                                               : "; is it made for this model and data?");
}

static tw_status check_finite(const char *path, const char *name, const tw_array *array) {
    for (size_t k = 0; k < array->count; k++) {
        if (isfinite(array->values[k]))
            continue;
        size_t row = array->rank >= 2 ? k / array->shape[array->rank - 1] : k;
        if (array->rank >= 2)
            return tw_fail(TW_ERR_FORMAT, "'%s': %s[%zu, %zu] is %g; every number must be finite",
                           path, name, row, k % array->shape[array->rank - 1], array->values[k]);
        return tw_fail(TW_ERR_FORMAT, "'%s': %s[%zu] is %g; every number must be finite", path,
                       name, k, array->values[k]);
    }
    return TW_OK;
}

static tw_status take_block(const char *path, const tw_array *array, const tw_block *block,
                            double *x) {
    tw_status status = check_shape(path, array, block);
    if (status == TW_OK)
        status = check_finite(path, block->name, array);
    if (status == TW_OK)
        memcpy(x + block->offset, array->values, block->count * sizeof *x);
    return status;
}

/* One array: the only block in its shape, or all parameters in a row. */
static tw_status read_npy(const char *path, const tw_space *space, double *x) {
    tw_array array = {0};
    tw_status status = tw_array_read(path, NULL, &array);
    if (status != TW_OK)
        return status;
    tw_block flat = {
        .name = "x", .rank = 1, .shape = {tw_space_size(space)}, .count = tw_space_size(space)};
    size_t blocks = tw_space_blocks(space);
    int is_flat = array.rank == 1 && array.count == flat.count;
    if (is_flat || blocks == 1)
        status = take_block(path, &array, is_flat ? &flat : tw_space_block(space, 0), x);
    else {
        char have[128];
        shape_text(have, sizeof have, array.rank, array.shape);
        status = tw_fail(TW_ERR_SHAPE,
                         "'%s': shape %s, but the model has %zu numbers in %zu blocks; save them "
                         "in one row, or by name in .npz",
                         path, have, flat.count, blocks);
    }
    tw_array_release(&array);
    return status;
}

static tw_status read_npz(const char *path, const tw_space *space, double *x) {
    tw_status status = TW_OK;
    for (size_t k = 0; k < tw_space_blocks(space) && status == TW_OK; k++) {
        const tw_block *block = tw_space_block(space, k);
        tw_array array = {0};
        status = tw_array_read(path, block->name, &array);
        if (status == TW_OK)
            status = take_block(path, &array, block, x);
        tw_array_release(&array);
    }
    return status;
}

static tw_status read_h5_block(const char *path, hid_t file, const tw_block *block, double *x) {
    char *name;
    if (asprintf(&name, "%s%s", tw_h5_has(file, "weights") ? "weights/" : "", block->name) < 0)
        return tw_fail(TW_ERR_MEMORY, "'%s': not enough memory", path);
    tw_array array = {0};
    tw_status status = tw_h5_get(path, file, name, &array);
    if (status == TW_OK)
        status = take_block(path, &array, block, x);
    tw_array_release(&array);
    free(name);
    return status;
}

static tw_status read_h5(const char *path, const tw_space *space, double *x) {
    hid_t file;
    tw_status status = tw_h5_open(path, &file);
    for (size_t k = 0; k < tw_space_blocks(space) && status == TW_OK; k++)
        status = read_h5_block(path, file, tw_space_block(space, k), x);
    tw_h5_close(file);
    return status;
}

tw_status tw_weights_read(const char *path, const tw_space *space, double *x) {
    switch (tw_file_kind_of(path)) {
    case TW_FILE_NPZ:
        return read_npz(path, space, x);
    case TW_FILE_H5:
        return read_h5(path, space, x);
    case TW_FILE_NPY:
        return read_npy(path, space, x);
    default:
        return tw_fail(TW_ERR_FORMAT, "'%s': weights are read from .npy, .npz and .h5 files", path);
    }
}

static tw_status put_block(hid_t file, const tw_block *block, const double *x) {
    char *name;
    if (asprintf(&name, "weights/%s", block->name) < 0)
        return tw_fail(TW_ERR_MEMORY, "not enough memory for '%s'", block->name);
    tw_status status =
        tw_h5_put(file, name, H5T_NATIVE_DOUBLE, block->rank, block->shape, x + block->offset);
    free(name);
    return status;
}

static tw_status write_h5(const char *path, const tw_space *space, const double *x,
                          const tw_provenance *provenance) {
    hid_t file;
    tw_status status = tw_h5_create(&file);
    if (status != TW_OK)
        return status;
    status = tw_h5_put_group(file, "weights");
    for (size_t k = 0; k < tw_space_blocks(space) && status == TW_OK; k++)
        status = put_block(file, tw_space_block(space, k), x);
    if (status == TW_OK)
        status = tw_h5_put_provenance(file, "weights", provenance);
    if (status == TW_OK)
        return tw_h5_save(file, path);
    tw_h5_close(file);
    return status;
}

static tw_status write_npy(const char *path, const tw_space *space, const double *x) {
    const tw_block *only = tw_space_blocks(space) == 1 ? tw_space_block(space, 0) : NULL;
    if (only != NULL)
        return tw_array_write(path, only->rank, only->shape, x);
    size_t size = tw_space_size(space);
    return tw_array_write(path, 1, &size, x);
}

tw_status tw_weights_write(const char *path, const tw_space *space, const double *x,
                           const tw_provenance *provenance) {
    switch (tw_file_kind_of(path)) {
    case TW_FILE_H5:
        return write_h5(path, space, x, provenance);
    case TW_FILE_NPY:
        return write_npy(path, space, x);
    default:
        if (tw_output_is_direct(path))
            return write_npy(path, space, x);
        return tw_fail(TW_ERR_ARGUMENT, "cannot write '%s': weights go to .npy or .h5 files", path);
    }
}
