#include "live/live_stream.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "page/page_private.h"

enum { MOST_POINTS = 4096 }; /* of an event */

/* A line that is JSON already, or what `write` puts: events are ended by an empty line. */
static void put_event(FILE *out, const char *event, const char *json) {
    size_t length = strcspn(json, "\n");
    fprintf(out, "event: %s\ndata: %.*s\n\n", event, (int)length, json);
}

/* ---- surfaces ---- */

/* The panel as the page's own are: a page of which nothing but this is written. */
static tw_status put_panel(FILE *out, const tw_live_surface *s) {
    tw_page page = {.text = out, .writer = {.out = out}};
    const tw_page_about about = {.bytes = sizeof about,
                                 .name = s->name,
                                 .x_label = s->x_label,
                                 .y_label = s->y_label,
                                 .value_label = s->value_label,
                                 .provenance = s->provenance.count > 0 ? &s->provenance : NULL};
    fprintf(out, "event: panel\ndata: {\"id\": %llu, \"done\": %zu, \"panel\": ",
            (unsigned long long)s->id, s->count);
    tw_json_array(&page.writer, NULL); /* its end would be the end of the line */
    tw_status status = tw_page_add_surface(&page, &about, &s->surface, s->paths, NULL, 0);
    free(page.names);
    fputs("]}\n\n", out);
    return status;
}

static void put_u4(tw_page *page, const char *key, size_t count, const uint32_t *values) {
    unsigned char bytes[4 * MOST_POINTS];
    for (size_t k = 0; k < count; k++)
        for (size_t b = 0; b < 4; b++)
            bytes[4 * k + b] = (unsigned char)(values[k] >> 8 * b);
    tw_page_put_bytes(page, key, 4 * count, bytes);
}

static tw_status put_points(FILE *out, const tw_live_surface *s, size_t first, size_t count) {
    tw_page page = {.text = out, .writer = {.out = out}};
    const size_t all = s->surface.nx * s->surface.ny;
    double values[MOST_POINTS];
    unsigned char computed[MOST_POINTS];
    tw_status status = TW_OK;
    fputs("event: points\ndata: ", out);
    tw_json_object(&page.writer, NULL);
    tw_json_count(&page.writer, "id", s->id);
    put_u4(&page, "indices", count, s->log + first);
    for (size_t k = 0; k < count; k++)
        computed[k] = s->surface.computed[s->log[first + k]];
    tw_page_put_bytes(&page, "computed", count, computed);
    tw_json_array(&page.writer, "values");
    for (size_t m = 0; m < s->surface.metrics && status == TW_OK; m++) {
        for (size_t k = 0; k < count; k++)
            values[k] = s->surface.values[m * all + s->log[first + k]];
        status = tw_page_put_values(&page, NULL, count, values);
    }
    tw_json_end(&page.writer);
    tw_json_end(&page.writer); /* with the end of the line */
    fputc('\n', out);
    return status;
}

/* The place of a surface in the cursor: its own, or one that is free. */
static size_t place_of(const tw_live_cursor *cursor, uint64_t id) {
    size_t place = TW_LIVE_SURFACES;
    for (size_t k = 0; k < TW_LIVE_SURFACES; k++)
        if (cursor->surfaces[k].id == id)
            return k;
        else if (cursor->surfaces[k].id == 0 && place == TW_LIVE_SURFACES)
            place = k;
    return place;
}

static void put_gone(FILE *out, const tw_live_hub *hub, tw_live_cursor *cursor) {
    for (size_t k = 0; k < TW_LIVE_SURFACES; k++) {
        uint64_t id = cursor->surfaces[k].id;
        int there = id == 0;
        for (size_t i = 0; i < hub->shown; i++)
            there |= hub->surfaces[i].id == id;
        if (there)
            continue;
        fprintf(out, "event: gone\ndata: {\"id\": %llu}\n\n", (unsigned long long)id);
        memset(&cursor->surfaces[k], 0, sizeof cursor->surfaces[k]);
    }
}

/* A surface is told of when it has a point, as pages have none without. */
static tw_status put_surface(FILE *out, const tw_live_surface *s, tw_live_cursor *cursor) {
    size_t place = place_of(cursor, s->id);
    if (s->count == 0 || place == TW_LIVE_SURFACES)
        return TW_OK;
    if (cursor->surfaces[place].id == 0 || cursor->surfaces[place].version != s->version) {
        cursor->surfaces[place].id = s->id;
        cursor->surfaces[place].version = s->version;
        cursor->surfaces[place].sent = s->count;
        return put_panel(out, s);
    }
    size_t sent = cursor->surfaces[place].sent, count = s->count - sent;
    if (count == 0)
        return TW_OK;
    count = count < MOST_POINTS ? count : MOST_POINTS;
    cursor->surfaces[place].sent += count;
    return put_points(out, s, sent, count);
}

/* ---- texts ---- */

/* Whoever comes later hears of answers that are kept still. */
static void put_answers(FILE *out, const tw_live_hub *hub, tw_live_cursor *cursor) {
    if (cursor->answer + TW_LIVE_ANSWERS < hub->last_answer)
        cursor->answer = hub->last_answer - TW_LIVE_ANSWERS;
    while (cursor->answer < hub->last_answer) {
        const char *text = hub->answers[++cursor->answer % TW_LIVE_ANSWERS].text;
        if (text != NULL)
            put_event(out, "answer", text);
    }
}

static tw_status put_all(FILE *out, const tw_live_hub *hub, tw_live_cursor *cursor) {
    tw_status status = TW_OK;
    if (!cursor->greeted) /* pages come back by themselves, after so many milliseconds */
        fputs("retry: 1000\n\n", out);
    cursor->greeted = 1;
    put_gone(out, hub, cursor);
    for (size_t k = 0; k < hub->shown && status == TW_OK; k++)
        status = put_surface(out, &hub->surfaces[k], cursor);
    if (cursor->status_version != hub->status_version && hub->status != NULL)
        put_event(out, "status", hub->status);
    cursor->status_version = hub->status_version;
    put_answers(out, hub, cursor);
    if (cursor->beat != hub->beat)
        fputs(":\n\n", out);
    cursor->beat = hub->beat;
    if (hub->ended && !cursor->ended)
        put_event(out, "end", "{}");
    cursor->ended = hub->ended;
    return status;
}

tw_status tw_live_stream_next(tw_live_hub *hub, tw_live_cursor *cursor, char **text, size_t *size) {
    *text = NULL;
    *size = 0;
    FILE *out = open_memstream(text, size);
    if (out == NULL)
        return tw_fail(TW_ERR_MEMORY, "not enough memory for events");
    pthread_mutex_lock(&hub->lock);
    tw_status status = put_all(out, hub, cursor);
    pthread_mutex_unlock(&hub->lock);
    if (fclose(out) != 0 && status == TW_OK)
        status = tw_fail(TW_ERR_MEMORY, "not enough memory for events");
    if (status != TW_OK || *size == 0) {
        free(*text);
        *text = NULL;
    }
    return status;
}
