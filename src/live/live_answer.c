#include "live/live_answer.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "core/alloc.h"
#include "core/clock.h"
#include "core/plain.h"
#include "core/versioned.h"
#include "landscape/plane_place.h"
#include "live/live_span.h"
#include "thalweg/diff.h"
#include "thalweg/json.h"

/* A batch is sent when it is there; this long is what people take for at once. */
static const double BATCH = 0.05;
static const double steps[] = {1e-10, 1e-9, 1e-8, 1e-7, 1e-6, 1e-5, 1e-4, 1e-3, 1e-2, 1e-1};
enum { STEPS = sizeof steps / sizeof steps[0] };

/* A question while it is answered. */
typedef struct task {
    tw_live_hub *hub;
    const tw_live_scene *scene;
    const tw_live_question *question;
    tw_surface *surface;
    uint64_t id;
} task;

static int is_to_end(const task *t) {
    return tw_live_hub_stopped(t->hub) ||
           (t->scene->stop != NULL && t->scene->stop(t->scene->user) != 0);
}

/* ---- answers in words ---- */

typedef struct answer {
    char *text;
    size_t size;
    FILE *out;
    tw_json writer;
} answer;

static tw_status answer_open(answer *a, const tw_live_question *q, const char *kind) {
    *a = (answer){0};
    a->out = open_memstream(&a->text, &a->size);
    if (a->out == NULL)
        return tw_fail(TW_ERR_MEMORY, "not enough memory for an answer");
    a->writer.out = a->out;
    tw_json_object(&a->writer, NULL);
    tw_json_count(&a->writer, "question", q->number);
    tw_json_text(&a->writer, "kind", kind);
    return TW_OK;
}

static void answer_send(answer *a, tw_live_hub *hub) {
    tw_json_end(&a->writer);
    if (fclose(a->out) == 0 && a->text != NULL)
        tw_live_hub_answer(hub, a->text);
    else
        free(a->text);
}

/* Where it failed: the page says so, and everything goes on. */
static void answer_failure(const task *t) {
    answer a;
    char words[512];
    snprintf(words, sizeof words, "%s", tw_message());
    if (answer_open(&a, t->question, "error") != TW_OK)
        return;
    tw_json_text(&a.writer, "text", words);
    answer_send(&a, t->hub);
}

/* ---- surfaces ---- */

static int step(void *user, size_t done, size_t total) {
    const task *t = user;
    tw_live_hub_update(t->hub, t->id, t->surface);
    return is_to_end(t);
}

/* Fills a surface over `plane` and shows it as it fills. `span` is over it, or NULL. */
static tw_status survey(task *t, const tw_plane *plane, tw_span *span, const tw_page_about *about) {
    const tw_live_scene *scene = t->scene;
    const tw_survey_options options = {.bytes = sizeof options,
                                       .progress = step,
                                       .progress_user = t,
                                       .metrics = scene->metrics,
                                       .scale = scene->scale,
                                       .batch_seconds = BATCH,
                                       .span = span};
    answer a;
    tw_status status = tw_live_hub_show(t->hub, about, t->surface, NULL, &t->id);
    double begun = tw_clock_seconds();
    if (status == TW_OK)
        status = answer_open(&a, t->question, t->question->kind == TW_LIVE_ZOOM ? "zoom" : "line");
    if (status == TW_OK) {
        tw_json_count(&a.writer, "id", t->id);
        tw_json_count(&a.writer, "points", t->surface->nx * t->surface->ny);
        answer_send(&a, t->hub);
        status = tw_survey_run(scene->objective, plane, &options, t->surface);
        tw_live_hub_update(t->hub, t->id, t->surface);
    }
    if (status == TW_OK && (status = answer_open(&a, t->question, "done")) == TW_OK) {
        tw_json_count(&a.writer, "id", t->id);
        tw_json_number(&a.writer, "seconds", tw_clock_seconds() - begun);
        answer_send(&a, t->hub);
    }
    return status;
}

/* What can be asked of a plane only with both, as the limit on points counts on it. */
static tw_status need_y(const task *t) {
    return t->scene->plane->rank == 2 && !t->question->has_y
               ? tw_fail(TW_ERR_ARGUMENT, "a plane is asked with x and y")
               : TW_OK;
}

