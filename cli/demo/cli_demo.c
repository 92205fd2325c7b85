#include "demo/cli_demo.h"

#include <errno.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "option/cli_files.h"

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
    return files_add(folder->context, "-o", text, NULL);
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

tw_status demo_command(demo_run *demo, const char *format, ...) {
    char *arguments = NULL, *line = NULL;
    va_list list;
    va_start(list, format);
    if (vasprintf(&arguments, format, list) < 0)
        arguments = NULL;
    va_end(list);
    if (arguments == NULL || asprintf(&line, "thalweg %s", arguments) < 0)
        line = NULL;
    free(arguments);
    if (line == NULL)
        return tw_fail(TW_ERR_MEMORY, "not enough memory for a command line");
    free(demo->command);
    demo->command = line;
    demo->context->study->command = line;
    return TW_OK;
}

void demo_announce(const demo_run *demo, const char *name, const char *meaning) {
    demo_say(demo->context, "  %s/%s\n    %s\n    $ %s\n", demo->folder.path, name, meaning,
             demo->command);
}
