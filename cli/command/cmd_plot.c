#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "command/cli_command.h"
#include "option/cli_files.h"
#include "report/cli_chart.h"
#include "report/cli_figure.h"
#include "report/cli_plot_files.h"

typedef struct plot_args {
    figure_args figure;
    const char *output;
} plot_args;

/* ---- which picture ---- */

static tw_status cannot_share(const plot_file *a, const plot_file *b) {
    return tw_fail(TW_ERR_ARGUMENT,
                   "'%s' is %s and '%s' %s: one picture takes a plane with projections, or several "
                   "slices, logs, step studies or projections",
                   a->path, plot_kind_name(a->kind), b->path, plot_kind_name(b->kind));
}

/* A plane comes first; all others are of one kind, projections where there is a plane. */
static tw_status arrange(plot_files *files) {
    for (size_t k = 1; k < files->count; k++)
        if (files->items[k].kind == PLOT_PLANE && files->items[0].kind != PLOT_PLANE) {
            plot_file first = files->items[0];
            files->items[0] = files->items[k];
            files->items[k] = first;
        }
    const plot_file *first = &files->items[0];
    for (size_t k = 1; k < files->count; k++) {
        plot_kind kind = files->items[k].kind;
        if (kind == PLOT_PLANE || kind == PLOT_TABLE ||
            kind != (first->kind == PLOT_PLANE ? PLOT_PROJECTION : first->kind))
            return cannot_share(first, &files->items[k]);
    }
    return TW_OK;
}

/* A path means something only in the plane that it was projected to, as far as the files tell. */
static void compare_axes(const cli_context *context, const plot_file *plane,
                         const plot_file *path) {
    static const char *const keys[] = {"point_hash", "dx_hash", "dy_hash"};
    for (size_t k = 0; k < sizeof keys / sizeof keys[0]; k++) {
        const char *own = tw_provenance_get(&plane->provenance, keys[k]);
        const char *other = tw_provenance_get(&path->provenance, keys[k]);
        if (own == NULL || other == NULL || strcmp(own, other) == 0)
            continue;
        cli_talk(context, "note: '%s' was projected to another plane than '%s' (another %s)\n",
                 path->path, plane->path, keys[k]);
        return;
    }
}

/* The paths that lie in the plane, and those of projections. */
static tw_status plot_over_plane(const cli_context *context, const plot_args *args,
                                 const char *picture, const plot_files *files) {
    const plot_file *plane = &files->items[0];
    size_t count = plane->paths.count;
    tw_paths all = {.labels = {plane->paths.labels[0], plane->paths.labels[1]}};
    all.path = calloc(count + files->count, sizeof *all.path);
    if (all.path == NULL)
        return tw_fail(TW_ERR_MEMORY, "not enough memory for %zu paths", count + files->count);
    for (size_t k = 0; k < count; k++)
        all.path[k] = plane->paths.path[k];
    all.count = count;
    tw_status status = TW_OK;
    for (size_t k = 1; k < files->count && status == TW_OK; k++) {
        const plot_file *file = &files->items[k];
        compare_axes(context, plane, file);
        status = tw_projection_path(&file->table, file->name, &all.path[all.count]);
        all.count += status == TW_OK;
    }
    if (status == TW_OK)
        status =
            figure_surface_paths(picture, &args->figure, &plane->surface, &all, &plane->provenance);
    for (size_t k = count; k < all.count; k++)
        tw_path_release(&all.path[k]);
    free(all.path);
    return status;
}

/* What an axis is called in all of the files, or NULL. */
static const char *common_axis(const plot_files *files, const char *axis) {
    const char *label = figure_axis_label(&files->items[0].provenance, axis);
    for (size_t k = 1; k < files->count && label != NULL; k++) {
        const char *other = figure_axis_label(&files->items[k].provenance, axis);
        label = other != NULL && strcmp(label, other) == 0 ? label : NULL;
    }
    return label;
}

static tw_status plot_projections(const plot_args *args, const char *picture,
                                  const plot_files *files) {
    tw_figure figure;
    tw_path paths[CHART_CURVES];
    size_t count = 0;
    tw_status status = figure_make(&args->figure, &files->items[0].provenance, &figure);
    if (status == TW_OK && files->count > CHART_CURVES)
        status = tw_fail(TW_ERR_ARGUMENT, "%zu projections in one picture: at most %d",
                         files->count, CHART_CURVES);
    for (size_t k = 0; k < files->count && status == TW_OK; k++) {
        status = tw_projection_path(&files->items[k].table, files->items[k].name, &paths[count]);
        count += status == TW_OK;
    }
    figure.paths = paths;
    figure.path_count = count;
    figure.x_label = common_axis(files, "dx");
    figure.y_label = common_axis(files, "dy");
    if (status == TW_OK)
        status = tw_plot_paths(picture, &figure);
    for (size_t k = 0; k < count; k++)
        tw_path_release(&paths[k]);
    return status;
}

