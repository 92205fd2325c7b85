/* Logs, slices and step tables as curves in one pair of axes. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "plot/metric_label.h"
#include "study/picture.h"
#include "study/study_private.h"

/* What metrics are called beside an axis. */
static const struct {
    tw_metric metric;
    const char *label;
    int dashed;
} known[] = {
    {{"loss", .split = "train"}, "training loss", 0},
    {{"loss", .split = "test"}, "test loss", 1},
    {{"accuracy", TW_METRIC_PERCENT, "train"}, "training accuracy", 0},
    {{"accuracy", TW_METRIC_PERCENT, "test"}, "test accuracy", 1},
};
enum { KNOWN = sizeof known / sizeof known[0] };

/* "training loss", or what the figure calls it, "test accuracy (%)", or the name in files. */
static const char *label_of(const tw_figure *figure, const tw_metric *metric, char *text,
                            size_t size) {
    if (figure->value_label != NULL && tw_metric_same(metric, &tw_picture_training_loss))
        return figure->value_label;
    tw_metric_print(metric, TW_SPELT_IN_FILES, text, size);
    for (size_t k = 0; k < KNOWN; k++)
        if (tw_metric_same(metric, &known[k].metric))
            snprintf(text, size, "%s%s", known[k].label, tw_metric_is_share(metric) ? " (%)" : "");
    return text;
}

/* Room for a legend, unless the size is given. */
static tw_figure make(const tw_figure *given, size_t count, const char *x_label) {
    tw_figure figure = *given;
    figure.x_label = given->x_label != NULL ? given->x_label : x_label;
    if (count > 1 && figure.width <= 0)
        figure.width = 4.5;
    if (count > 1 && figure.height <= 0)
        figure.height = 3.2;
    return figure;
}

static tw_status check_count(size_t count) {
    return count <= TW_PICTURE_CURVES
               ? TW_OK
               : tw_fail(TW_ERR_ARGUMENT, "%zu curves in one picture: at most %d", count,
                         TW_PICTURE_CURVES);
}

/* ---- logs ---- */

static tw_status find_column(const tw_table *table, const char *name, int *out) {
    *out = tw_table_column(table, name);
    if (*out >= 0)
        return TW_OK;
    char list[200] = "";
    for (size_t k = 0; k < table->columns; k++) {
        size_t used = strlen(list);
        snprintf(list + used, sizeof list - used, "%s%s", k > 0 ? ", " : "", table->names[k]);
    }
    return tw_fail(TW_ERR_ARGUMENT, "no column '%s'; there are: %s", name, list);
}

static tw_status need_iterations(const tw_table *log, const char *column, int *x, int *y) {
    *x = tw_table_column(log, "iteration");
    if (*x < 0 || (column == NULL && tw_table_metric(log, &known[0].metric) < 0 &&
                   tw_table_metric(log, &known[1].metric) < 0))
        return tw_fail(TW_ERR_FORMAT, "a table of a descent needs the columns 'iteration' and "
                                      "'train_loss'");
    return column != NULL ? find_column(log, column, y) : TW_OK;
}

tw_status tw_picture_log(const char *path, const char *wanted, const tw_figure *figure,
                         const tw_table *log) {
    tw_curve curves[KNOWN];
    int iteration, column = 0, right = 0;
    size_t count = 0;
    if (wanted != NULL)
        return tw_picture_chart_logs(path, wanted, figure, 1, &log, (const char *const[]){NULL});
    tw_status status = need_iterations(log, NULL, &iteration, &column);
    if (status != TW_OK)
        return status;
    for (size_t k = 0; k < KNOWN; k++) {
        column = tw_table_metric(log, &known[k].metric);
        if (column < 0)
            continue;
        curves[count++] = (tw_curve){
            .label = known[k].label,
            .count = log->rows,
            .x = log->values[iteration],
            .y = log->values[column],
            .right = tw_metric_is_share(&known[k].metric),
            .dashed = known[k].dashed,
        };
        right = right || tw_metric_is_share(&known[k].metric);
    }
    tw_figure own = make(figure, 1, "iteration");
    own.value_label = "loss";
    return tw_plot_curves(path, &own, count, curves, right ? "accuracy (%)" : NULL);
}

tw_status tw_picture_chart_logs(const char *path, const char *wanted, const tw_figure *figure,
                                size_t count, const tw_table *const *logs,
                                const char *const *names) {
    char name[64], label[64];
    const tw_metric *shown = &tw_picture_training_loss;
    tw_curve curves[TW_PICTURE_CURVES];
    tw_status status = check_count(count);
    tw_metric_print(shown, TW_SPELT_IN_FILES, name, sizeof name);
    for (size_t k = 0; k < count && status == TW_OK; k++) {
        int x = 0, y = 0;
        status = need_iterations(logs[k], wanted != NULL ? wanted : name, &x, &y);
        if (status != TW_OK)
            return names[k] != NULL ? tw_fail_prefix(status, "'%s'", names[k]) : status;
        curves[k] = (tw_curve){.label = names[k],
                               .count = logs[k]->rows,
                               .x = logs[k]->values[x],
                               .y = logs[k]->values[y],
                               .markers = logs[k]->rows == 1};
        shown = &logs[k]->metric[y];
    }
    tw_figure own = make(figure, count, "iteration");
    own.value_label = label_of(figure, shown, label, sizeof label);
    if (own.scale == TW_SCALE_AUTO && tw_metric_is_share(shown))
        own.scale = TW_SCALE_LINEAR;
    return status == TW_OK ? tw_plot_curves(path, &own, count, curves, NULL) : status;
}

