/* The multilayer perceptron: the contract at every level, against a plain reading of the formulas
 * in long double, and with no hidden layer against the softmax classifier. */
#include <math.h>

#include "contract.h"
#include "mlp_by_definition.h"

/* Shapes that meet every edge: strips and blocks cut short, layers of one unit, of more than a
 * tile, of more than TW_DEPTH inputs, wider above than below. */
static const struct {
    size_t samples, features, classes, hidden[3], hidden_count;
} shapes[] = {{1, 1, 2, {1}, 1},          {3, 5, 3, {4}, 1},          {40, 16, 7, {0}, 0},
              {100, 17, 10, {33}, 1},     {65, 70, 11, {9, 5}, 2},    {130, 9, 5, {66, 7}, 2},
              {64, 10, 3, {7, 65, 8}, 3}, {33, 100, 26, {5, 3, 1}, 3}};

enum { SHAPES = sizeof shapes / sizeof shapes[0] };

typedef struct problem {
    tw_dataset *data;
    tw_mlp_options options;
    double *mean, *x;
    tw_objective *f;
    size_t n;
} problem;

/* With a point drawn so that biases matter too. */
static void open_problem(problem *p, size_t shape, int bytes, tw_mlp_activation activation,
                         tw_runner *runner) {
    size_t features = shapes[shape].features;
    p->data = random_dataset(bytes, shapes[shape].samples, features, shapes[shape].classes, shape);
    p->mean = malloc(features * sizeof *p->mean);
    tw_dataset_mean(p->data, p->mean);
    double deviation = tw_dataset_deviation(p->data, p->mean);
    p->options = (tw_mlp_options){.hidden = shapes[shape].hidden,
                                  .hidden_count = shapes[shape].hidden_count,
                                  .activation = activation,
                                  .reg = 0.01,
                                  .mean = p->mean,
                                  .scale = deviation > 0 ? 1 / deviation : 1,
                                  .seed = 3};
    assert_ok(tw_mlp_new(p->data, &p->options, runner, &p->f));
    p->n = tw_objective_size(p->f);
    p->x = malloc(p->n * sizeof *p->x);
    tw_rng_fill_normal(5, shape, 0, p->n, p->x);
    for (size_t i = 0; i < p->n; i++)
        p->x[i] = tw_objective_start(p->f)[i] + 0.1 * p->x[i];
}

static void close_problem(problem *p) {
    tw_objective_free(p->f);
    tw_dataset_free(p->data);
    free(p->mean);
    free(p->x);
}

static void check_one(size_t shape, int bytes, tw_mlp_activation activation, tw_runner *runner) {
    problem p;
    open_problem(&p, shape, bytes, activation, runner);
    double values[4], expected[4];
    double *g = malloc(p.n * sizeof *g), *exact = malloc(p.n * sizeof *exact);
    mlp_loss_by_definition(p.data, &p.options, p.x, expected);
    assert_ok(tw_objective_value(p.f, p.x, values));
    for (int k = 0; k < 4; k++)
        assert_close(values[k], expected[k], 1e-12, 1e-14);
    mlp_gradient_by_definition(p.data, &p.options, p.x, exact);
    assert_ok(tw_objective_gradient(p.f, p.x, NULL, g));
    assert_true(relative_distance(g, exact, p.n) < 1e-12);
    /* relu's kinks lie between the points of a difference: test_mlp_structure.c looks away from
     * them */
    int smooth = activation == TW_MLP_TANH || p.options.hidden_count == 0;
    const contract tolerance = {.value = 1e-11,
                                .gradient = smooth ? 1e-6 : 1e-3,
                                .hessian = smooth ? 1e-6 : 0,
                                .differences = 1e-11,
                                .scale = 0.5};
    check_contract(p.f, p.x, &tolerance);
    free(g);
    free(exact);
    close_problem(&p);
}

static void contract_at_every_level(void **state) {
    tw_runner *runner = NULL;
    assert_ok(tw_runner_new(2, &runner));
    for (size_t level = 0; tw_cpu_level_name(level) != NULL; level++) {
        if (!tw_cpu_level_supported(level))
            continue;
        assert_ok(tw_cpu_level_set(tw_cpu_level_name(level)));
        for (size_t shape = 0; shape < SHAPES; shape++)
            for (int activation = 0; activation <= 1; activation++)
                check_one(shape, (shape + (size_t)activation) % 2 != 0,
                          (tw_mlp_activation)activation, runner);
    }
    assert_ok(tw_cpu_level_set("best"));
    tw_runner_free(runner);
}

