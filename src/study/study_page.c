/* Result files as one page. */
#include <stdlib.h>
#include <string.h>

#include "core/versioned.h"
#include "study/option_range.h"
#include "study/page_how.h"
#include "study/picture.h"
#include "study/picture_files.h"
#include "study/study_private.h"
#include "thalweg/curvature_map.h"
#include "thalweg/metric.h"
#include "thalweg/study_page.h"
#include "thalweg/study_picture.h"
#include "thalweg/study_topology.h"

tw_study_page_options tw_study_page_defaults(void) {
    return (tw_study_page_options){
        .bytes = sizeof(tw_study_page_options), .view = -1, .colormap = -1};
}

tw_status tw_study_page_name(const char *file, char **out) {
    *out = NULL;
    TW_NEED(file);
    return tw_picture_named(file, ".html", out);
}

tw_status tw_study_page_take(const tw_study_page_options *given, tw_study_page_options *taken) {
    static const tw_option_range ranges[] = {
        {"view", offsetof(tw_study_page_options, view), TW_OPTION_CHOICE, tw_view_name},
        {"colormap", offsetof(tw_study_page_options, colormap), TW_OPTION_CHOICE, tw_colormap_name},
    };
    *taken = tw_study_page_defaults();
    tw_status status = TW_TAKE_OVER(tw_study_page_options, tw_study_page_defaults, taken, given);
    if (status == TW_OK)
        status = tw_option_ranges_check(taken, sizeof ranges / sizeof ranges[0], ranges);
    if (status == TW_OK && taken->log && taken->linear)
        return tw_fail(TW_ERR_ARGUMENT, "--log and --linear cannot be used together");
    return status;
}

tw_page_options tw_study_page_how(const tw_study *study, const tw_study_page_options *o) {
    return (tw_page_options){
        .bytes = sizeof(tw_page_options),
        .title = o->title,
        .description = o->description != NULL ? o->description : study->command,
        .view = o->view >= 0 ? tw_view_name((size_t)o->view) : NULL,
        .colormap = o->colormap >= 0 ? tw_colormap_name((size_t)o->colormap) : NULL,
        .metric = o->metric,
        .scale = o->log      ? TW_SCALE_LOG
                 : o->linear ? TW_SCALE_LINEAR
                             : TW_SCALE_AUTO};
}

/* ---- projections ---- */

/* Whether a projection may have been to this plane: nothing in the files says otherwise. */
static int fits(const tw_picture_file *plane, const tw_picture_file *projection) {
    static const char *const keys[] = {"point_hash", "dx_hash", "dy_hash"};
    for (size_t k = 0; k < sizeof keys / sizeof keys[0]; k++) {
        const char *own = tw_provenance_get(&plane->provenance, keys[k]);
        const char *other = tw_provenance_get(&projection->provenance, keys[k]);
        if (own != NULL && other != NULL && strcmp(own, other) != 0)
            return 0;
    }
    return 1;
}

static int lies_in_a_plane(const tw_picture_files *files, const tw_picture_file *projection) {
    for (size_t k = 0; k < files->count; k++)
        if (files->items[k].kind == PICTURE_PLANE && fits(&files->items[k], projection))
            return 1;
    return 0;
}

/* The paths in a plane's file, and those of projections to it. *own of them are the file's. */
static tw_status gather_paths(const tw_picture_files *files, const tw_picture_file *plane,
                              tw_paths *all, size_t *own) {
    *own = plane->paths.count;
    *all = (tw_paths){.labels = {plane->paths.labels[0], plane->paths.labels[1]}};
    all->path = calloc(*own + files->count, sizeof *all->path);
    if (all->path == NULL)
        return tw_fail(TW_ERR_MEMORY, "not enough memory for %zu paths", *own + files->count);
    for (; all->count < *own; all->count++)
        all->path[all->count] = plane->paths.path[all->count];
    tw_status status = TW_OK;
    for (size_t k = 0; k < files->count && status == TW_OK; k++) {
        const tw_picture_file *file = &files->items[k];
        if (plane->kind != PICTURE_PLANE || file->kind != PICTURE_PROJECTION || !fits(plane, file))
            continue;
        status = tw_projection_path(&file->table, file->name, &all->path[all->count]);
        all->count += status == TW_OK;
    }
    return status;
}

/* ---- panels ---- */

tw_page_about tw_study_page_about(const tw_provenance *provenance, const char *name) {
    return (tw_page_about){.bytes = sizeof(tw_page_about),
                           .name = name,
                           .x_label = tw_picture_axis_label(provenance, "dx"),
                           .y_label = tw_picture_axis_label(provenance, "dy"),
                           .value_label =
                               tw_picture_value_label(provenance, &tw_picture_training_loss),
                           .provenance = provenance};
}

