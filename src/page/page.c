/* A page from its opening to its end. */
#include <stdlib.h>
#include <string.h>

#include "core/alloc.h"
#include "core/versioned.h"
#include "draw/colormap.h"
#include "page/page_private.h"
#include "thalweg/version.h"

void tw_page_free(tw_page *page) {
    if (page == NULL)
        return;
    tw_output_abandon(&page->output);
    if (page->text != NULL)
        fclose(page->text);
    free(page->json);
    free(page->title);
    free(page->description);
    free(page->view);
    free(page->colormap);
    free(page->metric);
    free(page->script);
    free(page->script_data);
    free(page->connect);
    free(page->names);
    free(page);
}

char *tw_page_copy(const char *text, int *good) {
    char *made = text != NULL ? tw_strdup(text) : NULL;
    *good &= text == NULL || made != NULL;
    return made;
}

static tw_status out_of_memory(void) {
    return tw_fail(TW_ERR_MEMORY, "not enough memory for a page");
}

static tw_status take(const tw_page_options *given, tw_page *page) {
    tw_page_options o;
    tw_status status = TW_TAKE(tw_page_options, connect, &o, given);
    if (status != TW_OK)
        return status;
    if (o.view != NULL && tw_view_find(o.view) < 0)
        return tw_fail(TW_ERR_ARGUMENT, "no view is called '%s'", o.view);
    if (o.colormap != NULL && tw_colormap_find(o.colormap) < 0)
        return tw_fail(TW_ERR_ARGUMENT, "no colour map is called '%s'", o.colormap);
    int good = 1;
    page->title = tw_page_copy(o.title, &good);
    page->description = tw_page_copy(o.description, &good);
    page->view = tw_page_copy(o.view != NULL ? o.view : "3d", &good);
    page->colormap = tw_page_copy(o.colormap != NULL ? o.colormap : "viridis", &good);
    page->metric = tw_page_copy(o.metric, &good);
    page->script = tw_page_copy(o.script, &good);
    page->script_data = tw_page_copy(o.script_data, &good);
    page->connect = tw_page_copy(o.connect, &good);
    page->scale = o.scale;
    page->text = open_memstream(&page->json, &page->size);
    return good && page->text != NULL ? TW_OK : out_of_memory();
}

/* The colours are those of figures: the keys between which they are linear, in 0 ... 255. */
static void put_colormaps(tw_json *writer) {
    tw_json_object(writer, "colormaps");
    for (size_t m = 0; tw_colormap_name(m) != NULL; m++) {
        tw_json_array(writer, tw_colormap_name(m));
        for (size_t k = 0; k < tw_colormap_keys((tw_colormap)m); k++) {
            double at;
            tw_rgb color = tw_colormap_key((tw_colormap)m, k, &at);
            double key[] = {at, color.r, color.g, color.b};
            for (size_t i = 0; i < 4; i++)
                tw_json_count(writer, NULL, (unsigned long long)(255 * key[i] + 0.5));
        }
        tw_json_end(writer);
    }
    tw_json_end(writer);
}

static void begin_json(tw_page *page) {
    static const char *const scales[] = {"auto", "linear", "log"};
    tw_json *writer = &page->writer;
    writer->out = page->text;
    tw_json_object(writer, NULL);
    tw_json_text(writer, "thalweg", TW_VERSION_STRING);
    tw_json_text(writer, "title", page->title);
    tw_json_text(writer, "description", page->description);
    tw_json_text(writer, "view", page->view);
    tw_json_text(writer, "colormap", page->colormap);
    tw_json_text(writer, "metric", page->metric);
    tw_json_text(writer, "scale", scales[page->scale <= TW_SCALE_LOG ? page->scale : 0]);
    put_colormaps(writer);
    tw_json_array(writer, "panels");
}

static tw_status open_page(const char *path, FILE *stream, const tw_page_options *options,
                           tw_page **out) {
    tw_page *page = tw_alloc(1, sizeof *page);
    *out = NULL;
    if (page == NULL)
        return out_of_memory();
    page->stream = stream;
    tw_status status = take(options, page);
    if (status == TW_OK && path != NULL)
        status = tw_output_open(&page->output, path);
    if (status != TW_OK) {
        tw_page_free(page);
        return status;
    }
    begin_json(page);
    *out = page;
    return TW_OK;
}

tw_status tw_page_open(const char *path, const tw_page_options *options, tw_page **out) {
    if (path == NULL || out == NULL)
        return tw_fail(TW_ERR_ARGUMENT, "%s: %s is NULL", __func__, path == NULL ? "path" : "out");
    return open_page(path, NULL, options, out);
}

tw_status tw_page_open_stream(FILE *stream, const tw_page_options *options, tw_page **out) {
    if (stream == NULL || out == NULL)
        return tw_fail(TW_ERR_ARGUMENT, "%s: %s is NULL", __func__,
                       stream == NULL ? "stream" : "out");
    return open_page(NULL, stream, options, out);
}

static tw_status add_name(tw_page *page, const char *name) {
    char *more = NULL;
    if (asprintf(&more, "%s%s%s", page->names != NULL ? page->names : "",
                 page->names != NULL ? ", " : "", name) < 0)
        return out_of_memory();
    free(page->names);
    page->names = more;
    return TW_OK;
}

tw_status tw_page_begin(tw_page *page, const tw_page_about *given, const char *type,
                        tw_page_about *about) {
    if (page == NULL)
        return tw_fail(TW_ERR_ARGUMENT, "a %s for a page that is NULL", type);
    tw_status status = TW_TAKE(tw_page_about, provenance, about, given);
    if (status != TW_OK)
        return status;
    if (about->name == NULL)
        about->name = type;
    page->panels++;
    tw_json_object(&page->writer, NULL);
    tw_json_text(&page->writer, "type", type);
    tw_json_text(&page->writer, "name", about->name);
    return add_name(page, about->name);
}

/* Ends the JSON; `live`, which is JSON already, comes last. */
static tw_status end_json(tw_page *page) {
    tw_json_end(&page->writer);
    if (page->script_data != NULL)
        fprintf(page->text, ", \"live\": %s", page->script_data);
    tw_json_end(&page->writer);
    int failed = ferror(page->text);
    failed |= fclose(page->text) != 0;
    page->text = NULL;
    return failed ? out_of_memory() : TW_OK;
}

tw_status tw_page_close(tw_page *page) {
    if (page == NULL)
        return tw_fail(TW_ERR_ARGUMENT, "%s: page is NULL", __func__);
    if (page->text == NULL)
        return tw_fail(TW_ERR_ARGUMENT, "the page is closed already");
    if (page->panels == 0 && page->script == NULL)
        return tw_fail(TW_ERR_ARGUMENT, "a page of nothing");
    const char *title = page->title != NULL ? page->title : page->names;
    FILE *out = page->stream != NULL ? page->stream : page->output.stream;
    tw_status status = end_json(page);
    if (status == TW_OK)
        status = tw_page_write(page, title != NULL ? title : "thalweg", out);
    if (status == TW_OK && page->stream == NULL)
        status = tw_output_commit(&page->output);
    if (status == TW_OK && page->stream != NULL && (fflush(out) != 0 || ferror(out)))
        status = tw_fail(TW_ERR_IO, "the page could not be written");
    return status;
}
