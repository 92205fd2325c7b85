#include "plot_samples.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

const double sample_steps[10] = {1e-10, 1e-9, 1e-8, 1e-7, 1e-6, 1e-5, 1e-4, 1e-3, 1e-2, 1e-1};
const double sample_losses[10] = {2.3217, 2.3216, 2.3208, 2.3125, 2.2364,
                                  2.380,  13.01,  128,    1284,   12848};
const double sample_original = 2.3217;

void sample_surface(tw_surface *s, int rank, size_t nx, size_t ny, size_t metrics,
                    const char *const *names) {
    memset(s, 0, sizeof *s);
    s->rank = rank;
    s->nx = nx;
    s->ny = rank == 2 ? ny : 1;
    s->metrics = metrics;
    s->x = calloc(nx + 1, sizeof *s->x);
    s->y = rank == 2 ? calloc(ny + 1, sizeof *s->y) : NULL;
    s->names = calloc(metrics, sizeof *s->names);
    s->values = calloc(metrics * nx * s->ny + 1, sizeof *s->values);
    s->computed = malloc(nx * s->ny + 1);
    memset(s->computed, 1, nx * s->ny + 1);
    for (size_t i = 0; i < nx; i++)
        s->x[i] = nx > 1 ? -1 + 2.0 * (double)i / (double)(nx - 1) : 0;
    for (size_t j = 0; rank == 2 && j < ny; j++)
        s->y[j] = ny > 1 ? -1 + 2.0 * (double)j / (double)(ny - 1) : 0;
    for (size_t m = 0; m < metrics; m++)
        s->names[m] = strdup(names[m]);
    s->metric = tw_metrics_read(metrics, names, TW_SPELT_IN_FILES);
}

void sample_free(tw_surface *s) {
    for (size_t m = 0; m < s->metrics; m++)
        free(s->names[m]);
    free(s->names);
    free(s->metric);
    free(s->x);
    free(s->y);
    free(s->values);
    free(s->computed);
    memset(s, 0, sizeof *s);
}

void sample_bowl(tw_surface *s, size_t n) {
    static const char *const names[] = {"train_loss", "train_acc"};
    sample_surface(s, 2, n, n, 2, names);
    for (size_t j = 0; j < n; j++) {
        for (size_t i = 0; i < n; i++) {
            double x = s->x[i], y = s->y[j], q = 10 * x * x + 3 * x * y + 4 * y * y;
            s->values[j * n + i] = 0.012 + 0.6 * q + 0.06 * q * q + 2 * x * x * x * y * y;
            s->values[n * n + j * n + i] = 10 + 85 * exp(-0.5 * q);
        }
    }
}

void sample_valleys(tw_surface *s, size_t n) {
    static const char *const names[] = {"train_loss", "train_loss_se"};
    sample_surface(s, 2, n, n, 2, names);
    for (size_t k = 0; k < n * n; k++) {
        double x = 2 * s->x[k % n], y = 2 * s->y[k / n];
        s->values[k] = 2 - 1.5 * exp(-2 * ((x + 1) * (x + 1) + y * y)) -
                       1.1 * exp(-2 * ((x - 1) * (x - 1) + (y - 0.5) * (y - 0.5))) +
                       0.04 * sin(9 * x + 1) * sin(8 * y);
        s->values[n * n + k] = 0.02 + 0.01 * s->values[k];
    }
}

/* A hash of lattice points to 0 ... 1, and smooth noise from it. */
static double lattice(int i, int j) {
    unsigned h = (unsigned)i * 374761393u + (unsigned)j * 668265263u;
    h = (h ^ h >> 13) * 1274126177u;
    return (double)(h ^ h >> 16) / 4294967295.0;
}

static double noise(double x, double y) {
    int i = (int)floor(x), j = (int)floor(y);
    double u = x - i, v = y - j;
    u = u * u * (3 - 2 * u);
    v = v * v * (3 - 2 * v);
    return (1 - v) * ((1 - u) * lattice(i, j) + u * lattice(i + 1, j)) +
           v * ((1 - u) * lattice(i, j + 1) + u * lattice(i + 1, j + 1));
}

void sample_bumpy(tw_surface *s, size_t n) {
    static const char *const names[] = {"train_loss"};
    sample_surface(s, 2, n, n, 1, names);
    for (size_t j = 0; j < n; j++) {
        for (size_t i = 0; i < n; i++) {
            double x = s->x[i], y = s->y[j], r = hypot(x, y);
            double rough = noise(7 * x + 40, 7 * y + 40) + 0.5 * noise(15 * x + 9, 15 * y + 77);
            s->values[j * n + i] =
                pow(10, -0.4 + 2.4 * fmin(1, 1.2 * r * r) + (rough - 0.7) * 1.6 * fmin(1, 2 * r));
        }
    }
}

void sample_holes(tw_surface *s, size_t n) {
    sample_bumpy(s, n);
    for (size_t j = 0; j < n; j++) {
        for (size_t i = 0; i < n; i++) {
            if (s->x[i] + s->y[j] > 1.5)
                s->values[j * n + i] = INFINITY;
            if (s->x[i] < -0.75 && s->y[j] > 0.8)
                s->computed[j * n + i] = 0;
        }
    }
    s->values[n / 4 * n + n / 4] = NAN;
}

void sample_line(tw_surface *s, size_t n) {
    static const char *const names[] = {"train_loss", "train_acc", "test_loss", "test_acc"};
    sample_surface(s, 1, n, 1, 4, names);
    for (size_t i = 0; i < n; i++) {
        double a = -0.5 + 2.0 * (double)i / (double)(n - 1);
        double far = fmin(fabs(a) + 0.04, fabs(a - 1) + 0.01);
        s->x[i] = a;
        s->values[i] = 0.9 * pow(far, 1.6) + 0.6 * pow(fmax(0, a - 1), 1.5) + 0.0005;
        s->values[n + i] = 100 - 30 * pow(far, 1.5) - 150 * pow(fmax(0, a - 1), 1.7);
        s->values[2 * n + i] = 0.3 + 0.7 * s->values[i] + 0.08 * sin(3 * a) * sin(3 * a);
        s->values[3 * n + i] = s->values[n + i] * 0.92;
    }
}

void sample_hinge(tw_surface *s, size_t n) {
    static const char *const names[] = {"train_loss"};
    static const double kinks[] = {-0.82, -0.55, -0.31, -0.12, 0.04, 0.21, 0.4, 0.7};
    sample_surface(s, 1, n, 1, 1, names);
    for (size_t i = 0; i < n; i++) {
        s->values[i] = 5;
        for (size_t k = 0; k < 8; k++)
            s->values[i] += fmax(0, (k % 2 ? 1 : -1) * (s->x[i] - kinks[k]) * (double)(3 + k));
    }
}
