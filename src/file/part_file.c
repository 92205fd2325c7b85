#include "file/part_file.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/random.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "core/alloc.h"

/* ".xxxxxxxx.part" */
enum { DIGITS = 8, TAIL = 1 + DIGITS + 5, LINKS = 40, TRIES = 100 };

/* Where the last component begins. */
static size_t folder_length(const char *path) {
    const char *slash = strrchr(path, '/');
    return slash != NULL ? (size_t)(slash - path) + 1 : 0;
}

char *tw_link_target(const char *path) {
    struct stat info;
    char *at = tw_strdup(path), link[PATH_MAX + 1];
    for (int k = 0; k < LINKS && at != NULL; k++) {
        if (lstat(at, &info) != 0 || !S_ISLNK(info.st_mode))
            return at;
        ssize_t got = readlink(at, link, PATH_MAX);
        char *next = NULL;
        if (got < 0 || asprintf(&next, "%.*s%.*s", link[0] == '/' ? 0 : (int)folder_length(at), at,
                                (int)got, link) < 0)
            next = NULL;
        free(at);
        at = next;
    }
    if (at != NULL)
        errno = ELOOP;
    free(at);
    return NULL;
}

/* How much of the name stands before a tail. */
static int stem_length(const char *target, size_t folder, size_t tail, size_t *length) {
    long most = 255;
    const char *name = target + folder;
    char *in = folder > 0 ? strndup(target, folder) : strdup(".");
    if (in == NULL)
        return -1;
    long said = pathconf(in, _PC_NAME_MAX);
    most = said > (long)tail ? said : most;
    free(in);
    *length = strlen(name);
    if (*length > (size_t)most) {
        errno = ENAMETOOLONG;
        return -1;
    }
    if (*length + tail > (size_t)most) {
        *length = (size_t)most - tail;
        while (*length > 1 && ((unsigned char)name[*length] & 0xc0) == 0x80)
            (*length)--; /* not within a letter */
    }
    return 0;
}

char *tw_name_beside(const char *target, const char *tail) {
    size_t folder = folder_length(target), length;
    char *name;
    if (stem_length(target, folder, strlen(tail), &length) != 0 ||
        asprintf(&name, "%.*s%s", (int)(folder + length), target, tail) < 0)
        return NULL;
    return name;
}

static unsigned draw(void) {
    unsigned bits;
    struct timespec now;
    if (getrandom(&bits, sizeof bits, GRND_NONBLOCK) == sizeof bits)
        return bits;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return (unsigned)now.tv_nsec * 2654435761u ^ (unsigned)getpid();
}

static int is_part(const char *name, const char *stem, size_t length) {
    return strncmp(name, stem, length) == 0 && strlen(name) == length + TAIL &&
           name[length] == '.' && strspn(name + length + 1, "0123456789abcdef") == DIGITS &&
           strcmp(name + length + 1 + DIGITS, ".part") == 0;
}

/* Whoever writes a part holds its lock. Where files have no locks, none is removed. */
static void remove_if_left(int folder, const char *name) {
    struct stat own, there;
    enum { FLAGS = O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC };
    int part = openat(folder, name, O_RDWR | FLAGS);
    if (part < 0)
        part =
            openat(folder, name, O_RDONLY | FLAGS); /* it has the mode of what it was to replace */
    if (part < 0)
        return;
    if (fstat(part, &own) == 0 && S_ISREG(own.st_mode) && flock(part, LOCK_EX | LOCK_NB) == 0 &&
        fstatat(folder, name, &there, AT_SYMLINK_NOFOLLOW) == 0 && there.st_ino == own.st_ino)
        unlinkat(folder, name, 0);
    close(part);
}

static void remove_left(const char *target, size_t folder, size_t length) {
    char *in = folder > 0 ? strndup(target, folder) : strdup(".");
    DIR *directory = in != NULL ? opendir(in) : NULL;
    free(in);
    if (directory == NULL)
        return;
    for (struct dirent *entry; (entry = readdir(directory)) != NULL;)
        if (is_part(entry->d_name, target + folder, length))
            remove_if_left(dirfd(directory), entry->d_name);
    closedir(directory);
}

void tw_part_remove_left(const char *path) {
    char *target = tw_link_target(path);
    size_t folder = target != NULL ? folder_length(target) : 0, length;
    if (target != NULL && stem_length(target, folder, TAIL, &length) == 0)
        remove_left(target, folder, length);
    free(target);
}

/* Between the making of a part and its lock another process may take it for one that was left: it
 * then has the lock, or has removed the part. Some file systems have no locks. The lock is shared,
 * which is enough against remove_if_left: for an instant after the rename the finished file still
 * has it, and HDF5 opens no file for reading under an exclusive one. */
static int take(int part) {
    struct stat info;
    int locked = flock(part, LOCK_SH | LOCK_NB) == 0 || errno != EWOULDBLOCK;
    return locked && fstat(part, &info) == 0 && info.st_nlink > 0;
}

int tw_part_open(const char *target, char **path, int *lock) {
    size_t folder = folder_length(target), length;
    *path = NULL;
    *lock = -1;
    if (stem_length(target, folder, TAIL, &length) != 0)
        return -1;
    remove_left(target, folder, length);
    for (int k = 0; k < TRIES; k++) {
        if (asprintf(path, "%.*s.%08x.part", (int)(folder + length), target, draw()) < 0) {
            *path = NULL;
            break;
        }
        /* for reading as well, without which network file systems give no shared lock */
        int part = open(*path, O_RDWR | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0666);
        if (part >= 0) {
            *lock = take(part) ? fcntl(part, F_DUPFD_CLOEXEC, 0) : -1;
            if (*lock >= 0)
                return part;
            close(part);
            unlink(*path);
        } else if (errno != EEXIST)
            break;
        free(*path);
        *path = NULL;
    }
    int error = errno;
    free(*path);
    *path = NULL;
    errno = error;
    return -1;
}
