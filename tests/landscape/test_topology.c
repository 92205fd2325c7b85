/* Minima, saddles, persistence and lowest ways, against closed forms and against a second method
 * that floods the whole grid anew at every height. */
#include <math.h>

#include "support.h"
#include "thalweg/topology.h"

static const char *const loss_only[] = {"train_loss"};
static const char *const with_errors[] = {"train_loss", "train_loss_se"};

/* A grid of these values, y from the first row on. */
static void open_grid(tw_surface *s, size_t nx, size_t ny, const double *values) {
    double x[64], y[64];
    for (size_t i = 0; i < nx; i++)
        x[i] = (double)i;
    for (size_t j = 0; j < ny; j++)
        y[j] = (double)j;
    assert_ok(tw_surface_init_coordinates(s, nx, x, ny, y, 1, loss_only));
    memcpy(s->values, values, nx * ny * sizeof *values);
    memset(s->computed, 1, nx * ny);
}

static void open_shape(tw_surface *s, size_t nx, size_t ny, const double *values, tw_topology *t) {
    open_grid(s, nx, ny, values);
    assert_ok(tw_topology_find(s, 0, NULL, t));
}

static void close_both(tw_surface *s, tw_topology *t) {
    tw_topology_release(t);
    tw_surface_release(s);
}

/* ---- closed forms ---- */

static void one_bowl(void **state) {
    static const double z[] = {2, 1, 2, 1, 0, 1, 2, 1, 2};
    tw_surface s;
    tw_topology t;
    open_shape(&s, 3, 3, z, &t);
    assert_int_equal(t.count, 1);
    assert_int_equal(t.pieces, 1);
    assert_int_equal(t.minimum[0].place.at, 4);
    assert_true(t.minimum[0].essential && !t.minimum[0].on_edge && !t.minimum[0].noise);
    assert_true(isinf(t.minimum[0].persistence));
    assert_int_equal(t.minimum[0].joins, 0);
    assert_false(t.has_errors);
    close_both(&s, &t);
}

/* Three bowls along a valley: the passes are 5 and 3 high, the bottoms 0, 1 and 2. */
static void passes(void **state) {
    static const double z[] = {9, 9, 9, 9, 9, 9, 9, 9, 0, 5, 1, 3, 2, 9, 9, 9, 9, 9, 9, 9, 9};
    tw_surface s;
    tw_topology t;
    open_shape(&s, 7, 3, z, &t);
    assert_int_equal(t.count, 3);
    assert_int_equal(t.minimum[0].place.at, 8);
    assert_int_equal(t.minimum[1].place.at, 10);
    assert_true(t.minimum[1].persistence == 4 && t.minimum[1].saddle.at == 9);
    assert_int_equal(t.minimum[1].joins, 0);
    assert_int_equal(t.minimum[2].place.at, 12);
    assert_true(t.minimum[2].persistence == 1 && t.minimum[2].saddle.x == 4);
    assert_true(t.minimum[2].saddle.y == 1 && t.minimum[2].saddle.value == 3);
    assert_int_equal(t.minimum[2].joins, 1);
    assert_true(t.lowest == 0 && t.highest == 9);
    tw_topology shallow;
    assert_ok(tw_topology_find(&s, 0, &(tw_topology_options){.persistence = 2}, &shallow));
    assert_true(shallow.count == 2 && shallow.hidden == 1);
    tw_topology_release(&shallow);
    close_both(&s, &t);
}

/* Diagonal neighbours are neighbours: the zeros of a checkerboard are one plateau, and so a
 * minimum.
 */
