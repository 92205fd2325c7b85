/* live.h: a page that talks to this program: it shows a surface while it is computed, and asks for
 * more: a rectangle looked at more closely, the value, gradient and step-size study at a point, a
 * line through it. What 'thalweg view --live' does; study_live.h makes it of plans and files.
 *
 *     tw_live *live = NULL;
 *     if (tw_live_open(&options, &live) == TW_OK)
 *         puts(tw_live_address(live));
 *     tw_live_show(live, &about, &surface, NULL, &id);
 *     while (!tw_live_stopped(live))
 *         tw_live_answer(live, &scene, 0.5);
 *     tw_live_free(live);
 *
 * The server has a thread of its own, which computes nothing and opens no file: it hands out the
 * page, what was shown, and takes questions. These are answered by the thread that calls
 * tw_live_answer, so that objectives need not be called by several at once.
 *
 * It listens on the loopback unless told otherwise. The address holds 128 random bits that every
 * request must have; requests for another host, from pages of another origin, larger than 64 KiB,
 * too slow, too many, or in too many connections are refused. docs/live.md tells the protocol.
 */
#ifndef THALWEG_LIVE_H
#define THALWEG_LIVE_H

#include <stddef.h>
#include <stdint.h>

#include "file.h"
#include "landscape.h"
#include "objective.h"
#include "page.h"
#include "plane.h"
#include "status.h"
#include "trajectory_plane.h"

TW_BEGIN_DECLS

typedef struct tw_live tw_live;

/* Whether this library can serve pages: it was built with libmicrohttpd. Without it tw_live_open
 * answers TW_ERR_UNSUPPORTED. */
TW_API int tw_live_available(void);

/* Zero means the defaults; texts are copied. */
typedef struct tw_live_options {
    size_t bytes;         /* sizeof(tw_live_options), or 0 (thalweg.h) */
    const char *host;     /* address to listen on; NULL: 127.0.0.1 */
    size_t port;          /* 0: any that is free */
    size_t connections;   /* at once, 5 to 10000; 0: 32 */
    size_t points;        /* most points of one question; 0: 63001, as of 251 x 251 */
    double rate;          /* requests a second, over some time; 0: 100 */
    double patience;      /* seconds that a request may take to arrive, up to a day; 0: 15 */
    int answers;          /* 1: the page offers to ask */
    int first;            /* 1: the surface that is shown first is panel 0 of those `add` adds */
    tw_page_options page; /* but script, script_data and connect */
    tw_status (*add)(tw_page *page, void *user); /* adds what stands on the page from the
                                                    beginning; NULL: nothing */
    void *user;
} tw_live_options;

/* Makes the page, and listens. *out is owned by the caller, NULL after a failure. */
TW_API tw_status tw_live_open(const tw_live_options *options, tw_live **out);
/* "http://127.0.0.1:40123/TOKEN/"; valid as long as it is open. */
TW_API const char *tw_live_address(const tw_live *live);
/* Lets pages know that it ends, and stops. NULL is fine. */
TW_API void tw_live_free(tw_live *live);

/* Shows another surface, of which points may lack; *id names it from now on. Its numbers
 * and `about` are copied, `paths` (may be NULL) must stay until tw_live_free. Of more than
 * 24 the oldest but the first is taken off the page. */
TW_API tw_status tw_live_show(tw_live *live, const tw_page_about *about, const tw_surface *surface,
                              const tw_paths *paths, uint64_t *id);
/* Sends the points that are computed and were not at the call before. TW_ERR_SHAPE for a surface
 * that is not as it was shown. */
TW_API tw_status tw_live_update(tw_live *live, uint64_t id, const tw_surface *surface);
/* Shows another surface in the place of one. */
TW_API tw_status tw_live_replace(tw_live *live, uint64_t id, const tw_page_about *about,
                                 const tw_surface *surface, const tw_paths *paths);
/* The paths in it are known now. */
TW_API tw_status tw_live_paths(tw_live *live, uint64_t id, const tw_paths *paths);
/* One line over the page: how far the work is, with the seconds that are left (NaN: not known), and
 * what is done. */
TW_API void tw_live_status(tw_live *live, size_t done, size_t total, double left, const char *text);

/* What questions are about. */
typedef struct tw_live_scene {
    size_t bytes;            /* sizeof(tw_live_scene), or 0 (thalweg.h) */
    tw_objective *objective; /* whose metrics surfaces have */
    tw_objective *losses;    /* whose gradient is taken; NULL: that one */
    const tw_plane *plane;
    const size_t *metrics; /* as in tw_survey_options, `count` of them, with */
    const double *scale;   /* their factors */
    size_t count;
    const char *const *names; /* and names in files */
    tw_page_about about;      /* what labels are */
    /* Non-zero ends an answer underway; asked between batches, may be NULL. */
    int (*stop)(void *user);
    void *user;
    /* Where the span over the plane is kept from question to question: NULL in it at first, opened
     * by the first that needs it; the caller closes it before the objective goes. NULL: each
     * question opens one. */
    tw_span **span;
} tw_live_scene;

/* Waits up to so many seconds (0: not at all) for questions, and answers those that there are:
 * rectangles by tw_survey_run, so that their values are those of a survey, bit for bit, coarse to
 * fine. What cannot be answered is told to the page and is no failure. TW_ERR_CANCELLED where
 * `stop` says so. */
TW_API tw_status tw_live_answer(tw_live *live, const tw_live_scene *scene, double seconds);
/* Whether a page asked to stop. */
TW_API int tw_live_stopped(tw_live *live);

TW_END_DECLS

#endif
