/* Surveys: surfaces known in closed form, and what stays when something comes between. */
#include <math.h>

#include "support.h"

enum { N = 6 };
static const char *const two_metrics[] = {"loss", "second"};
static const tw_metric declared[] = {{"loss"}, {"second"}, {NULL}};

/* ---- objectives ---- */

/* sum_i (i + 1) (x_i - 0.1 i)^2 */
static double bowl(size_t n, const double *x, void *user) {
    double sum = 0;
    for (size_t i = 0; i < n; i++)
        sum += (double)(i + 1) * (x[i] - 0.1 * (double)i) * (x[i] - 0.1 * (double)i);
    return sum;
}

static double rosenbrock(size_t n, const double *x, void *user) {
    return (1 - x[0]) * (1 - x[0]) + 100 * (x[1] - x[0] * x[0]) * (x[1] - x[0] * x[0]);
}

/* Counts its calls and fails on call `fail_at` (from 1; 0: never). x[0] = 1 gives NaN, x[0] = 2
 * infinity. The second metric is 3 f. */
typedef struct witness {
    size_t calls, fail_at;
} witness;

static tw_status witness_value(void *ctx, size_t n, const double *x, double *values) {
    witness *seen = ctx;
    if (++seen->calls == seen->fail_at)
        return tw_fail(TW_ERR_CALLBACK, "call %zu went wrong", seen->calls);
    values[0] = x[0] == 1 ? NAN : x[0] == 2 ? INFINITY : x[0] == 3 ? -INFINITY : bowl(n, x, NULL);
    values[1] = 3 * values[0];
    return TW_OK;
}

static tw_objective *witness_objective(witness *seen, size_t n) {
    static const tw_objective_ops ops = {.value = witness_value};
    tw_objective *f = NULL;
    assert_ok(tw_objective_new(&ops, seen, n, &(tw_objective_traits){.metrics = declared}, &f));
    return f;
}

/* ---- closed forms ---- */

static void quadratic_plane(void **state) {
    double w[N], dx[N], dy[N];
    long double q[6] = {0}; /* f = q0 + q1 a + q2 b + q3 a^2 + q4 a b + q5 b^2 */
    tw_rng_fill_normal(1, 0, 0, N, w);
    tw_rng_fill_normal(1, 1, 0, N, dx);
    tw_rng_fill_normal(1, 2, 0, N, dy);
    for (int i = 0; i < N; i++) {
        long double c = i + 1, r = (long double)w[i] - 0.1 * i;
        q[0] += c * r * r;
        q[1] += 2 * c * r * dx[i];
        q[2] += 2 * c * r * dy[i];
        q[3] += c * dx[i] * dx[i];
        q[4] += 2 * c * dx[i] * dy[i];
        q[5] += c * dy[i] * dy[i];
    }
    tw_objective *f = NULL;
    tw_surface s, line;
    assert_ok(tw_objective_from_function(bowl, NULL, N, &f));
    assert_ok(tw_surface_init(&s, &(tw_axis){-1, 1, 23}, &(tw_axis){3, -2, 17}, 1, two_metrics));
    assert_ok(tw_survey_run(f, A_PLANE(tw_objective_size(f), w, dx, dy), NULL, &s));
    assert_int_equal(tw_objective_evaluations(f), 23 * 17);
    for (size_t iy = 0; iy < 17; iy++)
        for (size_t ix = 0; ix < 23; ix++) {
            long double a = s.x[ix], b = s.y[iy];
            assert_close(
                s.values[iy * 23 + ix],
                (double)(q[0] + q[1] * a + q[2] * b + q[3] * a * a + q[4] * a * b + q[5] * b * b),
                1e-14, 1e-14);
            assert_int_equal(s.computed[iy * 23 + ix], 1);
        }
    assert_ok(tw_surface_init(&line, &(tw_axis){-5, 5, 1001}, NULL, 1, two_metrics));
    assert_ok(tw_survey_run(f, A_PLANE(tw_objective_size(f), w, dx, NULL), NULL, &line));
    for (size_t ix = 0; ix < 1001; ix++) {
        long double a = line.x[ix];
        assert_close(line.values[ix], (double)(q[0] + q[1] * a + q[3] * a * a), 1e-14, 1e-14);
    }
    tw_surface_release(&line);
    tw_surface_release(&s);
    tw_objective_free(f);
}

