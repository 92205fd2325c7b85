/* What is wanted of a landscape: copied, and checked as far as that needs no model. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "core/versioned.h"
#include "study/landscape.h"
#include "study/option_range.h"
#include "thalweg/curvature.h"
#include "thalweg/words.h"

tw_study_landscape_options tw_study_landscape_defaults(int rank) {
    return (tw_study_landscape_options){.bytes = sizeof(tw_study_landscape_options),
                                        .rank = rank,
                                        .model = tw_study_model_defaults(),
                                        .plane = tw_study_plane_defaults(),
                                        .border = NAN,
                                        .repeats = TW_UNSET,
                                        .save_every = NAN,
                                        .product = -1,
                                        .eig_tolerance = NAN,
                                        .peer_scale = TW_UNSET,
                                        .matrix = -1,
                                        .eig_ignore = -1};
}

/* ---- a copy ---- */

static const size_t texts[] = {
    offsetof(tw_study_landscape_options, plane.dx),
    offsetof(tw_study_landscape_options, plane.dy),
    offsetof(tw_study_landscape_options, plane.directions),
    offsetof(tw_study_landscape_options, plane.trajectory),
    offsetof(tw_study_landscape_options, plane.to),
    offsetof(tw_study_landscape_options, plane.third),
    offsetof(tw_study_landscape_options, tolerance),
    offsetof(tw_study_landscape_options, adaptive),
    offsetof(tw_study_landscape_options, output),
    offsetof(tw_study_landscape_options, directions),
    offsetof(tw_study_landscape_options, projection),
};

enum { TEXTS = sizeof texts / sizeof texts[0] };

static char **text_at(tw_study_landscape_options *options, size_t k) {
    return (char **)((char *)options + texts[k]);
}

/* With the structs within it; *own holds the defaults. */
static tw_status take(const tw_study_landscape_options *options, tw_study_landscape_options *own) {
    tw_status status =
        TW_TAKE_OVER(tw_study_landscape_options, tw_study_landscape_defaults, own, options);
    if (status == TW_OK)
        status = TW_TAKE_INNER(tw_study_model_options, tw_study_model_defaults, own->model);
    if (status == TW_OK)
        status = TW_TAKE_INNER(tw_study_data_options, tw_study_data_defaults, own->model.data);
    return status == TW_OK
               ? TW_TAKE_INNER(tw_study_plane_options, tw_study_plane_defaults, own->plane)
               : status;
}

tw_status tw_landscape_options_take(const tw_study_landscape_options *options,
                                    tw_study_landscape_plan *plan) {
    tw_study_landscape_options own = tw_study_landscape_defaults(0);
    tw_status status = take(options, &own);
    if (status != TW_OK) /* texts of a struct that is none are not read */
        own = tw_study_landscape_defaults(0);
    for (size_t k = 0; k < TEXTS; k++) {
        char **text = text_at(&own, k);
        char *copy = *text != NULL && status == TW_OK ? strdup(*text) : NULL;
        if (*text != NULL && copy == NULL && status == TW_OK)
            status = tw_fail(TW_ERR_MEMORY, "not enough memory for a text");
        *text = copy;
    }
    own.model = tw_study_model_defaults(); /* the model has its own copy */
    if (isnan(own.save_every))
        own.save_every = 2;
    plan->options = own;
    return status;
}

void tw_landscape_options_release(tw_study_landscape_options *options) {
    for (size_t k = 0; k < TEXTS; k++)
        free(*text_at(options, k));
}

/* ---- what they ask for ---- */

int tw_landscape_has_points(const tw_study_landscape_options *options) {
    return options->plane.trajectory != NULL || options->plane.to != NULL ||
           options->plane.third != NULL || options->plane.to_point != NULL ||
           options->plane.third_point != NULL ||
           options->projection != NULL; /* which is refused without a trajectory */
}

int tw_landscape_draws_repeats(const tw_study_landscape_options *options) {
    return options->repeats != TW_UNSET;
}

int tw_landscape_is_repeated(const tw_study_landscape_options *options) {
    return options->repeats != TW_UNSET && options->repeats > 1;
}

