/* The linear classifiers: the contract at every level, against a plain reading of the formulas, and
 * against the reference values made with NumPy. */
#include <math.h>

#include "contract.h"

/* The header's formulas in long double, one image after the other. */
static void by_definition(const tw_dataset *data, const tw_linear_options *options, const double *w,
                          double values[4]) {
    size_t features = tw_dataset_features(data), classes = tw_dataset_classes(data);
    size_t count = options->count > 0 ? options->count : tw_dataset_samples(data) - options->first;
    long double loss = 0, squares = 0;
    size_t correct = 0;
    for (size_t i = options->first; i < options->first + count; i++) {
        long double s[64];
        size_t y = (size_t)tw_dataset_labels(data)[i], best = 0;
        for (size_t c = 0; c < classes; c++) {
            s[c] = w[features * classes + c];
            for (size_t d = 0; d < features; d++) {
                size_t at = i * features + d;
                double x = tw_dataset_bytes(data) != NULL ? tw_dataset_bytes(data)[at]
                                                          : tw_dataset_doubles(data)[at];
                s[c] += (x - options->mean[d]) * (long double)w[d * classes + c];
            }
            if (s[c] > s[best])
                best = c;
        }
        correct += best == y;
        long double sum = 0, margin = options->margin > 0 ? options->margin : 1;
        for (size_t c = 0; c < classes; c++)
            if (options->loss == TW_LINEAR_SOFTMAX)
                sum += expl(s[c] - s[best]);
            else if (c != y)
                sum += fmaxl(0, s[c] - s[y] + margin);
        loss += options->loss == TW_LINEAR_SOFTMAX ? logl(sum) + s[best] - s[y] : sum;
    }
    for (size_t k = 0; k < (features + 1) * classes; k++)
        squares += (long double)w[k] * w[k];
    values[1] = (double)(loss / count);
    values[2] = (double)(options->reg * squares);
    values[0] = (double)(loss / count + options->reg * squares);
    values[3] = (double)correct / (double)count;
}

/* Shapes that meet every edge: fewer features than a vector, tiles and blocks cut short. */
static const struct {
    size_t samples, features, classes;
} shapes[] = {{1, 1, 2},      {3, 5, 3},     {40, 16, 7}, {257, 17, 10},
              {520, 100, 11}, {300, 37, 26}, {255, 64, 5}};

/* sqrt(sum (L_i - mean)^2 / (N (N - 1))) in two passes, the losses one by one from the formulas. */
static double error_by_definition(const tw_dataset *data, const tw_linear_options *options,
                                  const double *w) {
    size_t count = tw_dataset_samples(data);
    long double *losses = malloc(count * sizeof *losses), mean = 0, squares = 0;
    for (size_t i = 0; i < count; i++) {
        tw_linear_options one = *options;
        double values[4];
        one.first = i;
        one.count = 1;
        by_definition(data, &one, w, values);
        losses[i] = values[1];
        mean += losses[i] / count;
    }
    for (size_t i = 0; i < count; i++)
        squares += (losses[i] - mean) * (losses[i] - mean);
    free(losses);
    return (double)sqrtl(squares / ((long double)count * (count - 1)));
}

/* The metric loss_se of value and of a plane; the other metrics and the gradient stay as they are.
 */
