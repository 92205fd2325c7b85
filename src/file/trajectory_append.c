/* trajectory_append.c: a trajectory grows by a row, or is cut to fewer. */
#include <errno.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "core/clock.h"
#include "file/trajectory_writer.h"

/* An errno, or 0. */
static int write_at(const tw_trajectory_writer *w, const void *bytes, size_t count, uint64_t at) {
    const uint8_t *from = bytes;
    while (count > 0) {
        ssize_t written = pwrite(w->descriptor, from, count, (off_t)at);
        if (written < 0 && errno == EINTR)
            continue;
        if (written <= 0)
            return written < 0 ? errno : ENOSPC;
        from += written;
        at += (uint64_t)written;
        count -= (size_t)written;
    }
    return 0;
}

static int write_number(const tw_trajectory_writer *w, size_t at, uint64_t value) {
    uint8_t bytes[8];
    tw_h5_set_number(bytes, value);
    return write_at(w, bytes, sizeof bytes, at);
}

static int write_length(const tw_trajectory_writer *w, const tw_growing *g, uint64_t length) {
    int error = g->place.maximum != 0 ? write_number(w, g->place.maximum, length) : 0;
    return error != 0 ? error : write_number(w, g->place.length, length);
}

/* The numbers of the row, where nothing speaks of them yet. */
static int write_row(const tw_trajectory_writer *w, const double *x, const double *row,
                     uint64_t at) {
    int error = write_at(w, x, w->n * sizeof *x, at);
    for (size_t k = 0; k < w->columns && error == 0; k++)
        error = write_at(w, &row[k], sizeof row[k], w->column[k].begin + 8 * w->rows);
    return error;
}

/* What makes them part of the file. */
static int state_row(const tw_trajectory_writer *w, uint64_t end) {
    int error = write_number(w, TW_H5_END, end);
    if (error == 0)
        error = write_number(w, w->x.place.bytes, end - w->x.begin);
    if (error == 0)
        error = write_length(w, &w->x, w->rows + 1);
    for (size_t k = 0; k < w->columns && error == 0; k++)
        error = write_length(w, &w->column[k], w->rows + 1);
    return error;
}

/* At most once a second, and before the row is stated, so that a machine that dies has the rows
 * that it has stated before. */
static int sync_sometimes(tw_trajectory_writer *w) {
    double now = tw_clock_seconds();
    if (now - w->synced < 1)
        return 0;
    w->synced = now;
    return fdatasync(w->descriptor) == 0 || errno == EINVAL ? 0 : errno;
}

static tw_status report_error(const tw_trajectory_writer *w) {
    return tw_fail(TW_ERR_IO, "cannot write '%s': %s; the %zu rows before are kept", w->path,
                   strerror(w->error), w->rows);
}

tw_status tw_trajectory_append(tw_trajectory_writer *w, const double *x, const double *row) {
    if (w->error != 0)
        return report_error(w);
    if (w->rows == w->capacity)
        return tw_fail(TW_ERR_ARGUMENT, "'%s' has room for only %zu rows", w->path, w->capacity);
    uint64_t bytes = 8 * (uint64_t)w->n, at = w->x.begin + w->rows * bytes;
    w->error = write_row(w, x, row, at);
    if (w->error == 0)
        w->error = sync_sometimes(w);
    if (w->error != 0) { /* no part of the row stays behind; if it must, it is past the end */
        (void)!ftruncate(w->descriptor, (off_t)at);
        return report_error(w);
    }
    w->error = state_row(w, at + bytes);
    if (w->error != 0)
        return report_error(w);
    w->rows++;
    return TW_OK;
}

tw_status tw_trajectory_sync(tw_trajectory_writer *w) {
    if (w->error == 0 && fdatasync(w->descriptor) != 0 && errno != EINVAL)
        w->error = errno;
    w->synced = tw_clock_seconds();
    return w->error == 0 ? TW_OK : report_error(w);
}

/* What a column has where no row is, `count` times. */
static int write_nothing(const tw_trajectory_writer *w, uint64_t at, size_t count) {
    double nothing[1024];
    int error = 0;
    for (size_t k = 0; k < 1024; k++)
        nothing[k] = NAN;
    for (size_t done = 0; done < count && error == 0; done += 1024) {
        size_t part = count - done < 1024 ? count - done : 1024;
        error = write_at(w, nothing, part * sizeof *nothing, at + 8 * done);
    }
    return error;
}

/* Lengths first: what is cut off is spoken of no more. */
static int cut(const tw_trajectory_writer *w, size_t rows, uint64_t end) {
    int error = 0;
    for (size_t k = 0; k < w->columns && error == 0; k++)
        error = write_length(w, &w->column[k], rows);
    if (error == 0)
        error = write_length(w, &w->x, rows);
    if (error == 0)
        error = write_number(w, w->x.place.bytes, end - w->x.begin);
    if (error == 0)
        error = write_number(w, TW_H5_END, end);
    if (error == 0 && ftruncate(w->descriptor, (off_t)end) != 0)
        error = errno;
    for (size_t k = 0; k < w->columns && error == 0; k++)
        error = write_nothing(w, w->column[k].begin + 8 * rows, w->capacity - rows);
    return error;
}

tw_status tw_trajectory_cut(tw_trajectory_writer *w, size_t rows) {
    w->rows = rows;
    w->error = cut(w, rows, w->x.begin + 8 * (uint64_t)rows * w->n);
    return w->error == 0 ? TW_OK : report_error(w);
}

size_t tw_trajectory_appended(const tw_trajectory_writer *w) {
    return w->rows;
}

tw_status tw_trajectory_finish(tw_trajectory_writer *w) {
    tw_status status = TW_OK;
    if (w == NULL)
        return TW_OK;
    if (w->descriptor >= 0) {
        int error = fsync(w->descriptor) == 0 || errno == EINVAL ? 0 : errno;
        if (close(w->descriptor) != 0 && error == 0)
            error = errno;
        if (error != 0)
            status = tw_fail(TW_ERR_IO, "cannot write '%s': %s", w->path, strerror(error));
    }
    tw_claim_release(w->claim);
    free(w->column);
    free(w->path);
    free(w);
    return status;
}
