/* trajectory_continue.c: a trajectory that a process left is taken up by another. The head of the
 * file is its own: nothing of it is written anew but the numbers that state how long it is. */
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "core/alloc.h"
#include "file/h5_write.h"
#include "file/trajectory_writer.h"

static tw_status refuse(const char *path, const char *what) {
    return tw_fail(TW_ERR_FORMAT, "'%s' is not the trajectory that was begun: %s", path, what);
}

static int same_space(const tw_space *a, const tw_space *b) {
    if (tw_space_size(a) != tw_space_size(b) || tw_space_blocks(a) != tw_space_blocks(b))
        return 0;
    for (size_t k = 0; k < tw_space_blocks(a); k++)
        if (strcmp(tw_space_block(a, k)->name, tw_space_block(b, k)->name) != 0 ||
            tw_space_block(a, k)->count != tw_space_block(b, k)->count)
            return 0;
    return 1;
}

static tw_status check_what_is_there(const char *path, const tw_space *space, size_t rows,
                                     size_t columns, const char *const *names) {
    tw_trajectory *t;
    tw_status status = tw_trajectory_open(path, &t);
    if (status != TW_OK)
        return status;
    if (!same_space(tw_trajectory_space(t), space))
        status = refuse(path, "its parameters differ");
    for (size_t k = 0; k < columns && status == TW_OK; k++)
        if (tw_trajectory_column(t, names[k]) == NULL)
            status = refuse(path, "a column is missing");
    if (status == TW_OK && tw_trajectory_columns(t) != columns)
        status = refuse(path, "it has other columns as well");
    if (status == TW_OK && tw_trajectory_rows(t) < rows)
        status = tw_fail(TW_ERR_FORMAT,
                         "'%s' is not the trajectory that was begun: it has %zu rows, and %zu "
                         "were written",
                         path, tw_trajectory_rows(t), rows);
    tw_trajectory_close(t);
    return status;
}

/* The bytes before the numbers of x, stated to be a whole file as tw_h5_find_place wants it. */
static tw_status read_head(const tw_trajectory_writer *w, hid_t file, uint8_t **image,
                           size_t *size) {
    hid_t set = tw_h5_open_set(file, "trajectory/x");
    haddr_t begin = set >= 0 ? H5Dget_offset(set) : HADDR_UNDEF;
    if (set >= 0)
        H5Dclose(set);
    if (begin == HADDR_UNDEF || begin < 96 || begin > (haddr_t)1 << 32)
        return refuse(w->path, "its numbers are not in one piece");
    *size = (size_t)begin;
    *image = tw_alloc_raw(*size, 1);
    if (*image == NULL)
        return tw_fail(TW_ERR_MEMORY, "not enough memory to continue '%s'", w->path);
    if (pread(w->descriptor, *image, *size, 0) != (ssize_t)*size)
        return refuse(w->path, "it is cut short");
    tw_h5_set_number(*image + TW_H5_END, *size);
    return TW_OK;
}

/* Every column must have the room that was planned. */
static tw_status check_room(const tw_trajectory_writer *w, const uint8_t *image) {
    for (size_t k = 0; k < w->columns; k++)
        if (tw_h5_number(image + w->column[k].place.bytes) != 8 * (uint64_t)w->capacity)
            return refuse(w->path, "it has room for a different number of rows");
    return TW_OK;
}

static tw_status take_up(tw_trajectory_writer *w, const char *const *names) {
    hid_t file;
    uint8_t *image = NULL;
    size_t size = 0;
    if ((w->descriptor = open(w->path, O_RDWR | O_CLOEXEC)) < 0)
        return tw_fail(TW_ERR_IO, "cannot write '%s': %s", w->path, strerror(errno));
    tw_status status = tw_h5_open(w->path, &file);
    if (status != TW_OK)
        return status;
    status = read_head(w, file, &image, &size);
    if (status == TW_OK)
        status = tw_trajectory_find(w, file, names, image, size);
    if (status == TW_OK)
        status = check_room(w, image);
    tw_h5_close(file);
    free(image);
    return status;
}

tw_status tw_trajectory_continue(const char *path, const tw_space *space, size_t capacity,
                                 size_t rows, size_t columns, const char *const *names,
                                 tw_trajectory_writer **out) {
    tw_trajectory_writer *w;
    *out = NULL;
    tw_status status = tw_trajectory_writer_new(path, tw_space_size(space), capacity, columns, &w);
    if (status != TW_OK)
        return status;
    status = check_what_is_there(path, space, rows, columns, names);
    if (status == TW_OK)
        status = take_up(w, names);
    if (status == TW_OK)
        status = tw_trajectory_cut(w, rows);
    if (status == TW_OK)
        *out = w;
    else
        tw_trajectory_finish(w);
    return status;
}
