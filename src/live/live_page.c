#include "live/live_page.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "core/alloc.h"
#include "thalweg/json.h"

extern const unsigned char tw_live_script[];
extern const size_t tw_live_script_size;

/* What the script is told. */
static tw_status make_data(const tw_live_options *options, char **out) {
    size_t size = 0;
    FILE *stream = open_memstream(out, &size);
    if (stream == NULL)
        return tw_fail(TW_ERR_MEMORY, "not enough memory for a page");
    tw_json writer = {.out = stream};
    tw_json_object(&writer, NULL);
    tw_json_bool(&writer, "answers", options->answers);
    if (options->first)
        tw_json_count(&writer, "first", 0);
    tw_json_end(&writer);
    return fclose(stream) == 0 ? TW_OK : tw_fail(TW_ERR_MEMORY, "not enough memory for a page");
}

static tw_status write_page(const tw_live_options *options, const char *script, const char *data,
                            FILE *out) {
    tw_page_options how = options->page;
    tw_page *page = NULL;
    how.script = script;
    how.script_data = data;
    how.connect = "'self'";
    tw_status status = tw_page_open_stream(out, &how, &page);
    if (status == TW_OK && options->add != NULL)
        status = options->add(page, options->user);
    if (status == TW_OK)
        status = tw_page_close(page);
    tw_page_free(page);
    return status;
}

/* The policy that the page itself names is the header's, too. */
static tw_status take_policy(const char *html, char **out) {
    static const char mark[] = "http-equiv=\"Content-Security-Policy\" content=\"";
    const char *at = strstr(html, mark), *end = at != NULL ? strchr(at + sizeof mark, '"') : NULL;
    *out = NULL;
    if (end == NULL)
        return tw_fail(TW_ERR_SYSTEM, "a page without a policy");
    at += sizeof mark - 1;
    if (asprintf(out, "%.*s; frame-ancestors 'none'", (int)(end - at), at) < 0) {
        *out = NULL;
        return tw_fail(TW_ERR_MEMORY, "not enough memory for a page");
    }
    return TW_OK;
}

tw_status tw_live_page_make(const tw_live_options *options, char **html, size_t *size,
                            char **policy) {
    char *data = NULL, *script = tw_text_of_bytes(tw_live_script, tw_live_script_size);
    *html = *policy = NULL;
    tw_status status = script != NULL ? make_data(options, &data)
                                      : tw_fail(TW_ERR_MEMORY, "not enough memory for a page");
    FILE *out = status == TW_OK ? open_memstream(html, size) : NULL;
    if (status == TW_OK && out == NULL)
        status = tw_fail(TW_ERR_MEMORY, "not enough memory for a page");
    if (out != NULL) {
        status = write_page(options, script, data, out);
        if (fclose(out) != 0 && status == TW_OK)
            status = tw_fail(TW_ERR_MEMORY, "not enough memory for a page");
    }
    if (status == TW_OK)
        status = take_policy(*html, policy);
    free(data);
    free(script);
    if (status != TW_OK) {
        free(*html);
        *html = NULL;
    }
    return status;
}
