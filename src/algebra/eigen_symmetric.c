#include "algebra/eigen_symmetric.h"

#include <float.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "algebra/power_unit.h"
#include "core/alloc.h"

/* QR steps for an eigenvalue; two or three are usual. */
enum { MOST_STEPS = 100 };

typedef struct eigen {
    size_t n;
    double *a;              /* n x n: in row k from k + 1 on, the vector v of reflection k */
    double *beta;           /* n: reflection k is 1 - beta v v^T */
    double *diagonal, *off; /* n each; off[k] couples k and k + 1 */
    double *turned;         /* n x n: row i becomes eigenvector i of the tridiagonal matrix */
    double *work;           /* n */
} eigen;

static double dot(size_t count, const double *a, const double *b) {
    double sum = 0;
    for (size_t i = 0; i < count; i++)
        sum += a[i] * b[i];
    return sum;
}

/* The part of the matrix behind row k: B -= v w^T + w v^T, w = p - (beta / 2) (p v) v, p = beta B
 * v.
 */
static void reflect_rest(eigen *e, size_t k, double beta) {
    size_t n = e->n, m = n - k - 1;
    const double *v = e->a + k * n + k + 1;
    double *w = e->work;
    for (size_t i = 0; i < m; i++)
        w[i] = beta * dot(m, e->a + (k + 1 + i) * n + k + 1, v);
    double half = beta / 2 * dot(m, w, v);
    for (size_t i = 0; i < m; i++)
        w[i] -= half * v[i];
    for (size_t i = 0; i < m; i++) {
        double *row = e->a + (k + 1 + i) * n + k + 1;
        for (size_t j = 0; j < m; j++)
            row[j] -= v[i] * w[j] + w[i] * v[j];
    }
}

static void reduce(eigen *e) {
    size_t n = e->n;
    for (size_t k = 0; k < n; k++) {
        double *v = e->a + k * n + k + 1;
        size_t m = n - k - 1;
        e->diagonal[k] = e->a[k * n + k];
        e->beta[k] = 0;
        e->off[k] = m > 0 ? v[0] : 0;
        double rest = m > 1 ? dot(m - 1, v + 1, v + 1) : 0;
        if (rest == 0)
            continue;
        double length = sqrt(v[0] * v[0] + rest);
        e->off[k] = v[0] > 0 ? -length : length;
        v[0] -= e->off[k];
        e->beta[k] = 2 / (v[0] * v[0] + rest);
        reflect_rest(e, k, e->beta[k]);
    }
}

/* Rows k and k + 1 of the eigenvectors turned by the angle of (c, s). */
static void turn(eigen *e, size_t k, double c, double s) {
    double *upper = e->turned + k * e->n, *lower = upper + e->n;
    for (size_t i = 0; i < e->n; i++) {
        double u = upper[i], l = lower[i];
        upper[i] = c * u + s * l;
        lower[i] = c * l - s * u;
    }
}

/* One QR step on rows low ... high, which nothing couples to the others. */
static void step(eigen *e, size_t low, size_t high) {
    double *d = e->diagonal, *off = e->off;
    double half = (d[high - 1] - d[high]) / 2, last = off[high - 1];
    double shift = d[high] - last * (last / (half + copysign(hypot(half, last), half)));
    double x = d[low] - shift, z = off[low];
    for (size_t k = low; k < high; k++) {
        double r = hypot(x, z), c = r > 0 ? x / r : 1, s = r > 0 ? z / r : 0;
        double a = d[k], b = off[k], g = d[k + 1];
        if (k > low)
            off[k - 1] = r;
        d[k] = c * c * a + 2 * c * s * b + s * s * g;
        d[k + 1] = s * s * a - 2 * c * s * b + c * c * g;
        off[k] = c * s * (g - a) + (c * c - s * s) * b;
        if (k + 1 < high) {
            x = off[k];
            z = s * off[k + 1];
            off[k + 1] *= c;
        }
        turn(e, k, c, s);
    }
}

static tw_status diagonalise(eigen *e) {
    double size = 0;
    for (size_t k = 0; k < e->n; k++)
        size = fmax(size, fmax(fabs(e->diagonal[k]), fabs(e->off[k])));
    size_t steps = 0;
    for (size_t high = e->n - 1; high > 0;) {
        size_t low = high;
        while (low > 0) {
            double near = fabs(e->diagonal[low - 1]) + fabs(e->diagonal[low]);
            if (fabs(e->off[low - 1]) <= DBL_EPSILON * fmax(near, size / 16))
                break;
            low--;
        }
        if (low == high) {
            high--;
            continue;
        }
        if (++steps > MOST_STEPS * e->n)
            return tw_fail(TW_ERR_NOT_FINITE,
                           "the eigenvalues of a matrix of order %zu do not settle", e->n);
        step(e, low, high);
    }
    return TW_OK;
}

/* Eigenvector i of the tridiagonal matrix, through the reflections. */
static void carry_back(const eigen *e, size_t i, double *vector) {
    size_t n = e->n;
    memcpy(vector, e->turned + i * n, n * sizeof *vector);
    for (size_t k = n; k-- > 0;) {
        if (e->beta[k] == 0)
            continue;
        const double *v = e->a + k * n + k + 1;
        double along = e->beta[k] * dot(n - k - 1, v, vector + k + 1);
        for (size_t j = 0; j < n - k - 1; j++)
            vector[k + 1 + j] -= along * v[j];
    }
}

static void choose(eigen *e, size_t wanted, double *values, double *vectors) {
    for (size_t k = 0; k < wanted; k++) {
        size_t best = 0;
        for (size_t i = 1; i < e->n; i++)
            if (e->diagonal[i] > e->diagonal[best])
                best = i;
        values[k] = e->diagonal[best];
        carry_back(e, best, vectors + k * e->n);
        e->diagonal[best] = -INFINITY;
    }
}

/* Brings the entries near 1; returns what they were divided by. */
static double bring_near_one(size_t count, double *a) {
    double unit = tw_unit_of_all(count, a);
    for (size_t i = 0; unit != 1 && i < count; i++)
        a[i] /= unit;
    return unit;
}

tw_status tw_eigen_symmetric(size_t n, double *a, size_t wanted, double *values, double *vectors) {
    eigen e = {.n = n, .a = a};
    double unit = 1;
    double *lists = tw_alloc(n, 4 * sizeof *lists);
    e.turned = tw_alloc(n, n * sizeof *e.turned);
    tw_status status = TW_OK;
    if (lists == NULL || e.turned == NULL)
        status = tw_fail(TW_ERR_MEMORY, "not enough memory for a matrix of order %zu", n);
    if (status == TW_OK) {
        e.beta = lists;
        e.diagonal = lists + n;
        e.off = lists + 2 * n;
        e.work = lists + 3 * n;
        for (size_t i = 0; i < n; i++)
            e.turned[i * n + i] = 1;
        unit = bring_near_one(n * n, a);
        reduce(&e);
        status = diagonalise(&e);
    }
    if (status == TW_OK)
        choose(&e, wanted, values, vectors);
    for (size_t k = 0; k < wanted && status == TW_OK; k++)
        values[k] *= unit;
    free(lists);
    free(e.turned);
    return status;
}
