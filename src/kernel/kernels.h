/* kernels.h: the inner loops, one table for every instruction-set level.
 *
 * The files of this folder are plain C, compiled once a level (meson.build), with vectors of that
 * level's width. Every level gives the same result to rounding; the same bits only within a level.
 *
 * Shapes: X is count x features, bytes or doubles, centred by `mean`; buffers over features are
 * padded with zeros to TW_FEATURE_PAD. Blocks of images have at most TW_BLOCK images.
 *
 * A panel is a matrix of TW_STRIP columns, row after row: the values of some units (rows) for the
 * images of a strip, or of some images for a strip of features. What a layer of a network takes and
 * gives are panels.
 */
#ifndef TW_KERNEL_KERNELS_H
#define TW_KERNEL_KERNELS_H

#include <stddef.h>
#include <stdint.h>

enum {
    TW_BLOCK = 256,      /* images of a block: sums are taken a block at a time, blocks in order */
    TW_FEATURE_PAD = 16, /* a multiple of every level's vector length, and the features of a tile */
    TW_POINT_PAD = 8,    /* points of a row are padded to this */
    TW_STRIP = 32,       /* columns of a panel */
    TW_DEPTH = 64 /* rows of a panel that stay in the first cache: products go so many deep */
};

/* A matrix whose entry (i, j) is at[i * row + j * column]. */
typedef struct tw_matrix {
    const double *at;
    size_t row, column;
} tw_matrix;

typedef struct tw_matrix_single {
    const float *at;
    size_t row, column;
} tw_matrix_single;

/* What a unit of a network makes of its input. */
typedef enum tw_unit { TW_UNIT_LINEAR, TW_UNIT_RELU, TW_UNIT_TANH } tw_unit;

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
    int fresh;     /* the list a is another one than that of the row before */
} tw_point_row;

/* The points of a span, row by row. */
typedef struct tw_point_rows {
    const tw_point_row *rows;
    size_t count;
    size_t padded;   /* count rounded up to TW_POINT_PAD */
    const double *b; /* b of every row, padded by repeating the last */
    size_t longest;  /* padded points of the longest row */
} tw_point_rows;

/* Score differences of one image against its label, s_c - s_y for the other classes c, in order:
 * d_c(a, b) = u_c + a v_c + b w_c. `below` counts those with c < y. */
typedef struct tw_image_span {
    const double *u, *v, *w; /* others; w may be all zero */
    size_t others, below;
} tw_image_span;

/* Where the softmax of a block puts what it knows, each classes x TW_BLOCK, of which columns past
 * the images may be written to; NULL: not wanted, q and log_p only beside p. */
typedef struct tw_softmax_out {
    double *p;      /* probabilities */
    double *q;      /* 1 - p, to full relative accuracy */
    double *log_p;  /* their logarithms, also where p underflows */
    double *losses; /* of every image, in one row */
} tw_softmax_out;

/* The same for images in turn, count x columns. */
typedef struct tw_softmax_state {
    const double *p, *q, *log_p;
} tw_softmax_state;

/* One row of points (b fixed, a varies) of a span through a layer of relu units and the layer of
 * scores after it. For the unit h and class c at `a` the weight of the scores is t_hc + a q_hc. */
typedef struct tw_relu_row {
    size_t units, classes; /* units <= TW_RELU_UNITS */
    size_t stride;         /* numbers from a unit to the next in t and q: classes, padded to 8 */
    const double *t, *q;   /* 0 where padded */
    double t_most, q_most; /* max |t|, max |q| */
    const double *t_bias, *q_bias; /* stride numbers */
    const double *a;               /* ascending, finite; a[-1] = -infinity, a[count] = infinity */
    size_t count;
} tw_relu_row;

enum { TW_RELU_UNITS = 4096 };

/* Convolutions of 3 x 3, stride 1, by Winograd's minimal filtering. Images are blocked: (image,
 * block of channels, row, column, channel of the block), `width` channels a block, 0 past the last
 * channel. y(r, s) = sum over the terms of sum_kl w(k, l) x(r + k - before[0], s + l - before[1]),
 * x being 0 outside; out[] may be any size. */