/* "−1 … 2.5, 0 … 4": as people write numbers, whatever the locale. */
static void put_name(const tw_live_question *q, int plane, char *name, size_t room) {
    char text[128];
    size_t at = 0;
    if (plane)
        tw_plain_print(text, sizeof text, "%.4g … %.4g, %.4g … %.4g", q->x[0], q->x[1], q->y[0],
                       q->y[1]);
    else
        tw_plain_print(text, sizeof text, "%.4g … %.4g", q->x[0], q->x[1]);
    for (const char *c = text; *c != '\0' && at + 4 < room; c++) {
        const char *sign = *c == '-' ? "−" : (const char[]){*c, '\0'};
        memcpy(name + at, sign, strlen(sign));
        at += strlen(sign);
    }
    name[at] = '\0';
}

/* Its own axes and metrics; values are those of a survey with these. */
static tw_status zoom(task *t) {
    const tw_live_question *q = t->question;
    const tw_live_scene *scene = t->scene;
    const tw_axis x = {q->x[0], q->x[1], q->points}, y = {q->y[0], q->y[1], q->points};
    tw_surface surface = {0};
    char name[160];
    put_name(q, scene->plane->rank == 2, name, sizeof name);
    tw_page_about about = scene->about;
    about.name = name;
    about.provenance = NULL;
    t->surface = &surface;
    tw_status status = need_y(t);
    if (status == TW_OK)
        status = tw_surface_init(&surface, &x, scene->plane->rank == 2 ? &y : NULL, scene->count,
                                 scene->names);
    tw_span *span = NULL;
    if (status == TW_OK)
        status = tw_live_span(scene, &span);
    if (status == TW_OK)
        status = survey(t, scene->plane, span, &about);
    tw_surface_release(&surface);
    return status;
}

/* Between the ends of the question, over the distance from the first in units of the plane. */
static tw_status line(task *t) {
    const tw_live_question *q = t->question;
    const tw_plane *plane = t->scene->plane;
    const double dx = q->x[1] - q->x[0], dy = plane->rank == 2 ? q->y[1] - q->y[0] : 0;
    const double length = hypot(dx, dy);
    tw_status status = need_y(t);
    if (status == TW_OK && !(length > 0 && isfinite(length)))
        status = tw_fail(TW_ERR_ARGUMENT, "a line between a point and itself, or without an end");
    if (status != TW_OK)
        return status;
    double *origin = tw_alloc_raw(plane->size, sizeof *origin);
    double *along = tw_alloc_raw(plane->size, sizeof *along);
    tw_surface surface = {0};
    const tw_axis axis = {0, length, q->points};
    tw_page_about about = t->scene->about;
    about.name = "along a line";
    about.x_label = "distance along the line";
    about.provenance = NULL;
    t->surface = &surface;
    t->id = t->hub->line; /* in its place */
    if (origin == NULL || along == NULL)
        status = tw_fail(TW_ERR_MEMORY, "not enough memory for a line");
    if (status == TW_OK)
        status = tw_surface_init(&surface, &axis, NULL, t->scene->count, t->scene->names);
    if (status == TW_OK) {
        tw_plane_place(plane, q->x[0], q->y[0], origin);
        for (size_t i = 0; i < plane->size; i++)
            along[i] = (dx * plane->x[i] + (plane->rank == 2 ? dy * plane->y[i] : 0)) / length;
        const tw_plane made = tw_plane_of(plane->size, origin, along, NULL);
        status = survey(t, &made, NULL, &about);
    }
    t->hub->line = t->id;
    tw_surface_release(&surface);
    free(origin);
    free(along);
    return status;
}

/* ---- a point ---- */

typedef struct point {
    double *x, *gradient, *values, *losses; /* losses[0] that of the point */
} point;

static tw_status point_values(const task *t, double *values) {
    const tw_live_scene *scene = t->scene;
    const double *const directions[2] = {scene->plane->x, scene->plane->y};
    const double at[2] = {t->question->x[0], t->question->y[0]};
    tw_span *kept = NULL, *own = NULL;
    tw_status status = tw_live_span(scene, &kept);
    if (status == TW_OK && kept == NULL)
        status = tw_span_open(scene->objective, scene->plane->origin, (size_t)scene->plane->rank,
                              directions, TW_SPAN_ROWS, &own);
    if (status == TW_OK)
        status = tw_span_values(kept != NULL ? kept : own, 1, at, values);
    tw_span_close(own);
    return status;
}

static tw_objective *losses_of(const tw_live_scene *scene) {
    return scene->losses != NULL ? scene->losses : scene->objective;
}

/* The model's own formula, or differences. */
static tw_status point_gradient(const task *t, point *p, const char **method) {
    tw_objective *losses = losses_of(t->scene);
    *method = "analytic";
    if (tw_objective_capabilities(losses) & TW_CAN_GRADIENT)
        return tw_objective_gradient(losses, p->x, NULL, p->gradient);
    *method = "differences";
    return tw_diff_gradient(losses, p->x, NULL, p->gradient, NULL);
}

