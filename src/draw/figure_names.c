/* Names of colour maps and views, which are known with and without Cairo. */
#include <string.h>

#include "thalweg/plot.h"

static const char *const colormaps[] = {"viridis", "cividis", "magma", "rdbu", "grey"};
static const char *const themes[] = {"light", "dark"};
static const char *const views[] = {"contour", "filled", "heat", "3d"};

enum {
    COLORMAPS = sizeof colormaps / sizeof *colormaps,
    VIEWS = sizeof views / sizeof *views,
    THEMES = sizeof themes / sizeof *themes,
};

static int find(const char *const *names, int count, const char *name) {
    for (int i = 0; name != NULL && i < count; i++)
        if (strcmp(names[i], name) == 0)
            return i;
    return -1;
}

const char *tw_colormap_name(size_t colormap) {
    return colormap < COLORMAPS ? colormaps[colormap] : NULL;
}

int tw_colormap_find(const char *name) {
    return find(colormaps, COLORMAPS, name);
}

const char *tw_view_name(size_t view) {
    return view < VIEWS ? views[view] : NULL;
}

int tw_view_find(const char *name) {
    return find(views, VIEWS, name);
}

const char *tw_theme_name(size_t theme) {
    return theme < THEMES ? themes[theme] : NULL;
}
