/* Result files in another form. */
#include <stdlib.h>
#include <string.h>

#include "core/versioned.h"
#include "file/output_file.h"
#include "format/foreign.h"
#include "study/picture.h"
#include "study/study_private.h"
#include "thalweg/network.h"
#include "thalweg/study_convert.h"

tw_study_convert_options tw_study_convert_defaults(void) {
    return (tw_study_convert_options){.bytes = sizeof(tw_study_convert_options)};
}

/* The kinds of things in files, and where each can go. */
typedef struct form {
    const char *noun;
    const char *const *endings; /* NULL: those of surfaces, and of their paths */
    tw_status (*convert)(const tw_study *study, const tw_study_convert_options *options,
                         const char *from, const char *to);
} form;

static int is_for_vtk(const char *path) {
    return (tw_surface_form_can(path) & TW_SURFACE_HEIGHTS) != 0;
}

/* A pipe takes the surface alone. */
static tw_status write_paths(const tw_study *study, const char *from, const char *to,
                             const tw_paths *paths) {
    if (paths->count > 0 && (tw_surface_form_can(to) & TW_SURFACE_KEEPS_PATHS) &&
        !tw_output_is_direct(to))
        return tw_paths_write(to, paths);
    if (paths->count > 0 && is_for_vtk(to))
        tw_study_say(study, "note: the paths in '%s' go to a file of their own: to a name in .vtp",
                     from);
    else if (paths->count > 0)
        tw_study_say(study, "note: '%s' cannot hold the paths in '%s'", to, from);
    return TW_OK;
}

/* Of an interrupted survey VTK gets what there is of it as a picture. */
static tw_status say_coarse(const tw_study *study, const char *from, const char *to,
                            const tw_surface *surface) {
    tw_surface coarse = {0};
    tw_status status = is_for_vtk(to) ? tw_surface_coarse(surface, &coarse) : TW_OK;
    if (status == TW_OK && coarse.nx > 0)
        tw_study_say(
            study,
            "note: '%s' is not complete; '%s' has the finest grid that is, %zu of %zu points", from,
            to, coarse.nx * coarse.ny, surface->nx * surface->ny);
    tw_surface_release(&coarse);
    return status;
}

static tw_status write_surface(const tw_study *study, const tw_study_convert_options *options,
                               const char *from, const char *to, const tw_surface *surface,
                               const tw_paths *paths, const tw_provenance *provenance) {
    const tw_vtk_options vtk = {.metric = options->metric, .log = options->log};
    if (options->metric != NULL && tw_surface_metric(surface, options->metric) < 0)
        return tw_picture_unknown_metric(options->metric, surface);
    if (tw_path_ends(to, ".vtp") && paths->count == 0)
        return tw_fail(TW_ERR_ARGUMENT,
                       "'%s' has no paths for .vtp; write the surface to .vts or .vtk", from);
    if (tw_path_ends(to, ".vtp"))
        return tw_paths_write_vtp(to, paths, surface, &vtk, provenance);
    if (!is_for_vtk(to))
        return tw_surface_write(to, surface, provenance);
    tw_status status = tw_surface_write_vtk(to, surface, &vtk, provenance);
    return status == TW_OK ? say_coarse(study, from, to, surface) : status;
}

static tw_status convert_surface(const tw_study *study, const tw_study_convert_options *options,
                                 const char *from, const char *to) {
    tw_surface surface = {0};
    tw_provenance provenance = {0};
    tw_paths paths = {0};
    tw_status status = tw_surface_read(from, &surface, &provenance);
    if (status == TW_OK)
        status = tw_paths_read(from, &paths);
    if (status == TW_OK)
        status = write_surface(study, options, from, to, &surface, &paths, &provenance);
    if (status == TW_OK && !tw_path_ends(to, ".vtp"))
        status = write_paths(study, from, to, &paths);
    tw_paths_release(&paths);
    tw_provenance_release(&provenance);
    tw_surface_release(&surface);
    return status;
}

