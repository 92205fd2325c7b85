/* Result files that go into one picture: read, told apart, named. */
#include "study/picture_files.h"
#include "study/study_private.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "format/foreign.h"

const char *tw_picture_kind_name(tw_picture_kind kind) {
    static const char *const names[] = {"a plane",      "a slice",      "the log of a training",
                                        "a step study", "a projection", "a table",
                                        "a spectrum"};
    return names[kind];
}

static tw_picture_kind kind_of_table(const tw_table *table) {
    static const struct {
        const char *name;
        tw_picture_kind kind;
    } kinds[] = {{"descent", PICTURE_LOG},
                 {"steps", PICTURE_STEPS},
                 {TW_PROJECTION_KIND, PICTURE_PROJECTION}};
    for (size_t k = 0; k < sizeof kinds / sizeof kinds[0]; k++)
        if (strcmp(table->kind, kinds[k].name) == 0)
            return kinds[k].kind;
    return PICTURE_TABLE;
}

static tw_status read_file(tw_picture_file *file) {
    tw_result_kind kind = TW_RESULT_UNKNOWN;
    tw_status status = tw_result_kind_of(file->path, &kind);
    if (status != TW_OK)
        return status;
    switch (kind) {
    case TW_RESULT_SURFACE:
        status = tw_surface_read(file->path, &file->surface, &file->provenance);
        if (status == TW_OK)
            status = tw_paths_read(file->path, &file->paths);
        file->kind = file->surface.rank == 2 ? PICTURE_PLANE : PICTURE_SLICE;
        return status;
    case TW_RESULT_TABLE:
        status = tw_table_read(file->path, &file->table, &file->provenance);
        if (status == TW_OK)
            file->kind = kind_of_table(&file->table);
        return status;
    case TW_RESULT_SPECTRUM:
        file->kind = PICTURE_SPECTRUM;
        return tw_curvature_report_read(file->path, &file->report, &file->provenance);
    case TW_RESULT_ARRAY:
    case TW_RESULT_WEIGHTS:
    case TW_RESULT_DIRECTIONS:
    case TW_RESULT_TRAJECTORY:
    case TW_RESULT_UNFINISHED:
        return tw_fail(
            TW_ERR_UNSUPPORTED,
            "'%s' holds %s; only slices, planes, tables, projections and spectra can be drawn",
            file->path, kind == TW_RESULT_DIRECTIONS ? "directions" : "parameters");
    case TW_RESULT_UNKNOWN:
        break;
    }
    return tw_foreign(file->path,
                      tw_fail(TW_ERR_FORMAT,
                              "'%s' is not a result file: neither a surface nor a table",
                              file->path));
}

/* Where the ending of a path begins; its end where it has none. */
static size_t stem_of(const char *path) {
    const char *name = tw_path_name(path), *dot = strrchr(name, '.');
    return dot != NULL && dot != name ? (size_t)(dot - path) : strlen(path);
}

/* Of several files of one name in different folders the paths tell them apart. */
static tw_status name_them(tw_picture_files *files) {
    for (size_t k = 0; k < files->count; k++) {
        files->items[k].name = tw_path_stem(files->items[k].path);
        if (files->items[k].name == NULL)
            return tw_fail(TW_ERR_MEMORY, "not enough memory for the names of files");
    }
    int again = 0;
    for (size_t k = 0; k < files->count; k++)
        for (size_t i = 0; i < k; i++)
            again |= strcmp(files->items[k].name, files->items[i].name) == 0;
    for (size_t k = 0; k < files->count && again; k++) {
        free(files->items[k].name);
        files->items[k].name = strdup(files->items[k].path);
        if (files->items[k].name == NULL)
            return tw_fail(TW_ERR_MEMORY, "not enough memory for the names of files");
    }
    return TW_OK;
}

tw_status tw_picture_files_read(size_t count, const char *const *paths, tw_picture_files *out) {
    *out = (tw_picture_files){.items = calloc(count, sizeof *out->items)};
    if (out->items == NULL)
        return tw_fail(TW_ERR_MEMORY, "not enough memory for %zu files", count);
    tw_status status = TW_OK;
    for (size_t k = 0; k < count && status == TW_OK; k++) {
        out->items[out->count++].path = paths[k];
        status = read_file(&out->items[k]);
    }
    return status == TW_OK ? name_them(out) : status;
}

void tw_picture_files_release(tw_picture_files *files) {
    for (size_t k = 0; k < files->count; k++) {
        tw_picture_file *file = &files->items[k];
        free(file->name);
        tw_surface_release(&file->surface);
        tw_paths_release(&file->paths);
        tw_table_release(&file->table);
        tw_curvature_report_release(&file->report);
        tw_provenance_release(&file->provenance);
    }
    free(files->items);
    *files = (tw_picture_files){0};
}

tw_status tw_picture_named(const char *path, const char *ending, char **out) {
    if (asprintf(out, "%.*s%s", (int)stem_of(path), path, ending) >= 0)
        return TW_OK;
    *out = NULL;
    return tw_fail(TW_ERR_MEMORY, "not enough memory for a path");
}

tw_status tw_study_picture_name(const char *path, char **out) {
    *out = NULL;
    TW_NEED(path);
    return tw_picture_named(path, ".png", out);
}
