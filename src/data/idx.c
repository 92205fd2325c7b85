/* idx.c: MNIST and its kin: a file of images and a file of labels in the IDX format, packed with
 * gzip or not. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "core/alloc.h"
#include "data/labelled.h"
#include "data/source.h"

/* The names under which a split's files are published; each also with ".gz". */
static const char *const train_images[] = {"train-images-idx3-ubyte", "train-images.idx3-ubyte"};
static const char *const test_images[] = {"t10k-images-idx3-ubyte", "t10k-images.idx3-ubyte",
                                          "test-images-idx3-ubyte", "test-images.idx3-ubyte"};
enum {
    TRAIN_NAMES = sizeof train_images / sizeof *train_images,
    TEST_NAMES = sizeof test_images / sizeof *test_images
};

/* ---- names ---- */

/* Replaces the last `from` in `text`, in place; both have the same length. 0 if there is none. */
static int replace(char *text, const char *from, const char *to) {
    char *found = NULL;
    for (char *at = strstr(text, from); at != NULL; at = strstr(at + 1, from))
        found = at;
    if (found != NULL)
        memcpy(found, to, strlen(to));
    return found != NULL;
}

/* The file of labels that belongs to a file of images: "images" becomes "labels", "idx3" (or idx2,
 * idx4) "idx1"; with or without ".gz", whichever there is. NULL if there is none. */
static char *labels_beside(const tw_source *images) {
    const char *name = tw_source_name(images);
    size_t length = strlen(name);
    char *changed = malloc(length + 4);
    if (changed == NULL)
        return NULL;
    strcpy(changed, name);
    int known = replace(changed, "images", "labels");
    for (int rank = 2; known && rank <= 4; rank++) {
        const char from[] = {'i', 'd', 'x', (char)('0' + rank), '\0'};
        replace(changed, from, "idx1");
    }
    char *path = NULL;
    tw_source file;
    for (int attempt = 0; known && attempt < 2; attempt++) {
        free(path);
        path = tw_source_beside(images, changed);
        if (path != NULL && tw_source_open(path, &file) == TW_OK && !file.is_directory)
            break;
        free(path);
        path = NULL;
        if (length > 3 && strcmp(changed + length - 3, ".gz") == 0)
            changed[length - 3] = '\0';
        else
            strcpy(changed + length, ".gz");
    }
    free(changed);
    return path;
}

/* The path of a split's images in a directory, or NULL. */
static char *images_inside(const tw_source *directory, tw_split split) {
    const char *const *names = split == TW_SPLIT_TRAIN ? train_images : test_images;
    int count = split == TW_SPLIT_TRAIN ? TRAIN_NAMES : TEST_NAMES;
    for (int i = 0; i < count; i++) {
        char packed[64];
        snprintf(packed, sizeof packed, "%s.gz", names[i]);
        if (tw_source_has(directory, names[i]))
            return tw_source_join(directory, names[i]);
        if (tw_source_has(directory, packed))
            return tw_source_join(directory, packed);
    }
    return NULL;
}

/* ---- recognition ---- */

static int is_idx(const uint8_t *head) {
    return head[0] == 0 && head[1] == 0 &&
           (head[2] == 8 || head[2] == 9 || (head[2] >= 0x0b && head[2] <= 0x0e)) && head[3] >= 1 &&
           head[3] <= 4;
}

static int probe_file(const tw_source *source) {
    return source->head_size >= 4 && is_idx(source->head);
}

static int probe(const tw_source *source) {
    if (!source->is_directory)
        return probe_file(source);
    char *train = images_inside(source, TW_SPLIT_TRAIN),
         *test = images_inside(source, TW_SPLIT_TEST);
    int known = train != NULL || test != NULL;
    free(train);
    free(test);
    return known;
}

/* ---- reading ---- */

static tw_status read_labels(const char *path, int from, tw_class_labels *out) {
    tw_tensor tensor = TW_TENSOR_CLOSED;
    tw_status status = tw_tensor_open_idx(&tensor, path);
    if (status == TW_OK)
        status = tw_class_labels_read(&tensor, from, out);
    tw_tensor_close(&tensor);
    return status;
}

/* `other` are the labels of the other split, so that both agree on the classes. */
static tw_status read_pair(const tw_source *images_file, tw_class_labels *other,
                           tw_collector *collector) {
    tw_tensor images = TW_TENSOR_CLOSED;
    tw_class_labels labels = {0};
    char *path = NULL;
    tw_status status = tw_tensor_open_idx(&images, images_file->path);
    if (status == TW_OK && images.rank == 1)
        status = tw_fail(TW_ERR_FORMAT,
                         "'%s' holds one number per sample, as labels do; name the file of images",
                         images_file->path);
    if (status != TW_OK)
        goto done;
    path = labels_beside(images_file);
    if (path == NULL) {
        status = tw_fail(TW_ERR_IO,
                         "'%s': no file of labels beside it; it should have the same name with "
                         "'labels' for 'images' and 'idx1' for 'idx%d'",
                         images_file->path, images.rank);
        goto done;
    }
    status = read_labels(path, collector->options->labels_from, &labels);
    if (status == TW_OK)
        status = tw_class_labels_agree(path, &labels, other);
    if (status == TW_OK)
        status = tw_labelled_read("mnist (idx)", &images, path, &labels, collector);
done:
    tw_tensor_close(&images);
    tw_class_labels_release(&labels);
    free(path);
    return status;
}

/* The labels of the other split; none if they cannot be read. */
static void read_others(const tw_source *directory, const tw_dataset_options *options,
                        tw_class_labels *out) {
    char *images =
        images_inside(directory, options->split == TW_SPLIT_TRAIN ? TW_SPLIT_TEST : TW_SPLIT_TRAIN);
    tw_source file;
    char *path = NULL;
    if (images != NULL && tw_source_open(images, &file) == TW_OK)
        path = labels_beside(&file);
    if (path != NULL)
        (void)read_labels(path, options->labels_from, out);
    free(path);
    free(images);
}

static tw_status read_directory(const tw_source *source, tw_collector *collector) {
    tw_split split = collector->options->split;
    char *path = images_inside(source, split);
    if (path == NULL)
        return tw_fail(TW_ERR_IO, "'%s' has neither '%s' nor '%s.gz': the %s split is missing",
                       source->path, split == TW_SPLIT_TRAIN ? train_images[0] : test_images[0],
                       split == TW_SPLIT_TRAIN ? train_images[0] : test_images[0],
                       split == TW_SPLIT_TRAIN ? "train" : "test");
    tw_source file;
    tw_class_labels other = {0};
    read_others(source, collector->options, &other);
    tw_status status = tw_source_open(path, &file);
    if (status == TW_OK)
        status = read_pair(&file, &other, collector);
    tw_class_labels_release(&other);
    free(path);
    return status;
}

static tw_status read_idx(const tw_source *source, tw_collector *collector) {
    if (source->is_directory)
        return read_directory(source, collector);
    tw_status status = tw_source_single_split(source, collector->options->split);
    tw_class_labels none = {0};
    return status == TW_OK ? read_pair(source, &none, collector) : status;
}

static const tw_folder folders[] = {{"MNIST/raw", "mnist"},
                                    {"FashionMNIST/raw", "fashion-mnist"},
                                    {"mnist", "mnist"},
                                    {"fashion-mnist", "fashion-mnist"},
                                    {NULL, NULL}};

const tw_reader tw_reader_idx = {"mnist idx", folders, probe, read_idx};
