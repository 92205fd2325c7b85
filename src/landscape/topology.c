/* Minima, saddles, persistence: the merge tree of the sublevel sets. */
#include <stdlib.h>
#include <string.h>

#include "core/alloc.h"
#include "core/versioned.h"
#include "landscape/topology_grid.h"

static const double USUAL_ERRORS = 2;

/* A pool is a tree of points, whose root is its lowest. To begin with every point hangs on its
 * lowest neighbour, if that is lower: the pools are the basins, and only points between several
 * basins have to be taken in order. */
typedef struct flood {
    tw_grid grid;
    size_t *parent;       /* of a point that counts; of a root itself */
    size_t passes, *pass; /* points from which ways lead down into several basins */
    size_t ends, capacity;
    tw_minimum *end; /* pools that ended */
} flood;

/* The minimum of a point's pool. Halves the way for those who ask next. */
static size_t bottom_of(size_t *parent, size_t at) {
    while (parent[at] != at) {
        parent[at] = parent[parent[at]];
        at = parent[at];
    }
    return at;
}

static tw_status out_of_memory(const tw_grid *grid) {
    return tw_fail(TW_ERR_MEMORY, "not enough memory for the shape of %zu points", grid->count);
}

static tw_status add_end(flood *f, size_t minimum, size_t saddle, size_t joins) {
    if (f->ends == f->capacity) {
        size_t capacity = f->capacity > 0 ? 2 * f->capacity : 64;
        tw_minimum *more =
            capacity <= SIZE_MAX / sizeof *more ? realloc(f->end, capacity * sizeof *more) : NULL;
        if (more == NULL)
            return out_of_memory(&f->grid);
        f->end = more;
        f->capacity = capacity;
    }
    f->end[f->ends++] = (tw_minimum){.place = tw_grid_point_at(&f->grid, minimum),
                                     .saddle = tw_grid_point_at(&f->grid, saddle),
                                     .joins = joins,
                                     .essential = minimum == saddle};
    return TW_OK;
}

/* The different pools of the neighbours that are lower; how many. */
static size_t pools_below(flood *f, size_t at, size_t pools[TW_MOST_NEIGHBOURS]) {
    size_t neighbours[TW_MOST_NEIGHBOURS], count = tw_grid_neighbours(&f->grid, at, neighbours);
    size_t found = 0;
    for (size_t k = 0; k < count; k++) {
        if (!tw_grid_is_lower(&f->grid, neighbours[k], at))
            continue;
        size_t pool = bottom_of(f->parent, neighbours[k]), same = 0;
        while (same < found && pools[same] != pool)
            same++;
        if (same == found)
            pools[found++] = pool;
    }
    return found;
}

/* Where pools meet, all but the eldest end. Those that end at the height at which they began are
 * ties, not minima. */
static tw_status meet(flood *f, size_t at) {
    size_t pools[TW_MOST_NEIGHBOURS], count = pools_below(f, at, pools), eldest = at;
    for (size_t k = 0; k < count; k++)
        eldest = tw_grid_is_lower(&f->grid, pools[k], eldest) ? pools[k] : eldest;
    for (size_t k = 0; k < count; k++) {
        if (pools[k] == eldest)
            continue;
        f->parent[pools[k]] = eldest;
        tw_status status =
            f->grid.value[pools[k]] < f->grid.value[at] ? add_end(f, pools[k], at, eldest) : TW_OK;
        if (status != TW_OK)
            return status;
    }
    return TW_OK;
}

/* The basins, and the passes between them. */
static void hang(flood *f) {
    size_t neighbours[TW_MOST_NEIGHBOURS], pools[TW_MOST_NEIGHBOURS];
    for (size_t at = 0; at < f->grid.count; at++) {
        size_t count = tw_grid_neighbours(&f->grid, at, neighbours), lowest = at;
        for (size_t k = 0; k < count; k++)
            lowest = tw_grid_is_lower(&f->grid, neighbours[k], lowest) ? neighbours[k] : lowest;
        f->parent[at] = lowest;
    }
    for (size_t at = 0; at < f->grid.count; at++)
        if (tw_grid_counts(&f->grid, at) && pools_below(f, at, pools) > 1)
            f->pass[f->passes++] = at;
}

static tw_status run(flood *f) {
    hang(f);
    tw_status status = tw_grid_sort(&f->grid, f->passes, f->pass);
    for (size_t k = 0; k < f->passes && status == TW_OK; k++)
        status = meet(f, f->pass[k]);
    for (size_t at = 0; at < f->grid.count && status == TW_OK; at++)
        if (f->parent[at] == at && tw_grid_counts(&f->grid, at)) /* its pool never ended */
            status = add_end(f, at, at, at);
    return status;
}

/* ---- which of them are real ---- */

static double interpolation_error(const tw_grid *grid, const tw_topology_options *options,
                                  size_t at) {
    if (grid->computed == NULL || grid->computed[at] != 2)
        return 0;
    return options->interpolated_log ? fabs(grid->value[at]) * expm1(options->interpolated)
                                     : options->interpolated;
}

