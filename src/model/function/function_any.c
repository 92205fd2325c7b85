/* function_any.c: the test functions of any number of parameters. */
#include "model/function/formula.h"

/* Root mean square and mean cosine, of which Ackley's function is made. */
static void ackley_means(size_t n, const number *x, number *root, number *cosine) {
    number squares = 0, cosines = 0;
    for (size_t i = 0; i < n; i++) {
        squares += x[i] * x[i];
        cosines += cos(2 * M_PI * x[i]);
    }
    *root = sqrt(squares / (double)n);
    *cosine = cosines / (double)n;
}

number FORMULA(ackley)(size_t n, const number *x) {
    number root, cosine;
    ackley_means(n, x, &root, &cosine);
    return -20 * exp_less_1(-0.2 * root) - M_E * exp_less_1(cosine - 1);
}

void FORMULA(ackley_gradient)(size_t n, const number *x, number *g) {
    number root, cosine;
    ackley_means(n, x, &root, &cosine);
    number slope = creal(root) > 0 ? 4 * exp(-0.2 * root) / (root * (double)n) : 0;
    number wave = 2 * M_PI * exp(cosine) / (double)n;
    for (size_t i = 0; i < n; i++)
        g[i] = slope * x[i] + wave * sin(2 * M_PI * x[i]);
}

number FORMULA(quadratic)(size_t n, const number *x) {
    number sum = 0;
    for (size_t i = 0; i < n; i++)
        sum += (double)(i + 1) * x[i] * x[i];
    return sum / 2;
}

void FORMULA(quadratic_gradient)(size_t n, const number *x, number *g) {
    for (size_t i = 0; i < n; i++)
        g[i] = (double)(i + 1) * x[i];
}

/* 1 - cos(2 a) = 2 sin(a)^2 keeps the digits near the minimum. */
number FORMULA(rastrigin)(size_t n, const number *x) {
    number sum = 0;
    for (size_t i = 0; i < n; i++)
        sum += x[i] * x[i] + 20 * square(sin(M_PI * x[i]));
    return sum;
}

void FORMULA(rastrigin_gradient)(size_t n, const number *x, number *g) {
    for (size_t i = 0; i < n; i++)
        g[i] = 2 * x[i] + 20 * M_PI * sin(2 * M_PI * x[i]);
}

number FORMULA(rosenbrock)(size_t n, const number *x) {
    number sum = 0;
    for (size_t i = 0; i + 1 < n; i++)
        sum += 100 * square(x[i + 1] - x[i] * x[i]) + square(1 - x[i]);
    return sum;
}

void FORMULA(rosenbrock_gradient)(size_t n, const number *x, number *g) {
    g[0] = 0;
    for (size_t i = 0; i + 1 < n; i++) {
        number rise = x[i + 1] - x[i] * x[i];
        g[i] += -400 * rise * x[i] - 2 * (1 - x[i]);
        g[i + 1] = 200 * rise;
    }
}

number FORMULA(sphere)(size_t n, const number *x) {
    number sum = 0;
    for (size_t i = 0; i < n; i++)
        sum += x[i] * x[i];
    return sum;
}

void FORMULA(sphere_gradient)(size_t n, const number *x, number *g) {
    for (size_t i = 0; i < n; i++)
        g[i] = 2 * x[i];
}

number FORMULA(styblinski_tang)(size_t n, const number *x) {
    number sum = 0;
    for (size_t i = 0; i < n; i++)
        sum += ((x[i] * x[i] - 16) * x[i] + 5) * x[i];
    return sum / 2;
}

void FORMULA(styblinski_tang_gradient)(size_t n, const number *x, number *g) {
    for (size_t i = 0; i < n; i++)
        g[i] = (2 * x[i] * x[i] - 16) * x[i] + 2.5;
}

number FORMULA(trid)(size_t n, const number *x) {
    number sum = square(x[0] - 1);
    for (size_t i = 1; i < n; i++)
        sum += square(x[i] - 1) - x[i] * x[i - 1];
    return sum;
}

void FORMULA(trid_gradient)(size_t n, const number *x, number *g) {
    for (size_t i = 0; i < n; i++)
        g[i] = 2 * (x[i] - 1) - (i > 0 ? x[i - 1] : 0) - (i + 1 < n ? x[i + 1] : 0);
}
