/* function_classic.c: the table of the test functions of optimisation, with their minima. */
#include <math.h>

#include "model/function/function_any.h"
#include "model/function/function_plane.h"

static double fill(size_t n, double *x, double at, double value) {
    for (size_t i = 0; i < n; i++)
        x[i] = at;
    return value;
}

static double set(double *x, double first, double second, double value) {
    x[0] = first;
    x[1] = second;
    return value;
}

static double minimum_at_zero(size_t n, double *x) {
    return fill(n, x, 0, 0);
}

static double minimum_at_one(size_t n, double *x) {
    return fill(n, x, 1, 0);
}

static double beale_minimum(size_t n, double *x) {
    return set(x, 3, 0.5, 0);
}

static double booth_minimum(size_t n, double *x) {
    return set(x, 1, 3, 0);
}

/* One of three; the others are at -pi and 3 pi. */
static double branin_minimum(size_t n, double *x) {
    return set(x, M_PI, 2.275, 10 / (8 * M_PI));
}

/* One of two, the other is its opposite. */
static double camel_minimum(size_t n, double *x) {
    return set(x, 0.08984201310031807, -0.7126564030207396, -1.0316284534898774);
}

static double goldstein_price_minimum(size_t n, double *x) {
    return set(x, 0, -1, 3);
}

/* One of four. */
static double himmelblau_minimum(size_t n, double *x) {
    return set(x, 3, 2, 0);
}

static double styblinski_tang_minimum(size_t n, double *x) {
    return fill(n, x, -2.903534027771178, -39.166165703771415 * (double)n);
}

static double trid_minimum(size_t n, double *x) {
    double size = (double)n;
    for (size_t i = 0; i < n; i++)
        x[i] = (double)(i + 1) * (size - (double)i);
    return -size * (size + 4) * (size - 1) / 6;
}

/* Where the square of x is 0 the root is its kink. */
static int is_at_zero(size_t n, const double *x) {
    double squares = 0;
    for (size_t i = 0; i < n; i++)
        squares += x[i] * x[i];
    return squares == 0;
}

#define PLANE 2, 2, 0, 2
#define ANY(least) (least), 0, 0, 2
#define GIVEN(name) TW_VALUE(name), TW_GRADIENT(name)

/* name; least, most, multiple, usual number of parameters; value and gradient; start and its
 * period; none by rule; minimum; domain, and whether it grows; kinks */
static const tw_function_row functions[] = {
    {"ackley",
     ANY(1),
     GIVEN(ackley),
     {1.3},
     1,
     NULL,
     minimum_at_zero,
     {-5, 5, -5, 5},
     0,
     is_at_zero},
    {"beale",
     PLANE,
     TW_VALUE(mgh_beale),
     TW_GRADIENT(beale),
     {1},
     1,
     NULL,
     beale_minimum,
     {-4.5, 4.5, -4.5, 4.5}},
    {"booth", PLANE, GIVEN(booth), {0}, 1, NULL, booth_minimum, {-10, 10, -10, 10}},
    {"branin", PLANE, GIVEN(branin), {2.5, 7.5}, 2, NULL, branin_minimum, {-5, 10, 0, 15}},
    {"camel", PLANE, GIVEN(camel), {1}, 1, NULL, camel_minimum, {-2, 2, -1, 1}},
    {"goldstein-price",
     PLANE,
     GIVEN(goldstein_price),
     {0.5, -0.5},
     2,
     NULL,
     goldstein_price_minimum,
     {-2, 2, -2, 2}},
    {"himmelblau", PLANE, GIVEN(himmelblau), {0}, 1, NULL, himmelblau_minimum, {-5, 5, -5, 5}},
    {"matyas", PLANE, GIVEN(matyas), {5, -3}, 2, NULL, minimum_at_zero, {-10, 10, -10, 10}},
    {"quadratic",
     ANY(1),
     GIVEN(quadratic),
     {1},
     1,
     NULL,
     minimum_at_zero,
     {-5.12, 5.12, -5.12, 5.12}},
    {"rastrigin",
     ANY(1),
     GIVEN(rastrigin),
     {1.3},
     1,
     NULL,
     minimum_at_zero,
     {-5.12, 5.12, -5.12, 5.12}},
    {"rosenbrock", ANY(2), GIVEN(rosenbrock), {-1.2, 1}, 2, NULL, minimum_at_one, {-2, 2, -1, 3}},
    {"sphere", ANY(1), GIVEN(sphere), {1}, 1, NULL, minimum_at_zero, {-5.12, 5.12, -5.12, 5.12}},
    {"styblinski-tang",
     ANY(1),
     GIVEN(styblinski_tang),
     {0},
     1,
     NULL,
     styblinski_tang_minimum,
     {-5, 5, -5, 5}},
    {"trid", ANY(2), GIVEN(trid), {0}, 1, NULL, trid_minimum, {-1, 1, -1, 1}, 1},
};

const tw_function_row *tw_function_classic(size_t index) {
    return index < sizeof functions / sizeof functions[0] ? &functions[index] : NULL;
}
