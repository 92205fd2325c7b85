/* gradcheck_formulas.h: functions of one to four numbers in the manner of the tests of SciPy's
 * _numdiff and optimize and of numdifftools, and of models that people fit: slopes are known by
 * their complex steps. */
#ifndef TW_TESTS_GRADCHECK_FORMULAS_H
#define TW_TESTS_GRADCHECK_FORMULAS_H

#include <stddef.h>

enum { FORMULA_PROBLEMS = 44, FORMULA_MOST = 4 };

typedef struct formula_problem {
    const char *text;
    size_t n;
    double x[FORMULA_MOST];
} formula_problem;
extern const formula_problem formula_problems[FORMULA_PROBLEMS];

/* Problem k, in the library's two numbers (src/model/function/formula.h). */
double tw_formula_value(int k, const double *x);
double _Complex tw_formula_value_complex(int k, const double _Complex *x);

#endif
