/* dataset_open.c: finds the reader that knows a source. */
#include <dirent.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "core/alloc.h"
#include "core/versioned.h"
#include "data/source.h"
#include "data/synthetic.h"
#include "format/foreign.h"

/* In order of trust: magic numbers and fixed file names first, plain text last. */
static const tw_reader *const readers[] = {
    &tw_reader_npy,  &tw_reader_idx, &tw_reader_cifar_binary, &tw_reader_cifar_pickle,
    &tw_reader_hdf5, &tw_reader_csv, &tw_reader_image_folder,
};
enum { READERS = sizeof readers / sizeof *readers };

/* Whether nothing is in the folder, hidden files apart. */
static int is_empty(const char *path) {
    DIR *folder = opendir(path);
    struct dirent *entry;
    int count = 0;
    while (folder != NULL && count == 0 && (entry = readdir(folder)) != NULL)
        count += entry->d_name[0] != '.';
    if (folder != NULL)
        closedir(folder);
    return folder != NULL && count == 0;
}

/* Members of archives are no files that could be looked at. */
static tw_status fail_unknown(const tw_source *source) {
    char known[256] = "";
    size_t length = strlen(source->path);
    int zip = length > 4 && strcmp(source->path + length - 4, ".zip") == 0;
    int is_folder = source->is_directory && source->pack == NULL;
    for (size_t i = 0; i < READERS; i++) {
        strncat(known, i > 0 ? ", " : "", sizeof known - strlen(known) - 1);
        strncat(known, readers[i]->name, sizeof known - strlen(known) - 1);
    }
    if (is_folder && is_empty(source->path))
        return tw_fail(TW_ERR_FORMAT,
                       "'%s' is an empty folder: the files of a data set belong there, or a folder "
                       "of .png or .jpg images for each class",
                       source->path);
    tw_status status =
        tw_fail(TW_ERR_FORMAT, "'%s' is not a data set of a known kind (%s)%s", source->path, known,
                is_folder                     ? "; no folder in it has a .png or .jpg image either"
                : source->pack != NULL || zip ? "; unpack it, and name what is in it"
                                              : "");
    return is_folder || source->pack != NULL ? status : tw_foreign(source->path, status);
}

/* A folder inside the one that was given, known by name and content. */
typedef struct candidate {
    const tw_reader *reader;
    const tw_folder *folder;
} candidate;

static tw_status probe_folder(const tw_source *source, const tw_reader *reader,
                              const tw_folder *folder, candidate *found) {
    char *path;
    tw_source inside;
    int known = tw_source_enter(source, folder->name, &path, &inside) == TW_OK &&
                inside.is_directory && reader->probe(&inside);
    free(path);
    if (!known)
        return TW_OK;
    if (found->folder != NULL && strcmp(found->folder->set, folder->set) != 0)
        return tw_fail(TW_ERR_ARGUMENT, "'%s' holds several data sets; name one: '%s/%s', '%s/%s'",
                       source->path, source->path, found->folder->name, source->path, folder->name);
    if (found->folder == NULL)
        *found = (candidate){reader, folder};
    return TW_OK;
}

/* The readers that know a folder by little. */
static tw_status read_broad(const tw_source *source, tw_collector *collector) {
    for (size_t i = 0; i < READERS; i++)
        if (readers[i]->broad && (source->pack == NULL || readers[i]->in_packs) &&
            readers[i]->probe(source))
            return readers[i]->read(source, collector);
    return fail_unknown(source);
}

/* Looks one level down, for users who name the folder that they unpacked into. */
static tw_status read_inside(const tw_source *source, tw_collector *collector) {
    candidate found = {NULL, NULL};
    for (size_t i = 0; i < READERS; i++)
        for (const tw_folder *f = readers[i]->folders; f != NULL && f->name != NULL; f++) {
            if (source->pack != NULL && !readers[i]->in_packs)
                continue;
            tw_status status = probe_folder(source, readers[i], f, &found);
            if (status != TW_OK)
                return status;
        }
    if (found.reader == NULL)
        return read_broad(source, collector);
    char *path;
    tw_source inside;
    tw_status status = tw_source_enter(source, found.folder->name, &path, &inside);
    if (status == TW_OK)
        status = found.reader->read(&inside, collector);
    free(path);
    return status;
}

