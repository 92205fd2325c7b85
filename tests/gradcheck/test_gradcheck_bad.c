/* Gradient checks of objectives that misbehave: callbacks that fail, write to x, change from call
 * to call or give NaN; wrong Hessian products; bounds; options that make no sense. Every allocation
 * fails once. What is reported does not depend on threads, and is written as it is. */
#include <math.h>

#include "failing_alloc.h"
#include "support.h"

enum { N = 6 };

typedef enum manner {
    GOOD,
    FAILS_LATER, /* the value, from the fifth call on */
    FAILS_GRADIENT,
    WRITES_X,
    GRADIENT_WRITES_X,
    CHANGES,      /* the value, a little, from call to call */
    CHANGES_LAST, /* the same in its last digit */
    NAN_AT_X,
    NAN_BESIDE,
    DRAWN_GRADIENT, /* differs from call to call, and is right nearly */
    SELF_MADE,      /* made of calls of the value */
    WRONG_PRODUCT,
    SKEW_PRODUCT
} manner;

typedef struct person {
    manner manner;
    unsigned calls;
    double *x; /* where the caller keeps it */
    tw_objective *itself;
} person;

static double right_value(size_t n, const double *x) {
    double sum = 0;
    for (size_t i = 0; i < n; i++)
        sum += exp(0.3 * x[i]) * cos(x[(i + 1) % n]);
    return sum;
}

static double right_slope(size_t n, const double *x, size_t i) {
    return 0.3 * exp(0.3 * x[i]) * cos(x[(i + 1) % n]) - exp(0.3 * x[(i + n - 1) % n]) * sin(x[i]);
}

static tw_status value(void *ctx, size_t n, const double *x, double *values) {
    person *p = ctx;
    p->calls++;
    values[0] = right_value(n, x);
    switch (p->manner) {
    case FAILS_LATER:
        if (p->calls >= 5)
            return tw_fail(TW_ERR_CALLBACK, "the simulator is out of order");
        break;
    case WRITES_X:
        ((double *)x)[2] += 1;
        break;
    case CHANGES:
        values[0] += 1e-5 * tw_rng_uniform(1, 1, p->calls);
        break;
    case CHANGES_LAST:
        values[0] *= 1 + 0x1p-52 * (double)(p->calls % 3);
        break;
    case NAN_AT_X:
        values[0] = memcmp(x, p->x, n * sizeof *x) == 0 ? NAN : values[0];
        break;
    case NAN_BESIDE:
        values[0] = memcmp(x, p->x, n * sizeof *x) == 0 ? values[0] : NAN;
        break;
    default:
        break;
    }
    return TW_OK;
}

static tw_status gradient(void *ctx, size_t n, const double *x, double *values, double *g) {
    person *p = ctx;
    if (values != NULL)
        values[0] = right_value(n, x);
    if (p->manner == FAILS_GRADIENT)
        return TW_ERR_CALLBACK;
    if (p->manner == GRADIENT_WRITES_X)
        ((double *)x)[0] = 3;
    for (size_t i = 0; i < n; i++)
        g[i] = right_slope(n, x, i);
    if (p->manner == DRAWN_GRADIENT)
        g[1] *= 1 + 1e-9 * (double)++p->calls;
    if (p->manner == SELF_MADE)
        return tw_diff_gradient(p->itself, x, &(tw_diff_options){.method = TW_DIFF_CENTRAL}, g,
                                NULL);
    return TW_OK;
}

/* Of one vector, which is what is asked for. */
static tw_status product(void *ctx, size_t n, const double *x, size_t count, const double *v,
                         double *hv) {
    const person *p = ctx;
    assert_int_equal(count, 1);
    for (size_t i = 0; i < n; i++) {
        size_t next = (i + 1) % n, last = (i + n - 1) % n;
        hv[i] = (0.09 * exp(0.3 * x[i]) * cos(x[next]) - exp(0.3 * x[last]) * cos(x[i])) * v[i] -
                0.3 * exp(0.3 * x[i]) * sin(x[next]) * v[next] -
                0.3 * exp(0.3 * x[last]) * sin(x[i]) * v[last];
    }
    if (p->manner == WRONG_PRODUCT)
        hv[3] *= 1.001;
    if (p->manner == SKEW_PRODUCT)
        hv[4] += 1e-7 * v[0];
    return TW_OK;
}

