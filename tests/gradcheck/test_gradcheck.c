/* The gradient check: right gradients pass, twelve planted mistakes fail and are told apart, kinks
 * are no mistakes, noise gives no verdict, and bad callbacks are told in one line. */
#include <math.h>

#include "support.h"

/* ---- a model with all that a mistake can be made in: tanh layer, squares, two matrices ---- */

enum { INPUTS = 5, HIDDEN = 4, SAMPLES = 37, OUT = 3 };
enum {
    W1 = 0,
    B1 = W1 + HIDDEN * INPUTS,
    W2 = B1 + HIDDEN,
    B2 = W2 + OUT * HIDDEN,
    SIZE = B2 + OUT
};

typedef enum bug {
    NO_BUG,
    BUG_SIGN,
    BUG_TWICE,
    BUG_HALF,
    BUG_SUM,
    BUG_TRANSPOSED,
    BUG_REGULARIZER,
    BUG_CHAIN,
    BUG_ONE_ENTRY,
    BUG_STALE,
    BUG_TAIL,
    BUG_ZERO,
    BUG_SWAPPED,
    BUG_FLOAT,
    BUG_UNWRITTEN,
    BUG_ROW,
    BUG_NAN,
    BUGS
} bug;

typedef struct network {
    bug bug;
    double reg, in[SAMPLES][INPUTS], target[SAMPLES][OUT];
    double kept[HIDDEN]; /* for BUG_STALE */
} network;

static void fill_net(network *net, bug planted_bug) {
    *net = (struct network){.bug = planted_bug, .reg = 0.05};
    tw_rng_fill_normal(3, 1, 0, SAMPLES * INPUTS, &net->in[0][0]);
    tw_rng_fill_normal(3, 2, 0, SAMPLES * OUT, &net->target[0][0]);
}

static void forward(const network *net, const double *x, size_t sample, double *hidden,
                    double *out) {
    for (int j = 0; j < HIDDEN; j++) {
        double z = x[B1 + j];
        for (int i = 0; i < INPUTS; i++)
            z += x[W1 + j * INPUTS + i] * net->in[sample][i];
        hidden[j] = tanh(z);
    }
    for (int c = 0; c < OUT; c++) {
        out[c] = x[B2 + c] - net->target[sample][c];
        for (int j = 0; j < HIDDEN; j++)
            out[c] += x[W2 + c * HIDDEN + j] * hidden[j];
    }
}

static tw_status net_value(void *ctx, size_t n, const double *x, double *values) {
    const network *net = ctx;
    double sum = 0, squares = 0, hidden[HIDDEN], out[OUT];
    for (size_t s = 0; s < SAMPLES; s++) {
        forward(net, x, s, hidden, out);
        for (int c = 0; c < OUT; c++)
            sum += out[c] * out[c];
    }
    for (size_t i = 0; i < n; i++)
        squares += x[i] * x[i];
    values[0] = sum / SAMPLES + net->reg * squares;
    return TW_OK;
}

/* 2/N sum over chosen samples; the whole of the regulariser. */
static void add_sample(const network *net, const double *x, size_t s, double weight, double *g) {
    double hidden[HIDDEN], out[OUT];
    forward(net, x, s, hidden, out);
    for (int c = 0; c < OUT; c++) {
        double d = 2 * out[c] * weight;
        g[B2 + c] += d;
        for (int j = 0; j < HIDDEN; j++) {
            double back = d * x[W2 + c * HIDDEN + j] * (1 - hidden[j] * hidden[j]);
            g[W2 + c * HIDDEN + j] += d * hidden[j];
            g[B1 + j] += back;
            for (int i = 0; i < INPUTS; i++)
                g[W1 + j * INPUTS + i] += back * net->in[s][i];
        }
    }
}

static void swap(double *a, double *b) {
    double keep = *a;
    *a = *b;
    *b = keep;
}

static void scale(double *g, int from, int to, double by) {
    for (int i = from; i < to; i++)
        g[i] *= by;
}

