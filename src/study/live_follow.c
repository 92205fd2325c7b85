#include "study/live_follow.h"

#include <math.h>
#include <string.h>

#include "core/clock.h"
#include "study/landscape.h"
#include "study/page_how.h"
#include "study/study_private.h"

static const double FILE_LOOK = 0.3; /* seconds between two looks */

/* What a file says of its plane; data and files may have changed since. */
static const char *const hashes[] = {"point_hash", "dx_hash", "dy_hash", "data_hash"};
enum { HASHES = sizeof hashes / sizeof hashes[0] };

static int has_same(const tw_provenance *a, const tw_provenance *b, const char *key) {
    const char *one = tw_provenance_get(a, key), *other = tw_provenance_get(b, key);
    return one == NULL ? other == NULL : other != NULL && strcmp(one, other) == 0;
}

tw_status tw_study_live_same(const tw_study_landscape_plan *plan, const tw_provenance *made) {
    TW_NEED(plan);
    TW_NEED(made);
    for (size_t k = 0; k < HASHES; k++)
        if (!has_same(&plan->provenance, made, hashes[k]))
            return tw_fail(TW_ERR_ARGUMENT, "its command gives another %.*s now",
                           (int)strcspn(hashes[k], "_"), hashes[k]);
    return TW_OK;
}

void tw_live_follow_release(tw_live_follow *f) {
    tw_provenance_release(&f->provenance);
    tw_surface_release(&f->surface);
}

static int has_changed(const struct stat *a, const struct stat *b) {
    return a->st_ino != b->st_ino || a->st_size != b->st_size ||
           a->st_mtim.tv_sec != b->st_mtim.tv_sec || a->st_mtim.tv_nsec != b->st_mtim.tv_nsec;
}

static int is_computed(const tw_surface *s, size_t point) {
    return s->computed == NULL || s->computed[point] != 0;
}

static int has_same_axes(const tw_surface *a, const tw_surface *b) {
    if (a->rank != b->rank || a->nx != b->nx || a->ny != b->ny || a->metrics != b->metrics)
        return 0;
    for (size_t m = 0; m < a->metrics; m++)
        if (strcmp(a->names[m], b->names[m]) != 0)
            return 0;
    return memcmp(a->x, b->x, a->nx * sizeof *a->x) == 0 &&
           (a->rank < 2 || memcmp(a->y, b->y, a->ny * sizeof *a->y) == 0);
}

/* Whether the file holds what is shown, and maybe more. */
static int goes_on(const tw_live_follow *f, const tw_live_follow *now) {
    const tw_surface *a = &f->surface, *b = &now->surface;
    size_t points = a->nx * a->ny;
    if (!has_same_axes(a, b) || !has_same(&f->provenance, &now->provenance, "command"))
        return 0;
    for (size_t k = 0; k < HASHES; k++)
        if (!has_same(&f->provenance, &now->provenance, hashes[k]))
            return 0;
    for (size_t p = 0; p < points; p++)
        for (size_t m = 0; m < a->metrics && is_computed(a, p); m++)
            if (!is_computed(b, p) || memcmp(&a->values[m * points + p], &b->values[m * points + p],
                                             sizeof *a->values) != 0)
                return 0;
    return 1;
}

static void say_how_far(tw_live *live, const tw_live_follow *f) {
    const tw_surface *surface = &f->surface;
    size_t points = surface->nx * surface->ny, done = 0;
    for (size_t p = 0; p < points; p++)
        done += (size_t)is_computed(surface, p);
    tw_live_status(live, done, points, NAN,
                   done < points ? "in the file"
                   : f->asks     ? "complete"
                                 : "complete; there is no model to ask");
}

/* Shows what was read: more of the same, or in its place. */
static tw_status show_read(tw_live *live, const tw_live_follow *f, tw_live_follow *now) {
    tw_page_about about = tw_study_page_about(&now->provenance, tw_path_name(f->path));
    if (f->plan != NULL && tw_study_live_same(f->plan, &now->provenance) == TW_OK)
        now->asks = 1;
    tw_message_clear();
    now->id = f->id;
    if (f->id == 0)
        return tw_live_show(live, &about, &now->surface, NULL, &now->id);
    return goes_on(f, now) ? tw_live_update(live, f->id, &now->surface)
                           : tw_live_replace(live, f->id, &about, &now->surface, NULL);
}

tw_status tw_live_follow_look(tw_live *live, tw_live_follow *f) {
    tw_live_follow now = {.path = f->path, .plan = f->plan, .at = tw_clock_seconds()};
    if (f->path == NULL || (f->at > 0 && now.at - f->at < FILE_LOOK))
        return TW_OK;
    f->at = now.at;
    if (stat(f->path, &now.seen) != 0 || !has_changed(&now.seen, &f->seen))
        return TW_OK;
    tw_status status = tw_surface_read(f->path, &now.surface, &now.provenance);
    if (status == TW_OK)
        status = show_read(live, f, &now);
    if (status == TW_OK) {
        tw_live_follow_release(f);
        *f = now;
        say_how_far(live, f);
        return TW_OK;
    }
    tw_live_follow_release(&now);
    if (f->id != 0) {
        tw_message_clear(); /* the next look will do */
        status = TW_OK;
    }
    return status;
}
