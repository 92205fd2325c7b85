/* live_http.c: the one file that knows libmicrohttpd. A thread of its own answers all connections;
 * a second one looks at the clock: it ends requests that take too long to arrive, and lets pages
 * hear from time to time, so that those that are gone are noticed.
 *
 * Streams of events wait suspended until the hub has more. `changes` counts what the hub said: a
 * stream suspends only if nothing was said since it looked.
 */
#include <microhttpd.h>
#include <netdb.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <sys/socket.h>
#include <time.h>

#include "core/alloc.h"
#include "core/clock.h"
#include "live/live_guard.h"
#include "live/live_page.h"
#include "live/live_server.h"
#include "live/live_stream.h"

enum { PAGE = -1, EVENTS = -2 };
enum { MOST_BODY = 64 << 10, READ = 16 << 10, HEADERS = 32 << 10, KEPT_FREE = 4 };
static const double BEAT = 10, LOOK = 0.5, FAREWELL = 1; /* seconds */

/* A connection, from its being accepted to its end. */
typedef struct line {
    int socket;   /* -1: the place is free */
    int arrived;  /* its request is there, and being answered */
    double since; /* when it was accepted, or its last request was over */
} line;

typedef struct stream {
    tw_live_server *server;
    struct MHD_Connection *connection;
    tw_live_cursor cursor;
    char *text; /* what is being sent */
    size_t size, sent;
    int waits; /* it is suspended */
    struct stream *next;
} stream;

struct tw_live_server {
    struct MHD_Daemon *daemon;
    tw_live_hub *hub;
    pthread_mutex_t lock;  /* of all below */
    pthread_cond_t closed; /* a stream is, or the server begins to be */
    pthread_t clock;
    stream *streams;
    line *lines;
    size_t line_count, stream_count;
    unsigned long long changes;
    int closing, ticking;

    char token[TW_LIVE_TOKEN + 1], address[128];
    char *host, *html, *policy;
    size_t html_size, points;
    unsigned port;
    double patience;
    int answers;
    tw_live_rate rate; /* of the server's thread alone, as is what follows */
};

/* A request, of which the body may be on its way. */
typedef struct request {
    line *line;
    int kind; /* of its route */
    char *body;
    size_t size;
    int large;
} request;

int tw_live_server_available(void) {
    return 1;
}

/* ---- answers ---- */

static void add_header(struct MHD_Response *response, const char *name, const char *value) {
    MHD_add_response_header(response, name, value);
}

/* What every answer carries. */
static void add_headers(struct MHD_Response *response, const char *type, const char *policy) {
    add_header(response, "Content-Type", type);
    add_header(response, "Cache-Control", "no-store");
    add_header(response, "X-Content-Type-Options", "nosniff");
    add_header(response, "Referrer-Policy", "no-referrer");
    add_header(response, "X-Frame-Options", "DENY");
    add_header(response, "Cross-Origin-Opener-Policy", "same-origin");
    add_header(response, "Cross-Origin-Resource-Policy", "same-origin");
    add_header(response, "Content-Security-Policy",
               policy != NULL ? policy : "default-src 'none'; frame-ancestors 'none'");
}

static enum MHD_Result queue(struct MHD_Connection *connection, unsigned code,
                             struct MHD_Response *response) {
    if (response == NULL)
        return MHD_NO;
    enum MHD_Result result = MHD_queue_response(connection, code, response);
    MHD_destroy_response(response);
    return result;
}

static enum MHD_Result answer_json(struct MHD_Connection *connection, unsigned code,
                                   const char *json) {
    struct MHD_Response *response =
        MHD_create_response_from_buffer(strlen(json), (void *)json, MHD_RESPMEM_MUST_COPY);
    if (response != NULL)
        add_headers(response, "application/json", NULL);
    return queue(connection, code, response);
}

