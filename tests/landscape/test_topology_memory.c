/* Shapes of surfaces where memory is out, at each of their allocations. */
#include <math.h>

#include "failing_alloc.h"
#include "support.h"
#include "thalweg/topology.h"

enum { SIDE = 60 };

/* Hundreds of minima, so that their list has to grow. */
static void open_surface(tw_surface *s) {
    static const char *const names[] = {"train_loss"};
    assert_ok(tw_surface_init(s, &(tw_axis){-1, 1, SIDE}, &(tw_axis){-1, 1, SIDE}, 1, names));
    for (size_t k = 0; k < SIDE * SIDE; k++)
        s->values[k] = tw_rng_uniform(1, 1, k);
    memset(s->computed, 1, SIDE * SIDE);
}

static void shapes(void **state) {
    tw_surface s;
    tw_topology t;
    open_surface(&s);
    failing_alloc_arm(0);
    assert_ok(tw_topology_find(&s, 0, NULL, &t));
    size_t count = failing_alloc_disarm();
    assert_true(count > 5 && t.count > 256);
    tw_topology_release(&t);
    for (size_t which = 1; which <= count; which++) {
        failing_alloc_arm(which);
        tw_status status = tw_topology_find(&s, 0, NULL, &t);
        failing_alloc_disarm();
        assert_int_equal(status, TW_ERR_MEMORY);
        assert_true(t.count == 0 && t.minimum == NULL && t.points == 0);
    }
    tw_surface_release(&s);
}

static void ways(void **state) {
    tw_surface s;
    tw_pass pass;
    open_surface(&s);
    failing_alloc_arm(0);
    assert_ok(tw_pass_find(&s, 0, 0, SIDE * SIDE - 1, &pass));
    size_t count = failing_alloc_disarm();
    assert_true(count > 4);
    tw_pass_release(&pass);
    for (size_t which = 1; which <= count; which++) {
        failing_alloc_arm(which);
        tw_status status = tw_pass_find(&s, 0, 0, SIDE * SIDE - 1, &pass);
        failing_alloc_disarm();
        assert_int_equal(status, TW_ERR_MEMORY);
        assert_true(pass.way.x == NULL && pass.way.count == 0);
    }
    tw_surface_release(&s);
}

int main(void) {
    const struct CMUnitTest tests[] = {cmocka_unit_test(shapes), cmocka_unit_test(ways)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