/* From losses taken one sample at a time. */
static double error_by_definition(const problem *p, const double *x) {
    size_t count = tw_dataset_samples(p->data);
    long double mean = 0, squares = 0, losses[130];
    tw_mlp_options one = p->options;
    double values[4];
    one.count = 1;
    for (size_t i = 0; i < count; i++) {
        one.first = i;
        mlp_loss_by_definition(p->data, &one, x, values);
        losses[i] = values[1];
        mean += losses[i] / count;
    }
    for (size_t i = 0; i < count; i++)
        squares += (losses[i] - mean) * (losses[i] - mean);
    return (double)sqrtl(squares / ((long double)count * (count - 1)));
}

/* With directions of rows that flip units, along which some points go through the layers. */
static void check_plane_errors(const problem *p, tw_objective *f, tw_objective *without,
                               tw_span_how how) {
    enum { POINTS = 7 };
    static const double points[2 * POINTS] = {0,   0,  1,   0, -1, 0.5, 0.25,
                                              0.5, 40, 0.5, 0, -2, NAN, 0.5};
    double *moved = malloc(3 * p->n * sizeof *moved), *d = moved + p->n;
    double values[5], along[5 * POINTS], plain[4 * POINTS];
    tw_span *span = NULL;
    tw_rng_fill_normal(6, 7, 0, 2 * p->n, d);
    assert_ok(tw_span_open(f, p->x, 2, (const double *[]){d, d + p->n}, how, &span));
    assert_ok(tw_span_values(span, POINTS, points, along));
    tw_span_close(span);
    assert_ok(tw_span_open(without, p->x, 2, (const double *[]){d, d + p->n}, how, &span));
    assert_ok(tw_span_values(span, POINTS, points, plain));
    tw_span_close(span);
    for (size_t k = 0; k < POINTS; k++) {
        for (size_t i = 0; i < p->n; i++)
            moved[i] = p->x[i] + points[2 * k] * d[i] + points[2 * k + 1] * d[p->n + i];
        assert_memory_equal(along + 5 * k, plain + 4 * k, 4 * sizeof *plain);
        if (k == POINTS - 1) {
            assert_true(isnan(along[5 * k + 4]));
            continue;
        }
        assert_ok(tw_objective_value(f, moved, values));
        assert_close(along[5 * k + 4], values[4], 1e-11, 1e-14);
        assert_close(along[5 * k + 4], error_by_definition(p, moved), 1e-10, 1e-14);
    }
    free(moved);
}

/* The metric loss_se wherever there are metrics; the others, and gradients, keep their bits. */
static void check_errors(problem *p, tw_runner *runner) {
    double *g = malloc(2 * p->n * sizeof *g), values[5], again[5], plain[4];
    const size_t samples[3] = {2, 0, 1};
    tw_objective *f = NULL, *few = NULL;
    p->options.bytes = sizeof p->options;
    p->options.errors = 1;
    p->options.memory = 1; /* products that are made anew for every call */
    assert_ok(tw_mlp_new(p->data, &p->options, runner, &f));
    assert_int_equal(tw_objective_metrics(p->f), 4);
    assert_string_equal(tw_objective_metric_name(f, 4), "loss_se");
    assert_ok(tw_objective_value(f, p->x, values));
    assert_ok(tw_objective_value(p->f, p->x, plain));
    assert_memory_equal(values, plain, sizeof plain);
    assert_close(values[4], error_by_definition(p, p->x), 1e-11, 1e-14);
    assert_ok(tw_objective_gradient(f, p->x, again, g));
    assert_ok(tw_objective_gradient(p->f, p->x, NULL, g + p->n));
    assert_memory_equal(g, g + p->n, p->n * sizeof *g);
    assert_memory_equal(again, values, sizeof values);
    assert_ok(tw_objective_sample_gradient(f, p->x, &(tw_batch){samples, 3, 0}, again, g));
    p->options.count = 3;
    assert_ok(tw_mlp_new(p->data, &p->options, NULL, &few));
    p->options.count = 0;
    assert_ok(tw_objective_value(few, p->x, values));
    assert_close(again[4], values[4], 1e-12, 1e-14);
    check_plane_errors(p, f, p->f, TW_SPAN_ROWS);
    check_plane_errors(p, f, p->f, TW_SPAN_SCATTERED);
    tw_objective_free(few);
    tw_objective_free(f);
    free(g);
}

static void standard_errors(void **state) {
    tw_runner *runner = NULL;
    assert_ok(tw_runner_new(2, &runner));
    for (size_t shape = 1; shape < SHAPES; shape++)
        for (int activation = 0; activation <= 1; activation++) {
            problem p;
            open_problem(&p, shape, activation, (tw_mlp_activation)activation, NULL);
            check_errors(&p, runner);
            close_problem(&p);
        }
    tw_runner_free(runner);
}

