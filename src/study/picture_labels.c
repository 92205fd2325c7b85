/* What the options of a picture mean, and what is written beside its axes. */
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "core/versioned.h"
#include "study/option_range.h"
#include "study/picture.h"
#include "study/study_private.h"

tw_study_picture_options tw_study_picture_defaults(void) {
    return (tw_study_picture_options){.bytes = sizeof(tw_study_picture_options),
                                      .map = -1,
                                      .view = -1,
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

tw_status tw_picture_take(const tw_study_picture_options *options, const tw_provenance *provenance,
                          tw_study_picture_options *taken, tw_figure *figure) {
    static const tw_option_range ranges[] = {
        {"view", offsetof(tw_study_picture_options, view), TW_OPTION_CHOICE, tw_view_name},
        {"map", offsetof(tw_study_picture_options, map), TW_OPTION_CHOICE,
         tw_curvature_picture_name},
        {"colormap", offsetof(tw_study_picture_options, colormap), TW_OPTION_CHOICE,
         tw_colormap_name},
        {"width", offsetof(tw_study_picture_options, width), TW_OPTION_POSITIVE},
        {"height", offsetof(tw_study_picture_options, height), TW_OPTION_POSITIVE},
        {"dpi", offsetof(tw_study_picture_options, dpi), TW_OPTION_POSITIVE},
    };
    const tw_study_picture_options *args = taken;
    *taken = tw_study_picture_defaults();
    tw_status status =
        TW_TAKE_OVER(tw_study_picture_options, tw_study_picture_defaults, taken, options);
    if (status == TW_OK)
        status = tw_option_ranges_check(taken, sizeof ranges / sizeof ranges[0], ranges);
    if (status != TW_OK)
        return status;
    if (args->log && args->linear)
        return tw_fail(TW_ERR_ARGUMENT, "--log and --linear cannot be used together");
    *figure = (tw_figure){
        .bytes = sizeof *figure,
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
        .topology = args->topology,
        .pass = args->pass,
        .description = args->description != NULL ? args->description
                       : provenance != NULL      ? tw_provenance_get(provenance, "command")
                                                 : NULL,
    };
    if (!isnan(args->azimuth) || !isnan(args->elevation)) {
        figure->azimuth = isnan(args->azimuth) ? -60 : args->azimuth;
        figure->elevation = isnan(args->elevation) ? 30 : args->elevation;
    }
    return TW_OK;
}

tw_status tw_picture_unknown_metric(const char *name, const tw_surface *surface) {
    char list[200] = "";
    for (size_t i = 0; i < surface->metrics; i++) {
        size_t used = strlen(list);
        snprintf(list + used, sizeof list - used, "%s%s", i > 0 ? ", " : "", surface->names[i]);
    }
    return tw_fail(TW_ERR_ARGUMENT, "unknown metric '%s'; there are: %s", name, list);
}

tw_status tw_picture_metric(const char *name, const tw_surface *surface, size_t *out) {
    int index = name != NULL ? tw_surface_metric(surface, name) : -1;
    if (surface->metrics == 0)
        return tw_fail(TW_ERR_FORMAT, "the surface has no metric");
    *out = index >= 0 ? (size_t)index : tw_surface_shown(surface);
    return name == NULL || index >= 0 ? TW_OK : tw_picture_unknown_metric(name, surface);
}

const tw_metric tw_picture_training_loss = {"loss", .split = "train"};

/* Layouts call every loss that of training; where nothing was trained on, a picture says "loss". */
const char *tw_picture_value_label(const tw_provenance *provenance, const tw_metric *metric) {
    int without_data = provenance != NULL && tw_provenance_get(provenance, "model") != NULL &&
                       tw_provenance_get(provenance, "data_hash") == NULL;
    return without_data && tw_metric_same(metric, &tw_picture_training_loss) ? "loss" : NULL;
}

const char *tw_picture_axis_label(const tw_provenance *provenance, const char *axis) {
    const char *source = tw_provenance_get(provenance, axis);
    const char *label = tw_provenance_get(provenance, axis[1] == 'x' ? "x_label" : "y_label");
    if (label != NULL)
        return label;
    if (source != NULL && strcmp(source, "components") == 0)
        return strcmp(axis, "dx") == 0 ? "PC1" : "PC2";
    return tw_plane_parameter_label(source);
}
