/* A descent that is cut anywhere, cancelled anywhere or carried over by its state is the descent
 * that was never interrupted: the same reports and the same end, bit for bit, by every method. */
#include <math.h>

#include "support.h"

enum { N = 5, METRICS = 2, SAMPLES = 10, MOST = 400 };

/* ---- landscapes with everything that can come between ---- */

/* (loss, gradient) of one sample; sample 0 stands for the whole. */
typedef double (*landscape)(const double *x, double shift, double *g);

static double rosenbrock(const double *x, double shift, double *g) {
    double sum = 0;
    memset(g, 0, N * sizeof *g);
    for (int i = 0; i + 1 < N; i++) {
        double a = x[i + 1] - x[i] * x[i], b = 1 + shift - x[i];
        sum += 100 * a * a + b * b;
        g[i] += -400 * a * x[i] - 2 * b;
        g[i + 1] += 200 * a;
    }
    return sum;
}

/* Kinks along every axis, and no axis like another. */
static double kinks(const double *x, double shift, double *g) {
    double sum = 0;
    for (int i = 0; i < N; i++) {
        double way = x[i] - shift - 0.3 * i, weight = 1 + 3 * i;
        sum += weight * fabs(way) + 0.1 * way * way * (i + 1);
        g[i] = weight * (way > 0 ? 1 : way < 0 ? -1 : 0) + 0.2 * way * (i + 1);
    }
    return sum;
}

/* Only numbers where all x are positive. */
static double walled(const double *x, double shift, double *g) {
    double sum = 0;
    for (int i = 0; i < N; i++) {
        sum += (i + 1) * x[i] - log(x[i]) + shift * x[i];
        g[i] = (i + 1) - 1 / x[i] + shift;
    }
    return sum;
}

/* Nearly flat, and then steep: most steps are wrong. */
static double cliff(const double *x, double shift, double *g) {
    double sum = 0;
    for (int i = 0; i < N; i++) {
        double e = exp(3 * (x[i] - 1)), way = x[i] + 40 + shift;
        sum += e + 1e-6 * way * way * way * way;
        g[i] = 3 * e + 4e-6 * way * way * way;
    }
    return sum;
}

/* No lower end, and minus infinity in reach. */
static double falling(const double *x, double shift, double *g) {
    double sum = 0;
    for (int i = 0; i < N; i++) {
        sum -= x[i] > 8 ? INFINITY : exp(x[i]) * (1 + shift);
        g[i] = -exp(x[i]) * (1 + shift);
    }
    return sum;
}

/* Rounded to steps: a line search finds nothing lower long before the gradient is small. */
static double stairs(const double *x, double shift, double *g) {
    double sum = 0;
    for (int i = 0; i < N; i++) {
        sum += (i + 1) * x[i] * x[i] + shift * x[i];
        g[i] = 2 * (i + 1) * x[i] + shift;
    }
    return floor(sum * 1e3) / 1e3 + 1e6;
}

/* Its minimum is at 0, so that the size of an entry is the one that it began with. */
static double bowl(const double *x, double shift, double *g) {
    double sum = 0;
    for (int i = 0; i < N; i++) {
        sum += (i + 1) * x[i] * x[i] + 0.1 * x[i] * x[i] * x[i] * x[i];
        g[i] = 2 * (i + 1) * x[i] + 0.4 * x[i] * x[i] * x[i] + shift;
    }
    return sum;
}

static const landscape landscapes[] = {rosenbrock, kinks, walled, cliff, falling, stairs, bowl};

typedef struct model {
    landscape of;
    size_t calls, fail_at; /* gradients or values; 0: none fails */
} model;

static tw_status look(model *m, const double *x, double shift, double *values, double *g) {
    double own[N];
    if (++m->calls == m->fail_at)
        return tw_fail(TW_ERR_CALLBACK, "call %zu is lost", m->calls);
    values[0] = m->of(x, shift, g != NULL ? g : own);
    values[1] = x[0] - x[1];
    return TW_OK;
}

static tw_status value(void *ctx, size_t n, const double *x, double *values) {
    return look(ctx, x, 0, values, NULL);
}

static tw_status gradient(void *ctx, size_t n, const double *x, double *values, double *g) {
    double own[METRICS];
    return look(ctx, x, 0, values != NULL ? values : own, g);
}

