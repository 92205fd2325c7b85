/* function_plane.c: the test functions of two parameters, x and y. */
#include <math.h>

#include "model/function_plane.h"

double tw_booth(size_t n, const double *x) {
    return tw_square(x[0] + 2 * x[1] - 7) + tw_square(2 * x[0] + x[1] - 5);
}

void tw_booth_gradient(size_t n, const double *x, double *g) {
    double a = x[0] + 2 * x[1] - 7, b = 2 * x[0] + x[1] - 5;
    g[0] = 2 * a + 4 * b;
    g[1] = 4 * a + 2 * b;
}

void tw_beale_gradient(size_t n, const double *x, double *g) {
    static const double y[] = {1.5, 2.25, 2.625};
    double below = 1; /* the power before */
    g[0] = g[1] = 0;
    for (int i = 0; i < 3; i++) {
        double power = below * x[1], residual = y[i] - x[0] * (1 - power);
        g[0] -= 2 * residual * (1 - power);
        g[1] += 2 * residual * x[0] * (i + 1) * below;
        below = power;
    }
}

double tw_branin(size_t n, const double *x) {
    double a = x[1] - 5.1 * x[0] * x[0] / (4 * M_PI * M_PI) + 5 * x[0] / M_PI - 6;
    return a * a + 10 * (1 - 1 / (8 * M_PI)) * cos(x[0]) + 10;
}

void tw_branin_gradient(size_t n, const double *x, double *g) {
    double a = x[1] - 5.1 * x[0] * x[0] / (4 * M_PI * M_PI) + 5 * x[0] / M_PI - 6;
    g[0] =
        2 * a * (5 / M_PI - 5.1 * x[0] / (2 * M_PI * M_PI)) - 10 * (1 - 1 / (8 * M_PI)) * sin(x[0]);
    g[1] = 2 * a;
}

double tw_camel(size_t n, const double *x) {
    double a = x[0] * x[0], b = x[1] * x[1];
    return (4 - 2.1 * a + a * a / 3) * a + x[0] * x[1] + (4 * b - 4) * b;
}

void tw_camel_gradient(size_t n, const double *x, double *g) {
    double a = x[0] * x[0], b = x[1] * x[1];
    g[0] = (8 - 8.4 * a + 2 * a * a) * x[0] + x[1];
    g[1] = x[0] + (16 * b - 8) * x[1];
}

/* The two factors of Goldstein and Price: 1 + s^2 p and 30 + d^2 q. */
typedef struct goldstein {
    double s, p, first, d, q, second;
} goldstein;

static goldstein goldstein_parts(double x, double y) {
    goldstein g = {.s = x + y + 1, .d = 2 * x - 3 * y};
    g.p = 19 - 14 * x + 3 * x * x - 14 * y + 6 * x * y + 3 * y * y;
    g.q = 18 - 32 * x + 12 * x * x + 48 * y - 36 * x * y + 27 * y * y;
    g.first = 1 + g.s * g.s * g.p;
    g.second = 30 + g.d * g.d * g.q;
    return g;
}

double tw_goldstein_price(size_t n, const double *x) {
    goldstein parts = goldstein_parts(x[0], x[1]);
    return parts.first * parts.second;
}

void tw_goldstein_price_gradient(size_t n, const double *x, double *g) {
    goldstein o = goldstein_parts(x[0], x[1]);
    double first = 2 * o.s * o.p + o.s * o.s * (6 * x[0] + 6 * x[1] - 14); /* by x and y alike */
    double second_x = 4 * o.d * o.q + o.d * o.d * (24 * x[0] - 36 * x[1] - 32);
    double second_y = -6 * o.d * o.q + o.d * o.d * (54 * x[1] - 36 * x[0] + 48);
    g[0] = first * o.second + o.first * second_x;
    g[1] = first * o.second + o.first * second_y;
}

double tw_himmelblau(size_t n, const double *x) {
    return tw_square(x[0] * x[0] + x[1] - 11) + tw_square(x[0] + x[1] * x[1] - 7);
}

void tw_himmelblau_gradient(size_t n, const double *x, double *g) {
    double a = x[0] * x[0] + x[1] - 11, b = x[0] + x[1] * x[1] - 7;
    g[0] = 4 * a * x[0] + 2 * b;
    g[1] = 2 * a + 4 * b * x[1];
}

double tw_matyas(size_t n, const double *x) {
    return 0.26 * (x[0] * x[0] + x[1] * x[1]) - 0.48 * x[0] * x[1];
}

void tw_matyas_gradient(size_t n, const double *x, double *g) {
    g[0] = 0.52 * x[0] - 0.48 * x[1];
    g[1] = 0.52 * x[1] - 0.48 * x[0];
}
