/* survey_private.h: a survey under way, shared by the way of one process and that of a team. */
#ifndef TW_LANDSCAPE_SURVEY_PRIVATE_H
#define TW_LANDSCAPE_SURVEY_PRIVATE_H

#include "landscape/batch_size.h"
#include "thalweg/landscape.h"

typedef struct tw_survey {
    tw_objective *objective;
    tw_surface *surface;
    const double *origin, *directions[2];
    const double *scale;
    const size_t *metrics; /* of the objective, for those of the surface; NULL: the same */
    const tw_survey_options *options; /* never NULL */
    size_t *order;                    /* of the points not computed, coarse to fine: places */
    size_t missing;                   /* how many */
    tw_span *span;
    double *coefficients; /* TW_BATCH x rank */
    double *values;       /* TW_BATCH x metrics of the objective */
} tw_survey;

/* Whether surface, directions and metrics (NULL: those of the surface) fit the objective. */
tw_status tw_survey_check(const tw_objective *objective, const double *dx, const double *dy,
                          const size_t *metrics, const tw_surface *surface);

/* Puts the points that surface->computed lacks in order. */
tw_status tw_survey_find_missing(tw_survey *survey);

/* Opens the span, and answers the centre if that is asked for. */
tw_status tw_survey_open(tw_survey *survey);

/* Evaluates points first ... first + count - 1 of the order into survey->values. */
tw_status tw_survey_evaluate(tw_survey *survey, size_t first, size_t count);

/* Puts their values, metrics of the objective, into the surface. */
void tw_survey_store(tw_survey *survey, size_t first, size_t count, const double *values);

/* The size of the batch that begins with point `first`, of `limit` points at most: up to the last
 * end of a row, where there is one, since points that make a grid share more work. */
size_t tw_survey_batch(const tw_survey *survey, size_t first, size_t limit);

/* Tells that `taken` of the missing points are done; TW_ERR_CANCELLED if that is to be all. */
tw_status tw_survey_progress(const tw_survey *survey, size_t taken);

/* All ranks of options->team, on the points missing on rank 0. */
tw_status tw_survey_over_team(tw_survey *survey);

#endif
