/* cli_chart.h: logs, slices and step tables as curves in one pair of axes. */
#ifndef THALWEG_CLI_CHART_H
#define THALWEG_CLI_CHART_H

#include "report/cli_figure.h"

enum { CHART_CURVES = 32 };

/* One log: its losses on the left, its accuracies on the right, or the column that --metric names.
 */
tw_status chart_log(const char *path, const figure_args *args, const tw_figure *figure,
                    const tw_table *log);

/* Several, a curve each, with these names in the legend: the training loss over the iterations, or
 * the column that --metric names. */
tw_status chart_logs(const char *path, const figure_args *args, const tw_figure *figure,
                     size_t count, const tw_table *const *logs, const char *const *names);

/* Several slices: the loss of each, or the metric that --metric names. */
tw_status chart_slices(const char *path, const figure_args *args, const tw_figure *figure,
                       size_t count, const tw_surface *const *slices, const char *const *names);

/* Several tables of steps: the loss over the step, the starting losses left out. */
tw_status chart_steps(const char *path, const figure_args *args, const tw_figure *figure,
                      size_t count, const tw_table *const *tables, const char *const *names);

#endif
