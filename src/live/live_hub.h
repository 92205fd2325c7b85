/* live_hub.h: what the two threads of a live page share, under one lock: surfaces as far as they
 * are computed, answers, the status line, questions. Nothing here knows of HTTP.
 *
 * What a page has received is a cursor into all this, so that nothing is queued for it: one that
 * reads slowly gets larger batches later, and one that comes again, everything.
 */
#ifndef TW_LIVE_HUB_H
#define TW_LIVE_HUB_H

#include <pthread.h>
#include <stdint.h>

#include "live/live_question.h"
#include "thalweg/page.h"

enum { TW_LIVE_SURFACES = 24, TW_LIVE_ANSWERS = 64, TW_LIVE_QUESTIONS = 16 };

typedef struct tw_live_surface {
    uint64_t id;      /* 0: the place is free */
    uint64_t version; /* of all but the points */
    char *name, *x_label, *y_label, *value_label;
    tw_provenance provenance; /* a copy */
    const tw_paths *paths;
    tw_surface surface;
    size_t *order; /* of its points, coarse to fine: in which those of one batch are sent */
    uint32_t *log; /* its computed points in the order in which they came */
    size_t count;
} tw_live_surface;

typedef struct tw_live_hub {
    pthread_mutex_t lock;
    pthread_cond_t asked;
    tw_live_surface surfaces[TW_LIVE_SURFACES]; /* by rising id, those that there are */
    size_t shown;
    uint64_t last_id, version; /* handed out */
    struct {
        uint64_t number;        /* from 1 on */
        char *text;             /* JSON, or NULL */
    } answers[TW_LIVE_ANSWERS]; /* number modulo TW_LIVE_ANSWERS */
    uint64_t last_answer;
    char *status; /* JSON, or NULL */
    uint64_t status_version, beat;
    tw_live_question questions[TW_LIVE_QUESTIONS];
    size_t waiting;
    uint64_t last_question;
    int stopped, ended;
    uint64_t line;               /* the surface of the last line; of the thread that answers */
    void (*changed)(void *user); /* there is more to send; called without the lock */
    void *user;
} tw_live_hub;

/* What one page has received. Zero it. */
typedef struct tw_live_cursor {
    struct {
        uint64_t id, version;
        size_t sent;
    } surfaces[TW_LIVE_SURFACES];
    uint64_t answer, status_version, beat;
    int greeted, ended;
} tw_live_cursor;

tw_status tw_live_hub_init(tw_live_hub *hub);
void tw_live_hub_release(tw_live_hub *hub);

/* As tw_live_show, tw_live_update, tw_live_paths; where *id is shown still, in its place. */
tw_status tw_live_hub_show(tw_live_hub *hub, const tw_page_about *about, const tw_surface *surface,
                           const tw_paths *paths, uint64_t *id);
tw_status tw_live_hub_update(tw_live_hub *hub, uint64_t id, const tw_surface *surface);
tw_status tw_live_hub_paths(tw_live_hub *hub, uint64_t id, const tw_paths *paths);
/* Takes over the text, JSON in one line. */
void tw_live_hub_status(tw_live_hub *hub, char *text);
void tw_live_hub_answer(tw_live_hub *hub, char *text);
/* Nothing more will come. */
void tw_live_hub_end(tw_live_hub *hub);
/* Something is sent to every page, so that those that are gone are noticed. */
void tw_live_hub_beat(tw_live_hub *hub);

/* Puts a question, which gets its number; a line takes the place of one that waits still. 0 where
 * too many wait. */
uint64_t tw_live_hub_ask(tw_live_hub *hub, const tw_live_question *question);
/* Takes the next, waiting up to so many seconds; 0: there is none. */
int tw_live_hub_next(tw_live_hub *hub, double seconds, tw_live_question *out);
void tw_live_hub_stop(tw_live_hub *hub);
int tw_live_hub_stopped(tw_live_hub *hub);

#endif
