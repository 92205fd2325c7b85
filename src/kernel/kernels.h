/* kernels.h: the inner loops, one table for every instruction-set level.
 *
 * The files of this folder are plain C, compiled once a level (meson.build), with vectors of that
 * level's width. Every level gives the same result to rounding; the same bits only within a level.
 *
 * Shapes: X is count x features, bytes or doubles, centred by `mean`; buffers over features are
 * padded with zeros to TW_FEATURE_PAD. Blocks of images have at most TW_BLOCK images.
 */
#ifndef TW_KERNEL_KERNELS_H
#define TW_KERNEL_KERNELS_H

#include <stddef.h>
#include <stdint.h>

enum {
    TW_BLOCK = 256,      /* images of a block: sums are taken a block at a time, blocks in order */
    TW_FEATURE_PAD = 16, /* a multiple of every level's vector length, and the features of a tile */
    TW_POINT_PAD = 8     /* points of a row are padded to this */
};

/* Samples as they are stored. Exactly one of the two pointers is set. */
typedef struct tw_samples {
    const uint8_t *bytes;
    const double *doubles;
    size_t features;
    const double *mean; /* padded */
} tw_samples;

/* One row of points of a span: b fixed, a varies. */
typedef struct tw_point_row {
    double b;
    const double *a; /* padded to TW_POINT_PAD by repeating the last */
    double a_most;   /* max |a| */
    size_t count;
    size_t padded;
    size_t offset; /* of the row's first point in the result arrays, in padded points */
} tw_point_row;

/* The points of a span, row by row. */
typedef struct tw_point_rows {
    const tw_point_row *rows;
    size_t count;
    size_t padded;   /* count rounded up to TW_POINT_PAD */
    const double *b; /* b of every row, padded by repeating the last */
    size_t longest;  /* padded points of the longest row */
    int shared;      /* all rows have the same list a */
} tw_point_rows;

/* Score differences of one image against its label, s_c - s_y for the other classes c, in order:
 * d_c(a, b) = u_c + a v_c + b w_c. `below` counts those with c < y. */
typedef struct tw_image_span {
    const double *u, *v, *w; /* others; w may be all zero */
    size_t others, below;
} tw_image_span;

/* Where the softmax of a block puts what it knows, each classes x TW_BLOCK; NULL: not wanted. */
typedef struct tw_softmax_out {
    double *p;     /* probabilities */
    double *q;     /* 1 - p, to full relative accuracy */
    double *log_p; /* their logarithms, also where p underflows */
} tw_softmax_out;

/* The same for images in turn, count x columns. */
typedef struct tw_softmax_state {
    const double *p, *q, *log_p;
} tw_softmax_state;

typedef struct tw_kernels {
    const char *level;

    /* scores[k * TW_BLOCK + i] = sum_d (x_(first+i),d - mean_d) weights[k * padded + d] + bias[k]
     * for i < count <= TW_BLOCK, k < columns. */
    void (*scores)(const tw_samples *samples, size_t first, size_t count, size_t columns,
                   const double *weights, size_t padded, const double *bias, double *scores);

    /* The same for chosen samples: row i is samples[rows[i]]. */
    void (*scores_of)(const tw_samples *samples, const size_t *rows, size_t count, size_t columns,
                      const double *weights, size_t padded, const double *bias, double *scores);

    /* out[k * TW_FEATURE_PAD + j] += sum_i residual[i * columns + k] (x_r(i),(tile + j) - mean)
     * over all i < count, for the TW_FEATURE_PAD features from `tile` on (0 past the end); r(i) is
     * rows[i], or first + i where rows is NULL. */
    void (*accumulate)(const tw_samples *samples, const size_t *rows, size_t first, size_t count,
                       size_t tile, size_t columns, const double *residual, double *out);

    /* Softmax of a block of scores (classes x TW_BLOCK): *loss = sum_i log(sum_c exp(s_c - s_y)),
     * *correct = number of images whose largest score, the first among equals, is the label's.
     * `out` may be NULL. */
    void (*softmax)(const double *scores, const int32_t *labels, size_t count, size_t classes,
                    double *loss, double *correct, const tw_softmax_out *out);

    /* sums[k * TW_FEATURE_PAD + j] += sum_i log1p(p_ik t_ij) for i < count; t and y are count x
     * TW_FEATURE_PAD with t = expm1(y). `group` > 0 promises that products of that many factors
     * 1 + p t stay within [1/2, 2]; then one logarithm serves the whole product, and q, log_p and y
     * are not read. 0: one logarithm each. */
    void (*log_products)(size_t count, size_t columns, size_t group, const tw_softmax_state *state,
                         const double *t, const double *y, double *sums);

    /* y = h_j x_ij (unless NULL), none larger than `reach`, and t = expm1(y) for the features from
     * `tile` on and images first
     * ... first + count; label_sums[y_i * TW_FEATURE_PAD + j] += h_j x_ij. Features at or past
     * `features` count as x = 1 (the bias). */
    void (*exponentials)(const tw_samples *samples, size_t first, size_t count, size_t tile,
                         const double *steps, double reach, const int32_t *labels, double *t,
                         double *y, double *label_sums);

    /* For one image, adds to every point of every row: loss of softmax / hinge (margin added to
     * every difference), and 1 to correct where the label wins. Softmax keeps products of 1 + z in
     * `product` (start at 0) and moves their logarithms to `loss` in softmax_flush, which must
     * follow every TW_PRODUCT_GROUP images. `scratch` is (others + 4) * rows->padded + others *
     * rows->longest doubles. */
    void (*softmax_points)(const tw_image_span *image, const tw_point_rows *rows, double *scratch,
                           double *product, double *loss, double *correct);
    void (*softmax_flush)(size_t points, double *product, double *loss);
    void (*hinge_points)(const tw_image_span *image, const tw_point_rows *rows, double margin,
                         double *scratch, double *loss, double *correct);

    /* sums[i * columns + j] += sum_d a[i * stride + d] b[j * stride + d] for i < rows, j < columns,
     * d < count, a multiple of TW_FEATURE_PAD. A product does not depend on the others. */
    void (*dots)(size_t rows, const double *a, size_t columns, const double *b, size_t stride,
                 size_t count, double *sums);

    /* out[i] = exp(x[i]), log(x[i]), log1p(x[i]), expm1(x[i]): what the others are made of, for
     * tests and benchmarks. count is a multiple of TW_POINT_PAD. */
    void (*exp)(size_t count, const double *x, double *out);
    void (*log)(size_t count, const double *x, double *out);
    void (*log1p)(size_t count, const double *x, double *out);
    void (*expm1)(size_t count, const double *x, double *out);
} tw_kernels;

enum { TW_PRODUCT_GROUP = 8 };

/* The kernels of the level in force (cpu.h). */
const tw_kernels *tw_kernels_current(void);
/* Those of level `index` of cpu.h, or NULL past the end. */
const tw_kernels *tw_kernels_at(size_t index);

#endif
