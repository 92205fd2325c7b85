/* adaptive.c: surveys that evaluate where the surface needs it. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "core/alloc.h"
#include "core/versioned.h"
#include "landscape/adaptive_grid.h"
#include "landscape/survey_private.h"
#include "thalweg/rng.h"

/* The first level: so many intervals an axis, none longer than so many steps. */
enum { FIRST_LEVEL = 3, LONGEST_STEP = 8 };
/* Held-out points: one in so many of those interpolated, but not fewer. */
enum { HELD_SHARE = 64, HELD_LEAST = 16 };
/* The stated error is so many times the largest estimate. */
static const double CAUTION = 2;

typedef struct sieve {
    tw_survey survey; /* its order: the points of a round */
    tw_surface *surface;
    const tw_adaptive_options *options;
    tw_adaptive_grid grid;
    tw_adaptive_errors errors; /* of metric 0 */
    uint8_t *known, *needed;
    tw_yardstick *sticks; /* of metrics that points are taken for */
    size_t known_count, rounds;
    size_t *points; /* to be evaluated, or that were held out */
    tw_adaptive_report report;
    tw_adaptive_error *metrics;
    size_t *held; /* the held-out points of the last check, */
    size_t held_count;
    double *guesses; /* and what was interpolated there: metrics x held-out points */
} sieve;

/* ---- evaluation ---- */

/* Of the points asked for, those that nobody computed before; they move to the front. */
static size_t missing_points(const sieve *a, size_t count) {
    size_t missing = 0;
    for (size_t k = 0; k < count; k++)
        if (a->surface->computed[a->points[k]] != 1)
            a->points[missing++] = a->points[k];
    return missing;
}

/* Evaluates points[0 ... count-1], which are not known, and marks them; `points` is used up. */
static tw_status evaluate(sieve *a, size_t count, uint8_t mark) {
    tw_survey *survey = &a->survey;
    for (size_t k = 0; k < count; k++)
        a->known[a->points[k]] = mark;
    a->known_count += count;
    survey->order = a->points;
    survey->missing = missing_points(a, count);
    survey->total = a->known_count;
    a->rounds += survey->missing > 0;
    return tw_survey_take(survey);
}

/* ---- where ---- */

static int first_level(const tw_lattice *lattice) {
    int level = FIRST_LEVEL < lattice->levels ? FIRST_LEVEL : lattice->levels;
    while (level < lattice->levels && lattice->count - 1 > ((size_t)LONGEST_STEP << level))
        level++;
    return level;
}

static tw_status evaluate_first(sieve *a) {
    int x = first_level(&a->grid.x), y = first_level(&a->grid.y);
    size_t nx = a->grid.x.count, count = 0;
    for (size_t p = 0; p < a->grid.points; p++)
        if (a->grid.x.nodes[p % nx].level <= x && a->grid.y.nodes[p / nx].level <= y)
            a->points[count++] = p;
    return evaluate(a, count, TW_KNOWN_FIRST);
}

static void estimate(sieve *a, size_t metric, tw_adaptive_errors *errors) {
    size_t all = a->grid.points;
    const double *plane = tw_surface_plane(a->surface, metric);
    tw_adaptive_options options = *a->options;
    if (metric > 0) { /* a share of what it spans, as figures show it */
        options.absolute = 0;
        options.scale = TW_ADAPTIVE_LINEAR;
    }
    for (size_t p = 0; p < all; p++)
        errors->values[p] = a->known[p] ? plane[p] : 0;
    errors->stick =
        tw_yardstick_of(&options, a->surface->rank, tw_objective_noise(a->survey.objective), all,
                        errors->values, a->known);
    tw_adaptive_estimate(errors);
}

/* Whether points are taken for it. */
static int counts(const sieve *a, size_t metric) {
    const tw_adaptive_options *o = a->options;
    int found = metric == 0;
    for (size_t k = 0; k < o->also_count && !found && !o->absolute; k++)
        found = tw_surface_metric(a->surface, o->also[k]) == (int)metric;
    return found;
}

/* Until the estimates of all metrics that count are content; that of metric 0 is left. */
static tw_status refine(sieve *a) {
    for (;;) {
        memset(a->needed, 0, a->grid.points);
        for (size_t m = a->surface->metrics; m-- > 0;) {
            if (!counts(a, m))
                continue;
            estimate(a, m, &a->errors);
            a->sticks[m] = a->errors.stick;
            for (size_t p = 0; p < a->grid.points; p++)
                a->needed[p] |= a->errors.wanted[p] == 1;
        }
        size_t count = 0;
        for (size_t p = 0; p < a->grid.points; p++)
            if (a->needed[p])
                a->points[count++] = p;
        if (count == 0)
            return TW_OK;
        tw_status status = evaluate(a, count, TW_KNOWN_ASKED);
        if (status != TW_OK)
            return status;
    }
}

