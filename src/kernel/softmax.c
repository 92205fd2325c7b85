/* softmax.c: the softmax loss of a block of images, the lanes being images.
 *
 * With d_c = s_c - s_y and m = max(0, max d): loss = m + log(exp(-m) + sum_{c != y} exp(d_c - m)),
 * and where the label wins (m = 0) log1p(sum exp(d_c)), which keeps tiny losses exact. */
#include "kernel/vector.h"

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
