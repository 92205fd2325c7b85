#include <stdlib.h>
#include <string.h>

#include "cli_data.h"
#include "command/cli_command.h"
#include "option/cli_files.h"
#include "report/cli_figure.h"

typedef struct convert_args {
    const char *metric; /* the height of what goes to VTK; NULL: the loss */
    int log;
} convert_args;

/* The kinds of things in files, and where each can go. */
typedef struct form {
    const char *noun;
    const char *const *endings;
    tw_status (*convert)(const cli_context *context, const convert_args *args, const char *from,
                         const char *to);
} form;

static int is_for_vtk(const char *path) {
    return cli_has_ending(path, ".vtk") || cli_has_ending(path, ".vts");
}

/* Only .h5 files have room for the paths in a surface. */
static tw_status write_paths(const cli_context *context, const char *from, const char *to,
                             const tw_paths *paths) {
    if (paths->count > 0 && cli_has_ending(to, ".h5"))
        return tw_paths_write(to, paths);
    if (paths->count > 0 && is_for_vtk(to))
        cli_talk(context, "note: the paths in '%s' go to a file of their own: to a name in .vtp\n",
                 from);
    else if (paths->count > 0)
        cli_talk(context, "note: '%s' has no room for the paths in '%s'\n", to, from);
    return TW_OK;
}

/* Of an interrupted survey VTK gets what there is of it as a picture. */
static tw_status say_coarse(const cli_context *context, const char *from, const char *to,
                            const tw_surface *surface) {
    tw_surface coarse = {0};
    tw_status status = is_for_vtk(to) ? tw_surface_coarse(surface, &coarse) : TW_OK;
    if (status == TW_OK && coarse.nx > 0)
        cli_talk(
            context,
            "note: '%s' is not complete; '%s' has the finest grid that is, %zu of %zu points\n",
            from, to, coarse.nx * coarse.ny, surface->nx * surface->ny);
    tw_surface_release(&coarse);
    return status;
}

static tw_status write_surface(const cli_context *context, const convert_args *args,
                               const char *from, const char *to, const tw_surface *surface,
                               const tw_paths *paths, const tw_provenance *provenance) {
    const tw_vtk_options options = {.metric = args->metric, .log = args->log};
    if (args->metric != NULL && tw_surface_metric(surface, args->metric) < 0)
        return figure_unknown_metric(args->metric, surface);
    if (cli_has_ending(to, ".vtp") && paths->count == 0)
        return tw_fail(TW_ERR_ARGUMENT,
                       "'%s' has no paths for .vtp; write the surface to .vts or .vtk", from);
    if (cli_has_ending(to, ".vtp"))
        return tw_paths_write_vtp(to, paths, surface, &options, provenance);
    if (!is_for_vtk(to))
        return tw_surface_write(to, surface, provenance);
    tw_status status = tw_surface_write_vtk(to, surface, &options, provenance);
    return status == TW_OK ? say_coarse(context, from, to, surface) : status;
}

static tw_status convert_surface(const cli_context *context, const convert_args *args,
                                 const char *from, const char *to) {
    tw_surface surface = {0};
    tw_provenance provenance = {0};
    tw_paths paths = {0};
    tw_status status = tw_surface_read(from, &surface, &provenance);
    if (status == TW_OK)
        status = tw_paths_read(from, &paths);
    if (status == TW_OK)
        status = write_surface(context, args, from, to, &surface, &paths, &provenance);
    if (status == TW_OK && !cli_has_ending(to, ".vtp"))
        status = write_paths(context, from, to, &paths);
    tw_paths_release(&paths);
    tw_provenance_release(&provenance);
    tw_surface_release(&surface);
    return status;
}

/* The path alone, at height 0. */
static tw_status write_vtp(const char *to, const tw_table *table, const tw_provenance *provenance) {
    tw_path path;
    tw_status status = tw_projection_path(table, NULL, &path);
    const tw_paths paths = {.count = 1, .path = &path};
    if (status == TW_OK)
        status = tw_paths_write_vtp(to, &paths, NULL, NULL, provenance);
    tw_path_release(&path);
    return status;
}

static tw_status write_table(const char *from, const char *to, const tw_table *table,
                             const tw_provenance *provenance) {
    int projection = strcmp(table->kind, TW_PROJECTION_KIND) == 0;
    if (cli_has_ending(to, ".vtp"))
        return projection ? write_vtp(to, table, provenance)
                          : tw_fail(TW_ERR_ARGUMENT,
                                    "'%s' is a table of kind '%s'; projections go to .vtp", from,
                                    table->kind);
    return projection ? tw_projection_write(to, table, provenance)
                      : tw_table_write(to, table, provenance);
}