static tw_objective *make(person *p, tw_runner *runner) {
    const tw_objective_ops ops = {
        .value = value, .gradient = gradient, .hessian_products = product, .concurrent = 1};
    tw_objective *f = NULL;
    assert_ok(tw_objective_new(&ops, p, N, &(tw_objective_traits){.name = "person"}, &f));
    tw_objective_set_runner(f, runner);
    p->itself = f;
    return f;
}

static const double point[N] = {0.3, -1.2, 2, 0.7, 1.1, -0.4};

static tw_status check_person(manner how, tw_gradcheck **check) {
    double x[N];
    memcpy(x, point, sizeof x);
    person p = {.manner = how, .x = x};
    tw_objective *f = make(&p, NULL);
    tw_status status = tw_gradcheck_run(f, x, NULL, check);
    assert_memory_equal(x, point, sizeof x);
    tw_objective_free(f);
    return status;
}

static int has_note(const tw_gradcheck *check, const char *words) {
    for (size_t k = 0; k < check->note_count; k++)
        if (strstr(check->notes[k], words) != NULL)
            return 1;
    return 0;
}

static void callbacks_that_misbehave(void **state) {
    tw_gradcheck *check = NULL;
    assert_ok(check_person(GOOD, &check));
    assert_int_equal(check->verdict, TW_VERDICT_PASS);
    assert_int_equal(check->note_count, 0);
    tw_gradcheck_free(check);
    assert_fails(TW_ERR_CALLBACK, "the simulator is out of order",
                 check_person(FAILS_LATER, &check));
    assert_fails(TW_ERR_CALLBACK, "'person': gradient failed",
                 check_person(FAILS_GRADIENT, &check));
    assert_fails(TW_ERR_CALLBACK, "'value' writes to x (entry 2)", check_person(WRITES_X, &check));
    assert_fails(TW_ERR_CALLBACK, "'gradient' writes to x (entry 0)",
                 check_person(GRADIENT_WRITES_X, &check));
    assert_fails(TW_ERR_NOT_FINITE, "the loss of 'person' is nan at x",
                 check_person(NAN_AT_X, &check));
    assert_ok(check_person(NAN_BESIDE, &check));
    assert_int_equal(check->verdict, TW_VERDICT_INCONCLUSIVE);
    assert_int_equal(check->entries[0].reason, TW_REASON_DOMAIN);
    assert_true(has_note(check, "6 entries cannot be moved"));
    tw_gradcheck_free(check);
}

static void what_is_not_repeated_proves_nothing(void **state) {
    tw_gradcheck *check = NULL;
    assert_ok(check_person(CHANGES, &check));
    assert_int_equal(check->verdict, TW_VERDICT_INCONCLUSIVE);
    assert_true(has_note(check, "two values at the same x differ"));
    tw_gradcheck_free(check);
    assert_ok(check_person(CHANGES_LAST, &check)); /* as threads that sum in any order do */
    assert_int_equal(check->verdict, TW_VERDICT_PASS);
    tw_gradcheck_free(check);
    assert_ok(check_person(DRAWN_GRADIENT, &check));
    assert_true(has_note(check, "1 entry of the gradient changed between two calls"));
    tw_gradcheck_free(check);
    assert_ok(check_person(SELF_MADE, &check));
    assert_int_equal(check->verdict, TW_VERDICT_INCONCLUSIVE);
    assert_true(has_note(check, "compared with its own kind"));
    tw_gradcheck_free(check);
}