static void rosenbrock_along_its_axes(void **state) {
    const double w[2] = {0, 0}, dx[2] = {1, 0}, dy[2] = {0, 1};
    tw_objective *f = NULL;
    tw_surface s;
    assert_ok(tw_objective_from_function(rosenbrock, NULL, 2, &f));
    assert_ok(tw_surface_init(&s, &(tw_axis){-2, 2, 41}, &(tw_axis){-1, 3, 33}, 1, two_metrics));
    assert_ok(tw_survey_run(f, A_PLANE(tw_objective_size(f), w, dx, dy), NULL, &s));
    for (size_t iy = 0; iy < 33; iy++)
        for (size_t ix = 0; ix < 41; ix++) {
            const double x[2] = {s.x[ix], s.y[iy]};
            assert_true(s.values[iy * 41 + ix] == rosenbrock(2, x, NULL));
        }
    assert_true(s.values[16 * 41 + 30] == 0); /* (1, 1) */
    tw_surface_release(&s);
    tw_objective_free(f);
}

/* One image of three features, three classes, label 1: a sum of two hinges in a, by hand. The fast
 * path of the classifier and the general way see the same kinks. */
static void hinge_of_one_image(void **state) {
    const double features[3] = {2, -1, 0.5},
                 w[12] = {0.1, -0.2, 0.3, 0.4, 0.1, -0.3, 0.2, 0.6, -0.1, 0.5, 0.2, -0.4};
    const double d[12] = {1, -0.5, 0.25, 0.5, 1, -1, -2, 0, 1, 0.1, -0.3, 0.2};
    const int32_t label = 1;
    tw_dataset *data = NULL;
    tw_objective *fast = NULL, *plain = NULL;
    double s0[3], s1[3];
    for (int c = 0; c < 3; c++) {
        s0[c] = w[9 + c];
        s1[c] = d[9 + c];
        for (int k = 0; k < 3; k++) {
            s0[c] += features[k] * w[3 * k + c];
            s1[c] += features[k] * d[3 * k + c];
        }
    }
    assert_ok(tw_dataset_from_memory(
        &(tw_dataset_memory){
            .doubles = features, .labels = &label, .samples = 1, .features = 3, .classes = 3},
        &data));
    const tw_linear_options options = {.loss = TW_LINEAR_SVM};
    assert_ok(tw_linear_new(data, &options, NULL, &fast));
    assert_ok(tw_objective_plain(fast, 0, &plain));
    for (int general = 0; general <= 1; general++) {
        tw_surface s;
        assert_ok(tw_surface_init(&s, &(tw_axis){-3, 3, 121}, NULL, 1, two_metrics));
        assert_ok(tw_survey_run(general ? plain : fast,
                                A_PLANE(tw_objective_size(general ? plain : fast), w, d, NULL),
                                NULL, &s));
        int zero = 0, positive = 0;
        for (size_t i = 0; i < 121; i++) {
            double a = s.x[i], margin0 = s0[0] - s0[1] + 1 + a * (s1[0] - s1[1]),
                   margin2 = s0[2] - s0[1] + 1 + a * (s1[2] - s1[1]);
            assert_close(s.values[i], fmax(0, margin0) + fmax(0, margin2), 1e-13, 1e-13);
            zero += s.values[i] == 0;
            positive += s.values[i] > 1;
        }
        assert_true(zero > 5 && positive > 5); /* both sides of the kinks were seen */
        tw_surface_release(&s);
    }
    tw_objective_free(plain);
    tw_objective_free(fast);
    tw_dataset_free(data);
}

/* ---- what is kept ---- */

