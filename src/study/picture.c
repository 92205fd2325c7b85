/* One result as a picture. */
#include <math.h>
#include <string.h>

#include "study/picture.h"
#include "study/study_private.h"

tw_status tw_picture_surface_by(tw_picture_draw_fn draw, void *user, const char *path,
                                const tw_study_picture_options *options, const tw_surface *surface,
                                const tw_paths *paths, const tw_provenance *provenance) {
    tw_study_picture_options taken;
    tw_figure figure;
    size_t metric = 0;
    TW_NEED(path);
    TW_NEED(surface);
    tw_status status = tw_picture_take(options, provenance, &taken, &figure);
    if (status == TW_OK)
        status = tw_picture_metric(taken.metric, surface, &metric);
    if (status == TW_OK)
        tw_picture_axes_of(provenance, paths, surface, &figure);
    tw_surface map = {0};
    if (status == TW_OK && taken.map >= 0 && taken.metric != NULL)
        status = tw_fail(TW_ERR_ARGUMENT, "--map and --metric cannot be used together");
    if (status == TW_OK && taken.map >= 0) {
        status =
            tw_picture_curvature(surface, (tw_curvature_picture)taken.map, &taken, &figure, &map);
        surface = &map;
        metric = 0;
    } else if (status == TW_OK) {
        figure.value_label = tw_picture_value_label(provenance, &surface->metric[metric]);
    }
    if (status == TW_OK && paths != NULL) {
        figure.paths = paths->path;
        figure.path_count = paths->count;
    }
    if (status == TW_OK) {
        const char *kind = tw_picture_kind_of(surface, &figure);
        tw_picture_name_axes(&taken, kind, &figure);
        status = tw_picture_refuse(&taken, kind);
    }
    if (status == TW_OK)
        status = draw(user, path, &figure, surface, metric);
    tw_surface_release(&map);
    return status;
}

tw_status tw_picture_draw_once(void *user, const char *path, const tw_figure *figure,
                               const tw_surface *surface, size_t metric) {
    return tw_plot_surface(path, figure, surface, metric);
}

tw_status tw_study_picture_surface(const char *path, const tw_study_picture_options *options,
                                   const tw_surface *surface, const tw_paths *paths,
                                   const tw_provenance *provenance) {
    return tw_picture_surface_by(tw_picture_draw_once, NULL, path, options, surface, paths,
                                 provenance);
}

tw_status tw_study_picture_barcode(const char *path, const tw_study_picture_options *options,
                                   const tw_surface *surface, const tw_provenance *provenance) {
    tw_study_picture_options taken;
    tw_figure figure;
    size_t metric = 0;
    TW_NEED(path);
    TW_NEED(surface);
    tw_status status = tw_picture_take(options, provenance, &taken, &figure);
    if (status == TW_OK)
        status = tw_picture_metric(taken.metric, surface, &metric);
    if (status == TW_OK)
        status = tw_picture_refuse(&taken, "barcode");
    if (status != TW_OK)
        return status;
    figure.value_label = tw_picture_value_label(provenance, &surface->metric[metric]);
    tw_picture_name_axes(&taken, "barcode", &figure);
    return tw_plot_barcode(path, &figure, taken.topology, &surface->metric[metric]);
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
static tw_status draw_projection(const char *path, tw_figure *figure, const tw_table *table) {
    tw_path points;
    tw_status status = tw_projection_path(table, NULL, &points);
    figure->paths = &points;
    figure->path_count = 1;
    if (status == TW_OK)
        status = tw_plot_paths(path, figure);
    tw_path_release(&points);
    return status;
}

tw_status tw_study_picture_table(const char *path, const tw_study_picture_options *options,
                                 const tw_table *table, const tw_provenance *provenance) {
    tw_study_picture_options taken;
    tw_figure figure;
    TW_NEED(path);
    TW_NEED(table);
    tw_status status = tw_picture_take(options, provenance, &taken, &figure);
    if (status == TW_OK && table->kind == NULL)
        status = tw_fail(TW_ERR_ARGUMENT, "a picture of a table without a kind");
    if (status == TW_OK)
        status = tw_picture_refuse(&taken, table->kind);
    if (status != TW_OK)
        return status;
    if (strcmp(table->kind, "descent") == 0)
        figure.value_label = provenance != NULL
                                 ? tw_picture_value_label(provenance, &tw_picture_training_loss)
                                 : NULL;
    if (strcmp(table->kind, TW_PROJECTION_KIND) == 0 && provenance != NULL) {
        figure.x_label = tw_picture_axis_label(provenance, "dx");
        figure.y_label = tw_picture_axis_label(provenance, "dy");
    }
    tw_picture_name_axes(&taken, table->kind, &figure);
    if (strcmp(table->kind, "steps") == 0)
        return draw_steps(path, &figure, table);
    if (strcmp(table->kind, "descent") == 0)
        return tw_picture_log(path, taken.metric, &figure, table);
    if (strcmp(table->kind, TW_PROJECTION_KIND) == 0)
        return draw_projection(path, &figure, table);
    return tw_fail(TW_ERR_UNSUPPORTED,
                   "a table of kind '%s' cannot be drawn; 'steps', 'descent' and 'projection' can",
                   table->kind);
}

tw_status tw_study_picture_spectrum(const char *path, const tw_study_picture_options *options,
                                    const tw_curvature_report *report,
                                    const tw_provenance *provenance) {
    tw_study_picture_options taken;
    tw_figure figure;
    TW_NEED(path);
    TW_NEED(report);
    tw_status status = tw_picture_take(options, provenance, &taken, &figure);
    if (status == TW_OK)
        status = tw_picture_refuse(&taken, "spectrum");
    return status == TW_OK ? tw_plot_spectrum(path, &figure, report) : status;
}

tw_status tw_study_picture_sheet(const char *path, const tw_study_picture_options *options,
                                 const tw_dataset *dataset, size_t columns) {
    tw_study_picture_options taken;
    tw_figure figure;
    TW_NEED(path);
    TW_NEED(dataset);
    tw_status status = tw_picture_take(options, NULL, &taken, &figure);
    if (status == TW_OK)
        status = tw_picture_refuse(&taken, "contact sheet");
    return status == TW_OK ? tw_plot_contact_sheet(path, &figure, dataset, columns) : status;
}

tw_status tw_study_picture_logs(const char *path, const tw_study_picture_options *options,
                                size_t count, const tw_table *const *logs,
                                const char *const *names) {
    tw_study_picture_options taken;
    tw_figure figure;
    TW_NEED(path);
    tw_status status = tw_picture_take(options, NULL, &taken, &figure);
    if (status == TW_OK)
        status = tw_picture_refuse(&taken, "descent");
    tw_picture_name_axes(&taken, "descent", &figure);
    return status == TW_OK ? tw_picture_chart_logs(path, taken.metric, &figure, count, logs, names)
                           : status;
}
