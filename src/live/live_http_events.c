#include "live/live_http_events.h"

#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "core/alloc.h"
#include "live/live_http_reply.h"
#include "live/live_stream.h"

enum { READ = 16 << 10, KEPT_FREE = 4 };

typedef struct stream {
    tw_live_streams *all;
    struct MHD_Connection *connection;
    tw_live_cursor cursor;
    char *text; /* what is being sent */
    size_t size, sent;
    int waits; /* it is suspended */
    struct stream *next;
} stream;

static void wake(tw_live_streams *all) {
    for (stream *s = all->streams; s != NULL; s = s->next)
        if (s->waits) {
            s->waits = 0;
            MHD_resume_connection(s->connection);
        }
}

static void hub_changed(void *user) {
    tw_live_streams *all = user;
    pthread_mutex_lock(&all->lock);
    all->changes++;
    wake(all);
    pthread_mutex_unlock(&all->lock);
}

/* Gets what comes next; 0: nothing, and the connection is suspended. -1: no more comes. */
static int refill(stream *s) {
    tw_live_streams *all = s->all;
    for (;;) {
        pthread_mutex_lock(&all->lock);
        unsigned long long seen = all->changes;
        pthread_mutex_unlock(&all->lock);
        free(s->text);
        s->text = NULL;
        s->sent = s->size = 0;
        if (s->cursor.ended ||
            tw_live_stream_next(all->hub, &s->cursor, &s->text, &s->size) != TW_OK)
            return -1;
        if (s->text != NULL)
            return 1;
        pthread_mutex_lock(&all->lock);
        int over = all->closing, quiet = seen == all->changes;
        if (!over && quiet) {
            s->waits = 1;
            MHD_suspend_connection(s->connection);
        }
        pthread_mutex_unlock(&all->lock);
        if (over)
            return -1;
        if (quiet)
            return 0;
    }
}

static ssize_t read_stream(void *user, uint64_t position, char *out, size_t most) {
    stream *s = user;
    if (s->sent == s->size) {
        int got = refill(s);
        if (got <= 0)
            return got == 0 ? 0 : MHD_CONTENT_READER_END_OF_STREAM;
    }
    size_t count = s->size - s->sent < most ? s->size - s->sent : most;
    memcpy(out, s->text + s->sent, count);
    s->sent += count;
    return (ssize_t)count;
}

static void end_stream(void *user) {
    stream *s = user;
    tw_live_streams *all = s->all;
    pthread_mutex_lock(&all->lock);
    for (stream **at = &all->streams; *at != NULL; at = &(*at)->next)
        if (*at == s) {
            *at = s->next;
            break;
        }
    all->count--;
    pthread_cond_broadcast(&all->ended);
    pthread_mutex_unlock(&all->lock);
    free(s->text);
    free(s);
}

void tw_live_streams_init(tw_live_streams *all, tw_live_hub *hub, size_t connections) {
    *all = (tw_live_streams){.hub = hub, .connections = connections};
    pthread_mutex_init(&all->lock, NULL);
    pthread_cond_init(&all->ended, NULL);
    hub->user = all;
    hub->changed = hub_changed;
}

/* Some connections are kept for questions. */
enum MHD_Result tw_live_streams_answer(tw_live_streams *all, struct MHD_Connection *connection) {
    stream *s = tw_alloc(1, sizeof *s);
    struct MHD_Response *response = NULL;
    pthread_mutex_lock(&all->lock);
    int full = all->count + KEPT_FREE >= all->connections || all->closing;
    all->count += !full && s != NULL;
    pthread_mutex_unlock(&all->lock);
    if (full || s == NULL) {
        free(s);
        return tw_live_reply_refuse(connection, MHD_HTTP_SERVICE_UNAVAILABLE,
                                    "too many pages at once");
    }
    *s = (stream){.all = all, .connection = connection};
    pthread_mutex_lock(&all->lock);
    s->next = all->streams;
    all->streams = s;
    pthread_mutex_unlock(&all->lock);
    response =
        MHD_create_response_from_callback(MHD_SIZE_UNKNOWN, READ, read_stream, s, end_stream);
    if (response == NULL)
        end_stream(s);
    return tw_live_reply(connection, MHD_HTTP_OK, response, "text/event-stream", NULL);
}

void tw_live_streams_close(tw_live_streams *all, double seconds) {
    struct timespec until;
    clock_gettime(CLOCK_REALTIME, &until);
    until.tv_sec += (time_t)seconds;
    int late = 0;
    pthread_mutex_lock(&all->lock);
    all->closing = 1;
    all->changes++;
    wake(all);
    while (all->count > 0 && !late)
        late = pthread_cond_timedwait(&all->ended, &all->lock, &until) != 0;
    wake(all);
    pthread_mutex_unlock(&all->lock);
}

void tw_live_streams_release(tw_live_streams *all) {
    all->hub->changed = NULL;
    pthread_mutex_destroy(&all->lock);
    pthread_cond_destroy(&all->ended);
}
