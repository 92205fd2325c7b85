/* differences.c: what softmax losses change by when one weight moves, exactly.
 *
 * Moving W[d,c] by h changes the loss of image i by log1p(p_ic expm1(h x_id)), less h x_id where c
 * is the label. Written with expm1 and log1p nothing cancels. And since sum_i log(1 + z_i) = log
 * prod_i (1 + z_i), one logarithm serves a group of images: the product less 1 is carried as r <- r
 * + t (p + p r), z being p t, which keeps its relative accuracy however small z is. Two
 * multiply-adds a term take the place of a logarithm. */
#include "kernel/vector.h"

/* Products in registers at a time: two vectors of features for each of COLUMNS classes. */
enum { VECTORS = 2, COLUMNS = 5 };

INLINE void product_columns(size_t count, size_t all_columns, size_t columns, size_t group,
                            const double *p, const double *t, double *sums) {
    for (size_t first = 0; first < count; first += group) {
        size_t end = first + group < count ? first + group : count;
        vec r[COLUMNS][VECTORS] = {{{0}}};
        for (size_t i = first; i < end; i++)
            for (size_t k = 0; k < columns; k++) {
                vec pk = splat(p[i * all_columns + k]);
                for (size_t v = 0; v < VECTORS; v++)
                    r[k][v] += load(t + i * TW_FEATURE_PAD + v * LANES) * (pk + pk * r[k][v]);
            }
        for (size_t k = 0; k < columns; k++)
            for (size_t v = 0; v < VECTORS; v++) {
                double *at = sums + k * TW_FEATURE_PAD + v * LANES;
                store(at, load(at) + vlog1p(r[k][v]));
            }
    }
}

/* One logarithm a term, for arguments y = h x of any size. With z = p expm1(y):
 *   z > -1/2   log1p(z)
 *   else       log(q + p exp(y)), both terms positive
 *   y > 700    where exp(y) would overflow: log(1 + exp(a)), a = y + log p */
INLINE void term_columns(size_t count, size_t columns, const tw_softmax_state *state,
                         const double *t, const double *y, double *sums) {
    for (size_t k = 0; k < columns; k++)
        for (size_t v = 0; v < TW_FEATURE_PAD; v += LANES) {
            vec sum = splat(0.0);
            for (size_t i = 0; i < count; i++) {
                size_t at = i * columns + k;
                vec p = splat(state->p[at]), yi = load(y + i * TW_FEATURE_PAD + v);
                vec z = p * load(t + i * TW_FEATURE_PAD + v);
                vec near = vlog1p(larger(z, splat(-0.5)));
                vec far = vlog(state->q[at] + p * vexp(yi));
                vec a = yi + splat(state->log_p[at]);
                vec huge = larger(a, splat(0.0)) + vlog1p(vexp(-magnitude(a)));
                vec change = choose(z > splat(-0.5), near, far);
                sum += choose(yi > splat(700.0), huge, change);
            }
            double *at = sums + k * TW_FEATURE_PAD + v;
            store(at, load(at) + sum);
        }
}

void KERNEL(log_products)(size_t count, size_t columns, size_t group, const tw_softmax_state *state,
                          const double *t, const double *y, double *sums) {
    const double *p = state->p;
    if (group == 0) {
        term_columns(count, columns, state, t, y, sums);
        return;
    }
    for (size_t v = 0; v < TW_FEATURE_PAD; v += VECTORS * LANES)
        for (size_t k = 0; k < columns; k += COLUMNS) {
            double *at = sums + k * TW_FEATURE_PAD + v;
            switch (columns - k) {
            case 1:
                product_columns(count, columns, 1, group, p + k, t + v, at);
                break;
            case 2:
                product_columns(count, columns, 2, group, p + k, t + v, at);
                break;
            case 3:
                product_columns(count, columns, 3, group, p + k, t + v, at);
                break;
            case 4:
                product_columns(count, columns, 4, group, p + k, t + v, at);
                break;
            default:
                product_columns(count, columns, 5, group, p + k, t + v, at);
            }
        }
}

/* How much work expm1 takes for arguments within the reach. */
typedef enum reach_class { TINY, SMALL, LARGE } reach_class;

INLINE void exponential_rows(const tw_samples *samples, int is_bytes, int whole, reach_class reach,
                             size_t first, size_t count, size_t tile, const double *steps,
                             const int32_t *labels, double *t, double *y, double *label_sums) {
    for (size_t i = 0; i < count; i++) {
        double *own = label_sums + (size_t)labels[first + i] * TW_FEATURE_PAD;
        for (size_t v = 0; v < TW_FEATURE_PAD; v += LANES) {
            vec x = whole ? load_features(samples, is_bytes, first + i, tile + v)
                          : load_features_end(samples, is_bytes, first + i, tile + v, 1.0);
            vec move = x * load(steps + v);
            store(own + v, load(own + v) + move);
            store(t + i * TW_FEATURE_PAD + v, reach == TINY    ? vexpm1_tiny(move)
                                              : reach == SMALL ? vexpm1_small(move)
                                                               : vexpm1(move));
            if (y != NULL)
                store(y + i * TW_FEATURE_PAD + v, move);
        }
    }
}

void KERNEL(exponentials)(const tw_samples *samples, size_t first, size_t count, size_t tile,
                          const double *steps, double reach, const int32_t *labels, double *t,
                          double *y, double *label_sums) {
    int bytes = samples->bytes != NULL, whole = tile + TW_FEATURE_PAD <= samples->features;
    if (bytes && whole && reach <= 1.0 / 256)
        exponential_rows(samples, 1, 1, TINY, first, count, tile, steps, labels, t, NULL,
                         label_sums);
    else if (bytes && whole && reach <= 0.25)
        exponential_rows(samples, 1, 1, SMALL, first, count, tile, steps, labels, t, y, label_sums);
    else if (!bytes && whole && reach <= 0.25)
        exponential_rows(samples, 0, 1, SMALL, first, count, tile, steps, labels, t, y, label_sums);
    else
        exponential_rows(samples, bytes, whole, LARGE, first, count, tile, steps, labels, t, y,
                         label_sums);
}

#define ARRAY_FUNCTION(name, function)                                                             \
    void KERNEL(name)(size_t count, const double *x, double *out) {                                \
        for (size_t k = 0; k < count; k += LANES)                                                  \
            store(out + k, function(load(x + k)));                                                 \
    }
ARRAY_FUNCTION(exp, vexp)
ARRAY_FUNCTION(log, vlog)
ARRAY_FUNCTION(log1p, vlog1p)
ARRAY_FUNCTION(expm1, vexpm1)
ARRAY_FUNCTION(tanh, vtanh)
