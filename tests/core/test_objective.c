/* The front door: general ways, capabilities, errors, ownership. */
#include <math.h>
#include <stdatomic.h>

#include "contract.h"

static double rosenbrock(size_t n, const double *x, void *user) {
    double sum = 0;
    for (size_t i = 0; i + 1 < n; i++)
        sum += 100 * pow(x[i + 1] - x[i] * x[i], 2) + pow(1 - x[i], 2);
    return sum;
}

static void a_function_in_five_lines(void **state) {
    tw_objective *f = NULL;
    double x[3] = {-1.2, 1, 1}, value;
    assert_ok(tw_objective_from_function(rosenbrock, NULL, 3, &f));
    assert_ok(tw_objective_value(f, x, &value));
    assert_close(value, 24.2, 1e-15, 0);
    assert_int_equal(tw_objective_metrics(f), 1);
    assert_string_equal(tw_objective_metric_name(f, 0), "loss");
    assert_null(tw_objective_metric(f, 1));
    assert_int_equal(tw_objective_capabilities(f), TW_CAN_CONCURRENT);
    assert_string_equal(tw_space_block(tw_objective_space(f), 0)->name, "x");
    assert_fails(TW_ERR_UNSUPPORTED, "no gradient", tw_objective_gradient(f, x, NULL, x));
    assert_fails(TW_ERR_UNSUPPORTED, "Hessian", tw_objective_hessian_product(f, x, x, x));
    tw_objective_free(f);
}

static void general_ways_keep_the_contract(void **state) {
    const contract tolerance = {.value = 1e-12, .differences = 1e-12, .scale = 1};
    for (int threads = 1; threads <= 3; threads++) {
        tw_runner *runner = NULL;
        tw_objective *f = NULL;
        double x[50];
        tw_rng_fill_normal(1, 1, 0, 50, x);
        assert_ok(tw_runner_new(threads, &runner));
        assert_ok(tw_objective_from_function(rosenbrock, NULL, 50, &f));
        tw_objective_set_runner(f, runner);
        check_contract(f, x, &tolerance);
        tw_objective_free(f);
        tw_runner_free(runner);
    }
}

/* A context that must not be shared: it notices two callers at once, and counts its copies. */
typedef struct fragile {
    atomic_int inside;
    atomic_int *alive;
    int fails_at; /* the call that fails; 0: none */
    atomic_int *calls;
} fragile;

static tw_status fragile_value(void *ctx, size_t n, const double *x, double *values) {
    fragile *f = ctx;
    if (atomic_fetch_add(&f->inside, 1) != 0)
        return tw_fail(TW_ERR_CALLBACK, "two callers at once");
    int call = atomic_fetch_add(f->calls, 1) + 1;
    values[0] = 0;
    for (size_t i = 0; i < n; i++)
        values[0] += (double)(i + 1) * x[i] * x[i];
    values[1] = (double)n;
    atomic_fetch_sub(&f->inside, 1);
    if (call == f->fails_at)
        return tw_fail(TW_ERR_CALLBACK, "call %d fails", call);
    return TW_OK;
}

static tw_status fragile_clone(void *ctx, void **copy) {
    fragile *from = ctx, *to = calloc(1, sizeof *to);
    to->alive = from->alive;
    to->calls = from->calls;
    to->fails_at = from->fails_at;
    atomic_fetch_add(to->alive, 1);
    *copy = to;
    return TW_OK;
}

static void fragile_destroy(void *ctx) {
    fragile *f = ctx;
    atomic_fetch_sub(f->alive, 1);
    free(f);
}

static tw_objective *new_fragile(int with_clone, int fails_at, atomic_int *alive,
                                 atomic_int *calls) {
    static const tw_metric metrics[] = {{"loss"}, {"size"}, {NULL}};
    tw_objective_ops ops = {.value = fragile_value,
                            .clone = with_clone ? fragile_clone : NULL,
                            .destroy = fragile_destroy};
    tw_objective_traits traits = {.name = "fragile", .metrics = metrics};
    fragile *ctx = calloc(1, sizeof *ctx);
    tw_objective *objective = NULL;
    ctx->alive = alive;
    ctx->calls = calls;
    ctx->fails_at = fails_at;
    atomic_store(alive, 1);
    atomic_store(calls, 0);
    assert_ok(tw_objective_new(&ops, ctx, 40, &traits, &objective));
    return objective;
}