static void spoil(network *net, const double *x, double *g) {
    double right[SIZE];
    memcpy(right, g, sizeof right);
    switch (net->bug) {
    case BUG_SIGN:
        scale(g, W2, B2, -1);
        break;
    case BUG_TWICE:
        scale(g, 0, SIZE, 2);
        break;
    case BUG_HALF:
        scale(g, W1, B1, 0.5);
        break;
    case BUG_SUM:
        scale(g, 0, SIZE, SAMPLES);
        break;
    case BUG_TRANSPOSED:
        for (int c = 0; c < OUT; c++)
            for (int j = 0; j < HIDDEN; j++)
                g[W2 + j * OUT + c] = right[W2 + c * HIDDEN + j];
        break;
    case BUG_REGULARIZER:
        for (int i = W1; i < B1; i++)
            g[i] -= 2 * net->reg * x[i];
        break;
    case BUG_CHAIN:
        scale(g, B1, B1 + HIDDEN, 1 / 255.0);
        break;
    case BUG_ONE_ENTRY:
        g[W1 + 7] *= 1.001;
        break;
    case BUG_STALE:
        memcpy(g + B1, net->kept, sizeof net->kept);
        memcpy(net->kept, right + B1, sizeof net->kept);
        break;
    case BUG_ZERO:
        memset(g + B2, 0, OUT * sizeof *g);
        break;
    case BUG_SWAPPED:
        swap(&g[W1 + 3], &g[W1 + 11]);
        break;
    case BUG_FLOAT:
        for (int i = 0; i < SIZE; i++)
            g[i] = (double)(float)g[i];
        break;
    case BUG_ROW:
        for (int i = 0; i < INPUTS; i++)
            g[W1 + 2 * INPUTS + i] += 0.1 * (i + 1);
        break;
    case BUG_NAN:
        g[B2 + 1] = NAN;
        break;
    default:
        break;
    }
}

static tw_status net_gradient(void *ctx, size_t n, const double *x, double *values, double *g) {
    network *net = ctx;
    double kept = g[W2 + 5];
    size_t samples = net->bug == BUG_TAIL ? SAMPLES - SAMPLES % 8 : SAMPLES;
    if (values != NULL)
        net_value(ctx, n, x, values);
    for (size_t i = 0; i < n; i++)
        g[i] = 2 * net->reg * x[i];
    for (size_t s = 0; s < samples; s++)
        add_sample(net, x, s, 1.0 / SAMPLES, g);
    spoil(net, x, g);
    if (net->bug == BUG_UNWRITTEN)
        g[W2 + 5] = kept;
    return TW_OK;
}

static tw_status net_samples(void *ctx, size_t n, const double *x, const tw_batch *batch,
                             double *values, double *g) {
    const network *net = ctx;
    for (size_t i = 0; i < n; i++)
        g[i] = 2 * net->reg * x[i];
    for (size_t k = 0; k < batch->count; k++)
        add_sample(net, x, batch->samples[k], 1.0 / (double)batch->count, g);
    return TW_OK;
}

static tw_objective *net_objective(network *net) {
    tw_space *space = NULL;
    const tw_block blocks[] = {
        {.name = "fc1.weight", .rank = 2, .shape = {HIDDEN, INPUTS}, .role = TW_ROLE_WEIGHT},
        {.name = "fc1.bias", .rank = 1, .shape = {HIDDEN}, .role = TW_ROLE_BIAS},
        {.name = "fc2.weight", .rank = 2, .shape = {OUT, HIDDEN}, .role = TW_ROLE_WEIGHT},
        {.name = "fc2.bias", .rank = 1, .shape = {OUT}, .role = TW_ROLE_BIAS},
    };
    assert_ok(tw_space_new(&space));
    for (int k = 0; k < 4; k++)
        assert_ok(tw_space_add(space, &blocks[k]));
    const tw_objective_ops ops = {.value = net_value,
                                  .gradient = net_gradient,
                                  .sample_gradient = net_samples,
                                  .concurrent = 1};
    tw_objective_traits traits = {.name = "net", .space = space, .samples = SAMPLES};
    tw_objective *f = NULL;
    assert_ok(tw_objective_new(&ops, net, SIZE, &traits, &f));
    return f;
}

