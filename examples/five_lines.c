/* five_lines.c: the gradient of a function of yours, numerically.
 *
 *     cc five_lines.c $(pkg-config --cflags --libs thalweg) -lm -o five_lines
 */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>

#include <thalweg/thalweg.h>

/* Any function of n numbers: here Rosenbrock's valley, whose floor is a parabola. What it needs
 * beside x comes through `user`; nothing is global, since threads may call it at the same time. */
static double valley(size_t n, const double *x, void *user) {
    double steepness = *(const double *)user, sum = 0;
    for (size_t i = 0; i + 1 < n; i++) {
        double height = x[i + 1] - x[i] * x[i], along = 1 - x[i];
        sum += steepness * height * height + along * along;
    }
    return sum;
}

/* Every function that can fail returns a status and leaves one line of text. */
static void must(tw_status status) {
    if (status != TW_OK) {
        fprintf(stderr, "%s: %s\n", tw_status_text(status), tw_message());
        exit(1);
    }
}

int main(void) {
    double steepness = 100, x[2] = {-1.2, 1}, gradient[2];
    tw_objective *f = NULL;

    /* These are the five lines. With all options zero, a step is chosen for each coordinate from
     * the rounding noise of f; the caller's x is never touched. */
    must(tw_objective_from_function(valley, &steepness, 2, &f));
    tw_diff_options options = {.method = TW_DIFF_CENTRAL};
    tw_diff_report report;
    must(tw_diff_gradient(f, x, &options, gradient, &report));
    tw_objective_free(f);

    /* By hand: df/dx0 = -4 s x0 (x1 - x0^2) - 2 (1 - x0), df/dx1 = 2 s (x1 - x0^2) */
    double height = x[1] - x[0] * x[0];
    double exact[2] = {-4 * steepness * x[0] * height - 2 * (1 - x[0]), 2 * steepness * height};
    printf("f(%g, %g) = %g after %llu evaluations\n", x[0], x[1], report.value, report.evaluations);
    double worst = 0;
    for (int i = 0; i < 2; i++) {
        printf("df/dx%d = %.9f, by hand %.9f\n", i, gradient[i], exact[i]);
        worst = fmax(worst, fabs(gradient[i] - exact[i]) / fabs(exact[i]));
    }
    return worst < 1e-8 ? 0 : 1;
}
