/* Several planes side by side on one scale, and what files are called in a picture. */
#include <stdlib.h>
#include <string.h>

#include "study/picture.h"
#include "study/picture_files.h"
#include "study/study_private.h"

tw_status tw_picture_files_label(tw_picture_files *files, const char *labels) {
    const char *from = labels;
    size_t count = labels != NULL;
    for (const char *p = labels; p != NULL && *p != '\0'; p++)
        count += *p == ',';
    if (labels == NULL)
        return TW_OK;
    if (count != files->count)
        return tw_fail(TW_ERR_ARGUMENT, "--labels '%s': %zu name%s for %zu file%s", labels, count,
                       count == 1 ? "" : "s", files->count, files->count == 1 ? "" : "s");
    for (size_t k = 0; k < count; k++) {
        size_t length = strcspn(from, ",");
        char *name = strndup(from, length);
        if (name == NULL)
            return tw_fail(TW_ERR_MEMORY, "not enough memory for the names of files");
        free(files->items[k].name);
        files->items[k].name = name;
        from += length + 1;
    }
    return TW_OK;
}

/* What each of the planes shows. */
typedef struct sheet {
    tw_panel panel[TW_PANELS_MAX];
    tw_figure figure[TW_PANELS_MAX];
    tw_surface map[TW_PANELS_MAX]; /* of the curvature */
} sheet;

static tw_status choose(const tw_study_picture_options *taken, const tw_picture_file *file,
                        tw_figure *figure, tw_surface *map, tw_panel *panel) {
    tw_status status = TW_OK;
    panel->surface = &file->surface;
    if (taken->map >= 0 && taken->metric != NULL)
        return tw_fail(TW_ERR_ARGUMENT, "--map and --metric cannot be used together");
    if (taken->map >= 0) {
        status = tw_picture_curvature(&file->surface, (tw_curvature_picture)taken->map, taken,
                                      figure, map);
        panel->surface = map;
    } else {
        status = tw_picture_metric(taken->metric, &file->surface, &panel->metric);
        if (status == TW_OK)
            figure->value_label =
                tw_picture_value_label(&file->provenance, &file->surface.metric[panel->metric]);
    }
    if (status != TW_OK)
        return tw_fail_prefix(status, "'%s'", file->path);
    tw_picture_axes_of(&file->provenance, &file->paths, &file->surface, figure);
    panel->label = file->name;
    panel->paths = file->paths.path;
    panel->path_count = file->paths.count;
    return TW_OK;
}

static tw_status check_pair(const tw_picture_files *files, const sheet *s, size_t k) {
    const tw_panel *first = &s->panel[0], *panel = &s->panel[k];
    const tw_picture_file *file = &files->items[k];
    if (file->kind != PICTURE_PLANE)
        return tw_fail(TW_ERR_ARGUMENT,
                       "'%s' is a plane and '%s' %s: --compare takes planes, or several results of "
                       "another kind",
                       files->items[0].path, file->path, tw_picture_kind_name(file->kind));
    if (file->surface.nx < 2 || file->surface.ny < 2)
        return tw_fail(TW_ERR_ARGUMENT,
                       "'%s' has a single row or column: --compare takes planes of two at least",
                       file->path);
    if (k > 0 && !tw_metric_same(&first->surface->metric[first->metric],
                                 &panel->surface->metric[panel->metric]))
        return tw_fail(TW_ERR_ARGUMENT,
                       "'%s' shows %s and '%s' %s: one scale is of one metric; choose it with "
                       "--metric",
                       files->items[0].path, first->surface->names[first->metric], file->path,
                       panel->surface->names[panel->metric]);
    return TW_OK;
}

/* What is the same in all figures goes into that of the picture, axes stay with their panels. */
static void share(const tw_study *study, const tw_study_picture_options *taken, size_t count,
                  sheet *s, tw_figure *figure) {
    const char *description = figure->description;
    *figure = s->figure[0];
    figure->description = description != NULL ? description : study->command;
    for (size_t k = 0; k < count; k++) {
        const tw_figure *own = &s->figure[k];
        if (own->value_label == NULL || figure->value_label == NULL ||
            strcmp(own->value_label, figure->value_label) != 0)
            figure->value_label = NULL;
        s->panel[k].x_label = taken->x_label != NULL ? NULL : own->x_label;
        s->panel[k].y_label = taken->y_label != NULL ? NULL : own->y_label;
    }
    figure->x_label = figure->y_label = NULL;
}

tw_status tw_picture_panels(const tw_study *study, const tw_study_picture_options *taken,
                            const tw_figure *figure, const char *picture,
                            const tw_picture_files *files) {
    size_t count = files->count, made = 0;
    if (count > TW_PANELS_MAX)
        return tw_fail(TW_ERR_ARGUMENT, "%zu planes side by side: at most %d", count,
                       TW_PANELS_MAX);
    sheet *s = calloc(1, sizeof *s);
    if (s == NULL)
        return tw_fail(TW_ERR_MEMORY, "not enough memory for %zu panels", count);
    tw_status status = TW_OK;
    tw_figure whole = *figure;
    for (; made < count && status == TW_OK; made++) {
        s->figure[made] = *figure;
        status = files->items[made].kind != PICTURE_PLANE
                     ? TW_OK
                     : choose(taken, &files->items[made], &s->figure[made], &s->map[made],
                              &s->panel[made]);
        if (status == TW_OK)
            status = check_pair(files, s, made);
    }
    if (status == TW_OK) {
        share(study, taken, count, s, &whole);
        const char *kind = tw_view_name(whole.view);
        tw_picture_name_axes(taken, kind, &whole);
        status = tw_picture_refuse(taken, kind);
    }
    if (status == TW_OK)
        status = tw_plot_panels(picture, &whole, count, s->panel);
    for (size_t k = 0; k < made; k++)
        tw_surface_release(&s->map[k]);
    free(s);
    return status;
}