/* Surveys of several rectangles over one span have the bits of surveys that open their own. */
static void a_span_of_the_callers(void **state) {
    const double features[6] = {2, -1, 0.5, 1, 0.25, -3}, w[12] = {0.1, -0.2, 0.3, 0.4},
                 dx[12] = {1, -0.5, 0.25, 0.5, 1, -1}, dy[12] = {0, 0.5, 1, 0, 0.1, 2, 3};
    const double *const directions[2] = {dx, dy};
    const int32_t labels[2] = {1, 2};
    tw_dataset *data = NULL;
    tw_objective *f = NULL;
    tw_span *span = NULL;
    assert_ok(tw_dataset_from_memory(
        &(tw_dataset_memory){
            .doubles = features, .labels = labels, .samples = 2, .features = 3, .classes = 3},
        &data));
    assert_ok(tw_linear_new(data, &(tw_linear_options){.loss = TW_LINEAR_SOFTMAX}, NULL, &f));
    const tw_plane *plane = A_PLANE(tw_objective_size(f), w, dx, dy);
    assert_ok(tw_span_open(f, w, 2, directions, TW_SPAN_ROWS, &span));
    assert_true(tw_objective_metrics(f) <= 8);
    for (int k = 0; k < 3; k++) {
        const tw_axis x = {-1 + k, 2 + k, 7}, y = {0.1 * k, 1, 5};
        double center[8] = {0}, own_center[8] = {0}; /* all metrics of the objective */
        tw_surface s, own;
        assert_ok(tw_surface_init(&s, &x, &y, 2, two_metrics));
        assert_ok(tw_surface_init(&own, &x, &y, 2, two_metrics));
        assert_ok(tw_survey_run(f, plane,
                                &(tw_survey_options){.bytes = sizeof(tw_survey_options),
                                                     .span = span,
                                                     .center = center},
                                &s));
        assert_ok(tw_survey_run(f, plane, &(tw_survey_options){.center = own_center}, &own));
        assert_memory_equal(s.values, own.values, 2 * 35 * sizeof(double));
        assert_memory_equal(center, own_center, sizeof center);
        tw_surface_release(&s);
        tw_surface_release(&own);
    }
    double loss[8];
    assert_ok(tw_span_values(span, 1, (double[]){0, 0}, loss)); /* it is open still */
    tw_span_close(span);
    tw_objective_free(f);
    tw_dataset_free(data);
}

static void computed_points_are_not_touched(void **state) {
    const double w[3] = {0}, dx[3] = {1, 0, 0}, dy[3] = {0, 1, 0};
    witness seen = {0};
    tw_objective *f = witness_objective(&seen, 3);
    tw_surface s;
    assert_ok(tw_surface_init(&s, &(tw_axis){-2, -1, 7}, &(tw_axis){0, 1, 5}, 2, two_metrics));
    size_t missing = 0;
    for (size_t p = 0; p < 35; p++) {
        s.computed[p] = p % 3 == 0;
        missing += p % 3 != 0;
        s.values[p] = s.values[35 + p] = -1000 - (double)p;
    }
    assert_ok(tw_survey_run(f, A_PLANE(tw_objective_size(f), w, dx, dy), NULL, &s));
    assert_int_equal(seen.calls, missing);
    for (size_t p = 0; p < 35; p++) {
        const double x[3] = {s.x[p % 7], s.y[p / 7], 0};
        assert_int_equal(s.computed[p], 1);
        assert_true(s.values[p] == (p % 3 == 0 ? -1000 - (double)p : bowl(3, x, NULL)));
        assert_true(s.values[35 + p] == (p % 3 == 0 ? -1000 - (double)p : 3 * bowl(3, x, NULL)));
    }
    assert_ok(tw_survey_run(f, A_PLANE(tw_objective_size(f), w, dx, dy), NULL, &s));
    assert_int_equal(seen.calls, missing); /* nothing was left */
    tw_surface_release(&s);
    tw_objective_free(f);
}

static void not_finite_is_kept(void **state) {
    const double w[1] = {0}, d[1] = {1}, scale[2] = {1, 100};
    witness seen = {0};
    tw_objective *f = witness_objective(&seen, 1);
    tw_surface s;
    assert_ok(tw_surface_init(&s, &(tw_axis){0, 3, 4}, NULL, 2, two_metrics));
    assert_ok(tw_survey_run(f, A_PLANE(tw_objective_size(f), w, d, NULL),
                            &(tw_survey_options){.scale = scale}, &s));
    assert_true(s.values[0] == 0 && isnan(s.values[1]) && s.values[2] == INFINITY &&
                s.values[3] == -INFINITY);
    assert_true(isnan(s.values[5]) && s.values[6] == INFINITY && s.values[7] == -INFINITY);
    for (int p = 0; p < 4; p++)
        assert_int_equal(s.computed[p], 1);
    assert_ok(tw_survey_run(f, A_PLANE(tw_objective_size(f), w, d, NULL),
                            &(tw_survey_options){.scale = scale}, &s));
    assert_int_equal(seen.calls, 4); /* NaN counts as done */
    tw_surface_release(&s);
    tw_objective_free(f);
}