static tw_status add_surface(const tw_study_page_options *options, const tw_picture_files *files,
                             const tw_picture_file *file, tw_page *page) {
    tw_page_about about = tw_study_page_about(&file->provenance, file->name);
    tw_paths paths = {0};
    tw_study_topology shape = {0};
    size_t own = 0, metric = tw_surface_shown(&file->surface);
    tw_status status = gather_paths(files, file, &paths, &own);
    if (paths.labels[0] != NULL && paths.labels[0][0] != '\0')
        about.x_label = paths.labels[0];
    if (paths.labels[1] != NULL && paths.labels[1][0] != '\0')
        about.y_label = paths.labels[1];
    int wanted = options->topology && file->kind == PICTURE_PLANE;
    if (status == TW_OK && wanted)
        status =
            tw_study_topology_find(NULL, &file->surface, &file->paths, &file->provenance, &shape);
    if (status == TW_OK)
        status = tw_page_add_surface(page, &about, &file->surface, &paths,
                                     wanted ? &shape.shape : NULL, metric);
    tw_study_topology_release(&shape);
    for (size_t k = own; k < paths.count; k++)
        tw_path_release(&paths.path[k]);
    free(paths.path);
    return status;
}

static tw_status add_projection(const tw_study *study, const tw_picture_files *files,
                                const tw_picture_file *file, tw_page *page) {
    tw_page_about about = tw_study_page_about(&file->provenance, file->name);
    if (lies_in_a_plane(files, file))
        return TW_OK;
    for (size_t k = 0; k < files->count; k++)
        if (files->items[k].kind == PICTURE_PLANE) {
            tw_study_say(study,
                         "note: '%s' was projected onto a different plane; it has a panel of its "
                         "own",
                         file->path);
            break;
        }
    return tw_page_add_table(page, &about, &file->table);
}

static tw_status add_file(const tw_study *study, const tw_study_page_options *options,
                          const tw_picture_files *files, const tw_picture_file *file,
                          tw_page *page) {
    tw_page_about about = tw_study_page_about(&file->provenance, file->name);
    switch (file->kind) {
    case PICTURE_PLANE:
    case PICTURE_SLICE:
        return add_surface(options, files, file, page);
    case PICTURE_PROJECTION:
        return add_projection(study, files, file, page);
    case PICTURE_SPECTRUM:
        return tw_page_add_spectrum(page, &about, &file->report);
    case PICTURE_LOG:
    case PICTURE_STEPS:
    case PICTURE_TABLE:
        break;
    }
    return tw_page_add_table(page, &about, &file->table);
}

/* What the page itself makes of extreme eigenvalues (viewer/curvature.js). */
static int is_made(const tw_surface *surface, const char *metric) {
    return (strcmp(metric, tw_curvature_picture_name(TW_PICTURE_RATIO)) == 0 ||
            strcmp(metric, tw_curvature_picture_name(TW_PICTURE_SIGNS)) == 0) &&
           surface->rank == 2 && tw_surface_metric(surface, TW_METRIC_MIN_EIG) >= 0 &&
           tw_surface_metric(surface, TW_METRIC_MAX_EIG) >= 0;
}

/* Whether some file has that metric or column. */
static int is_known(const tw_picture_files *files, const char *metric) {
    for (size_t k = 0; k < files->count; k++)
        if (tw_surface_metric(&files->items[k].surface, metric) >= 0 ||
            is_made(&files->items[k].surface, metric) ||
            (files->items[k].table.columns > 0 &&
             tw_table_column(&files->items[k].table, metric) >= 0))
            return 1;
    return 0;
}

static tw_status add_files(const tw_study *study, const tw_study_page_options *options,
                           const tw_picture_files *files, tw_page *page) {
    if (options->metric != NULL && !is_known(files, options->metric))
        return files->items[0].surface.metrics > 0
                   ? tw_picture_unknown_metric(options->metric, &files->items[0].surface)
                   : tw_fail(TW_ERR_ARGUMENT, "no file has a metric '%s'", options->metric);
    tw_status status = TW_OK;
    for (size_t k = 0; k < files->count && status == TW_OK; k++) {
        status = add_file(study, options, files, &files->items[k], page);
        if (status != TW_OK)
            tw_fail_prefix(status, "%s", files->items[k].path);
    }
    return status;
}

tw_status tw_study_page_add_files(const tw_study *study, const tw_study_page_options *options,
                                  size_t count, const char *const *files, tw_page *page) {
    tw_study_page_options taken;
    tw_picture_files read = {0};
    TW_NEED(page);
    TW_NEED(files);
    tw_status status = tw_study_take(study, &study);
    if (status == TW_OK)
        status = tw_study_page_take(options, &taken);
    if (status == TW_OK)
        status = tw_picture_files_read(count, files, &read);
    if (status == TW_OK)
        status = add_files(study, &taken, &read, page);
    tw_picture_files_release(&read);
    return status;
}

tw_status tw_study_page_files(const tw_study *study, const tw_study_page_options *options,
                              size_t count, const char *const *files, const char *path) {
    tw_study_page_options taken;
    tw_page *page = NULL;
    TW_NEED(path);
    tw_status status = tw_study_take(study, &study);
    if (status == TW_OK)
        status = tw_study_page_take(options, &taken);
    if (status == TW_OK && count == 0)
        status = tw_fail(TW_ERR_ARGUMENT, "a page of no file");
    if (status != TW_OK)
        return status;
    const tw_page_options how = tw_study_page_how(study, &taken);
    status = tw_page_open(path, &how, &page);
    if (status == TW_OK)
        status = tw_study_page_add_files(study, options, count, files, page);
    if (status == TW_OK)
        status = tw_page_close(page);
    tw_page_free(page);
    return status;
}
