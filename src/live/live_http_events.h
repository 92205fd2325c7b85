/* live_http_events.h: streams of events over HTTP, which wait suspended until the hub has more.
 *
 * `changes` counts what the hub said: a stream suspends only if nothing was said since it looked.
 */
#ifndef TW_LIVE_HTTP_EVENTS_H
#define TW_LIVE_HTTP_EVENTS_H

#include <microhttpd.h>
#include <pthread.h>

#include "live/live_hub.h"

typedef struct tw_live_streams {
    tw_live_hub *hub;
    size_t connections;   /* that the server takes, questions included */
    pthread_mutex_t lock; /* of all below */
    pthread_cond_t ended; /* a stream has */
    struct stream *streams;
    size_t count;
    unsigned long long changes;
    int closing;
} tw_live_streams;

/* The hub's `changed` becomes theirs. */
void tw_live_streams_init(tw_live_streams *all, tw_live_hub *hub, size_t connections);
/* Makes of a connection a stream of all that the hub has and gets, or refuses it. */
enum MHD_Result tw_live_streams_answer(tw_live_streams *all, struct MHD_Connection *connection);
/* Takes no more, and lets those that there are send what there is, the word that it ends included,
 * for so many seconds at most. */
void tw_live_streams_close(tw_live_streams *all, double seconds);
/* After the library's last call. */
void tw_live_streams_release(tw_live_streams *all);

#endif
