/* relu_row: the scores of one image along a row of points. */
#include "kernel_check.h"

typedef struct relu_case {
    tw_relu_row row;
    const double *s, *v;
    size_t padded;
    double *scratch, *scores;
    unsigned char *coarse;
} relu_case;

static double most_of(const double *x, size_t count) {
    double most = 0;
    for (size_t k = 0; k < count; k++)
        most = fmax(most, fabs(x[k]));
    return most;
}

/* units + 1 rows of weights, the last being the biases; 0 where padded. */
static const double *make_weights(size_t units, size_t classes, size_t stride, double scale,
                                  uint64_t stream) {
    double *t = guarded_doubles((units + 1) * stride);
    for (size_t k = 0; k < (units + 1) * stride; k++)
        t[k] = k % stride < classes ? scale * number(stream, k) : 0;
    return guarded_input(t);
}

/* Inputs of units, padded by zeros; some units are flat or dead. */
static const double *make_units(size_t units, size_t padded, double scale, uint64_t stream) {
    double *s = guarded_doubles(padded);
    for (size_t h = 0; h < padded; h++)
        s[h] = h >= units || h % 11 == stream % 11 ? 0 : scale * number(stream, h);
    return guarded_input(s);
}

static void make_outputs(relu_case *made) {
    size_t count = made->row.count, classes = made->row.classes;
    made->scratch = guarded_aligned(tw_relu_scratch(&made->row));
    made->scores = guarded_doubles((count * classes - 1) * TW_STRIP + 1);
    made->coarse = guarded_bytes(count);
    memset(made->coarse, 0, count);
}

/* Ascending points, at equal distances or not, between their two infinities. */
static const double *make_row(size_t count, double reach, int even) {
    double *a = guarded_doubles(count + 2), at = -reach;
    a[0] = -INFINITY;
    for (size_t p = 0; p < count; p++) {
        a[p + 1] = at;
        at += 2 * reach / (double)count * (even ? 1 : 1 + 0.99 * number(135, p));
    }
    a[count + 1] = INFINITY;
    return (const double *)guarded_input(a) + 1;
}

static relu_case make_relu(size_t units, size_t classes, size_t count, double scale, int even) {
    relu_case made = {.padded = padded_to(units, TW_FEATURE_PAD)};
    size_t stride = padded_to(classes, 8);
    made.row = (tw_relu_row){.units = units, .classes = classes, .stride = stride, .count = count};
    made.row.t = make_weights(units, classes, stride, scale, 131);
    made.row.q = make_weights(units, classes, stride, scale, 132);
    made.row.t_bias = made.row.t + units * stride;
    made.row.q_bias = made.row.q + units * stride;
    made.row.t_most = most_of(made.row.t, units * stride);
    made.row.q_most = most_of(made.row.q, units * stride);
    made.row.a = make_row(count, 1.3, even);
    made.s = make_units(units, made.padded, scale, 133);
    made.v = make_units(units, made.padded, scale, 134);
    make_outputs(&made);
    return made;
}

static long double score_at(const relu_case *made, double a, size_t c) {
    const tw_relu_row *row = &made->row;
    long double score = row->t_bias[c] + (long double)a * row->q_bias[c];
    for (size_t h = 0; h < row->units; h++) {
        long double input = made->s[h] + (long double)a * made->v[h];
        if (input > 0)
            score += input *
                     (row->t[h * row->stride + c] + (long double)a * row->q[h * row->stride + c]);
    }
    return score;
}

static void expect_relu(const relu_case *made, int may_be_coarse) {
    const tw_relu_row *row = &made->row;
    for (size_t p = 0; p < row->count; p++) {
        if (made->coarse[p] && !may_be_coarse)
            fail_msg("%zu units: point %zu is marked as coarse", row->units, p);
        for (size_t c = 0; c < row->classes && !made->coarse[p]; c++) {
            size_t at = p * row->classes + c;
            long double truth = score_at(made, row->a[p], c);
            expect_near("score", at, made->scores[at * TW_STRIP], truth,
                        3e-13 * (1 + (double)fabsl(truth)));
            if (at + 1 < row->count * row->classes)
                expect_untouched("between scores", made->scores + at * TW_STRIP + 1, TW_STRIP - 1);
        }
    }
}

