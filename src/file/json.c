#include "thalweg/json.h"

#include <math.h>

#include "core/plain.h"

#include "core/letter.h"

char *tw_shortest(double value, char *out, size_t size) {
    for (int digits = 15; digits <= 17; digits++) {
        tw_plain_print(out, size, "%.*g", digits, value);
        if (tw_plain_read(out, NULL) == value)
            break;
    }
    return out;
}

/* Code of a letter that a terminal would obey; all such are below U+10000. */
static unsigned code_of(const char *text, size_t length) {
    const unsigned char *at = (const unsigned char *)text;
    return length == 1   ? at[0]
           : length == 2 ? (at[0] & 0x1fu) << 6 | (at[1] & 0x3fu)
                         : (at[0] & 0x0fu) << 12 | (at[1] & 0x3fu) << 6 | (at[2] & 0x3fu);
}

static void print_string(FILE *out, const char *text) {
    fputc('"', out);
    for (size_t length; *text != '\0'; text += length > 0 ? length : 1) {
        int shown;
        length = tw_letter(text, &shown);
        if (length == 0)
            fputs("\\ufffd", out);
        else if (!shown)
            fprintf(out, "\\u%04x", code_of(text, length));
        else if (*text == '"' || *text == '\\')
            fprintf(out, "\\%c", *text);
        else
            fwrite(text, 1, length, out);
    }
    fputc('"', out);
}

static void begin_entry(tw_json *writer, const char *key) {
    if (writer->depth > 0) {
        if (writer->filled[writer->depth - 1])
            fputs(", ", writer->out);
        writer->filled[writer->depth - 1] = 1;
    }
    if (key != NULL) {
        print_string(writer->out, key);
        fputs(": ", writer->out);
    }
}

static void begin_level(tw_json *writer, const char *key, char open, char close) {
    begin_entry(writer, key);
    fputc(open, writer->out);
    writer->close[writer->depth] = close;
    writer->filled[writer->depth] = 0;
    writer->depth++;
}

void tw_json_object(tw_json *writer, const char *key) {
    begin_level(writer, key, '{', '}');
}

void tw_json_array(tw_json *writer, const char *key) {
    begin_level(writer, key, '[', ']');
}

void tw_json_end(tw_json *writer) {
    writer->depth--;
    fputc(writer->close[writer->depth], writer->out);
    if (writer->depth == 0)
        fputc('\n', writer->out);
}

void tw_json_number(tw_json *writer, const char *key, double value) {
    char text[32];
    begin_entry(writer, key);
    fputs(isfinite(value) ? tw_shortest(value, text, sizeof text) : "null", writer->out);
}

void tw_json_count(tw_json *writer, const char *key, unsigned long long value) {
    begin_entry(writer, key);
    fprintf(writer->out, "%llu", value);
}

void tw_json_bool(tw_json *writer, const char *key, int value) {
    begin_entry(writer, key);
    fputs(value ? "true" : "false", writer->out);
}

void tw_json_text(tw_json *writer, const char *key, const char *value) {
    begin_entry(writer, key);
    if (value == NULL)
        fputs("null", writer->out);
    else
        print_string(writer->out, value);
}

void tw_json_numbers(tw_json *writer, const char *key, size_t count, const double *values) {
    tw_json_array(writer, key);
    for (size_t i = 0; i < count; i++)
        tw_json_number(writer, NULL, values[i]);
    tw_json_end(writer);
}
