/* live_gate.h: what a request asks for, and whether it is let in: all that can be told before its
 * body is there. Nothing here knows the library that reads it. */
#ifndef TW_LIVE_GATE_H
#define TW_LIVE_GATE_H

#include "live/live_guard.h"

enum { TW_LIVE_MOST_BODY = 64 << 10 }; /* bytes of a question */

/* What is asked for: a tw_live_kind (live_question.h), or one of these. */
enum { TW_LIVE_PAGE = -1, TW_LIVE_EVENTS = -2 };

/* A request; headers that it has not are NULL. */
typedef struct tw_live_request {
    const char *path, *method;                        /* the path as it came, nothing decoded */
    const char *host, *origin, *site, *type, *length; /* site: Sec-Fetch-Site */
} tw_live_request;

typedef struct tw_live_gate {
    char token[TW_LIVE_TOKEN + 1];
    char *host; /* that the server listens on */
    unsigned port;
    int answers; /* there is a model that can be asked */
    tw_live_rate rate;
} tw_live_gate;

/* 0, and *kind is what is asked for; or the code of HTTP that it is refused with, and *words say
 * why. `now` in seconds, of any clock that does not go back. */
unsigned tw_live_gate_check(tw_live_gate *gate, const tw_live_request *request, double now,
                            int *kind, const char **words);

#endif
