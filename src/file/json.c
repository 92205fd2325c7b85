#include "thalweg/json.h"

#include <math.h>

#include "core/plain.h"

char *tw_shortest(double value, char *out, size_t size) {
    for (int digits = 15; digits <= 17; digits++) {
        tw_plain_print(out, size, "%.*g", digits, value);
        if (tw_plain_read(out, NULL) == value)
            break;
    }
    return out;
}

/* Length of the UTF-8 sequence at `at`, or 0 if it is none. */
static size_t sequence_length(const unsigned char *at) {
    size_t length = at[0] < 0x80                    ? 1
                    : at[0] >= 0xC2 && at[0] < 0xE0 ? 2
                    : at[0] >= 0xE0 && at[0] < 0xF0 ? 3
                    : at[0] >= 0xF0 && at[0] < 0xF5 ? 4
                                                    : 0;
    for (size_t i = 1; i < length; i++)
        if ((at[i] & 0xC0) != 0x80)
            return 0;
    int overlong = (at[0] == 0xE0 && at[1] < 0xA0) || (at[0] == 0xF0 && at[1] < 0x90);
    int surrogate = at[0] == 0xED && at[1] >= 0xA0;
    int too_large = at[0] == 0xF4 && at[1] >= 0x90;
    return overlong || surrogate || too_large ? 0 : length;
}

static void print_string(FILE *out, const char *text) {
    fputc('"', out);
    for (const unsigned char *at = (const unsigned char *)text; *at != '\0';) {
        size_t length = sequence_length(at);
        if (length == 0) {
            fputs("\\ufffd", out);
            at++;
            continue;
        }
        if (*at == '"' || *at == '\\')
            fprintf(out, "\\%c", *at);
        else if (*at < 0x20)
            fprintf(out, "\\u%04x", *at);
        else
            fwrite(at, 1, length, out);
        at += length;
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
