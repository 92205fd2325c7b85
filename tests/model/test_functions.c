/* The test functions: the fitting problems against reference values made in quadruple precision,
 * the others against the published minima, and all against the contract of objectives. */
#include <math.h>

#include "contract.h"

/* A problem at its standard start: f, the length of its gradient, and the gradient itself where it
 * is short. Truth by complex steps in quadruple precision. */
static const struct {
    double value, norm;
    double gradient[6];
    size_t n; /* entries of the gradient listed */
} truth[35] = {
    {24.2, 0, {-215.6, -88}, 2},
    {400.5, 0, {30, -1272}, 2},
    {1.1352617173483783, 0, {-20000.735558882341, -0.27059699058499109}, 2},
    {999998000003, 0, {-2000000, -4e-6}, 2},
    {14.203125, 0, {0, 27.75}, 2},
    {4171.306161960495, 0, {33796.558823846986, 87402.146670344926}, 2},
    {2500, 0, {0, -1591.5494309189532, -1000}, 3},
    {41.681695861678001, 0, {43.765714285714289, -51.871237528344672, -50.559987528344671}, 3},
    {3.8881069911668263e-6, 0, {7.4142846683998538e-3, -7.4412639216515008e-4, 0}, 3},
    {1693607809.4361458, 0, {-87276662983.666992, -5619363.1342361858, 72479077.05414924}, 3},
    {12.110705825569488, 0, {2.0879783574289794, 0.034579261969715419, -39.67668010293864}, 3},
    {1031.1538106093983, 0, {98.223431498492175, -2.1193742067587369, 112.38817362220351}, 3},
    {215, 0, {306, -144, -2, -310}, 4},
    {19192, 0, {-12008, -2080, -10808, -1880}, 4},
    {0.0053131722721085428,
     0,
     {0.1335764532518956, -0.00074753495513137861, -0.0090055615773924503, 0.011135535073328484},
     4},
    {7926693.3369974326,
     0,
     {1149322.8363658949, 1779291.6743397857, -254579.5854635209, -173400.42925311538},
     4},
    {0.87902629354464046,
     0,
     {10.709952367202991, 3.0646451760789168, 1.5810647869019363, -411.65596667741596,
      76.26173603237892},
     5},
    {0.77907007565597042, 2.5539013641410224},
    {2.093419514212064, 5.8916351937569589},
    {30, 0, {0, -60, -60, -61.03448275862069, -62.068965517241381, -63.114928861371929}, 6},
    {121, 520.70797958164599},
    {430, 648.80813805007097},
    {148032.56535, 30197.360899833617},
    {162.65277656596712, 500.65217416364783},
    {2198551.1625, 4480426.9274178157},
    {0.0070757594662222015, 0.099140143343447895},
    {273.24804782867432, 344.54244971611172},
    {0.00078851910126482053, 0.039647180837223822},
    {0.063416841579452626, 0.62187817566653447},
    {21, 50.358713248056688},
    {360, 814.76376944486185},
    {50, 12.649110640673518},
    {8658670, 6186240.3108835015},
    {4067996, 3121888.4909618408},
    {0.038617698285930271, 1.5245892161933357},
};

enum { MOST = 16 };

/* Central differences at 4 steps, extrapolated: far better than any one of them. */
static void extrapolated_gradient(tw_objective *f, const double *x, double *g) {
    size_t n = tw_objective_size(f);
    double point[MOST], above, below;
    memcpy(point, x, n * sizeof *point);
    for (size_t i = 0; i < n; i++) {
        double table[4], h = 2e-3 * fmax(fabs(x[i]), 0.1);
        for (int k = 0; k < 4; k++, h /= 2) {
            point[i] = x[i] + h;
            double up = point[i];
            assert_ok(tw_objective_value(f, point, &above));
            point[i] = x[i] - h;
            assert_ok(tw_objective_value(f, point, &below));
            table[k] = (above - below) / (up - point[i]);
        }
        point[i] = x[i];
        for (int order = 1; order < 4; order++)
            for (int k = 3; k >= order; k--)
                table[k] += (table[k] - table[k - 1]) / (pow(4, order) - 1);
        g[i] = table[3];
    }
}

