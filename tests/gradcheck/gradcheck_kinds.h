/* gradcheck_kinds.h: functions that a check of gradients is easily wrong about, with their
 * gradients: single precision, cancellation, singular edges, bounds, kinks, scales, noise. */
#ifndef TW_TESTS_GRADCHECK_KINDS_H
#define TW_TESTS_GRADCHECK_KINDS_H

#include <stddef.h>
#include <stdint.h>

enum { KIND_MOST = 50 };

typedef struct kind_problem {
    const char *kind, *text;
    size_t n;
    double at, spread; /* x_i = at + spread * normal; `at` alone where spread is 0 */
    double (*value)(size_t n, const double *x);
    void (*gradient)(size_t n, const double *x, double *g);
    double lower, upper; /* of every entry; both 0: none */
    double half_kink;    /* by how much entries may be off between the sides of a kink at x */
} kind_problem;
extern const kind_problem kind_problems[];
extern const size_t kind_problem_count;

#endif