static void scale_goes_by_metric(void **state) {
    const double w[2] = {1.5, 0.25}, d[2] = {1, 2}, scale[2] = {1, 100};
    witness seen = {0};
    tw_objective *f = witness_objective(&seen, 2);
    for (size_t metrics = 1; metrics <= 2; metrics++) { /* fewer than the objective has, too */
        tw_surface s;
        assert_ok(tw_surface_init(&s, &(tw_axis){-9, -8, 3}, NULL, metrics, two_metrics));
        assert_ok(tw_survey_run(f, A_PLANE(tw_objective_size(f), w, d, NULL),
                                &(tw_survey_options){.scale = scale}, &s));
        for (size_t i = 0; i < 3; i++) {
            const double x[2] = {1.5 + s.x[i], 0.25 + 2 * s.x[i]};
            assert_true(s.values[i] == bowl(2, x, NULL));
            if (metrics == 2)
                assert_true(s.values[3 + i] == 3 * bowl(2, x, NULL) * 100);
        }
        tw_surface_release(&s);
    }
    tw_objective_free(f);
}

/* Call 100 fails. Batches before it stay, nothing half done is marked, and a second call goes on.
 */
static void failure_keeps_what_was_done(void **state) {
    const double w[2] = {0}, dx[2] = {1, 0}, dy[2] = {0, 1};
    witness seen = {.fail_at = 100};
    tw_objective *f = witness_objective(&seen, 2);
    tw_surface s;
    assert_ok(tw_surface_init(&s, &(tw_axis){-3, -2, 16}, &(tw_axis){0, 1, 64}, 2, two_metrics));
    assert_fails(TW_ERR_CALLBACK, "call 100 went wrong",
                 tw_survey_run(f, A_PLANE(tw_objective_size(f), w, dx, dy), NULL, &s));
    size_t done = 0;
    for (size_t p = 0; p < 16 * 64; p++) {
        const double x[2] = {s.x[p % 16], s.y[p / 16]};
        done += s.computed[p];
        assert_true(s.values[p] == (s.computed[p] ? bowl(2, x, NULL) : 0));
    }
    assert_in_range(done, 16, 99);
    assert_ok(tw_survey_run(f, A_PLANE(tw_objective_size(f), w, dx, dy), NULL, &s));
    assert_in_range(seen.calls, 1024 + 1, 1024 + 100);
    for (size_t p = 0; p < 16 * 64; p++) {
        const double x[2] = {s.x[p % 16], s.y[p / 16]};
        assert_true(s.computed[p] && s.values[p] == bowl(2, x, NULL));
    }
    tw_surface_release(&s);
    tw_objective_free(f);
}

typedef struct watch {
    size_t calls, last, total, cancel_after;
} watch;

static int watch_progress(void *user, size_t done, size_t total) {
    watch *w = user;
    assert_true(done > w->last && done <= total);
    w->last = done;
    w->total = total;
    return ++w->calls == w->cancel_after;
}

static void progress_and_cancellation(void **state) {
    const double w[2] = {0}, d[2] = {1, 0};
    witness seen = {0};
    tw_objective *f = witness_objective(&seen, 2);
    tw_surface s;
    watch all = {0}, some = {.cancel_after = 3};
    tw_survey_options options = {.progress = watch_progress, .progress_user = &some};
    assert_ok(tw_surface_init(&s, &(tw_axis){-3, -2, 5000}, NULL, 1, two_metrics));
    assert_fails(TW_ERR_CANCELLED, "of 5000 points",
                 tw_survey_run(f, A_PLANE(tw_objective_size(f), w, d, NULL), &options, &s));
    size_t done = 0;
    for (size_t p = 0; p < 5000; p++)
        done += s.computed[p];
    assert_int_equal(some.calls, 3);
    assert_int_equal(done, some.last);
    assert_int_equal(done, seen.calls);
    assert_true(done < 200); /* batches begin small, so that a slow objective can be stopped */
    all.last = done;
    options.progress_user = &all;
    assert_ok(tw_survey_run(f, A_PLANE(tw_objective_size(f), w, d, NULL), &options, &s));
    assert_int_equal(all.last, 5000);
    assert_int_equal(all.total, 5000);
    assert_int_equal(seen.calls, 5000);
    tw_surface_release(&s);
    tw_objective_free(f);
}

