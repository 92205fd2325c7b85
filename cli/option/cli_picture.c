#include "option/cli_picture.h"

/* The library's lists, each ended by the first number whose name does not lead back to it. */
static const char *view_name(size_t index) {
    const char *name = index < 64 ? tw_view_name((tw_view)index) : NULL;
    return name != NULL && tw_view_find(name) == (int)index ? name : NULL;
}

static const char *colormap_name(size_t index) {
    const char *name = index < 64 ? tw_colormap_name((tw_colormap)index) : NULL;
    return name != NULL && tw_colormap_find(name) == (int)index ? name : NULL;
}

const option_spec picture_options[] = {
    {"view", 0, OPTION_CHOICE, "NAME", offsetof(tw_study_picture_options, view),
     .values = view_name, .help = "how a plane is drawn", .usual = 1},
    {"metric", 0, OPTION_TEXT, "NAME", offsetof(tw_study_picture_options, metric),
     .help = "which metric of a surface; 'thalweg info' lists them", .shown = "the loss",
     .usual = 1},
    {"colormap", 0, OPTION_CHOICE, "NAME", offsetof(tw_study_picture_options, colormap),
     .values = colormap_name, .help = "colours", .usual = 1},
    {"log", 0, OPTION_FLAG, NULL, offsetof(tw_study_picture_options, log),
     .help = "logarithmic scale of the loss", .usual = 1},
    {"linear", 0, OPTION_FLAG, NULL, offsetof(tw_study_picture_options, linear),
     .help = "linear scale of the loss; if neither is given, logarithmic where the loss spans "
             "more than a factor of 30"},
    {"levels", 0, OPTION_NUMBERS, "A,B,...", offsetof(tw_study_picture_options, levels),
     .help = "contour levels", .usual = 1},
    {"show-points", 0, OPTION_FLAG, NULL, offsetof(tw_study_picture_options, show_points),
     .help = "a dot where the surface was computed, not interpolated; not in 3-D"},
    {"azimuth", 0, OPTION_NUMBER, "DEG", offsetof(tw_study_picture_options, azimuth),
     .help = "where the 3-D view is taken from, in degrees"},
    {"elevation", 0, OPTION_NUMBER, "DEG", offsetof(tw_study_picture_options, elevation),
     .help = "how far from above, in degrees"},
    {"title", 0, OPTION_TEXT, "TEXT", offsetof(tw_study_picture_options, title),
     .help = "title of the figure", .usual = 1},
    {"width", 0, OPTION_NUMBER, "INCHES", offsetof(tw_study_picture_options, width), RANGE_POSITIVE,
     .help = "width"},
    {"height", 0, OPTION_NUMBER, "INCHES", offsetof(tw_study_picture_options, height),
     RANGE_POSITIVE, .help = "height"},
    {"dpi", 0, OPTION_NUMBER, "N", offsetof(tw_study_picture_options, dpi), RANGE_POSITIVE,
     .help = "dots per inch of .png files"},
    {NULL},
};
