#include "format/archive_names.h"

#include <locale.h>
#include <stddef.h>

typedef struct utf8 {
    locale_t own, before;
} utf8;

/* For this thread. Without such a locale names are what they are without it. */
static utf8 utf8_enter(void) {
    utf8 u = {newlocale(LC_CTYPE_MASK, "C.UTF-8", (locale_t)0), (locale_t)0};
    if (u.own != (locale_t)0)
        u.before = uselocale(u.own);
    return u;
}

static void utf8_leave(utf8 u) {
    if (u.own == (locale_t)0)
        return;
    uselocale(u.before);
    freelocale(u.own);
}

int tw_archive_next(struct archive *archive, struct archive_entry **entry, const char **name) {
    utf8 u = utf8_enter();
    int result = archive_read_next_header(archive, entry);
    /* A warning may leave an entry that is as good as any. */
    *name = result == ARCHIVE_OK || result == ARCHIVE_WARN ? archive_entry_pathname(*entry) : NULL;
    utf8_leave(u);
    return result;
}

int tw_archive_put(struct archive *archive, struct archive_entry *entry) {
    utf8 u = utf8_enter();
    int result = archive_write_header(archive, entry);
    utf8_leave(u);
    return result;
}
