#include "data_scratch.h"

#include <errno.h>
#include <sys/stat.h>
#include <unistd.h>

static char folder[64];

/* Under AddressSanitizer, requests that cannot be met must fail as elsewhere, not end the test. */
const char *__asan_default_options(void);
const char *__asan_default_options(void) {
    return "allocator_may_return_null=1";
}

int scratch_begin(void **state) {
    snprintf(folder, sizeof folder, "%s/thalweg-data-XXXXXX", fast_folder());
    return mkdtemp(folder) != NULL ? 0 : -1;
}

int scratch_end(void **state) {
    char command[256];
    snprintf(command, sizeof command, "chmod -R u+rwx '%s'; rm -rf '%s'", folder, folder);
    return system(command);
}

const char *scratch(const char *name) {
    static char paths[8][512];
    static unsigned next;
    char *path = paths[next++ % 8];
    snprintf(path, sizeof paths[0], "%s/%s", folder, name);
    return path;
}

const char *scratch_write(const char *name, const void *bytes, size_t size) {
    const char *path = scratch(name);
    for (const char *c = strchr(name, '/'); c != NULL; c = strchr(c + 1, '/')) {
        char parent[512];
        snprintf(parent, sizeof parent, "%s/%.*s", folder, (int)(c - name), name);
        assert_true(mkdir(parent, 0777) == 0 || errno == EEXIST);
    }
    FILE *file = fopen(path, "wb");
    assert_non_null(file);
    assert_int_equal(fwrite(bytes, 1, size, file), size);
    assert_int_equal(fclose(file), 0);
    return path;
}

void scratch_python(const char *program, const char *arguments) {
    static const char probe[] = "/usr/bin/python3 -c 'import numpy' 2>/dev/null";
    static int absent = -1; /* not asked yet */
    if (absent < 0)
        absent = system(probe) != 0;
    if (absent) {
        print_message("skipped: no Python with NumPy\n");
        skip();
    }
    const char *source = getenv("THALWEG_SOURCE");
    char command[4096];
    snprintf(command, sizeof command, "/usr/bin/python3 '%s/tests/data/%s' %s",
             source != NULL ? source : ".", program, arguments);
    assert_int_equal(system(command), 0);
}

tw_dataset *open_split(const char *path, tw_split split) {
    tw_dataset *dataset = NULL;
    assert_ok(tw_dataset_open(path, &(tw_dataset_options){.split = split}, &dataset));
    return dataset;
}
