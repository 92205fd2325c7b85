/* A course's deep network of ReLU units with small weights and biases of zero, many of which lie at
 * their kinks or beside them: its right gradient passes, with the kinks named, and a wrong one
 * fails. */
#include <math.h>

#include "support.h"

enum { LAYERS = 8, WIDEST = 30, SAMPLES = 2 };
static const size_t widths[LAYERS + 1] = {15, 20, 10, 10, 10, 10, 10, 30, 10};
static const size_t labels[SAMPLES] = {1, 7};

typedef struct network {
    double inputs[SAMPLES][15];
    size_t wrong;  /* an entry of the gradient that is off */
    double factor; /* by this */
} network;

static size_t count_parameters(void) {
    size_t n = 0;
    for (size_t l = 0; l < LAYERS; l++)
        n += (widths[l] + 1) * widths[l + 1];
    return n;
}

/* Outputs of all layers; `at[l]` is where the weights of layer l begin, its biases after them. */
static void forward(const network *net, size_t sample, const double *x, double h[][WIDEST],
                    size_t *at) {
    size_t offset = 0;
    memcpy(h[0], net->inputs[sample], sizeof net->inputs[sample]);
    for (size_t l = 0; l < LAYERS; l++) {
        size_t in = widths[l], out = widths[l + 1];
        at[l] = offset;
        for (size_t j = 0; j < out; j++) {
            double z = x[offset + in * out + j];
            for (size_t i = 0; i < in; i++)
                z += h[l][i] * x[offset + i * out + j];
            h[l + 1][j] = l + 1 < LAYERS && z < 0 ? 0 : z;
        }
        offset += (in + 1) * out;
    }
}

/* log sum exp(s_c - s_y), and its derivatives in `d` where not NULL. */
static double cross_entropy(const double *scores, size_t label, double *d) {
    double sum = 0;
    for (size_t c = 0; c < 10; c++)
        sum += exp(scores[c] - scores[label]);
    for (size_t c = 0; c < 10 && d != NULL; c++)
        d[c] = exp(scores[c] - scores[label]) / sum - (c == label);
    return log(sum);
}

static double loss(size_t n, const double *x, void *user) {
    double h[LAYERS + 1][WIDEST], sum = 0;
    size_t at[LAYERS];
    for (size_t k = 0; k < SAMPLES; k++) {
        forward(user, k, x, h, at);
        sum += cross_entropy(h[LAYERS], labels[k], NULL) / SAMPLES;
    }
    return sum;
}

static void gradient(size_t n, const double *x, double *g, void *user) {
    const network *net = user;
    double h[LAYERS + 1][WIDEST], d[WIDEST], below[WIDEST];
    size_t at[LAYERS];
    memset(g, 0, n * sizeof *g);
    for (size_t k = 0; k < SAMPLES; k++) {
        forward(net, k, x, h, at);
        cross_entropy(h[LAYERS], labels[k], d);
        for (size_t l = LAYERS; l-- > 0;) {
            size_t in = widths[l], out = widths[l + 1];
            for (size_t i = 0; i < in; i++) {
                below[i] = 0;
                for (size_t j = 0; j < out; j++) {
                    g[at[l] + i * out + j] += h[l][i] * d[j] / SAMPLES;
                    below[i] += h[l][i] > 0 ? x[at[l] + i * out + j] * d[j] : 0;
                }
            }
            for (size_t j = 0; j < out; j++)
                g[at[l] + in * out + j] += d[j] / SAMPLES;
            memcpy(d, below, sizeof d);
        }
    }
    g[net->wrong] *= net->factor;
}

static double *draw(network *net, uint64_t seed) {
    size_t n = count_parameters(), offset = 0;
    double *x = calloc(n, sizeof *x);
    assert_non_null(x);
    tw_rng_fill_normal(seed, 1, 0, SAMPLES * 15, net->inputs[0]);
    tw_rng_fill_normal(seed, 2, 0, n, x);
    for (size_t l = 0; l < LAYERS; l++) {
        size_t weights = widths[l] * widths[l + 1];
        for (size_t i = 0; i < weights; i++)
            x[offset + i] *= 0.05;
        for (size_t j = 0; j < widths[l + 1]; j++)
            x[offset + weights + j] = 0;
        offset += weights + widths[l + 1];
    }
    return x;
}

static tw_gradcheck *check_network(network *net, const double *x) {
    tw_objective *objective = NULL;
    tw_gradcheck *check = NULL;
    assert_ok(tw_objective_from_functions(loss, gradient, net, count_parameters(), &objective));
    assert_ok(tw_gradcheck_run(objective, x, NULL, &check));
    tw_objective_free(objective);
    return check;
}

/* Where a kink lies within 1e-9 of x, no step that doubles allow tells one side's slope to a
 * millionth: such an entry may stay open, but no right gradient fails. */
static void a_right_gradient_passes_at_its_kinks(void **state) {
    enum { SEEDS = 16 };
    int passed = 0;
    for (uint64_t seed = 0; seed < SEEDS; seed++) {
        network net = {.factor = 1};
        double *x = draw(&net, seed);
        tw_gradcheck *check = check_network(&net, x);
        assert_int_not_equal(check->verdict, TW_VERDICT_FAIL);
        passed += check->verdict == TW_VERDICT_PASS;
        assert_true(check->blocks[0].kinks > 0 && check->blocks[0].inconclusive <= 6);
        assert_true(check->evaluations < 35000);
        assert_true(check->noise < 1e-8); /* the loss is exact to 1e-16, but for the kinks */
        tw_gradcheck_free(check);
        free(x);
    }
    assert_true(passed >= SEEDS / 2 - 1);
}

static void a_wrong_entry_fails(void **state) {
    static const double factors[] = {-1, 2, 1.0001, 0};
    size_t last = count_parameters() - 10; /* biases of the scores, which are no small entries */
    for (size_t k = 0; k < sizeof factors / sizeof *factors; k++) {
        network net = {.wrong = last + k, .factor = factors[k]};
        double *x = draw(&net, k);
        tw_gradcheck *check = check_network(&net, x);
        assert_int_equal(check->verdict, TW_VERDICT_FAIL);
        assert_int_equal(check->entries[check->blocks[0].worst].index, last + k);
        tw_gradcheck_free(check);
        free(x);
    }
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_right_gradient_passes_at_its_kinks),
        cmocka_unit_test(a_wrong_entry_fails),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
