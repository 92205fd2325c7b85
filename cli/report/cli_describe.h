/* cli_describe.h: files summed up, as text or as JSON. */
#ifndef THALWEG_CLI_DESCRIBE_H
#define THALWEG_CLI_DESCRIBE_H

#include "cli_context.h"

typedef struct describer {
    const cli_context *context;
    tw_json *json;                     /* NULL: text */
    const tw_study_topology *topology; /* of the surface that is described, or NULL */
} describer;

void describe(describer *out, const char *path, const tw_study_file *file);

#endif
