/* The page around the numbers: frame, style, script. Nothing in it is asked for from elsewhere, and
 * its policy says so to the browser: the style and the script are named by their digests. */
#include <stdlib.h>
#include <string.h>

#include "core/letter.h"
#include "page/page_private.h"
#include "page/sha256.h"

extern const unsigned char tw_viewer_script[], tw_viewer_style[], tw_viewer_frame[];
extern const size_t tw_viewer_script_size, tw_viewer_style_size, tw_viewer_frame_size;

/* The scripts share one scope, which nothing outside sees. */
static const char BEGIN[] = "(function () {\n\"use strict\";\n", END[] = "}());\n";

static void write_text(FILE *out, const char *text) {
    for (size_t length; *text != '\0'; text += length > 0 ? length : 1) {
        int shown;
        length = tw_letter(text, &shown);
        if (length == 0 || (!shown && *text != '\n'))
            fputs("\xef\xbf\xbd", out);
        else if (strchr("&<>\"'", *text) != NULL)
            fprintf(out, "&#%d;", *text);
        else
            fwrite(text, 1, length, out);
    }
}

/* In JSON '<' stands in texts only. Without it nothing there can end the script that it is in. */
static void write_json(FILE *out, const char *json, size_t size) {
    while (size > 0) {
        const char *less = memchr(json, '<', size);
        size_t length = less != NULL ? (size_t)(less - json) : size;
        fwrite(json, 1, length, out);
        if (less == NULL)
            return;
        fputs("\\u003c", out);
        json += length + 1;
        size -= length + 1;
    }
}

static void write_script(FILE *out, const char *more) {
    fputs(BEGIN, out);
    fwrite(tw_viewer_script, 1, tw_viewer_script_size, out);
    if (more != NULL)
        fprintf(out, "%s\n", more);
    fputs("start();\n", out);
    fputs(END, out);
}

static tw_status write_policy(FILE *out, const tw_page *page) {
    char script[TW_SHA256_TEXT], style[TW_SHA256_TEXT], *text = NULL;
    size_t size = 0;
    FILE *memory = open_memstream(&text, &size);
    if (memory == NULL)
        return tw_fail(TW_ERR_MEMORY, "not enough memory for a page");
    write_script(memory, page->script);
    int failed = ferror(memory);
    failed |= fclose(memory) != 0;
    if (!failed)
        tw_sha256_base64(size, text, script);
    int ends = !failed && (strstr(text, "</script") != NULL || strstr(text, "<!--") != NULL);
    free(text);
    if (failed)
        return tw_fail(TW_ERR_MEMORY, "not enough memory for a page");
    if (ends)
        return tw_fail(TW_ERR_ARGUMENT, "the script of a page must hold neither '</script' nor "
                                        "'<!--', which would end it");
    tw_sha256_base64(tw_viewer_style_size, tw_viewer_style, style);
    fprintf(out,
            "default-src 'none'; script-src 'sha256-%s'; style-src 'sha256-%s'; img-src data:; "
            "connect-src %s; base-uri 'none'; form-action 'none'",
            script, style, page->connect != NULL ? page->connect : "'none'");
    return TW_OK;
}

/* What a %%WORD%% of the frame stands for. */
static tw_status write_part(FILE *out, const tw_page *page, const char *title, const char *word,
                            size_t length) {
    if (length == 6 && memcmp(word, "POLICY", 6) == 0)
        return write_policy(out, page);
    if (length == 5 && memcmp(word, "TITLE", 5) == 0)
        write_text(out, title);
    else if (length == 5 && memcmp(word, "STYLE", 5) == 0)
        fwrite(tw_viewer_style, 1, tw_viewer_style_size, out);
    else if (length == 4 && memcmp(word, "DATA", 4) == 0)
        write_json(out, page->json, page->size);
    else
        write_script(out, page->script);
    return TW_OK;
}

tw_status tw_page_write(const tw_page *page, const char *title, FILE *out) {
    const char *at = (const char *)tw_viewer_frame, *end = at + tw_viewer_frame_size;
    tw_status status = TW_OK;
    while (at < end && status == TW_OK) {
        const char *mark = memmem(at, (size_t)(end - at), "%%", 2);
        const char *close =
            mark != NULL ? memmem(mark + 2, (size_t)(end - mark - 2), "%%", 2) : NULL;
        fwrite(at, 1, (size_t)((close != NULL ? mark : end) - at), out);
        if (close != NULL)
            status = write_part(out, page, title, mark + 2, (size_t)(close - mark - 2));
        at = close != NULL ? close + 2 : end;
    }
    return status;
}

int tw_page_made(const char *path) {
    static const char mark[] = "<meta name=\"generator\" content=\"thalweg\">";
    char head[2048];
    FILE *stream = fopen(path, "rbe");
    if (stream == NULL)
        return 0;
    size_t size = fread(head, 1, sizeof head, stream);
    fclose(stream);
    return memmem(head, size, mark, sizeof mark - 1) != NULL;
}