static void hessian_products_are_checked(void **state) {
    tw_gradcheck *check = NULL;
    assert_ok(check_person(GOOD, &check));
    assert_true(check->hessian.done && check->hessian.asymmetry < 1e-15);
    assert_true(check->hessian.error < 1e-8 && check->hessian.bar < 1e-7);
    assert_true(check->taylor.expected == 3 && fabs(check->taylor.order - 3) < 0.1);
    tw_gradcheck_free(check);
    assert_ok(check_person(WRONG_PRODUCT, &check));
    assert_int_equal(check->hessian.verdict, TW_VERDICT_FAIL);
    assert_int_equal(check->hessian.worst, 3);
    assert_int_equal(check->verdict, TW_VERDICT_FAIL);
    assert_int_equal(check->blocks[0].verdict, TW_VERDICT_PASS);
    assert_true(fabs(check->taylor.order - 2) < 0.2);
    tw_gradcheck_free(check);
    assert_ok(check_person(SKEW_PRODUCT, &check));
    assert_true(check->hessian.asymmetry > 1e-9);
    assert_int_equal(check->hessian.verdict, TW_VERDICT_FAIL);
    tw_gradcheck_free(check);
}

/* x0^2 + |x1 - 1e-7|: a kink that differences of the gradient step over, and a product that is
 * right between kinks, or is not. */
static tw_status kinked_value(void *ctx, size_t n, const double *x, double *values) {
    values[0] = x[0] * x[0] + fabs(x[1] - 1e-7);
    return TW_OK;
}

static tw_status kinked_gradient(void *ctx, size_t n, const double *x, double *values, double *g) {
    if (values != NULL)
        kinked_value(ctx, n, x, values);
    g[0] = 2 * x[0];
    g[1] = x[1] > 1e-7 ? 1 : -1;
    return TW_OK;
}

static tw_status kinked_product(void *ctx, size_t n, const double *x, size_t count, const double *v,
                                double *hv) {
    assert_int_equal(count, 1);
    hv[0] = *(const double *)ctx * v[0];
    hv[1] = 0;
    return TW_OK;
}

static void a_kink_makes_no_wrong_product(void **state) {
    static const double x[2] = {1, 0};
    for (int wrong = 0; wrong <= 1; wrong++) {
        double factor = wrong ? 3 : 2;
        const tw_objective_ops ops = {.value = kinked_value,
                                      .gradient = kinked_gradient,
                                      .hessian_products = kinked_product,
                                      .concurrent = 1};
        tw_objective *f = NULL;
        tw_gradcheck *check = NULL;
        assert_ok(tw_objective_new(&ops, &factor, 2, NULL, &f));
        assert_ok(tw_gradcheck_run(f, x, NULL, &check));
        assert_int_equal(check->blocks[0].verdict, TW_VERDICT_PASS);
        assert_int_equal(check->hessian.verdict == TW_VERDICT_FAIL, wrong);
        assert_int_equal(check->verdict, wrong ? TW_VERDICT_FAIL : TW_VERDICT_PASS);
        tw_gradcheck_free(check);
        tw_objective_free(f);
    }
}

static void options_that_make_no_sense(void **state) {
    double x[N], lower[N], upper[N];
    memcpy(x, point, sizeof x);
    person p = {.x = x};
    tw_objective *f = make(&p, NULL), *plain = NULL;
    tw_gradcheck *check = NULL;
    const size_t indices[] = {2, N};
    for (int i = 0; i < N; i++) {
        lower[i] = -3;
        upper[i] = 3;
    }
    assert_fails(TW_ERR_ARGUMENT, "rtol -1",
                 tw_gradcheck_run(f, x, &(tw_gradcheck_options){.rtol = -1}, &check));
    assert_fails(TW_ERR_ARGUMENT, "atol nan",
                 tw_gradcheck_run(f, x, &(tw_gradcheck_options){.atol = NAN}, &check));
    assert_fails(TW_ERR_ARGUMENT, "no coordinates would prove nothing",
                 tw_gradcheck_run(f, x, &(tw_gradcheck_options){.indices = indices}, &check));
    assert_fails(TW_ERR_ARGUMENT, "coordinate 6: objective 'person' has 6",
                 tw_gradcheck_run(
                     f, x, &(tw_gradcheck_options){.indices = indices, .index_count = 2}, &check));
    lower[4] = 2;
    tw_gradcheck_options bounds = {.lower = lower, .upper = upper};
    assert_fails(TW_ERR_ARGUMENT, "coordinate 4: x = 1.1 lies outside its bounds 2 ... 3",
                 tw_gradcheck_run(f, x, &bounds, &check));
    lower[4] = x[4]; /* on the bound: from one side */
    assert_ok(tw_gradcheck_run(f, x, &bounds, &check));
    assert_int_equal(check->verdict, TW_VERDICT_PASS);
    assert_true(check->entries[4].flags & TW_DERIVATIVE_ONE_SIDED);
    tw_gradcheck_free(check);
    x[3] = INFINITY;
    assert_fails(TW_ERR_ARGUMENT, "coordinate 3 of x is inf", tw_gradcheck_run(f, x, NULL, &check));
    memcpy(x, point, sizeof x);
    assert_ok(tw_objective_plain(f, 0, &plain));
    assert_fails(TW_ERR_UNSUPPORTED, "'person' has no gradient of its own to check",
                 tw_gradcheck_run(plain, x, NULL, &check));
    tw_gradcheck_probe probe;
    assert_fails(TW_ERR_ARGUMENT, "a probe of entries 4 ... 7",
                 tw_gradcheck_probe_range(f, x, x, 4, 3, NULL, 0, &probe));
    assert_fails(TW_ERR_ARGUMENT, "the gradient is missing",
                 tw_objective_from_functions((tw_function)1, NULL, NULL, N, &plain));
    tw_objective_free(plain);
    tw_objective_free(f);
}

