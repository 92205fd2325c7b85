/* plugin_short.c: the short form of plugin.h, dressed as the full one. */
#include <stdint.h>

#include "core/alloc.h"
#include "plugin/plugin_private.h"

static int describe(void *model, tw_plugin_facts *facts) {
    tw_plugin_short *functions = model;
    facts->size = functions->size();
    if (functions->start == NULL || facts->size == 0 || facts->size > PTRDIFF_MAX / sizeof(double))
        return 0;
    functions->start_point = tw_alloc_raw(facts->size, sizeof(double));
    if (functions->start_point == NULL)
        return 1;
    for (size_t i = 0; i < facts->size; i++)
        functions->start_point[i] = __builtin_nan(""); /* an entry left out is no start */
    functions->start(facts->size, functions->start_point);
    facts->start = functions->start_point;
    return 0;
}

static const char *error(void *model) {
    return NULL;
}

static int value(void *model, size_t n, const double *x, double *values) {
    const tw_plugin_short *functions = model;
    values[0] = functions->value(n, x);
    return 0;
}

static int gradient(void *model, size_t n, const double *x, double *values, double *gradient) {
    const tw_plugin_short *functions = model;
    values[0] = functions->value(n, x);
    return functions->gradient(n, x, gradient);
}

static int complex_value(void *model, size_t n, const double *z, double *value) {
    const tw_plugin_short *functions = model;
    return functions->complex_value(n, z, value);
}

/* The optional operations are taken out where the file has none. */
const tw_plugin tw_plugin_short_table = {
    .version = TW_PLUGIN_VERSION,
    .callers = TW_PLUGIN_ONE_CALLER,
    .bytes = sizeof(tw_plugin),
    .describe = describe,
    .value = value,
    .error = error,
    .gradient = gradient,
    .complex_value = complex_value,
};
