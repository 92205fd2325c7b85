/* json_pull.h: JSON, taken apart as it is read: the caller says what should come next. Errors stay:
 * after the first all answers are empty, so that one look at the end is enough. */
#ifndef TW_FORMAT_JSON_PULL_H
#define TW_FORMAT_JSON_PULL_H

#include <stddef.h>
#include <stdint.h>

typedef struct tw_json_pull {
    const char *text;
    size_t size, position;
    const char *fault; /* the first, or NULL */
} tw_json_pull;

/* Whether this character comes next, which is taken; blanks before it are passed over. */
int tw_json_pull_takes(tw_json_pull *json, char what);
/* The same, where it must. */
void tw_json_pull_expect(tw_json_pull *json, char what);
/* Steps through an object or a list: opens it with `first` set, then asks before each entry whether
 * one comes, and takes commas and the end. */
int tw_json_pull_more(tw_json_pull *json, char end, int *first);
/* A string, its escapes resolved, as UTF-8 with a 0 behind: from malloc, or NULL. A string with a
 * character of 0 is a fault. */
char *tw_json_pull_string(tw_json_pull *json);
/* A whole number from 0 to 2^64 - 1. */
uint64_t tw_json_pull_whole(tw_json_pull *json);
/* Any value, passed over. */
void tw_json_pull_skip(tw_json_pull *json);
/* Nothing but blanks may come. */
void tw_json_pull_end(tw_json_pull *json);

#endif
