/* provenance_check.c: whether a file was made by the run at hand. */
#include "file/provenance_check.h"

#include <stdio.h>
#include <string.h>

/* Two command lines may ask for the same run, and their words tell least of all what differs. */
static int is_compared(const char *key) {
    return strcmp(key, "command") != 0;
}

typedef struct difference {
    const char *key, *there, *here; /* the first; NULL: it has no such key */
    size_t count;
    char others[160];
} difference;

static void note(difference *found, const char *key, const char *there, const char *here) {
    if (there != NULL && here != NULL && strcmp(there, here) == 0)
        return;
    if (found->count++ == 0) {
        found->key = key;
        found->there = there;
        found->here = here;
        return;
    }
    size_t used = strlen(found->others);
    snprintf(found->others + used, sizeof found->others - used, "%s%s", used > 0 ? ", " : "", key);
}

static int is_hash(const char *key) {
    size_t length = strlen(key);
    return length > 5 && strcmp(key + length - 5, "_hash") == 0;
}

/* Hashes last: an option that differs says more than the numbers that came of it. */
static void compare(const tw_provenance *there, const tw_provenance *here, difference *found) {
    for (int hashes = 0; hashes <= 1; hashes++) {
        for (size_t k = 0; k < here->count; k++)
            if (is_compared(here->keys[k]) && is_hash(here->keys[k]) == hashes)
                note(found, here->keys[k], tw_provenance_get(there, here->keys[k]), here->texts[k]);
        for (size_t k = 0; k < there->count; k++)
            if (is_compared(there->keys[k]) && is_hash(there->keys[k]) == hashes &&
                tw_provenance_get(here, there->keys[k]) == NULL)
                note(found, there->keys[k], there->texts[k], NULL);
    }
}

/* A text in quotes, or what stands for none; long ones are cut. */
static const char *quoted(const char *text, char *out, size_t size) {
    if (text == NULL)
        return "not given";
    snprintf(out, size, strlen(text) <= 60 ? "'%s'" : "'%.57s...'", text);
    return out;
}

tw_status tw_provenance_check(const char *path, const tw_provenance *there,
                              const tw_provenance *here) {
    char first[72], second[72];
    difference found = {0};
    if (there->count == 0)
        return tw_fail(TW_ERR_ARGUMENT, "'%s' does not say what made it, so nothing can be added",
                       path);
    compare(there, here, &found);
    if (found.count == 0)
        return TW_OK;
    return tw_fail(TW_ERR_ARGUMENT, "'%s' is from another run: %s is %s there and %s here%s%s",
                   path, found.key, quoted(found.there, first, sizeof first),
                   quoted(found.here, second, sizeof second),
                   found.count > 1 ? "; also different: " : "", found.others);
}
