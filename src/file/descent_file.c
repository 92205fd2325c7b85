/* descent_file.c: the state of a descent in a file: a dataset /descent/NAME a part; and in the same
 * way of other runs that go on. */
#include <stdlib.h>
#include <string.h>

#include "core/alloc.h"
#include "file/h5_write.h"
#include "file/state_file.h"
#include "thalweg/file.h"

tw_status tw_state_write(const char *path, const char *kind, size_t count,
                         const tw_descent_part *parts, const tw_provenance *provenance) {
    hid_t file;
    tw_status status = tw_h5_create(&file);
    if (status != TW_OK)
        return status;
    for (size_t k = 0; k < count && status == TW_OK; k++) {
        char name[128];
        snprintf(name, sizeof name, "descent/%s", parts[k].name);
        status = tw_h5_put(file, name, H5T_NATIVE_DOUBLE, 1, &parts[k].count, parts[k].values);
    }
    if (status == TW_OK)
        status = tw_h5_put_provenance(file, kind, provenance);
    return tw_h5_save(file, status, path);
}

tw_status tw_descent_write(const char *path, size_t count, const tw_descent_part *parts,
                           const tw_provenance *provenance) {
    return tw_state_write(path, TW_DESCENT_STATE_KIND, count, parts, provenance);
}

typedef struct reading {
    const char *path, *kind;
    hid_t group;
    size_t count;
    tw_descent_part *parts;
} reading;

static tw_status take_part(const char *name, void *user) {
    reading *r = user;
    tw_array array = {0};
    tw_status status = tw_h5_get(r->path, r->group, name, &array);
    if (status != TW_OK)
        return status;
    tw_descent_part *parts = realloc(r->parts, (r->count + 1) * sizeof *parts);
    char *copy = tw_strdup(name);
    if (parts != NULL)
        r->parts = parts;
    if (parts == NULL || copy == NULL) {
        free(copy);
        tw_array_release(&array);
        return tw_fail(TW_ERR_MEMORY, "not enough memory to read '%s'", r->path);
    }
    r->parts[r->count++] = (tw_descent_part){copy, array.count, array.values};
    return TW_OK;
}

static int is_of(hid_t file, const char *wanted) {
    char *kind = tw_h5_get_kind(file);
    int is_one = kind != NULL && strcmp(kind, wanted) == 0 && tw_h5_has(file, "descent");
    free(kind);
    return is_one;
}

int tw_state_is(const char *path, const char *kind) {
    hid_t file;
    if (tw_h5_open(path, &file) != TW_OK) {
        tw_message_clear();
        return 0;
    }
    int is_one = is_of(file, kind);
    tw_h5_close(file);
    return is_one;
}

static tw_status read_parts(reading *r, hid_t file) {
    if (!is_of(file, r->kind))
        return tw_fail(TW_ERR_FORMAT, "'%s': not the state of a %s", r->path,
                       strcmp(r->kind, TW_DESCENT_STATE_KIND) == 0 ? "descent" : "spectrum");
    r->group = tw_h5_open_group(file, "descent");
    if (r->group < 0)
        return tw_fail(TW_ERR_FORMAT, "'%s': the group /descent cannot be opened", r->path);
    tw_status status = tw_h5_each(r->path, r->group, take_part, r);
    H5Gclose(r->group);
    return status;
}

tw_status tw_state_read(const char *path, const char *kind, size_t *count, tw_descent_part **parts,
                        tw_provenance *provenance) {
    reading r = {.path = path, .kind = kind};
    hid_t file;
    *count = 0;
    *parts = NULL;
    tw_status status = tw_h5_open(path, &file);
    if (status != TW_OK)
        return status;
    status = read_parts(&r, file);
    if (status == TW_OK && provenance != NULL)
        status = tw_h5_get_provenance(path, file, provenance);
    tw_h5_close(file);
    if (status != TW_OK) {
        tw_descent_parts_free(r.count, r.parts);
        return status;
    }
    *count = r.count;
    *parts = r.parts;
    return TW_OK;
}

tw_status tw_descent_read(const char *path, size_t *count, tw_descent_part **parts,
                          tw_provenance *provenance) {
    return tw_state_read(path, TW_DESCENT_STATE_KIND, count, parts, provenance);
}

void tw_descent_parts_free(size_t count, tw_descent_part *parts) {
    for (size_t k = 0; k < count; k++) {
        free((char *)parts[k].name);
        free((double *)parts[k].values);
    }
    free(parts);
}
