#include "plot/field.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "core/alloc.h"
#include "diff/numbers.h"
#include "plot/pits.h"
#include "plot/refine.h"

static const double LOG_FROM = 30, DEEP_FROM = 300;

void tw_field_release(tw_field *field) {
    free(field->x);
    free(field->y);
    free(field->z);
    free(field->missing);
    free(field->fx);
    free(field->fy);
    free(field->fz);
    memset(field, 0, sizeof *field);
}

static tw_status out_of_memory(void) {
    return tw_fail(TW_ERR_MEMORY, "not enough memory to draw the surface");
}

/* Copies coordinates so that they rise. */
static tw_status copy_axis(const double *from, size_t count, const char *name, double *to,
                           int *falling) {
    *falling = count > 1 && from[0] > from[count - 1];
    for (size_t i = 0; i < count; i++) {
        to[i] = from[*falling ? count - 1 - i : i];
        if (!tw_is_drawable(to[i]))
            return tw_fail(TW_ERR_ARGUMENT, "%s coordinate %zu of the surface is not finite", name,
                           i + 1);
        if (i > 0 && !(to[i] > to[i - 1]))
            return tw_fail(TW_ERR_ARGUMENT,
                           "the %s coordinates of the surface neither rise nor fall throughout",
                           name);
    }
    return TW_OK;
}

/* A value as it is shown. */
static double taken(tw_field *f, double value) {
    f->greatest = fmax(f->greatest, value);
    if (f->limited && tw_is_drawable(value)) {
        f->below += value < f->low;
        f->above += value > f->high;
        return fmin(fmax(value, f->low), f->high);
    }
    if (!(f->most > 0) || !(value > f->most))
        return value;
    f->capped++;
    return f->most;
}

static tw_status copy_values(tw_field *f, const tw_surface *surface, size_t metric) {
    const double *plane = surface->values + metric * f->nx * f->ny;
    int left, down;
    tw_status status = copy_axis(surface->x, f->nx, "x", f->x, &left);
    if (status == TW_OK)
        status = copy_axis(surface->y, f->ny, "y", f->y, &down);
    if (status != TW_OK)
        return status;
    f->own = tw_extent_start();
    for (size_t j = 0; j < f->ny; j++) {
        for (size_t i = 0; i < f->nx; i++) {
            size_t from = (down ? f->ny - 1 - j : j) * f->nx + (left ? f->nx - 1 - i : i);
            size_t to = j * f->nx + i;
            int computed = surface->computed == NULL || surface->computed[from];
            double value = computed ? taken(f, plane[from]) : NAN;
            if (computed)
                tw_extent_add(&f->own, value);
            f->not_computed += !computed;
            f->too_large += computed && isfinite(value) && !tw_is_drawable(value);
            f->interpolated += surface->computed != NULL && surface->computed[from] == 2;
            f->missing[to] = !computed                ? TW_HATCH_NOT_COMPUTED
                             : !tw_is_drawable(value) ? TW_HATCH_NOT_FINITE
                                                      : TW_HATCH_NONE;
            f->z[to] = f->missing[to] ? NAN : value;
        }
    }
    f->not_finite = f->own.not_finite;
    return TW_OK;
}

/* Whether more than a twentieth of the surfaces lies that deep: a few low points would be
 * stalactites of a surface in space, and its height is linear. */
static tw_status is_deep(size_t count, tw_field *const *fields, int *log) {
    size_t points = 0, used = 0;
    for (size_t p = 0; p < count; p++)
        points += fields[p]->nx * fields[p]->ny;
    double *sorted = tw_alloc_raw(points, sizeof *sorted);
    if (sorted == NULL)
        return out_of_memory();
    for (size_t p = 0; p < count; p++)
        for (size_t k = 0; k < fields[p]->nx * fields[p]->ny; k++)
            if (!isnan(fields[p]->z[k]))
                sorted[used++] = fields[p]->z[k];
    tw_sort_rising(used, sorted);
    double deep = sorted[used / 20];
    *log = deep > 0 && fields[0]->extent.high / deep > DEEP_FROM;
    free(sorted);
    return TW_OK;
}

