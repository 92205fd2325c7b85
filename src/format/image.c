#include "format/image.h"

#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <sys/stat.h>

#include "format/image_format.h"
#include "format/input.h"

/* `read` NULL: left out of this build. */
static const struct {
    const char *name, *package;
    tw_image_read_fn read;
    size_t magic_size;
    const char *magic;
} formats[] = {
#ifdef TW_HAVE_PNG
    {"PNG", "libpng", tw_image_read_png, 8, "\x89PNG\r\n\x1a\n"},
#else
    {"PNG", "libpng", NULL, 8, "\x89PNG\r\n\x1a\n"},
#endif
#ifdef TW_HAVE_JPEG
    {"JPEG", "libjpeg-turbo", tw_image_read_jpeg, 3, "\xff\xd8\xff"},
#else
    {"JPEG", "libjpeg-turbo", NULL, 3, "\xff\xd8\xff"},
#endif
};

int tw_image_named(const char *name) {
    static const char *const endings[] = {".png", ".jpg", ".jpeg"};
    const char *ending = strrchr(name, '.');
    for (size_t i = 0; ending != NULL && i < sizeof endings / sizeof *endings; i++)
        if (strcasecmp(ending, endings[i]) == 0)
            return 1;
    return 0;
}

static tw_status read_open(const tw_image_file *file, int look, tw_image *out) {
    char head[8] = {0};
    const size_t got = fread(head, 1, sizeof head, file->stream);
    rewind(file->stream);
    for (size_t i = 0; i < sizeof formats / sizeof *formats; i++) {
        if (got < formats[i].magic_size ||
            memcmp(head, formats[i].magic, formats[i].magic_size) != 0)
            continue;
        if (formats[i].read != NULL)
            return formats[i].read(file, look, out);
        const char *package = formats[i].package;
        return tw_fail(TW_ERR_UNSUPPORTED,
                       "'%s' is a %s image, and thalweg was built without %s; build it with %s, or "
                       "convert the image",
                       file->path, formats[i].name, package, package);
    }
    return tw_fail(TW_ERR_FORMAT,
                   "'%s' is neither a PNG nor a JPEG image, whatever its name says; convert or "
                   "remove it",
                   file->path);
}

static tw_status read_path(const char *path, int look, tw_image *out) {
    tw_image_file file = {.path = path};
    struct stat info;
    *out = (tw_image){0};
    tw_status status = tw_regular_stream(path, &file.stream);
    if (status != TW_OK)
        return status;
    if (fstat(fileno(file.stream), &info) == 0)
        file.size = (uint64_t)info.st_size;
    status = read_open(&file, look, out);
    fclose(file.stream);
    if (status != TW_OK)
        tw_image_release(out);
    return status;
}

tw_status tw_image_look(const char *path, tw_image *out) {
    return read_path(path, 1, out);
}

tw_status tw_image_read(const char *path, tw_image *out) {
    return read_path(path, 0, out);
}

void tw_image_release(tw_image *image) {
    free(image->pixels);
    *image = (tw_image){0};
}
