/* Landscapes and result files on a live page. */
#include "thalweg/study_live.h"

#include <math.h>
#include <string.h>

#include "core/versioned.h"
#include "live/live_span.h"
#include "study/landscape.h"
#include "study/live_follow.h"
#include "study/page_how.h"
#include "study/picture.h"
#include "study/study_private.h"

/* Between two looks of the survey at questions; and of who waits for them at signals. */
static const double PACE = 0.03, LOOK = 0.1;

tw_study_live_options tw_study_live_defaults(void) {
    return (tw_study_live_options){
        .bytes = sizeof(tw_study_live_options), .page = tw_study_page_defaults(), .port = TW_UNSET};
}

/* ---- the page ---- */

typedef struct parts {
    const tw_study *study;
    const tw_study_page_options *page;
    size_t count;
    const char *const *files;
} parts;

static tw_status add_parts(tw_page *page, void *user) {
    const parts *p = user;
    return tw_study_page_add_files(p->study, p->page, p->count, p->files, page);
}

tw_status tw_study_live_open(const tw_study *study, const tw_study_live_options *options,
                             size_t count, const char *const *files, int answers, tw_live **out) {
    tw_study_live_options taken = tw_study_live_defaults();
    *out = NULL;
    tw_status status = tw_study_take(study, &study);
    if (status == TW_OK)
        status = TW_TAKE_OVER(tw_study_live_options, tw_study_live_defaults, &taken, options);
    if (status == TW_OK)
        status = TW_TAKE_INNER(tw_study_page_options, tw_study_page_defaults, taken.page);
    const tw_study_page_options page = taken.page;
    if (status == TW_OK)
        status = tw_study_page_take(&page, &taken.page);
    if (status != TW_OK)
        return status;
    parts p = {study, &taken.page, count, files};
    const tw_live_options how = {.bytes = sizeof how,
                                 .host = taken.host,
                                 .port = taken.port != TW_UNSET ? taken.port : 0,
                                 .answers = answers,
                                 .first = count > 0,
                                 .page = tw_study_page_how(study, &taken.page),
                                 .add = count > 0 ? add_parts : NULL,
                                 .user = &p};
    return tw_live_open(&how, out);
}

static int is_interrupted(void *user) {
    return tw_study_interrupted(user) != 0;
}

/* `span` is where that of the plane is kept. */
static tw_live_scene scene_of(const tw_study_landscape_plan *plan, const tw_study *study,
                              tw_span **span) {
    return (tw_live_scene){.bytes = sizeof(tw_live_scene),
                           .objective = plan->objective,
                           .losses = plan->model->objective,
                           .plane = &plan->plane,
                           .metrics = plan->metrics.source,
                           .scale = plan->metrics.scale,
                           .count = plan->metrics.count,
                           .names = (const char *const *)plan->metrics.names,
                           .about = tw_study_page_about(&plan->provenance, NULL),
                           .stop = is_interrupted,
                           .user = (void *)study,
                           .span = span};
}

/* ---- a survey as it fills ---- */

typedef struct show {
    tw_live *live;
    const tw_study *study; /* the caller's */
    const tw_study_landscape_plan *plan;
    const tw_surface *surface;
    tw_live_scene scene;
    uint64_t id;
    tw_time_pace pace;
} show;

static tw_status show_points(show *s) {
    if (s->surface->values == NULL)
        return TW_OK;
    if (s->id != 0)
        return tw_live_update(s->live, s->id, s->surface);
    const char *output = s->plan->options.output;
    tw_page_about about = tw_study_page_about(
        &s->plan->provenance, output != NULL ? tw_path_name(output) : s->plan->model->kind);
    return tw_live_show(s->live, &about, s->surface, NULL, &s->id);
}