/* Whether the scale that the fields share is logarithmic. */
static tw_status choose_log(size_t count, tw_field *const *fields, const tw_field_source *source,
                            const tw_figure *figure, int *log) {
    const tw_field *f = fields[0];
    int is_share = tw_metric_is_share(&source->surface->metric[source->metric]);
    tw_scale scale = figure->scale == TW_SCALE_AUTO && is_share ? TW_SCALE_LINEAR : figure->scale;
    tw_extent range = {.low = f->low, .high = f->high, .smallest_positive = f->low, .finite = 1};
    range.negative = f->low <= 0;
    *log = figure->class_count == 0 &&
           tw_scale_is_log(scale, f->limited ? &range : &f->extent, LOG_FROM);
    if (*log && scale == TW_SCALE_AUTO && !f->limited && figure->view == TW_VIEW_3D) {
        tw_status status = is_deep(count, fields, log);
        if (status != TW_OK)
            return status;
    }
    if (*log && f->limited && !(f->low > 0))
        return tw_fail(TW_ERR_ARGUMENT, "limits from %g on a log scale: both must be above 0",
                       f->low);
    if (*log && f->extent.smallest_positive == HUGE_VAL)
        return tw_fail(TW_ERR_ARGUMENT,
                       "no value of '%s' is positive: it cannot be drawn on a log scale",
                       source->surface->names[source->metric]);
    return TW_OK;
}

static void set_span(tw_field *f, const tw_figure *figure, int log) {
    f->raised = log ? f->own.not_positive : 0;
    f->span = tw_span_of(&f->extent, log, 0);
    if (f->limited) {
        f->span = (tw_span){f->low, f->high, log};
    } else if (figure->class_count > 0) {
        f->span = (tw_span){-0.5, (double)figure->class_count - 0.5, 0};
    } else if (f->most > 0 && !log && f->extent.low == f->extent.high && f->extent.low >= 0) {
        f->span = (tw_span){0, f->most, 0};
    } else if (figure->colormap == TW_COLORMAP_RDBU && !log) {
        /* signed data: white is zero */
        double most = fmax(fabs(f->span.low), fabs(f->span.high));
        f->span = (tw_span){-most, most, 0};
    } else {
        f->constant = tw_extent_is_one(&f->extent);
    }
    for (size_t k = 0; k < f->nx * f->ny; k++)
        f->z[k] = tw_field_height(f, f->z[k]);
}

tw_span tw_field_axis(const tw_field *f, int axis, int half) {
    const double *x = axis == 0 ? f->x : f->y;
    size_t n = axis == 0 ? f->nx : f->ny;
    double before = half ? (x[1] - x[0]) / 2 : 0, after = half ? (x[n - 1] - x[n - 2]) / 2 : 0;
    return (tw_span){x[0] - before, x[n - 1] + after, 0};
}

double tw_field_aspect(const tw_field *f, const tw_figure *figure, double least, int half) {
    tw_span x = tw_field_axis(f, 0, half), y = tw_field_axis(f, 1, half);
    double ratio = (y.high - y.low) / (x.high - x.low);
    if (figure->aspect > 0)
        return figure->aspect;
    return figure->aspect == TW_ASPECT_EQUAL || (ratio >= 1 / least && ratio <= least) ? ratio : 1;
}

double tw_field_height(const tw_field *field, double value) {
    if (!field->span.log)
        return value;
    return isnan(value) ? NAN : log10(fmax(value, field->extent.smallest_positive));
}

double tw_field_level(const tw_field *field, double z) {
    double low = tw_field_height(field, field->span.low);
    double high = field->span.log ? log10(field->span.high) : field->span.high;
    if (field->span.log)
        low = log10(field->span.low);
    return (z - low) / (high - low);
}