/* A refusal, whose connection ends with it: what follows on it may be its body. */
static enum MHD_Result refuse(struct MHD_Connection *connection, unsigned code, const char *words) {
    char text[400];
    snprintf(text, sizeof text, "%s\n", words);
    struct MHD_Response *response =
        MHD_create_response_from_buffer(strlen(text), text, MHD_RESPMEM_MUST_COPY);
    if (response != NULL) {
        add_headers(response, "text/plain; charset=utf-8", NULL);
        add_header(response, "Connection", "close");
        if (code == MHD_HTTP_TOO_MANY_REQUESTS)
            add_header(response, "Retry-After", "1");
        if (code == MHD_HTTP_METHOD_NOT_ALLOWED)
            add_header(response, "Allow", "GET, POST");
    }
    return queue(connection, code, response);
}

static enum MHD_Result answer_page(const tw_live_server *server,
                                   struct MHD_Connection *connection) {
    struct MHD_Response *response =
        MHD_create_response_from_buffer(server->html_size, server->html, MHD_RESPMEM_PERSISTENT);
    if (response != NULL)
        add_headers(response, "text/html; charset=utf-8", server->policy);
    return queue(connection, MHD_HTTP_OK, response);
}

/* ---- streams of events ---- */

static void wake(tw_live_server *server) {
    for (stream *s = server->streams; s != NULL; s = s->next)
        if (s->waits) {
            s->waits = 0;
            MHD_resume_connection(s->connection);
        }
}

static void hub_changed(void *user) {
    tw_live_server *server = user;
    pthread_mutex_lock(&server->lock);
    server->changes++;
    wake(server);
    pthread_mutex_unlock(&server->lock);
}