/* ---- held-out points ---- */

/* Draws `count` of the points that are not known, each as likely as any other: one after the other,
 * with the share of those that are still to be had. */
static void draw_points(sieve *a, size_t count) {
    uint64_t stream = tw_rng_stream("adaptive held-out"), draw = a->known_count;
    size_t left = a->grid.points - a->known_count, drawn = 0;
    for (size_t p = 0; p < a->grid.points && drawn < count; p++) {
        if (a->known[p])
            continue;
        if (tw_rng_below(a->options->seed, stream, draw * a->grid.points + p, left) < count - drawn)
            a->points[drawn++] = p;
        left--;
    }
}

/* Interpolated values of every metric at the points; only metric 0 has been filled. */
static void guess(sieve *a, size_t count) {
    for (size_t m = 0; m < a->surface->metrics; m++) {
        const double *plane = tw_surface_plane(a->surface, m);
        for (size_t p = 0; p < a->grid.points && m > 0; p++)
            a->errors.values[p] = a->known[p] ? plane[p] : 0;
        if (m > 0)
            tw_adaptive_fill(&a->grid, a->known, a->errors.values);
        for (size_t k = 0; k < count; k++)
            a->guesses[m * count + k] = a->errors.values[a->points[k]];
    }
}

/* What the last check found. */
static double largest_gap(const sieve *a, size_t metric, const tw_yardstick *stick) {
    const double *plane = tw_surface_plane(a->surface, metric);
    double most = 0;
    for (size_t k = 0; k < a->held_count; k++) {
        double gap =
            tw_yardstick_gap(stick, a->guesses[metric * a->held_count + k], plane[a->held[k]]);
        most = gap > most ? gap : most;
    }
    return most;
}

/* Whether the last check agrees with what was interpolated. */
static int holds(const sieve *a) {
    int all = a->held_count > 0;
    for (size_t m = 0; m < a->surface->metrics && all; m++)
        all = !counts(a, m) || largest_gap(a, m, &a->sticks[m]) <= a->sticks[m].unit;
    return all;
}

/* Evaluates some of the interpolated points. */
static tw_status check(sieve *a) {
    size_t left = a->grid.points - a->known_count, count = left / HELD_SHARE;
    count = count > HELD_LEAST ? count : HELD_LEAST;
    count = count < left ? count : left;
    free(a->held);
    free(a->guesses);
    a->held_count = 0;
    a->held = tw_alloc_raw(count, sizeof *a->held);
    a->guesses = tw_alloc_raw(count, a->surface->metrics * sizeof *a->guesses);
    if (a->held == NULL || a->guesses == NULL)
        return tw_fail(TW_ERR_MEMORY, "not enough memory for %zu held-out points", count);
    draw_points(a, count);
    memcpy(a->held, a->points, count * sizeof *a->held);
    guess(a, count);
    a->held_count = count;
    return evaluate(a, count, TW_KNOWN_ASKED);
}

/* The check is judged after the refinement that it may have led to, by what metrics span then: a
 * held-out point may have shown that it spans more, or decades. */
static tw_status run(sieve *a) {
    tw_status status = evaluate_first(a);
    while (status == TW_OK) {
        status = refine(a);
        if (status != TW_OK || a->known_count == a->grid.points || holds(a))
            break;
        status = check(a);
    }
    return status;
}

/* ---- the end ---- */

/* Interpolation does not go beyond what was evaluated: the extremes of the picture are real. */
static void write_metric(const sieve *a, size_t metric) {
    const tw_yardstick *stick = &a->errors.stick;
    double *plane = tw_surface_plane(a->surface, metric);
    const double *values = a->errors.values;
    double low = HUGE_VAL, high = -HUGE_VAL;
    for (size_t p = 0; p < a->grid.points; p++) {
        if (!a->known[p] || tw_value_kind(plane[p]) != 0)
            continue;
        low = fmin(low, plane[p]);
        high = fmax(high, plane[p]);
    }
    double moved = 0;
    for (size_t p = 0; p < a->grid.points; p++) {
        if (a->surface->computed[p] == 1)
            continue;
        plane[p] = tw_value_kind(values[p]) != 0 ? values[p] : fmin(fmax(values[p], low), high);
        moved = fmax(moved, tw_yardstick_gap(stick, plane[p], values[p]));
    }
    tw_adaptive_error *error = &a->metrics[metric];
    error->measured = largest_gap(a, metric, stick);
    error->log = stick->log;
    error->range = stick->range;
    double most = a->errors.most * stick->unit;
    error->estimate = fmax(fmax(CAUTION * most, most + moved), error->measured);
    if (a->known_count == a->grid.points)
        error->estimate = error->measured = 0;
}

