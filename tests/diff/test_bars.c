/* Bars of functions that are coarser than double, or hard to tell from such: the truth, in closed
 * form, must lie within three of them, which is what a check takes (docs: "How a check judges"), or
 * within 1e-10 of itself, since a coarse part that is less than that of the slope is no part of it.
 */
#include <math.h>

#include "float_losses.h"
#include "support.h"

enum { MOST = 50 };

typedef double (*function)(size_t n, const double *x, void *user);
typedef void (*slopes)(size_t n, const double *x, double *g);

/* ---- single precision throughout ---- */

static double f_square(size_t n, const double *x, void *user) {
    float a = (float)x[0];
    return a * a + 25.0f;
}
static void g_square(size_t n, const double *x, double *g) {
    g[0] = 2 * x[0];
}
static double f_squares(size_t n, const double *x, void *user) {
    return float_loss_at(FLOAT_SQUARES)->value(n, x, 0);
}
static void g_squares(size_t n, const double *x, double *g) {
    float_loss_at(FLOAT_SQUARES)->gradient(n, x, g);
}
static double f_dot(size_t n, const double *x, void *user) {
    return float_loss_at(FLOAT_PRODUCT)->value(n, x, 0);
}
static void g_dot(size_t n, const double *x, double *g) {
    float_loss_at(FLOAT_PRODUCT)->gradient(n, x, g);
}
static double f_lse(size_t n, const double *x, void *user) {
    return float_loss_at(FLOAT_LOG_SUM)->value(n, x, 0);
}
static void g_lse(size_t n, const double *x, double *g) {
    float_loss_at(FLOAT_LOG_SUM)->gradient(n, x, g);
}
static double f_sines(size_t n, const double *x, void *user) {
    return float_loss_at(FLOAT_SINES)->value(n, x, 0);
}
static void g_sines(size_t n, const double *x, double *g) {
    float_loss_at(FLOAT_SINES)->gradient(n, x, g);
}
/* computed in double, kept in single precision */
static double f_kept(size_t n, const double *x, void *user) {
    return (float)(exp(x[0]) * sin(x[1]));
}
static void g_kept(size_t n, const double *x, double *g) {
    g[0] = exp(x[0]) * sin(x[1]);
    g[1] = exp(x[0]) * cos(x[1]);
}
static double f_rosenbrock(size_t n, const double *x, void *user) {
    float a = (float)x[0], b = (float)x[1];
    return (1 - a) * (1 - a) + 100 * (b - a * a) * (b - a * a);
}
static void g_rosenbrock(size_t n, const double *x, double *g) {
    g[0] = -2 * (1 - x[0]) - 400 * x[0] * (x[1] - x[0] * x[0]);
    g[1] = 200 * (x[1] - x[0] * x[0]);
}

/* ---- single and double in one sum ---- */

static double f_decay(size_t n, const double *x, void *user) {
    return float_data_loss(x, 0.1);
}
static void g_decay(size_t n, const double *x, double *g) {
    float_data_gradient(x, 0.1, g);
}
static double f_little_decay(size_t n, const double *x, void *user) {
    return float_data_loss(x, 1e-4);
}
static void g_little_decay(size_t n, const double *x, double *g) {
    float_data_gradient(x, 1e-4, g);
}
static double f_much_decay(size_t n, const double *x, void *user) {
    return float_data_loss(x, 50);
}
static void g_much_decay(size_t n, const double *x, double *g) {
    float_data_gradient(x, 50, g);
}
static double f_half_sines(size_t n, const double *x, void *user) {
    double sum = 0;
    float other = 0;
    for (size_t i = 0; i < n; i++) {
        sum += exp(0.1 * x[i]);
        other += sinf((float)x[i] * (float)(i + 1) / 8);
    }
    return sum + other;
}
static void g_half_sines(size_t n, const double *x, double *g) {
    for (size_t i = 0; i < n; i++)
        g[i] = 0.1 * exp(0.1 * x[i]) + (double)(i + 1) / 8 * cos(x[i] * (double)(i + 1) / 8);
}

/* ---- rounded otherwise ---- */