/* Several slices, logs or step studies, a curve each. */
static tw_status plot_chart(const cli_context *context, const plot_args *args, const char *picture,
                            const plot_files *files) {
    const tw_surface *slices[CHART_CURVES] = {NULL};
    const tw_table *tables[CHART_CURVES] = {NULL};
    const char *names[CHART_CURVES];
    int without_data = 1;
    char *line = cli_command_line(context);
    tw_figure figure;
    for (size_t k = 0; k < files->count && k < CHART_CURVES; k++) {
        slices[k] = &files->items[k].surface;
        tables[k] = &files->items[k].table;
        names[k] = files->items[k].name;
        without_data &= figure_value_label(&files->items[k].provenance, "train_loss") != NULL;
    }
    tw_status status = figure_make(&args->figure, NULL, &figure);
    figure.description = line; /* what made each is in its file */
    figure.value_label = without_data ? "loss" : NULL;
    if (files->items[0].kind == PLOT_SLICE)
        figure.x_label = common_axis(files, "dx");
    if (status == TW_OK)
        status = files->items[0].kind == PLOT_SLICE
                     ? chart_slices(picture, &args->figure, &figure, files->count, slices, names)
                 : files->items[0].kind == PLOT_LOG
                     ? chart_logs(picture, &args->figure, &figure, files->count, tables, names)
                     : chart_steps(picture, &args->figure, &figure, files->count, tables, names);
    free(line);
    return status;
}

static tw_status draw(const cli_context *context, const plot_args *args, const char *picture,
                      plot_files *files) {
    const plot_file *first = &files->items[0];
    tw_status status = arrange(files);
    if (status != TW_OK)
        return status;
    if (first->kind == PLOT_PLANE)
        return plot_over_plane(context, args, picture, files);
    if (first->kind == PLOT_PROJECTION)
        return plot_projections(args, picture, files);
    if (files->count > 1)
        return plot_chart(context, args, picture, files);
    if (first->kind == PLOT_SLICE)
        return figure_surface_paths(picture, &args->figure, &first->surface, &first->paths,
                                    &first->provenance);
    return figure_table(picture, &args->figure, &first->table, &first->provenance);
}

/* ---- where it goes ---- */

/* Without -o beside the first file, under its name; what lies there must be a picture of ours. */
static tw_status choose_picture(const cli_context *context, const char *path, char **out) {
    struct stat info;
    tw_status status = plot_picture_name(path, out);
    if (status == TW_OK && stat(*out, &info) == 0 && !tw_plot_made(*out))
        status = tw_fail(TW_ERR_ARGUMENT,
                         "'%s' exists and was not drawn by thalweg; give -o FILE.png, .svg or .pdf",
                         *out);
    return status == TW_OK ? files_add(context, "the picture", *out, NULL) : status;
}

static void print_json(const cli_context *context, const char *picture, const option_words *words) {
    tw_json writer = {.out = context->out};
    tw_json_object(&writer, NULL);
    tw_json_text(&writer, "picture", picture);
    tw_json_array(&writer, "files");
    for (size_t k = 0; k < words->count; k++)
        tw_json_text(&writer, NULL, words->items[k]);
    tw_json_end(&writer);
    tw_json_end(&writer);
}

static tw_status run(cli_context *context, void *data, const option_words *words) {
    const plot_args *args = data;
    char *chosen = NULL;
    plot_files files;
    tw_status status = plot_files_read(words->count, words->items, &files);
    if (status == TW_OK && args->output == NULL)
        status = choose_picture(context, words->items[0], &chosen);
    const char *picture = args->output != NULL ? args->output : chosen;
    if (status == TW_OK)
        status = draw(context, args, picture, &files);
    if (status == TW_OK && chosen != NULL && !context->common.json)
        cli_talk(context, "drawn: %s\n", chosen);
    if (status == TW_OK && context->common.json)
        print_json(context, picture, words);
    plot_files_release(&files);
    free(chosen);
    return status;
}

static const char *const result_endings[] = {".h5", ".npz", ".csv", NULL};

static const option_spec options[] = {
    {"output", 'o', OPTION_FILE, "FILE", offsetof(plot_args, output), .use = FILE_WRITTEN,
     .endings = cli_picture_endings, .help = "the picture: .png, .svg or .pdf",
     .shown = "FILE.png for FILE.h5", .usual = 1},
    {NULL},
};

static const option_group groups[] = {
    {"Plot", options, 0},
    {NULL, figure_options, offsetof(plot_args, figure)},
    {NULL},
};

static const char *const examples[] = {
    "thalweg plot plane.h5",
    "the loss over a plane as contours, in plane.png",
    "thalweg plot plane.h5 --view 3d -o plane.pdf",
    "the loss over a plane as a surface in space",
    "thalweg plot plane.h5 --metric train_acc --view heat --colormap magma -o acc.svg",
    "its accuracy as a heat map",
    "thalweg plot descent.csv -o descent.pdf",
    "the log of 'thalweg train'",
    "thalweg plot sgd.csv adam.csv --log -o compared.png",
    "the training losses of two, with a legend",
    "thalweg plot plane.h5 sgd-proj.h5 adam-proj.h5",
    "the paths of two projections over a plane",
    NULL,
};

const cli_command command_plot = {
    .name = "plot",
    .words = "FILE...",
    .least_words = 1,
    .most_words = SIZE_MAX,
    .word_endings = result_endings,
    .summary = "draw result files: PNG, SVG or PDF by the ending of -o",
    .description = "Draws slices and planes (.h5, .npz, .csv, those of tomgoldstein/loss-landscape "
                   "as well) and "
                   "tables of 'thalweg steps' and 'thalweg train' (.csv, .h5), and projections "
                   "of paths. Several slices, logs or step studies share one pair of axes, and "
                   "projections lie over a plane. Without -o the picture lies beside the first "
                   "file, under its name; no picture but thalweg's own is replaced there.",
    .examples = examples,
    .groups = groups,
    .args_size = sizeof(plot_args),
    .run = run,
};
