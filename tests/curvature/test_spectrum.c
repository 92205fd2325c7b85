/* Extreme pairs of quadratic forms of known spectrum. */
#include <math.h>

#include "quadratic.h"

typedef struct found {
    tw_spectrum_result result;
    double values[64], residuals[64]; /* the largest, then the smallest */
    double *vectors;
} found;

static int falling(const void *a, const void *b) {
    double x = *(const double *)a, y = *(const double *)b;
    return (x < y) - (x > y);
}

static void keep(found *out, size_t n) {
    size_t largest = out->result.largest_count, all = largest + out->result.smallest_count;
    out->vectors = malloc((all * n + 1) * sizeof(double));
    for (size_t k = 0; k < all; k++) {
        const tw_eigenpair *pair =
            k < largest ? &out->result.largest[k] : &out->result.smallest[k - largest];
        out->values[k] = pair->value;
        out->residuals[k] = pair->residual;
        memcpy(out->vectors + k * n, pair->vector, n * sizeof(double));
    }
}

static void run(quadratic *q, const tw_spectrum_options *options, found *out) {
    tw_objective *f = quadratic_objective(q);
    double *x = calloc(q->n, sizeof *x);
    tw_curvature *m;
    tw_spectrum *s;
    assert_ok(tw_curvature_open(f, x, NULL, &m));
    assert_ok(tw_spectrum_open(m, options, &s));
    while (!tw_spectrum_ended(s))
        assert_ok(tw_spectrum_run(s, 100));
    assert_ok(tw_spectrum_result_of(s, &out->result));
    keep(out, q->n);
    tw_spectrum_close(s);
    tw_curvature_close(m);
    tw_objective_free(f);
    free(x);
}

/* |A v - value v| and |v|, by the form itself. */
static void check_pair(const quadratic *q, const found *out, size_t k, double tolerance) {
    const double *v = out->vectors + k * q->n;
    double *av = malloc(q->n * sizeof *av), residual = 0, length = 0;
    quadratic_product(q, v, av);
    for (size_t i = 0; i < q->n; i++) {
        residual += (av[i] - out->values[k] * v[i]) * (av[i] - out->values[k] * v[i]);
        length += v[i] * v[i];
    }
    free(av);
    assert_close(sqrt(length), 1, 1e-12, 0);
    assert_true(sqrt(residual) <= tolerance);
    assert_close(out->residuals[k], sqrt(residual), 1e-3, tolerance * 1e-3);
}

static void check_case(const char *name, size_t n, const double *values, size_t largest,
                       size_t smallest, double tolerance) {
    quadratic q = {.n = n, .values = values};
    double *sorted = malloc(n * sizeof *sorted), most;
    found out;
    memcpy(sorted, values, n * sizeof *values);
    qsort(sorted, n, sizeof *sorted, falling);
    most = fmax(fabs(sorted[0]), fabs(sorted[n - 1]));
    run(&q,
        &(tw_spectrum_options){.largest = largest, .smallest = smallest, .tolerance = tolerance},
        &out);
    if (out.result.stop != TW_SPECTRUM_CONVERGED)
        fail_msg("%s: %s", name, tw_spectrum_stop_name(out.result.stop));
    assert_int_equal(out.result.largest_count, largest < n ? largest : n);
    assert_int_equal(out.result.smallest_count, smallest < n ? smallest : n);
    for (size_t k = 0; k < out.result.largest_count + out.result.smallest_count; k++) {
        size_t place = k < out.result.largest_count ? k : n - 1 - (k - out.result.largest_count);
        if (!(fabs(out.values[k] - sorted[place]) <= tolerance * most))
            fail_msg("%s: pair %zu is %.17g, not %.17g", name, k, out.values[k], sorted[place]);
        check_pair(&q, &out, k, tolerance * most);
    }
    free(out.vectors);
    free(sorted);
}

enum { N = 300 };

