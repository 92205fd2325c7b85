/* program_private.h: the parts of a program as an objective: how it is spoken to (formats), what it
 * says of itself (greeting), and its processes (pool). docs/plugins.md has the protocol. */
#ifndef TW_PLUGIN_PROGRAM_PRIVATE_H
#define TW_PLUGIN_PROGRAM_PRIVATE_H

#include <stddef.h>

#include "plugin/channel.h"
#include "thalweg/objective.h"
#include "thalweg/program.h"

/* ---- program_words.c: what both ends of a conversation agree on ---- */

/* A name: 1 to 64 letters, digits and _.- */
int tw_program_is_name(const char *text);

/* A whole number > 0, with no sign; 0 if it is none or larger than about `most`. */
size_t tw_program_whole(const char *text, size_t most);

/* Between this machine's doubles and those that are sent: turns the order of their bytes around
 * where it is another one. */
void tw_program_little_endian(void *bytes, size_t count);

/* ---- formats: requests and answers as bytes ---- */

typedef struct tw_program_format {
    const char *name;
    /* Appends a request: a word, and numbers. */
    tw_status (*ask)(tw_bytes *out, const char *word, size_t count, const double *numbers);
    /* Waits for the answer of `count` numbers. channel->refused is set if it is "error TEXT". */
    tw_status (*answer)(tw_channel *channel, size_t count, double *numbers);
} tw_program_format;

extern const tw_program_format tw_program_plain, tw_program_text, tw_program_binary;

/* The fewest digits, of 15 to 17, that read back as the same double, into `out`, which has room for
 * TW_PROGRAM_NUMBER characters; how many there are. The locale must be "C" (core/plain.h). */
enum { TW_PROGRAM_NUMBER = 32 };
size_t tw_program_write_number(double value, char *out);

/* The numbers of one line, separated by blanks: decimal or hexadecimal, nan and inf in any case.
 * `line` ends with a 0 at `length`. TW_ERR_CALLBACK says what is wrong with it. */
tw_status tw_program_read_numbers(const char *line, size_t length, size_t count, double *numbers);

/* 1 if the line is "error TEXT"; the text, fit for a message, is then recorded as that of
 * TW_ERR_CALLBACK. */
int tw_program_is_error(const char *line, size_t length);

/* ---- the greeting ---- */

/* Zero it; tw_greeting_line until `ready`; release. */
typedef struct tw_greeting {
    tw_bytes text; /* all of it, by which two processes are compared */
    size_t lines;
    int ready;
    size_t size;
    const tw_program_format *format;
    int gradient, batch, start, bounds;
    double noise;
    char *name;
    char **metrics; /* names in full */
    size_t metric_count;
    tw_space *space;
} tw_greeting;

enum { TW_GREETING_LONGEST_LINE = 4096 };

/* The next line, which is changed. TW_ERR_CALLBACK says what is wrong with it. */
tw_status tw_greeting_line(tw_greeting *greeting, char *line, size_t length);
void tw_greeting_release(tw_greeting *greeting);

/* ---- processes ---- */

typedef struct tw_pool tw_pool;

/* At most `workers` processes of the command, started when they are needed. */
tw_status tw_pool_new(const char *command, const tw_program_options *options, int workers,
                      tw_pool **out);
void tw_pool_free(tw_pool *pool);

/* The first process is started and greets. Valid as long as the pool; the space in it may be taken
 * out. */
tw_status tw_pool_greet(tw_pool *pool, tw_greeting **out);

/* One question to a program. */
typedef struct tw_question {
    const char *word;
    size_t count; /* of numbers that go with it, */
    const double *numbers;
    size_t points; /* which are so many evaluations */
    size_t wanted; /* numbers of the answer, */
    double *answer;
} tw_question;

/* Asks one process all questions at once, and waits for the answers. Several threads may ask at
 * the same time. */
tw_status tw_pool_ask(tw_pool *pool, size_t count, const tw_question *questions);

#endif