static const struct {
    bug bug;
    const char *what;
    tw_cause cause;
    size_t block; /* the one that fails, SIZE_MAX: all */
} planted[] = {
    {BUG_SIGN, "sign", TW_CAUSE_SIGN, 2},
    {BUG_TWICE, "factor 2", TW_CAUSE_FACTOR, SIZE_MAX},
    {BUG_HALF, "factor 1/2", TW_CAUSE_FACTOR, 0},
    {BUG_SUM, "a sum in place of a mean", TW_CAUSE_SAMPLES, SIZE_MAX},
    {BUG_TRANSPOSED, "transposed", TW_CAUSE_TRANSPOSED, 2},
    {BUG_REGULARIZER, "no regulariser", TW_CAUSE_REGULARIZER, 0},
    {BUG_CHAIN, "chain factor 1/255", TW_CAUSE_FACTOR, 1},
    {BUG_ONE_ENTRY, "one entry", TW_CAUSE_ONE_ENTRY, 0},
    {BUG_STALE, "stale block", TW_CAUSE_STALE, 1},
    {BUG_TAIL, "tail of the batch", TW_CAUSE_TAIL, SIZE_MAX},
    {BUG_ZERO, "zero block", TW_CAUSE_ZERO, 3},
    {BUG_SWAPPED, "swapped indices", TW_CAUSE_PERMUTED, 0},
    {BUG_FLOAT, "single precision", TW_CAUSE_PRECISION, SIZE_MAX},
    {BUG_UNWRITTEN, "not written", TW_CAUSE_NOT_WRITTEN, 2},
    {BUG_ROW, "row", TW_CAUSE_RANGE, 0},
    {BUG_NAN, "NaN", TW_CAUSE_NOT_FINITE, 3},
};

static void net_point(double *x) {
    tw_rng_fill_normal(8, 4, 0, SIZE, x);
    for (int i = 0; i < SIZE; i++)
        x[i] *= 0.5;
}

static void right_gradients_pass(void **state) {
    network net;
    double x[SIZE], kept[SIZE];
    net_point(x);
    memcpy(kept, x, sizeof x);
    fill_net(&net, NO_BUG);
    tw_objective *f = net_objective(&net);
    tw_gradcheck *check = NULL;
    assert_ok(tw_gradcheck_run(f, x, NULL, &check));
    assert_int_equal(check->verdict, TW_VERDICT_PASS);
    assert_int_equal(check->entry_count, SIZE);
    assert_int_equal(check->cause, TW_CAUSE_NONE);
    assert_int_equal(check->block_count, 4);
    for (size_t k = 0; k < 4; k++) {
        const tw_gradcheck_block *block = &check->blocks[k];
        assert_int_equal(block->tested, block->count);
        assert_true(block->worst_relative < 1e-9 && block->cosine > 1 - 1e-12);
        assert_true(block->median_relative <= block->worst_relative);
    }
    for (size_t k = 0; k < SIZE; k++) {
        const tw_gradcheck_entry *e = &check->entries[k];
        assert_int_equal(e->index, k);
        assert_true(e->x == x[k] && e->absolute == fabs(e->analytic - e->numeric));
        assert_true(e->bar < 1e-9 && e->absolute <= 3 * e->bar + 1e-15);
    }
    assert_true(fabs(check->taylor.order - 2) < 0.1);
    assert_int_equal(check->taylor.verdict, TW_VERDICT_PASS);
    assert_memory_equal(x, kept, sizeof x);
    tw_gradcheck_free(check);
    tw_objective_free(f);
}

