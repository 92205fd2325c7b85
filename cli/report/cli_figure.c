#include "report/cli_figure.h"

#include <math.h>
#include <string.h>

#include "cli_axis.h"
#include "report/cli_chart.h"

/* The library's lists, each ended by the first number whose name does not lead back to it. */
const char *view_name(size_t index) {
    const char *name = index < 64 ? tw_view_name((tw_view)index) : NULL;
    return name != NULL && tw_view_find(name) == (int)index ? name : NULL;
}

const char *colormap_name(size_t index) {
    const char *name = index < 64 ? tw_colormap_name((tw_colormap)index) : NULL;
    return name != NULL && tw_colormap_find(name) == (int)index ? name : NULL;
}

const option_spec figure_options[] = {
    {"view", 0, OPTION_CHOICE, "NAME", offsetof(figure_args, view), .values = view_name,
     .help = "how a plane is drawn", .usual = 1},
    {"metric", 0, OPTION_TEXT, "NAME", offsetof(figure_args, metric),
     .help = "which metric of a surface; 'thalweg info' lists them", .shown = "the loss",
     .usual = 1},
    {"colormap", 0, OPTION_CHOICE, "NAME", offsetof(figure_args, colormap), .values = colormap_name,
     .help = "colours", .usual = 1},
    {"log", 0, OPTION_FLAG, NULL, offsetof(figure_args, log),
     .help = "logarithmic scale of the loss", .usual = 1},
    {"linear", 0, OPTION_FLAG, NULL, offsetof(figure_args, linear),
     .help = "linear scale of the loss; if neither is given, logarithmic where the loss spans "
             "more than a factor of 30"},
    {"levels", 0, OPTION_NUMBERS, "A,B,...", offsetof(figure_args, levels),
     .help = "contour levels", .usual = 1},
    {"show-points", 0, OPTION_FLAG, NULL, offsetof(figure_args, show_points),
     .help = "a dot where the surface was computed, not interpolated; not in 3-D"},
    {"azimuth", 0, OPTION_NUMBER, "DEG", offsetof(figure_args, azimuth),
     .help = "where the 3-D view is taken from, in degrees"},
    {"elevation", 0, OPTION_NUMBER, "DEG", offsetof(figure_args, elevation),
     .help = "how far from above, in degrees"},
    {"title", 0, OPTION_TEXT, "TEXT", offsetof(figure_args, title), .help = "title of the figure",
     .usual = 1},
    {"width", 0, OPTION_NUMBER, "INCHES", offsetof(figure_args, width), RANGE_POSITIVE,
     .help = "width"},
    {"height", 0, OPTION_NUMBER, "INCHES", offsetof(figure_args, height), RANGE_POSITIVE,
     .help = "height"},
    {"dpi", 0, OPTION_NUMBER, "N", offsetof(figure_args, dpi), RANGE_POSITIVE,
     .help = "dots per inch of .png files"},
    {NULL},
};

figure_args figure_defaults(void) {
    return (figure_args){.view = -1,
                         .colormap = -1,
                         .azimuth = NAN,
                         .elevation = NAN,
                         .width = NAN,
                         .height = NAN,
                         .dpi = NAN};
}

static double or_zero(double value) {
    return isnan(value) ? 0 : value;
}

tw_status figure_make(const figure_args *args, const tw_provenance *provenance, tw_figure *figure) {
    if (args->log && args->linear)
        return tw_fail(TW_ERR_ARGUMENT, "--log and --linear cannot be used together");
    *figure = (tw_figure){
        .width = or_zero(args->width),
        .height = or_zero(args->height),
        .dpi = or_zero(args->dpi),
        .title = args->title,
        .scale = args->log      ? TW_SCALE_LOG
                 : args->linear ? TW_SCALE_LINEAR
                                : TW_SCALE_AUTO,
        .colormap = args->colormap >= 0 ? (tw_colormap)args->colormap : (tw_colormap)0,
        .view = args->view >= 0 ? (tw_view)args->view : (tw_view)0,
        .levels = args->levels.values,
        .level_count = args->levels.count,
        .show_points = args->show_points,
        .description = provenance != NULL ? tw_provenance_get(provenance, "command") : NULL,
    };
    if (!isnan(args->azimuth) || !isnan(args->elevation)) {
        figure->azimuth = isnan(args->azimuth) ? -60 : args->azimuth;
        figure->elevation = isnan(args->elevation) ? 30 : args->elevation;
    }
    return TW_OK;
}

tw_status figure_unknown_metric(const char *name, const tw_surface *surface) {
    char list[200] = "";
    for (size_t i = 0; i < surface->metrics; i++) {
        size_t used = strlen(list);
        snprintf(list + used, sizeof list - used, "%s%s", i > 0 ? ", " : "", surface->names[i]);
    }
    return tw_fail(TW_ERR_ARGUMENT, "unknown metric '%s'; there are: %s", name, list);
}