static double length(size_t n, const double *x) {
    double sum = 0;
    for (size_t i = 0; i < n; i++)
        sum += x[i] * x[i];
    return sqrt(sum);
}

static void fitting_problems_at_their_start(void **state) {
    for (int p = 0; p < 35; p++) {
        char spec[16];
        double x[MOST], g[MOST], value;
        tw_objective *f = NULL;
        snprintf(spec, sizeof spec, "mgh:%d", p + 1);
        assert_ok(tw_function_new(spec, NULL, &f));
        size_t n = tw_objective_size(f);
        assert_true(n <= MOST && (truth[p].n == 0 || truth[p].n == n));
        assert_ok(tw_function_start(spec, n, x));
        assert_ok(tw_objective_value(f, x, &value));
        if (!(fabs(value - truth[p].value) <= 1e-12 * truth[p].value))
            fail_msg("%s: %.17g, not %.17g", spec, value, truth[p].value);
        extrapolated_gradient(f, x, g);
        double norm = truth[p].n > 0 ? length(n, truth[p].gradient) : truth[p].norm;
        double error = 1e-8 * norm + 1e-11 * value; /* truncation, rounding */
        if (!(fabs(length(n, g) - norm) <= error))
            fail_msg("%s: gradient of length %.17g, not %.17g", spec, length(n, g), norm);
        for (size_t i = 0; i < truth[p].n; i++)
            if (!(fabs(g[i] - truth[p].gradient[i]) <= error))
                fail_msg("%s: g[%zu] = %.17g, not %.17g", spec, i, g[i], truth[p].gradient[i]);
        assert_int_equal(tw_objective_capabilities(f) & TW_CAN_GRADIENT, 0);
        tw_objective_free(f);
    }
}

/* At a point found by nobody's formula: the minima that the paper gives as zero. */
static void fitting_problems_at_their_solution(void **state) {
    static const struct {
        const char *spec;
        double x[6];
    } solutions[] = {
        {"mgh:1", {1, 1}},
        {"mgh:2", {5, 4}},
        {"mgh:4", {1e6, 2e-6}},
        {"mgh:5", {3, 0.5}},
        {"mgh:7", {1, 0, 0}},
        {"mgh:11", {50, 25, 1.5}},
        {"mgh:12", {1, 10, 1}},
        {"mgh:13", {0, 0, 0, 0}},
        {"mgh:14", {1, 1, 1, 1}},
        {"mgh:18", {1, 10, 1, 5, 4, 3}},
        {"mgh:25:6", {1, 1, 1, 1, 1, 1}},
        {"mgh:26:3", {0, 0, 0}},
        {"mgh:27:4", {1, 1, 1, 1}},
    };
    for (size_t k = 0; k < sizeof solutions / sizeof solutions[0]; k++) {
        tw_objective *f = NULL;
        double value;
        assert_ok(tw_function_new(solutions[k].spec, NULL, &f));
        assert_ok(tw_objective_value(f, solutions[k].x, &value));
        if (!(value >= 0 && value < 1e-24))
            fail_msg("%s: %g at its solution", solutions[k].spec, value);
        tw_objective_free(f);
    }
}

