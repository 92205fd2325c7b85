/* The sweep of the step: against closed forms, and the steps of others against their formulas. */
#include <math.h>

#include "support.h"

enum { FORWARD = TW_SCHEME_FORWARD, CENTRAL = TW_SCHEME_CENTRAL };

static tw_objective *objective_of(tw_function function, size_t n) {
    tw_objective *f = NULL;
    assert_ok(tw_objective_from_function(function, NULL, n, &f));
    return f;
}

/* Sweeps a function of one number. */
static void sweep_of(tw_function function, double x, const tw_sweep_options *options,
                     tw_sweep *sweep) {
    tw_objective *f = objective_of(function, 1);
    double kept = x;
    assert_ok(tw_diff_sweep(f, &x, NULL, 0, options, sweep));
    assert_true(x == kept);
    tw_objective_free(f);
}

static double exponential(size_t n, const double *x, void *user) {
    return exp(x[0]);
}

/* exp at 1, where all derivatives are e. */
static void exp_at_one(void **state) {
    tw_sweep s;
    double e = exp(1);
    sweep_of(exponential, 1, NULL, &s);
    assert_int_equal(s.count, 45);
    assert_int_equal(s.outside + s.not_finite + s.unmoved, 0);
    assert_close(s.reference, e, 1e-13, 0);
    assert_true(fabs(s.reference - e) <= 3 * s.bar && s.bar < 1e-12 && isnan(s.analytic));
    for (size_t k = 0; k < s.count; k++) {
        double h = s.steps[k].h, noise = 3 * 0x1p-52 * e / h;
        assert_true(h == ldexp(1, -1 - (int)k));
        /* (e^h - 1) / h - 1 and sinh(h) / h - 1, times e */
        double forward = h > 1e-4 ? e * (expm1(h) / h - 1) : e * (h / 2 + h * h / 6);
        double central = h > 1e-2 ? e * (sinh(h) / h - 1) : e * (h * h / 6 + pow(h, 4) / 120);
        assert_close(s.steps[k].error[FORWARD], forward, 1e-9, noise + 3 * s.bar);
        assert_close(s.steps[k].error[CENTRAL], central, 1e-9, noise + 3 * s.bar);
        assert_close(s.steps[k].difference[FORWARD], e + forward, 0, noise);
        assert_close(s.steps[k].difference[CENTRAL], e + central, 0, noise);
    }
    double eps = 1e-16 * e;
    for (int scheme = 0; scheme < 2; scheme++) {
        tw_sweep_fit *fit = &s.fit[scheme];
        assert_true(fit->noise > eps / 4 && fit->noise < eps * 4 && fit->noise_steps > 8);
        assert_close(fit->order, scheme + 1, 0.05, 0);
        assert_close(fit->derivative, e, 0.05, 0);
        double step = scheme ? cbrt(3 * eps / e) : 2 * sqrt(eps / e);
        double error = scheme ? cbrt(9) / 2 * pow(eps, 2 / 3.0) * cbrt(e) : 2 * sqrt(eps * e);
        assert_true(fit->step > step / 4 && fit->step < step * 4);
        assert_true(fit->error > error / 4 && fit->error < error * 4);
        assert_true(s.steps[fit->best].error[scheme] <= fit->error);
    }
    assert_true(s.noise == s.fit[CENTRAL].noise);
    char text[200];
    assert_string_equal(tw_sweep_explain(&s, text, sizeof text), "");
    tw_sweep_release(&s);
    assert_null(s.steps);
    tw_sweep_release(&s);
    tw_sweep_release(NULL);
}

