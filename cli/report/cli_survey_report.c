/* What came out of a slice or a plane, printed. */
#include <math.h>

#include "command/cli_survey.h"

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

/* ---- adaptive surveys ---- */

/* A share in per cent, or a number where the tolerance is one. */
static void print_error(FILE *out, const tw_study_landscape_adaptive *result,
                        const tw_adaptive_error *error, double value) {
    char text[32];
    if (result->absolute)
        fprintf(out, "%.2g", value);
    else
        fputs(tw_text_per_cent(error->range > 0 ? value / error->range : 0, text, sizeof text),
              out);
}

static void adaptive_text(FILE *out, const tw_study_landscape_adaptive *result,
                          const tw_surface *surface) {
    const tw_adaptive_report *report = &result->report;
    fprintf(out, "adaptive evaluated %zu of %zu points", report->evaluated,
            report->evaluated + report->interpolated);
    if (report->interpolated > 0) {
        fputs(", error <= ", out);
        print_error(out, result, &result->errors[0], result->errors[0].estimate);
        fprintf(out, "%s (measured on %zu held-out points: ",
                result->errors[0].log ? " of the logarithm's range" : "", report->held_out);
        print_error(out, result, &result->errors[0], result->errors[0].measured);
        fputs(")", out);
    }
    fputc('\n', out);
    for (size_t m = 1; m < surface->metrics && report->interpolated > 0; m++)
        if (tw_metric_is_share(&surface->metric[m]))
            fprintf(out, "         %s: error about %.2g points (measured: %.2g)\n",
                    surface->names[m], result->errors[m].estimate, result->errors[m].measured);
}

static void adaptive_json(tw_json *out, const tw_study_landscape_adaptive *result,
                          const tw_surface *surface) {
    const tw_adaptive_report *report = &result->report;
    tw_json_object(out, "adaptive");
    tw_json_number(out, "tolerance", result->tolerance);
    tw_json_count(out, "evaluated", report->evaluated);
    tw_json_count(out, "interpolated", report->interpolated);
    tw_json_count(out, "held_out", report->held_out);
    tw_json_array(out, "errors");
    for (size_t m = 0; m < surface->metrics; m++) {
        const tw_adaptive_error *error = &result->errors[m];
        tw_json_object(out, NULL);
        tw_json_text(out, "name", surface->names[m]);
        tw_json_text(out, "of", error->log ? "logarithm" : "value");
        tw_json_number(out, "range", error->range);
        tw_json_number(out, "estimate", error->estimate);
        tw_json_number(out, "measured", error->measured);
        tw_json_end(out);
    }
    tw_json_end(out);
    tw_json_end(out);
}

/* ---- curvature ---- */

static void where_text(FILE *out, size_t rank, const double at[2]) {
    if (rank == 2)
        fprintf(out, "         at (%.4g, %.4g)", at[0], at[1]);
    else
        fprintf(out, "         at %.4g", at[0]);
}

static void curvature_text(FILE *out, size_t rank, const tw_study_landscape_curvature *result) {
    size_t finite = result->points - result->not_finite;
    if (finite == 0) {
        fprintf(out, "curvature not finite at any of %zu points\n", result->points);
        return;
    }
    fprintf(out, "curvature %.6g <= min_eig, max_eig <= %.6g", result->least, result->greatest);
    if (result->factor != 1)
        fprintf(out, ", summed over %g batches as loss-landscape does", result->factor);
    fprintf(out, "\n         |min_eig / max_eig| %.3g ... %.3g; min_eig < 0 at %zu of %zu points\n",
            result->ratio[0], result->ratio[1], result->negative, result->points);
    fprintf(out, "         residuals up to %.2g of the larger eigenvalue; %.0f products",
            result->error, result->products);
    fprintf(out, ", %.1f a point", result->products / (double)finite);
    if (result->not_finite > 0)
        fprintf(out, "\n         not finite at %zu points", result->not_finite);
    fputc('\n', out);
    if (result->directions == 0)
        return;
    where_text(out, rank, result->at);
    fprintf(out, " %.4g ... %.4g within the picture; random directions %.3g +- %.1g\n",
            result->plane[0], result->plane[1], result->random, result->random_error);
}

static void curvature_json(tw_json *out, const tw_study_landscape_curvature *result) {
    tw_json_object(out, "curvature");
    tw_json_number(out, "min_eig", result->least);
    tw_json_number(out, "max_eig", result->greatest);
    tw_json_numbers(out, "ratio", 2, result->ratio);
    tw_json_number(out, "error", result->error);
    tw_json_count(out, "negative", result->negative);
    tw_json_count(out, "not_finite", result->not_finite);
    tw_json_count(out, "points", result->points);
    tw_json_number(out, "products", result->products);
    tw_json_number(out, "factor", result->factor);
    if (result->directions > 0) {
        tw_json_object(out, "plane");
        tw_json_numbers(out, "at", 2, result->at);
        tw_json_number(out, "least", result->plane[0]);
        tw_json_number(out, "greatest", result->plane[1]);
        tw_json_number(out, "min_eig", result->point_least);
        tw_json_number(out, "random", result->random);
        tw_json_number(out, "random_error", result->random_error);
        tw_json_count(out, "directions", result->directions);
        tw_json_end(out);
    }
    tw_json_end(out);
}

