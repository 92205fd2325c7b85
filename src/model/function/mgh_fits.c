/* mgh_fits.c: the problems of Moré, Garbow and Hillstrom that fit a curve to data. */
#include "model/function/formula.h"

number FORMULA(mgh_bard)(size_t n, const number *x) {
    static const double y[15] = {0.14, 0.18, 0.22, 0.25, 0.29, 0.32, 0.35, 0.39,
                                 0.37, 0.58, 0.73, 0.96, 1.34, 2.10, 4.39};
    number sum = 0;
    for (int i = 0; i < 15; i++) {
        double u = i + 1, v = 15 - i, w = u < v ? u : v;
        sum += square(y[i] - (x[0] + u / (v * x[1] + w * x[2])));
    }
    return sum;
}

number FORMULA(mgh_gaussian)(size_t n, const number *x) {
    static const double y[15] = {0.0009, 0.0044, 0.0175, 0.0540, 0.1295, 0.2420, 0.3521, 0.3989,
                                 0.3521, 0.2420, 0.1295, 0.0540, 0.0175, 0.0044, 0.0009};
    number sum = 0;
    for (int i = 0; i < 15; i++) {
        double t = (7 - i) / 2.0;
        sum += square(x[0] * exp(-x[1] * square(t - x[2]) / 2) - y[i]);
    }
    return sum;
}

number FORMULA(mgh_meyer)(size_t n, const number *x) {
    static const double y[16] = {34780, 28610, 23650, 19630, 16370, 13720, 11540, 9744,
                                 8261,  7030,  6005,  5147,  4427,  3820,  3307,  2872};
    number sum = 0;
    for (int i = 0; i < 16; i++)
        sum += square(x[0] * exp(x[1] / (50 + 5 * i + x[2])) - y[i]);
    return sum;
}

number FORMULA(mgh_kowalik_osborne)(size_t n, const number *x) {
    static const double y[11] = {0.1957, 0.1947, 0.1735, 0.1600, 0.0844, 0.0627,
                                 0.0456, 0.0342, 0.0323, 0.0235, 0.0246};
    static const double u[11] = {4, 2, 1, 0.5, 0.25, 0.167, 0.125, 0.1, 0.0833, 0.0714, 0.0625};
    number sum = 0;
    for (int i = 0; i < 11; i++)
        sum +=
            square(y[i] - x[0] * (u[i] * u[i] + u[i] * x[1]) / (u[i] * u[i] + u[i] * x[2] + x[3]));
    return sum;
}

number FORMULA(mgh_osborne_1)(size_t n, const number *x) {
    static const double y[33] = {0.844, 0.908, 0.932, 0.936, 0.925, 0.908, 0.881, 0.850, 0.818,
                                 0.784, 0.751, 0.718, 0.685, 0.658, 0.628, 0.603, 0.580, 0.558,
                                 0.538, 0.522, 0.506, 0.490, 0.478, 0.467, 0.457, 0.448, 0.438,
                                 0.431, 0.424, 0.420, 0.414, 0.411, 0.406};
    number sum = 0;
    for (int i = 0; i < 33; i++) {
        double t = 10 * i;
        sum += square(y[i] - (x[0] + x[1] * exp(-t * x[3]) + x[2] * exp(-t * x[4])));
    }
    return sum;
}

number FORMULA(mgh_osborne_2)(size_t n, const number *x) {
    static const double y[65] = {
        1.366, 1.191, 1.112, 1.013, 0.991, 0.885, 0.831, 0.847, 0.786, 0.725, 0.746, 0.679, 0.608,
        0.655, 0.616, 0.606, 0.602, 0.626, 0.651, 0.724, 0.649, 0.649, 0.694, 0.644, 0.624, 0.661,
        0.612, 0.558, 0.533, 0.495, 0.500, 0.423, 0.395, 0.375, 0.372, 0.391, 0.396, 0.405, 0.428,
        0.429, 0.523, 0.562, 0.607, 0.653, 0.672, 0.708, 0.633, 0.668, 0.645, 0.632, 0.591, 0.559,
        0.597, 0.625, 0.739, 0.710, 0.729, 0.720, 0.636, 0.581, 0.428, 0.292, 0.162, 0.098, 0.054};
    number sum = 0;
    for (int i = 0; i < 65; i++) {
        double t = i / 10.0;
        number model = x[0] * exp(-t * x[4]);
        for (int k = 1; k <= 3; k++)
            model += x[k] * exp(-square(t - x[7 + k]) * x[4 + k]);
        sum += square(y[i] - model);
    }
    return sum;
}

/* A polynomial fitted to a differential equation. */
number FORMULA(mgh_watson)(size_t n, const number *x) {
    number sum = square(x[0]) + square(x[1] - x[0] * x[0] - 1);
    for (int i = 1; i <= 29; i++) {
        double t = i / 29.0;
        number slope = 0, height = 0;
        for (size_t j = n; j-- > 1;) {
            slope = slope * t + (double)j * x[j];
            height = (height + x[j]) * t;
        }
        sum += square(slope - square(height + x[0]) - 1);
    }
    return sum;
}
