/* softmax_points, softmax_flush and hinge_points: images at many points of a span. */
#include "kernel_check.h"

enum { MOST_OTHERS = 20, MOST_ROWS = 6, IMAGES = TW_PRODUCT_GROUP };

/* ---- points ---- */

typedef struct point_set {
    tw_point_row rows[MOST_ROWS];
    tw_point_rows all;
    size_t points; /* of all rows, padded */
} point_set;

static double most_of(const double *x, size_t count) {
    double most = 0;
    for (size_t k = 0; k < count; k++)
        most = fmax(most, fabs(x[k]));
    return most;
}

/* A list of `count` values of a up to `reach`, padded by repeating the last. */
static const double *make_list(size_t count, double reach, uint64_t stream) {
    size_t padded = padded_to(count, TW_POINT_PAD);
    double *a = guarded_doubles(padded);
    for (size_t k = 0; k < padded; k++)
        a[k] = k < count ? reach * number(stream, k) : a[count - 1];
    if (count > 2)
        a[1] = 0;
    return guarded_input(a);
}

/* Rows of `lengths` points; where the length is that of the row before, so is the list. */
static void make_points(point_set *set, size_t rows, const size_t *lengths, double reach,
                        double b_reach) {
    size_t padded = padded_to(rows, TW_POINT_PAD), offset = 0;
    double *b = guarded_doubles(padded);
    for (size_t r = 0; r < padded; r++)
        b[r] = r < rows ? b_reach * number(71, r) : b[rows - 1];
    *set = (point_set){.all = {.rows = set->rows, .count = rows, .padded = padded}};
    for (size_t r = 0; r < rows; r++) {
        int fresh = r == 0 || lengths[r] != lengths[r - 1];
        tw_point_row *row = &set->rows[r];
        *row = (tw_point_row){.b = b[r],
                              .a = fresh ? make_list(lengths[r], reach, 72 + r) : row[-1].a,
                              .count = lengths[r],
                              .padded = padded_to(lengths[r], TW_POINT_PAD),
                              .offset = offset,
                              .fresh = fresh};
        row->a_most = most_of(row->a, row->count);
        set->all.longest = row->padded > set->all.longest ? row->padded : set->all.longest;
        offset += row->padded;
    }
    set->all.b = guarded_input(b);
    set->points = offset;
}

/* ---- images ---- */

typedef struct image_set {
    tw_image_span images[IMAGES];
    size_t count;
} image_set;

/* Images first ... first + count - 1 of a series; every third is one that its label wins at 0. */
static void make_images(image_set *set, size_t first, size_t count, size_t others, double start,
                        double slope, int flat) {
    set->count = count;
    for (size_t i = first; i < first + count; i++) {
        double *u = guarded_doubles(others), *v = guarded_doubles(others);
        double *w = guarded_doubles(others);
        fill_numbers(u, others, start, 80 + i);
        fill_numbers(v, others, slope, 90 + i);
        fill_numbers(w, others, flat ? 0 : slope, 100 + i);
        for (size_t c = 0; c < others && i % 3 == 2; c++)
            u[c] = -fabs(u[c]) - start;
        set->images[i - first] = (tw_image_span){guarded_input(u), guarded_input(v),
                                                 guarded_input(w), others, i % (others + 1)};
    }
}

/* One image at one point, by the formulas. */
typedef struct point_truth {
    long double softmax, hinge;
    double reach;    /* max |u| + |a v| + |b w|, which the rounding of differences goes by */
    double near_tie; /* |largest difference| over the reach */
    int wins;
} point_truth;

static point_truth truth_at(const tw_image_span *image, double a, double b, double margin) {
    long double d[MOST_OTHERS], top = 0, sum = 0, most = -INFINITY;
    point_truth t = {.wins = 1};
    for (size_t c = 0; c < image->others; c++) {
        d[c] =
            (long double)image->u[c] + (long double)a * image->v[c] + (long double)b * image->w[c];
        top = d[c] > top ? d[c] : top;
        most = fmaxl(most, d[c]);
        t.wins &= c < image->below ? d[c] < 0 : d[c] <= 0;
        t.hinge += d[c] + margin <= 0 ? 0 : d[c] + margin;
        t.reach = fmax(t.reach, fabs(image->u[c]) + fabs(a * image->v[c]) + fabs(b * image->w[c]));
    }
    for (size_t c = 0; c < image->others; c++)
        sum += expl(d[c] - top);
    t.softmax = top == 0 ? log1pl(sum) : top + logl(sum + expl(-top));
    if (isinf(top))
        t.softmax = top;
    t.near_tie = image->others > 0 ? (double)(fabsl(most) / (t.reach + 1e-300)) : 1;
    return t;
}

