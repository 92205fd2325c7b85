/* Functions in shared objects (shared_object.h): any text that looks like a path, with an argument
 * behind a colon. */
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "study/model_kind.h"
#include "thalweg/shared_object.h"

static int takes(const char *spec) {
    size_t length = strlen(spec);
    return strchr(spec, '/') != NULL || strstr(spec, ".so:") != NULL ||
           (length > 3 && strcmp(spec + length - 3, ".so") == 0);
}

/* The path ends at the first colon before which a file is named; if there is none, at the end, or
 * failing any file at the first colon. So a path may have colons, and an argument slashes. */
static size_t path_length(const char *spec, char *scratch) {
    for (const char *colon = strchr(spec, ':'); colon != NULL; colon = strchr(colon + 1, ':')) {
        size_t length = (size_t)(colon - spec);
        memcpy(scratch, spec, length);
        scratch[length] = '\0';
        if (access(scratch, F_OK) == 0)
            return length;
    }
    return access(spec, F_OK) == 0 ? strlen(spec) : strcspn(spec, ":");
}

/* Cuts a spec; caller frees *path. *argument points into the spec, or is NULL. */
static tw_status cut(const char *spec, char **path, const char **argument) {
    *path = malloc(strlen(spec) + 1);
    if (*path == NULL)
        return tw_fail(TW_ERR_MEMORY, "not enough memory for a path");
    size_t length = path_length(spec, *path);
    memcpy(*path, spec, length);
    (*path)[length] = '\0';
    *argument = spec[length] == ':' ? spec + length + 1 : NULL;
    return TW_OK;
}

/* The hash is taken now, not when files are written: by then the file may be another one. */
static tw_status open(tw_study_model *model) {
    char *path = NULL;
    const char *argument = NULL;
    tw_status status = cut(model->plan->spec, &path, &argument);
    if (status == TW_OK)
        status = tw_plugin_open(path, argument, model->study->runner, &model->objective);
    if (status == TW_OK)
        status = tw_plugin_hash(path, &model->plan->hash);
    model->kind = model->plan->spec;
    free(path);
    return status;
}

static tw_status provenance(const tw_study_model *model, tw_provenance *out) {
    return tw_provenance_add(out, "model_hash", "%016" PRIx64, model->plan->hash);
}

const tw_model_kind tw_kind_plugin = {
    .noun = "a function",
    .takes = takes,
    .drawn_init = "normal:1",
    .open = open,
    .provenance = provenance,
};