/* An option of those that bring directions to their size, if one is given. */
const char *tw_landscape_size_option(const tw_study_plane_options *plane) {
    return plane->norm >= 0       ? "norm"
           : !isnan(plane->scale) ? "scale"
           : plane->ignore >= 0   ? "ignore"
           : plane->peer_rules    ? "peer-rules"
           : plane->orthogonal    ? "orthogonal"
                                  : NULL;
}

static tw_status read_adaptive(const tw_study_landscape_options *options,
                               tw_adaptive_options *out) {
    int per_cent;
    if (options->adaptive == NULL)
        return TW_OK;
    tw_status status = tw_text_share("--adaptive", options->adaptive, &out->tolerance, &per_cent);
    if (status != TW_OK)
        return status;
    if (!(out->tolerance > 0) || (per_cent && out->tolerance >= 1))
        return tw_fail(TW_ERR_ARGUMENT,
                       "--adaptive: '%s' must be above 0, and a share below 100%%; 1%% is usual",
                       options->adaptive);
    out->absolute = !per_cent;
    out->scale = options->adaptive_scale;
    return TW_OK;
}

/* One point lies at one place, several lie apart; NaN: a range that is chosen. */
static tw_status check_axis(const char *name, const tw_axis *axis) {
    const int chosen = isnan(axis->first) && isnan(axis->last) && axis->count > 1;
    if (axis->count == 0 || chosen ||
        (isfinite(axis->first) && isfinite(axis->last) &&
         (axis->count == 1) == (axis->first == axis->last)))
        return TW_OK;
    return tw_fail(TW_ERR_ARGUMENT,
                   "--%s: %zu point%s from %g to %g; give finite numbers, the "
                   "same for one point, two that differ for more",
                   name, axis->count, axis->count == 1 ? "" : "s", axis->first, axis->last);
}

static tw_status check_ranges(const tw_study_landscape_options *options) {
    static const tw_option_range ranges[] = {
        {"repeats", offsetof(tw_study_landscape_options, repeats), TW_OPTION_COUNT},
        {"border", offsetof(tw_study_landscape_options, border), TW_OPTION_NOT_NEGATIVE},
        {"save-every", offsetof(tw_study_landscape_options, save_every), TW_OPTION_NOT_NEGATIVE},
        {"product", offsetof(tw_study_landscape_options, product), TW_OPTION_CHOICE,
         tw_product_source_name},
        {"matrix", offsetof(tw_study_landscape_options, matrix), TW_OPTION_CHOICE,
         tw_curvature_matrix_name},
        {"eig-ignore", offsetof(tw_study_landscape_options, eig_ignore), TW_OPTION_CHOICE,
         tw_study_ignore_name},
        {"eig-tolerance", offsetof(tw_study_landscape_options, eig_tolerance), TW_OPTION_POSITIVE},
        {"peer-scale", offsetof(tw_study_landscape_options, peer_scale), TW_OPTION_COUNT},
    };
    tw_status status = tw_option_ranges_check(options, sizeof ranges / sizeof ranges[0], ranges);
    if (status == TW_OK && (unsigned)options->adaptive_scale > TW_ADAPTIVE_LOG)
        status = tw_fail(TW_ERR_ARGUMENT, "--adaptive: there is no scale number %d",
                         (int)options->adaptive_scale);
    if (status == TW_OK)
        status = check_axis("x", &options->x);
    if (status == TW_OK && options->rank == 1 && options->y.count > 0)
        status = tw_fail(TW_ERR_ARGUMENT, "--y is for planes; a line has --x alone");
    return status == TW_OK ? check_axis("y", &options->y) : status;
}

