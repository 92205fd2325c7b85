/* The server of live pages, through sockets: what is malformed, huge, slow, too much, or asks for
 * what it must not have. */
#include <arpa/inet.h>
#include <poll.h>
#include <pthread.h>
#include <stdatomic.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

#include "live_scene.h"

typedef struct stage {
    live_scene scene;
    tw_live *live;
    unsigned port;
    char token[33], host[40];
    pthread_t worker;
    atomic_int over;
} stage;

/* Answers, as a command does. */
static void *work(void *user) {
    stage *s = user;
    while (!s->over)
        if (tw_live_answer(s->live, &s->scene.scene, 0.05) != TW_OK)
            break;
    return NULL;
}

static int open_with(void **state, const tw_live_options *options) {
    stage *s = calloc(1, sizeof *s);
    assert_non_null(s);
    live_scene_open(&s->scene);
    assert_ok(tw_live_open(options, &s->live));
    assert_int_equal(
        sscanf(tw_live_address(s->live), "http://127.0.0.1:%u/%32[0-9a-f]/", &s->port, s->token),
        2);
    snprintf(s->host, sizeof s->host, "127.0.0.1:%u", s->port);
    assert_int_equal(pthread_create(&s->worker, NULL, work, s), 0);
    *state = s;
    return 0;
}

static int open_stage(void **state) {
    const tw_live_options options = {.bytes = sizeof options, .answers = 1, .rate = 1e6};
    return open_with(state, &options);
}

static int open_strict(void **state) {
    const tw_live_options options = {
        .bytes = sizeof options, .answers = 1, .rate = 20, .patience = 1, .connections = 12};
    return open_with(state, &options);
}

static int close_stage(void **state) {
    stage *s = *state;
    if (s == NULL)
        return 0;
    s->over = 1;
    pthread_join(s->worker, NULL);
    tw_live_free(s->live);
    live_scene_close(&s->scene);
    free(s);
    return 0;
}

/* ---- a client ---- */

/* Seconds that an answer may take on a machine that is busy. */
enum { PATIENCE = 30 };

static double seconds(void) {
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return (double)now.tv_sec + 1e-9 * (double)now.tv_nsec;
}

static int connect_to(const stage *s) {
    const struct sockaddr_in at = {.sin_family = AF_INET,
                                   .sin_port = htons((uint16_t)s->port),
                                   .sin_addr = {htonl(INADDR_LOOPBACK)}};
    int socket_ = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    assert_true(socket_ >= 0);
    assert_int_equal(connect(socket_, (const struct sockaddr *)&at, sizeof at), 0);
    return socket_;
}

/* What comes until `word` has come or the server has closed. */
static size_t receive(int socket_, const char *word, char *out, size_t room) {
    size_t size = 0;
    double begun = seconds();
    out[0] = '\0';
    for (;;) {
        double left = PATIENCE - (seconds() - begun);
        struct pollfd end = {.fd = socket_, .events = POLLIN};
        if (left <= 0 || poll(&end, 1, (int)(1000 * left) + 1) <= 0)
            return size;
        ssize_t got = recv(socket_, out + size, room - size - 1, 0);
        if (got <= 0)
            return size;
        size += (size_t)got;
        out[size] = '\0';
        if (word != NULL && strstr(out, word) != NULL)
            return size;
    }
}

/* Whether the server closes it in that time; what it says before is not looked at. */
static int is_closed(int socket_, double wait) {
    char said[1024];
    for (;;) {
        struct pollfd end = {.fd = socket_, .events = POLLIN};
        if (poll(&end, 1, (int)(1000 * wait)) <= 0)
            return 0;
        if (recv(socket_, said, sizeof said, 0) <= 0)
            return 1;
    }
}

/* The status of the answer to bytes of any kind; 0: the server has closed without one; -1: it says
 * nothing. */
static int status_of_bytes(const stage *s, const void *bytes, size_t size) {
    static char answer[1 << 19];
    int socket_ = connect_to(s), code = 0;
    (void)!send(socket_, bytes, size, MSG_NOSIGNAL);
    receive(socket_, "\r\n\r\n", answer, sizeof answer);
    if (sscanf(answer, "HTTP/1.1 %d", &code) != 1)
        code = is_closed(socket_, 0) ? 0 : -1;
    close(socket_);
    return code;
}

static int status_of(const stage *s, const char *request) {
    return status_of_bytes(s, request, strlen(request));
}

