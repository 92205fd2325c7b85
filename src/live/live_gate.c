#include "live/live_gate.h"

#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "live/live_question.h"

/* codes of HTTP */
enum {
    FORBIDDEN = 403,
    NOT_FOUND = 404,
    NOT_ALLOWED = 405,
    CONFLICT = 409,
    TOO_LARGE = 413,
    NOT_JSON = 415,
    MISDIRECTED = 421,
    TOO_MANY = 429
};

static const struct {
    const char *path, *method;
    int kind;
} routes[] = {{"", "GET", TW_LIVE_PAGE},      {"events", "GET", TW_LIVE_EVENTS},
              {"zoom", "POST", TW_LIVE_ZOOM}, {"point", "POST", TW_LIVE_POINT},
              {"line", "POST", TW_LIVE_LINE}, {"stop", "POST", TW_LIVE_STOP}};

static int is_json(const char *type) {
    static const char json[] = "application/json";
    return type != NULL && strncasecmp(type, json, sizeof json - 1) == 0 &&
           (type[sizeof json - 1] == '\0' || type[sizeof json - 1] == ';');
}

/* What every request is asked. */
static unsigned check_all(tw_live_gate *gate, const tw_live_request *request, double now,
                          const char **rest, const char **words) {
    if (!tw_live_host_fits(request->host, gate->host, gate->port)) {
        *words = "this server is another";
        return MISDIRECTED;
    }
    if (!tw_live_token_fits(gate->token, request->path, rest)) {
        *words = "the address lacks its token: open the one that thalweg printed";
        return FORBIDDEN;
    }
    /* last: requests of others must not use up what the page may send */
    if (!tw_live_rate_take(&gate->rate, now)) {
        *words = "too many requests";
        return TOO_MANY;
    }
    return 0;
}

/* What is wrong with a question before its body is there. */
static unsigned check_question(const tw_live_request *request, const char **words) {
    if (!tw_live_origin_fits(request->origin, request->host) ||
        (request->site != NULL && strcmp(request->site, "same-origin") != 0 &&
         strcmp(request->site, "none") != 0)) {
        *words = "questions come from the page itself";
        return FORBIDDEN;
    }
    if (!is_json(request->type)) {
        *words = "questions are application/json";
        return NOT_JSON;
    }
    if (request->length != NULL && strtoull(request->length, NULL, 10) > TW_LIVE_MOST_BODY) {
        *words = "questions have 64 KiB at most";
        return TOO_LARGE;
    }
    return 0;
}

unsigned tw_live_gate_check(tw_live_gate *gate, const tw_live_request *request, double now,
                            int *kind, const char **words) {
    const char *rest = "";
    size_t k = 0;
    unsigned code = check_all(gate, request, now, &rest, words);
    if (code != 0)
        return code;
    while (k < sizeof routes / sizeof routes[0] && strcmp(rest, routes[k].path) != 0)
        k++;
    if (k == sizeof routes / sizeof routes[0]) {
        *words = "there is nothing of that name";
        return NOT_FOUND;
    }
    if (strcmp(request->method, routes[k].method) != 0) {
        *words = "not by that method";
        return NOT_ALLOWED;
    }
    *kind = routes[k].kind;
    code = *kind >= 0 ? check_question(request, words) : 0;
    if (code == 0 && !gate->answers && *kind >= 0 && *kind != TW_LIVE_STOP) {
        *words = "there is no model here that could be asked";
        return CONFLICT;
    }
    return code;
}