/* What is said of the curvature belongs to it, and it to single lines. */
static tw_status check_curvature(const tw_study_landscape_options *options) {
    const char *given = options->product >= 0             ? "product"
                        : options->matrix >= 0            ? "matrix"
                        : options->eig_ignore >= 0        ? "eig-ignore"
                        : !isnan(options->eig_tolerance)  ? "eig-tolerance"
                        : options->peer_scale != TW_UNSET ? "peer-scale"
                        : options->eig_confirmed          ? "eig-confirmed"
                                                          : NULL;
    if (!options->curvature && given != NULL)
        return tw_fail(TW_ERR_ARGUMENT, "--%s is for --curvature", given);
    if (options->curvature && tw_landscape_draws_repeats(options))
        return tw_fail(TW_ERR_ARGUMENT, "--curvature and --repeats cannot be used together");
    return TW_OK;
}

tw_status tw_landscape_options_check(const tw_study_landscape_options *options,
                                     tw_adaptive_options *adaptive) {
    if (options->rank < 1 || options->rank > 2)
        return tw_fail(TW_ERR_ARGUMENT, "a landscape of rank %d; there are 1, a line, and 2",
                       options->rank);
    if (options->rank == 2 && tw_landscape_draws_repeats(options))
        return tw_fail(TW_ERR_ARGUMENT, "--repeats is for lines");
    if (tw_landscape_draws_repeats(options) && options->directions != NULL)
        return tw_fail(TW_ERR_ARGUMENT, "--repeats and --save-directions cannot be used together");
    tw_status status = check_ranges(options);
    if (status == TW_OK)
        status = check_curvature(options);
    if (status == TW_OK)
        status = tw_plane_options_check(&options->plane);
    return status == TW_OK ? read_adaptive(options, adaptive) : status;
}

tw_status tw_study_landscape_check(const tw_study_landscape_options *options) {
    tw_study_landscape_options own = tw_study_landscape_defaults(0);
    tw_adaptive_options adaptive = {0};
    tw_status status = take(options, &own);
    return status == TW_OK ? tw_landscape_options_check(&own, &adaptive) : status;
}

/* Directions and paths: of the axes that the paths make nothing else may be said. */
tw_status tw_landscape_options_check_axes(const tw_study_landscape_options *options) {
    const tw_study_plane_options *plane = &options->plane;
    const char *size = tw_landscape_size_option(plane);
    int given = tw_plane_options_name_axes(plane), is_plane = options->rank == 2;
    if (is_plane && plane->mean && plane->trajectory == NULL)
        return tw_fail(TW_ERR_ARGUMENT,
                       "--about-mean applies only to the components of a --trajectory");
    if (is_plane && !isnan(options->border) && !tw_landscape_has_points(options))
        return tw_fail(TW_ERR_ARGUMENT,
                       "--border goes around a --trajectory, or the points --to and --third");
    if (!tw_landscape_has_points(options))
        return TW_OK;
    if (tw_landscape_draws_repeats(options))
        return tw_fail(TW_ERR_ARGUMENT, "--repeats draws directions; it cannot be used with --to");
    if (plane->trajectory != NULL && (plane->dx != NULL) != (plane->dy != NULL))
        return tw_fail(TW_ERR_ARGUMENT, "--trajectory makes both axes or none: give --dx and --dy, "
                                        "or neither");
    if (plane->trajectory == NULL && given)
        return tw_fail(TW_ERR_ARGUMENT, "--to and --%s cannot be used together",
                       plane->directions != NULL ? "directions"
                       : plane->dx != NULL       ? "dx"
                                                 : "dy");
    if (plane->trajectory != NULL && size != NULL && strcmp(size, "ignore") == 0)
        size = plane->peer_rules ? "peer-rules" : plane->orthogonal ? "orthogonal" : NULL;
    if (!given && size != NULL)
        return tw_fail(TW_ERR_ARGUMENT, "--%s does not apply to axes that come from points", size);
    return TW_OK;
}

/* The words, and the scale where an option of the picture decided which points were evaluated. */
tw_status tw_landscape_adaptive_provenance(const tw_study_landscape_options *options,
                                           tw_provenance *provenance) {
    static const char *const scales[] = {
        [TW_ADAPTIVE_AUTO] = "", [TW_ADAPTIVE_LINEAR] = " linear", [TW_ADAPTIVE_LOG] = " log"};
    return tw_provenance_add(provenance, "adaptive", "%s%s", options->adaptive,
                             scales[options->adaptive_scale]);
}
