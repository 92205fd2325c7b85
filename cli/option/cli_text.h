/* cli_text.h: text on a terminal: wrapping, quoting. */
#ifndef THALWEG_CLI_TEXT_H
#define THALWEG_CLI_TEXT_H

#include <stdio.h>

#include "thalweg/words.h"

/* Words of `text` filled to 80 columns. `column` is where the cursor stands; further lines begin
 * at `indent`. A newline in the text ends a line; a line that begins with a blank is kept as it
 * is. Ends with a newline. */
void text_wrap(FILE *stream, const char *text, int column, int indent);

/* `text` as one word of a POSIX shell. */
void text_shell_quote(FILE *stream, const char *text);

#endif
