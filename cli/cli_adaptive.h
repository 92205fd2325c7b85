/* cli_adaptive.h: --adaptive: evaluate where the surface needs it, interpolate the rest. */
#ifndef THALWEG_CLI_ADAPTIVE_H
#define THALWEG_CLI_ADAPTIVE_H

#include "option/cli_picture.h"

extern const option_spec adaptive_options[];

typedef struct adaptive_args {
    const char *tolerance; /* "1%", "0.01"; NULL: every point is evaluated */
} adaptive_args;

typedef struct adaptive_result {
    int used;
    double tolerance; /* as given: a share, or in units of the loss where absolute */
    int absolute;
    tw_adaptive_report report;
    tw_adaptive_error *errors; /* one a metric */
} adaptive_result;

/* Reads --adaptive, before there is anything to do; the scale is that of the figure. */
tw_status adaptive_parse(const adaptive_args *args, const tw_study_picture_options *figure,
                         tw_adaptive_options *out);
/* tw_survey_adaptive; release frees. */
tw_status adaptive_run(tw_objective *objective, const tw_plane *plane,
                       const tw_survey_options *options, const tw_adaptive_options *adaptive,
                       tw_surface *surface, adaptive_result *out);
void adaptive_release(adaptive_result *result);

tw_status adaptive_provenance(const adaptive_args *args, const tw_study_picture_options *figure,
                              tw_provenance *provenance);
/* "evaluated 113 of 2601 points, error <= 0.44 % ...", and a line for each accuracy. */
void adaptive_text(FILE *out, const adaptive_result *result, const tw_surface *surface);
void adaptive_json(tw_json *out, const adaptive_result *result, const tw_surface *surface);

#endif
