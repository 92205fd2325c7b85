/* mlp_span_rows.c: points of a span of a network with one hidden layer of relu, row by row.
 *
 * Along a row of points (b fixed) a unit is on over one piece of the row, and what it adds to a
 * score is a quadratic in a (kernel/relu_row.c): the units' work is done once a row, where layer by
 * layer it is done once a point. A point whose scores would lose digits so, or that is not finite,
 * goes through the layers; which way it goes depends on the strip of images and the point alone.
 */
#include <math.h>
#include <string.h>

#include "core/alloc.h"
#include "model/mlp/mlp_span_private.h"

/* Most points of a row, and numbers of a strip's scores at them. */
enum { ROW_POINTS = 128, ROW_SCORES = 1 << 17 };

int tw_mlp_goes_in_rows(const tw_mlp *mlp) {
    return mlp->layers == 2 && mlp->unit == TW_UNIT_RELU && mlp->units[1] <= TW_RELU_UNITS;
}

/* NaN comes through, whatever follows it. */
static double larger_or_nan(double most, double size) {
    return size <= most || isnan(most) ? most : size;
}

/* With the classes of a unit together, and in the last row the bias. */
tw_status tw_mlp_rows_open(tw_mlp_span *span) {
    const tw_mlp *mlp = span->mlp;
    size_t units = mlp->units[1], classes = mlp->units[2], stride = (classes + 7) / 8 * 8;
    span->stride = stride;
    for (size_t m = 0; m <= span->rank; m++) {
        double *out = span->seconds[m] = tw_alloc(units + 1, stride * sizeof *out);
        if (out == NULL)
            return tw_fail(TW_ERR_MEMORY, "not enough memory for a span");
        for (size_t c = 0; c < classes; c++) {
            for (size_t h = 0; h < units; h++)
                out[h * stride + c] = span->vectors[m][mlp->weight[2] + c * units + h];
            out[units * stride + c] = span->vectors[m][mlp->bias[2] + c];
        }
    }
    for (size_t i = 0; i < units * stride; i++) {
        span->a_most = larger_or_nan(span->a_most, fabs(span->seconds[1][i]));
    }
    return TW_OK;
}

/* What a worker needs for a strip; places in its scratch. */
typedef struct row_work {
    double *images[3]; /* u, v, w of the strip, an image after the other, units padded by 0 */
    double *t;         /* the second layer at b, and its bias */
    double *s;         /* u + b w of an image */
    double *a;         /* of the row's points, between two infinities */
    double *flips;     /* the kernel's */
    double *scores;
    double *one; /* weights and scratch of a point that goes through the layers */
    unsigned char coarse[ROW_POINTS];
} row_work;

static size_t padded(size_t count) {
    return (count + TW_FEATURE_PAD - 1) / TW_FEATURE_PAD * TW_FEATURE_PAD;
}

static size_t row_points(const tw_mlp *mlp) {
    size_t points = ROW_SCORES / (mlp->units[2] * TW_STRIP);
    return points > ROW_POINTS ? ROW_POINTS : points < 4 ? 4 : points;
}

static size_t place_work(const tw_mlp_span *span, double *scratch, row_work *work) {
    const tw_mlp *mlp = span->mlp;
    size_t units = padded(mlp->units[1]), points = row_points(mlp);
    const tw_relu_row row = {.units = units, .count = points};
    tw_mlp_points one = {.span = span};
    tw_mlp_plan_groups(&one);
    double **const places[] = {&work->images[0], &work->images[1], &work->images[2],
                               &work->t,         &work->s,         &work->a,
                               &work->flips,     &work->scores,    &work->one};
    const size_t sizes[] = {units * TW_STRIP,
                            units * TW_STRIP,
                            units * TW_STRIP,
                            (units + 1) * span->stride,
                            units,
                            points + 2,
                            tw_relu_scratch(&row),
                            points * mlp->units[2] * TW_STRIP,
                            padded(one.matrix) + padded(one.tail) + tw_mlp_group_scratch(mlp, 1)};
    size_t at = 0;
    for (size_t k = 0; k < sizeof sizes / sizeof sizes[0]; k++) {
        *places[k] = scratch != NULL ? scratch + at : NULL;
        at += padded(sizes[k]);
    }
    return at;
}

