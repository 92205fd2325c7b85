/* file.h: results and arrays in and out of files.
 *
 * Whatever is written is written to "PATH.part" beside it and renamed when complete and flushed, so
 * that PATH is either the old file or the whole new one. Links are followed; a device, a pipe and
 * /dev/stdout are written directly, whatever their ending: arrays and weights as .npy, surfaces as
 * .h5, tables as .csv.
 *
 * Reading and writing fail with TW_ERR_IO (the system said no: missing, a directory, disk full),
 * TW_ERR_FORMAT (not such a file, cut short, damaged), TW_ERR_SHAPE (sizes that do not fit),
 * TW_ERR_ARGUMENT (an ending or a name that cannot be) or TW_ERR_MEMORY; the message names the
 * file. A struct read into then owns nothing, but a provenance may have been added to: release it
 * in either case. HDF5 keeps state of its own: call from one thread at a time.
 */
#ifndef THALWEG_FILE_H
#define THALWEG_FILE_H

#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#include "gradcheck.h"
#include "landscape.h"
#include "space.h"
#include "status.h"
#include "trajectory_plane.h"

TW_BEGIN_DECLS

/* ---- what made a file ---- */

/* Ordered pairs of key and text ("command", "version", "seed", "model", "data", "data_hash", ...),
 * stored as attributes of the group /thalweg of HDF5 files, where "kind" is taken and no key stands
 * twice. Zero it, add, release. */
typedef struct tw_provenance {
    size_t count;
    char **keys;
    char **texts;
} tw_provenance;
TW_API tw_status tw_provenance_add(tw_provenance *provenance, const char *key, const char *format,
                                   ...) TW_PRINTF(3, 4);
/* The text of a key, or NULL. */
TW_API const char *tw_provenance_get(const tw_provenance *provenance, const char *key);
TW_API void tw_provenance_release(tw_provenance *provenance);
/* A 64-bit hash (FNV-1a over the bits of the numbers, the lowest byte first, whatever the machine's
 * order) by which a result says which vectors made it. */
TW_API uint64_t tw_provenance_hash(size_t count, const double *values);

/* ---- arrays ---- */

/* A row-major array of doubles. Zero it before reading into it; release frees the numbers. */
typedef struct tw_array {
    int rank; /* 0 ... TW_ARRAY_RANK */
    size_t shape[8];
    size_t count; /* product of the shape */
    double *values;
} tw_array;
enum { TW_ARRAY_RANK = 8 };
TW_API void tw_array_release(tw_array *array);

/* Reads a .npy file (format 1 to 3; bool, integers and floats of any width and byte order, C or
 * Fortran order), or member `name` of a .npz archive (name = NULL: its only member), converted to
 * double. */
TW_API tw_status tw_array_read(const char *path, const char *name, tw_array *out);
/* Writes a .npy file of doubles. */
TW_API tw_status tw_array_write(const char *path, int rank, const size_t *shape,
                                const double *values);

/* Reads the parameter vector of `space` from `path`, by its ending:
 *   .npy  the only block's array, or a vector of all parameters
 *   .npz  one array a block, by its name
 *   .h5   one dataset a block, by its name, at the root or in /weights
 * Shapes must match; every number must be finite. x is undefined after a failure. */
TW_API tw_status tw_weights_read(const char *path, const tw_space *space, double *x);
/* Writes .npy (one block, or the flat vector if there are several), or .h5 (/weights/NAME). */
TW_API tw_status tw_weights_write(const char *path, const tw_space *space, const double *x,
                                  const tw_provenance *provenance);

/* ---- surfaces ---- */

/* The layout of tomgoldstein/loss-landscape: root datasets xcoordinates (nx), ycoordinates (ny;
 * absent at rank 1), and one float64 dataset a metric, (ny, nx) with rows = y, or (nx). Points not
 * computed hold -1 there, as that tool expects; the dataset /thalweg/computed (uint8) tells them
 * from results. Group /thalweg carries the provenance. */
TW_API tw_status tw_surface_write(const char *path, const tw_surface *surface,
                                  const tw_provenance *provenance);
/* Reads such a file, ours or the peer's: every dataset of numbers at the root that has the shape of
 * the grid is a metric, (nx, ny) too, with the same flat index iy * nx + ix. Without
 * /thalweg/computed, a point is not computed if one of its metrics is -1. `provenance` (may be
 * NULL) is added to where there is one. */