/* ---- notes ---- */

static void notes_text(const cli_context *context, const tw_study_landscape_result *run) {
    const tw_study_landscape_notes *notes = &run->notes;
    for (size_t k = 0; k < notes->barriers; k++) {
        const tw_barrier *barrier = &notes->barrier[k].barrier;
        fprintf(context->out,
                "barrier  %.6g at x = %g (%s %.6g there, %.6g and %.6g at the ends)\n",
                barrier->height, barrier->at, notes->barrier[k].metric,
                barrier->height + (1 - barrier->at) * barrier->from + barrier->at * barrier->to,
                barrier->from, barrier->to);
    }
    for (size_t k = 0; k < notes->count; k++)
        cli_talk(context, "note: %s\n", notes->note[k].text);
    if (notes->bounds[0] != '\0')
        cli_talk(context, "note: %s\n", notes->bounds);
    if (notes->other_data[0] != '\0')
        cli_talk(context, "note: %s\n", notes->other_data);
    if (run->curvature.note[0] != '\0')
        cli_talk(context, "note: %s\n", run->curvature.note);
    if (run->curvature.hidden[0] != '\0')
        cli_talk(context, "note: %s\n", run->curvature.hidden);
    if (run->curvature.missed[0] != '\0')
        cli_talk(context, "note: %s\n", run->curvature.missed);
}

static void json_note(tw_json *writer, const char *kind, const char *text) {
    tw_json_object(writer, NULL);
    tw_json_text(writer, "kind", kind);
    tw_json_text(writer, "text", text);
    tw_json_end(writer);
}

static void notes_json(tw_json *writer, const tw_study_landscape_result *run) {
    const tw_study_landscape_notes *notes = &run->notes;
    if (notes->barriers > 0)
        tw_json_array(writer, "barriers");
    for (size_t k = 0; k < notes->barriers; k++) {
        const tw_barrier *barrier = &notes->barrier[k].barrier;
        tw_json_object(writer, NULL);
        tw_json_text(writer, "metric", notes->barrier[k].metric);
        tw_json_number(writer, "height", barrier->height);
        tw_json_number(writer, "at", barrier->at);
        tw_json_number(writer, "highest", barrier->highest);
        tw_json_number(writer, "from", barrier->from);
        tw_json_number(writer, "to", barrier->to);
        tw_json_count(writer, "not_finite", barrier->not_finite);
        tw_json_end(writer);
    }
    if (notes->barriers > 0)
        tw_json_end(writer);
    tw_json_array(writer, "notes");
    for (size_t k = 0; k < notes->count; k++)
        json_note(writer, tw_note_name(notes->note[k].kind), notes->note[k].text);
    if (notes->bounds[0] != '\0')
        json_note(writer, "bounds", notes->bounds);
    if (notes->other_data[0] != '\0')
        json_note(writer, "other_data", notes->other_data);
    if (run->curvature.note[0] != '\0')
        json_note(writer, "curvature", run->curvature.note);
    if (run->curvature.hidden[0] != '\0')
        json_note(writer, "hidden", run->curvature.hidden);
    if (run->curvature.missed[0] != '\0')
        json_note(writer, "missed", run->curvature.missed);
    tw_json_end(writer);
}

/* ---- the whole ---- */

static void print_json(const cli_context *context, const tw_plane *plane,
                       const tw_study_landscape_result *run) {
    const tw_study_landscape_summary *summary = &run->summary;
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
        tw_json_number(&writer, "cosine", plane->cosine);
    if (rank == 2)
        tw_json_number(&writer, "angle", plane->angle);
    if (run->adaptive.used)
        adaptive_json(&writer, &run->adaptive, &run->surface);
    if (run->curvature.used)
        curvature_json(&writer, &run->curvature);
    tw_json_number(&writer, "seconds", summary->seconds);
    if (context->common.json > 1)
        json_values(&writer, &run->surface);
    paths_json(&writer, plane, run);
    notes_json(&writer, run);
    tw_json_end(&writer);
}

static void print_text(const cli_context *context, const tw_plane *plane,
                       const tw_study_landscape_result *run) {
    const tw_study_landscape_summary *summary = &run->summary;
    int rank = run->surface.rank;
    char share[32];
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
        fprintf(out, "\nerror    %s of the loss at most, the standard error over %zu samples",
                tw_text_per_cent(summary->error, share, sizeof share), summary->samples);
    fputc('\n', out);
    if (run->adaptive.used)
        adaptive_text(out, &run->adaptive, &run->surface);
    if (run->curvature.used)
        curvature_text(out, rank, &run->curvature);
    fprintf(out, "seconds  %.3f\n", summary->seconds);
    if (rank == 2)
        fprintf(out, "angle    %.4f degrees between the axes (cosine %.4g)\n", plane->angle,
                plane->cosine);
    paths_text(out, plane, run);
    notes_text(context, run);
}

void survey_print(const cli_context *context, const tw_study_landscape_plan *plan,
                  const tw_study_landscape_result *result) {
    const tw_plane *plane = tw_study_landscape_plan_plane(plan);
    if (context->common.json)
        print_json(context, plane, result);
    else
        print_text(context, plane, result);
}
