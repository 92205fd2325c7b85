/* What the options of a picture mean, and what is written beside its axes. */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "core/plain.h"
#include "core/versioned.h"
#include "study/option_range.h"
#include "study/picture.h"
#include "study/study_private.h"

tw_study_picture_options tw_study_picture_defaults(void) {
    return (tw_study_picture_options){.bytes = sizeof(tw_study_picture_options),
                                      .map = -1,
                                      .view = -1,
                                      .colormap = -1,
                                      .theme = -1,
                                      .size = -1,
                                      .background = -1,
                                      .font_size = NAN,
                                      .azimuth = NAN,
                                      .elevation = NAN,
                                      .width = NAN,
                                      .height = NAN,
                                      .dpi = NAN};
}

/* Inches and points; 0: as the kind of figure has it. */
static const struct {
    const char *name;
    double width, height, font_size;
} sizes[] = {
    [TW_PICTURE_COLUMN] = {"column", 3.5, 0, 8},
    [TW_PICTURE_PAGE] = {"page", 6.5, 0, 9},
    [TW_PICTURE_SLIDE] = {"slide", 10, 5.625, 16},
};

const char *tw_picture_size_name(size_t size) {
    return size < sizeof sizes / sizeof sizes[0] ? sizes[size].name : NULL;
}

const char *tw_picture_ground_name(size_t ground) {
    static const char *const names[] = {"paper", "transparent"};
    return ground < sizeof names / sizeof names[0] ? names[ground] : NULL;
}

static void set_size(const tw_study_picture_options *args, tw_figure *figure) {
    if (args->size >= 0) {
        figure->width = sizes[args->size].width;
        figure->height = sizes[args->size].height;
        figure->font_size = sizes[args->size].font_size;
    }
    if (!isnan(args->width))
        figure->width = args->width;
    if (!isnan(args->height))
        figure->height = args->height;
    if (!isnan(args->font_size))
        figure->font_size = args->font_size;
}

static tw_status take_limits(const char *text, tw_figure *figure) {
    char *end;
    if (text == NULL)
        return TW_OK;
    figure->low = tw_plain_read(text, &end);
    if (end != text && *end == ':') {
        const char *second = end + 1;
        figure->high = tw_plain_read(second, &end);
        if (end != second && *end == '\0' && figure->low < figure->high && isfinite(figure->low) &&
            isfinite(figure->high))
            return TW_OK;
    }
    return tw_fail(TW_ERR_ARGUMENT, "--limits '%s': give LOW:HIGH, as in 0.1:10", text);
}

static tw_status take_inset(const char *text, tw_figure *figure) {
    static const char between[] = ":,:";
    const char *at = text;
    if (text == NULL)
        return TW_OK;
    for (int k = 0; k < 4; k++) {
        char *end;
        figure->inset[k] = tw_plain_read(at, &end);
        if (end == at || *end != between[k] || !isfinite(figure->inset[k]))
            break;
        at = k < 3 ? end + 1 : end;
        if (k == 3 && figure->inset[0] < figure->inset[1] && figure->inset[2] < figure->inset[3])
            return TW_OK;
    }
    return tw_fail(TW_ERR_ARGUMENT, "--inset '%s': give XMIN:XMAX,YMIN:YMAX, as in -1:0,0:0.5",
                   text);
}

static tw_status take_aspect(const char *text, tw_figure *figure) {
    char *end;
    if (text == NULL || strcmp(text, "auto") == 0)
        return TW_OK;
    if (strcmp(text, "equal") == 0) {
        figure->aspect = TW_ASPECT_EQUAL;
        return TW_OK;
    }
    figure->aspect = tw_plain_read(text, &end);
    if (end != text && *end == '\0' && figure->aspect >= 0.02 && figure->aspect <= 50)
        return TW_OK;
    return tw_fail(TW_ERR_ARGUMENT, "--aspect '%s': give equal, auto, or a number from 0.02 to 50",
                   text);
}

static int is_characters(const tw_terminal *terminal) {
    return terminal != NULL && terminal->kind <= TW_TERMINAL_BLOCKS;
}

/* What a terminal decides itself. */
static tw_status refuse_at_terminal(const tw_study_picture_options *args) {
    const struct {
        const char *name;
        int is_given, of_images;
    } options[] = {
        {"background", args->background >= 0, 0},  {"for", args->size >= 0, 1},
        {"width", !isnan(args->width), 1},         {"height", !isnan(args->height), 1},
        {"font-size", !isnan(args->font_size), 1}, {"dpi", !isnan(args->dpi), 1},
    };
    for (size_t k = 0; k < sizeof options / sizeof options[0] && args->terminal != NULL; k++)
        if (options[k].is_given && (!options[k].of_images || is_characters(args->terminal)))
            return tw_fail(TW_ERR_ARGUMENT, "--%s: a picture in %s; write a file with -o to use it",
                           options[k].name,
                           options[k].of_images
                               ? "characters has the size of the window and of its letters"
                               : "a terminal has its background");
    return TW_OK;
}

/* On an unknown ground an image brings dark paper, as most terminals have, and characters have inks
 * that are seen on both. */
