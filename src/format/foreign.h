/* foreign.h: what a file is that is none of the kinds that were looked for. */
#ifndef TW_FORMAT_FOREIGN_H
#define TW_FORMAT_FOREIGN_H

#include <stddef.h>

#include "thalweg/status.h"

/* "a web page, not the file that it is about: fetch that" of a file that begins with these bytes;
 * NULL of all that is not known. */
const char *tw_foreign_what(const char *head, size_t size);

/* Called where a file is of no kind that is read, with the status of that failure: returns it, and
 * adds to its message what the file is, by its first bytes: "; it is a web page ...", "; it begins
 * with the bytes 8f 1d ...". Of what holds no bytes that is said instead: a directory, a pipe, a
 * device, no file at all (TW_ERR_IO), an empty file. Any status but TW_ERR_FORMAT, and any message
 * where the file cannot be read, is returned as it is. */
tw_status tw_foreign(const char *path, tw_status status);

/* The same for messages that say themselves that the file may be cut short: its bytes are left out,
 * and only what is known is said. */
tw_status tw_foreign_known(const char *path, tw_status status);

#endif