/* ---- the order ---- */

/* A span that writes down what it is asked for. */
typedef struct sequence {
    size_t calls, count, largest, rank, scatters;
    double *x, *y;
    double last_x; /* of a row, and how many calls ended elsewhere */
    size_t torn;
} sequence;

static tw_status sequence_open(void *ctx, size_t n, const double *origin, size_t rank,
                               const double *const *directions, tw_span_how how, void **span) {
    ((sequence *)ctx)->rank = rank;
    ((sequence *)ctx)->scatters += how == TW_SPAN_SCATTERED;
    *span = NULL;
    return TW_OK;
}

static tw_status sequence_values(void *ctx, void *span, size_t count, const double *coefficients,
                                 double *values) {
    sequence *seen = ctx;
    seen->calls++;
    if (count > seen->largest)
        seen->largest = count;
    for (size_t k = 0; k < count; k++) {
        seen->x[seen->count] = coefficients[k * seen->rank];
        seen->y[seen->count++] = seen->rank == 2 ? coefficients[2 * k + 1] : 0;
        values[k] = 0;
    }
    seen->torn += seen->x[seen->count - 1] != seen->last_x;
    return TW_OK;
}

static void sequence_close(void *ctx, void *span) {
}

static tw_status no_value(void *ctx, size_t n, const double *x, double *values) {
    return TW_ERR_CALLBACK;
}

/* The largest distance of a coefficient of the axis from the nearest one among the first `count`
 * points taken. */
static double coverage(const double *taken, size_t count, const tw_axis *axis) {
    double worst = 0;
    for (size_t i = 0; i < axis->count; i++) {
        double nearest = INFINITY;
        for (size_t k = 0; k < count; k++)
            nearest = fmin(nearest, fabs(taken[k] - tw_axis_value(axis, i)));
        worst = fmax(worst, nearest);
    }
    return worst;
}

/* Every point once; the first (2^k + 1)^2 of them cover the whole plane as a grid of that many
 * points does: no coefficient is farther from one of these than half its mesh, rounded up. */
static void coarse_to_fine(void **state) {
    static const size_t sizes[][2] = {{51, 51}, {7, 300}, {17, 17}, {401, 401}, {5000, 3},
                                      {1, 50},  {50, 1},  {1, 1},   {2, 2},     {1001, 0}};
    static const tw_objective_ops ops = {.value = no_value,
                                         .span_open = sequence_open,
                                         .span_values = sequence_values,
                                         .span_close = sequence_close};
    const double w[1] = {0}, d[1] = {1};
    for (size_t k = 0; k < sizeof sizes / sizeof sizes[0]; k++) {
        size_t nx = sizes[k][0], ny = sizes[k][1] > 0 ? sizes[k][1] : 1, points = nx * ny;
        tw_axis x = {0, (double)(nx - 1), nx}, y = {0, (double)(ny - 1), ny};
        sequence seen = {.x = calloc(points, 8), .y = calloc(points, 8)};
        char *met = calloc(points, 1);
        tw_objective *f = NULL;
        tw_surface s;
        assert_ok(tw_objective_new(&ops, &seen, 1, NULL, &f));
        assert_ok(tw_surface_init(&s, &x, sizes[k][1] > 0 ? &y : NULL, 1, two_metrics));
        assert_ok(tw_survey_run(f, A_PLANE(tw_objective_size(f), w, d, sizes[k][1] > 0 ? d : NULL),
                                NULL, &s));
        assert_int_equal(seen.count, points);
        assert_in_range(seen.largest, 1, 4096);
        assert_true(seen.calls <= 6 + points / 2048); /* work is shared where points are cheap */
        for (size_t p = 0; p < points; p++) {
            size_t at = (size_t)(seen.y[p] * (double)nx + seen.x[p]);
            assert_true(at < points && !met[at]);
            met[at] = 1;
        }
        for (size_t side = 2; side <= 9; side = 2 * side - 1) {
            size_t count = (side < nx ? side : nx) * (side < ny ? side : ny);
            assert_true(coverage(seen.x, count, &x) <=
                        ceil((double)(nx - 1) / (double)(side - 1) / 2));
            assert_true(coverage(seen.y, count, &y) <=
                        ceil((double)(ny - 1) / (double)(side - 1) / 2));
        }
        tw_surface_release(&s);
        tw_objective_free(f);
        free(met);
        free(seen.x);
        free(seen.y);
    }
}