static void planted_mistakes_are_told(void **state) {
    double x[SIZE];
    net_point(x);
    int failed = 0, told = 0, count = sizeof planted / sizeof planted[0];
    for (int k = 0; k < count; k++) {
        network net;
        char text[200] = "";
        fill_net(&net, planted[k].bug);
        tw_objective *f = net_objective(&net);
        tw_gradcheck *check = NULL;
        assert_ok(tw_gradcheck_run(f, x, NULL, &check));
        failed += check->verdict == TW_VERDICT_FAIL;
        int right = 1;
        for (size_t b = 0; b < check->block_count; b++) {
            const tw_gradcheck_block *block = &check->blocks[b];
            int wrong = planted[k].block == SIZE_MAX || planted[k].block == b;
            right &= block->cause == (wrong ? planted[k].cause : TW_CAUSE_NONE) &&
                     block->verdict == (wrong ? TW_VERDICT_FAIL : TW_VERDICT_PASS);
            if (block->cause != TW_CAUSE_NONE)
                tw_gradcheck_explain(check, block, text, sizeof text);
        }
        told += right;
        print_message("%-20s %s: %s; order %.2f\n", planted[k].what,
                      right ? "told" : tw_cause_name(check->cause), text, check->taylor.order);
        tw_gradcheck_free(check);
        tw_objective_free(f);
    }
    print_message("%d of %d fail, %d told\n", failed, count, told);
    assert_int_equal(failed, count);
    assert_int_equal(told, count);
}

/* ---- kinks, noise, domains ---- */

/* f = sum over i of a function of x_i, with whatever gradient the test says. */
typedef struct claim {
    double (*f)(double);
    const double *gradient;
} claim;

static double claim_value(size_t n, const double *x, void *user) {
    double sum = 0;
    for (size_t i = 0; i < n; i++)
        sum += ((const claim *)user)->f(x[i]);
    return sum;
}

static void claim_gradient(size_t n, const double *x, double *g, void *user) {
    memcpy(g, ((const claim *)user)->gradient, n * sizeof *g);
}

static tw_gradcheck *check_claim(double (*f)(double), size_t n, const double *x,
                                 const double *gradient, const tw_gradcheck_options *options) {
    claim claimed = {f, gradient};
    tw_objective *objective = NULL;
    tw_gradcheck *check = NULL;
    assert_ok(tw_objective_from_functions(claim_value, claim_gradient, &claimed, n, &objective));
    assert_ok(tw_gradcheck_run(objective, x, options, &check));
    tw_objective_free(objective);
    return check;
}

static double relu(double x) {
    return x > 0 ? x : 0;
}

static void any_slope_between_the_sides_of_a_kink_is_right(void **state) {
    static const struct {
        double slope;
        tw_verdict verdict;
    } cases[] = {{0, TW_VERDICT_PASS},       {0.5, TW_VERDICT_PASS},  {1, TW_VERDICT_PASS},
                 {-0.1, TW_VERDICT_FAIL},    {1.1, TW_VERDICT_FAIL},  {0.001, TW_VERDICT_PASS},
                 {1.00001, TW_VERDICT_FAIL}, {-1e-5, TW_VERDICT_FAIL}};
    for (size_t k = 0; k < sizeof cases / sizeof cases[0]; k++) {
        const double x[3] = {0, 1.5, -2}, g[3] = {cases[k].slope, 1, 0};
        tw_gradcheck *check = check_claim(relu, 3, x, g, NULL);
        if (check->verdict != cases[k].verdict)
            fail_msg("slope %g: %s", cases[k].slope, tw_verdict_name(check->verdict));
        assert_int_equal(check->entries[0].reason, TW_REASON_KINK);
        assert_int_equal(check->entries[0].point_class, TW_POINT_KINK);
        assert_close(check->entries[0].left, 0, 0, 1e-9);
        assert_close(check->entries[0].right, 1, 0, 1e-9);
        assert_int_equal(check->blocks[0].kinks, 1);
        assert_non_null(strstr(check->notes[0], "1 of 3 entries at a kink"));
        tw_gradcheck_free(check);
    }
}

static double staircase(double x) {
    return floor(x);
}

/* 1e-9 of the value, drawn by the bits of x. */
static double noisy(double x) {
    uint64_t bits;
    memcpy(&bits, &x, sizeof bits);
    return exp(x) * (1 + 1e-5 * (2 * tw_rng_uniform(5, 1, bits) - 1));
}

static double rooted(double x) {
    return sqrt(x);
}

