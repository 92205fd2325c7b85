#include "file/output_file.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "file/part_file.h"
#include "thalweg/file.h"

static void release(tw_output *output) {
    if (output->part != NULL && output->lock >= 0)
        close(output->lock);
    free(output->path);
    free(output->part);
    memset(output, 0, sizeof *output);
}

/* The descriptor that a path names as such, or else the standard output. */
static int descriptor_of(const char *path) {
    int number, length = 0;
    if ((sscanf(path, "/dev/fd/%d%n", &number, &length) == 1 ||
         sscanf(path, "/proc/self/fd/%d%n", &number, &length) == 1) &&
        path[length] == '\0')
        return number;
    return STDOUT_FILENO;
}

/* /dev/stdout and /dev/fd/3 may lead to a plain file, which must not be replaced behind the shell's
 * back. */
static int is_open(const char *path, const struct stat *info) {
    struct stat own;
    return fstat(descriptor_of(path), &own) == 0 && own.st_dev == info->st_dev &&
           own.st_ino == info->st_ino;
}

int tw_output_is_direct(const char *path) {
    struct stat info;
    return stat(path, &info) == 0 && !S_ISDIR(info.st_mode) &&
           (!S_ISREG(info.st_mode) || is_open(path, &info));
}

static FILE *open_direct(const char *path) {
    struct stat info;
    if (stat(path, &info) != 0 || !is_open(path, &info))
        return fopen(path, "wbe");
    /* the same open file, so that what is there already stays; it may be a socket, too */
    int descriptor = dup(descriptor_of(path));
    FILE *stream = descriptor >= 0 ? fdopen(descriptor, "wb") : NULL;
    if (stream == NULL && descriptor >= 0)
        close(descriptor);
    return stream;
}

static FILE *open_part(tw_output *output) {
    struct stat info;
    int exists = stat(output->path, &info) == 0;
    if (exists && access(output->path, W_OK) != 0)
        return NULL;
    int descriptor = tw_part_open(output->path, &output->part, &output->lock);
    if (descriptor < 0)
        return NULL;
    if (exists)
        (void)!fchmod(descriptor, info.st_mode & 0777); /* some file systems have no modes */
    FILE *stream = fdopen(descriptor, "wb");
    if (stream == NULL)
        close(descriptor);
    return stream;
}

/* A rename would replace a link, not the file that it leads to. */
static tw_status set_path(tw_output *output, const char *path) {
    struct stat info;
    *output = (tw_output){.lock = -1};
    if (stat(path, &info) == 0 && S_ISDIR(info.st_mode))
        return tw_fail(TW_ERR_IO, "cannot write '%s': it is a directory; name a file in it", path);
    output->path = tw_link_target(path);
    if (output->path != NULL)
        return TW_OK;
    return tw_fail(errno == ENOMEM ? TW_ERR_MEMORY : TW_ERR_IO, "cannot write '%s': %s", path,
                   strerror(errno));
}

tw_status tw_output_open(tw_output *output, const char *path) {
    tw_status status = set_path(output, path);
    if (status != TW_OK)
        return status;
    output->stream = tw_output_is_direct(path) ? open_direct(path) : open_part(output);
    if (output->stream != NULL)
        return TW_OK;
    status = tw_fail(errno == ENOMEM ? TW_ERR_MEMORY : TW_ERR_IO, "cannot write '%s': %s", path,
                     strerror(errno));
    tw_output_abandon(output);
    return status;
}

/* What was written must be on disk before the rename. */
static int sync_stream(FILE *stream) {
    if (fsync(fileno(stream)) == 0)
        return 0;
    return errno == EINVAL || errno == EROFS || errno == ENOTSUP ? 0 : -1; /* nothing to sync */
}