static void check_function(const char *spec, tw_runner *runner) {
    static const contract tolerance = {1e-12, 1e-7, 1e-7, 1e-12, 0.1};
    double x[MOST], g[MOST], numerical[MOST], lowest, value;
    tw_objective *f = NULL;
    assert_ok(tw_function_new(spec, runner, &f));
    size_t n = tw_objective_size(f);
    assert_true(n <= MOST);
    assert_ok(tw_function_start(spec, n, x));
    for (size_t i = 0; i < n; i++)
        x[i] += 0.01 * (double)(i + 1); /* off the axes of symmetry */
    check_contract(f, x, &tolerance);
    assert_ok(tw_objective_gradient(f, x, NULL, g));
    extrapolated_gradient(f, x, numerical);
    if (!(relative_distance(numerical, g, n) <= 1e-8))
        fail_msg("%s: gradient off by %g", spec, relative_distance(numerical, g, n));

    assert_ok(tw_function_minimum(spec, n, x, &lowest));
    assert_ok(tw_objective_value(f, x, &value));
    assert_close(value, lowest, 1e-13, 1e-13);
    assert_ok(tw_objective_gradient(f, x, NULL, g));
    if (!(length(n, g) < 1e-12))
        fail_msg("%s: a gradient of length %g at the minimum", spec, length(n, g));
    for (uint64_t draw = 0; draw < 200; draw++) { /* nothing is lower, near or far */
        double moved[MOST];
        tw_rng_fill_normal(3, draw, 0, n, moved);
        for (size_t i = 0; i < n; i++)
            moved[i] = x[i] + pow(10, (double)(draw % 6) - 4) * moved[i];
        assert_ok(tw_objective_value(f, moved, &value));
        assert_true(value >= lowest - 1e-13 * (1 + fabs(lowest)));
    }
    tw_objective_free(f);
}

static void functions_of_optimisation(void **state) {
    tw_runner *runner = NULL;
    assert_ok(tw_runner_new(2, &runner));
    for (size_t i = 0; tw_function_name(i) != NULL; i++) {
        char spec[32];
        tw_objective *f = NULL;
        if (strcmp(tw_function_name(i), "mgh") == 0)
            continue;
        check_function(tw_function_name(i), runner);
        snprintf(spec, sizeof spec, "%s:7", tw_function_name(i));
        if (tw_function_new(spec, NULL, &f) == TW_OK) {
            assert_string_equal(tw_objective_name(f), spec);
            check_function(spec, runner);
        }
        tw_objective_free(f);
    }
    tw_runner_free(runner);
}

static void known_values(void **state) {
    static const struct {
        const char *spec;
        double x[3], value;
    } known[] = {
        {"rosenbrock", {-1.2, 1}, 24.2},
        {"rosenbrock:3", {1, 2, 3}, 201},
        {"himmelblau", {0, 0}, 170},
        {"booth", {0, 0}, 74},
        {"beale", {1, 1}, 14.203125},
        {"goldstein-price", {0, 0}, 600},
        {"quadratic:3", {1, 1, 1}, 3},
        {"sphere:3", {1, 2, 3}, 14},
        {"rastrigin", {0.5, 0}, 20.25},
        {"styblinski-tang:3", {1, 1, 1}, -15},
        {"matyas", {1, 1}, 0.04},
        {"trid:3", {0, 0, 0}, 3},
        {"camel", {1, 0}, 4 - 2.1 + 1.0 / 3},
        {"branin", {0, 6}, 20 - 10 / (8 * 3.141592653589793)},
        {"ackley:1", {1}, 20 - 20 * 0.81873075307798185867},
    };
    for (size_t k = 0; k < sizeof known / sizeof known[0]; k++) {
        tw_objective *f = NULL;
        double value;
        assert_ok(tw_function_new(known[k].spec, NULL, &f));
        assert_ok(tw_objective_value(f, known[k].x, &value));
        assert_close(value, known[k].value, 1e-13, 0);
        tw_objective_free(f);
    }
}