static void what_cannot_be_told_is_inconclusive(void **state) {
    const double at[2] = {1, 0.3}, steps[2] = {0, 0};
    tw_gradcheck *check = check_claim(staircase, 2, at, steps, NULL);
    assert_int_equal(check->verdict, TW_VERDICT_INCONCLUSIVE);
    assert_int_equal(check->entries[0].reason, TW_REASON_JUMP);
    tw_gradcheck_free(check);

    const double slopes[2] = {exp(1), exp(0.3)}, wrong[2] = {-exp(1), exp(0.3)};
    check = check_claim(noisy, 2, at, slopes, NULL);
    assert_int_equal(check->verdict, TW_VERDICT_INCONCLUSIVE);
    assert_int_equal(check->entries[0].reason, TW_REASON_NOISE);
    assert_non_null(strstr(check->notes[0], "left open: the noise of the loss allows"));
    tw_gradcheck_free(check);
    check = check_claim(noisy, 2, at, wrong, NULL); /* that much can be told */
    assert_int_equal(check->verdict, TW_VERDICT_FAIL);
    assert_int_equal(check->entries[0].verdict, TW_VERDICT_FAIL);
    assert_int_equal(check->entries[1].verdict, TW_VERDICT_INCONCLUSIVE);
    tw_gradcheck_free(check);
    const tw_gradcheck_options loose = {.rtol = 0.1};
    check = check_claim(noisy, 2, at, slopes, &loose);
    assert_int_equal(check->verdict, TW_VERDICT_PASS);
    tw_gradcheck_free(check);

    const double edge[2] = {0, 4}, roots[2] = {INFINITY, 0.25};
    check = check_claim(rooted, 2, edge, roots, NULL);
    assert_int_equal(check->verdict, TW_VERDICT_FAIL);
    assert_int_equal(check->entries[0].reason, TW_REASON_NOT_FINITE);
    assert_int_equal(check->entries[1].verdict, TW_VERDICT_PASS);
    tw_gradcheck_free(check);
}

/* ---- kinks all around: sum over planes of |a_s . x - b_s| / planes, as of a network on many
 * samples
 */

enum { PLANES = 20000, CROWD = 6 };

typedef struct crowd {
    size_t planes;
    double error; /* of entry 3 of the gradient, relative to its size */
    double normal[PLANES][CROWD], offset[PLANES];
} crowd;

/* Drawn once: thousands of evaluations follow. */
static void fill_crowd(crowd *c) {
    c->planes = PLANES;
    tw_rng_fill_normal(10, 1, 0, PLANES, c->offset);
    for (size_t s = 0; s < PLANES; s++)
        tw_rng_fill_normal(9, s, 0, CROWD, c->normal[s]);
}

static double plane_distance(const crowd *c, const double *x, size_t plane) {
    double sum = -0.1 * c->offset[plane];
    for (size_t i = 0; i < CROWD; i++)
        sum += c->normal[plane][i] * x[i];
    return sum;
}

static double crowd_value(size_t n, const double *x, void *user) {
    const crowd *c = user;
    double sum = 0;
    for (size_t s = 0; s < c->planes; s++)
        sum += fabs(plane_distance(c, x, s));
    return sum / (double)c->planes;
}

static void crowd_gradient(size_t n, const double *x, double *g, void *user) {
    const crowd *c = user;
    memset(g, 0, n * sizeof *g);
    for (size_t s = 0; s < c->planes; s++) {
        double side = plane_distance(c, x, s) > 0 ? 1 : -1;
        for (size_t i = 0; i < n; i++)
            g[i] += side * c->normal[s][i] / (double)c->planes;
    }
    g[3] *= 1 + c->error;
}

