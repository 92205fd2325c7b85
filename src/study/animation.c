/* Pictures that move: paths that go on, an eye that goes around. */
#include "thalweg/study_animation.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "core/plain.h"
#include "core/versioned.h"
#include "study/film.h"
#include "study/picture.h"
#include "study/picture_files.h"
#include "study/study_private.h"

static const double DPI = 150, FPS = 15, HELD = 1.5, AZIMUTH = -60, ELEVATION = 30;
enum { FRAMES = 90, MOST_FRAMES = 100000, NOTE = 300 };

tw_study_animation_options tw_study_animation_defaults(void) {
    return (tw_study_animation_options){.bytes = sizeof(tw_study_animation_options),
                                        .frames = TW_UNSET,
                                        .fps = NAN,
                                        .picture = tw_study_picture_defaults()};
}

typedef struct animation {
    const tw_study *study;
    const tw_study_animation_options *options;
    tw_film film;
    const tw_figure *whole; /* the still picture */
    tw_path *moving;        /* as many as it has paths; their numbers are in `room` */
    double *room;
    size_t frames;
    int by_iteration; /* every path tells when its checkpoints were met; else they are counted */
    char note[NOTE];
} animation;

/* ---- the clock ---- */

static double time_of(const animation *a, const tw_path *path, size_t k) {
    return a->by_iteration ? path->iteration[k] : (double)k;
}

static int is_run(const tw_path *path) {
    return path->count > 1;
}

/* One clock for all: a path without iterations, or with some that do not rise, has none to share.
 */
static int have_iterations(const tw_figure *figure) {
    for (size_t p = 0; p < figure->path_count; p++) {
        const tw_path *path = &figure->paths[p];
        if (is_run(path) && path->iteration == NULL)
            return 0;
        for (size_t k = 0; is_run(path) && k < path->count; k++)
            if (!isfinite(path->iteration[k]) ||
                (k > 0 && !(path->iteration[k] > path->iteration[k - 1])))
                return 0;
    }
    return 1;
}

static double last_time(const animation *a) {
    double last = 0;
    for (size_t p = 0; p < a->whole->path_count; p++)
        if (is_run(&a->whole->paths[p]))
            last = fmax(last, time_of(a, &a->whole->paths[p], a->whole->paths[p].count - 1));
    return last;
}

/* ---- paths at a time ---- */

/* How many checkpoints are passed, one at least. */
static size_t passed(const animation *a, const tw_path *path, double time) {
    size_t k = 1;
    while (k < path->count && time_of(a, path, k) <= time)
        k++;
    return k;
}

/* The part of a path up to a time, its head between two checkpoints. Numbers but x and y stay those
 * of the checkpoints. */
static void cut_path(const animation *a, const tw_path *whole, double time, double *room,
                     tw_path *out) {
    size_t count = passed(a, whole, time);
    *out = *whole;
    out->x = room;
    out->y = room + whole->count;
    memcpy(out->x, whole->x, whole->count * sizeof *room);
    memcpy(out->y, whole->y, whole->count * sizeof *room);
    out->count = count;
    if (count == whole->count)
        return;
    double from = time_of(a, whole, count - 1), to = time_of(a, whole, count);
    double share = fmin(fmax((time - from) / (to - from), 0), 1);
    out->x[count] = whole->x[count - 1] + share * (whole->x[count] - whole->x[count - 1]);
    out->y[count] = whole->y[count - 1] + share * (whole->y[count] - whole->y[count - 1]);
    out->count += share > 0;
}

static double loss_of(const tw_path *path, size_t k) {
    double loss = path->loss != NULL ? path->loss[k] : NAN;
    return isnan(loss) && path->plane_loss != NULL ? path->plane_loss[k] : loss;
}

/* "iteration 120 of 500; loss 0.12", or of several paths their losses in a line of their own. */
static void tell(animation *a, double time, double last) {
    size_t used =
        (size_t)tw_plain_print(a->note, NOTE, "%s %.0f of %.0f",
                               a->by_iteration ? "iteration" : "checkpoint", floor(time), last);
    size_t runs = 0, told = 0;
    for (size_t p = 0; p < a->whole->path_count; p++)
        runs += is_run(&a->whole->paths[p]);
    for (size_t p = 0; p < a->whole->path_count && used < NOTE; p++) {
        const tw_path *path = &a->whole->paths[p];
        double loss = is_run(path) ? loss_of(path, passed(a, path, time) - 1) : NAN;
        if (isnan(loss))
            continue;
        const char *name = runs > 1 && path->name != NULL ? path->name : "";
        used += (size_t)tw_plain_print(a->note + used, NOTE - used, "%s%s%s%.3g",
                                       told++ > 0 ? ", "
                                       : runs > 1 ? "\nloss: "
                                                  : "; loss ",
                                       name, name[0] != '\0' ? " " : "", loss);
    }
}

static tw_status make_room(animation *a) {
    size_t numbers = 0;
    for (size_t p = 0; p < a->whole->path_count; p++)
        numbers += 2 * a->whole->paths[p].count;
    a->moving = calloc(a->whole->path_count + 1, sizeof *a->moving);
    a->room = calloc(numbers + 1, sizeof *a->room);
    return a->moving != NULL && a->room != NULL
               ? TW_OK
               : tw_fail(TW_ERR_MEMORY, "not enough memory for the paths of an animation");
}

/* ---- frames ---- */

static tw_status take_frame(void *user, const void *png, size_t size) {
    animation *a = user;
    return tw_film_add(&a->film, png, size);
}