static double f_digits(size_t n, const double *x, void *user) {
    return rint(1e6 * exp(x[0]) * sin(x[1])) / 1e6;
}
static double f_few_digits(size_t n, const double *x, void *user) {
    return rint(1e4 * exp(x[0]) * sin(x[1])) / 1e4;
}
static double f_steps(size_t n, const double *x, void *user) {
    return rint(100 * x[0]);
}
static void g_steps(size_t n, const double *x, double *g) {
    g[0] = 100;
}
static double f_ramp(size_t n, const double *x, void *user) {
    double sum = 0;
    for (int k = 0; k < 1000; k++)
        sum += x[0] > (double)k / 200 - 2.5;
    return sum / 1000;
}
static void g_ramp(size_t n, const double *x, double *g) {
    g[0] = fabs(x[0]) < 2.5 ? 0.2 : 0;
}

typedef struct family {
    const char *name;
    size_t n;
    function f;
    slopes g;
    double missing; /* part of the entries that may lie outside: where a part of the sum is exact,
                       one table of differences in twenty sees nothing of the other, and what tells
                       then is a little less than certain, too */
} family;

static const family families[] = {
    {"a^2 + 25 in float", 1, f_square, g_square, 0},
    {"squares in float", MOST, f_squares, g_squares, 0},
    {"dot product in float", MOST, f_dot, g_dot, 0},
    {"log-sum-exp in float", MOST, f_lse, g_lse, 0},
    {"sines in float", MOST, f_sines, g_sines, 0},
    {"kept in float", 2, f_kept, g_kept, 0},
    {"rosenbrock in float", 2, f_rosenbrock, g_rosenbrock, 0},
    {"float and decay", 3, f_decay, g_decay, 0},
    {"float and little decay", 3, f_little_decay, g_little_decay, 0},
    {"float and much decay", 3, f_much_decay, g_much_decay, 0},
    {"float and double", MOST, f_half_sines, g_half_sines, 0.015},
    {"six digits", 2, f_digits, g_kept, 0.05}, /* at the widest scale some are 0 all around */
    {"four digits", 2, f_few_digits, g_kept, 0.05},
    {"steps", 1, f_steps, g_steps, 0},
    {"count", 1, f_ramp, g_ramp, 0.02}, /* beside its ends, where it is flat */
};

typedef struct tally {
    int entries, covered, within, loose; /* loose: the bar says nothing */
    double worst;
    unsigned long long evaluations;
} tally;

static void look(const family *which, double scale, uint64_t seed, tw_diff_method method,
                 tally *t) {
    double x[MOST], g[MOST], bars[MOST], truth[MOST];
    tw_rng_fill_normal(seed, 1, 0, which->n, x);
    for (size_t i = 0; i < which->n; i++)
        x[i] *= scale;
    tw_objective *f = NULL;
    assert_ok(tw_objective_from_function(which->f, NULL, which->n, &f));
    tw_diff_options options = {.method = method, .bars = bars};
    tw_diff_report report;
    assert_ok(tw_diff_gradient(f, x, &options, g, &report));
    which->g(which->n, x, truth);
    for (size_t i = 0; i < which->n; i++) {
        double off = fabs(g[i] - truth[i]);
        int within = off <= 3 * bars[i] + 1e-10 * fabs(truth[i]);
        t->entries++;
        t->covered += off <= bars[i];
        t->within += within;
        t->loose += !(bars[i] < fabs(truth[i]));
        t->worst = fmax(t->worst, off / bars[i]);
        if (!within)
            print_message("%s, scale %g, seed %d: x_%zu = %.17g: %.10g +- %.2g, truth %.10g, %.1f "
                          "bars\n",
                          which->name, scale, (int)seed, i, x[i], g[i], bars[i], truth[i],
                          off / bars[i]);
    }
    t->evaluations += report.evaluations;
    tw_objective_free(f);
}

