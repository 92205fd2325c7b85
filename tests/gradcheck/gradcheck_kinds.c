#include "gradcheck_kinds.h"

#include <math.h>
#include <string.h>

#include "float_losses.h"

/* ---- single precision ---- */

static double float_square(size_t n, const double *x) {
    float a = (float)x[0];
    return a * a + 25.0f;
}

static void square_gradient(size_t n, const double *x, double *g) {
    float_loss_at(FLOAT_SQUARES)->gradient(n, x, g);
}

static double float_squares(size_t n, const double *x) {
    return float_loss_at(FLOAT_SQUARES)->value(n, x, 0);
}

static double float_product(size_t n, const double *x) {
    return float_loss_at(FLOAT_PRODUCT)->value(n, x, 0);
}

static void product_gradient(size_t n, const double *x, double *g) {
    float_loss_at(FLOAT_PRODUCT)->gradient(n, x, g);
}

static double float_log_sum(size_t n, const double *x) {
    return float_loss_at(FLOAT_LOG_SUM)->value(n, x, 0);
}

static void log_sum_gradient(size_t n, const double *x, double *g) {
    float_loss_at(FLOAT_LOG_SUM)->gradient(n, x, g);
}

static double float_sines(size_t n, const double *x) {
    return float_loss_at(FLOAT_SINES)->value(n, x, 0);
}

static void sines_gradient(size_t n, const double *x, double *g) {
    float_loss_at(FLOAT_SINES)->gradient(n, x, g);
}

static double float_data(size_t n, const double *x) {
    return float_data_loss(x, 0.1);
}

static void decay_gradient(size_t n, const double *x, double *g) {
    float_data_gradient(x, 0.1, g);
}

/* ---- cancellation ---- */

static double cancels(size_t n, const double *x) {
    return (exp(x[0]) - 1 - x[0]) / x[0];
}

static void cancels_gradient(size_t n, const double *x, double *g) {
    g[0] = 0.5 + x[0] / 3 + x[0] * x[0] / 8;
}

static double less_a_constant(size_t n, const double *x) {
    volatile double large = 1e10 + sin(x[0]) * exp(x[1]);
    return large - 1e10;
}

static void less_a_constant_gradient(size_t n, const double *x, double *g) {
    g[0] = cos(x[0]) * exp(x[1]);
    g[1] = sin(x[0]) * exp(x[1]);
}

static double small_cosine(size_t n, const double *x) {
    return (1 - cos(x[0])) / (x[0] * x[0]);
}

static void small_cosine_gradient(size_t n, const double *x, double *g) {
    g[0] = -x[0] / 12 + x[0] * x[0] * x[0] / 180;
}

/* Softplus without care: below -37 what e^x adds to 1 is lost, and the value is 0. */
static double naive_softplus(size_t n, const double *x) {
    return log(1 + exp(x[0]));
}

static void naive_softplus_gradient(size_t n, const double *x, double *g) {
    g[0] = 1 / (1 + exp(-x[0]));
}

static double naive_loss(size_t n, const double *x) {
    return -log(1 / (1 + exp(-x[0])));
}

static void naive_loss_gradient(size_t n, const double *x, double *g) {
    g[0] = -1 / (1 + exp(x[0]));
}

/* ---- singular edges ---- */

static double entropy(size_t n, const double *x) {
    return x[0] * log(x[0]);
}

static void entropy_gradient(size_t n, const double *x, double *g) {
    g[0] = log(x[0]) + 1;
}

static double arc(size_t n, const double *x) {
    return acos(x[0]);
}

static void arc_gradient(size_t n, const double *x, double *g) {
    g[0] = -1 / sqrt((1 - x[0]) * (1 + x[0]));
}

static double logarithm(size_t n, const double *x) {
    return log(x[0]);
}

static void logarithm_gradient(size_t n, const double *x, double *g) {
    g[0] = 1 / x[0];
}

static double root(size_t n, const double *x) {
    return sqrt(x[0]);
}

static void root_gradient(size_t n, const double *x, double *g) {
    g[0] = 0.5 / sqrt(x[0]);
}

static double pole(size_t n, const double *x) {
    return 1 / x[0];
}

static void pole_gradient(size_t n, const double *x, double *g) {
    g[0] = -1 / x[0] / x[0];
}

static double binary_entropy(size_t n, const double *x) {
    return x[0] * log(x[0]) + (1 - x[0]) * log(1 - x[0]);
}

static void binary_entropy_gradient(size_t n, const double *x, double *g) {
    g[0] = log(x[0] / (1 - x[0]));
}

static double length(size_t n, const double *x) {
    double squares = 0;
    for (size_t i = 0; i < n; i++)
        squares += x[i] * x[i];
    return sqrt(squares);
}

static void length_gradient(size_t n, const double *x, double *g) {
    for (size_t i = 0; i < n; i++)
        g[i] = x[i] / length(n, x);
}

