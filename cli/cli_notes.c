#include "cli_notes.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "cli_axis.h"

static tw_status find_slopes(const tw_study_model *model, const double *dx, const double *dy,
                             double slope[2]) {
    double *gradient = NULL;
    slope[0] = slope[1] = NAN;
    if (!(tw_objective_capabilities(model->objective) & TW_CAN_GRADIENT))
        return TW_OK;
    tw_status status = doubles_new(model->size, &gradient);
    if (status == TW_OK)
        status = tw_objective_gradient(model->objective, model->x, NULL, gradient);
    for (int axis = 0; axis < 2 && status == TW_OK; axis++) {
        const double *direction = axis == 0 ? dx : dy;
        for (size_t i = 0; i < model->size && direction != NULL; i++)
            slope[axis] = (i > 0 ? slope[axis] : 0) + gradient[i] * direction[i];
    }
    free(gradient);
    return status;
}

/* That of the loss at metric `index`. Where the line leaves out an end, the first metric has its
 * loss by the points; the others are not known there. */
static void add_barrier(const tw_surface *surface, int index, const survey_paths *paths,
                        survey_notes *out) {
    double from = index == 0 ? paths->paths.path[0].loss[0] : NAN;
    double to = index == 0 ? paths->paths.path[1].loss[0] : NAN;
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
static tw_status find_beyond(const notes_view *view, survey_notes *out) {
    const tw_objective *objective = view->model->objective;
    const double *lower = tw_objective_lower(objective), *upper = tw_objective_upper(objective);
    double x[2], y[2] = {0, 0};
    size_t beyond = 0, first = 0;
    const tw_plane *plane = view->plane;
    if ((lower == NULL && upper == NULL) || view->repeated)
        return TW_OK;
    ends_of(view->surface->nx, view->surface->x, x);
    if (plane->rank == 2)
        ends_of(view->surface->ny, view->surface->y, y);
    for (size_t i = 0; i < view->model->size; i++) {
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
    tw_status status = axis_source(tw_objective_space(objective), first, &name);
    if (status == TW_OK)
        snprintf(
            out->bounds, sizeof out->bounds,
            "%zu of %zu parameters leave their bounds in the picture, %.100s (%g ... %g) first: "
            "what is seen out there may mean nothing",
            beyond, view->model->size, axis_label(name), lower != NULL ? lower[first] : -INFINITY,
            upper != NULL ? upper[first] : INFINITY);
    free(name);
    return status;
}

tw_status notes_make(const notes_view *view, const survey_paths *paths, survey_notes *out) {
    const tw_surface *surface = view->surface;
    tw_notes_input input = {.surface = surface,
                            .angle = view->plane->angle,
                            .noise = tw_objective_noise(view->model->objective),
                            .center = {view->at[0], view->at[1]},
                            .paths = paths->paths.path,
                            .path_count = paths->paths.count};
    out->other_data = paths->other_data;
    tw_status status = find_slopes(view->model, view->repeated ? NULL : view->plane->x,
                                   view->plane->y, input.slope);
    if (status == TW_OK)
        status = find_beyond(view, out);
    if (status == TW_OK)
        out->count = tw_landscape_notes(&input, out->note);
    if (status != TW_OK || paths->to == NULL || surface->rank != 1)
        return status;
    int test = tw_surface_metric(surface, "test_loss");
    add_barrier(surface, 0, paths, out);
    if (test > 0)
        add_barrier(surface, test, paths, out);
    return TW_OK;
}

void notes_text(const cli_context *context, const survey_notes *notes) {
    for (size_t k = 0; k < notes->barriers; k++) {
        const tw_barrier *barrier = &notes->barrier[k].barrier;
        fprintf(context->out,
                "barrier  %.6g at x = %g (%s %.6g there, %.6g and %.6g at the ends)\n",
                barrier->height, barrier->at, notes->barrier[k].metric,
                barrier->height + (1 - barrier->at) * barrier->from + barrier->at * barrier->to,
                barrier->from, barrier->to);
    }
    for (size_t k = 0; k < notes->count; k++)
        cli_talk(context, "note: %s\n", notes->note[k].text);
    if (notes->bounds[0] != '\0')
        cli_talk(context, "note: %s\n", notes->bounds);
    if (notes->other_data[0] != '\0')
        cli_talk(context, "note: %s\n", notes->other_data);
}

static void json_note(tw_json *writer, const char *kind, const char *text) {
    tw_json_object(writer, NULL);
    tw_json_text(writer, "kind", kind);
    tw_json_text(writer, "text", text);
    tw_json_end(writer);
}

void notes_json(tw_json *writer, const survey_notes *notes) {
    if (notes->barriers > 0)
        tw_json_array(writer, "barriers");
    for (size_t k = 0; k < notes->barriers; k++) {
        const tw_barrier *barrier = &notes->barrier[k].barrier;
        tw_json_object(writer, NULL);
        tw_json_text(writer, "metric", notes->barrier[k].metric);
        tw_json_number(writer, "height", barrier->height);
        tw_json_number(writer, "at", barrier->at);
        tw_json_number(writer, "highest", barrier->highest);
        tw_json_number(writer, "from", barrier->from);
        tw_json_number(writer, "to", barrier->to);
        tw_json_count(writer, "not_finite", barrier->not_finite);
        tw_json_end(writer);
    }
    if (notes->barriers > 0)
        tw_json_end(writer);
    tw_json_array(writer, "notes");
    for (size_t k = 0; k < notes->count; k++)
        json_note(writer, tw_note_name(notes->note[k].kind), notes->note[k].text);
    if (notes->bounds[0] != '\0')
        json_note(writer, "bounds", notes->bounds);
    if (notes->other_data[0] != '\0')
        json_note(writer, "other_data", notes->other_data);
    tw_json_end(writer);
}
