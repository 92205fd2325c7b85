/* What the multilayer perceptron answers by its structure, where the general way has too few digits
 * or does not go: differences and Hessian products against long double, spans in parts, and points
 * at which something is not finite. */
#include <float.h>
#include <math.h>

#include "mlp_by_definition.h"

enum { SAMPLES = 90, FEATURES = 13, CLASSES = 6 };

typedef struct problem {
    tw_dataset *data;
    tw_mlp_options options;
    double mean[FEATURES];
    double *x;
    tw_objective *f;
    size_t n;
} problem;

static const size_t hidden[2] = {9, 7};

/* `spread` times the drawn point, and some biases. */
static void open_problem(problem *p, size_t layers, tw_mlp_activation activation, double spread) {
    p->data = random_dataset(1, SAMPLES, FEATURES, CLASSES, 2);
    tw_dataset_mean(p->data, p->mean);
    p->options = (tw_mlp_options){.hidden = hidden,
                                  .hidden_count = layers,
                                  .activation = activation,
                                  .reg = 0.02,
                                  .mean = p->mean,
                                  .scale = 1 / tw_dataset_deviation(p->data, p->mean)};
    assert_ok(tw_mlp_new(p->data, &p->options, NULL, &p->f));
    p->n = tw_objective_size(p->f);
    p->x = malloc(p->n * sizeof *p->x);
    tw_rng_fill_normal(5, 6, 0, p->n, p->x);
    for (size_t i = 0; i < p->n; i++)
        p->x[i] = spread * (tw_objective_start(p->f)[i] + 0.1 * p->x[i]);
}

static void close_problem(problem *p) {
    tw_objective_free(p->f);
    tw_dataset_free(p->data);
    free(p->x);
}

/* Every parameter, steps small and large: the subtraction of losses in long double has digits to
 * spare where doubles would have lost half of them. */
static void check_differences(size_t layers, tw_mlp_activation activation, double spread,
                              double h) {
    problem p;
    open_problem(&p, layers, activation, spread);
    size_t *indices = malloc(p.n * sizeof *indices);
    double *steps = malloc(p.n * sizeof *steps), *d = malloc(p.n * sizeof *d);
    for (size_t k = 0; k < p.n; k++) {
        indices[k] = k;
        steps[k] = k % 3 == 1 ? -h : h;
    }
    assert_ok(tw_objective_coordinate_differences(p.f, p.x, p.n, indices, steps, d));
    long double base = mlp_loss_by_definition(p.data, &p.options, p.x, NULL);
    double largest = 0;
    for (size_t k = 0; k < p.n; k++)
        largest = fmax(largest, fabs(d[k]));
    for (size_t k = 0; k < p.n; k++) {
        double old = p.x[k];
        p.x[k] = old + steps[k];
        long double step = p.x[k] - (long double)old; /* as rounded */
        long double exact = mlp_loss_by_definition(p.data, &p.options, p.x, NULL) - base;
        p.x[k] = old;
        assert_close(d[k], (double)(exact * (steps[k] / step)), 1e-9,
                     1e-10 * largest + 8 * LDBL_EPSILON * fabs((double)base));
    }
    free(indices);
    free(steps);
    free(d);
    close_problem(&p);
}

static void differences_have_all_their_digits(void **state) {
    for (size_t layers = 0; layers <= 2; layers++)
        for (int activation = 0; activation <= 1; activation++) {
            check_differences(layers, (tw_mlp_activation)activation, 1, 0x1p-30);
            check_differences(layers, (tw_mlp_activation)activation, 1, 0x1p-6);
            check_differences(layers, (tw_mlp_activation)activation, 1, 4);
            check_differences(layers, (tw_mlp_activation)activation, 4, 64);
        }
}

/* Scores of thousands, right and wrong by wide margins, units all but saturated. */
static void extreme_scores_stay_finite(void **state) {
    for (int activation = 0; activation <= 1; activation++)
        for (double spread = 10; spread <= 1e3; spread *= 10) {
            check_differences(1, (tw_mlp_activation)activation, spread, 0x1p-6);
            check_differences(2, (tw_mlp_activation)activation, spread, 16);
        }
}

