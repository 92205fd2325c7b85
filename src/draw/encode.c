#include "draw/encode.h"

#include <cairo-pdf.h>
#include <cairo-svg.h>
#include <inttypes.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "core/alloc.h"
#include "draw/bytes.h"
#include "file/output_file.h"

static cairo_status_t append(void *closure, const unsigned char *data, unsigned int size) {
    return tw_bytes_add(closure, data, size) == 0 ? CAIRO_STATUS_SUCCESS : CAIRO_STATUS_NO_MEMORY;
}

static cairo_status_t append_text(tw_bytes *bytes, const char *text) {
    return append(bytes, (const unsigned char *)text, (unsigned)strlen(text));
}

/* ISO 8601 of SOURCE_DATE_EPOCH, where it is set, else of 1970: the date says nothing about the
 * picture and would change its bytes. */
static void creation_date(char *text, size_t size) {
    const char *epoch = getenv("SOURCE_DATE_EPOCH");
    time_t seconds = epoch != NULL ? (time_t)strtoll(epoch, NULL, 10) : 0;
    struct tm utc;
    if (gmtime_r(&seconds, &utc) == NULL || utc.tm_year < 0 || utc.tm_year > 8000)
        memset(&utc, 0, sizeof utc), utc.tm_mday = 1, utc.tm_year = 70;
    strftime(text, size, "%Y-%m-%dT%H:%M:%SZ", &utc);
}

cairo_surface_t *tw_encode_vector(tw_canvas_format format, tw_bytes *bytes, double width,
                                  double height, const tw_figure *figure) {
    if (format == TW_CANVAS_SVG) {
        cairo_surface_t *svg = cairo_svg_surface_create_for_stream(append, bytes, width, height);
        cairo_svg_surface_set_document_unit(svg, CAIRO_SVG_UNIT_PT);
        return svg;
    }
    char date[64];
    creation_date(date, sizeof date);
    cairo_surface_t *pdf = cairo_pdf_surface_create_for_stream(append, bytes, width, height);
    cairo_pdf_surface_set_metadata(pdf, CAIRO_PDF_METADATA_CREATE_DATE, date);
    cairo_pdf_surface_set_metadata(pdf, CAIRO_PDF_METADATA_CREATOR, "thalweg");
    char *title = tw_text_clean(figure->title), *subject = tw_text_clean(figure->description);
    if (title != NULL)
        cairo_pdf_surface_set_metadata(pdf, CAIRO_PDF_METADATA_TITLE, title);
    if (subject != NULL)
        cairo_pdf_surface_set_metadata(pdf, CAIRO_PDF_METADATA_SUBJECT, subject);
    free(title);
    free(subject);
    return pdf;
}

/* ---- PNG ---- */

static uint32_t crc32_of(const unsigned char *data, size_t size) {
    uint32_t crc = 0xffffffffu;
    for (size_t i = 0; i < size; i++) {
        crc ^= data[i];
        for (int bit = 0; bit < 8; bit++)
            crc = crc >> 1 ^ (crc & 1 ? 0xedb88320u : 0);
    }
    return ~crc;
}

static void big_endian(uint32_t value, unsigned char *out) {
    for (int i = 0; i < 4; i++)
        out[i] = (unsigned char)(value >> (24 - 8 * i));
}

static cairo_status_t append_chunk(tw_bytes *bytes, const char *type, const unsigned char *data,
                                   size_t size) {
    unsigned char head[8], tail[4];
    big_endian((uint32_t)size, head);
    memcpy(head + 4, type, 4);
    size_t start = bytes->size + 4;
    cairo_status_t status = append(bytes, head, 8);
    if (status == CAIRO_STATUS_SUCCESS)
        status = append(bytes, data, (unsigned)size);
    if (status != CAIRO_STATUS_SUCCESS)
        return status;
    big_endian(crc32_of(bytes->data + start, bytes->size - start), tail);
    return append(bytes, tail, 4);
}

