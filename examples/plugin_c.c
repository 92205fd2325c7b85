/* plugin_c.c: a function with its gradient, for every command of thalweg.
 *
 *     cc -O2 -shared -fPIC plugin_c.c -o mine.so
 *     thalweg gradient ./mine.so --method analytic
 *
 * This is the short form of thalweg/plugin.h; only size and value are required.
 */
#include <stddef.h>
#include <string.h>

/* Rosenbrock's valley in six dimensions. */
size_t thalweg_size(void) {
    return 6;
}

double thalweg_value(size_t n, const double *x) {
    double sum = 0;
    for (size_t i = 0; i + 1 < n; i++) {
        double height = x[i + 1] - x[i] * x[i], along = 1 - x[i];
        sum += 100 * height * height + along * along;
    }
    return sum;
}

int thalweg_gradient(size_t n, const double *x, double *gradient) {
    memset(gradient, 0, n * sizeof *gradient);
    for (size_t i = 0; i + 1 < n; i++) {
        double height = x[i + 1] - x[i] * x[i];
        gradient[i] += -400 * height * x[i] - 2 * (1 - x[i]);
        gradient[i + 1] += 200 * height;
    }
    return 0; /* anything else: it failed */
}

void thalweg_start(size_t n, double *x) {
    for (size_t i = 0; i < n; i++)
        x[i] = i % 2 == 0 ? -1.2 : 1;
}
