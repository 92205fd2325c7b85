#include "cli_demo.h"

#include <errno.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

tw_status demo_folder_open(const cli_context *context, const char *path, demo_folder *out) {
    struct stat info;
    *out = (demo_folder){.context = context, .path = path};
    if (mkdir(path, 0777) == 0) {
        out->made = 1;
        return TW_OK;
    }
    int error = errno;
    if (error == EEXIST && stat(path, &info) == 0 && S_ISDIR(info.st_mode))
        return TW_OK;
    return tw_fail(TW_ERR_IO, "cannot make the directory '%s': %s", path, strerror(error));
}

tw_status demo_folder_file(demo_folder *folder, const char *name, const char **path) {
    if (folder->count == DEMO_FILES)
        return tw_fail(TW_ERR_ARGUMENT, "the demo writes more than %d files", DEMO_FILES);
    char *text;
    if (asprintf(&text, "%s/%s", folder->path, name) < 0)
        return tw_fail(TW_ERR_MEMORY, "not enough memory for a path");
    folder->files[folder->count++] = text;
    *path = text;
    return TW_OK;
}

void demo_folder_close(demo_folder *folder, int keep) {
    for (size_t i = 0; i < folder->count; i++) {
        if (!keep && folder->made)
            unlink(folder->files[i]);
        free(folder->files[i]);
    }
    if (!keep && folder->made)
        rmdir(folder->path);
    folder->count = 0;
}

void demo_say(const cli_context *context, const char *format, ...) {
    if (context->common.json || context->common.quiet)
        return;
    va_list arguments;
    va_start(arguments, format);
    vfprintf(context->out, format, arguments);
    va_end(arguments);
    fflush(context->out);
}

void demo_announce(const demo_run *demo, const char *name, const char *meaning, const char *command,
                   ...) {
    const cli_context *context = demo->context;
    if (context->common.json || context->common.quiet)
        return;
    va_list arguments;
    va_start(arguments, command);
    fprintf(context->out, "  %s/%s\n    %s\n    $ thalweg ", demo->folder.path, name, meaning);
    vfprintf(context->out, command, arguments);
    fputc('\n', context->out);
    fflush(context->out);
    va_end(arguments);
}
