/* softmax, softmax_panel and softmax_changes. */
#include "kernel_check.h"

typedef void (*softmax_kernel)(const double *scores, const int32_t *labels, size_t count,
                               size_t classes, double *loss, double *correct,
                               const tw_softmax_out *out);

/* ---- the formula ---- */

enum { MOST_CLASSES = 33 };

/* One image: terms exp(s_c - s_y - m) with m = max(0, max s_c - s_y), and what they give. */
typedef struct image_truth {
    long double moved[MOST_CLASSES], terms[MOST_CLASSES], whole, loss;
    int wins;
    double reach; /* largest finite |s_c - s_y|: differences are rounded before exp */
} image_truth;

static image_truth truth_of(const double *scores, size_t row, size_t i, size_t classes, int label) {
    image_truth t = {.wins = 1};
    long double own = scores[(size_t)label * row + i], top = 0, others = 0;
    for (size_t c = 0; c < classes; c++) {
        long double d = scores[c * row + i] - own;
        t.moved[c] = d;
        top = d > top ? d : top;
        t.wins &= (int)c == label || ((int)c < label ? d < 0 : d <= 0);
        if (isfinite((double)d))
            t.reach = fmax(t.reach, fabs((double)d));
    }
    for (size_t c = 0; c < classes; c++) {
        t.moved[c] -= top;
        t.terms[c] = expl(t.moved[c]);
        others += (int)c == label ? 0 : t.terms[c];
    }
    t.whole = others + expl(-top);
    t.loss = isinf(top) ? top : top + (top == 0 ? log1pl(others) : logl(t.whole));
    return t;
}

static double rest_of(const image_truth *t, size_t classes, size_t but) {
    long double rest = 0;
    for (size_t c = 0; c < classes; c++)
        rest += c == but ? 0 : t->terms[c];
    return (double)(rest / t->whole);
}

/* Relative error of an exponential of rounded differences, and of a sum of `classes` of them. */
static double relative(const image_truth *t, size_t classes) {
    return DBL_EPSILON * (8 + (double)classes + 2 * t->reach);
}

static void expect_details(const tw_softmax_out *out, size_t at, const image_truth *t,
                           size_t classes, size_t c) {
    double near = relative(t, classes), least = 1e-300;
    double p = (double)(t->terms[c] / t->whole), q = rest_of(t, classes, c);
    expect_near("p", at, out->p[at], p, near * p + least);
    if (out->q != NULL)
        expect_near("q", at, out->q[at], q, near * q + least);
    if (out->log_p != NULL)
        expect_near("log p", at, out->log_p[at], t->moved[c] - logl(t->whole), near);
}

/* ---- softmax ---- */

typedef struct softmax_case {
    softmax_kernel kernel;
    size_t row, count, classes; /* row: numbers from a class to the next */
    double scale;
    int whole_numbers; /* many ties */
    int outputs;       /* 0: none, 1: p, 2: p and log p, 3: all, 4: losses alone */
} softmax_case;

static int32_t label_of(const softmax_case *at, size_t i) {
    return (int32_t)tw_rng_below(4, at->count, i, at->classes);
}

static double *make_image_scores(const softmax_case *at) {
    double *scores = guarded_doubles(at->classes * at->row);
    for (size_t k = 0; k < at->classes * at->row; k++) {
        double x = at->scale * number(41, k);
        scores[k] = at->whole_numbers ? floor(x) : x;
    }
    return scores;
}

static int32_t *make_labels(const softmax_case *at) {
    int32_t *labels = guarded_bytes(at->count * sizeof *labels);
    for (size_t i = 0; i < at->count; i++)
        labels[i] = label_of(at, i);
    return labels;
}

static tw_softmax_out make_out(const softmax_case *at) {
    size_t size = at->classes * at->row;
    tw_softmax_out out = {NULL};
    if (at->outputs > 2)
        out.losses = guarded_doubles(at->row);
    if (at->outputs == 4)
        return out;
    if (at->outputs > 0)
        out.p = guarded_doubles(size);
    if (at->outputs > 1)
        out.log_p = guarded_doubles(size);
    if (at->outputs > 2)
        out.q = guarded_doubles(size);
    return out;
}

