#include "quadratic.h"

#include <math.h>

/* v -= 2 u (u'v), u_i proportional to 1 + ((7 i + 3 which) mod 5). */
static void reflect(size_t n, size_t which, double *v) {
    double along = 0, length = 0;
    for (size_t i = 0; i < n; i++) {
        double u = 1 + (double)((7 * i + 3 * which) % 5);
        along += u * v[i];
        length += u * u;
    }
    for (size_t i = 0; i < n; i++)
        v[i] -= 2 * (1 + (double)((7 * i + 3 * which) % 5)) * along / length;
}

void quadratic_parts(const quadratic *q, const double *v, double *out) {
    memcpy(out, v, q->n * sizeof *v);
    reflect(q->n, 0, out);
    reflect(q->n, 1, out);
}

void quadratic_product(const quadratic *q, const double *v, double *out) {
    quadratic_parts(q, v, out);
    for (size_t i = 0; i < q->n; i++)
        out[i] *= q->values[i];
    reflect(q->n, 1, out);
    reflect(q->n, 0, out);
    if (q->n > 1)
        out[0] += q->skew * v[1];
}

static tw_status gradient(void *ctx, size_t n, const double *x, double *values, double *g) {
    const quadratic *q = ctx;
    quadratic_product(q, x, g);
    if (values != NULL) {
        values[0] = 0;
        for (size_t i = 0; i < n; i++)
            values[0] += x[i] * g[i] / 2;
    }
    return TW_OK;
}

static tw_status value(void *ctx, size_t n, const double *x, double *values) {
    double *g = malloc(n * sizeof *g);
    gradient(ctx, n, x, values, g);
    free(g);
    return TW_OK;
}

static tw_status products(void *ctx, size_t n, const double *x, size_t count, const double *vectors,
                          double *out) {
    quadratic *q = ctx;
    for (size_t k = 0; k < count; k++) {
        quadratic_product(q, vectors + k * n, out + k * n);
        if (++q->products == q->broken)
            out[k * n + 3] = NAN;
    }
    return TW_OK;
}

tw_objective *quadratic_in(quadratic *q, tw_space *space) {
    const tw_objective_ops ops = {.value = value,
                                  .gradient = q->no_gradient ? NULL : gradient,
                                  .hessian_products = q->no_product ? NULL : products};
    tw_objective *f;
    assert_ok(tw_objective_new(&ops, q, q->n,
                               &(tw_objective_traits){.name = "quadratic", .space = space}, &f));
    tw_objective_set_runner(f, q->runner);
    return f;
}

tw_objective *quadratic_objective(quadratic *q) {
    return quadratic_in(q, NULL);
}