/* The rate of change of the long-double gradient along v. */
static void gradient_change(const problem *p, const double *v, double h, double *out) {
    double *point = malloc(p->n * sizeof *point), *below = malloc(p->n * sizeof *below);
    for (size_t i = 0; i < p->n; i++)
        point[i] = p->x[i] + h * v[i];
    mlp_gradient_by_definition(p->data, &p->options, point, out);
    for (size_t i = 0; i < p->n; i++)
        point[i] = p->x[i] - h * v[i];
    mlp_gradient_by_definition(p->data, &p->options, point, below);
    for (size_t i = 0; i < p->n; i++)
        out[i] = (out[i] - below[i]) / (2 * h);
    free(point);
    free(below);
}

/* With relu the step is so short that no unit switches on the way (the gradient would jump, and not
 * agree). */
static void hessian_products(void **state) {
    for (size_t layers = 0; layers <= 2; layers++)
        for (int activation = 0; activation <= 1; activation++) {
            problem p;
            open_problem(&p, layers, (tw_mlp_activation)activation, 1);
            double *v = malloc(2 * p.n * sizeof *v), *hv = malloc(2 * p.n * sizeof *hv);
            double *expected = malloc(p.n * sizeof *expected), forth = 0, back = 0, size = 0;
            tw_rng_fill_normal(7, 8, 0, 2 * p.n, v);
            gradient_change(&p, v, activation == TW_MLP_TANH ? 1e-5 : 1e-7, expected);
            for (int k = 0; k < 2; k++)
                assert_ok(tw_objective_hessian_product(p.f, p.x, v + (size_t)k * p.n,
                                                       hv + (size_t)k * p.n));
            assert_true(relative_distance(hv, expected, p.n) < 1e-7);
            for (size_t i = 0; i < p.n; i++) {
                forth += v[p.n + i] * hv[i];
                back += v[i] * hv[p.n + i];
                size += fabs(v[i] * hv[p.n + i]);
            }
            assert_close(forth, back, 0, 1e-14 * size);
            free(v);
            free(hv);
            free(expected);
            close_problem(&p);
        }
}

/* Numerical gradient with error bars, by the coordinate differences, against the exact one. */
static void ladder_agrees(void **state) {
    problem p;
    open_problem(&p, 2, TW_MLP_TANH, 1);
    double *g = malloc(p.n * sizeof *g), *exact = malloc(p.n * sizeof *exact);
    double *bars = malloc(p.n * sizeof *bars);
    tw_diff_options options = {.method = TW_DIFF_LADDER, .bars = bars};
    assert_ok(tw_diff_gradient(p.f, p.x, &options, g, NULL));
    assert_ok(tw_objective_gradient(p.f, p.x, NULL, exact));
    assert_true(relative_distance(g, exact, p.n) < 1e-11);
    free(g);
    free(exact);
    free(bars);
    close_problem(&p);
}

/* A gradient over chosen samples is that of a model which has only these. */
static void chosen_samples(void **state) {
    problem p;
    open_problem(&p, 2, TW_MLP_RELU, 1);
    double *g = malloc(p.n * sizeof *g), *expected = malloc(p.n * sizeof *expected);
    double values[4], expected_values[4];
    const size_t samples[5] = {41, 39, 40, 43, 42};
    tw_objective *few = NULL;
    p.options.first = 39;
    p.options.count = 5;
    assert_ok(tw_mlp_new(p.data, &p.options, NULL, &few));
    assert_ok(tw_objective_sample_gradient(p.f, p.x, &(tw_batch){samples, 5, 0}, values, g));
    assert_ok(tw_objective_gradient(few, p.x, expected_values, expected));
    assert_true(relative_distance(g, expected, p.n) < 1e-14);
    for (int k = 0; k < 4; k++)
        assert_close(values[k], expected_values[k], 1e-14, 0);
    mlp_loss_by_definition(p.data, &p.options, p.x, expected_values);
    for (int k = 0; k < 4; k++)
        assert_close(values[k], expected_values[k], 1e-14, 0);
    tw_objective_free(few);
    free(g);
    free(expected);
    close_problem(&p);
}

/* More points than go in one part, products kept in full, in part or not at all: the same bits; and
 * some of them against long double. */
