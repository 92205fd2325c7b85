/* function_plane.c: the test functions of two parameters, x and y. */
#include "model/function/formula.h"

number FORMULA(booth)(size_t n, const number *x) {
    return square(x[0] + 2 * x[1] - 7) + square(2 * x[0] + x[1] - 5);
}

void FORMULA(booth_gradient)(size_t n, const number *x, number *g) {
    number a = x[0] + 2 * x[1] - 7, b = 2 * x[0] + x[1] - 5;
    g[0] = 2 * a + 4 * b;
    g[1] = 4 * a + 2 * b;
}

void FORMULA(beale_gradient)(size_t n, const number *x, number *g) {
    static const double y[] = {1.5, 2.25, 2.625};
    number below = 1; /* the power before */
    g[0] = g[1] = 0;
    for (int i = 0; i < 3; i++) {
        number power = below * x[1], residual = y[i] - x[0] * (1 - power);
        g[0] -= 2 * residual * (1 - power);
        g[1] += 2 * residual * x[0] * (i + 1) * below;
        below = power;
    }
}

number FORMULA(branin)(size_t n, const number *x) {
    number a = x[1] - 5.1 * x[0] * x[0] / (4 * M_PI * M_PI) + 5 * x[0] / M_PI - 6;
    return a * a + 10 * (1 - 1 / (8 * M_PI)) * cos(x[0]) + 10;
}

void FORMULA(branin_gradient)(size_t n, const number *x, number *g) {
    number a = x[1] - 5.1 * x[0] * x[0] / (4 * M_PI * M_PI) + 5 * x[0] / M_PI - 6;
    g[0] =
        2 * a * (5 / M_PI - 5.1 * x[0] / (2 * M_PI * M_PI)) - 10 * (1 - 1 / (8 * M_PI)) * sin(x[0]);
    g[1] = 2 * a;
}

number FORMULA(camel)(size_t n, const number *x) {
    number a = x[0] * x[0], b = x[1] * x[1];
    return (4 - 2.1 * a + a * a / 3) * a + x[0] * x[1] + (4 * b - 4) * b;
}

void FORMULA(camel_gradient)(size_t n, const number *x, number *g) {
    number a = x[0] * x[0], b = x[1] * x[1];
    g[0] = (8 - 8.4 * a + 2 * a * a) * x[0] + x[1];
    g[1] = x[0] + (16 * b - 8) * x[1];
}

/* The two factors of Goldstein and Price: 1 + s^2 p and 30 + d^2 q. */
typedef struct goldstein {
    number s, p, first, d, q, second;
} goldstein;

static goldstein goldstein_parts(number x, number y) {
    goldstein g = {.s = x + y + 1, .d = 2 * x - 3 * y};
    g.p = 19 - 14 * x + 3 * x * x - 14 * y + 6 * x * y + 3 * y * y;
    g.q = 18 - 32 * x + 12 * x * x + 48 * y - 36 * x * y + 27 * y * y;
    g.first = 1 + g.s * g.s * g.p;
    g.second = 30 + g.d * g.d * g.q;
    return g;
}

number FORMULA(goldstein_price)(size_t n, const number *x) {
    goldstein parts = goldstein_parts(x[0], x[1]);
    return parts.first * parts.second;
}

void FORMULA(goldstein_price_gradient)(size_t n, const number *x, number *g) {
    goldstein o = goldstein_parts(x[0], x[1]);
    number first = 2 * o.s * o.p + o.s * o.s * (6 * x[0] + 6 * x[1] - 14); /* by x and y alike */
    number second_x = 4 * o.d * o.q + o.d * o.d * (24 * x[0] - 36 * x[1] - 32);
    number second_y = -6 * o.d * o.q + o.d * o.d * (54 * x[1] - 36 * x[0] + 48);
    g[0] = first * o.second + o.first * second_x;
    g[1] = first * o.second + o.first * second_y;
}

number FORMULA(himmelblau)(size_t n, const number *x) {
    return square(x[0] * x[0] + x[1] - 11) + square(x[0] + x[1] * x[1] - 7);
}

void FORMULA(himmelblau_gradient)(size_t n, const number *x, number *g) {
    number a = x[0] * x[0] + x[1] - 11, b = x[0] + x[1] * x[1] - 7;
    g[0] = 4 * a * x[0] + 2 * b;
    g[1] = 2 * a + 4 * b * x[1];
}

number FORMULA(matyas)(size_t n, const number *x) {
    return 0.26 * (x[0] * x[0] + x[1] * x[1]) - 0.48 * x[0] * x[1];
}

void FORMULA(matyas_gradient)(size_t n, const number *x, number *g) {
    g[0] = 0.52 * x[0] - 0.48 * x[1];
    g[1] = 0.52 * x[1] - 0.48 * x[0];
}
