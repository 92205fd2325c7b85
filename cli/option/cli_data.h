/* cli_data.h: the options of the data set that a command works on (study_model.h). */
#ifndef THALWEG_CLI_DATA_H
#define THALWEG_CLI_DATA_H

#include "cli_context.h"
#include "option/cli_options.h"

extern const option_spec data_options[];
/* Those but --data, for commands that take the source as a word. */
extern const option_spec data_selection_options[];

#define DATA_GROUP(type, member)                                                                   \
    { "Data", data_options, offsetof(type, member), .bytes = sizeof(tw_study_data_options) }

/* count doubles, not zeroed; TW_ERR_MEMORY says how many. */
tw_status doubles_new(size_t count, double **out);

#endif