static void softmax_at(const tw_kernels *kernels, softmax_case at) {
    double *scores = make_image_scores(&at), tolerance = 1e-300;
    int32_t *labels = make_labels(&at);
    tw_softmax_out out = make_out(&at);
    double *loss = guarded_doubles(1), *correct = guarded_doubles(1);
    long double losses = 0, corrects = 0;
    guarded_input(scores);
    guarded_input(labels);
    at.kernel(scores, labels, at.count, at.classes, loss, correct, at.outputs > 0 ? &out : NULL);
    for (size_t i = 0; i < at.count; i++) {
        image_truth t = truth_of(scores, at.row, i, at.classes, labels[i]);
        losses += t.loss;
        corrects += t.wins;
        tolerance += (relative(&t, at.classes) + DBL_EPSILON * (double)at.count) * (double)t.loss;
        if (out.losses != NULL)
            expect_near("loss of an image", i, out.losses[i], t.loss,
                        relative(&t, at.classes) * (double)t.loss + 1e-300);
        for (size_t c = 0; c < at.classes && out.p != NULL; c++)
            expect_details(&out, c * at.row + i, &t, at.classes, c);
    }
    expect_near("loss", 0, *loss, losses, tolerance);
    expect_bits("correct", 0, *correct, (double)corrects);
    guards_check();
    guards_release();
}

/* A special score of another class makes the image's loss what it should be, and leaves the
 * probabilities of the others as they were, bit for bit. */
static void special_score(const tw_kernels *kernels, softmax_case at, double special) {
    size_t image = at.count / 2;
    double *scores = make_image_scores(&at), *loss = guarded_doubles(1);
    double *correct = guarded_doubles(1), wins = 0;
    int32_t *labels = make_labels(&at);
    tw_softmax_out before = make_out(&at), after = make_out(&at);
    at.kernel(scores, labels, at.count, at.classes, loss, correct, &before);
    size_t other = labels[image] == 0 ? 1 : 0;
    scores[other * at.row + image] = special;
    at.kernel(scores, labels, at.count, at.classes, loss, correct, &after);
    long double losses = 0;
    for (size_t i = 0; i < at.count; i++) {
        image_truth t = truth_of(scores, at.row, i, at.classes, labels[i]);
        losses += t.loss;
        wins += t.wins;
        for (size_t c = 0; c < at.classes && i != image; c++)
            expect_bits("p beside a special score", i, after.p[c * at.row + i],
                        before.p[c * at.row + i]);
    }
    expect_near("loss with a special score", 0, *loss, losses, 1e-12 * (double)fabsl(losses));
    expect_bits("correct with a special score", 0, *correct, wins);
    guards_check();
    guards_release();
}

static void check_kernel(const tw_kernels *kernels, softmax_kernel kernel, size_t row,
                         const size_t *counts) {
    static const size_t classes[] = {1, 2, 3, 10, 17, MOST_CLASSES};
    static const struct {
        double scale;
        int whole_numbers;
    } kinds[] = {{3, 0}, {2, 1}, {300, 0}, {2000, 0}, {1e6, 0}, {1e-9, 0}};
    for (size_t n = 0; n < 8; n++)
        for (size_t c = 0; c < sizeof classes / sizeof *classes; c++)
            softmax_at(kernels,
                       (softmax_case){kernel, row, counts[n], classes[c], 5, 0, (int)(n + c) % 5});
    for (size_t k = 0; k < sizeof kinds / sizeof *kinds; k++)
        for (int outputs = 0; outputs < 5; outputs++)
            softmax_at(kernels, (softmax_case){kernel, row, 27, 10, kinds[k].scale,
                                               kinds[k].whole_numbers, outputs});
    for (size_t k = 0; k < SPECIALS; k++)
        special_score(kernels, (softmax_case){kernel, row, 11, 4, 5, 0, 3}, special_numbers[k]);
}

void check_softmax(const tw_kernels *kernels) {
    check_kernel(kernels, kernels->softmax, TW_BLOCK,
                 (const size_t[]){0, 1, 2, 7, 8, 9, TW_BLOCK - 1, TW_BLOCK});
}

void check_softmax_panel(const tw_kernels *kernels) {
    check_kernel(kernels, kernels->softmax_panel, TW_STRIP,
                 (const size_t[]){0, 1, 2, 7, 8, 9, TW_STRIP - 1, TW_STRIP});
}

static void measure_kernel(softmax_kernel kernel, kernel_timer *timer, size_t row, int outputs) {
    softmax_case at = {kernel, row, row, 10, 5, 0, outputs};
    double *scores = make_image_scores(&at), loss, correct;
    int32_t *labels = make_labels(&at);
    tw_softmax_out out = make_out(&at);
    TIMED(timer, (double)(row * at.classes))
    kernel(scores, labels, row, at.classes, &loss, &correct, outputs > 0 ? &out : NULL);
}

void measure_softmax(const tw_kernels *kernels, kernel_timer *timer) {
    measure_kernel(kernels->softmax, timer, TW_BLOCK, 0);
}

void measure_softmax_panel(const tw_kernels *kernels, kernel_timer *timer) {
    measure_kernel(kernels->softmax_panel, timer, TW_STRIP, 1);
}

/* ---- softmax_changes ---- */

/* log(sum_c p_c exp(m_c)) - m_y; written with log1p and expm1 where that keeps digits, and with the
 * logarithms of the probabilities, which hold where these underflow. */
