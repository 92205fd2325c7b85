#include "study/plane_make.h"
#include "study/option_range.h"

#include <math.h>
#include <string.h>

#include "core/versioned.h"
#include "study/study_private.h"

tw_study_plane_options tw_study_plane_defaults(void) {
    return (tw_study_plane_options){
        .bytes = sizeof(tw_study_plane_options), .norm = -1, .ignore = -1, .scale = NAN};
}

tw_status tw_plane_options_check(const tw_study_plane_options *options) {
    static const tw_option_range ranges[] = {
        {"norm", offsetof(tw_study_plane_options, norm), TW_OPTION_CHOICE, tw_norm_name},
        {"ignore", offsetof(tw_study_plane_options, ignore), TW_OPTION_CHOICE,
         tw_study_ignore_name},
        {"scale", offsetof(tw_study_plane_options, scale), TW_OPTION_POSITIVE},
    };
    tw_status status = tw_option_ranges_check(options, sizeof ranges / sizeof ranges[0], ranges);
    if (status != TW_OK)
        return status;
    if (!isnan(options->scale) && options->norm > TW_NORM_NONE)
        return tw_fail(TW_ERR_ARGUMENT, "--scale and --norm cannot be used together");
    if (!isnan(options->scale) && options->peer_rules)
        return tw_fail(TW_ERR_ARGUMENT, "--scale and --peer-rules cannot be used together");
    if (options->peer_rules && options->norm == TW_NORM_MODEL)
        return tw_fail(TW_ERR_ARGUMENT, "--peer-rules: the peer has no norm 'model'");
    if (options->directions != NULL && (options->dx != NULL || options->dy != NULL))
        return tw_fail(TW_ERR_ARGUMENT, "--directions and --%s cannot be used together",
                       options->dx != NULL ? "dx" : "dy");
    return TW_OK;
}

int tw_plane_options_name_axes(const tw_study_plane_options *options) {
    return options->dx != NULL || options->dy != NULL || options->directions != NULL;
}

/* ---- their size ---- */

static tw_norm norm_of(const tw_study_plane_options *options, const tw_plane_source *source) {
    if (options->norm >= 0)
        return (tw_norm)options->norm;
    if (!isnan(options->scale) || options->peer_rules)
        return TW_NORM_NONE;
    return source->is & TW_PLANE_UNSIZED ? TW_NORM_MODEL : TW_NORM_NONE;
}

static tw_status resize(const tw_study_plane_options *options, const tw_plane_source *source,
                        const tw_plane_ask *ask, size_t size, double *direction) {
    const tw_direction_rules rules = {.norm = norm_of(options, source),
                                      .ignore_biasbn = options->ignore == 1,
                                      .peer_rules = options->peer_rules &&
                                                    (source->is & TW_PLANE_DRAWN) != 0};
    tw_status status =
        tw_direction_apply(tw_objective_space(ask->objective), &rules, ask->point, direction);
    if (ask->eigenvalues != NULL && rules.norm != TW_NORM_NONE && rules.norm != TW_NORM_MODEL)
        ask->eigenvalues[ask->axis] = 0; /* it turns, and is no eigenvector any more */
    for (size_t i = 0; i < size && !isnan(options->scale); i++)
        direction[i] *= options->scale;
    if (status == TW_OK && rules.ignore_biasbn && tw_direction_length(size, direction) == 0)
        status =
            tw_fail(TW_ERR_ARGUMENT, "--ignore biasbn leaves nothing: the direction is zero in "
                                     "all blocks of two axes or more");
    return status;
}

/* ---- all of them ---- */

tw_status tw_plane_make_axis(const tw_plane_recipe *recipe, const tw_plane_ask *ask,
                             tw_plane *plane) {
    tw_plane_ask own = *ask;
    const tw_plane_source *source = tw_plane_source_named(recipe->text[ask->axis], &own.argument);
    tw_status status = source->make(&own, plane);
    if (status == TW_OK && !(source->is & TW_PLANE_FINAL))
        status = resize(recipe->options, source, ask, plane->size, tw_plane_axis(plane, ask->axis));
    return status == TW_OK ? TW_OK : tw_fail_prefix(status, "--d%c", "xy"[ask->axis]);
}

/* The source that makes both axes at once, though each has its own words; NULL: none. */
static const tw_plane_source *source_of_both(const tw_plane_recipe *recipe, const tw_plane *plane) {
    const tw_plane_source *source = tw_plane_source_named(recipe->text[0], NULL);
    int same = plane->rank == 2 && tw_plane_source_named(recipe->text[1], NULL) == source;
    return same && source->make_both != NULL ? source : NULL;
}

