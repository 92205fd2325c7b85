#include "data/image_listing.h"

#include <dirent.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "core/alloc.h"
#include "format/image.h"

enum { DEEPEST = 16 }; /* folders in folders of a class */

static tw_status fail_memory(const char *path) {
    return tw_fail(TW_ERR_MEMORY, "not enough memory to list the images of '%s'", path);
}

static char *join(const char *folder, const char *name) {
    return tw_source_join(&(tw_source){.path = folder}, name);
}

/* Room for one more item of `size` bytes. */
static int grow(void *items, size_t count, size_t *room, size_t size) {
    void **array = items;
    if (count < *room)
        return 1;
    const size_t wanted = *room < 8 ? 8 : 2 * *room;
    void *grown = tw_alloc(wanted, size);
    if (grown == NULL)
        return 0;
    if (count > 0)
        memcpy(grown, *array, count * size);
    free(*array);
    *array = grown;
    *room = wanted;
    return 1;
}

/* ---- order ---- */

/* First by the folder, then by the name in it. */
static int compare_files(const void *a, const void *b) {
    const char *one = *(char *const *)a, *two = *(char *const *)b;
    const size_t m = (size_t)(strrchr(one, '/') - one), n = (size_t)(strrchr(two, '/') - two);
    int order = memcmp(one, two, m < n ? m : n);
    if (order == 0 && m != n)
        order = m < n ? -1 : 1;
    return order != 0 ? order : strcmp(one + m, two + n);
}

static int compare_classes(const void *a, const void *b) {
    return strcmp(((const tw_image_class *)a)->name, ((const tw_image_class *)b)->name);
}

/* ---- folders ---- */

static DIR *open_folder(const char *path, tw_status *status) {
    DIR *folder = opendir(path);
    if (folder == NULL)
        *status = tw_fail(TW_ERR_IO, "cannot read directory '%s': %s", path, strerror(errno));
    return folder;
}

/* Takes ownership of `path`. */
static tw_status add_file(tw_image_class *to, char *path) {
    if (grow(&to->files, to->count, &to->room, sizeof *to->files)) {
        to->files[to->count++] = path;
        return TW_OK;
    }
    free(path);
    return fail_memory(to->name);
}

static tw_status walk(tw_image_listing *listing, tw_image_class *to, const char *path, int depth);

static tw_status take_entry(tw_image_listing *listing, tw_image_class *to, const char *folder,
                            const char *name, int depth) {
    char *path = join(folder, name);
    struct stat info;
    if (path == NULL)
        return fail_memory(folder);
    if (lstat(path, &info) == 0 && S_ISDIR(info.st_mode)) {
        tw_status status = TW_OK;
        if (name[0] != '.' && depth < DEEPEST)
            status = walk(listing, to, path, depth + 1);
        free(path);
        return status;
    }
    if (name[0] != '.' && tw_image_named(name)) {
        listing->deeper += depth > 0;
        return add_file(to, path);
    }
    listing->passed_over++;
    free(path);
    return TW_OK;
}

static tw_status walk(tw_image_listing *listing, tw_image_class *to, const char *path, int depth) {
    tw_status status = TW_OK;
    DIR *folder = open_folder(path, &status);
    const struct dirent *entry;
    while (folder != NULL && status == TW_OK && (entry = readdir(folder)) != NULL)
        if (strcmp(entry->d_name, ".") != 0 && strcmp(entry->d_name, "..") != 0)
            status = take_entry(listing, to, path, entry->d_name, depth);
    if (folder != NULL)
        closedir(folder);
    return status;
}

static tw_status list_files(tw_image_listing *listing, tw_image_class *to, const char *path) {
    tw_status status = walk(listing, to, path, 0);
    if (status == TW_OK && to->count > 1)
        qsort(to->files, to->count, sizeof *to->files, compare_files);
    return status;
}

