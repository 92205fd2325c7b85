/* surface_continue.c: whether a file is a part of the survey at hand, and what it holds of it. */
#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>

#include "file/surface_forms.h"

/* Two command lines may ask for the same survey, and their words tell least of all what differs. */
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

static tw_status check_provenance(const char *path, const tw_provenance *there,
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
                   quoted(found.here, second, sizeof second), found.count > 1 ? "; so differ " : "",
                   found.others);
}

static int same_numbers(size_t count, const double *a, const double *b) {
    for (size_t i = 0; i < count; i++)
        if (a[i] != b[i])
            return 0;
    return 1;
}

static tw_status check_grid(const char *path, const tw_surface *there, const tw_surface *here) {
    if (there->rank != here->rank || there->nx != here->nx || there->ny != here->ny)
        return tw_fail(TW_ERR_ARGUMENT,
                       "'%s' is from another run: %zu x %zu points there and %zu x %zu here", path,
                       there->nx, there->ny, here->nx, here->ny);
    if (!same_numbers(here->nx, there->x, here->x) ||
        (here->rank == 2 && !same_numbers(here->ny, there->y, here->y)))
        return tw_fail(TW_ERR_ARGUMENT, "'%s' is from another run: its coefficients are others",
                       path);
    for (size_t m = 0; m < here->metrics; m++)
        if (tw_surface_metric(there, here->names[m]) < 0)
            return tw_fail(TW_ERR_ARGUMENT, "'%s' is from another run: it has no '%s'", path,
                           here->names[m]);
    for (size_t m = 0; m < there->metrics; m++)
        if (tw_surface_metric(here, there->names[m]) < 0)
            return tw_fail(TW_ERR_ARGUMENT, "'%s' holds '%s' as well, which would be lost", path,
                           there->names[m]);
    return TW_OK;
}

static size_t take(const tw_surface *from, tw_surface *surface) {
    size_t points = surface->nx * surface->ny, taken = 0;
    for (size_t p = 0; p < points; p++)
        if (from->computed[p]) {
            surface->computed[p] = from->computed[p];
            taken++;
        }
    for (size_t m = 0; m < surface->metrics; m++) {
        const double *plane =
            tw_surface_plane(from, (size_t)tw_surface_metric(from, surface->names[m]));
        double *own = tw_surface_plane(surface, m);
        for (size_t p = 0; p < points; p++)
            if (from->computed[p])
                own[p] = plane[p];
    }
    return taken;
}

tw_status tw_surface_continue(const char *path, const tw_provenance *provenance,
                              tw_surface *surface, size_t *taken) {
    struct stat info;
    tw_surface there = {0};
    tw_provenance made = {0};
    *taken = 0;
    if (stat(path, &info) != 0 && errno == ENOENT)
        return TW_OK;
    tw_status status = tw_surface_read_own(path, &there, &made);
    if (status == TW_OK)
        status = check_provenance(path, &made, provenance);
    if (status == TW_OK)
        status = check_grid(path, &there, surface);
    if (status == TW_OK)
        *taken = take(&there, surface);
    tw_provenance_release(&made);
    tw_surface_release(&there);
    return status;
}
