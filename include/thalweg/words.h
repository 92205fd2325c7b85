/* words.h: words and numbers as people type them: on a command line, in a text field, in a script.
 * What cannot be read fails with TW_ERR_ARGUMENT and one line; `name` in it is what the value is
 * for, as the reader knows it ("--margin").
 */
#ifndef THALWEG_WORDS_H
#define THALWEG_WORDS_H

#include <stddef.h>
#include <stdint.h>

#include "status.h"

TW_BEGIN_DECLS

/* The names of a list, one by one: NULL past the end. */
typedef const char *(*tw_name_list)(size_t index);

/* A list of numbers. */
typedef struct tw_numbers {
    size_t count;
    const double *values;
} tw_numbers;

/* Position of `word` among the names, or -1. */
TW_API int tw_text_find(const char *word, tw_name_list names);

/* Number of insertions, deletions, replacements and swaps of neighbours from a to b, whatever the
 * case of their letters. Of texts longer than 63 bytes the longer one's length. */
TW_API size_t tw_text_distance(const char *a, const char *b);

/* The name nearest to `word`, or NULL if none is near. */
TW_API const char *tw_text_nearest(const char *word, tw_name_list names);

/* The names with commas between them, into `out` of `size` bytes, which is returned; ", ..." for
 * those that find no room. */
TW_API char *tw_text_join(tw_name_list names, char *out, size_t size);

/* "unknown WHAT 'word'; did you mean 'near'?", or the list of what there is. TW_ERR_ARGUMENT. */
TW_API tw_status tw_text_unknown(const char *what, const char *word, tw_name_list names);

/* "12 s", "3 min 20 s", "2.5 h" into `out` of `size` bytes, which is returned. */
TW_API const char *tw_text_duration(double seconds, char *out, size_t size);

/* A finite number, all of `text`; a point is the decimal sign, whatever the locale. */
TW_API tw_status tw_text_number(const char *name, const char *text, double *out);

/* "1%" as 0.01, or a number as it is; *per_cent (may be NULL) says which it was. */
TW_API tw_status tw_text_share(const char *name, const char *text, double *out, int *per_cent);

/* A whole number >= 0, all of `text`. */
TW_API tw_status tw_text_whole(const char *name, const char *text, uint64_t *out);

/* The same of a number of things, of which there is at least one. */
TW_API tw_status tw_text_count(const char *name, const char *text, uint64_t *out);

/* A share in per cent, "100 %" of 1, to two digits and without a power of ten unless it is tiny or
 * huge, into `out` of `size` bytes, which is returned. */
TW_API const char *tw_text_per_cent(double share, char *out, size_t size);

TW_END_DECLS

#endif
