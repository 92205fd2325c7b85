/* One allocation after the other fails: every entry of the curvature gives TW_ERR_MEMORY, or does
 * without it, leaks nothing (the sanitized build looks for that), and what can be gone on with ends
 * at the same bits as if nothing had happened. */
#include <math.h>

#include "failing_alloc.h"
#include "quadratic.h"
#include "thalweg/sharpness.h"

enum { RESULTS = 12, NX = 3, LONG = 9000 };

typedef struct problem {
    tw_dataset *data;
    tw_objective *mlp, *form;
    quadratic q;
    size_t n;
    double *vectors; /* a point and two directions */
    tw_plane plane;
    double *values; /* of the form */
} problem;

static problem open_problem(void) {
    static const size_t hidden[] = {7};
    problem p = {.data = random_dataset(0, 20, 5, 3, 5), .values = malloc(LONG * sizeof(double))};
    assert_ok(tw_mlp_new(
        p.data, &(tw_mlp_options){.hidden = hidden, .hidden_count = 1, .activation = TW_MLP_TANH},
        NULL, &p.mlp));
    p.n = tw_objective_size(p.mlp);
    p.vectors = malloc(3 * p.n * sizeof *p.vectors);
    tw_rng_fill_normal(3, tw_rng_stream("memory"), 0, 3 * p.n, p.vectors);
    p.plane = tw_plane_of(p.n, p.vectors, p.vectors + p.n, p.vectors + 2 * p.n);
    for (size_t i = 0; i < LONG; i++)
        p.values[i] = i < 3 ? 5 - (double)i : cos((double)i);
    return p;
}

static void close_problem(problem *p) {
    tw_objective_free(p->mlp);
    tw_objective_free(p->form);
    tw_dataset_free(p->data);
    free(p->vectors);
    free(p->values);
}

/* What a case does, with its results; those of a failure are what it goes on to without one, or
 * none (NaN in the first). */
typedef tw_status (*act)(const problem *p, double *results);

/* The first failure is what is returned; from there on all memory is there. */
static int goes_on(tw_status *first, tw_status status) {
    if (status == TW_OK)
        return 0;
    failing_alloc_disarm();
    *first = status;
    return 1;
}

static void fail_each(const char *name, act run) {
    problem p = open_problem();
    double expected[RESULTS] = {0};
    p.q = (quadratic){.n = LONG, .values = p.values};
    p.form = quadratic_objective(&p.q);
    failing_alloc_arm(0);
    tw_status status = run(&p, expected);
    size_t count = failing_alloc_disarm(), failures = 0;
    assert_ok(status);
    assert_true(count > 3);
    for (size_t which = 1; which <= count; which++) {
        double found[RESULTS] = {NAN};
        failing_alloc_arm(which);
        status = run(&p, found);
        failing_alloc_disarm();
        failures += status == TW_ERR_MEMORY;
        if (status != TW_OK && status != TW_ERR_MEMORY)
            fail_msg("%s, allocation %zu: %s: %s", name, which, tw_status_text(status),
                     tw_message());
        if (status == TW_OK || !isnan(found[0]))
            for (size_t k = 0; k < RESULTS; k++)
                if (!(found[k] == expected[k] || (isnan(found[k]) && isnan(expected[k]))))
                    fail_msg("%s, allocation %zu of %zu: result %zu is %.17g, not %.17g", name,
                             which, count, k, found[k], expected[k]);
    }
    assert_true(2 * failures >= count); /* it is not all done without */
    close_problem(&p);
}

/* ---- the cases ---- */

static tw_status open_scaled(const problem *p, double *results) {
    static const char *const only[] = {"fc1.weight", "fc2.weight"};
    tw_curvature *m;
    tw_curvature_facts facts;
    const tw_curvature_options options = {.bytes = sizeof options,
                                          .only = only,
                                          .only_count = 2,
                                          .norm = TW_NORM_FILTER,
                                          .source = TW_PRODUCT_DIFFERENCES};
    tw_status status = tw_curvature_open(p->mlp, p->vectors, &options, &m);
    if (status != TW_OK)
        return status;
    double *product = malloc(p->n * sizeof *product);
    tw_status made =
        product == NULL ? TW_ERR_MEMORY : tw_curvature_products(m, 1, p->plane.x, product);
    tw_curvature_facts_of(m, &facts);
    if (made == TW_OK) {
        results[0] = product[0];
        results[1] = product[p->n - 1];
        results[2] = (double)facts.dimension;
    }
    free(product);
    tw_curvature_close(m);
    return made;
}

