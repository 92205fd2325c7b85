/* functions.h: the test functions of the literature as objectives, by name.
 *
 * A function is named by a text, NAME or NAME:N with N the number of parameters where that is free:
 *
 *   "rosenbrock:10"  "himmelblau"  "rastrigin:2"  "mgh:8"  "mgh:21:100"
 *
 * Functions of optimisation, with gradient and global minimum:
 *
 *   ackley:N           20 + e - 20 exp(-0.2 sqrt(sum x_i^2 / n)) - exp(sum cos(2 pi x_i) / n)
 *   beale              sum_{i=1..3} (y_i - x (1 - y^i))^2, y_i = 1.5, 2.25, 2.625
 *   booth              (x + 2 y - 7)^2 + (2 x + y - 5)^2
 *   branin             (y - 5.1 x^2 / (4 pi^2) + 5 x / pi - 6)^2 + 10 (1 - 1/(8 pi)) cos x + 10
 *   camel              (4 - 2.1 x^2 + x^4 / 3) x^2 + x y + (4 y^2 - 4) y^2, with six humps
 *   goldstein-price    as published (1971)
 *   himmelblau         (x^2 + y - 11)^2 + (x + y^2 - 7)^2
 *   matyas             0.26 (x^2 + y^2) - 0.48 x y
 *   quadratic:N        sum i x_i^2 / 2: the Hessian is diag(1, ..., n)
 *   rastrigin:N        10 n + sum (x_i^2 - 10 cos(2 pi x_i))
 *   rosenbrock:N       sum_{i<n} 100 (x_{i+1} - x_i^2)^2 + (1 - x_i)^2, n >= 2
 *   sphere:N           sum x_i^2
 *   styblinski-tang:N  sum (x_i^4 - 16 x_i^2 + 5 x_i) / 2
 *   trid:N             sum (x_i - 1)^2 - sum_{i>1} x_i x_{i-1}, n >= 2
 *
 * Fitting problems, sums of squares: mgh:1 ... mgh:35 are those of Moré, Garbow and Hillstrom
 * (1981) in their order, with the published data, starting points and numbers of residuals (99 for
 * problem 11, 2 n for 32 to 34). They have values only; take a numerical gradient. mgh:K:N chooses
 * n where the problem leaves it free (20 to 35; a multiple of 2 for 21, of 4 for 22).
 *
 * All answer at complex points (complex_value in objective.h); those with a gradient have Hessian
 * products, too, by its complex step.
 *
 * Every function has a standard starting point: that of the paper, or ours where there is none.
 * Values that overflow are infinite and no error. The only metric is the loss.
 */
#ifndef THALWEG_FUNCTIONS_H
#define THALWEG_FUNCTIONS_H

#include <stddef.h>

#include "objective.h"

TW_BEGIN_DECLS

/* Makes the objective; its own name is `spec` with the number of parameters it got, its start
 * the standard one. `runner` is not
 * owned and must outlive it (NULL: one thread). *out is owned by the caller. TW_ERR_ARGUMENT if
 * there is no such function or not with so many parameters. */
TW_API tw_status tw_function_new(const char *spec, tw_runner *runner, tw_objective **out);

/* The standard starting point, of tw_objective_size doubles; `n` must be that number
 * (TW_ERR_SHAPE). */
TW_API tw_status tw_function_start(const char *spec, size_t n, double *x);

/* A global minimum and its value; either may be NULL. TW_ERR_UNSUPPORTED where none is given (the
 * fitting problems). */
TW_API tw_status tw_function_minimum(const char *spec, size_t n, double *x, double *value);

/* The box in which the function is usually looked at, lower[i] <= x_i <= upper[i]: it holds the
 * standard start and a global minimum. It is not a bound; the function has values beyond. n doubles
 * each. TW_ERR_UNSUPPORTED where none is given (most fitting problems). */
TW_API tw_status tw_function_domain(const char *spec, size_t n, double *lower, double *upper);

/* 1 where x is a kink of the function, at which it has no derivatives (the cusp of ackley at 0):
 * gradient and Hessian products are those of what is smooth in it. 0 elsewhere, and for what is no
 * function. */
TW_API int tw_function_is_kink(const char *spec, size_t n, const double *x);

/* Name `index` of the list ("ackley", ..., "mgh"), or NULL past the end. */
TW_API const char *tw_function_name(size_t index);

TW_END_DECLS

#endif
