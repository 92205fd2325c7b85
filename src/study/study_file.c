/* study_file.c: what a file is, and what is in it. */
#include "thalweg/study_file.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <sys/stat.h>
#include <unistd.h>

#include "core/versioned.h"
#include "file/state_file.h"
#include "format/checkpoint.h"
#include "study/study_private.h"

/* ---- ranges ---- */

static tw_study_range range_of(const char *name, size_t count, const double *values,
                               const uint8_t *computed) {
    tw_study_range result = {name, NAN, NAN, 0, 0};
    double sum = 0;
    for (size_t i = 0; i < count; i++) {
        if (computed != NULL && !computed[i])
            continue;
        if (!isfinite(values[i])) {
            result.not_finite++;
            continue;
        }
        result.minimum = fmin(result.minimum, values[i]);
        result.maximum = fmax(result.maximum, values[i]);
        sum += values[i] * values[i];
    }
    result.norm = sqrt(sum);
    return result;
}

static tw_status ranges_new(tw_study_file *file, size_t count) {
    file->ranges = calloc(count > 0 ? count : 1, sizeof *file->ranges);
    if (file->ranges == NULL)
        return tw_fail(TW_ERR_MEMORY, "not enough memory for %zu ranges", count);
    file->range_count = count;
    return TW_OK;
}

/* ---- the kinds ---- */

typedef tw_status (*reader)(const tw_study *study, const char *path,
                            const tw_study_data_options *data, tw_study_file *file);

static tw_status read_dataset(const tw_study *study, const char *path,
                              const tw_study_data_options *data, tw_study_file *file) {
    tw_study_data_options own = tw_study_data_defaults();
    tw_status status = TW_TAKE_OVER(tw_study_data_options, tw_study_data_defaults, &own, data);
    own.source = path;
    if (status == TW_OK)
        status = tw_study_data_splits(study, &own, file->splits);
    if (status == TW_OK)
        file->noun = tw_dataset_kind(file->splits[file->splits[0] == NULL]);
    file->kind = TW_STUDY_DATASET;
    return status;
}

static tw_status read_surface(const tw_study *study, const char *path,
                              const tw_study_data_options *data, tw_study_file *file) {
    tw_surface *surface = &file->surface;
    tw_status status = tw_surface_read(path, surface, &file->provenance);
    if (status == TW_OK)
        status = tw_paths_read(path, &file->paths);
    if (status == TW_OK)
        status = ranges_new(file, surface->metrics);
    if (status != TW_OK)
        return status;
    size_t points = surface->nx * surface->ny;
    for (size_t i = 0; i < points; i++) {
        file->computed += surface->computed[i] == 1;
        file->interpolated += surface->computed[i] == 2;
    }
    for (size_t m = 0; m < surface->metrics; m++)
        file->ranges[m] =
            range_of(surface->names[m], points, tw_surface_plane(surface, m), surface->computed);
    file->kind = TW_STUDY_SURFACE;
    file->noun = surface->rank == 2 ? "plane" : "slice";
    return TW_OK;
}

static tw_status read_table(const tw_study *study, const char *path,
                            const tw_study_data_options *data, tw_study_file *file) {
    tw_table *table = &file->table;
    tw_status status = tw_table_read(path, table, &file->provenance);
    if (status == TW_OK)
        status = ranges_new(file, table->columns);
    for (size_t c = 0; c < file->range_count; c++)
        file->ranges[c] = range_of(table->names[c], table->rows, table->values[c], NULL);
    file->kind = TW_STUDY_TABLE;
    file->noun = "table";
    return status;
}

static tw_status read_array(const tw_study *study, const char *path,
                            const tw_study_data_options *data, tw_study_file *file) {
    tw_status status = tw_array_read(path, NULL, &file->array);
    if (status == TW_OK)
        status = ranges_new(file, 1);
    if (status == TW_OK)
        file->ranges[0] = range_of(NULL, file->array.count, file->array.values, NULL);
    file->kind = TW_STUDY_ARRAY;
    file->noun = "array";
    return status;
}

