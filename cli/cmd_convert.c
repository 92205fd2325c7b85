#include <stdlib.h>
#include <string.h>

#include "cli_command.h"
#include "cli_data.h"
#include "cli_files.h"

/* The kinds of things in files, and where each can go. */
typedef struct form {
    const char *noun;
    const char *const *endings;
    tw_status (*convert)(const cli_context *context, const char *from, const char *to);
} form;

/* Only .h5 files have room for the paths in a surface. */
static tw_status write_paths(const cli_context *context, const char *from, const char *to,
                             const tw_paths *paths) {
    if (paths->count > 0 && cli_has_ending(to, ".h5"))
        return tw_paths_write(to, paths);
    if (paths->count > 0)
        cli_talk(context, "note: '%s' has no room for the paths in '%s'\n", to, from);
    return TW_OK;
}

static tw_status convert_surface(const cli_context *context, const char *from, const char *to) {
    tw_surface surface = {0};
    tw_provenance provenance = {0};
    tw_paths paths = {0};
    tw_status status = tw_surface_read(from, &surface, &provenance);
    if (status == TW_OK)
        status = tw_paths_read(from, &paths);
    if (status == TW_OK)
        status = tw_surface_write(to, &surface, &provenance);
    if (status == TW_OK)
        status = write_paths(context, from, to, &paths);
    tw_paths_release(&paths);
    tw_provenance_release(&provenance);
    tw_surface_release(&surface);
    return status;
}

static tw_status convert_table(const cli_context *context, const char *from, const char *to) {
    tw_table table = {0};
    tw_provenance provenance = {0};
    tw_status status = tw_table_read(from, &table, &provenance);
    if (status == TW_OK)
        status = strcmp(table.kind, TW_PROJECTION_KIND) == 0
                     ? tw_projection_write(to, &table, &provenance)
                     : tw_table_write(to, &table, &provenance);
    tw_provenance_release(&provenance);
    tw_table_release(&table);
    return status;
}

static tw_status convert_directions(const cli_context *context, const char *from, const char *to) {
    tw_space *space = NULL;
    tw_directions directions = {0};
    tw_provenance provenance = {0};
    tw_status status = tw_directions_space(from, &space);
    if (status == TW_OK)
        status = tw_directions_read(from, space, &directions, &provenance);
    if (status == TW_OK)
        status = tw_directions_write(to, space, &directions, &provenance);
    tw_directions_release(&directions);
    tw_provenance_release(&provenance);
    tw_space_free(space);
    return status;
}

/* A .npy file has one array and nothing else. */
static tw_status check_loss(const cli_context *context, const char *from, const char *to,
                            const tw_space *space, const tw_provenance *provenance) {
    size_t blocks = tw_space_blocks(space);
    if (!cli_has_ending(to, ".npy"))
        return TW_OK;
    if (blocks > 1)
        return tw_fail(TW_ERR_ARGUMENT,
                       "'%s': the names and shapes of %zu blocks would be lost in .npy; write .npz "
                       "or .h5",
                       from, blocks);
    if (provenance->count > 0)
        cli_talk(context, "note: '%s' has no room for what made '%s'\n", to, from);
    return TW_OK;
}

static tw_status convert_weights(const cli_context *context, const char *from, const char *to) {
    tw_space *space = NULL;
    double *x = NULL;
    tw_provenance provenance = {0};
    tw_status status = tw_weights_space(from, &space);
    if (status == TW_OK)
        status = tw_weights_provenance(from, &provenance);
    if (status == TW_OK)
        status = check_loss(context, from, to, space, &provenance);
    if (status == TW_OK)
        status = doubles_new(tw_space_size(space), &x);
    if (status == TW_OK)
        status = tw_weights_read(from, space, x);
    if (status == TW_OK)
        status = tw_weights_write(to, space, x, &provenance);
    free(x);
    tw_provenance_release(&provenance);
    tw_space_free(space);
    return status;
}

static const char *const surface_endings[] = {".h5", ".npz", ".csv", ".vtk", NULL};
static const char *const direction_endings[] = {".h5", ".npz", NULL};
static const char *const weight_endings[] = {".h5", ".npz", ".npy", NULL};

static const form surfaces = {"surface", surface_endings, convert_surface},
                  tables = {"table", cli_table_endings, convert_table},
                  directions = {"directions", direction_endings, convert_directions},
                  weights = {"parameters", weight_endings, convert_weights};

static const form *form_of(tw_result_kind kind) {
    switch (kind) {
    case TW_RESULT_SURFACE:
        return &surfaces;
    case TW_RESULT_TABLE:
        return &tables;
    case TW_RESULT_DIRECTIONS:
        return &directions;
    case TW_RESULT_ARRAY:
    case TW_RESULT_WEIGHTS:
        return &weights;
    case TW_RESULT_TRAJECTORY:
    case TW_RESULT_UNKNOWN:
        break;
    }
    return NULL;
}

static void print_json(const cli_context *context, const form *what, char *const *paths) {
    tw_json writer = {.out = context->out};
    tw_json_object(&writer, NULL);
    tw_json_text(&writer, "from", paths[0]);
    tw_json_text(&writer, "to", paths[1]);
    tw_json_text(&writer, "kind", what->noun);
    tw_json_end(&writer);
}

static tw_status run(cli_context *context, void *data, const option_words *words) {
    const char *from = words->items[0], *to = words->items[1];
    tw_result_kind kind = TW_RESULT_UNKNOWN;
    tw_status status = tw_result_kind_of(from, &kind);
    if (status != TW_OK)
        return status;
    const form *what = form_of(kind);
    if (what == NULL)
        return tw_fail(TW_ERR_FORMAT,
                       "'%s' is no result file: neither a surface, a table, directions nor "
                       "parameters",
                       from);
    status = files_ending(what->noun, to, what->endings);
    if (status == TW_OK)
        status = what->convert(context, from, to);
    if (status == TW_OK && context->common.json)
        print_json(context, what, words->items);
    return status;
}

static const char *const examples[] = {
    "thalweg convert plane.h5 plane.vtk",
    "a plane for ParaView",
    "thalweg convert plane.h5 plane.csv",
    "the same as a long table",
    "thalweg convert w.npz w.h5",
    "parameters, block by block",
    NULL,
};

const cli_command command_convert = {
    .name = "convert",
    .words = "FROM TO",
    .least_words = 2,
    .most_words = 2,
    .last_word = FILE_WRITTEN,
    .summary = "a result file in another format, by the endings",
    .description =
        "Surfaces go between .h5, .npz and .csv, and to .vtk; tables and projections between .csv "
        "and .h5; directions between .h5 and .npz; parameters between .h5, .npz and .npy. What a "
        "file is, is told from its content, those of tomgoldstein/loss-landscape included. "
        "Nothing is lost without a word: what the other format cannot hold is refused.",
    .examples = examples,
    .run = run,
};
