/* function_private.h: what a test function is: one row of a const table. */
#ifndef TW_MODEL_FUNCTION_PRIVATE_H
#define TW_MODEL_FUNCTION_PRIVATE_H

#include <stddef.h>

enum { TW_FUNCTION_START = 11 };

typedef struct tw_function_row {
    const char *name;   /* as in the text, or for humans where a number chooses the row */
    size_t least, most; /* number of parameters; most 0: any */
    size_t multiple;    /* of which it must be one; 0: 1 */
    size_t usual;       /* where the text says none */
    double (*value)(size_t n, const double *x);
    void (*gradient)(size_t n, const double *x, double *gradient); /* NULL: not in closed form */
    double start[TW_FUNCTION_START]; /* repeated every `period` parameters, */
    size_t period;
    void (*start_at)(size_t n, double *x);  /* unless this is given */
    double (*minimum)(size_t n, double *x); /* value, and the point into x; NULL: not given */
} tw_function_row;

/* Row `index`, or NULL past the end. */
const tw_function_row *tw_function_classic(size_t index);
/* Problem `number`, from 1, of Moré, Garbow and Hillstrom, or NULL. */
const tw_function_row *tw_function_mgh(size_t number);

/* The values of the problems: a few parameters, fits to data, any number of parameters. */
double tw_mgh_freudenstein_roth(size_t n, const double *x);
double tw_mgh_powell_badly_scaled(size_t n, const double *x);
double tw_mgh_brown_badly_scaled(size_t n, const double *x);
double tw_mgh_beale(size_t n, const double *x);
double tw_mgh_jennrich_sampson(size_t n, const double *x);
double tw_mgh_helical_valley(size_t n, const double *x);
double tw_mgh_gulf(size_t n, const double *x);
double tw_mgh_box(size_t n, const double *x);
double tw_mgh_wood(size_t n, const double *x);
double tw_mgh_brown_dennis(size_t n, const double *x);
double tw_mgh_biggs(size_t n, const double *x);

double tw_mgh_bard(size_t n, const double *x);
double tw_mgh_gaussian(size_t n, const double *x);
double tw_mgh_meyer(size_t n, const double *x);
double tw_mgh_kowalik_osborne(size_t n, const double *x);
double tw_mgh_osborne_1(size_t n, const double *x);
double tw_mgh_osborne_2(size_t n, const double *x);
double tw_mgh_watson(size_t n, const double *x);

double tw_mgh_rosenbrock(size_t n, const double *x);
double tw_mgh_powell_singular(size_t n, const double *x);
double tw_mgh_penalty_1(size_t n, const double *x);
double tw_mgh_penalty_2(size_t n, const double *x);
double tw_mgh_variably_dimensioned(size_t n, const double *x);
double tw_mgh_trigonometric(size_t n, const double *x);
double tw_mgh_brown_almost_linear(size_t n, const double *x);
double tw_mgh_discrete_boundary(size_t n, const double *x);
double tw_mgh_discrete_integral(size_t n, const double *x);
double tw_mgh_broyden_tridiagonal(size_t n, const double *x);
double tw_mgh_broyden_banded(size_t n, const double *x);
double tw_mgh_linear_full_rank(size_t n, const double *x);
double tw_mgh_linear_rank_1(size_t n, const double *x);
double tw_mgh_linear_rank_1_zeros(size_t n, const double *x);
double tw_mgh_chebyquad(size_t n, const double *x);

static inline double tw_square(double x) {
    return x * x;
}

#endif