/* ---- bounds ---- */

static double cross_entropy(size_t n, const double *x) {
    double sum = 0;
    for (size_t i = 0; i < n; i++)
        sum -= (double)(i + 1) * log(x[i]);
    return sum;
}

static void cross_entropy_gradient(size_t n, const double *x, double *g) {
    for (size_t i = 0; i < n; i++)
        g[i] = -(double)(i + 1) / x[i];
}

static double exponentials(size_t n, const double *x) {
    double sum = 0;
    for (size_t i = 0; i < n; i++)
        sum += exp((double)(i + 1) * x[i]);
    return sum;
}

static void exponentials_gradient(size_t n, const double *x, double *g) {
    for (size_t i = 0; i < n; i++)
        g[i] = (double)(i + 1) * exp((double)(i + 1) * x[i]);
}

/* ---- kinks ---- */

static double lasso(size_t n, const double *x) {
    double sum = 0;
    for (size_t i = 0; i < n; i++)
        sum += fabs(x[i]) + (i % 3 == 0 ? 0 : (x[i] - 1) * (x[i] - 1));
    return sum;
}

static void lasso_gradient(size_t n, const double *x, double *g) {
    for (size_t i = 0; i < n; i++)
        g[i] = (x[i] > 0) - (x[i] < 0) + (i % 3 == 0 ? 0 : 2 * (x[i] - 1));
}

static double row(int sample, size_t i) {
    return sin(2.3 * sample + 1.1 * (double)i * (sample + 1));
}

static double hinge(size_t n, const double *x) {
    double sum = 0;
    for (int s = 0; s < 12; s++) {
        double score = 0;
        for (size_t i = 0; i < n; i++)
            score += row(s, i) * x[i];
        sum += fmax(0, 1 - (s % 2 ? score : -score));
    }
    return sum / 12;
}

static void hinge_gradient(size_t n, const double *x, double *g) {
    memset(g, 0, n * sizeof *g);
    for (int s = 0; s < 12; s++) {
        double score = 0, sign = s % 2 ? 1 : -1;
        for (size_t i = 0; i < n; i++)
            score += row(s, i) * x[i];
        for (size_t i = 0; i < n && 1 - sign * score > 0; i++)
            g[i] -= sign * row(s, i) / 12;
    }
}

static double largest(size_t n, const double *x) {
    double most = x[0];
    for (size_t i = 1; i < n; i++)
        most = fmax(most, x[i]);
    return most;
}

static void largest_gradient(size_t n, const double *x, double *g) {
    memset(g, 0, n * sizeof *g);
    size_t at = 0;
    for (size_t i = 1; i < n; i++)
        if (x[i] > x[at])
            at = i;
    g[at] = 1;
}

static double huber(size_t n, const double *x) {
    double sum = 0;
    for (size_t i = 0; i < n; i++)
        sum += fabs(x[i]) <= 1 ? x[i] * x[i] / 2 : fabs(x[i]) - 0.5;
    return sum;
}

static void huber_gradient(size_t n, const double *x, double *g) {
    for (size_t i = 0; i < n; i++)
        g[i] = fmax(-1, fmin(1, x[i]));
}

static double absolute_and_square(size_t n, const double *x) {
    return fabs(x[0]) + (x[0] - 2) * (x[0] - 2);
}

static void absolute_and_square_gradient(size_t n, const double *x, double *g) {
    g[0] = (x[0] > 0) - (x[0] < 0) + 2 * (x[0] - 2);
}

static double leaky(size_t n, const double *x) {
    return x[0] > 0 ? x[0] : 0.01 * x[0];
}

static void leaky_gradient(size_t n, const double *x, double *g) {
    g[0] = x[0] > 0 ? 1 : 0.01;
}

/* ---- steps ---- */

static double staircase(size_t n, const double *x) {
    return floor(1e6 * x[0]) / 1e6;
}

static double accuracy(size_t n, const double *x) {
    int right = 0;
    for (int s = 0; s < 100; s++) {
        double score = 0;
        for (size_t i = 0; i < n; i++)
            score += row(s, i) * x[i];
        right += (score > 0) == (s % 3 == 0);
    }
    return right / 100.0;
}

static void no_gradient(size_t n, const double *x, double *g) {
    memset(g, 0, n * sizeof *g);
}

static double to_half(double value) {
    int exponent;
    double digits = frexp(value, &exponent);
    return ldexp(rint(digits * 2048) / 2048, exponent);
}

static double half_squares(size_t n, const double *x) {
    double sum = 0;
    for (size_t i = 0; i < n; i++)
        sum += to_half(x[i]) * to_half(x[i]);
    return sum;
}

static double half_sum(size_t n, const double *x) {
    double sum = 0;
    for (size_t i = 0; i < n; i++)
        sum = to_half(sum + to_half(to_half(x[i]) * to_half(x[i])));
    return sum;
}