static long double change_of(const image_truth *t, const double *log_p, const double *moves,
                             size_t i, size_t classes, int label, double *tolerance) {
    long double own = moves[(size_t)label * TW_STRIP + i], sum = 0, size = 0, top = -INFINITY;
    double reach = 0;
    for (size_t c = 0; c < classes; c++) {
        long double d = moves[c * TW_STRIP + i] - own;
        long double term = (int)c == label ? 0 : t->terms[c] / t->whole * expm1l(d);
        sum += term;
        size += fabsl(term);
        top = fmaxl(top, log_p[c * TW_STRIP + i] + d);
        reach = fmax(reach, (double)fabsl(d));
    }
    double near = DBL_EPSILON * (12 + (double)classes + 2 * reach + 2 * t->reach);
    if (sum > -0.5L && sum < 1e4L) {
        *tolerance += near * (double)size / (double)fminl(1, 1 + sum) + 1e-320;
        return log1pl(sum);
    }
    sum = 0;
    for (size_t c = 0; c < classes; c++)
        sum += expl(log_p[c * TW_STRIP + i] + (moves[c * TW_STRIP + i] - own) - top);
    *tolerance += near * 2 + DBL_EPSILON * (double)fabsl(top);
    return top + logl(sum);
}

static void changes_at(const tw_kernels *kernels, size_t count, size_t classes, double scale,
                       double moves_scale) {
    softmax_case at = {NULL, TW_STRIP, count, classes, scale, 0, 0};
    size_t size = classes * TW_STRIP;
    const double *scores = guarded_input(make_image_scores(&at));
    const int32_t *labels = guarded_input(make_labels(&at));
    double *p = guarded_doubles(size), *log_p = guarded_doubles(size);
    double *moves = guarded_doubles(size), tolerance = 1e-320;
    image_truth t[TW_STRIP];
    fill_numbers(p, size, 1, 1); /* columns past the count hold anything */
    fill_numbers(log_p, size, 1, 1);
    fill_numbers(moves, size, moves_scale, 43);
    for (size_t i = 0; i < count; i++) {
        t[i] = truth_of(scores, TW_STRIP, i, classes, labels[i]);
        for (size_t c = 0; c < classes; c++) {
            p[c * TW_STRIP + i] = (double)(t[i].terms[c] / t[i].whole);
            log_p[c * TW_STRIP + i] = (double)(t[i].moved[c] - logl(t[i].whole));
        }
    }
    guarded_input(p);
    guarded_input(log_p);
    guarded_input(moves);
    long double change = 0;
    for (size_t i = 0; i < count; i++)
        change += change_of(&t[i], log_p, moves, i, classes, labels[i], &tolerance);
    double got = kernels->softmax_changes(p, log_p, moves, labels, count, classes);
    expect_near("change", count, got, change, tolerance);
    guards_check();
    guards_release();
}

void check_softmax_changes(const tw_kernels *kernels) {
    static const double moves[] = {0, 1e-310, 1e-200, 1e-12, 1e-3, 0.1, 1, 30, 900, 1e5};
    for (size_t k = 0; k < sizeof moves / sizeof *moves; k++)
        for (double scale = 0.1; scale < 3000; scale *= 20)
            for (size_t count = 1; count <= 3; count++)
                changes_at(kernels, count, 10, scale, moves[k]);
    for (size_t count = 0; count <= TW_STRIP; count++)
        changes_at(kernels, count, 3, 4, 0.01);
    for (size_t classes = 1; classes <= 12; classes++)
        changes_at(kernels, TW_STRIP, classes, 4, 2);
    double nan[TW_STRIP * 2] = {[3] = NAN}, p[TW_STRIP * 2], log_p[TW_STRIP * 2];
    for (size_t k = 0; k < (size_t)TW_STRIP * 2; k++)
        log_p[k] = log(p[k] = 0.5);
    int32_t labels[TW_STRIP] = {0};
    expect_near("a move that is NaN", 0, kernels->softmax_changes(p, log_p, nan, labels, 9, 2), NAN,
                0);
}

void measure_softmax_changes(const tw_kernels *kernels, kernel_timer *timer) {
    softmax_case at = {NULL, TW_STRIP, TW_STRIP, 10, 5, 0, 3};
    double *scores = make_image_scores(&at), loss, correct;
    int32_t *labels = make_labels(&at);
    tw_softmax_out out = make_out(&at);
    kernels->softmax_panel(scores, labels, TW_STRIP, at.classes, &loss, &correct, &out);
    fill_numbers(scores, at.classes * TW_STRIP, 0.01, 43);
    TIMED(timer, (double)(TW_STRIP * at.classes))
    kernels->softmax_changes(out.p, out.log_p, scores, labels, TW_STRIP, at.classes);
}
