/* trajectory_write.c: HDF5 that grows by hand. The library puts together a file of no rows, which
 * is written whole; then each row goes behind the end, and the numbers by which the file states
 * its end and the lengths of its datasets are moved on, in an order in which every state between is
 * a valid file: what a number speaks of is there before the number. HDF5's own ways to append
 * (chunks, SWMR) rewrite their indices, which a kill tears apart or leaves marked as open, and meet
 * a full disk by aborting. */
#include <errno.h>
#include <fcntl.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "core/alloc.h"
#include "core/clock.h"
#include "file/file_kind.h"
#include "file/h5_write.h"
#include "file/output_file.h"
#include "file/trajectory_writer.h"

enum { MOST_ROWS = 10000000, PAGE = 4096 };

/* ---- the file of no rows ---- */

static tw_status put_blocks(hid_t file, const tw_space *space) {
    size_t count = tw_space_blocks(space), shape[2] = {count, TW_MAX_RANK};
    const char **names = tw_alloc(count, sizeof *names), **roles = tw_alloc(count, sizeof *roles);
    uint64_t *shapes = tw_alloc(count, TW_MAX_RANK * sizeof *shapes);
    uint64_t *offsets = tw_alloc(count, sizeof *offsets), *axes = tw_alloc(count, sizeof *axes);
    tw_status status = TW_OK;
    if (names == NULL || roles == NULL || shapes == NULL || offsets == NULL || axes == NULL)
        status = tw_fail(TW_ERR_MEMORY, "not enough memory for %zu blocks", count);
    for (size_t k = 0; k < count && status == TW_OK; k++) {
        const tw_block *block = tw_space_block(space, k);
        names[k] = block->name;
        roles[k] = tw_role_name(block->role);
        offsets[k] = block->offset;
        axes[k] = (uint64_t)block->filter_axis;
        for (int axis = 0; axis < block->rank; axis++)
            shapes[k * TW_MAX_RANK + (size_t)axis] = block->shape[axis];
    }
    if (status == TW_OK)
        status = tw_h5_put_texts(file, "trajectory/blocks/name", count, names);
    if (status == TW_OK)
        status = tw_h5_put_texts(file, "trajectory/blocks/role", count, roles);
    if (status == TW_OK)
        status = tw_h5_put(file, "trajectory/blocks/shape", H5T_NATIVE_UINT64, 2, shape, shapes);
    if (status == TW_OK)
        status = tw_h5_put(file, "trajectory/blocks/offset", H5T_NATIVE_UINT64, 1, &count, offsets);
    if (status == TW_OK)
        status =
            tw_h5_put(file, "trajectory/blocks/filter_axis", H5T_NATIVE_UINT64, 1, &count, axes);
    free(names);
    free(roles);
    free(shapes);
    free(offsets);
    free(axes);
    return status;
}

static tw_status check_name(hid_t group, const char *name) {
    if (name[0] == '\0' || strchr(name, '/') != NULL || strcmp(name, ".") == 0 ||
        strcmp(name, "blocks") == 0)
        return tw_fail(TW_ERR_ARGUMENT, "'%s' cannot be the name of a column; choose another",
                       name);
    if (tw_h5_has(group, name))
        return tw_fail(TW_ERR_ARGUMENT, "two columns are called '%s'; rename one", name);
    return TW_OK;
}

/* Rows that never come stay NaN. */
static tw_status put_columns(hid_t group, size_t capacity, size_t columns,
                             const char *const *names) {
    double *empty = tw_alloc_raw(capacity, sizeof *empty);
    if (empty == NULL)
        return tw_fail(TW_ERR_MEMORY, "not enough memory for a trajectory of %zu rows", capacity);
    for (size_t k = 0; k < capacity; k++)
        empty[k] = NAN;
    tw_status status = TW_OK;
    for (size_t k = 0; k < columns && status == TW_OK; k++) {
        status = check_name(group, names[k]);
        if (status == TW_OK)
            status = tw_h5_put(group, names[k], H5T_NATIVE_DOUBLE, 1, &capacity, empty);
    }
    free(empty);
    return status;
}

