#include "scratch.h"

#include <dirent.h>
#include <math.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

static char folder[512];

int scratch_setup(void **state) {
    const char *parent = getenv("TMPDIR");
    snprintf(folder, sizeof folder, "%s/thalweg-file-XXXXXX", parent != NULL ? parent : "/tmp");
    return mkdtemp(folder) != NULL ? 0 : -1;
}

const char *scratch(const char *name) {
    static char paths[8][1024];
    static unsigned next;
    char *path = paths[next++ % 8];
    snprintf(path, sizeof paths[0], "%s/%s", folder, name);
    return path;
}

void run_python(const char *script, const char *verb, const char *path) {
    const char *source = getenv("THALWEG_SOURCE");
    char command[4096];
    /* LD_PRELOAD: a sanitizer's library would slow Python down */
    snprintf(command, sizeof command, "LD_PRELOAD= /usr/bin/python3 -B '%s/tests/%s' %s '%s'",
             source != NULL ? source : ".", script, verb, path);
    int status = system(command);
    int code = WIFEXITED(status) ? WEXITSTATUS(status) : -1;
    if (code == 77 || code == 127) {
        print_message("skipped: no Python with NumPy and h5py\n");
        skip();
    }
    if (code != 0)
        fail_msg("%s %s '%s' is not content (%d)", script, verb, path, code);
}

/* outside.py at work, and the socket to it; -1 before the first verb. */
static pid_t outside_process;
static int outside_socket = -1;

static void start_outside(void) {
    const char *source = getenv("THALWEG_SOURCE");
    char program[4096];
    snprintf(program, sizeof program, "%s/tests/file/outside.py", source != NULL ? source : ".");
    int ends[2];
    assert_int_equal(socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, ends), 0);
    outside_process = fork();
    assert_true(outside_process >= 0);
    if (outside_process == 0) {
        dup2(ends[1], 0);
        dup2(ends[1], 1);
        unsetenv("LD_PRELOAD"); /* a sanitizer's library would slow Python down */
        execl("/usr/bin/python3", "python3", "-B", program, (char *)NULL);
        _exit(127);
    }
    close(ends[1]);
    outside_socket = ends[0];
}

/* The exit code of outside.py, which has gone. */
static int end_outside(void) {
    int status = 0;
    close(outside_socket);
    outside_socket = -1;
    waitpid(outside_process, &status, 0);
    return WIFEXITED(status) ? WEXITSTATUS(status) : -1;
}

void outside(const char *verb, const char *path) {
    char request[4096], answer;
    if (outside_socket < 0)
        start_outside();
    size_t length = (size_t)snprintf(request, sizeof request, "%s %s\n", verb, path);
    assert_true(length < sizeof request);
    if (send(outside_socket, request, length, MSG_NOSIGNAL) == (ssize_t)length &&
        recv(outside_socket, &answer, 1, 0) == 1) {
        if (answer != 'y')
            fail_msg("outside.py %s '%s' is not content", verb, path);
        return;
    }
    int code = end_outside();
    if (code != 77 && code != 127)
        fail_msg("outside.py %s '%s' has ended (%d)", verb, path, code);
    print_message("skipped: no Python with NumPy and h5py\n");
    skip();
}

int scratch_teardown(void **state) {
    char command[600];
    if (outside_socket >= 0)
        end_outside();
    snprintf(command, sizeof command, "rm -rf '%s'", folder);
    return system(command);
}

uint8_t *read_bytes(const char *path, size_t *size) {
    struct stat info;
    assert_int_equal(stat(path, &info), 0);
    *size = (size_t)info.st_size;
    return (uint8_t *)read_text(path);
}

void write_bytes(const char *path, const void *bytes, size_t size) {
    FILE *file = fopen(path, "wb");
    assert_non_null(file);
    assert_int_equal(fwrite(bytes, 1, size, file), size);
    assert_int_equal(fclose(file), 0);
}

void assert_same_bytes(const char *path, const char *other) {
    size_t size, other_size;
    uint8_t *bytes = read_bytes(path, &size), *others = read_bytes(other, &other_size);
    assert_int_equal(size, other_size);
    assert_memory_equal(bytes, others, size);
    free(bytes);
    free(others);
}

void assert_no_part(void) {
    DIR *directory = opendir(folder);
    assert_non_null(directory);
    for (struct dirent *entry; (entry = readdir(directory)) != NULL;)
        if (strstr(entry->d_name, ".part") != NULL)
            fail_msg("'%s' was left behind", entry->d_name);
    closedir(directory);
}

int same(double a, double b) {
    return a == b || (isnan(a) && isnan(b));
}
