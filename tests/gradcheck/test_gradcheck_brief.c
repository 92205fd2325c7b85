/* Checks of losses that take long: a ReLU network by brief probes, right and with a mistake in one
 * block; and losses of which small steps see a part. */
#include <math.h>

#include "float_losses.h"
#include "support.h"

typedef enum mistake { NONE, ENTRY, FACTOR, ZERO, SIGN, SHUFFLED, MISTAKES } mistake;

typedef struct spoilt {
    tw_objective *inner;
    mistake mistake;
    size_t offset, count; /* of the block */
    int single;           /* values are rounded to float, and say so */
} spoilt;

static tw_status value(void *ctx, size_t n, const double *x, double *values) {
    double all[8];
    tw_status status = tw_objective_value(((spoilt *)ctx)->inner, x, all);
    values[0] = ((spoilt *)ctx)->single ? (float)all[0] : all[0];
    return status;
}

static tw_status gradient(void *ctx, size_t n, const double *x, double *values, double *g) {
    const spoilt *s = ctx;
    double all[8], largest = 0;
    tw_status status = tw_objective_gradient(s->inner, x, all, g);
    if (values != NULL)
        values[0] = all[0];
    for (size_t i = s->offset; i < s->offset + s->count; i++)
        largest = fmax(largest, fabs(g[i]));
    for (size_t i = s->offset; i < s->offset + s->count; i++)
        g[i] *= s->mistake == FACTOR ? 1.001 : s->mistake == ZERO ? 0 : s->mistake == SIGN ? -1 : 1;
    if (s->mistake == ENTRY)
        g[s->offset + s->count / 3] += 0.05 * largest;
    if (s->mistake == SHUFFLED) {
        double first = g[s->offset];
        memmove(g + s->offset, g + s->offset + 1, (s->count - 1) * sizeof *g);
        g[s->offset + s->count - 1] = first;
    }
    return status;
}

static tw_objective *spoil(spoilt *s) {
    tw_objective *out = NULL;
    const tw_objective_ops ops = {.value = value, .gradient = gradient};
    tw_objective_traits traits = {.name = "spoilt", .noise = s->single ? 6e-8 : 0};
    assert_ok(tw_space_copy(tw_objective_space(s->inner), &traits.space));
    assert_ok(tw_objective_new(&ops, s, tw_objective_size(s->inner), &traits, &out));
    return out;
}

static tw_gradcheck *check(tw_objective *objective, const double *x, uint64_t seed) {
    const tw_gradcheck_options options = {
        .seed = seed, .only_probes = 1, .probes = 1, .brief = 1, .no_taylor = 1, .no_hessian = 1};
    tw_gradcheck *report = NULL;
    assert_ok(tw_gradcheck_run(objective, x, &options, &report));
    return report;
}

typedef struct network {
    tw_dataset *data;
    tw_objective *f;
    double *x;
} network;

static network open_network(uint64_t seed) {
    static const size_t hidden[] = {24, 16, 12};
    const tw_mlp_options options = {
        .hidden = hidden, .hidden_count = 3, .reg = 1e-4, .scale = 0.01, .count = 20};
    network net = {0};
    assert_ok(tw_dataset_open("synthetic:20", NULL, &net.data));
    assert_ok(tw_mlp_new(net.data, &options, NULL, &net.f));
    size_t n = tw_objective_size(net.f);
    net.x = malloc(n * sizeof *net.x);
    assert_non_null(net.x);
    tw_rng_fill_normal(seed, 1, 0, n, net.x);
    for (size_t i = 0; i < n; i++)
        net.x[i] = tw_objective_start(net.f)[i] + 0.02 * net.x[i];
    return net;
}

static void close_network(network *net) {
    tw_objective_free(net->f);
    tw_dataset_free(net->data);
    free(net->x);
}

/* Some dozen evaluations a block. */
static void right_networks_pass_soon(void **state) {
    for (uint64_t seed = 0; seed < 12; seed++) {
        network net = open_network(seed);
        spoilt s = {.inner = net.f};
        tw_objective *f = spoil(&s);
        tw_gradcheck *report = check(f, net.x, seed);
        assert_int_equal(report->verdict, TW_VERDICT_PASS);
        assert_int_equal(report->probe_count, report->block_count);
        assert_in_range(report->evaluations, 1, 30 + 16 * report->block_count);
        assert_true(report->noise < 1e-14 * report->loss);
        tw_gradcheck_free(report);
        tw_objective_free(f);
        close_network(&net);
    }
}

static void mistakes_of_one_block_fail(void **state) {
    network net = open_network(3);
    const tw_space *space = tw_objective_space(net.f);
    for (size_t k = 0; k < tw_space_blocks(space); k++)
        for (mistake m = ENTRY; m < MISTAKES; m++) {
            const tw_block *block = tw_space_block(space, k);
            spoilt s = {net.f, m, block->offset, block->count};
            tw_objective *f = spoil(&s);
            tw_gradcheck *report = check(f, net.x, 5 * k + m);
            for (size_t b = 0; b < report->block_count; b++)
                assert_int_equal(report->blocks[b].verdict,
                                 b == k ? TW_VERDICT_FAIL : TW_VERDICT_PASS);
            assert_int_equal(report->verdict, TW_VERDICT_FAIL);
            tw_gradcheck_free(report);
            tw_objective_free(f);
        }
    close_network(&net);
}

/* In single precision kinks lie within the steps: a right gradient does not fail, and a gross
 * mistake does not pass. */
