#include "net/onnx/onnx_bytes.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include "format/input.h"

/* Closes the descriptor. */
static tw_status map(const char *name, int descriptor, tw_net_onnx_bytes *out) {
    struct stat facts;
    tw_status status = TW_OK;
    *out = (tw_net_onnx_bytes){0};
    if (fstat(descriptor, &facts) != 0)
        status = tw_fail(TW_ERR_IO, "cannot read '%s': %s", name, strerror(errno));
    else if (!S_ISREG(facts.st_mode))
        status = tw_fail(TW_ERR_IO, "cannot read '%s': it is not a file", name);
    else if (facts.st_size > 0) {
        void *at = mmap(NULL, (size_t)facts.st_size, PROT_READ, MAP_PRIVATE, descriptor, 0);
        if (at == MAP_FAILED)
            status = tw_fail(TW_ERR_IO, "cannot read '%s': %s", name, strerror(errno));
        else
            *out = (tw_net_onnx_bytes){at, (size_t)facts.st_size};
    }
    close(descriptor);
    return status;
}

tw_status tw_net_onnx_map(const char *path, tw_net_onnx_bytes *out) {
    int descriptor;
    tw_status status = tw_regular_open(path, &descriptor);
    return status == TW_OK ? map(path, descriptor, out) : status;
}

void tw_net_onnx_unmap(tw_net_onnx_bytes *bytes) {
    if (bytes->at != NULL)
        munmap(bytes->at, bytes->size);
    *bytes = (tw_net_onnx_bytes){0};
}

tw_status tw_net_onnx_folder_open(const char *model, tw_net_onnx_folder *out) {
    const char *slash = strrchr(model, '/');
    char *path = slash == NULL    ? strdup(".")
                 : slash == model ? strdup("/")
                                  : strndup(model, (size_t)(slash - model));
    *out = (tw_net_onnx_folder){.descriptor = -1};
    if (path == NULL)
        return tw_fail(TW_ERR_MEMORY, "not enough memory for a path");
    out->descriptor =
        open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC); /* -1: told where it is used */
    free(path);
    return TW_OK;
}

void tw_net_onnx_folder_close(tw_net_onnx_folder *folder) {
    if (folder->descriptor >= 0)
        close(folder->descriptor);
    free(folder->last);
    tw_net_onnx_unmap(&folder->bytes);
    *folder = (tw_net_onnx_folder){.descriptor = -1};
}

static tw_status out_of_folder(const char *name) {
    return tw_fail(TW_ERR_FORMAT,
                   "its data are to be in '%.200s', which is not a file in the model's own folder",
                   name);
}

/* Opens a file below the folder, part by part, following no link. */
static tw_status open_below(int folder, const char *name, int *descriptor) {
    char *way = strdup(name), *rest = way, *part, *next;
    int at = way == NULL ? -1 : dup(folder);
    tw_status status = at < 0 ? tw_fail(TW_ERR_IO, "cannot open '%.200s'", name) : TW_OK;
    if (name[0] == '/' || name[0] == '\0')
        status = out_of_folder(name);
    part = status == TW_OK ? strtok_r(way, "/", &rest) : NULL;
    for (; part != NULL && status == TW_OK; part = next) {
        next = strtok_r(NULL, "/", &rest);
        if (strcmp(part, "..") == 0) {
            status = out_of_folder(name);
            break;
        }
        int flags =
            O_RDONLY | O_NOFOLLOW | O_CLOEXEC | O_NONBLOCK | (next != NULL ? O_DIRECTORY : 0);
        int below = openat(at, part, flags);
        if (below < 0)
            status = errno == ELOOP || errno == ENOTDIR
                         ? out_of_folder(name)
                         : tw_fail(TW_ERR_IO, "its data are to be in '%.200s' beside it: %s", name,
                                   strerror(errno));
        if (below >= 0) {
            close(at);
            at = below;
        }
    }
    free(way);
    if (status != TW_OK && at >= 0)
        close(at);
    *descriptor = at;
    return status;
}

tw_status tw_net_onnx_folder_bytes(tw_net_onnx_folder *folder, const char *name,
                                   const tw_net_onnx_bytes **out) {
    *out = &folder->bytes;
    if (folder->last != NULL && strcmp(folder->last, name) == 0)
        return TW_OK;
    int descriptor;
    if (folder->descriptor < 0)
        return tw_fail(TW_ERR_UNSUPPORTED,
                       "its data are to be in a file '%.200s', and it has no folder", name);
    free(folder->last);
    folder->last = NULL;
    tw_net_onnx_unmap(&folder->bytes);
    tw_status status = open_below(folder->descriptor, name, &descriptor);
    if (status == TW_OK)
        status = map(name, descriptor, &folder->bytes);
    if (status == TW_OK && (folder->last = strdup(name)) == NULL)
        status = tw_fail(TW_ERR_MEMORY, "not enough memory for a name");
    return status;
}