/* What a framework computes, written out once more. */
static double framework(const char *name, double x, double *h) {
    double size = fmax(1, fabs(x)), eps = 0x1p-52, s;
    if (strcmp(name, "SciPy 2-point") == 0) {
        *h = copysign(sqrt(eps) * size, x);
        volatile double moved = x + *h;
        return (exp(moved) - exp(x)) / (moved - x);
    }
    if (strcmp(name, "SciPy 3-point") == 0) {
        *h = cbrt(eps) * size;
        volatile double up = x + *h, down = x - *h;
        return (exp(up) - exp(down)) / (up - down);
    }
    if (strcmp(name, "Stan") == 0) {
        *h = s = pow(eps, 1.0 / 7) * size;
        return (exp(x + 3 * s) - 9 * exp(x + 2 * s) + 45 * exp(x + s) - exp(x - 3 * s) +
                9 * exp(x - 2 * s) - 45 * exp(x - s)) /
               (60 * s);
    }
    *h = strcmp(name, "Ipopt") == 0        ? 1e-8 * size
         : strncmp(name, "CS231n", 6) == 0 ? 1e-5
         : strcmp(name, "PyTorch") == 0    ? 1e-6
         : strcmp(name, "Ceres") == 0      ? fmax(1e-6 * fabs(x), sqrt(eps))
         : strcmp(name, "JAX") == 0        ? 1e-4
                                           : 1e-3;
    if (strcmp(name, "Ipopt") == 0 || strcmp(name, "CS231n forward") == 0)
        return (exp(x + *h) - exp(x)) / *h;
    return (exp(x + *h) - exp(x - *h)) / (2 * *h);
}

static void steps_of_frameworks(void **state) {
    static const double points[] = {1, -2.7, 0.001, 13};
    for (size_t p = 0; p < 4; p++) {
        tw_sweep s;
        double x = points[p];
        sweep_of(exponential, x, NULL, &s);
        assert_int_equal(s.mark_count, 10);
        for (size_t m = 0; m < s.mark_count; m++) {
            tw_sweep_mark *mark = &s.marks[m];
            double h, value = framework(mark->rule->name, x, &h);
            assert_close(mark->h, h, 1e-14, 0);
            /* the same sums: only Stan's step is not the same to the last bit */
            double rounding = mark->rule->scheme == TW_SCHEME_SIXTH ? 8 * 0x1p-52 / h : 0;
            assert_close(mark->difference, value, 1e-15, rounding * exp(x));
            assert_close(mark->error, fabs(mark->difference - exp(x)), 0, 3 * s.bar);
        }
        assert_true(s.ladder_error == s.bar && s.ladder.step > 0);
        tw_sweep_release(&s);
    }
    /* the errors at 1 that the same rules gave in an earlier, separate program */
    tw_sweep s;
    double e = exp(1);
    sweep_of(exponential, 1, NULL, &s);
    assert_close(s.marks[0].error / e, 1.3e-8, 0.05, 0);  /* SciPy 2-point */
    assert_close(s.marks[1].error / e, 2.4e-9, 0.05, 0);  /* Ipopt */
    assert_close(s.marks[5].error / e, 6.0e-11, 0.05, 0); /* PyTorch */
    assert_close(s.marks[7].error / e, 1.7e-9, 0.05, 0);  /* JAX */
    assert_true(s.marks[3].error / e < 1e-11 && s.marks[9].error / e < 1e-13);
    tw_sweep_release(&s);
    assert_null(tw_step_rule_at(10));
    assert_string_equal(tw_scheme_name(TW_SCHEME_SIXTH), "order 6");
}

/* A number in -1 ... 1 from the bits of x. */
static double hash(double x) {
    uint64_t bits;
    memcpy(&bits, &x, sizeof bits);
    bits = (bits ^ bits >> 30) * 0xbf58476d1ce4e5b9u;
    bits = (bits ^ bits >> 27) * 0x94d049bb133111ebu;
    return (double)(bits ^ bits >> 31) / 0x1p63 - 1;
}

static double noisy(size_t n, const double *x, void *user) {
    return exp(x[0]) + 1e-9 * hash(x[0]);
}

/* Values with noise of 1e-9, uniform: a standard deviation of 5.8e-10. */
static void noise_found(void **state) {
    for (int k = 0; k < 8; k++) {
        tw_sweep s;
        double x = 1 + 0.01 * k, eps = 1e-9 / sqrt(3);
        sweep_of(noisy, x, NULL, &s);
        for (int scheme = 0; scheme < 2; scheme++) {
            tw_sweep_fit *fit = &s.fit[scheme];
            assert_true(fit->noise > eps / 2.5 && fit->noise < eps * 2.5);
            assert_close(fit->derivative, exp(x), 0.2, 0);
            double step = scheme ? cbrt(3 * eps / exp(x)) : 2 * sqrt(eps / exp(x));
            assert_true(fit->step > step / 2.5 && fit->step < step * 2.5);
        }
        assert_true(s.ladder.noise > eps / 4 && s.ladder.noise < eps * 8);
        tw_sweep_release(&s);
    }
}