/* Whether a file of an archive belongs to a data set that is read from archives. */
static int is_wanted(const char *name) {
    for (size_t i = 0; i < READERS; i++)
        for (const tw_folder *f = readers[i]->folders; f != NULL && f->name != NULL; f++)
            if (readers[i]->in_packs && strncmp(name, f->name, strlen(f->name)) == 0 &&
                name[strlen(f->name)] == '/')
                return 1;
    return 0;
}

/* A set as it was downloaded; else nobody knows the file. */
static tw_status read_packed(const tw_source *source, tw_collector *collector) {
    tw_pack pack;
    tw_status status = tw_pack_read(source->path, is_wanted, &pack);
    if (status == TW_DECLINED)
        return fail_unknown(source);
    if (status != TW_OK)
        return status;
    const tw_source archive = {.path = source->path,
                               .is_directory = 1,
                               .pack = &pack,
                               .in_pack = source->path + strlen(source->path)};
    status = read_inside(&archive, collector);
    tw_pack_release(&pack);
    return status;
}

static tw_status read_source(const char *path, tw_collector *collector) {
    tw_source source;
    if (access(path, F_OK) != 0 && errno == ENOENT)
        return tw_fail(TW_ERR_IO,
                       "cannot read '%s': No such file or directory; name a file, a directory, or "
                       "'synthetic' for the built-in set",
                       path);
    tw_status status = tw_source_open(path, &source);
    if (status != TW_OK)
        return status;
    for (size_t i = 0; i < READERS; i++)
        if (!readers[i]->broad && readers[i]->probe(&source))
            return readers[i]->read(&source, collector);
    return source.is_directory ? read_inside(&source, collector) : read_packed(&source, collector);
}

static tw_status check_options(const tw_dataset_options *options) {
    if (options->split != TW_SPLIT_TRAIN && options->split != TW_SPLIT_TEST)
        return tw_fail(TW_ERR_ARGUMENT, "unknown split %d", (int)options->split);
    if (options->classes != NULL && options->class_count == 0)
        return tw_fail(TW_ERR_ARGUMENT, "the choice of classes is empty");
    for (size_t i = 0; options->classes != NULL && i < options->class_count; i++) {
        if (options->classes[i] < 0)
            return tw_fail(TW_ERR_ARGUMENT, "class %d: classes are counted from 0",
                           options->classes[i]);
        for (size_t j = 0; j < i; j++)
            if (options->classes[j] == options->classes[i])
                return tw_fail(TW_ERR_ARGUMENT, "class %d is chosen twice", options->classes[i]);
    }
    return tw_image_fit_check(options);
}

tw_status tw_dataset_open(const char *source, const tw_dataset_options *options, tw_dataset **out) {
    if (source == NULL || out == NULL)
        return tw_fail(TW_ERR_ARGUMENT, "tw_dataset_open: NULL argument");
    *out = NULL;
    tw_dataset_options taken;
    tw_status status = TW_TAKE(tw_dataset_options, channels_last, &taken, options);
    options = &taken;
    if (status == TW_OK)
        status = check_options(options);
    if (status != TW_OK)
        return status;
    tw_collector collector;
    status = tw_collector_begin(&collector, source, options);
    if (status == TW_OK)
        status = tw_synthetic_named(source) ? tw_synthetic_read(source, &collector)
                                            : read_source(source, &collector);
    if (status != TW_OK) {
        tw_collector_release(&collector);
        return status;
    }
    return tw_collector_finish(&collector, out);
}

int tw_dataset_reads(const char *source, const char *path) {
    tw_source data;
    struct stat info;
    int found = 0;
    if (source == NULL || path == NULL || stat(path, &info) != 0 || !S_ISREG(info.st_mode))
        return 0;
    if (tw_source_open(source, &data) != TW_OK) {
        tw_message_clear();
        return 0; /* a word, or nothing that can be read */
    }
    for (size_t i = 0; i < READERS && !found; i++)
        found = readers[i]->reads != NULL && readers[i]->reads(&data, path);
    return found;
}
