/* program_greeting.c: what a program says of itself before the first request. */
#include <math.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "core/alloc.h"
#include "plugin/program_private.h"

enum { GREETING_BYTES = 1 << 18, MOST_METRICS = 64, SHOWN = 40 };

static const char first_line[] = "thalweg 1";

/* What may stand on a line: `read` gets what follows the word, without blanks around it. */
typedef struct word_spec {
    const char *word;
    tw_status (*read)(tw_greeting *greeting, char *rest);
} word_spec;

static tw_status out_of_memory(void) {
    return tw_fail(TW_ERR_MEMORY, "not enough memory for the greeting");
}

static tw_status bad(const char *what, const char *found, const char *wanted) {
    char shown[SHOWN];
    return tw_fail(TW_ERR_CALLBACK, "%s '%s': give %s", what,
                   tw_channel_quote(found, strlen(found), shown, sizeof shown), wanted);
}

/* Cuts the next word off; "" at the end. */
static char *next_word(char **at) {
    char *word = *at + strspn(*at, " \t");
    char *end = word + strcspn(word, " \t");
    *at = *end != '\0' ? end + 1 : end;
    *end = '\0';
    return word;
}

/* A whole number > 0, with no sign; 0 if it is none or too large. */
static size_t whole(const char *text) {
    return tw_program_whole(text, SIZE_MAX / 64);
}

/* ---- the lines ---- */

static tw_status read_size(tw_greeting *greeting, char *rest) {
    size_t size = whole(rest);
    if (size == 0)
        return bad("size", rest, "a whole number above 0");
    if (greeting->size != 0)
        return tw_fail(TW_ERR_CALLBACK, "the size is given twice");
    greeting->size = size;
    return TW_OK;
}

static tw_status read_format(tw_greeting *greeting, char *rest) {
    static const tw_program_format *const formats[] = {&tw_program_text, &tw_program_binary};
    for (size_t i = 0; i < sizeof formats / sizeof formats[0]; i++)
        if (strcmp(rest, formats[i]->name) == 0) {
            greeting->format = formats[i];
            return TW_OK;
        }
    return bad("format", rest, "'text' or 'binary'");
}

static tw_status read_name(tw_greeting *greeting, char *rest) {
    if (!tw_program_is_name(rest))
        return bad("name", rest, "at most 64 letters, digits and _.-");
    free(greeting->name);
    greeting->name = tw_strdup(rest);
    return greeting->name != NULL ? TW_OK : out_of_memory();
}

static tw_status read_noise(tw_greeting *greeting, char *rest) {
    double noise = 0;
    tw_status status = tw_program_read_numbers(rest, strlen(rest), 1, &noise);
    if (status == TW_ERR_MEMORY)
        return status;
    if (status != TW_OK || !(noise > 0 && noise < 1))
        return bad("noise", rest, "a relative rounding error, such as 1e-7");
    greeting->noise = noise;
    return TW_OK;
}

static tw_status read_metrics(tw_greeting *greeting, char *rest) {
    if (greeting->metrics != NULL)
        return tw_fail(TW_ERR_CALLBACK, "the metrics are given twice");
    greeting->metrics = tw_alloc(MOST_METRICS + 1, sizeof *greeting->metrics);
    if (greeting->metrics == NULL)
        return out_of_memory();
    for (char *name = next_word(&rest); *name != '\0'; name = next_word(&rest)) {
        for (size_t k = 0; k < greeting->metric_count; k++)
            if (strcmp(name, greeting->metrics[k]) == 0)
                return bad("metric", name, "each name once");
        if (!tw_program_is_name(name))
            return bad("metric", name, "letters, digits and _.-");
        if (greeting->metric_count == MOST_METRICS)
            return bad("metric", name, "at most 64 of them");
        char *copy = tw_strdup(name);
        if (copy == NULL)
            return out_of_memory();
        greeting->metrics[greeting->metric_count++] = copy;
    }
    if (greeting->metric_count == 0 || strcmp(greeting->metrics[0], "loss") != 0)
        return tw_fail(TW_ERR_CALLBACK, "the first of the metrics must be 'loss'");
    return TW_OK;
}

static int read_role(const char *word, tw_role *out) {
    for (tw_role role = TW_ROLE_WEIGHT; role <= TW_ROLE_BUFFER; role++)
        if (strcmp(word, tw_role_name(role)) == 0) {
            *out = role;
            return 1;
        }
    return word[0] == '\0';
}

/* "3x4x5" */
static int read_shape(char *text, tw_block *block) {
    while (text != NULL) {
        char *times = strchr(text, 'x');
        if (times != NULL)
            *times++ = '\0';
        size_t count = whole(text);
        if (count == 0 || block->rank == TW_MAX_RANK)
            return 0;
        block->shape[block->rank++] = count;
        text = times;
    }
    return 1;
}