static double square(size_t n, const double *x, void *user) {
    return 3 * x[0] * x[0] - x[0];
}

static double line(size_t n, const double *x, void *user) {
    return 5 - 2 * x[0];
}

static double constant(size_t n, const double *x, void *user) {
    return 7;
}

static double even(size_t n, const double *x, void *user) {
    return cos(x[0]);
}

static double huge(size_t n, const double *x, void *user) {
    return sin(1e4 * x[0]);
}

/* Functions whose truncation is known: one term, or none. */
static void few_terms(void **state) {
    tw_sweep s;
    char text[200];
    sweep_of(square, 2, &(tw_sweep_options){.first = 1, .count = 20}, &s);
    for (size_t k = 0; k < s.count; k++) { /* sums and products are exact at these steps */
        assert_true(s.steps[k].difference[CENTRAL] == 11);
        assert_true(s.steps[k].difference[FORWARD] == 11 + 3 * s.steps[k].h);
    }
    assert_close(s.fit[FORWARD].derivative, 6, 1e-6, 0);
    assert_true(s.fit[CENTRAL].derivative == 0 && isnan(s.fit[CENTRAL].order));
    assert_true(isnan(s.fit[CENTRAL].step));
    tw_sweep_release(&s);
    sweep_of(line, 0.3, NULL, &s);
    assert_close(s.reference, -2, 1e-12, 0);
    assert_true(s.fit[FORWARD].derivative == 0 && s.fit[CENTRAL].derivative == 0);
    tw_sweep_release(&s);
    sweep_of(constant, 0.3, NULL, &s);
    assert_true(s.reference == 0 && s.fit[FORWARD].noise == 0 && s.noise == 0);
    for (size_t k = 0; k < s.count; k++)
        assert_true(s.steps[k].error[FORWARD] == 0 && s.steps[k].error[CENTRAL] == 0);
    assert_non_null(strstr(tw_sweep_explain(&s, text, sizeof text), "derivative of 0"));
    tw_sweep_release(&s);
    sweep_of(even, 0, NULL, &s); /* f' = f''' = 0, f'' = -1 */
    assert_true(fabs(s.reference) <= 3 * s.bar + 1e-15);
    assert_close(s.fit[FORWARD].derivative, 1, 0.05, 0);
    assert_true(s.fit[CENTRAL].derivative == 0);
    tw_sweep_release(&s);
    sweep_of(huge, 1, NULL, &s); /* wide steps tell nothing, narrow ones all */
    assert_close(s.reference, 1e4 * cos(1e4), 1e-8, 0);
    assert_close(s.fit[FORWARD].derivative, 1e8 * fabs(sin(1e4)), 0.1, 0);
    assert_close(s.fit[CENTRAL].derivative, 1e12 * fabs(cos(1e4)), 0.1, 0);
    tw_sweep_release(&s);
}

static double kinked(size_t n, const double *x, void *user) {
    return fabs(x[0]) + exp(x[0]);
}

static double step_up(size_t n, const double *x, void *user) {
    return (x[0] > 0) + sin(x[0]);
}

static double power(size_t n, const double *x, void *user) {
    return pow(fabs(x[0]), 1.5) + sin(x[0]);
}

