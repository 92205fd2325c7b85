/* Result files in one picture. */
#include <stdlib.h>
#include <string.h>

#include "study/picture.h"
#include "study/picture_files.h"
#include "study/study_private.h"

static tw_status cannot_share(const tw_picture_file *a, const tw_picture_file *b) {
    return tw_fail(TW_ERR_ARGUMENT,
                   "'%s' is %s and '%s' %s: one picture takes a plane with projections, several "
                   "slices, logs, step studies or projections, or planes with --compare",
                   a->path, tw_picture_kind_name(a->kind), b->path, tw_picture_kind_name(b->kind));
}

/* A plane comes first; all others are of one kind, projections where there is a plane. */
tw_status tw_picture_arrange(tw_picture_files *files) {
    for (size_t k = 1; k < files->count; k++)
        if (files->items[k].kind == PICTURE_PLANE && files->items[0].kind != PICTURE_PLANE) {
            tw_picture_file first = files->items[0];
            files->items[0] = files->items[k];
            files->items[k] = first;
        }
    const tw_picture_file *first = &files->items[0];
    for (size_t k = 1; k < files->count; k++) {
        tw_picture_kind kind = files->items[k].kind;
        if (kind == PICTURE_PLANE || kind == PICTURE_TABLE || kind == PICTURE_SPECTRUM ||
            kind != (first->kind == PICTURE_PLANE ? PICTURE_PROJECTION : first->kind))
            return cannot_share(first, &files->items[k]);
    }
    return TW_OK;
}

/* A path means something only in the plane that it was projected to, as far as the files tell. */
static void compare_axes(const tw_study *study, const tw_picture_file *plane,
                         const tw_picture_file *path) {
    static const char *const keys[] = {"point_hash", "dx_hash", "dy_hash"};
    for (size_t k = 0; k < sizeof keys / sizeof keys[0]; k++) {
        const char *own = tw_provenance_get(&plane->provenance, keys[k]);
        const char *other = tw_provenance_get(&path->provenance, keys[k]);
        if (own == NULL || other == NULL || strcmp(own, other) == 0)
            continue;
        tw_study_say(study,
                     "note: '%s' was projected onto a different plane from '%s' (another %s)",
                     path->path, plane->path, keys[k]);
        return;
    }
}

/* The paths that lie in the plane, and those of projections. */
tw_status tw_picture_over_plane(const tw_study *study, const tw_study_picture_options *options,
                                const char *picture, const tw_picture_files *files,
                                tw_picture_draw_fn draw, void *user) {
    const tw_picture_file *plane = &files->items[0];
    size_t count = plane->paths.count;
    tw_paths all = {.labels = {plane->paths.labels[0], plane->paths.labels[1]}};
    all.path = calloc(count + files->count, sizeof *all.path);
    if (all.path == NULL)
        return tw_fail(TW_ERR_MEMORY, "not enough memory for %zu paths", count + files->count);
    for (size_t k = 0; k < count; k++)
        all.path[k] = plane->paths.path[k];
    all.count = count;
    tw_status status = TW_OK;
    for (size_t k = 1; k < files->count && status == TW_OK; k++) {
        const tw_picture_file *file = &files->items[k];
        compare_axes(study, plane, file);
        status = tw_projection_path(&file->table, file->name, &all.path[all.count]);
        all.count += status == TW_OK;
    }
    if (status == TW_OK)
        status = tw_picture_surface_by(draw, user, picture, options, &plane->surface, &all,
                                       &plane->provenance);
    for (size_t k = count; k < all.count; k++)
        tw_path_release(&all.path[k]);
    free(all.path);
    return status;
}

/* What an axis is called in all of the files, or NULL. */
static const char *common_axis(const tw_picture_files *files, const char *axis) {
    const char *label = tw_picture_axis_label(&files->items[0].provenance, axis);
    for (size_t k = 1; k < files->count && label != NULL; k++) {
        const char *other = tw_picture_axis_label(&files->items[k].provenance, axis);
        label = other != NULL && strcmp(label, other) == 0 ? label : NULL;
    }
    return label;
}

/* Over how many directions all slices with a band go, or 0. */
static size_t common_repeats(const tw_picture_files *files) {
    const char *common = NULL;
    for (size_t k = 0; k < files->count; k++) {
        const char *own = tw_provenance_get(&files->items[k].provenance, "repeats");
        if (common != NULL && own != NULL && strcmp(common, own) != 0)
            return 0;
        common = own != NULL ? own : common;
    }
    return common != NULL ? strtoull(common, NULL, 10) : 0;
}

static tw_status projections(const tw_study_picture_options *options, const char *picture,
                             const tw_picture_files *files) {
    tw_study_picture_options taken;
    tw_figure figure;
    tw_path paths[TW_PICTURE_CURVES];
    size_t count = 0;
    tw_status status = tw_picture_take(options, &files->items[0].provenance, &taken, &figure);
    if (status == TW_OK && files->count > TW_PICTURE_CURVES)
        status = tw_fail(TW_ERR_ARGUMENT, "%zu projections in one picture: at most %d",
                         files->count, TW_PICTURE_CURVES);
    for (size_t k = 0; k < files->count && status == TW_OK; k++) {
        status = tw_projection_path(&files->items[k].table, files->items[k].name, &paths[count]);
        count += status == TW_OK;
    }
    figure.paths = paths;
    figure.path_count = count;
    figure.x_label = common_axis(files, "dx");
    figure.y_label = common_axis(files, "dy");
    if (status == TW_OK)
        status = tw_picture_refuse(&taken, "projection");
    tw_picture_name_axes(&taken, "projection", &figure);
    if (status == TW_OK)
        status = tw_plot_paths(picture, &figure);
    for (size_t k = 0; k < count; k++)
        tw_path_release(&paths[k]);
    return status;
}

