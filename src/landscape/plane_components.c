/* The principal components of checkpoints, about the point or their mean. */
#include <stdlib.h>
#include <string.h>

#include "core/alloc.h"
#include "landscape/plane_source.h"

/* Rows that are 0 in the blocks of fewer than two axes, and so is their centre. */
typedef struct masked_rows {
    const tw_rows *rows;
    const tw_space *space;
    double *center;
} masked_rows;

static void mask(const tw_space *space, double *row) {
    for (size_t k = 0; k < tw_space_blocks(space); k++) {
        const tw_block *block = tw_space_block(space, k);
        if (block->rank < 2)
            memset(row + block->offset, 0, block->count * sizeof *row);
    }
}

static tw_status read_masked_row(void *user, size_t index, double *row) {
    const masked_rows *masked = user;
    tw_status status = masked->rows->read(masked->rows->user, index, row);
    if (status == TW_OK)
        mask(masked->space, row);
    return status;
}

static tw_status masked_open(const tw_plane_ask *ask, masked_rows *out) {
    const tw_space *space = tw_objective_space(ask->objective);
    size_t left = 0, size = tw_space_size(space);
    for (size_t k = 0; k < tw_space_blocks(space); k++)
        left += tw_space_block(space, k)->rank >= 2;
    if (left == 0)
        return tw_fail(TW_ERR_ARGUMENT,
                       "--ignore biasbn leaves nothing: '%s' has no block of two axes or more",
                       ask->model);
    *out = (masked_rows){.rows = ask->rows, .space = space};
    out->center = tw_alloc_raw(size, sizeof *out->center);
    if (out->center == NULL)
        return tw_fail(TW_ERR_MEMORY, "not enough memory for %zu numbers", size);
    memcpy(out->center, ask->point, size * sizeof *out->center);
    mask(space, out->center);
    return TW_OK;
}

static tw_status find(const tw_plane_ask *ask, tw_plane *plane) {
    tw_rows rows = *ask->rows;
    masked_rows masked = {0};
    if (rows.count < 2)
        return tw_fail(TW_ERR_ARGUMENT, "one checkpoint has no direction; a plane needs 3, or --dx "
                                        "and --dy");
    tw_status status = ask->ignore_biasbn ? masked_open(ask, &masked) : TW_OK;
    if (status != TW_OK)
        return status;
    if (ask->ignore_biasbn) {
        rows.read = read_masked_row;
        rows.user = &masked;
    }
    const tw_pca_options options = {.center = ask->ignore_biasbn ? masked.center : ask->point,
                                    .mean = ask->mean,
                                    .space = tw_objective_space(ask->objective),
                                    .runner = ask->runner,
                                    .progress = ask->progress,
                                    .progress_user = ask->progress_user};
    tw_plane found;
    status = tw_trajectory_axes(&rows, &options, plane->rank, &found);
    if (status == TW_OK)
        tw_plane_take_axes(plane, &found);
    free(masked.center);
    return status;
}

static tw_status make(const tw_plane_ask *ask, tw_plane *plane) {
    tw_status status = find(ask, plane);
    return status == TW_OK ? TW_OK : tw_fail_prefix(status, "--trajectory");
}

const tw_plane_source tw_plane_components = {
    .word = "components",
    .by = TW_PLANE_BY_ROWS,
    .make = make,
};