static void odd_points(void **state) {
    tw_sweep s;
    char text[200];
    sweep_of(kinked, 0, NULL, &s); /* left 0, right 2 */
    assert_int_equal(s.ladder.point_class, TW_POINT_KINK);
    assert_close(s.reference, 1, 1e-9, 0);
    assert_close(s.left, 0, 0, 1e-9);
    assert_close(s.right, 2, 1e-9, 0);
    assert_true(s.bar < 1e-8);
    assert_close(s.steps[30].error[FORWARD], 1, 1e-6, 0);
    assert_close(s.fit[FORWARD].order, 0, 0, 0.1);
    assert_true(s.fit[FORWARD].derivative == 0);
    assert_close(s.fit[CENTRAL].derivative, 1, 0.1, 0);
    assert_non_null(
        strstr(tw_sweep_explain(&s, text, sizeof text), "derivative is 0 on the left, 2 on"));
    tw_sweep_release(&s);
    sweep_of(step_up, 0, NULL, &s);
    assert_int_equal(s.ladder.point_class, TW_POINT_JUMP);
    assert_true(s.noise == 0 && s.fit[FORWARD].noise == 0 && isnan(s.fit[CENTRAL].order));
    assert_non_null(strstr(tw_sweep_explain(&s, text, sizeof text), "a jump"));
    tw_sweep_release(&s);
    sweep_of(power, 0, NULL, &s);
    assert_close(s.fit[FORWARD].order, 0.5, 0, 0.1);
    assert_true(s.fit[FORWARD].derivative == 0);
    assert_non_null(strstr(tw_sweep_explain(&s, text, sizeof text), "not smooth"));
    tw_sweep_release(&s);
    char tiny[8];
    sweep_of(kinked, 0, NULL, &s);
    assert_int_equal(strlen(tw_sweep_explain(&s, tiny, sizeof tiny)), 7);
    tw_sweep_release(&s);
}

static double logarithm(size_t n, const double *x, void *user) {
    return log(x[0]);
}

static double root(size_t n, const double *x, void *user) {
    if (x[0] > 2)
        fail_msg("evaluated at %g, beyond the bound", x[0]);
    return x[0] * x[0] * x[0];
}

static double wall(size_t n, const double *x, void *user) {
    return x[0] > 1 ? INFINITY : x[0] * x[0];
}

static void bounds_and_domain(void **state) {
    tw_sweep s;
    sweep_of(logarithm, 0.01, &(tw_sweep_options){.scale = 1}, &s);
    assert_int_equal(s.not_finite, 6); /* h = 2^-1 ... 2^-6 >= 0.0156 */
    assert_true(isfinite(s.steps[0].difference[FORWARD]) && !s.backward);
    assert_true(isnan(s.steps[5].difference[CENTRAL]) && isnan(s.steps[5].error[CENTRAL]));
    assert_close(s.fit[FORWARD].derivative, 1e4, 0.05, 0);
    assert_close(s.fit[CENTRAL].derivative, 2e6, 0.05, 0);
    tw_sweep_release(&s);
    /* at the bound: the other side, nothing beyond */
    sweep_of(root, 2, &(tw_sweep_options){.lower = -5, .upper = 0}, &s);
    assert_true(s.backward && s.outside == s.count);
    assert_close(s.reference, 12, 1e-6, 0);
    assert_close(s.fit[FORWARD].derivative, 12, 0.05, 0);
    assert_true(s.fit[CENTRAL].best == SIZE_MAX && isnan(s.fit[CENTRAL].step));
    assert_true(s.marks[0].h < 0 && s.marks[0].error < 1e-5 && isnan(s.marks[3].error));
    tw_sweep_release(&s);
    sweep_of(wall, 1, NULL, &s);
    assert_true(s.backward && s.not_finite == s.count);
    assert_close(s.reference, 2, 1e-6, 0);
    tw_sweep_release(&s);
    /* steps below the last digit of x */
    sweep_of(exponential, 1, &(tw_sweep_options){.first = 45, .count = 15}, &s);
    assert_int_equal(s.unmoved, 7); /* 1 + 2^-53 is 1: h = 2^-53 ... 2^-59 */
    tw_sweep_release(&s);
}

/* With a gradient, right or wrong. */
typedef struct claim {
    double factor;
} claim;

static tw_status claim_value(void *ctx, size_t n, const double *x, double *values) {
    values[0] = 0;
    for (size_t i = 0; i < n; i++)
        values[0] += exp(x[i]) / (double)(i + 1);
    return TW_OK;
}

static tw_status claim_gradient(void *ctx, size_t n, const double *x, double *values,
                                double *gradient) {
    for (size_t i = 0; i < n; i++)
        gradient[i] = ((claim *)ctx)->factor * exp(x[i]) / (double)(i + 1);
    return values != NULL ? claim_value(ctx, n, x, values) : TW_OK;
}

