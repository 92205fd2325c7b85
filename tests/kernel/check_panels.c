/* multiply, sample_panel and feature_panel: the panels of networks. */
#include "kernel_check.h"

/* ---- multiply ---- */

typedef struct product_case {
    size_t rows, depth, strips;
    size_t row_step, depth_step;
    size_t panel_step, out_step;
    size_t w_size, panel_size, out_size;
} product_case;

/* Weights with a gap after each row or, `across`, after each step of the depth. */
static product_case make_product(size_t rows, size_t depth, size_t strips, int across, size_t gap) {
    product_case p = {.rows = rows, .depth = depth, .strips = strips};
    p.row_step = across ? 1 : depth + gap;
    p.depth_step = across ? rows + gap : 1;
    p.panel_step = depth * TW_STRIP + 3 * gap;
    p.out_step = rows * TW_STRIP + 5 * gap;
    p.w_size = rows * depth > 0 ? (rows - 1) * p.row_step + (depth - 1) * p.depth_step + 1 : 0;
    p.panel_size = strips > 0 ? (strips - 1) * p.panel_step + depth * TW_STRIP : 0;
    p.out_size = strips > 0 ? (strips - 1) * p.out_step + rows * TW_STRIP : 0;
    return p;
}

static void run_product(const tw_kernels *kernels, const product_case *p, size_t from, size_t depth,
                        const double *w, const double *panel, double *out) {
    kernels->multiply(p->rows, depth, w + from * p->depth_step, p->row_step, p->depth_step,
                      p->strips, panel + from * TW_STRIP, p->panel_step, out, p->out_step);
}

static void expect_product(const product_case *p, const double *w, const double *panel,
                           const double *before, const double *out) {
    for (size_t s = 0; s < p->strips; s++) {
        size_t first = s * p->out_step, size = p->rows * TW_STRIP;
        for (size_t at = 0; at < size; at++) {
            size_t r = at / TW_STRIP, l = at % TW_STRIP;
            long double sum = before[first + at], most = fabsl(sum);
            for (size_t k = 0; k < p->depth; k++) {
                long double term = (long double)w[r * p->row_step + k * p->depth_step] *
                                   panel[s * p->panel_step + k * TW_STRIP + l];
                sum += term;
                most += fabsl(term);
            }
            expect_near("product", first + at, out[first + at], sum,
                        DBL_EPSILON * (double)(p->depth + 4) * (double)most + 1e-310);
        }
        if (s + 1 < p->strips)
            expect_untouched("between the panels", out + first + size, p->out_step - size);
    }
}

static void multiply_at(const tw_kernels *kernels, product_case p, double special) {
    double *w = guarded_doubles(p.w_size), *panel = guarded_doubles(p.panel_size);
    double *out = guarded_doubles(p.out_size), *cut = guarded_doubles(p.out_size);
    fill_numbers(w, p.w_size, 1, 31);
    fill_numbers(panel, p.panel_size, 1, 32);
    if (special != 1)
        panel[p.panel_size / 2] = special;
    guarded_input(w);
    guarded_input(panel);
    for (size_t s = 0; s < p.strips; s++)
        fill_numbers(out + s * p.out_step, p.rows * TW_STRIP, 2, 33 + s);
    memcpy(cut, out, p.out_size * sizeof *cut);
    const double *before = guarded_copy(out, p.out_size);
    run_product(kernels, &p, 0, p.depth, w, panel, out);
    expect_product(&p, w, panel, before, out);
    size_t third = p.depth / 3; /* the sum does not depend on how a depth is cut into calls */
    run_product(kernels, &p, 0, third, w, panel, cut);
    run_product(kernels, &p, third, p.depth - third, w, panel, cut);
    expect_all_bits("a depth in two parts", cut, out, p.out_size);
    guards_check();
    guards_release();
}

void check_multiply(const tw_kernels *kernels) {
    for (int across = 0; across <= 1; across++) {
        for (size_t rows = 0; rows <= 14; rows++)
            for (size_t strips = 0; strips <= 3; strips++)
                multiply_at(kernels, make_product(rows, 5, strips, across, rows % 3), 1);
        for (size_t depth = 0; depth <= 9; depth++)
            multiply_at(kernels, make_product(7, depth, 2, across, 1), 1);
        for (size_t depth = TW_DEPTH - 1; depth <= TW_DEPTH + 1; depth++)
            multiply_at(kernels, make_product(8, depth, 2, across, 0), 1);
        multiply_at(kernels, make_product(33, 200, 2, across, 0), 1);
        for (size_t k = 0; k < SPECIALS; k++)
            multiply_at(kernels, make_product(8, 9, 2, across, 1), special_numbers[k]);
    }
}