static void one_context_a_thread(void **state) {
    const contract tolerance = {.value = 1e-12, .differences = 1e-12, .scale = 1};
    double x[40];
    tw_rng_fill_normal(1, 1, 0, 40, x);
    for (int with_clone = 0; with_clone <= 1; with_clone++) {
        atomic_int alive, calls;
        tw_runner *runner = NULL;
        assert_ok(tw_runner_new(3, &runner));
        tw_objective *f = new_fragile(with_clone, 0, &alive, &calls);
        tw_objective_set_runner(f, runner);
        check_contract(f, x, &tolerance);
        assert_int_equal(atomic_load(&alive), with_clone ? 3 : 1);
        tw_objective_free(f);
        assert_int_equal(atomic_load(&alive), 0);
        tw_runner_free(runner);
    }
}

/* A failing callback is told, x stays, and the coordinates after it are right next time. */
static void a_failing_callback(void **state) {
    atomic_int alive, calls;
    double x[40], before[40], values[2], differences[40], steps[40];
    size_t indices[40];
    for (size_t k = 0; k < 40; k++) {
        indices[k] = k;
        steps[k] = 0.5;
        x[k] = before[k] = (double)k;
    }
    tw_objective *f = new_fragile(0, 7, &alive, &calls);
    assert_fails(TW_ERR_CALLBACK, "call 7 fails",
                 tw_objective_coordinate_differences(f, x, 40, indices, steps, differences));
    assert_memory_equal(x, before, sizeof x);
    assert_ok(tw_objective_coordinate_differences(f, x, 40, indices, steps, differences));
    for (size_t k = 0; k < 40; k++)
        assert_close(differences[k], (double)(k + 1) * (0.25 + (double)k), 1e-12, 0);
    assert_ok(tw_objective_value(f, x, values));
    assert_true(values[1] == 40);
    tw_objective_free(f);
}

static tw_status silent_failure(void *ctx, size_t n, const double *x, double *values) {
    return TW_ERR_CALLBACK;
}

static tw_status declining_value(void *ctx, size_t n, const double *x, double *values) {
    return TW_DECLINED;
}

static tw_status declining_gradient(void *ctx, size_t n, const double *x, double *values,
                                    double *gradient) {
    return TW_DECLINED;
}

static void answers_that_are_none(void **state) {
    double x = 1, value;
    tw_objective *f = NULL;
    tw_objective_ops ops = {.value = silent_failure};
    tw_objective_traits traits = {.name = "mute"};
    assert_ok(tw_objective_new(&ops, NULL, 1, &traits, &f));
    assert_fails(TW_ERR_CALLBACK, "objective 'mute': value failed",
                 tw_objective_value(f, &x, &value));
    tw_objective_free(f);
    ops = (tw_objective_ops){.value = declining_value, .gradient = declining_gradient};
    assert_ok(tw_objective_new(&ops, NULL, 1, &traits, &f));
    assert_fails(TW_ERR_CALLBACK, "not a status", tw_objective_value(f, &x, &value));
    assert_fails(TW_ERR_UNSUPPORTED, "numerical", tw_objective_gradient(f, &x, NULL, &x));
    tw_objective_free(f);
}

static void construction_refuses(void **state) {
    tw_objective *f = NULL;
    tw_objective_ops none = {0}, half = {.value = silent_failure};
    assert_fails(TW_ERR_ARGUMENT, "'value'", tw_objective_new(&none, NULL, 1, NULL, &f));
    assert_fails(TW_ERR_ARGUMENT, "0 parameters", tw_objective_new(&half, NULL, 0, NULL, &f));
    assert_fails(TW_ERR_ARGUMENT, "a function", tw_objective_from_function(NULL, NULL, 1, &f));
    tw_space *space = NULL;
    assert_ok(tw_space_new(&space));
    tw_block block = {.name = "w", .rank = 1, .shape = {3}};
    assert_ok(tw_space_add(space, &block));
    tw_objective_traits traits = {.space = space};
    assert_fails(TW_ERR_SHAPE, "3 entries", tw_objective_new(&half, NULL, 4, &traits, &f));
    tw_space_free(space); /* still the caller's */
    size_t index = 5;
    double x = 0, step = 1;
    assert_ok(tw_objective_from_function(rosenbrock, NULL, 1, &f));
    assert_fails(TW_ERR_ARGUMENT, "coordinate 5",
                 tw_objective_coordinate_differences(f, &x, 1, &index, &step, &x));
    tw_objective_free(f);
    tw_objective_free(NULL);
}