static void standard_errors(void **state) {
    for (size_t shape = 1; shape < sizeof shapes / sizeof shapes[0]; shape++)
        for (int loss = 0; loss <= 1; loss++) {
            size_t features = shapes[shape].features, n = (features + 1) * shapes[shape].classes;
            tw_dataset *data =
                random_dataset(1, shapes[shape].samples, features, shapes[shape].classes, shape);
            double *mean = calloc(features, sizeof *mean), *w = malloc(3 * n * sizeof *w);
            double *moved = malloc(n * sizeof *moved), *g = malloc(2 * n * sizeof *g);
            double plain[4], values[5], along[6 * 5];
            const double points[12] = {0, 0, 1, 0, -1, 0.5, 0.25, 0.5, 40, 40, 0, -2};
            tw_linear_options options = {.loss = loss, .reg = 0.01, .mean = mean, .errors = 1};
            tw_objective *f = NULL, *without = NULL;
            tw_span *span = NULL;
            tw_dataset_mean(data, mean);
            tw_rng_fill_normal(11, shape, 0, 3 * n, w);
            for (size_t k = 0; k < 3 * n; k++)
                w[k] *= 0.003;
            assert_ok(tw_linear_new(data, &options, NULL, &f));
            options.errors = 0;
            assert_ok(tw_linear_new(data, &options, NULL, &without));
            assert_int_equal(tw_objective_metrics(without), 4);
            assert_string_equal(tw_objective_metric_name(f, 4), "loss_se");
            assert_ok(tw_objective_value(f, w, values));
            assert_ok(tw_objective_value(without, w, plain));
            assert_memory_equal(values, plain, sizeof plain);
            double error = error_by_definition(data, &options, w);
            assert_close(values[4], error, 1e-11, 1e-14);
            assert_ok(tw_objective_gradient(f, w, along, g));
            assert_ok(tw_objective_gradient(without, w, plain, g + n));
            assert_memory_equal(g, g + n, n * sizeof *g);
            assert_memory_equal(along, values, sizeof values);
            assert_ok(
                tw_span_open(f, w, 2, (const double *[]){w + n, w + 2 * n}, TW_SPAN_ROWS, &span));
            assert_ok(tw_span_values(span, 6, points, along));
            for (size_t p = 0; p < 6; p++) {
                for (size_t k = 0; k < n; k++)
                    moved[k] = w[k] + points[2 * p] * w[n + k] + points[2 * p + 1] * w[2 * n + k];
                assert_ok(tw_objective_value(f, moved, values));
                for (size_t m = 0; m < 5; m++)
                    assert_close(along[5 * p + m], values[m], 1e-11, 1e-14);
                assert_close(along[5 * p + 4], error_by_definition(data, &options, moved), 1e-10,
                             1e-14);
            }
            tw_span_close(span);
            memset(w, 0, n * sizeof *w); /* all losses alike: no error but rounding */
            assert_ok(tw_objective_value(f, w, values));
            assert_in_range((int)(values[4] * 1e12), 0, 1);
            tw_objective_free(without);
            tw_objective_free(f);
            tw_dataset_free(data);
            free(g);
            free(moved);
            free(w);
            free(mean);
        }
}

static void check_one(int loss, int bytes, size_t shape, tw_runner *runner, double scale) {
    size_t features = shapes[shape].features, classes = shapes[shape].classes;
    size_t n = (features + 1) * classes;
    tw_dataset *data = random_dataset(bytes, shapes[shape].samples, features, classes, shape);
    double *mean = malloc(features * sizeof *mean), *w = malloc(n * sizeof *w);
    double values[4], expected[4];
    tw_objective *f = NULL;
    tw_dataset_mean(data, mean);
    tw_rng_fill_normal(11, shape, 0, n, w);
    for (size_t k = 0; k < n; k++)
        w[k] *= scale;
    tw_linear_options options = {.loss = loss, .reg = 0.01, .mean = mean, .margin = 0.7};
    assert_ok(tw_linear_new(data, &options, runner, &f));
    by_definition(data, &options, w, expected);
    assert_ok(tw_objective_value(f, w, values));
    for (int k = 0; k < 4; k++)
        assert_close(values[k], expected[k], 1e-12, 1e-13);
    /* The hinge bends: differences of its gradients tell nothing, and differences of its values
     * only where no margin is crossed; test_svm_gradient looks there. */
    const contract tolerance = {.value = 1e-10,
                                .gradient = loss == TW_LINEAR_SOFTMAX ? 1e-6 : INFINITY,
                                .hessian = loss == TW_LINEAR_SOFTMAX ? 1e-6 : 0,
                                .differences = 1e-10,
                                .scale = 0.5};
    check_contract(f, w, &tolerance);
    tw_objective_free(f);
    tw_dataset_free(data);
    free(mean);
    free(w);
}

static void contract_at_every_level(void **state) {
    tw_runner *runner = NULL;
    assert_ok(tw_runner_new(2, &runner));
    for (size_t level = 0; tw_cpu_level_name(level) != NULL; level++) {
        if (!tw_cpu_level_supported(level))
            continue;
        assert_ok(tw_cpu_level_set(tw_cpu_level_name(level)));
        for (size_t shape = 0; shape < sizeof shapes / sizeof shapes[0]; shape++)
            for (int bytes = 0; bytes <= 1; bytes++)
                for (int loss = 0; loss <= 1; loss++)
                    check_one(loss, bytes, shape, runner, (shape + bytes) % 2 ? 1e-3 : 0.05);
    }
    assert_ok(tw_cpu_level_set("best"));
    tw_runner_free(runner);
}

