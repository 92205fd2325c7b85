/* npy_pair.c: NumPy arrays of samples and labels: an .npz archive, a directory of .npy files, or
 * one .npy file with its labels beside it. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "core/alloc.h"
#include "data/array_pair.h"
#include "data/source.h"
#include "format/npz_names.h"

enum { NAME_SIZE = 64 };

static int is_zip(const tw_source *file) {
    return file->head_size >= 4 && memcmp(file->head, "PK\3\4", 4) == 0;
}

static int is_npy(const tw_source *file) {
    return file->head_size >= 6 && memcmp(file->head, "\x93NUMPY", 6) == 0;
}

/* ---- arrays of an archive or a directory, by name ---- */

static tw_status open_file(const char *path, const char *member, int labels, tw_tensor *out) {
    return labels ? tw_tensor_open_npy_labels(out, path, member)
                  : tw_tensor_open_npy(out, path, member);
}

static tw_status open_member(const tw_array_holder *holder, const char *name, int labels,
                             tw_tensor *out) {
    char file[NAME_SIZE];
    snprintf(file, sizeof file, "%s.npy", name);
    return open_file(holder->path, file, labels, out);
}

static tw_status open_inside(const tw_array_holder *holder, const char *name, int labels,
                             tw_tensor *out) {
    const tw_source *directory = holder->user;
    char file[NAME_SIZE];
    snprintf(file, sizeof file, "%s.npy", name);
    if (!tw_source_has(directory, file))
        return TW_DECLINED;
    char *path = tw_source_join(directory, file);
    if (path == NULL)
        return tw_fail(TW_ERR_MEMORY, "not enough memory to read '%s'", holder->path);
    tw_status status = open_file(path, NULL, labels, out);
    free(path);
    return status;
}

static char *names_of_members(const tw_array_holder *holder) {
    tw_npz_names names;
    if (tw_npz_names_read(holder->path, &names) != TW_OK)
        return NULL;
    char *listed = names.count > 0 ? tw_strdup(names.listed) : NULL;
    tw_npz_names_release(&names);
    return listed;
}

static char *no_names(const tw_array_holder *holder) {
    (void)holder;
    return NULL;
}

static tw_status read_arrays(const tw_source *source, tw_collector *collector) {
    const tw_array_holder holder = {
        .kind = source->is_directory ? "npy" : "npz",
        .path = source->path,
        .open = source->is_directory ? open_inside : open_member,
        .names = source->is_directory ? no_names : names_of_members,
        .user = (void *)source,
    };
    return tw_array_pair_read(&holder, collector);
}

/* ---- one .npy file ---- */

/* How the name of a file of samples becomes that of its labels, outside of the table of pairs: the
 * last occurrence is replaced. */
static const struct {
    const char *samples, *labels;
} words[] = {{"images", "labels"}, {"features", "labels"}, {"data", "labels"},
             {"_X", "_y"},         {"_x", "_y"},           {"X_", "y_"},
             {"x_", "y_"},         {"X.", "y."},           {"x.", "y."}};

static char *replace(const char *name, const char *from, const char *to) {
    const char *found = NULL;
    for (const char *at = strstr(name, from); at != NULL; at = strstr(at + 1, from))
        found = at;
    size_t size = strlen(name) + strlen(to) + 1;
    char *out = found != NULL ? malloc(size) : NULL;
    if (out != NULL)
        snprintf(out, size, "%.*s%s%s", (int)(found - name), name, to, found + strlen(from));
    return out;
}

/* The path of the labels that stand beside a file of samples, or NULL. */
static char *labels_beside(const tw_source *samples) {
    for (size_t i = 0; i < sizeof words / sizeof *words; i++) {
        char *name = replace(tw_source_name(samples), words[i].samples, words[i].labels);
        char *path = name != NULL ? tw_source_beside(samples, name) : NULL;
        free(name);
        tw_source file;
        if (path != NULL && tw_source_open(path, &file) == TW_OK && is_npy(&file))
            return path;
        free(path);
    }
    return NULL;
}

static tw_status read_file(const tw_source *source, tw_collector *collector) {
    tw_tensor samples = TW_TENSOR_CLOSED, tensor = TW_TENSOR_CLOSED;
    tw_class_labels labels = {0};
    tw_status status = tw_source_single_split(source, collector->options->split);
    if (status != TW_OK)
        return status;
    char *path = labels_beside(source);
    if (path == NULL)
        return tw_fail(TW_ERR_IO,
                       "'%s': no labels beside it; call the two files such as 'x_train.npy' and "
                       "'y_train.npy', 'X.npy' and 'y.npy', 'images.npy' and 'labels.npy'",
                       source->path);
    status = tw_tensor_open_npy(&samples, source->path, NULL);
    if (status == TW_OK)
        status = tw_tensor_open_npy_labels(&tensor, path, NULL);
    if (status == TW_OK)
        status = tw_class_labels_read(&tensor, collector->options->labels_from, &labels);
    if (status == TW_OK)
        status = tw_labelled_read("npy", &samples, path, &labels, collector);
    tw_tensor_close(&samples);
    tw_tensor_close(&tensor);
    tw_class_labels_release(&labels);
    free(path);
    return status;
}

/* ---- the reader ---- */

static int probe(const tw_source *source) {
    if (!source->is_directory)
        return is_zip(source) || is_npy(source);
    const char *name;
    for (size_t i = 0; (name = tw_array_pair_samples(i)) != NULL; i++) {
        char file[NAME_SIZE];
        snprintf(file, sizeof file, "%s.npy", name);
        if (tw_source_has(source, file))
            return 1;
    }
    return 0;
}

static tw_status read_npy(const tw_source *source, tw_collector *collector) {
    return source->is_directory || is_zip(source) ? read_arrays(source, collector)
                                                  : read_file(source, collector);
}

/* ---- what it reads unasked ---- */

static int is_same(const char *path, const struct stat *wanted) {
    struct stat info;
    return path != NULL && stat(path, &info) == 0 && info.st_dev == wanted->st_dev &&
           info.st_ino == wanted->st_ino;
}

static int is_array_inside(const tw_source *directory, const char *name,
                           const struct stat *wanted) {
    char file[NAME_SIZE];
    snprintf(file, sizeof file, "%s.npy", name);
    char *path = tw_source_join(directory, file);
    int same = is_same(path, wanted);
    free(path);
    return same;
}

static int reads(const tw_source *source, const char *path) {
    struct stat wanted;
    int found = 0;
    if (stat(path, &wanted) != 0)
        return 0;
    for (size_t i = 0; source->is_directory && !found && tw_array_pair_samples(i) != NULL; i++)
        found = is_array_inside(source, tw_array_pair_samples(i), &wanted) ||
                is_array_inside(source, tw_array_pair_labels(i), &wanted);
    if (!source->is_directory && is_npy(source)) {
        char *labels = labels_beside(source);
        found = is_same(labels, &wanted);
        free(labels);
    }
    return found;
}

const tw_reader tw_reader_npy = {
    .name = "npz and npy", .probe = probe, .read = read_npy, .reads = reads};
