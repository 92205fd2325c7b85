/* The methods along a gradient against their formulas in long double, entry by entry: twenty steps
 * on a quadratic, over the whole of it and over mini-batches. */
#include <math.h>

#include "support.h"

enum { N = 4, SAMPLES = 10, STEPS = 20 };

/* f(x) = mean over samples j of 1/2 sum_i curvature_i (x_i - centre(j, i))^2 */
static const double curvature[N] = {1, 2, 5, 0.25};
static const double start[N] = {3, -2, 0.5, 7};

static double centre(size_t j, size_t i) {
    return (double)(j * j) / 7 - (double)i + (double)(i * j % 3);
}

static long double mean_slope(const long double *x, size_t i, size_t count, const size_t *samples) {
    long double sum = 0;
    for (size_t k = 0; k < count; k++)
        sum += curvature[i] * (x[i] - (long double)centre(samples[k], i));
    return sum / (long double)count;
}

static tw_status sample_gradient(void *ctx, size_t n, const double *x, const tw_batch *batch,
                                 double *values, double *gradient) {
    long double precise[N];
    for (size_t i = 0; i < n; i++)
        precise[i] = x[i];
    for (size_t i = 0; i < n; i++)
        gradient[i] = (double)mean_slope(precise, i, batch->count, batch->samples);
    if (values != NULL)
        values[0] = 1;
    return TW_OK;
}

static tw_status gradient(void *ctx, size_t n, const double *x, double *values, double *gradient) {
    static const size_t all[SAMPLES] = {0, 1, 2, 3, 4, 5, 6, 7, 8, 9};
    const tw_batch batch = {.samples = all, .count = SAMPLES};
    return sample_gradient(ctx, n, x, &batch, values, gradient);
}

static tw_status value(void *ctx, size_t n, const double *x, double *values) {
    values[0] = 0;
    for (size_t j = 0; j < SAMPLES; j++)
        for (size_t i = 0; i < n; i++)
            values[0] += curvature[i] / 2 * (x[i] - centre(j, i)) * (x[i] - centre(j, i)) / SAMPLES;
    return TW_OK;
}

static tw_objective *make(int batches) {
    const tw_objective_ops ops = {
        .value = value, .gradient = gradient, .sample_gradient = batches ? sample_gradient : NULL};
    tw_objective *f = NULL;
    assert_ok(tw_objective_new(&ops, NULL, N, &(tw_objective_traits){.samples = SAMPLES}, &f));
    return f;
}

/* ---- the formulas ---- */

/* One run in long double; g[t][i] is what came as the gradient of step t at the point `at`. */
typedef struct walk {
    const tw_optim_options *options;
    int batches;
    long double x[STEPS + 1][N], g[STEPS][N], s[STEPS];
} walk;

static void take_gradient(walk *w, size_t t, const long double *at) {
    static const size_t all[SAMPLES] = {0, 1, 2, 3, 4, 5, 6, 7, 8, 9};
    size_t batch = w->options->batch, in_epoch = (SAMPLES + batch - 1) / batch;
    size_t first = t % in_epoch * batch, order[SAMPLES];
    size_t count = first + batch < SAMPLES ? batch : SAMPLES - first;
    char name[32];
    snprintf(name, sizeof name, "sgd epoch %zu", t / in_epoch);
    tw_rng_permutation(w->options->seed, tw_rng_stream(name), SAMPLES, order);
    for (size_t i = 0; i < N; i++)
        w->g[t][i] =
            w->batches ? mean_slope(at, i, count, order + first) : mean_slope(at, i, SAMPLES, all);
}

/* Weighted sum over the gradients so far, the newest with weight 1: sum_k decay^(t-k) g_k^power. */
static long double weighted(const walk *w, size_t t, size_t i, long double decay, int power) {
    long double sum = 0;
    for (size_t k = 0; k <= t; k++)
        sum += powl(decay, (long double)(t - k)) * (power == 2 ? w->g[k][i] : 1) * w->g[k][i];
    return sum;
}