static void crowds_of_kinks_are_no_mistakes(void **state) {
    static const double errors[] = {0, 1e-5, -1e-3, 0.5};
    static crowd c;
    double x[CROWD];
    tw_rng_fill_normal(12, 1, 0, CROWD, x);
    fill_crowd(&c);
    for (size_t k = 0; k < 4; k++)
        for (int probes = 0; probes <= 1; probes++) {
            tw_objective *f = NULL;
            tw_gradcheck *check = NULL;
            c.error = errors[k];
            assert_ok(tw_objective_from_functions(crowd_value, crowd_gradient, &c, CROWD, &f));
            const tw_gradcheck_options options = {.only_probes = probes, .no_taylor = 1};
            assert_ok(tw_gradcheck_run(f, x, &options, &check));
            print_message("%d planes, error %g, %s: %s, %llu evaluations\n", (int)c.planes,
                          errors[k], probes ? "probes" : "entries", tw_verdict_name(check->verdict),
                          check->evaluations);
            assert_int_equal(check->verdict, errors[k] == 0 ? TW_VERDICT_PASS : TW_VERDICT_FAIL);
            if (errors[k] != 0 && !probes) {
                assert_int_equal(check->blocks[0].failed, 1);
                assert_int_equal(check->blocks[0].where, 3);
            }
            tw_gradcheck_free(check);
            tw_objective_free(f);
        }
}

/* Values rounded coarsely: small steps change nothing, and a slope of 0 would be no news. */
static double to_float(double x) {
    return (double)(float)(exp(x) * sin(2 * x) + 0.3);
}

static double less_a_large_constant(double x) {
    volatile double large = 1e12 + exp(x) * sin(2 * x);
    return large - 1e12;
}

static void coarse_values_fail_no_right_gradient(void **state) {
    static double (*const functions[])(double) = {to_float, less_a_large_constant};
    const double x[3] = {0.7, -0.7, 1.3};
    double right[3], wrong[3];
    for (int i = 0; i < 3; i++)
        wrong[i] = right[i] = exp(x[i]) * (sin(2 * x[i]) + 2 * cos(2 * x[i]));
    wrong[1] *= 2;
    for (int k = 0; k < 2; k++)
        for (int robust = 0; robust <= 1; robust++) {
            const tw_gradcheck_options options = {.robust = robust}, loose = {.rtol = 0.3};
            tw_gradcheck *check = check_claim(functions[k], 3, x, right, &options);
            assert_int_not_equal(check->verdict, TW_VERDICT_FAIL);
            tw_gradcheck_free(check);
            check = check_claim(functions[k], 3, x, right, &loose);
            assert_int_equal(check->verdict, TW_VERDICT_PASS);
            tw_gradcheck_free(check);
            check = check_claim(functions[k], 3, x, wrong, &options);
            assert_int_equal(check->verdict, TW_VERDICT_FAIL);
            tw_gradcheck_free(check);
        }
}

/* At a minimum everything is 0: the gradient near by says how small is small. */
static double bowl(double x) {
    return (x - 1) * (x - 1) * (2 + sin(x));
}

static void minima_are_no_trouble(void **state) {
    const double x[2] = {1, 1}, g[2] = {0, 0}, off[2] = {0, 1e-6};
    tw_gradcheck *check = check_claim(bowl, 2, x, g, NULL);
    assert_int_equal(check->verdict, TW_VERDICT_PASS);
    tw_gradcheck_free(check);
    check = check_claim(bowl, 2, x, off, NULL);
    assert_int_equal(check->verdict, TW_VERDICT_FAIL);
    tw_gradcheck_free(check);
}

/* ---- a million parameters ---- */

enum { MILLION = 1000000 };

typedef struct valley {
    size_t wrong[2];
    double error[2];
} valley;

static double valley_value(size_t n, const double *x, void *user) {
    double sum = 0;
    for (size_t i = 0; i + 1 < n; i++) {
        double a = x[i + 1] - x[i] * x[i], b = 1 - x[i];
        sum += 100 * a * a + b * b;
    }
    return sum;
}

static void valley_gradient(size_t n, const double *x, double *g, void *user) {
    const valley *v = user;
    memset(g, 0, n * sizeof *g);
    for (size_t i = 0; i + 1 < n; i++) {
        double a = x[i + 1] - x[i] * x[i];
        g[i] += -400 * a * x[i] - 2 * (1 - x[i]);
        g[i + 1] += 200 * a;
    }
    for (int k = 0; k < 2; k++)
        if (v->error[k] != 0)
            g[v->wrong[k]] += v->error[k];
}