static void ties(void **state) {
    double z[25];
    tw_surface s;
    tw_topology t;
    for (int k = 0; k < 25; k++)
        z[k] = k % 2;
    open_shape(&s, 5, 5, z, &t);
    assert_true(t.count == 1 && t.minimum[0].place.at == 0);
    close_both(&s, &t);
    for (int k = 0; k < 25; k++)
        z[k] = 7;
    open_shape(&s, 5, 5, z, &t);
    assert_true(t.count == 1 && t.minimum[0].place.at == 0 && t.lowest == t.highest);
    close_both(&s, &t);
    /* two plateaus of one height: the first in order is the elder; and one that leads down is none
     */
    static const double two[] = {1, 1, 2, 1, 1, 4, 3, 3, 0};
    open_shape(&s, 9, 1, two, &t);
    assert_int_equal(t.count, 3);
    assert_int_equal(t.minimum[0].place.at, 8);
    assert_true(t.minimum[1].place.at == 0 && t.minimum[1].persistence == 3);
    assert_true(t.minimum[2].place.at == 3 && t.minimum[2].persistence == 1);
    assert_int_equal(t.minimum[2].joins, 1);
    close_both(&s, &t);
    static const double zeros[] = {-0.0, 0.0, 0.0, -0.0}; /* are equal */
    open_shape(&s, 4, 1, zeros, &t);
    assert_true(t.count == 1 && t.minimum[0].place.at == 0);
    close_both(&s, &t);
}

/* Three pools meet in one point: the two that are not the eldest end there, both in it. */
static void meeting(void **state) {
    static const double z[] = {1, 9, 0, 9, 5, 9, 9, 2, 9};
    tw_surface s;
    tw_topology t;
    open_shape(&s, 3, 3, z, &t);
    assert_int_equal(t.count, 3);
    assert_true(t.minimum[0].place.at == 2);
    for (int k = 1; k < 3; k++)
        assert_true(t.minimum[k].saddle.at == 4 && t.minimum[k].joins == 0);
    assert_true(t.minimum[1].persistence == 4 && t.minimum[2].persistence == 3);
    close_both(&s, &t);
}

static void walls(void **state) {
    const double N = NAN, I = INFINITY;
    const double z[] = {1, N, 0, 2, I, 3, 2, -I, 2, 4, N, 1};
    tw_surface s;
    tw_topology t;
    open_shape(&s, 3, 4, z, &t);
    assert_int_equal(t.not_finite, 4);
    assert_int_equal(t.points, 8);
    assert_int_equal(t.pieces, 2);
    assert_int_equal(t.count, 3);
    assert_true(t.minimum[0].place.at == 2 && t.minimum[1].place.at == 0);
    assert_true(t.minimum[2].place.at == 11 && t.minimum[2].persistence == 2);
    assert_int_equal(t.minimum[2].joins, 0);
    tw_pass pass;
    assert_fails(TW_ERR_ARGUMENT, "no way from (0, 0) to (2, 0)", tw_pass_find(&s, 0, 0, 2, &pass));
    assert_fails(TW_ERR_ARGUMENT, "(1, 0) of the surface has no", tw_pass_find(&s, 0, 0, 1, &pass));
    tw_topology_release(&t);
    s.computed[5] = 0;
    assert_ok(tw_topology_find(&s, 0, NULL, &t));
    assert_true(t.pieces == 3 && t.not_computed == 1 && t.points == 7);
    tw_topology_release(&t);
    memset(s.computed, 0, 12);
    assert_fails(TW_ERR_ARGUMENT, "no shape of 'train_loss': 12 points not computed",
                 tw_topology_find(&s, 0, NULL, &t));
    assert_null(t.minimum);
    tw_surface_release(&s);
}