static void coarse_functions(void **state) {
    for (size_t k = 0; k < sizeof families / sizeof families[0]; k++)
        for (int m = TW_DIFF_LADDER; m <= TW_DIFF_ROBUST; m++) {
            const family *which = &families[k];
            tally t = {0};
            uint64_t seeds = which->n == 1 ? 60 : which->n < 10 ? 20 : 2;
            for (uint64_t seed = 1; seed <= seeds; seed++)
                for (double scale = 0.01; scale <= 10; scale *= 10)
                    look(which, scale, seed, m, &t);
            print_message("%-22s %-7s %3d of %3d covered, %d within three, worst %.2g bars, %d as "
                          "wide as the slope, %.1f evaluations\n",
                          which->name, tw_diff_method_name(m), t.covered, t.entries, t.within,
                          t.worst, t.loose, (double)t.evaluations / t.entries);
            assert_true(t.entries - t.within <= which->missing * t.entries);
            int step_function = which->f == f_steps || which->f == f_ramp;
            assert_true(t.covered >= 0.9 * t.entries);
            assert_true(step_function || t.loose <= 0.3 * t.entries);
        }
}

/* rint(100 x): 0 on every plateau, 100 in the mean, and both within the bar. */
static void step_functions(void **state) {
    tw_objective *f = NULL;
    assert_ok(tw_objective_from_function(f_steps, NULL, 1, &f));
    for (double x = 0.0317; x < 1; x += 0.0317)
        for (int m = TW_DIFF_LADDER; m <= TW_DIFF_ROBUST; m++) {
            double g, bar;
            tw_diff_options options = {.method = m, .bars = &bar};
            assert_ok(tw_diff_gradient(f, &x, &options, &g, NULL));
            if (!(fabs(g - 100) <= bar && fabs(g) <= bar && bar <= 1000))
                fail_msg("x = %g: %g +- %g", x, g, bar);
        }
    tw_objective_free(f);
}

/* ---- one point each ---- */

#define POINT(name, formula)                                                                       \
    static double name(double x) {                                                                 \
        return formula;                                                                            \
    }
POINT(p_series, (exp(x) - 1 - x) / x)
POINT(p_cosine, (1 - cos(x)) / (x * x))
POINT(p_log1, log(1 + x))
POINT(p_roots, sqrt(x + 1) - sqrt(x))
POINT(p_offset, (x + 1e8) - 1e8 + x * x)
POINT(p_entropy, x *log(x))
POINT(p_acos, acos(x))
POINT(p_log, log(x))
POINT(p_sqrt, sqrt(x))
POINT(p_inverse, 1 / x)
POINT(p_tan, tan(x))
POINT(p_atanh, atanh(x))
POINT(p_circle, sqrt(1 - x * x))
POINT(p_huge, 1e300 * sin(x))
POINT(p_large, 1e308 * x)
POINT(p_tiny, 1e-300 * sin(x))
POINT(p_exp, exp(x))
POINT(p_both, x *log(x) + (1 - x) * log(1 - x))
POINT(p_sinc, sin(x) / x)
POINT(p_power, pow(x, x))

typedef struct point_case {
    const char *name;
    double (*f)(double x);
    double x, slope;
    double widest; /* part of the slope that the bar may be; 0: 1e-4 */
} point_case;

static double at_point(size_t n, const double *x, void *user) {
    return ((const point_case *)user)->f(x[0]);
}

static void look_at(point_case one, tw_diff_method m) {
    if (one.f == p_tan)
        one.slope = 1 + tan(one.x) * tan(one.x);
    if (one.f == p_roots) {
        double a = sqrt(one.x), b = sqrt(one.x + 1);
        one.slope = -0.5 / (a * b * (a + b));
    }
    tw_objective *f = NULL;
    double g, bar;
    assert_ok(tw_objective_from_function(at_point, &one, 1, &f));
    tw_point_class class;
    tw_diff_options options = {.method = m, .bars = &bar, .classes = &class};
    tw_diff_report report;
    assert_ok(tw_diff_gradient(f, &one.x, &options, &g, &report));
    double off = fabs(g - one.slope);
    print_message("%-18s %-7s x %-12.6g %.10g +- %.2g, off %.2g, %.2g bars, step %.2g, %s, "
                  "%llu\n",
                  one.name, tw_diff_method_name(m), one.x, g, bar, off / fabs(one.slope), off / bar,
                  report.step, tw_point_class_name(class), report.evaluations);
    assert_true(off <= bar && isfinite(bar));
    assert_true(bar < (one.widest > 0 ? one.widest : 1e-4) * fabs(one.slope));
    tw_objective_free(f);
}