/* Every dataset as long as it can become; x comes first, so that its header lies on one page. */
static tw_status put_all(hid_t file, const tw_space *space, const tw_trajectory_writer *w,
                         const char *const *names, const tw_provenance *provenance) {
    size_t shape[2] = {w->capacity, w->n};
    tw_status status = tw_h5_put_group(file, "trajectory");
    hid_t group = status == TW_OK ? tw_h5_open_group(file, "trajectory") : H5I_INVALID_HID;
    if (status == TW_OK && group < 0)
        status = tw_fail(TW_ERR_MEMORY, "HDF5 cannot open a group that it made");
    if (status == TW_OK)
        status = tw_h5_declare(group, "x", 2, shape);
    if (status == TW_OK)
        status = put_columns(group, w->capacity, w->columns, names);
    if (status == TW_OK)
        status = put_blocks(file, space);
    if (status == TW_OK)
        status = tw_h5_put_provenance(file, "trajectory", provenance);
    if (group >= 0)
        H5Gclose(group);
    return status;
}

static tw_status find_growing(hid_t file, const char *name, const uint8_t *image, size_t size,
                              tw_growing *out) {
    char *path;
    if (asprintf(&path, "trajectory/%s", name) < 0)
        return tw_fail(TW_ERR_MEMORY, "not enough memory for '%s'", name);
    hid_t set = tw_h5_open_set(file, path);
    tw_status status = set >= 0 ? tw_h5_find_place(set, image, size, &out->place)
                                : tw_fail(TW_ERR_MEMORY, "HDF5 cannot open '%s'", path);
    if (status == TW_OK)
        out->begin = tw_h5_number(image + out->place.address);
    if (set >= 0)
        H5Dclose(set);
    free(path);
    return status;
}

static void set_length(uint8_t *image, const tw_growing *g, uint64_t length) {
    tw_h5_set_number(image + g->place.length, length);
    if (g->place.maximum != 0)
        tw_h5_set_number(image + g->place.maximum, length);
}

tw_status tw_trajectory_find(tw_trajectory_writer *w, hid_t file, const char *const *names,
                             const uint8_t *image, size_t size) {
    tw_status status = find_growing(file, "x", image, size, &w->x);
    for (size_t k = 0; k < w->columns && status == TW_OK; k++)
        status = find_growing(file, names[k], image, size, &w->column[k]);
    return status;
}

/* Makes every dataset empty; the numbers of x begin where the image ends, at a whole page. */
static tw_status empty_image(tw_trajectory_writer *w, hid_t file, const char *const *names,
                             uint8_t *image, size_t size, size_t end) {
    tw_status status = tw_trajectory_find(w, file, names, image, size);
    if (status != TW_OK)
        return status;
    w->x.begin = end;
    tw_h5_set_number(image + w->x.place.address, end);
    tw_h5_set_number(image + w->x.place.bytes, 0);
    tw_h5_set_number(image + TW_H5_END, end);
    set_length(image, &w->x, 0);
    for (size_t k = 0; k < w->columns; k++)
        set_length(image, &w->column[k], 0);
    return TW_OK;
}

static tw_status write_image(const char *path, const uint8_t *image, size_t size) {
    tw_output output = {0};
    tw_status status = tw_output_open(&output, path);
    if (status != TW_OK)
        return status;
    fwrite(image, 1, size, output.stream); /* commit looks at the stream's error flag */
    return tw_output_commit(&output);
}

