/* mgh_many.c: the problems of Moré, Garbow and Hillstrom with any number of parameters. */
#include "model/function/formula.h"

number FORMULA(mgh_rosenbrock)(size_t n, const number *x) {
    number sum = 0;
    for (size_t i = 0; i + 1 < n; i += 2)
        sum += 100 * square(x[i + 1] - x[i] * x[i]) + square(1 - x[i]);
    return sum;
}

number FORMULA(mgh_powell_singular)(size_t n, const number *x) {
    number sum = 0;
    for (size_t i = 0; i + 3 < n; i += 4)
        sum += square(x[i] + 10 * x[i + 1]) + 5 * square(x[i + 2] - x[i + 3]) +
               square(square(x[i + 1] - 2 * x[i + 2])) + 10 * square(square(x[i] - x[i + 3]));
    return sum;
}

number FORMULA(mgh_penalty_1)(size_t n, const number *x) {
    number sum = 0, squares = 0;
    for (size_t i = 0; i < n; i++) {
        sum += 1e-5 * square(x[i] - 1);
        squares += x[i] * x[i];
    }
    return sum + square(squares - 0.25);
}

number FORMULA(mgh_penalty_2)(size_t n, const number *x) {
    number sum = 0, squares = (double)n * x[0] * x[0];
    for (size_t i = 1; i < n; i++) {
        double y = exp((double)(i + 1) / 10) + exp((double)i / 10);
        number here = exp(x[i] / 10);
        sum += square(here + exp(x[i - 1] / 10) - y) + square(here - exp(-0.1));
        squares += (double)(n - i) * x[i] * x[i];
    }
    return square(x[0] - 0.2) + 1e-5 * sum + square(squares - 1);
}

number FORMULA(mgh_variably_dimensioned)(size_t n, const number *x) {
    number sum = 0, weighted = 0;
    for (size_t i = 0; i < n; i++) {
        sum += square(x[i] - 1);
        weighted += (double)(i + 1) * (x[i] - 1);
    }
    return sum + square(weighted) + square(square(weighted));
}

number FORMULA(mgh_trigonometric)(size_t n, const number *x) {
    number sum = 0, lacking = 0; /* n minus the sum of the cosines */
    for (size_t i = 0; i < n; i++)
        lacking += 2 * square(sin(x[i] / 2));
    for (size_t i = 0; i < n; i++)
        sum += square(lacking + (double)(i + 1) * 2 * square(sin(x[i] / 2)) - sin(x[i]));
    return sum;
}

number FORMULA(mgh_brown_almost_linear)(size_t n, const number *x) {
    number sum = 0, total = 0, product = 1;
    for (size_t i = 0; i < n; i++) {
        total += x[i];
        product *= x[i];
    }
    for (size_t i = 0; i + 1 < n; i++)
        sum += square(x[i] + total - (double)(n + 1));
    return sum + square(product - 1);
}

number FORMULA(mgh_discrete_boundary)(size_t n, const number *x) {
    double h = 1 / (double)(n + 1);
    number sum = 0;
    for (size_t i = 0; i < n; i++) {
        number below = i > 0 ? x[i - 1] : 0, above = i + 1 < n ? x[i + 1] : 0;
        sum += square(2 * x[i] - below - above + h * h * cube(x[i] + (double)(i + 1) * h + 1) / 2);
    }
    return sum;
}

number FORMULA(mgh_discrete_integral)(size_t n, const number *x) {
    double h = 1 / (double)(n + 1);
    number sum = 0, below = 0, above = 0;
    for (size_t j = 0; j < n; j++) {
        double t = (double)(j + 1) * h;
        above += (1 - t) * cube(x[j] + t + 1);
    }
    for (size_t i = 0; i < n; i++) {
        double t = (double)(i + 1) * h;
        number c = cube(x[i] + t + 1);
        below += t * c;
        above -= (1 - t) * c;
        sum += square(x[i] + h * ((1 - t) * below + t * above) / 2);
    }
    return sum;
}

number FORMULA(mgh_broyden_tridiagonal)(size_t n, const number *x) {
    number sum = 0;
    for (size_t i = 0; i < n; i++) {
        number below = i > 0 ? x[i - 1] : 0, above = i + 1 < n ? x[i + 1] : 0;
        sum += square((3 - 2 * x[i]) * x[i] - below - 2 * above + 1);
    }
    return sum;
}

/* Five parameters below and one above take part in each residual. */
number FORMULA(mgh_broyden_banded)(size_t n, const number *x) {
    number sum = 0;
    for (size_t i = 0; i < n; i++) {
        number residual = x[i] * (2 + 5 * x[i] * x[i]) + 1;
        for (size_t j = i > 5 ? i - 5 : 0; j < n && j <= i + 1; j++)
            residual -= j != i ? x[j] * (1 + x[j]) : 0;
        sum += square(residual);
    }
    return sum;
}

number FORMULA(mgh_linear_full_rank)(size_t n, const number *x) {
    number sum = 0, total = 0;
    for (size_t i = 0; i < n; i++)
        total += x[i];
    total /= (double)n; /* 2 / m times the sum, m = 2 n */
    for (size_t i = 0; i < n; i++)
        sum += square(x[i] - total - 1);
    return sum + (double)n * square(total + 1);
}

static number weighted_sum(size_t first, size_t last, const number *x) {
    number sum = 0;
    for (size_t i = first; i < last; i++)
        sum += (double)(i + 1) * x[i];
    return sum;
}

number FORMULA(mgh_linear_rank_1)(size_t n, const number *x) {
    number sum = 0, total = weighted_sum(0, n, x);
    for (size_t i = 1; i <= 2 * n; i++)
        sum += square((double)i * total - 1);
    return sum;
}

number FORMULA(mgh_linear_rank_1_zeros)(size_t n, const number *x) {
    number sum = 2, total = weighted_sum(1, n - 1, x);
    for (size_t i = 1; i <= 2 * n - 2; i++)
        sum += square((double)i * total - 1);
    return sum;
}

/* T_i on [0, 1] follows from the two before it; recomputed for each i, so that nothing is kept. */
static number chebyshev(size_t i, number x) {
    number before = 1, now = 2 * x - 1;
    for (size_t k = 1; k < i; k++) {
        number next = 2 * (2 * x - 1) * now - before;
        before = now;
        now = next;
    }
    return now;
}

number FORMULA(mgh_chebyquad)(size_t n, const number *x) {
    number sum = 0;
    for (size_t i = 1; i <= n; i++) {
        double order = (double)i;
        number mean = 0;
        for (size_t j = 0; j < n; j++)
            mean += chebyshev(i, x[j]) / (double)n;
        sum += square(mean + (i % 2 == 0 ? 1 / (order * order - 1) : 0));
    }
    return sum;
}