static void spans_in_parts(void **state) {
    enum { POINTS = 4500 };
    static double c[2 * POINTS], values[3][4 * POINTS];
    static const size_t memory[3] = {0, 1, 3 * 64 * 9 * sizeof(double)};
    tw_rng_fill_normal(3, 4, 0, 2 * POINTS, c);
    for (size_t k = 0; k < POINTS; k++)
        c[2 * k + 1] = floor(4 * c[2 * k + 1]); /* rows of equal b, and not */
    for (size_t layers = 1; layers <= 2; layers++) {
        double expected[4];
        for (int m = 0; m < 3; m++) {
            problem p;
            tw_span *span = NULL;
            tw_objective *f = NULL;
            open_problem(&p, layers, TW_MLP_RELU, 1);
            p.options.memory = memory[m];
            assert_ok(tw_mlp_new(p.data, &p.options, NULL, &f));
            double *d = malloc(3 * p.n * sizeof *d);
            tw_rng_fill_normal(9, 9, 0, 2 * p.n, d);
            const double *directions[2] = {d, d + p.n};
            assert_ok(tw_span_open(f, p.x, 2, directions, TW_SPAN_ROWS, &span));
            assert_ok(tw_span_values(span, POINTS, c, values[m]));
            tw_span_close(span);
            for (size_t k = 0; k < POINTS && m == 0; k += 499) {
                for (size_t i = 0; i < p.n; i++)
                    d[2 * p.n + i] = p.x[i] + c[2 * k] * d[i] + c[2 * k + 1] * d[p.n + i];
                mlp_loss_by_definition(p.data, &p.options, d + 2 * p.n, expected);
                for (size_t j = 0; j < 4; j++)
                    assert_close(values[0][4 * k + j], expected[j], 1e-12, 0);
            }
            free(d);
            tw_objective_free(f);
            close_problem(&p);
        }
        assert_memory_equal(values[0], values[1], sizeof values[0]);
        assert_memory_equal(values[0], values[2], sizeof values[0]);
    }
}

/* A plane of one hidden layer of relu at `points`, and those of them that `every` counts against
 * long double. */
static void check_rows(const problem *p, double *const directions[2], size_t count, const double *c,
                       size_t every, double *values) {
    double *point = malloc(p->n * sizeof *point), expected[4];
    tw_span *span = NULL;
    assert_ok(tw_span_open(p->f, p->x, 2, (const double *const *)directions, TW_SPAN_ROWS, &span));
    assert_ok(tw_span_values(span, count, c, values));
    for (size_t k = 0; k < count; k += every) {
        for (size_t i = 0; i < p->n; i++)
            point[i] = p->x[i] + c[2 * k] * directions[0][i] + c[2 * k + 1] * directions[1][i];
        mlp_loss_by_definition(p->data, &p->options, point, expected);
        for (size_t j = 0; j < 4; j++)
            assert_close(values[4 * k + j], expected[j], 2e-13, 0);
    }
    tw_span_close(span);
    free(point);
}

/* Points that come scattered go through the layers: the values of rows but for rounding, and of a
 * point alone. */
static void scattered_points(void **state) {
    enum { POINTS = 120 };
    double c[2 * POINTS], rows[4 * POINTS], scattered[4 * POINTS], alone[4];
    problem p;
    open_problem(&p, 1, TW_MLP_RELU, 1);
    assert_true(tw_objective_prefers_rows(p.f));
    double *d = malloc(2 * p.n * sizeof *d);
    tw_rng_fill_normal(9, 9, 0, 2 * p.n, d);
    tw_rng_fill_normal(3, 4, 0, 2 * POINTS, c);
    for (size_t k = 0; k < POINTS; k++)
        c[2 * k + 1] = (double)(k / 40);
    double *const directions[2] = {d, d + p.n};
    check_rows(&p, directions, POINTS, c, 7, rows);
    tw_span *span = NULL;
    assert_ok(
        tw_span_open(p.f, p.x, 2, (const double *const *)directions, TW_SPAN_SCATTERED, &span));
    assert_ok(tw_span_values(span, POINTS, c, scattered));
    size_t differ = 0;
    for (size_t k = 0; k < POINTS; k++) {
        assert_ok(tw_span_values(span, 1, c + 2 * k, alone));
        assert_memory_equal(alone, scattered + 4 * k, sizeof alone);
        for (size_t j = 0; j < 4; j++)
            assert_close(scattered[4 * k + j], rows[4 * k + j], 1e-12, 0);
        differ += memcmp(rows + 4 * k, scattered + 4 * k, 4 * sizeof *rows) != 0;
    }
    assert_true(differ > 0); /* it is another way */
    tw_span_close(span);
    free(d);
    close_problem(&p);
    open_problem(&p, 2, TW_MLP_RELU, 1);
    assert_false(tw_objective_prefers_rows(p.f));
    close_problem(&p);
}