static void judge(const tw_grid *grid, const tw_topology_options *options, tw_minimum *minimum) {
    size_t place = minimum->place.at, saddle = minimum->saddle.at;
    minimum->on_edge = tw_grid_on_edge(grid, place);
    minimum->error = NAN;
    minimum->persistence = INFINITY;
    if (minimum->essential)
        return;
    minimum->persistence = minimum->saddle.value - minimum->place.value;
    minimum->error = hypot(minimum->place.error, minimum->saddle.error);
    double sampling = options->errors * minimum->error;
    minimum->limit = (isnan(sampling) ? 0 : sampling) + interpolation_error(grid, options, place) +
                     interpolation_error(grid, options, saddle);
    minimum->noise = minimum->persistence < minimum->limit;
}

static int by_persistence(const void *left, const void *right) {
    const tw_minimum *a = left, *b = right;
    if (a->persistence != b->persistence)
        return a->persistence < b->persistence ? 1 : -1;
    if (a->place.value != b->place.value)
        return a->place.value < b->place.value ? -1 : 1;
    return a->place.at < b->place.at ? -1 : a->place.at > b->place.at;
}

/* `place_of`: room for a number a point. Those that `joins` names are deeper than those who do, so
 * none of them is hidden. */
static void list(flood *f, const tw_topology_options *options, tw_topology *out) {
    size_t kept = 0, *place_of = f->parent;
    for (size_t k = 0; k < f->ends; k++) {
        judge(&f->grid, options, &f->end[k]);
        if (f->end[k].persistence >= options->persistence)
            f->end[kept++] = f->end[k];
    }
    out->hidden = f->ends - kept;
    if (kept > 0)
        qsort(f->end, kept, sizeof *f->end, by_persistence);
    for (size_t k = 0; k < kept; k++)
        place_of[f->end[k].place.at] = k;
    for (size_t k = 0; k < kept; k++) {
        f->end[k].joins = place_of[f->end[k].joins];
        out->pieces += (size_t)f->end[k].essential;
        out->noise += (size_t)f->end[k].noise;
    }
    out->minimum = f->end;
    out->count = kept;
    f->end = NULL;
}

static void count_points(const tw_grid *grid, tw_topology *out) {
    out->lowest = INFINITY;
    out->highest = -INFINITY;
    for (size_t at = 0; at < grid->count; at++) {
        int missing = grid->computed != NULL && grid->computed[at] == 0;
        out->not_computed += (size_t)missing;
        out->not_finite += !missing && !tw_grid_counts(grid, at);
        if (!tw_grid_counts(grid, at))
            continue;
        out->points++;
        out->interpolated += grid->computed != NULL && grid->computed[at] == 2;
        out->lowest = fmin(out->lowest, grid->value[at]);
        out->highest = fmax(out->highest, grid->value[at]);
    }
}

static tw_status take(const tw_topology_options *options, tw_topology_options *taken) {
    tw_status status = TW_TAKE(tw_topology_options, interpolated_log, taken, options);
    if (status != TW_OK)
        return status;
    const double numbers[] = {taken->errors, taken->persistence, taken->interpolated};
    static const char *const names[] = {"errors", "persistence", "interpolated"};
    for (int k = 0; k < 3; k++)
        if (!(numbers[k] >= 0 && isfinite(numbers[k])))
            return tw_fail(TW_ERR_ARGUMENT, "%s of a topology: %g; give a number >= 0", names[k],
                           numbers[k]);
    taken->errors = taken->errors > 0 ? taken->errors : USUAL_ERRORS;
    return TW_OK;
}

tw_status tw_topology_find(const tw_surface *surface, size_t metric,
                           const tw_topology_options *options, tw_topology *out) {
    tw_topology_options taken;
    flood f = {0};
    *out = (tw_topology){0};
    tw_status status = take(options, &taken);
    if (status == TW_OK)
        status = tw_grid_of(surface, metric, &f.grid);
    if (status != TW_OK)
        return status;
    count_points(&f.grid, out);
    out->has_errors = f.grid.error != NULL;
    out->errors = taken.errors;
    out->persistence = taken.persistence;
    if (out->points == 0)
        status = tw_fail(TW_ERR_ARGUMENT,
                         "no shape of '%s': %zu points not computed, %zu values not finite",
                         surface->names[metric], out->not_computed, out->not_finite);
    if (status == TW_OK) {
        f.parent = tw_alloc_raw(f.grid.count, sizeof *f.parent);
        f.pass = tw_alloc_raw(f.grid.count, sizeof *f.pass);
        status = f.parent != NULL && f.pass != NULL ? run(&f) : out_of_memory(&f.grid);
    }
    if (status == TW_OK)
        list(&f, &taken, out);
    else
        *out = (tw_topology){0};
    free(f.end);
    free(f.pass);
    free(f.parent);
    tw_grid_release(&f.grid);
    return status;
}

void tw_topology_release(tw_topology *topology) {
    if (topology == NULL)
        return;
    free(topology->minimum);
    memset(topology, 0, sizeof *topology);
}