/* The path alone, at height 0. */
static tw_status write_vtp(const char *to, const tw_table *table, const tw_provenance *provenance) {
    tw_path path;
    tw_status status = tw_projection_path(table, NULL, &path);
    const tw_paths paths = {.count = 1, .path = &path};
    if (status == TW_OK)
        status = tw_paths_write_vtp(to, &paths, NULL, NULL, provenance);
    tw_path_release(&path);
    return status;
}

static tw_status write_table(const char *from, const char *to, const tw_table *table,
                             const tw_provenance *provenance) {
    int projection = strcmp(table->kind, TW_PROJECTION_KIND) == 0;
    if (tw_path_ends(to, ".vtp"))
        return projection ? write_vtp(to, table, provenance)
                          : tw_fail(TW_ERR_ARGUMENT,
                                    "'%s' is a table of kind '%s'; projections go to .vtp", from,
                                    table->kind);
    return projection ? tw_projection_write(to, table, provenance)
                      : tw_table_write(to, table, provenance);
}

static tw_status convert_table(const tw_study *study, const tw_study_convert_options *options,
                               const char *from, const char *to) {
    tw_table table = {0};
    tw_provenance provenance = {0};
    tw_status status = tw_table_read(from, &table, &provenance);
    if (status == TW_OK)
        status = write_table(from, to, &table, &provenance);
    tw_provenance_release(&provenance);
    tw_table_release(&table);
    return status;
}

static tw_status convert_directions(const tw_study *study, const tw_study_convert_options *options,
                                    const char *from, const char *to) {
    tw_space *space = NULL;
    tw_plane plane = {0};
    tw_provenance provenance = {0};
    tw_status status = tw_directions_space(from, &space);
    if (status == TW_OK)
        status = tw_directions_read(from, space, &plane, &provenance);
    if (status == TW_OK)
        status = tw_directions_write(to, space, &plane, &provenance);
    tw_plane_release(&plane);
    tw_provenance_release(&provenance);
    tw_space_free(space);
    return status;
}

/* A .npy file has one array and nothing else. */
static tw_status check_loss(const tw_study *study, const char *from, const char *to,
                            const tw_space *space, const tw_provenance *provenance) {
    size_t blocks = tw_space_blocks(space);
    if (!tw_path_ends(to, ".npy"))
        return TW_OK;
    if (blocks > 1)
        return tw_fail(
            TW_ERR_ARGUMENT,
            "'%s': the names and shapes of %zu blocks would be lost in .npy; write .npz, "
            ".safetensors or .h5",
            from, blocks);
    if (provenance->count > 0)
        tw_study_say(study, "note: '%s' cannot hold what made '%s'", to, from);
    return TW_OK;
}

/* A network's parameters are those of its graph, in the names and shapes of the file. */
static tw_status convert_network(const tw_study *study, const tw_study_convert_options *options,
                                 const char *from, const char *to) {
    tw_network *network = NULL;
    tw_network_facts facts;
    tw_provenance provenance = {0};
    tw_status status = tw_network_open(from, NULL, &network);
    if (status != TW_OK)
        return status;
    tw_network_facts_of(network, &facts);
    status = tw_provenance_add(&provenance, "from", "ONNX file%s%s",
                               facts.producer != NULL ? " of " : "",
                               facts.producer != NULL ? facts.producer : "");
    if (status == TW_OK)
        status = check_loss(study, from, to, tw_network_space(network), &provenance);
    if (status == TW_OK)
        status =
            tw_weights_write(to, tw_network_space(network), tw_network_start(network), &provenance);
    tw_provenance_release(&provenance);
    tw_network_free(network);
    return status;
}