/* Rows of all lengths, points at equal distances and not, asked for in any order and alone: the
 * same bits at every level. Directions that leave units as they are; and units so far off that the
 * digits of the others would be lost in a common fixed point, which must not show. */
static void rows_of_points(void **state) {
    enum { ROW = 300, POINTS = 3 * ROW };
    static double c[2 * POINTS], turned[2 * POINTS], values[4 * POINTS], again[4 * POINTS];
    for (size_t k = 0; k < POINTS; k++) {
        double even = -1 + (double)(k % ROW) / 150;
        c[2 * k] = k < ROW ? even : k < 2 * ROW ? even * even * even : 1e3 * even;
        c[2 * k + 1] = -1 + (double)(k / ROW);
        memcpy(turned + 2 * (POINTS - 1 - k), c + 2 * k, 2 * sizeof *c);
    }
    for (size_t level = 0; tw_cpu_level_name(level) != NULL; level++)
        for (int kind = 0; kind < 4 && tw_cpu_level_supported(level); kind++) {
            problem p;
            double *directions[2], scale = kind == 3 ? 1e150 : 1;
            assert_ok(tw_cpu_level_set(tw_cpu_level_name(level)));
            open_problem(&p, 1, TW_MLP_RELU, 1);
            for (size_t m = 0; m < 2; m++) {
                directions[m] = malloc(p.n * sizeof **directions);
                tw_rng_fill_normal(9, m, 0, p.n, directions[m]);
            }
            const tw_block *bias = tw_space_find(tw_objective_space(p.f), "fc1.bias");
            const tw_block *last = tw_space_find(tw_objective_space(p.f), "fc2.weight");
            if (kind == 1) /* unit 2 stays as it is */
                for (size_t m = 0; m < 2; m++) {
                    memset(directions[m] + 2 * FEATURES, 0, FEATURES * sizeof(double));
                    directions[m][bias->offset + 2] = 0;
                }
            if (kind == 2) /* off, far away */
                p.x[bias->offset + 4] = -1e12;
            /* weights whose products with other directions' overflow, in units that are off */
            if (kind == 3)
                for (size_t j = 0; j < last->shape[0]; j++) {
                    p.x[last->offset + j * last->shape[1] + 4] = scale;
                    p.x[bias->offset + 4] = -1e200;
                }
            check_rows(&p, directions, POINTS, c, 31, values);
            check_rows(&p, directions, POINTS, turned, POINTS, again);
            for (size_t k = 0; k < POINTS; k++)
                assert_memory_equal(values + 4 * k, again + 4 * (POINTS - 1 - k),
                                    4 * sizeof *values);
            for (size_t k = 0; k < POINTS; k += 97) {
                check_rows(&p, directions, 1, c + 2 * k, 1, again);
                assert_memory_equal(values + 4 * k, again, 4 * sizeof *values);
            }
            free(directions[0]);
            free(directions[1]);
            close_problem(&p);
        }
    assert_ok(tw_cpu_level_set("best"));
}

/* A weight that is NaN reaches every point, wherever it stands, as it does in a single loss. */
static void rows_of_a_weight_that_is_nan(void **state) {
    static const char *const blocks[] = {"fc1.weight", "fc1.bias", "fc2.weight", "fc2.bias"};
    const double c[8] = {0, 0, 0.5, 0, 1, 0, 1, 1};
    for (size_t k = 0; k < 4; k++)
        for (size_t end = 0; end < 2; end++) {
            double values[4 * 4], *directions[2];
            tw_span *span;
            problem p;
            open_problem(&p, 1, TW_MLP_RELU, 1);
            const tw_block *block = tw_space_find(tw_objective_space(p.f), blocks[k]);
            p.x[block->offset + (end ? block->count - 1 : 0)] = NAN;
            for (size_t m = 0; m < 2; m++) {
                directions[m] = malloc(p.n * sizeof **directions);
                tw_rng_fill_normal(9, m, 0, p.n, directions[m]);
            }
            assert_ok(
                tw_span_open(p.f, p.x, 2, (const double *const *)directions, TW_SPAN_ROWS, &span));
            assert_ok(tw_span_values(span, 4, c, values));
            for (size_t point = 0; point < 4; point++)
                assert_true(isnan(values[4 * point]));
            tw_span_close(span);
            free(directions[0]);
            free(directions[1]);
            close_problem(&p);
        }
}