static tw_status add_class(tw_image_listing *listing, const char *name) {
    if (listing->count >= TW_DATASET_MAX_CLASSES)
        return tw_fail(TW_ERR_FORMAT, "more than %d folders are not those of classes",
                       TW_DATASET_MAX_CLASSES);
    char *copy = tw_strdup(name);
    if (copy == NULL ||
        !grow(&listing->classes, listing->count, &listing->room, sizeof *listing->classes)) {
        free(copy);
        return fail_memory(name);
    }
    listing->classes[listing->count++] = (tw_image_class){.name = copy};
    return TW_OK;
}

static int is_folder(const char *path) {
    struct stat info;
    return stat(path, &info) == 0 && S_ISDIR(info.st_mode);
}

static tw_status take_class(tw_image_listing *listing, const char *path, const char *name,
                            int files) {
    char *inside = join(path, name);
    if (inside == NULL)
        return fail_memory(path);
    const int folder = is_folder(inside);
    tw_status status = TW_OK;
    if (!folder)
        listing->passed_over++;
    if (folder && name[0] != '.') {
        status = add_class(listing, name);
        if (status == TW_OK && files)
            status = list_files(listing, listing->classes + listing->count - 1, inside);
    }
    free(inside);
    return status;
}

tw_status tw_image_listing_read(const char *path, int files, tw_image_listing *out) {
    tw_status status = TW_OK;
    *out = (tw_image_listing){0};
    DIR *folder = open_folder(path, &status);
    const struct dirent *entry;
    while (folder != NULL && status == TW_OK && (entry = readdir(folder)) != NULL)
        if (strcmp(entry->d_name, ".") != 0 && strcmp(entry->d_name, "..") != 0)
            status = take_class(out, path, entry->d_name, files);
    if (folder != NULL)
        closedir(folder);
    if (status == TW_OK && out->count > 1)
        qsort(out->classes, out->count, sizeof *out->classes, compare_classes);
    return status;
}

tw_status tw_image_listing_join(tw_image_listing *listing, const tw_image_listing *other) {
    const size_t before = listing->count;
    for (size_t i = 0; i < other->count; i++) {
        if (before > 0 && bsearch(&other->classes[i], listing->classes, before,
                                  sizeof *listing->classes, compare_classes) != NULL)
            continue;
        tw_status status = add_class(listing, other->classes[i].name);
        if (status != TW_OK)
            return status;
    }
    if (listing->count > before)
        qsort(listing->classes, listing->count, sizeof *listing->classes, compare_classes);
    return TW_OK;
}

void tw_image_listing_release(tw_image_listing *listing) {
    for (size_t i = 0; i < listing->count; i++) {
        for (size_t k = 0; k < listing->classes[i].count; k++)
            free(listing->classes[i].files[k]);
        free(listing->classes[i].files);
        free(listing->classes[i].name);
    }
    free(listing->classes);
    *listing = (tw_image_listing){0};
}

/* ---- recognition ---- */

/* Whether a folder that is not hidden, `depth` below `path`, has an image that is not. */
static int holds_image(const char *path, int depth) {
    DIR *folder = opendir(path);
    const struct dirent *entry;
    int found = 0;
    while (folder != NULL && !found && (entry = readdir(folder)) != NULL) {
        if (entry->d_name[0] == '.')
            continue;
        char *inside = join(path, entry->d_name);
        if (inside != NULL && depth > 0)
            found = is_folder(inside) && holds_image(inside, depth - 1);
        else if (inside != NULL)
            found = tw_image_named(entry->d_name) && !is_folder(inside);
        free(inside);
    }
    if (folder != NULL)
        closedir(folder);
    return found;
}

int tw_image_listing_classes_in(const char *path) {
    return holds_image(path, 1) || holds_image(path, 2); /* tiny-imagenet: class/images/x.JPEG */
}

int tw_image_listing_images_in(const char *path) {
    return holds_image(path, 0);
}