/* More pairs than one, so that there are rounds, and few vectors, so that it starts again. */
static tw_status search(tw_objective *f, const double *x, const tw_spectrum_options *options,
                        double *results) {
    tw_curvature *m;
    tw_spectrum *s;
    tw_spectrum_result r;
    tw_status first = TW_OK, status = tw_curvature_open(f, x, NULL, &m);
    if (status != TW_OK)
        return status;
    if (goes_on(&first, tw_spectrum_open(m, options, &s)))
        assert_ok(tw_spectrum_open(m, options, &s));
    while (!tw_spectrum_ended(s))
        goes_on(&first, tw_spectrum_run(s, 10));
    assert_ok(tw_spectrum_result_of(s, &r));
    results[0] = r.largest[0].value;
    results[1] = r.largest[1].value;
    results[2] = r.smallest[0].value;
    results[3] = r.largest[1].residual;
    results[4] = r.smallest[0].vector[2];
    results[5] = (double)r.restarts;
    results[6] = (double)r.rounds;
    tw_spectrum_close(s);
    tw_curvature_close(m);
    return first;
}

static tw_status pairs(const problem *p, double *results) {
    return search(
        p->mlp, p->vectors,
        &(tw_spectrum_options){.largest = 2, .smallest = 1, .tolerance = 1e-3, .basis = 14},
        results);
}

static tw_status long_pairs(const problem *p, double *results) {
    double *x = calloc(LONG, sizeof *x);
    if (x == NULL)
        return TW_ERR_MEMORY;
    tw_status status =
        search(p->form, x,
               &(tw_spectrum_options){
                   .largest = 2, .smallest = 1, .tolerance = 0.1, .unconfirmed = 1, .basis = 12},
               results);
    free(x);
    return status;
}

static tw_status eigenvalues(const problem *p, double *results) {
    tw_curvature *m;
    tw_density d = {0}, e = {0};
    double all[100], curve[3], grid[3] = {-1, 0, 1};
    tw_status status = tw_curvature_open(p->mlp, p->vectors, NULL, &m);
    if (status != TW_OK)
        return status;
    assert_true(p->n <= 100);
    status = tw_curvature_eigenvalues(m, all, NULL, NULL, NULL, NULL);
    if (status == TW_OK)
        status = tw_density_of(p->n, all, &d);
    if (status == TW_OK)
        status = tw_density_of(p->n - 1, all, &e);
    if (status == TW_OK)
        status = tw_density_evaluate_log(&d, 0.1, 0.2, 3, grid, curve, NULL, NULL);
    if (status == TW_OK)
        status = tw_density_distance(&d, &e, &results[3]);
    if (status == TW_OK) {
        results[0] = all[0];
        results[1] = all[p->n - 1];
        results[2] = curve[1];
    } else {
        results[3] = 0;
    }
    tw_density_release(&d);
    tw_density_release(&e);
    tw_curvature_close(m);
    return status;
}

static tw_status trace_by(const problem *p, tw_trace_method method, size_t draws, double *results) {
    tw_curvature *m;
    tw_trace_result r = {0};
    double diagonal[100], error[100];
    const tw_trace_options options = {.method = method,
                                      .draws = draws,
                                      .sketch = 4,
                                      .diagonal = diagonal,
                                      .diagonal_error = error};
    tw_status first = TW_OK, status = tw_curvature_open(p->mlp, p->vectors, NULL, &m);
    if (status != TW_OK)
        return status;
    if (goes_on(&first, tw_trace_run(m, &options, &r)))
        assert_ok(tw_trace_run(m, &options, &r));
    results[0] = r.trace;
    results[1] = r.standard_error;
    results[2] = r.squares;
    results[3] = r.frobenius_error;
    results[4] = diagonal[3];
    results[5] = error[3];
    results[6] = r.blocks[1].trace;
    results[7] = (double)r.draws;
    tw_trace_release(&r);
    tw_curvature_close(m);
    return first;
}

static tw_status hutchinson(const problem *p, double *results) {
    return trace_by(p, TW_TRACE_HUTCHINSON, 9, results);
}

