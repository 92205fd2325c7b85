#include "file/file_tensors.h"

#include <stdlib.h>
#include <string.h>

#include "core/alloc.h"
#include "file/file_kind.h"
#include "format/foreign.h"

/* Finding a name is a walk over all of them. */
enum { MOST_TENSORS = 20000 };

tw_status tw_tensors_add(tw_tensors *tensors, const char *name, tw_array *array) {
    size_t count = tensors->count;
    char **names = realloc(tensors->names, (count + 1) * sizeof *names);
    if (names != NULL)
        tensors->names = names;
    tw_array *arrays = realloc(tensors->arrays, (count + 1) * sizeof *arrays);
    if (arrays != NULL)
        tensors->arrays = arrays;
    char *copy = tw_strdup(name);
    if (names == NULL || arrays == NULL || copy == NULL) {
        free(copy);
        tw_array_release(array);
        return tw_fail(TW_ERR_MEMORY, "not enough memory for '%s'", name);
    }
    tensors->names[count] = copy;
    tensors->arrays[count] = *array;
    tensors->count = count + 1;
    memset(array, 0, sizeof *array);
    return TW_OK;
}

void tw_tensors_release(tw_tensors *tensors) {
    for (size_t k = 0; k < tensors->count; k++) {
        free(tensors->names[k]);
        tw_array_release(&tensors->arrays[k]);
    }
    free(tensors->names);
    free(tensors->arrays);
    memset(tensors, 0, sizeof *tensors);
}

static tw_status check_count(const char *path, size_t count) {
    if (count <= MOST_TENSORS)
        return TW_OK;
    return tw_fail(TW_ERR_FORMAT, "'%s': more than %d arrays", path, MOST_TENSORS);
}

typedef struct h5_job {
    const char *path, *group;
    hid_t file;
    tw_tensors *out;
} h5_job;

static tw_status add_set(const char *name, void *user) {
    h5_job *job = user;
    char *full;
    tw_array array = {0};
    tw_status status = check_count(job->path, job->out->count + 1);
    if (status != TW_OK)
        return status;
    if (asprintf(&full, "%s/%s", job->group, name) < 0)
        return tw_fail(TW_ERR_MEMORY, "not enough memory for '%s'", name);
    status = tw_h5_get(job->path, job->file, full, &array);
    if (status == TW_OK)
        status = tw_tensors_add(job->out, name, &array);
    free(full);
    return status;
}

tw_status tw_tensors_read_h5(const char *path, hid_t file, const char *group, tw_tensors *out) {
    h5_job job = {path, group, file, out};
    return tw_h5_each_below(path, file, group, add_set, &job);
}

typedef struct npz_job {
    const char *path, *prefix;
    tw_tensors *out;
} npz_job;

static int has_prefix(const char *name, void *user) {
    const npz_job *job = user;
    return strncmp(name, job->prefix, strlen(job->prefix)) == 0;
}

static tw_status add_array(const char *name, tw_array *array, void *user) {
    npz_job *job = user;
    tw_status status = check_count(job->path, job->out->count + 1);
    if (status == TW_OK)
        return tw_tensors_add(job->out, name + strlen(job->prefix), array);
    tw_array_release(array);
    return status;
}

tw_status tw_tensors_read_npz(const char *path, const char *prefix, tw_tensors *out) {
    npz_job job = {path, prefix, out};
    tw_file_kind content;
    tw_status status = tw_file_content_of(path, &content);
    if (status == TW_OK && content != TW_FILE_NPZ)
        status = tw_foreign(path, tw_fail(TW_ERR_FORMAT, "'%s': not an .npz archive", path));
    return status == TW_OK ? tw_npz_each(path, has_prefix, add_array, &job) : status;
}

tw_status tw_tensors_space(const char *path, const tw_tensors *tensors, tw_space **out) {
    tw_status status = tw_space_new(out);
    for (size_t k = 0; k < tensors->count && status == TW_OK; k++) {
        const tw_array *array = &tensors->arrays[k];
        tw_block block = {.name = tensors->names[k], .rank = array->rank};
        block.role = array->rank >= 2 ? TW_ROLE_WEIGHT : TW_ROLE_BIAS;
        for (int axis = 0; axis < array->rank && axis < TW_MAX_RANK; axis++)
            block.shape[axis] = array->shape[axis];
        status = tw_space_add(*out, &block);
        if (status != TW_OK)
            status = tw_fail_prefix(TW_ERR_FORMAT, "'%s'", path);
    }
    if (status == TW_OK && tw_space_size(*out) == 0)
        status = tw_fail(TW_ERR_FORMAT, "'%s': no arrays of numbers", path);
    if (status != TW_OK) {
        tw_space_free(*out);
        *out = NULL;
    }
    return status;
}
