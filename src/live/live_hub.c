#include "live/live_hub.h"

#include <errno.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "core/alloc.h"
#include "landscape/point_order.h"
#include "page/page_private.h"

tw_status tw_live_hub_init(tw_live_hub *hub) {
    memset(hub, 0, sizeof *hub);
    pthread_condattr_t attributes;
    pthread_condattr_init(&attributes);
    pthread_condattr_setclock(&attributes, CLOCK_MONOTONIC);
    int failed = pthread_mutex_init(&hub->lock, NULL);
    failed |= pthread_cond_init(&hub->asked, &attributes);
    pthread_condattr_destroy(&attributes);
    return failed ? tw_fail(TW_ERR_SYSTEM, "a lock cannot be made") : TW_OK;
}

static void drop(tw_live_surface *s) {
    free(s->name);
    free(s->x_label);
    free(s->y_label);
    free(s->value_label);
    free(s->order);
    free(s->log);
    tw_provenance_release(&s->provenance);
    tw_surface_release(&s->surface);
    *s = (tw_live_surface){0};
}

void tw_live_hub_release(tw_live_hub *hub) {
    for (size_t k = 0; k < hub->shown; k++)
        drop(&hub->surfaces[k]);
    for (size_t k = 0; k < TW_LIVE_ANSWERS; k++)
        free(hub->answers[k].text);
    free(hub->status);
    pthread_cond_destroy(&hub->asked);
    pthread_mutex_destroy(&hub->lock);
}

/* Ends a change: others are told when the lock is free. */
static void unlock_changed(tw_live_hub *hub) {
    pthread_mutex_unlock(&hub->lock);
    if (hub->changed != NULL)
        hub->changed(hub->user);
}

/* ---- surfaces ---- */

static tw_status copy_provenance(const tw_provenance *from, tw_provenance *to) {
    tw_status status = TW_OK;
    for (size_t k = 0; from != NULL && k < from->count && status == TW_OK; k++)
        status = tw_provenance_add(to, from->keys[k], "%s", from->texts[k]);
    return status;
}

static tw_status describe(tw_live_surface *s, const tw_page_about *about, const tw_surface *from) {
    size_t points = from->nx * from->ny;
    int good = 1;
    if (points >= UINT32_MAX)
        return tw_fail(TW_ERR_ARGUMENT, "%zu points are too many for a live page", points);
    s->name = tw_page_copy(about->name != NULL ? about->name : "surface", &good);
    s->x_label = tw_page_copy(about->x_label, &good);
    s->y_label = tw_page_copy(about->y_label, &good);
    s->value_label = tw_page_copy(about->value_label, &good);
    s->log = tw_alloc(points, sizeof *s->log);
    if (!good || s->log == NULL)
        return tw_fail(TW_ERR_MEMORY, "not enough memory to show a surface of %zu points", points);
    tw_status status = copy_provenance(about->provenance, &s->provenance);
    if (status != TW_OK)
        return status;
    status = tw_point_order(from->nx, from->ny, 0, &s->order);
    if (status != TW_OK)
        return status;
    status = tw_surface_init_coordinates(&s->surface, from->nx, from->x, from->ny,
                                         from->rank == 2 ? from->y : NULL, from->metrics,
                                         (const char *const *)from->names);
    return status == TW_OK ? tw_page_check_axes(s->name, &s->surface) : status;
}

/* The points that are new. */
static size_t take_points(tw_live_surface *s, const tw_surface *from) {
    size_t points = from->nx * from->ny, before = s->count;
    for (size_t k = 0; k < points; k++) {
        size_t p = s->order[k];
        unsigned char computed = from->computed != NULL ? from->computed[p] : 1;
        if (computed == 0 || s->surface.computed[p] != 0)
            continue;
        for (size_t m = 0; m < from->metrics; m++)
            s->surface.values[m * points + p] = from->values[m * points + p];
        s->surface.computed[p] = computed;
        s->log[s->count++] = (uint32_t)p;
    }
    return s->count - before;
}

static tw_live_surface *find(tw_live_hub *hub, uint64_t id) {
    for (size_t k = 0; k < hub->shown; k++)
        if (hub->surfaces[k].id == id)
            return &hub->surfaces[k];
    return NULL;
}

tw_status tw_live_hub_show(tw_live_hub *hub, const tw_page_about *about, const tw_surface *surface,
                           const tw_paths *paths, uint64_t *id) {
    tw_live_surface made = {.paths = paths};
    tw_status status = describe(&made, about, surface);
    if (status != TW_OK) {
        drop(&made);
        return status;
    }
    take_points(&made, surface);
    pthread_mutex_lock(&hub->lock);
    made.version = ++hub->version;
    tw_live_surface *before = *id != 0 ? find(hub, *id) : NULL;
    if (before != NULL) {
        drop(before);
        made.id = *id;
        *before = made;
        unlock_changed(hub);
        return TW_OK;
    }
    if (hub->shown == TW_LIVE_SURFACES) {
        drop(&hub->surfaces[1]);
        memmove(&hub->surfaces[1], &hub->surfaces[2],
                (TW_LIVE_SURFACES - 2) * sizeof *hub->surfaces);
        hub->shown--;
    }
    *id = made.id = ++hub->last_id;
    hub->surfaces[hub->shown++] = made;
    unlock_changed(hub);
    return TW_OK;
}

