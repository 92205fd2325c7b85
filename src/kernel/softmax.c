/* softmax.c: the softmax loss of a block of images, the lanes being images.
 *
 * With d_c = s_c - s_y and m = max(0, max d): loss = m + log(exp(-m) + sum_{c != y} exp(d_c - m)),
 * and where the label wins (m = 0) log1p(sum exp(d_c)), which keeps tiny losses exact. */
#include "kernel/vector.h"

typedef struct lane_block {
    const double *scores;
    const int32_t *labels;
    size_t first, count, classes;
    size_t row; /* numbers from a class to the next */
} lane_block;

/* Labels (as doubles) and their scores for LANES images; lanes past the end repeat the last image.
 */
INLINE vec label_scores(const lane_block *block, vec *labels) {
    vec s = splat(0.0), y = splat(0.0);
    for (size_t k = 0; k < LANES; k++) {
        size_t i = block->first + k < block->count ? block->first + k : block->count - 1;
        y[k] = block->labels[i];
        s[k] = block->scores[(size_t)block->labels[i] * block->row + i];
    }
    *labels = y;
    return s;
}

INLINE vec scores_at(const lane_block *block, size_t c) {
    vec s;
    if (block->first + LANES <= block->count)
        return load(block->scores + c * block->row + block->first);
    s = splat(block->scores[c * block->row + block->count - 1]);
    for (size_t k = 0; block->first + k < block->count; k++)
        s[k] = block->scores[c * block->row + block->first + k];
    return s;
}

typedef struct lane_result {
    vec loss, correct;
} lane_result;

/* Probabilities and the like from the label's scores, the largest difference, and the whole sum. */
INLINE void softmax_details(const lane_block *block, const tw_softmax_out *out, vec own, vec top,
                            vec whole) {
    for (size_t c = 0; c < block->classes; c++) {
        size_t at = c * block->row + block->first;
        vec exponent = scores_at(block, c) - own - top;
        store(out->p + at, vexp(exponent) / whole);
        if (out->log_p != NULL)
            store(out->log_p + at, exponent - vlog(whole));
        if (out->q == NULL)
            continue;
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
    if (out != NULL && out->losses != NULL)
        store(out->losses + block->first, result.loss);
    if (out != NULL && out->p != NULL)
        softmax_details(block, out, own, top, sum + own_term);
    return result;
}

INLINE void softmax_rows(const double *scores, size_t row, const int32_t *labels, size_t count,
                         size_t classes, double *loss, double *correct, const tw_softmax_out *out) {
    vec losses = splat(0.0), corrects = splat(0.0);
    double end_loss = 0, end_correct = 0;
    for (size_t i = 0; i < count; i += LANES) {
        lane_block block = {scores, labels, i, count, classes, row};
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

void KERNEL(softmax)(const double *scores, const int32_t *labels, size_t count, size_t classes,
                     double *loss, double *correct, const tw_softmax_out *out) {
    softmax_rows(scores, TW_BLOCK, labels, count, classes, loss, correct, out);
}

void KERNEL(softmax_panel)(const double *scores, const int32_t *labels, size_t count,
                           size_t classes, double *loss, double *correct,
                           const tw_softmax_out *out) {
    softmax_rows(scores, TW_STRIP, labels, count, classes, loss, correct, out);
}

/* ---- changes ---- */

/* expm1, with no more work than the largest of the lanes asks for. */
INLINE vec expm1_within(vec x, vec reach) {
    if (!any(reach > splat(1.0 / 256)))
        return vexpm1_tiny(x);
    return any(reach > splat(0.25)) ? vexpm1(x) : vexpm1_small(x);
}

/* The change from the logarithms of the terms: where it is large nothing cancels. */
INLINE vec change_by_logs(const double *log_p, const double *moves, size_t at, size_t classes,
                          vec own) {
    vec top = splat(-INFINITY), sum = splat(0.0);
    for (size_t c = 0; c < classes; c++)
        top =
            larger(load(log_p + c * TW_STRIP + at) + (load(moves + c * TW_STRIP + at) - own), top);
    for (size_t c = 0; c < classes; c++)
        sum +=
            vexp(load(log_p + c * TW_STRIP + at) + (load(moves + c * TW_STRIP + at) - own) - top);
    return top + vlog(sum);
}

/* With d_c = m_c - m_y the change is log(p_y + sum_{c != y} p_c exp(d_c)) = log1p(sum_{c != y} p_c
 * expm1(d_c)): relative accuracy however small the moves, and however near p_y is to 1. */
INLINE vec change_lanes(const double *p, const double *log_p, const double *moves, vec label,
                        size_t at, size_t classes) {
    vec own = splat(0.0), reach = splat(0.0), sum = splat(0.0);
    for (size_t c = 0; c < classes; c++)
        own = choose(label == splat((double)c), load(moves + c * TW_STRIP + at), own);
    for (size_t c = 0; c < classes; c++) {
        vec size = magnitude(load(moves + c * TW_STRIP + at) - own);
        reach = choose(size <= reach, reach, size); /* NaN comes through */
    }
    for (size_t c = 0; c < classes; c++) {
        vec term = load(p + c * TW_STRIP + at) *
                   expm1_within(load(moves + c * TW_STRIP + at) - own, reach);
        sum += choose(label == splat((double)c), splat(0.0), term);
    }
    vec change = vlog1p(larger(sum, splat(-0.5)));
    ivec plain = (sum >= splat(-0.5)) & (sum <= splat(1e300));
    if (any(~plain))
        change = choose(plain, change, change_by_logs(log_p, moves, at, classes, own));
    return change;
}

double KERNEL(softmax_changes)(const double *p, const double *log_p, const double *moves,
                               const int32_t *labels, size_t count, size_t classes) {
    vec changes = splat(0.0);
    double end = 0;
    for (size_t i = 0; i < count; i += LANES) {
        vec label = splat(-1.0);
        for (size_t k = 0; k < LANES && i + k < count; k++)
            label[k] = labels[i + k];
        vec change = change_lanes(p, log_p, moves, label, i, classes);
        if (i + LANES <= count)
            changes += change;
        else
            for (size_t k = 0; i + k < count; k++)
                end += change[k];
    }
    return lane_sum(changes) + end;
}