static tw_status make_file(tw_trajectory_writer *w, const tw_space *space, const char *const *names,
                           const tw_provenance *provenance) {
    hid_t file;
    tw_status status = tw_h5_create(&file);
    if (status != TW_OK)
        return status;
    size_t size = 0, end = 0;
    uint8_t *image = NULL, *longer = NULL;
    status = put_all(file, space, w, names, provenance);
    if (status == TW_OK) {
        image = tw_h5_image(file, &size);
        end = (size + PAGE - 1) / PAGE * PAGE;
        longer = image != NULL ? realloc(image, end) : NULL;
        if (longer == NULL)
            status = tw_fail(TW_ERR_MEMORY, "not enough memory to begin '%s'", w->path);
        else
            image = longer;
    }
    if (status == TW_OK) {
        memset(image + size, 0, end - size);
        status = empty_image(w, file, names, image, size, end);
    }
    tw_h5_close(file);
    if (status == TW_OK)
        status = write_image(w->path, image, end);
    free(image);
    return status;
}

static tw_status check_request(const char *path, size_t capacity, size_t n) {
    size_t bytes;
    if (tw_file_kind_of(path) != TW_FILE_H5)
        return tw_fail(TW_ERR_ARGUMENT, "cannot write '%s': trajectories go to .h5 files", path);
    if (tw_output_is_direct(path))
        return tw_fail(TW_ERR_IO, "cannot write '%s': a trajectory goes to a plain file", path);
    if (capacity < 1 || capacity > MOST_ROWS)
        return tw_fail(TW_ERR_ARGUMENT, "'%s': room for %zu rows; 1 to %d are possible", path,
                       capacity, MOST_ROWS);
    if (__builtin_mul_overflow(n, 8 * capacity, &bytes) || bytes > (size_t)1 << 60)
        return tw_fail(TW_ERR_ARGUMENT, "'%s': %zu rows of %zu numbers are more than a file holds",
                       path, capacity, n);
    return TW_OK;
}

/* A file that replaced this one would leave what is appended from then on in a file of no name. */
static tw_status take_claim(const char *path, tw_claim **claim) {
    tw_status status = tw_claim_take(path, claim);
    if (status == TW_OK && *claim == NULL)
        status = tw_fail(
            TW_ERR_IO,
            "'%s' is being written by another process: name another file, or wait for it to finish",
            path);
    return status;
}

tw_status tw_trajectory_writer_new(const char *path, size_t n, size_t capacity, size_t columns,
                                   tw_trajectory_writer **out) {
    *out = NULL;
    tw_claim *claim = NULL;
    tw_status status = check_request(path, capacity, n);
    if (status == TW_OK)
        status = take_claim(path, &claim);
    if (status != TW_OK)
        return status;
    tw_trajectory_writer *w = tw_alloc(1, sizeof *w);
    if (w == NULL) {
        tw_claim_release(claim);
        return tw_fail(TW_ERR_MEMORY, "not enough memory to begin '%s'", path);
    }
    w->claim = claim;
    w->descriptor = -1;
    w->n = n;
    w->capacity = capacity;
    w->columns = columns;
    w->path = tw_strdup(path);
    w->column = tw_alloc(columns, sizeof *w->column);
    w->synced = tw_clock_seconds();
    if (w->path != NULL && w->column != NULL) {
        *out = w;
        return TW_OK;
    }
    tw_trajectory_finish(w);
    return tw_fail(TW_ERR_MEMORY, "not enough memory to begin '%s'", path);
}

tw_status tw_trajectory_create(const char *path, const tw_space *space, size_t capacity,
                               size_t columns, const char *const *names,
                               const tw_provenance *provenance, tw_trajectory_writer **out) {
    tw_trajectory_writer *w;
    *out = NULL;
    tw_status status = tw_trajectory_writer_new(path, tw_space_size(space), capacity, columns, &w);
    if (status != TW_OK)
        return status;
    status = make_file(w, space, names, provenance);
    if (status == TW_OK && (w->descriptor = open(path, O_RDWR | O_CLOEXEC)) < 0)
        status = tw_fail(TW_ERR_IO, "cannot write '%s': %s", path, strerror(errno));
    if (status == TW_OK)
        *out = w;
    else
        tw_trajectory_finish(w);
    return status;
}