/* Gets what comes next; 0: nothing, and the connection is suspended. -1: no more comes. */
static int refill(stream *s) {
    tw_live_server *server = s->server;
    for (;;) {
        pthread_mutex_lock(&server->lock);
        unsigned long long seen = server->changes;
        pthread_mutex_unlock(&server->lock);
        free(s->text);
        s->text = NULL;
        s->sent = s->size = 0;
        if (s->cursor.ended ||
            tw_live_stream_next(server->hub, &s->cursor, &s->text, &s->size) != TW_OK)
            return -1;
        if (s->text != NULL)
            return 1;
        pthread_mutex_lock(&server->lock);
        int over = server->closing, quiet = seen == server->changes;
        if (!over && quiet) {
            s->waits = 1;
            MHD_suspend_connection(s->connection);
        }
        pthread_mutex_unlock(&server->lock);
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
    tw_live_server *server = s->server;
    pthread_mutex_lock(&server->lock);
    for (stream **at = &server->streams; *at != NULL; at = &(*at)->next)
        if (*at == s) {
            *at = s->next;
            break;
        }
    server->stream_count--;
    pthread_cond_broadcast(&server->closed);
    pthread_mutex_unlock(&server->lock);
    free(s->text);
    free(s);
}

/* Some connections are kept for questions. */
static enum MHD_Result answer_events(tw_live_server *server, struct MHD_Connection *connection) {
    stream *s = tw_alloc(1, sizeof *s);
    struct MHD_Response *response = NULL;
    pthread_mutex_lock(&server->lock);
    int full = server->stream_count + KEPT_FREE >= server->line_count || server->closing;
    server->stream_count += !full && s != NULL;
    pthread_mutex_unlock(&server->lock);
    if (full || s == NULL) {
        free(s);
        return refuse(connection, MHD_HTTP_SERVICE_UNAVAILABLE, "too many pages at once");
    }
    *s = (stream){.server = server, .connection = connection};
    pthread_mutex_lock(&server->lock);
    s->next = server->streams;
    server->streams = s;
    pthread_mutex_unlock(&server->lock);
    response =
        MHD_create_response_from_callback(MHD_SIZE_UNKNOWN, READ, read_stream, s, end_stream);
    if (response == NULL)
        end_stream(s);
    else
        add_headers(response, "text/event-stream", NULL);
    return queue(connection, MHD_HTTP_OK, response);
}

/* ---- requests ---- */

static const char *header_of(struct MHD_Connection *connection, const char *name) {
    return MHD_lookup_connection_value(connection, MHD_HEADER_KIND, name);
}

static int is_json(const char *type) {
    static const char json[] = "application/json";
    return type != NULL && strncasecmp(type, json, sizeof json - 1) == 0 &&
           (type[sizeof json - 1] == '\0' || type[sizeof json - 1] == ';');
}

/* What is wrong with a question before its body is there: a code and words, or 0. */
static unsigned check_post(struct MHD_Connection *connection, const char **words) {
    const char *length = header_of(connection, "Content-Length");
    const char *site = header_of(connection, "Sec-Fetch-Site");
    if (!tw_live_origin_fits(header_of(connection, "Origin"), header_of(connection, "Host")) ||
        (site != NULL && strcmp(site, "same-origin") != 0 && strcmp(site, "none") != 0)) {
        *words = "questions come from the page itself";
        return MHD_HTTP_FORBIDDEN;
    }
    if (!is_json(header_of(connection, "Content-Type"))) {
        *words = "questions are application/json";
        return MHD_HTTP_UNSUPPORTED_MEDIA_TYPE;
    }
    if (length != NULL && strtoull(length, NULL, 10) > MOST_BODY) {
        *words = "questions have 64 KiB at most";
        return MHD_HTTP_CONTENT_TOO_LARGE;
    }
    return 0;
}

static unsigned check_all(tw_live_server *server, struct MHD_Connection *connection,
                          const char *path, const char **rest, const char **words) {
    if (!tw_live_host_fits(header_of(connection, "Host"), server->host, server->port)) {
        *words = "this server is another";
        return MHD_HTTP_MISDIRECTED_REQUEST;
    }
    if (!tw_live_token_fits(server->token, path, rest)) {
        *words = "the address lacks its token: open the one that thalweg printed";
        return MHD_HTTP_FORBIDDEN;
    }
    /* last: requests of others must not use up what the page may send */
    if (!tw_live_rate_take(&server->rate, tw_clock_seconds())) {
        *words = "too many requests";
        return MHD_HTTP_TOO_MANY_REQUESTS;
    }
    return 0;
}

static const struct {
    const char *path, *method;
    int kind; /* tw_live_kind of a question, or */
} routes[] = {{"", "GET", PAGE},
              {"events", "GET", EVENTS},
              {"zoom", "POST", TW_LIVE_ZOOM},
              {"point", "POST", TW_LIVE_POINT},
              {"line", "POST", TW_LIVE_LINE},
              {"stop", "POST", TW_LIVE_STOP}};

static line *line_of(struct MHD_Connection *connection) {
    const union MHD_ConnectionInfo *info =
        MHD_get_connection_info(connection, MHD_CONNECTION_INFO_SOCKET_CONTEXT);
    return info != NULL ? info->socket_context : NULL;
}

/* The first look at a request, when its headers are there. */
static enum MHD_Result begin(tw_live_server *server, struct MHD_Connection *connection,
                             const char *path, const char *method, void **context) {
    const char *rest = "", *words = "";
    size_t k = 0;
    unsigned code = check_all(server, connection, path, &rest, &words);
    if (code != 0)
        return refuse(connection, code, words);
    while (k < sizeof routes / sizeof routes[0] && strcmp(rest, routes[k].path) != 0)
        k++;
    if (k == sizeof routes / sizeof routes[0])
        return refuse(connection, MHD_HTTP_NOT_FOUND, "there is nothing of that name");
    if (strcmp(method, routes[k].method) != 0)
        return refuse(connection, MHD_HTTP_METHOD_NOT_ALLOWED, "not by that method");
    code = routes[k].kind >= 0 ? check_post(connection, &words) : 0;
    if (code == 0 && !server->answers && routes[k].kind >= 0 && routes[k].kind != TW_LIVE_STOP) {
        code = MHD_HTTP_CONFLICT;
        words = "there is no model here that could be asked";
    }
    if (code != 0)
        return refuse(connection, code, words);
    request *r = tw_alloc(1, sizeof *r);
    if (r == NULL)
        return MHD_NO;
    *r = (request){.line = line_of(connection), .kind = routes[k].kind};
    *context = r;
    return MHD_YES;
}

/* The body came; it is no longer than can be. */
static enum MHD_Result answer(tw_live_server *server, struct MHD_Connection *connection,
                              const request *r) {
    tw_live_question question;
    char json[64];
    if (r->large)
        return refuse(connection, MHD_HTTP_CONTENT_TOO_LARGE, "questions have 64 KiB at most");
    if (r->kind == PAGE)
        return answer_page(server, connection);
    if (r->kind == EVENTS)
        return answer_events(server, connection);
    if (r->kind == TW_LIVE_STOP) {
        tw_live_hub_stop(server->hub);
        return answer_json(connection, MHD_HTTP_ACCEPTED, "{}\n");
    }
    if (tw_live_question_read((tw_live_kind)r->kind, r->size, r->body != NULL ? r->body : "",
                              server->points, &question) != TW_OK)
        return refuse(connection, MHD_HTTP_BAD_REQUEST, tw_message());
    uint64_t number = tw_live_hub_ask(server->hub, &question);
    if (number == 0)
        return refuse(connection, MHD_HTTP_TOO_MANY_REQUESTS, "too many questions wait already");
    snprintf(json, sizeof json, "{\"question\": %llu}\n", (unsigned long long)number);
    return answer_json(connection, MHD_HTTP_ACCEPTED, json);
}

static enum MHD_Result take_body(request *r, const char *data, size_t *size) {
    if (r->body == NULL)
        r->body = malloc(MOST_BODY);
    if (r->body == NULL || (r->large && r->size > 16 * (size_t)MOST_BODY))
        return MHD_NO;
    r->large |= *size > MOST_BODY - (r->size < MOST_BODY ? r->size : MOST_BODY);
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
            pthread_cond_timedwait(&server->closed, &server->lock, &until);
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
    pthread_mutex_destroy(&server->lock);
    pthread_cond_destroy(&server->closed);
    free(server->lines);
    free(server->host);
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
        server->port = info->port;
        snprintf(server->address, sizeof server->address, "http://%s%s%s:%u/%s/", six ? "[" : "",
                 options->host, six ? "]" : "", server->port, server->token);
    }
    freeaddrinfo(address);
    return info != NULL ? TW_OK
                        : tw_fail(TW_ERR_SYSTEM, "cannot listen on %s port %zu%s", options->host,
                                  options->port, options->port > 0 ? "; is it taken?" : "");
}