static void test_known(void **state) {
    double spread[N], cluster[N], rank_one[N] = {0}, zero[N] = {0}, multiple[N], indefinite[N];
    double same[N], close[N];
    for (size_t i = 0; i < N; i++) {
        spread[i] = 1.0 / (double)(i + 1);
        cluster[i] = i < 4 ? 10 + 1e-7 * (double)i : i < 8 ? -3 - 1e-7 * (double)i : sin((double)i);
        multiple[i] = i < 3 ? 5 : i < 7 ? 4 : i > N - 4 ? -2 : cos((double)i);
        indefinite[i] = (i % 2 ? -1.0 : 1.0) * (double)i;
        same[i] = 2.5;
        close[i] = i == 17 ? 7 : i == 90 ? 7 - 1e-9 : (double)(i % 10) / 10;
    }
    rank_one[7] = 3;
    check_case("spread", N, spread, 5, 0, 1e-9);
    check_case("cluster", N, cluster, 6, 6, 1e-9);
    check_case("multiple", N, multiple, 8, 4, 1e-9);
    check_case("a multiple one, the first alone", N, multiple, 2, 1, 1e-6);
    check_case("indefinite", N, indefinite, 5, 5, 1e-9);
    check_case("rank one", N, rank_one, 3, 2, 1e-9);
    check_case("zero", N, zero, 2, 2, 1e-9);
    check_case("the same", N, same, 2, 2, 1e-9);
    check_case("close", N, close, 3, 1, 1e-10);
}

static void test_small(void **state) {
    const double values[] = {3, -4, 1, 1, 0};
    for (size_t n = 1; n <= 5; n++)
        for (size_t largest = 1; largest <= 7; largest += 2)
            for (size_t smallest = 0; smallest <= 6; smallest += 2)
                check_case("small", n, values, largest, smallest, 1e-12);
}

/* Most of the wanted ones are copies: a space from one vector sees one of each. */
static void test_rounds(void **state) {
    double values[N];
    for (size_t i = 0; i < N; i++)
        values[i] = i < 5 ? 9 : exp2(-(double)i);
    quadratic q = {.n = N, .values = values};
    found out, bare;
    run(&q, &(tw_spectrum_options){.largest = 4}, &out);
    run(&q, &(tw_spectrum_options){.largest = 4, .unconfirmed = 1}, &bare);
    assert_close(out.values[3], 9, 1e-6, 0);
    assert_true(bare.values[3] < 2);
    assert_true(out.result.rounds > 1);
    free(out.vectors);
    free(bare.vectors);
}

/* ---- what may have been missed ---- */

/* Values fall; whether all wanted ones are there, to the tolerance as a share of the first. */
static int has_all(quadratic *q, const tw_spectrum_options *options, const double *sorted) {
    found out;
    int all = 1;
    run(q, options, &out);
    for (size_t k = 0; k < options->largest + options->smallest; k++) {
        size_t place = k < options->largest ? k : q->n - 1 - (k - options->largest);
        double least = options->tolerance * fmax(fabs(sorted[0]), fabs(sorted[q->n - 1]));
        all &= fabs(out.values[k] - sorted[place]) <= least + out.residuals[k];
    }
    assert_int_equal(out.result.stop, TW_SPECTRUM_CONVERGED);
    free(out.vectors);
    return all;
}

/* A copy far outside of a small bulk, of which a random vector of so many entries has next to
 * nothing: its first products say nothing of it. */
static void test_copies_of_large_ones(void **state) {
    enum { MANY = 200000 };
    const double ends[] = {100, 100, 88, 87};
    double *values = malloc(MANY * sizeof *values);
    for (int sign = 1; sign >= -1; sign -= 2) {
        for (size_t i = 0; i < MANY; i++)
            values[i] = sign * (i < 4 ? ends[i] : 1e-3 * (double)(i % 7));
        quadratic q = {.n = MANY, .values = values};
        found out;
        run(&q, &(tw_spectrum_options){.largest = sign > 0 ? 2 : 0, .smallest = sign > 0 ? 0 : 2},
            &out);
        assert_int_equal(out.result.stop, TW_SPECTRUM_CONVERGED);
        assert_close(out.values[0], sign * 100, 1e-6, 0);
        assert_close(out.values[1], sign * 100, 1e-6, 0);
        assert_true(out.result.products < 40);
        free(out.vectors);
    }
    free(values);
}

/* The header states that 1 in 1,000 may be missed at an end. Without the proof that a vector gives
 * these are found in next to none, and in half of the runs. */