static tw_status batch(void *ctx, size_t n, size_t count, const double *x, double *values) {
    tw_status status = TW_OK;
    for (size_t k = 0; k < count && status == TW_OK; k++)
        status = look(ctx, x + k * n, 0, values + k * METRICS, NULL);
    return status;
}

static tw_status sample_gradient(void *ctx, size_t n, const double *x, const tw_batch *batch,
                                 double *values, double *g) {
    double shift = 0, own[METRICS];
    for (size_t k = 0; k < batch->count; k++)
        shift += 0.01 * ((double)batch->samples[k] - 4.5) * (double)(k + 1);
    return look(ctx, x, shift, values != NULL ? values : own, g);
}

/* ---- what is walked, and how ---- */

typedef struct walk_case {
    const char *method;
    landscape of;
    int line_search, by_batch;
    size_t report_every, history;
    double step;
} walk_case;

static const walk_case kinds[] = {
    {"random-search", .step = 0.7},
    {"random-search", .step = 0.7, .by_batch = 1},
    {"local-search", .step = 0.1},
    {"gd", .step = 1e-3},
    {"gd", .step = 10},
    {"gd", .line_search = 1},
    {"sgd", .step = 1e-3},
    {"momentum", .step = 1e-3},
    {"nesterov", .step = 1e-3},
    {"adagrad", .step = 0.3},
    {"rmsprop", .step = 0.05},
    {"adam", .step = 0.05},
    {"lbfgs"},
    {"lbfgs", .history = 1},
    {"lbfgs", .history = 3},
};

typedef struct told {
    size_t iteration;
    double epoch, step, x[N], before[N], values[METRICS];
} told;

typedef struct trace {
    size_t count, asked, cancel_at; /* 0: never */
    told reports[MOST + 2];
} trace;

static int record(void *user, const tw_optim_report *report) {
    trace *t = user;
    assert_true(t->count < MOST + 2);
    told *to = &t->reports[t->count++];
    memset(to, 0, sizeof *to);
    to->iteration = report->iteration;
    to->epoch = report->epoch;
    to->step = report->step;
    memcpy(to->x, report->x, sizeof to->x);
    if (report->before != NULL)
        memcpy(to->before, report->before, sizeof to->before);
    memcpy(to->values, report->values, sizeof to->values);
    return 0;
}

static int cancelled(void *user) {
    trace *t = user;
    return ++t->asked == t->cancel_at;
}

/* One process: an objective, a point, a descent. */
typedef struct process {
    model m;
    tw_objective *f;
    double x[N];
    tw_descent *d;
} process;

static const double beginning[N] = {0.9, 1.4, 0.2, 2.1, 0.6};
static const double nowhere[N] = {NAN, NAN, NAN, NAN, NAN};

static process *open_at(const double *x, const walk_case *c, size_t iterations, trace *t) {
    const tw_objective_ops ops = {.value = value,
                                  .gradient = gradient,
                                  .sample_gradient = sample_gradient,
                                  .batch = c->by_batch ? batch : NULL};
    const tw_metric metrics[] = {{"loss"}, {"difference"}, {NULL}};
    const tw_objective_traits traits = {.metrics = metrics, .samples = SAMPLES};
    const tw_optim_options options = {.iterations = iterations,
                                      .step = c->step,
                                      .line_search = c->line_search,
                                      .batch = 3,
                                      .seed = 7,
                                      .report_every = c->report_every,
                                      .report = record,
                                      .user = t,
                                      .cancelled = cancelled,
                                      .history = c->history};
    process *p = calloc(1, sizeof *p);
    p->m.of = c->of;
    memcpy(p->x, x, sizeof p->x);
    assert_ok(tw_objective_new(&ops, &p->m, N, &traits, &p->f));
    assert_ok(tw_descent_open(tw_optimizer_find(c->method), p->f, p->x, &options, &p->d));
    return p;
}

static process *open_process(const walk_case *c, size_t iterations, trace *t) {
    return open_at(beginning, c, iterations, t);
}

static void close_process(process *p) {
    tw_descent_close(p->d);
    tw_objective_free(p->f);
    free(p);
}

