/* Gradient checks of losses in single precision that nobody declares: a right gradient does not
 * fail, a wrong one does not pass, with constants added that leave ever fewer digits. */
#include <math.h>

#include "float_losses.h"
#include "support.h"

enum { POINTS = 40, MOST = 50 };

typedef struct float_case {
    const float_loss *loss;
    float from;
    size_t wrong; /* an entry */
    double factor;
} float_case;

static double value(size_t n, const double *x, void *user) {
    const float_case *c = user;
    return c->loss->value(n, x, c->from);
}

static void gradient(size_t n, const double *x, double *g, void *user) {
    const float_case *c = user;
    c->loss->gradient(n, x, g);
    g[c->wrong] *= c->factor;
}

static tw_verdict check(float_case *c, size_t n, uint64_t seed, int robust) {
    double x[MOST];
    const tw_gradcheck_options options = {.robust = robust, .seed = seed};
    tw_objective *objective = NULL;
    tw_gradcheck *report = NULL;
    tw_rng_fill_normal(seed, 1, 0, n, x);
    c->wrong = seed % n;
    assert_ok(tw_objective_from_functions(value, gradient, c, n, &objective));
    assert_ok(tw_gradcheck_run(objective, x, &options, &report));
    tw_verdict verdict = report->verdict;
    tw_gradcheck_free(report);
    tw_objective_free(objective);
    return verdict;
}

static void count(const float_loss *loss, size_t n, float from, int robust) {
    for (uint64_t seed = 0; seed < POINTS; seed++) {
        float_case right = {loss, from, 0, 1}, wrong = {loss, from, 0, 1.3};
        if (check(&right, n, seed, robust) == TW_VERDICT_FAIL)
            fail_msg("%s of %zu, from %g, point %d: a right gradient fails", loss->name, n, from,
                     (int)seed);
        if (check(&wrong, n, seed, robust) == TW_VERDICT_PASS)
            fail_msg("%s of %zu, from %g, point %d: a wrong gradient passes", loss->name, n, from,
                     (int)seed);
    }
}

static void no_verdict_is_wrong(void **state) {
    static const float offsets[] = {0, 25, 1000};
    static const size_t sizes[] = {1, MOST};
    const float_loss *loss;
    for (size_t k = 0; (loss = float_loss_at(k)) != NULL; k++)
        for (size_t o = 0; o < sizeof offsets / sizeof *offsets; o++)
            for (size_t s = 0; s < 2; s++)
                if (!(k == FLOAT_LOG_SUM && sizes[s] == 1)) /* which is x itself */
                    for (int robust = 0; robust < 2; robust++)
                        count(loss, sizes[s], offsets[o], robust);
}

int main(void) {
    const struct CMUnitTest tests[] = {cmocka_unit_test(no_verdict_is_wrong)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
