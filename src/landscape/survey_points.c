/* survey_points.c: points of a survey evaluated and stored, which one process and a team do alike:
 * a span opened, batches cut, values put into the surface. */
#include <stddef.h>

#include "landscape/survey_private.h"

tw_status tw_survey_open(tw_survey *survey) {
    static const double zero[2] = {0, 0};
    const double *at = survey->options->center_at != NULL ? survey->options->center_at : zero;
    const tw_plane *plane = survey->plane;
    const double *const directions[2] = {plane->x, plane->y};
    tw_status status = TW_OK;
    survey->span = survey->options->span;
    if (survey->span == NULL)
        status = tw_span_open(survey->objective, plane->origin, (size_t)plane->rank, directions,
                              survey->scattered ? TW_SPAN_SCATTERED : TW_SPAN_ROWS, &survey->span);
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

static size_t piece(const tw_survey *survey, size_t first, size_t left) {
    size_t count = 1, nx = survey->surface->nx;
    while (count < left && count < TW_BATCH && same_row(survey, first + count) &&
           survey->order[first + count] % nx % survey->chain != 0)
        count++;
    return count;
}

size_t tw_survey_batch(const tw_survey *survey, size_t first, size_t limit, size_t workers) {
    size_t left = survey->missing - first;
    if (survey->chain > 0 && workers > 1)
        return piece(survey, first, left);
    if (survey->by_rows && survey->chain == 0) {
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
