/* file.h: results and arrays in and out of files.
 *
 * Whatever is written is written beside PATH, to a name of its own ("PATH.xxxxxxxx.part"), and
 * renamed when complete and flushed, so that PATH is either the old file or the whole new one, and
 * of two that write to one PATH the last to end has it, whole. What a killed process left is
 * removed by the next that writes to the same PATH. Links are followed, also one to nothing, which
 * then makes what it leads to; a device, a pipe and /dev/stdout are written directly, whatever
 * their ending: arrays and weights as .npy, surfaces and directions as .h5, tables as .csv.
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
#include "metric.h"
#include "optim.h"
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

/* Reads the parameter vector of `space` from `path`, told by its content, or else by its ending:
 *   PyTorch's checkpoints (.pt, .pth, .th: zip and the older format, TorchScript archives, nested
 *         dictionaries, whole modules), .safetensors, Keras' .h5 and .keras: one tensor a block, by
 *         its name, or by that without "module." and "_orig_mod.", or without a first part that all
 *         share; in networks also by layer (tw_weights_note).
 *         Counters (num_batches_tracked) are passed over. Nothing of a file is executed. Into one
 *         block W of (features + 1, classes) goes what nn.Linear(features, classes) has
 *   .onnx the parameters of the network in it, as those of a checkpoint; in networks by layer with
 *         what its graph does with them, which tells (in, out) from (out, in)
 *   .npy  the only block's array, or a vector of all parameters
 *   .npz  one array a block, by its name
 *   .h5   one dataset a block, by its name, at the root or in /weights
 *   .txt  (or .csv) all parameters as text, with blanks, commas, semicolons or line ends between
 *         them; what follows a # is passed over
 * Shapes must match; every number must be finite; a checkpoint has no tensors but those of the
 * model, and TW_ERR_SHAPE names blocks that are missing, left over or of another shape. x is
 * undefined after a failure. */
TW_API tw_status tw_weights_read(const char *path, const tw_space *space, double *x);
/* How the tensors of a checkpoint or an .onnx file are matched to the blocks of a network where
 * their names are others: a line without a full stop, "" where they are the same. Layer by layer,
 * then: convolutions, matrices and normalisations, each in their order (tw_block_use), by the
 * layer's name where that is part of the block's. Kernels and matrices are turned to the axes that
 * the network has; what names, order and shapes leave open is TW_ERR_SHAPE, as in tw_weights_read.
 */
TW_API tw_status tw_weights_note(const char *path, const tw_space *space, size_t size, char *note);
/* Writes .npy (one block, or the flat vector if there are several), .npz (one array a block), .h5
 * (/weights/NAME) or .safetensors (one tensor a block: F32 where that holds every number exactly,
 * else F64). */
TW_API tw_status tw_weights_write(const char *path, const tw_space *space, const double *x,
                                  const tw_provenance *provenance);
/* The blocks of such a file, where no model says what they are: names, shapes and order are those
 * of the file, a .npy array is "W" if it has two axes or more and else "x". What has two axes or
 * more is of role weight, the rest bias. *out is owned by the caller. */
TW_API tw_status tw_weights_space(const char *path, tw_space **out);
/* Adds what made the file: .h5, .npz, .safetensors. Of other people's checkpoints it says "from",
 * what kind they are, and "note_1", ... what was assumed and left out. */
TW_API tw_status tw_weights_provenance(const char *path, tw_provenance *provenance);

/* ---- directions ---- */

/* The directions of a plane, in the layout of tomgoldstein/loss-landscape: groups xdirection and
 * (of a plane) ydirection, in each a dataset "0", "1", ... a block of `space`, in order and shape;
 * explained_variance_ratio_, singular_values_ and explained_variance_ at the root if they are
 * principal components. Ours are float64 and have the name of the block as attribute "name";
 * /thalweg says what made them, and "x_length", "y_length" and the "angle" in degrees. Also .npz:
 * arrays "xdirection/NAME". */
TW_API tw_status tw_directions_write(const char *path, const tw_space *space, const tw_plane *plane,
                                     const tw_provenance *provenance);