static tw_status read_weights(const tw_study *study, const char *path,
                              const tw_study_data_options *data, tw_study_file *file) {
    tw_status status = tw_weights_space(path, &file->space);
    if (status == TW_OK)
        status = tw_doubles_new(tw_space_size(file->space), &file->x);
    if (status == TW_OK)
        status = tw_weights_read(path, file->space, file->x);
    if (status == TW_OK)
        status = tw_weights_provenance(path, &file->provenance);
    file->kind = TW_STUDY_WEIGHTS;
    file->noun = "parameters";
    return status;
}

static tw_status read_directions(const tw_study *study, const char *path,
                                 const tw_study_data_options *data, tw_study_file *file) {
    tw_status status = tw_directions_space(path, &file->space);
    if (status == TW_OK)
        status = tw_directions_read(path, file->space, &file->plane, &file->provenance);
    file->kind = TW_STUDY_DIRECTIONS;
    file->noun = "directions";
    return status;
}

static tw_status read_trajectory(const tw_study *study, const char *path,
                                 const tw_study_data_options *data, tw_study_file *file) {
    tw_status status = tw_trajectory_open(path, &file->trajectory);
    if (status == TW_OK)
        status = ranges_new(file, tw_trajectory_columns(file->trajectory));
    for (size_t k = 0; k < file->range_count; k++) {
        const char *name = tw_trajectory_column_name(file->trajectory, k);
        file->ranges[k] = range_of(name, tw_trajectory_rows(file->trajectory),
                                   tw_trajectory_column(file->trajectory, name), NULL);
    }
    file->kind = TW_STUDY_TRAJECTORY;
    file->noun = "trajectory";
    return status;
}

static tw_status read_spectrum(const tw_study *study, const char *path,
                               const tw_study_data_options *data, tw_study_file *file) {
    file->kind = TW_STUDY_SPECTRUM;
    file->noun = "spectrum";
    return tw_curvature_report_read(path, &file->report, &file->provenance);
}

static tw_status read_unfinished(const tw_study *study, const char *path,
                                 const tw_study_data_options *data, tw_study_file *file) {
    size_t count;
    tw_descent_part *parts;
    int spectrum = tw_state_is(path, TW_SPECTRUM_STATE_KIND);
    tw_status status =
        spectrum ? tw_state_read(path, TW_SPECTRUM_STATE_KIND, &count, &parts, &file->provenance)
                 : tw_descent_read(path, &count, &parts, &file->provenance);
    file->kind = TW_STUDY_UNFINISHED;
    file->noun = spectrum ? "unfinished spectrum" : "unfinished training";
    for (size_t k = 0; k < count && !spectrum; k++) { /* its own command alone knows more */
        if (strcmp(parts[k].name, "counters") == 0 && parts[k].count > 0)
            file->iterations = (size_t)parts[k].values[0];
        if (strcmp(parts[k].name, "x") == 0)
            file->parameters = parts[k].count;
    }
    tw_descent_parts_free(count, parts);
    return status;
}

static tw_status read_network(const tw_study *study, const char *path,
                              const tw_study_data_options *data, tw_study_file *file) {
    static const size_t any[3] = {0, 0, 0}, usual[3] = {3, 32, 32};
    tw_status status = tw_network_open(path, NULL, &file->network);
    file->kind = TW_STUDY_NETWORK;
    file->noun = "network";
    if (status != TW_OK)
        return status;
    file->work = NAN;
    if (tw_network_work(file->network, tw_network_known(path) ? usual : any, &file->work,
                        &file->outputs) != TW_OK)
        tw_message_clear();
    return TW_OK;
}

static int is_network(const char *path) {
    size_t length = strlen(path);
    return (length > 5 && strcasecmp(path + length - 5, ".onnx") == 0) ||
           (tw_network_known(path) && access(path, F_OK) != 0);
}

/* ---- which of them ---- */