static long double plain(const walk *w, size_t t, size_t i, long double s) {
    return -s * w->g[t][i];
}

/* The velocity written out: v_t = -sum_k mu^(t-k) s_k g_k. */
static long double momentum(const walk *w, size_t t, size_t i, long double s) {
    long double sum = 0;
    for (size_t k = 0; k <= t; k++)
        sum -= powl(w->options->momentum, (long double)(t - k)) * w->s[k] * w->g[k][i];
    return sum;
}

static long double adagrad(const walk *w, size_t t, size_t i, long double s) {
    return -s * w->g[t][i] / (sqrtl(weighted(w, t, i, 1, 2)) + w->options->epsilon);
}

static long double rmsprop(const walk *w, size_t t, size_t i, long double s) {
    long double d = w->options->square_decay;
    return -s * w->g[t][i] / (sqrtl((1 - d) * weighted(w, t, i, d, 2)) + w->options->epsilon);
}

/* The corrected means are means whose weights sum to 1. */
static long double adam(const walk *w, size_t t, size_t i, long double s) {
    long double b1 = w->options->momentum, b2 = w->options->square_decay, weights1 = 0,
                weights2 = 0;
    for (size_t k = 0; k <= t; k++) {
        weights1 += powl(b1, (long double)k);
        weights2 += powl(b2, (long double)k);
    }
    return -s * (weighted(w, t, i, b1, 1) / weights1) /
           (sqrtl(weighted(w, t, i, b2, 2) / weights2) + w->options->epsilon);
}

typedef long double (*move_fn)(const walk *w, size_t t, size_t i, long double s);

static const struct {
    const char *name;
    move_fn move;
    double momentum, square_decay, epsilon; /* that it has, and what they are by default */
} methods[] = {
    {"gd", plain, 0, 0, 0},
    {"sgd", plain, 0, 0, 0},
    {"momentum", momentum, 0.9, 0, 0},
    {"adagrad", adagrad, 0, 0, 1e-8},
    {"rmsprop", rmsprop, 0, 0.99, 1e-8},
    {"adam", adam, 0.9, 0.999, 1e-8},
};
enum { METHODS = sizeof methods / sizeof methods[0] };

/* ---- the library's run beside it ---- */

typedef struct seen {
    double x[STEPS + 1][N], before[STEPS + 1][N], epoch[STEPS + 1];
} seen;

static int note(void *user, const tw_optim_report *report) {
    seen *s = user;
    memcpy(s->x[report->iteration], report->x, sizeof s->x[0]);
    s->epoch[report->iteration] = report->epoch;
    assert_int_equal(report->before != NULL, report->iteration > 0);
    if (report->before != NULL)
        memcpy(s->before[report->iteration], report->before, sizeof s->before[0]);
    return 0;
}

static void run(const char *method, int batches, const tw_optim_options *options, seen *out) {
    tw_objective *f = make(batches);
    tw_optim_options own = *options;
    double x[N];
    memcpy(x, start, sizeof x);
    own.iterations = STEPS;
    own.report_every = 1;
    own.report = note;
    own.user = out;
    assert_ok(tw_optim_run(tw_optimizer_find(method), f, x, &own, NULL));
    assert_memory_equal(x, out->x[STEPS], sizeof x);
    tw_objective_free(f);
}

static void check(size_t m, int batches, const tw_optim_options *given,
                  const tw_optim_options *meant) {
    walk w = {.options = meant, .batches = batches};
    seen found;
    run(methods[m].name, batches, given, &found);
    for (size_t i = 0; i < N; i++)
        w.x[0][i] = start[i];
    for (size_t t = 0; t < STEPS; t++) {
        double s = tw_schedule_step(meant->schedule, meant->step, meant->decay, meant->period, t);
        w.s[t] = s;
        take_gradient(&w, t, w.x[t]);
        for (size_t i = 0; i < N; i++) {
            w.x[t + 1][i] = w.x[t][i] + methods[m].move(&w, t, i, s);
            assert_close(found.x[t + 1][i], (double)w.x[t + 1][i], 1e-13, 1e-13);
            assert_true(found.before[t + 1][i] == found.x[t][i]);
        }
    }
}

