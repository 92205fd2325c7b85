/* unpack.c: an archive of files in one folder, taken out without trusting it. */
#include <archive.h>
#include <archive_entry.h>
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "core/alloc.h"
#include "fetch/fetch_set.h"

enum { BLOCK = 1 << 16, ENTRIES = 1000 };

typedef struct unpacker {
    const char *path, *folder;
    struct archive *archive;
    int directory; /* descriptor of the folder that is being filled */
    uint64_t total;
    int entries;
} unpacker;

static tw_status fail_archive(const unpacker *u) {
    const char *text = archive_error_string(u->archive);
    return tw_fail(TW_ERR_FORMAT, "'%s': %s", u->path,
                   text != NULL ? text : "the archive is damaged");
}

/* Removes the folder and the files directly in it, which is all that this unpacker makes; of a link
 * the link alone. */
static void remove_folder(const char *path) {
    int folder = open(path, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
    DIR *directory = folder >= 0 ? fdopendir(folder) : NULL;
    if (directory == NULL) {
        if (folder >= 0)
            close(folder);
        else
            unlink(path);
        return;
    }
    for (struct dirent *entry; (entry = readdir(directory)) != NULL;)
        unlinkat(dirfd(directory), entry->d_name, 0);
    closedir(directory);
    rmdir(path);
}

/* The name of the file inside the folder, or NULL if the entry is anything but a plain file
 * directly in it: an absolute path, "..", a link, a device, another folder. */
static const char *safe_name(const unpacker *u, struct archive_entry *entry) {
    const char *path = archive_entry_pathname(entry);
    size_t length = strlen(u->folder);
    if (path == NULL || archive_entry_filetype(entry) != AE_IFREG ||
        archive_entry_hardlink(entry) != NULL || archive_entry_symlink(entry) != NULL)
        return NULL;
    if (strncmp(path, "./", 2) == 0)
        path += 2;
    if (strncmp(path, u->folder, length) != 0 || path[length] != '/')
        return NULL;
    const char *name = path + length + 1;
    if (*name == '\0' || strchr(name, '/') != NULL || strcmp(name, ".") == 0 ||
        strcmp(name, "..") == 0)
        return NULL;
    return name;
}

static int is_the_folder(const unpacker *u, struct archive_entry *entry) {
    const char *path = archive_entry_pathname(entry);
    if (path == NULL || archive_entry_filetype(entry) != AE_IFDIR)
        return 0;
    if (strncmp(path, "./", 2) == 0)
        path += 2;
    size_t length = strlen(u->folder);
    return *path == '\0' || (strncmp(path, u->folder, length) == 0 &&
                             (strcmp(path + length, "") == 0 || strcmp(path + length, "/") == 0));
}

static tw_status write_all(const unpacker *u, int file, const char *name, const char *bytes,
                           size_t count) {
    for (size_t done = 0; done < count;) {
        ssize_t step = write(file, bytes + done, count - done);
        if (step < 0 && errno == EINTR)
            continue;
        if (step < 0)
            return tw_fail(TW_ERR_IO, "cannot write '%s/%s': %s", u->folder, name, strerror(errno));
        done += (size_t)step;
    }
    return TW_OK;
}

static tw_status unpack_file(unpacker *u, const char *name) {
    int file =
        openat(u->directory, name, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0666);
    if (file < 0)
        return tw_fail(TW_ERR_IO, "cannot write '%s/%s': %s", u->folder, name, strerror(errno));
    static const size_t block = BLOCK;
    char *bytes = malloc(block);
    tw_status status = TW_OK;
    if (bytes == NULL)
        status = tw_fail(TW_ERR_MEMORY, "not enough memory to unpack '%s'", u->path);
    while (status == TW_OK) {
        la_ssize_t got = archive_read_data(u->archive, bytes, block);
        if (got == 0)
            break;
        if (got < 0)
            status = fail_archive(u);
        else if ((u->total += (uint64_t)got) > TW_FETCH_LIMIT)
            status = tw_fail(TW_ERR_FORMAT, "'%s' unpacks to more than any data set has: %d bytes",
                             u->path, TW_FETCH_LIMIT);
        else
            status = write_all(u, file, name, bytes, (size_t)got);
    }
    free(bytes);
    if (close(file) != 0 && status == TW_OK)
        status = tw_fail(TW_ERR_IO, "cannot write '%s/%s': %s", u->folder, name, strerror(errno));
    return status;
}

static tw_status unpack_entries(unpacker *u) {
    struct archive_entry *entry;
    int result;
    while ((result = archive_read_next_header(u->archive, &entry)) == ARCHIVE_OK) {
        if (is_the_folder(u, entry))
            continue;
        const char *name = safe_name(u, entry);
        const char *path = archive_entry_pathname(entry);
        if (name == NULL || ++u->entries > ENTRIES)
            return tw_fail(TW_ERR_FORMAT,
                           "'%s': entry '%s' refused: only files directly in '%s' are unpacked",
                           u->path, path != NULL ? path : "", u->folder);
        tw_status status = unpack_file(u, name);
        if (status != TW_OK)
            return status;
    }
    if (result != ARCHIVE_EOF)
        return fail_archive(u);
    if (u->entries == 0)
        return tw_fail(TW_ERR_FORMAT, "'%s' holds no files in '%s'", u->path, u->folder);
    return TW_OK;
}

static tw_status unpack_into(unpacker *u, const char *folder) {
    remove_folder(folder); /* of a call that was killed */
    if (mkdir(folder, 0777) != 0)
        return tw_fail(TW_ERR_IO, "cannot make directory '%s': %s", folder, strerror(errno));
    u->directory = open(folder, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
    u->archive = tw_memory_left(TW_LIBRARY_ROOM) ? archive_read_new() : NULL;
    tw_status status = TW_OK;
    if (u->directory < 0)
        status = tw_fail(TW_ERR_IO, "cannot open directory '%s': %s", folder, strerror(errno));
    else if (u->archive == NULL)
        status = tw_fail(TW_ERR_MEMORY, "not enough memory to unpack '%s'", u->path);
    if (status == TW_OK) {
        archive_read_support_filter_gzip(u->archive);
        archive_read_support_format_tar(u->archive);
        status = archive_read_open_filename(u->archive, u->path, BLOCK) == ARCHIVE_OK
                     ? unpack_entries(u)
                     : fail_archive(u);
    }
    if (u->archive != NULL)
        archive_read_free(u->archive);
    if (u->directory >= 0)
        close(u->directory);
    return status;
}

tw_status tw_unpack(const char *archive, const char *directory, const char *folder) {
    char *filling = tw_fetch_path(directory, folder, ".part");
    char *target = tw_fetch_path(directory, folder, "");
    unpacker u = {.path = archive, .folder = folder, .directory = -1};
    tw_status status = TW_OK;
    if (filling == NULL || target == NULL)
        status = tw_fail(TW_ERR_MEMORY, "not enough memory to unpack '%s'", archive);
    if (status == TW_OK) {
        status = unpack_into(&u, filling);
        if (status == TW_OK && rename(filling, target) != 0)
            status = tw_fail(TW_ERR_IO, "cannot rename '%s': %s", filling, strerror(errno));
        if (status != TW_OK)
            remove_folder(filling);
    }
    free(filling);
    free(target);
    return status;
}