/* Reads such a file, ours or the peer's (float32, without names), into a plane of its own vectors
 * and without origin. The file has a tensor for every block
 * of the space, or for all but those of role buffer, which then are zero; scalars are passed over
 * where the numbers fit only without them (the batch counters of the peer's dir_type 'states').
 * TW_ERR_SHAPE, in one line, if number, shapes or names are not those of the space: a file of
 * another model. */
TW_API tw_status tw_directions_read(const char *path, const tw_space *space, tw_plane *out,
                                    tw_provenance *provenance);
/* The blocks of such a file; see tw_weights_space. Without names they are "0", "1", ... */
TW_API tw_status tw_directions_space(const char *path, tw_space **out);

/* ---- surfaces ---- */

/* By the ending of the path:
 *   .h5   the layout of tomgoldstein/loss-landscape: root datasets xcoordinates (nx), ycoordinates
 *         (ny; absent at rank 1), one float64 dataset a metric, (ny, nx) with rows = y, or (nx)
 *   .npz  arrays x, y, one a metric, and computed (uint8)
 *   .csv  a table of kind "surface", one line per point, x fastest: x, y, the metrics, and
 *         computed if it is not 1 everywhere
 *   .vtk, .vts   for ParaView, as tw_surface_write_vtk; not read again
 * Points not computed hold -1 in .h5 files, as that tool expects, and NaN in the others. There the
 * dataset /thalweg/computed (uint8; 2 where values were interpolated) tells them from results;
 * group /thalweg carries the provenance, whose "dir_file" is a dataset at the root, too. What
 * plot_1D.py needs of a slice with a train_loss or a test_loss (train_loss, train_acc, and test_acc
 * beside a test_loss) and is not there is written as NaN with the attribute "placeholder", which no
 * reader here takes for a metric. */
TW_API tw_status tw_surface_write(const char *path, const tw_surface *surface,
                                  const tw_provenance *provenance);
/* What can be done with a surface that was written to this path, as bits; 0 where none can be. */
enum {
    TW_SURFACE_READ_BACK = 1,   /* tw_surface_read, tw_surface_continue */
    TW_SURFACE_KEEPS_PATHS = 2, /* tw_paths_write */
    TW_SURFACE_HEIGHTS = 4      /* tw_surface_write_vtk: made for a picture */
};
TW_API unsigned tw_surface_form_can(const char *path);
/* The ending, with its dot, of form `index` among those that can do all of `wanted` (0: all forms);
 * NULL past the end. The first is ".h5". */
TW_API const char *tw_surface_ending(unsigned wanted, size_t index);
/* How a surface becomes heights. Zero means the defaults. */
typedef struct tw_vtk_options {
    size_t bytes;       /* sizeof(tw_vtk_options), or 0 (thalweg.h) */
    const char *metric; /* of which they are the values; NULL: tw_surface_shown, the loss */
    int log;            /* 1: their decimal logarithms; values that are not above 0 lie at the least
                           one that is */
} tw_vtk_options;
/* For ParaView and whatever reads VTK's formats: .vtk, the legacy one, or .vts, XML, both binary: a
 * structured grid of the points (x, y, height) with all metrics, as they are, and `computed` as
 * point data. Of an interrupted survey what tw_surface_coarse makes of it. Points where the height
 * is not finite lie at the highest one (the lowest for -infinity) and are hidden. TW_ERR_ARGUMENT
 * if there is no such metric, or no logarithm. */
TW_API tw_status tw_surface_write_vtk(const char *path, const tw_surface *surface,
                                      const tw_vtk_options *options,
                                      const tw_provenance *provenance);
/* Reads such a file by its content. HDF5, ours or the peer's: every dataset of numbers at the root
 * that has the shape of the grid is a metric. One of shape (nx, ny) has the flat index iy * nx +
 * ix, too, where there is a dir_file, and is TW_ERR_SHAPE otherwise. Without /thalweg/computed, a
 * point is not computed if one of its metrics is -1; with it, points whose mask is 0 are computed
 * all the same if some metric is neither -1 nor NaN there (another tool went on with the file), and
 * metrics that are -1 become NaN, as do loss and accuracy of a split that are both -1 beside other
 * metrics (another tool adds a split). The others: without "computed", all points are. `provenance`
 * (may be NULL) is added to where there is one. */
