#include "gradcheck_formulas.h"

#include "model/function/formula.h"

static number log_partition(const number *x) {
    return log(exp(x[0] + x[1]) + exp(x[1] + x[2]) + exp(x[0]) + exp(x[1]) + exp(x[2])) -
           (x[0] + 0.3 * x[1] + 0.5 * x[2]);
}

static number logistic_loss(const number *x) {
    number sum = 0;
    for (int i = 0; i < 8; i++) {
        double t = 0.5 * i - 1.7, y = i % 3 == 0 ? -1 : 1;
        sum += log(1 + exp(-y * (x[0] + x[1] * t + x[2] * t * t)));
    }
    return sum / 8;
}

static number poisson_loss(const number *x) {
    number sum = 0;
    for (int i = 0; i < 6; i++) {
        number rate = x[0] + x[1] * (0.4 * i);
        sum += exp(rate) - (double)(i + 1) * rate;
    }
    return sum;
}

static number normal_loss(const number *x) {
    number sum = 0;
    for (int i = 0; i < 5; i++)
        sum += square((0.7 * i - x[0]) / x[1]) / 2 + log(x[1]);
    return sum;
}

static number decay_fit(const number *x) {
    number sum = 0;
    for (int i = 0; i < 9; i++)
        sum += square(x[0] * exp(-x[1] * i) + x[2] - 3 * exp(-0.4 * i) - 0.2);
    return sum;
}

static number small_network(const number *x) {
    number sum = 0;
    for (int i = 0; i < 7; i++) {
        double t = 0.5 * i - 1.5;
        sum += square(x[2] * tanh(x[0] * t + x[1]) + x[3] - sin(t));
    }
    return sum / 7;
}

/* The first half: those of the tests of libraries. */
static number of_libraries(int k, const number *x) {
    switch (k) {
    case 0:
        return sinh(x[0]);
    case 1:
        return sin(x[0] * x[1]) * log(x[0]);
    case 2:
        return x[0] * sin(x[1]) + x[1] * cos(x[0]) + cube(x[0]) / sqrt(x[1]);
    case 3:
        return x[0] * x[1] + cos(x[0] * x[1]);
    case 4:
        return exp(2 * x[0]);
    case 5:
        return cube(x[0]) + square(square(x[0]));
    case 6:
        return tanh(x[0]) * cosh(x[1]);
    case 7:
        return exp(-square(x[0])) * sin(10 * x[0]);
    case 8:
        return x[0] * x[1] * x[2] + exp(x[0]);
    case 9:
        return 100 * square(x[1] - square(x[0])) + square(1 - x[0]);
    case 10:
        return (x[0] - 2) * x[0] * square(x[0] + 2);
    case 11:
        return log_partition(x);
    case 12:
        return square(square(x[0] - x[1])) + square(x[1]);
    case 13:
        return sqrt(1 + square(x[0]) + square(x[1]));
    case 14:
        return atan(x[0] / x[1]);
    case 15:
        return exp(x[0]) / (1 + exp(x[0])) + 1 / (1 + exp(-x[1]));
    case 16:
        return log(1 + exp(x[0]));
    case 17:
        return pow(x[0], x[1]);
    case 18:
        return 1 / (1 + 25 * square(x[0]));
    case 19:
        return sin(x[0]) / x[0];
    case 20:
        return log(x[0] * x[3] - x[1] * x[2]);
    default:
        return square(square(x[0])) - 2 * square(x[0]) * x[1] + x[1] * x[1] * x[1];
    }
}

