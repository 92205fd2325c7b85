// plugin_cpp.cpp: a function with blocks of parameters and exact coordinate differences.
//
//     c++ -O2 -shared -fPIC plugin_cpp.cpp -o mine.so $(pkg-config --cflags thalweg)
//     thalweg gradient ./mine.so
//
// This is the full form of thalweg/plugin.h. No exception may leave a function.
#include <thalweg/plugin.h>

// Rosenbrock's valley in six dimensions, as two blocks of three: f sums term(height(x, i), x[i]).
static const double start[] = {-1.2, 1, -1.2, 1, -1.2, 1};
static const tw_plugin_block blocks[] = {{"first", 1, {3}, TW_PLUGIN_WEIGHT, 0},
                                         {"second", 1, {3}, TW_PLUGIN_WEIGHT, 0}};

static double height(const double *x, size_t i) { return x[i + 1] - x[i] * x[i]; }

static double term(double h, double x) { return 100 * h * h + (1 - x) * (1 - x); }

// term(h + dh, x + dx) - term(h, x), without subtracting numbers that are nearly equal
static double change(double h, double dh, double x, double dx) {
    return 100 * dh * (2 * h + dh) - dx * (2 * (1 - x) - dx);
}

static int describe(void *, tw_plugin_facts *facts) {
    facts->size = 6;
    facts->start = start;
    facts->blocks = blocks;
    facts->block_count = 2;
    return 0;
}

static int value(void *, size_t n, const double *x, double *values) {
    values[0] = 0;
    for (size_t i = 0; i + 1 < n; i++)
        values[0] += term(height(x, i), x[i]);
    return 0;
}

static int gradient(void *model, size_t n, const double *x, double *values, double *g) {
    for (size_t i = 0; i < n; i++)
        g[i] = (i + 1 < n ? -400 * height(x, i) * x[i] - 2 * (1 - x[i]) : 0) +
               (i > 0 ? 200 * height(x, i - 1) : 0);
    return value(model, n, x, values);
}

// differences[j] = f(x + d e_i) - f(x): at most two terms know x[i]
static int differences(void *, size_t n, const double *x, size_t count, const size_t *indices,
                       const double *steps, double *out) {
    for (size_t j = 0; j < count; j++) {
        size_t i = indices[j];
        double d = steps[j];
        out[j] = (i + 1 < n ? change(height(x, i), -d * (2 * x[i] + d), x[i], d) : 0) +
                 (i > 0 ? change(height(x, i - 1), d, 0, 0) : 0);
    }
    return 0;
}

extern "C" const tw_plugin *thalweg_plugin(void) {
    static tw_plugin table{};
    table.version = TW_PLUGIN_VERSION;
    table.bytes = sizeof table;
    table.callers = TW_PLUGIN_SHARED; // any number of threads at once
    table.describe = describe;
    table.value = value;
    table.gradient = gradient;
    table.coordinate_differences = differences;
    return &table;
}
