/* mgh.c: the table of the problems of Moré, Garbow and Hillstrom, "Testing unconstrained
 * optimization software", ACM TOMS 7 (1981). */
#include "model/function/function_private.h"

static void start_counting(size_t n, double *x) {
    for (size_t i = 0; i < n; i++)
        x[i] = (double)(i + 1);
}

static void start_falling(size_t n, double *x) {
    for (size_t i = 0; i < n; i++)
        x[i] = 1 - (double)(i + 1) / (double)n;
}

static void start_share(size_t n, double *x) {
    for (size_t i = 0; i < n; i++)
        x[i] = 1 / (double)n;
}

static void start_parabola(size_t n, double *x) {
    for (size_t i = 0; i < n; i++) {
        double t = (double)(i + 1) / (double)(n + 1);
        x[i] = t * (t - 1);
    }
}

static void start_even(size_t n, double *x) {
    for (size_t i = 0; i < n; i++)
        x[i] = (double)(i + 1) / (double)(n + 1);
}

#define EXACTLY(n) (n), (n), 0, (n)
#define VALUE(name) TW_VALUE(mgh_##name), NULL, NULL

/* name; least, most, multiple, usual number of parameters; value; no gradient; start */
static const tw_function_row problems[] = {
    {"Rosenbrock", EXACTLY(2), VALUE(rosenbrock), {-1.2, 1}, 2, .domain = {-2, 2, -1, 3}},
    {"Freudenstein and Roth",
     EXACTLY(2),
     VALUE(freudenstein_roth),
     {0.5, -2},
     2,
     .domain = {-2, 14, -4, 6}},
    {"Powell badly scaled", EXACTLY(2), VALUE(powell_badly_scaled), {0, 1}, 2},
    {"Brown badly scaled", EXACTLY(2), VALUE(brown_badly_scaled), {1}, 1},
    {"Beale", EXACTLY(2), VALUE(beale), {1}, 1, .domain = {-4.5, 4.5, -4.5, 4.5}},
    {"Jennrich and Sampson",
     EXACTLY(2),
     VALUE(jennrich_sampson),
     {0.3, 0.4},
     2,
     .domain = {0, 0.5, 0, 0.5}},
    {"helical valley", EXACTLY(3), VALUE(helical_valley), {-1, 0, 0}, 3},
    {"Bard", EXACTLY(3), VALUE(bard), {1}, 1},
    {"Gaussian", EXACTLY(3), VALUE(gaussian), {0.4, 1, 0}, 3},
    {"Meyer", EXACTLY(3), VALUE(meyer), {0.02, 4000, 250}, 3},
    {"Gulf research", EXACTLY(3), VALUE(gulf), {5, 2.5, 0.15}, 3},
    {"Box three-dimensional", EXACTLY(3), VALUE(box), {0, 10, 20}, 3},
    {"Powell singular", EXACTLY(4), VALUE(powell_singular), {3, -1, 0, 1}, 4},
    {"Wood", EXACTLY(4), VALUE(wood), {-3, -1}, 2},
    {"Kowalik and Osborne", EXACTLY(4), VALUE(kowalik_osborne), {0.25, 0.39, 0.415, 0.39}, 4},
    {"Brown and Dennis", EXACTLY(4), VALUE(brown_dennis), {25, 5, -5, -1}, 4},
    {"Osborne 1", EXACTLY(5), VALUE(osborne_1), {0.5, 1.5, -1, 0.01, 0.02}, 5},
    {"Biggs EXP6", EXACTLY(6), VALUE(biggs), {1, 2, 1, 1, 1, 1}, 6},
    {"Osborne 2",
     EXACTLY(11),
     VALUE(osborne_2),
     {1.3, 0.65, 0.65, 0.7, 0.6, 3, 5, 7, 2, 4.5, 5.5},
     11},
    {"Watson", 2, 31, 0, 6, VALUE(watson), {0}, 1},
    {"extended Rosenbrock", 2, 0, 2, 10, VALUE(rosenbrock), {-1.2, 1}, 2, .domain = {-2, 2, -1, 3}},
    {"extended Powell singular", 4, 0, 4, 8, VALUE(powell_singular), {3, -1, 0, 1}, 4},
    {"penalty I", 1, 0, 0, 10, VALUE(penalty_1), .start_at = start_counting},
    {"penalty II", 1, 0, 0, 10, VALUE(penalty_2), {0.5}, 1},
    {"variably dimensioned", 1, 0, 0, 10, VALUE(variably_dimensioned), .start_at = start_falling},
    {"trigonometric", 1, 0, 0, 10, VALUE(trigonometric), .start_at = start_share},
    {"Brown almost-linear", 1, 0, 0, 10, VALUE(brown_almost_linear), {0.5}, 1},
    {"discrete boundary value", 1, 0, 0, 10, VALUE(discrete_boundary), .start_at = start_parabola},
    {"discrete integral equation", 1, 0, 0, 10, VALUE(discrete_integral),
     .start_at = start_parabola},
    {"Broyden tridiagonal", 1, 0, 0, 10, VALUE(broyden_tridiagonal), {-1}, 1},
    {"Broyden banded", 1, 0, 0, 10, VALUE(broyden_banded), {-1}, 1},
    {"linear, full rank", 1, 0, 0, 10, VALUE(linear_full_rank), {1}, 1},
    {"linear, rank 1", 1, 0, 0, 10, VALUE(linear_rank_1), {1}, 1},
    {"linear, rank 1, zero columns and rows", 2, 0, 0, 10, VALUE(linear_rank_1_zeros), {1}, 1},
    {"Chebyquad", 1, 1000, 0, 8, VALUE(chebyquad), .start_at = start_even},
};

const tw_function_row *tw_function_mgh(size_t number) {
    return number >= 1 && number <= sizeof problems / sizeof problems[0] ? &problems[number - 1]
                                                                         : NULL;
}
