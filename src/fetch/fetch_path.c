/* fetch_path.c: names of files in folders. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "fetch/fetch_set.h"

char *tw_fetch_path(const char *directory, const char *name, const char *suffix) {
    size_t size = strlen(directory) + strlen(name) + strlen(suffix) + 2;
    char *path = malloc(size);
    if (path != NULL)
        snprintf(path, size, "%s/%s%s", directory, name, suffix);
    return path;
}
