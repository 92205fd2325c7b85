#include <math.h>

#include "command/cli_command.h"
#include "option/cli_data.h"
#include "option/cli_hint.h"
#include "option/cli_picture.h"
#include "report/cli_describe.h"

typedef struct info_args {
    tw_study_data_options data;
    const char *sheet;
    size_t columns;
    int is_topology;
    tw_study_topology_options topology;
    tw_study_picture_options picture;
    const char *plot, *barcode;
} info_args;

static tw_status draw_sheet(const cli_context *context, const info_args *args, const char *source) {
    tw_dataset *data = NULL;
    tw_study_data_options selection = args->data;
    selection.source = source;
    tw_status status = tw_study_data_open(context->study, &selection, &data);
    if (status == TW_OK)
        status = tw_study_picture_sheet(args->sheet, &args->picture, data, args->columns);
    tw_dataset_free(data);
    return status;
}

/* Beside a picture of the surface the barcode takes what both can use; alone it refuses the rest.
 */
static tw_study_picture_options of_barcode(tw_study_picture_options options, int beside) {
    const tw_study_picture_options usual = tw_study_picture_defaults();
    if (!beside)
        return options;
    options.levels = usual.levels;
    options.azimuth = usual.azimuth;
    options.elevation = usual.elevation;
    options.show_points = usual.show_points;
    options.colormap = usual.colormap;
    options.limits = usual.limits;
    options.aspect = usual.aspect;
    options.x_label = usual.x_label;
    options.y_label = usual.y_label;
    return options;
}

/* The pictures of a shape. */
static tw_status draw_topology(const info_args *args, const tw_study_file *file,
                               const tw_study_topology *found) {
    tw_study_picture_options options = args->picture;
    tw_status status = TW_OK;
    options.topology = &found->shape;
    options.pass = found->has_pass ? &found->pass : NULL;
    if (args->plot != NULL)
        status = tw_study_picture_surface(args->plot, &options, &file->surface, &file->paths,
                                          &file->provenance);
    options = of_barcode(options, args->plot != NULL);
    if (status == TW_OK && args->barcode != NULL)
        status =
            tw_study_picture_barcode(args->barcode, &options, &file->surface, &file->provenance);
    return status;
}

static tw_status find_topology(const info_args *args, const char *path, const tw_study_file *file,
                               tw_study_topology *found) {
    tw_study_topology_options options = args->topology;
    options.metric = args->picture.metric;
    if (file->kind != TW_STUDY_SURFACE)
        return tw_fail(TW_ERR_ARGUMENT, "--topology: '%s' holds no slice or plane", path);
    tw_status status =
        tw_study_topology_find(&options, &file->surface, &file->paths, &file->provenance, found);
    return status == TW_OK ? draw_topology(args, file, found) : status;
}

static tw_status describe_file(describer *out, const char *path, const info_args *args) {
    tw_study_file *file = NULL;
    tw_study_topology found = {0};
    tw_status status = tw_study_file_open(out->context->study, path, &args->data, &file);
    if (status == TW_OK && args->is_topology)
        status = find_topology(args, path, file, &found);
    out->topology = args->is_topology ? &found : NULL;
    if (status == TW_OK)
        describe(out, path, file);
    out->topology = NULL;
    tw_study_topology_release(&found);
    tw_study_file_free(file);
    return status;
}

static tw_status check(const info_args *args, const option_words *words) {
    const char *of_topology = args->topology.between != NULL       ? "--between"
                              : args->topology.persistence != NULL ? "--persistence"
                              : !isnan(args->topology.errors)      ? "--errors"
                              : args->plot != NULL                 ? "--plot"
                              : args->barcode != NULL              ? "--barcode"
                              : args->picture.metric != NULL       ? "--metric"
                                                                   : NULL;
    if (args->sheet != NULL && words->count != 1)
        return tw_fail(TW_ERR_ARGUMENT, "--sheet: give one data set");
    if (of_topology != NULL && !args->is_topology)
        return tw_fail(TW_ERR_ARGUMENT, "%s goes with --topology", of_topology);
    if ((args->plot != NULL || args->barcode != NULL) && words->count != 1)
        return tw_fail(TW_ERR_ARGUMENT, "%s: give one surface",
                       args->plot ? "--plot" : "--barcode");
    if (args->plot != NULL && args->picture.view == TW_VIEW_3D)
        return tw_fail(TW_ERR_ARGUMENT,
                       "--plot: the 3-D view shows no minima; give --view contour, filled or heat");
    return TW_OK;
}

