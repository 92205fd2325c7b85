/* whole.c: a plug-in with every part of plugin.h. f = (1/m) sum_i (c_i . x - b_i)^2 / 2 over m = 4
 * samples plus a quartic, of as many parameters as the argument says. COPIES makes its models
 * independent of each other and unfit for two callers; it notices them. */
#include <complex.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>

#include "thalweg/plugin.h"

enum { SAMPLES = 4 };

typedef struct whole {
    size_t n;
    double *start, *lower, *upper;
    tw_plugin_block blocks[2];
    atomic_int inside;
} whole;

static _Thread_local const char *words;

static double coefficient(size_t sample, size_t i) {
    return (double)((sample + 1) * (i + 3) % 7) / 4 - 0.5;
}

static double quartic(double x) {
    return x * x * x * x / 4;
}

static void destroy(void *model) {
    whole *w = model;
    free(w->start);
    free(w->lower);
    free(w->upper);
    free(w);
}

static int create(const char *argument, void **model) {
    char *end;
    long n = argument[0] != '\0' ? strtol(argument, &end, 10) : 5;
    whole *w = NULL;
    words = "the argument is a number of parameters of 2 or more";
    if ((argument[0] != '\0' && *end != '\0') || n < 2 || (w = calloc(1, sizeof *w)) == NULL)
        return 1;
    w->n = (size_t)n;
    w->start = malloc(w->n * sizeof(double));
    w->lower = malloc(w->n * sizeof(double));
    w->upper = malloc(w->n * sizeof(double));
    if (w->start == NULL || w->lower == NULL || w->upper == NULL) {
        destroy(w);
        return 1;
    }
    for (size_t i = 0; i < w->n; i++) {
        w->start[i] = 0.5 + (double)i / 8;
        w->lower[i] = 0;
        w->upper[i] = 1e9;
    }
    w->blocks[0] = (tw_plugin_block){"matrix", 2, {1, w->n - 1}, TW_PLUGIN_WEIGHT, 1};
    w->blocks[1] = (tw_plugin_block){"shift", 0, {0}, TW_PLUGIN_BIAS, 0};
    *model = w;
    return 0;
}

static const char *error(void *model) {
    return words;
}

static int describe(void *model, tw_plugin_facts *facts) {
    static const char *const metrics[] = {"fit", "largest"};
    whole *w = model;
    *facts = (tw_plugin_facts){
        .size = w->n,
        .start = w->start,
        .lower = w->lower,
        .upper = w->upper,
        .blocks = w->blocks,
        .block_count = 2,
        .metrics = metrics,
        .metric_count = 2,
        .noise = 1e-15,
        .samples = SAMPLES,
    };
    return 0;
}

static double residual(size_t n, const double *x, size_t sample) {
    double sum = -1;
    for (size_t i = 0; i < n; i++)
        sum += coefficient(sample, i) * x[i];
    return sum;
}

static int enter(whole *w) {
#if defined(COPIES)
    words = "two callers at once";
    return atomic_fetch_add(&w->inside, 1);
#else
    return 0;
#endif
}

static int leave(whole *w) {
    atomic_fetch_sub(&w->inside, 1);
    return 0;
}

static void evaluate(size_t n, const double *x, double *values) {
    double fit = 0, rest = 0, largest = x[0];
    for (size_t sample = 0; sample < SAMPLES; sample++)
        fit += residual(n, x, sample) * residual(n, x, sample) / 2 / SAMPLES;
    for (size_t i = 0; i < n; i++) {
        rest += quartic(x[i]);
        largest = x[i] > largest ? x[i] : largest;
    }
    values[0] = fit + rest;
    values[1] = fit;
    values[2] = largest;
}

static int value(void *model, size_t n, const double *x, double *values) {
    if (enter(model))
        return 1;
    evaluate(n, x, values);
    return leave(model);
}

static int batch(void *model, size_t n, size_t count, const double *x, double *values) {
    for (size_t k = 0; k < count; k++)
        evaluate(n, x + k * n, values + 3 * k);
    return 0;
}

static int sample_gradient(void *model, size_t n, const double *x, size_t count,
                           const size_t *samples, double *values, double *g) {
    for (size_t i = 0; i < n; i++)
        g[i] = x[i] * x[i] * x[i];
    for (size_t k = 0; k < count; k++) {
        double r = residual(n, x, samples[k]) / (double)count;
        for (size_t i = 0; i < n; i++)
            g[i] += r * coefficient(samples[k], i);
    }
    evaluate(n, x, values);
    return 0;
}

static int gradient(void *model, size_t n, const double *x, double *values, double *g) {
    static const size_t all[SAMPLES] = {0, 1, 2, 3};
    return sample_gradient(model, n, x, SAMPLES, all, values, g);
}

static int hessian_product(void *model, size_t n, const double *x, const double *vector,
                           double *product) {
    for (size_t i = 0; i < n; i++)
        product[i] = 3 * x[i] * x[i] * vector[i];
    for (size_t sample = 0; sample < SAMPLES; sample++) {
        double along = 0;
        for (size_t i = 0; i < n; i++)
            along += coefficient(sample, i) * vector[i] / SAMPLES;
        for (size_t i = 0; i < n; i++)
            product[i] += along * coefficient(sample, i);
    }
    return 0;
}

static int coordinate_differences(void *model, size_t n, const double *x, size_t count,
                                  const size_t *indices, const double *steps, double *out) {
    for (size_t j = 0; j < count; j++) {
        double d = steps[j], at = x[indices[j]], sum = 0;
        for (size_t sample = 0; sample < SAMPLES; sample++) {
            double move = d * coefficient(sample, indices[j]);
            sum += move * (2 * residual(n, x, sample) + move) / 2 / SAMPLES;
        }
        out[j] = sum + d * (at * at * at + d * (1.5 * at * at + d * (at + d / 4)));
    }
    return 0;
}

static int complex_value(void *model, size_t n, const double *z, double *value) {
    const double complex *x = (const double complex *)z;
    double complex sum = 0;
    for (size_t sample = 0; sample < SAMPLES; sample++) {
        double complex r = -1;
        for (size_t i = 0; i < n; i++)
            r += coefficient(sample, i) * x[i];
        sum += r * r / 2 / SAMPLES;
    }
    for (size_t i = 0; i < n; i++)
        sum += x[i] * x[i] * x[i] * x[i] / 4;
    value[0] = creal(sum);
    value[1] = cimag(sum);
    return 0;
}

const tw_plugin *thalweg_plugin(void) {
    static const tw_plugin table = {
        .version = TW_PLUGIN_VERSION,
#if defined(COPIES)
        .callers = TW_PLUGIN_INSTANCES,
#else
        .callers = TW_PLUGIN_SHARED,
#endif
        .bytes = sizeof(tw_plugin),
        .describe = describe,
        .value = value,
        .create = create,
        .destroy = destroy,
        .error = error,
        .gradient = gradient,
        .hessian_product = hessian_product,
        .batch = batch,
        .coordinate_differences = coordinate_differences,
        .sample_gradient = sample_gradient,
        .complex_value = complex_value,
    };
    return &table;
}