/* All that is carried over is what the state's arrays hold, in another order. */
static process *change_process(process *p, const walk_case *c, size_t iterations, trace *t) {
    size_t count;
    const tw_descent_part *parts;
    tw_descent_part copies[16];
    assert_ok(tw_descent_state(p->d, &count, &parts));
    assert_true(count <= 16);
    assert_string_equal(parts[count - 1].name, c->method);
    for (size_t k = 0; k < count; k++) {
        const tw_descent_part *from = &parts[count - 1 - k];
        double *values = calloc(from->count + 1, sizeof *values);
        if (from->count > 0) /* values may be NULL */
            memcpy(values, from->values, from->count * sizeof *values);
        copies[k] = (tw_descent_part){from->name, from->count, values};
    }
    process *next = open_at(nowhere, c, iterations, t);
    assert_ok(tw_descent_restore(next->d, count, copies));
    for (size_t k = 0; k < count; k++)
        free((double *)copies[k].values);
    close_process(p);
    return next;
}

/* ---- the same or not ---- */

typedef struct outcome {
    trace t;
    tw_optim_result result;
    double x[N];
} outcome;

static void finish(process *p, outcome *out) {
    assert_true(tw_descent_ended(p->d));
    tw_descent_result(p->d, &out->result);
    memcpy(out->x, p->x, sizeof out->x);
    close_process(p);
}

static void whole(const walk_case *c, size_t iterations, outcome *out) {
    memset(out, 0, sizeof *out);
    process *p = open_process(c, iterations, &out->t);
    assert_ok(tw_descent_run(p->d, SIZE_MAX));
    finish(p, out);
}

static void check_same(const walk_case *c, const char *how, size_t where, const outcome *got,
                       const outcome *wanted) {
    int landscape_of_it = 0;
    while (landscapes[landscape_of_it] != c->of)
        landscape_of_it++;
    for (size_t k = 0; k < wanted->t.count && k < got->t.count; k++)
        if (memcmp(&got->t.reports[k], &wanted->t.reports[k], sizeof got->t.reports[k]) != 0)
            fail_msg("%s on landscape %d, %s at %zu: report %zu (iteration %zu) differs: loss "
                     "%.17g, not %.17g; step %.17g, not %.17g",
                     c->method, landscape_of_it, how, where, k, wanted->t.reports[k].iteration,
                     got->t.reports[k].values[0], wanted->t.reports[k].values[0],
                     got->t.reports[k].step, wanted->t.reports[k].step);
    if (got->t.count != wanted->t.count || memcmp(got->x, wanted->x, sizeof got->x) != 0 ||
        got->result.iterations != wanted->result.iterations ||
        got->result.evaluations != wanted->result.evaluations ||
        got->result.stop != wanted->result.stop || got->result.reached != wanted->result.reached ||
        memcmp(&got->result.loss, &wanted->result.loss, sizeof got->result.loss) != 0)
        fail_msg("%s on landscape %d, %s at %zu: %zu reports, %zu iterations, %llu evaluations, "
                 "%s, loss %.17g; without: %zu, %zu, %llu, %s, %.17g",
                 c->method, landscape_of_it, how, where, got->t.count, got->result.iterations,
                 got->result.evaluations, tw_stop_name(got->result.stop), got->result.loss,
                 wanted->t.count, wanted->result.iterations, wanted->result.evaluations,
                 tw_stop_name(wanted->result.stop), wanted->result.loss);
}

typedef void (*check)(const walk_case *c);

static void for_all(check one) {
    static const size_t every[] = {1, 7, 0};
    for (size_t k = 0; k < sizeof kinds / sizeof kinds[0]; k++)
        for (size_t l = 0; l < sizeof landscapes / sizeof landscapes[0]; l++)
            for (size_t e = 0; e < 3; e++) {
                walk_case c = kinds[k];
                c.of = landscapes[l];
                c.report_every = every[e];
                if (tw_optimizer_find(c.method) != NULL)
                    one(&c);
            }
}

/* ---- cut ---- */

enum { ITERATIONS = 61 };