/* What the study tells while it computes: it is passed on, points are shown, questions answered. */
static int progress(void *user, const char *label, size_t done, size_t total) {
    show *s = user;
    int stop =
        s->study->progress != NULL ? s->study->progress(s->study->user, label, done, total) : 0;
    if (total == 0 || s->surface->values == NULL)
        return stop;
    if (s->id == 0)
        s->pace.before = done;
    double left = tw_time_left(&s->pace, done, total);
    if (show_points(s) != TW_OK)
        tw_message_clear(); /* the survey goes on */
    tw_live_status(s->live, done, total, left, label);
    tw_status status = tw_live_answer(s->live, &s->scene, 0);
    if (status != TW_OK && status != TW_ERR_CANCELLED)
        tw_message_clear();
    return stop || status == TW_ERR_CANCELLED || tw_live_stopped(s->live) ||
           tw_study_interrupted(s->study) != 0;
}

static void say(void *user, const char *line) {
    const show *s = user;
    if (s->study->say != NULL)
        s->study->say(s->study->user, line);
}

static int interrupted(void *user) {
    const show *s = user;
    return tw_study_interrupted(s->study);
}

tw_status tw_study_live_run(tw_live *live, tw_study_landscape_plan *plan,
                            tw_study_landscape_result *out) {
    TW_NEED(live);
    TW_NEED(plan);
    const tw_study *study = plan->study;
    tw_span *span = NULL;
    show s = {.live = live,
              .study = study,
              .plan = plan,
              .surface = &out->surface,
              .scene = scene_of(plan, study, &span)};
    const tw_study own = {.bytes = sizeof own,
                          .runner = study->runner,
                          .seed = study->seed,
                          .command = study->command,
                          .user = &s,
                          .say = say,
                          .progress = progress,
                          .interrupted = interrupted};
    memset(out, 0, sizeof *out);
    tw_study_watch(study, 1); /* until the page ends: there is always something to end well */
    plan->study = &own;
    plan->pace = PACE;
    tw_status status = tw_study_landscape_run(plan, out);
    tw_span_close(span);
    plan->study = study;
    plan->pace = 0;
    if (status == TW_OK)
        status = show_points(&s);
    if (status == TW_OK && out->paths.count > 0)
        status = tw_live_paths(live, s.id, &out->paths);
    tw_study_watch(study, 0);
    size_t points = out->surface.nx * out->surface.ny;
    if (status == TW_OK)
        tw_live_status(live, points, points, 0, "complete");
    return status;
}

/* ---- a file that another process fills ---- */

/* Questions are about the file's plane, or about none. */
static tw_status check_plan(const tw_study_landscape_plan *plan, const char *file) {
    tw_provenance made = {0};
    tw_surface surface = {0};
    if (plan == NULL || file == NULL)
        return TW_OK;
    tw_status status = tw_surface_read(file, &surface, &made);
    if (status == TW_OK)
        status = tw_study_live_same(plan, &made);
    if (status == TW_ERR_ARGUMENT)
        status = tw_fail_prefix(status, "'%s'", file);
    tw_surface_release(&surface);
    tw_provenance_release(&made);
    return status;
}

/* The plane's span, open before the first question. Where that fails a question says why. */
static void open_early(const tw_live_scene *scene) {
    tw_span *span = NULL;
    if (tw_live_span(scene, &span) != TW_OK)
        tw_message_clear();
}

tw_status tw_study_live_serve(const tw_study *study, tw_live *live,
                              const tw_study_landscape_plan *plan, const char *file) {
    TW_NEED(live);
    tw_live_follow f = {.path = file, .plan = plan, .asks = plan != NULL};
    tw_live_scene scene = {0};
    tw_span *span = NULL;
    tw_status status = tw_study_take(study, &study);
    if (status == TW_OK)
        status = check_plan(plan, file);
    if (status != TW_OK)
        return status;
    if (plan != NULL) {
        scene = scene_of(plan, study, &span);
        open_early(&scene);
    }
    tw_study_watch(study, 1);
    while (status == TW_OK && !tw_live_stopped(live) && !tw_study_interrupted(study)) {
        status = tw_live_follow_look(live, &f);
        if (status == TW_OK)
            status = tw_live_answer(live, f.asks ? &scene : NULL, LOOK);
    }
    tw_study_watch(study, 0);
    tw_span_close(span);
    tw_live_status(live, 0, 0, NAN, "ended");
    if (status == TW_ERR_CANCELLED) /* while a question was answered, of which nothing is kept */
        status = TW_OK;
    tw_live_follow_release(&f);
    return status;
}