static int get(const stage *s, const char *method, const char *path, const char *host) {
    char request[1024];
    snprintf(request, sizeof request, "%s %s HTTP/1.1\r\nHost: %s\r\n\r\n", method, path, host);
    return status_of(s, request);
}

/* With the token in front of the path. */
static int own(const stage *s, const char *method, const char *path) {
    char whole[512];
    snprintf(whole, sizeof whole, "/%s/%s", s->token, path);
    return get(s, method, whole, s->host);
}

static int post(const stage *s, const char *what, const char *more, const char *body) {
    char request[4096];
    snprintf(request, sizeof request,
             "POST /%s/%s HTTP/1.1\r\nHost: %s\r\n%sContent-Length: %zu\r\n\r\n%s", s->token, what,
             s->host, more, strlen(body), body);
    return status_of(s, request);
}

static const char JSON[] = "Content-Type: application/json\r\n";
static const char ZOOM[] = "{\"x\":[0,1],\"y\":[0,1],\"points\":5}";

/* ---- tests ---- */

static void the_page_has_its_headers(void **state) {
    stage *s = *state;
    static const char *const wanted[] = {
        "HTTP/1.1 200",
        "Content-Type: text/html",
        "Cache-Control: no-store",
        "X-Content-Type-Options: nosniff",
        "Referrer-Policy: no-referrer",
        "Content-Security-Policy: default-src 'none'; script-src 'sha256-",
        "connect-src 'self'",
        "frame-ancestors 'none'"};
    static char answer[1 << 19];
    char request[256];
    int socket_ = connect_to(s);
    snprintf(request, sizeof request, "GET /%s/ HTTP/1.1\r\nHost: %s\r\n\r\n", s->token, s->host);
    assert_true(send(socket_, request, strlen(request), MSG_NOSIGNAL) > 0);
    receive(socket_, "</html>", answer, sizeof answer);
    for (size_t k = 0; k < sizeof wanted / sizeof wanted[0]; k++)
        if (strstr(answer, wanted[k]) == NULL)
            fail_msg("no '%s' in the answer", wanted[k]);
    assert_null(strstr(answer, s->token)); /* it is told by its address alone */
    close(socket_);
}

static void only_our_host_and_token(void **state) {
    stage *s = *state;
    char path[64], other[48];
    snprintf(path, sizeof path, "/%s/", s->token);
    assert_int_equal(get(s, "GET", path, s->host), 200);
    snprintf(other, sizeof other, "localhost:%u", s->port);
    assert_int_equal(get(s, "GET", path, other), 200);
    snprintf(other, sizeof other, "evil.example:%u", s->port);
    assert_int_equal(get(s, "GET", path, other), 421);
    assert_int_equal(get(s, "GET", path, "127.0.0.1"), 421);
    assert_int_equal(get(s, "GET", "/", s->host), 403);
    path[10] ^= 1;
    assert_int_equal(get(s, "GET", path, s->host), 403);
    snprintf(path, sizeof path, "GET /%s/ HTTP/1.0\r\n\r\n", s->token);
    assert_int_equal(status_of(s, path), 421);
}

static void nothing_else_is_there(void **state) {
    stage *s = *state;
    static const char *const paths[] = {
        "x",         "..",         "../",       "../../etc/passwd", "..%2f..%2fetc%2fpasswd",
        "%2e%2e/",   "events/",    "events%00", "./events",         "/events",
        "page.html", "etc/passwd", "zoom/..",   "%65vents",         "\\..\\"};
    for (size_t k = 0; k < sizeof paths / sizeof paths[0]; k++)
        assert_int_equal(own(s, "GET", paths[k]), 404);
    assert_int_equal(get(s, "GET", "/../../../etc/passwd", s->host), 403);
    assert_int_equal(own(s, "POST", ""), 405);
    assert_int_equal(own(s, "GET", "zoom"), 405);
    assert_int_equal(own(s, "GET", "stop"), 405);
    assert_int_equal(own(s, "DELETE", "events"), 405);
    assert_int_equal(own(s, "OPTIONS", "zoom"), 405);
    assert_int_equal(own(s, "TRACE", ""), 405);
}