static tw_status convert_table(const cli_context *context, const convert_args *args,
                               const char *from, const char *to) {
    tw_table table = {0};
    tw_provenance provenance = {0};
    tw_status status = tw_table_read(from, &table, &provenance);
    if (status == TW_OK)
        status = write_table(from, to, &table, &provenance);
    tw_provenance_release(&provenance);
    tw_table_release(&table);
    return status;
}

static tw_status convert_directions(const cli_context *context, const convert_args *args,
                                    const char *from, const char *to) {
    tw_space *space = NULL;
    tw_plane plane = {0};
    tw_provenance provenance = {0};
    tw_status status = tw_directions_space(from, &space);
    if (status == TW_OK)
        status = tw_directions_read(from, space, &plane, &provenance);
    if (status == TW_OK)
        status = tw_directions_write(to, space, &plane, &provenance);
    tw_plane_release(&plane);
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

static tw_status convert_weights(const cli_context *context, const convert_args *args,
                                 const char *from, const char *to) {
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

static const char *const surface_endings[] = {".h5", ".npz", ".csv", ".vts", ".vtk", ".vtp", NULL};
static const char *const table_endings[] = {".csv", ".h5", ".vtp", NULL};
static const char *const result_endings[] = {".h5",  ".npz", ".csv", ".npy",
                                             ".vts", ".vtk", ".vtp", NULL};
static const char *const direction_endings[] = {".h5", ".npz", NULL};
static const char *const weight_endings[] = {".h5", ".npz", ".npy", NULL};

static const form surfaces = {"surface", surface_endings, convert_surface},
                  tables = {"table", table_endings, convert_table},
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
    const convert_args *args = data;
    const char *from = words->items[0], *to = words->items[1];
    tw_result_kind kind = TW_RESULT_UNKNOWN;
    tw_status status = tw_result_kind_of(from, &kind);
    if (status != TW_OK)
        return status;
    const form *what = form_of(kind);
    if (what == NULL)
        return tw_fail(TW_ERR_FORMAT,
                       "'%s' is not a result file: neither a surface, a table, directions nor "
                       "parameters",
                       from);
    status = files_ending(what->noun, to, what->endings);
    if (status == TW_OK && (args->metric != NULL || args->log) &&
        (kind != TW_RESULT_SURFACE || !(is_for_vtk(to) || cli_has_ending(to, ".vtp"))))
        status = tw_fail(TW_ERR_ARGUMENT,
                         "--%s: only what goes from a surface to .vts, .vtk or .vtp has a height",
                         args->metric != NULL ? "metric" : "log");
    if (status == TW_OK)
        status = what->convert(context, args, from, to);
    if (status == TW_OK && context->common.json)
        print_json(context, what, words->items);
    return status;
}

static const option_spec options[] = {
    {"metric", 0, OPTION_TEXT, "NAME", offsetof(convert_args, metric),
     .help = "which metric of a surface is the height in .vts, .vtk and .vtp; 'thalweg info' lists "
             "them",
     .shown = "the loss"},
    {"log", 0, OPTION_FLAG, NULL, offsetof(convert_args, log),
     .help = "its decimal logarithm as the height"},
    {NULL},
};

static const option_group groups[] = {{"Convert", options, 0}, {NULL}};

static const char *const examples[] = {
    "thalweg convert plane.h5 plane.vts --log",
    "a plane for ParaView, as high as the logarithm of its loss",
    "thalweg convert plane.h5 paths.vtp --log",
    "the paths over it",
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
    .word_endings = result_endings,
    .last_word = FILE_WRITTEN,
    .summary = "a result file in another format, by the endings",
    .description =
        "Surfaces go between .h5, .npz and .csv, and to .vts and .vtk for ParaView, the paths in "
        "them and projections to .vtp; tables and projections between .csv "
        "and .h5; directions between .h5 and .npz; parameters between .h5, .npz and .npy. What a "
        "file is, is told from its content, those of tomgoldstein/loss-landscape included. "
        "Nothing is lost without a word: what the other format cannot hold is refused.",
    .examples = examples,
    .groups = groups,
    .args_size = sizeof(convert_args),
    .run = run,
};
