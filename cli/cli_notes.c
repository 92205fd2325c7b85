#include "cli_notes.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

static tw_status find_slopes(const cli_model *model, const double *dx, const double *dy,
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

tw_status notes_make(const cli_model *model, const tw_surface *surface, const double *dx,
                     const double *dy, double angle, const survey_paths *paths, survey_notes *out) {
    tw_notes_input input = {.surface = surface,
                            .angle = angle,
                            .noise = tw_objective_noise(model->objective),
                            .paths = paths->paths.path,
                            .path_count = paths->paths.count};
    out->other_data = paths->other_data;
    tw_status status = find_slopes(model, dx, dy, input.slope);
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
    if (notes->other_data[0] != '\0')
        json_note(writer, "other_data", notes->other_data);
    tw_json_end(writer);
}
