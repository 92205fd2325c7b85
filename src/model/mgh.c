/* mgh.c: the table of the problems of Moré, Garbow and Hillstrom, "Testing unconstrained
 * optimization software", ACM TOMS 7 (1981). */
#include "model/function_private.h"

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

/* name; least, most, multiple, usual number of parameters; value; no gradient; start */
static const tw_function_row problems[] = {
    {"Rosenbrock", EXACTLY(2), tw_mgh_rosenbrock, NULL, {-1.2, 1}, 2},
    {"Freudenstein and Roth", EXACTLY(2), tw_mgh_freudenstein_roth, NULL, {0.5, -2}, 2},
    {"Powell badly scaled", EXACTLY(2), tw_mgh_powell_badly_scaled, NULL, {0, 1}, 2},
    {"Brown badly scaled", EXACTLY(2), tw_mgh_brown_badly_scaled, NULL, {1}, 1},
    {"Beale", EXACTLY(2), tw_mgh_beale, NULL, {1}, 1},
    {"Jennrich and Sampson", EXACTLY(2), tw_mgh_jennrich_sampson, NULL, {0.3, 0.4}, 2},
    {"helical valley", EXACTLY(3), tw_mgh_helical_valley, NULL, {-1, 0, 0}, 3},
    {"Bard", EXACTLY(3), tw_mgh_bard, NULL, {1}, 1},
    {"Gaussian", EXACTLY(3), tw_mgh_gaussian, NULL, {0.4, 1, 0}, 3},
    {"Meyer", EXACTLY(3), tw_mgh_meyer, NULL, {0.02, 4000, 250}, 3},
    {"Gulf research", EXACTLY(3), tw_mgh_gulf, NULL, {5, 2.5, 0.15}, 3},
    {"Box three-dimensional", EXACTLY(3), tw_mgh_box, NULL, {0, 10, 20}, 3},
    {"Powell singular", EXACTLY(4), tw_mgh_powell_singular, NULL, {3, -1, 0, 1}, 4},
    {"Wood", EXACTLY(4), tw_mgh_wood, NULL, {-3, -1}, 2},
    {"Kowalik and Osborne", EXACTLY(4), tw_mgh_kowalik_osborne, NULL, {0.25, 0.39, 0.415, 0.39}, 4},
    {"Brown and Dennis", EXACTLY(4), tw_mgh_brown_dennis, NULL, {25, 5, -5, -1}, 4},
    {"Osborne 1", EXACTLY(5), tw_mgh_osborne_1, NULL, {0.5, 1.5, -1, 0.01, 0.02}, 5},
    {"Biggs EXP6", EXACTLY(6), tw_mgh_biggs, NULL, {1, 2, 1, 1, 1, 1}, 6},
    {"Osborne 2",
     EXACTLY(11),
     tw_mgh_osborne_2,
     NULL,
     {1.3, 0.65, 0.65, 0.7, 0.6, 3, 5, 7, 2, 4.5, 5.5},
     11},
    {"Watson", 2, 31, 0, 6, tw_mgh_watson, NULL, {0}, 1},
    {"extended Rosenbrock", 2, 0, 2, 10, tw_mgh_rosenbrock, NULL, {-1.2, 1}, 2},
    {"extended Powell singular", 4, 0, 4, 8, tw_mgh_powell_singular, NULL, {3, -1, 0, 1}, 4},
    {"penalty I", 1, 0, 0, 10, tw_mgh_penalty_1, .start_at = start_counting},
    {"penalty II", 1, 0, 0, 10, tw_mgh_penalty_2, NULL, {0.5}, 1},
    {"variably dimensioned", 1, 0, 0, 10, tw_mgh_variably_dimensioned, .start_at = start_falling},
    {"trigonometric", 1, 0, 0, 10, tw_mgh_trigonometric, .start_at = start_share},
    {"Brown almost-linear", 1, 0, 0, 10, tw_mgh_brown_almost_linear, NULL, {0.5}, 1},
    {"discrete boundary value", 1, 0, 0, 10, tw_mgh_discrete_boundary, .start_at = start_parabola},
    {"discrete integral equation", 1, 0, 0, 10, tw_mgh_discrete_integral,
     .start_at = start_parabola},
    {"Broyden tridiagonal", 1, 0, 0, 10, tw_mgh_broyden_tridiagonal, NULL, {-1}, 1},
    {"Broyden banded", 1, 0, 0, 10, tw_mgh_broyden_banded, NULL, {-1}, 1},
    {"linear, full rank", 1, 0, 0, 10, tw_mgh_linear_full_rank, NULL, {1}, 1},
    {"linear, rank 1", 1, 0, 0, 10, tw_mgh_linear_rank_1, NULL, {1}, 1},
    {"linear, rank 1, zero columns and rows",
     2,
     0,
     0,
     10,
     tw_mgh_linear_rank_1_zeros,
     NULL,
     {1},
     1},
    {"Chebyquad", 1, 1000, 0, 8, tw_mgh_chebyquad, .start_at = start_even},
};

const tw_function_row *tw_function_mgh(size_t number) {
    return number >= 1 && number <= sizeof problems / sizeof problems[0] ? &problems[number - 1]
                                                                         : NULL;
}