static int goes_by_batches(size_t m) {
    return strcmp(methods[m].name, "gd") != 0;
}

static int goes_by_all(size_t m) {
    return strcmp(methods[m].name, "sgd") != 0;
}

static void twenty_steps_with_defaults(void **state) {
    for (size_t m = 0; m < METHODS; m++)
        for (int batches = 0; batches <= 1; batches++) {
            tw_optim_options given = {.step = 0.1, .batch = 3, .seed = 11}, meant = given;
            meant.momentum = methods[m].momentum;
            meant.square_decay = methods[m].square_decay;
            meant.epsilon = methods[m].epsilon;
            const tw_optim_options *usual =
                tw_optimizer_defaults(tw_optimizer_find(methods[m].name));
            assert_true(usual->momentum == meant.momentum && usual->epsilon == meant.epsilon &&
                        usual->square_decay == meant.square_decay && usual->step > 0 &&
                        usual->history == 0 &&
                        (usual->tolerance == 0 || strcmp(methods[m].name, "gd") == 0));
            if (batches ? goes_by_batches(m) : goes_by_all(m))
                check(m, batches, &given, &meant);
        }
}

static void twenty_steps_with_parameters(void **state) {
    for (size_t m = 0; m < METHODS; m++) {
        tw_optim_options options = {.step = 0.07,
                                    .batch = 4,
                                    .seed = 5,
                                    .schedule = TW_SCHEDULE_EXPONENTIAL,
                                    .decay = 0.8,
                                    .period = 7,
                                    .momentum = methods[m].momentum > 0 ? 0.6 : 0,
                                    .square_decay = methods[m].square_decay > 0 ? 0.7 : 0,
                                    .epsilon = methods[m].epsilon > 0 ? 0.25 : 0};
        check(m, goes_by_batches(m), &options, &options);
    }
}

/* Nesterov's own form: the gradient at y + mu v, and then y + v. */
static void nesterov_in_its_two_forms(void **state) {
    for (int batches = 0; batches <= 1; batches++) {
        const double mu = 0.8;
        tw_optim_options options = {.step = 0.05, .batch = 3, .seed = 2, .momentum = mu};
        walk w = {.options = &options, .batches = batches};
        seen found;
        long double y[N], v[N] = {0}, ahead[N];
        run("nesterov", batches, &options, &found);
        for (size_t i = 0; i < N; i++)
            y[i] = start[i];
        for (size_t t = 0; t < STEPS; t++) {
            for (size_t i = 0; i < N; i++)
                ahead[i] = y[i] + mu * v[i];
            take_gradient(&w, t, ahead);
            for (size_t i = 0; i < N; i++) {
                assert_close(found.x[t][i], (double)ahead[i], 1e-13, 1e-13);
                v[i] = mu * v[i] - options.step * w.g[t][i];
                y[i] += v[i];
            }
        }
    }
}

/* ---- properties that need no reference ---- */

static tw_status slide_value(void *ctx, size_t n, const double *x, double *values) {
    values[0] = 3 * x[0] - 1e-3 * x[1];
    return TW_OK;
}

static tw_status slide_gradient(void *ctx, size_t n, const double *x, double *values, double *g) {
    g[0] = 3;
    g[1] = -1e-3;
    return values != NULL ? slide_value(ctx, n, x, values) : TW_OK;
}

/* Where the gradient never changes the corrected means are that gradient and its square from the
 * first step on, so that every step is `step` long; without the correction the first would be a
 * tenth over the root of a thousandth. */
