/* A plan of a landscape: the steps in their order, and what made the result. */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "study/landscape.h"
#include "thalweg/json.h"

/* ---- provenance ---- */

static tw_status add_axis(tw_provenance *provenance, const char *key, const tw_axis *axis) {
    char first[32], last[32];
    return tw_provenance_add(provenance, key, "%s:%s:%zu",
                             tw_shortest(axis->first, first, sizeof first),
                             tw_shortest(axis->last, last, sizeof last), axis->count);
}

static tw_status add_hash(tw_provenance *provenance, const char *key, size_t count,
                          const double *values) {
    return tw_provenance_add(provenance, key, "%016" PRIx64, tw_provenance_hash(count, values));
}

static tw_status add_direction(tw_provenance *provenance, const tw_axis *axis, const char *name,
                               const char *source) {
    char key[16];
    snprintf(key, sizeof key, "d%s", name);
    tw_status status = add_axis(provenance, name, axis);
    if (status == TW_OK)
        status = tw_provenance_add(provenance, key, "%s", source);
    return status;
}

static tw_status add_options(tw_study_landscape_plan *plan) {
    const tw_study_landscape_options *options = &plan->options;
    const tw_plane *plane = &plan->plane;
    tw_provenance *provenance = &plan->provenance;
    tw_status status = add_direction(provenance, &plan->x, "x", plane->source[0]);
    if (status == TW_OK && plane->rank == 2)
        status = add_direction(provenance, &plan->y, "y", plane->source[1]);
    if (status == TW_OK)
        status =
            tw_plane_provenance(&options->plane, plan->orthogonal, options->directions, provenance);
    if (status == TW_OK && tw_landscape_is_repeated(options))
        status = tw_provenance_add(provenance, "repeats", "%zu", options->repeats);
    if (status == TW_OK && options->tolerance != NULL)
        status = tw_provenance_add(provenance, "tolerance", "%s", options->tolerance);
    if (status == TW_OK && options->adaptive != NULL)
        status = tw_landscape_adaptive_provenance(options, provenance);
    if (status == TW_OK)
        status = tw_landscape_curvature_provenance(plan);
    return status == TW_OK ? tw_landscape_paths_provenance(&options->plane, provenance) : status;
}

/* What a picture calls the axes. */
static tw_status add_labels(tw_study_landscape_plan *plan) {
    static const char *const keys[] = {"x_label", "y_label"};
    tw_status status = TW_OK;
    for (int k = 0; k < plan->plane.rank && status == TW_OK; k++)
        if (plan->labels[k][0] != '\0')
            status = tw_provenance_add(&plan->provenance, keys[k], "%s", plan->labels[k]);
    return status;
}

/* The vectors that came of the options, last: what differs is told in this order. */
static tw_status add_hashes(tw_study_landscape_plan *plan) {
    const tw_plane *plane = &plan->plane;
    tw_provenance *provenance = &plan->provenance;
    tw_status status = TW_OK;
    if (plan->test_data != NULL)
        status = tw_provenance_add(provenance, "test_data_hash", "%016" PRIx64,
                                   tw_dataset_hash(plan->test_data));
    if (plan->test != NULL && status == TW_OK)
        status =
            tw_provenance_add(provenance, "test_samples", "%zu", tw_objective_samples(plan->test));
    if (status == TW_OK)
        status = add_hash(provenance, "point_hash", plane->size, plan->model->x);
    if (status == TW_OK)
        status = plan->repeated != NULL ? add_hash(provenance, "dx_hash",
                                                   plane->size * plan->options.repeats, plan->lines)
                                        : add_hash(provenance, "dx_hash", plane->size, plane->x);
    if (status == TW_OK && plane->rank == 2)
        status = add_hash(provenance, "dy_hash", plane->size, plane->y);
    return status == TW_OK ? tw_landscape_paths_hash(&plan->points, provenance) : status;
}

/* All of a team must be at the same landscape of the same data, on processors of one level. */
static tw_status agree(const tw_study_landscape_plan *plan, tw_status status) {
    tw_team *team = plan->study->team;
    const tw_provenance *provenance = &plan->provenance;
    char *text = NULL;
    size_t size = 0;
    if (tw_team_size(team) == 1)
        return status;
    FILE *stream = status == TW_OK ? open_memstream(&text, &size) : NULL;
    if (status == TW_OK && stream == NULL)
        status = tw_fail(TW_ERR_MEMORY, "not enough memory for a text");
    for (size_t k = 0; stream != NULL && k < provenance->count; k++)
        if (strcmp(provenance->keys[k], "command") != 0)
            fprintf(stream, "%s: %s\n", provenance->keys[k], provenance->texts[k]);
    if (stream != NULL && (fclose(stream) != 0 || text == NULL))
        status = tw_fail(TW_ERR_MEMORY, "not enough memory for a text");
    status = tw_team_agree(team, status, status == TW_OK ? text : NULL);
    free(text);
    return status;
}