/* What frame k of a->frames shows. */
static void set_frame(animation *a, size_t k, int turns, tw_figure *figure) {
    double share = a->frames > 1 ? (double)k / (double)(a->frames - 1) : 1;
    double last = last_time(a), time = k + 1 == a->frames ? last : share * last;
    *figure = *a->whole;
    if (last > 0) {
        double *room = a->room;
        for (size_t p = 0; p < figure->path_count; p++) {
            const tw_path *whole = &a->whole->paths[p];
            a->moving[p] = *whole;
            if (is_run(whole))
                cut_path(a, whole, time, room, &a->moving[p]);
            room += 2 * whole->count;
        }
        tell(a, time, last);
        figure->moving = a->moving;
        figure->note = a->note;
    }
    if (turns) {
        figure->azimuth = remainder(a->whole->azimuth + 360 * (double)k / (double)a->frames, 360);
        figure->turning = 1;
    }
}

/* As a tw_picture_draw_fn. */
static tw_status draw_frames(void *user, const char *path, const tw_figure *still,
                             const tw_surface *surface, size_t metric) {
    animation *a = user;
    tw_figure whole = *still, figure;
    int turns = still->view == TW_VIEW_3D && (a->options->turn || still->path_count == 0);
    a->whole = &whole;
    a->by_iteration = have_iterations(still);
    if (whole.azimuth == 0 && whole.elevation == 0) {
        whole.azimuth = turns ? AZIMUTH : 0;
        whole.elevation = turns ? ELEVATION : 0;
    }
    if (whole.dpi <= 0)
        whole.dpi = DPI;
    whole.sink = take_frame;
    whole.sink_user = a;
    if (!turns && !(last_time(a) > 0))
        return tw_fail(TW_ERR_ARGUMENT, "nothing moves: give projections of paths, or --turn");
    tw_status status = make_room(a);
    if (status == TW_OK)
        status = tw_film_begin(&a->film, path, a->options->fps);
    size_t held = !turns && a->film.pid > 0 ? (size_t)(HELD * a->options->fps) : 0;
    size_t total = a->frames + held;
    tw_study_work work = tw_study_work_begin(a->study, "frames", 0, total);
    for (size_t k = 0; k < total && status == TW_OK; k++) {
        set_frame(a, k < a->frames ? k : a->frames - 1, turns, &figure);
        status = tw_plot_surface("frame.png", &figure, surface, metric);
        if (status == TW_OK &&
            (tw_study_interrupted(a->study) || tw_study_work_step(&work, k + 1, total)))
            status = tw_fail(TW_ERR_CANCELLED, "stopped after %zu of %zu frames", k + 1, a->frames);
    }
    tw_study_work_end(&work);
    if (status == TW_OK)
        status = tw_film_end(&a->film);
    return status;
}

static tw_status take_options(const tw_study_animation_options *given,
                              tw_study_animation_options *out) {
    *out = tw_study_animation_defaults();
    tw_status status =
        TW_TAKE_OVER(tw_study_animation_options, tw_study_animation_defaults, out, given);
    if (status == TW_OK)
        status = TW_TAKE_INNER(tw_study_picture_options, tw_study_picture_defaults, out->picture);
    if (status != TW_OK)
        return status;
    out->frames = out->frames == TW_UNSET ? FRAMES : out->frames;
    out->fps = isnan(out->fps) ? FPS : out->fps;
    if (out->frames < 2 || out->frames > MOST_FRAMES)
        return tw_fail(TW_ERR_ARGUMENT, "--frames %zu: give 2 to %d", out->frames, MOST_FRAMES);
    if (!(out->fps >= 0.1 && out->fps <= 240))
        return tw_fail(TW_ERR_ARGUMENT, "--fps %g: give 0.1 to 240", out->fps);
    if (out->picture.terminal != NULL)
        return tw_fail(TW_ERR_ARGUMENT, "an animation goes to a file, not to a terminal");
    if (out->turn && out->picture.view >= 0 && out->picture.view != TW_VIEW_3D)
        return tw_fail(TW_ERR_ARGUMENT, "--turn: only the 3-D view can be turned");
    return TW_OK;
}

tw_status tw_study_animation_files(const tw_study *study, const tw_study_animation_options *given,
                                   size_t count, const char *const *files, const char *path) {
    tw_study_animation_options options;
    TW_NEED(path);
    if (count > 0)
        TW_NEED(files);
    tw_picture_files read = {0};
    animation a = {.options = &options, .film = {.input = -1}};
    tw_status status = tw_study_take(study, &study);
    if (status == TW_OK)
        status = take_options(given, &options);
    if (status == TW_OK && count == 0)
        status = tw_fail(TW_ERR_ARGUMENT, "an animation of no file");
    if (status == TW_OK)
        status = tw_picture_files_read(count, files, &read);
    if (status == TW_OK)
        status = tw_picture_arrange(&read);
    if (status == TW_OK && read.items[0].kind != PICTURE_PLANE)
        status = tw_fail(TW_ERR_ARGUMENT,
                         "'%s' is %s: what moves is a plane, alone or with projections of paths",
                         read.items[0].path, tw_picture_kind_name(read.items[0].kind));
    if (status == TW_OK && options.picture.view < 0 &&
        (options.turn || (count == 1 && read.items[0].paths.count == 0)))
        options.picture.view = TW_VIEW_3D;
    a.study = study;
    a.frames = options.frames;
    if (status == TW_OK) {
        tw_study_watch(study, 1);
        status = tw_picture_over_plane(study, &options.picture, path, &read, draw_frames, &a);
        tw_study_watch(study, 0);
    }
    tw_film_abandon(&a.film);
    free(a.moving);
    free(a.room);
    tw_picture_files_release(&read);
    return status;
}