static void questions_need_our_page(void **state) {
    stage *s = *state;
    char header[200];
    assert_int_equal(post(s, "zoom", JSON, ZOOM), 202);
    assert_int_equal(post(s, "zoom", "", ZOOM), 415);
    assert_int_equal(post(s, "zoom", "Content-Type: text/plain\r\n", ZOOM), 415);
    snprintf(header, sizeof header, "%sOrigin: http://%s\r\n", JSON, s->host);
    assert_int_equal(post(s, "zoom", header, ZOOM), 202);
    snprintf(header, sizeof header, "%sOrigin: http://evil.example\r\n", JSON);
    assert_int_equal(post(s, "zoom", header, ZOOM), 403);
    snprintf(header, sizeof header, "%sOrigin: null\r\n", JSON);
    assert_int_equal(post(s, "zoom", header, ZOOM), 403);
    snprintf(header, sizeof header, "%sSec-Fetch-Site: cross-site\r\n", JSON);
    assert_int_equal(post(s, "zoom", header, ZOOM), 403);
    assert_int_equal(post(s, "zoom", JSON, "{\"x\":"), 400);
    assert_int_equal(post(s, "zoom", JSON, ""), 400);
    assert_int_equal(post(s, "zoom", JSON, "{\"x\":[0,1],\"y\":[0,1],\"points\":5000}"), 400);
    assert_int_equal(post(s, "point", JSON, "{\"x\":0.5,\"y\":0.5}"), 202);
}

static void what_is_malformed_or_huge_is_refused(void **state) {
    stage *s = *state;
    static const char *const wrong[] = {"GET\r\n\r\n", "GET / HTTP/9.9\r\n\r\n", "GET  / \r\n\r\n",
                                        "GET / HTTP/1.1\r\nHost\r\n\r\n"};
    static const char *const begun[] = {"\r\n\r\n", "\x16\x03\x01\x02"}; /* and left there */
    for (size_t k = 0; k < sizeof wrong / sizeof wrong[0]; k++) {
        int code = status_of(s, wrong[k]);
        if (code != 0 && code < 400)
            fail_msg("request %zu: %d", k, code);
    }
    for (size_t k = 0; k < sizeof begun / sizeof begun[0]; k++) {
        int socket_ = connect_to(s);
        (void)!send(socket_, begun[k], strlen(begun[k]), MSG_NOSIGNAL);
        close(socket_);
    }
    enum { HUGE_SIZE = 1 << 17 };
    char *huge = malloc(HUGE_SIZE + 1), request[400];
    assert_non_null(huge);
    memset(huge, 'a', HUGE_SIZE);
    huge[HUGE_SIZE] = '\0';
    memcpy(huge, "GET /", 5);
    int code = status_of(s, huge); /* a line without an end */
    assert_true(code == 0 || code == 413 || code == 414 || code == 431);
    snprintf(request, sizeof request,
             "POST /%s/zoom HTTP/1.1\r\nHost: %s\r\n%sContent-Length: 99999999999\r\n\r\n",
             s->token, s->host, JSON);
    assert_int_equal(status_of(s, request), 413);
    int socket_ = connect_to(s); /* in pieces, without saying how many */
    static char answer[1 << 16];
    snprintf(request, sizeof request,
             "POST /%s/zoom HTTP/1.1\r\nHost: %s\r\n%sTransfer-Encoding: chunked\r\n\r\n20000\r\n",
             s->token, s->host, JSON);
    (void)!send(socket_, request, strlen(request), MSG_NOSIGNAL);
    (void)!send(socket_, huge, HUGE_SIZE, MSG_NOSIGNAL);
    (void)!send(socket_, "\r\n0\r\n\r\n", 7, MSG_NOSIGNAL);
    receive(socket_, "\r\n\r\n", answer, sizeof answer);
    assert_non_null(strstr(answer, "HTTP/1.1 413"));
    close(socket_);
    free(huge);
    assert_int_equal(own(s, "GET", ""), 200); /* and goes on */
}

static void slow_requests_end(void **state) {
    stage *s = *state;
    enum { MANY = 11 };
    int sockets[MANY];
    double begun = seconds();
    for (int k = 0; k < MANY; k++)
        sockets[k] = connect_to(s);
    const struct timespec pause = {.tv_nsec = 200000000};
    for (int round = 0; round < 12; round++) {
        for (int k = 0; k < MANY; k++)
            (void)!send(sockets[k], "G", 1, MSG_NOSIGNAL);
        nanosleep(&pause, NULL);
        for (int k = 0; k < MANY && round == 0; k++)
            if (is_closed(sockets[k], 0)) /* they have a second */
                assert_true(seconds() - begun > 0.9);
    }
    for (int k = 0; k < MANY; k++) {
        assert_true(is_closed(sockets[k], PATIENCE));
        close(sockets[k]);
    }
    assert_int_equal(own(s, "GET", ""), 200);
}