TW_API tw_status tw_surface_read(const char *path, tw_surface *surface, tw_provenance *provenance);
/* Goes on with the survey of which `path` holds a part: the points computed there are put into
 * `surface`, which has the coefficients and metrics wanted, and counted in *taken. Where there is
 * no file, nothing is taken. Fails with TW_ERR_ARGUMENT, and leaves the surface as it was, if the
 * file is of another survey: another text under any key of `provenance` but "command", other
 * coefficients or other metrics; the message says which and shows both. */
TW_API tw_status tw_surface_continue(const char *path, const tw_provenance *provenance,
                                     tw_surface *surface, size_t *taken);

/* ---- paths in a surface ---- */

/* The paths that were looked at with a surface, and what they make of its axes. Zero it, release.
 */
typedef struct tw_paths {
    size_t count;
    tw_path *path;
    char *labels[2]; /* of the x and y axes ("PC1, 87.3 %"), or NULL */
} tw_paths;
TW_API void tw_paths_release(tw_paths *paths);

/* Puts 1 to 4,096 paths (of one checkpoint or more) into the surface file (HDF5) at `path`, in the
 * place of those that it holds: group /thalweg/paths with the datasets names, labels, and of path K
 * K/x, K/y, K/length, K/distance, K/loss and K/plane_loss. The file is replaced as a whole. */
TW_API tw_status tw_paths_write(const char *path, const tw_paths *paths);
/* Reads them; none (count 0) is no error. */
TW_API tw_status tw_paths_read(const char *path, tw_paths *out);

/* ---- tables ---- */

/* Columns of equal length with names: the step-size study, a descent. */
typedef struct tw_table {
    char *kind; /* "steps", "descent": says how it is drawn */
    size_t columns, rows, capacity;
    char **names;
    double **values; /* values[column][row] */
} tw_table;
TW_API tw_status tw_table_init(tw_table *table, const char *kind, size_t columns,
                               const char *const *names);
TW_API tw_status tw_table_append(tw_table *table, const double *row);
TW_API int tw_table_column(const tw_table *table, const char *name);
TW_API void tw_table_release(tw_table *table);

/* By the ending of `path`: .csv (a line "# thalweg KIND", provenance as "# KEY: TEXT", a header
 * line, %.17g numbers) or .h5 (one dataset a column, /thalweg with attribute "kind"). */
TW_API tw_status tw_table_write(const char *path, const tw_table *table,
                                const tw_provenance *provenance);
/* By content: HDF5, or else text. Blank lines and other comments are passed over. */
TW_API tw_status tw_table_read(const char *path, tw_table *table, tw_provenance *provenance);

/* ---- gradient checks ---- */

typedef enum tw_gradcheck_format {
    TW_GRADCHECK_TEXT, /* for people: verdict, a line a block, causes, notes */
    TW_GRADCHECK_JSON, /* one object: verdict, cause, worst_relative_error, blocks, entries, ... */
    TW_GRADCHECK_CSV   /* a line an entry */
} tw_gradcheck_format;
/* Writes the report to a stream of the caller's; only_failures leaves out what passes. */
TW_API tw_status tw_gradcheck_write(const tw_gradcheck *check, tw_gradcheck_format format,
                                    int only_failures, FILE *stream);
/* To a file: .json, or anything else as CSV. */
TW_API tw_status tw_gradcheck_save(const char *path, const tw_gradcheck *check, int only_failures);

/* ---- any result file ---- */

typedef enum tw_result_kind {
    TW_RESULT_UNKNOWN,
    TW_RESULT_SURFACE,   /* read with tw_surface_read */
    TW_RESULT_TABLE,     /* read with tw_table_read */
    TW_RESULT_ARRAY,     /* .npy */
    TW_RESULT_WEIGHTS,   /* .h5 with /weights, or any .npz */
    TW_RESULT_TRAJECTORY /* opened with tw_trajectory_open (trajectory.h) */
} tw_result_kind;

/* What is in the file, told from its content; what is no plain file is unknown, and left unread. */
TW_API tw_status tw_result_kind_of(const char *path, tw_result_kind *out);

TW_END_DECLS

#endif
