#include "cli_components.h"

#include <stdlib.h>
#include <string.h>

#include "report/cli_progress.h"

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

static tw_status masked_open(const tw_rows *rows, const tw_study_model *model, masked_rows *out) {
    const tw_space *space = tw_objective_space(model->objective);
    size_t left = 0;
    for (size_t k = 0; k < tw_space_blocks(space); k++)
        left += tw_space_block(space, k)->rank >= 2;
    if (left == 0)
        return tw_fail(TW_ERR_ARGUMENT,
                       "--ignore biasbn leaves nothing: '%s' has no block of two "
                       "axes or more",
                       model->kind);
    *out = (masked_rows){.rows = rows, .space = space};
    tw_status status = doubles_new(model->size, &out->center);
    if (status == TW_OK) {
        memcpy(out->center, model->x, model->size * sizeof *out->center);
        mask(space, out->center);
    }
    return status;
}

tw_status components_find(const cli_context *context, const tw_rows *rows, int mean,
                          int ignore_biasbn, const tw_study_model *model, tw_plane *plane) {
    tw_rows some = *rows;
    masked_rows masked = {0};
    if (rows->count < 2)
        return tw_fail(TW_ERR_ARGUMENT, "one checkpoint has no direction; a plane needs 3, or --dx "
                                        "and --dy");
    tw_status status = ignore_biasbn ? masked_open(rows, model, &masked) : TW_OK;
    if (status != TW_OK)
        return status;
    if (ignore_biasbn) {
        some.read = read_masked_row;
        some.user = &masked;
    }
    progress_bar bar = progress_begin(context, "components");
    tw_pca_options options = {.center = ignore_biasbn ? masked.center : model->x,
                              .mean = mean,
                              .runner = context->runner,
                              .progress = progress_step,
                              .progress_user = &bar,
                              .space = tw_objective_space(model->objective)};
    tw_plane found;
    status = tw_trajectory_axes(&some, &options, plane->rank, &found);
    if (status == TW_OK) {
        free(plane->x);
        free(plane->y);
        plane->x = found.x;
        plane->y = found.y;
        plane->principal = 1;
        plane->pca = found.pca;
        found.x = found.y = NULL;
    }
    tw_plane_release(&found);
    progress_end(&bar);
    free(masked.center);
    return status;
}
