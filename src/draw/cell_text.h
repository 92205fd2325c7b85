/* cell_text.h: text as characters of a terminal. */
#ifndef TW_DRAW_CELL_TEXT_H
#define TW_DRAW_CELL_TEXT_H

#include <stdint.h>

/* The next character of UTF-8 text, to which *text moves on, and how many columns it takes: 1, or 2
 * of those that are wide. Raised digits (ticks.h) are superscripts; what cannot be printed, or
 * changes how others are, is '?'; combining marks are left out. 0 at the end. */
uint32_t tw_cell_text_next(const char **text, int *raised, int *columns);

/* How many columns a text takes; 0 for NULL. */
int tw_cell_text_columns(const char *text);

/* What stands for a character in ASCII, of one column. */
const char *tw_cell_text_ascii(uint32_t code);

#endif