static void too_many_requests_wait(void **state) {
    stage *s = *state;
    int good = 0, refused = 0, asked = 0;
    double begun = seconds();
    for (; asked < 2000 && (asked < 60 || refused < 10); asked++) { /* 20 a second */
        int code = own(s, "GET", "nothing");
        good += code == 404;
        refused += code == 429;
    }
    assert_true(good >= 20 && good <= 21 + 20 * (seconds() - begun) && refused >= 10);
    assert_int_equal(good + refused, asked);
}

/* A page of somebody else's cannot use up what the own page may send. */
static void requests_of_others_take_nothing(void **state) {
    stage *s = *state;
    for (int k = 0; k < 60; k++)
        assert_int_equal(get(s, "GET", "/", s->host), 403);
    assert_int_equal(own(s, "GET", ""), 200);
}

static void events_come_as_they_are_made(void **state) {
    stage *s = *state;
    static char text[1 << 19];
    char request[256];
    int socket_ = connect_to(s);
    snprintf(request, sizeof request, "GET /%s/events HTTP/1.1\r\nHost: %s\r\n\r\n", s->token,
             s->host);
    assert_true(send(socket_, request, strlen(request), MSG_NOSIGNAL) > 0);
    receive(socket_, "retry: 1000", text, sizeof text);
    assert_non_null(strstr(text, "Content-Type: text/event-stream"));
    assert_int_equal(post(s, "zoom", JSON, ZOOM), 202);
    receive(socket_, "\"kind\": \"done\"", text, sizeof text);
    assert_non_null(strstr(text, "event: panel"));
    tw_live_status(s->live, 1, 2, 0.5, "so");
    receive(socket_, "\"text\": \"so\"", text, sizeof text);
    assert_non_null(strstr(text, "\"done\": 1, \"total\": 2, \"left\": 0.5"));
    assert_int_equal(post(s, "stop", JSON, ""), 202);
    assert_true(tw_live_stopped(s->live));
    s->over = 1;
    pthread_join(s->worker, NULL);
    tw_live_free(s->live);
    receive(socket_, "event: end", text, sizeof text);
    assert_non_null(strstr(text, "event: end"));
    close(socket_);
    live_scene_close(&s->scene);
    free(s);
    *state = NULL;
}

static void addresses_that_are_none(void **state) {
    tw_live *live = NULL;
    tw_live_options options = {.bytes = sizeof options, .host = "localhost"};
    if (!tw_live_available()) {
        assert_fails(TW_ERR_UNSUPPORTED, "libmicrohttpd", tw_live_open(NULL, &live));
        return;
    }
    assert_fails(TW_ERR_ARGUMENT, "no IP address", tw_live_open(&options, &live));
    options.host = NULL;
    options.port = 65536;
    assert_fails(TW_ERR_ARGUMENT, "65536", tw_live_open(&options, &live));
    options.port = 0;
    options.connections = 4; /* all of them kept for questions */
    assert_fails(TW_ERR_ARGUMENT, "4 connections", tw_live_open(&options, &live));
    options.connections = 0;
    options.patience = 1e10;
    assert_fails(TW_ERR_ARGUMENT, "patience", tw_live_open(&options, &live));
    options.patience = 0;
    assert_ok(tw_live_open(&options, &live));
    unsigned port = 0;
    tw_live *second = NULL;
    assert_int_equal(sscanf(tw_live_address(live), "http://127.0.0.1:%u/", &port), 1);
    options.port = port;
    assert_fails(TW_ERR_SYSTEM, "is it taken", tw_live_open(&options, &second));
    tw_live_free(live);
}

#define WITH(test, open) cmocka_unit_test_setup_teardown(test, open, close_stage)

int main(void) {
    const struct CMUnitTest tests[] = {
        WITH(the_page_has_its_headers, open_stage),
        WITH(only_our_host_and_token, open_stage),
        WITH(nothing_else_is_there, open_stage),
        WITH(questions_need_our_page, open_stage),
        WITH(what_is_malformed_or_huge_is_refused, open_stage),
        WITH(slow_requests_end, open_strict),
        WITH(too_many_requests_wait, open_strict),
        WITH(requests_of_others_take_nothing, open_strict),
        WITH(events_come_as_they_are_made, open_stage),
        cmocka_unit_test(addresses_that_are_none),
    };
    const struct CMUnitTest without[] = {cmocka_unit_test(addresses_that_are_none)};
    return tw_live_available() ? cmocka_run_group_tests(tests, NULL, NULL)
                               : cmocka_run_group_tests(without, NULL, NULL);
}
