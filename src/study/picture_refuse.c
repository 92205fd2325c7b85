/* Which options a picture can use: the others are refused, not ignored. */
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "study/picture.h"

enum {
    CONTOUR = 1 << 0,
    FILLED = 1 << 1,
    HEAT = 1 << 2,
    SPACE = 1 << 3,
    SLICE = 1 << 4,
    DESCENT = 1 << 5,
    STEPS = 1 << 6,
    SPECTRUM = 1 << 7,
    PROJECTION = 1 << 8,
    BARCODE = 1 << 9,
    SHEET = 1 << 10,
    MAPS = CONTOUR | FILLED | HEAT,
    PLANES = MAPS | SPACE,
    CURVES = SLICE | DESCENT | STEPS,
    VALUED = PLANES | CURVES | BARCODE,
    AXES = PLANES | CURVES | PROJECTION
};

static const char *const kinds[] = {"contour",    "filled",  "heat",         "3d",
                                    "slice",      "descent", "steps",        "spectrum",
                                    "projection", "barcode", "contact sheet"};
enum { KINDS = sizeof kinds / sizeof kinds[0] };

typedef struct use {
    const char *option;
    int kinds;
} use;

static const use uses[] = {
    {"view", PLANES},
    {"levels", CONTOUR | FILLED | SPACE},
    {"azimuth", SPACE},
    {"elevation", SPACE},
    {"show-points", MAPS | SLICE},
    {"colormap", PLANES},
    {"limits", PLANES | CURVES},
    {"aspect", PLANES},
    {"inset", MAPS | SLICE | DESCENT},
    {"x-label", AXES},
    {"y-label", PLANES | PROJECTION},
    {"value-label", VALUED},
    {"log", VALUED},
    {"linear", VALUED},
};
enum { USES = sizeof uses / sizeof uses[0] };

/* Whether the use of that index is. */
static int is_given(const tw_study_picture_options *o, size_t index) {
    const int given[USES] = {o->view >= 0,
                             o->levels.count > 0,
                             !isnan(o->azimuth),
                             !isnan(o->elevation),
                             o->show_points,
                             o->colormap >= 0,
                             o->limits != NULL,
                             o->aspect != NULL,
                             o->inset != NULL,
                             o->x_label != NULL,
                             o->y_label != NULL,
                             o->value_label != NULL,
                             o->log,
                             o->linear};
    return given[index];
}

static int bit_of(const char *kind) {
    for (int k = 0; k < KINDS; k++)
        if (strcmp(kinds[k], kind) == 0)
            return 1 << k;
    return 0;
}

int tw_study_picture_can(const char *kind, const char *option) {
    int bit = kind != NULL ? bit_of(kind) : 0;
    for (size_t k = 0; k < USES && option != NULL; k++)
        if (strcmp(uses[k].option, option) == 0)
            return (uses[k].kinds & bit) != 0;
    return bit != 0;
}

const char *tw_picture_kind_of(const tw_surface *surface, const tw_figure *figure) {
    int plane = surface->rank == 2 && surface->nx > 1 && surface->ny > 1;
    return plane ? tw_view_name(figure->view) : "slice";
}

/* "contour, filled and 3d". */
static void list_kinds(int set, char *text, size_t size) {
    size_t used = 0;
    for (int k = 0; k < KINDS && used < size; k++) {
        if ((set & 1 << k) == 0)
            continue;
        int rest = set >> (k + 1) << (k + 1);
        used += (size_t)snprintf(text + used, size - used, "%s%s", kinds[k],
                                 rest == 0                  ? ""
                                 : (rest & (rest - 1)) == 0 ? " and "
                                                            : ", ");
    }
}

tw_status tw_picture_refuse(const tw_study_picture_options *options, const char *kind) {
    int bit = bit_of(kind);
    for (size_t k = 0; k < USES; k++) {
        char list[200];
        if ((uses[k].kinds & bit) != 0 || !is_given(options, k))
            continue;
        list_kinds(uses[k].kinds, list, sizeof list);
        return tw_fail(TW_ERR_ARGUMENT, "--%s: the picture is of kind %s; %s can use it",
                       uses[k].option, kind, list);
    }
    return TW_OK;
}

void tw_picture_name_axes(const tw_study_picture_options *options, const char *kind,
                          tw_figure *figure) {
    if (options->x_label != NULL)
        figure->x_label = options->x_label;
    if (options->y_label != NULL)
        figure->y_label = options->y_label;
    if (options->value_label == NULL)
        return;
    figure->value_label = options->value_label;
    if ((bit_of(kind) & CURVES) != 0)
        figure->y_label = options->value_label;
}