static void no_verdict_is_wrong_in_single(void **state) {
    network net = open_network(5);
    const tw_space *space = tw_objective_space(net.f);
    for (size_t k = 0; k < tw_space_blocks(space); k++)
        for (mistake m = NONE; m < MISTAKES; m += ZERO) {
            const tw_block *block = tw_space_block(space, k);
            spoilt s = {net.f, m, block->offset, block->count, 1};
            tw_objective *f = spoil(&s);
            tw_gradcheck *report = check(f, net.x, k);
            if (m == NONE)
                assert_int_not_equal(report->verdict, TW_VERDICT_FAIL);
            else
                assert_int_not_equal(report->blocks[k].verdict, TW_VERDICT_PASS);
            tw_gradcheck_free(report);
            tw_objective_free(f);
        }
    close_network(&net);
}

/* A mistake in the last layer's derivative spoils all blocks: it must not take for ever. */
static void mistakes_of_all_blocks_fail_soon(void **state) {
    network net = open_network(4);
    spoilt s = {net.f, FACTOR, 0, tw_objective_size(net.f)};
    tw_objective *f = spoil(&s);
    tw_gradcheck *report = check(f, net.x, 1);
    for (size_t b = 0; b < report->block_count; b++)
        assert_int_equal(report->blocks[b].verdict, TW_VERDICT_FAIL);
    assert_in_range(report->evaluations, 1, 600);
    tw_gradcheck_free(report);
    tw_objective_free(f);
    close_network(&net);
}

/* What the evaluations allowed do not reach is open, and never passes. */
static void budgets_leave_blocks_open(void **state) {
    network net = open_network(0);
    const tw_gradcheck_options options = {.only_probes = 1, .brief = 1, .max_evaluations = 50};
    tw_gradcheck *report = NULL;
    assert_ok(tw_gradcheck_run(net.f, net.x, &options, &report));
    assert_int_equal(report->verdict, TW_VERDICT_INCONCLUSIVE);
    const tw_gradcheck_block *last = &report->blocks[report->block_count - 1];
    assert_int_equal(last->verdict, TW_VERDICT_INCONCLUSIVE);
    assert_int_equal(report->probes[report->probe_count - 1].reason, TW_REASON_BUDGET);
    tw_gradcheck_free(report);
    close_network(&net);
}

/* ---- kinks closer beside x than most steps ---- */

enum { PLACES = 20, HINGES = 20000 };

static double hinges(size_t n, const double *x, void *user) {
    double sum = 0;
    for (size_t k = 0; k < HINGES; k++) {
        double z = 0;
        for (size_t i = 0; i < n; i++)
            z += ((double)((k * 2654435761u + i * 40503u) % 1009) / 504.5 - 1) * x[i];
        sum += fmax(0, z) / HINGES;
    }
    return sum;
}

static void hinges_gradient(size_t n, const double *x, double *g, void *user) {
    memset(g, 0, n * sizeof *g);
    for (size_t k = 0; k < HINGES; k++) {
        double z = 0, w[PLACES];
        for (size_t i = 0; i < n; i++) {
            w[i] = (double)((k * 2654435761u + i * 40503u) % 1009) / 504.5 - 1;
            z += w[i] * x[i];
        }
        for (size_t i = 0; i < n && z > 0; i++)
            g[i] += w[i] / HINGES;
    }
    g[n / 2] *= *(const double *)user;
}

static void kinks_make_no_failures(void **state) {
    static double right = 1, wrong = 1.01;
    for (uint64_t seed = 0; seed < 8; seed++)
        for (int bad = 0; bad < 2; bad++) {
            double x[PLACES];
            tw_objective *f = NULL;
            tw_rng_fill_normal(seed, 1, 0, PLACES, x);
            assert_ok(tw_objective_from_functions(hinges, hinges_gradient, bad ? &wrong : &right,
                                                  PLACES, &f));
            tw_gradcheck *report = check(f, x, seed);
            assert_int_not_equal(report->verdict, bad ? TW_VERDICT_PASS : TW_VERDICT_FAIL);
            tw_gradcheck_free(report);
            tw_objective_free(f);
        }
}

/* ---- a data loss in float, a decay in double: small steps see the decay alone ---- */

typedef struct partial {
    double data; /* share of the data's gradient that is there */
} partial;

static double partial_value(size_t n, const double *x, void *user) {
    return float_data_loss(x, 1e-3);
}

static void partial_gradient(size_t n, const double *x, double *g, void *user) {
    double decay[3];
    float_data_gradient(x, 1e-3, g);
    for (size_t i = 0; i < 3; i++) {
        decay[i] = 1e-3 * x[i];
        g[i] = decay[i] + ((const partial *)user)->data * (g[i] - decay[i]);
    }
}

static void small_steps_alone_decide_nothing(void **state) {
    static partial all = {1}, none = {0};
    for (uint64_t seed = 0; seed < 40; seed++) {
        double x[3];
        tw_rng_fill_normal(seed, 1, 0, 3, x);
        for (int right = 0; right < 2; right++) {
            tw_objective *f = NULL;
            assert_ok(tw_objective_from_functions(partial_value, partial_gradient,
                                                  right ? &all : &none, 3, &f));
            tw_gradcheck *report = check(f, x, seed);
            if (report->verdict == (right ? TW_VERDICT_FAIL : TW_VERDICT_PASS))
                fail_msg("point %d: a %s gradient is called %s", (int)seed,
                         right ? "right" : "wrong", tw_verdict_name(report->verdict));
            tw_gradcheck_free(report);
            tw_objective_free(f);
        }
    }
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(right_networks_pass_soon),
        cmocka_unit_test(mistakes_of_one_block_fail),
        cmocka_unit_test(no_verdict_is_wrong_in_single),
        cmocka_unit_test(mistakes_of_all_blocks_fail_soon),
        cmocka_unit_test(budgets_leave_blocks_open),
        cmocka_unit_test(kinks_make_no_failures),
        cmocka_unit_test(small_steps_alone_decide_nothing),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