/* All losses alike: no error but rounding. Of one sample there is none. */
static void errors_of_equal_losses(void **state) {
    for (size_t shape = 0; shape < 4; shape++) {
        problem p;
        double values[5];
        tw_objective *f = NULL;
        open_problem(&p, shape, 1, TW_MLP_RELU, NULL);
        p.options.bytes = sizeof p.options;
        p.options.errors = 1;
        assert_ok(tw_mlp_new(p.data, &p.options, NULL, &f));
        memset(p.x, 0, p.n * sizeof *p.x);
        assert_ok(tw_objective_value(f, p.x, values));
        if (shape == 0)
            assert_true(isnan(values[4]));
        else
            assert_in_range((int)(values[4] * 1e12), 0, 1);
        tw_objective_free(f);
        close_problem(&p);
    }
}

/* W (features + 1, classes) of linear.h as fc1.weight (classes, features) and fc1.bias. */
static void from_linear(size_t features, size_t classes, const double *w, double *x) {
    for (size_t d = 0; d <= features; d++)
        for (size_t c = 0; c < classes; c++)
            x[d < features ? c * features + d : classes * features + c] = w[d * classes + c];
}

static void assert_same_vector(size_t features, size_t classes, const double *linear,
                               const double *mlp) {
    double *moved = malloc((features + 1) * classes * sizeof *moved);
    from_linear(features, classes, linear, moved);
    assert_true(relative_distance(mlp, moved, (features + 1) * classes) < 1e-12);
    free(moved);
}

/* No hidden layer: softmax regression, whose own code shares nothing with the layers' here. */
static void no_hidden_layer_is_linear(void **state) {
    enum { FEATURES = 90, CLASSES = 7, N = (FEATURES + 1) * CLASSES, POINTS = 9 };
    static double w[3 * N], x[3 * N], gw[N], gx[N];
    double mean[FEATURES], values[4], expected[4], c[2 * POINTS], plane[4 * POINTS];
    double linear_plane[4 * POINTS], d[N], linear_d[N], steps[N];
    size_t indices[N], linear_indices[N];
    tw_dataset *data = random_dataset(1, 300, FEATURES, CLASSES, 4);
    tw_objective *linear = NULL, *mlp = NULL;
    tw_span *span = NULL;
    tw_dataset_mean(data, mean);
    tw_rng_fill_normal(1, 2, 0, 3 * N, w);
    tw_rng_fill_normal(1, 3, 0, 2 * POINTS, c);
    for (size_t k = 0; k < 3 * N; k++)
        w[k] *= 0.003;
    for (size_t m = 0; m < 3; m++)
        from_linear(FEATURES, CLASSES, w + m * N, x + m * N);
    assert_ok(tw_linear_new(data, &(tw_linear_options){.mean = mean}, NULL, &linear));
    assert_ok(tw_mlp_new(data, &(tw_mlp_options){.mean = mean}, NULL, &mlp));
    assert_int_equal(tw_objective_size(mlp), N);
    assert_ok(tw_objective_gradient(linear, w, expected, gw));
    assert_ok(tw_objective_gradient(mlp, x, values, gx));
    for (int k = 0; k < 4; k++)
        assert_close(values[k], expected[k], 1e-13, 0);
    assert_same_vector(FEATURES, CLASSES, gw, gx);
    assert_ok(tw_objective_hessian_product(linear, w, w + N, gw));
    assert_ok(tw_objective_hessian_product(mlp, x, x + N, gx));
    assert_same_vector(FEATURES, CLASSES, gw, gx);
    const double *along_w[2] = {w + N, w + 2 * N}, *along_x[2] = {x + N, x + 2 * N};
    assert_ok(tw_span_open(linear, w, 2, along_w, TW_SPAN_ROWS, &span));
    assert_ok(tw_span_values(span, POINTS, c, linear_plane));
    tw_span_close(span);
    assert_ok(tw_span_open(mlp, x, 2, along_x, TW_SPAN_ROWS, &span));
    assert_ok(tw_span_values(span, POINTS, c, plane));
    tw_span_close(span);
    for (int k = 0; k < 4 * POINTS; k++)
        assert_close(plane[k], linear_plane[k], 1e-12, 0);
    for (size_t k = 0; k < N; k++) {
        size_t row = k / CLASSES, column = k % CLASSES;
        linear_indices[k] = k;
        indices[k] = row < FEATURES ? column * FEATURES + row : CLASSES * FEATURES + column;
        steps[k] = 1e-6;
    }
    assert_ok(tw_objective_coordinate_differences(linear, w, N, linear_indices, steps, linear_d));
    assert_ok(tw_objective_coordinate_differences(mlp, x, N, indices, steps, d));
    assert_true(relative_distance(d, linear_d, N) < 1e-11);
    tw_objective_free(linear);
    tw_objective_free(mlp);
    tw_dataset_free(data);
}

