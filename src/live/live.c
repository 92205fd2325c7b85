/* A live page: what is shared, and the server of it. */
#include <stdio.h>
#include <stdlib.h>

#include "core/alloc.h"
#include "core/versioned.h"
#include "live/live_answer.h"
#include "live/live_server.h"
#include "thalweg/json.h"

/* Four connections are kept for questions (live_http.c). */
enum { CONNECTIONS = 32, LEAST_CONNECTIONS = 5, MOST_CONNECTIONS = 10000, MOST_PATIENCE = 86400 };
enum { POINTS = 251 * 251, MOST_PORT = 65535 };
static const double RATE = 100, PATIENCE = 15;

struct tw_live {
    tw_live_hub hub;
    tw_live_server *server;
};

int tw_live_available(void) {
    return tw_live_server_available();
}

static tw_status settle(const tw_live_options *given, tw_live_options *out) {
    tw_status status = TW_TAKE(tw_live_options, user, out, given);
    if (status != TW_OK)
        return status;
    if (out->port > MOST_PORT)
        return tw_fail(TW_ERR_ARGUMENT, "port %zu is above %d", out->port, MOST_PORT);
    out->host = out->host != NULL ? out->host : "127.0.0.1";
    out->connections = out->connections > 0 ? out->connections : CONNECTIONS;
    out->points = out->points > 0 ? out->points : POINTS;
    if (out->connections < LEAST_CONNECTIONS || out->connections > MOST_CONNECTIONS)
        return tw_fail(TW_ERR_ARGUMENT, "%zu connections are not between %d and %d",
                       out->connections, LEAST_CONNECTIONS, MOST_CONNECTIONS);
    if (out->patience > MOST_PATIENCE)
        return tw_fail(TW_ERR_ARGUMENT, "a patience of more than %d s", MOST_PATIENCE);
    out->rate = out->rate > 0 ? out->rate : RATE;
    out->patience = out->patience > 0 ? out->patience : PATIENCE;
    return TW_OK;
}

tw_status tw_live_open(const tw_live_options *options, tw_live **out) {
    tw_live_options settled;
    if (out == NULL)
        return tw_fail(TW_ERR_ARGUMENT, "%s: out is NULL", __func__);
    *out = NULL;
    tw_status status = settle(options, &settled);
    tw_live *live = status == TW_OK ? tw_alloc(1, sizeof *live) : NULL;
    if (status == TW_OK && live == NULL)
        status = tw_fail(TW_ERR_MEMORY, "not enough memory for a live page");
    if (status != TW_OK)
        return status;
    status = tw_live_hub_init(&live->hub);
    if (status != TW_OK) {
        free(live);
        return status;
    }
    status = tw_live_server_start(&settled, &live->hub, &live->server);
    if (status == TW_OK) {
        *out = live;
        return TW_OK;
    }
    tw_live_hub_release(&live->hub);
    free(live);
    return status;
}

const char *tw_live_address(const tw_live *live) {
    return tw_live_server_address(live->server);
}

void tw_live_free(tw_live *live) {
    if (live == NULL)
        return;
    tw_live_hub_end(&live->hub);
    tw_live_server_stop(live->server);
    tw_live_hub_release(&live->hub);
    free(live);
}

tw_status tw_live_show(tw_live *live, const tw_page_about *given, const tw_surface *surface,
                       const tw_paths *paths, uint64_t *id) {
    tw_page_about about;
    tw_status status = TW_TAKE(tw_page_about, provenance, &about, given);
    *id = 0;
    return status == TW_OK ? tw_live_hub_show(&live->hub, &about, surface, paths, id) : status;
}

tw_status tw_live_replace(tw_live *live, uint64_t id, const tw_page_about *given,
                          const tw_surface *surface, const tw_paths *paths) {
    tw_page_about about;
    tw_status status = TW_TAKE(tw_page_about, provenance, &about, given);
    return status == TW_OK ? tw_live_hub_show(&live->hub, &about, surface, paths, &id) : status;
}

tw_status tw_live_update(tw_live *live, uint64_t id, const tw_surface *surface) {
    return tw_live_hub_update(&live->hub, id, surface);
}

tw_status tw_live_paths(tw_live *live, uint64_t id, const tw_paths *paths) {
    return tw_live_hub_paths(&live->hub, id, paths);
}

void tw_live_status(tw_live *live, size_t done, size_t total, double left, const char *text) {
    char *json = NULL;
    size_t size = 0;
    FILE *out = open_memstream(&json, &size);
    if (out == NULL)
        return; /* the next one will do */
    tw_json writer = {.out = out};
    tw_json_object(&writer, NULL);
    tw_json_count(&writer, "done", done);
    tw_json_count(&writer, "total", total);
    tw_json_number(&writer, "left", left);
    tw_json_text(&writer, "text", text);
    tw_json_end(&writer);
    if (fclose(out) == 0)
        tw_live_hub_status(&live->hub, json);
    else
        free(json);
}

tw_status tw_live_answer(tw_live *live, const tw_live_scene *scene, double seconds) {
    return tw_live_hub_serve(&live->hub, scene, seconds);
}

int tw_live_stopped(tw_live *live) {
    return tw_live_hub_stopped(&live->hub);
}
