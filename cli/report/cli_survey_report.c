/* What came out of a survey: summed up, and printed. */
#include <math.h>

#include "cli_survey.h"

static void sum_up(const tw_surface *surface, survey_summary *summary) {
    const double *loss = tw_surface_plane(surface, 0);
    summary->points = surface->nx * surface->ny;
    summary->minimum = summary->maximum = NAN;
    summary->minimum_x = summary->minimum_y = NAN;
    for (size_t i = 0; i < summary->points; i++) {
        if (!isfinite(loss[i])) {
            summary->not_finite++;
            continue;
        }
        if (surface->computed[i] != 1) /* no minimum is interpolated */
            continue;
        if (!(loss[i] <= summary->maximum))
            summary->maximum = isnan(summary->maximum) ? loss[i] : fmax(summary->maximum, loss[i]);
        if (isnan(summary->minimum) || loss[i] < summary->minimum) {
            summary->minimum = loss[i];
            summary->minimum_x = surface->x[i % surface->nx];
            summary->minimum_y = surface->y != NULL ? surface->y[i / surface->nx] : 0;
        }
    }
}

/* The largest standard error over its loss. */
static double worst_error(const tw_surface *surface) {
    tw_metric wanted = surface->metric[0];
    double worst = NAN;
    wanted.is_error = 1;
    int metric = tw_surface_metric_find(surface, &wanted);
    const double *loss = tw_surface_plane(surface, 0);
    for (size_t p = 0; metric >= 0 && p < surface->nx * surface->ny; p++)
        if (isfinite(loss[p]))
            worst = fmax(worst, tw_surface_plane(surface, (size_t)metric)[p] / fabs(loss[p]));
    return worst;
}

const double *survey_center(const tw_surface *surface, const double at[2]) {
    for (size_t i = 0; i < surface->nx * surface->ny; i++)
        if (surface->x[i % surface->nx] == at[0] &&
            (surface->y == NULL || surface->y[i / surface->nx] == at[1]))
            return tw_surface_plane(surface, 0) + i;
    return NULL;
}

/* Whether the centre of the surface, computed as its points are, is the model's own loss but for
 * rounding. Rounding errors go with the terms that are added up, which may be larger than the loss,
 * but hardly larger than 1 and the losses around. */
static void check_center(const cli_context *context, const tw_objective *objective,
                         survey_summary *summary) {
    const double allowed = 1e4 * tw_objective_noise(objective);
    double own = summary->model_loss, gap = fabs(summary->center - own);
    double around = fmin(1, fmax(fabs(summary->minimum), fabs(summary->maximum)));
    double size = fmax(fabs(own), isnan(around) ? 1 : around);
    summary->center_is_off = !(gap <= allowed * size) && summary->center != own &&
                             !(isnan(own) && isnan(summary->center));
    if (summary->center_is_off)
        cli_talk(context,
                 "note: at the centre the surface has %.10g and the model %.10g, further apart "
                 "than rounding explains: the points are not evaluated as the model is\n",
                 summary->center, own);
}

void survey_sum_up(const cli_context *context, survey *run) {
    const tw_objective *objective = run->model->objective;
    sum_up(&run->surface, &run->summary);
    run->summary.error = worst_error(&run->surface);
    run->summary.samples = tw_objective_samples(objective);
    check_center(context, objective, &run->summary);
}

/* Row by row, as the files have them; null where a value is not finite. */
static void json_plane(tw_json *writer, const char *key, const tw_surface *surface,
                       const double *values) {
    if (surface->rank == 1) {
        tw_json_numbers(writer, key, surface->nx, values);
        return;
    }
    tw_json_array(writer, key);
    for (size_t iy = 0; iy < surface->ny; iy++)
        tw_json_numbers(writer, NULL, surface->nx, values + iy * surface->nx);
    tw_json_end(writer);
}

static void json_values(tw_json *writer, const tw_surface *surface) {
    tw_json_numbers(writer, "x", surface->nx, surface->x);
    if (surface->rank == 2)
        tw_json_numbers(writer, "y", surface->ny, surface->y);
    tw_json_object(writer, "values");
    for (size_t m = 0; m < surface->metrics; m++)
        json_plane(writer, surface->names[m], surface, tw_surface_plane(surface, m));
    tw_json_end(writer);
}

static void print_json(const cli_context *context, const survey *run) {
    const survey_summary *summary = &run->summary;
    int rank = run->surface.rank;
    double at[2] = {summary->minimum_x, summary->minimum_y};
    tw_json writer = {.out = context->out};
    tw_json_object(&writer, NULL);
    tw_json_number(&writer, "center", summary->center);
    tw_json_number(&writer, "minimum", summary->minimum);
    tw_json_numbers(&writer, "minimum_at", (size_t)rank, at);
    tw_json_number(&writer, "maximum", summary->maximum);
    tw_json_count(&writer, "points", summary->points);
    tw_json_count(&writer, "continued", summary->continued);
    tw_json_count(&writer, "not_finite", summary->not_finite);
    tw_json_number(&writer, "model_loss", summary->model_loss);
    if (!isnan(summary->test_loss))
        tw_json_number(&writer, "test_loss", summary->test_loss);
    if (!isnan(summary->error)) {
        tw_json_number(&writer, "error", summary->error);
        tw_json_count(&writer, "samples", summary->samples);
    }
    if (rank == 2)
        tw_json_number(&writer, "cosine", summary->cosine);
    if (rank == 2)
        tw_json_number(&writer, "angle", summary->angle);
    if (run->adaptive.used)
        adaptive_json(&writer, &run->adaptive, &run->surface);
    tw_json_number(&writer, "seconds", summary->seconds);
    if (context->common.json > 1)
        json_values(&writer, &run->surface);
    paths_json(&writer, &run->paths);
    notes_json(&writer, &run->notes);
    tw_json_end(&writer);
}

static void print_text(const cli_context *context, const survey *run) {
    const survey_summary *summary = &run->summary;
    int rank = run->surface.rank;
    FILE *out = context->out;
    fprintf(out, "centre   %.10g (%.2g from the model's own loss)\n", summary->center,
            summary->center == summary->model_loss ? 0
                                                   : fabs(summary->model_loss - summary->center));
    if (!isnan(summary->test_loss))
        fprintf(out, "test     %.10g there, on the test split\n", summary->test_loss);
    fprintf(out, "minimum  %.10g at x = %g", summary->minimum, summary->minimum_x);
    if (rank == 2)
        fprintf(out, ", y = %g", summary->minimum_y);
    fprintf(out, "\nmaximum  %.10g\npoints   %zu", summary->maximum, summary->points);
    if (summary->not_finite > 0)
        fprintf(out, ", %zu of them not finite", summary->not_finite);
    if (summary->continued > 0)
        fprintf(out, ", %zu of them from the file", summary->continued);
    if (!isnan(summary->error))
        fprintf(out, "\nerror    %.3g %% of the loss at most, the standard error over %zu samples",
                100 * summary->error, summary->samples);
    fputc('\n', out);
    if (run->adaptive.used)
        adaptive_text(out, &run->adaptive, &run->surface);
    fprintf(out, "seconds  %.3f\n", summary->seconds);
    if (rank == 2)
        fprintf(out, "angle    %.4f degrees between the axes (cosine %.4g)\n", summary->angle,
                summary->cosine);
    paths_text(out, &run->paths);
    notes_text(context, &run->notes);
}

void survey_print(const cli_context *context, const survey *run) {
    if (context->common.json)
        print_json(context, run);
    else
        print_text(context, run);
}
