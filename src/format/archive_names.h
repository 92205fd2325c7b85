/* archive_names.h: names of entries in archives, as UTF-8. libarchive turns them into the character
 * set of the locale and drops those that do not fit: in "C" every name with a letter beyond ASCII.
 * Writing, it marks names as UTF-8 only where the locale has that. */
#ifndef TW_FORMAT_ARCHIVE_NAMES_H
#define TW_FORMAT_ARCHIVE_NAMES_H

#include <archive.h>
#include <archive_entry.h>

/* archive_read_next_header. *name is the entry's (its bytes as they are where the archive does not
 * say what they mean), good until the next call; NULL if it has none. */
int tw_archive_next(struct archive *archive, struct archive_entry **entry, const char **name);

/* archive_write_header. */
int tw_archive_put(struct archive *archive, struct archive_entry *entry);

#endif