/* All answers of an objective at one number of threads, as one block of bits. */
static size_t all_answers(tw_mlp_activation activation, int threads, double *out) {
    static const size_t hidden[2] = {40, 12};
    enum { FEATURES = 100, CLASSES = 10, POINTS = 30 };
    tw_dataset *data = random_dataset(1, 1300, FEATURES, CLASSES, 4);
    tw_runner *runner = NULL;
    tw_objective *f = NULL;
    tw_span *span = NULL;
    size_t samples[300];
    tw_rng_permutation(1, 1, 300, samples);
    assert_ok(tw_runner_new(threads, &runner));
    /* room for the products of half of the images */
    tw_mlp_options options = {.hidden = hidden,
                              .hidden_count = 2,
                              .activation = activation,
                              .reg = 1e-3,
                              .scale = 0.01,
                              .memory = 3 * 40 * 600 * sizeof(double)};
    assert_ok(tw_mlp_new(data, &options, runner, &f));
    size_t n = tw_objective_size(f);
    double *w = malloc(3 * n * sizeof *w), c[2 * POINTS], *at = out;
    tw_rng_fill_normal(1, 2, 0, 3 * n, w);
    tw_rng_fill_normal(1, 3, 0, 2 * POINTS, c);
    for (size_t k = 0; k < 3 * n; k++)
        w[k] *= 0.1;
    assert_ok(tw_objective_value(f, w, at));
    assert_ok(tw_objective_gradient(f, w, NULL, at += 4));
    assert_ok(tw_objective_sample_gradient(f, w, &(tw_batch){samples, 300, 0}, NULL, at += n));
    assert_ok(tw_objective_hessian_product(f, w, w + n, at += n));
    assert_ok(tw_diff_gradient(f, w, NULL, at += n, NULL));
    const double *directions[2] = {w + n, w + 2 * n};
    assert_ok(tw_span_open(f, w, 2, directions, TW_SPAN_ROWS, &span));
    assert_ok(tw_span_values(span, POINTS, c, at += n));
    tw_span_close(span);
    tw_objective_free(f);
    tw_runner_free(runner);
    tw_dataset_free(data);
    free(w);
    return (size_t)(at + POINTS * 4 - out);
}

static void same_bits_for_any_threads(void **state) {
    static double one[30000], many[30000];
    for (int activation = 0; activation <= 1; activation++) {
        size_t count = all_answers((tw_mlp_activation)activation, 1, one);
        assert_true(count <= 30000);
        for (int threads = 2; threads <= 4; threads++) {
            all_answers((tw_mlp_activation)activation, threads, many);
            assert_memory_equal(one, many, count * sizeof *one);
        }
        all_answers((tw_mlp_activation)activation, 11, many); /* other rounds, too */
        assert_memory_equal(one, many, count * sizeof *one);
    }
}

/* Names, shapes and roles of the blocks, and the draw's size in each. */
static void blocks_and_start(void **state) {
    static const size_t hidden[2] = {200, 50};
    static const size_t shape[3][2] = {{200, 300}, {50, 200}, {4, 50}};
    tw_dataset *data = random_dataset(1, 10, 300, 4, 1);
    for (int activation = 0; activation <= 1; activation++) {
        tw_objective *f = NULL;
        tw_mlp_options options = {.hidden = hidden,
                                  .hidden_count = 2,
                                  .activation = (tw_mlp_activation)activation,
                                  .seed = 8};
        assert_ok(tw_mlp_new(data, &options, NULL, &f));
        assert_string_equal(tw_objective_name(f), "mlp:200,50");
        const tw_space *space = tw_objective_space(f);
        assert_int_equal(tw_space_blocks(space), 6);
        double *again = malloc(tw_objective_size(f) * sizeof *again);
        assert_ok(tw_mlp_draw(space, options.activation, 8, again));
        assert_memory_equal(again, tw_objective_start(f), tw_objective_size(f) * sizeof *again);
        for (size_t k = 0; k < 3; k++) {
            char name[32];
            snprintf(name, sizeof name, "fc%zu.weight", k + 1);
            const tw_block *weight = tw_space_find(space, name);
            assert_non_null(weight);
            assert_true(weight->rank == 2 && weight->role == TW_ROLE_WEIGHT);
            assert_true(weight->shape[0] == shape[k][0] && weight->shape[1] == shape[k][1]);
            double sum = 0;
            for (size_t i = 0; i < weight->count; i++)
                sum += again[weight->offset + i] * again[weight->offset + i];
            double variance = (activation == TW_MLP_TANH ? 1 : 2) / (double)shape[k][1];
            /* the spread of a mean of squares is sqrt(2 / count) */
            assert_close(sum / (double)weight->count, variance,
                         5 * sqrt(2.0 / (double)weight->count), 0);
            snprintf(name, sizeof name, "fc%zu.bias", k + 1);
            const tw_block *bias = tw_space_find(space, name);
            assert_true(bias != NULL && bias->count == shape[k][0] && bias->role == TW_ROLE_BIAS);
            for (size_t i = 0; i < bias->count; i++)
                assert_true(again[bias->offset + i] == 0);
        }
        free(again);
        tw_objective_free(f);
    }
    tw_dataset_free(data);
}