static tw_status read_block(tw_greeting *greeting, char *rest) {
    tw_block block = {.name = next_word(&rest)};
    char *shape = next_word(&rest), *role = next_word(&rest);
    if (!tw_program_is_name(block.name))
        return bad("block", block.name, "a name of letters, digits and _.-");
    if (!read_shape(shape, &block))
        return bad("block", block.name, "a shape such as 10 or 3x4, of at most 4 axes");
    if (!read_role(role, &block.role) || *next_word(&rest) != '\0')
        return bad("block", block.name, "NAME SHAPE and one of weight, bias, norm, buffer");
    tw_status status = TW_OK;
    if (greeting->space == NULL)
        status = tw_space_new(&greeting->space);
    if (status == TW_OK)
        status = tw_space_add(greeting->space, &block);
    return status == TW_OK || status == TW_ERR_MEMORY
               ? status
               : tw_fail(TW_ERR_CALLBACK, "%s", tw_message());
}

static tw_status flag(int *to, char *rest) {
    if (*rest != '\0')
        return bad("word", rest, "nothing more on this line");
    *to = 1;
    return TW_OK;
}

static tw_status read_gradient(tw_greeting *greeting, char *rest) {
    return flag(&greeting->gradient, rest);
}

static tw_status read_batch(tw_greeting *greeting, char *rest) {
    return flag(&greeting->batch, rest);
}

static tw_status read_start(tw_greeting *greeting, char *rest) {
    return flag(&greeting->start, rest);
}

static tw_status read_bounds(tw_greeting *greeting, char *rest) {
    return flag(&greeting->bounds, rest);
}

static tw_status read_ready(tw_greeting *greeting, char *rest) {
    if (greeting->size == 0)
        return tw_fail(TW_ERR_CALLBACK, "no line 'size N' before 'ready'");
    if (greeting->space != NULL && tw_space_size(greeting->space) != greeting->size)
        return tw_fail(TW_ERR_CALLBACK, "the blocks have %zu entries, the size is %zu",
                       tw_space_size(greeting->space), greeting->size);
    if (greeting->format == NULL)
        greeting->format = &tw_program_text;
    return flag(&greeting->ready, rest);
}

static const word_spec words[] = {
    {"size", read_size},   {"format", read_format},     {"name", read_name},
    {"noise", read_noise}, {"metrics", read_metrics},   {"block", read_block},
    {"start", read_start}, {"gradient", read_gradient}, {"bounds", read_bounds},
    {"batch", read_batch}, {"ready", read_ready},
};

/* ---- the whole ---- */

static tw_status read_line(tw_greeting *greeting, char *line) {
    char shown[SHOWN];
    if (greeting->lines == 1 && strcmp(line, first_line) == 0)
        return TW_OK;
    tw_channel_quote(line, strlen(line), shown, sizeof shown);
    if (greeting->lines == 1)
        return tw_fail(TW_ERR_CALLBACK,
                       "it begins with '%s', not with '%s'; a program that does not greet needs "
                       "its size given (--exec-size N)",
                       shown, first_line);
    char *rest = line, *word = next_word(&rest);
    rest += strspn(rest, " \t");
    for (size_t i = 0; i < sizeof words / sizeof words[0]; i++)
        if (strcmp(word, words[i].word) == 0)
            return words[i].read(greeting, rest);
    return tw_fail(TW_ERR_CALLBACK, "unknown word in '%s'", shown);
}

tw_status tw_greeting_line(tw_greeting *greeting, char *line, size_t length) {
    greeting->lines++;
    if (greeting->text.used + length + 1 > GREETING_BYTES)
        return tw_fail(TW_ERR_CALLBACK, "it is longer than %d bytes", GREETING_BYTES);
    tw_status status = tw_bytes_append(&greeting->text, line, length);
    if (status == TW_OK)
        status = tw_bytes_append(&greeting->text, "\n", 1);
    if (status != TW_OK)
        return status;
    if (strlen(line) != length)
        return tw_fail(TW_ERR_CALLBACK, "line %zu: a byte of 0", greeting->lines);
    while (length > 0 && strchr(" \t\r", line[length - 1]) != NULL)
        line[--length] = '\0';
    status = read_line(greeting, line);
    return status == TW_OK || greeting->lines == 1
               ? status
               : tw_fail_prefix(status, "line %zu", greeting->lines);
}

void tw_greeting_release(tw_greeting *greeting) {
    tw_bytes_release(&greeting->text);
    for (size_t k = 0; k < greeting->metric_count; k++)
        free(greeting->metrics[k]);
    free(greeting->metrics);
    free(greeting->name);
    tw_space_free(greeting->space);
    *greeting = (tw_greeting){0};
}
