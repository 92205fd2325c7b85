/* pca.c: principal components of a path. Of `count` checkpoints of n entries the smaller of two
 * matrices is diagonalised: the Gram matrix of the differences (count x count), or, for paths of
 * many checkpoints in few dimensions, the sum of their outer products (n x n). */
#include <float.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "algebra/eigen_symmetric.h"
#include "core/alloc.h"
#include "core/versioned.h"
#include "kernel/kernels.h"
#include "landscape/rows_block.h"

/* Rows that are held are multiplied with PANEL others at a time: once the memory's bandwidth is
 * shared by so many, the processor is what takes the time. CHUNK entries of a panel stay in the
 * second cache. */
enum { PANEL = 16, CHUNK = 512, PIECE = 8192, MOST_PIECES = 256 };
static const size_t MEMORY = (size_t)512 << 20;

typedef struct pca {
    tw_row_reader reader;
    const tw_pca_options *options;
    size_t n, count, stride, axes;
    size_t held, panel; /* rows */
    double *center;     /* owned, n, or NULL: the caller's */
    double *rows;       /* held + panel rows */
    double *shift;      /* n: from the centre of the reader to the mean; NULL: no mean is taken */
    double *matrix;     /* of order count or n */
    double total, values[2];
    double *vectors; /* axes x order */
    double *out[2];
} pca;

static int is_gram(const pca *p) {
    return p->count <= p->n;
}

static size_t order_of(const pca *p) {
    return is_gram(p) ? p->count : p->n;
}

/* ---- the Gram matrix ---- */

typedef struct gram_job {
    size_t stride, width, rows, columns;
    const double *a, *b;
    double *parts; /* rows x columns for each piece */
} gram_job;

static tw_status gram_piece(void *argument, size_t piece, int worker) {
    const gram_job *job = argument;
    size_t first = piece * job->width, end = first + job->width;
    end = end < job->stride ? end : job->stride;
    double *sums = job->parts + piece * job->rows * job->columns;
    memset(sums, 0, job->rows * job->columns * sizeof *sums);
    for (size_t at = first; at < end; at += CHUNK)
        tw_kernels_current()->dots(job->rows, job->a + at, job->columns, job->b + at, job->stride,
                                   end - at < CHUNK ? end - at : CHUNK, sums);
    return TW_OK;
}

/* Pieces of the entries, as the number of these alone decides. */
static size_t piece_width(size_t stride) {
    size_t width = (stride / MOST_PIECES / CHUNK + 1) * CHUNK;
    return width > PIECE ? width : PIECE;
}

/* Entries (first_a + i, first_b + j) of the matrix, and their mirror images. */
static tw_status gram_block(pca *p, size_t first_a, size_t rows, const double *a, size_t first_b,
                            size_t columns, const double *b) {
    size_t width = piece_width(p->stride), pieces = (p->stride + width - 1) / width;
    gram_job job = {p->stride, width, rows, columns, a, b, NULL};
    job.parts = tw_alloc_raw(pieces * rows, columns * sizeof(double));
    if (job.parts == NULL)
        return tw_fail(TW_ERR_MEMORY, "not enough memory for %zu sums", pieces * rows * columns);
    tw_status status = tw_runner_map(p->options->runner, pieces, gram_piece, &job);
    for (size_t i = 0; i < rows && status == TW_OK; i++)
        for (size_t j = 0; j < columns; j++) {
            double sum = 0;
            for (size_t k = 0; k < pieces; k++)
                sum += job.parts[(k * rows + i) * columns + j];
            p->matrix[(first_a + i) * p->count + first_b + j] = sum;
            p->matrix[(first_b + j) * p->count + first_a + i] = sum;
        }
    free(job.parts);
    return status;
}

static size_t least(size_t a, size_t b) {
    return a < b ? a : b;
}

/* The block of rows from `first` on with itself and with all rows before it. */
static tw_status gram_rows(pca *p, size_t first) {
    size_t count = least(p->held, p->count - first);
    double *held = p->rows, *panel = p->rows + p->held * p->stride;
    tw_status status = tw_rows_read(&p->reader, first, count, held);
    for (size_t k = 0; k < count && status == TW_OK; k += PANEL) {
        size_t rows = least(PANEL, count - k);
        status = gram_block(p, first + k, rows, held + k * p->stride, first, k + rows, held);
    }
    for (size_t k = 0; k < first && status == TW_OK; k += p->panel) {
        size_t rows = least(p->panel, first - k);
        status = tw_rows_read(&p->reader, k, rows, panel);
        if (status == TW_OK)
            status = gram_block(p, k, rows, panel, first, count, held);
    }
    return status;
}