static void clear(tw_study_file *file) {
    tw_dataset_free(file->splits[0]);
    tw_dataset_free(file->splits[1]);
    tw_surface_release(&file->surface);
    tw_paths_release(&file->paths);
    tw_table_release(&file->table);
    tw_array_release(&file->array);
    tw_plane_release(&file->plane);
    tw_space_free(file->space);
    free(file->x);
    tw_trajectory_close(file->trajectory);
    tw_network_free(file->network);
    tw_curvature_report_release(&file->report);
    free(file->ranges);
    tw_provenance_release(&file->provenance);
    memset(file, 0, sizeof *file);
    file->bytes = sizeof *file;
}

static int is_archive(const char *path) {
    char head[2] = "";
    FILE *file = fopen(path, "rb");
    int zip = file != NULL && fread(head, 1, 2, file) == 2 && memcmp(head, "PK", 2) == 0;
    if (file != NULL)
        fclose(file);
    return zip;
}

/* An archive of several arrays may be a data set or parameters; if it is neither, why it is no data
 * set says most. HDF5 files are told by a group that parameters have: why those cannot be read
 * does. */
static tw_status read_any(const tw_study *study, const char *path,
                          const tw_study_data_options *data, tw_study_file *file) {
    char reason[512];
    int is_checkpoint;
    tw_status status = tw_checkpoint_probe(path, &is_checkpoint);
    if (status != TW_OK || is_checkpoint)
        return status == TW_OK ? read_weights(study, path, data, file) : status;
    status = read_dataset(study, path, data, file);
    if (status == TW_OK || status == TW_ERR_MEMORY)
        return status; /* what it is would be a guess */
    snprintf(reason, sizeof reason, "%s", tw_message());
    clear(file);
    tw_status weights = read_weights(study, path, data, file);
    if (weights != TW_OK && !is_archive(path))
        return weights;
    if (weights != TW_OK) {
        clear(file);
        if (read_array(study, path, data, file) != TW_OK)
            return tw_fail(status, "%s", reason);
    }
    tw_message_clear();
    return TW_OK;
}

static int is_plain(const char *path) {
    struct stat info;
    return stat(path, &info) == 0 && S_ISREG(info.st_mode);
}

/* *there: whether it was a plain file when it was asked what it is. */
static tw_status read_as_it_is(const tw_study *study, const char *path,
                               const tw_study_data_options *data, tw_study_file *file, int *there) {
    static const reader readers[] = {
        [TW_RESULT_UNKNOWN] = read_dataset,       [TW_RESULT_SURFACE] = read_surface,
        [TW_RESULT_TABLE] = read_table,           [TW_RESULT_ARRAY] = read_array,
        [TW_RESULT_WEIGHTS] = read_any, /* an archive may hold a data set or one array as well */
        [TW_RESULT_DIRECTIONS] = read_directions, [TW_RESULT_TRAJECTORY] = read_trajectory,
        [TW_RESULT_UNFINISHED] = read_unfinished, [TW_RESULT_SPECTRUM] = read_spectrum};
    tw_result_kind kind = TW_RESULT_UNKNOWN;
    *there = is_plain(path);
    if (is_network(path))
        return read_network(study, path, data, file);
    tw_status status = *there ? tw_result_kind_of(path, &kind) : TW_OK;
    return status == TW_OK ? readers[kind](study, path, data, file) : status;
}

tw_status tw_study_file_open(const tw_study *study, const char *path,
                             const tw_study_data_options *data, tw_study_file **out) {
    int there;
    *out = NULL;
    TW_NEED(path);
    tw_study_file *file = calloc(1, sizeof *file);
    if (file == NULL)
        return tw_fail(TW_ERR_MEMORY, "not enough memory to describe '%s'", path);
    file->bytes = sizeof *file;
    tw_status status = read_as_it_is(study, path, data, file, &there);
    if (status != TW_OK && !there && is_plain(path)) { /* it came meanwhile, and was read as data */
        clear(file);
        status = read_as_it_is(study, path, data, file, &there);
    }
    if (status == TW_OK)
        *out = file;
    else
        tw_study_file_free(file);
    return status;
}

void tw_study_file_free(tw_study_file *file) {
    if (file == NULL)
        return;
    clear(file);
    free(file);
}
