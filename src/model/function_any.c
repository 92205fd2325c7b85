/* function_any.c: the test functions of any number of parameters. */
#include "model/function_any.h"

#include <math.h>

/* Root mean square and mean cosine, of which Ackley's function is made. */
static void ackley_means(size_t n, const double *x, double *root, double *cosine) {
    double squares = 0, cosines = 0;
    for (size_t i = 0; i < n; i++) {
        squares += x[i] * x[i];
        cosines += cos(2 * M_PI * x[i]);
    }
    *root = sqrt(squares / (double)n);
    *cosine = cosines / (double)n;
}

double tw_ackley(size_t n, const double *x) {
    double root, cosine;
    ackley_means(n, x, &root, &cosine);
    return -20 * expm1(-0.2 * root) - M_E * expm1(cosine - 1);
}

void tw_ackley_gradient(size_t n, const double *x, double *g) {
    double root, cosine;
    ackley_means(n, x, &root, &cosine);
    double slope = root > 0 ? 4 * exp(-0.2 * root) / (root * (double)n) : 0;
    double wave = 2 * M_PI * exp(cosine) / (double)n;
    for (size_t i = 0; i < n; i++)
        g[i] = slope * x[i] + wave * sin(2 * M_PI * x[i]);
}

double tw_quadratic(size_t n, const double *x) {
    double sum = 0;
    for (size_t i = 0; i < n; i++)
        sum += (double)(i + 1) * x[i] * x[i];
    return sum / 2;
}

void tw_quadratic_gradient(size_t n, const double *x, double *g) {
    for (size_t i = 0; i < n; i++)
        g[i] = (double)(i + 1) * x[i];
}

/* 1 - cos(2 a) = 2 sin(a)^2 keeps the digits near the minimum. */
double tw_rastrigin(size_t n, const double *x) {
    double sum = 0;
    for (size_t i = 0; i < n; i++)
        sum += x[i] * x[i] + 20 * tw_square(sin(M_PI * x[i]));
    return sum;
}

void tw_rastrigin_gradient(size_t n, const double *x, double *g) {
    for (size_t i = 0; i < n; i++)
        g[i] = 2 * x[i] + 20 * M_PI * sin(2 * M_PI * x[i]);
}

double tw_rosenbrock(size_t n, const double *x) {
    double sum = 0;
    for (size_t i = 0; i + 1 < n; i++)
        sum += 100 * tw_square(x[i + 1] - x[i] * x[i]) + tw_square(1 - x[i]);
    return sum;
}

void tw_rosenbrock_gradient(size_t n, const double *x, double *g) {
    g[0] = 0;
    for (size_t i = 0; i + 1 < n; i++) {
        double rise = x[i + 1] - x[i] * x[i];
        g[i] += -400 * rise * x[i] - 2 * (1 - x[i]);
        g[i + 1] = 200 * rise;
    }
}

double tw_sphere(size_t n, const double *x) {
    double sum = 0;
    for (size_t i = 0; i < n; i++)
        sum += x[i] * x[i];
    return sum;
}

void tw_sphere_gradient(size_t n, const double *x, double *g) {
    for (size_t i = 0; i < n; i++)
        g[i] = 2 * x[i];
}

double tw_styblinski_tang(size_t n, const double *x) {
    double sum = 0;
    for (size_t i = 0; i < n; i++)
        sum += ((x[i] * x[i] - 16) * x[i] + 5) * x[i];
    return sum / 2;
}

void tw_styblinski_tang_gradient(size_t n, const double *x, double *g) {
    for (size_t i = 0; i < n; i++)
        g[i] = (2 * x[i] * x[i] - 16) * x[i] + 2.5;
}

double tw_trid(size_t n, const double *x) {
    double sum = tw_square(x[0] - 1);
    for (size_t i = 1; i < n; i++)
        sum += tw_square(x[i] - 1) - x[i] * x[i - 1];
    return sum;
}

void tw_trid_gradient(size_t n, const double *x, double *g) {
    for (size_t i = 0; i < n; i++)
        g[i] = 2 * (x[i] - 1) - (i > 0 ? x[i - 1] : 0) - (i + 1 < n ? x[i + 1] : 0);
}
