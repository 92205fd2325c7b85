/* What a reader of a landscape should know: notes (notes.h), and the barrier of a line between two
 * points. */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "study/landscape.h"
#include "study/model_kind.h"

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

/* Of axes that are eigenvectors, in their own units. */
static void find_curvature(const tw_study_landscape_plan *plan, double curvature[2]) {
    const double *directions[] = {plan->repeated == NULL ? plan->plane.x : NULL, plan->plane.y};
    for (int axis = 0; axis < plan->plane.rank; axis++) {
        double length =
            directions[axis] != NULL ? tw_direction_length(plan->plane.size, directions[axis]) : 0;
        curvature[axis] = plan->eigenvalues[axis] * length * length;
    }
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

/* ---- running variances ---- */

/* Where a straight line would take running variances below 0: the objective keeps them above it. */
typedef struct fallen {
    size_t count, all; /* variances that do somewhere, of those that move */
    const char *first; /* block of the one that does nearest to the point */
    double at[2];      /* the coefficients on either side where the first ones do; of lines */
} fallen;

static void add_variance(const tw_plane *plane, const double x[2], const double y[2], size_t i,
                         const char *name, fallen *out) {
    double a = plane->x[i], b = plane->rank == 2 ? plane->y[i] : 0, at = plane->origin[i];
    out->all += a != 0 || b != 0;
    if (!(at + a * x[a < 0] + b * y[b < 0] < 0) || !(at >= 0))
        return;
    double zero = a != 0 ? -at / a : NAN;
    int side = zero > 0;
    if (out->count++ == 0)
        out->first = name;
    if (plane->rank == 1 && fabs(zero) < fabs(out->at[side]))
        out->at[side] = zero;
}

static fallen find_fallen(const tw_study_landscape_plan *plan, const tw_surface *surface) {
    const tw_space *space = tw_objective_space(plan->model->objective);
    fallen found = {.at = {-INFINITY, INFINITY}};
    double x[2], y[2] = {0, 0};
    ends_of(surface->nx, surface->x, x);
    if (plan->plane.rank == 2)
        ends_of(surface->ny, surface->y, y);
    for (size_t b = 0; b < tw_space_blocks(space); b++) {
        const tw_block *block = tw_space_block(space, b);
        if (block->role != TW_ROLE_BUFFER || block->use.part != TW_PART_VARIANCE)
            continue;
        for (size_t i = block->offset; i < block->offset + block->count; i++)
            add_variance(&plan->plane, x, y, i, block->name, &found);
    }
    return found;
}

static void note_fallen(const tw_study_landscape_plan *plan, const tw_surface *surface,
                        tw_study_landscape_notes *out) {
    const fallen found = find_fallen(plan, surface);
    char below[40] = "", above[40] = "";
    if (found.count == 0 || tw_model_buffers_anew(plan->model))
        return;
    if (isfinite(found.at[0]))
        snprintf(below, sizeof below, "below x = %.3g", found.at[0]);
    if (isfinite(found.at[1]))
        snprintf(above, sizeof above, "%sabove x = %.3g", below[0] != '\0' ? " and " : "",
                 found.at[1]);
    snprintf(out->bounds, sizeof out->bounds,
             "%zu of %zu running variances (of %.60s among others) would be negative%s%s%s: "
             "beyond the ends they are kept at the smaller of the two; --x=0:1:N leaves that out, "
             "--bn reestimated takes them from the samples",
             found.count, found.all, found.first, plan->plane.rank == 1 ? " " : "", below, above);
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
    find_curvature(plan, input.curvature);
    snprintf(out->other_data, sizeof out->other_data, "%s", plan->points.other_data);
    tw_status status = find_slopes(plan, input.slope);
    if (status == TW_OK)
        status = find_beyond(plan, surface, out);
    if (status == TW_OK && out->bounds[0] == '\0')
        note_fallen(plan, surface, out);
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
