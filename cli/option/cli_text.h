/* cli_text.h: text on a terminal: wrapping, quoting. */
#ifndef THALWEG_CLI_TEXT_H
#define THALWEG_CLI_TEXT_H

#include <stdio.h>

#include "thalweg/words.h"

/* The library's words (words.h) by shorter names. */
typedef tw_name_list name_list;
typedef tw_numbers number_list;
#define text_distance tw_text_distance
#define text_find tw_text_find
#define text_join tw_text_join
#define text_nearest tw_text_nearest
#define text_number tw_text_number
#define text_unknown tw_text_unknown
#define text_whole tw_text_whole

/* Words of `text` filled to 80 columns. `column` is where the cursor stands; further lines begin
 * at `indent`. A newline in the text ends a line; a line that begins with a blank is kept as it
 * is. Ends with a newline. */
void text_wrap(FILE *stream, const char *text, int column, int indent);

/* `text` as one word of a POSIX shell. */
void text_shell_quote(FILE *stream, const char *text);

#endif