/* ---- the plan ---- */

/* Each step reads what those before it have decided (landscape.h). */
static tw_status decide(tw_study_landscape_plan *plan) {
    static tw_status (*const steps[])(tw_study_landscape_plan *) = {
        tw_landscape_points_open,                  /* first: the point of the model may be theirs */
        tw_landscape_axes, tw_landscape_tolerance, /* on the grid that was chosen */
        tw_landscape_objective,                    /* of the samples that are left */
    };
    tw_status status = tw_landscape_options_check_axes(&plan->options);
    for (size_t k = 0; k < sizeof steps / sizeof steps[0] && status == TW_OK; k++)
        status = steps[k](plan);
    if (status == TW_OK)
        tw_plane_measure(&plan->plane);
    if (status == TW_OK)
        status = tw_study_model_provenance(plan->model, &plan->provenance);
    if (status == TW_OK)
        status = add_options(plan);
    if (status == TW_OK)
        status = add_labels(plan);
    return status == TW_OK ? add_hashes(plan) : status;
}

/* A survey may take hours; that its file cannot be written is told before. */
static tw_status check_outputs(const tw_study *study, const tw_study_landscape_options *options) {
    const char *surfaces[8] = {NULL};
    static const char *const directions[] = {".h5", ".npz", NULL};
    static const char *const projections[] = {".csv", ".h5", NULL};
    for (size_t k = 0; k < sizeof surfaces / sizeof surfaces[0] - 1; k++)
        surfaces[k] = tw_surface_ending(TW_SURFACE_READ_BACK, k);
    tw_status status = tw_study_check_output(study, "output", options->output, surfaces);
    if (status == TW_OK)
        status = tw_study_check_output(study, "directions", options->directions, directions);
    return status == TW_OK
               ? tw_study_check_output(study, "projection", options->projection, projections)
               : status;
}

/* With no model, one is opened as `options` say. */
static tw_status make_plan(const tw_study *study, tw_study_model *model,
                           const tw_study_landscape_options *options,
                           tw_study_landscape_plan *plan) {
    plan->model = model;
    tw_status status = tw_study_take(study, &plan->study);
    if (status != TW_OK)
        return status;
    study = plan->study;
    status = tw_landscape_options_take(options, plan);
    plan->adaptive = (tw_adaptive_options){.bytes = sizeof plan->adaptive, .seed = study->seed};
    if (status == TW_OK)
        status = tw_landscape_options_check(&plan->options, &plan->adaptive);
    if (status == TW_OK)
        status = check_outputs(study, &plan->options);
    if (status == TW_OK && model == NULL) {
        tw_study_model_options own = options->model;
        own.errors = own.errors || options->errors || options->tolerance != NULL;
        status = tw_study_model_open(study, &own, &plan->model);
    }
    if (status == TW_OK)
        status = decide(plan);
    return agree(plan, status);
}

tw_status tw_study_landscape_plan_on(const tw_study *study, tw_study_model *model,
                                     const tw_study_landscape_options *options,
                                     tw_study_landscape_plan **out) {
    tw_study_landscape_plan *plan = calloc(1, sizeof *plan);
    *out = NULL;
    if (plan == NULL) {
        tw_study_model_free(model);
        return tw_fail(TW_ERR_MEMORY, "not enough memory for a plan");
    }
    tw_status status = make_plan(study, model, options, plan);
    if (status == TW_OK)
        *out = plan;
    else
        tw_study_landscape_plan_free(plan);
    return status;
}

tw_status tw_study_landscape_plan_new(const tw_study *study,
                                      const tw_study_landscape_options *options,
                                      tw_study_landscape_plan **out) {
    return tw_study_landscape_plan_on(study, NULL, options, out);
}

void tw_study_landscape_plan_free(tw_study_landscape_plan *plan) {
    if (plan == NULL)
        return;
    tw_provenance_release(&plan->provenance);
    tw_landscape_objective_release(plan);
    tw_landscape_points_release(&plan->points);
    tw_plane_release(&plan->plane);
    free(plan->names[0]);
    free(plan->names[1]);
    tw_study_model_free(plan->model);
    tw_landscape_options_release(&plan->options);
    free(plan);
}

const tw_study_model *tw_study_landscape_plan_model(const tw_study_landscape_plan *plan) {
    return plan->model;
}

const tw_plane *tw_study_landscape_plan_plane(const tw_study_landscape_plan *plan) {
    return &plan->plane;
}

tw_axis tw_study_landscape_plan_axis(const tw_study_landscape_plan *plan, int axis) {
    return axis == 0 ? plan->x : plan->y;
}

const tw_provenance *tw_study_landscape_plan_provenance(const tw_study_landscape_plan *plan) {
    return &plan->provenance;
}