/* Scores of thousands: exp overflows in the note's formula, here nothing does. */
static void extreme_scores_stay_finite(void **state) {
    double mean[12] = {0}, w[13 * 4], values[4], expected[4], gradient[13 * 4];
    tw_dataset *data = random_dataset(0, 100, 12, 4, 5);
    tw_objective *f = NULL;
    tw_linear_options options = {.mean = mean};
    assert_ok(tw_linear_new(data, &options, NULL, &f));
    for (double scale = 1; scale < 1e6; scale *= 10) {
        tw_rng_fill_normal(1, 2, 0, 52, w);
        for (int k = 0; k < 52; k++)
            w[k] *= scale;
        by_definition(data, &options, w, expected);
        assert_ok(tw_objective_gradient(f, w, values, gradient));
        for (int k = 0; k < 4; k++)
            assert_close(values[k], expected[k], 1e-12, 0);
        for (int k = 0; k < 52; k++)
            assert_true(isfinite(gradient[k]));
        const contract tolerance = {
            .value = 1e-10, .gradient = INFINITY, .differences = 1e-10, .scale = 1};
        check_contract(f, w, &tolerance);
    }
    tw_objective_free(f);
    tw_dataset_free(data);
}

enum {
    SPAN_FEATURES = 17,
    SPAN_CLASSES = 10,
    SPAN_N = (SPAN_FEATURES + 1) * SPAN_CLASSES,
    SIDE = 9
};

/* A span at the level that is set, by the formula at every point, and each point with the bits that
 * it has alone. */
static void check_span(const tw_dataset *data, const tw_linear_options *options, const double *w,
                       const double *c, double (*expected)[4]) {
    double values[4 * SIDE * SIDE], alone[4];
    tw_objective *f = NULL;
    tw_span *span = NULL;
    assert_ok(tw_linear_new(data, options, NULL, &f));
    assert_ok(
        tw_span_open(f, w, 2, (const double *[]){w + SPAN_N, w + 2 * SPAN_N}, TW_SPAN_ROWS, &span));
    assert_ok(tw_span_values(span, SIDE * SIDE, c, values));
    for (size_t p = 0; p < SIDE * SIDE; p++) {
        assert_close(values[4 * p], expected[p][0], 2e-14, 0);
        assert_close(values[4 * p + 3], expected[p][3], 0, 0);
        assert_ok(tw_span_values(span, 1, c + 2 * p, alone));
        assert_memory_equal(alone, values + 4 * p, sizeof alone);
    }
    tw_span_close(span);
    tw_objective_free(f);
}

/* A span over differences from 1e-3 to 1e5, at every level. */
static void check_width(double width, int doubles) {
    tw_dataset *data = random_dataset(!doubles, 260, SPAN_FEATURES, SPAN_CLASSES, 21);
    double mean[SPAN_FEATURES], w[3 * SPAN_N], moved[SPAN_N], c[2 * SIDE * SIDE];
    double expected[SIDE * SIDE][4];
    tw_dataset_mean(data, mean);
    tw_rng_fill_normal(1, 22, 0, 3 * SPAN_N, w);
    for (size_t k = 0; k < SPAN_N; k++)
        w[k] *= 1e-3;
    const tw_linear_options options = {.mean = mean};
    for (size_t p = 0; p < SIDE * SIDE; p++) {
        c[2 * p] = width * ((double)(p % SIDE) - 4) / 4;
        c[2 * p + 1] = width * ((double)(p / SIDE) - 4) / 4;
        for (size_t k = 0; k < SPAN_N; k++)
            moved[k] = w[k] + c[2 * p] * w[SPAN_N + k] + c[2 * p + 1] * w[2 * SPAN_N + k];
        by_definition(data, &options, moved, expected[p]);
    }
    for (size_t level = 0; tw_cpu_level_name(level) != NULL; level++) {
        if (!tw_cpu_level_supported(level))
            continue;
        assert_ok(tw_cpu_level_set(tw_cpu_level_name(level)));
        check_span(data, &options, w, c, expected);
    }
    tw_dataset_free(data);
}

static void spans_of_any_width(void **state) {
    static const double widths[] = {1e-3, 0.02, 0.05, 0.1, 0.2, 0.5, 1, 4, 30, 1000, 1e9};
    for (size_t k = 0; k < sizeof widths / sizeof widths[0]; k++)
        for (int doubles = 0; doubles <= 1; doubles++)
            check_width(widths[k], doubles);
    assert_ok(tw_cpu_level_set("best"));
}

