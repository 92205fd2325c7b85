#include "cli_streams.h"

#include <fcntl.h>
#include <pthread.h>
#include <string.h>
#include <unistd.h>

/* The process has one standard output, and this is its number. */
static int own = STDOUT_FILENO;
static char own_path[32];
static FILE *own_stream;

FILE *streams_open(void) {
    int number = fcntl(STDOUT_FILENO, F_DUPFD_CLOEXEC, STDERR_FILENO + 1);
    FILE *stream = number >= 0 ? fdopen(number, "w") : NULL;
    if (stream == NULL) { /* it was closed: writing to stdout will say so */
        if (number >= 0)
            close(number);
        return stdout;
    }
    own = number;
    own_stream = stream;
    snprintf(own_path, sizeof own_path, "/dev/fd/%d", number);
    return stream;
}

/* A child that a plug-in forks and that calls exit would print what waits here once more. */
static void before_fork(void) {
    fflush(own_stream);
}

void streams_divert(void) {
    static int diverted;
    if (own == STDOUT_FILENO || diverted || dup2(STDERR_FILENO, STDOUT_FILENO) < 0)
        return;
    diverted = 1;
    pthread_atfork(before_fork, NULL, NULL);
    setvbuf(stdout, NULL, _IOLBF, BUFSIZ); /* in the order in which things happen */
}

const char *streams_path(const char *path) {
    static const char *const names[] = {"/dev/stdout", "/dev/fd/1", "/proc/self/fd/1"};
    for (size_t i = 0; own != STDOUT_FILENO && i < sizeof names / sizeof names[0]; i++)
        if (strcmp(path, names[i]) == 0)
            return own_path;
    return path;
}

int streams_is_own(const char *path) {
    return strcmp(path, own_path) == 0;
}