static void bias_correction_of_adam(void **state) {
    static const tw_objective_ops ops = {.value = slide_value, .gradient = slide_gradient};
    tw_objective *f = NULL;
    assert_ok(tw_objective_new(&ops, NULL, 2, NULL, &f));
    for (size_t steps = 1; steps <= 5000; steps = 3 * steps + 1) {
        double x[2] = {0, 0};
        assert_ok(tw_optim_run(
            tw_optimizer_find("adam"), f, x,
            &(tw_optim_options){.iterations = steps, .step = 0.01, .epsilon = 1e-300}, NULL));
        assert_close(x[0], -0.01 * (double)steps, 1e-11, 0);
        assert_close(x[1], 0.01 * (double)steps, 1e-11, 0);
    }
    tw_objective_free(f);
}

static void epochs_count_samples(void **state) {
    seen found;
    run("adam", 1, &(tw_optim_options){.step = 0.1, .batch = 4}, &found); /* 4, 4, 2 */
    for (size_t t = 0; t <= STEPS; t++) {
        size_t in_epoch = t % 3 * 4;
        assert_close(found.epoch[t], (double)(t / 3) + (double)in_epoch / SAMPLES, 1e-15, 0);
    }
    run("adam", 0, &(tw_optim_options){.step = 0.1, .batch = 4}, &found);
    assert_true(found.epoch[STEPS] == STEPS);
}

/* Pieces of a long vector, on several threads: the bits of the entries by themselves. */
static tw_status wide_value(void *ctx, size_t n, const double *x, double *values) {
    values[0] = 0;
    for (size_t i = 0; i < n; i++)
        values[0] += x[i] * x[i] * (double)(i % 97 + 1) / 2;
    return TW_OK;
}

static tw_status wide_gradient(void *ctx, size_t n, const double *x, double *values, double *g) {
    for (size_t i = 0; i < n; i++)
        g[i] = x[i] * (double)(i % 97 + 1);
    return values != NULL ? wide_value(ctx, n, x, values) : TW_OK;
}

enum { LONG = 100003, TURNS = 3 };

/* Remembers the point, and holds it against what the next report calls the one before. */
static int chain(void *user, const tw_optim_report *report) {
    double *last = user;
    if (report->before != NULL)
        assert_memory_equal(report->before, last, LONG * sizeof *last);
    memcpy(last, report->x, LONG * sizeof *last);
    return 0;
}

static void long_vectors_on_threads(void **state) {
    static double last[LONG];
    static const tw_objective_ops ops = {.value = wide_value, .gradient = wide_gradient};
    static double x[4][LONG];
    for (size_t m = 0; tw_optimizer_at(m) != NULL; m++) {
        const tw_optimizer *method = tw_optimizer_at(m);
        if (!(tw_optimizer_needs(method) & TW_CAN_GRADIENT))
            continue;
        for (int threads = 1; threads <= 4; threads++) {
            tw_objective *f = NULL;
            tw_runner *runner = NULL;
            assert_ok(tw_objective_new(&ops, NULL, LONG, NULL, &f));
            assert_ok(tw_runner_new(threads, &runner));
            tw_objective_set_runner(f, runner);
            tw_rng_fill_normal(1, 1, 0, LONG, x[threads - 1]);
            assert_ok(tw_optim_run(
                method, f, x[threads - 1],
                &(tw_optim_options){.iterations = TURNS,
                                    .report_every = 1,
                                    .report = chain,
                                    .user = last,
                                    .step = tw_optimizer_default_step(method) > 0 ? 1e-3 : 0},
                NULL));
            assert_memory_equal(x[0], x[threads - 1], sizeof x[0]);
            tw_runner_free(runner);
            tw_objective_free(f);
        }
        double again; /* the last entry, which is the last of the last piece */
        tw_rng_fill_normal(1, 1, LONG - 1, 1, &again);
        assert_true(x[0][LONG - 1] != again);
        if (strcmp(tw_optimizer_name(method), "gd") == 0) {
            for (int t = 0; t < TURNS; t++)
                again -= 1e-3 * (again * ((LONG - 1) % 97 + 1));
            assert_true(x[0][LONG - 1] == again);
        }
    }
}

/* ---- what is refused ---- */

