/* What traces and densities go on from, out of the parts of a file in which something has changed:
 * taken where it fits, refused elsewhere, and never a half of it. */
#include <math.h>
#include <stdlib.h>

#include "curvature/density_private.h"
#include "curvature/trace_private.h"
#include "study/spectrum_parts.h"
#include "support.h"
#include "thalweg/functions.h"

enum { N = 6, ROOM = 4, STEPS = 3 };

/* As a trace by Hutch++ leaves it: of `room` columns so many were drawn, and some were none. */
static tw_status take_trace(double room, double drawn, double made, double columns) {
    double counters[] = {room, drawn, made, columns, 0, TW_TRACE_HUTCHPP, 9};
    double basis[ROOM * N] = {0}, base[2] = {0};
    const tw_descent_part parts[] = {{"trace.rest", 7, counters},
                                     {"trace.basis", (size_t)columns * N, basis},
                                     {"trace.base", 2, base}};
    tw_trace_result trace = {0};
    tw_status status = tw_spectrum_parts_to_trace(3, parts, N, 1, &trace);
    if (status == TW_OK) {
        assert_int_equal(trace.rest->count, (size_t)columns);
        assert_int_equal(trace.rest->drawn, (size_t)drawn);
        assert_int_equal(trace.products, 9);
    }
    tw_trace_release(&trace);
    return status;
}

static void columns_have_room(void **state) {
    assert_ok(take_trace(ROOM, 3, 0, 2));
    assert_ok(take_trace(ROOM, 4, 2, 4));
    assert_ok(take_trace(0, 5, 0, 0)); /* by the columns of the matrix */
    assert_fails(TW_ERR_FORMAT, "the rest of its trace is none", take_trace(ROOM, 3, 0, 4));
    assert_fails(TW_ERR_FORMAT, "the rest of its trace is none", take_trace(ROOM, 5, 0, 4));
    assert_fails(TW_ERR_FORMAT, "the rest of its trace is none", take_trace(ROOM, 4, 3, 2));
}

/* One lane on its way, beside `probes` that are done, of so many nodes. */
static tw_status take_density(size_t probes, size_t nodes, double count, double closed) {
    double lanes[] = {count, closed, 0, STEPS};
    double basis[STEPS * N] = {1}, alpha[STEPS] = {0}, beta[STEPS] = {0};
    size_t rows = (size_t)count + (closed == 0 && count < STEPS);
    const tw_descent_part parts[] = {{"density.lanes", 4, lanes},
                                     {"density.basis0", rows * N, basis},
                                     {"density.alpha0", STEPS, alpha},
                                     {"density.beta0", STEPS, beta}};
    tw_density density = {.probes = probes, .steps = nodes};
    tw_status status = tw_spectrum_parts_to_density(4, parts, N, &density);
    if (status == TW_OK)
        assert_int_equal(density.steps, STEPS);
    tw_density_release(&density);
    return status;
}

static void lanes_are_of_the_same_nodes(void **state) {
    assert_ok(take_density(0, 0, 2, 0));
    assert_ok(take_density(0, 0, 0, 0));
    assert_ok(take_density(2, STEPS, 2, 1));
    assert_fails(TW_ERR_FORMAT, "of other nodes", take_density(2, STEPS - 1, 2, 0));
    assert_fails(TW_ERR_FORMAT, "not whole", take_density(0, 0, 0, 1));
    assert_fails(TW_ERR_FORMAT, "not whole", take_density(0, 0, 1.5, 0));
}

/* ---- columns of all ---- */

enum { ORDER = 40 };

static int cancel_once(void *user, size_t done, size_t total) {
    int *left = user;
    return (*left)-- > 0;
}

/* Cancelled after its first columns, put away, taken out, and gone on: the bits of one that went
 * through, and no column twice. */
static void columns_go_on(void **state) {
    tw_objective *f;
    tw_curvature *m;
    double x[ORDER], whole[ORDER], values[ORDER], diagonal[ORDER], matrix[2][ORDER * ORDER];
    tw_dense_columns columns = {ORDER, 0, matrix[0]}, again = {ORDER, 0, matrix[1]};
    tw_curvature_facts before = {.bytes = sizeof before}, after = before;
    tw_part_list list = {0};
    int cancels = 1;
    for (size_t i = 0; i < ORDER; i++)
        x[i] = cos((double)i);
    assert_ok(tw_function_new("rosenbrock:40", NULL, &f));
    assert_ok(tw_curvature_open(f, x, NULL, &m));
    assert_ok(tw_curvature_eigenvalues(m, whole, NULL, NULL, NULL, NULL));
    tw_curvature_facts_of(m, &before);
    assert_fails(TW_ERR_CANCELLED, "cancelled after 16 of 40",
                 tw_dense_eigen_and_diagonal(m, &columns, values, diagonal, cancel_once, &cancels));
    tw_spectrum_parts_of_columns(&list, &columns);
    assert_ok(tw_spectrum_parts_to_columns(list.count, list.parts, &again));
    assert_int_equal(again.done, 16);
    assert_ok(tw_dense_eigen_and_diagonal(m, &again, values, diagonal, NULL, NULL));
    tw_curvature_facts_of(m, &after);
    assert_memory_equal(values, whole, sizeof values);
    assert_int_equal(after.products - before.products, ORDER);
    assert_int_equal(again.done, 0); /* what is left of the matrix is not put away */
    tw_part_list_release(&list);
    tw_curvature_close(m);
    tw_objective_free(f);
}

static void columns_are_of_the_matrix(void **state) {
    double numbers[2 * ORDER] = {0}, matrix[ORDER * ORDER];
    tw_descent_part part = {"exact.columns", 2 * ORDER, numbers};
    tw_dense_columns columns = {ORDER, 0, matrix};
    assert_ok(tw_spectrum_parts_to_columns(0, NULL, &columns));
    assert_int_equal(columns.done, 0);
    assert_ok(tw_spectrum_parts_to_columns(1, &part, &columns));
    assert_int_equal(columns.done, 2);
    columns = (tw_dense_columns){1, 0, matrix};
    assert_fails(TW_ERR_FORMAT, "not those of the matrix",
                 tw_spectrum_parts_to_columns(1, &part, &columns));
    columns.order = ORDER - 1;
    assert_fails(TW_ERR_FORMAT, "not those of the matrix",
                 tw_spectrum_parts_to_columns(1, &part, &columns));
    columns.order = ORDER;
    numbers[3] = NAN;
    assert_fails(TW_ERR_FORMAT, "not those of the matrix",
                 tw_spectrum_parts_to_columns(1, &part, &columns));
    assert_int_equal(columns.done, 0);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(columns_have_room),
        cmocka_unit_test(columns_go_on),
        cmocka_unit_test(columns_are_of_the_matrix),
        cmocka_unit_test(lanes_are_of_the_same_nodes),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
