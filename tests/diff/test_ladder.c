/* The derivative with an error bar: 27 functions with known slopes, bare, with noise put in and in
 * single precision; points that are not smooth; bounds. */
#include <math.h>

#include "slope_problems.h"
#include "support.h"

typedef double (*scalar)(double x);

typedef struct probe {
    scalar f; /* NULL: the problem of that number */
    int problem;
    double at;
    double noise;  /* relative */
    int single;    /* rounded to float before and after */
    double length; /* over which the noise is correlated; 0: white; ALL_LENGTHS: the mixture */
} probe;

static double white(double x) {
    uint64_t bits;
    memcpy(&bits, &x, sizeof bits);
    return 2 * tw_rng_uniform(11, 1, bits) - 1;
}

/* Random numbers at the multiples of `length`, joined smoothly. */
static double joined(double x, double length) {
    double below = floor(x / length), part = x / length - below;
    double weight = part * part * (3 - 2 * part);
    return (1 - weight) * white(below) + weight * white(below + 1);
}

static const double lengths[] = {2e-8, 3e-7, 5e-6, 8e-5};
enum { LENGTHS = 4, ALL_LENGTHS = 2 };

static double correlated(double x, double length) {
    if (length != ALL_LENGTHS)
        return joined(x, length);
    double sum = 0;
    for (int k = 0; k < LENGTHS; k++)
        sum += joined(x, lengths[k]);
    return sum / 2; /* as large as one of them */
}

static tw_status probe_value(void *user, double t, double *value) {
    const probe *p = user;
    double x = p->at + t;
    if (p->single)
        x = (double)(float)x;
    *value = p->f != NULL ? p->f(x) : tw_slope_value(p->problem, x);
    if (p->single)
        *value = (double)(float)*value;
    if (p->noise > 0)
        *value *= 1 + p->noise * (p->length > 0 ? correlated(x, p->length) : white(x));
    return TW_OK;
}

typedef struct score {
    int six, nine, covered, most_evaluations;
    double median, worst;
} score;

static int ascending(const void *a, const void *b) {
    return (*(const double *)a > *(const double *)b) - (*(const double *)a < *(const double *)b);
}

static score solve_all(double noise, double length, int single, tw_derivative_options options) {
    score s = {0};
    double errors[SLOPE_PROBLEMS];
    for (int k = 0; k < SLOPE_PROBLEMS; k++) {
        probe p = {NULL, k, slope_problems[k].x, noise, single, length};
        double truth = slope_problems[k].slope;
        if (single) { /* at the rounded point, by the double function */
            probe exact = {.problem = k, .at = (double)(float)p.at};
            tw_derivative d;
            options.at = p.at = exact.at;
            options.scale = fabs(p.at) < 1e-8 ? 1 : fabs(p.at);
            tw_derivative_options plain = {.at = p.at, .scale = options.scale};
            assert_ok(tw_derivative_scalar(probe_value, &exact, &plain, &d));
            truth = d.value;
        }
        options.at = p.at;
        options.scale = fabs(p.at) < 1e-8 ? 1 : fabs(p.at);
        tw_derivative d;
        assert_ok(tw_derivative_scalar(probe_value, &p, &options, &d));
        double error = fabs(d.value - truth);
        errors[k] = truth != 0 ? error / fabs(truth) : error;
        s.six += errors[k] < 1e-6;
        s.nine += errors[k] < 1e-9;
        s.covered += error <= d.error;
        if ((int)d.evaluations > s.most_evaluations)
            s.most_evaluations = (int)d.evaluations;
        if (getenv("TW_TEST_VERBOSE") != NULL)
            print_message("%2d x %-8g off %.2g bar %.2g step %g order %d evaluations %u flags %u "
                          "%s kink %g\n",
                          k, p.at, errors[k], d.error / fabs(truth), d.step, d.order, d.evaluations,
                          d.flags, tw_point_class_name(d.point_class), d.kink);
    }
    qsort(errors, SLOPE_PROBLEMS, sizeof errors[0], ascending);
    s.median = errors[SLOPE_PROBLEMS / 2];
    s.worst = errors[SLOPE_PROBLEMS - 1];
    print_message("below 1e-6: %d, 1e-9: %d, covered %d of %d; median %.2g, worst %.2g; at most "
                  "%d evaluations\n",
                  s.six, s.nine, s.covered, SLOPE_PROBLEMS, s.median, s.worst, s.most_evaluations);
    return s;
}

static void known_slopes(void **state) {
    score s = solve_all(0, 0, 0, (tw_derivative_options){0});
    assert_int_equal(s.six, SLOPE_PROBLEMS);
    assert_true(s.nine >= 26 && s.covered >= 26 && s.most_evaluations <= 50);
}