static void small_ones(void **state) {
    static const double one[] = {3};
    tw_surface s;
    tw_topology t;
    tw_pass pass;
    open_shape(&s, 1, 1, one, &t);
    assert_true(t.count == 1 && t.minimum[0].essential && t.minimum[0].on_edge);
    tw_topology_release(&t);
    assert_ok(tw_pass_find(&s, 0, 0, 0, &pass));
    assert_true(pass.way.count == 1 && pass.rise[0] == 0 && pass.top.at == 0);
    tw_pass_release(&pass);
    assert_fails(TW_ERR_ARGUMENT, "1 metrics, no number 2", tw_topology_find(&s, 1, NULL, &t));
    assert_fails(TW_ERR_ARGUMENT, "errors of a topology: -1",
                 tw_topology_find(&s, 0, &(tw_topology_options){.errors = -1}, &t));
    assert_fails(TW_ERR_ARGUMENT, "persistence of a topology: nan",
                 tw_topology_find(&s, 0, &(tw_topology_options){.persistence = NAN}, &t));
    assert_fails(TW_ERR_ARGUMENT, "1 points, no number 2", tw_pass_find(&s, 0, 0, 1, &pass));
    tw_surface_release(&s);
    /* a line, of rank 1: its ends have one neighbour, and are on the edge */
    static const double line[] = {0, 2, 1, 3, 1.5};
    assert_ok(tw_surface_init(&s, &(tw_axis){-1, 1, 5}, NULL, 1, loss_only));
    memcpy(s.values, line, sizeof line);
    memset(s.computed, 1, 5);
    assert_ok(tw_topology_find(&s, 0, NULL, &t));
    assert_int_equal(t.count, 3);
    assert_true(t.minimum[0].on_edge && t.minimum[0].place.x == -1 && t.minimum[0].place.y == 0);
    assert_true(t.minimum[1].persistence == 1.5 && t.minimum[1].saddle.x == 0.5);
    assert_true(t.minimum[2].persistence == 1 && !t.minimum[2].on_edge);
    close_both(&s, &t);
}

/* ---- errors ---- */

static void noise(void **state) {
    /* depths 4 and 1; errors 0.3 at the minima, 0.4 at the saddles: 0.5 for the difference */
    static const double z[] = {0, 5, 1, 3, 2, 9};
    tw_surface s;
    tw_topology t;
    assert_ok(tw_surface_init(&s, &(tw_axis){0, 5, 6}, NULL, 2, with_errors));
    memcpy(s.values, z, sizeof z);
    for (int k = 0; k < 6; k++)
        s.values[6 + k] = k % 2 ? 0.4 : 0.3;
    memset(s.computed, 1, 6);
    assert_ok(tw_topology_find(&s, 0, &(tw_topology_options){.errors = 2.5}, &t));
    assert_true(t.has_errors && t.noise == 1 && t.count == 3);
    assert_close(t.minimum[2].error, 0.5, 1e-15, 0);
    assert_close(t.minimum[2].limit, 1.25, 1e-15, 0);
    assert_true(t.minimum[2].noise && !t.minimum[1].noise && !t.minimum[0].noise);
    tw_topology_release(&t);
    assert_ok(tw_topology_find(&s, 0, NULL, &t));
    assert_true(t.noise == 0 && t.errors == 2); /* 1 is not below 2 x 0.5 */
    tw_topology_release(&t);
    s.computed[3] = 2; /* the saddle of the shallow one was interpolated, to 0.1 */
    assert_ok(tw_topology_find(&s, 0, &(tw_topology_options){.interpolated = 0.1}, &t));
    assert_true(t.noise == 1 && t.interpolated == 1);
    assert_close(t.minimum[2].limit, 1.1, 1e-15, 0);
    tw_topology_release(&t);
    assert_ok(tw_topology_find(
        &s, 0, &(tw_topology_options){.interpolated = log(1.1), .interpolated_log = 1}, &t));
    assert_close(t.minimum[2].limit, 1.3, 1e-14, 0);
    tw_topology_release(&t);
    assert_ok(tw_topology_find(&s, 1, NULL, &t)); /* of the errors themselves: they have none */
    assert_false(t.has_errors);
    tw_topology_release(&t);
    tw_pass pass;
    assert_ok(tw_pass_find(&s, 0, 0, 5, &pass));
    assert_true(pass.rise[0] == 9 && pass.rise[1] == 0 && pass.error[1] == 0);
    assert_close(pass.error[0], 0.5, 1e-15, 0);
    tw_pass_release(&pass);
    s.values[6 + 4] = NAN; /* an error that is not known judges nothing */
    assert_ok(tw_topology_find(&s, 0, &(tw_topology_options){.errors = 2.5}, &t));
    assert_true(t.noise == 0 && isnan(t.minimum[2].error) && t.minimum[2].limit == 0);
    close_both(&s, &t);
}

/* ---- against a second method ---- */

enum { NX = 13, NY = 11, ALL = NX * NY };

