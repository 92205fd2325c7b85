/* cli_components.h: the principal components of checkpoints as axes. */
#ifndef THALWEG_CLI_COMPONENTS_H
#define THALWEG_CLI_COMPONENTS_H

#include "cli_model.h"

/* Into the axes of the plane: of the rows about the model's point, or about their mean; with
 * `ignore_biasbn` of the blocks of two axes and more alone, and 0 in the others. */
tw_status components_find(const cli_context *context, const tw_rows *rows, int mean,
                          int ignore_biasbn, const tw_study_model *model, tw_plane *plane);

#endif
