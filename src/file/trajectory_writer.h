/* trajectory_writer.h: a trajectory being written, as its parts see it: begun (trajectory_write.c),
 * taken up where it was left (trajectory_continue.c), and grown by rows (trajectory_append.c). */
#ifndef TW_FILE_TRAJECTORY_WRITER_H
#define TW_FILE_TRAJECTORY_WRITER_H

#include "file/h5_grow.h"
#include "thalweg/trajectory.h"

/* A dataset that grows, and where its numbers begin. */
typedef struct tw_growing {
    tw_h5_place place;
    uint64_t begin;
} tw_growing;

struct tw_trajectory_writer {
    char *path;
    tw_claim *claim;
    int descriptor;
    size_t n, rows, capacity, columns;
    tw_growing x, *column;
    int error;     /* an errno that has ended the writing */
    double synced; /* when the disk was last told to keep what it has */
};

/* Checks that there can be such a file, claims it, and makes a writer without a descriptor; *out is
 * to be finished. */
tw_status tw_trajectory_writer_new(const char *path, size_t n, size_t capacity, size_t columns,
                                   tw_trajectory_writer **out);

/* Where "x" and the columns state their lengths, in the bytes of the file's head. */
tw_status tw_trajectory_find(tw_trajectory_writer *writer, hid_t file, const char *const *names,
                             const uint8_t *image, size_t size);

/* States that there are so many rows and cuts off what there is behind them, also in the columns.
 * The rows must be there. */
tw_status tw_trajectory_cut(tw_trajectory_writer *writer, size_t rows);

#endif