/* The second: models, physics and scales. */
static number of_models(int k, const number *x) {
    switch (k) {
    case 22:
        return logistic_loss(x);
    case 23:
        return poisson_loss(x);
    case 24:
        return normal_loss(x);
    case 25:
        return decay_fit(x);
    case 26:
        return small_network(x);
    case 27:
        return 1 / pow(x[0], 12) - 1 / pow(x[0], 6);
    case 28:
        return 5 * square(1 - exp(-1.5 * (x[0] - 1)));
    case 29:
        return 3e7 * exp(-5e4 / (8.314 * x[0]));
    case 30:
        return cube(x[0]) / (exp(x[0]) - 1);
    case 31:
        return 8.314 * x[0] / (x[1] - 4e-5) - 0.4 / square(x[1]);
    case 32:
        return x[0] - 0.3 * sin(x[0]);
    case 33:
        return 0.5 * x[0] * (1 + tanh(0.7978845608028654 * (x[0] + 0.044715 * cube(x[0]))));
    case 34:
        return 1e12 * square(x[0]) + 1e6 * sin(x[0]);
    case 35:
        return 1e-12 * exp(x[0]) + 1e-13 * square(x[1]);
    case 36:
        return 1e8 * square(x[0]) + square(x[1]);
    case 37:
        return square(1e5 * x[0] - 1) + square(x[1] / 1e5 - 1);
    case 38:
        return 1e-150 * cosh(x[0]);
    case 39:
        return 1e150 * sinh(x[0]);
    case 40:
        return x[0] * log(x[0]) + x[1] * log(x[1]) + x[2] * log(x[2]);
    case 41:
        return 2.5 * log(x[0]) - x[0] / x[1] - 3.5 * log(x[1]);
    case 42:
        return log(1 + square((x[0] - x[1]) / x[2]));
    default:
        return exp(sin(3 * x[0]) + cos(2 * x[1])) + 1000;
    }
}

number FORMULA(formula_value)(int k, const number *x) {
    return k < 22 ? of_libraries(k, x) : of_models(k, x);
}

#ifndef TW_FORMULA_COMPLEX
const formula_problem formula_problems[FORMULA_PROBLEMS] = {
    {"sinh x", 1, {1}},
    {"sin(xy) log x", 2, {100, -0.5}},
    {"x sin y + y cos x + x^3/sqrt y", 2, {-100, 0.2}},
    {"xy + cos xy", 2, {0.1, 1}},
    {"exp 2x", 1, {1}},
    {"x^3 + x^4", 1, {1}},
    {"tanh x cosh y", 2, {0.7, 1.4}},
    {"exp -x^2 sin 10x", 1, {0.4}},
    {"xyz + exp x", 3, {3, 5, 7}},
    {"rosenbrock", 2, {-1.2, 1}},
    {"(x - 2) x (x + 2)^2", 1, {1.5}},
    {"log of a sum of five", 3, {0.2, -0.5, 1}},
    {"(x - y)^4 + y^2", 2, {2, 1}},
    {"sqrt(1 + x^2 + y^2)", 2, {3, -4}},
    {"atan x/y", 2, {1, 2}},
    {"two logistic curves", 2, {0.5, -2}},
    {"log(1 + exp x)", 1, {-3}},
    {"x^y", 2, {2.5, 1.3}},
    {"runge", 1, {0.3}},
    {"sin x / x", 1, {2}},
    {"log det", 4, {3, 1, 0.5, 2}},
    {"x^4 - 2x^2y + y^3", 2, {1.5, 0.7}},
    {"logistic regression", 3, {0.3, -0.8, 0.5}},
    {"poisson regression", 2, {0.4, 0.3}},
    {"normal likelihood", 2, {1, 1.5}},
    {"decay fitted", 3, {2, 0.3, 0.1}},
    {"tanh network", 4, {0.8, 0.2, 1.1, -0.3}},
    {"lennard-jones", 1, {1.2}},
    {"morse", 1, {1.4}},
    {"arrhenius", 1, {500}},
    {"planck", 1, {2.8}},
    {"van der waals", 2, {300, 1e-3}},
    {"kepler", 1, {1}},
    {"gelu", 1, {0.6}},
    {"1e12 x^2 + 1e6 sin x", 1, {0.5}},
    {"1e-12 exp x + 1e-13 y^2", 2, {1, 2}},
    {"1e8 x^2 + y^2", 2, {1, 1}},
    {"scales of 1e5", 2, {3e-5, 2e5}},
    {"1e-150 cosh x", 1, {1}},
    {"1e150 sinh x", 1, {1}},
    {"entropy of three", 3, {0.2, 0.3, 0.5}},
    {"gamma likelihood", 2, {3, 0.8}},
    {"cauchy likelihood", 3, {1, 2, 0.5}},
    {"1000 + exp(sin + cos)", 2, {0.4, 0.9}},
};
#endif