static tw_status convert_weights(const tw_study *study, const tw_study_convert_options *options,
                                 const char *from, const char *to) {
    tw_space *space = NULL;
    double *x = NULL;
    tw_provenance provenance = {0};
    tw_status status = tw_weights_space(from, &space);
    if (status == TW_OK)
        status = tw_weights_provenance(from, &provenance);
    if (status == TW_OK)
        status = check_loss(study, from, to, space, &provenance);
    if (status == TW_OK)
        status = tw_doubles_new(tw_space_size(space), &x);
    if (status == TW_OK)
        status = tw_weights_read(from, space, x);
    if (status == TW_OK)
        status = tw_weights_write(to, space, x, &provenance);
    free(x);
    tw_provenance_release(&provenance);
    tw_space_free(space);
    return status;
}

static const char *const table_endings[] = {".csv", ".h5", ".vtp", NULL};
static const char *const direction_endings[] = {".h5", ".npz", NULL};
static const char *const weight_endings[] = {".h5", ".npz", ".safetensors", ".npy", NULL};

static const form surfaces = {"surface", NULL, convert_surface},
                  tables = {"table", table_endings, convert_table},
                  directions = {"directions", direction_endings, convert_directions},
                  weights = {"parameters", weight_endings, convert_weights},
                  networks = {"parameters", weight_endings, convert_network};

static const form *form_of(const char *from, tw_result_kind kind) {
    if (tw_path_ends(from, ".onnx"))
        return &networks;
    switch (kind) {
    case TW_RESULT_SURFACE:
        return &surfaces;
    case TW_RESULT_TABLE:
        return &tables;
    case TW_RESULT_DIRECTIONS:
    case TW_RESULT_SPECTRUM:
        return &directions;
    case TW_RESULT_ARRAY:
    case TW_RESULT_WEIGHTS:
        return &weights;
    case TW_RESULT_TRAJECTORY:
    case TW_RESULT_UNFINISHED:
    case TW_RESULT_UNKNOWN:
        break;
    }
    return NULL;
}

static tw_status check_ending(const form *what, const char *to) {
    const char *endings[16];
    size_t count = 0;
    if (what->endings != NULL)
        return tw_output_ending(what->noun, to, what->endings);
    while (count < 14 && (endings[count] = tw_surface_ending(0, count)) != NULL)
        count++;
    endings[count++] = ".vtp";
    endings[count] = NULL;
    return tw_output_ending(what->noun, to, endings);
}

static tw_status check(const tw_study_convert_options *options, tw_result_kind kind,
                       const char *from, const char *to) {
    const form *what = form_of(from, kind);
    if (what == NULL)
        return tw_foreign(
            from, tw_fail(TW_ERR_FORMAT,
                          "'%s' is not a result file: neither a surface, a table, directions, "
                          "parameters nor an .onnx file",
                          from));
    tw_status status = check_ending(what, to);
    if (status == TW_OK && (options->metric != NULL || options->log) &&
        (kind != TW_RESULT_SURFACE || !(is_for_vtk(to) || tw_path_ends(to, ".vtp"))))
        status = tw_fail(TW_ERR_ARGUMENT,
                         "--%s: only a surface that goes to .vts, .vtk or .vtp has a height",
                         options->metric != NULL ? "metric" : "log");
    return status;
}

tw_status tw_study_convert(const tw_study *study, const tw_study_convert_options *options,
                           const char *from, const char *to, const char **kind) {
    TW_NEED(from);
    TW_NEED(to);
    tw_study_convert_options taken = tw_study_convert_defaults();
    tw_result_kind content = TW_RESULT_UNKNOWN;
    tw_status status = tw_study_take(study, &study);
    if (status == TW_OK)
        status = TW_TAKE_OVER(tw_study_convert_options, tw_study_convert_defaults, &taken, options);
    if (status == TW_OK && !tw_path_ends(from, ".onnx"))
        status = tw_result_kind_of(from, &content);
    if (status == TW_OK)
        status = check(&taken, content, from, to);
    if (status == TW_OK && kind != NULL)
        *kind = form_of(from, content)->noun;
    return status == TW_OK ? form_of(from, content)->convert(study, &taken, from, to) : status;
}
