/* What a check says of right gradients, and of the same with one entry off by 1e-4 of itself: 242
 * problems of the literature, and the kinds that mislead, by seeds (the argument; 1), these with
 * and without --robust. No right one may fail, no wrong one pass. Prints the table of
 * docs/numerical-differentiation.md.
 *
 * Right gradients are complex steps of the formulas, or written out. The entry that is spoilt is
 * drawn among those that are not 0. */
#include <complex.h>
#include <math.h>

#include "gradcheck_formulas.h"
#include "gradcheck_kinds.h"
#include "slope_problems.h"
#include "support.h"

typedef struct problem {
    char text[64];
    size_t n;
    double x[KIND_MOST], gradient[KIND_MOST];
    const kind_problem *kind;
    int formula, slope; /* -1: none */
    int robust;
    tw_objective *function; /* of functions.h */
} problem;

static double value_of(size_t n, const double *x, void *user) {
    const problem *p = user;
    double value = NAN;
    if (p->kind != NULL)
        return p->kind->value(n, x);
    if (p->formula >= 0)
        return tw_formula_value(p->formula, x);
    if (p->slope >= 0)
        return tw_slope_value(p->slope, x[0]);
    return tw_objective_value(p->function, x, &value) == TW_OK ? value : NAN;
}

static void gradient_of(size_t n, const double *x, double *g, void *user) {
    memcpy(g, ((const problem *)user)->gradient, n * sizeof *g);
}

/* ---- right gradients ---- */

static void function_gradient(problem *p) {
    double y[KIND_MOST] = {0}, value[2];
    for (size_t i = 0; i < p->n; i++) {
        y[i] = 0x1p-200;
        assert_ok(tw_objective_complex_value(p->function, p->x, y, value));
        p->gradient[i] = value[1] / y[i];
        y[i] = 0;
    }
}

static void formula_gradient(problem *p) {
    double complex z[FORMULA_MOST];
    for (size_t i = 0; i < p->n; i++)
        z[i] = p->x[i];
    for (size_t i = 0; i < p->n; i++) {
        z[i] = p->x[i] + 0x1p-200 * I;
        p->gradient[i] = cimag(tw_formula_value_complex(p->formula, z)) / 0x1p-200;
        z[i] = p->x[i];
    }
}

/* ---- the table ---- */

enum { RIGHT, WRONG, SIDES };
enum { LISTED = 3, OUTCOMES = 4 }; /* a pass in which the spoilt entry is listed as too small */

typedef struct family {
    const char *name;
    int problems, counts[SIDES][OUTCOMES];
} family;

/* One of the entries that are more than what rounding leaves of a 0; of a gradient of zeros the
 * first one, made 1e-4. Half way between the sides of a kink an error must leave it to be one. */
static size_t spoil(problem *p, uint64_t which) {
    size_t known = 0, at = 0;
    double most = 0;
    for (size_t i = 0; i < p->n; i++)
        most = fmax(most, fabs(p->gradient[i]));
    for (size_t i = 0; i < p->n; i++)
        known += fabs(p->gradient[i]) > 1e-13 * most;
    if (known > 0) {
        size_t left = tw_rng_below(which, 77, 0, known);
        while (!(fabs(p->gradient[at]) > 1e-13 * most && left-- == 0))
            at++;
    }
    p->gradient[at] +=
        (known > 0 ? 1e-4 * p->gradient[at] : 1e-4) + (p->kind != NULL ? p->kind->half_kink : 0);
    return at;
}

static int outcome(problem *p, size_t spoilt, uint64_t seed) {
    double lower[KIND_MOST], upper[KIND_MOST];
    tw_gradcheck_options options = {.seed = seed, .robust = p->robust};
    tw_objective *objective = NULL;
    tw_gradcheck *check = NULL;
    for (size_t i = 0; p->kind != NULL && i < p->n; i++) {
        lower[i] = p->kind->lower;
        upper[i] = p->kind->upper;
    }
    if (p->kind != NULL && p->kind->upper != 0) {
        options.lower = lower;
        options.upper = upper;
    }
    assert_ok(tw_objective_from_functions(value_of, gradient_of, p, p->n, &objective));
    assert_ok(tw_gradcheck_run(objective, p->x, &options, &check));
    int verdict = (int)check->verdict;
    if (verdict == TW_VERDICT_PASS && spoilt != SIZE_MAX &&
        check->entries[spoilt].reason == TW_REASON_SMALL)
        verdict = LISTED;
    tw_gradcheck_free(check);
    tw_objective_free(objective);
    return verdict;
}