/* A loss that is almost nothing keeps its digits: every image right by a wide margin. */
static void tiny_losses_keep_their_digits(void **state) {
    enum { SAMPLES = 20 };
    double x[SAMPLES], mean = 0, values[4];
    int32_t labels[SAMPLES];
    long double expected = 0;
    for (int i = 0; i < SAMPLES; i++) {
        labels[i] = i % 2;
        x[i] = labels[i] ? 60 + i : -60 - i;
        expected += log1pl(expl(-fabsl((long double)x[i])));
    }
    tw_dataset_memory memory = {
        .doubles = x, .labels = labels, .samples = SAMPLES, .features = 1, .classes = 2};
    tw_dataset *data = NULL;
    tw_objective *f = NULL;
    tw_span *span = NULL;
    assert_ok(tw_dataset_from_memory(&memory, &data));
    assert_ok(tw_linear_new(data, &(tw_linear_options){.mean = &mean}, NULL, &f));
    static const double far[4] = {1.5, 4, 9, 11}; /* differences of 60 to 79 times that */
    const double w[4] = {-0.5, 0.5, 0, 0}, zero[4] = {0}, one = 1;
    const double *direction = w;
    assert_ok(tw_objective_value(f, w, values));
    assert_close(values[0], (double)(expected / SAMPLES), 1e-13, 0);
    assert_ok(tw_objective_complex_value(f, w, zero, values));
    assert_close(values[0], (double)(expected / SAMPLES), 1e-13, 0);
    assert_ok(tw_span_open(f, zero, 1, &direction, TW_SPAN_ROWS, &span));
    assert_ok(tw_span_values(span, 1, &one, values));
    assert_close(values[0], (double)(expected / SAMPLES), 1e-13, 0);
    assert_true(values[3] == 1);
    for (size_t k = 0; k < sizeof far / sizeof far[0]; k++) {
        long double sum = 0;
        for (int i = 0; i < SAMPLES; i++)
            sum += log1pl(expl(-fabsl((long double)x[i]) * far[k]));
        assert_ok(tw_span_values(span, 1, &far[k], values));
        assert_close(values[0], (double)(sum / SAMPLES), 1e-13, 0);
    }
    tw_span_close(span);
    tw_objective_free(f);
    tw_dataset_free(data);
}

/* Equal scores everywhere: the first class wins, as numpy.argmax has it, on every path. */
static void ties_go_to_the_first(void **state) {
    tw_dataset *data = random_dataset(1, 300, 20, 6, 8);
    double mean[20], w[21 * 6] = {0}, values[4], on_span[4], zero = 0, label0 = 0;
    const double *direction = w;
    tw_dataset_mean(data, mean);
    for (size_t i = 0; i < 300; i++)
        label0 += tw_dataset_labels(data)[i] == 0;
    for (int loss = 0; loss <= 1; loss++) {
        tw_objective *f = NULL;
        tw_span *span = NULL;
        assert_ok(tw_linear_new(data, &(tw_linear_options){.loss = loss, .mean = mean}, NULL, &f));
        assert_ok(tw_objective_value(f, w, values));
        assert_true(values[3] == label0 / 300);
        assert_close(values[0], loss == TW_LINEAR_SOFTMAX ? log(6) : 5, 1e-14, 0);
        assert_ok(tw_span_open(f, w, 1, &direction, TW_SPAN_ROWS, &span));
        assert_ok(tw_span_values(span, 1, &zero, on_span));
        assert_true(on_span[3] == values[3]);
        tw_span_close(span);
        tw_objective_free(f);
    }
    tw_dataset_free(data);
}

/* The SVM's gradient at a point with no margin near 0: central differences are exact there. */
static void test_svm_gradient(void **state) {
    tw_dataset *data = random_dataset(1, 200, 30, 5, 3);
    double mean[30], w[31 * 5], gradient[31 * 5], numerical[31 * 5];
    tw_objective *f = NULL, *plain = NULL;
    tw_dataset_mean(data, mean);
    tw_rng_fill_normal(1, 2, 0, 155, w);
    assert_ok(tw_linear_new(
        data, &(tw_linear_options){.loss = TW_LINEAR_SVM, .reg = 0.1, .mean = mean}, NULL, &f));
    assert_ok(tw_objective_plain(f, 0, &plain));
    assert_ok(tw_objective_gradient(f, w, NULL, gradient));
    tw_diff_options options = {.method = TW_DIFF_CENTRAL, .step = 1e-6};
    assert_ok(tw_diff_gradient(plain, w, &options, numerical, NULL));
    assert_true(relative_distance(numerical, gradient, 155) < 1e-6);
    tw_objective_free(plain);
    tw_objective_free(f);
    tw_dataset_free(data);
}