static void test_missed(void **state) {
    enum { MANY = 1000, SEEDS = 150 };
    double *values = malloc(MANY * sizeof *values);
    size_t missed[3] = {0};
    for (uint64_t seed = 0; seed < SEEDS; seed++) {
        tw_spectrum_options copies = {.largest = 2, .smallest = 1, .tolerance = 1e-4, .seed = seed},
                            lone = {.largest = 1, .smallest = 1, .tolerance = 1e-2, .seed = seed};
        quadratic q = {.n = MANY, .values = values};
        for (size_t i = 0; i < MANY; i++)
            values[i] = i < 2 ? 100 : i < 4 ? 88 - (double)i : 1e-4 * (double)(MANY - i);
        missed[0] += !has_all(&q, &copies, values);
        for (size_t i = 0; i < MANY; i++)
            values[i] = i < 2          ? 1 - 0.5 * (double)i
                        : i + 1 < MANY ? 0.012 - 0.024 * (double)i / MANY
                                       : -0.035;
        missed[1] += !has_all(&q, &lone, values);
        for (size_t i = 0; i < 61; i++)
            values[i] = pow(10, -8 * (double)i / 60);
        q.n = 61;
        copies.largest = copies.smallest = 3;
        missed[2] += !has_all(&q, &copies, values);
    }
    free(values);
    for (int k = 0; k < 3; k++)
        if (missed[k] > 2)
            fail_msg("case %d: %zu of %d missed", k, missed[k], SEEDS);
}

static void test_restarts(void **state) {
    double values[N];
    for (size_t i = 0; i < N; i++)
        values[i] = (double)i / N - 0.3;
    quadratic q = {.n = N, .values = values};
    found out;
    for (size_t block = 1; block <= 3; block++) {
        run(&q, &(tw_spectrum_options){.largest = 2, .smallest = 1, .basis = 24, .block = block},
            &out);
        assert_int_equal(out.result.stop, TW_SPECTRUM_CONVERGED);
        assert_true(out.result.restarts > 1);
        assert_true(out.result.basis <= 24);
        assert_close(out.values[0], values[N - 1], 0, 1e-6);
        assert_close(out.values[1], values[N - 2], 0, 1e-6);
        assert_close(out.values[2], values[0], 0, 1e-6);
        free(out.vectors);
    }
}

static void test_threads(void **state) {
    enum { MANY = 20000 }; /* ten pieces: fewer are not spread */
    double *values = malloc(MANY * sizeof *values);
    found first, other;
    for (size_t i = 0; i < MANY; i++)
        values[i] = exp(-(double)i / 20) - (i == 9 ? 1 : 0);
    for (int threads = 1; threads <= 3; threads++) {
        quadratic q = {.n = MANY, .values = values};
        assert_ok(tw_runner_new(threads, &q.runner));
        const tw_spectrum_options options = {.largest = 3, .smallest = 1, .basis = 30};
        run(&q, &options, threads == 1 ? &first : &other);
        tw_runner_free(q.runner);
        if (threads == 1)
            continue;
        assert_memory_equal(first.values, other.values, 4 * sizeof(double));
        assert_memory_equal(first.residuals, other.residuals, 4 * sizeof(double));
        assert_memory_equal(first.vectors, other.vectors, 4 * MANY * sizeof(double));
        assert_true(first.result.products == other.result.products);
        free(other.vectors);
    }
    free(first.vectors);
    free(values);
}

static int cancel(void *user, const tw_spectrum_progress *progress) {
    size_t *left = user;
    return (*left)-- == 0;
}

/* Counters that each make sense alone: ended, or checking, without pairs. Rows would be reckoned
 * outside of the basis. */
static void refuse_broken(tw_curvature *m, const tw_spectrum_options *options, size_t count,
                          const tw_spectrum_part *parts, int broken) {
    tw_spectrum_part copy[8];
    tw_spectrum *s;
    double counters[48];
    enum { DONE = 10, PHASE = 14 }; /* spectrum_state.c */
    size_t at = count;
    memcpy(copy, parts, count * sizeof *copy);
    for (size_t k = 0; k < count; k++)
        if (strcmp(parts[k].name, "counters") == 0)
            at = k;
    assert_true(at < count && parts[at].count <= 48);
    memcpy(counters, parts[at].values, parts[at].count * sizeof *counters);
    copy[at].values = counters;
    assert_ok(tw_spectrum_open(m, options, &s));
    assert_ok(tw_spectrum_restore(s, count, copy)); /* as it is */
    tw_spectrum_close(s);
    counters[DONE] = 0; /* Ritz pairs */
    counters[PHASE] = broken ? 1 : 2;
    assert_ok(tw_spectrum_open(m, options, &s));
    assert_fails(TW_ERR_FORMAT, "a state of another search", tw_spectrum_restore(s, count, copy));
    tw_spectrum_close(s);
}

