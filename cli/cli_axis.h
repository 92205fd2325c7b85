/* cli_axis.h: one parameter as an axis: "axis:3", "axis:fc1.weight[3,7]", "axis:W[12]", and where
 * such an axis goes if no range is given. */
#ifndef THALWEG_CLI_AXIS_H
#define THALWEG_CLI_AXIS_H

#include "cli_model.h"

/* What follows "axis:", or NULL if the text is no such thing (NULL included). */
const char *axis_label(const char *source);

/* The entry that "axis:..." names: a place in the whole vector, or a block and in brackets a place
 * in it, by one index or one an axis of the block; of a block of one entry its name alone. */
tw_status axis_find(const char *source, const tw_space *space, size_t *entry);

/* The same entry in the one form that files and figures have: "axis:W[3,7]", of a scalar
 * "axis:NAME". Caller frees. */
tw_status axis_source(const tw_space *space, size_t entry, char **out);

/* Where parameter `entry` is looked at: the domain of a test function, or its bounds if both are
 * finite; otherwise 1.5 times as far to both sides of its present value as that is from 0, 1 at
 * least, and not beyond a bound. */
tw_axis axis_range(const tw_study_model *model, size_t entry);

#endif