size_t tw_mlp_row_scratch(const tw_mlp_span *span) {
    row_work work;
    return place_work(span, NULL, &work);
}

static void gather_images(const double *panel, size_t units, double *images) {
    size_t width = padded(units);
    for (size_t i = 0; i < TW_STRIP; i++)
        for (size_t h = 0; h < width; h++)
            images[i * width + h] = h < units ? panel[h * TW_STRIP + i] : 0;
}

/* t and its largest entry; the bias is left out of that. */
static double second_at(const tw_mlp_span *span, double b, double *t) {
    size_t size = span->mlp->units[1] * span->stride;
    double most = 0;
    for (size_t i = 0; i < size + span->stride; i++)
        t[i] = span->seconds[0][i] + (span->rank == 2 ? b * span->seconds[2][i] : 0);
    for (size_t i = 0; i < size; i++)
        most = larger_or_nan(most, fabs(t[i]));
    return most;
}

/* Point p by its layers. */
static void through_layers(const tw_mlp_points *set, const tw_mlp_strip *strip, size_t p,
                           double *memory) {
    tw_mlp_points one = {.span = set->span, .count = 1, .points = set->points + p};
    tw_mlp_strip own = *strip;
    tw_mlp_plan_groups(&one);
    one.together = 1;
    one.seconds = memory;
    one.tails = memory + padded(one.matrix);
    own.sums.losses += p;
    own.sums.corrects += p;
    if (own.sums.squares != NULL)
        own.sums.squares += p;
    tw_mlp_fill_tail(&one, 0);
    tw_mlp_group_losses(&one, &own, 0, one.tails + padded(one.tail));
}

/* Points first ... first + count, of one b and with finite a. */
static void row_losses(const tw_mlp_points *set, const tw_mlp_strip *strip, size_t first,
                       size_t count, row_work *work) {
    const tw_mlp_span *span = set->span;
    const tw_mlp *mlp = span->mlp;
    size_t units = mlp->units[1], classes = mlp->units[2], width = padded(units);
    double b = set->points[first].b;
    tw_relu_row row = {.units = units,
                       .classes = classes,
                       .stride = span->stride,
                       .t = work->t,
                       .q = span->seconds[1],
                       .t_most = second_at(span, b, work->t),
                       .q_most = span->a_most,
                       .t_bias = work->t + units * span->stride,
                       .q_bias = span->seconds[1] + units * span->stride,
                       .a = work->a + 1,
                       .count = count};
    work->a[0] = -INFINITY;
    for (size_t p = 0; p < count; p++)
        work->a[p + 1] = set->points[first + p].a;
    work->a[count + 1] = INFINITY;
    memset(work->coarse, 0, count);
    for (size_t i = 0; i < strip->count; i++) {
        const double *s = work->images[0] + i * width;
        if (span->rank == 2) {
            mlp->base.kernels->units(TW_UNIT_LINEAR, width, s, b, work->images[2] + i * width,
                                     work->s);
            s = work->s;
        }
        mlp->base.kernels->relu_row(&row, s, work->images[1] + i * width, work->flips,
                                    work->scores + i, work->coarse);
    }
    for (size_t p = 0; p < count; p++)
        if (work->coarse[p])
            through_layers(set, strip, first + p, work->one);
        else
            tw_mlp_add_losses(mlp, strip, first + p, work->scores + p * classes * TW_STRIP);
}

void tw_mlp_row_losses(const tw_mlp_points *set, const tw_mlp_strip *strip, double *scratch) {
    const tw_ordered_point *points = set->points;
    size_t units = set->span->mlp->units[1], most = row_points(set->span->mlp);
    row_work work;
    place_work(set->span, scratch, &work);
    gather_images(strip->u, units, work.images[0]);
    gather_images(strip->v, units, work.images[1]);
    if (strip->w != NULL)
        gather_images(strip->w, units, work.images[2]);
    for (size_t first = 0, end; first < set->count; first = end) {
        end = first + 1;
        if (!isfinite(points[first].a)) {
            through_layers(set, strip, first, work.one);
            continue;
        }
        while (end < set->count && end - first < most && isfinite(points[end].a) &&
               tw_span_same(points[end].b, points[first].b))
            end++;
        row_losses(set, strip, first, end - first, &work);
    }
}