static tw_status hutchpp(const problem *p, double *results) {
    return trace_by(p, TW_TRACE_HUTCHPP, 6, results);
}

static tw_status columns(const problem *p, double *results) {
    return trace_by(p, TW_TRACE_AUTO, 200, results);
}

static tw_status density(const problem *p, double *results) {
    tw_curvature *m;
    tw_density d = {0};
    const tw_density_options options = {.probes = 3, .steps = 6, .together = 2};
    tw_status first = TW_OK, status = tw_curvature_open(p->mlp, p->vectors, NULL, &m);
    if (status != TW_OK)
        return status;
    if (goes_on(&first, tw_density_run(m, &options, &d)))
        assert_ok(tw_density_run(m, &options, &d));
    results[0] = d.trace;
    results[1] = d.trace_error;
    results[2] = d.squares;
    results[3] = d.nodes[0];
    results[4] = d.nodes[2 * d.steps + 3];
    results[5] = d.weights[d.steps];
    tw_density_release(&d);
    tw_curvature_close(m);
    return first;
}

static tw_status sharpness(const problem *p, double *results) {
    static const double radii[] = {0.1, 0.5};
    tw_sharpness_result r;
    tw_status status = tw_sharpness(p->mlp, p->vectors,
                                    &(tw_sharpness_options){.radii = radii,
                                                            .radius_count = 2,
                                                            .rise = 0.3,
                                                            .draws = 2,
                                                            .steps = 2,
                                                            .ball = TW_NORM_FILTER},
                                    &r);
    if (status != TW_OK) {
        assert_null(r.rises);
        return status;
    }
    results[0] = r.rises[0].average;
    results[1] = r.rises[1].worst;
    results[2] = r.average_radius;
    results[3] = r.worst_radius_error;
    tw_sharpness_result_release(&r);
    return status;
}

static tw_status map(const problem *p, double *results) {
    static const double xs[NX] = {-0.5, 0, 0.5}, at[2 * NX] = {-0.5, 0, 0, 0, 0.5, 0};
    const double *directions[] = {p->plane.x, p->plane.y};
    tw_objective *f;
    tw_span *span = NULL;
    double values[NX * 16];
    tw_status first = TW_OK, status = tw_objective_curvature(
                                 p->mlp, &(tw_curvature_map_options){.x = xs, .x_count = NX}, &f);
    if (status != TW_OK)
        return status;
    size_t metrics = tw_objective_metrics(f);
    assert_true(metrics <= 16);
    if (goes_on(&first, tw_span_open(f, p->vectors, 2, directions, TW_SPAN_ROWS, &span)))
        assert_ok(tw_span_open(f, p->vectors, 2, directions, TW_SPAN_ROWS, &span));
    if (goes_on(&first, tw_span_values(span, NX, at, values)))
        assert_ok(tw_span_values(span, NX, at, values));
    for (size_t k = 0; k < 5; k++) {
        results[k] = values[metrics - 5 + k];
        results[5 + k] = values[3 * metrics - 5 + k];
    }
    tw_span_close(span);
    tw_objective_free(f);
    return first;
}

static tw_status plane(const problem *p, double *results) {
    tw_curvature *m;
    tw_plane_curvature found;
    tw_status status = tw_curvature_open(p->mlp, p->vectors, NULL, &m);
    if (status != TW_OK)
        return status;
    status = tw_curvature_of_plane(m, &p->plane, 3, 1, &found);
    if (status == TW_OK) {
        results[0] = found.least;
        results[1] = found.greatest;
        results[2] = found.random;
        results[3] = found.random_error;
    }
    tw_curvature_close(m);
    return status;
}

static void test_each(void **state) {
    static const struct {
        const char *name;
        act run;
    } cases[] = {{"differences", open_scaled},
                 {"pairs", pairs},
                 {"long pairs", long_pairs},
                 {"eigenvalues", eigenvalues},
                 {"hutchinson", hutchinson},
                 {"hutch++", hutchpp},
                 {"columns", columns},
                 {"density", density},
                 {"sharpness", sharpness},
                 {"map", map},
                 {"plane", plane}};
    for (size_t k = 0; k < sizeof cases / sizeof cases[0]; k++)
        fail_each(cases[k].name, cases[k].run);
}

int main(void) {
    const struct CMUnitTest tests[] = {cmocka_unit_test(test_each)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
