#include "file/block_file.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

void tw_shape_text(char *text, size_t size, int rank, const size_t *shape) {
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

static tw_status check_shape(const char *path, const char *place, const tw_array *array,
                             const tw_block *block) {
    int same = array->rank == block->rank;
    for (int k = 0; same && k < block->rank; k++)
        same = array->shape[k] == block->shape[k];
    if (same)
        return TW_OK;
    char have[128], want[128];
    tw_shape_text(have, sizeof have, array->rank, array->shape);
    tw_shape_text(want, sizeof want, block->rank, block->shape);
    return tw_fail(TW_ERR_SHAPE, "'%s': %sshape %s, but block '%s' of the model is %s%s", path,
                   place, have, block->name, want,
                   is_transposed(array, block) ? "; transpose it"
                                               : "; was it made for this model and data?");
}

static tw_status check_finite(const char *path, const tw_array *array, const tw_block *block) {
    char place[128];
    for (size_t k = 0; k < array->count; k++) {
        if (isfinite(array->values[k]))
            continue;
        return tw_fail(TW_ERR_FORMAT, "'%s': %s%s is %g; every number must be finite", path,
                       block->name, tw_block_place(block, k, place, sizeof place),
                       array->values[k]);
    }
    return TW_OK;
}

tw_status tw_block_check(const char *path, const char *place, const tw_array *array,
                         const tw_block *block) {
    tw_status status = check_shape(path, place, array, block);
    return status == TW_OK ? check_finite(path, array, block) : status;
}

tw_status tw_block_take(const char *path, const char *place, const tw_array *array,
                        const tw_block *block, double *x) {
    tw_status status = tw_block_check(path, place, array, block);
    if (status == TW_OK)
        memcpy(x + block->offset, array->values, block->count * sizeof *x);
    return status;
}

tw_status tw_h5_put_blocks(hid_t file, const char *group, const tw_space *space, const double *x) {
    tw_status status = tw_h5_put_group(file, group);
    for (size_t k = 0; k < tw_space_blocks(space) && status == TW_OK; k++) {
        const tw_block *block = tw_space_block(space, k);
        char name[80];
        snprintf(name, sizeof name, "%s/%zu", group, k);
        status =
            tw_h5_put(file, name, H5T_NATIVE_DOUBLE, block->rank, block->shape, x + block->offset);
        if (status == TW_OK)
            status = tw_h5_put_text(file, name, "name", block->name);
    }
    return status;
}