/* Taken out after every few blocks and put into another handle; cancelled in between. */
static void test_state(void **state) {
    double values[N];
    for (size_t i = 0; i < N; i++)
        values[i] = i < 2 ? 3 : sin((double)i);
    quadratic q = {.n = N, .values = values};
    tw_objective *f = quadratic_objective(&q);
    double x[N] = {0};
    size_t left = 5, count;
    tw_curvature *m;
    tw_spectrum_options options = {.largest = 3, .smallest = 2, .basis = 30};
    found whole, cut;
    run(&q, &options, &whole);
    options.report = cancel;
    options.user = &left;
    assert_ok(tw_curvature_open(f, x, NULL, &m));
    tw_spectrum *s, *next;
    assert_ok(tw_spectrum_open(m, &options, &s));
    for (int cancelled = 0; !tw_spectrum_ended(s);) {
        const tw_spectrum_part *parts;
        tw_status status = tw_spectrum_run(s, cancelled ? 1 : 7);
        assert_true(status == TW_OK || status == TW_ERR_CANCELLED);
        cancelled += status == TW_ERR_CANCELLED;
        if (status == TW_ERR_CANCELLED)
            left = (size_t)-1;
        assert_int_equal(cancelled, 1);
        assert_ok(tw_spectrum_state(s, &count, &parts));
        assert_ok(tw_spectrum_open(m, &options, &next));
        assert_ok(tw_spectrum_restore(next, count, parts));
        tw_spectrum_close(s);
        s = next;
    }
    assert_ok(tw_spectrum_result_of(s, &cut.result));
    keep(&cut, N);
    assert_memory_equal(whole.values, cut.values, 5 * sizeof(double));
    assert_memory_equal(whole.vectors, cut.vectors, 5 * N * sizeof(double));
    assert_true(whole.result.products == cut.result.products);
    tw_spectrum_close(s);

    const tw_spectrum_part *parts;
    options.seed = 3;
    assert_ok(tw_spectrum_open(m, &options, &s));
    assert_ok(tw_spectrum_open(m, &(tw_spectrum_options){.largest = 2}, &next));
    assert_ok(tw_spectrum_run(s, 3));
    assert_ok(tw_spectrum_state(s, &count, &parts));
    assert_fails(TW_ERR_FORMAT, "another search", tw_spectrum_restore(next, count, parts));
    tw_spectrum_close(next);
    for (int broken = 0; broken < 2; broken++)
        refuse_broken(m, &options, count, parts, broken);
    tw_spectrum_close(s);
    tw_curvature_close(m);
    tw_objective_free(f);
    free(whole.vectors);
    free(cut.vectors);
}

/* All products that the form has made: the operator looked at, or not, and what a search took. */
static size_t all_products(quadratic *q, int looked_at, uint64_t seed,
                           const tw_spectrum_options *options, found *out) {
    tw_objective *f = quadratic_objective(q);
    double *x = calloc(q->n, sizeof *x);
    tw_curvature *m;
    tw_spectrum *s;
    q->products = 0;
    assert_ok(tw_curvature_open(
        f, x, &(tw_curvature_options){.asymmetric = looked_at ? 0 : 2, .seed = seed}, &m));
    assert_int_equal(q->products, looked_at ? 2 : 0);
    assert_ok(tw_spectrum_open(m, options, &s));
    while (!tw_spectrum_ended(s))
        assert_ok(tw_spectrum_run(s, 1));
    assert_ok(tw_spectrum_result_of(s, &out->result));
    assert_int_equal(q->products, out->result.products + (looked_at ? 2 : 0));
    keep(out, q->n);
    tw_spectrum_close(s);
    tw_curvature_close(m);
    tw_objective_free(f);
    free(x);
    return q->products;
}

static void compare_looks(const double *values, size_t n, uint64_t seed, int adds, size_t *with,
                          size_t *without) {
    quadratic q = {.n = n, .values = values};
    const tw_spectrum_options options = {.largest = 1, .tolerance = 1e-10, .seed = seed};
    found plain, out, other;
    size_t most = all_products(&q, 0, seed, &options, &plain);
    size_t made = all_products(&q, 1, seed, &options, &out);
    assert_close(out.values[0], 3, 1e-12, 0);
    check_pair(&q, &out, 0, 3e-10);
    if (adds) {
        *with += made;
        *without += most;
    } else {
        assert_true(made <= most + 1);
    }
    /* vectors of another seed are none of the operator's */
    assert_int_equal(all_products(&q, 1, seed + 1, &options, &other), most + 2);
    assert_memory_equal(other.vectors, plain.vectors, n * sizeof(double));
    free(plain.vectors);
    free(out.vectors);
    free(other.vectors);
}

/* The products by which the operator was looked at are the first of the search, and the first of
 * its second round: to look costs one at most, on the average. */