static void through_white_noise(void **state) {
    score s = solve_all(1e-9, 0, 0, (tw_derivative_options){.measure_noise = 1});
    assert_true(s.six >= 22 && s.covered >= 22 && s.worst < 1e-2);
}

/* Over 8e-5 alone the noise is a smooth function whose slope is 1e-5 of the value: what remains is
 * the slopes that are hardly more. */
static void through_correlated_noise(void **state) {
    for (int k = 0; k <= LENGTHS; k++) {
        double length = k < LENGTHS ? lengths[k] : ALL_LENGTHS;
        score s = solve_all(1e-9, length, 0, (tw_derivative_options){.measure_noise = 1});
        assert_true(s.six >= 22 && s.covered >= 20 && s.worst < (length == 8e-5 ? 5e-2 : 1e-2));
    }
}

static void single_precision(void **state) {
    score s = solve_all(0, 0, 1, (tw_derivative_options){.measure_noise = 1, .unit = 0x1p-23});
    assert_true(s.median <= 2e-6 && s.covered >= 26);
}

/* sin(x^2 + 1e6 x) rounds its argument by 1e-10, and turns faster than the wide steps see; in
 * single precision sin(1e6) does, too. */
static void bars_of_fast_oscillations(void **state) {
    for (int k = 0; k < 3; k++) {
        int problem = k < 2 ? SLOPE_FAST : SLOPE_FAR_SINE;
        probe p = {.problem = problem, .at = slope_problems[problem].x, .single = k > 0};
        double truth = slope_problems[problem].slope;
        if (k == 1) {
            p.at = (double)(float)p.at;
            truth = (2 * p.at + 1e6) * cos(p.at * p.at + 1e6 * p.at);
        }
        tw_derivative_options options = {
            .at = p.at, .scale = p.at, .unit = k > 0 ? 0x1p-23 : 0, .measure_noise = k > 0};
        tw_derivative d;
        assert_ok(tw_derivative_scalar(probe_value, &p, &options, &d));
        assert_true(fabs(d.value - truth) <= d.error);
        assert_true(d.error < (k > 0 ? 1 : 1e-6) * fabs(truth)); /* and it says something */
        assert_int_equal((d.flags & TW_DERIVATIVE_ALIASED) != 0, k > 0);
    }
}

static double k_abs(double t) {
    return fabs(t) + exp(t);
}
static double k_cancel(double t) {
    return tw_slope_value(SLOPE_CANCEL, t);
}
static double k_relu(double t) {
    return fmax(t, 0) + sin(t);
}
static double k_leaky(double t) {
    return fmax(0.01 * t, t);
}
static double k_min(double t) {
    return fmin(t * t, t);
}
static double k_near(double t) {
    return fabs(t - 1e-4) + exp(t);
}
static double k_step(double t) {
    return (t >= 0) + exp(t);
}
static double k_stairs(double t) {
    return floor(3 * t) / 3;
}
static double k_holder(double t) {
    return pow(fabs(t), 1.5) + exp(t);
}
static double k_softplus(double t) {
    double z = t / 1e-6;
    return 1e-6 * (fmax(z, 0) + log1p(exp(-fabs(z))));
}
static double k_linear(double t) {
    return 3 * t + 1;
}
static double k_odd(double t) {
    return t * fabs(t) + exp(t);
}