static void analytic_reference(void **state) {
    static const tw_objective_ops ops = {
        .value = claim_value, .gradient = claim_gradient, .concurrent = 1};
    double x[3] = {1, -0.5, 0.25}, v[3] = {1, 2, -3};
    double truth = exp(1) + 2 * exp(-0.5) / 2 - 3 * exp(0.25) / 3;
    for (int wrong = 0; wrong < 2; wrong++) {
        claim c = {wrong ? 1.01 : 1};
        tw_objective *f = NULL;
        tw_sweep s;
        char text[200];
        assert_ok(tw_objective_new(&ops, &c, 3, NULL, &f));
        assert_ok(tw_diff_sweep(f, x, v, 0, NULL, &s));
        assert_int_equal(s.analytic_used, !wrong);
        assert_int_equal(s.analytic_wrong, wrong);
        assert_close(s.analytic, c.factor * truth, 1e-14, 0);
        assert_close(s.reference, truth, wrong ? 1e-12 : 1e-14, 0);
        double bend = exp(1) + 4 * exp(-0.5) / 2 + 9 * exp(0.25) / 3;
        assert_close(s.fit[FORWARD].derivative, bend, 0.05, 0);
        bend = exp(1) + 8 * exp(-0.5) / 2 - 27 * exp(0.25) / 3;
        assert_close(s.fit[CENTRAL].derivative, fabs(bend), 0.05, 0);
        /* h of a rule is that of the step: |v| = sqrt(14), |x| = sqrt(1.3125) */
        assert_close(s.marks[5].h, 1e-6 / sqrt(14), 1e-12, 0);
        assert_close(s.marks[1].h, 1e-8 * sqrt(1.3125) / sqrt(14), 1e-12, 0);
        assert_int_equal(strstr(tw_sweep_explain(&s, text, sizeof text), "own gradient") != NULL,
                         wrong);
        tw_sweep_release(&s);
        tw_objective_free(f);
    }
}

static double waves(size_t n, const double *x, void *user) {
    double sum = 0;
    for (size_t i = 0; i < n; i++)
        sum += sin((double)(i + 1) * x[i]) * exp(0.1 * x[(i + 1) % n]);
    return sum;
}

static void assert_same(const tw_sweep *a, const tw_sweep *b) {
    assert_memory_equal(a->steps, b->steps, a->count * sizeof *a->steps);
    assert_memory_equal(a->fit, b->fit, sizeof a->fit);
    for (size_t m = 0; m < a->mark_count; m++)
        assert_true(a->marks[m].difference == b->marks[m].difference);
    assert_true(a->reference == b->reference && a->bar == b->bar && a->noise == b->noise);
}

/* The same bits from any number of threads; a linear model answers differences and spans itself. */
static void threads(void **state) {
    enum { MANY = 20, FEATURES = 6, CLASSES = 3, N = (FEATURES + 1) * CLASSES };
    double x[MANY], w[N], v[N];
    tw_rng_fill_normal(1, 1, 0, MANY, x);
    tw_rng_fill_normal(2, 1, 0, N, w);
    tw_rng_fill_normal(3, 1, 0, N, v);
    tw_dataset *data = random_dataset(1, 60, FEATURES, CLASSES, 2);
    static double mean[FEATURES];
    tw_dataset_mean(data, mean);
    tw_sweep first[4];
    for (int workers = 1; workers <= 4; workers++) {
        tw_runner *runner = NULL;
        tw_objective *f = objective_of(waves, MANY), *model = NULL;
        tw_linear_options options = {.loss = 0, .reg = 0.1, .mean = mean};
        tw_sweep s[4];
        assert_ok(tw_runner_new(workers, &runner));
        tw_objective_set_runner(f, runner);
        assert_ok(tw_linear_new(data, &options, runner, &model));
        assert_ok(tw_diff_sweep(f, x, NULL, 7, NULL, &s[0]));
        assert_ok(tw_diff_sweep(f, x, v, 0, NULL, &s[1]));
        assert_ok(tw_diff_sweep(model, w, NULL, 5, NULL, &s[2]));
        assert_ok(tw_diff_sweep(model, w, v, 0, NULL, &s[3]));
        for (int k = 0; k < 4; k++) {
            if (workers == 1) {
                first[k] = s[k];
                continue;
            }
            assert_same(&first[k], &s[k]);
            tw_sweep_release(&s[k]);
        }
        tw_objective_free(f);
        tw_objective_free(model);
        tw_runner_free(runner);
    }
    /* differences that the model sums itself have far less noise than those of its values */
    assert_true(first[2].analytic_used && first[3].analytic_used);
    assert_true(first[2].steps[40].error[CENTRAL] < 1e-10);
    assert_true(first[3].steps[40].error[CENTRAL] > first[2].steps[40].error[CENTRAL]);
    for (int k = 0; k < 4; k++)
        tw_sweep_release(&first[k]);
    tw_dataset_free(data);
}

