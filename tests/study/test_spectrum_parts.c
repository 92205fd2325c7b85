/* What traces and densities go on from, out of the parts of a file in which something has changed:
 * taken where it fits, refused elsewhere, and never a half of it. */
#include <stdlib.h>

#include "curvature/density_private.h"
#include "curvature/trace_private.h"
#include "study/spectrum_parts.h"
#include "support.h"

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

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(columns_have_room),
        cmocka_unit_test(lanes_are_of_the_same_nodes),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