static void texts_that_name_nothing(void **state) {
    static const struct {
        const char *spec, *words;
    } bad[] = {
        {"", "no function is called ''"},
        {"rosenbrok", "no function is called 'rosenbrok'"},
        {"rosen", "no function is called 'rosen'"},
        {"rosenbrock:", "is not a whole number"},
        {"rosenbrock:-3", "is not a whole number"},
        {"rosenbrock:2x", "is not a whole number"},
        {"rosenbrock:1", "needs 2 parameters or more"},
        {"rosenbrock:0", "needs 2 parameters or more"},
        {"rosenbrock:2:2", "one number too many"},
        {"rosenbrock:99999999999999999999", "too large"},
        {"beale:3", "has 2 parameters, no other number"},
        {"mgh", "needs the number of a problem"},
        {"mgh:0", "1 to 35, not 0"},
        {"mgh:36", "1 to 35, not 36"},
        {"mgh:8:4", "has 3 parameters, no other number"},
        {"mgh:20:32", "at most 31"},
        {"mgh:21:5", "must divide by 2"},
        {"mgh:22:6", "must divide by 4"},
        {"sphere:1111111111111111111111111111111111111111111111111111111", "no function"},
    };
    tw_objective *f = NULL;
    for (size_t k = 0; k < sizeof bad / sizeof bad[0]; k++) {
        assert_fails(TW_ERR_ARGUMENT, bad[k].words, tw_function_new(bad[k].spec, NULL, &f));
        assert_null(f);
    }
    double x[4];
    assert_fails(TW_ERR_SHAPE, "2 parameters, not 4", tw_function_start("beale", 4, x));
    assert_fails(TW_ERR_UNSUPPORTED, "no minimum", tw_function_minimum("mgh:3", 2, x, NULL));
    assert_ok(tw_function_minimum("sphere:4", 4, NULL, x));
}

static void check_domain(const char *spec, size_t n) {
    double lower[8], upper[8], x[8];
    assert_ok(tw_function_domain(spec, n, lower, upper));
    for (int point = 0; point < 2; point++) {
        tw_status status =
            point == 0 ? tw_function_start(spec, n, x) : tw_function_minimum(spec, n, x, NULL);
        if (point == 1 && status == TW_ERR_UNSUPPORTED)
            continue;
        assert_ok(status);
        for (size_t i = 0; i < n; i++)
            if (!(lower[i] < upper[i] && lower[i] <= x[i] && x[i] <= upper[i]))
                fail_msg("%s: entry %zu of the %s, %g, is not in %g ... %g", spec, i,
                         point == 0 ? "start" : "minimum", x[i], lower[i], upper[i]);
    }
}

/* Where a function is looked at, it is looked at whole. */
static void domains_hold_start_and_minimum(void **state) {
    char spec[64];
    double lower[2], upper[2];
    for (size_t k = 0; tw_function_name(k + 1) != NULL; k++) { /* the last is mgh */
        tw_objective *f = NULL;
        const char *name = tw_function_name(k);
        check_domain(name, 2);
        snprintf(spec, sizeof spec, "%s:5", name);
        if (tw_function_new(spec, NULL, &f) == TW_OK)
            check_domain(spec, 5);
        tw_objective_free(f);
    }
    static const char *const fits[] = {"mgh:1", "mgh:2", "mgh:5", "mgh:6", "mgh:21:2"};
    for (size_t k = 0; k < sizeof fits / sizeof fits[0]; k++)
        check_domain(fits[k], 2);
    assert_ok(tw_function_domain("branin", 2, lower, upper));
    assert_true(lower[0] == -5 && upper[0] == 10 && lower[1] == 0 && upper[1] == 15);
    assert_fails(TW_ERR_UNSUPPORTED, "no domain is given for function 'mgh:3'",
                 tw_function_domain("mgh:3", 2, lower, upper));
    assert_fails(TW_ERR_SHAPE, "2 parameters, not 1",
                 tw_function_domain("himmelblau", 1, lower, upper));
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(fitting_problems_at_their_start),
        cmocka_unit_test(fitting_problems_at_their_solution),
        cmocka_unit_test(functions_of_optimisation),
        cmocka_unit_test(known_values),
        cmocka_unit_test(domains_hold_start_and_minimum),
        cmocka_unit_test(texts_that_name_nothing),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
