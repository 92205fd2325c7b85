#include "study/landscape_keep.h"

#include <math.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "core/clock.h"

/* Saving takes one part in so many of the time, and is rarer for it where surfaces are large. */
static const double SAVE_SHARE = 20;
/* An estimate is worth a line if there is more to come than this, in seconds. */
static const double LONG_RUN = 20, FIRST_LOOK = 1;

static int is_plain(const char *path) {
    struct stat info;
    return stat(path, &info) != 0 || S_ISREG(info.st_mode);
}

static tw_status take_file(tw_keeper *keep, tw_surface *surface) {
    char text[512];
    tw_status status = tw_surface_continue(keep->path, keep->provenance, surface, &keep->taken);
    if (status == TW_OK)
        return TW_OK;
    snprintf(text, sizeof text, "%s", tw_message());
    return tw_fail(status, "%s; give another -o, or --restart to replace it", text);
}

/* Of two surveys with one file the second goes on where the first has ended, as it would if it had
 * been started then; as soon as there is a file it is known whether it can. */
static tw_status wait_for_turn(tw_keeper *keep, int restart, tw_surface *surface) {
    const struct timespec pause = {.tv_nsec = 50000000};
    int told = 0, compared = restart;
    tw_status status = TW_OK;
    while (status == TW_OK) {
        status = tw_claim_take(keep->path, &keep->claim);
        if (status != TW_OK || keep->claim != NULL)
            break;
        if (!told)
            tw_study_say(keep->study, "another thalweg is writing '%s'; waiting for it to finish",
                         keep->path);
        told = 1;
        if (!compared && access(keep->path, F_OK) == 0) {
            status = take_file(keep, surface);
            compared = 1;
        }
        if (status == TW_OK && tw_study_interrupted(keep->study))
            status = tw_fail(TW_ERR_CANCELLED, "interrupted while another thalweg writes '%s'",
                             keep->path);
        nanosleep(&pause, NULL);
    }
    return status;
}

tw_status tw_keeper_begin(const tw_study *study, const tw_study_landscape_options *options,
                          tw_surface *surface, const tw_provenance *provenance, tw_keeper *out) {
    const char *path = options->output;
    size_t points = surface->nx * surface->ny;
    *out = (tw_keeper){.study = study,
                       .path = path != NULL && is_plain(path) ? path : NULL,
                       .surface = surface,
                       .provenance = provenance,
                       .least = options->save_every,
                       .interval = options->save_every,
                       .foretold = options->adaptive != NULL}; /* how many there will be is not
                                                                  known */
    tw_status status = TW_OK;
    if (out->path != NULL)
        status = wait_for_turn(out, options->restart, surface);
    if (status == TW_OK && out->path != NULL && !options->restart)
        status = take_file(out, surface);
    if (status != TW_OK)
        return status;
    if (out->taken == points)
        tw_study_say(study, "'%s' is complete: there is nothing left to compute", path);
    else if (out->taken > 0)
        tw_study_say(study, "continuing '%s': %zu of %zu points are done", path, out->taken,
                     points);
    if (out->path != NULL)
        tw_study_watch(study, 1);
    out->work =
        tw_study_work_begin(study, surface->rank == 1 ? "slice" : "plane", out->taken, points);
    out->pace.before = out->taken;
    out->saved_at = tw_clock_seconds();
    return TW_OK;
}

static void save(tw_keeper *keep) {
    double begun = tw_clock_seconds();
    keep->status = tw_surface_write(keep->path, keep->surface, keep->provenance);
    if (keep->status != TW_OK)
        snprintf(keep->text, sizeof keep->text, "%s", tw_message());
    keep->saved_at = tw_clock_seconds();
    double share = SAVE_SHARE * (keep->saved_at - begun);
    keep->interval = share > keep->least ? share : keep->least;
}

/* ---- how long it will take ---- */

/* Once, for those who look at a log. */
static void foretell(tw_keeper *keep, size_t done, size_t total) {
    double left = tw_time_left(&keep->pace, done, total);
    if (keep->foretold || isnan(left) || tw_clock_seconds() - keep->pace.at < FIRST_LOOK)
        return;
    keep->foretold = 1;
    if (left < LONG_RUN)
        return;
    char words[32];
    const char *path = keep->path;
    tw_study_say(keep->study, "about %s for the %zu points that are left%s%s%s",
                 tw_text_duration(left, words, sizeof words), total - done,
                 path != NULL ? "; they are saved to '" : "", path != NULL ? path : "",
                 path != NULL ? "' as they come" : "");
}

int tw_keeper_step(void *user, size_t done, size_t total) {
    tw_keeper *keep = user;
    foretell(keep, done, total);
    int stop = tw_study_work_step(&keep->work, done, total);
    if (keep->path == NULL)
        return stop;
    if (done < total && tw_clock_seconds() - keep->saved_at >= keep->interval)
        save(keep);
    return stop || keep->status != TW_OK || tw_study_interrupted(keep->study) != 0;
}

/* ---- the end ---- */

/* The message is the words of `status`. The signal may have gone to the programs of a model as
 * well, whose end is then why the survey failed. */
static tw_status end_early(tw_keeper *keep, tw_status status) {
    const tw_surface *surface = keep->surface;
    size_t points = surface->nx * surface->ny, done = 0;
    int signal = tw_study_interrupted(keep->study);
    char text[512];
    snprintf(text, sizeof text, "%s", tw_message());
    for (size_t p = 0; p < points; p++)
        done += surface->computed[p] != 0;
    if (keep->status == TW_OK && done > keep->taken)
        save(keep);
    if (keep->status != TW_OK)
        return tw_fail(keep->status, "%s", keep->text);
    if (signal != 0) {
        status = TW_ERR_CANCELLED;
        snprintf(text, sizeof text, "interrupted by signal %d", signal);
    }
    if (done == 0)
        return tw_fail(status, "%s", text);
    return tw_fail(status,
                   "%s; '%s' has %zu of %zu points, and the same command continues from there",
                   text, keep->path, done, points);
}

tw_status tw_keeper_end(tw_keeper *keep, tw_status status) {
    tw_study_work_end(&keep->work);
    if (keep->path != NULL && status != TW_OK)
        status = end_early(keep, status);
    if (keep->path != NULL)
        tw_study_watch(keep->study, 0);
    return status;
}
