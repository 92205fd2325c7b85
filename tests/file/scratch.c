#include "scratch.h"

#include <dirent.h>
#include <math.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

static char folder[512];

int scratch_setup(void **state) {
    const char *parent = getenv("TMPDIR");
    snprintf(folder, sizeof folder, "%s/thalweg-file-XXXXXX", parent != NULL ? parent : "/tmp");
    return mkdtemp(folder) != NULL ? 0 : -1;
}

int scratch_teardown(void **state) {
    char command[600];
    snprintf(command, sizeof command, "rm -rf '%s'", folder);
    return system(command);
}

const char *scratch(const char *name) {
    static char paths[8][1024];
    static unsigned next;
    char *path = paths[next++ % 8];
    snprintf(path, sizeof paths[0], "%s/%s", folder, name);
    return path;
}

void outside(const char *verb, const char *path) {
    const char *source = getenv("THALWEG_SOURCE");
    char command[4096];
    /* LD_PRELOAD: a sanitizer's library would slow Python down */
    snprintf(command, sizeof command,
             "LD_PRELOAD= /usr/bin/python3 -B '%s/tests/file/outside.py' %s '%s'",
             source != NULL ? source : ".", verb, path);
    int status = system(command);
    int code = WIFEXITED(status) ? WEXITSTATUS(status) : -1;
    if (code == 77 || code == 127) {
        print_message("skipped: no Python with NumPy and h5py\n");
        skip();
    }
    if (code != 0)
        fail_msg("outside.py %s '%s' is not content (%d)", verb, path, code);
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
