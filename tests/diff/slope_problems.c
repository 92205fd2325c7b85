#include "slope_problems.h"

#include "model/function/formula.h"

static number gill(number x) {
    return square(exp(x) - 1) + square(1 / sqrt(1 + x * x) - 1);
}

number FORMULA(slope_value)(int k, number x) {
    switch (k) {
    case 0:
        return exp(x);
    case 1:
        return exp(100 * x);
    case 2:
        return sin(x);
    case 3:
        return x * x * x * x + 3 * x * x - 10 * x;
    case 4:
        return log(x);
    case 5:
        return 1e4 * x * x * x + .01 * x * x + 5 * x;
    case 6:
        return log(x);
    case 7:
        return exp(4 * x);
    case 8:
        return sqrt(x);
    case 9:
        return exp(x * x);
    case 10:
        return atan(x);
    case 11:
        return x * x * log(x);
    case 12:
        return 1 / x;
    case 13:
        return 1 / x;
    case 14:
        return exp(x) / (sin(x) - x * x);
    case 15:
        return pow(x, 1.5);
    case 16:
        return exp(x) / (cube(sin(x)) + cube(cos(x)));
    case 17:
        return sin(1 / x);
    case SLOPE_FAST:
        return sin(x * x + 1e6 * x);
    case 19:
        return exp(-x * x);
    case 20:
        return cos(10 * x);
    case 21:
        return x * x;
    case SLOPE_CANCEL:
        return 1e6 + sin(x);
    case 23:
        return exp(-1e-6 * x);
    case SLOPE_FAR_SINE:
        return sin(x);
    case 25:
        return gill(x);
    default:
        return square(exp(x) - 1);
    }
}

#ifndef TW_FORMULA_COMPLEX
const slope_problem slope_problems[SLOPE_PROBLEMS] = {
    {"exp x", 1, 2.7182818284590451},
    {"exp 100x", .01, 271.82818284590451},
    {"sin x", 1, 0.54030230586813977},
    {"x^4 + 3x^2 - 10x", .99999, -1.7999880000318081e-4},
    {"log x", 1, 1},
    {"1e4 x^3 + 0.01x^2 + 5x", 1e-9, 5.0000000000200302},
    {"log x", 1e-3, 1000},
    {"exp 4x", 1, 218.39260013257694},
    {"sqrt x", 1, 0.5},
    {"exp x^2", 1, 5.4365636569180902},
    {"atan x", .5, 0.8},
    {"x^2 log x", 1, 1},
    {"1/x", 1, -1},
    {"1/x", 10, -0.01},
    {"exp x / (sin x - x^2)", 1, 140.73773557129661},
    {"x^1.5", .1, 0.47434164902525694},
    {"exp x / (sin^3 x + cos^3 x)", 1.5, 3.6220337007163259},
    {"sin 1/x", .45, 2.9941773944386925},
    {"sin(x^2 + 1e6x)", 0.78539816339744828, 815705.79874537897},
    {"exp -x^2", .5, -0.77880078307140488},
    {"cos 10x", 1, 5.4402111088936982},
    {"x^2", 0, 0},
    {"1e6 + sin x", 1, 0.54030230586813977},
    {"exp -1e-6x", 1, -9.999990000005001e-7},
    {"sin x", 1e6, 0.93675212753314474},
    {"(exp x - 1)^2 + (1/sqrt(1 + x^2) - 1)^2", 1, 9.5486553221297576},
    {"(exp x - 1)^2", -8, -6.7070018545558512e-4},
};
#endif