/* In pieces of `piece` iterations; carried over in between if `by_state`. */
static void in_pieces(const walk_case *c, size_t piece, int by_state, outcome *out) {
    memset(out, 0, sizeof *out);
    process *p = open_process(c, ITERATIONS, &out->t);
    for (int pieces = 0; !tw_descent_ended(p->d); pieces++) {
        assert_true(pieces <= ITERATIONS + 1);
        assert_ok(tw_descent_run(p->d, piece));
        if (by_state)
            p = change_process(p, c, ITERATIONS, &out->t);
    }
    finish(p, out);
}

static void cut_one(const walk_case *c) {
    static const size_t pieces[] = {1, 2, 7, 23, 60};
    outcome *wanted = malloc(sizeof *wanted), *got = malloc(sizeof *got);
    whole(c, ITERATIONS, wanted);
    for (size_t k = 0; k < sizeof pieces / sizeof pieces[0]; k++) {
        in_pieces(c, pieces[k], 0, got);
        check_same(c, "cut", pieces[k], got, wanted);
        in_pieces(c, pieces[k], 1, got);
        check_same(c, "carried over", pieces[k], got, wanted);
    }
    free(wanted);
    free(got);
}

static void cut_anywhere(void **state) {
    for_all(cut_one);
}

/* ---- cancelled ---- */

/* The report of the point where it was asked to stop is not one of the walk. */
static void drop_last_words(const walk_case *c, trace *t) {
    const told *last = &t->reports[t->count - 1];
    int due =
        last->iteration == 0 || (c->report_every > 0 && last->iteration % c->report_every == 0);
    if (t->count > 1 && (!due || t->reports[t->count - 2].iteration == last->iteration))
        t->count--;
}

/* Whether it was still going on when it was asked. */
static int cancel_at(const walk_case *c, size_t call, int by_state, outcome *out) {
    memset(out, 0, sizeof *out);
    out->t.cancel_at = call;
    process *p = open_process(c, ITERATIONS, &out->t);
    assert_ok(tw_descent_run(p->d, SIZE_MAX));
    assert_true(tw_descent_ended(p->d));
    tw_descent_result(p->d, &out->result);
    int did = out->result.stop == TW_STOP_CANCELLED;
    if (did) {
        drop_last_words(c, &out->t);
        if (by_state)
            p = change_process(p, c, ITERATIONS, &out->t);
        else
            out->t.cancel_at = 0;
        assert_ok(tw_descent_run(p->d, SIZE_MAX));
    }
    finish(p, out);
    return did;
}

static void cancel_one(const walk_case *c) {
    outcome *wanted = malloc(sizeof *wanted), *got = malloc(sizeof *got);
    int any = 0;
    whole(c, ITERATIONS, wanted);
    for (size_t call = 1; call <= wanted->t.asked;
         call += call < 40 || call + 13 > wanted->t.asked ? 1 : 13)
        for (int by_state = 0; by_state < 2; by_state++)
            if (cancel_at(c, call, by_state, got)) {
                any = 1;
                check_same(c, by_state ? "cancelled and carried over" : "cancelled", call, got,
                           wanted);
            }
    assert_true(any || wanted->t.asked < 3);
    free(wanted);
    free(got);
}

static void cancelled_anywhere(void **state) {
    for_all(cancel_one);
}

/* ---- failed ---- */

/* A call that fails between two reports is made again; in a report there is no way on. */
static void fail_one(const walk_case *c) {
    outcome *wanted = malloc(sizeof *wanted), *got = malloc(sizeof *got);
    whole(c, ITERATIONS, wanted);
    for (size_t call = 2; call < 40; call += 3) {
        size_t count;
        const tw_descent_part *parts;
        memset(got, 0, sizeof *got);
        process *p = open_process(c, ITERATIONS, &got->t);
        p->m.fail_at = call;
        tw_status status = tw_descent_run(p->d, SIZE_MAX);
        if (status == TW_OK) {
            finish(p, got);
            continue;
        }
        assert_int_equal(status, TW_ERR_CALLBACK);
        assert_false(tw_descent_ended(p->d));
        if (tw_descent_state(p->d, &count, &parts) != TW_OK) {
            assert_fails(TW_ERR_ARGUMENT, "failed after its move", tw_descent_run(p->d, 1));
            close_process(p);
            continue;
        }
        if (call % 2 == 0)
            p = change_process(p, c, ITERATIONS, &got->t);
        assert_ok(tw_descent_run(p->d, SIZE_MAX));
        finish(p, got);
        check_same(c, "failed", call, got, wanted);
    }
    free(wanted);
    free(got);
}