/* All answers of an objective at one number of threads, as one block of bits. */
static void all_answers(int loss, int threads, double *out, size_t *count) {
    enum { FEATURES = 100, CLASSES = 10, N = (FEATURES + 1) * CLASSES };
    tw_dataset *data = random_dataset(1, 1300, FEATURES, CLASSES, 4);
    double mean[FEATURES], *w = malloc(3 * N * sizeof *w), c[60];
    tw_runner *runner = NULL;
    tw_objective *f = NULL;
    tw_span *span = NULL;
    tw_dataset_mean(data, mean);
    tw_rng_fill_normal(1, 2, 0, 3 * N, w);
    for (size_t k = 0; k < 3 * N; k++)
        w[k] *= 0.01;
    tw_rng_fill_normal(1, 3, 0, 60, c);
    assert_ok(tw_runner_new(threads, &runner));
    assert_ok(tw_linear_new(data, &(tw_linear_options){.loss = loss, .reg = 1e-3, .mean = mean},
                            runner, &f));
    double *at = out;
    assert_ok(tw_objective_value(f, w, at));
    assert_ok(tw_objective_gradient(f, w, NULL, at += 4));
    assert_ok(tw_objective_hessian_product(f, w, w + N, at += N));
    assert_ok(tw_diff_gradient(f, w, NULL, at += N, NULL));
    const double *directions[2] = {w + N, w + 2 * N};
    assert_ok(tw_span_open(f, w, 2, directions, TW_SPAN_ROWS, &span));
    assert_ok(tw_span_values(span, 30, c, at += N));
    tw_span_close(span);
    *count = (size_t)(at + 30 * 4 - out);
    tw_objective_free(f);
    tw_runner_free(runner);
    tw_dataset_free(data);
    free(w);
}

static void same_bits_for_any_threads(void **state) {
    static double one[20000], many[20000];
    size_t count;
    for (int loss = 0; loss <= 1; loss++) {
        all_answers(loss, 1, one, &count);
        for (int threads = 2; threads <= 7; threads++) {
            all_answers(loss, threads, many, &count);
            assert_memory_equal(one, many, count * sizeof *one);
        }
    }
}

static void bad_options(void **state) {
    tw_dataset *data = random_dataset(1, 10, 4, 3, 1);
    tw_objective *f = NULL;
    assert_fails(TW_ERR_ARGUMENT, "regularisation -1",
                 tw_linear_new(data, &(tw_linear_options){.reg = -1}, NULL, &f));
    assert_fails(TW_ERR_ARGUMENT, "regularisation nan",
                 tw_linear_new(data, &(tw_linear_options){.reg = NAN}, NULL, &f));
    assert_fails(TW_ERR_ARGUMENT, "margin",
                 tw_linear_new(data, &(tw_linear_options){.margin = -2}, NULL, &f));
    assert_fails(TW_ERR_ARGUMENT, "samples 10",
                 tw_linear_new(data, &(tw_linear_options){.first = 10}, NULL, &f));
    assert_fails(TW_ERR_ARGUMENT, "samples 8 ... 10",
                 tw_linear_new(data, &(tw_linear_options){.first = 8, .count = 3}, NULL, &f));
    assert_ok(tw_linear_new(data, &(tw_linear_options){.first = 9, .count = 1}, NULL, &f));
    size_t sample = 1;
    double w[15] = {0}, g[15];
    assert_fails(TW_ERR_ARGUMENT, "sample 1",
                 tw_objective_sample_gradient(f, w, &(tw_batch){&sample, 1, 0}, NULL, g));
    assert_fails(TW_ERR_ARGUMENT, "no samples",
                 tw_objective_sample_gradient(f, w, &(tw_batch){&sample, 0, 0}, NULL, g));
    tw_objective_free(f);
    tw_dataset_free(data);
}

/* ---- real images ---- */

static void read_matrix(const char *name, double *out) {
    char relative[64];
    snprintf(relative, sizeof relative, "reference/linear/%s.npy", name);
    FILE *file = fopen(shared_path(relative), "rb"); /* the numbers stand at the end */
    assert_non_null(file);
    fseek(file, -(long)(30730 * sizeof *out), SEEK_END);
    assert_int_equal(fread(out, sizeof *out, 30730, file), 30730);
    fclose(file);
}