/* A score does not depend on the other points, bit for bit: one point alone, and two. */
static void expect_relu_alone(const tw_kernels *kernels, const relu_case *all, size_t p) {
    for (size_t count = 1; count <= 2 && p + count <= all->row.count; count++) {
        relu_case few = *all;
        double *a = guarded_doubles(count + 2);
        a[0] = -INFINITY;
        a[count + 1] = INFINITY;
        for (size_t k = 0; k < count; k++)
            a[k + 1] = all->row.a[k == 0 ? p : all->row.count - 1];
        few.row.a = a + 1;
        few.row.count = count;
        make_outputs(&few);
        kernels->relu_row(&few.row, few.s, few.v, few.scratch, few.scores, few.coarse);
        for (size_t c = 0; c < few.row.classes; c++)
            expect_bits("score of a point alone", p, few.scores[c * TW_STRIP],
                        all->scores[(p * few.row.classes + c) * TW_STRIP]);
    }
}

static void relu_at(const tw_kernels *kernels, size_t units, size_t classes, size_t count,
                    double scale, int even) {
    relu_case made = make_relu(units, classes, count, scale, even);
    kernels->relu_row(&made.row, made.s, made.v, made.scratch, made.scores, made.coarse);
    expect_relu(&made, 0);
    for (size_t p = 0; p < count; p += 1 + count / 4)
        expect_relu_alone(kernels, &made, p);
    guards_check();
    guards_release();
}

/* Numbers that are not finite, or too large, are marked; a unit that is off and far larger than all
 * that is on marks the points where it is off, or gives good scores. */
static void special_rows(const tw_kernels *kernels) {
    for (size_t k = 0; k < SPECIALS; k++) {
        relu_case made = make_relu(21, 3, 9, 1, 1);
        double s[32];
        memcpy(s, made.s, sizeof s);
        s[13] = special_numbers[k];
        made.s = guarded_copy(s, 32);
        kernels->relu_row(&made.row, made.s, made.v, made.scratch, made.scores, made.coarse);
        expect_relu(&made, 1);
        for (size_t p = 0; p < made.row.count; p++)
            if (!made.coarse[p] != (fabs(special_numbers[k]) < 1))
                fail_msg("a unit of %g: coarse is %d", special_numbers[k], made.coarse[p]);
        guards_check();
        guards_release();
    }
    relu_case made = make_relu(21, 3, 9, 1, 1);
    double s[32], v[32];
    memcpy(s, made.s, sizeof s);
    memcpy(v, made.v, sizeof v);
    s[4] = -1e9;
    v[4] = 0;
    made.s = guarded_copy(s, 32);
    made.v = guarded_copy(v, 32);
    kernels->relu_row(&made.row, made.s, made.v, made.scratch, made.scores, made.coarse);
    expect_relu(&made, 1);
    guards_check();
    guards_release();
}

void check_relu_row(const tw_kernels *kernels) {
    for (size_t units = 1; units <= 34; units++)
        relu_at(kernels, units, 3, 7, 1, units % 2);
    for (size_t classes = 1; classes <= 34; classes++)
        relu_at(kernels, 9, classes, 5, 1, 1);
    for (size_t count = 1; count <= 20; count++)
        for (int even = 0; even <= 1; even++)
            relu_at(kernels, 18, 5, count, 1, even);
    relu_at(kernels, 512, 10, 51, 0.05, 1);
    relu_at(kernels, TW_RELU_UNITS, 2, 6, 0.1, 0);
    relu_at(kernels, 40, 10, 12, 1e-6, 1);
    relu_at(kernels, 40, 10, 12, 1e4, 1);
    special_rows(kernels);
}

void measure_relu_row(const tw_kernels *kernels, kernel_timer *timer) {
    relu_case made = make_relu(512, 10, 51, 0.05, 1);
    TIMED(timer, 512.0 * 51)
    kernels->relu_row(&made.row, made.s, made.v, made.scratch, made.scores, made.coarse);
}
