#include "cli_keep.h"

#include <math.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "cli_interrupt.h"

const option_spec keep_options[] = {
    {"restart", 0, OPTION_FLAG, NULL, offsetof(keep_args, restart), .silent = 1,
     .help = "start again, whatever the -o file holds; without it, the same command continues that "
             "file"},
    {"save-every", 0, OPTION_NUMBER, "S", offsetof(keep_args, save_every), RANGE_NOT_NEGATIVE,
     .fallback = "2", .silent = 1,
     .help = "seconds between saves to the -o file while points are computed"},
    {NULL},
};

/* Saving takes one part in so many of the time, and is rarer for it where surfaces are large. */
static const double SAVE_SHARE = 20;
/* An estimate is worth a line if there is more to come than this, in seconds. */
static const double LONG_RUN = 20, FIRST_LOOK = 1;

static int is_plain(const char *path) {
    struct stat info;
    return stat(path, &info) != 0 || S_ISREG(info.st_mode);
}

static tw_status take_file(keeper *keep, const char *path, tw_surface *surface) {
    char text[512];
    tw_status status = tw_surface_continue(path, keep->provenance, surface, &keep->taken);
    if (status == TW_OK)
        return TW_OK;
    snprintf(text, sizeof text, "%s", tw_message());
    return tw_fail(status, "%s; give another -o, or --restart to replace it", text);
}

/* Of two surveys with one file the second goes on where the first has ended, as it would if it had
 * been started then; as soon as there is a file it is known whether it can. */
static tw_status wait_for_turn(keeper *keep, const keep_args *args, tw_surface *surface) {
    const struct timespec pause = {.tv_nsec = 50000000};
    int told = 0, compared = args->restart;
    tw_status status = TW_OK;
    while (status == TW_OK) {
        status = tw_claim_take(keep->path, &keep->claim);
        if (status != TW_OK || keep->claim != NULL)
            break;
        if (!told)
            cli_talk(keep->context, "another thalweg is writing '%s'; waiting for it to finish\n",
                     keep->path);
        told = 1;
        if (!compared && access(keep->path, F_OK) == 0) {
            status = take_file(keep, keep->path, surface);
            compared = 1;
        }
        nanosleep(&pause, NULL);
    }
    return status;
}

tw_status keep_begin(cli_context *context, const keep_args *args, const char *label,
                     const char *path, tw_surface *surface, const tw_provenance *provenance,
                     keeper *out) {
    size_t points = surface->nx * surface->ny;
    *out = (keeper){.context = context,
                    .path = path != NULL && is_plain(path) ? path : NULL,
                    .surface = surface,
                    .provenance = provenance,
                    .least = args->save_every,
                    .interval = args->save_every};
    tw_status status = TW_OK;
    if (out->path != NULL)
        status = wait_for_turn(out, args, surface);
    if (status == TW_OK && out->path != NULL && !args->restart)
        status = take_file(out, out->path, surface);
    if (status != TW_OK)
        return status;
    if (out->taken == points)
        cli_talk(context, "'%s' is complete: there is nothing left to compute\n", path);
    else if (out->taken > 0)
        cli_talk(context, "continuing '%s': %zu of %zu points are done\n", path, out->taken,
                 points);
    if (out->path != NULL)
        interrupt_watch();
    out->bar = progress_begin(context, label);
    out->bar.before = out->taken;
    out->saved_at = clock_seconds();
    return TW_OK;
}

static void save(keeper *keep) {
    double begun = clock_seconds();
    keep->status = tw_surface_write(keep->path, keep->surface, keep->provenance);
    if (keep->status != TW_OK)
        snprintf(keep->text, sizeof keep->text, "%s", tw_message());
    keep->saved_at = clock_seconds();
    double share = SAVE_SHARE * (keep->saved_at - begun);
    keep->interval = share > keep->least ? share : keep->least;
}

/* Once, for those who look at a log: how long it will take. */
static void foretell(keeper *keep, size_t done, size_t total) {
    double left = progress_left(&keep->bar, done, total);
    if (keep->foretold || isnan(left) || clock_seconds() - keep->bar.paced_at < FIRST_LOOK)
        return;
    keep->foretold = 1;
    if (left < LONG_RUN)
        return;
    char words[32];
    progress_hide(&keep->bar);
    cli_talk(keep->context, "about %s for the %zu points that are left%s%s%s\n",
             progress_time(left, words, sizeof words), total - done,
             keep->path != NULL ? "; they are saved to '" : "",
             keep->path != NULL ? keep->path : "", keep->path != NULL ? "' as they come" : "");
}

int keep_step(void *user, size_t done, size_t total) {
    keeper *keep = user;
    foretell(keep, done, total);
    progress_step(&keep->bar, done, total);
    if (keep->path == NULL)
        return 0;
    if (done < total && clock_seconds() - keep->saved_at >= keep->interval)
        save(keep);
    return keep->status != TW_OK || interrupt_seen() != 0;
}

/* The message is the words of `status`. The signal may have gone to the programs of --exec as well,
 * whose end is then why the survey failed. */
static tw_status end_early(keeper *keep, tw_status status) {
    const tw_surface *surface = keep->surface;
    size_t points = surface->nx * surface->ny, done = 0;
    char text[512];
    snprintf(text, sizeof text, "%s", tw_message());
    for (size_t p = 0; p < points; p++)
        done += surface->computed[p] != 0;
    if (keep->status == TW_OK && done > keep->taken)
        save(keep);
    if (keep->status != TW_OK)
        return tw_fail(keep->status, "%s", keep->text);
    if (interrupt_seen() != 0) {
        keep->context->outcome = 128 + interrupt_seen();
        status = TW_ERR_CANCELLED;
        snprintf(text, sizeof text, "interrupted by signal %d", interrupt_seen());
    }
    if (done == 0)
        return tw_fail(status, "%s", text);
    return tw_fail(status,
                   "%s; '%s' has %zu of %zu points, and the same command continues from there",
                   text, keep->path, done, points);
}

tw_status keep_end(keeper *keep, tw_status status) {
    progress_end(&keep->bar);
    if (keep->path != NULL && status != TW_OK)
        status = end_early(keep, status);
    if (keep->path != NULL)
        interrupt_release();
    return status;
}
