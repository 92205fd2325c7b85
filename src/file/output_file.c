#include "file/output_file.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "core/alloc.h"

static void release(tw_output *output) {
    free(output->path);
    free(output->part);
    memset(output, 0, sizeof *output);
}

/* /dev/stdout may lead to a plain file, which must not be replaced behind the shell's back. */
static int is_stdout(const struct stat *info) {
    struct stat own;
    return fstat(STDOUT_FILENO, &own) == 0 && own.st_dev == info->st_dev &&
           own.st_ino == info->st_ino;
}

int tw_output_is_direct(const char *path) {
    struct stat info;
    return stat(path, &info) == 0 && !S_ISDIR(info.st_mode) &&
           (!S_ISREG(info.st_mode) || is_stdout(&info));
}

/* A rename would replace a link, not the file that it leads to. */
static char *follow_links(const char *path) {
    struct stat info;
    char *real =
        lstat(path, &info) == 0 && S_ISLNK(info.st_mode) ? realpath(path, NULL) : tw_strdup(path);
    return real != NULL || errno == ENOMEM ? real : tw_strdup(path); /* a link to nothing */
}

static FILE *open_direct(const char *path) {
    struct stat info;
    if (stat(path, &info) != 0 || !is_stdout(&info))
        return fopen(path, "wbe");
    /* the same open file, so that what is there already stays; it may be a socket, too */
    int descriptor = dup(STDOUT_FILENO);
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
    if (asprintf(&output->part, "%s.part", output->path) < 0) {
        output->part = NULL;
        return NULL;
    }
    unlink(output->part); /* of a run that was killed; or a link that would lead elsewhere */
    int descriptor = open(output->part, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0666);
    if (descriptor < 0)
        return NULL;
    if (exists)
        (void)!fchmod(descriptor, info.st_mode & 0777); /* some file systems have no modes */
    FILE *stream = fdopen(descriptor, "wb");
    if (stream == NULL) {
        close(descriptor);
        unlink(output->part);
    }
    return stream;
}

tw_status tw_output_open(tw_output *output, const char *path) {
    memset(output, 0, sizeof *output);
    struct stat info;
    if (stat(path, &info) == 0 && S_ISDIR(info.st_mode))
        return tw_fail(TW_ERR_IO, "cannot write '%s': it is a directory; name a file in it", path);
    output->path = follow_links(path);
    if (output->path == NULL)
        return tw_fail(TW_ERR_MEMORY, "not enough memory to write '%s'", path);
    output->stream = tw_output_is_direct(path) ? open_direct(path) : open_part(output);
    if (output->stream != NULL)
        return TW_OK;
    int error = errno;
    int part_is_there = output->part != NULL && lstat(output->part, &info) == 0;
    tw_status status = tw_fail(error == ENOMEM ? TW_ERR_MEMORY : TW_ERR_IO, "cannot write '%s': %s",
                               part_is_there ? output->part : path, strerror(error));
    release(output);
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