static void count(family *f, problem *p, uint64_t seed) {
    int right = outcome(p, SIZE_MAX, seed);
    size_t at = spoil(p, seed + (uint64_t)f->problems * 1000);
    int wrong = outcome(p, at, seed);
    if (right == TW_VERDICT_FAIL || wrong == TW_VERDICT_PASS || wrong == LISTED ||
        getenv("THALWEG_ALL") != NULL)
        print_message("%s, %s, seed %d: right %s, entry %zu (%.3g) wrong: %s\n", f->name, p->text,
                      (int)seed, tw_verdict_name((tw_verdict)right), at, p->gradient[at],
                      wrong == LISTED ? "listed" : tw_verdict_name((tw_verdict)wrong));
    f->problems++;
    f->counts[RIGHT][right]++;
    f->counts[WRONG][wrong]++;
}

/* ---- families ---- */

static int seeds = 1;

static double drawn(uint64_t seed, size_t k, size_t i) {
    return 2 * tw_rng_uniform(seed, tw_rng_stream("confusion") + k, i) - 1;
}

/* At its start, and `points` - 1 times beside it. */
static void count_function(family *f, const char *spec, int points, uint64_t seed) {
    problem p = {.formula = -1, .slope = -1};
    assert_ok(tw_function_new(spec, NULL, &p.function));
    p.n = tw_objective_size(p.function);
    for (int k = 0; k < points; k++) {
        uint64_t draw = seed * 100 + (uint64_t)k;
        assert_ok(tw_function_start(spec, p.n, p.x));
        for (size_t i = 0; i < p.n && draw > 0; i++)
            p.x[i] += 0.1 * drawn(draw, 1, i) * fmax(fabs(p.x[i]), 0.1);
        snprintf(p.text, sizeof p.text, "%s at %d", spec, k);
        function_gradient(&p);
        count(f, &p, seed);
    }
    tw_objective_free(p.function);
}

static void count_functions(family *f, uint64_t seed) {
    static const char *const specs[] = {
        "ackley:5",        "beale",         "booth",       "branin",           "camel",
        "goldstein-price", "matyas",        "quadratic:8", "sphere:4",         "rastrigin:6",
        "trid:7",          "rosenbrock:12", "himmelblau",  "styblinski-tang:6"};
    for (size_t k = 0; k < sizeof specs / sizeof *specs; k++)
        count_function(f, specs[k], 3, seed);
}

static void count_fits(family *f, uint64_t seed) {
    char spec[16];
    for (int k = 1; k <= 35; k++) {
        snprintf(spec, sizeof spec, "mgh:%d", k);
        count_function(f, spec, 2, seed);
    }
}

static void count_slopes(family *f, uint64_t seed) {
    for (int k = 0; k < SLOPE_PROBLEMS; k++) {
        problem p = {.formula = -1, .slope = k, .n = 1};
        p.x[0] = slope_problems[k].x;
        p.gradient[0] = slope_problems[k].slope;
        if (seed > 0) {
            p.x[0] *= 1 + 0.02 * drawn(seed, 2, (size_t)k);
            p.gradient[0] = cimag(tw_slope_value_complex(k, p.x[0] + 0x1p-200 * I)) / 0x1p-200;
        }
        snprintf(p.text, sizeof p.text, "%s at %.6g", slope_problems[k].text, p.x[0]);
        count(f, &p, seed);
    }
}

static void count_formulas(family *f, uint64_t seed) {
    for (int k = 0; k < FORMULA_PROBLEMS; k++)
        for (int point = 0; point < 3; point++) {
            problem p = {.formula = k, .slope = -1, .n = formula_problems[k].n};
            uint64_t draw = seed * 100 + (uint64_t)point;
            for (size_t i = 0; i < p.n; i++)
                p.x[i] = formula_problems[k].x[i] *
                         (draw > 0 ? 1 + 0.1 * drawn(draw, 3, (size_t)k * 8 + i) : 1);
            snprintf(p.text, sizeof p.text, "%s at %d", formula_problems[k].text, point);
            formula_gradient(&p);
            count(f, &p, seed);
        }
}

