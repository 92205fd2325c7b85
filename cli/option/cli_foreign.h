/* cli_foreign.h: what other tools call our options. */
#ifndef THALWEG_CLI_FOREIGN_H
#define THALWEG_CLI_FOREIGN_H

#include <stddef.h>

/* Room for the name of an option. */
enum { LONGEST_OPTION = 64 };

/* One meaning, and the names that it goes by elsewhere. Lists of names are separated by blanks. */
typedef struct foreign_names {
    const char *names; /* in lower case, with dashes for underscores; a name may be in many rows */
    const char *ours;  /* our options, the best first; NULL: there is none */
    const char *note;  /* how the two differ, or what to do where there is none; or NULL */
} foreign_names;

/* Row `index` of the table, names NULL past the end. */
foreign_names foreign_at(size_t index);

/* Word `index` of a list into `out`; 0 past the end. */
int foreign_word(const char *list, size_t index, char *out, size_t size);

/* Our command by another name, or NULL: "minimize" is train. */
const char *foreign_command(const char *name);

/* Whether a row has the name. */
int foreign_has(const foreign_names *row, const char *name);

#endif