static tw_status find_metric(const figure_args *args, const tw_surface *surface, size_t *out) {
    *out = tw_surface_shown(surface);
    if (args->metric == NULL)
        return TW_OK;
    int index = tw_surface_metric(surface, args->metric);
    if (index >= 0) {
        *out = (size_t)index;
        return TW_OK;
    }
    return figure_unknown_metric(args->metric, surface);
}

/* Layouts call every loss train_loss; where nothing was trained on, a picture says "loss". */
const char *figure_value_label(const tw_provenance *provenance, const char *metric) {
    int without_data = provenance != NULL && tw_provenance_get(provenance, "model") != NULL &&
                       tw_provenance_get(provenance, "data_hash") == NULL;
    return without_data && strcmp(metric, "train_loss") == 0 ? "loss" : NULL;
}

const char *figure_axis_label(const tw_provenance *provenance, const char *axis) {
    const char *source = tw_provenance_get(provenance, axis);
    if (source != NULL && strcmp(source, "components") == 0)
        return strcmp(axis, "dx") == 0 ? "PC1" : "PC2";
    return axis_label(source);
}

static int is_said(const char *text) {
    return text != NULL && text[0] != '\0';
}

tw_status figure_surface(const char *path, const figure_args *args, const tw_surface *surface,
                         const tw_provenance *provenance) {
    return figure_surface_paths(path, args, surface, NULL, provenance);
}

tw_status figure_surface_paths(const char *path, const figure_args *args, const tw_surface *surface,
                               const tw_paths *paths, const tw_provenance *provenance) {
    figure_args defaults = figure_defaults();
    tw_figure figure;
    size_t metric = 0;
    if (args == NULL)
        args = &defaults;
    if (surface->metrics == 0)
        return tw_fail(TW_ERR_FORMAT, "the surface has no metric to draw");
    tw_status status = figure_make(args, provenance, &figure);
    if (status == TW_OK)
        status = find_metric(args, surface, &metric);
    if (status == TW_OK && provenance != NULL) { /* axes that are parameters have their names */
        figure.x_label = axis_label(tw_provenance_get(provenance, "dx"));
        figure.y_label = axis_label(tw_provenance_get(provenance, "dy"));
        figure.no_marks = figure.x_label != NULL;
    }
    if (status == TW_OK)
        figure.value_label = figure_value_label(provenance, surface->names[metric]);
    if (status == TW_OK && paths != NULL) {
        figure.paths = paths->path;
        figure.path_count = paths->count;
        if (is_said(paths->labels[0]))
            figure.x_label = paths->labels[0];
        if (is_said(paths->labels[1]) && surface->rank == 2)
            figure.y_label = paths->labels[1];
    }
    if (status == TW_OK)
        status = tw_plot_surface(path, &figure, surface, metric);
    return status;
}

/* The row of step 0 holds the starting loss. */
static tw_status draw_steps(const char *path, const tw_figure *figure, const tw_table *table) {
    int step = tw_table_column(table, "step"), loss = tw_table_column(table, "loss");
    if (step < 0 || loss < 0)
        return tw_fail(TW_ERR_FORMAT, "a table of steps needs the columns 'step' and 'loss'");
    const double *steps = table->values[step], *losses = table->values[loss];
    size_t from = table->rows > 0 && steps[0] == 0;
    if (table->rows == from)
        return tw_fail(TW_ERR_FORMAT, "the table of steps is empty");
    return tw_plot_steps(path, figure, table->rows - from, steps + from, losses + from,
                         from ? losses[0] : NAN);
}

/* The path alone, without a surface. */
static tw_status draw_projection(const char *path, tw_figure *figure, const tw_table *table,
                                 const tw_provenance *provenance) {
    tw_path points;
    tw_status status = tw_projection_path(table, NULL, &points);
    if (provenance != NULL) {
        figure->x_label = figure_axis_label(provenance, "dx");
        figure->y_label = figure_axis_label(provenance, "dy");
    }
    figure->paths = &points;
    figure->path_count = 1;
    if (status == TW_OK)
        status = tw_plot_paths(path, figure);
    tw_path_release(&points);
    return status;
}

tw_status figure_table(const char *path, const figure_args *args, const tw_table *table,
                       const tw_provenance *provenance) {
    figure_args defaults = figure_defaults();
    tw_figure figure;
    if (args == NULL)
        args = &defaults;
    tw_status status = figure_make(args, provenance, &figure);
    if (status != TW_OK)
        return status;
    if (strcmp(table->kind, "steps") == 0)
        return draw_steps(path, &figure, table);
    if (strcmp(table->kind, "descent") == 0) {
        figure.value_label =
            provenance != NULL ? figure_value_label(provenance, "train_loss") : NULL;
        return chart_log(path, args, &figure, table);
    }
    if (strcmp(table->kind, TW_PROJECTION_KIND) == 0)
        return draw_projection(path, &figure, table, provenance);
    return tw_fail(TW_ERR_UNSUPPORTED,
                   "a table of kind '%s' cannot be drawn; 'steps', 'descent' and 'projection' can",
                   table->kind);
}