/* ---- scales ---- */

/* A peak much narrower than x is large. */
static double peak(size_t n, const double *x) {
    return exp(-1e10 * (x[0] - 0.3) * (x[0] - 0.3));
}

static void peak_gradient(size_t n, const double *x, double *g) {
    g[0] = -2e10 * (x[0] - 0.3) * peak(n, x);
}

static double fast_and_slow(size_t n, const double *x) {
    return cos(1e6 * x[0]) + 1e3 * x[0] * x[0];
}

static void fast_and_slow_gradient(size_t n, const double *x, double *g) {
    g[0] = -1e6 * sin(1e6 * x[0]) + 2e3 * x[0];
}

static double sine(size_t n, const double *x) {
    return sin(x[0]);
}

static void sine_gradient(size_t n, const double *x, double *g) {
    g[0] = cos(x[0]);
}

static double subnormal(size_t n, const double *x) {
    return 1e-310 * (x[0] * x[0] + sin(x[1]));
}

static void subnormal_gradient(size_t n, const double *x, double *g) {
    g[0] = 2e-310 * x[0];
    g[1] = 1e-310 * cos(x[1]);
}

static double huge_and_even(size_t n, const double *x) {
    return 1e16 * cos(x[0]) + sin(x[0]);
}

static void huge_and_even_gradient(size_t n, const double *x, double *g) {
    g[0] = -1e16 * sin(x[0]) + cos(x[0]);
}

static double next_to_overflow(size_t n, const double *x) {
    return exp(x[0]);
}

static void next_to_overflow_gradient(size_t n, const double *x, double *g) {
    g[0] = exp(x[0]);
}

static double huge(size_t n, const double *x) {
    return 1e290 * (x[0] * x[0] + sin(x[1]));
}

static void huge_gradient(size_t n, const double *x, double *g) {
    g[0] = 2e290 * x[0];
    g[1] = 1e290 * cos(x[1]);
}

static double tiny(size_t n, const double *x) {
    return 1e-250 * (x[0] * x[0] + sin(x[1]));
}

static void tiny_gradient(size_t n, const double *x, double *g) {
    g[0] = 2e-250 * x[0];
    g[1] = 1e-250 * cos(x[1]);
}

static double beside_large(size_t n, const double *x) {
    return 1e9 * x[0] * x[0] + x[1] * x[1];
}

static void beside_large_gradient(size_t n, const double *x, double *g) {
    g[0] = 2e9 * x[0];
    g[1] = 2 * x[1];
}

/* ---- noise ---- */

/* Relative noise of 1e-9, drawn by the bits of x. */
static double noisy(size_t n, const double *x) {
    uint64_t bits = 0, word;
    double sum = 0;
    for (size_t i = 0; i < n; i++) {
        memcpy(&word, &x[i], sizeof word);
        bits = (bits ^ word) * 0x9e3779b97f4a7c15u;
        bits ^= bits >> 29;
        sum += exp(x[i]);
    }
    return sum * (1 + 1e-9 * (2 * (double)(bits >> 11) * 0x1p-53 - 1));
}

static void noisy_gradient(size_t n, const double *x, double *g) {
    for (size_t i = 0; i < n; i++)
        g[i] = exp(x[i]);
}

/* Kepler's equation by as many steps of a fixed point as reach 1e-8. */
static double solved(size_t n, const double *x) {
    double e = x[0], before;
    do {
        before = e;
        e = x[0] + 0.4 * sin(e);
    } while (fabs(e - before) > 1e-8);
    return e * e + x[1] * x[1];
}

static void solved_gradient(size_t n, const double *x, double *g) {
    double e = x[0];
    for (int k = 0; k < 200; k++)
        e = x[0] + 0.4 * sin(e);
    g[0] = 2 * e / (1 - 0.4 * cos(e));
    g[1] = 2 * x[1];
}

/* A sum of normalised numbers: 0 but for rounding. */
static double normalised(size_t n, const double *x) {
    double mean = 0, squares = 0, sum = 0;
    for (size_t i = 0; i < n; i++)
        mean += x[i] / (double)n;
    for (size_t i = 0; i < n; i++)
        squares += (x[i] - mean) * (x[i] - mean) / (double)n;
    for (size_t i = 0; i < n; i++)
        sum += (x[i] - mean) / sqrt(squares + 1e-5);
    return sum;
}

static void normalised_gradient(size_t n, const double *x, double *g) {
    for (size_t i = 0; i < n; i++)
        g[i] = (i % 2 ? 1 : -1) * 3e-17;
}