/* Returns an errno, or 0. */
static int close_stream(tw_output *output) {
    FILE *stream = output->stream;
    output->stream = NULL;
    int failed =
        fflush(stream) != 0 || ferror(stream) || (output->part != NULL && sync_stream(stream) != 0);
    int error = errno;
    if (fclose(stream) != 0 && !failed) {
        failed = 1;
        error = errno;
    }
    if (!failed)
        return 0;
    return error != 0 ? error : EIO;
}

tw_status tw_output_commit(tw_output *output) {
    int error = close_stream(output);
    if (error == 0 && output->part != NULL && rename(output->part, output->path) != 0)
        error = errno;
    if (error == 0) {
        release(output);
        return TW_OK;
    }
    tw_status status = tw_fail(TW_ERR_IO, "cannot write '%s': %s", output->path, strerror(error));
    tw_output_abandon(output);
    return status;
}

void tw_output_abandon(tw_output *output) {
    if (output->stream != NULL)
        fclose(output->stream);
    if (output->part != NULL)
        unlink(output->part);
    release(output);
}

tw_status tw_output_check(const char *path) {
    tw_output output = {0};
    struct stat info;
    if (path == NULL)
        return tw_fail(TW_ERR_ARGUMENT, "tw_output_check: NULL argument");
    if (!tw_output_is_direct(path)) {
        tw_status status = tw_output_open(&output, path);
        tw_output_abandon(&output);
        return status;
    }
    /* to open a pipe would wait for its reader, and to close it would tell the reader of an end */
    if (stat(path, &info) == 0 && !is_open(path, &info) && access(path, W_OK) != 0)
        return tw_fail(TW_ERR_IO, "cannot write '%s': %s", path, strerror(errno));
    return TW_OK;
}

/* Two paths to nothing: whether the same name would come into the same folder. */
static int same_place(const char *a, const char *b) {
    struct stat folder[2];
    const char *paths[2] = {a, b}, *names[2];
    for (int k = 0; k < 2; k++) {
        const char *slash = strrchr(paths[k], '/');
        names[k] = slash != NULL ? slash + 1 : paths[k];
        char *in = slash != NULL ? strndup(paths[k], (size_t)(slash - paths[k]) + 1) : strdup(".");
        int there = in != NULL && stat(in, &folder[k]) == 0;
        free(in);
        if (!there)
            return 0;
    }
    return folder[0].st_dev == folder[1].st_dev && folder[0].st_ino == folder[1].st_ino &&
           strcmp(names[0], names[1]) == 0;
}

int tw_same_file(const char *a, const char *b) {
    struct stat info[2];
    int there[2] = {stat(a, &info[0]) == 0, stat(b, &info[1]) == 0};
    if (there[0] && there[1])
        return S_ISREG(info[0].st_mode) && !is_open(a, &info[0]) &&
               info[0].st_dev == info[1].st_dev && info[0].st_ino == info[1].st_ino;
    if (there[0] || there[1])
        return 0;
    char *targets[2] = {tw_link_target(a), tw_link_target(b)};
    int same = targets[0] != NULL && targets[1] != NULL && same_place(targets[0], targets[1]);
    free(targets[0]);
    free(targets[1]);
    return same;
}

static int needs_ending(const char *path) {
    struct stat info;
    return stat(path, &info) != 0 || S_ISREG(info.st_mode) || S_ISDIR(info.st_mode);
}

tw_status tw_output_ending(const char *what, const char *path, const char *const *endings) {
    char list[64] = "";
    size_t length = strlen(path);
    if (!needs_ending(path))
        return TW_OK;
    for (size_t i = 0; endings[i] != NULL; i++) {
        size_t tail = strlen(endings[i]), used = strlen(list);
        if (length > tail && strcmp(path + length - tail, endings[i]) == 0)
            return TW_OK;
        const char *comma = endings[i + 1] != NULL ? ", " : " or ";
        snprintf(list + used, sizeof list - used, "%s%s", i == 0 ? "" : comma, endings[i]);
    }
    return tw_fail(TW_ERR_ARGUMENT, "%s '%s': the name must end in %s", what, path, list);
}