/* Coefficients that are not finite give a loss that is none, and leave their neighbours alone. */
static void rows_that_are_not_finite(void **state) {
    const double c[12] = {0, 0, INFINITY, 0, NAN, 0, -INFINITY, 0, 0.5, NAN, 0.5, 0};
    double values[4 * 6], alone[4], *directions[2];
    problem p;
    open_problem(&p, 1, TW_MLP_RELU, 1);
    for (size_t m = 0; m < 2; m++) {
        directions[m] = malloc(p.n * sizeof **directions);
        tw_rng_fill_normal(9, m, 0, p.n, directions[m]);
    }
    check_rows(&p, directions, 6, c, 5, values);
    for (size_t k = 1; k < 5; k++)
        assert_false(isfinite(values[4 * k]));
    check_rows(&p, directions, 1, c + 10, 1, alone);
    assert_memory_equal(values + 20, alone, sizeof alone);
    free(directions[0]);
    free(directions[1]);
    close_problem(&p);
}

/* Equal scores everywhere: the loss is the logarithm of the classes, and the first class wins. */
static void ties_go_to_the_first(void **state) {
    problem p;
    double values[4], label0 = 0;
    open_problem(&p, 1, TW_MLP_RELU, 0);
    for (size_t i = 0; i < SAMPLES; i++)
        label0 += tw_dataset_labels(p.data)[i] == 0;
    assert_ok(tw_objective_value(p.f, p.x, values));
    assert_close(values[0], log(CLASSES), 1e-15, 0);
    assert_true(values[3] == label0 / SAMPLES);
    close_problem(&p);
}

/* A weight that is not a number makes a loss that is none, on every path: relu does not hide it. */
static void not_a_number_comes_through(void **state) {
    for (int activation = 0; activation <= 1; activation++) {
        problem p;
        open_problem(&p, 2, (tw_mlp_activation)activation, 1);
        double values[4], difference, step = 1e-3, zero = 0;
        double *g = malloc(p.n * sizeof *g), *d = calloc(p.n, sizeof *d);
        const double *direction = d;
        size_t index = 0;
        tw_span *span = NULL;
        p.x[3] = NAN;
        assert_ok(tw_objective_gradient(p.f, p.x, values, g));
        assert_true(isnan(values[0]) && values[3] == 0);
        assert_true(isnan(g[0]) && isnan(g[p.n - 1]));
        assert_ok(tw_objective_hessian_product(p.f, p.x, p.x, g));
        assert_true(isnan(g[0]));
        assert_ok(tw_objective_coordinate_differences(p.f, p.x, 1, &index, &step, &difference));
        assert_true(isnan(difference));
        assert_ok(tw_span_open(p.f, p.x, 1, &direction, TW_SPAN_ROWS, &span));
        assert_ok(tw_span_values(span, 1, &zero, values));
        assert_true(isnan(values[0]));
        tw_span_close(span);
        free(g);
        free(d);
        close_problem(&p);
    }
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(differences_have_all_their_digits),
        cmocka_unit_test(extreme_scores_stay_finite),
        cmocka_unit_test(hessian_products),
        cmocka_unit_test(ladder_agrees),
        cmocka_unit_test(chosen_samples),
        cmocka_unit_test(spans_in_parts),
        cmocka_unit_test(scattered_points),
        cmocka_unit_test(rows_of_points),
        cmocka_unit_test(rows_of_a_weight_that_is_nan),
        cmocka_unit_test(rows_that_are_not_finite),
        cmocka_unit_test(ties_go_to_the_first),
        cmocka_unit_test(not_a_number_comes_through),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
