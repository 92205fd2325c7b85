#include <math.h>

#include "plot/pits.h"
#include "support.h"

enum { NX = 20, NY = 9 };

/* A valley along y = 4 at height -0.1, of which every other sample lies at -3: 10 pits. */
static void valley(double *z, size_t pits) {
    for (size_t k = 0; k < NX * NY; k++)
        z[k] = k / NX == 4 ? -0.1 : 1;
    for (size_t p = 0; p < pits; p++)
        z[4 * NX + 2 * p] = -3;
}

static void many_are_raised_to_the_lowest_beside_them(void **state) {
    double z[NX * NY];
    valley(z, 10);
    assert_int_equal(tw_pits_raise(NX, NY, z), 10);
    for (size_t k = 0; k < NX * NY; k++)
        assert_true(z[k] == (k / NX == 4 ? -0.1 : 1));
    assert_int_equal(tw_pits_raise(NX, NY, z), 0);
}

static void a_handful_of_minima_stays(void **state) {
    double z[NX * NY], before[NX * NY];
    valley(z, 8);
    valley(before, 8);
    assert_int_equal(tw_pits_raise(NX, NY, z), 0);
    assert_memory_equal(z, before, sizeof z);
}

/* What is as low as something beside it is no pit, nor is what has nothing beside it. */
static void wide_and_lonely_ones_stay(void **state) {
    double z[NX * NY], before[NX * NY];
    valley(z, 10);
    for (size_t i = 0; i < NX; i++)
        z[5 * NX + i] = z[4 * NX + i];
    memcpy(before, z, sizeof z);
    assert_int_equal(tw_pits_raise(NX, NY, z), 0);
    assert_memory_equal(z, before, sizeof z);
    for (size_t k = 0; k < NX * NY; k++)
        z[k] = k % NX % 2 == 0 && k / NX % 2 == 0 ? (double)k : NAN;
    assert_int_equal(tw_pits_raise(NX, NY, z), 0);
    assert_true(z[0] == 0);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(many_are_raised_to_the_lowest_beside_them),
        cmocka_unit_test(a_handful_of_minima_stays),
        cmocka_unit_test(wide_and_lonely_ones_stay),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
