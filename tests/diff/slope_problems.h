/* slope_problems.h: 27 functions of one number whose slopes are known to all digits, on which the
 * methods of differentiation are compared: GSL's, Ceres', Baudin's, Shi's and others' examples,
 * poles, cancellation, oscillations and scales among them. */
#ifndef TW_TESTS_SLOPE_PROBLEMS_H
#define TW_TESTS_SLOPE_PROBLEMS_H

enum { SLOPE_PROBLEMS = 27, SLOPE_FAST = 18, SLOPE_CANCEL = 22, SLOPE_FAR_SINE = 24 };

typedef struct slope_problem {
    const char *text;
    double x, slope;
} slope_problem;
extern const slope_problem slope_problems[SLOPE_PROBLEMS];

/* Problem k, in the library's two numbers (src/model/function/formula.h). */
double tw_slope_value(int k, double x);
double _Complex tw_slope_value_complex(int k, double _Complex x);

#endif