static tw_status make_both(const tw_plane_recipe *recipe, const tw_plane_source *source,
                           const tw_plane_ask *ask, tw_plane *plane) {
    tw_plane_ask both[2] = {*ask, *ask};
    for (int axis = 0; axis < 2; axis++) {
        both[axis].axis = axis;
        tw_plane_source_named(recipe->text[axis], &both[axis].argument);
    }
    tw_status status = source->make_both(both, plane);
    for (int axis = 0; axis < 2 && status == TW_OK; axis++) {
        status =
            resize(recipe->options, source, &both[axis], plane->size, tw_plane_axis(plane, axis));
        if (status != TW_OK)
            status = tw_fail_prefix(status, "--d%c", "xy"[axis]);
    }
    return status;
}

static tw_status make_each(const tw_plane_recipe *recipe, const tw_plane_ask *ask,
                           tw_plane *plane) {
    const tw_plane_source *source = source_of_both(recipe, plane);
    tw_plane_ask own = *ask;
    tw_status status = TW_OK;
    if (source != NULL)
        return make_both(recipe, source, ask, plane);
    for (own.axis = 0; own.axis < plane->rank && status == TW_OK; own.axis++)
        status = tw_plane_make_axis(recipe, &own, plane);
    return status;
}

/* Paths and points make axes that are neither longer nor shorter for any option. */
static tw_status make_all(const tw_plane_recipe *recipe, const tw_plane_source *source,
                          const tw_plane_ask *ask, tw_plane *plane) {
    tw_status status = source->make(ask, plane);
    if (status != TW_OK || source->by != TW_PLANE_BY_FILE)
        return status;
    for (int axis = 0; axis < plane->rank && status == TW_OK; axis++)
        status = resize(recipe->options, source, ask, plane->size, tw_plane_axis(plane, axis));
    return status == TW_OK ? TW_OK : tw_fail_prefix(status, "--directions");
}

/* Whether a pair is to be made orthogonal unasked: of few dimensions random directions are far from
 * it, and beside the axis of a parameter the other must leave that parameter alone. Directions
 * brought to size filter by filter, or block by block, would lose that where it is not needed. */
static int wants_right_angle(const tw_plane_recipe *recipe, const tw_plane *plane) {
    const double near = 0.1, parallel = 1 - 1e-10;
    enum { FEW = 100 };
    const tw_study_plane_options *options = recipe->options;
    unsigned x = tw_plane_source_named(recipe->text[0], NULL)->is;
    unsigned y = tw_plane_source_named(recipe->text[1], NULL)->is;
    if (options->peer_rules || recipe->as_drawn || !((x | y) & TW_PLANE_DRAWN))
        return 0;
    double cosine = fabs(tw_direction_cosine(plane->size, plane->x, plane->y));
    tw_norm norm =
        norm_of(options, x & TW_PLANE_DRAWN ? tw_plane_source_named(recipe->text[0], NULL)
                                            : tw_plane_source_named(recipe->text[1], NULL));
    int one_size = norm == TW_NORM_NONE || norm == TW_NORM_MODEL;
    return cosine < parallel &&
           (plane->size < FEW || ((x | y) & TW_PLANE_FINAL) || (one_size && cosine > near));
}

/* What is drawn gives way to what is given. */
static tw_status make_orthogonal(const tw_plane_recipe *recipe, const tw_plane_ask *ask,
                                 tw_plane *plane, int *orthogonal) {
    const double right = 1e-6; /* what stands at right angles does not turn */
    int asked = recipe->options->orthogonal;
    int drawn = tw_plane_source_named(recipe->text[1], NULL)->is & TW_PLANE_DRAWN;
    tw_status status = TW_OK;
    *orthogonal =
        asked || (recipe->options->directions == NULL && wants_right_angle(recipe, plane));
    int turned = !asked && !drawn ? 0 : 1;
    if (*orthogonal && ask->eigenvalues != NULL &&
        !(fabs(tw_direction_cosine(plane->size, plane->x, plane->y)) <= right))
        ask->eigenvalues[turned] = 0;
    if (!asked && *orthogonal && !drawn)
        status = tw_direction_orthogonalize(plane->size, plane->y, plane->x);
    else if (*orthogonal)
        status = tw_direction_orthogonalize(plane->size, plane->x, plane->y);
    return status == TW_OK ? TW_OK : tw_fail_prefix(status, "--orthogonal");
}

/* What axis 0 or 1 is made of, in words: "random", "to:FILE", the file. */
static const char *words_of(const tw_plane_recipe *recipe, int axis) {
    const char *text = recipe->text[axis], *file = recipe->options->directions;
    return file != NULL ? file : text != NULL ? text : tw_plane_source_named(NULL, NULL)->word;
}

