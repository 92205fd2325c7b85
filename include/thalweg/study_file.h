/* study_file.h: what is in a file: a data set, or a result of any kind, told from its content, read
 * and summed up. What 'thalweg info' prints.
 *
 *     tw_study_file *file = NULL;
 *     if (tw_study_file_open(&study, "plane.h5", NULL, &file) == TW_OK)
 *         for (size_t k = 0; k < file->range_count; k++)
 *             printf("%s: %g ... %g\n", file->ranges[k].name, file->ranges[k].minimum,
 *                    file->ranges[k].maximum);
 *     tw_study_file_free(file);
 */
#ifndef THALWEG_STUDY_FILE_H
#define THALWEG_STUDY_FILE_H

#include "curvature_report.h"
#include "landscape.h"
#include "network.h"
#include "study_model.h"
#include "trajectory.h"

TW_BEGIN_DECLS

typedef enum tw_study_file_kind {
    TW_STUDY_DATASET,
    TW_STUDY_SURFACE,
    TW_STUDY_TABLE,
    TW_STUDY_ARRAY,      /* one array of numbers */
    TW_STUDY_WEIGHTS,    /* parameters, block by block */
    TW_STUDY_DIRECTIONS, /* one or two */
    TW_STUDY_TRAJECTORY,
    TW_STUDY_UNFINISHED, /* what a training goes on from (study_training.h) */
    TW_STUDY_NETWORK,    /* a network in a file, or an architecture by its name (network.h) */
    TW_STUDY_SPECTRUM    /* eigenvalues, trace, density (curvature_report.h) */
} tw_study_file_kind;

/* Of numbers: the least and the largest of those that are finite (NaN: none is), the Euclidean norm
 * of those, and how many are not finite. */
typedef struct tw_study_range {
    const char *name; /* of the metric or column; NULL: of an array */
    double minimum, maximum, norm;
    size_t not_finite;
} tw_study_range;

/* What is read depends on the kind; the rest is zero or NULL. */
typedef struct tw_study_file {
    size_t bytes;
    tw_study_file_kind kind;
    const char *noun;      /* "plane", "slice", "table", "array", "parameters", "directions",
                              "trajectory", "unfinished training", "unfinished spectrum", "network",
                              "spectrum", or the kind of the data set */
    tw_dataset *splits[2]; /* by tw_split; NULL: the source has none, or another was asked for */
    tw_surface surface;
    tw_paths paths;                /* that lie in the surface */
    size_t computed, interpolated; /* points of the surface */
    tw_table table;
    tw_array array;
    tw_space *space; /* of parameters and directions */
    double *x;       /* parameters: their numbers */
    tw_plane plane;  /* directions */
    tw_trajectory *trajectory;
    size_t iterations, parameters; /* of an unfinished training: done; how many */
    size_t range_count; /* of a surface one a metric, of a table or a trajectory one a column, */
    tw_study_range
        *ranges; /* of an array one; of a surface without points that were not computed */
    tw_provenance provenance; /* what made it; of a trajectory tw_trajectory_provenance */
    tw_network *network;
    double work; /* of a network: multiply-adds a sample, NaN where its input leaves sizes open; */
    size_t outputs;             /* and outputs */
    tw_curvature_report report; /* of a spectrum, without vectors */
} tw_study_file;

/* Tells what `path` is, and reads it. `data` says which data is meant where it is a data set (its
 * `source` is ignored; NULL: nothing); a name such as "synthetic:100" is one as well. *out is owned
 * by the caller, NULL after a failure, which says why it is no data set where it might be one. */
TW_API tw_status tw_study_file_open(const tw_study *study, const char *path,
                                    const tw_study_data_options *data, tw_study_file **out);
/* NULL is allowed. */
TW_API void tw_study_file_free(tw_study_file *file);

TW_END_DECLS

#endif