static void wrong_parameters(void **state) {
    static const struct {
        const char *method;
        tw_optim_options options;
        const char *words;
    } table[] = {
        {"gd", {.momentum = 0.5}, "momentum 0.5: 'gd' does not use it"},
        {"sgd", {.epsilon = 1e-8}, "epsilon 1e-08: 'sgd' does not use it"},
        {"momentum", {.square_decay = 0.5}, "square decay 0.5: 'momentum' does not use it"},
        {"adagrad", {.momentum = 0.9}, "'adagrad' does not use it"},
        {"adam", {.tolerance = 1}, "tolerance 1: 'adam' does not use it"},
        {"adam", {.history = 5}, "history 5: 'adam' does not use it"},
        {"momentum", {.momentum = 1}, "momentum 1: give a number between 0 and 1"},
        {"momentum", {.momentum = -0.1}, "between 0 and 1"},
        {"momentum", {.momentum = NAN}, "between 0 and 1"},
        {"rmsprop", {.square_decay = 1.5}, "square decay 1.5: give a number between 0 and 1"},
        {"adam", {.epsilon = -1}, "epsilon -1: give a positive number"},
        {"adam", {.epsilon = INFINITY}, "epsilon inf: give a positive number"},
    };
    for (size_t k = 0; k < sizeof table / sizeof table[0]; k++) {
        tw_objective *f = make(1);
        double x[N] = {0};
        assert_fails(
            TW_ERR_ARGUMENT, table[k].words,
            tw_optim_run(tw_optimizer_find(table[k].method), f, x, &table[k].options, NULL));
        assert_int_equal(tw_objective_evaluations(f), 0);
        tw_objective_free(f);
    }
}

static double bowl(size_t n, const double *x, void *user) {
    return x[0] * x[0];
}

static void objectives_without_a_gradient(void **state) {
    for (size_t m = 0; m < METHODS; m++) {
        tw_objective *f = NULL;
        double x[1] = {1};
        assert_ok(tw_objective_from_function(bowl, NULL, 1, &f));
        assert_fails(TW_ERR_UNSUPPORTED, "which objective 'function' does not have",
                     tw_optim_run(tw_optimizer_find(methods[m].name), f, x, NULL, NULL));
        assert_true(x[0] == 1);
        tw_objective_free(f);
    }
}

static int count_at(void *user, const tw_optim_report *report) {
    size_t *list = user;
    list[++list[0]] = report->iteration;
    return 0;
}

static void reports_at_chosen_iterations(void **state) {
    static const size_t at[] = {0, 1, 4, 5, 12, 20, 99}, expected[] = {0, 1, 4, 5, 10, 12, 20};
    size_t seen_at[16] = {0};
    tw_objective *f = make(1);
    double x[N] = {0};
    tw_optim_options options = {.iterations = 20,
                                .step = 0.1,
                                .report = count_at,
                                .user = seen_at,
                                .report_every = 10,
                                .report_at = at,
                                .report_at_count = 7};
    assert_ok(tw_optim_run(tw_optimizer_find("adam"), f, x, &options, NULL));
    assert_int_equal(seen_at[0], 7);
    assert_memory_equal(seen_at + 1, expected, sizeof expected);
    static const size_t wrong[] = {3, 2};
    options.report_at = wrong;
    options.report_at_count = 2;
    assert_fails(TW_ERR_ARGUMENT, "give them in ascending order",
                 tw_optim_run(tw_optimizer_find("adam"), f, x, &options, NULL));
    tw_objective_free(f);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(twenty_steps_with_defaults),
        cmocka_unit_test(twenty_steps_with_parameters),
        cmocka_unit_test(nesterov_in_its_two_forms),
        cmocka_unit_test(bias_correction_of_adam),
        cmocka_unit_test(epochs_count_samples),
        cmocka_unit_test(long_vectors_on_threads),
        cmocka_unit_test(wrong_parameters),
        cmocka_unit_test(objectives_without_a_gradient),
        cmocka_unit_test(reports_at_chosen_iterations),
    };
    return cmocka_run_group_tests_name("methods", tests, NULL, NULL);
}
