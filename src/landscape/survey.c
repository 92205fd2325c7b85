#include <stdlib.h>

#include "core/alloc.h"
#include "core/clock.h"
#include "landscape/point_order.h"
#include "landscape/survey_private.h"

tw_status tw_survey_find_missing(tw_survey *survey) {
    const tw_surface *surface = survey->surface;
    size_t points = surface->nx * surface->ny;
    tw_status status = tw_point_order(surface->nx, surface->ny, &survey->order);
    for (size_t k = 0; k < points && status == TW_OK; k++)
        if (!surface->computed[survey->order[k]])
            survey->order[survey->missing++] = survey->order[k];
    return status;
}

tw_status tw_survey_open(tw_survey *survey) {
    static const double zero[2] = {0, 0};
    size_t rank = (size_t)survey->surface->rank;
    tw_status status =
        tw_span_open(survey->objective, survey->origin, rank, survey->directions, &survey->span);
    if (status == TW_OK && survey->options->center != NULL)
        status = tw_span_values(survey->span, 1, zero, survey->options->center);
    return status;
}

tw_status tw_survey_evaluate(tw_survey *survey, size_t first, size_t count) {
    const tw_surface *surface = survey->surface;
    for (size_t k = 0; k < count; k++) {
        size_t point = survey->order[first + k];
        size_t ix = point % surface->nx, iy = point / surface->nx;
        if (surface->rank == 1) {
            survey->coefficients[k] = surface->x[ix];
        } else {
            survey->coefficients[2 * k] = surface->x[ix];
            survey->coefficients[2 * k + 1] = surface->y[iy];
        }
    }
    return tw_span_values(survey->span, count, survey->coefficients, survey->values);
}

void tw_survey_store(tw_survey *survey, size_t first, size_t count, const double *values) {
    tw_surface *surface = survey->surface;
    size_t metrics = tw_objective_metrics(survey->objective), points = surface->nx * surface->ny;
    for (size_t k = 0; k < count; k++) {
        size_t point = survey->order[first + k];
        for (size_t m = 0; m < surface->metrics; m++) {
            size_t source = survey->metrics != NULL ? survey->metrics[m] : m;
            surface->values[m * points + point] =
                values[k * metrics + source] * (survey->scale != NULL ? survey->scale[m] : 1);
        }
        surface->computed[point] = 1;
    }
}

size_t tw_survey_batch(const tw_survey *survey, size_t first, size_t limit) {
    const size_t *order = survey->order + first;
    if (survey->missing - first <= limit)
        return survey->missing - first;
    for (size_t count = limit; count > limit / 2; count--)
        if (order[count] / survey->surface->nx != order[count - 1] / survey->surface->nx)
            return count;
    return limit;
}

tw_status tw_survey_progress(const tw_survey *survey, size_t taken) {
    const tw_survey_options *options = survey->options;
    size_t points = survey->surface->nx * survey->surface->ny;
    size_t done = points - survey->missing + taken;
    if (options->progress == NULL || options->progress(options->progress_user, done, points) == 0)
        return TW_OK;
    return tw_fail(TW_ERR_CANCELLED, "cancelled after %zu of %zu points", done, points);
}

static tw_status evaluate_missing(tw_survey *survey) {
    size_t threads = (size_t)tw_runner_threads(tw_objective_runner(survey->objective)), taken = 0;
    tw_pace pace = {0};
    tw_status status = tw_survey_find_missing(survey);
    if (status == TW_OK)
        status = tw_survey_open(survey);
    while (status == TW_OK && taken < survey->missing) {
        size_t limit = tw_batch_size(&pace, survey->missing - taken, 1, threads);
        size_t count = tw_survey_batch(survey, taken, limit);
        double started = tw_clock_seconds();
        status = tw_survey_evaluate(survey, taken, count);
        pace = (tw_pace){count, tw_clock_seconds() - started};
        if (status != TW_OK)
            break;
        tw_survey_store(survey, taken, count, survey->values);
        taken += count;
        status = tw_survey_progress(survey, taken);
    }
    return status;
}

tw_status tw_survey_check(const tw_objective *objective, const double *dx, const double *dy,
                          const size_t *metrics, const tw_surface *surface) {
    size_t rank = (size_t)surface->rank, all = tw_objective_metrics(objective);
    if (rank != 1 && rank != 2)
        return tw_fail(TW_ERR_ARGUMENT, "a surface of rank %d; tw_surface_init makes 1 and 2",
                       surface->rank);
    if ((rank == 2) != (dy != NULL) || dx == NULL)
        return tw_fail(TW_ERR_ARGUMENT, "a surface of rank %zu takes %zu directions", rank, rank);
    for (size_t m = 0; m < surface->metrics; m++)
        if ((metrics != NULL ? metrics[m] : m) >= all)
            return tw_fail(TW_ERR_ARGUMENT,
                           "the surface asks for metric %zu, objective '%s' has %zu",
                           metrics != NULL ? metrics[m] : m, tw_objective_name(objective), all);
    return TW_OK;
}

tw_status tw_survey_run(tw_objective *objective, const double *origin, const double *dx,
                        const double *dy, const double *scale, const tw_survey_options *options,
                        tw_surface *surface) {
    static const tw_survey_options defaults;
    if (options == NULL)
        options = &defaults;
    tw_status status = tw_survey_check(objective, dx, dy, options->metrics, surface);
    if (status != TW_OK)
        return status;
    tw_survey survey = {.objective = objective,
                        .surface = surface,
                        .origin = origin,
                        .directions = {dx, dy},
                        .scale = scale,
                        .metrics = options->metrics,
                        .options = options};
    survey.coefficients = tw_alloc_raw(TW_BATCH, (size_t)surface->rank * sizeof(double));
    survey.values = tw_alloc_raw(TW_BATCH, tw_objective_metrics(objective) * sizeof(double));
    if (survey.coefficients == NULL || survey.values == NULL)
        status = tw_fail(TW_ERR_MEMORY, "not enough memory for a batch of points");
    if (tw_team_size(options->team) > 1)
        status = tw_team_agree(options->team, status, NULL);
    if (status == TW_OK)
        status = tw_team_size(options->team) > 1 ? tw_survey_over_team(&survey)
                                                 : evaluate_missing(&survey);
    tw_span_close(survey.span);
    free(survey.order);
    free(survey.coefficients);
    free(survey.values);
    return status;
}
