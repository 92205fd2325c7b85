#include "cli_adaptive.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

const option_spec adaptive_options[] = {
    {"adaptive", 0, OPTION_TEXT, "TOL", offsetof(adaptive_args, tolerance),
     .help = "evaluate where the surface needs it and interpolate the rest, with an error of TOL: "
             "1% of what the loss spans (of its logarithm where the picture is logarithmic), or "
             "0.01 in units of the loss"},
    {NULL},
};

tw_status adaptive_parse(const adaptive_args *args, const tw_study_picture_options *figure,
                         tw_adaptive_options *out) {
    if (figure->log && figure->linear)
        return tw_fail(TW_ERR_ARGUMENT, "--log and --linear cannot be used together");
    int per_cent;
    tw_status status = text_share("--adaptive", args->tolerance, &out->tolerance, &per_cent);
    if (status != TW_OK)
        return status;
    if (!(out->tolerance > 0) || (per_cent && out->tolerance >= 1))
        return tw_fail(TW_ERR_ARGUMENT,
                       "--adaptive: '%s' must be above 0, and a share below 100%%; 1%% is usual",
                       args->tolerance);
    out->absolute = !per_cent;
    out->scale = figure->log      ? TW_ADAPTIVE_LOG
                 : figure->linear ? TW_ADAPTIVE_LINEAR
                                  : TW_ADAPTIVE_AUTO;
    return TW_OK;
}

tw_status adaptive_run(tw_objective *objective, const tw_plane *plane,
                       const tw_survey_options *options, const tw_adaptive_options *adaptive,
                       tw_surface *surface, adaptive_result *out) {
    out->errors = calloc(surface->metrics, sizeof *out->errors);
    if (out->errors == NULL)
        return tw_fail(TW_ERR_MEMORY, "not enough memory for %zu metrics", surface->metrics);
    out->used = 1;
    out->tolerance = adaptive->tolerance;
    out->absolute = adaptive->absolute;
    return tw_survey_adaptive(objective, plane, options, adaptive, surface, &out->report,
                              out->errors);
}

void adaptive_release(adaptive_result *result) {
    free(result->errors);
    *result = (adaptive_result){0};
}

/* The words, and the scale where an option of the picture decided which points were evaluated. */
tw_status adaptive_provenance(const adaptive_args *args, const tw_study_picture_options *figure,
                              tw_provenance *provenance) {
    return tw_provenance_add(provenance, "adaptive", "%s%s", args->tolerance,
                             figure->log      ? " log"
                             : figure->linear ? " linear"
                                              : "");
}

/* A share in per cent, or a number where the tolerance is one. */
static void print_error(FILE *out, const adaptive_result *result, const tw_adaptive_error *error,
                        double value) {
    if (result->absolute)
        fprintf(out, "%.2g", value);
    else
        fprintf(out, "%.2g %%", error->range > 0 ? 100 * value / error->range : 0);
}

void adaptive_text(FILE *out, const adaptive_result *result, const tw_surface *surface) {
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

void adaptive_json(tw_json *out, const adaptive_result *result, const tw_surface *surface) {
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