static tw_theme theme_of(const tw_study_picture_options *args) {
    if (args->theme >= 0)
        return (tw_theme)args->theme;
    if (args->terminal == NULL || args->terminal->ground == TW_GROUND_LIGHT)
        return TW_THEME_LIGHT;
    return args->terminal->ground == TW_GROUND_DARK || !is_characters(args->terminal)
               ? TW_THEME_DARK
               : TW_THEME_LIGHT;
}

static tw_status take_texts(const tw_study_picture_options *args, tw_figure *figure) {
    tw_status status = take_limits(args->limits, figure);
    if (status == TW_OK)
        status = take_aspect(args->aspect, figure);
    return status == TW_OK ? take_inset(args->inset, figure) : status;
}

static double or_zero(double value) {
    return isnan(value) ? 0 : value;
}

static tw_status take_options(const tw_study_picture_options *options,
                              tw_study_picture_options *taken) {
    static const tw_option_range ranges[] = {
        {"view", offsetof(tw_study_picture_options, view), TW_OPTION_CHOICE, tw_view_name},
        {"map", offsetof(tw_study_picture_options, map), TW_OPTION_CHOICE,
         tw_curvature_picture_name},
        {"colormap", offsetof(tw_study_picture_options, colormap), TW_OPTION_CHOICE,
         tw_colormap_name},
        {"width", offsetof(tw_study_picture_options, width), TW_OPTION_POSITIVE},
        {"height", offsetof(tw_study_picture_options, height), TW_OPTION_POSITIVE},
        {"dpi", offsetof(tw_study_picture_options, dpi), TW_OPTION_POSITIVE},
        {"theme", offsetof(tw_study_picture_options, theme), TW_OPTION_CHOICE, tw_theme_name},
        {"for", offsetof(tw_study_picture_options, size), TW_OPTION_CHOICE, tw_picture_size_name},
        {"background", offsetof(tw_study_picture_options, background), TW_OPTION_CHOICE,
         tw_picture_ground_name},
        {"font-size", offsetof(tw_study_picture_options, font_size), TW_OPTION_POSITIVE},
    };
    *taken = tw_study_picture_defaults();
    tw_status status =
        TW_TAKE_OVER(tw_study_picture_options, tw_study_picture_defaults, taken, options);
    if (status == TW_OK)
        status = tw_option_ranges_check(taken, sizeof ranges / sizeof ranges[0], ranges);
    if (status == TW_OK)
        status = refuse_at_terminal(taken);
    if (status == TW_OK && taken->log && taken->linear)
        status = tw_fail(TW_ERR_ARGUMENT, "--log and --linear cannot be used together");
    return status;
}

tw_status tw_picture_take(const tw_study_picture_options *options, const tw_provenance *provenance,
                          tw_study_picture_options *taken, tw_figure *figure) {
    const tw_study_picture_options *args = taken;
    tw_status status = take_options(options, taken);
    if (status != TW_OK)
        return status;
    *figure = (tw_figure){
        .bytes = sizeof *figure,
        .dpi = or_zero(args->dpi),
        .title = args->title,
        .scale = args->log      ? TW_SCALE_LOG
                 : args->linear ? TW_SCALE_LINEAR
                                : TW_SCALE_AUTO,
        .colormap = args->colormap >= 0 ? (tw_colormap)args->colormap : (tw_colormap)0,
        .view = args->view >= 0                 ? (tw_view)args->view
                : is_characters(args->terminal) ? TW_VIEW_FILLED
                                                : TW_VIEW_CONTOUR,
        .levels = args->levels.values,
        .level_count = args->levels.count,
        .show_points = args->show_points,
        .theme = theme_of(args),
        .terminal = args->terminal,
        .transparent = args->background == TW_PICTURE_TRANSPARENT,
        .topology = args->topology,
        .pass = args->pass,
        .description = args->description != NULL ? args->description
                       : provenance != NULL      ? tw_provenance_get(provenance, "command")
                                                 : NULL,
    };
    set_size(args, figure);
    status = take_texts(args, figure);
    if (status != TW_OK)
        return status;
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

static int is_said(const char *text) {
    return text != NULL && text[0] != '\0';
}

void tw_picture_axes_of(const tw_provenance *provenance, const tw_paths *paths,
                        const tw_surface *surface, tw_figure *figure) {
    if (provenance != NULL) { /* axes that are parameters have their names */
        figure->x_label = tw_plane_parameter_label(tw_provenance_get(provenance, "dx"));
        figure->y_label = tw_plane_parameter_label(tw_provenance_get(provenance, "dy"));
        figure->no_marks = figure->x_label != NULL;
        if (tw_provenance_get(provenance, "x_label") != NULL)
            figure->x_label = tw_provenance_get(provenance, "x_label");
        if (tw_provenance_get(provenance, "y_label") != NULL)
            figure->y_label = tw_provenance_get(provenance, "y_label");
    }
    if (provenance != NULL && tw_provenance_get(provenance, "repeats") != NULL)
        figure->directions = strtoull(tw_provenance_get(provenance, "repeats"), NULL, 10);
    if (paths == NULL)
        return;
    if (is_said(paths->labels[0]))
        figure->x_label = paths->labels[0];
    if (is_said(paths->labels[1]) && surface->rank == 2)
        figure->y_label = paths->labels[1];
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
