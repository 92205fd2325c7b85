/* broken.c: plug-ins that misbehave, one for each macro; and small ones that are right. */
#include <float.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>

#include "thalweg/plugin.h"

/* ---- the short form ---- */

#if defined(SHORT_NO_VALUE)
size_t thalweg_size(void) {
    return 2;
}
#elif defined(NO_SYMBOL)
int something_else(void);
int something_else(void) {
    return 2;
}
#elif defined(SHORT_EMPTY)
size_t thalweg_size(void) {
    return 0;
}
double thalweg_value(size_t n, const double *x) {
    return 0;
}
#elif defined(SHORT_BAD_START)
size_t thalweg_size(void) {
    return 3;
}
double thalweg_value(size_t n, const double *x) {
    return x[0];
}
void thalweg_start(size_t n, double *x) {
    x[0] = x[2] = 1; /* and x[1] forgotten */
}
#elif defined(SHORT_PLAIN)
size_t thalweg_size(void) {
    return 2;
}
double thalweg_value(size_t n, const double *x) {
    return x[0] * x[0] + 3 * x[1] * x[1];
}
#elif defined(COMPLEX_WRITES) || defined(COMPLEX_HALF) || defined(COMPLEX_FAILS)
size_t thalweg_size(void) {
    return 2;
}
double thalweg_value(size_t n, const double *x) {
    return x[0] + x[1];
}
int thalweg_complex(size_t n, const double *z, double *value) {
    value[0] = z[0] + z[2];
#if defined(COMPLEX_FAILS)
    return 2;
#elif defined(COMPLEX_WRITES)
    value[1] = z[1] + z[3];
    ((double *)z)[3]++;
#endif
    return 0;
}
#elif defined(BOUNDED)
static int describe(void *model, tw_plugin_facts *facts) {
    static const double start[] = {0, 1, 2}, lower[] = {0, 0, 0};
    facts->size = 3;
    facts->start = start;
    facts->lower = lower;
    return 0;
}
static int value(void *model, size_t n, const double *x, double *values) {
    values[0] = 0;
    for (size_t i = 0; i < n; i++) {
        values[0] += x[i] * x[i] + x[i];
        if (x[i] < 0)
            return 1;
    }
    return 0;
}
const tw_plugin *thalweg_plugin(void) {
    static const tw_plugin table = {TW_PLUGIN_VERSION, TW_PLUGIN_SHARED, sizeof(tw_plugin),
                                    .describe = describe, .value = value};
    return &table;
}
#elif defined(PRINTS)
size_t thalweg_size(void) {
    return 2;
}
double thalweg_value(size_t n, const double *x) {
    printf("a plug-in that prints: %d\n", getchar());
    fflush(stdout);
    return x[0] * x[0] + x[1] * x[1];
}
#elif defined(UNDEFINED)
double nowhere_defined(double x);
size_t thalweg_size(void) {
    return 2;
}
double thalweg_value(size_t n, const double *x) {
    return nowhere_defined(x[0]);
}
#else

/* ---- the full form, with one thing wrong ---- */

static double start[] = {1, 2, 3};
static const tw_plugin_block blocks[] = {
    {"a", 1, {2}, TW_PLUGIN_WEIGHT, 0},
#if defined(LONG_BLOCKS)
    {"b", 2, {2, 1}, TW_PLUGIN_BIAS, 0},
#elif defined(BLOCK_ROLE)
    {"b", 0, {0}, 9, 0},
#elif defined(BLOCK_RANK)
    {"b", 5, {1, 1, 1, 1}, TW_PLUGIN_BIAS, 0},
#elif defined(BLOCK_NAME)
    {"a", 0, {0}, TW_PLUGIN_BIAS, 0},
#elif defined(BLOCK_SLASH)
    {"a/b", 0, {0}, TW_PLUGIN_BIAS, 0},
#elif !defined(SHORT_BLOCKS)
    {"b", 0, {0}, TW_PLUGIN_BIAS, 0},
#endif
};
static const char *const metrics[] = {
    "size",
#if defined(TWO_METRICS)
    "size",
#elif defined(METRIC_NAME)
    "two words",
#elif defined(METRIC_LOSS)
    "loss",
#else
    "first",
#endif
};
static const char *words;

static int describe(void *model, tw_plugin_facts *facts) {
#if defined(FAILS_TO_DESCRIBE)
    words = "the table of\nconstants is missing \n";
    return 5;
#endif
    facts->size = 3;
    facts->start = start;
    facts->blocks = blocks;
    facts->block_count = sizeof blocks / sizeof blocks[0];
    facts->metrics = metrics;
    facts->metric_count = 2;
    facts->noise = 1e-12;
#if defined(BAD_START)
    start[2] = NAN;
#elif defined(OUT_OF_BOUNDS)
    static const double lower[] = {0, 0, 4}, upper[] = {INFINITY, 9, 9};
    facts->lower = lower;
    facts->upper = upper;
#elif defined(BAD_NOISE)
    facts->noise = -1;
#elif defined(NULL_METRICS)
    facts->metrics = NULL;
#elif defined(NULL_BLOCKS)
    facts->blocks = NULL;
#elif defined(MANY_METRICS)
    facts->metric_count = 1000;
#endif
    return 0;
}

static const char *error(void *model) {
    return words;
}

static int value(void *model, size_t n, const double *x, double *values) {
#if defined(FAILS)
    words = "no licence";
    return 7;
#elif defined(FAILS_SILENTLY)
    return -3;
#elif defined(WRITES_X)
    ((double *)x)[1] += 1e-9;
#elif defined(CRASHES)
    abort();
#endif
    values[0] = values[1] = 0;
    for (size_t i = 0; i < n; i++)
        values[0] += (double)(i + 1) * x[i] * x[i];
#if defined(NOT_A_NUMBER)
    values[0] = NAN;
#endif
    values[1] = (double)n;
#if !defined(UNWRITTEN_METRIC)
    values[2] = x[0];
#endif
#if defined(DENORMAL)
    values[0] = DBL_MIN * x[1] / 4; /* x[1] = 2: a denormal number, unless they are switched off */
#endif
    return 0;
}

static int gradient(void *model, size_t n, const double *x, double *values, double *g) {
    for (size_t i = 0; i < n; i++)
#if defined(UNWRITTEN_GRADIENT)
        if (i != 1)
            g[i] = 0;
#elif defined(ADDS_UP)
        g[i] += 2 * (double)(i + 1) * x[i];
#else
        g[i] = 2 * (double)(i + 1) * x[i];
#endif
    return value(model, n, x, values);
}

static const tw_plugin table = {
#if defined(OTHER_VERSION)
    .version = TW_PLUGIN_VERSION + 1,
#else
    .version = TW_PLUGIN_VERSION,
#endif
#if defined(BYTES)
    .bytes = 16,
#else
    .bytes = sizeof(tw_plugin),
#endif
#if defined(CALLERS)
    .callers = 17,
#endif
#if !defined(NO_DESCRIBE)
    .describe = describe,
#endif
#if !defined(NO_VALUE)
    .value = value,
#endif
    .error = error,
    .gradient = gradient,
};

const tw_plugin *thalweg_plugin(void) {
#if defined(NO_TABLE)
    return NULL;
#endif
    return &table;
}
#endif
