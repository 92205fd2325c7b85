#include <stdio.h>
#include <stdlib.h>

#include "core/alloc.h"
#include "core/clock.h"
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

tw_status tw_survey_open(tw_survey *survey) {
    static const double zero[2] = {0, 0};
    const double *at = survey->options->center_at != NULL ? survey->options->center_at : zero;
    const tw_plane *plane = survey->plane;
    const double *const directions[2] = {plane->x, plane->y};
    tw_status status = tw_span_open(survey->objective, plane->origin, (size_t)plane->rank,
                                    directions, &survey->span);
    if (status == TW_OK && survey->scattered)
        tw_span_scatter(survey->span);
    if (status == TW_OK && survey->options->center != NULL)
        status = tw_span_values(survey->span, 1, at, survey->options->center);
    return status;
}

tw_status tw_survey_evaluate(tw_survey *survey, const size_t *points, size_t count) {
    const tw_surface *surface = survey->surface;
    for (size_t k = 0; k < count; k++) {
        size_t ix = points[k] % surface->nx, iy = points[k] / surface->nx;
        if (surface->rank == 1) {
            survey->coefficients[k] = surface->x[ix];
        } else {
            survey->coefficients[2 * k] = surface->x[ix];
            survey->coefficients[2 * k + 1] = surface->y[iy];
        }
    }
    return tw_span_values(survey->span, count, survey->coefficients, survey->values);
}

void tw_survey_store(tw_survey *survey, const size_t *points, size_t count, const double *values) {
    tw_surface *surface = survey->surface;
    size_t metrics = tw_objective_metrics(survey->objective), all = surface->nx * surface->ny;
    const double *scale = survey->options->scale;
    for (size_t k = 0; k < count; k++) {
        for (size_t m = 0; m < surface->metrics; m++) {
            size_t source = survey->metrics != NULL ? survey->metrics[m] : m;
            surface->values[m * all + points[k]] =
                values[k * metrics + source] * (scale != NULL ? scale[m] : 1);
        }
        surface->computed[points[k]] = 1;
    }
}

static int same_row(const tw_survey *survey, size_t k) {
    const size_t *order = survey->order, nx = survey->surface->nx;
    return order[k] / nx == order[k - 1] / nx;
}

size_t tw_survey_batch(const tw_survey *survey, size_t first, size_t limit, size_t workers) {
    size_t left = survey->missing - first;
    if (survey->by_rows) {
        size_t share = (left + workers - 1) / workers, row = 1;
        while (row < left && row < TW_BATCH && same_row(survey, first + row))
            row++;
        row = row < share ? row : share;
        limit = limit > row ? limit : row;
    }
    if (left <= limit)
        return left;
    for (size_t count = limit; count > limit / 2; count--)
        if (!same_row(survey, first + count))
            return count;
    return limit;
}

tw_status tw_survey_progress(const tw_survey *survey, size_t taken) {
    const tw_survey_options *options = survey->options;
    size_t done = survey->total - survey->missing + taken;
    if (options->progress == NULL ||
        options->progress(options->progress_user, done, survey->total) == 0)
        return TW_OK;
    return tw_fail(TW_ERR_CANCELLED, "cancelled after %zu of %zu points", done, survey->total);
}

int tw_survey_shares(const tw_survey *survey) {
    return (tw_objective_capabilities(survey->objective) & TW_CAN_SPAN) != 0;
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
    survey->by_rows =
        (tw_objective_capabilities(survey->objective) & TW_CAN_ROWS) != 0 && !survey->scattered;
    survey->pace.shares = tw_survey_shares(survey);
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
    static const tw_survey_options defaults;
    if (options == NULL)
        options = &defaults;
    tw_status status = tw_survey_check(objective, plane, options->metrics, surface);
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
