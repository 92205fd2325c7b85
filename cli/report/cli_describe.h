/* cli_describe.h: files summed up, as text or as JSON. */
#ifndef THALWEG_CLI_DESCRIBE_H
#define THALWEG_CLI_DESCRIBE_H

#include "cli_data.h"

typedef struct describer {
    const cli_context *context;
    tw_json *json; /* NULL: text */
} describer;

tw_status describe_dataset(describer *out, const char *path,
                           const tw_study_data_options *selection);
tw_status describe_surface(describer *out, const char *path);
tw_status describe_table(describer *out, const char *path);
tw_status describe_array(describer *out, const char *path);
tw_status describe_trajectory(describer *out, const char *path);
tw_status describe_weights(describer *out, const char *path);
tw_status describe_directions(describer *out, const char *path);

#endif