/* ---- the two kernels under one name ---- */

typedef struct point_sums {
    double *product, *loss, *correct;
} point_sums;

static void add_images(const tw_kernels *kernels, int hinge, double margin, const image_set *images,
                       const point_set *set, point_sums *sums) {
    *sums = (point_sums){guarded_doubles(set->points), guarded_doubles(set->points),
                         guarded_doubles(set->points)};
    for (size_t k = 0; k < set->points; k++)
        sums->product[k] = sums->loss[k] = sums->correct[k] = 0;
    for (size_t i = 0; i < images->count; i++) {
        size_t others = images->images[i].others;
        double *scratch = guarded_doubles((3 * others + 4) * set->all.padded +
                                          others * (3 * set->all.longest + 1));
        if (hinge)
            kernels->hinge_points(&images->images[i], &set->all, margin, scratch, sums->loss,
                                  sums->correct);
        else
            kernels->softmax_points(&images->images[i], &set->all, scratch, sums->product,
                                    sums->loss, sums->correct);
    }
    if (!hinge)
        kernels->softmax_flush(set->points, sums->product, sums->loss);
}

static void expect_point(int hinge, double margin, const image_set *images, const tw_point_row *row,
                         size_t p, const point_sums *sums) {
    long double loss = 0;
    double tolerance = 1e-300, wins = 0, unsure = 0;
    for (size_t i = 0; i < images->count; i++) {
        point_truth t = truth_at(&images->images[i], row->a[p], row->b, margin);
        double others = (double)images->images[i].others;
        loss += hinge ? t.hinge : t.softmax;
        tolerance += DBL_EPSILON * (hinge ? 3 * others * (t.reach + margin)
                                          : (12 + others + 4 * t.reach) * (double)t.softmax);
        wins += t.wins;
        unsure += t.near_tie < 1e-14;
    }
    tolerance += 2 * IMAGES * DBL_EPSILON * (double)fabsl(loss);
    expect_near("loss", row->offset + p, sums->loss[row->offset + p], loss, tolerance);
    expect_near("correct", row->offset + p, sums->correct[row->offset + p], wins, unsure);
}

/* What a point gets does not depend on the other points: row r alone, from point p on. */
static void expect_point_alone(const tw_kernels *kernels, int hinge, double margin,
                               const image_set *images, const point_set *set, size_t r, size_t p,
                               const point_sums *all) {
    const tw_point_row *row = &set->rows[r];
    double a[TW_POINT_PAD], b[TW_POINT_PAD];
    for (size_t k = 0; k < TW_POINT_PAD; k++) {
        a[k] = row->a[p];
        b[k] = row->b;
    }
    point_set one = {.points = TW_POINT_PAD};
    one.rows[0] = (tw_point_row){.b = row->b,
                                 .a = guarded_copy(a, TW_POINT_PAD),
                                 .a_most = fabs(a[0]),
                                 .count = 1,
                                 .padded = TW_POINT_PAD,
                                 .fresh = 1};
    one.all = (tw_point_rows){.rows = one.rows,
                              .count = 1,
                              .padded = TW_POINT_PAD,
                              .b = guarded_copy(b, TW_POINT_PAD),
                              .longest = TW_POINT_PAD};
    point_sums sums;
    add_images(kernels, hinge, margin, images, &one, &sums);
    expect_bits("loss of a point alone", p, sums.loss[0], all->loss[row->offset + p]);
    expect_bits("correct of a point alone", p, sums.correct[0], all->correct[row->offset + p]);
}

typedef struct points_case {
    size_t rows;
    const size_t *lengths;
    size_t first, images, others;
    double start, slope, reach, b_reach; /* of u; of v and w; of a; of b */
    int flat;
} points_case;

