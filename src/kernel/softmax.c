/* softmax.c: the softmax loss of a block of images, and of one image at many points of a span.
 *
 * With d_c = s_c - s_y and m = max(0, max d): loss = m + log(exp(-m) + sum_{c != y} exp(d_c - m)),
 * and where the label wins (m = 0) log1p(sum exp(d_c)), which keeps tiny losses exact. */
#include "kernel/vector.h"

/* ---- a block of images, the lanes being images ---- */

typedef struct lane_block {
    const double *scores;
    const int32_t *labels;
    size_t first, count, classes;
} lane_block;

/* Labels (as doubles) and their scores for LANES images; lanes past the end repeat the last image.
 */
INLINE vec label_scores(const lane_block *block, vec *labels) {
    vec s = splat(0.0), y = splat(0.0);
    for (size_t k = 0; k < LANES; k++) {
        size_t i = block->first + k < block->count ? block->first + k : block->count - 1;
        y[k] = block->labels[i];
        s[k] = block->scores[(size_t)block->labels[i] * TW_BLOCK + i];
    }
    *labels = y;
    return s;
}

INLINE vec scores_at(const lane_block *block, size_t c) {
    vec s;
    if (block->first + LANES <= block->count)
        return load(block->scores + c * TW_BLOCK + block->first);
    s = splat(block->scores[c * TW_BLOCK + block->count - 1]);
    for (size_t k = 0; block->first + k < block->count; k++)
        s[k] = block->scores[c * TW_BLOCK + block->first + k];
    return s;
}

typedef struct lane_result {
    vec loss, correct;
} lane_result;

/* Probabilities and the like from the label's scores, the largest difference, and the whole sum. */
INLINE void softmax_details(const lane_block *block, const tw_softmax_out *out, vec own, vec top,
                            vec whole) {
    for (size_t c = 0; c < block->classes; c++) {
        size_t at = c * TW_BLOCK + block->first;
        vec exponent = scores_at(block, c) - own - top;
        store(out->p + at, vexp(exponent) / whole);
        if (out->q == NULL)
            continue;
        store(out->log_p + at, exponent - vlog(whole));
        vec rest = splat(0.0); /* the others' terms added up, so that 1 - p keeps its digits */
        for (size_t j = 0; j < block->classes; j++)
            if (j != c)
                rest += vexp(scores_at(block, j) - own - top);
        store(out->q + at, rest / whole);
    }
}

INLINE lane_result softmax_lanes(const lane_block *block, const tw_softmax_out *out) {
    vec label, top = splat(0.0), loses = splat(0.0);
    vec own = label_scores(block, &label);
    for (size_t c = 0; c < block->classes; c++) {
        vec d = scores_at(block, c) - own;
        top = larger(d, top);
        ivec beats = (d > splat(0.0)) | ((d == splat(0.0)) & (label > splat((double)c))) | (d != d);
        loses = choose(beats, splat(1.0), loses);
    }
    vec sum = splat(0.0), own_term = vexp(-top);
    for (size_t c = 0; c < block->classes; c++) {
        vec e = vexp(scores_at(block, c) - own - top);
        sum += choose(label == splat((double)c), splat(0.0), e);
    }
    ivec wins = top == splat(0.0);
    lane_result result;
    result.loss = top + choose(wins, vlog1p(sum), vlog(sum + own_term));
    result.loss = choose(top == splat(INFINITY), top, result.loss);
    result.correct = 1.0 - loses;
    if (out != NULL)
        softmax_details(block, out, own, top, sum + own_term);
    return result;
}

void KERNEL(softmax)(const double *scores, const int32_t *labels, size_t count, size_t classes,
                     double *loss, double *correct, const tw_softmax_out *out) {
    vec losses = splat(0.0), corrects = splat(0.0);
    double end_loss = 0, end_correct = 0;
    for (size_t i = 0; i < count; i += LANES) {
        lane_block block = {scores, labels, i, count, classes};
        lane_result result = softmax_lanes(&block, out);
        if (i + LANES <= count) {
            losses += result.loss;
            corrects += result.correct;
            continue;
        }
        for (size_t k = 0; i + k < count; k++) {
            end_loss += result.loss[k];
            end_correct += result.correct[k];
        }
    }
    *loss = lane_sum(losses) + end_loss;
    *correct = lane_sum(corrects) + end_correct;
}

/* ---- the span: many points of one image, the lanes being points ---- */

/* Images whose differences could pass this bound go the slow way: TW_PRODUCT_GROUP factors of at
 * most 1 + others * exp(80) stay below exp(700). */
static const double FAST_BOUND = 80.0;

