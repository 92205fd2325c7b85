/* A rectangle of a map, magnified. */
#include <math.h>
#include <stdlib.h>

#include "core/alloc.h"
#include "plot/inset.h"
#include "plot/map.h"

enum { FEW = 4, WANTED = 7 };

/* What the inset should not cover: the paths. */
static size_t trace(const tw_map *m, tw_spot *spots) {
    size_t used = 0;
    for (size_t p = 0; p < m->figure->path_count; p++) {
        const tw_path *path = &m->figure->paths[p];
        tw_spot last = {0};
        for (size_t k = 0; k < path->count; k++) {
            tw_spot here = {tw_frame_x(&m->frame, path->x[k]), tw_frame_y(&m->frame, path->y[k])};
            if (k > 0)
                used = tw_inset_trace(last, here, TW_INSET_SPOTS - 1, spots, used);
            last = here;
        }
        if (path->count > 0 && used < TW_INSET_SPOTS)
            spots[used++] = last;
    }
    return used;
}

/* Runs, and the points that lie in it: those outside have their arrows in the picture. */
static tw_figure part_of(const tw_figure *figure, tw_path *paths) {
    tw_figure part = *figure;
    part.path_count = 0;
    part.topology = NULL;
    for (size_t p = 0; p < figure->path_count; p++) {
        const tw_path *path = &figure->paths[p];
        if (path->count > 1 || (path->count == 1 && tw_inset_holds(figure, path->x[0], path->y[0])))
            paths[part.path_count++] = *path;
    }
    part.paths = paths;
    return part;
}

/* The samples in the rectangle, and the range of their values. */
static size_t count_samples(const tw_map *m, tw_extent *values) {
    const tw_field *f = &m->field;
    size_t count = 0;
    *values = tw_extent_start();
    for (size_t k = 0; k < f->nx * f->ny; k++) {
        if (isnan(f->z[k]) || !tw_inset_holds(m->figure, f->x[k % f->nx], f->y[k / f->nx]))
            continue;
        tw_extent_add(values, f->span.log ? pow(10, f->z[k]) : f->z[k]);
        count++;
    }
    return count;
}

/* Lines of its own where the picture's would be few: they have their numbers, and the colours of
 * the same scale. */
static void choose_levels(tw_map *part, const tw_extent *values) {
    size_t inside = 0;
    for (size_t k = 0; k < part->level_count; k++)
        inside += part->levels[k] > values->low && part->levels[k] < values->high;
    if (part->figure->view != TW_VIEW_CONTOUR || part->figure->level_count > 0 || inside >= FEW ||
        !(values->low < values->high))
        return;
    part->level_count = part->field.span.log && values->high > 10 * values->low
                            ? tw_levels_log(values->low, values->high, WANTED, part->levels)
                            : tw_levels_linear(values->low, values->high, WANTED, part->levels);
    tw_map_choose_inks(part);
}

static tw_status paint(const tw_map *m, tw_map *part, tw_path *paths) {
    tw_figure figure = part_of(m->figure, paths);
    const tw_figure *whole = m->canvas->figure;
    tw_extent values;
    count_samples(m, &values);
    *part = *m;
    part->has_inset = 0;
    part->figure = m->canvas->figure = &figure;
    part->frame = m->inset.frame;
    choose_levels(part, &values);
    tw_inset_begin(m->canvas, &m->inset, &m->frame);
    tw_frame_clip(m->canvas, &m->inset.frame, 0);
    tw_status status = tw_map_paint(part);
    cairo_restore(m->canvas->cr);
    tw_inset_end(m->canvas, &m->inset);
    m->canvas->figure = whole;
    return status;
}

tw_status tw_map_draw_inset(const tw_map *m) {
    if (!m->has_inset)
        return TW_OK;
    tw_map *part = tw_alloc_raw(1, sizeof *part);
    tw_path *paths = tw_alloc_raw(m->figure->path_count + 1, sizeof *paths);
    tw_status status = part != NULL && paths != NULL
                           ? paint(m, part, paths)
                           : tw_fail(TW_ERR_MEMORY, "not enough memory for an inset");
    free(part);
    free(paths);
    return status;
}

tw_status tw_map_place_inset(tw_map *m) {
    const double *r = m->figure->inset;
    const tw_field *f = &m->field;
    const tw_span *x = &m->frame.bottom.span, *y = &m->frame.left.span;
    tw_extent values;
    if (!tw_inset_is_asked(m->figure))
        return TW_OK;
    if (count_samples(m, &values) == 0)
        return tw_fail(TW_ERR_ARGUMENT,
                       "no point of the surface lies in the inset %g:%g,%g:%g; x goes from %g to "
                       "%g, y from %g to %g",
                       r[0], r[1], r[2], r[3], f->x[0], f->x[f->nx - 1], f->y[0], f->y[f->ny - 1]);
    tw_spot *spots = tw_alloc_raw(TW_INSET_SPOTS, sizeof *spots);
    if (spots == NULL)
        return tw_fail(TW_ERR_MEMORY, "not enough memory for an inset");
    double wide = (r[1] - r[0]) / (x->high - x->low) * m->frame.box.w;
    double high = (r[3] - r[2]) / (y->high - y->low) * m->frame.box.h;
    double aspect = fmin(fmax(high / wide, 0.4), 2.5);
    tw_status status =
        tw_inset_place(&m->inset, m->canvas, &m->frame, aspect, trace(m, spots), spots);
    m->has_inset = status == TW_OK;
    free(spots);
    return status;
}