void measure_multiply(const tw_kernels *kernels, kernel_timer *timer) {
    product_case p = make_product(64, TW_DEPTH, 2, 0, 0);
    double *w = guarded_doubles(p.w_size), *panel = guarded_doubles(p.panel_size);
    double *out = guarded_doubles(p.out_size);
    fill_numbers(w, p.w_size, 1, 31);
    fill_numbers(panel, p.panel_size, 1, 32);
    fill_numbers(out, p.out_size, 1, 33);
    TIMED(timer, (double)p.rows * (double)p.depth * (double)p.strips * TW_STRIP)
    run_product(kernels, &p, 0, p.depth, w, panel, out);
}

/* ---- panels of samples: subtraction and product are rounded once each, so bits are known ---- */

enum { IMAGES = 9 };

static double scaled(const tw_samples *samples, size_t row, size_t feature, double scale) {
    size_t at = row * samples->features + feature;
    double x = samples->bytes != NULL ? samples->bytes[at] : samples->doubles[at];
    return (x - samples->mean[feature]) * scale;
}

static void fill_rows(size_t *rows, size_t count) {
    for (size_t i = 0; i < count; i++)
        rows[i] = tw_rng_below(3, count, i, IMAGES);
    guarded_input(rows);
}

static void sample_panel_at(const tw_kernels *kernels, int bytes, size_t count, size_t features,
                            size_t feature, size_t depth) {
    tw_samples samples = make_samples(bytes, IMAGES, features, count);
    size_t *rows = guarded_bytes(count * sizeof *rows);
    double *panel = guarded_doubles(depth * TW_STRIP), scale = 1.0 / 3;
    fill_rows(rows, count);
    kernels->sample_panel(&samples, rows, count, feature, depth, scale, panel);
    for (size_t k = 0; k < depth; k++)
        for (size_t i = 0; i < TW_STRIP; i++)
            expect_bits("number", k * TW_STRIP + i, panel[k * TW_STRIP + i],
                        i < count ? scaled(&samples, rows[i], feature + k, scale) : 0);
    guards_check();
    guards_release();
}

void check_sample_panel(const tw_kernels *kernels) {
    for (int bytes = 0; bytes <= 1; bytes++) {
        for (size_t count = 0; count <= TW_STRIP; count++)
            sample_panel_at(kernels, bytes, count, 21, 4, 7);
        for (size_t depth = 0; depth <= 20; depth++)
            sample_panel_at(kernels, bytes, 5, 20, 20 - depth, depth);
        sample_panel_at(kernels, bytes, TW_STRIP, 200, 130, TW_DEPTH);
    }
}

static void feature_panel_at(const tw_kernels *kernels, int bytes, size_t count, size_t features,
                             size_t feature) {
    tw_samples samples = make_samples(bytes, IMAGES, features, count);
    size_t *rows = guarded_bytes(count * sizeof *rows);
    double *panel = guarded_doubles(count * TW_STRIP), scale = 1.0 / 7;
    fill_rows(rows, count);
    kernels->feature_panel(&samples, rows, count, feature, scale, panel);
    for (size_t i = 0; i < count; i++)
        for (size_t l = 0; l < TW_STRIP; l++)
            expect_bits("number", i * TW_STRIP + l, panel[i * TW_STRIP + l],
                        feature + l < features ? scaled(&samples, rows[i], feature + l, scale) : 0);
    guards_check();
    guards_release();
}

void check_feature_panel(const tw_kernels *kernels) {
    for (int bytes = 0; bytes <= 1; bytes++) {
        for (size_t count = 0; count <= 9; count++)
            feature_panel_at(kernels, bytes, count, 50, 9);
        for (size_t features = 1; features <= 66; features++)
            feature_panel_at(kernels, bytes, 3, features, features > TW_STRIP ? TW_STRIP : 0);
    }
}

static void measure_panel(const tw_kernels *kernels, kernel_timer *timer, int columns) {
    enum { FEATURES = 512 };
    tw_samples samples = make_samples(1, TW_BLOCK, FEATURES, 1);
    size_t rows[TW_BLOCK];
    double *panel = guarded_doubles((size_t)TW_BLOCK * TW_STRIP);
    for (size_t i = 0; i < TW_BLOCK; i++)
        rows[i] = TW_BLOCK - 1 - i;
    if (columns)
        TIMED(timer, (double)TW_DEPTH * TW_STRIP)
    kernels->sample_panel(&samples, rows, TW_STRIP, 64, TW_DEPTH, 0.25, panel);
    else TIMED(timer, (double)TW_BLOCK * TW_STRIP)
        kernels->feature_panel(&samples, rows, TW_BLOCK, 64, 0.25, panel);
}

void measure_sample_panel(const tw_kernels *kernels, kernel_timer *timer) {
    measure_panel(kernels, timer, 1);
}

void measure_feature_panel(const tw_kernels *kernels, kernel_timer *timer) {
    measure_panel(kernels, timer, 0);
}
