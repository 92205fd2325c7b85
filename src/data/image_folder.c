/* image_folder.c: a folder of images by class, as torchvision's ImageFolder reads it:
 * DIR/cat/1.png, or one such folder for each split: DIR/train/cat/1.png, DIR/test/cat/2.png. */
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "core/alloc.h"
#include "data/image_picks.h"
#include "format/image.h"

/* The folders of a split, of which the first that is there is taken. */
static const char *const train_names[] = {"train", "training", "train_set", "training_set", NULL};
static const char *const test_names[] = {"test",       "testing", "test_set",       "val", "valid",
                                         "validation", "val_set", "validation_set", NULL};

static const char *const *split_names(tw_split split) {
    return split == TW_SPLIT_TRAIN ? train_names : test_names;
}

/* The path of a split's folder if it has images by class, or NULL. */
static char *find_split(const tw_source *source, tw_split split) {
    for (const char *const *name = split_names(split); *name != NULL; name++) {
        char *path = tw_source_join(source, *name);
        if (path != NULL && tw_image_listing_classes_in(path))
            return path;
        free(path);
    }
    return NULL;
}

/* The first folder of that split that has images without classes, as those of competitions, or
 * NULL. */
static char *find_unlabelled(const tw_source *source, tw_split split) {
    for (const char *const *name = split_names(split); *name != NULL; name++) {
        char *path = tw_source_join(source, *name);
        if (path != NULL && tw_image_listing_images_in(path))
            return path;
        free(path);
    }
    return NULL;
}

static int probe(const tw_source *source) {
    return source->is_directory &&
           (tw_image_listing_classes_in(source->path) || tw_image_listing_images_in(source->path));
}

/* ---- which folder ---- */

static tw_status fail_flat(const char *path) {
    return tw_fail(TW_ERR_FORMAT,
                   "'%s' holds images, but not by class; make a folder for each class, whose name "
                   "it has, and move them there",
                   path);
}

/* Whether the folder itself is called as one of a test split. */
static int is_test_folder(const char *path) {
    size_t end = strlen(path), begin;
    while (end > 0 && path[end - 1] == '/')
        end--;
    for (begin = end; begin > 0 && path[begin - 1] != '/';)
        begin--;
    return strncmp(path + begin, "test", 4) == 0 || strncmp(path + begin, "val", 3) == 0;
}

static const char *split_word(tw_split split) {
    return tw_split_name((size_t)split);
}

static tw_status fail_absent(const tw_source *source, tw_split split) {
    char *flat = find_unlabelled(source, split);
    tw_status status =
        flat != NULL ? fail_flat(flat)
                     : tw_fail(TW_ERR_IO,
                               "'%s' has no folder '%s' with images by class: the %s split is "
                               "missing",
                               source->path,
                               split == TW_SPLIT_TRAIN ? "train' or 'training" : "test' or 'val",
                               split_word(split));
    free(flat);
    return status;
}

/* The folder of the split asked for, and that of the other, NULL where there is none. */
static tw_status find_folders(const tw_source *source, tw_split split, char **folder,
                              char **other) {
    *folder = find_split(source, split);
    *other = find_split(source, split == TW_SPLIT_TRAIN ? TW_SPLIT_TEST : TW_SPLIT_TRAIN);
    if (*folder != NULL)
        return TW_OK;
    if (*other != NULL)
        return fail_absent(source, split);
    if (!tw_image_listing_classes_in(source->path))
        return fail_flat(source->path);
    if (split != TW_SPLIT_TRAIN && !is_test_folder(source->path))
        return tw_fail(TW_ERR_ARGUMENT,
                       "'%s' has no folder 'test' or 'val', and is itself one split, 'train'; name "
                       "the folder with the test images as the data instead",
                       source->path);
    *folder = tw_strdup(source->path);
    return *folder != NULL ? TW_OK
                           : tw_fail(TW_ERR_MEMORY, "not enough memory to read '%s'", source->path);
}

/* Both splits number their classes alike: those of either, in order. */
static tw_status list(const char *folder, const char *other, tw_image_listing *out) {
    tw_image_listing others = {0};
    tw_status status = tw_image_listing_read(folder, 1, out);
    if (status == TW_OK && other != NULL)
        status = tw_image_listing_read(other, 0, &others);
    if (status == TW_OK && other != NULL)
        status = tw_image_listing_join(out, &others);
    tw_image_listing_release(&others);
    return status;
}

