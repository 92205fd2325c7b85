#include "live/live_guard.h"

#include <arpa/inet.h>
#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <strings.h>
#include <sys/random.h>

static const double LEAST_BURST = 20;

tw_status tw_live_token_make(char token[TW_LIVE_TOKEN + 1]) {
    unsigned char bytes[TW_LIVE_TOKEN / 2];
    ssize_t got;
    do
        got = getrandom(bytes, sizeof bytes, 0);
    while (got < 0 && errno == EINTR);
    if (got != (ssize_t)sizeof bytes)
        return tw_fail(TW_ERR_SYSTEM, "the system gives no random numbers: %s", strerror(errno));
    for (size_t k = 0; k < sizeof bytes; k++)
        snprintf(token + 2 * k, 3, "%02x", bytes[k]);
    return TW_OK;
}

int tw_live_token_fits(const char *token, const char *path, const char **rest) {
    unsigned char wrong = 0;
    if (strnlen(path, TW_LIVE_TOKEN + 2) < TW_LIVE_TOKEN + 2 || path[0] != '/' ||
        path[TW_LIVE_TOKEN + 1] != '/')
        return 0;
    for (size_t k = 0; k < TW_LIVE_TOKEN; k++)
        wrong |= (unsigned char)(token[k] ^ path[k + 1]);
    *rest = path + TW_LIVE_TOKEN + 2;
    return wrong == 0;
}

static int is_address(const char *text) {
    unsigned char bytes[16];
    return inet_pton(AF_INET, text, bytes) == 1 || inet_pton(AF_INET6, text, bytes) == 1;
}

static int is_everywhere(const char *host) {
    return strcmp(host, "0.0.0.0") == 0 || strcmp(host, "::") == 0;
}

/* Splits "name:port" and "[name]:port"; 0 for anything else. */
static int split(const char *header, char name[256], const char **port) {
    const char *end = header[0] == '[' ? strchr(header, ']') : strchr(header, ':');
    const char *begin = header + (header[0] == '[');
    if (end == NULL || end - begin >= 256 || end == begin)
        return 0;
    memcpy(name, begin, (size_t)(end - begin));
    name[end - begin] = '\0';
    end += header[0] == '[';
    *port = end + 1;
    return *end == ':';
}

int tw_live_host_fits(const char *header, const char *host, unsigned port) {
    static const char *const own[] = {"127.0.0.1", "localhost", "::1"};
    char name[256], wanted[16];
    const char *given;
    if (header == NULL || !split(header, name, &given))
        return 0;
    snprintf(wanted, sizeof wanted, "%u", port);
    if (strcmp(given, wanted) != 0)
        return 0;
    for (size_t k = 0; k < sizeof own / sizeof own[0]; k++)
        if (strcasecmp(name, own[k]) == 0)
            return 1;
    return strcasecmp(name, host) == 0 || (is_everywhere(host) && is_address(name));
}

int tw_live_origin_fits(const char *origin, const char *host_header) {
    static const char scheme[] = "http://";
    return origin == NULL || (strncmp(origin, scheme, sizeof scheme - 1) == 0 &&
                              strcasecmp(origin + sizeof scheme - 1, host_header) == 0);
}

int tw_live_rate_take(tw_live_rate *rate, double now) {
    double most = rate->rate > LEAST_BURST ? rate->rate : LEAST_BURST;
    double level = rate->at > 0 ? rate->level + rate->rate * (now - rate->at) : most;
    rate->level = level < most ? level : most;
    rate->at = now;
    if (rate->level < 1)
        return 0;
    rate->level--;
    return 1;
}