static void a_start_and_bounds(void **state) {
    double start[] = {1, 2}, lower[] = {0, -INFINITY}, upper[] = {1, INFINITY};
    const tw_objective_ops ops = {.value = fragile_value};
    tw_objective_traits traits = {.start = start, .lower = lower, .upper = upper};
    tw_objective *f = NULL, *plain = NULL;
    assert_ok(tw_objective_new(&ops, NULL, 2, &traits, &f));
    assert_ok(tw_objective_plain(f, 0, &plain));
    start[1] = 7; /* they are copied */
    for (int k = 0; k < 2; k++) {
        assert_true(tw_objective_start(k == 0 ? f : plain)[1] == 2);
        assert_true(tw_objective_lower(k == 0 ? f : plain)[0] == 0);
        assert_true(tw_objective_upper(k == 0 ? f : plain)[1] == INFINITY);
    }
    tw_objective_free(plain);
    tw_objective_free(f);
    assert_ok(tw_objective_new(&ops, NULL, 2, NULL, &f));
    assert_null(tw_objective_start(f));
    assert_null(tw_objective_lower(f));
    assert_null(tw_objective_upper(f));
    tw_objective_free(f);
    start[0] = NAN;
    assert_fails(TW_ERR_ARGUMENT, "parameter 0 is nan",
                 tw_objective_new(&ops, NULL, 2, &traits, &f));
    start[0] = 1.5;
    assert_fails(TW_ERR_ARGUMENT, "parameter 0 is 1.5, not in 0 ... 1",
                 tw_objective_new(&ops, NULL, 2, &traits, &f));
    traits.start = NULL;
    lower[1] = NAN;
    assert_fails(TW_ERR_ARGUMENT, "bounds of parameter 1",
                 tw_objective_new(&ops, NULL, 2, &traits, &f));
}

/* Takes several points at once and notes how many calls that took; declines or fails on demand. */
typedef struct at_once {
    atomic_int calls, points;
    tw_status answer;
} at_once;

static tw_status at_once_value(void *ctx, size_t n, const double *x, double *values) {
    values[0] = rosenbrock(n, x, NULL);
    values[1] = x[0];
    return TW_OK;
}

static tw_status at_once_batch(void *ctx, size_t n, size_t count, const double *x, double *values) {
    at_once *a = ctx;
    atomic_fetch_add(&a->calls, 1);
    atomic_fetch_add(&a->points, (int)count);
    if (a->answer < 0)
        return tw_fail(a->answer, "not this time");
    for (size_t k = 0; k < count && a->answer == TW_OK; k++)
        at_once_value(ctx, n, x + k * n, values + 2 * k);
    return a->answer;
}

static void general_ways_go_by_batch(void **state) {
    enum { N = 37 };
    static const tw_metric metrics[] = {{"loss"}, {"first"}, {NULL}};
    const tw_objective_ops ops = {.value = at_once_value, .batch = at_once_batch, .concurrent = 1};
    const contract tolerance = {.value = 1e-12, .differences = 1e-12, .scale = 1};
    double x[N], steps[N], differences[2][N];
    size_t indices[N];
    tw_rng_fill_normal(1, 2, 0, N, x);
    for (size_t i = 0; i < N; i++) {
        indices[i] = N - 1 - i;
        steps[i] = 1e-3;
    }
    for (int threads = 1; threads <= 3; threads++) {
        at_once context = {.answer = TW_OK};
        tw_runner *runner = NULL;
        tw_objective *f = NULL, *plain = NULL;
        assert_ok(tw_runner_new(threads, &runner));
        assert_ok(
            tw_objective_new(&ops, &context, N, &(tw_objective_traits){.metrics = metrics}, &f));
        tw_objective_set_runner(f, runner);
        assert_ok(tw_objective_plain(f, 0, &plain));
        assert_ok(tw_objective_coordinate_differences(plain, x, N, indices, steps, differences[0]));
        assert_int_equal(context.calls, 0);
        assert_ok(tw_objective_coordinate_differences(f, x, N, indices, steps, differences[1]));
        assert_memory_equal(differences[0], differences[1], sizeof differences[0]);
        assert_int_equal(context.calls, 3); /* 16, 16 and 5 */
        assert_int_equal(context.points, N);
        check_contract(f, x, &tolerance);
        context.answer = TW_DECLINED;
        assert_ok(tw_objective_coordinate_differences(f, x, N, indices, steps, differences[1]));
        assert_memory_equal(differences[0], differences[1], sizeof differences[0]);
        context.answer = TW_ERR_IO;
        assert_fails(TW_ERR_IO, "not this time",
                     tw_objective_coordinate_differences(f, x, N, indices, steps, differences[1]));
        tw_objective_free(plain);
        tw_objective_free(f);
        tw_runner_free(runner);
    }
}

