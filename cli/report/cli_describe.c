#include "report/cli_describe.h"

#include "report/cli_spectrum_report.h"
#include "report/cli_topology_report.h"

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

/* JSON alone has brackets. */
static void begin_list(describer *out, const char *key) {
    if (out->json != NULL)
        tw_json_array(out->json, key);
}

static void end(describer *out) {
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
    end(out);
}

static void say_range(describer *out, const tw_study_range *found) {
    if (out->json == NULL) {
        print_padded(out, "  ", 18, found->name);
        fprintf(out->context->out, " %.10g ... %.10g", found->minimum, found->maximum);
        if (found->not_finite > 0)
            fprintf(out->context->out, ", %zu not finite", found->not_finite);
        fputc('\n', out->context->out);
        return;
    }
    tw_json_object(out->json, NULL);
    tw_json_text(out->json, "name", found->name);
    tw_json_number(out->json, "minimum", found->minimum);
    tw_json_number(out->json, "maximum", found->maximum);
    tw_json_count(out->json, "not_finite", found->not_finite);
    tw_json_end(out->json);
}

static void say_ranges(describer *out, const char *key, const tw_study_file *file) {
    begin_list(out, key);
    for (size_t k = 0; k < file->range_count; k++)
        say_range(out, &file->ranges[k]);
    end(out);
}

/* ---- data sets ---- */

