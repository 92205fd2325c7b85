/* live_http.c: the server. A thread of the library's (libmicrohttpd) answers all connections; a
 * second one looks at the clock: it ends requests that take too long to arrive, and lets pages hear
 * from time to time, so that those that are gone are noticed.
 */
#include <microhttpd.h>
#include <netdb.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <time.h>

#include "core/alloc.h"
#include "core/clock.h"
#include "live/live_gate.h"
#include "live/live_http_events.h"
#include "live/live_http_reply.h"
#include "live/live_page.h"
#include "live/live_server.h"

enum { HEADERS = 32 << 10 };
static const double BEAT = 10, LOOK = 0.5, FAREWELL = 1; /* seconds */

/* A connection, from its being accepted to its end. */
typedef struct line {
    int socket;   /* -1: the place is free */
    int arrived;  /* its request is there, and being answered */
    double since; /* when it was accepted, or its last request was over */
} line;

struct tw_live_server {
    struct MHD_Daemon *daemon;
    tw_live_hub *hub;
    tw_live_streams streams;
    pthread_mutex_t lock; /* of the next four */
    pthread_cond_t closes;
    line *lines;
    size_t line_count;
    int closing;
    pthread_t clock;
    int ticking;

    tw_live_gate gate; /* of the library's thread alone, once that runs */
    char address[128];
    char *html, *policy;
    size_t html_size, points;
    double patience;
};

/* A request, of which the body may be on its way. */
typedef struct request {
    line *line;
    int kind; /* live_gate.h */
    char *body;
    size_t size;
    int large;
} request;

int tw_live_server_available(void) {
    return 1;
}

/* ---- requests ---- */

static enum MHD_Result answer_page(const tw_live_server *server,
                                   struct MHD_Connection *connection) {
    struct MHD_Response *response =
        MHD_create_response_from_buffer(server->html_size, server->html, MHD_RESPMEM_PERSISTENT);
    return tw_live_reply(connection, MHD_HTTP_OK, response, "text/html; charset=utf-8",
                         server->policy);
}

static const char *header_of(struct MHD_Connection *connection, const char *name) {
    return MHD_lookup_connection_value(connection, MHD_HEADER_KIND, name);
}

static line *line_of(struct MHD_Connection *connection) {
    const union MHD_ConnectionInfo *info =
        MHD_get_connection_info(connection, MHD_CONNECTION_INFO_SOCKET_CONTEXT);
    return info != NULL ? info->socket_context : NULL;
}

/* The first look at a request, when its headers are there. */
static enum MHD_Result begin(tw_live_server *server, struct MHD_Connection *connection,
                             const char *path, const char *method, void **context) {
    const tw_live_request asked = {.path = path,
                                   .method = method,
                                   .host = header_of(connection, "Host"),
                                   .origin = header_of(connection, "Origin"),
                                   .site = header_of(connection, "Sec-Fetch-Site"),
                                   .type = header_of(connection, "Content-Type"),
                                   .length = header_of(connection, "Content-Length")};
    const char *words = "";
    int kind = 0;
    unsigned code = tw_live_gate_check(&server->gate, &asked, tw_clock_seconds(), &kind, &words);
    if (code != 0)
        return tw_live_reply_refuse(connection, code, words);
    request *r = tw_alloc(1, sizeof *r);
    if (r == NULL)
        return MHD_NO;
    *r = (request){.line = line_of(connection), .kind = kind};
    *context = r;
    return MHD_YES;
}

/* The body came; it is no longer than can be. */
static enum MHD_Result answer(tw_live_server *server, struct MHD_Connection *connection,
                              const request *r) {
    tw_live_question question;
    char json[64];
    if (r->large)
        return tw_live_reply_refuse(connection, MHD_HTTP_CONTENT_TOO_LARGE,
                                    "questions have 64 KiB at most");
    if (r->kind == TW_LIVE_PAGE)
        return answer_page(server, connection);
    if (r->kind == TW_LIVE_EVENTS)
        return tw_live_streams_answer(&server->streams, connection);
    if (r->kind == TW_LIVE_STOP) {
        tw_live_hub_stop(server->hub);
        return tw_live_reply_json(connection, MHD_HTTP_ACCEPTED, "{}\n");
    }
    if (tw_live_question_read((tw_live_kind)r->kind, r->size, r->body != NULL ? r->body : "",
                              server->points, &question) != TW_OK)
        return tw_live_reply_refuse(connection, MHD_HTTP_BAD_REQUEST, tw_message());
    uint64_t number = tw_live_hub_ask(server->hub, &question);
    if (number == 0)
        return tw_live_reply_refuse(connection, MHD_HTTP_TOO_MANY_REQUESTS,
                                    "too many questions wait already");
    snprintf(json, sizeof json, "{\"question\": %llu}\n", (unsigned long long)number);
    return tw_live_reply_json(connection, MHD_HTTP_ACCEPTED, json);
}

