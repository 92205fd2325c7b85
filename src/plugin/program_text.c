/* program_text.c: requests and answers as lines of text. */
#include <ctype.h>
#include <math.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "core/plain.h"
#include "plugin/program_private.h"

enum { SHOWN = 40 };

/* ---- writing ---- */

/* Adds one in the last place of a decimal; 0 if that needs a digit more in front. */
static int add_one(char *digits, size_t count) {
    for (size_t i = count; i-- > 0 && digits[i] != '-';) {
        if (digits[i] == '.')
            continue;
        if (digits[i] != '9') {
            digits[i]++;
            return 1;
        }
        digits[i] = '0';
    }
    return 0;
}

/* The decimal `text` with the last `count` digits rounded off, all of which stand after its point,
 * and zeros at the end left out. 0 if it cannot be written with the same number of digits in front
 * of the point. */
static int round_off(const char *text, size_t length, size_t count, char *out) {
    const char *exponent = memchr(text, 'e', length);
    size_t mantissa = exponent != NULL ? (size_t)(exponent - text) : length;
    size_t kept = mantissa - count;
    memcpy(out, text, kept);
    if (text[kept] >= '5' && !add_one(out, kept))
        return 0;
    while (out[kept - 1] == '0')
        kept--;
    kept -= out[kept - 1] == '.';
    memcpy(out + kept, text + mantissa, length - mantissa + 1);
    return 1;
}

/* How many digits a decimal has, leading zeros left out, and how many after its point. */
static size_t count_digits(const char *text, size_t *after_point) {
    size_t count = 0;
    *after_point = 0;
    int point = 0;
    for (; *text != '\0' && *text != 'e'; text++) {
        int digit = *text >= '0' && *text <= '9';
        point |= *text == '.';
        *after_point += digit && point;
        count += digit && (count > 0 || *text != '0');
    }
    return count;
}

/* The decimal of 15, 16 or 17 digits, whichever is the first to read back as the same double. It is
 * made of the last by hand, since printing takes most of the time of a request. */
size_t tw_program_write_number(double value, char *out) {
    char full[TW_PROGRAM_NUMBER];
    size_t after_point, length = (size_t)snprintf(full, sizeof full, "%.17g", value);
    if (isnan(value))
        strcpy(full, "nan");
    size_t digits = count_digits(full, &after_point);
    for (size_t fewer = 15; fewer < digits && after_point > digits - fewer; fewer++)
        if (round_off(full, length, digits - fewer, out) && strtod(out, NULL) == value)
            return strlen(out);
    strcpy(out, full);
    return strlen(out);
}

static tw_status append_numbers(tw_bytes *out, size_t count, const double *numbers) {
    tw_status status = TW_OK;
    for (size_t i = 0; i < count && status == TW_OK; i++) {
        status = tw_bytes_reserve(out, TW_PROGRAM_NUMBER + 1);
        if (status != TW_OK)
            break;
        if (out->used > 0 && out->data[out->used - 1] != '\n')
            out->data[out->used++] = ' ';
        out->used += tw_program_write_number(numbers[i], out->data + out->used);
    }
    return status == TW_OK ? tw_bytes_append(out, "\n", 1) : status;
}

static tw_status ask_plain(tw_bytes *out, const char *word, size_t count, const double *numbers) {
    locale_t before = tw_plain_enter();
    tw_status status = append_numbers(out, count, numbers);
    tw_plain_leave(before);
    return status;
}

static tw_status ask_text(tw_bytes *out, const char *word, size_t count, const double *numbers) {
    tw_status status = tw_bytes_append(out, word, strlen(word));
    return status == TW_OK ? ask_plain(out, word, count, numbers) : status;
}

/* ---- reading ---- */

static int is_blank(char c) {
    return c == ' ' || c == '\t';
}

static tw_status no_number(const char *token, size_t length, size_t index, size_t count) {
    char shown[SHOWN];
    tw_channel_quote(token, length, shown, sizeof shown);
    if (count == 1)
        return tw_fail(TW_ERR_CALLBACK, "answered '%s', which is not a number", shown);
    return tw_fail(TW_ERR_CALLBACK, "answered '%s' as number %zu of %zu, which is not a number",
                   shown, index + 1, count);
}

static tw_status wrong_count(size_t found, size_t count) {
    return tw_fail(TW_ERR_CALLBACK, "answered %zu number%s where %zu %s expected", found,
                   found == 1 ? "" : "s", count, count == 1 ? "was" : "were");
}

tw_status tw_program_read_numbers(const char *line, size_t length, size_t count, double *numbers) {
    size_t found = 0;
    for (const char *at = line, *end = line + length;;) {
        while (at < end && is_blank(*at))
            at++;
        if (at == end)
            return found == count ? TW_OK : wrong_count(found, count);
        const char *stop = at;
        while (stop < end && !is_blank(*stop))
            stop++;
        /* strtod passes over white space of its own; a 0 in the middle ends its text early */
        char *after = NULL;
        double value = isspace((unsigned char)*at) ? 0 : tw_plain_read(at, &after);
        if (after != stop)
            return no_number(at, (size_t)(stop - at), found, count);
        if (found < count)
            numbers[found] = value;
        found++;
        at = stop;
    }
}

int tw_program_is_error(const char *line, size_t length) {
    static const char word[] = "error";
    enum { LENGTH = sizeof word - 1 };
    char text[256];
    if (length < LENGTH || memcmp(line, word, LENGTH) != 0 ||
        (length > LENGTH && !is_blank(line[LENGTH])))
        return 0;
    size_t begin = LENGTH;
    while (begin < length && is_blank(line[begin]))
        begin++;
    if (begin == length)
        tw_fail(TW_ERR_CALLBACK, "answered 'error' without saying why");
    else
        tw_fail(TW_ERR_CALLBACK, "%s",
                tw_channel_quote(line + begin, length - begin, text, sizeof text));
    return 1;
}

/* The longest line on which `count` numbers may stand. */
static size_t longest_line(size_t count) {
    enum { LINE = 4096, NUMBER = 128 };
    return count < SIZE_MAX / NUMBER - LINE ? LINE + NUMBER * count : SIZE_MAX;
}

static tw_status answer_text(tw_channel *channel, size_t count, double *numbers) {
    char *line;
    size_t length;
    tw_status status = tw_channel_line(channel, longest_line(count), &line, &length);
    if (status != TW_OK)
        return status;
    if (length > 0 && line[length - 1] == '\r')
        line[--length] = '\0';
    channel->refused = tw_program_is_error(line, length);
    if (channel->refused)
        return TW_ERR_CALLBACK;
    return tw_program_read_numbers(line, length, count, numbers);
}

const tw_program_format tw_program_plain = {"plain", ask_plain, answer_text};
const tw_program_format tw_program_text = {"text", ask_text, answer_text};
