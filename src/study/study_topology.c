#include "thalweg/study_topology.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "core/alloc.h"
#include "core/versioned.h"
#include "landscape/adaptive_grid.h"
#include "study/picture.h"
#include "study/study_private.h"
#include "thalweg/words.h"

enum { WORD = 64 };

tw_study_topology_options tw_study_topology_defaults(void) {
    return (tw_study_topology_options){.bytes = sizeof(tw_study_topology_options), .errors = NAN};
}

static void span_of(const tw_surface *surface, size_t metric, double *lowest, double *highest) {
    const double *plane = tw_surface_plane(surface, metric);
    *lowest = INFINITY;
    *highest = -INFINITY;
    for (size_t at = 0; at < surface->nx * surface->ny; at++)
        if ((surface->computed == NULL || surface->computed[at]) && isfinite(plane[at])) {
            *lowest = fmin(*lowest, plane[at]);
            *highest = fmax(*highest, plane[at]);
        }
}

/* What --adaptive promised: "1%" of what the metric spans, linearly or as a logarithm as a figure
 * would have it, or "0.01" of its units; a word that says which may follow. */
static void take_tolerance(const tw_surface *surface, size_t metric, const char *text,
                           tw_topology_options *options, int *known) {
    char number[WORD] = "", scale[WORD] = "";
    double tolerance;
    int per_cent;
    if (text == NULL || metric != 0 || surface->computed == NULL ||
        sscanf(text, "%63s %63s", number, scale) < 1)
        return;
    if (tw_text_share("adaptive", number, &tolerance, &per_cent) != TW_OK || !(tolerance > 0)) {
        tw_message_clear(); /* a file of somebody else's */
        return;
    }
    const tw_adaptive_options asked = {.tolerance = tolerance,
                                       .absolute = !per_cent,
                                       .scale = scale[0] == '\0'            ? TW_ADAPTIVE_AUTO
                                                : strcmp(scale, "log") == 0 ? TW_ADAPTIVE_LOG
                                                                            : TW_ADAPTIVE_LINEAR};
    tw_yardstick stick = tw_yardstick_of(&asked, surface->rank, 0, surface->nx * surface->ny,
                                         tw_surface_plane(surface, metric), surface->computed);
    *known = 1;
    options->interpolated = stick.unit;
    options->interpolated_log = (size_t)stick.log;
}

static tw_status take_persistence(const tw_surface *surface, size_t metric, const char *text,
                                  double *out) {
    double lowest, highest;
    int per_cent;
    if (text == NULL)
        return TW_OK;
    tw_status status = tw_text_share("--persistence", text, out, &per_cent);
    if (status == TW_OK && !(*out >= 0 && isfinite(*out)))
        status = tw_fail(TW_ERR_ARGUMENT, "--persistence: '%s' must be 0 or greater", text);
    if (status != TW_OK || !per_cent)
        return status;
    span_of(surface, metric, &lowest, &highest);
    *out *= highest > lowest ? highest - lowest : 0;
    return TW_OK;
}

/* ---- the ends of a way ---- */

static tw_status minimum_of(const char *word, const tw_topology *shape, size_t *at) {
    uint64_t number;
    tw_status status = tw_text_whole("--between", word + 1, &number);
    if (status == TW_OK && (number == 0 || number > shape->count))
        status =
            tw_fail(TW_ERR_ARGUMENT, "--between: '%s': the surface has %zu minim%s, from m1 on",
                    word, shape->count, shape->count == 1 ? "um" : "a");
    if (status == TW_OK)
        *at = shape->minimum[number - 1].place.at;
    return status;
}

/* A point of the surface that has a name, or the end of a run. */
static const tw_path *named(const tw_paths *paths, const char *word) {
    for (size_t k = 0; paths != NULL && k < paths->count; k++) {
        const tw_path *path = &paths->path[k];
        if (path->name != NULL && path->count > 0 && strcmp(path->name, word) == 0)
            return path;
    }
    return NULL;
}

/* Coefficients as they are written. */
static tw_status read_point(char *word, int rank, double *x, double *y) {
    char *comma = strchr(word, ',');
    if ((comma != NULL) != (rank == 2) || (comma != NULL && strchr(comma + 1, ',') != NULL))
        return tw_fail(
            TW_ERR_ARGUMENT,
            "--between: '%s': give a point of the %s as %s, as m1, or by its name in the "
            "file",
            word, rank == 2 ? "plane" : "slice", rank == 2 ? "x,y" : "x");
    if (comma != NULL)
        *comma = '\0';
    tw_status status = tw_text_number("--between", word, x);
    if (status == TW_OK && comma != NULL)
        status = tw_text_number("--between", comma + 1, y);
    return status;
}

