/* gradient_with_bars.c: a numerical gradient that says how far it can be trusted.
 *
 *     cc gradient_with_bars.c $(pkg-config --cflags --libs thalweg) -lm -o gradient_with_bars
 */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>

#include <thalweg/thalweg.h>

enum { N = 5 };

/* Defined within 0 <= x <= 1 only: beyond, square roots and logarithms are NaN. */
static double energy(size_t n, const double *x, void *user) {
    return 1e6 + sqrt(x[0]) + x[1] * x[1] * x[1] - log(1 - x[2] / 2) + fmax(x[3] - 0.5, 0) +
           sin(40 * x[4]);
}

static void must(tw_status status) {
    if (status != TW_OK) {
        fprintf(stderr, "%s: %s\n", tw_status_text(status), tw_message());
        exit(1);
    }
}

int main(void) {
    /* Close to a bound; on the upper one; on the lower one; on a kink; nothing special. */
    const double x[N] = {1e-3, 1, 0, 0.5, 0.3};
    const double lower[N] = {0, 0, 0, 0, 0}, upper[N] = {1, 1, 1, 1, 1};
    const double exact[N] = {0.5 / sqrt(1e-3), 3, 0.5, 0.5, 40 * cos(12)};
    double gradient[N], bars[N];
    tw_point_class classes[N];
    tw_objective *f = NULL;

    must(tw_objective_from_function(energy, NULL, N, &f));
    tw_diff_options options = {
        .method = TW_DIFF_LADDER, .bars = bars, .classes = classes, .lower = lower, .upper = upper};
    tw_diff_report report;
    must(tw_diff_gradient(f, x, &options, gradient, &report));
    tw_objective_free(f);

    /* The constant 1e6 costs ten digits of f, and the bars know it. At the kink any number from 0
     * to 1 is a slope; what is given is the middle, and the bar reaches to both sides. */
    int wrong = classes[3] != TW_POINT_KINK || !(fabs(gradient[3] - 0.5) + 0.5 <= 1.01 * bars[3]);
    printf("f = %.10g, %llu evaluations\n", report.value, report.evaluations);
    for (int i = 0; i < N; i++) {
        double error = fabs(gradient[i] - exact[i]);
        printf("df/dx%d = %14.9f +- %7.1e  error %7.1e  %s\n", i, gradient[i], bars[i], error,
               tw_point_class_name(classes[i]));
        wrong |= !(error <= 3 * bars[i]) || !(bars[i] < 1e-4 || i == 3);
    }
    return wrong;
}