static void hard_points(void **state) {
    const point_case cases[] = {
        {"(e^x-1-x)/x", p_series, 1e-5, 0.5 + 1e-5 / 3 + 1e-10 / 8},
        {"(e^x-1-x)/x", p_series, 1e-3, 0.5 + 1e-3 / 3 + 1e-6 / 8 + 1e-9 / 30},
        {"(1-cos x)/x^2", p_cosine, 1e-4, -1e-4 / 12, 1e-2},
        {"(1-cos x)/x^2", p_cosine, 1e-6, -1e-6 / 12, INFINITY},
        {"log(1+x)", p_log1, 1e-10, 1 / (1 + 1e-10)},
        {"log(1+x)", p_log1, 1e-7, 1 / (1 + 1e-7)},
        {"sqrt(x+1)-sqrt(x)", p_roots, 1e8, -2.499999990625e-13 * 0.9999999906},
        {"offset", p_offset, 0.3, 1.6},
        {"p log p", p_entropy, 1e-10, log(1e-10) + 1},
        {"p log p", p_entropy, 1e-20, log(1e-20) + 1},
        {"p log p", p_entropy, 1e-5, log(1e-5) + 1},
        {"entropy", p_both, 1e-10, log(1e-10) - log1p(-1e-10)},
        {"entropy", p_both, 1 - 0x1p-33, log1p(-0x1p-33) - log(0x1p-33)},
        {"acos", p_acos, 1 - 1e-10, -1 / sqrt((1 - (1 - 1e-10)) * (1 + (1 - 1e-10)))},
        {"acos", p_acos, 1 - 0x1p-40, -1 / sqrt(0x1p-40 * (2 - 0x1p-40)), 0.1},
        {"acos", p_acos, 1 - 0x1p-50, -1 / sqrt(0x1p-50 * (2 - 0x1p-50)), 0.5},
        {"log", p_log, 1e-18, 1e18},
        {"log", p_log, 1e-8, 1e8},
        {"log", p_log, 1e-100, 1e100},
        {"log", p_log, 1e-300, 1e300},
        {"sqrt", p_sqrt, 1e-12, 0.5e6},
        {"sqrt", p_sqrt, 1e-30, 0.5e15},
        {"1/x", p_inverse, 1e-10, -1e20},
        {"1/x", p_inverse, -1e-12, -1e24},
        {"tan", p_tan, 1.5707963, 0},
        {"atanh", p_atanh, 1 - 0x1p-30, 1 / (0x1p-30 * (2 - 0x1p-30))},
        {"circle", p_circle, 1 - 0x1p-40, -(1 - 0x1p-40) / sqrt(0x1p-40 * (2 - 0x1p-40)), 0.1},
        {"1e300 sin", p_huge, 1, 1e300 * cos(1)},
        {"1e300 sin", p_huge, 0, 1e300},
        {"1e308 x", p_large, 0.5, 1e308},
        {"1e308 x", p_large, 1.7, 1e308},
        {"1e-300 sin", p_tiny, 1, 1e-300 * cos(1)},
        {"exp", p_exp, 709, exp(709)},
        {"exp", p_exp, 709.7, exp(709.7)},
        {"exp", p_exp, -700, exp(-700)},
        {"exp", p_exp, -740, exp(-740), 1.1},
        {"sin x/x", p_sinc, 1e-6, -1e-6 / 3},
        {"x^x", p_power, 1e-6, pow(1e-6, 1e-6) * (log(1e-6) + 1)},
    };
    for (size_t k = 0; k < sizeof cases / sizeof cases[0]; k++)
        for (int m = TW_DIFF_LADDER; m <= TW_DIFF_ROBUST; m++)
            look_at(cases[k], m);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(coarse_functions),
        cmocka_unit_test(step_functions),
        cmocka_unit_test(hard_points),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