static int is_minimum(const char *word) {
    return word[0] == 'm' && word[1] >= '0' && word[1] <= '9';
}

static tw_status end_of(char *word, const tw_paths *paths, const tw_study_topology *out,
                        size_t *at) {
    double x = 0, y = 0;
    const tw_path *path = named(paths, word);
    tw_status status = TW_OK;
    if (path == NULL && is_minimum(word))
        return minimum_of(word, &out->shape, at);
    if (path == NULL)
        status = read_point(word, out->surface->rank, &x, &y);
    if (status != TW_OK)
        return status;
    if (path != NULL) {
        x = path->x[path->count - 1];
        y = path->y[path->count - 1];
    }
    status = tw_surface_nearest(out->surface, out->metric, x, y, at);
    return status == TW_OK ? TW_OK : tw_fail_prefix(status, "--between");
}

static tw_status find_pass(const char *between, const tw_paths *paths, tw_study_topology *out) {
    size_t from, to;
    char *words = tw_strdup(between);
    char *second = words != NULL ? strchr(words, ':') : NULL;
    tw_status status = TW_OK;
    if (words == NULL)
        return tw_fail(TW_ERR_MEMORY, "not enough memory for --between");
    if (second == NULL || strchr(second + 1, ':') != NULL)
        status = tw_fail(TW_ERR_ARGUMENT,
                         "--between: '%s': give two points, as x1,y1:x2,y2, m1:m2 or A:B", between);
    if (status == TW_OK) {
        *second++ = '\0';
        status = end_of(words, paths, out, &from);
    }
    if (status == TW_OK)
        status = end_of(second, paths, out, &to);
    if (status == TW_OK)
        status = tw_pass_find(out->surface, out->metric, from, to, &out->pass);
    out->has_pass = status == TW_OK;
    free(words);
    return status;
}

/* ---- all of it ---- */

static tw_status choose_surface(const tw_surface *surface, tw_study_topology *out) {
    out->surface = surface;
    out->points = surface->nx * surface->ny;
    tw_status status = tw_surface_coarse(surface, &out->coarse);
    if (status != TW_OK || out->coarse.nx == 0)
        return status;
    out->surface = &out->coarse;
    for (size_t at = 0; at < out->points; at++)
        out->left_out += surface->computed[at] == 0;
    return TW_OK;
}

tw_status tw_study_topology_find(const tw_study_topology_options *options,
                                 const tw_surface *surface, const tw_paths *paths,
                                 const tw_provenance *provenance, tw_study_topology *out) {
    tw_study_topology_options taken = tw_study_topology_defaults();
    tw_topology_options chosen = {.bytes = sizeof chosen};
    memset(out, 0, sizeof *out);
    TW_NEED(surface);
    tw_status status =
        TW_TAKE_OVER(tw_study_topology_options, tw_study_topology_defaults, &taken, options);
    if (status == TW_OK && !isnan(taken.errors) && !(taken.errors > 0 && isfinite(taken.errors)))
        status = tw_fail(TW_ERR_ARGUMENT, "--errors: %g must be greater than 0", taken.errors);
    if (status == TW_OK)
        status = tw_picture_metric(taken.metric, surface, &out->metric);
    if (status == TW_OK)
        status = choose_surface(surface, out);
    if (status == TW_OK)
        status =
            take_persistence(out->surface, out->metric, taken.persistence, &chosen.persistence);
    if (status == TW_OK) {
        chosen.errors = isnan(taken.errors) ? 0 : taken.errors;
        take_tolerance(out->surface, out->metric,
                       provenance != NULL ? tw_provenance_get(provenance, "adaptive") : NULL,
                       &chosen, &out->interpolation_known);
        status = tw_topology_find(out->surface, out->metric, &chosen, &out->shape);
    }
    if (status == TW_OK && taken.between != NULL)
        status = find_pass(taken.between, paths, out);
    if (status != TW_OK)
        tw_study_topology_release(out);
    return status;
}

void tw_study_topology_release(tw_study_topology *topology) {
    if (topology == NULL)
        return;
    tw_pass_release(&topology->pass);
    tw_topology_release(&topology->shape);
    tw_surface_release(&topology->coarse);
    memset(topology, 0, sizeof *topology);
}
