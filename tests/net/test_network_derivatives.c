/* Gradients and Hessian products of trained networks against PyTorch's in double
 * (../shared/data/reference/curvature): norms, and the norm, sum and 50 entries of every block. */
#include <math.h>

#include "support.h"

/* ---- the vector: numpy.random.RandomState(7).randn(n), by its norm ---- */

typedef struct twister {
    uint32_t state[624];
    size_t at;
    int has_other;
    double other;
} twister;

static void seed_twister(twister *t, uint32_t seed) {
    *t = (twister){.at = 624};
    for (uint32_t k = 0; k < 624; k++) {
        t->state[k] = seed;
        seed = 1812433253U * (seed ^ (seed >> 30)) + k + 1;
    }
}

static uint32_t next_word(twister *t) {
    if (t->at == 624) {
        for (size_t k = 0; k < 624; k++) {
            uint32_t y = (t->state[k] & 0x80000000U) | (t->state[(k + 1) % 624] & 0x7fffffffU);
            t->state[k] = t->state[(k + 397) % 624] ^ (y >> 1) ^ ((y & 1) ? 0x9908b0dfU : 0);
        }
        t->at = 0;
    }
    uint32_t y = t->state[t->at++];
    y ^= y >> 11;
    y ^= (y << 7) & 0x9d2c5680U;
    y ^= (y << 15) & 0xefc60000U;
    return y ^ (y >> 18);
}

static double next_share(twister *t) {
    uint32_t a = next_word(t) >> 5, b = next_word(t) >> 6;
    return (a * 67108864.0 + b) / 9007199254740992.0;
}

static double next_normal(twister *t) {
    double x, y, square;
    if (t->has_other) {
        t->has_other = 0;
        return t->other;
    }
    do {
        x = 2 * next_share(t) - 1;
        y = 2 * next_share(t) - 1;
        square = x * x + y * y;
    } while (square >= 1 || square == 0);
    double f = sqrt(-2 * log(square) / square);
    t->other = f * x;
    t->has_other = 1;
    return f * y;
}

static double length_of(const double *g, size_t n) {
    double sum = 0;
    for (size_t i = 0; i < n; i++)
        sum += g[i] * g[i];
    return sqrt(sum);
}

/* Zero in buffers, which stand between the parameters. */
static double *make_vector(const tw_space *space) {
    size_t n = tw_space_size(space);
    double *v = calloc(n, sizeof *v);
    twister t;
    seed_twister(&t, 7);
    for (size_t k = 0; k < tw_space_blocks(space); k++) {
        const tw_block *block = tw_space_block(space, k);
        for (size_t i = 0; i < block->count && block->role != TW_ROLE_BUFFER; i++)
            v[block->offset + i] = next_normal(&t);
    }
    double length = length_of(v, n);
    for (size_t i = 0; i < n; i++)
        v[i] /= length;
    return v;
}

/* ---- what is expected ---- */

static const char *behind(const char *text, const char *key) {
    char quoted[96];
    snprintf(quoted, sizeof quoted, "\"%s\":", key);
    const char *at = strstr(text, quoted);
    assert_non_null(at);
    return at + strlen(quoted);
}

static double number(const char *text, const char *key) {
    return strtod(behind(text, key), NULL);
}

/* All blocks: errors by the norm of the whole. */
static void check_blocks(const tw_space *space, const char *section, const double *g,
                         double allowed) {
    size_t checked = 0;
    for (size_t k = 0; k < tw_space_blocks(space); k++) {
        const tw_block *block = tw_space_block(space, k);
        const double *own = g + block->offset;
        double sum = 0;
        if (block->role == TW_ROLE_BUFFER)
            continue;
        const char *expected = behind(section, block->name);
        assert_float_equal(length_of(own, block->count), number(expected, "norm"), allowed);
        for (size_t i = 0; i < block->count; i++)
            sum += own[i];
        assert_float_equal(sum, number(expected, "sum"), allowed * sqrt((double)block->count));
        const char *index = strchr(behind(expected, "index"), '[') + 1;
        const char *value = strchr(behind(expected, "value"), '[') + 1;
        for (char *end; *index != ']'; checked++) {
            size_t at = strtoul(index, &end, 10);
            index = end + strspn(end, ", \n");
            assert_true(at < block->count);
            assert_float_equal(own[at], strtod(value, &end), allowed);
            value = end + strspn(end, ", \n");
        }
    }
    assert_true(checked > 1000);
}

