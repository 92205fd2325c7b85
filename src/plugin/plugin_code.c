/* plugin_code.c: a plug-in in memory, and who still uses it. */
#include <dlfcn.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "core/alloc.h"
#include "plugin/plugin_private.h"

void tw_plugin_code_release(tw_plugin_code *code) {
    if (code == NULL || atomic_fetch_sub(&code->users, 1) > 1)
        return;
    if (code->handle != NULL)
        dlclose(code->handle);
    free(code->functions.start_point);
    free(code->name);
    free(code->argument);
    free(code);
}

tw_status tw_plugin_code_new(const char *path, const char *argument, tw_plugin_code **out) {
    size_t size = strlen(path) + (argument != NULL ? strlen(argument) + 1 : 0) + 1;
    tw_plugin_code *code = tw_alloc(1, sizeof *code);
    if (code == NULL)
        return tw_fail(TW_ERR_MEMORY, "not enough memory for a plug-in");
    atomic_init(&code->users, 1);
    code->name = tw_alloc(size, 1);
    code->argument = argument != NULL ? tw_strdup(argument) : NULL;
    if (code->name == NULL || (argument != NULL && code->argument == NULL)) {
        tw_plugin_code_release(code);
        return tw_fail(TW_ERR_MEMORY, "not enough memory for a plug-in");
    }
    snprintf(code->name, size, "%s%s%s", path, argument != NULL ? ":" : "",
             argument != NULL ? argument : "");
    *out = code;
    return TW_OK;
}