static tw_status prepare(tw_live_server *server, const tw_live_options *options) {
    server->points = options->points;
    server->patience = options->patience;
    server->answers = options->answers;
    server->rate.rate = options->rate;
    server->host = tw_strdup(options->host);
    server->lines = tw_alloc(options->connections, sizeof *server->lines);
    if (server->host == NULL || server->lines == NULL)
        return tw_fail(TW_ERR_MEMORY, "not enough memory for a server");
    server->line_count = options->connections;
    for (size_t k = 0; k < server->line_count; k++)
        server->lines[k].socket = -1;
    tw_status status = tw_live_token_make(server->token);
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
    pthread_cond_init(&server->closed, NULL);
    server->hub = hub;
    tw_status status = prepare(server, options);
    hub->user = server;
    hub->changed = hub_changed;
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

/* Streams send what there is, the word that it ends included, as long as that takes no time. */
static void say_farewell(tw_live_server *server) {
    struct timespec until;
    clock_gettime(CLOCK_REALTIME, &until);
    until.tv_sec += (time_t)FAREWELL;
    int late = 0;
    pthread_mutex_lock(&server->lock);
    server->closing = 1;
    server->changes++;
    wake(server);
    pthread_cond_broadcast(&server->closed);
    while (server->stream_count > 0 && !late)
        late = pthread_cond_timedwait(&server->closed, &server->lock, &until) != 0;
    wake(server);
    pthread_mutex_unlock(&server->lock);
}

void tw_live_server_stop(tw_live_server *server) {
    if (server == NULL)
        return;
    say_farewell(server);
    if (server->ticking)
        pthread_join(server->clock, NULL);
    if (server->daemon != NULL)
        MHD_stop_daemon(server->daemon);
    server->hub->changed = NULL;
    release(server);
}