static tw_status refine(tw_field *f, int raw) {
    size_t side = f->nx > f->ny ? f->nx : f->ny;
    size_t factor = raw ? 1 : (300 + side - 1) / side;
    factor = factor > 8 ? 8 : factor;
    f->rx = tw_refined_count(f->nx, factor);
    f->ry = tw_refined_count(f->ny, factor);
    f->fx = tw_alloc_raw(f->rx, sizeof *f->fx);
    f->fy = tw_alloc_raw(f->ry, sizeof *f->fy);
    size_t count;
    if (__builtin_mul_overflow(f->rx, f->ry, &count))
        return out_of_memory();
    f->fz = tw_alloc_raw(count, sizeof *f->fz);
    double *scratch = tw_alloc_raw(f->rx * f->ny, sizeof *scratch);
    if (f->fx == NULL || f->fy == NULL || f->fz == NULL || scratch == NULL) {
        free(scratch);
        return out_of_memory();
    }
    tw_refine_positions(f->nx, f->x, factor, f->fx);
    tw_refine_positions(f->ny, f->y, factor, f->fy);
    tw_refine_grid(f->nx, f->ny, f->x, f->y, f->z, factor, raw, scratch, f->fz);
    free(scratch);
    /* smoothing must not go beyond what was measured */
    double low = tw_field_height(f, f->own.low), high = tw_field_height(f, f->own.high);
    for (size_t k = 0; k < count; k++)
        if (!isnan(f->fz[k]))
            f->fz[k] = fmin(fmax(f->fz[k], low), high);
    return TW_OK;
}

/* The values and coordinates, without a scale yet. */
static tw_status take(tw_field *f, const tw_field_source *source, const tw_figure *figure) {
    const tw_surface *surface = source->surface;
    f->most = figure->most;
    f->limited = figure->low < figure->high;
    f->low = figure->low;
    f->high = figure->high;
    f->greatest = -HUGE_VAL;
    f->nx = surface->nx;
    f->ny = surface->ny;
    f->x = tw_alloc(f->nx, sizeof *f->x);
    f->y = tw_alloc(f->ny, sizeof *f->y);
    f->z = tw_alloc(f->nx * f->ny, sizeof *f->z);
    f->missing = tw_alloc(f->nx * f->ny, 1);
    if (f->x == NULL || f->y == NULL || f->z == NULL || f->missing == NULL)
        return out_of_memory();
    tw_status status = copy_values(f, surface, source->metric);
    if (status == TW_OK && f->own.finite == 0)
        return tw_fail(TW_ERR_ARGUMENT,
                       "nothing to draw of '%s': %zu points not computed, %zu values not finite",
                       surface->names[source->metric], f->not_computed, f->not_finite);
    return status;
}

/* A picture of one end of its scale would say nothing of the surface. */
static tw_status some_value_inside(size_t count, tw_field *const *fields) {
    size_t below = 0, above = 0, finite = 0;
    for (size_t p = 0; p < count; p++) {
        below += fields[p]->below;
        above += fields[p]->above;
        finite += fields[p]->own.finite;
    }
    if (!fields[0]->limited || below + above < finite)
        return TW_OK;
    return tw_fail(TW_ERR_ARGUMENT,
                   "no value lies within the limits %g:%g: %zu lie below and %zu above them",
                   fields[0]->low, fields[0]->high, below, above);
}

tw_status tw_fields_init(size_t count, tw_field *const *fields, const tw_field_source *sources,
                         const tw_figure *figure) {
    int log = 0;
    tw_extent all = tw_extent_start();
    tw_status status = TW_OK;
    for (size_t p = 0; p < count; p++)
        memset(fields[p], 0, sizeof *fields[p]);
    for (size_t p = 0; p < count && status == TW_OK; p++) {
        status = take(fields[p], &sources[p], figure);
        tw_extent_join(&all, &fields[p]->own);
    }
    for (size_t p = 0; p < count && status == TW_OK; p++)
        fields[p]->extent = all;
    if (status == TW_OK)
        status = some_value_inside(count, fields);
    if (status == TW_OK)
        status = choose_log(count, fields, sources, figure, &log);
    for (size_t p = 0; p < count && status == TW_OK; p++) {
        set_span(fields[p], figure, log);
        if (log && figure->view == TW_VIEW_3D && figure->scale == TW_SCALE_AUTO && !figure->raw)
            fields[p]->pits = tw_pits_raise(fields[p]->nx, fields[p]->ny, fields[p]->z);
        status = refine(fields[p], figure->raw);
    }
    for (size_t p = 0; p < count && status != TW_OK; p++)
        tw_field_release(fields[p]);
    return status;
}