TW_API tw_status tw_surface_read(const char *path, tw_surface *surface, tw_provenance *provenance);
/* Goes on with the survey of which `path` holds a part: the points computed there are put into
 * `surface`, which has the coefficients and metrics wanted, and counted in *taken. Where there is
 * no file, nothing is taken, nor what another tool added to it. Fails with TW_ERR_ARGUMENT, and
 * leaves the surface as it was, if the file is of another survey: another text under any key of
 * `provenance` but "command", other coefficients or other metrics; the message says which and shows
 * both. */
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
 * K/x, K/y, K/length, K/distance, K/loss and K/plane_loss, and K/iteration where there is one. The
 * file is replaced as a whole. */
TW_API tw_status tw_paths_write(const char *path, const tw_paths *paths);
/* Reads them; none (count 0) is not an error, and .npz and .csv files have none. */
TW_API tw_status tw_paths_read(const char *path, tw_paths *out);
/* Writes paths for VTK (.vtp, XML): a polyline through the checkpoints of each, a vertex where
 * there is one alone, on the heights that `options` make of `surface` (between its points, and
 * beyond it those of its edge), or at height 0 where `surface` is NULL. Point data are checkpoint
 * (from 0), length, distance, loss and plane_loss; cell data the number of the path, whose names
 * are field data. TW_ERR_ARGUMENT if there are no paths. */
TW_API tw_status tw_paths_write_vtp(const char *path, const tw_paths *paths,
                                    const tw_surface *surface, const tw_vtk_options *options,
                                    const tw_provenance *provenance);

/* ---- tables ---- */

/* Columns of equal length with names: the step-size study, a descent. */
typedef struct tw_table {
    char *kind; /* "steps", "descent": says how it is drawn */
    size_t columns, rows, capacity;
    char **names;
    double **values;   /* values[column][row] */
    tw_metric *metric; /* what the names mean, as in surfaces; "step" is a quantity, too */
} tw_table;
/* A table of no rows yet; kind and names are copied. TW_ERR_ARGUMENT without columns. Release frees
 * what it holds. */
TW_API tw_status tw_table_init(tw_table *table, const char *kind, size_t columns,
                               const char *const *names);
/* Adds a row, one number a column. */
TW_API tw_status tw_table_append(tw_table *table, const double *row);
/* The first column of this name, or of this metric, or -1. */
TW_API int tw_table_column(const tw_table *table, const char *name);
TW_API int tw_table_metric(const tw_table *table, const tw_metric *wanted);
TW_API void tw_table_release(tw_table *table);

/* By the ending of `path`: .csv (a line "# thalweg KIND", provenance as "# KEY: TEXT", a header
 * line, %.17g numbers) or .h5 (one dataset a column, /thalweg with attribute "kind"). */
TW_API tw_status tw_table_write(const char *path, const tw_table *table,
                                const tw_provenance *provenance);
/* By content: HDF5, or else text. Blank lines and other comments are passed over. */
TW_API tw_status tw_table_read(const char *path, tw_table *table, tw_provenance *provenance);

/* ---- the state of a descent ---- */

#define TW_DESCENT_STATE_KIND "descent state"

/* Writes the parts of tw_descent_state, and any further ones of other names without a slash: HDF5,
 * whatever the ending, with a dataset /descent/NAME each and what made it in /thalweg. */
TW_API tw_status tw_descent_write(const char *path, size_t count, const tw_descent_part *parts,
                                  const tw_provenance *provenance);
/* Reads them, for tw_descent_restore; free with tw_descent_parts_free. `provenance` (may be NULL)
 * is added to. */
TW_API tw_status tw_descent_read(const char *path, size_t *count, tw_descent_part **parts,
                                 tw_provenance *provenance);
TW_API void tw_descent_parts_free(size_t count, tw_descent_part *parts);

/* ---- projections ---- */

