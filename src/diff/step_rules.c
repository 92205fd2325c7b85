/* step_rules.c: the steps that frameworks take by default, facts read in their sources. */
#include <math.h>

#include "diff/exact.h"
#include "thalweg/sweep.h"

/* eps = 2^-52 to the power 1/2, 1/3, 1/7 */
#define SQRT_EPS 0x1p-26
#define CBRT_EPS 6.055454452393343e-06
#define SEVENTH_ROOT_EPS 5.8046651919412065e-03

/* Where a name says no more, it is the framework's gradient checker; SciPy: approx_derivative;
 * Ceres: NumericDiffOptions with CENTRAL; Stan: finite_diff_gradient_auto. The fixed steps of JAX
 * and TensorFlow serve single precision, too. */
static const tw_step_rule rules[] = {
    {"SciPy 2-point", TW_SCHEME_FORWARD, TW_STEP_SCALED, SQRT_EPS, 1, 1},
    {"Ipopt", TW_SCHEME_FORWARD, TW_STEP_SCALED, 1e-8, 0, 0},
    {"CS231n forward", TW_SCHEME_FORWARD, TW_STEP_ABSOLUTE, 1e-5, 0, 0},
    {"SciPy 3-point", TW_SCHEME_CENTRAL, TW_STEP_SCALED, CBRT_EPS, 0, 1},
    {"CS231n central", TW_SCHEME_CENTRAL, TW_STEP_ABSOLUTE, 1e-5, 0, 0},
    {"PyTorch", TW_SCHEME_CENTRAL, TW_STEP_ABSOLUTE, 1e-6, 0, 0},
    {"Ceres", TW_SCHEME_CENTRAL, TW_STEP_RELATIVE, 1e-6, 0, 0},
    {"JAX", TW_SCHEME_CENTRAL, TW_STEP_ABSOLUTE, 1e-4, 0, 0},
    {"TensorFlow", TW_SCHEME_CENTRAL, TW_STEP_ABSOLUTE, 1e-3, 0, 0},
    {"Stan", TW_SCHEME_SIXTH, TW_STEP_SCALED, SEVENTH_ROOT_EPS, 0, 0},
};

enum { RULES = sizeof rules / sizeof *rules };
_Static_assert((int)RULES <= (int)TW_SWEEP_MARKS, "a sweep has room for a mark of every rule");

const tw_step_rule *tw_step_rule_at(size_t index) {
    return index < RULES ? &rules[index] : NULL;
}

double tw_step_rule_step(const tw_step_rule *rule, double x) {
    double h = rule->size;
    if (rule->form == TW_STEP_SCALED)
        h *= fmax(1, fabs(x));
    else if (rule->form == TW_STEP_RELATIVE)
        h = fmax(h * fabs(x), SQRT_EPS);
    return rule->outward && x < 0 ? -h : h;
}

const char *tw_scheme_name(size_t scheme) {
    static const char *const names[] = {"forward", "central", "order 6"};
    return scheme < sizeof names / sizeof *names ? names[scheme] : NULL;
}