static void finish(sieve *a) {
    tw_surface *surface = a->surface;
    for (size_t m = 0; m < surface->metrics; m++) {
        estimate(a, m, &a->errors);
        write_metric(a, m);
    }
    for (size_t p = 0; p < a->grid.points; p++)
        if (surface->computed[p] != 1)
            surface->computed[p] = 2;
    a->report.evaluated = a->known_count;
    a->report.interpolated = a->grid.points - a->known_count;
    a->report.rounds = a->rounds;
    a->report.held_out = a->report.interpolated > 0 ? a->held_count : 0;
}

static tw_status make_room(sieve *a) {
    size_t all = a->grid.points;
    tw_adaptive_errors *e = &a->errors;
    a->known = tw_alloc(all, 1);
    a->needed = tw_alloc(all, 1);
    a->sticks = tw_alloc(a->surface->metrics, sizeof *a->sticks);
    a->points = tw_alloc_raw(all, sizeof *a->points);
    a->metrics = tw_alloc(a->surface->metrics, sizeof *a->metrics);
    e->values = tw_alloc_raw(all, sizeof(double));
    e->row = tw_alloc_raw(all, sizeof(double));
    e->column = tw_alloc_raw(all, sizeof(double));
    e->cell = tw_alloc_raw(all, sizeof(double));
    e->wanted = tw_alloc_raw(all, 1);
    e->grid = &a->grid;
    e->known = a->known;
    if (a->known == NULL || a->needed == NULL || a->sticks == NULL || a->points == NULL ||
        a->metrics == NULL || e->values == NULL || e->row == NULL || e->column == NULL ||
        e->cell == NULL || e->wanted == NULL)
        return tw_fail(TW_ERR_MEMORY, "not enough memory for an adaptive survey of %zu points",
                       all);
    return TW_OK;
}

static void release(sieve *a) {
    tw_adaptive_grid_release(&a->grid);
    free(a->known);
    free(a->needed);
    free(a->sticks);
    free(a->points);
    free(a->metrics);
    free(a->held);
    free(a->guesses);
    free(a->errors.values);
    free(a->errors.row);
    free(a->errors.column);
    free(a->errors.cell);
    free(a->errors.wanted);
}

static tw_status check_options(const tw_adaptive_options *adaptive, const tw_surface *surface) {
    for (size_t k = 0; k < adaptive->also_count; k++)
        if (tw_surface_metric(surface, adaptive->also[k]) < 0)
            return tw_fail(TW_ERR_ARGUMENT,
                           "an adaptive survey for '%s': the surface has no such "
                           "metric",
                           adaptive->also[k]);
    if (!(adaptive->tolerance > 0) || isinf(adaptive->tolerance))
        return tw_fail(TW_ERR_ARGUMENT, "a tolerance of %g: it must be a number above 0",
                       adaptive->tolerance);
    return TW_OK;
}

/* Where to evaluate is decided by the process that has the surface. */
static tw_status lead(sieve *a) {
    tw_surface *surface = a->surface;
    for (size_t p = 0; p < surface->nx * surface->ny; p++)
        surface->computed[p] = surface->computed[p] == 1;
    tw_status status = tw_adaptive_grid_init(&a->grid, surface->nx, surface->ny);
    if (status == TW_OK)
        status = make_room(a);
    if (status == TW_OK)
        status = run(a);
    if (status == TW_OK)
        finish(a);
    return status;
}

tw_status tw_survey_adaptive(tw_objective *objective, const tw_plane *plane,
                             const tw_survey_options *options, const tw_adaptive_options *adaptive,
                             tw_surface *surface, tw_adaptive_report *report,
                             tw_adaptive_error *errors) {
    tw_survey_options taken;
    tw_adaptive_options settled;
    tw_status status = TW_TAKE(tw_survey_options, center_at, &taken, options);
    if (status == TW_OK && taken.span != NULL)
        status =
            tw_fail(TW_ERR_ARGUMENT, "an adaptive survey opens a span of its own: leave span NULL");
    if (status == TW_OK)
        status = TW_TAKE(tw_adaptive_options, seed, &settled, adaptive);
    options = &taken;
    adaptive = &settled;
    if (status == TW_OK)
        status = tw_survey_check(objective, plane, options->metrics, surface);
    if (status == TW_OK)
        status = check_options(adaptive, surface);
    if (status != TW_OK)
        return status;
    sieve a = {.surface = surface, .options = adaptive};
    a.survey = (tw_survey){.objective = objective,
                           .surface = surface,
                           .plane = plane,
                           .metrics = options->metrics,
                           .options = options,
                           .scattered = 1};
    status = tw_survey_begin(&a.survey);
    int leads = tw_survey_leads(&a.survey);
    if (status == TW_OK && leads)
        status = lead(&a);
    status = tw_survey_end(&a.survey, status);
    if (status == TW_OK && leads && report != NULL)
        *report = a.report;
    if (status == TW_OK && leads && errors != NULL)
        memcpy(errors, a.metrics, surface->metrics * sizeof *errors);
    release(&a);
    return status;
}