static int is_above(const double *z, size_t a, size_t b) {
    return z[a] > z[b] || (z[a] == z[b] && a > b);
}

/* The lowest point that can be reached from `at` through points that are not above `top`. */
static size_t lowest_reached(const double *z, size_t at, size_t top, char *seen) {
    size_t stack[ALL], high = 0, lowest = at;
    memset(seen, 0, ALL);
    seen[at] = 1;
    stack[high++] = at;
    while (high > 0) {
        size_t here = stack[--high];
        lowest = is_above(z, lowest, here) ? here : lowest;
        for (int dy = -1; dy <= 1; dy++)
            for (int dx = -1; dx <= 1; dx++) {
                long i = (long)(here % NX) + dx, j = (long)(here / NX) + dy;
                if (i < 0 || j < 0 || i >= NX || j >= NY)
                    continue;
                size_t other = (size_t)j * NX + (size_t)i;
                if (isfinite(z[other]) && !is_above(z, other, top) && !seen[other]) {
                    seen[other] = 1;
                    stack[high++] = other;
                }
            }
    }
    return lowest;
}

/* Where the pool of a point that is the lowest of its own pool ends in a lower one: the lowest
 * point up to which it reaches a lower one; ALL where it never ends. */
static size_t end_of(const double *z, size_t at, char *seen) {
    size_t end = ALL;
    for (size_t k = 0; k < ALL; k++)
        if (isfinite(z[k]) && !is_above(z, at, k) && (end == ALL || is_above(z, end, k)) &&
            lowest_reached(z, at, k, seen) != at)
            end = k;
    return end;
}

static void check_way(const tw_surface *s, size_t from, size_t to, char *seen) {
    const double *z = s->values;
    tw_pass pass;
    double level = INFINITY;
    for (size_t k = 0; k < ALL; k++)
        if (isfinite(z[k]) && z[k] >= fmax(z[from], z[to]) && z[k] < level) {
            lowest_reached(z, from, k, seen);
            level = seen[to] ? z[k] : level;
        }
    if (isinf(level)) {
        assert_int_equal(tw_pass_find(s, 0, from, to, &pass), TW_ERR_ARGUMENT);
        return;
    }
    assert_ok(tw_pass_find(s, 0, from, to, &pass));
    assert_true(pass.top.value == level);
    assert_true(pass.rise[0] == level - z[from] && pass.rise[1] == level - z[to]);
    const tw_path *way = &pass.way;
    assert_true(way->x[0] == s->x[from % NX] && way->y[0] == s->y[from / NX]);
    assert_true(way->x[way->count - 1] == s->x[to % NX] && way->y[way->count - 1] == s->y[to / NX]);
    double highest = -INFINITY;
    for (size_t k = 0; k < way->count; k++) {
        highest = fmax(highest, way->loss[k]);
        assert_true(k == 0 ||
                    fmax(fabs(way->x[k] - way->x[k - 1]), fabs(way->y[k] - way->y[k - 1])) == 1);
    }
    assert_true(highest == level);
    tw_pass_release(&pass);
}

