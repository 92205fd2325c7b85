#include <stdio.h>
#include <stdlib.h>

#include "core/alloc.h"
#include "core/clock.h"
#include "core/versioned.h"
#include "landscape/point_order.h"
#include "landscape/survey_private.h"

/* Puts the points that the surface lacks in order. */
static tw_status find_missing(tw_survey *survey) {
    const tw_surface *surface = survey->surface;
    size_t points = surface->nx * surface->ny;
    tw_status status = tw_point_order(surface->nx, surface->ny, survey->by_rows, &survey->order);
    for (size_t k = 0; k < points && status == TW_OK; k++)
        if (!surface->computed[survey->order[k]])
            survey->order[survey->missing++] = survey->order[k];
    survey->total = points;
    return status;
}

static tw_status take_alone(tw_survey *survey) {
    size_t threads = (size_t)tw_runner_threads(tw_objective_runner(survey->objective));
    tw_status status = TW_OK;
    for (size_t taken = 0; taken < survey->missing && status == TW_OK;) {
        size_t limit = tw_batch_size(&survey->pace, survey->missing - taken, 1, threads);
        size_t count = tw_survey_batch(survey, taken, limit, 1);
        const size_t *points = survey->order + taken;
        double started = tw_clock_seconds();
        status = tw_survey_evaluate(survey, points, count);
        tw_pace_add(&survey->pace, count, tw_clock_seconds() - started);
        if (status != TW_OK)
            break;
        tw_survey_store(survey, points, count, survey->values);
        taken += count;
        status = tw_survey_progress(survey, taken);
    }
    return status;
}

int tw_survey_leads(const tw_survey *survey) {
    return tw_team_rank(survey->options->team) == 0;
}

/* None begins where one cannot, or has another surface in mind. */
static tw_status agree(const tw_survey *survey, tw_status status) {
    char text[64];
    snprintf(text, sizeof text, "points: %zu x %zu\n", survey->surface->nx, survey->surface->ny);
    return tw_team_agree(survey->options->team, status, text);
}

tw_status tw_survey_begin(tw_survey *survey) {
    size_t rank = (size_t)survey->surface->rank;
    survey->chain = survey->scattered ? 0 : tw_objective_chain(survey->objective);
    survey->by_rows =
        survey->chain > 0 || (tw_objective_prefers_rows(survey->objective) && !survey->scattered);
    survey->pace.shares = tw_survey_shares(survey);
    survey->pace.aim = survey->options->batch_seconds;
    survey->coefficients = tw_alloc_raw(TW_BATCH, rank * sizeof(double));
    survey->values =
        tw_alloc_raw(TW_BATCH, tw_objective_metrics(survey->objective) * sizeof(double));
    tw_status status = TW_OK;
    if (survey->coefficients == NULL || survey->values == NULL)
        status = tw_fail(TW_ERR_MEMORY, "not enough memory for a batch of points");
    status = agree(survey, status);
    if (status != TW_OK)
        return status;
    if (!tw_survey_leads(survey))
        return tw_crew_serve(survey);
    return tw_team_size(survey->options->team) > 1 ? tw_crew_new(survey, &survey->crew)
                                                   : tw_survey_open(survey);
}

tw_status tw_survey_take(tw_survey *survey) {
    return survey->crew != NULL ? tw_crew_take(survey->crew) : take_alone(survey);
}

tw_status tw_survey_end(tw_survey *survey, tw_status status) {
    tw_crew_free(survey->crew);
    if (survey->span != survey->options->span)
        tw_span_close(survey->span);
    free(survey->coefficients);
    free(survey->values);
    return status;
}

tw_status tw_survey_check(const tw_objective *objective, const tw_plane *plane,
                          const size_t *metrics, const tw_surface *surface) {
    size_t rank = (size_t)surface->rank, all = tw_objective_metrics(objective);
    if (rank != 1 && rank != 2)
        return tw_fail(TW_ERR_ARGUMENT, "a surface of rank %d; tw_surface_init makes 1 and 2",
                       surface->rank);
    if (surface->rank != plane->rank || (rank == 2) != (plane->y != NULL) || plane->x == NULL)
        return tw_fail(TW_ERR_ARGUMENT, "a surface of rank %zu takes %zu directions", rank, rank);
    if (plane->size != tw_objective_size(objective))
        return tw_fail(TW_ERR_SHAPE, "a plane of %zu parameters, objective '%s' has %zu",
                       plane->size, tw_objective_name(objective), tw_objective_size(objective));
    for (size_t m = 0; m < surface->metrics; m++)
        if ((metrics != NULL ? metrics[m] : m) >= all)
            return tw_fail(TW_ERR_ARGUMENT,
                           "the surface asks for metric %zu, objective '%s' has %zu",
                           metrics != NULL ? metrics[m] : m, tw_objective_name(objective), all);
    return TW_OK;
}

tw_status tw_survey_run(tw_objective *objective, const tw_plane *plane,
                        const tw_survey_options *options, tw_surface *surface) {
    tw_survey_options taken;
    tw_status status = TW_TAKE(tw_survey_options, center_at, &taken, options);
    options = &taken;
    if (status == TW_OK && options->span != NULL && tw_team_size(options->team) > 1)
        status =
            tw_fail(TW_ERR_ARGUMENT, "a team's ranks open spans of their own: leave span NULL");
    if (status == TW_OK)
        status = tw_survey_check(objective, plane, options->metrics, surface);
    if (status != TW_OK)
        return status;
    tw_survey survey = {.objective = objective,
                        .surface = surface,
                        .plane = plane,
                        .metrics = options->metrics,
                        .options = options};
    status = tw_survey_begin(&survey);
    if (status == TW_OK && tw_survey_leads(&survey))
        status = find_missing(&survey);
    if (status == TW_OK && tw_survey_leads(&survey))
        status = tw_survey_take(&survey);
    status = tw_survey_end(&survey, status);
    free(survey.order);
    return status;
}