static void failed_and_tried_again(void **state) {
    for_all(fail_one);
}

/* ---- what the handle says, and what it refuses ---- */

static void a_handle_tells_where_it_is(void **state) {
    const walk_case c = {"gd", rosenbrock, .step = 1e-3};
    trace t = {0};
    tw_optim_result r;
    process *p = open_process(&c, 10, &t);
    assert_int_equal(p->m.calls, 0);
    assert_ok(tw_descent_run(p->d, 0));
    assert_int_equal(t.count, 1); /* the start */
    assert_ok(tw_descent_run(p->d, 4));
    tw_descent_result(p->d, &r);
    assert_false(tw_descent_ended(p->d));
    assert_int_equal(r.iterations, 4);
    assert_true(isnan(r.loss));
    assert_non_null(strstr(r.why, "not ended"));
    assert_ok(tw_descent_run(p->d, 100));
    tw_descent_result(p->d, &r);
    assert_true(tw_descent_ended(p->d));
    assert_int_equal(r.iterations, 10);
    double values[METRICS];
    assert_ok(tw_objective_value(p->f, p->x, values));
    assert_true(r.loss == values[0]);
    assert_ok(tw_descent_run(p->d, 100));
    assert_int_equal(t.count, 2);
    close_process(p);
    tw_descent_close(NULL);
}

static void states_that_are_refused(void **state) {
    const walk_case c = {"adam", rosenbrock, .step = 1e-3}, other = {"rmsprop", rosenbrock};
    trace t = {0};
    size_t count;
    const tw_descent_part *parts;
    tw_descent_part changed[16];
    process *p = open_process(&c, 10, &t);
    assert_ok(tw_descent_run(p->d, 5));
    assert_ok(tw_descent_state(p->d, &count, &parts));
    memcpy(changed, parts, count * sizeof *parts);
    process *q = open_process(&other, 10, &t);
    assert_fails(TW_ERR_FORMAT, "has a part 'rmsprop'", tw_descent_restore(q->d, count, parts));
    process *shorter = open_process(&c, 4, &t);
    assert_fails(TW_ERR_FORMAT, "after 5 iterations", tw_descent_restore(shorter->d, count, parts));
    assert_fails(TW_ERR_ARGUMENT, "has begun", tw_descent_restore(p->d, count, parts));
    for (size_t k = 0; k < count; k++)
        if (parts[k].count > 0) {
            changed[k].count--;
            assert_fails(TW_ERR_FORMAT, changed[k].name,
                         tw_descent_restore(q->d, count, changed) == TW_OK
                             ? TW_OK
                             : tw_descent_restore(shorter->d, count, changed));
            changed[k].count++;
        }
    close_process(p);
    close_process(q);
    close_process(shorter);
}

/* A program that knows other members than the library. */
static void options_of_other_versions(void **state) {
    struct {
        tw_optim_options known;
        double later;
    } longer = {{.bytes = sizeof longer, .iterations = 3}, 0};
    tw_objective *f = NULL;
    tw_descent *d;
    double x[2] = {1, 1};
    assert_ok(tw_function_new("sphere:2", NULL, &f));
    assert_ok(tw_descent_open(tw_optimizer_find("gd"), f, x, &longer.known, &d));
    tw_descent_close(d);
    longer.later = 1;
    assert_fails(TW_ERR_UNSUPPORTED, "tw_optim_options",
                 tw_descent_open(tw_optimizer_find("gd"), f, x, &longer.known, &d));
    assert_null(d);
    longer.known.bytes = 3;
    assert_fails(TW_ERR_ARGUMENT, "tw_optim_options",
                 tw_descent_open(tw_optimizer_find("gd"), f, x, &longer.known, &d));
    tw_objective_free(f);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(cut_anywhere),
        cmocka_unit_test(cancelled_anywhere),
        cmocka_unit_test(failed_and_tried_again),
        cmocka_unit_test(a_handle_tells_where_it_is),
        cmocka_unit_test(states_that_are_refused),
        cmocka_unit_test(options_of_other_versions),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