static void evaluations_are_counted(void **state) {
    tw_objective *f = NULL;
    double x[4] = {0}, values[8];
    assert_ok(tw_objective_from_function(rosenbrock, NULL, 2, &f));
    assert_ok(tw_objective_value(f, x, values));
    assert_ok(tw_objective_batch(f, 2, x, values));
    assert_int_equal(tw_objective_evaluations(f), 3);
    tw_objective_free(f);
}

static void a_space_of_blocks(void **state) {
    tw_space *space = NULL;
    assert_ok(tw_space_new(&space));
    tw_block conv = {.name = "conv", .rank = 4, .shape = {8, 3, 3, 3}, .role = TW_ROLE_WEIGHT};
    tw_block bias = {.name = "bias", .rank = 1, .shape = {8}, .role = TW_ROLE_BIAS};
    assert_ok(tw_space_add(space, &conv));
    assert_ok(tw_space_add(space, &bias));
    assert_int_equal(tw_space_size(space), 224);
    assert_int_equal(tw_space_find(space, "bias")->offset, 216);
    assert_string_equal(tw_space_at(space, 215)->name, "conv");
    assert_string_equal(tw_space_at(space, 216)->name, "bias");
    assert_null(tw_space_at(space, 224));
    assert_null(tw_space_find(space, "weight"));
    char place[64], few[5];
    assert_string_equal(tw_block_place(tw_space_block(space, 0), 215, place, sizeof place),
                        "[7, 2, 2, 2]");
    assert_string_equal(tw_block_place(tw_space_block(space, 0), 29, place, sizeof place),
                        "[1, 0, 0, 2]");
    assert_string_equal(tw_block_place(tw_space_block(space, 1), 7, place, sizeof place), "[7]");
    assert_string_equal(tw_block_place(&(tw_block){.rank = 0}, 0, place, sizeof place), "");
    assert_string_equal(tw_block_place(tw_space_block(space, 0), 215, few, sizeof few), "[7, ");
    assert_fails(TW_ERR_ARGUMENT, "there is already", tw_space_add(space, &bias));
    bias = (tw_block){.name = "b", .rank = 2, .shape = {SIZE_MAX / 2, 4}};
    assert_fails(TW_ERR_ARGUMENT, "length", tw_space_add(space, &bias));
    bias = (tw_block){.name = "b", .rank = 5};
    assert_fails(TW_ERR_ARGUMENT, "rank 5", tw_space_add(space, &bias));
    bias = (tw_block){.name = "b", .rank = 1, .shape = {3}, .filter_axis = 1};
    assert_fails(TW_ERR_ARGUMENT, "axis 1", tw_space_add(space, &bias));
    assert_string_equal(tw_role_name(TW_ROLE_BIAS), "bias");
    tw_space_free(space);
}

static void words_of_a_failure(void **state) {
    assert_int_equal(tw_fail(TW_ERR_IO, "cannot open '%s'", "a"), TW_ERR_IO);
    assert_int_equal(tw_fail_prefix(TW_ERR_IO, "reading %d", 3), TW_ERR_IO);
    assert_string_equal(tw_message(), "reading 3: cannot open 'a'");
    tw_fail(TW_ERR_IO, "again: %s", tw_message());
    assert_string_equal(tw_message(), "again: reading 3: cannot open 'a'");
    char longest[2000];
    memset(longest, 'x', sizeof longest - 1);
    longest[sizeof longest - 1] = '\0';
    tw_fail(TW_ERR_IO, "%s", longest);
    assert_int_equal(strlen(tw_message()), 511);
    tw_fail_prefix(TW_ERR_IO, "p");
    assert_int_equal(strlen(tw_message()), 511);
    tw_message_clear();
    assert_string_equal(tw_message(), "");
    assert_string_equal(tw_status_text(TW_ERR_SHAPE), "shapes do not match");
    assert_string_equal(tw_status_text((tw_status)77), "unknown status");
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_function_in_five_lines),
        cmocka_unit_test(general_ways_keep_the_contract),
        cmocka_unit_test(one_context_a_thread),
        cmocka_unit_test(a_failing_callback),
        cmocka_unit_test(answers_that_are_none),
        cmocka_unit_test(construction_refuses),
        cmocka_unit_test(a_start_and_bounds),
        cmocka_unit_test(general_ways_go_by_batch),
        cmocka_unit_test(evaluations_are_counted),
        cmocka_unit_test(a_space_of_blocks),
        cmocka_unit_test(words_of_a_failure),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