/* International text: keyword, no compression, no language. */
static cairo_status_t append_itxt(tw_bytes *bytes, const char *keyword, const char *text) {
    char *clean = tw_text_clean(text);
    if (clean == NULL || *clean == '\0') {
        free(clean);
        return CAIRO_STATUS_SUCCESS;
    }
    size_t key = strlen(keyword), length = strlen(clean), size = key + 5 + length;
    unsigned char *data = calloc(1, size);
    cairo_status_t status = CAIRO_STATUS_NO_MEMORY;
    if (data != NULL) {
        memcpy(data, keyword, key);
        memcpy(data + key + 5, clean, length);
        status = append_chunk(bytes, "iTXt", data, size);
    }
    free(data);
    free(clean);
    return status;
}

cairo_status_t tw_encode_png(cairo_surface_t *surface, tw_bytes *bytes, double dpi,
                             const tw_figure *figure) {
    enum { AFTER_HEADER = 8 + 25 }; /* signature, IHDR */
    tw_bytes plain = {0};
    cairo_status_t status = cairo_surface_write_to_png_stream(surface, append, &plain);
    unsigned char resolution[9] = {0};
    big_endian((uint32_t)lround(dpi / 0.0254), resolution);
    big_endian((uint32_t)lround(dpi / 0.0254), resolution + 4);
    resolution[8] = 1; /* per metre */
    if (status == CAIRO_STATUS_SUCCESS)
        status = append(bytes, plain.data, AFTER_HEADER);
    if (status == CAIRO_STATUS_SUCCESS)
        status = append_chunk(bytes, "pHYs", resolution, sizeof resolution);
    if (status == CAIRO_STATUS_SUCCESS)
        status = append_itxt(bytes, "Software", "thalweg"); /* tw_plot_made looks for it */
    if (status == CAIRO_STATUS_SUCCESS)
        status = append_itxt(bytes, "Title", figure->title);
    if (status == CAIRO_STATUS_SUCCESS)
        status = append_itxt(bytes, "Description", figure->description);
    if (status == CAIRO_STATUS_SUCCESS)
        status = append(bytes, plain.data + AFTER_HEADER, (unsigned)plain.size - AFTER_HEADER);
    free(plain.data);
    return status;
}

/* ---- SVG ---- */

typedef struct renumbering {
    size_t count, capacity;
    struct {
        uint64_t from;
        int kind;
    } * entry;
} renumbering;

/* The number that stands for `from`: the order of first appearance. */
static int64_t renumber(renumbering *r, int kind, uint64_t from) {
    int64_t order = 0;
    for (size_t i = 0; i < r->count; i++) {
        if (r->entry[i].kind == kind && r->entry[i].from == from)
            return order;
        order += r->entry[i].kind == kind;
    }
    if (r->count == r->capacity) {
        size_t capacity = 2 * r->capacity + 64;
        void *bigger = reallocarray(r->entry, capacity, sizeof *r->entry);
        if (bigger == NULL)
            return -1;
        r->entry = bigger;
        r->capacity = capacity;
    }
    r->entry[r->count].from = from;
    r->entry[r->count++].kind = kind;
    return order;
}

/* Which of Cairo's counted ids starts at text: its index, and the length of the word. */
static int counted_id(const char *text, size_t *length) {
    static const char *const words[] = {"surface", "image", "source", "mask", "pattern", "filter"};
    for (int i = 0; i < 6; i++) {
        *length = strlen(words[i]);
        if (strncmp(text, words[i], *length) == 0 && text[*length] >= '0' && text[*length] <= '9')
            return i;
    }
    return -1;
}

static cairo_status_t append_element(tw_bytes *bytes, const char *tag, const char *text) {
    int failed = tw_bytes_print(bytes, "<%s>", tag);
    failed |= tw_bytes_escaped(bytes, text);
    failed |= tw_bytes_print(bytes, "</%s>\n", tag);
    return failed ? CAIRO_STATUS_NO_MEMORY : CAIRO_STATUS_SUCCESS;
}

