#include "report/cli_topology_report.h"

#include <math.h>

enum { LINES = 20, NOISE = 5 };

/* ---- text ---- */

static const char *plural(size_t count) {
    return count == 1 ? "minimum" : "minima";
}

static void say_grid(FILE *out, const tw_study_topology *found) {
    const tw_topology *shape = &found->shape;
    const tw_surface *surface = found->surface;
    fputs("  shape of ", out);
    tw_print_visible(out, surface->names[found->metric]);
    fprintf(out, ": %zu %s, %zu of %zu x %zu points, %d neighbours each\n", shape->count,
            plural(shape->count), shape->points, surface->nx, surface->ny,
            surface->rank == 2 ? 8 : 2);
    if (found->left_out > 0)
        fprintf(out,
                "    the survey is not complete, %zu of %zu points are missing: this is the "
                "shape of the finest grid that is there in full\n",
                found->left_out, found->points);
    if (shape->not_computed + shape->not_finite > 0)
        fprintf(out,
                "    walls: %zu points not computed, %zu values not finite; they part the "
                "surface into %zu piece%s\n",
                shape->not_computed, shape->not_finite, shape->pieces,
                shape->pieces == 1 ? "" : "s");
    if (shape->hidden > 0)
        fprintf(out, "    %zu %s of a persistence below %.6g not listed\n", shape->hidden,
                plural(shape->hidden), shape->persistence);
}

static void say_errors(FILE *out, const tw_study_topology *found) {
    const tw_topology *shape = &found->shape;
    if (!shape->has_errors)
        fputs("    the surface has no standard errors of it: which minima are noise of the samples "
              "is not known\n",
              out);
    else if (shape->count > shape->pieces)
        fprintf(out,
                "    noise: a persistence below %g standard errors of the difference to the "
                "saddle: %zu\n",
                shape->errors, shape->noise);
    if (shape->interpolated > 0)
        fprintf(out, "    %zu points were interpolated; %s\n", shape->interpolated,
                found->interpolation_known
                    ? "the tolerance of the survey is allowed for"
                    : "how far off they may be in this metric is not known, nor whether a minimum "
                      "between them is real");
}

/* "m2" */
static const char *name_of(size_t place, char *text, size_t size) {
    snprintf(text, size, "m%zu", place + 1);
    return text;
}

/* Coefficients, of a slice one. */
static void say_place(FILE *out, const tw_grid_point *point, int rank) {
    fprintf(out, " %10.4g", point->x);
    if (rank == 2)
        fprintf(out, " %10.4g", point->y);
}

static void say_minimum(FILE *out, const tw_topology *shape, int rank, size_t k) {
    const tw_minimum *minimum = &shape->minimum[k];
    char name[24], joins[24], error[32] = "";
    if (!isnan(minimum->error))
        snprintf(error, sizeof error, "%.3g", minimum->error);
    fprintf(out, "    %-5s %12.6g", name_of(k, name, sizeof name), minimum->place.value);
    say_place(out, &minimum->place, rank);
    if (minimum->essential) {
        fputs("  never ends: the lowest of its piece", out);
    } else {
        fprintf(out, " %12.6g %9s %12.6g", minimum->persistence, error, minimum->saddle.value);
        say_place(out, &minimum->saddle, rank);
        fprintf(out, "  %s", name_of(minimum->joins, joins, sizeof joins));
    }
    fprintf(out, "%s%s\n", minimum->noise ? ", noise" : "",
            minimum->on_edge ? ", on the edge" : "");
}

static void say_minima(FILE *out, const tw_topology *shape, int rank) {
    const char *place = rank == 2 ? "         x          y" : "         x";
    size_t listed = 0, noise = 0;
    int edge = 0;
    fprintf(out, "    %-5s %12s  %s %12s %9s %12s  %s  ends in\n", "", "value", place,
            "persistence", "error", "saddle", place);
    for (; listed < shape->count && listed < LINES && noise < NOISE; listed++) {
        say_minimum(out, shape, rank, listed);
        edge |= shape->minimum[listed].on_edge;
        noise += (size_t)shape->minimum[listed].noise;
    }
    if (shape->count > listed)
        fprintf(out, "    and %zu shallower ones; --persistence hides, --json lists them\n",
                shape->count - listed);
    if (edge)
        fputs(
            "    on the edge of the surface or of a wall: beyond it the surface may fall further\n",
            out);
}

static void say_rise(FILE *out, const tw_pass *pass, int end) {
    fprintf(out, "%.6g", pass->rise[end]);
    if (!isnan(pass->error[end]))
        fprintf(out, " +- %.2g", pass->error[end]);
}

static void say_point(FILE *out, const char *before, const tw_grid_point *point, int rank) {
    if (rank == 2)
        fprintf(out, "%s(%.6g, %.6g)", before, point->x, point->y);
    else
        fprintf(out, "%s%.6g", before, point->x);
}

