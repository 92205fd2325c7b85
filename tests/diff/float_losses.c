#include "float_losses.h"

#include <math.h>

static double squares(size_t n, const double *x, float from) {
    float sum = from;
    for (size_t i = 0; i < n; i++)
        sum += (float)x[i] * (float)x[i];
    return sum;
}

static void squares_gradient(size_t n, const double *x, double *g) {
    for (size_t i = 0; i < n; i++)
        g[i] = 2 * x[i];
}

static float weight(size_t i) {
    return sinf(1.7f * (float)i + 0.3f);
}

static double product(size_t n, const double *x, float from) {
    float sum = from;
    for (size_t i = 0; i < n; i++)
        sum += weight(i) * (float)x[i];
    return sum;
}

static void product_gradient(size_t n, const double *x, double *g) {
    for (size_t i = 0; i < n; i++)
        g[i] = weight(i);
}

static double log_sum(size_t n, const double *x, float from) {
    float sum = 0;
    for (size_t i = 0; i < n; i++)
        sum += expf((float)x[i]);
    return logf(sum) + from;
}

static void log_sum_gradient(size_t n, const double *x, double *g) {
    double sum = 0;
    for (size_t i = 0; i < n; i++)
        sum += exp(x[i]);
    for (size_t i = 0; i < n; i++)
        g[i] = exp(x[i]) / sum;
}

static double sines(size_t n, const double *x, float from) {
    float sum = from;
    for (size_t i = 0; i < n; i++)
        sum += sinf((float)x[i]);
    return sum;
}

static void sines_gradient(size_t n, const double *x, double *g) {
    for (size_t i = 0; i < n; i++)
        g[i] = cos(x[i]);
}

const float_loss *float_loss_at(size_t index) {
    static const float_loss losses[] = {
        [FLOAT_SQUARES] = {"squares", squares, squares_gradient},
        [FLOAT_PRODUCT] = {"dot product", product, product_gradient},
        [FLOAT_LOG_SUM] = {"log of a sum", log_sum, log_sum_gradient},
        [FLOAT_SINES] = {"sines", sines, sines_gradient},
    };
    return index < sizeof losses / sizeof losses[0] ? &losses[index] : NULL;
}

double float_data_loss(const double *x, double decay) {
    float sum = 0;
    double squared = 0;
    for (int k = 0; k < 8; k++) {
        float t = 0.3f * (float)k, z = (float)x[0] + (float)x[1] * t + (float)x[2] * t * t;
        sum += log1pf(expf(-z));
    }
    for (int i = 0; i < 3; i++)
        squared += x[i] * x[i];
    return sum / 8 + 0.5 * decay * squared;
}

void float_data_gradient(const double *x, double decay, double *g) {
    for (int i = 0; i < 3; i++)
        g[i] = decay * x[i];
    for (int k = 0; k < 8; k++) {
        double t = 0.3f * (float)k, z = x[0] + x[1] * t + x[2] * t * t;
        double p = -1 / (1 + exp(z)) / 8;
        g[0] += p;
        g[1] += p * t;
        g[2] += p * t * t;
    }
}