static enum MHD_Result take_body(request *r, const char *data, size_t *size) {
    if (r->body == NULL)
        r->body = malloc(TW_LIVE_MOST_BODY);
    if (r->body == NULL || (r->large && r->size > 16 * (size_t)TW_LIVE_MOST_BODY))
        return MHD_NO;
    r->large |=
        *size > TW_LIVE_MOST_BODY - (r->size < TW_LIVE_MOST_BODY ? r->size : TW_LIVE_MOST_BODY);
    if (!r->large)
        memcpy(r->body + r->size, data, *size);
    r->size += *size;
    *size = 0;
    return MHD_YES;
}

static enum MHD_Result handle(void *user, struct MHD_Connection *connection, const char *path,
                              const char *method, const char *version, const char *data,
                              size_t *size, void **context) {
    tw_live_server *server = user;
    if (*context == NULL)
        return begin(server, connection, path, method, context);
    if (*size > 0)
        return take_body(*context, data, size);
    pthread_mutex_lock(&server->lock);
    if (((request *)*context)->line != NULL)
        ((request *)*context)->line->arrived = 1;
    pthread_mutex_unlock(&server->lock);
    return answer(server, connection, *context);
}

static void completed(void *user, struct MHD_Connection *connection, void **context,
                      enum MHD_RequestTerminationCode why) {
    tw_live_server *server = user;
    request *r = *context;
    line *at = line_of(connection);
    pthread_mutex_lock(&server->lock);
    if (at != NULL) {
        at->since = tw_clock_seconds();
        at->arrived = 0;
    }
    pthread_mutex_unlock(&server->lock);
    if (r != NULL)
        free(r->body);
    free(r);
    *context = NULL;
}

/* Paths are compared as they came: nothing is decoded. */
static size_t keep_escapes(void *user, struct MHD_Connection *connection, char *text) {
    return strlen(text);
}

/* ---- connections ---- */

static void notice_line(void *user, struct MHD_Connection *connection, void **context,
                        enum MHD_ConnectionNotificationCode code) {
    tw_live_server *server = user;
    const union MHD_ConnectionInfo *info =
        MHD_get_connection_info(connection, MHD_CONNECTION_INFO_CONNECTION_FD);
    pthread_mutex_lock(&server->lock);
    if (code == MHD_CONNECTION_NOTIFY_CLOSED && *context != NULL) {
        ((line *)*context)->socket = -1;
        *context = NULL;
    }
    for (size_t k = 0; code == MHD_CONNECTION_NOTIFY_STARTED && k < server->line_count; k++)
        if (server->lines[k].socket < 0) {
            server->lines[k] = (line){info->connect_fd, 0, tw_clock_seconds()};
            *context = &server->lines[k];
            break;
        }
    pthread_mutex_unlock(&server->lock);
}

/* A request that drips in would keep its connection, which a limit on silence does not see. Answers
 * may take their time, as over a slow tunnel: for them the library's limit on silence is enough. */
static void end_slow(tw_live_server *server, double now) {
    pthread_mutex_lock(&server->lock);
    for (size_t k = 0; k < server->line_count; k++) {
        line *at = &server->lines[k];
        if (at->socket >= 0 && !at->arrived && now - at->since > server->patience)
            shutdown(at->socket, SHUT_RDWR);
    }
    pthread_mutex_unlock(&server->lock);
}

static void *tick(void *user) {
    tw_live_server *server = user;
    double beaten = tw_clock_seconds();
    for (;;) {
        struct timespec until;
        clock_gettime(CLOCK_REALTIME, &until);
        until.tv_nsec += (long)(1e9 * LOOK);
        until.tv_sec += until.tv_nsec / 1000000000;
        until.tv_nsec %= 1000000000;
        pthread_mutex_lock(&server->lock);
        if (!server->closing)
            pthread_cond_timedwait(&server->closes, &server->lock, &until);
        int closing = server->closing;
        pthread_mutex_unlock(&server->lock);
        if (closing)
            return NULL;
        double now = tw_clock_seconds();
        end_slow(server, now);
        if (now - beaten >= BEAT) {
            beaten = now;
            tw_live_hub_beat(server->hub);
        }
    }
}

/* ---- the server ---- */

static void release(tw_live_server *server) {
    tw_live_streams_release(&server->streams);
    pthread_mutex_destroy(&server->lock);
    pthread_cond_destroy(&server->closes);
    free(server->lines);
    free(server->gate.host);
    free(server->html);
    free(server->policy);
    free(server);
}

