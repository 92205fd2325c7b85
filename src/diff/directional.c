/* directional.c: the scalar derivative of an objective along a line. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "core/alloc.h"
#include "core/front_door.h"
#include "core/versioned.h"
#include "diff/exact.h"
#include "diff/line.h"

int tw_line_is_native(const tw_line *line) {
    return line->direction == NULL &&
           (tw_objective_capabilities(line->objective) & TW_CAN_COORDINATES);
}

tw_status tw_line_value(void *user, double t, double *value) {
    tw_line *line = user;
    tw_status status;
    *value = 0;
    if (tw_line_is_native(line))
        return t == 0 ? TW_OK
                      : tw_objective_coordinate_differences(line->objective, line->x, 1,
                                                            &line->coordinate, &t, value);
    if (line->span != NULL) {
        status = tw_span_values(line->span, 1, &t, line->metrics);
    } else if (line->direction == NULL) {
        size_t i = line->coordinate;
        line->point[i] = line->x[i] + t;
        status = tw_worker_value(line->objective, line->worker, line->point, line->metrics);
        line->point[i] = line->x[i];
    } else {
        for (size_t i = 0; i < tw_objective_size(line->objective); i++)
            line->point[i] = line->x[i] + t * line->direction[i];
        status = tw_worker_value(line->objective, line->worker, line->point, line->metrics);
    }
    *value = line->metrics[0];
    return status;
}

tw_derivative tw_line_still(void) {
    return (tw_derivative){.point_class = TW_POINT_UNDETERMINED};
}

tw_derivative_options tw_line_options(const tw_line *line, const tw_derivative_options *options,
                                      double scale) {
    tw_derivative_options result = {0};
    if (options != NULL)
        result = *options;
    if (result.scale == 0)
        result.scale = scale;
    if (result.unit == 0)
        result.unit =
            tw_objective_noise(line->objective) * (tw_line_is_native(line) ? TW_NATIVE_UNITS : 1);
    int moved = line->direction == NULL && !tw_line_is_native(line);
    result.at = moved ? line->x[line->coordinate] : 0;
    return result;
}

static const double next_to_nothing = 1e-8;

void tw_line_scales(const tw_objective *objective, const double *x, double *scales) {
    const tw_space *space = tw_objective_space(objective);
    int native = (tw_objective_capabilities(objective) & TW_CAN_COORDINATES) != 0;
    for (size_t k = 0; k < tw_space_blocks(space); k++) {
        const tw_block *block = tw_space_block(space, k);
        const double *entries = x + block->offset;
        double sum = 0;
        for (size_t i = 0; i < block->count; i++)
            sum += entries[i] * entries[i];
        double rms = sqrt(sum / (double)block->count);
        for (size_t i = 0; i < block->count; i++) {
            double scale = native ? rms : fmax(fabs(entries[i]), rms);
            scales[block->offset + i] = scale >= next_to_nothing && isfinite(scale) ? scale : 1;
        }
    }
}

double tw_line_direction_scale(size_t n, const double *x, const double *direction) {
    double length = 0, along = 0, largest = 0;
    for (size_t i = 0; i < n; i++) {
        double part = direction[i] != 0 ? x[i] : 0; /* entries that stay do not count */
        length += part * part;
        along += direction[i] * direction[i];
        largest = fmax(largest, fabs(direction[i]));
    }
    double scale = sqrt(length) / sqrt(along);
    return isfinite(scale) && scale * largest >= next_to_nothing ? scale : 1 / largest;
}

static tw_status coordinate_scale(const tw_line *line, double *scale) {
    double *scales = tw_alloc_raw(tw_objective_size(line->objective), sizeof *scales);
    if (scales == NULL)
        return tw_fail(TW_ERR_MEMORY, "not enough memory for the scales of the coordinates");
    tw_line_scales(line->objective, line->x, scales);
    *scale = scales[line->coordinate];
    free(scales);
    return TW_OK;
}

static tw_status check_line(const tw_line *line) {
    size_t n = tw_objective_size(line->objective), moving = 0;
    if (line->direction == NULL && line->coordinate >= n)
        return tw_fail(TW_ERR_ARGUMENT, "coordinate %zu: objective '%s' has %zu", line->coordinate,
                       tw_objective_name(line->objective), n);
    for (size_t i = 0; line->direction != NULL && i < n; i++) {
        if (!isfinite(line->direction[i]))
            return tw_fail(TW_ERR_ARGUMENT, "entry %zu of the direction is %g", i,
                           line->direction[i]);
        moving += line->direction[i] != 0;
    }
    if (line->direction != NULL && moving == 0)
        return tw_fail(TW_ERR_ARGUMENT,
                       "the direction is zero: give one with an entry that is not");
    return TW_OK;
}

tw_status tw_derivative_directional(tw_objective *objective, const double *x,
                                    const double *direction, size_t coordinate,
                                    const tw_derivative_options *options, tw_derivative *out) {
    tw_line line = {
        .objective = objective, .x = x, .direction = direction, .coordinate = coordinate};
    tw_derivative_options taken;
    tw_status status = TW_TAKE(tw_derivative_options, max_evaluations, &taken, options);
    if (status == TW_OK)
        status = check_line(&line);
    if (status != TW_OK)
        return status;
    if (direction == NULL && !tw_space_moves(tw_objective_space(objective), coordinate)) {
        *out = tw_line_still();
        return TW_OK;
    }
    size_t n = tw_objective_size(objective);
    double scale = 1;
    line.metrics = tw_alloc(tw_objective_metrics(objective), sizeof(double));
    line.point = tw_alloc_raw(n, sizeof(double));
    if (line.metrics == NULL || line.point == NULL) {
        status = tw_fail(TW_ERR_MEMORY, "not enough memory for a copy of %zu parameters", n);
        goto done;
    }
    memcpy(line.point, x, n * sizeof *x);
    if (direction != NULL)
        scale = tw_line_direction_scale(n, x, direction);
    else
        status = coordinate_scale(&line, &scale);
    if (status == TW_OK && direction != NULL &&
        (tw_objective_capabilities(objective) & TW_CAN_SPAN))
        status = tw_span_open(objective, x, 1, &line.direction, TW_SPAN_ROWS, &line.span);
    if (status == TW_OK) {
        tw_derivative_options settled = tw_line_options(&line, &taken, scale);
        status = tw_derivative_scalar(tw_line_value, &line, &settled, out);
    }
done:
    tw_span_close(line.span);
    free(line.metrics);
    free(line.point);
    return status;
}