/* The matrix of differences to the mean from that of differences to a point among them. */
static tw_status center_gram(pca *p) {
    size_t n = p->count;
    double *mean = tw_alloc(n, sizeof *mean), all = 0;
    if (mean == NULL)
        return tw_fail(TW_ERR_MEMORY, "not enough memory for %zu sums", n);
    for (size_t i = 0; i < n; i++) {
        for (size_t j = 0; j < n; j++)
            mean[i] += p->matrix[i * n + j] / (double)n;
        all += mean[i] / (double)n;
    }
    for (size_t i = 0; i < n; i++)
        for (size_t j = 0; j < n; j++)
            p->matrix[i * n + j] -= mean[i] + mean[j] - all;
    free(mean);
    return TW_OK;
}

static tw_status make_gram(pca *p) {
    tw_status status = TW_OK;
    for (size_t first = 0; first < p->count && status == TW_OK; first += p->held)
        status = gram_rows(p, first);
    if (status == TW_OK && p->shift != NULL)
        status = center_gram(p);
    return status;
}

/* ---- the outer products ---- */

static void add_mean(pca *p, const double *row) {
    for (size_t i = 0; p->shift != NULL && i < p->n; i++)
        p->shift[i] += row[i] / (double)p->count;
}

static tw_status make_outer(pca *p) {
    size_t n = p->n;
    tw_status status = TW_OK;
    for (size_t k = 0; k < p->count && status == TW_OK; k++) {
        status = tw_rows_read(&p->reader, k, 1, p->rows);
        if (status != TW_OK)
            break;
        add_mean(p, p->rows);
        for (size_t i = 0; i < n; i++)
            for (size_t j = 0; j < n; j++)
                p->matrix[i * n + j] += p->rows[i] * p->rows[j];
    }
    for (size_t i = 0; p->shift != NULL && i < n; i++)
        for (size_t j = 0; j < n; j++)
            p->matrix[i * n + j] -= (double)p->count * p->shift[i] * p->shift[j];
    return status;
}

/* ---- eigenvectors ---- */

static tw_status check_rank(const pca *p) {
    if (p->axes == 2 && !(p->values[1] > 16 * DBL_EPSILON * (double)order_of(p) * p->values[0]))
        return tw_fail(TW_ERR_ARGUMENT,
                       "the %zu checkpoints lie on a line, to rounding: there is no second axis",
                       p->count);
    return TW_OK;
}

/* Scaled to a trace of 1, since squares of its entries are taken. */
static tw_status decompose(pca *p) {
    size_t order = order_of(p);
    p->total = 0;
    for (size_t i = 0; i < order; i++)
        p->total += p->matrix[i * order + i];
    if (isinf(p->total) || isnan(p->total))
        return tw_fail(TW_ERR_ARGUMENT, "the checkpoints are too far apart for their squares");
    if (!(p->total > 0))
        return tw_fail(TW_ERR_ARGUMENT,
                       "all %zu checkpoints are the same point: there is no direction", p->count);
    for (size_t i = 0; i < order * order; i++)
        p->matrix[i] /= p->total;
    p->vectors = tw_alloc(order, p->axes * sizeof *p->vectors);
    if (p->vectors == NULL)
        return tw_fail(TW_ERR_MEMORY, "not enough memory for %zu coordinates", order);
    tw_status status = tw_eigen_symmetric(order, p->matrix, p->axes, p->values, p->vectors);
    return status == TW_OK ? check_rank(p) : status;
}

/* ---- the axes ---- */

/* -1 where the coordinate farthest out, the first of equals, is negative. */
static double sign_of(size_t count, const double *coordinates) {
    double most = 0;
    for (size_t k = 0; k < count; k++)
        most = fmax(most, fabs(coordinates[k]));
    for (size_t k = 0; k < count; k++)
        if (fabs(coordinates[k]) >= (1 - 1e-9) * most)
            return coordinates[k] < 0 ? -1 : 1;
    return 1;
}

typedef struct combine_job {
    const pca *p;
    size_t first, rows;
} combine_job;