/* Several slices, logs or step studies, a curve each. */
static tw_status chart(const tw_study *study, const tw_study_picture_options *options,
                       const char *picture, const tw_picture_files *files) {
    const tw_surface *slices[TW_PICTURE_CURVES] = {NULL};
    const tw_table *tables[TW_PICTURE_CURVES] = {NULL};
    const char *names[TW_PICTURE_CURVES];
    int without_data = 1;
    tw_study_picture_options taken;
    tw_figure figure;
    for (size_t k = 0; k < files->count && k < TW_PICTURE_CURVES; k++) {
        slices[k] = &files->items[k].surface;
        tables[k] = &files->items[k].table;
        names[k] = files->items[k].name;
        without_data &=
            tw_picture_value_label(&files->items[k].provenance, &tw_picture_training_loss) != NULL;
    }
    tw_status status = tw_picture_take(options, NULL, &taken, &figure);
    if (figure.description == NULL)
        figure.description = study->command; /* what made each is in its file */
    figure.value_label = without_data ? "loss" : NULL;
    figure.directions = common_repeats(files);
    if (files->items[0].kind == PICTURE_SLICE)
        figure.x_label = common_axis(files, "dx");
    const char *kind = files->items[0].kind == PICTURE_SLICE ? "slice"
                       : files->items[0].kind == PICTURE_LOG ? "descent"
                                                             : "steps";
    tw_picture_name_axes(&taken, kind, &figure);
    if (status == TW_OK)
        status = tw_picture_refuse(&taken, kind);
    if (status == TW_OK)
        status =
            files->items[0].kind == PICTURE_SLICE
                ? tw_picture_chart_slices(picture, taken.metric, &figure, files->count, slices,
                                          names)
            : files->items[0].kind == PICTURE_LOG
                ? tw_picture_chart_logs(picture, taken.metric, &figure, files->count, tables, names)
                : tw_picture_chart_steps(picture, taken.metric, &figure, files->count, tables,
                                         names);
    return status;
}

static tw_status draw(const tw_study *study, const tw_study_picture_options *options,
                      const char *picture, tw_picture_files *files) {
    const tw_picture_file *first = &files->items[0];
    tw_study_picture_options taken;
    tw_figure figure;
    tw_status status = tw_picture_take(options, NULL, &taken, &figure);
    if (status == TW_OK)
        status = tw_picture_files_label(files, taken.labels);
    if (status == TW_OK && taken.compare && files->count > 1 && first->kind == PICTURE_PLANE)
        return tw_picture_panels(study, &taken, &figure, picture, files);
    if (status == TW_OK)
        status = tw_picture_arrange(files);
    if (status != TW_OK)
        return status;
    if (first->kind == PICTURE_PLANE)
        return tw_picture_over_plane(study, options, picture, files, tw_picture_draw_once, NULL);
    if (first->kind == PICTURE_PROJECTION)
        return projections(options, picture, files);
    if (first->kind == PICTURE_SPECTRUM)
        return tw_study_picture_spectrum(picture, options, &first->report, &first->provenance);
    if (files->count > 1)
        return chart(study, options, picture, files);
    if (first->kind == PICTURE_SLICE)
        return tw_study_picture_surface(picture, options, &first->surface, &first->paths,
                                        &first->provenance);
    return tw_study_picture_table(picture, options, &first->table, &first->provenance);
}

/* Of titles, labels and the names of files in legends. */
static void say_letters(const tw_study *study, const tw_study_picture_options *options,
                        const tw_picture_files *files) {
    size_t lacking = 0;
    if (options != NULL && options->terminal != NULL &&
        options->terminal->kind <= TW_TERMINAL_BLOCKS)
        return; /* the terminal's font has its own */
    if (options != NULL)
        lacking = tw_plot_letters_lacking(options->title) +
                  tw_plot_letters_lacking(options->x_label) +
                  tw_plot_letters_lacking(options->y_label) +
                  tw_plot_letters_lacking(options->value_label);
    for (size_t k = 0; k < files->count && files->count > 1; k++)
        lacking += tw_plot_letters_lacking(files->items[k].name);
    if (lacking > 0)
        tw_study_say(study,
                     "note: the font of figures lacks %zu letter%s of the texts, drawn as '?'",
                     lacking, lacking == 1 ? "" : "s");
}

tw_status tw_study_picture_files(const tw_study *study, const tw_study_picture_options *options,
                                 size_t count, const char *const *files, const char *path) {
    TW_NEED(path);
    if (count > 0)
        TW_NEED(files);
    tw_picture_files read = {0};
    tw_status status = tw_study_take(study, &study);
    if (status == TW_OK && count == 0)
        status = tw_fail(TW_ERR_ARGUMENT, "a picture of no file");
    if (status == TW_OK)
        status = tw_picture_files_read(count, files, &read);
    if (status == TW_OK)
        status = draw(study, options, path, &read);
    if (status == TW_OK)
        say_letters(study, options, &read); /* of the names that were drawn */
    tw_picture_files_release(&read);
    return status;
}