/* Copies markup, renumbering ids. An id stands after one of the bytes " # -, which base64 data do
 * not contain. */
static cairo_status_t append_renumbered(tw_bytes *out, const char *text, const char *end) {
    renumbering r = {0};
    cairo_status_t status = CAIRO_STATUS_SUCCESS;
    const char *from = text;
    for (const char *p = text + 1; p < end && status == CAIRO_STATUS_SUCCESS; p++) {
        size_t length;
        if (p[-1] != '"' && p[-1] != '#')
            continue;
        int kind = counted_id(p, &length);
        if (kind < 0)
            continue;
        char number[32], *rest;
        int64_t order = renumber(&r, kind, strtoull(p + length, &rest, 10));
        if (order < 0)
            status = CAIRO_STATUS_NO_MEMORY;
        snprintf(number, sizeof number, "%" PRId64, order);
        if (status == CAIRO_STATUS_SUCCESS)
            status = append(out, (const unsigned char *)from, (unsigned)(p + length - from));
        if (status == CAIRO_STATUS_SUCCESS)
            status = append_text(out, number);
        from = rest;
        p = rest;
    }
    free(r.entry);
    return status != CAIRO_STATUS_SUCCESS
               ? status
               : append(out, (const unsigned char *)from, (unsigned)(end - from));
}

/* What a reader of the screen says first. */
static cairo_status_t append_title(tw_bytes *out, const tw_figure *figure) {
    const char *title = figure->title != NULL && *figure->title != '\0' ? figure->title
                        : figure->value_label != NULL                   ? figure->value_label
                                                                        : "figure";
    cairo_status_t status = append_element(out, "title", title);
    if (status == CAIRO_STATUS_SUCCESS && figure->description != NULL)
        status = append_element(out, "desc", figure->description);
    return status;
}

cairo_status_t tw_encode_svg(tw_bytes *bytes, const tw_svg_texts *texts, const tw_figure *figure) {
    static const char role[] = " role=\"img\"";
    tw_bytes out = {0}, told = {0};
    cairo_status_t status = append(bytes, (const unsigned char *)"", 1); /* ends the string */
    if (status != CAIRO_STATUS_SUCCESS)
        return status;
    const char *text = (const char *)bytes->data;
    const char *svg = strstr(text, "<svg"), *body = svg != NULL ? strstr(svg, ">\n") : NULL;
    if (body == NULL)
        return CAIRO_STATUS_WRITE_ERROR;
    status = append(&out, bytes->data, (unsigned)(body - text));
    if (status == CAIRO_STATUS_SUCCESS)
        status = append_text(&out, role);
    if (status == CAIRO_STATUS_SUCCESS)
        status = append_text(&out, ">\n");
    if (status == CAIRO_STATUS_SUCCESS)
        status = append_title(&out, figure);
    if (status == CAIRO_STATUS_SUCCESS)
        status = append_renumbered(&out, body + 2, text + bytes->size - 1);
    if (status == CAIRO_STATUS_SUCCESS)
        status = append(&out, (const unsigned char *)"", 1); /* numbers in it are read as texts */
    if (status == CAIRO_STATUS_SUCCESS &&
        tw_svg_texts_insert(texts, (const char *)out.data, out.size - 1, &told) != 0)
        status = CAIRO_STATUS_NO_MEMORY;
    free(out.data);
    free(bytes->data);
    *bytes = told;
    return status;
}

tw_status tw_encode_write(const tw_bytes *bytes, const char *path) {
    tw_output output = {0};
    tw_status status = tw_output_open(&output, path);
    if (status != TW_OK)
        return status;
    fwrite(bytes->data, 1, bytes->size, output.stream); /* commit looks at ferror */
    return tw_output_commit(&output);
}