static void points_at(const tw_kernels *kernels, int hinge, points_case at) {
    point_set set;
    image_set images;
    point_sums sums;
    double margin = 0.75;
    make_points(&set, at.rows, at.lengths, at.reach, at.b_reach);
    make_images(&images, at.first, at.images, at.others, at.start, at.slope, at.flat);
    add_images(kernels, hinge, margin, &images, &set, &sums);
    for (size_t r = 0; r < at.rows; r++)
        for (size_t p = 0; p < set.rows[r].count; p++)
            expect_point(hinge, margin, &images, &set.rows[r], p, &sums);
    guards_check();
    for (size_t r = 0; r < at.rows && at.images == 1; r++)
        for (size_t p = 0; p < set.rows[r].count && p < 5; p++)
            expect_point_alone(kernels, hinge, margin, &images, &set, r, p * 7 % set.rows[r].count,
                               &sums);
    guards_check();
    guards_release();
}

/* Differences of exactly 0 at a = 1, and of infinities and NaN. */
static void special_images(const tw_kernels *kernels, int hinge) {
    static const struct {
        double u[3], v[3];
        size_t below;
    } cases[] = {
        {{-1, -5, -5}, {1, 0, 0}, 1},        /* a tie with a class before the label's: lost */
        {{-1, -5, -5}, {1, 0, 0}, 0},        /* after the label's: won */
        {{0, -5, -5}, {0, 0, 0}, 1},         /* the same everywhere */
        {{0, -5, -5}, {0, 0, 0}, 0},         /* */
        {{-0.0, -5, -5}, {-0.0, 0, 0}, 0},   /* */
        {{-1, NAN, -1}, {0, 1, 0}, 1},       /* */
        {{-1, INFINITY, -1}, {0, 1, 0}, 1},  /* */
        {{-1, -INFINITY, -1}, {0, 1, 0}, 1}, /* */
        {{-1e300, -1, -1}, {0, 0, 0}, 1},    /* */
        {{1e300, -1, -1}, {1, 0, 0}, 1},     /* */
        {{5e-324, -1, -1}, {0, 0, 0}, 1},    /* */
    };
    static const double a[TW_POINT_PAD] = {1, 0.5, 1.5, 0, -1, 100, 1, 1}, none[3] = {0, 0, 0};
    for (size_t k = 0; k < sizeof cases / sizeof *cases; k++) {
        point_set set = {.points = TW_POINT_PAD};
        set.rows[0] = (tw_point_row){.a = guarded_copy(a, TW_POINT_PAD),
                                     .a_most = 100,
                                     .count = TW_POINT_PAD,
                                     .padded = TW_POINT_PAD,
                                     .fresh = 1};
        set.all = (tw_point_rows){.rows = set.rows,
                                  .count = 1,
                                  .padded = TW_POINT_PAD,
                                  .b = guarded_copy((const double[TW_POINT_PAD]){0}, TW_POINT_PAD),
                                  .longest = TW_POINT_PAD};
        image_set images = {{{cases[k].u, cases[k].v, none, 3, cases[k].below}}, 1};
        point_sums sums;
        add_images(kernels, hinge, 1, &images, &set, &sums);
        for (size_t p = 0; p < TW_POINT_PAD; p++) {
            point_truth t = truth_at(&images.images[0], a[p], 0, 1);
            long double loss = hinge ? t.hinge : t.softmax;
            expect_near("special loss", 10 * k + p, sums.loss[p], loss,
                        1e-14 * (double)fabsl(loss));
            expect_bits("special correct", 10 * k + p, sums.correct[p], t.wins);
        }
        guards_check();
        guards_release();
    }
}

static void check_kernel(const tw_kernels *kernels, int hinge) {
    static const size_t lengths[] = {1, 3, 8, 8, 33, 70}, long_row[] = {203};
    static const struct {
        double start, slope;
    } sizes[] = {{1, 1},     {1e-8, 1e-8}, {30, 20},   {100, 60},
                 {600, 300}, {1e5, 1e4},   {1e9, 1e9}, {3, 0}};
    for (size_t k = 0; k < sizeof sizes / sizeof *sizes; k++)
        for (size_t kind = 0; kind < 6; kind++) {
            points_case at = {
                .rows = MOST_ROWS, .lengths = lengths, .others = 9, .reach = 1.5, .b_reach = 1};
            at.first = kind / 2; /* one image of two kinds, or all */
            at.images = kind < 2 || kind > 3 ? 1 : IMAGES;
            at.flat = kind % 2;
            at.start = sizes[k].start;
            at.slope = sizes[k].slope;
            points_at(kernels, hinge, at);
        }
    for (size_t others = 0; others <= MOST_OTHERS; others++)
        points_at(kernels, hinge,
                  (points_case){2, lengths + 1, others % 3, 1, others, 40, 30, 1, 1, 0});
    for (size_t rows = 1; rows <= MOST_ROWS; rows++)
        points_at(kernels, hinge, (points_case){rows, lengths, rows % 3, 1, 3, 2, 40, 3, 2, 0});
    for (size_t others = 1; others <= 3; others++) /* beside each other, won and lost by far */
        points_at(kernels, hinge,
                  (points_case){MOST_ROWS, lengths, 2, 1, others, 60, 300, 1.5, 0.1, 0});
    points_at(kernels, hinge, (points_case){1, long_row, 0, 1, 4, 2, 200, 1, 0, 1});
    special_images(kernels, hinge);
}