static void one_wrong_entry_in_a_million_is_named(void **state) {
    static const size_t places[] = {0, 314159, 500000, 777777, MILLION - 1};
    double *x = malloc(MILLION * sizeof *x);
    assert_non_null(x);
    tw_rng_fill_normal(21, 1, 0, MILLION, x);
    unsigned long long most = 0;
    for (size_t k = 0; k < sizeof places / sizeof places[0]; k++) {
        valley v = {.wrong = {places[k]}, .error = {k % 2 ? -1 : 1}};
        tw_objective *f = NULL;
        tw_gradcheck *check = NULL;
        assert_ok(tw_objective_from_functions(valley_value, valley_gradient, &v, MILLION, &f));
        const tw_gradcheck_options options = {
            .only_probes = 1, .probes = 1, .no_taylor = 1, .locate = 1, .seed = k};
        assert_ok(tw_gradcheck_run(f, x, &options, &check));
        assert_int_equal(check->verdict, TW_VERDICT_FAIL);
        assert_int_equal(check->entry_count, 1);
        assert_int_equal(check->entries[0].index, places[k]);
        assert_int_equal(check->entries[0].verdict, TW_VERDICT_FAIL);
        assert_close(check->entries[0].absolute, 1, 1e-4, 0);
        print_message("entry %zu: %llu evaluations, probe's bar %.1e\n", places[k],
                      check->evaluations, check->probes[0].bar);
        if (check->evaluations > most)
            most = check->evaluations;
        tw_gradcheck_free(check);
        tw_objective_free(f);
    }
    assert_true(most <= 100);

    valley v = {.wrong = {123456, 123457}, .error = {1, -1}}; /* which a sum of both would hide */
    tw_objective *f = NULL;
    tw_gradcheck *check = NULL;
    assert_ok(tw_objective_from_functions(valley_value, valley_gradient, &v, MILLION, &f));
    const tw_gradcheck_options two = {.only_probes = 1};
    assert_ok(tw_gradcheck_run(f, x, &two, &check));
    assert_int_equal(check->blocks[0].failed, 2); /* a trail may also end at a right entry */
    for (size_t k = 0; k < check->entry_count; k++)
        assert_true((check->entries[k].verdict == TW_VERDICT_FAIL) ==
                    (check->entries[k].index == 123456 || check->entries[k].index == 123457));
    tw_gradcheck_free(check);
    tw_objective_free(f);
    free(x);
}

static void probes_raise_no_false_alarm(void **state) {
    enum { N = 2000, POINTS = 5000 };
    static double x[N], g[N];
    valley v = {.error = {0}};
    tw_objective *f = NULL;
    assert_ok(tw_objective_from_functions(valley_value, valley_gradient, &v, N, &f));
    int alarms = 0, open = 0;
    double worst = 0;
    for (uint64_t k = 0; k < POINTS; k++) {
        tw_gradcheck_probe probe;
        tw_rng_fill_normal(22, k, 0, N, x);
        valley_gradient(N, x, g, &v);
        const tw_gradcheck_options options = {.seed = k};
        assert_ok(tw_gradcheck_probe_range(f, x, g, 0, N, &options, 0, &probe));
        alarms += probe.verdict == TW_VERDICT_FAIL;
        open += probe.verdict == TW_VERDICT_INCONCLUSIVE;
        worst = fmax(worst, fabs(probe.analytic - probe.numeric) / probe.bar);
    }
    print_message("%d alarms, %d open in %d points, |A - D| up to %.2g bars\n", alarms, open,
                  POINTS, worst);
    assert_int_equal(alarms, 0);
    assert_int_equal(open, 0);
    tw_objective_free(f);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(right_gradients_pass),
        cmocka_unit_test(planted_mistakes_are_told),
        cmocka_unit_test(any_slope_between_the_sides_of_a_kink_is_right),
        cmocka_unit_test(what_cannot_be_told_is_inconclusive),
        cmocka_unit_test(crowds_of_kinks_are_no_mistakes),
        cmocka_unit_test(coarse_values_fail_no_right_gradient),
        cmocka_unit_test(minima_are_no_trouble),
        cmocka_unit_test(one_wrong_entry_in_a_million_is_named),
        cmocka_unit_test(probes_raise_no_false_alarm),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