/* Only numbers: a name may stand for more than one address, and for one that is not meant. */
static tw_status find_address(const char *host, size_t port, struct addrinfo **out) {
    char text[16];
    const struct addrinfo hints = {.ai_flags = AI_NUMERICHOST | AI_NUMERICSERV | AI_PASSIVE,
                                   .ai_socktype = SOCK_STREAM};
    snprintf(text, sizeof text, "%zu", port);
    if (getaddrinfo(host, text, &hints, out) != 0)
        return tw_fail(TW_ERR_ARGUMENT, "'%s' is no IP address to listen on", host);
    return TW_OK;
}

static tw_status listen_on(tw_live_server *server, const tw_live_options *options) {
    struct addrinfo *address = NULL;
    tw_status status = find_address(options->host, options->port, &address);
    if (status != TW_OK)
        return status;
    unsigned flags = MHD_USE_AUTO | MHD_USE_INTERNAL_POLLING_THREAD | MHD_USE_ITC |
                     MHD_ALLOW_SUSPEND_RESUME | (address->ai_family == AF_INET6 ? MHD_USE_IPv6 : 0);
    server->daemon = MHD_start_daemon(
        flags, 0, NULL, NULL, handle, server, MHD_OPTION_SOCK_ADDR, address->ai_addr,
        MHD_OPTION_CONNECTION_LIMIT, (unsigned)options->connections, MHD_OPTION_CONNECTION_TIMEOUT,
        (unsigned)(options->patience + 1), MHD_OPTION_CONNECTION_MEMORY_LIMIT, (size_t)HEADERS,
        MHD_OPTION_NOTIFY_COMPLETED, completed, server, MHD_OPTION_NOTIFY_CONNECTION, notice_line,
        server, MHD_OPTION_UNESCAPE_CALLBACK, keep_escapes, NULL, MHD_OPTION_END);
    const union MHD_DaemonInfo *info =
        server->daemon != NULL ? MHD_get_daemon_info(server->daemon, MHD_DAEMON_INFO_BIND_PORT)
                               : NULL;
    if (info != NULL) {
        int six = address->ai_family == AF_INET6;
        server->gate.port = info->port;
        snprintf(server->address, sizeof server->address, "http://%s%s%s:%u/%s/", six ? "[" : "",
                 options->host, six ? "]" : "", server->gate.port, server->gate.token);
    }
    freeaddrinfo(address);
    return info != NULL ? TW_OK
                        : tw_fail(TW_ERR_SYSTEM, "cannot listen on %s port %zu%s", options->host,
                                  options->port, options->port > 0 ? "; is it taken?" : "");
}

static tw_status prepare(tw_live_server *server, const tw_live_options *options) {
    server->points = options->points;
    server->patience = options->patience;
    server->gate.answers = options->answers;
    server->gate.rate.rate = options->rate;
    server->gate.host = tw_strdup(options->host);
    server->lines = tw_alloc(options->connections, sizeof *server->lines);
    if (server->gate.host == NULL || server->lines == NULL)
        return tw_fail(TW_ERR_MEMORY, "not enough memory for a server");
    server->line_count = options->connections;
    for (size_t k = 0; k < server->line_count; k++)
        server->lines[k].socket = -1;
    tw_status status = tw_live_token_make(server->gate.token);
    return status == TW_OK
               ? tw_live_page_make(options, &server->html, &server->html_size, &server->policy)
               : status;
}

tw_status tw_live_server_start(const tw_live_options *options, tw_live_hub *hub,
                               tw_live_server **out) {
    tw_live_server *server = tw_alloc(1, sizeof *server);
    *out = NULL;
    if (server == NULL)
        return tw_fail(TW_ERR_MEMORY, "not enough memory for a server");
    pthread_mutex_init(&server->lock, NULL);
    pthread_cond_init(&server->closes, NULL);
    server->hub = hub;
    tw_live_streams_init(&server->streams, hub, options->connections);
    tw_status status = prepare(server, options);
    if (status == TW_OK)
        status = listen_on(server, options);
    if (status == TW_OK && pthread_create(&server->clock, NULL, tick, server) != 0)
        status = tw_fail(TW_ERR_SYSTEM, "no thread can be started");
    server->ticking = status == TW_OK;
    if (status == TW_OK)
        *out = server;
    else
        tw_live_server_stop(server);
    return status;
}

const char *tw_live_server_address(const tw_live_server *server) {
    return server->address;
}

void tw_live_server_stop(tw_live_server *server) {
    if (server == NULL)
        return;
    pthread_mutex_lock(&server->lock);
    server->closing = 1;
    pthread_cond_broadcast(&server->closes);
    pthread_mutex_unlock(&server->lock);
    tw_live_streams_close(&server->streams, FAREWELL);
    if (server->ticking)
        pthread_join(server->clock, NULL);
    if (server->daemon != NULL)
        MHD_stop_daemon(server->daemon);
    release(server);
}