/* The losses after steps of 1e-10 ... 0.1 against the gradient. */
static tw_status point_steps(const task *t, point *p) {
    tw_objective *losses = losses_of(t->scene);
    const size_t metrics = tw_objective_metrics(losses);
    const double *direction = p->gradient;
    double coefficients[STEPS + 1] = {0};
    double *values = tw_alloc_raw((STEPS + 1) * metrics, sizeof *values);
    tw_span *span = NULL;
    if (values == NULL)
        return tw_fail(TW_ERR_MEMORY, "not enough memory for a study of steps");
    for (int k = 0; k < STEPS; k++)
        coefficients[k + 1] = -steps[k];
    tw_status status = tw_span_open(losses, p->x, 1, &direction, TW_SPAN_ROWS, &span);
    if (status == TW_OK)
        status = tw_span_values(span, STEPS + 1, coefficients, values);
    for (size_t k = 0; k <= STEPS && status == TW_OK; k++)
        p->losses[k] = values[k * metrics];
    tw_span_close(span);
    free(values);
    return status;
}

static tw_status point_send(const task *t, const point *p, const char *method) {
    const tw_live_scene *scene = t->scene;
    answer a;
    tw_status status = answer_open(&a, t->question, "point");
    if (status != TW_OK)
        return status;
    tw_json_number(&a.writer, "x", t->question->x[0]);
    tw_json_number(&a.writer, "y", t->question->y[0]);
    tw_json_object(&a.writer, "values");
    for (size_t m = 0; m < scene->count; m++)
        tw_json_number(&a.writer, scene->names[m],
                       p->values[scene->metrics != NULL ? scene->metrics[m] : m] *
                           (scene->scale != NULL ? scene->scale[m] : 1));
    tw_json_end(&a.writer);
    tw_json_number(&a.writer, "gradient_norm",
                   tw_direction_length(scene->plane->size, p->gradient));
    tw_json_text(&a.writer, "gradient", method);
    tw_json_number(&a.writer, "loss", p->losses[0]);
    tw_json_numbers(&a.writer, "steps", STEPS, steps);
    tw_json_numbers(&a.writer, "losses", STEPS, p->losses + 1);
    answer_send(&a, t->hub);
    return TW_OK;
}

static tw_status ask_point(task *t) {
    const size_t size = t->scene->plane->size;
    const char *method = NULL;
    point p = {.x = tw_alloc_raw(size, sizeof(double)),
               .gradient = tw_alloc_raw(size, sizeof(double)),
               .values = tw_alloc_raw(tw_objective_metrics(t->scene->objective), sizeof(double)),
               .losses = tw_alloc_raw(STEPS + 1, sizeof(double))};
    tw_status status = TW_OK;
    if (p.x == NULL || p.gradient == NULL || p.values == NULL || p.losses == NULL)
        status = tw_fail(TW_ERR_MEMORY, "not enough memory for a point");
    if (status == TW_OK) {
        tw_plane_place(t->scene->plane, t->question->x[0], t->question->y[0], p.x);
        status = point_values(t, p.values);
    }
    if (status == TW_OK)
        status = point_gradient(t, &p, &method);
    if (status == TW_OK)
        status = point_steps(t, &p);
    if (status == TW_OK)
        status = point_send(t, &p, method);
    free(p.x);
    free(p.gradient);
    free(p.values);
    free(p.losses);
    return status;
}

/* ---- all of them ---- */

tw_status tw_live_hub_serve(tw_live_hub *hub, const tw_live_scene *given, double seconds) {
    static tw_status (*const ways[])(task *) = {
        [TW_LIVE_ZOOM] = zoom, [TW_LIVE_POINT] = ask_point, [TW_LIVE_LINE] = line};
    tw_live_scene scene;
    tw_live_question question;
    tw_status status = TW_TAKE(tw_live_scene, user, &scene, given);
    while (status == TW_OK && tw_live_hub_next(hub, seconds, &question)) {
        task t = {.hub = hub, .scene = &scene, .question = &question};
        seconds = 0;
        status = scene.objective != NULL && scene.plane != NULL
                     ? ways[question.kind](&t)
                     : tw_fail(TW_ERR_UNSUPPORTED, "there is no model here that could be asked");
        if (status == TW_ERR_CANCELLED || is_to_end(&t))
            return tw_fail(TW_ERR_CANCELLED, "stopped while a question was answered");
        if (status != TW_OK) {
            answer_failure(&t);
            status = TW_OK;
        }
    }
    return status;
}
