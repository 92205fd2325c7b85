/* cli_text.h: words: wrapping, quoting, near misses, checked numbers. */
#ifndef THALWEG_CLI_TEXT_H
#define THALWEG_CLI_TEXT_H

#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#include "thalweg/status.h"

/* The names of an enumeration, one by one: NULL past the end. */
typedef const char *(*name_list)(size_t index);

/* Words of `text` filled to 80 columns. `column` is where the cursor stands; further lines begin
 * at `indent`. A newline in the text ends a line; a line that begins with a blank is kept as it
 * is. Ends with a newline. */
void text_wrap(FILE *stream, const char *text, int column, int indent);

/* `text` as one word of a POSIX shell. */
void text_shell_quote(FILE *stream, const char *text);

/* Number of insertions, deletions, replacements and swaps of neighbours from a to b, whatever the
 * case of their letters. */
size_t text_distance(const char *a, const char *b);

/* The name nearest to `word`, or NULL if none is near. */
const char *text_nearest(const char *word, name_list names);

/* Position of `word` among the names, or -1. */
int text_find(const char *word, name_list names);

/* The names with commas between them, into `out`, which is returned. */
char *text_join(name_list names, char *out, size_t size);

/* "unknown WHAT 'word'; did you mean 'near'?", or the list of what there is. TW_ERR_ARGUMENT. */
tw_status text_unknown(const char *what, const char *word, name_list names);

/* A finite number, all of `text`. `name` goes into the message. */
tw_status text_number(const char *name, const char *text, double *out);

/* "1%" as 0.01, or a number as it is; *per_cent (may be NULL) says which it was. */
tw_status text_share(const char *name, const char *text, double *out, int *per_cent);

/* A whole number >= 0, all of `text`. */
tw_status text_whole(const char *name, const char *text, uint64_t *out);

#endif