static void say_classes(describer *out, const tw_dataset *data) {
    begin_list(out, "class_counts");
    for (size_t label = 0; label < tw_dataset_classes(data); label++) {
        const char *name = tw_dataset_class_name(data, label);
        size_t count = tw_dataset_class_samples(data, label);
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
    end(out);
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
    end(out);
}

static void say_dataset(describer *out, const tw_study_file *file) {
    for (int split = 0; split < 2; split++)
        if (file->splits[split] != NULL)
            say_split(out, tw_split_name((size_t)split), file->splits[split]);
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

static void say_surface(describer *out, const tw_study_file *file) {
    const tw_surface *surface = &file->surface;
    say_axis(out, "x", surface->nx, surface->x);
    if (surface->rank == 2)
        say_axis(out, "y", surface->ny, surface->y);
    say_count(out, "points", surface->nx * surface->ny);
    say_count(out, "computed", file->computed);
    if (file->interpolated > 0)
        say_count(out, "interpolated", file->interpolated);
    say_ranges(out, "metrics", file);
    say_paths(out, &file->paths);
    if (out->topology != NULL)
        topology_report(out->context, out->json, out->topology);
}

static void say_table(describer *out, const tw_study_file *file) {
    say_text(out, "table", file->table.kind);
    say_count(out, "rows", file->table.rows);
    say_ranges(out, "columns", file);
}

static void say_array(describer *out, const tw_study_file *file) {
    const tw_array *array = &file->array;
    const tw_study_range *found = &file->ranges[0];
    if (out->json != NULL)
        tw_json_array(out->json, "shape");
    else
        fprintf(out->context->out, "  %-12s", "shape");
    for (int i = 0; i < array->rank; i++)
        if (out->json != NULL)
            tw_json_count(out->json, NULL, array->shape[i]);
        else
            fprintf(out->context->out, "%s%zu", i == 0 ? " " : " x ", array->shape[i]);
    if (out->json != NULL)
        tw_json_end(out->json);
    else
        fputc('\n', out->context->out);
    say_number(out, "minimum", found->minimum);
    say_number(out, "maximum", found->maximum);
    say_number(out, "norm", found->norm);
    say_count(out, "not finite", found->not_finite);
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
    end(out);
}

static void say_weights(describer *out, const tw_study_file *file) {
    size_t size = tw_space_size(file->space);
    say_count(out, "parameters", size);
    say_number(out, "norm", tw_direction_length(size, file->x));
    say_blocks(out, "blocks", file->space, file->x);
}

static void say_directions(describer *out, const tw_study_file *file) {
    const tw_space *space = file->space;
    const tw_plane *read = &file->plane;
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

static void say_trajectory(describer *out, const tw_study_file *file) {
    const tw_space *space = tw_trajectory_space(file->trajectory);
    say_count(out, "checkpoints", tw_trajectory_rows(file->trajectory));
    say_count(out, "parameters", tw_space_size(space));
    say_blocks(out, "blocks", space, NULL);
    say_ranges(out, "columns", file);
}

static void say_spectrum(describer *out, const tw_study_file *file) {
    if (out->json != NULL)
        spectrum_report_json(out->json, &file->report);
    else
        spectrum_report_text(out->context->out, "  ", &file->report);
}

static void say_unfinished(describer *out, const tw_study_file *file) {
    if (file->parameters == 0) /* of a spectrum its own command alone knows more */
        return;
    say_count(out, "iterations done", file->iterations);
    say_count(out, "parameters", file->parameters);
}

/* ---- networks ---- */

static void say_input(describer *out, const tw_network_facts *facts) {
    char text[320], *at = text;                        /* eight sizes of 19 digits */
    at += snprintf(text, 64, "%.60s, ", facts->input); /* no longer than it may be */
    if (facts->input_rank < 0)
        at += sprintf(at, "of any shape");
    for (int axis = 0; axis < facts->input_rank; axis++)
        at += facts->input_sizes[axis] < 0 ? sprintf(at, "%sany", axis > 0 ? " x " : "")
                                           : sprintf(at, "%s%lld", axis > 0 ? " x " : "",
                                                     (long long)facts->input_sizes[axis]);
    if (facts->input_rank == 1 && facts->input_sizes[0] >= 0)
        sprintf(at, " numbers, without an axis for samples");
    say_text(out, "input", text);
}

/* Whatever keeps it from being evaluated. */
static void say_unsupported(describer *out, const tw_network *network) {
    const char *name, *node;
    begin_list(out, "unsupported");
    for (size_t k = 0; (name = tw_network_unsupported(network, k, &node)) != NULL; k++)
        if (out->json != NULL) {
            tw_json_object(out->json, NULL);
            tw_json_text(out->json, "operator", name);
            tw_json_text(out->json, "node", node);
            tw_json_end(out->json);
        } else {
            fprintf(out->context->out, "  %-12s", "unsupported");
            print_visible(out, " ", name, " (node '");
            print_visible(out, "", node, "'): it can be looked at, not evaluated\n");
        }
    end(out);
}

static void say_operators(describer *out, const tw_network *network) {
    size_t count;
    const char *name;
    if (out->json != NULL)
        tw_json_object(out->json, "operators");
    else
        fprintf(out->context->out, "  %-12s", "operators");
    for (size_t k = 0; (name = tw_network_operator(network, k, &count)) != NULL; k++)
        if (out->json != NULL)
            tw_json_count(out->json, name, count);
        else {
            print_visible(out, k > 0 ? ", " : " ", name, "");
            fprintf(out->context->out, " %zu", count);
        }
    if (out->json != NULL)
        tw_json_end(out->json);
    else
        fputc('\n', out->context->out);
}

static void say_assumptions(describer *out, const tw_network *network) {
    const char *note;
    begin_list(out, "notes");
    for (size_t k = 0; (note = tw_network_note(network, k)) != NULL; k++)
        if (out->json != NULL)
            tw_json_text(out->json, NULL, note);
        else {
            fprintf(out->context->out, "  %-12s", "note");
            print_visible(out, " ", note, "\n");
        }
    end(out);
}

static void say_network(describer *out, const tw_study_file *file) {
    tw_network_facts facts;
    tw_network_facts_of(file->network, &facts);
    if (facts.producer != NULL)
        say_text(out, "producer", facts.producer);
    if (facts.opset > 0) {
        say_count(out, "ir", (unsigned long long)facts.ir);
        say_count(out, "opset", (unsigned long long)facts.opset);
    }
    say_input(out, &facts);
    say_text(out, "output", facts.output);
    if (file->outputs > 0)
        say_count(out, "outputs", file->outputs);
    say_count(out, "parameters", facts.parameters);
    if (facts.buffers > 0)
        say_count(out, "buffers", facts.buffers);
    if (file->work > 0)
        say_number(out, "multiply-adds", file->work);
    say_operators(out, file->network);
    say_unsupported(out, file->network);
    say_assumptions(out, file->network);
    say_blocks(out, "blocks", tw_network_space(file->network), tw_network_start(file->network));
}

/* ---- all of them ---- */

void describe(describer *out, const char *path, const tw_study_file *file) {
    static void (*const say[])(describer * out, const tw_study_file *file) = {
        [TW_STUDY_DATASET] = say_dataset,       [TW_STUDY_SURFACE] = say_surface,
        [TW_STUDY_TABLE] = say_table,           [TW_STUDY_ARRAY] = say_array,
        [TW_STUDY_WEIGHTS] = say_weights,       [TW_STUDY_DIRECTIONS] = say_directions,
        [TW_STUDY_TRAJECTORY] = say_trajectory, [TW_STUDY_UNFINISHED] = say_unfinished,
        [TW_STUDY_NETWORK] = say_network,       [TW_STUDY_SPECTRUM] = say_spectrum,
    };
    if (out->json == NULL) {
        print_visible(out, "", path, "");
        print_visible(out, ": ", file->noun, "\n");
    } else {
        tw_json_object(out->json, NULL);
        tw_json_text(out->json, "file", path);
        tw_json_text(out->json, "kind", file->noun);
    }
    say[file->kind](out, file);
    say_provenance(out, file->trajectory != NULL ? tw_trajectory_provenance(file->trajectory)
                                                 : &file->provenance);
    end(out);
}