/* Whole rows, which are coarse to fine, and no call that has a part of one. Adaptive surveys say
 * that their points are scattered. */
static void row_by_row(void **state) {
    static const size_t sizes[][2] = {{51, 51}, {1, 50}, {50, 1}, {3, 2}, {4096, 3}, {1001, 0}};
    static const tw_objective_ops ops = {.value = no_value,
                                         .span_open = sequence_open,
                                         .span_values = sequence_values,
                                         .span_close = sequence_close};
    const double w[1] = {0}, d[1] = {1};
    for (size_t k = 0; k < sizeof sizes / sizeof sizes[0]; k++) {
        size_t nx = sizes[k][0], ny = sizes[k][1] > 0 ? sizes[k][1] : 1, points = nx * ny;
        const double *dy = sizes[k][1] > 0 ? d : NULL;
        tw_axis x = {0, (double)(nx - 1), nx}, y = {0, (double)(ny - 1), ny};
        sequence seen = {
            .x = calloc(points, 8), .y = calloc(points, 8), .last_x = (double)(nx - 1)};
        tw_objective *f = NULL;
        tw_surface s;
        assert_ok(tw_objective_new(&ops, &seen, 1, &(tw_objective_traits){.prefers_rows = 1}, &f));
        assert_ok(tw_surface_init(&s, &x, dy != NULL ? &y : NULL, 1, two_metrics));
        assert_ok(tw_survey_run(f, A_PLANE(tw_objective_size(f), w, d, dy), NULL, &s));
        assert_int_equal(seen.count, points);
        assert_int_equal(seen.torn, 0);
        assert_int_equal(seen.scatters, 0);
        for (size_t p = 0; p < points; p++)
            assert_true(seen.x[p] == (double)(p % nx) && seen.y[p] == seen.y[p - p % nx]);
        for (size_t side = 2; side <= 9 && side < ny; side = 2 * side - 1)
            assert_true(coverage(seen.y, side * nx, &y) <=
                        ceil((double)(ny - 1) / (double)(side - 1) / 2));
        tw_adaptive_options adaptive = {.tolerance = 0.1};
        memset(s.computed, 0, points);
        seen.count = 0;
        assert_ok(tw_survey_adaptive(f, A_PLANE(tw_objective_size(f), w, d, dy), NULL, &adaptive,
                                     &s, NULL, NULL));
        assert_int_equal(seen.scatters, 1);
        tw_surface_release(&s);
        tw_objective_free(f);
        free(seen.x);
        free(seen.y);
    }
}

/* ---- the same bits ---- */

/* A plane of a classifier over `threads` threads, point p computed beforehand, in a call of its
 * own, where part(p); the general way where `plain`. */
