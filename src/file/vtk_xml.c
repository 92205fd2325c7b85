#include "file/vtk_xml.h"

#include <string.h>

#include "core/base64.h"

void tw_vtk_xml_begin(FILE *stream, const char *type) {
    fprintf(stream,
            "<?xml version=\"1.0\"?>\n<VTKFile type=\"%s\" version=\"1.0\" "
            "byte_order=\"LittleEndian\" header_type=\"UInt64\">\n",
            type);
}

/* In an attribute; XML has no way to write a control character. */
static void put_escaped(FILE *stream, const char *text) {
    for (; *text != '\0'; text++)
        switch (*text) {
        case '<':
            fputs("&lt;", stream);
            break;
        case '&':
            fputs("&amp;", stream);
            break;
        case '"':
            fputs("&quot;", stream);
            break;
        default:
            fputc((unsigned char)*text < ' ' ? ' ' : *text, stream);
        }
}

/* The bytes of each text and a 0, as numbers. */
void tw_vtk_xml_texts(FILE *stream, const char *name, size_t count, const char *const *texts) {
    fputs("<Array type=\"String\" Name=\"", stream);
    put_escaped(stream, name);
    fprintf(stream, "\" NumberOfTuples=\"%zu\" format=\"ascii\">\n", count);
    for (size_t k = 0; k < count; k++) {
        for (const char *c = texts[k] != NULL ? texts[k] : ""; *c != '\0'; c++)
            fprintf(stream, "%d ", (unsigned char)*c);
        fputs("0\n", stream);
    }
    fputs("</Array>\n", stream);
}

void tw_vtk_xml_provenance(FILE *stream, const tw_provenance *provenance) {
    const char *command = provenance != NULL ? tw_provenance_get(provenance, "command") : NULL;
    if (command != NULL)
        tw_vtk_xml_texts(stream, "command", 1, &command);
}

/* ---- base64 ---- */

typedef struct base64 {
    FILE *stream;
    uint8_t group[3];
    size_t held; /* bytes of the group */
} base64;

static void put_group(base64 *b) {
    char text[TW_BASE64_ROOM(sizeof b->group)];
    tw_base64(b->held, b->group, text);
    fputs(text, b->stream);
    b->held = 0;
}

static void put_byte(base64 *b, uint8_t byte) {
    b->group[b->held++] = byte;
    if (b->held == sizeof b->group)
        put_group(b);
}

static void put_uint64(base64 *b, uint64_t value) {
    for (int k = 0; k < 8; k++)
        put_byte(b, (uint8_t)(value >> 8 * k));
}

static void end(base64 *b) {
    put_group(b);
    fputs("\n</DataArray>\n", b->stream);
}

static base64 begin(FILE *stream, const char *type, const char *name, int components,
                    uint64_t bytes) {
    base64 b = {.stream = stream};
    fprintf(stream, "<DataArray type=\"%s\" Name=\"", type);
    put_escaped(stream, name);
    fprintf(stream, "\" NumberOfComponents=\"%d\" format=\"binary\">\n", components);
    put_uint64(&b, bytes);
    return b;
}

void tw_vtk_xml_doubles(FILE *stream, const char *name, int components, size_t count,
                        const double *values) {
    base64 b = begin(stream, "Float64", name, components, 8 * (uint64_t)count);
    for (size_t k = 0; k < count; k++) {
        uint64_t bits;
        memcpy(&bits, &values[k], sizeof bits);
        put_uint64(&b, bits);
    }
    end(&b);
}

void tw_vtk_xml_longs(FILE *stream, const char *name, size_t count, const int64_t *values) {
    base64 b = begin(stream, "Int64", name, 1, 8 * (uint64_t)count);
    for (size_t k = 0; k < count; k++)
        put_uint64(&b, (uint64_t)values[k]);
    end(&b);
}

void tw_vtk_xml_bytes(FILE *stream, const char *name, size_t count, const uint8_t *values) {
    base64 b = begin(stream, "UInt8", name, 1, count);
    for (size_t k = 0; k < count; k++)
        put_byte(&b, values[k]);
    end(&b);
}