tw_status tw_plane_make(const tw_plane_recipe *recipe, const tw_plane_ask *ask, tw_plane *plane,
                        int *orthogonal) {
    const tw_plane_source *all = tw_plane_source_given(ask);
    *orthogonal = 0;
    tw_status status =
        all != NULL ? make_all(recipe, all, ask, plane) : make_each(recipe, ask, plane);
    for (int axis = 0; axis < plane->rank; axis++)
        plane->source[axis] = all != NULL && all->word != NULL ? all->word : words_of(recipe, axis);
    for (int axis = 0; axis < plane->rank && status == TW_OK && ask->still; axis++)
        tw_space_keep_still(tw_objective_space(ask->objective), NULL, tw_plane_axis(plane, axis));
    if (status == TW_OK && plane->rank == 2 && (all == NULL || all->by == TW_PLANE_BY_FILE))
        status = make_orthogonal(recipe, ask, plane, orthogonal);
    return status;
}

/* ---- for any objective ---- */

static tw_status set_origin(const tw_plane_recipe *recipe, const tw_plane_ask *ask,
                            tw_plane *plane) {
    size_t entry[2] = {0, 0};
    int parameters = 0;
    memcpy(plane->origin, ask->point, plane->size * sizeof *plane->origin);
    for (int axis = 0; axis < plane->rank; axis++) {
        const char *text = recipe->text[axis];
        if (tw_plane_parameter_label(text) == NULL)
            continue;
        tw_status status =
            tw_plane_parameter_find(text, tw_objective_space(ask->objective), &entry[axis]);
        if (status != TW_OK)
            return tw_fail_prefix(status, "--d%c", "xy"[axis]);
        plane->origin[entry[axis]] = 0;
        parameters++;
    }
    if (parameters == 2 && entry[0] == entry[1])
        return tw_fail(TW_ERR_ARGUMENT, "--dy: '%s' is the parameter of the other axis as well",
                       recipe->text[1]);
    return TW_OK;
}

tw_status tw_study_plane_make(const tw_study *study, tw_objective *objective, const double *point,
                              int rank, const tw_study_plane_options *options, tw_plane *out) {
    memset(out, 0, sizeof *out);
    TW_NEED(objective);
    TW_NEED(point);
    tw_study_plane_options own = tw_study_plane_defaults();
    int orthogonal;
    tw_status status = tw_study_take(study, &study);
    if (status != TW_OK)
        return status;
    status = TW_TAKE_OVER(tw_study_plane_options, tw_study_plane_defaults, &own, options);
    if (status == TW_OK)
        status = tw_plane_options_check(&own);
    if (status == TW_OK && (own.trajectory != NULL || own.to != NULL || own.third != NULL))
        status = tw_fail(TW_ERR_ARGUMENT, "paths and points belong to a landscape "
                                          "(tw_study_landscape_plan_new)");
    const tw_plane_recipe recipe = {.options = &own, .text = {own.dx, own.dy}};
    const tw_plane_ask ask = {.objective = objective,
                              .model = tw_objective_name(objective),
                              .point = point,
                              .seed = study->seed,
                              .file = own.directions,
                              .vectors = {own.x_vector, own.y_vector},
                              .runner = study->runner};
    if (status == TW_OK)
        status = tw_plane_init(out, rank, tw_objective_size(objective));
    if (status == TW_OK)
        status = set_origin(&recipe, &ask, out);
    if (status == TW_OK)
        status = tw_plane_make(&recipe, &ask, out, &orthogonal);
    if (status == TW_OK)
        tw_plane_measure(out);
    else
        tw_plane_release(out);
    return status;
}

/* ---- in words ---- */

tw_status tw_plane_provenance(const tw_study_plane_options *options, int orthogonal,
                              const char *saved, tw_provenance *provenance) {
    const struct {
        const char *key, *text;
    } texts[] = {
        {"norm", options->norm >= 0 ? tw_norm_name((size_t)options->norm) : NULL},
        {"ignore", options->ignore == 1 ? "biasbn" : NULL},
        {"rules", options->peer_rules ? "peer" : NULL},
        {"orthogonal", orthogonal ? "yes" : NULL},
        {"dir_file", saved != NULL ? saved : options->directions},
    };
    tw_status status = TW_OK;
    for (size_t k = 0; k < sizeof texts / sizeof texts[0] && status == TW_OK; k++)
        if (texts[k].text != NULL)
            status = tw_provenance_add(provenance, texts[k].key, "%s", texts[k].text);
    if (status == TW_OK && !isnan(options->scale))
        status = tw_provenance_add(provenance, "scale", "%.17g", options->scale);
    return status;
}
