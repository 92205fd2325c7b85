/* What is drawn of a surface that is not complete. */
#include "support.h"
#include "thalweg/landscape.h"

enum { NX = 17, NY = 9 };
static const char *const names[] = {"a", "b", NULL};

static void open_surface(tw_surface *s, int rank) {
    assert_ok(tw_surface_init(s, &(tw_axis){-2, 2, NX}, rank == 2 ? &(tw_axis){0, 8, NY} : NULL, 2,
                              names));
    for (size_t k = 0; k < 2 * s->nx * s->ny; k++)
        s->values[k] = (double)k;
}

/* The grid of every `step`-th row and column, x coefficients 1 / 4 apart and y ones 1. */
static void expect_grid(const tw_surface *s, size_t step_x, size_t step_y) {
    tw_surface c;
    assert_ok(tw_surface_coarse(s, &c));
    assert_int_equal(c.nx, (NX - 1) / step_x + 1);
    assert_int_equal(c.ny, s->rank == 2 ? (NY - 1) / step_y + 1 : 1);
    assert_int_equal(c.rank, s->rank);
    for (size_t j = 0; j < c.ny; j++)
        for (size_t i = 0; i < c.nx; i++) {
            assert_true(c.x[i] == -2 + 0.25 * (double)(i * step_x));
            assert_true(s->rank == 1 || c.y[j] == (double)(j * step_y));
            size_t from = j * step_y * NX + i * step_x;
            assert_int_equal(c.computed[j * c.nx + i], s->computed[from]);
            for (size_t m = 0; m < 2; m++)
                assert_true(c.values[(m * c.ny + j) * c.nx + i] ==
                            s->values[m * s->nx * s->ny + from]);
        }
    tw_surface_release(&c);
}

static void expect_whole(const tw_surface *s) {
    tw_surface c;
    assert_ok(tw_surface_coarse(s, &c));
    assert_int_equal(c.nx, 0);
    tw_surface_release(&c);
}

/* Marks every step-th row and column. */
static void mark(tw_surface *s, size_t step_x, size_t step_y, uint8_t how) {
    for (size_t iy = 0; iy < s->ny; iy += step_y)
        for (size_t ix = 0; ix < NX; ix += step_x)
            s->computed[iy * NX + ix] = how;
}

static void planes(void **state) {
    tw_surface s;
    open_surface(&s, 2);
    expect_whole(&s); /* nothing is there */
    mark(&s, 8, 8, 1);
    expect_whole(&s); /* 3 x 2 are too few */
    mark(&s, 4, 4, 2);
    expect_grid(&s, 4, 4);
    s.computed[1] = s.computed[NX + 2] = 1; /* of levels to come */
    expect_grid(&s, 4, 4);
    mark(&s, 1, 4, 1); /* whole rows */
    expect_grid(&s, 1, 4);
    mark(&s, 1, 2, 1);
    expect_grid(&s, 1, 2);
    s.computed[4 * NX + 8] = 0; /* the centre */
    expect_whole(&s);
    mark(&s, 1, 1, 1);
    expect_whole(&s); /* all is there */
    s.computed[3 * NX + 3] = 0;
    expect_whole(&s); /* a hole is better than half the rows */
    memset(s.computed, 0, NX * NY);
    memset(s.computed, 1, NX * (NY - 1)); /* from below, as others do it */
    expect_whole(&s);
    tw_surface_release(&s);
}

static void lines(void **state) {
    tw_surface s;
    open_surface(&s, 1);
    mark(&s, 16, 1, 1);
    expect_whole(&s);
    mark(&s, 4, 1, 1);
    s.computed[1] = 1;
    expect_grid(&s, 4, 1);
    mark(&s, 2, 1, 1);
    expect_grid(&s, 2, 1);
    mark(&s, 1, 1, 1);
    expect_whole(&s);
    tw_surface_release(&s);
}

int main(void) {
    const struct CMUnitTest tests[] = {cmocka_unit_test(planes), cmocka_unit_test(lines)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