static tw_status fails_late(void *ctx, size_t n, const double *x, double *values) {
    if (x[0] > 1.2)
        return tw_fail(TW_ERR_IO, "the disk of f is gone");
    values[0] = x[0];
    return TW_OK;
}

static double infinite(size_t n, const double *x, void *user) {
    return INFINITY;
}

static void refusals(void **state) {
    double x[2] = {1, 2}, v[2] = {0, 0};
    tw_objective *f = objective_of(exponential, 2), *bad = NULL;
    tw_sweep s;
    static const struct {
        tw_sweep_options options;
        const char *words;
    } table[] = {
        {{.scale = -1}, "scale -1"},
        {{.scale = NAN}, "scale nan"},
        {{.scale = INFINITY}, "scale inf"},
        {{.count = -1}, "-1 steps"},
        {{.count = TW_SWEEP_STEPS + 1}, "give 1 to 512"},
        {{.lower = 1, .upper = 2}, "0 must lie within"},
        {{.lower = NAN}, "0 must lie within"},
        {{.first = 2000, .count = 3}, "overflow or vanish"},
        {{.first = -1010, .count = 3}, "overflow or vanish"},
        {{.first = -2147483647 - 1, .count = 3}, "overflow or vanish"},
        {{.scale = 1e-290, .first = 1, .count = 100}, "overflow or vanish"},
    };
    for (size_t k = 0; k < sizeof table / sizeof *table; k++) {
        assert_fails(TW_ERR_ARGUMENT, table[k].words,
                     tw_diff_sweep(f, x, NULL, 0, &table[k].options, &s));
        assert_null(s.steps);
    }
    assert_fails(TW_ERR_ARGUMENT, "coordinate 2", tw_diff_sweep(f, x, NULL, 2, NULL, &s));
    assert_fails(TW_ERR_ARGUMENT, "direction is zero", tw_diff_sweep(f, x, v, 0, NULL, &s));
    v[1] = NAN;
    assert_fails(TW_ERR_ARGUMENT, "entry 1", tw_diff_sweep(f, x, v, 0, NULL, &s));
    v[1] = 1e300;
    assert_fails(TW_ERR_ARGUMENT, "too long", tw_diff_sweep(f, x, v, 0, NULL, &s));
    assert_fails(TW_ERR_ARGUMENT, "objective", tw_diff_sweep(NULL, x, NULL, 0, NULL, &s));
    assert_fails(TW_ERR_ARGUMENT, "report", tw_diff_sweep(f, x, NULL, 0, NULL, NULL));
    tw_objective_free(f);
    f = objective_of(infinite, 1);
    assert_fails(TW_ERR_NOT_FINITE, "value is inf", tw_diff_sweep(f, x, NULL, 0, NULL, &s));
    tw_objective_free(f);
    static const tw_objective_ops ops = {.value = fails_late};
    assert_ok(tw_objective_new(&ops, NULL, 1, NULL, &bad));
    assert_fails(TW_ERR_IO, "disk of f", tw_diff_sweep(bad, x, NULL, 0, NULL, &s));
    assert_null(s.steps);
    tw_objective_free(bad);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(exp_at_one),         cmocka_unit_test(steps_of_frameworks),
        cmocka_unit_test(noise_found),        cmocka_unit_test(few_terms),
        cmocka_unit_test(odd_points),         cmocka_unit_test(bounds_and_domain),
        cmocka_unit_test(analytic_reference), cmocka_unit_test(threads),
        cmocka_unit_test(refusals),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
