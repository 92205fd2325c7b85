/* picture.h: what pictures of results share: options that were taken, and what things are called.
 */
#ifndef TW_STUDY_PICTURE_H
#define TW_STUDY_PICTURE_H

#include "thalweg/study_picture.h"

/* The options, or the defaults for NULL, and the figure that they ask for; TW_ERR_ARGUMENT where
 * they cannot be. */
tw_status tw_picture_take(const tw_study_picture_options *options, const tw_provenance *provenance,
                          tw_study_picture_options *taken, tw_figure *figure);

/* Draws a metric of a surface into a figure that is ready: tw_plot_surface, or many times. */
typedef tw_status (*tw_picture_draw_fn)(void *user, const char *path, const tw_figure *figure,
                                        const tw_surface *surface, size_t metric);
/* tw_plot_surface. */
tw_status tw_picture_draw_once(void *user, const char *path, const tw_figure *figure,
                               const tw_surface *surface, size_t metric);
/* tw_study_picture_surface by it. */
tw_status tw_picture_surface_by(tw_picture_draw_fn draw, void *user, const char *path,
                                const tw_study_picture_options *options, const tw_surface *surface,
                                const tw_paths *paths, const tw_provenance *provenance);

/* What a result is drawn as: tw_study_picture_can knows the kinds. */
const char *tw_picture_kind_of(const tw_surface *surface, const tw_figure *figure);
/* TW_ERR_ARGUMENT for an option that is given and that the kind of picture cannot use. */
tw_status tw_picture_refuse(const tw_study_picture_options *options, const char *kind);
/* The names of axes that are given, over those that the result has. */
void tw_picture_name_axes(const tw_study_picture_options *options, const char *kind,
                          tw_figure *figure);

/* TW_ERR_ARGUMENT, with the metrics that there are. */
tw_status tw_picture_unknown_metric(const char *name, const tw_surface *surface);

/* The metric of that name, or the one that is shown where it is NULL; or as above. */
tw_status tw_picture_metric(const char *name, const tw_surface *surface, size_t *out);

/* "loss" for the train_loss of a model without data, else NULL: the name that the library finds. */
const char *tw_picture_value_label(const tw_provenance *provenance, const tw_metric *metric);
/* What files call the loss that is walked down. */
extern const tw_metric tw_picture_training_loss;

/* What the axes of a surface are called: as its provenance (may be NULL) has them, or the paths in
 * it (may be NULL). */
void tw_picture_axes_of(const tw_provenance *provenance, const tw_paths *paths,
                        const tw_surface *surface, tw_figure *figure);

/* What axis "dx" or "dy" of a result is called: the parameter, or PC1 and PC2; NULL otherwise. */
const char *tw_picture_axis_label(const tw_provenance *provenance, const char *axis);

/* ---- curves in one pair of axes (picture_chart.c) ---- */

/* One log: its losses on the left, its accuracies on the right, or the column that is named. */
tw_status tw_picture_log(const char *path, const char *metric, const tw_figure *figure,
                         const tw_table *log);
/* Several, a curve each: the training loss over the iterations, or the column. */
tw_status tw_picture_chart_logs(const char *path, const char *metric, const tw_figure *figure,
                                size_t count, const tw_table *const *logs,
                                const char *const *names);
/* Several slices: the loss of each, or the metric. */
tw_status tw_picture_chart_slices(const char *path, const char *metric, const tw_figure *figure,
                                  size_t count, const tw_surface *const *slices,
                                  const char *const *names);
/* Several tables of steps: the loss over the step, the starting losses left out. */
tw_status tw_picture_chart_steps(const char *path, const char *metric, const tw_figure *figure,
                                 size_t count, const tw_table *const *tables,
                                 const char *const *names);

/* ---- picture_curvature.c ---- */

/* The surface of the one metric that the map shows, and what that changes of the figure. */
tw_status tw_picture_curvature(const tw_surface *surface, tw_curvature_picture map,
                               const tw_study_picture_options *options, tw_figure *figure,
                               tw_surface *out);

#endif
