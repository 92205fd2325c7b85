/* exp, log, log1p, expm1 and tanh, against the long-double functions of the C library. */
#include "kernel_check.h"

typedef void (*array_function)(size_t, const double *, double *);
typedef long double (*exact_function)(long double);

enum { COUNT = 4096 };

/* Within `ulps` units of the last place for `count` arguments, the sizes of vectors included. */
static void expect_function(array_function function, exact_function exact, const double *x,
                            size_t count, double ulps) {
    const double *in = guarded_copy(x, count);
    double *out = guarded_doubles(count);
    function(count, in, out);
    for (size_t k = 0; k < count; k++) {
        long double truth = exact(x[k]);
        double size = fabs((double)truth);
        expect_near("value", k, out[k], truth, ulps * (nextafter(size, INFINITY) - size));
    }
    guards_check();
    guards_release();
}

static void over(array_function function, exact_function exact, double from, double to,
                 double ulps) {
    static double x[COUNT];
    for (size_t k = 0; k < COUNT; k++)
        x[k] = from + tw_rng_uniform(1, 1, k) * (to - from);
    expect_function(function, exact, x, COUNT, ulps);
    for (size_t count = 0; count <= 40; count += TW_POINT_PAD)
        expect_function(function, exact, x, count, ulps);
}

/* Of all sizes between 10^low and 10^high, with the sign given. */
static void over_sizes(array_function function, exact_function exact, double low, double high,
                       double sign, double ulps) {
    static double x[COUNT];
    for (size_t k = 0; k < COUNT; k++)
        x[k] = sign * pow(10, low + tw_rng_uniform(1, 2, k) * (high - low));
    expect_function(function, exact, x, COUNT, ulps);
}

/* Exact values, at every place of a vector. */
static void expect_values(array_function function, size_t count, const double (*values)[2]) {
    for (size_t k = 0; k < count; k++)
        for (size_t place = 0; place < TW_POINT_PAD; place++) {
            double x[TW_POINT_PAD], *out = guarded_doubles(TW_POINT_PAD);
            for (size_t j = 0; j < TW_POINT_PAD; j++)
                x[j] = 0.5;
            x[place] = values[k][0];
            function(TW_POINT_PAD, guarded_copy(x, TW_POINT_PAD), out);
            if (!(out[place] == values[k][1] || (isnan(out[place]) && isnan(values[k][1]))))
                expect_bits("special value", k, out[place], values[k][1]);
            guards_check();
            guards_release();
        }
}
#define VALUES(function, ...)                                                                      \
    do {                                                                                           \
        static const double values[][2] = {__VA_ARGS__};                                           \
        expect_values(function, sizeof values / sizeof *values, values);                           \
    } while (0)

void check_exp(const tw_kernels *kernels) {
    over(kernels->exp, expl, -700, 700, 2);
    over(kernels->exp, expl, -1, 1, 2);
    over(kernels->exp, expl, 700, 709.78, 2);
    over_sizes(kernels->exp, expl, -320, -1, -1, 2);
    VALUES(kernels->exp, {0, 1}, {-0.0, 1}, {-INFINITY, 0}, {INFINITY, INFINITY}, {NAN, NAN},
           {-1000, 0}, {1000, INFINITY}, {-708.5, 0}, {-1e300, 0}, {1e300, INFINITY}, {5e-324, 1});
}

void check_log(const tw_kernels *kernels) {
    over_sizes(kernels->log, logl, -300, 300, 1, 2);
    over(kernels->log, logl, 0.5, 2, 2);
    over(kernels->log, logl, 0.999999, 1.000001, 2);
    VALUES(kernels->log, {0, -INFINITY}, {-0.0, -INFINITY}, {-1, NAN}, {INFINITY, INFINITY},
           {-INFINITY, NAN}, {NAN, NAN}, {1, 0}, {-1e-310, NAN});
    static const double x[TW_POINT_PAD] = {DBL_MIN, DBL_MAX, 4, 0.25, 1, 1, 1, 1};
    expect_function(kernels->log, logl, x, TW_POINT_PAD, 1);
}

void check_log1p(const tw_kernels *kernels) {
    over(kernels->log1p, log1pl, -0.9, 3, 3);
    over_sizes(kernels->log1p, log1pl, -300, -0.5, 1, 3);
    over_sizes(kernels->log1p, log1pl, -300, -0.5, -1, 3);
    over_sizes(kernels->log1p, log1pl, 0, 300, 1, 3);
    VALUES(kernels->log1p, {0, 0}, {-1, -INFINITY}, {INFINITY, INFINITY}, {NAN, NAN}, {-2, NAN},
           {-INFINITY, NAN}, {1e-320, 1e-320}, {-5e-324, -5e-324});
}

void check_expm1(const tw_kernels *kernels) {
    over(kernels->expm1, expm1l, -1, 1, 4);
    over(kernels->expm1, expm1l, -700, 709, 4);
    over_sizes(kernels->expm1, expm1l, -300, -0.5, 1, 4);
    over_sizes(kernels->expm1, expm1l, -300, -0.5, -1, 4);
    VALUES(kernels->expm1, {0, 0}, {-INFINITY, -1}, {INFINITY, INFINITY}, {NAN, NAN}, {-1000, -1},
           {1000, INFINITY}, {1e-320, 1e-320}, {-5e-324, -5e-324});
}

void check_tanh(const tw_kernels *kernels) {
    over(kernels->tanh, tanhl, -20, 20, 5);
    over_sizes(kernels->tanh, tanhl, -300, -0.5, 1, 5);
    over_sizes(kernels->tanh, tanhl, -300, -0.5, -1, 5);
    VALUES(kernels->tanh, {0, 0}, {-INFINITY, -1}, {INFINITY, 1}, {NAN, NAN}, {800, 1}, {-800, -1},
           {1e-300, 1e-300}, {-1e-300, -1e-300}, {1e300, 1});
}

static void measure_array(array_function function, kernel_timer *timer, double from, double to) {
    double *x = guarded_doubles(COUNT), *out = guarded_doubles(COUNT);
    for (size_t k = 0; k < COUNT; k++)
        x[k] = from + (to - from) * (double)k / COUNT;
    TIMED(timer, COUNT)
    function(COUNT, x, out);
}

void measure_exp(const tw_kernels *kernels, kernel_timer *timer) {
    measure_array(kernels->exp, timer, -10, 10);
}

void measure_log(const tw_kernels *kernels, kernel_timer *timer) {
    measure_array(kernels->log, timer, 0.1, 10);
}

void measure_log1p(const tw_kernels *kernels, kernel_timer *timer) {
    measure_array(kernels->log1p, timer, -0.4, 10);
}

void measure_expm1(const tw_kernels *kernels, kernel_timer *timer) {
    measure_array(kernels->expm1, timer, -0.4, 0.4);
}

void measure_tanh(const tw_kernels *kernels, kernel_timer *timer) {
    measure_array(kernels->tanh, timer, -3, 3);
}