static tw_status run(cli_context *context, void *data, const option_words *words) {
    const info_args *args = data;
    tw_json writer = {.out = context->out};
    describer out = {.context = context, .json = context->common.json ? &writer : NULL};
    tw_status status = check(args, words);
    if (status == TW_OK && args->sheet != NULL)
        status = draw_sheet(context, args, words->items[0]);
    if (status == TW_OK && out.json != NULL) {
        tw_json_object(&writer, NULL);
        tw_json_array(&writer, "files");
    }
    for (size_t i = 0; i < words->count && status == TW_OK; i++)
        status = hint_file(describe_file(&out, words->items[i], args), words->items[i]);
    if (status == TW_OK && out.json != NULL) {
        tw_json_end(&writer);
        tw_json_end(&writer);
    }
    return status;
}

static const option_spec options[] = {
    {"sheet", 0, OPTION_FILE, "FILE", offsetof(info_args, sheet), .use = FILE_WRITTEN,
     .endings = cli_picture_endings,
     .help = "draw a contact sheet of a data set, one class per row: .png, .svg or .pdf"},
    {"columns", 0, OPTION_SIZE, "N", offsetof(info_args, columns), RANGE_POSITIVE, .fallback = "10",
     .help = "pictures in a row of the sheet"},
    {NULL},
};

static const option_spec topology_switches[] = {
    {"topology", 0, OPTION_FLAG, NULL, offsetof(info_args, is_topology), .usual = 1,
     .help = "minima of a slice or plane, the saddles between them, how deep each is and whether "
             "that is more than its standard errors"},
    {"plot", 'p', OPTION_FILE, "FILE", offsetof(info_args, plot), .use = FILE_WRITTEN,
     .endings = cli_picture_endings, .usual = 1,
     .help = "draw them over the surface: .png, .svg or .pdf"},
    {"barcode", 0, OPTION_FILE, "FILE", offsetof(info_args, barcode), .use = FILE_WRITTEN,
     .endings = cli_picture_endings, .usual = 1,
     .help = "draw a bar for every minimum, from its value to that of its saddle"},
    {NULL},
};

static const option_spec topology_options[] = {
    {"between", 0, OPTION_TEXT, "A:B", offsetof(tw_study_topology_options, between), .usual = 1,
     .help = "the lowest way between two points: x1,y1:x2,y2, m1:m2 (minima), or A:B (points in "
             "the file)"},
    {"persistence", 0, OPTION_TEXT, "T", offsetof(tw_study_topology_options, persistence),
     .help = "leave out minima that are less deep: 0.1, or 1% of what the metric spans"},
    {"errors", 0, OPTION_NUMBER, "K", offsetof(tw_study_topology_options, errors), RANGE_POSITIVE,
     .shown = "2",
     .help = "standard errors of the difference that a minimum must be deep, not to "
             "be called noise"},
    {NULL},
};

static const option_group groups[] = {
    {"Info", options, 0},
    {"Shape of a surface", topology_switches, 0},
    {NULL, topology_options, offsetof(info_args, topology),
     .bytes = sizeof(tw_study_topology_options)},
    {PICTURE_GROUP("Its pictures", info_args, picture), .rare = 1},
    {"Data sets", data_selection_options, offsetof(info_args, data),
     .bytes = sizeof(tw_study_data_options)},
    {NULL},
};

static const char *const examples[] = {
    "thalweg info cifar-10-batches-py --sheet cifar-10.png",
    "sizes, classes and hash of a data set, and a picture of it",
    "thalweg info plane.h5 w.npy descent.csv",
    "what is in result files, and what made them",
    "thalweg info plane.h5 --topology --between m1:m2 --plot shape.png --barcode bars.png",
    "its minima and saddles, and the lowest way between the two deepest",
    NULL,
};

const cli_command command_info = {
    .name = "info",
    .words = "FILE...",
    .least_words = 1,
    .most_words = SIZE_MAX,
    .summary = "what is in a data set, a surface, directions, parameters or a table",
    .description = "Tells the kind of each file or directory from its content and sums it up. "
                   "'synthetic[:N]' is the built-in data set.",
    .examples = examples,
    .groups = groups,
    .args_size = sizeof(info_args),
    .run = run,
};