/* ---- slices ---- */

/* Where the band of a metric is among those of a slice: its ends, or its standard error twice; -1:
 * it has none. */
static void find_band(const tw_surface *slice, size_t metric, int edge[2], int *is_error) {
    tw_metric wanted = slice->metric[metric];
    int is_value = wanted.band == TW_BAND_NONE && !wanted.is_error;
    wanted.band = TW_BAND_LEAST;
    edge[0] = is_value ? tw_surface_metric_find(slice, &wanted) : -1;
    wanted.band = TW_BAND_GREATEST;
    edge[1] = is_value ? tw_surface_metric_find(slice, &wanted) : -1;
    wanted.band = TW_BAND_NONE;
    wanted.is_error = 1;
    *is_error = is_value && (edge[0] < 0 || edge[1] < 0);
    if (*is_error)
        edge[0] = edge[1] = tw_surface_metric_find(slice, &wanted);
}

/* The metric as a curve, with its band, without what was not computed; of an interrupted slice the
 * points that are there are joined. The numbers are *room. */
static tw_status make_curve(const tw_surface *slice, size_t metric, const char *name,
                            const char *spread, double **room, tw_curve *out) {
    size_t count = 0;
    int edge[2], is_error;
    tw_status status = tw_doubles_new(4 * slice->nx, room);
    if (status != TW_OK)
        return status;
    double *x = *room, *y = x + slice->nx, *low = y + slice->nx, *high = low + slice->nx;
    const double *values = tw_surface_plane(slice, metric);
    find_band(slice, metric, edge, &is_error);
    for (size_t p = 0; p < slice->nx; p++) {
        if (!slice->computed[p])
            continue;
        x[count] = slice->x[p];
        y[count] = values[p];
        for (int k = 0; k < 2 && edge[k] >= 0; k++) {
            double at = tw_surface_plane(slice, (size_t)edge[k])[p];
            (k == 0 ? low : high)[count] = !is_error ? at : k == 0 ? y[count] - at : y[count] + at;
        }
        count++;
    }
    *out = (tw_curve){.label = name, .count = count, .x = x, .y = y, .markers = count < 12};
    if (edge[0] >= 0 && edge[1] >= 0) {
        out->low = low;
        out->high = high;
        out->band = is_error ? TW_BAND_OF_ERROR : spread;
    }
    return TW_OK;
}

static tw_status pick_metric(const char *wanted, const tw_surface *slice, const char *name,
                             size_t *out) {
    *out = tw_surface_shown(slice);
    if (wanted == NULL)
        return TW_OK;
    int found = tw_surface_metric(slice, wanted);
    if (found < 0)
        return tw_fail_prefix(tw_picture_unknown_metric(wanted, slice), "'%s'", name);
    *out = (size_t)found;
    return TW_OK;
}

tw_status tw_picture_chart_slices(const char *path, const char *wanted, const tw_figure *figure,
                                  size_t count, const tw_surface *const *slices,
                                  const char *const *names) {
    double *rooms[TW_PICTURE_CURVES] = {NULL};
    tw_curve curves[TW_PICTURE_CURVES];
    char label[64], spread[TW_BAND_TEXT];
    const tw_metric *common = NULL;
    tw_status status = check_count(count);
    tw_band_text(figure->directions, spread);
    for (size_t k = 0; k < count && status == TW_OK; k++) {
        size_t metric = 0;
        status = pick_metric(wanted, slices[k], names[k], &metric);
        if (status == TW_OK)
            status = make_curve(slices[k], metric, names[k], spread, &rooms[k], &curves[k]);
        if (status == TW_OK && k == 0)
            common = &slices[k]->metric[metric];
        else if (status == TW_OK && common != NULL &&
                 !tw_metric_same(common, &slices[k]->metric[metric]))
            common = NULL;
    }
    tw_figure own = make(figure, count, "α");
    own.value_label = common != NULL ? label_of(figure, common, label, sizeof label) : "loss";
    if (own.scale == TW_SCALE_AUTO && common != NULL && tw_metric_is_share(common))
        own.scale = TW_SCALE_LINEAR;
    if (status == TW_OK)
        status = tw_plot_curves(path, &own, count, curves, NULL);
    for (size_t k = 0; k < count && k < TW_PICTURE_CURVES; k++)
        free(rooms[k]);
    return status;
}

/* ---- steps ---- */

tw_status tw_picture_chart_steps(const char *path, const char *wanted, const tw_figure *figure,
                                 size_t count, const tw_table *const *tables,
                                 const char *const *names) {
    tw_curve curves[TW_PICTURE_CURVES];
    tw_status status = check_count(count);
    for (size_t k = 0; k < count && status == TW_OK; k++) {
        int x, y = 0;
        status = find_column(tables[k], "step", &x);
        if (status == TW_OK)
            status = find_column(tables[k], wanted != NULL ? wanted : "loss", &y);
        if (status != TW_OK)
            return tw_fail_prefix(status, "'%s'", names[k]);
        size_t from = tables[k]->rows > 0 && tables[k]->values[x][0] == 0; /* the starting loss */
        curves[k] = (tw_curve){.label = names[k],
                               .count = tables[k]->rows - from,
                               .x = tables[k]->values[x] + from,
                               .y = tables[k]->values[y] + from,
                               .markers = 1};
    }
    tw_figure own = make(figure, count, "step");
    own.value_label = wanted != NULL ? wanted : "loss";
    own.x_scale = TW_SCALE_LOG;
    return status == TW_OK ? tw_plot_curves(path, &own, count, curves, NULL) : status;
}