static void budgets_are_kept(void **state) {
    double x[N];
    memcpy(x, point, sizeof x);
    person p = {.x = x};
    tw_objective *f = make(&p, NULL);
    tw_gradcheck *check = NULL;
    assert_ok(tw_gradcheck_run(f, x, &(tw_gradcheck_options){.max_evaluations = 3}, &check));
    assert_int_equal(check->verdict, TW_VERDICT_INCONCLUSIVE);
    assert_int_equal(check->entries[5].reason, TW_REASON_BUDGET);
    assert_true(has_note(check, "6 entries not reached within 3 evaluations"));
    tw_gradcheck_free(check);
    tw_objective_free(f);
}

static int same_entries(const tw_gradcheck *a, const tw_gradcheck *b) {
    for (size_t k = 0; k < a->entry_count; k++) {
        const tw_gradcheck_entry *e = &a->entries[k], *f = &b->entries[k];
        if (e->index != f->index || e->numeric != f->numeric || e->bar != f->bar ||
            e->evaluations != f->evaluations || e->verdict != f->verdict)
            return 0;
    }
    for (size_t k = 0; k < a->probe_count; k++)
        if (a->probes[k].numeric != b->probes[k].numeric || a->probes[k].bar != b->probes[k].bar)
            return 0;
    return a->entry_count == b->entry_count && a->probe_count == b->probe_count &&
           a->taylor.order == b->taylor.order && a->evaluations == b->evaluations;
}

static void threads_change_no_bit(void **state) {
    tw_objective *f = NULL;
    tw_gradcheck *first = NULL, *check = NULL;
    double *x = malloc(3000 * sizeof *x);
    assert_non_null(x);
    tw_rng_fill_normal(1, 2, 0, 3000, x);
    for (int threads = 1; threads <= 4; threads++) {
        tw_runner *runner = NULL;
        assert_ok(tw_runner_new(threads, &runner));
        assert_ok(tw_function_new("rosenbrock:3000", runner, &f));
        tw_objective_set_runner(f, runner);
        assert_ok(tw_gradcheck_run(f, x, NULL, threads == 1 ? &first : &check));
        if (threads > 1) {
            assert_true(same_entries(first, check));
            tw_gradcheck_free(check);
        }
        tw_objective_free(f);
        tw_runner_free(runner);
    }
    assert_int_equal(first->verdict, TW_VERDICT_PASS);
    assert_true(first->entry_count >= 32 && first->entry_count <= 48);
    assert_int_equal(first->probe_count, 4);
    tw_gradcheck_free(first);
    free(x);
}