static void say_pass(FILE *out, const tw_pass *pass, int rank) {
    say_point(out, "  lowest way from ", &pass->from, rank);
    say_point(out, " to ", &pass->to, rank);
    fprintf(out, ": %zu points\n", pass->way.count);
    if (pass->top.at == pass->from.at || pass->top.at == pass->to.at) {
        fprintf(out, "    no barrier: nothing on it is higher than its %s, %.6g\n",
                pass->top.at == pass->from.at ? "start" : "end", pass->top.value);
        return;
    }
    fprintf(out, "    its pass: %.6g", pass->top.value);
    say_point(out, " at ", &pass->top, rank);
    fputs(", ", out);
    say_rise(out, pass, 0);
    fputs(" above the start, ", out);
    say_rise(out, pass, 1);
    fputs(" above the end\n", out);
}

static void say_text(FILE *out, const tw_study_topology *found) {
    say_grid(out, found);
    say_errors(out, found);
    say_minima(out, &found->shape, found->surface->rank);
    if (found->has_pass)
        say_pass(out, &found->pass, found->surface->rank);
}

/* ---- JSON ---- */

static void put_point(tw_json *json, const char *key, const tw_grid_point *point) {
    tw_json_object(json, key);
    tw_json_number(json, "x", point->x);
    tw_json_number(json, "y", point->y);
    tw_json_number(json, "value", point->value);
    tw_json_number(json, "standard_error", point->error);
    tw_json_end(json);
}

static void put_minimum(tw_json *json, const tw_topology *shape, size_t k) {
    const tw_minimum *minimum = &shape->minimum[k];
    char name[24];
    tw_json_object(json, NULL);
    tw_json_text(json, "name", name_of(k, name, sizeof name));
    tw_json_number(json, "x", minimum->place.x);
    tw_json_number(json, "y", minimum->place.y);
    tw_json_number(json, "value", minimum->place.value);
    tw_json_number(json, "standard_error", minimum->place.error);
    tw_json_bool(json, "never_ends", minimum->essential);
    tw_json_number(json, "persistence", minimum->persistence);
    tw_json_number(json, "persistence_error", minimum->error);
    if (minimum->essential) {
        tw_json_text(json, "saddle", NULL);
        tw_json_text(json, "ends_in", NULL);
    } else {
        put_point(json, "saddle", &minimum->saddle);
        tw_json_text(json, "ends_in", name_of(minimum->joins, name, sizeof name));
    }
    if (minimum->limit > 0 || minimum->essential)
        tw_json_bool(json, "noise", minimum->noise);
    else
        tw_json_text(json, "noise", NULL);
    tw_json_bool(json, "on_edge", minimum->on_edge);
    tw_json_end(json);
}

static void put_pass(tw_json *json, const tw_pass *pass) {
    tw_json_object(json, "between");
    put_point(json, "from", &pass->from);
    put_point(json, "to", &pass->to);
    put_point(json, "pass", &pass->top);
    tw_json_bool(json, "barrier", pass->top.at != pass->from.at && pass->top.at != pass->to.at);
    tw_json_numbers(json, "rise", 2, pass->rise);
    tw_json_numbers(json, "rise_error", 2, pass->error);
    tw_json_numbers(json, "x", pass->way.count, pass->way.x);
    tw_json_numbers(json, "y", pass->way.count, pass->way.y);
    tw_json_numbers(json, "values", pass->way.count, pass->way.loss);
    tw_json_end(json);
}

static void put_json(tw_json *json, const tw_study_topology *found) {
    const tw_topology *shape = &found->shape;
    tw_json_object(json, "topology");
    tw_json_text(json, "metric", found->surface->names[found->metric]);
    tw_json_count(json, "nx", found->surface->nx);
    tw_json_count(json, "ny", found->surface->ny);
    tw_json_count(json, "points", shape->points);
    tw_json_count(json, "left_out", found->left_out);
    tw_json_count(json, "not_computed", shape->not_computed);
    tw_json_count(json, "not_finite", shape->not_finite);
    tw_json_count(json, "interpolated", shape->interpolated);
    tw_json_count(json, "pieces", shape->pieces);
    tw_json_bool(json, "has_errors", shape->has_errors);
    tw_json_number(json, "errors", shape->errors);
    tw_json_number(json, "least_persistence", shape->persistence);
    tw_json_count(json, "hidden", shape->hidden);
    tw_json_count(json, "noise", shape->noise);
    tw_json_array(json, "minima");
    for (size_t k = 0; k < shape->count; k++)
        put_minimum(json, shape, k);
    tw_json_end(json);
    if (found->has_pass)
        put_pass(json, &found->pass);
    tw_json_end(json);
}

void topology_report(const cli_context *context, tw_json *json, const tw_study_topology *found) {
    if (json != NULL)
        put_json(json, found);
    else
        say_text(context->out, found);
}