static void count_kind(family *f, uint64_t seed) {
    for (size_t k = 0; k < kind_problem_count; k++) {
        const kind_problem *kind = &kind_problems[k];
        if (strcmp(kind->kind, f->name) != 0)
            continue;
        problem p = {.formula = -1, .slope = -1, .n = kind->n, .kind = kind};
        for (size_t i = 0; i < p.n; i++)
            p.x[i] = kind->at + kind->spread * tw_rng_normal(seed, 400 + k, i);
        for (p.robust = 0; p.robust <= 1; p.robust++) {
            snprintf(p.text, sizeof p.text, "%s%s", kind->text, p.robust ? ", robust" : "");
            kind->gradient(p.n, p.x, p.gradient);
            count(f, &p, seed);
        }
    }
}

/* ---- */

static void print_row(const char *name, int problems, int counts[SIDES][OUTCOMES]) {
    printf("| %s | %d | %d | %d | %d | %d | %d | %d | %d |\n", name, problems,
           counts[RIGHT][TW_VERDICT_PASS], counts[RIGHT][TW_VERDICT_INCONCLUSIVE],
           counts[RIGHT][TW_VERDICT_FAIL], counts[WRONG][TW_VERDICT_FAIL],
           counts[WRONG][TW_VERDICT_INCONCLUSIVE], counts[WRONG][LISTED],
           counts[WRONG][TW_VERDICT_PASS]);
}

static const struct {
    const char *name;
    void (*count)(family *f, uint64_t seed);
    int literature, decided; /* decided: nothing is left open */
} families[] = {
    {"test functions", count_functions, 1, 1},
    {"Moré, Garbow, Hillstrom", count_fits, 1, 1},
    {"slopes", count_slopes, 1, 1},
    {"as in SciPy and numdifftools", count_formulas, 1, 1},
    {"single precision", count_kind, 0},
    {"cancellation", count_kind, 0},
    {"singular edge", count_kind, 0},
    {"bounds", count_kind, 0, 1},
    {"kinks", count_kind, 0, 1},
    {"steps", count_kind, 0},
    {"scales", count_kind, 0},
    {"noise", count_kind, 0},
};

static void no_right_one_fails_and_no_wrong_one_passes(void **state) {
    enum { FAMILIES = sizeof families / sizeof *families };
    family table[FAMILIES], all = {"all"};
    int literature = 0, open = 0;
    for (int k = 0; k < FAMILIES; k++) {
        table[k] = (family){families[k].name};
        for (int seed = 0; seed < seeds; seed++)
            families[k].count(&table[k], (uint64_t)seed);
        literature += families[k].literature ? table[k].problems : 0;
    }
    printf("| | gradients | right: pass | inconclusive | fail | wrong: fail | inconclusive | "
           "listed | pass |\n| --- | --- | --- | --- | --- | --- | --- | --- | --- |\n");
    for (int k = 0; k < FAMILIES; k++) {
        print_row(table[k].name, table[k].problems, table[k].counts);
        all.problems += table[k].problems;
        for (int side = 0; side < SIDES; side++)
            for (int o = 0; o < OUTCOMES; o++)
                all.counts[side][o] += table[k].counts[side][o];
        if (families[k].decided)
            open += 2 * table[k].problems - table[k].counts[RIGHT][TW_VERDICT_PASS] -
                    table[k].counts[WRONG][TW_VERDICT_FAIL];
    }
    print_row("all", all.problems, all.counts);
    assert_true(literature >= 242 * seeds);
    assert_int_equal(all.counts[RIGHT][TW_VERDICT_FAIL], 0);
    assert_int_equal(all.counts[WRONG][TW_VERDICT_PASS], 0);
    assert_int_equal(all.counts[WRONG][LISTED], 0);
    assert_int_equal(open, 0);
}

int main(int count_of_arguments, char **arguments) {
    if (count_of_arguments > 1)
        seeds = atoi(arguments[1]);
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(no_right_one_fails_and_no_wrong_one_passes),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