static void test_looked_at(void **state) {
    double values[N];
    for (size_t i = 0; i < N; i++)
        values[i] = i < 2 ? 3 - (double)i : sin((double)i);
    size_t all_with = 0, all_without = 0;
    for (size_t n = 1; n <= 3; n++)
        for (uint64_t seed = 0; seed < 8; seed++)
            compare_looks(values, n == 3 ? N : n, seed, n == 3, &all_with, &all_without);
    assert_true(all_with <= all_without + 8);
}

/* A neighbour's vectors save products; a pair of the middle misleads nobody. */
static void test_start(void **state) {
    double values[N], moved[N];
    for (size_t i = 0; i < N; i++) {
        values[i] = (double)i / N + (i == 0 ? -1 : i == N - 1 ? 1 : 0);
        moved[i] = values[i] * 1.01 + 0.001 * sin((double)i);
    }
    quadratic q = {.n = N, .values = values}, near = {.n = N, .values = moved};
    found first, cold, warm;
    tw_spectrum_options options = {.tolerance = 1e-4, .unconfirmed = 1};
    run(&q, &options, &first);
    run(&near, &options, &cold);
    options.start = first.vectors;
    options.start_count = 2;
    run(&near, &options, &warm);
    assert_close(warm.values[0], moved[N - 1], 1e-6, 0);
    assert_close(warm.values[1], moved[0], 1e-6, 0);
    found middle;
    run(&q, &(tw_spectrum_options){.largest = 40, .tolerance = 1e-12}, &middle);
    options = (tw_spectrum_options){.largest = 1, .tolerance = 1e-4, .unconfirmed = 1};
    options.start = middle.vectors + 39 * N;
    options.start_count = 1;
    free(warm.vectors);
    run(&q, &options, &warm);
    assert_close(warm.values[0], values[N - 1], 1e-6, 0);
    free(warm.vectors);
    free(cold.vectors);
    free(middle.vectors);
    free(first.vectors);
}

static void test_limits(void **state) {
    double values[N], x[N] = {0};
    for (size_t i = 0; i < N; i++)
        values[i] = sin((double)i);
    quadratic q = {.n = N, .values = values};
    found out;
    run(&q, &(tw_spectrum_options){.tolerance = 1e-17}, &out);
    assert_int_equal(out.result.stop, TW_SPECTRUM_ROUNDING);
    assert_true(out.residuals[0] < 1e-13 && out.residuals[1] < 1e-13);
    free(out.vectors);
    run(&q, &(tw_spectrum_options){.tolerance = 1e-9, .products = 10}, &out);
    assert_int_equal(out.result.stop, TW_SPECTRUM_PRODUCTS);
    check_pair(&q, &out, 0, 1);
    free(out.vectors);

    tw_objective *f = quadratic_objective(&q);
    tw_curvature *m;
    tw_spectrum *s;
    assert_ok(tw_curvature_open(f, x, NULL, &m));
    assert_fails(TW_ERR_ARGUMENT, "tolerance",
                 tw_spectrum_open(m, &(tw_spectrum_options){.tolerance = -1}, &s));
    assert_fails(TW_ERR_ARGUMENT, "is zero",
                 tw_spectrum_open(m, &(tw_spectrum_options){.start = x, .start_count = 1}, &s));
    assert_fails(TW_ERR_MEMORY, "MiB",
                 tw_spectrum_open(m, &(tw_spectrum_options){.memory = 10000}, &s));
    assert_fails(TW_ERR_ARGUMENT, "need",
                 tw_spectrum_open(m, &(tw_spectrum_options){.largest = 5, .basis = 6}, &s));
    q.broken = q.products + 4;
    assert_ok(tw_spectrum_open(m, NULL, &s));
    assert_fails(TW_ERR_NOT_FINITE, "entry 3 of block 'x'", tw_spectrum_run(s, 100));
    assert_ok(tw_spectrum_run(s, 1)); /* the next product is whole again */
    tw_spectrum_close(s);
    tw_curvature_close(m);
    tw_objective_free(f);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_known),     cmocka_unit_test(test_small),
        cmocka_unit_test(test_rounds),    cmocka_unit_test(test_restarts),
        cmocka_unit_test(test_threads),   cmocka_unit_test(test_state),
        cmocka_unit_test(test_looked_at), cmocka_unit_test(test_start),
        cmocka_unit_test(test_limits),    cmocka_unit_test(test_copies_of_large_ones),
        cmocka_unit_test(test_missed),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
