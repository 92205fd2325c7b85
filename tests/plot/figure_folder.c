#include "figure_folder.h"

#include <dirent.h>
#include <unistd.h>

static char folder[64];

int make_folder(void **state) {
    /* every figure is flushed to its disk */
    snprintf(folder, sizeof folder, "%s/thalweg-figures-XXXXXX", fast_folder());
    return mkdtemp(folder) == NULL;
}

int remove_folder(void **state) {
    DIR *dir = opendir(folder);
    for (struct dirent *entry; (entry = readdir(dir)) != NULL;) {
        char path[512];
        snprintf(path, sizeof path, "%s/%s", folder, entry->d_name);
        unlink(path);
    }
    closedir(dir);
    return rmdir(folder);
}

const char *figure_folder(void) {
    return folder;
}

char *path_of(const char *name, const char *ending) {
    static _Thread_local char path[256];
    snprintf(path, sizeof path, "%s/%s.%s", folder, name, ending);
    return path;
}

bytes read_file(const char *path) {
    bytes b = {0};
    FILE *file = fopen(path, "rb");
    assert_non_null(file);
    fseek(file, 0, SEEK_END);
    b.size = (size_t)ftell(file);
    rewind(file);
    b.data = malloc(b.size + 1);
    assert_int_equal(fread(b.data, 1, b.size, file), b.size);
    b.data[b.size] = '\0';
    fclose(file);
    return b;
}

int has_tool(const char *name) {
    char command[128];
    snprintf(command, sizeof command, "command -v %s > /dev/null 2>&1", name);
    return system(command) == 0;
}

void assert_says(const char *path, const char *const *words) {
    char command[512];
    snprintf(command, sizeof command, "pdftotext -layout '%s' %s/said.txt", path, folder);
    assert_int_equal(system(command), 0);
    bytes text = read_file(path_of("said", "txt"));
    for (; *words != NULL; words++)
        if (strstr((char *)text.data, *words) == NULL)
            fail_msg("%s does not say '%s':\n%s", path, *words, (char *)text.data);
    free(text.data);
}
