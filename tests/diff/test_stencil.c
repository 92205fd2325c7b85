/* Finite-difference weights against those of the tables, and against polynomials. */
#include <math.h>

#include "support.h"

static void known_stencils(void **state) {
    double w[5 * 9];
    assert_ok(tw_stencil_weights(0, 3, (double[]){-1, 0, 1}, 2, w));
    double three[] = {0, 1, 0, -0.5, 0, 0.5, 1, -2, 1};
    for (int k = 0; k < 9; k++)
        assert_close(w[k], three[k], 1e-15, 1e-16);
    assert_ok(tw_stencil_weights(0, 3, (double[]){0, 1, 2}, 1, w));
    double one_sided[] = {-1.5, 2, -0.5};
    for (int k = 0; k < 3; k++)
        assert_close(w[3 + k], one_sided[k], 1e-15, 0);
    double nodes[9], eighth[] = {3, -32, 168, -672, 0, 672, -168, 32, -3};
    for (int k = 0; k < 9; k++)
        nodes[k] = k - 4;
    assert_ok(tw_stencil_weights(0, 9, nodes, 4, w));
    for (int k = 0; k < 9; k++)
        assert_close(w[9 + k], eighth[k] / 840, 1e-13, 1e-15);
    double fourth[] = {7, -96, 676, -1952, 2730, -1952, 676, -96, 7};
    for (int k = 0; k < 9; k++)
        assert_close(w[36 + k], fourth[k] / 240, 1e-13, 1e-15);
}

/* On nodes of no order: every derivative of every power below their number is exact. */
static void polynomials_are_exact(void **state) {
    double nodes[] = {0.5, -1, 2, 0.25, 1.75, -0.5}, w[6 * 6], at = 0.3;
    assert_ok(tw_stencil_weights(at, 6, nodes, 5, w));
    for (int power = 0; power < 6; power++)
        for (int m = 0; m < 6; m++) {
            double sum = 0, truth = m > power ? 0 : pow(at, power - m);
            for (int j = 0; j < m && m <= power; j++)
                truth *= power - j;
            for (int k = 0; k < 6; k++)
                sum += w[m * 6 + k] * pow(nodes[k], power);
            assert_close(sum, truth, 1e-12, 1e-11);
        }
}

static void bad_nodes_are_refused(void **state) {
    double w[4];
    assert_fails(TW_ERR_ARGUMENT, "more nodes", tw_stencil_weights(0, 2, (double[]){0, 1}, 2, w));
    assert_fails(TW_ERR_ARGUMENT, "node 1", tw_stencil_weights(0, 2, (double[]){1, 1}, 1, w));
    assert_fails(TW_ERR_ARGUMENT, "node 0", tw_stencil_weights(0, 2, (double[]){NAN, 1}, 1, w));
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(known_stencils),
        cmocka_unit_test(polynomials_are_exact),
        cmocka_unit_test(bad_nodes_are_refused),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