/* Where the points of a path (checkpoints of a training) lie on the axes of a plane: a table of
 * kind TW_PROJECTION_KIND with the columns TW_PROJECTION_X and TW_PROJECTION_Y, a row a point, and
 * any others ("step", "distance" from the plane, "train_loss", ...). The point itself is origin + x
 * dx + y dy + what the plane does not hold; coordinates are coefficients of the axes as they are
 * (least squares), not the peer's <d, dx> / |dx|. */
#define TW_PROJECTION_KIND "projection"
#define TW_PROJECTION_X "proj_xcoord"
#define TW_PROJECTION_Y "proj_ycoord"

/* .h5 in the layout of tomgoldstein/loss-landscape: root datasets proj_xcoord and proj_ycoord,
 * float64, of shape (rows, 1), as its plot_2D.py needs them; further columns (rows); /thalweg with
 * "kind". Or .csv, as a table. At least one row; coordinates must be finite. */
TW_API tw_status tw_projection_write(const char *path, const tw_table *projection,
                                     const tw_provenance *provenance);
/* Reads such a file, ours or the peer's, of shape (n) or (n, 1). tw_table_read does as well, but
 * takes any table. */
TW_API tw_status tw_projection_read(const char *path, tw_table *projection,
                                    tw_provenance *provenance);
/* The path of a projection, of the given name (NULL: none): its coordinates, and length, distance,
 * loss (or train_loss) and plane_loss where it has such columns; without them length and distance
 * are NULL. Release with tw_path_release. */
TW_API tw_status tw_projection_path(const tw_table *projection, const char *name, tw_path *out);

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

/* ---- before a file is written ---- */

/* Whether `path` can be written, as far as can be told before long work: its folder is there and
 * open to us, it is not a directory, its name is not too long. Makes a part and removes it; devices
 * and pipes are asked for their permission only. TW_ERR_IO says what is wrong. */
TW_API tw_status tw_output_check(const char *path);
/* Whether `path`, which is for `what`, ends in one of `endings` (NULL ends them); devices and pipes
 * need no ending. TW_ERR_ARGUMENT names the endings. */
TW_API tw_status tw_output_ending(const char *what, const char *path, const char *const *endings);
/* 1 if two paths lead to one plain file, by device and inode; of files that are not there yet, if
 * they would be made in one folder by one name, links followed. Else 0. */
TW_API int tw_same_file(const char *a, const char *b);

/* ---- a file that is written for long ---- */

/* What one process has at a time: an empty file PATH.lock beside it, locked, which ends with the
 * process if that is killed. Whole files need none (the last to end has the file); what is saved
 * again and again, or grows, does. */
typedef struct tw_claim tw_claim;
/* *out is NULL if another process, or another claim of this one, has `path`. Where there can be no
 * lock (no permission, a file system without them) the claim is granted, and keeps nobody out. */
TW_API tw_status tw_claim_take(const char *path, tw_claim **out);
/* NULL is fine. */
TW_API void tw_claim_release(tw_claim *claim);

/* ---- any result file ---- */

typedef enum tw_result_kind {
    TW_RESULT_UNKNOWN,
    TW_RESULT_SURFACE,    /* read with tw_surface_read, which has no way to read .vtk */
    TW_RESULT_TABLE,      /* read with tw_table_read */
    TW_RESULT_ARRAY,      /* .npy */
    TW_RESULT_WEIGHTS,    /* .h5 with /weights, or any other .npz */
    TW_RESULT_DIRECTIONS, /* read with tw_directions_read */
    TW_RESULT_TRAJECTORY, /* opened with tw_trajectory_open (trajectory.h) */
    TW_RESULT_UNFINISHED, /* what a training goes on from: read with tw_descent_read; or a spectrum,
                             which its own command alone reads */
    TW_RESULT_SPECTRUM    /* read with tw_curvature_report_read (curvature_report.h); it is one of
                             directions as well */
} tw_result_kind;

/* What is in the file, told from its content; whatever is not a plain file is unknown, and left
 * unread. */
TW_API tw_status tw_result_kind_of(const char *path, tw_result_kind *out);

TW_END_DECLS

#endif
