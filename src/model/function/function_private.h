/* function_private.h: what a test function is: one row of a const table. */
#ifndef TW_MODEL_FUNCTION_FUNCTION_PRIVATE_H
#define TW_MODEL_FUNCTION_FUNCTION_PRIVATE_H

#include <stddef.h>

typedef double _Complex tw_complex;

enum { TW_FUNCTION_START = 11 };

typedef struct tw_function_row {
    const char *name;   /* as in the text, or for humans where a number chooses the row */
    size_t least, most; /* number of parameters; most 0: any */
    size_t multiple;    /* of which it must be one; 0: 1 */
    size_t usual;       /* where the text says none */
    double (*value)(size_t n, const double *x);
    tw_complex (*complex_value)(size_t n, const tw_complex *x);
    void (*gradient)(size_t n, const double *x, double *gradient); /* NULL: not in closed form */
    void (*complex_gradient)(size_t n, const tw_complex *x, tw_complex *gradient);
    double start[TW_FUNCTION_START]; /* repeated every `period` parameters, */
    size_t period;
    void (*start_at)(size_t n, double *x);  /* unless this is given */
    double (*minimum)(size_t n, double *x); /* value, and the point into x; NULL: not given */
    double domain[4]; /* ends of the first parameter and of the second, and so on in turn; zeros:
                         not given */
    int domain_grows; /* 1: those are to be multiplied by n^2 */
    int (*is_kink)(size_t n, const double *x); /* NULL: there is none */
} tw_function_row;

/* Row `index`, or NULL past the end. */
const tw_function_row *tw_function_classic(size_t index);
/* Problem `number`, from 1, of Moré, Garbow and Hillstrom, or NULL. */
const tw_function_row *tw_function_mgh(size_t number);

/* A formula (formula.h) in its two numbers, declared and as the entries of a row. */
#define TW_DECLARE_VALUE(name)                                                                     \
    double tw_##name(size_t n, const double *x);                                                   \
    tw_complex tw_##name##_complex(size_t n, const tw_complex *x)
#define TW_DECLARE_GRADIENT(name)                                                                  \
    void tw_##name##_gradient(size_t n, const double *x, double *g);                               \
    void tw_##name##_gradient_complex(size_t n, const tw_complex *x, tw_complex *g)
#define TW_VALUE(name) tw_##name, tw_##name##_complex
#define TW_GRADIENT(name) tw_##name##_gradient, tw_##name##_gradient_complex

/* The values of the problems: a few parameters, fits to data, any number of parameters. */
TW_DECLARE_VALUE(mgh_freudenstein_roth);
TW_DECLARE_VALUE(mgh_powell_badly_scaled);
TW_DECLARE_VALUE(mgh_brown_badly_scaled);
TW_DECLARE_VALUE(mgh_beale);
TW_DECLARE_VALUE(mgh_jennrich_sampson);
TW_DECLARE_VALUE(mgh_helical_valley);
TW_DECLARE_VALUE(mgh_gulf);
TW_DECLARE_VALUE(mgh_box);
TW_DECLARE_VALUE(mgh_wood);
TW_DECLARE_VALUE(mgh_brown_dennis);
TW_DECLARE_VALUE(mgh_biggs);

TW_DECLARE_VALUE(mgh_bard);
TW_DECLARE_VALUE(mgh_gaussian);
TW_DECLARE_VALUE(mgh_meyer);
TW_DECLARE_VALUE(mgh_kowalik_osborne);
TW_DECLARE_VALUE(mgh_osborne_1);
TW_DECLARE_VALUE(mgh_osborne_2);
TW_DECLARE_VALUE(mgh_watson);

TW_DECLARE_VALUE(mgh_rosenbrock);
TW_DECLARE_VALUE(mgh_powell_singular);
TW_DECLARE_VALUE(mgh_penalty_1);
TW_DECLARE_VALUE(mgh_penalty_2);
TW_DECLARE_VALUE(mgh_variably_dimensioned);
TW_DECLARE_VALUE(mgh_trigonometric);
TW_DECLARE_VALUE(mgh_brown_almost_linear);
TW_DECLARE_VALUE(mgh_discrete_boundary);
TW_DECLARE_VALUE(mgh_discrete_integral);
TW_DECLARE_VALUE(mgh_broyden_tridiagonal);
TW_DECLARE_VALUE(mgh_broyden_banded);
TW_DECLARE_VALUE(mgh_linear_full_rank);
TW_DECLARE_VALUE(mgh_linear_rank_1);
TW_DECLARE_VALUE(mgh_linear_rank_1_zeros);
TW_DECLARE_VALUE(mgh_chebyquad);

#endif
