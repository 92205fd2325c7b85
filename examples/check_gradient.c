/* check_gradient.c: is the gradient that I wrote right?
 *
 *     cc check_gradient.c $(pkg-config --cflags --libs thalweg) -lm -o check_gradient
 *     ./check_gradient            # PASS, exit status 0
 *     ./check_gradient mistake    # FAIL, exit status 1, and what is wrong
 */
#include <math.h>
#include <stdio.h>

#include <thalweg/thalweg.h>

/* A curve a exp(b t) + c through points (t_k, y_k): x = (a, b, c), f(x) = the sum of squares. */
enum { POINTS = 8 };
static const double t[POINTS] = {0, 0.5, 1, 1.5, 2, 2.5, 3, 3.5};
static const double y[POINTS] = {3.1, 2.3, 1.9, 1.6, 1.4, 1.2, 1.2, 1.1};

static double misfit(size_t n, const double *x, void *user) {
    double sum = 0;
    for (int k = 0; k < POINTS; k++) {
        double r = x[0] * exp(x[1] * t[k]) + x[2] - y[k];
        sum += r * r;
    }
    return sum;
}

/* The gradient by hand. */
static void slope(size_t n, const double *x, double *g, void *user) {
    int mistake = *(const int *)user;
    g[0] = g[1] = g[2] = 0;
    for (int k = 0; k < POINTS; k++) {
        double e = exp(x[1] * t[k]), r = x[0] * e + x[2] - y[k];
        g[0] += 2 * r * e;
        g[1] += 2 * r * x[0] * e * (mistake ? 1 : t[k]); /* the mistake: d(b t)/db = t forgotten */
        g[2] += 2 * r;
    }
}

int main(int argc, char **argv) {
    double x[3] = {2, -0.7, 0.5}; /* a point where no part of f is at rest */
    int mistake = argc > 1, wrong = 1;
    tw_objective *f = NULL;
    tw_gradcheck *check = NULL;
    tw_status status = tw_objective_from_functions(misfit, slope, &mistake, 3, &f);
    if (status == TW_OK)
        status = tw_gradcheck_run(f, x, NULL, &check);
    if (status == TW_OK)
        status = tw_gradcheck_write(check, TW_GRADCHECK_TEXT, 0, stdout);
    if (status == TW_OK)
        wrong = check->verdict != TW_VERDICT_PASS;
    else
        fprintf(stderr, "%s: %s\n", tw_status_text(status), tw_message());
    tw_gradcheck_free(check);
    tw_objective_free(f);
    return wrong;
}
