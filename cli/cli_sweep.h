/* cli_sweep.h: the step-size sweep of one coordinate, as a picture or a table. */
#ifndef THALWEG_CLI_SWEEP_H
#define THALWEG_CLI_SWEEP_H

#include "cli_model.h"

/* Where a sweep may go: pictures and .csv. */
extern const char *const sweep_endings[];

/* Sweeps the step along coordinate `index` at the model's point and writes it to `path`: a picture,
 * or a table of h and both errors (.csv). Talks about what is best and what is unusual. */
tw_status sweep_write(const cli_context *context, const tw_study_model *model, size_t index,
                      const char *path);

#endif