/* Random grids with many ties (few values) or none, and walls. */
static void second_method(void **state) {
    char seen[ALL];
    for (uint64_t seed = 0; seed < 24; seed++) {
        double z[ALL];
        tw_surface s;
        tw_topology t;
        int values = seed % 3 == 0 ? 4 : seed % 3 == 1 ? 40 : 1 << 30;
        size_t minima = 0, at_place[ALL];
        for (size_t k = 0; k < ALL; k++) {
            double drawn = tw_rng_uniform(seed, 1, k);
            z[k] = tw_rng_uniform(seed, 2, k) < 0.25 * (double)(seed % 2) ? NAN
                                                                          : floor(values * drawn);
        }
        open_shape(&s, NX, NY, z, &t);
        memset(at_place, 0xff, sizeof at_place);
        for (size_t k = 0; k < t.count; k++)
            at_place[t.minimum[k].place.at] = k;
        for (size_t k = 0; k < ALL; k++) {
            size_t end = isfinite(z[k]) ? end_of(z, k, seen) : k;
            if (end < ALL && (end == k || z[end] == z[k]))
                continue; /* a wall, a slope, or a tie */
            minima++;
            assert_true(at_place[k] < t.count);
            const tw_minimum *minimum = &t.minimum[at_place[k]];
            assert_int_equal(minimum->essential, end == ALL);
            assert_int_equal(minimum->saddle.at, end < ALL ? end : k);
            assert_true(minimum->persistence == (end < ALL ? z[end] - z[k] : INFINITY));
            size_t elder = end < ALL ? lowest_reached(z, k, end, seen) : k;
            assert_int_equal(t.minimum[minimum->joins].place.at, elder);
        }
        assert_int_equal(minima, t.count);
        for (size_t k = 1; k < t.count; k++)
            assert_true(t.minimum[k].persistence <= t.minimum[k - 1].persistence);
        for (uint64_t k = 0; k < 6; k++) {
            size_t from = (size_t)(ALL * tw_rng_uniform(seed, 3, k));
            size_t to = (size_t)(ALL * tw_rng_uniform(seed, 4, k));
            if (isfinite(z[from]) && isfinite(z[to]))
                check_way(&s, from, to, seen);
        }
        close_both(&s, &t);
    }
}

/* The lowest pass between two minima is where the tree has them meet; and there and back is the
 * same pass. */
static void ways(void **state) {
    enum { SIDE = 61 };
    tw_surface s;
    tw_topology t;
    assert_ok(tw_surface_init(&s, &(tw_axis){-5, 5, SIDE}, &(tw_axis){-5, 5, SIDE}, 1, loss_only));
    for (size_t k = 0; k < SIDE * SIDE; k++) { /* Himmelblau's function */
        double x = s.x[k % SIDE], y = s.y[k / SIDE];
        s.values[k] = pow(x * x + y - 11, 2) + pow(x + y * y - 7, 2);
    }
    memset(s.computed, 1, SIDE * SIDE);
    assert_ok(tw_topology_find(&s, 0, NULL, &t));
    assert_int_equal(t.count, 4);
    static const double minima[4][2] = {
        {3, 2}, {-2.805118, 3.131313}, {-3.77931, -3.283186}, {3.584428, -1.848127}};
    for (int m = 0; m < 4; m++) {
        double nearest = INFINITY;
        for (size_t k = 0; k < t.count; k++)
            nearest = fmin(nearest, fmax(fabs(t.minimum[k].place.x - minima[m][0]),
                                         fabs(t.minimum[k].place.y - minima[m][1])));
        assert_true(nearest <= 1.0 / 6 + 1e-9); /* a step */
    }
    for (size_t k = 1; k < t.count; k++) {
        tw_pass there, back;
        size_t from = t.minimum[k].place.at, to = t.minimum[t.minimum[k].joins].place.at;
        assert_ok(tw_pass_find(&s, 0, from, to, &there));
        assert_ok(tw_pass_find(&s, 0, to, from, &back));
        assert_int_equal(there.top.at, t.minimum[k].saddle.at);
        assert_int_equal(back.top.at, there.top.at);
        assert_true(there.rise[0] == t.minimum[k].persistence);
        tw_pass_release(&there);
        tw_pass_release(&back);
    }
    size_t at;
    assert_ok(tw_surface_nearest(&s, 0, 3.02, -5.05, &at));
    assert_true(fabs(s.x[at % SIDE] - 3) < 1e-12 && at / SIDE == 0);
    assert_fails(TW_ERR_ARGUMENT, "y = 5.2 is not on the surface, whose y goes from -5 to 5",
                 tw_surface_nearest(&s, 0, 0, 5.2, &at));
    assert_fails(TW_ERR_ARGUMENT, "x = nan", tw_surface_nearest(&s, 0, NAN, 0, &at));
    close_both(&s, &t);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(one_bowl), cmocka_unit_test(passes), cmocka_unit_test(ties),
        cmocka_unit_test(meeting),  cmocka_unit_test(walls),  cmocka_unit_test(small_ones),
        cmocka_unit_test(noise),    cmocka_unit_test(ways),   cmocka_unit_test(second_method),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
