/* trajectory.h: checkpoints of all parameters along a descent, written while it goes and read row
 * by row, so that neither needs memory for more than one of them.
 *
 *     tw_trajectory_writer *w;
 *     const char *columns[] = {"iteration", "train_loss"};
 *     tw_trajectory_create("run.h5", tw_objective_space(f), 100, 2, columns, NULL, &w);
 *     tw_trajectory_append(w, x, (double[]){0, loss});      as often as it takes
 *     tw_trajectory_finish(w);
 *
 * The file is HDF5: /trajectory/x (rows x n, float64), one dataset (rows) a column beside it, the
 * blocks of the parameters in /trajectory/blocks, what made it in /thalweg (docs/files.md). It is a
 * whole HDF5 file at every instant: a row is written behind the end first, and the lengths that the
 * file states are moved on after it, one number at a time. A process that is killed leaves all rows
 * that were appended, and the file may be read while it grows.
 *
 * Functions fail as those of file.h; the message names the file.
 */
#ifndef THALWEG_TRAJECTORY_H
#define THALWEG_TRAJECTORY_H

#include <stddef.h>

#include "file.h"
#include "space.h"
#include "status.h"

TW_BEGIN_DECLS

/* ---- writing ---- */

typedef struct tw_trajectory_writer tw_trajectory_writer;

/* Begins a trajectory of no rows at `path`, in place of what was there, with room for
 * `capacity` rows (each takes 8 bytes a column at once, and 8 bytes a parameter when it comes).
 * `names` are those of the columns, the numbers kept beside a checkpoint; `provenance` may be NULL.
 * The path must be that of a plain file that no other process is writing a trajectory to
 * (TW_ERR_IO), ending in .h5 or .hdf5, and the names must be such as can stand beside "x" and
 * "blocks" (TW_ERR_ARGUMENT). *out is owned by the caller; on failure the old file is untouched. */
TW_API tw_status tw_trajectory_create(const char *path, const tw_space *space, size_t capacity,
                                      size_t columns, const char *const *names,
                                      const tw_provenance *provenance, tw_trajectory_writer **out);

/* Takes up a trajectory that another process began with tw_trajectory_create, by the same space,
 * capacity and names, and left: the first `rows` of its rows stay, what came after them is cut off,
 * and what is appended comes next. The file is the same to the byte as one that was written without
 * an interruption. TW_ERR_FORMAT, with the file untouched, if it is not that trajectory or has
 * fewer rows. */
TW_API tw_status tw_trajectory_continue(const char *path, const tw_space *space, size_t capacity,
                                        size_t rows, size_t columns, const char *const *names,
                                        tw_trajectory_writer **out);

/* Appends a row: x has tw_space_size(space) numbers, `row` one a column; any doubles. It can be
 * read, and survives the death of the process, when this returns. TW_ERR_IO where the disk is full
 * or the like: the rows before stay, and all further calls fail in the same way. TW_ERR_ARGUMENT
 * past the capacity. */
TW_API tw_status tw_trajectory_append(tw_trajectory_writer *writer, const double *x,
                                      const double *row);

/* Rows appended so far. */
TW_API size_t tw_trajectory_appended(const tw_trajectory_writer *writer);

/* Waits until the disk has all rows, which then survive the death of the machine. */
TW_API tw_status tw_trajectory_sync(tw_trajectory_writer *writer);

/* Flushes to the disk, closes and frees, in every case; NULL is allowed. Fails if the disk does. */
TW_API tw_status tw_trajectory_finish(tw_trajectory_writer *writer);

/* ---- reading ---- */

typedef struct tw_trajectory tw_trajectory;

/* Opens a trajectory: one of ours, complete or cut off, or any HDF5 file with a dataset
 * /trajectory/x of two axes. Its rows are those that were there at this moment. *out is owned by
 * the caller. */
TW_API tw_status tw_trajectory_open(const char *path, tw_trajectory **out);

/* Files of parameters (tw_weights_read: .npy, .npz, .h5) of `space` as a trajectory, one per row,
 * in this order and without columns. A file is read when its row is asked for, not before. */
TW_API tw_status tw_trajectory_open_list(size_t count, const char *const *paths,
                                         const tw_space *space, tw_trajectory **out);

/* NULL is allowed. */
TW_API void tw_trajectory_close(tw_trajectory *trajectory);

/* How many points it had when it was opened. */
TW_API size_t tw_trajectory_rows(const tw_trajectory *trajectory);
/* The blocks of a row; one block "x" where the file tells none. Valid until close. */
TW_API const tw_space *tw_trajectory_space(const tw_trajectory *trajectory);
/* Row `row` into x, tw_space_size doubles. Every number must be finite (TW_ERR_FORMAT names the
 * first that is not). */
TW_API tw_status tw_trajectory_read(tw_trajectory *trajectory, size_t row, double *x);

/* Number of columns; the name of column `index` (NULL past the end); its values, one a row, or NULL
 * where there is no such column. Valid until close. */
TW_API size_t tw_trajectory_columns(const tw_trajectory *trajectory);
TW_API const char *tw_trajectory_column_name(const tw_trajectory *trajectory, size_t index);
TW_API const double *tw_trajectory_column(const tw_trajectory *trajectory, const char *name);
/* What made the file; empty for a list. */
TW_API const tw_provenance *tw_trajectory_provenance(const tw_trajectory *trajectory);

TW_END_DECLS

#endif