const kind_problem kind_problems[] = {
    {"single precision", "x^2 + 25", 1, 0.5, 1, float_square, square_gradient},
    {"single precision", "squares", 50, 0, 1, float_squares, square_gradient},
    {"single precision", "dot product", 50, 0, 1, float_product, product_gradient},
    {"single precision", "log of a sum", 50, 0, 1, float_log_sum, log_sum_gradient},
    {"single precision", "sines", 50, 0, 1, float_sines, sines_gradient},
    {"single precision", "data, decay in double", 3, 0, 1, float_data, decay_gradient},
    {"cancellation", "(e^x - 1 - x)/x", 1, 1e-5, 2e-6, cancels, cancels_gradient},
    {"cancellation", "less 1e10", 2, 0.5, 0.3, less_a_constant, less_a_constant_gradient},
    {"cancellation", "(1 - cos x)/x^2", 1, 1e-4, 2e-5, small_cosine, small_cosine_gradient},
    {"cancellation", "log(1 + e^x)", 1, -39, 1, naive_softplus, naive_softplus_gradient},
    {"cancellation", "-log(1/(1 + e^-x))", 1, 37, 0.2, naive_loss, naive_loss_gradient},
    {"singular edge", "p log p", 1, 1e-10, 2e-11, entropy, entropy_gradient},
    {"singular edge", "acos", 1, 1 - 1e-10, 2e-11, arc, arc_gradient},
    {"singular edge", "log", 1, 1e-18, 2e-19, logarithm, logarithm_gradient},
    {"singular edge", "sqrt", 1, 1e-14, 2e-15, root, root_gradient},
    {"singular edge", "1/x", 1, 1e-6, 2e-7, pole, pole_gradient},
    {"singular edge", "1/x, tiny", 1, -1e-150, 1e-151, pole, pole_gradient},
    {"singular edge", "length", 3, 1e-12, 2e-13, length, length_gradient},
    {"singular edge", "entropy of two", 1, 1 - 1e-9, 2e-10, binary_entropy,
     binary_entropy_gradient},
    {"bounds", "cross-entropy", 4, 0.4, 0.1, cross_entropy, cross_entropy_gradient, 1e-12, 1},
    {"bounds", "cross-entropy by the bound", 2, 1e-3, 2e-4, cross_entropy, cross_entropy_gradient,
     1e-12, 1},
    {"bounds", "on the bound", 3, 0.25, 0, exponentials, exponentials_gradient, 0.25, 1},
    {"kinks", "lasso", 9, 0, 0, lasso, lasso_gradient, .half_kink = -1},
    {"kinks", "lasso beside them", 9, 0, 1e-6, lasso, lasso_gradient},
    {"kinks", "hinge", 6, 0, 1, hinge, hinge_gradient},
    {"kinks", "largest, a tie", 3, 0.7, 0, largest, largest_gradient},
    {"kinks", "largest", 3, 0.7, 0.1, largest, largest_gradient},
    {"kinks", "huber at its seam", 4, 1, 0, huber, huber_gradient},
    {"kinks", "|x| + (x - 2)^2 beside it", 1, 1e-9, 1e-10, absolute_and_square,
     absolute_and_square_gradient},
    {"kinks", "leaky, beside its kink", 1, -1e-8, 1e-9, leaky, leaky_gradient},
    {"steps", "a fine staircase", 1, 0.3, 0.1, staircase, no_gradient},
    {"steps", "accuracy", 5, 0, 0.3, accuracy, no_gradient},
    {"steps", "x in half precision", 5, 0.2, 0.1, half_squares, square_gradient},
    {"steps", "half precision", 5, 0.2, 0.1, half_sum, square_gradient},
    {"scales", "1e16 cos x + sin x", 1, 0, 0, huge_and_even, huge_and_even_gradient},
    {"scales", "exp at 709", 1, 709, 0.1, next_to_overflow, next_to_overflow_gradient},
    {"scales", "1e290", 2, 0.5, 1, huge, huge_gradient},
    {"scales", "1e-250", 2, 0.5, 1, tiny, tiny_gradient},
    {"scales", "1e9 x^2 + y^2", 2, 1, 0.2, beside_large, beside_large_gradient},
    {"scales", "a narrow peak", 1, 0.3, 7e-6, peak, peak_gradient},
    {"scales", "cos 1e6 x + 1e3 x^2", 1, 0.3, 0.1, fast_and_slow, fast_and_slow_gradient},
    {"scales", "sin at 1e12", 1, 1e12, 1e11, sine, sine_gradient},
    {"scales", "subnormal", 2, 0.5, 1, subnormal, subnormal_gradient},
    {"noise", "1e-9, drawn", 4, 0.3, 0.5, noisy, noisy_gradient},
    {"noise", "a solver of 1e-8", 2, 1, 0.3, solved, solved_gradient},
    {"noise", "0 but for rounding", 8, 0, 1, normalised, normalised_gradient},
};
const size_t kind_problem_count = sizeof kind_problems / sizeof *kind_problems;