tw_status tw_live_hub_update(tw_live_hub *hub, uint64_t id, const tw_surface *surface) {
    pthread_mutex_lock(&hub->lock);
    tw_live_surface *s = find(hub, id);
    int fits = s == NULL || (s->surface.nx == surface->nx && s->surface.ny == surface->ny &&
                             s->surface.metrics == surface->metrics);
    size_t fresh = s != NULL && fits ? take_points(s, surface) : 0;
    if (fresh > 0)
        unlock_changed(hub);
    else
        pthread_mutex_unlock(&hub->lock);
    return fits ? TW_OK : tw_fail(TW_ERR_SHAPE, "a surface that is not the one that was shown");
}

tw_status tw_live_hub_paths(tw_live_hub *hub, uint64_t id, const tw_paths *paths) {
    pthread_mutex_lock(&hub->lock);
    tw_live_surface *s = find(hub, id);
    if (s != NULL) {
        s->paths = paths;
        s->version = ++hub->version;
    }
    unlock_changed(hub);
    return TW_OK;
}

/* ---- texts ---- */

void tw_live_hub_status(tw_live_hub *hub, char *text) {
    pthread_mutex_lock(&hub->lock);
    free(hub->status);
    hub->status = text;
    hub->status_version++;
    unlock_changed(hub);
}

void tw_live_hub_answer(tw_live_hub *hub, char *text) {
    pthread_mutex_lock(&hub->lock);
    uint64_t number = ++hub->last_answer;
    free(hub->answers[number % TW_LIVE_ANSWERS].text);
    hub->answers[number % TW_LIVE_ANSWERS].text = text;
    hub->answers[number % TW_LIVE_ANSWERS].number = number;
    unlock_changed(hub);
}

void tw_live_hub_end(tw_live_hub *hub) {
    pthread_mutex_lock(&hub->lock);
    hub->ended = 1;
    unlock_changed(hub);
}

void tw_live_hub_beat(tw_live_hub *hub) {
    pthread_mutex_lock(&hub->lock);
    hub->beat++;
    unlock_changed(hub);
}

/* ---- questions ---- */

uint64_t tw_live_hub_ask(tw_live_hub *hub, const tw_live_question *question) {
    uint64_t number = 0;
    pthread_mutex_lock(&hub->lock);
    size_t at = hub->waiting;
    for (size_t k = 0; k < hub->waiting && question->kind == TW_LIVE_LINE; k++)
        if (hub->questions[k].kind == TW_LIVE_LINE)
            at = k; /* a slider has moved on */
    if (at < TW_LIVE_QUESTIONS) {
        number = ++hub->last_question;
        hub->questions[at] = *question;
        hub->questions[at].number = number;
        hub->waiting += at == hub->waiting;
        pthread_cond_broadcast(&hub->asked);
    }
    pthread_mutex_unlock(&hub->lock);
    return number;
}

static struct timespec later(double seconds) {
    static const double most = 1e6; /* what any clock can count to */
    struct timespec at;
    seconds = seconds > 0 ? fmin(seconds, most) : 0;
    clock_gettime(CLOCK_MONOTONIC, &at);
    at.tv_sec += (time_t)seconds;
    at.tv_nsec += (long)(1e9 * (seconds - (double)(time_t)seconds));
    if (at.tv_nsec >= 1000000000) {
        at.tv_nsec -= 1000000000;
        at.tv_sec++;
    }
    return at;
}

int tw_live_hub_next(tw_live_hub *hub, double seconds, tw_live_question *out) {
    struct timespec until = later(seconds);
    int late = !(seconds > 0);
    pthread_mutex_lock(&hub->lock);
    while (hub->waiting == 0 && !hub->stopped && !late)
        late = pthread_cond_timedwait(&hub->asked, &hub->lock, &until) == ETIMEDOUT;
    int found = hub->waiting > 0;
    if (found) {
        *out = hub->questions[0];
        memmove(&hub->questions[0], &hub->questions[1], --hub->waiting * sizeof *hub->questions);
    }
    pthread_mutex_unlock(&hub->lock);
    return found;
}

void tw_live_hub_stop(tw_live_hub *hub) {
    pthread_mutex_lock(&hub->lock);
    hub->stopped = 1;
    pthread_cond_broadcast(&hub->asked);
    pthread_mutex_unlock(&hub->lock);
}

int tw_live_hub_stopped(tw_live_hub *hub) {
    pthread_mutex_lock(&hub->lock);
    int stopped = hub->stopped;
    pthread_mutex_unlock(&hub->lock);
    return stopped;
}