static void survey_bits(int loss, int threads, int plain, unsigned part, double *out) {
    enum { FEATURES = 30, CLASSES = 5, SIZE = (FEATURES + 1) * CLASSES, NX = 37, NY = 21 };
    tw_dataset *data = random_dataset(1, 600, FEATURES, CLASSES, 4);
    double w[3 * SIZE];
    tw_runner *runner = NULL;
    tw_objective *f = NULL, *general = NULL;
    tw_surface s;
    tw_rng_fill_normal(1, 2, 0, 3 * SIZE, w);
    for (size_t k = 0; k < 3 * SIZE; k++)
        w[k] *= 0.01;
    assert_ok(tw_runner_new(threads, &runner));
    assert_ok(tw_linear_new(data, &(tw_linear_options){.loss = loss, .reg = 1e-3}, runner, &f));
    assert_ok(tw_objective_plain(f, 0, &general));
    assert_ok(tw_surface_init(&s, &(tw_axis){-1, 1, NX}, &(tw_axis){-1, 2, NY}, 4,
                              (const char *const[]){"a", "b", "c", "d"}));
    tw_objective *used = plain ? general : f;
    for (size_t p = 0; p < NX * NY && part > 0; p++)
        s.computed[p] = p * 2654435761u % 7 < part;
    assert_ok(
        tw_survey_run(used, A_PLANE(tw_objective_size(used), w, w + SIZE, w + 2 * SIZE), NULL, &s));
    for (size_t p = 0; p < NX * NY && part > 0; p++)
        s.computed[p] = !(p * 2654435761u % 7 < part);
    assert_ok(
        tw_survey_run(used, A_PLANE(tw_objective_size(used), w, w + SIZE, w + 2 * SIZE), NULL, &s));
    memcpy(out, s.values, 4 * NX * NY * sizeof *out);
    tw_surface_release(&s);
    tw_objective_free(general);
    tw_objective_free(f);
    tw_runner_free(runner);
    tw_dataset_free(data);
}

static void same_bits_in_any_order(void **state) {
    static double once[4 * 37 * 21], other[4 * 37 * 21];
    for (int loss = 0; loss <= 1; loss++)
        for (int plain = 0; plain <= 1; plain++) {
            survey_bits(loss, 1, plain, 0, once);
            for (int threads = 1; threads <= 4; threads++)
                for (unsigned part = 0; part < 7; part += 3) {
                    survey_bits(loss, threads, plain, part, other);
                    assert_memory_equal(once, other, sizeof once);
                }
        }
}

/* ---- two objectives as one ---- */

/* A classifier on two sets of data: the metrics of the join are those of each alone, bit for bit,
 * by value and along a plane; the map picks and scales them. */
static void joined_metrics(void **state) {
    enum { FEATURES = 12, CLASSES = 3, SIZE = (FEATURES + 1) * CLASSES };
    static const size_t picked[] = {0, 3, 4, 7};
    static const char *const names[] = {"a", "b", "c", "d"};
    const double scale[4] = {1, 100, 1, 100};
    tw_dataset *data = random_dataset(1, 300, FEATURES, CLASSES, 4),
               *other = random_dataset(2, 70, FEATURES, CLASSES, 4);
    tw_objective *f = NULL, *g = NULL, *both = NULL;
    double w[3 * SIZE], values[9], own[5], center[9];
    tw_surface s, one, two;
    tw_rng_fill_normal(1, 2, 0, 3 * SIZE, w);
    assert_ok(tw_linear_new(data, &(tw_linear_options){.reg = 1e-3}, NULL, &f));
    /* it has one metric more */
    assert_ok(tw_linear_new(other, &(tw_linear_options){.reg = 1e-3, .errors = 1}, NULL, &g));
    assert_ok(tw_objective_join(f, g, "test", &both));
    assert_int_equal(tw_objective_metrics(both), 9);
    assert_string_equal(tw_objective_metric_name(both, 1), "data_loss");
    assert_string_equal(tw_objective_metric_name(both, 7), "test_accuracy");
    assert_int_equal(tw_objective_samples(both), 300);
    assert_ok(tw_objective_value(both, w, values));
    assert_ok(tw_objective_value(f, w, own));
    assert_memory_equal(values, own, 4 * sizeof *own);
    assert_ok(tw_objective_value(g, w, own));
    assert_memory_equal(values + 4, own, sizeof own);
    const tw_axis x = {-1, 1, 7}, y = {-1, 1, 4};
    assert_ok(tw_surface_init(&s, &x, &y, 4, names));
    assert_ok(tw_surface_init(&one, &x, &y, 4, names));
    assert_ok(tw_surface_init(&two, &x, &y, 4, names));
    const tw_survey_options options = {.metrics = picked, .scale = scale, .center = center};
    assert_ok(tw_survey_run(both, A_PLANE(tw_objective_size(both), w, w + SIZE, w + 2 * SIZE),
                            &options, &s));
    assert_ok(
        tw_survey_run(f, A_PLANE(tw_objective_size(f), w, w + SIZE, w + 2 * SIZE), NULL, &one));
    assert_ok(
        tw_survey_run(g, A_PLANE(tw_objective_size(g), w, w + SIZE, w + 2 * SIZE), NULL, &two));
    for (size_t p = 0; p < 28; p++) {
        assert_true(s.values[p] == one.values[p] && s.values[2 * 28 + p] == two.values[p]);
        assert_true(s.values[28 + p] == 100 * one.values[3 * 28 + p]);
        assert_true(s.values[3 * 28 + p] == 100 * two.values[3 * 28 + p]);
    }
    for (size_t k = 0; k < 9; k++) /* y has no 0: the centre is no point of the grid */
        assert_close(center[k], values[k], 1e-13, 1e-13);
    tw_objective *small = NULL, *none = NULL;
    assert_ok(tw_objective_from_function(bowl, NULL, 2, &small));
    assert_fails(TW_ERR_SHAPE, "39 parameters and 'function' 2",
                 tw_objective_join(f, small, "x", &none));
    const tw_survey_options wrong = {.metrics = (const size_t[]){0, 1, 9, 2}};
    assert_fails(TW_ERR_ARGUMENT, "asks for metric 9",
                 tw_survey_run(both, A_PLANE(tw_objective_size(both), w, w + SIZE, w + 2 * SIZE),
                               &wrong, &s));
    tw_objective_free(small);
    tw_surface_release(&s);
    tw_surface_release(&one);
    tw_surface_release(&two);
    tw_objective_free(both);
    tw_objective_free(g);
    tw_objective_free(f);
    tw_dataset_free(other);
    tw_dataset_free(data);
}