static void check(const char *name, const char *file, const char *set,
                  tw_network_precision precision, double tolerance) {
    static const double mean[] = {0.485, 0.456, 0.406}, deviation[] = {0.229, 0.224, 0.225};
    char path[128], *weights = strdup(shared_path(file));
    snprintf(path, sizeof path, "reference/curvature/%s-derivatives.json", name);
    char *json = read_text(shared_path(path));
    const tw_network_options options = {.bytes = sizeof options,
                                        .precision = precision,
                                        .mean = mean,
                                        .std = deviation,
                                        .mean_count = 3,
                                        .std_count = 3};
    const tw_dataset_options test = {.split = TW_SPLIT_TEST, .limit = (size_t)atoi(set)};
    tw_runner *runner;
    tw_network *network;
    tw_dataset *data;
    tw_objective *f;
    double values[3];
    assert_ok(tw_runner_new(0, &runner));
    assert_ok(tw_network_open(name, NULL, &network));
    const tw_space *space = tw_network_space(network);
    size_t n = tw_space_size(space);
    double *x = malloc(n * sizeof *x), *g = malloc(n * sizeof *g), *v = make_vector(space);
    assert_ok(tw_weights_read(weights, space, x));
    assert_ok(tw_network_set_start(network, x));
    assert_ok(tw_dataset_open(shared_path("cifar-10-subset/cifar-10-batches-py"), &test, &data));
    assert_ok(tw_network_objective(network, data, &options, runner, &f));
    const char *section = behind(strstr(json, "\"sets\""), set);
    double norm = number(section, "gradient_norm"), along = 0;
    assert_ok(tw_objective_gradient(f, x, values, g));
    assert_close(values[0], number(section, "loss"), tolerance, 0);
    assert_close(length_of(g, n), norm, tolerance, 0);
    check_blocks(space, behind(section, "gradient"), g, tolerance * norm);
    for (size_t i = 0; i < n; i++)
        along += g[i] * v[i];
    assert_float_equal(along, number(section, "g_dot_v"), tolerance * norm);
    norm = number(section, "hv_norm");
    assert_ok(tw_objective_hessian_product(f, x, v, g));
    assert_close(length_of(g, n), norm, tolerance, 0);
    check_blocks(space, behind(section, "hv"), g, tolerance * norm);
    along = 0;
    for (size_t i = 0; i < n; i++)
        along += g[i] * v[i];
    assert_float_equal(along, number(section, "v_dot_hv"), tolerance * norm);
    tw_objective_free(f);
    tw_dataset_free(data);
    tw_network_free(network);
    tw_runner_free(runner);
    free(x);
    free(g);
    free(v);
    free(json);
    free(weights);
}

static void test_single(void **state) {
    check("resnet20", "models/resnet20-12fca82f.th", "100", TW_NETWORK_SINGLE, 1e-4);
    check("resnet56", "models/resnet56-4bfd9763.th", "100", TW_NETWORK_SINGLE, 1e-4);
}

/* Minutes: make soak runs them. */
static void test_slow(void **state) {
    if (getenv("THALWEG_SLOW") == NULL)
        skip();
    check("resnet20", "models/resnet20-12fca82f.th", "500", TW_NETWORK_SINGLE, 1e-4);
    check("resnet56", "models/resnet56-4bfd9763.th", "500", TW_NETWORK_SINGLE, 1e-4);
    check("resnet20", "models/resnet20-12fca82f.th", "100", TW_NETWORK_DOUBLE, 1e-10);
    check("resnet56", "models/resnet56-4bfd9763.th", "100", TW_NETWORK_DOUBLE, 1e-10);
}

int main(void) {
    const struct CMUnitTest tests[] = {cmocka_unit_test(test_single), cmocka_unit_test(test_slow)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
