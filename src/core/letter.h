/* letter.h: letters of UTF-8, and those that a terminal would obey and not show. */
#ifndef TW_CORE_LETTER_H
#define TW_CORE_LETTER_H

#include <stddef.h>

/* Length of the letter at `at` in bytes, or 0 if the bytes there are none. *shown: 0 for control
 * characters, line ends among them, and for marks that turn the direction of writing. */
size_t tw_letter(const char *at, int *shown);

#endif
