/* What a reader of a landscape should know: notes (notes.h), and the barrier of a line between two
 * points. */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "study/landscape.h"

/* Those of the gradient along the axes. Along several directions there is none. */
static tw_status find_slopes(const tw_study_landscape_plan *plan, double slope[2]) {
    const tw_study_model *model = plan->model;
    const double *directions[] = {plan->repeated == NULL ? plan->plane.x : NULL, plan->plane.y};
    double *gradient = NULL;
    slope[0] = slope[1] = NAN;
    if (!(tw_objective_capabilities(model->objective) & TW_CAN_GRADIENT))
        return TW_OK;
    tw_status status = tw_doubles_new(model->size, &gradient);
    if (status == TW_OK)
        status = tw_objective_gradient(model->objective, model->x, NULL, gradient);
    for (int axis = 0; axis < 2 && status == TW_OK; axis++)
        for (size_t i = 0; i < model->size && directions[axis] != NULL; i++)
            slope[axis] = (i > 0 ? slope[axis] : 0) + gradient[i] * directions[axis][i];
    free(gradient);
    return status;
}

/* That of the loss at metric `index`. Where the line leaves out an end, the first metric has its
 * loss by the points; the others are not known there. */
static void add_barrier(const tw_surface *surface, int index, const tw_paths *paths,
                        tw_study_landscape_notes *out) {
    double from = index == 0 ? paths->path[0].loss[0] : NAN;
    double to = index == 0 ? paths->path[1].loss[0] : NAN;
    tw_barrier barrier;
    if (tw_surface_barrier(surface, (size_t)index, from, to, &barrier) != TW_OK) {
        tw_message_clear(); /* a range that leaves out the way between them */
        return;
    }
    out->barrier[out->barriers].metric = surface->names[index];
    out->barrier[out->barriers++].barrier = barrier;
}

/* The least and the largest of an axis of coefficients. */
static void ends_of(size_t count, const double *coefficients, double ends[2]) {
    ends[0] = fmin(coefficients[0], coefficients[count - 1]);
    ends[1] = fmax(coefficients[0], coefficients[count - 1]);
}

/* Parameters that leave their bounds somewhere in the picture: they do in a corner then. */
static tw_status find_beyond(const tw_study_landscape_plan *plan, const tw_surface *surface,
                             tw_study_landscape_notes *out) {
    const tw_objective *objective = plan->model->objective;
    const double *lower = tw_objective_lower(objective), *upper = tw_objective_upper(objective);
    double x[2], y[2] = {0, 0};
    size_t beyond = 0, first = 0;
    const tw_plane *plane = &plan->plane;
    if ((lower == NULL && upper == NULL) || plan->repeated != NULL)
        return TW_OK;
    ends_of(surface->nx, surface->x, x);
    if (plane->rank == 2)
        ends_of(surface->ny, surface->y, y);
    for (size_t i = 0; i < plane->size; i++) {
        double a = plane->x[i], b = plane->rank == 2 ? plane->y[i] : 0, at = plane->origin[i];
        double low = at + a * x[a < 0] + b * y[b < 0], high = at + a * x[a >= 0] + b * y[b >= 0];
        double noise = 1e-12 * fmax(fabs(low), fabs(high));
        if ((lower == NULL || low >= lower[i] - noise) &&
            (upper == NULL || high <= upper[i] + noise))
            continue;
        first = beyond++ == 0 ? i : first;
    }
    if (beyond == 0)
        return TW_OK;
    char *name = NULL;
    tw_status status = tw_plane_parameter_name(tw_objective_space(objective), first, &name);
    if (status == TW_OK)
        snprintf(
            out->bounds, sizeof out->bounds,
            "%zu of %zu parameters leave their bounds in the picture, %.100s (%g ... %g) first: "
            "what is seen out there may mean nothing",
            beyond, plane->size, tw_plane_parameter_label(name),
            lower != NULL ? lower[first] : -INFINITY, upper != NULL ? upper[first] : INFINITY);
    free(name);
    return status;
}

tw_status tw_landscape_notes_make(const tw_study_landscape_plan *plan,
                                  tw_study_landscape_result *result) {
    const tw_surface *surface = &result->surface;
    tw_study_landscape_notes *out = &result->notes;
    tw_notes_input input = {.surface = surface,
                            .angle = plan->plane.angle,
                            .noise = tw_objective_noise(plan->model->objective),
                            .center = {plan->whole ? NAN : plan->at[0], plan->at[1]},
                            .paths = result->paths.path,
                            .path_count = result->paths.count};
    snprintf(out->other_data, sizeof out->other_data, "%s", plan->points.other_data);
    tw_status status = find_slopes(plan, input.slope);
    if (status == TW_OK)
        status = find_beyond(plan, surface, out);
    if (status == TW_OK)
        out->count = tw_landscape_notes(&input, out->note);
    if (status != TW_OK || plan->points.to == NULL || surface->rank != 1)
        return status;
    tw_metric loss = surface->metric[0];
    loss.split = tw_split_name(TW_SPLIT_TEST);
    int test = tw_surface_metric_find(surface, &loss);
    add_barrier(surface, 0, &result->paths, out);
    if (test > 0)
        add_barrier(surface, test, &result->paths, out);
    return TW_OK;
}