void check_softmax_points(const tw_kernels *kernels) {
    check_kernel(kernels, 0);
}

void check_hinge_points(const tw_kernels *kernels) {
    check_kernel(kernels, 1);
}

/* loss += log1p(product), product = 0. */
void check_softmax_flush(const tw_kernels *kernels) {
    static const double special[TW_POINT_PAD] = {0, -0.0, INFINITY, NAN, 1e300, 5e-324, 1e-17, 700};
    for (size_t points = 0; points <= 64; points += TW_POINT_PAD) {
        double *product = guarded_doubles(points), *loss = guarded_doubles(points);
        for (size_t p = 0; p < points; p++)
            product[p] = p < TW_POINT_PAD ? special[p] : pow(10, 300 * number(76, p));
        fill_numbers(loss, points, 5, 77);
        const double *was = guarded_copy(product, points), *before = guarded_copy(loss, points);
        kernels->softmax_flush(points, product, loss);
        for (size_t p = 0; p < points; p++) {
            long double truth = before[p] + log1pl(was[p]);
            expect_near("loss", p, loss[p], truth, 4 * DBL_EPSILON * (fabs(before[p]) + 1000));
            expect_bits("product", p, product[p], 0);
        }
        guards_check();
        guards_release();
    }
}

/* ---- times ---- */

static void measure_points(const tw_kernels *kernels, kernel_timer *timer, int hinge) {
    enum { SIDE = 51, PADDED = 56, OTHERS = 9 };
    tw_point_row rows[SIDE];
    double a[PADDED], b[PADDED], scratch[(3 * OTHERS + 4) * PADDED + OTHERS * (3 * PADDED + 1)];
    size_t points = (size_t)SIDE * PADDED;
    double *product = guarded_doubles(points), *loss = guarded_doubles(points);
    double *correct = guarded_doubles(points);
    for (size_t k = 0; k < PADDED; k++)
        a[k] = b[k] = -1 + (double)(k < SIDE ? k : SIDE - 1) / 25;
    for (size_t r = 0; r < SIDE; r++)
        rows[r] = (tw_point_row){b[r], a, 1, SIDE, PADDED, r * PADDED, r == 0};
    for (size_t p = 0; p < points; p++)
        product[p] = loss[p] = correct[p] = 0;
    image_set images;
    make_images(&images, 0, 1, OTHERS, 4, 4, 0);
    tw_point_rows all = {rows, SIDE, PADDED, b, PADDED};
    TIMED(timer, (double)SIDE * SIDE)
    if (hinge) {
        kernels->hinge_points(images.images, &all, 1, scratch, loss, correct);
    } else {
        kernels->softmax_points(images.images, &all, scratch, product, loss, correct);
        memset(product, 0, points * sizeof *product); /* would overflow in the end */
    }
}

void measure_softmax_points(const tw_kernels *kernels, kernel_timer *timer) {
    measure_points(kernels, timer, 0);
}

void measure_hinge_points(const tw_kernels *kernels, kernel_timer *timer) {
    measure_points(kernels, timer, 1);
}

void measure_softmax_flush(const tw_kernels *kernels, kernel_timer *timer) {
    enum { POINTS = 4096 };
    double *product = guarded_doubles(POINTS), *loss = guarded_doubles(POINTS);
    fill_numbers(product, POINTS, 0.5, 76);
    fill_numbers(loss, POINTS, 1, 77);
    TIMED(timer, POINTS)
    kernels->softmax_flush(POINTS, product, loss);
}