tw_status tw_field_init(tw_field *f, const tw_surface *surface, size_t metric,
                        const tw_figure *figure) {
    const tw_field_source source = {surface, metric};
    return tw_fields_init(1, &f, &source, figure);
}

static size_t interval(const double *x, size_t count, double at) {
    size_t low = 0, high = count - 1;
    while (high - low > 1) {
        size_t middle = (low + high) / 2;
        if (x[middle] <= at)
            low = middle;
        else
            high = middle;
    }
    return low;
}

double tw_field_at(const tw_field *f, double x, double y) {
    size_t i = interval(f->fx, f->rx, x), j = interval(f->fy, f->ry, y);
    double u = (x - f->fx[i]) / (f->fx[i + 1] - f->fx[i]);
    double v = (y - f->fy[j]) / (f->fy[j + 1] - f->fy[j]);
    const double *z = f->fz + j * f->rx + i;
    return (1 - v) * ((1 - u) * z[0] + u * z[1]) + v * ((1 - u) * z[f->rx] + u * z[f->rx + 1]);
}

/* A picture without a line would say nothing. */
static tw_status some_level_inside(const tw_field *field, const tw_figure *figure) {
    for (size_t i = 0; i < figure->level_count; i++)
        if (!isfinite(figure->levels[i]) ||
            (!field->constant && figure->levels[i] > field->span.low &&
             figure->levels[i] < field->span.high))
            return TW_OK;
    return tw_fail(
        TW_ERR_ARGUMENT,
        "none of %zu contour level%s lies between the least value, %g, and the greatest, "
        "%g",
        figure->level_count, figure->level_count == 1 ? "" : "s",
        field->limited ? field->low : field->extent.low,
        field->limited ? field->high : field->extent.high);
}

tw_status tw_field_levels(const tw_field *field, const tw_figure *figure, int target,
                          double *levels, size_t *count) {
    double low = field->span.low, high = field->span.high;
    *count = 0;
    if (figure->class_count > 0) {
        while (*count + 1 < figure->class_count && *count < TW_LEVELS_MAX) {
            levels[*count] = (double)*count + 0.5;
            ++*count;
        }
        return TW_OK;
    }
    if (figure->level_count == 0 && field->constant)
        return TW_OK;
    if (figure->level_count == 0) {
        *count = field->span.log ? tw_levels_log(low, high, target, levels)
                                 : tw_levels_linear(low, high, target, levels);
        return TW_OK;
    }
    if (figure->level_count > TW_LEVELS_MAX)
        return tw_fail(TW_ERR_ARGUMENT, "%zu contour levels: give at most %d", figure->level_count,
                       TW_LEVELS_MAX);
    tw_status status = some_level_inside(field, figure);
    if (status != TW_OK)
        return status;
    for (size_t i = 0; i < figure->level_count; i++) {
        double level = figure->levels[i];
        if (!isfinite(level))
            return tw_fail(TW_ERR_ARGUMENT, "contour level %zu is not a finite number", i + 1);
        if (level > low && level < high)
            levels[(*count)++] = level;
    }
    tw_sort_rising(*count, levels);
    size_t kept = 0;
    for (size_t i = 0; i < *count; i++)
        if (kept == 0 || levels[i] > levels[kept - 1])
            levels[kept++] = levels[i];
    *count = kept;
    return TW_OK;
}

int tw_field_hole(const tw_field *f, size_t i, size_t j, int sample) {
    const uint8_t *at = f->missing + j * f->nx + i;
    if (sample)
        return at[0];
    if (i + 1 == f->nx || j + 1 == f->ny)
        return TW_HATCH_NONE;
    int corners[4] = {at[0], at[1], at[f->nx], at[f->nx + 1]}, hatch = TW_HATCH_NONE;
    for (int k = 0; k < 4; k++) {
        if (corners[k] == TW_HATCH_NOT_COMPUTED)
            return TW_HATCH_NOT_COMPUTED;
        hatch = corners[k] != TW_HATCH_NONE ? corners[k] : hatch;
    }
    return hatch;
}