static void bad_options(void **state) {
    static const size_t nothing[2] = {3, 0}, huge[1] = {(size_t)TW_MLP_MOST_UNITS + 1};
    static const size_t most[1] = {TW_MLP_MOST_UNITS}, fine[1] = {3};
    static size_t many[TW_MLP_MOST_HIDDEN + 1];
    tw_dataset *data = random_dataset(1, 10, 4, 3, 1);
    tw_objective *f = NULL;
#define REFUSED(words, ...)                                                                        \
    assert_fails(TW_ERR_ARGUMENT, words, tw_mlp_new(data, &(tw_mlp_options){__VA_ARGS__}, NULL, &f))
    REFUSED("hidden layer 2 of 0 units", .hidden = nothing, .hidden_count = 2);
    REFUSED("hidden layer 1 of 1048577 units", .hidden = huge, .hidden_count = 1);
    REFUSED("17 hidden layers", .hidden = many, .hidden_count = TW_MLP_MOST_HIDDEN + 1);
    REFUSED("activation number 2", .hidden = fine, .hidden_count = 1, .activation = 2);
    REFUSED("regularisation -1", .hidden = fine, .hidden_count = 1, .reg = -1);
    REFUSED("regularisation nan", .hidden = fine, .hidden_count = 1, .reg = NAN);
    REFUSED("scale of the features inf", .hidden = fine, .hidden_count = 1, .scale = INFINITY);
    REFUSED("samples 10", .hidden = fine, .hidden_count = 1, .first = 10);
    REFUSED("samples 8 ... 10", .hidden = fine, .hidden_count = 1, .first = 8, .count = 3);
#undef REFUSED
    const size_t squared[2] = {most[0], most[0]};
    assert_fails(
        TW_ERR_ARGUMENT, " parameters: at most 34359738368 are possible",
        tw_mlp_new(data, &(tw_mlp_options){.hidden = squared, .hidden_count = 2}, NULL, &f));
    tw_mlp_options one = {.hidden = fine, .hidden_count = 1, .first = 9, .count = 1};
    assert_ok(tw_mlp_new(data, &one, NULL, &f));
    size_t sample = 1, index = 0;
    double x[27] = {0}, g[27], step = INFINITY;
    assert_int_equal(tw_objective_size(f), 27);
    assert_fails(TW_ERR_ARGUMENT, "sample 1",
                 tw_objective_sample_gradient(f, x, &(tw_batch){&sample, 1, 0}, NULL, g));
    assert_fails(TW_ERR_ARGUMENT, "step inf",
                 tw_objective_coordinate_differences(f, x, 1, &index, &step, g));
    assert_null(tw_mlp_activation_name(2));
    tw_space *space = NULL;
    tw_block block = {.name = "x", .rank = 1, .shape = {3}};
    assert_ok(tw_space_new(&space));
    assert_ok(tw_space_add(space, &block));
    assert_fails(TW_ERR_ARGUMENT, "block 'x'", tw_mlp_draw(space, TW_MLP_RELU, 1, x));
    tw_space_free(space);
    tw_objective_free(f);
    tw_dataset_free(data);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(contract_at_every_level),
        cmocka_unit_test(no_hidden_layer_is_linear),
        cmocka_unit_test(standard_errors),
        cmocka_unit_test(errors_of_equal_losses),
        cmocka_unit_test(same_bits_for_any_threads),
        cmocka_unit_test(blocks_and_start),
        cmocka_unit_test(bad_options),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
