/* weights_text.h: parameters as text: numbers with blanks, commas, semicolons or line ends between
 * them. */
#ifndef TW_FILE_WEIGHTS_TEXT_H
#define TW_FILE_WEIGHTS_TEXT_H

#include "thalweg/file.h"

/* Whether such a file is meant: by its ending, .txt or .csv. */
int tw_is_weights_text(const char *path);

/* All numbers of the file, in their order. TW_ERR_FORMAT where a word is none, or is not finite;
 * the message names line and column. */
tw_status tw_weights_text_read(const char *path, tw_array *out);

#endif