typedef struct tw_winograd {
    size_t width, batch, in_blocks, out_blocks, in[2], out[2], before[2];
    size_t terms; /* 1, or 2: convolutions that are added */
} tw_winograd;

/* An image, and the weights that it meets as winograd_weights has laid them out. */
typedef struct tw_winograd_term {
    const float *x, *u;
} tw_winograd_term;

/* What becomes of a sum s before it is written: s + bias + addend; max(0, .) where `relu`; 0 where
 * `mask` is not above 0. NULL: nothing. `bias` has a number a channel, to the end of the last
 * block; the others are images like y, and may be y. */
typedef struct tw_winograd_ending {
    const float *bias, *addend, *mask;
    int relu;
} tw_winograd_ending;

/* Weights (outputs, inputs, 3, 3). `transposed`: those of the transposed convolution, which takes
 * adjoints of y to those of x: they are stored as (inputs, outputs, 3, 3), turned by half a circle;
 * `before` is 2 less that of the convolution then. */
typedef struct tw_winograd_weights {
    size_t outputs, inputs;
    int transposed;
} tw_winograd_weights;

enum { TW_WINOGRAD_POINTS = 36 };

typedef struct tw_kernels {
    const char *level;

    /* scores[k * TW_BLOCK + i] = sum_d (x_(first+i),d - mean_d) weights[k * padded + d] + bias[k]
     * for i < count <= TW_BLOCK, k < columns. An image's scores do not depend on the others. */
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

    /* y = h_j x_ij, none larger than `reach`, and t = expm1(y) for the features from `tile` on and
     * images first ... first + count - 1; label_sums[y_i * TW_FEATURE_PAD + j] += h_j x_ij.
     * Features at or past `features` count as x = 1 (the bias). y may be NULL, and must be where
     * bytes stay within 1/256: a group of terms, which does not read y, is long there. */
    void (*exponentials)(const tw_samples *samples, size_t first, size_t count, size_t tile,
                         const double *steps, double reach, const int32_t *labels, double *t,
                         double *y, double *label_sums);

    /* For one image, adds to every point of every row: loss of softmax / hinge (margin added to
     * every difference), and 1 to correct where the label wins. What a point gets does not depend
     * on the others. Softmax keeps products of 1 + z in
     * `product` (start at 0) and moves their logarithms to `loss` in softmax_flush, which must
     * follow every TW_PRODUCT_GROUP images. `scratch` is (3 * others + 4) * rows->padded + others *
     * (3 * rows->longest + 1) doubles. */
    void (*softmax_points)(const tw_image_span *image, const tw_point_rows *rows, double *scratch,
                           double *product, double *loss, double *correct);
    void (*softmax_flush)(size_t points, double *product, double *loss);
    void (*hinge_points)(const tw_image_span *image, const tw_point_rows *rows, double margin,
                         double *scratch, double *loss, double *correct);

    /* sums[i * columns + j] += sum_d a[i * stride + d] b[j * stride + d] for i < rows, j < columns,
     * d < count, a multiple of TW_FEATURE_PAD. A product does not depend on the others. */
    void (*dots)(size_t rows, const double *a, size_t columns, const double *b, size_t stride,
                 size_t count, double *sums);

    /* For `strips` panels, panel s at panel + s * panel_step and its result at out + s * out_step:
     * out[r * TW_STRIP + l] += sum_k w[r * row_step + k * depth_step] panel[k * TW_STRIP + l] for r
     * < rows, k < depth, k in order: the sum does not depend on how a depth is cut into calls. */
    void (*multiply)(size_t rows, size_t depth, const double *w, size_t row_step, size_t depth_step,
                     size_t strips, const double *panel, size_t panel_step, double *out,
                     size_t out_step);

    /* c += a b, for a of m x k, b of k x n, and c of m x n, row after row `row` apart. An entry's
     * sum goes in the order of k, in pieces that k alone decides. */
    void (*add_products)(size_t m, size_t n, size_t k, tw_matrix a, tw_matrix b, double *c,
                         size_t row);
    void (*add_products_single)(size_t m, size_t n, size_t k, tw_matrix_single a,
                                tw_matrix_single b, float *c, size_t row);

    /* The features feature ... feature + depth - 1 of samples rows[0 ... count), less the mean and
     * times `scale`, as a panel whose columns are the samples; columns past the count are 0. */
    void (*sample_panel)(const tw_samples *samples, const size_t *rows, size_t count,
                         size_t feature, size_t depth, double scale, double *panel);
    /* The same numbers as a panel of `count` rows whose columns are the features from `feature` on
     * (0 past the end). */
    void (*feature_panel)(const tw_samples *samples, const size_t *rows, size_t count,
                          size_t feature, double scale, double *panel);

    /* out[i] = unit(u[i] + a v[i]); v = NULL: unit(u[i]). out may be u or v. `count` is a multiple
     * of TW_FEATURE_PAD, here and for unit_changes. */
    void (*units)(tw_unit unit, size_t count, const double *u, double a, const double *v,
                  double *out);
    /* out[i] = unit(z[i] + move[i]) - unit(z[i]), without cancellation for small moves. */
    void (*unit_changes)(tw_unit unit, size_t count, const double *z, const double *move,
                         double *out);

    /* scores[(p * classes + c) * TW_STRIP] = the scores of one image at point p of the row, whose
     * units get s[h] + a v[h] (units numbers each, padded to TW_FEATURE_PAD by zeros). A score does
     * not depend on the other points of the row, bit for bit. coarse[p] is set where the score's
     * error may be more than about 2e-13 (1 + |score|), or something is not finite, and otherwise
     * left as it is. `scratch` is tw_relu_scratch(row) numbers, aligned to 64 bytes. */
    void (*relu_row)(const tw_relu_row *row, const double *s, const double *v, double *scratch,
                     double *scores, unsigned char *coarse);

    /* `softmax` on a panel of scores with a row a class, for count <= TW_STRIP images; the results
     * are panels too. */
    void (*softmax_panel)(const double *scores, const int32_t *labels, size_t count, size_t classes,
                          double *loss, double *correct, const tw_softmax_out *out);
    /* The sum over the images of what the loss changes by when the scores move by `moves`, given
     * the panels p and log_p at the scores: log(sum_c p_c exp(m_c)) - m_y. */
    double (*softmax_changes)(const double *p, const double *log_p, const double *moves,
                              const int32_t *labels, size_t count, size_t classes);

    /* u: 36 numbers for every pair of channels, both counts filled up to blocks with 0. */
    void (*winograd_weights)(const tw_winograd_weights *w, const float *weights, float *u);
    /* The transpose of it: adds to `weights` what sums u by winograd_adjoint are of them. */
    void (*winograd_weights_adjoint)(const tw_winograd_weights *w, const float *u, float *weights);
    /* Numbers of scratch (aligned to 64 bytes) of the next two; 0: not at this width. */
    size_t (*winograd_scratch)(const tw_winograd *c);
    void (*winograd)(const tw_winograd *c, const tw_winograd_term *terms,
                     const tw_winograd_ending *end, float *scratch, float *y);
    /* Adds to u what the adjoint gy of y gives of the weights that met x. One term. */
    void (*winograd_adjoint)(const tw_winograd *c, const float *x, const float *gy, float *scratch,
                             float *u);

    /* out[i] = exp(x[i]), log(x[i]), log1p(x[i]), expm1(x[i]), tanh(x[i]): what the others are made
     * of, for tests and benchmarks. count is a multiple of TW_POINT_PAD. */
    void (*exp)(size_t count, const double *x, double *out);
    void (*log)(size_t count, const double *x, double *out);
    void (*log1p)(size_t count, const double *x, double *out);
    void (*expm1)(size_t count, const double *x, double *out);
    void (*tanh)(size_t count, const double *x, double *out);
} tw_kernels;

enum { TW_PRODUCT_GROUP = 8 };

/* Numbers of scratch of relu_row: per unit its flip and three lists, per point the sums of 3 x 16
 * classes. */
size_t tw_relu_scratch(const tw_relu_row *row);

/* The kernels of the level in force (cpu.h). */
const tw_kernels *tw_kernels_current(void);
/* Those of level `index` of cpu.h, or NULL past the end. */
const tw_kernels *tw_kernels_at(size_t index);

#endif
