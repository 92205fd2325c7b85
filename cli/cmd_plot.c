#include "cli_command.h"
#include "cli_figure.h"

typedef struct plot_args {
    figure_args figure;
    const char *output;
} plot_args;

static tw_status plot_surface(const plot_args *args, const char *path) {
    tw_surface surface = {0};
    tw_provenance provenance = {0};
    tw_paths paths = {0};
    tw_status status = tw_surface_read(path, &surface, &provenance);
    if (status == TW_OK)
        status = tw_paths_read(path, &paths);
    if (status == TW_OK)
        status = figure_surface_paths(args->output, &args->figure, &surface, &paths, &provenance);
    tw_paths_release(&paths);
    tw_provenance_release(&provenance);
    tw_surface_release(&surface);
    return status;
}

static tw_status plot_table(const plot_args *args, const char *path) {
    tw_table table = {0};
    tw_provenance provenance = {0};
    tw_status status = tw_table_read(path, &table, &provenance);
    if (status == TW_OK)
        status = figure_table(args->output, &args->figure, &table, &provenance);
    tw_provenance_release(&provenance);
    tw_table_release(&table);
    return status;
}

static tw_status run(cli_context *context, void *data, const option_words *words) {
    const plot_args *args = data;
    const char *path = words->items[0];
    tw_result_kind kind = TW_RESULT_UNKNOWN;
    if (args->output == NULL)
        return tw_fail(TW_ERR_ARGUMENT, "where to? give -o FILE.png, .svg or .pdf");
    tw_status status = tw_result_kind_of(path, &kind);
    if (status != TW_OK)
        return status;
    switch (kind) {
    case TW_RESULT_SURFACE:
        return plot_surface(args, path);
    case TW_RESULT_TABLE:
        return plot_table(args, path);
    case TW_RESULT_ARRAY:
    case TW_RESULT_WEIGHTS:
    case TW_RESULT_DIRECTIONS:
    case TW_RESULT_TRAJECTORY:
        return tw_fail(TW_ERR_UNSUPPORTED, "'%s' holds %s; slices, planes and tables are drawn",
                       path, kind == TW_RESULT_DIRECTIONS ? "directions" : "parameters");
    case TW_RESULT_UNKNOWN:
        break;
    }
    return tw_fail(TW_ERR_FORMAT, "'%s' is no result file: neither a surface nor a table", path);
}

static const char *const result_endings[] = {".h5", ".npz", ".csv", NULL};

static const option_spec options[] = {
    {"output", 'o', OPTION_FILE, "FILE", offsetof(plot_args, output), .use = FILE_WRITTEN,
     .endings = cli_picture_endings, .help = "the picture: .png, .svg or .pdf", .usual = 1},
    {NULL},
};

static const option_group groups[] = {
    {"Plot", options, 0},
    {NULL, figure_options, offsetof(plot_args, figure)},
    {NULL},
};

static const char *const examples[] = {
    "thalweg plot plane.h5 --view 3d -o plane.png",
    "the loss over a plane as a surface in space",
    "thalweg plot plane.h5 --metric train_acc --view heat --colormap magma -o acc.svg",
    "its accuracy as a heat map",
    "thalweg plot descent.csv -o descent.pdf",
    "the log of 'thalweg train'",
    NULL,
};

const cli_command command_plot = {
    .name = "plot",
    .words = "FILE",
    .least_words = 1,
    .most_words = 1,
    .word_endings = result_endings,
    .summary = "draw a result file: PNG, SVG or PDF by the ending of -o",
    .description = "Draws slices and planes (.h5, .npz, .csv, those of tomgoldstein/loss-landscape "
                   "as well) and "
                   "tables of 'thalweg steps' and 'thalweg train' (.csv, .h5).",
    .examples = examples,
    .groups = groups,
    .args_size = sizeof(plot_args),
    .run = run,
};