/* ---- what is told ---- */

static tw_status name_classes(const tw_image_listing *listing, tw_collector *collector) {
    char **names = tw_alloc(listing->count, sizeof *names);
    int complete = names != NULL;
    for (size_t i = 0; complete && i < listing->count; i++)
        complete = (names[i] = tw_strdup(listing->classes[i].name)) != NULL;
    if (names != NULL)
        tw_collector_names(collector, names, listing->count);
    return complete ? TW_OK
                    : tw_fail(TW_ERR_MEMORY, "not enough memory to read '%s'", collector->path);
}

static size_t empty_classes(const tw_image_listing *listing) {
    size_t count = 0;
    for (size_t i = 0; i < listing->count; i++)
        count += listing->classes[i].count == 0;
    return count;
}

static tw_status describe(const char *folder, const tw_image_listing *listing,
                          const tw_image_picks *picks, size_t grey, tw_collector *collector) {
    const size_t empty = empty_classes(listing);
    tw_status status = tw_collector_label_source(collector, "the folders in '%s'", folder);
    if (status == TW_OK)
        status = name_classes(listing, collector);
    if (status == TW_OK && listing->passed_over > 0)
        status = tw_collector_note(collector,
                                   "%zu file%s that are hidden or end neither in .png nor in .jpg "
                                   "or .jpeg were passed over",
                                   listing->passed_over, listing->passed_over == 1 ? "" : "s");
    if (status == TW_OK && listing->deeper > 0)
        status = tw_collector_note(collector,
                                   "%zu images lie in folders of a class's folder, and are of that "
                                   "class",
                                   listing->deeper);
    if (status == TW_OK && empty > 0)
        status = tw_collector_note(collector, "%zu of %zu classes have no image in '%s'", empty,
                                   listing->count, folder);
    if (status == TW_OK && picks->left_out > 0)
        status = tw_collector_note(collector, "the limit leaves %zu classes without a sample",
                                   picks->left_out);
    if (status == TW_OK && grey > 0)
        status = tw_collector_note(collector,
                                   "%zu of %zu images are grey, and are repeated in red, green "
                                   "and blue as the others have colours",
                                   grey, picks->count);
    return status;
}

/* ---- the reader ---- */

static tw_status collect(const char *folder, const tw_image_listing *listing,
                         tw_collector *collector) {
    tw_image_picks picks;
    tw_image_shape shape = {0};
    size_t grey = 0;
    tw_status status = tw_image_picks_choose(listing, collector, &picks);
    if (status == TW_OK && picks.count > 0)
        status = tw_image_picks_shape(&picks, collector, &shape, &grey);
    const tw_collector_shape set = {.kind = "folder of images",
                                    .features = shape.channels * shape.height * shape.width,
                                    .channels = shape.channels,
                                    .height = shape.height,
                                    .width = shape.width,
                                    .classes = listing->count,
                                    .expected = picks.count,
                                    .bytes = 1,
                                    .fitted = 1};
    if (status == TW_OK)
        status = tw_collector_shape_set(collector, &set);
    if (status == TW_OK)
        status = tw_image_picks_read(&picks, collector);
    if (status == TW_OK)
        status = describe(folder, listing, &picks, grey, collector);
    tw_image_picks_release(&picks);
    return status;
}

static tw_status read_folder(const tw_source *source, tw_collector *collector) {
    tw_image_listing listing = {0};
    char *folder, *other;
    tw_status status = find_folders(source, collector->options->split, &folder, &other);
    if (status == TW_OK)
        status = list(folder, other, &listing);
    if (status == TW_OK)
        status = collect(folder, &listing, collector);
    tw_image_listing_release(&listing);
    free(folder);
    free(other);
    return status;
}

/* Any image in a folder below: no more is known without reading all of it. */
static int reads(const tw_source *source, const char *path) {
    char *folder = realpath(source->path, NULL), *file = realpath(path, NULL);
    const size_t length = folder != NULL ? strlen(folder) : 0;
    const int below = folder != NULL && file != NULL && strncmp(file, folder, length) == 0 &&
                      file[length] == '/' && strchr(file + length + 1, '/') != NULL &&
                      tw_image_named(file) && probe(source);
    free(folder);
    free(file);
    return below;
}

const tw_reader tw_reader_image_folder = {.name = "folders of images by class",
                                          .probe = probe,
                                          .read = read_folder,
                                          .broad = 1,
                                          .reads = reads};
