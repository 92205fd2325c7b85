/* The derivative with an error bar: 27 functions with known slopes, bare, with noise put in and in
 * single precision; points that are not smooth; bounds. */
#include <math.h>

#include "support.h"

static double f_exp100(double x) {
    return exp(100 * x);
}
static double f_quartic(double x) {
    return x * x * x * x + 3 * x * x - 10 * x;
}
static double f_cubic(double x) {
    return 1e4 * x * x * x + .01 * x * x + 5 * x;
}
static double f_exp4(double x) {
    return exp(4 * x);
}
static double f_expsq(double x) {
    return exp(x * x);
}
static double f_sqlog(double x) {
    return x * x * log(x);
}
static double f_pole(double x) {
    return exp(x) / (sin(x) - x * x);
}
static double f_inverse(double x) {
    return 1 / x;
}
static double f_power(double x) {
    return pow(x, 1.5);
}
static double f_lyness(double x) {
    return exp(x) / (pow(sin(x), 3) + pow(cos(x), 3));
}
static double f_sininv(double x) {
    return sin(1 / x);
}
static double f_fast(double x) {
    return sin(x * x + 1e6 * x);
}
static double f_gauss(double x) {
    return exp(-x * x);
}
static double f_cos10(double x) {
    return cos(10 * x);
}
static double f_square(double x) {
    return x * x;
}
static double f_cancel(double x) {
    return 1e6 + sin(x);
}
static double f_slow(double x) {
    return exp(-1e-6 * x);
}
static double f_gmsw(double x) {
    double a = exp(x) - 1, b = 1 / sqrt(1 + x * x) - 1;
    return a * a + b * b;
}
static double f_shi(double x) {
    return (exp(x) - 1) * (exp(x) - 1);
}

typedef struct problem {
    double (*f)(double);
    double x, slope;
} problem;
static const problem problems[] = {
    {exp, 1, 2.7182818284590451},
    {f_exp100, .01, 271.82818284590451},
    {sin, 1, 0.54030230586813977},
    {f_quartic, .99999, -1.7999880000318081e-4},
    {log, 1, 1},
    {f_cubic, 1e-9, 5.0000000000200302},
    {log, 1e-3, 1000},
    {f_exp4, 1, 218.39260013257694},
    {sqrt, 1, 0.5},
    {f_expsq, 1, 5.4365636569180902},
    {atan, .5, 0.8},
    {f_sqlog, 1, 1},
    {f_inverse, 1, -1},
    {f_inverse, 10, -0.01},
    {f_pole, 1, 140.73773557129661},
    {f_power, .1, 0.47434164902525694},
    {f_lyness, 1.5, 3.6220337007163259},
    {f_sininv, .45, 2.9941773944386925},
    {f_fast, 0.78539816339744828, 815705.79874537897},
    {f_gauss, .5, -0.77880078307140488},
    {f_cos10, 1, 5.4402111088936982},
    {f_square, 0, 0},
    {f_cancel, 1, 0.54030230586813977},
    {f_slow, 1, -9.999990000005001e-7},
    {sin, 1e6, 0.93675212753314474},
    {f_gmsw, 1, 9.5486553221297576},
    {f_shi, -8, -6.7070018545558512e-4},
};
enum { PROBLEMS = sizeof problems / sizeof problems[0] };

typedef struct probe {
    double (*f)(double);
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
    *value = p->f(x);
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
    double errors[PROBLEMS];
    for (int k = 0; k < PROBLEMS; k++) {
        probe p = {problems[k].f, problems[k].x, noise, single, length};
        double truth = problems[k].slope;
        if (single) { /* at the rounded point, by the double function */
            probe exact = {p.f, (double)(float)p.at, 0, 0, 0};
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
    qsort(errors, PROBLEMS, sizeof errors[0], ascending);
    s.median = errors[PROBLEMS / 2];
    s.worst = errors[PROBLEMS - 1];
    print_message("below 1e-6: %d, 1e-9: %d, covered %d of %d; median %.2g, worst %.2g; at most "
                  "%d evaluations\n",
                  s.six, s.nine, s.covered, PROBLEMS, s.median, s.worst, s.most_evaluations);
    return s;
}

static void known_slopes(void **state) {
    score s = solve_all(0, 0, 0, (tw_derivative_options){0});
    assert_int_equal(s.six, PROBLEMS);
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
    double slopes[] = {815705.79874537897, 0.93675212753314474};
    for (int k = 0; k < 3; k++) {
        probe p = {k == 2 ? sin : f_fast, k == 2 ? 1e6 : 0.78539816339744828, 0, k > 0, 0};
        double truth = slopes[k == 2];
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
        double (*f)(double);
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
        {"1e6+sin", f_cancel, 0, TW_POINT_UNDETERMINED, 1, 1, 1, 0},
        {"linear", k_linear, 0, TW_POINT_UNDETERMINED, 3, 3, 3, 0},
        {"t|t|", k_odd, 0, TW_POINT_FRACTIONAL, 1, 1, 1, 0},
    };
    int wrong = 0;
    for (size_t k = 0; k < sizeof cases / sizeof cases[0]; k++) {
        probe p = {cases[k].f, 0, cases[k].noise, 0, 0};
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
    probe p = {k_arc, 1 - 0x1p-10, 0, 0, 0};
    tw_derivative_options options = {.at = p.at};
    tw_derivative d;
    assert_ok(tw_derivative_scalar(probe_value, &p, &options, &d));
    assert_close(d.value, -16, 1e-9, 0);
    assert_true(d.flags & TW_DERIVATIVE_DOMAIN);
    p = (probe){k_half, 0, 0, 0}; /* NaN to the left of 0 */
    assert_ok(tw_derivative_scalar(probe_value, &p, NULL, &d));
    assert_close(d.value, 2, 1e-2, 0);
    assert_true(d.flags & TW_DERIVATIVE_ONE_SIDED);
    p = (probe){log, 0, 0, 0};
    assert_fails(TW_ERR_ARGUMENT, "the value is -inf",
                 tw_derivative_scalar(probe_value, &p, NULL, &d));
    p = (probe){exp, 0, 0, 0};
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
