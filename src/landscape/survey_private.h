/* survey_private.h: a survey under way, shared by the way of one process and that of a team. */
#ifndef TW_LANDSCAPE_SURVEY_PRIVATE_H
#define TW_LANDSCAPE_SURVEY_PRIVATE_H

#include "landscape/batch_size.h"
#include "thalweg/landscape.h"

/* The processes of a team at one survey (survey_team.c). */
typedef struct tw_crew tw_crew;

typedef struct tw_survey {
    tw_objective *objective;
    tw_surface *surface;
    const tw_plane *plane;
    const size_t *metrics; /* of the objective, for those of the surface; NULL: the same */
    const tw_survey_options *options; /* never NULL */
    size_t *order;                    /* the points to evaluate, by place; the caller's */
    size_t missing;                   /* how many */
    size_t total;                     /* points that are done after them, for progress */
    int by_rows;                      /* rather than coarse to fine; `scattered` spans do not */
    size_t chain;                     /* that of the objective; 0: none */
    int scattered;                    /* points will come from all over the grid */
    tw_span *span;
    double *coefficients; /* TW_BATCH x rank */
    double *values;       /* TW_BATCH x metrics of the objective */
    tw_pace pace;         /* of this process alone */
    tw_crew *crew;        /* NULL: this process alone, or one that only computes */
} tw_survey;

/* Whether surface, plane and metrics (NULL: those of the surface) fit the objective. */
tw_status tw_survey_check(const tw_objective *objective, const tw_plane *plane,
                          const size_t *metrics, const tw_surface *surface);

/* Opens the span, and answers the centre if that is asked for. In a team all ranks call it; those
 * that do not lead compute for rank 0 until its survey ends, and have nothing left to do then. */
tw_status tw_survey_begin(tw_survey *survey);
/* Whether this process has the surface: rank 0, or alone. */
int tw_survey_leads(const tw_survey *survey);
/* Evaluates the points of the order into the surface; any number of times. */
tw_status tw_survey_take(tw_survey *survey);
/* Releases everything but the order, whatever the status of the work; returns it. */
tw_status tw_survey_end(tw_survey *survey, tw_status status);

/* ---- what one process and a team are made of (survey_points.c) ---- */

/* Opens the span, and answers the centre. */
tw_status tw_survey_open(tw_survey *survey);
/* Evaluates points into survey->values. */
tw_status tw_survey_evaluate(tw_survey *survey, const size_t *points, size_t count);
/* Puts their values, metrics of the objective, into the surface. */
void tw_survey_store(tw_survey *survey, const size_t *points, size_t count, const double *values);
/* The size of the batch that begins with point `first` of the order, for one of `workers`, of
 * `limit` points at most: up to the last end of a row, where there is one, since points that make a
 * grid share more work. By rows it is a whole one at least, unless workers would then be idle. Of a
 * chain it is what is left of a piece, where there are several workers; one goes on from wherever
 * it was, and may stop anywhere. */
size_t tw_survey_batch(const tw_survey *survey, size_t first, size_t limit, size_t workers);
/* Whether the points of a batch have work in common. */
int tw_survey_shares(const tw_survey *survey);
/* Tells that `taken` of the missing points are done; TW_ERR_CANCELLED if that is to be all. */
tw_status tw_survey_progress(const tw_survey *survey, size_t taken);

/* ---- a team (survey_team.c) ---- */

/* Rank 0: opens its own span and has its crew. */
tw_status tw_crew_new(tw_survey *survey, tw_crew **out);
/* The points of the order, as far as ranks have opened their spans. */
tw_status tw_crew_take(tw_crew *crew);
/* Lets the others go; the message of a failure stays. NULL is allowed. */
void tw_crew_free(tw_crew *crew);
/* Ranks 1, 2, ...: open their spans and compute until rank 0 lets them go. */
tw_status tw_crew_serve(tw_survey *survey);

#endif