/* out[axis] += sum_k v_k row_k, for some entries. */
static tw_status combine_piece(void *argument, size_t piece, int worker) {
    const combine_job *job = argument;
    const pca *p = job->p;
    size_t width = piece_width(p->stride), first = piece * width, end = least(first + width, p->n);
    for (size_t k = 0; k < job->rows; k++) {
        const double *row = p->rows + k * p->stride;
        for (size_t axis = 0; axis < p->axes; axis++) {
            double factor = p->vectors[axis * p->count + job->first + k], *out = p->out[axis];
            for (size_t i = first; i < end; i++)
                out[i] += factor * row[i];
        }
        for (size_t i = first; p->shift != NULL && i < end; i++)
            p->shift[i] += row[i] / (double)p->count;
    }
    return TW_OK;
}

static tw_status combine_rows(pca *p) {
    size_t width = piece_width(p->stride), pieces = (p->stride + width - 1) / width;
    tw_status status = TW_OK;
    for (size_t axis = 0; axis < p->axes; axis++) {
        double *v = p->vectors + axis * p->count, sign = sign_of(p->count, v);
        for (size_t k = 0; k < p->count; k++)
            v[k] *= sign;
        memset(p->out[axis], 0, p->n * sizeof(double));
    }
    /* all rows are there already where they fit */
    int all = p->held >= p->count;
    for (size_t k = 0, rows; k < p->count && status == TW_OK; k += rows) {
        rows = all ? p->count : least(PANEL, least(p->held, p->count - k));
        if (!all)
            status = tw_rows_read(&p->reader, k, rows, p->rows);
        if (status == TW_OK)
            status = tw_runner_map(p->options->runner, pieces, combine_piece,
                                   &(combine_job){p, k, rows});
    }
    return status;
}

/* The eigenvectors are the axes; their signs follow from the coordinates of all rows. */
static tw_status take_outer(pca *p) {
    double *along = tw_alloc(p->count, p->axes * sizeof *along);
    tw_status status = TW_OK;
    if (along == NULL)
        return tw_fail(TW_ERR_MEMORY, "not enough memory for %zu coordinates", p->count);
    for (size_t k = 0; k < p->count && status == TW_OK; k++) {
        status = tw_rows_read(&p->reader, k, 1, p->rows);
        for (size_t axis = 0; axis < p->axes && status == TW_OK; axis++)
            for (size_t i = 0; i < p->n; i++)
                along[axis * p->count + k] += p->vectors[axis * p->n + i] *
                                              (p->rows[i] - (p->shift != NULL ? p->shift[i] : 0));
    }
    for (size_t axis = 0; axis < p->axes && status == TW_OK; axis++) {
        double sign = sign_of(p->count, along + axis * p->count);
        for (size_t i = 0; i < p->n; i++)
            p->out[axis][i] = sign * p->vectors[axis * p->n + i];
    }
    free(along);
    return status;
}

static void add_scaled(size_t n, double factor, const double *from, double scale, double *to) {
    for (size_t i = 0; i < n; i++)
        to[i] = (to[i] + factor * from[i]) * scale;
}

/* Rounding in the eigenvectors shows in the axes: they are made unit vectors, and the second
 * orthogonal to the first, twice, since what is left of it may be small. */
static tw_status straighten(pca *p) {
    tw_runner *runner = p->options->runner;
    double square, along;
    tw_status status = TW_OK;
    for (size_t axis = 0; axis < p->axes; axis++) {
        const double *own[1] = {p->out[axis]}, *first[1] = {p->out[0]};
        for (int round = 0; round < 2 && status == TW_OK; round++) {
            status = tw_products(runner, p->n, 1, own, own, &square);
            if (status == TW_OK)
                add_scaled(p->n, 0, own[0], 1 / sqrt(square), p->out[axis]);
            if (status != TW_OK || axis == 0)
                continue;
            status = tw_products(runner, p->n, 1, own, first, &along);
            if (status == TW_OK)
                add_scaled(p->n, -along, first[0], 1, p->out[axis]);
        }
        if (status == TW_OK)
            status = tw_products(runner, p->n, 1, own, own, &square);
        if (status == TW_OK)
            add_scaled(p->n, 0, own[0], 1 / sqrt(square), p->out[axis]);
    }
    return status;
}

/* ---- the whole ---- */

static tw_status check_rows(const tw_rows *rows, const tw_pca_options *options) {
    if (rows == NULL || rows->read == NULL || rows->count == 0 || rows->size == 0)
        return tw_fail(TW_ERR_ARGUMENT, "a trajectory without checkpoints has no axes");
    if (options->space != NULL && tw_space_size(options->space) != rows->size)
        return tw_fail(TW_ERR_SHAPE, "the space has %zu entries, a checkpoint %zu",
                       tw_space_size(options->space), rows->size);
    if (rows->count == 1 && (options->mean || options->center == NULL))
        return tw_fail(TW_ERR_ARGUMENT, "a trajectory of one checkpoint has no direction; at least "
                                        "2 are needed for an axis, 3 for a plane");
    return TW_OK;
}