static void points_are_told_apart(void **state) {
    static const struct {
        const char *name;
        scalar f;
        double noise;
        tw_point_class expected;
        double slope, left, right, kink;
    } cases[] = {
        {"exp", exp, 0, TW_POINT_SMOOTH, 1, 1, 1, 0},
        {"atan", atan, 0, TW_POINT_UNDETERMINED, 1, 1, 1, 0},
        {"|t|", k_abs, 0, TW_POINT_KINK, 1, 0, 2, 0},
        {"relu", k_relu, 0, TW_POINT_KINK, 1.5, 1, 2, 0},
        {"leaky", k_leaky, 0, TW_POINT_KINK, 0.505, 0.01, 1, 0},
        {"min", k_min, 0, TW_POINT_KINK, 0.5, 1, 0, 0},
        {"near", k_near, 0, TW_POINT_SMOOTH, 0, 0, 0, 1e-4},
        {"step", k_step, 0, TW_POINT_JUMP, NAN, 0, 0, 0},
        {"stairs", k_stairs, 0, TW_POINT_JUMP, NAN, 0, 0, 0},
        {"|t|^1.5", k_holder, 0, TW_POINT_FRACTIONAL, 1, 1, 1, 0},
        {"softplus", k_softplus, 0, TW_POINT_SMOOTH, 0.5, 0.5, 0.5, 1e-6},
        {"noise", exp, 1e-7, TW_POINT_NOISE, NAN, 0, 0, 0},
        {"1e6+sin", k_cancel, 0, TW_POINT_UNDETERMINED, 1, 1, 1, 0},
        {"linear", k_linear, 0, TW_POINT_UNDETERMINED, 3, 3, 3, 0},
        {"t|t|", k_odd, 0, TW_POINT_FRACTIONAL, 1, 1, 1, 0},
    };
    int wrong = 0;
    for (size_t k = 0; k < sizeof cases / sizeof cases[0]; k++) {
        probe p = {.f = cases[k].f, .noise = cases[k].noise};
        tw_derivative d;
        assert_ok(tw_derivative_scalar(probe_value, &p, NULL, &d));
        int right = d.point_class == cases[k].expected;
        if (!isnan(cases[k].slope))
            right = right && fabs(d.value - cases[k].slope) < 1e-3 &&
                    fabs(d.left - cases[k].left) < 1e-3 && fabs(d.right - cases[k].right) < 1e-3 &&
                    fabs(d.value - cases[k].slope) <= d.error;
        right = right &&
                (cases[k].kink == 0 ? d.kink == 0
                                    : d.kink > cases[k].kink / 12 && d.kink < cases[k].kink * 12);
        if (!right)
            print_message("%s: %s, slope %.8g +- %.2g, sides %.8g %.8g, kink %g, flags %u, %u "
                          "evaluations\n",
                          cases[k].name, tw_point_class_name(d.point_class), d.value, d.error,
                          d.left, d.right, d.kink, d.flags, d.evaluations);
        wrong += !right;
    }
    assert_int_equal(wrong, 0);
}

static tw_status bounded(void *user, double t, double *value) {
    const double *limits = user;
    assert_true(t >= limits[0] && t <= limits[1]);
    *value = exp(1 + t);
    return TW_OK;
}

static void bounds_are_kept(void **state) {
    double cases[][2] = {{0, 5}, {-3, 0}, {-1e-3, 1}, {-1e-9, 0.25}, {-1e-3, 1e-3}};
    for (int k = 0; k < 5; k++)
        for (int noisy = 0; noisy < 2; noisy++) {
            tw_derivative_options options = {
                .lower = cases[k][0], .upper = cases[k][1], .measure_noise = noisy};
            tw_derivative d;
            assert_ok(tw_derivative_scalar(bounded, cases[k], &options, &d));
            assert_close(d.value, exp(1), 1e-8, 0);
            assert_true(fabs(d.value - exp(1)) <= d.error);
            assert_int_equal((d.flags & TW_DERIVATIVE_ONE_SIDED) != 0, k == 0 || k == 1 || k == 3);
        }
}

static double k_arc(double x) {
    return sqrt(1 - x);
}
static double k_half(double x) {
    return x * sqrt(x) + 2 * x;
}

static void domains_failures_and_limits(void **state) {
    probe p = {.f = k_arc, .at = 1 - 0x1p-10};
    tw_derivative_options options = {.at = p.at};
    tw_derivative d;
    assert_ok(tw_derivative_scalar(probe_value, &p, &options, &d));
    assert_close(d.value, -16, 1e-9, 0);
    assert_true(d.flags & TW_DERIVATIVE_DOMAIN);
    p = (probe){.f = k_half}; /* NaN to the left of 0 */
    assert_ok(tw_derivative_scalar(probe_value, &p, NULL, &d));
    assert_close(d.value, 2, 1e-2, 0);
    assert_true(d.flags & TW_DERIVATIVE_ONE_SIDED);
    p = (probe){.f = log};
    assert_fails(TW_ERR_NOT_FINITE, "the value is -inf",
                 tw_derivative_scalar(probe_value, &p, NULL, &d));
    p = (probe){.f = exp};
    options = (tw_derivative_options){.max_evaluations = 9};
    assert_ok(tw_derivative_scalar(probe_value, &p, &options, &d));
    assert_true(d.evaluations <= 9 && (d.flags & TW_DERIVATIVE_EVALUATIONS));
    assert_true(fabs(d.value - 1) <= d.error && d.error < 1e-3);
    options = (tw_derivative_options){.lower = 1, .upper = 2};
    assert_fails(TW_ERR_ARGUMENT, "must lie within",
                 tw_derivative_scalar(probe_value, &p, &options, &d));
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(known_slopes),
        cmocka_unit_test(through_white_noise),
        cmocka_unit_test(through_correlated_noise),
        cmocka_unit_test(single_precision),
        cmocka_unit_test(bars_of_fast_oscillations),
        cmocka_unit_test(points_are_told_apart),
        cmocka_unit_test(bounds_are_kept),
        cmocka_unit_test(domains_failures_and_limits),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
