/* shared_object.c: a plug-in from its file. The only place that loads code. */
#include "thalweg/shared_object.h"

#include <dlfcn.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "core/alloc.h"
#include "plugin/plugin_modes.h"
#include "plugin/plugin_private.h"

/* ---- loading ---- */

/* A path without a slash would be searched for in the system's folders. */
static char *with_slash(const char *path) {
    size_t size = strlen(path) + 3;
    char *out = tw_alloc(size, 1);
    if (out != NULL)
        snprintf(out, size, "%s%s", strchr(path, '/') == NULL ? "./" : "", path);
    return out;
}

/* The loader's words without the path in front, which is said already. */
static tw_status not_loaded(const char *path, const char *loaded) {
    const char *text = dlerror();
    size_t length = strlen(loaded);
    if (text == NULL)
        text = "the loader does not say why";
    if (strncmp(text, loaded, length) == 0 && strncmp(text + length, ": ", 2) == 0)
        text += length + 2;
    return tw_fail(TW_ERR_FORMAT, "cannot load '%s': %s", path, text);
}

/* Once loaded, code stays until the process ends: its threads (OpenMP's wait for more work), what
 * it gave to atexit, to pthread_key_create or to a signal may run at any time. */
static tw_status load(const char *path, void **handle) {
    char *loaded = with_slash(path);
    if (loaded == NULL)
        return tw_fail(TW_ERR_MEMORY, "not enough memory for a path");
    tw_status status = tw_plugin_check_file(path);
    if (status == TW_OK) {
        tw_plugin_modes modes = tw_plugin_enter();
        void *already = dlopen(loaded, RTLD_NOW | RTLD_LOCAL | RTLD_NOLOAD);
        *handle = dlopen(loaded, RTLD_NOW | RTLD_LOCAL | RTLD_NODELETE);
        tw_plugin_leave(modes);
        if (*handle == NULL)
            status = not_loaded(path, loaded);
        else if (already != NULL)
            status = tw_plugin_check_loaded(path, *handle);
        if (already != NULL)
            dlclose(already);
    }
    free(loaded);
    return status;
}

/* ---- what it exports ---- */

/* A copy, since a function pointer and an object pointer are no types of each other in C. */
static int find(void *handle, const char *symbol, void *function) {
    void *found = dlsym(handle, symbol);
    memcpy(function, &found, sizeof found);
    return found != NULL;
}

enum { LEAST_BYTES = offsetof(tw_plugin, value) + sizeof(void *), MOST_BYTES = 65536 };

static tw_status read_table(const tw_plugin *from, tw_plugin *out) {
    if (from == NULL)
        return tw_fail(TW_ERR_FORMAT, "thalweg_plugin answered NULL");
    if (from->version != TW_PLUGIN_VERSION)
        return tw_fail(TW_ERR_FORMAT,
                       "it is a plug-in of version %d, but this is thalweg for version %d; build "
                       "it with the plugin.h of this thalweg",
                       from->version, TW_PLUGIN_VERSION);
    if (from->bytes < LEAST_BYTES || from->bytes > MOST_BYTES)
        return tw_fail(TW_ERR_FORMAT,
                       "its table is %zu bytes long; bytes must be sizeof(tw_plugin)", from->bytes);
    /* One that was built with an older header ends earlier, one built with a newer header has
     * optional parts that are not known here. */
    memset(out, 0, sizeof *out);
    memcpy(out, from, from->bytes < sizeof *out ? from->bytes : sizeof *out);
    if (out->describe == NULL || out->value == NULL)
        return tw_fail(TW_ERR_FORMAT, "its table has no '%s', which is required",
                       out->describe == NULL ? "describe" : "value");
    if (out->callers < TW_PLUGIN_ONE_CALLER || out->callers > TW_PLUGIN_SHARED)
        return tw_fail(TW_ERR_FORMAT,
                       "callers is %d, which is not one of TW_PLUGIN_ONE_CALLER, "
                       "TW_PLUGIN_INSTANCES and TW_PLUGIN_SHARED",
                       out->callers);
    return TW_OK;
}

static tw_status read_short(void *handle, tw_plugin_code *code) {
    tw_plugin_short *functions = &code->functions;
    int size = find(handle, "thalweg_size", &functions->size);
    int value = find(handle, "thalweg_value", &functions->value);
    if (!size && !value)
        return tw_fail(TW_ERR_FORMAT,
                       "it exports neither 'thalweg_size' and 'thalweg_value' nor "
                       "'thalweg_plugin'; define them as in thalweg/plugin.h (in C++ as extern "
                       "\"C\")");
    if (!size || !value)
        return tw_fail(TW_ERR_FORMAT, "it exports 'thalweg_%s' but no 'thalweg_%s'",
                       size ? "size" : "value", size ? "value" : "size");
    code->table = tw_plugin_short_table;
    if (!find(handle, "thalweg_gradient", &functions->gradient))
        code->table.gradient = NULL;
    if (!find(handle, "thalweg_complex", &functions->complex_value))
        code->table.complex_value = NULL;
    find(handle, "thalweg_start", &functions->start);
    return TW_OK;
}

static tw_status read_symbols(void *handle, tw_plugin_code *code) {
    const tw_plugin *(*full)(void) = NULL;
    tw_status status = find(handle, "thalweg_plugin", &full) ? read_table(full(), &code->table)
                                                             : read_short(handle, code);
    if (status == TW_OK && code->argument != NULL && code->table.create == NULL)
        return tw_fail(TW_ERR_ARGUMENT, "the argument '%s' has no use: the plug-in takes none",
                       code->argument);
    return status;
}

/* ---- the whole ---- */

tw_status tw_plugin_open(const char *path, const char *argument, tw_runner *runner,
                         tw_objective **out) {
    tw_plugin_code *code = NULL;
    if (path == NULL || path[0] == '\0')
        return tw_fail(TW_ERR_ARGUMENT, "a plug-in needs the path of its file");
    tw_status status = tw_plugin_code_new(path, argument, &code);
    if (status == TW_OK)
        status = load(path, &code->handle);
    if (status == TW_OK) {
        status = read_symbols(code->handle, code);
        if (status != TW_OK)
            tw_fail_prefix(status, "'%s'", path);
    }
    if (status == TW_OK)
        status = tw_plugin_objective(code, runner, out);
    if (status != TW_OK)
        tw_plugin_code_release(code);
    return status;
}
