#include "report/cli_describe.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

/* Names and texts come out of files that may be anybody's. */
static void print_visible(describer *out, const char *before, const char *text, const char *after) {
    fputs(before, out->context->out);
    tw_print_visible(out->context->out, text);
    fputs(after, out->context->out);
}

static void print_padded(describer *out, const char *before, int width, const char *text) {
    char shown[512];
    fprintf(out->context->out, "%s%-*s", before, width, tw_visible(text, shown, sizeof shown));
}

static void begin_file(describer *out, const char *path, const char *kind) {
    if (out->json == NULL) {
        print_visible(out, "", path, "");
        print_visible(out, ": ", kind, "\n");
        return;
    }
    tw_json_object(out->json, NULL);
    tw_json_text(out->json, "file", path);
    tw_json_text(out->json, "kind", kind);
}

static void end_file(describer *out) {
    if (out->json != NULL)
        tw_json_end(out->json);
}

static void say_text(describer *out, const char *key, const char *value) {
    if (out->json != NULL)
        tw_json_text(out->json, key, value);
    else {
        fprintf(out->context->out, "  %-12s", key);
        print_visible(out, " ", value, "\n");
    }
}

static void say_count(describer *out, const char *key, unsigned long long value) {
    if (out->json != NULL)
        tw_json_count(out->json, key, value);
    else
        fprintf(out->context->out, "  %-12s %llu\n", key, value);
}

static void say_number(describer *out, const char *key, double value) {
    if (out->json != NULL)
        tw_json_number(out->json, key, value);
    else
        fprintf(out->context->out, "  %-12s %.10g\n", key, value);
}

static void say_provenance(describer *out, const tw_provenance *provenance) {
    if (provenance->count == 0)
        return;
    if (out->json != NULL)
        tw_json_object(out->json, "provenance");
    else
        fputs("  made by\n", out->context->out);
    for (size_t i = 0; i < provenance->count; i++)
        if (out->json != NULL)
            tw_json_text(out->json, provenance->keys[i], provenance->texts[i]);
        else {
            print_padded(out, "    ", 10, provenance->keys[i]);
            print_visible(out, " ", provenance->texts[i], "\n");
        }
    if (out->json != NULL)
        tw_json_end(out->json);
}

/* Range of the finite values and the number of the others. */
typedef struct range {
    double minimum, maximum, norm;
    size_t not_finite;
} range;