/* An error, no crash, no leak (the sanitized build looks for those), x as it was. */
static void every_allocation_fails_once(void **state) {
    double x[N], g[N], bars[N];
    memcpy(x, point, sizeof x);
    person p = {.x = x};
    tw_objective *f = make(&p, NULL);
    tw_status status = TW_ERR_MEMORY;
    size_t which = 1, failures = 0;
    for (; status != TW_OK; which++) {
        tw_gradcheck *check = NULL;
        failing_alloc_arm(which);
        status = tw_gradcheck_run(f, x, &(tw_gradcheck_options){.every = 1, .sample = 2}, &check);
        failing_alloc_disarm();
        failures += status == TW_ERR_MEMORY;
        assert_true(status == TW_ERR_MEMORY || status == TW_OK);
        assert_true((check != NULL) == (status == TW_OK));
        tw_gradcheck_free(check);
        assert_memory_equal(x, point, sizeof x);
    }
    assert_true(failures == which - 2 && failures > 20);
    for (int method = TW_DIFF_FORWARD; method <= TW_DIFF_ROBUST; method++) {
        status = TW_ERR_MEMORY;
        for (which = 1; status != TW_OK; which++) {
            failing_alloc_arm(which);
            status =
                tw_diff_gradient(f, x, &(tw_diff_options){.method = method, .bars = bars}, g, NULL);
            failing_alloc_disarm();
            assert_true(status == TW_ERR_MEMORY || status == TW_OK);
            assert_memory_equal(x, point, sizeof x);
        }
        assert_true(which > 3);
    }
    tw_objective_free(f);
}

/* Text in `out`, of a format. */
static void write_to(const tw_gradcheck *check, tw_gradcheck_format format, int only_failures,
                     char *out, size_t size) {
    FILE *stream = fmemopen(out, size, "w");
    assert_non_null(stream);
    assert_ok(tw_gradcheck_write(check, format, only_failures, stream));
    fclose(stream);
}

static void reports_say_what_was_found(void **state) {
    static char text[1 << 14];
    tw_gradcheck *check = NULL;
    assert_ok(check_person(WRONG_PRODUCT, &check));
    write_to(check, TW_GRADCHECK_TEXT, 0, text, sizeof text);
    assert_memory_equal(text, "FAIL  loss ", 11);
    assert_non_null(strstr(text, "2 with kinks or a wrong Hessian product"));
    assert_non_null(strstr(text, ": fail\n"));
    write_to(check, TW_GRADCHECK_CSV, 0, text, sizeof text);
    int lines = 0;
    for (const char *at = text; *at != '\0'; at++)
        lines += *at == '\n';
    assert_int_equal(lines, N + 1);
    write_to(check, TW_GRADCHECK_CSV, 1, text, sizeof text);
    assert_null(strstr(text, "pass"));
    write_to(check, TW_GRADCHECK_JSON, 0, text, sizeof text);
    assert_non_null(strstr(text, "{\"verdict\": \"fail\", \"cause\": \"none\""));
    assert_non_null(strstr(text, "\"hessian\": {"));
    assert_fails(TW_ERR_ARGUMENT, "no format number 9",
                 tw_gradcheck_write(check, (tw_gradcheck_format)9, 0, stdout));
    assert_fails(TW_ERR_IO, "/nowhere/at/all.csv",
                 tw_gradcheck_save("/nowhere/at/all.csv", check, 0));
    FILE *full = fopen("/dev/full", "w");
    if (full != NULL) {
        setvbuf(full, NULL, _IONBF, 0);
        assert_fails(TW_ERR_IO, "cannot write",
                     tw_gradcheck_write(check, TW_GRADCHECK_CSV, 0, full));
        fclose(full);
    }
    tw_gradcheck_free(check);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(callbacks_that_misbehave),
        cmocka_unit_test(what_is_not_repeated_proves_nothing),
        cmocka_unit_test(hessian_products_are_checked),
        cmocka_unit_test(a_kink_makes_no_wrong_product),
        cmocka_unit_test(options_that_make_no_sense),
        cmocka_unit_test(budgets_are_kept),
        cmocka_unit_test(threads_change_no_bit),
        cmocka_unit_test(every_allocation_fails_once),
        cmocka_unit_test(reports_say_what_was_found),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