/* e_c(a, b) = exp(u_c) exp(b w_c) exp(a v_c): every factor serves a whole row or column of points.
 * table[c * padded ...] = exp(a v_c). */
INLINE void fill_table(const tw_image_span *image, const tw_point_row *row, double *table) {
    for (size_t c = 0; c < image->others; c++)
        for (size_t p = 0; p < row->padded; p += LANES)
            store(table + c * row->padded + p, vexp(load(row->a + p) * splat(image->v[c])));
}

INLINE double largest(const double *x, size_t count) {
    double most = 0;
    for (size_t k = 0; k < count; k++) {
        double size = fabs(x[k]);
        if (!(size <= most)) /* NaN comes through */
            most = size;
    }
    return most;
}

/* One vector of points, straight from the differences: for those that the products cannot take. */
INLINE vec slow_points(const tw_image_span *image, vec a, double b) {
    vec top = splat(0.0), sum = splat(0.0);
    for (size_t c = 0; c < image->others; c++)
        top = larger((image->u[c] + b * image->w[c]) + a * splat(image->v[c]), top);
    for (size_t c = 0; c < image->others; c++)
        sum += vexp((image->u[c] + b * image->w[c]) + a * splat(image->v[c]) - top);
    ivec wins = top == splat(0.0);
    vec loss = top + choose(wins, vlog1p(sum), vlog(sum + vexp(-top)));
    return choose(top == splat(INFINITY), top, loss);
}

/* The largest |u|, |v|, |w| of an image: no difference is larger than u + |a| v + |b| w. */
typedef struct image_reach {
    double u, v, w;
} image_reach;

INLINE void row_points(const tw_image_span *image, const tw_point_row *row, const double *table,
                       const double *factor, const image_reach *reach, double *product,
                       double *loss, double *correct) {
    double fixed = reach->u + fabs(row->b) * reach->w;
    /* A row well within the bound needs no look at its points. The margin keeps a point that
     * rounding could take either side of the bound from being told apart by its neighbours. */
    int all_fast = fixed + row->a_most * reach->v <= FAST_BOUND - 1e-3;
    win_interval wins = winning(image, row->b);
    for (size_t p = 0; p < row->padded; p += LANES) {
        vec a = load(row->a + p), z = splat(0.0);
        for (size_t c = 0; c < image->others; c++)
            z += load(table + c * row->padded + p) * splat(factor[c]);
        size_t at = row->offset + p;
        if (!all_fast) {
            ivec fast = fixed + magnitude(a) * splat(reach->v) <= splat(FAST_BOUND);
            z = choose(fast, z, splat(0.0));
            vec slow = choose(fast, splat(0.0), slow_points(image, a, row->b));
            store(loss + at, load(loss + at) + slow);
        }
        vec running = load(product + at); /* product of (1 + z) so far, less 1 */
        store(product + at, running + (z + z * running));
        store(correct + at, load(correct + at) + won(&wins, a));
    }
}

/* out[c] = exp(scale x[c]), times factor[c] unless NULL. */
INLINE void scaled_exp(const double *x, double scale, const double *factor, size_t count,
                       double *out) {
    for (size_t c = 0; c < count; c += LANES) {
        vec v = splat(0.0);
        for (size_t k = 0; k < LANES && c + k < count; k++)
            v[k] = scale * x[c + k];
        v = vexp(v);
        for (size_t k = 0; k < LANES && c + k < count; k++)
            out[c + k] = factor != NULL ? factor[c + k] * v[k] : v[k];
    }
}

void KERNEL(softmax_points)(const tw_image_span *image, const tw_point_row *rows, size_t row_count,
                            int shared, double *table, double *product, double *loss,
                            double *correct) {
    size_t others = image->others;
    image_reach reach = {largest(image->u, others), largest(image->v, others),
                         largest(image->w, others)};
    double *origin = table, *factor = table + others, *powers = table + 2 * others;
    scaled_exp(image->u, 1.0, NULL, others, origin);
    if (shared && row_count > 0)
        fill_table(image, &rows[0], powers);
    for (size_t r = 0; r < row_count; r++) {
        if (!shared)
            fill_table(image, &rows[r], powers);
        scaled_exp(image->w, rows[r].b, origin, others, factor);
        row_points(image, &rows[r], powers, factor, &reach, product, loss, correct);
    }
}

void KERNEL(softmax_flush)(size_t points, double *product, double *loss) {
    for (size_t p = 0; p < points; p += LANES) {
        store(loss + p, load(loss + p) + vlog1p(load(product + p)));
        store(product + p, splat(0.0));
    }
}