/* Rows in memory, and how many will be read. */
static void plan(pca *p) {
    size_t memory = p->options->memory > 0 ? p->options->memory : MEMORY;
    size_t fit = memory / sizeof(double) / p->stride;
    fit = fit > 2 ? fit : 2;
    p->held = p->count;
    p->panel = 0;
    if (!is_gram(p)) {
        p->held = 1;
    } else if (fit < p->count) {
        p->panel = least(PANEL, fit / 2);
        p->held = fit - p->panel;
    }
    size_t total = is_gram(p) && p->held >= p->count ? p->count : 2 * p->count;
    for (size_t first = p->held; is_gram(p) && first < p->count; first += p->held)
        total += first;
    p->reader.total = total;
}

static tw_status begin(pca *p) {
    size_t bytes;
    plan(p);
    p->rows = tw_alloc_raw(p->held + p->panel, p->stride * sizeof(double));
    if (!__builtin_mul_overflow(order_of(p), sizeof(double), &bytes))
        p->matrix = tw_alloc(order_of(p), bytes);
    if (p->options->mean)
        p->shift = tw_alloc(p->n, sizeof(double));
    if (p->reader.center == NULL)
        p->center = tw_alloc_raw(p->stride, sizeof(double));
    if (p->rows == NULL || p->matrix == NULL || (p->options->mean && p->shift == NULL) ||
        (p->reader.center == NULL && p->center == NULL))
        return tw_fail(TW_ERR_MEMORY,
                       "not enough memory for %zu checkpoints of %zu entries and a matrix of order "
                       "%zu",
                       p->held + p->panel, p->n, order_of(p));
    if (p->reader.center != NULL)
        return TW_OK;
    tw_row_reader plain = {.rows = p->reader.rows};
    tw_status status = tw_rows_read(&plain, p->count - 1, 1, p->center);
    p->reader.center = p->center;
    return status;
}

static void report(const pca *p, tw_plane *out) {
    for (size_t i = 0; i < p->n; i++)
        out->origin[i] = p->reader.center[i] + (p->shift != NULL ? p->shift[i] : 0);
    tw_pca found = {.checkpoints = p->count, .total = p->total};
    for (size_t axis = 0; axis < p->axes; axis++) {
        double singular = sqrt(p->values[axis]) * sqrt(p->total);
        found.share[axis] = fmin(p->values[axis], 1);
        found.singular[axis] = singular;
        if (p->count > 1)
            found.variance[axis] = singular * singular / (double)(p->count - 1);
    }
    out->principal = 1;
    out->pca = found;
}

static tw_status find_axes(const tw_rows *rows, const tw_pca_options *options, tw_plane *out) {
    pca p = {.options = options,
             .n = rows->size,
             .count = rows->count,
             .stride = tw_rows_stride(rows->size),
             .axes = (size_t)out->rank,
             .out = {out->x, out->y}};
    p.reader = (tw_row_reader){.rows = rows,
                               .center = options->mean ? NULL : options->center,
                               .space = options->space,
                               .progress = options->progress,
                               .progress_user = options->progress_user};
    tw_status status = p.n < p.axes ? tw_fail(TW_ERR_ARGUMENT,
                                              "a plane needs two parameters or more, not %zu", p.n)
                                    : begin(&p);
    if (status == TW_OK)
        status = is_gram(&p) ? make_gram(&p) : make_outer(&p);
    if (status == TW_OK)
        status = decompose(&p);
    if (status == TW_OK)
        status = is_gram(&p) ? combine_rows(&p) : take_outer(&p);
    if (status == TW_OK)
        status = straighten(&p);
    if (status == TW_OK)
        report(&p, out);
    free(p.center);
    free(p.rows);
    free(p.shift);
    free(p.matrix);
    free(p.vectors);
    return status;
}

tw_status tw_trajectory_axes(const tw_rows *rows, const tw_pca_options *options, int rank,
                             tw_plane *out) {
    tw_pca_options taken;
    memset(out, 0, sizeof *out);
    tw_status status = TW_TAKE(tw_pca_options, space, &taken, options);
    options = &taken;
    if (status == TW_OK)
        status = check_rows(rows, options);
    if (status == TW_OK)
        status = tw_plane_init(out, rank, rows->size);
    if (status == TW_OK)
        status = find_axes(rows, options, out);
    if (status != TW_OK)
        tw_plane_release(out);
    return status;
}