static range range_of(size_t count, const double *values, const uint8_t *computed) {
    range result = {NAN, NAN, 0, 0};
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

static void say_range(describer *out, const char *name, const range *found) {
    if (out->json == NULL) {
        print_padded(out, "  ", 18, name);
        fprintf(out->context->out, " %.10g ... %.10g", found->minimum, found->maximum);
        if (found->not_finite > 0)
            fprintf(out->context->out, ", %zu not finite", found->not_finite);
        fputc('\n', out->context->out);
        return;
    }
    tw_json_object(out->json, NULL);
    tw_json_text(out->json, "name", name);
    tw_json_number(out->json, "minimum", found->minimum);
    tw_json_number(out->json, "maximum", found->maximum);
    tw_json_count(out->json, "not_finite", found->not_finite);
    tw_json_end(out->json);
}

/* ---- data sets ---- */

static void say_classes(describer *out, const tw_dataset *data) {
    const int32_t *labels = tw_dataset_labels(data);
    size_t samples = tw_dataset_samples(data);
    if (out->json != NULL)
        tw_json_array(out->json, "class_counts");
    for (size_t label = 0; label < tw_dataset_classes(data); label++) {
        const char *name = tw_dataset_class_name(data, label);
        size_t count = 0;
        for (size_t i = 0; i < samples; i++)
            count += labels[i] == (int32_t)label;
        if (out->json == NULL) {
            fprintf(out->context->out, "    %3zu", label);
            print_padded(out, " ", 12, name != NULL ? name : "");
            fprintf(out->context->out, " %zu\n", count);
            continue;
        }
        tw_json_object(out->json, NULL);
        tw_json_count(out->json, "label", label);
        tw_json_text(out->json, "name", name);
        tw_json_count(out->json, "count", count);
        tw_json_end(out->json);
    }
    if (out->json != NULL)
        tw_json_end(out->json);
}

static void say_shape(describer *out, const tw_dataset *data) {
    size_t shape[3];
    tw_dataset_image_shape(data, &shape[0], &shape[1], &shape[2]);
    if (shape[0] == 0)
        return;
    if (out->json == NULL) {
        fprintf(out->context->out, "  %-12s %zu x %zu x %zu (channels, height, width), %s\n",
                "image", shape[0], shape[1], shape[2],
                tw_dataset_channels_last(data) ? "features channel by channel within a pixel"
                                               : "features one plane per channel");
        return;
    }
    tw_json_array(out->json, "image");
    for (int i = 0; i < 3; i++)
        tw_json_count(out->json, NULL, shape[i]);
    tw_json_end(out->json);
    tw_json_text(out->json, "channels", tw_dataset_channels_last(data) ? "last" : "first");
}

static void say_notes(describer *out, const tw_dataset *data) {
    const char *note;
    if (out->json != NULL && tw_dataset_note(data, 0) != NULL)
        tw_json_array(out->json, "notes");
    for (size_t i = 0; (note = tw_dataset_note(data, i)) != NULL; i++)
        if (out->json != NULL)
            tw_json_text(out->json, NULL, note);
        else
            fprintf(out->context->out, "  %-12s %s\n", "note", note);
    if (out->json != NULL && tw_dataset_note(data, 0) != NULL)
        tw_json_end(out->json);
}

static void say_split(describer *out, const char *split, const tw_dataset *data) {
    char hash[32];
    snprintf(hash, sizeof hash, "%016llx", (unsigned long long)tw_dataset_hash(data));
    if (out->json != NULL)
        tw_json_object(out->json, split);
    else
        fprintf(out->context->out, " %s split\n", split);
    say_count(out, "samples", tw_dataset_samples(data));
    say_count(out, "features", tw_dataset_features(data));
    say_count(out, "classes", tw_dataset_classes(data));
    say_shape(out, data);
    if (tw_dataset_label_source(data) != NULL)
        say_text(out, "labels", tw_dataset_label_source(data));
    say_text(out, "hash", hash);
    say_notes(out, data);
    say_classes(out, data);
    if (out->json != NULL)
        tw_json_end(out->json);
}

tw_status describe_dataset(describer *out, const char *path,
                           const tw_study_data_options *selection) {
    tw_study_data_options args = *selection;
    tw_dataset *splits[2] = {NULL, NULL};
    args.source = path;
    tw_status status = tw_study_data_splits(out->context->study, &args, splits);
    if (status == TW_OK) {
        begin_file(out, path, tw_dataset_kind(splits[0] != NULL ? splits[0] : splits[1]));
        for (int split = 0; split < 2; split++)
            if (splits[split] != NULL)
                say_split(out, tw_split_name((size_t)split), splits[split]);
        end_file(out);
    }
    tw_dataset_free(splits[0]);
    tw_dataset_free(splits[1]);
    return status;
}

/* ---- results ---- */

static void say_axis(describer *out, const char *name, size_t count, const double *values) {
    if (out->json == NULL) {
        fprintf(out->context->out, "  %-18s %g ... %g, %zu points\n", name, values[0],
                values[count - 1], count);
        return;
    }
    tw_json_object(out->json, name);
    tw_json_number(out->json, "first", values[0]);
    tw_json_number(out->json, "last", values[count - 1]);
    tw_json_count(out->json, "count", count);
    tw_json_end(out->json);
}

static void say_paths(describer *out, const tw_paths *paths) {
    if (out->json != NULL && paths->count > 0)
        tw_json_array(out->json, "paths");
    for (size_t k = 0; k < paths->count; k++) {
        const tw_path *path = &paths->path[k];
        const char *name = path->name != NULL ? path->name : "";
        if (out->json == NULL) {
            fprintf(out->context->out, "  %-12s", "path");
            print_visible(out, " ", name, "");
            fprintf(out->context->out, ", %zu checkpoint%s\n", path->count,
                    path->count == 1 ? "" : "s");
            continue;
        }
        tw_json_object(out->json, NULL);
        tw_json_text(out->json, "name", name);
        tw_json_count(out->json, "checkpoints", path->count);
        tw_json_end(out->json);
    }
    if (out->json != NULL && paths->count > 0)
        tw_json_end(out->json);
}

tw_status describe_surface(describer *out, const char *path) {
    tw_surface surface = {0};
    tw_provenance provenance = {0};
    tw_paths paths = {0};
    tw_status status = tw_surface_read(path, &surface, &provenance);
    if (status == TW_OK)
        status = tw_paths_read(path, &paths);
    if (status == TW_OK) {
        size_t points = surface.nx * surface.ny, computed = 0, interpolated = 0;
        for (size_t i = 0; i < points; i++) {
            computed += surface.computed[i] == 1;
            interpolated += surface.computed[i] == 2;
        }
        begin_file(out, path, surface.rank == 2 ? "plane" : "slice");
        say_axis(out, "x", surface.nx, surface.x);
        if (surface.rank == 2)
            say_axis(out, "y", surface.ny, surface.y);
        say_count(out, "points", points);
        say_count(out, "computed", computed);
        if (interpolated > 0)
            say_count(out, "interpolated", interpolated);
        if (out->json != NULL)
            tw_json_array(out->json, "metrics");
        for (size_t m = 0; m < surface.metrics; m++) {
            range found = range_of(points, tw_surface_plane(&surface, m), surface.computed);
            say_range(out, surface.names[m], &found);
        }
        if (out->json != NULL)
            tw_json_end(out->json);
        say_paths(out, &paths);
        say_provenance(out, &provenance);
        end_file(out);
    }
    tw_paths_release(&paths);
    tw_provenance_release(&provenance);
    tw_surface_release(&surface);
    return status;
}

tw_status describe_table(describer *out, const char *path) {
    tw_table table = {0};
    tw_provenance provenance = {0};
    tw_status status = tw_table_read(path, &table, &provenance);
    if (status == TW_OK) {
        begin_file(out, path, "table");
        say_text(out, "table", table.kind);
        say_count(out, "rows", table.rows);
        if (out->json != NULL)
            tw_json_array(out->json, "columns");
        for (size_t c = 0; c < table.columns; c++) {
            range found = range_of(table.rows, table.values[c], NULL);
            say_range(out, table.names[c], &found);
        }
        if (out->json != NULL)
            tw_json_end(out->json);
        say_provenance(out, &provenance);
        end_file(out);
    }
    tw_provenance_release(&provenance);
    tw_table_release(&table);
    return status;
}

tw_status describe_array(describer *out, const char *path) {
    tw_array array = {0};
    tw_status status = tw_array_read(path, NULL, &array);
    if (status == TW_OK) {
        range found = range_of(array.count, array.values, NULL);
        begin_file(out, path, "array");
        if (out->json != NULL)
            tw_json_array(out->json, "shape");
        else
            fprintf(out->context->out, "  %-12s", "shape");
        for (int i = 0; i < array.rank; i++)
            if (out->json != NULL)
                tw_json_count(out->json, NULL, array.shape[i]);
            else
                fprintf(out->context->out, "%s%zu", i == 0 ? " " : " x ", array.shape[i]);
        if (out->json != NULL)
            tw_json_end(out->json);
        else
            fputc('\n', out->context->out);
        say_number(out, "minimum", found.minimum);
        say_number(out, "maximum", found.maximum);
        say_number(out, "norm", found.norm);
        say_count(out, "not finite", found.not_finite);
        end_file(out);
    }
    tw_array_release(&array);
    return status;
}

/* ---- parameters and directions ---- */

/* `x`: the parameters, or NULL. */
static void say_block(describer *out, const tw_block *block, const double *x) {
    double length = x != NULL ? tw_direction_length(block->count, x + block->offset) : 0;
    FILE *stream = out->context->out;
    if (out->json == NULL) {
        print_padded(out, "    ", 16, block->name);
        fprintf(stream, " %-7s", tw_role_name(block->role));
        for (int i = 0; i < block->rank; i++)
            fprintf(stream, "%s%zu", i == 0 ? " " : " x ", block->shape[i]);
        if (x != NULL)
            fprintf(stream, "%s norm %.6g", block->rank == 0 ? "" : ",", length);
        fputc('\n', stream);
        return;
    }
    tw_json_object(out->json, NULL);
    tw_json_text(out->json, "name", block->name);
    tw_json_text(out->json, "role", tw_role_name(block->role));
    tw_json_array(out->json, "shape");
    for (int i = 0; i < block->rank; i++)
        tw_json_count(out->json, NULL, block->shape[i]);
    tw_json_end(out->json);
    if (x != NULL)
        tw_json_number(out->json, "norm", length);
    tw_json_end(out->json);
}

static void say_blocks(describer *out, const char *key, const tw_space *space, const double *x) {
    if (out->json != NULL)
        tw_json_array(out->json, key);
    else
        fprintf(out->context->out, "  %-12s %zu\n", key, tw_space_blocks(space));
    for (size_t k = 0; k < tw_space_blocks(space); k++)
        say_block(out, tw_space_block(space, k), x);
    if (out->json != NULL)
        tw_json_end(out->json);
}

tw_status describe_weights(describer *out, const char *path) {
    tw_space *space = NULL;
    double *x = NULL;
    tw_provenance provenance = {0};
    tw_status status = tw_weights_space(path, &space);
    if (status == TW_OK)
        status = doubles_new(tw_space_size(space), &x);
    if (status == TW_OK)
        status = tw_weights_read(path, space, x);
    if (status == TW_OK)
        status = tw_weights_provenance(path, &provenance);
    if (status == TW_OK) {
        begin_file(out, path, "parameters");
        say_count(out, "parameters", tw_space_size(space));
        say_number(out, "norm", tw_direction_length(tw_space_size(space), x));
        say_blocks(out, "blocks", space, x);
        say_provenance(out, &provenance);
        end_file(out);
    }
    tw_provenance_release(&provenance);
    free(x);
    tw_space_free(space);
    return status;
}

static void say_directions(describer *out, const tw_space *space, const tw_plane *read) {
    size_t size = tw_space_size(space);
    say_count(out, "directions", (size_t)read->rank);
    say_count(out, "parameters", size);
    say_number(out, "x_length", tw_direction_length(size, read->x));
    if (read->y != NULL) {
        say_number(out, "y_length", tw_direction_length(size, read->y));
        say_number(out, "angle", read->angle);
    }
    if (read->principal) {
        say_number(out, "x_explains", read->pca.share[0]);
        say_number(out, "y_explains", read->pca.share[1]);
    }
    say_blocks(out, "x_blocks", space, read->x);
    if (read->y != NULL)
        say_blocks(out, "y_blocks", space, read->y);
}

tw_status describe_directions(describer *out, const char *path) {
    tw_space *space = NULL;
    tw_plane read = {0};
    tw_provenance provenance = {0};
    tw_status status = tw_directions_space(path, &space);
    if (status == TW_OK)
        status = tw_directions_read(path, space, &read, &provenance);
    if (status == TW_OK) {
        begin_file(out, path, "directions");
        say_directions(out, space, &read);
        say_provenance(out, &provenance);
        end_file(out);
    }
    tw_provenance_release(&provenance);
    tw_plane_release(&read);
    tw_space_free(space);
    return status;
}

tw_status describe_trajectory(describer *out, const char *path) {
    tw_trajectory *trajectory = NULL;
    tw_status status = tw_trajectory_open(path, &trajectory);
    if (status != TW_OK)
        return status;
    size_t rows = tw_trajectory_rows(trajectory);
    begin_file(out, path, "trajectory");
    say_count(out, "checkpoints", rows);
    say_count(out, "parameters", tw_space_size(tw_trajectory_space(trajectory)));
    say_blocks(out, "blocks", tw_trajectory_space(trajectory), NULL);
    if (out->json != NULL)
        tw_json_array(out->json, "columns");
    for (size_t k = 0; k < tw_trajectory_columns(trajectory); k++) {
        const char *name = tw_trajectory_column_name(trajectory, k);
        range found = range_of(rows, tw_trajectory_column(trajectory, name), NULL);
        say_range(out, name, &found);
    }
    if (out->json != NULL)
        tw_json_end(out->json);
    say_provenance(out, tw_trajectory_provenance(trajectory));
    end_file(out);
    tw_trajectory_close(trajectory);
    return TW_OK;
}
