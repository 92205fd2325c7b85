/* A user's whole program, for installed.sh. It is C and C++. */
#include <stdio.h>
#include <thalweg/thalweg.h>

static double product(size_t n, const double *x, void *user) {
    return x[0] * x[1];
}

int main(void) {
    const double x[2] = {2, 3};
    double gradient[2] = {0, 0};
    tw_objective *f = NULL;
    if (tw_objective_from_function(product, NULL, 2, &f) == TW_OK)
        tw_diff_gradient(f, x, NULL, gradient, NULL);
    printf("%s %.3f %.3f\n", tw_version(), gradient[0], gradient[1]);
    tw_objective_free(f);
    return 0;
}
