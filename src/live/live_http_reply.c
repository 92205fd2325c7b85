#include "live/live_http_reply.h"

#include <stdio.h>
#include <string.h>

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

enum MHD_Result tw_live_reply(struct MHD_Connection *connection, unsigned code,
                              struct MHD_Response *response, const char *type, const char *policy) {
    if (response != NULL)
        add_headers(response, type, policy);
    return queue(connection, code, response);
}

enum MHD_Result tw_live_reply_json(struct MHD_Connection *connection, unsigned code,
                                   const char *json) {
    struct MHD_Response *response =
        MHD_create_response_from_buffer(strlen(json), (void *)json, MHD_RESPMEM_MUST_COPY);
    return tw_live_reply(connection, code, response, "application/json", NULL);
}

enum MHD_Result tw_live_reply_refuse(struct MHD_Connection *connection, unsigned code,
                                     const char *words) {
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