static const double *json_row(const char *json, const char *section, const char *key, int count) {
    static double numbers[64];
    char quoted[64];
    snprintf(quoted, sizeof quoted, "\"%s\"", section);
    const char *at = strstr(json, quoted);
    snprintf(quoted, sizeof quoted, "\"%s\"", key);
    if (key[0] != '\0')
        at = strstr(at, quoted) + strlen(quoted);
    else
        at += strlen(section) + 2;
    for (int k = 0; k < count; k++) {
        at += strcspn(at, "-0123456789");
        numbers[k] = strtod(at, (char **)&at);
    }
    return numbers;
}

static void reference_values_of_numpy(void **state) {
    static double w[30730], d1[30730], d2[30730], g[30730], numerical[30730], mean[3072];
    char *json = read_text(shared_path("reference/linear/values.json"));
    tw_dataset *data = NULL;
    tw_runner *runner = NULL;
    read_matrix("W", w);
    read_matrix("D1", d1);
    read_matrix("D2", d2);
    assert_ok(tw_dataset_open(shared_path("cifar-10-subset/cifar-10-batches-py"), NULL, &data));
    assert_int_equal(tw_dataset_samples(data), 5085);
    tw_dataset_mean(data, mean);
    assert_ok(tw_runner_new(0, &runner));
    const double *directions[2] = {d1, d2};
    for (int loss = 0; loss <= 1; loss++) {
        const char *section = loss == TW_LINEAR_SVM ? "svm" : "softmax";
        tw_objective *f = NULL;
        tw_span *span = NULL;
        double values[49 * 4], c[98], norm = 0, largest = 0;
        assert_ok(tw_linear_new(data, &(tw_linear_options){.loss = loss, .reg = 5e-6, .mean = mean},
                                runner, &f));
        assert_ok(tw_objective_gradient(f, w, values, g));
        assert_close(values[0], json_number(json, section, "loss"), 1e-12, 0);
        for (int k = 0; k < 30730; k++) {
            norm += g[k] * g[k];
            largest = fmax(largest, fabs(g[k]));
        }
        assert_close(sqrt(norm), json_number(json, section, "gradient_l2"), 1e-12, 0);
        assert_ok(tw_span_open(f, w, 2, directions, TW_SPAN_ROWS, &span));
        for (int k = 0; k < 49; k++) {
            c[2 * k] = -1 + (k / 7) / 3.0; /* rows of the reference run over D1 */
            c[2 * k + 1] = -1 + (k % 7) / 3.0;
        }
        assert_ok(tw_span_values(span, 49, c, values));
        const double *plane =
            json_row(json, "plane_linspace_m1_1_7_rows_alpha_D1_cols_beta_D2", section, 49);
        for (int k = 0; k < 49; k++)
            assert_close(values[4 * k], plane[k], 1e-11, 0);
        tw_span_close(span);
        if (loss == TW_LINEAR_SVM) {
            tw_objective_free(f);
            continue;
        }
        assert_close(values[4 * 24 + 3], json_number(json, "softmax", "accuracy"), 0, 1e-15);
        assert_close(largest, json_number(json, "softmax", "gradient_max"), 1e-12, 0);
        for (int method = 0; method <= 1; method++) {
            tw_diff_options options = {.method = method, .step = 1e-5};
            assert_ok(tw_diff_gradient(f, w, &options, numerical, NULL));
            static const size_t entries[5] = {0, 53, 10009, 30721, 20475};
            const double *rows = json_row(json, "finite_differences_h1e_5", "", 25);
            for (int k = 0; k < 5; k++) /* row, col, forward, central, analytic */
                assert_close(numerical[entries[k]], rows[5 * k + 2 + method], 0, 1e-6 * largest);
            for (int k = 0; k < 5; k++)
                assert_close(g[entries[k]], rows[5 * k + 4], 0, 1e-12 * largest);
        }
        tw_objective_free(f);
    }
    tw_runner_free(runner);
    tw_dataset_free(data);
    free(json);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(contract_at_every_level),
        cmocka_unit_test(extreme_scores_stay_finite),
        cmocka_unit_test(spans_of_any_width),
        cmocka_unit_test(tiny_losses_keep_their_digits),
        cmocka_unit_test(ties_go_to_the_first),
        cmocka_unit_test(test_svm_gradient),
        cmocka_unit_test(same_bits_for_any_threads),
        cmocka_unit_test(bad_options),
        cmocka_unit_test(reference_values_of_numpy),
        cmocka_unit_test(standard_errors),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