/* ---- wrong calls ---- */

static void wrong_arguments(void **state) {
    const double w[2] = {0}, d[2] = {1, 0};
    witness seen = {0};
    tw_objective *f = witness_objective(&seen, 2);
    tw_surface line, plane, many, none = {0};
    assert_ok(tw_surface_init(&line, &(tw_axis){0, 1, 2}, NULL, 1, two_metrics));
    assert_ok(tw_surface_init(&plane, &(tw_axis){0, 1, 2}, &(tw_axis){0, 1, 2}, 1, two_metrics));
    assert_ok(
        tw_surface_init(&many, &(tw_axis){0, 1, 2}, NULL, 3, (const char *const[]){"a", "b", "c"}));
    assert_fails(TW_ERR_ARGUMENT, "a surface of rank 1 takes 1 directions",
                 tw_survey_run(f, A_PLANE(tw_objective_size(f), w, d, d), NULL, &line));
    assert_fails(TW_ERR_ARGUMENT, "a surface of rank 2 takes 2 directions",
                 tw_survey_run(f, A_PLANE(tw_objective_size(f), w, d, NULL), NULL, &plane));
    assert_fails(TW_ERR_ARGUMENT, "takes 1 directions",
                 tw_survey_run(f, A_PLANE(tw_objective_size(f), w, NULL, NULL), NULL, &line));
    assert_fails(TW_ERR_ARGUMENT, "asks for metric 2, objective 'objective' has 2",
                 tw_survey_run(f, A_PLANE(tw_objective_size(f), w, d, NULL), NULL, &many));
    assert_fails(TW_ERR_ARGUMENT, "a surface of rank 0",
                 tw_survey_run(f, A_PLANE(tw_objective_size(f), w, d, NULL), NULL, &none));
    assert_int_equal(seen.calls, 0);
    tw_surface_release(&many);
    tw_surface_release(&plane);
    tw_surface_release(&line);
    tw_objective_free(f);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(quadratic_plane),
        cmocka_unit_test(rosenbrock_along_its_axes),
        cmocka_unit_test(hinge_of_one_image),
        cmocka_unit_test(a_span_of_the_callers),
        cmocka_unit_test(computed_points_are_not_touched),
        cmocka_unit_test(not_finite_is_kept),
        cmocka_unit_test(scale_goes_by_metric),
        cmocka_unit_test(failure_keeps_what_was_done),
        cmocka_unit_test(progress_and_cancellation),
        cmocka_unit_test(coarse_to_fine),
        cmocka_unit_test(row_by_row),
        cmocka_unit_test(same_bits_in_any_order),
        cmocka_unit_test(joined_metrics),
        cmocka_unit_test(wrong_arguments),
    };
    return cmocka_run_group_tests_name("survey", tests, NULL, NULL);
}
