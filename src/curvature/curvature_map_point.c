#include "curvature/curvature_map_point.h"

#include <math.h>
#include <string.h>

#include "curvature/spectrum_private.h"

/* A search goes out from one vector, the sum of those of the two ends; the space that grows from it
 * holds what brings both on. The large end is found soon from anywhere and gets the smaller part;
 * the random vector, which has something of every eigenvector, keeps others from being missed, and
 * stays as long as it is, by which share_of counts. Measured: docs/decisions.md. */
static const double LARGE_PART = 0.3;

static void set_start(const tw_map_search *search, const tw_spectrum_result *found, double *start) {
    size_t n = tw_objective_size(search->objective);
    const double *largest = found->largest[0].vector, *smallest = found->smallest[0].vector;
    for (size_t i = 0; i < n; i++)
        start[i] = smallest[i] + LARGE_PART * largest[i] + search->first[i];
}

/* The length of a random vector of length 1 over that of `start`, of what moves. */
static double share_of(const tw_curvature *matrix, const double *start) {
    const double *scale = tw_curvature_scale(matrix);
    double squares = 0;
    tw_curvature_facts facts;
    tw_curvature_facts_of(matrix, &facts);
    for (size_t i = 0; i < facts.size; i++)
        squares += scale[i] != 0 ? start[i] * start[i] : 0;
    return sqrt((double)facts.dimension / (double)facts.size / squares);
}

/* There is an eigenvalue within the residual, and none beyond the reach, if that is known. */
static double error_of(const tw_map_search *search, const tw_spectrum *spectrum, int end,
                       double residual) {
    double reach = tw_spectrum_reach(spectrum, end);
    return search->options.confirmed && isfinite(reach) ? fmax(residual, reach) : residual;
}

static void set_values(const tw_map_search *search, const tw_spectrum *spectrum,
                       const tw_spectrum_result *found, double *values) {
    double factor = search->options.factor;
    values[TW_MAP_MAX] = factor * found->largest[0].value;
    values[TW_MAP_MIN] = factor * found->smallest[0].value;
    values[TW_MAP_MAX_ERROR] = factor * error_of(search, spectrum, 0, found->largest[0].residual);
    values[TW_MAP_MIN_ERROR] = factor * error_of(search, spectrum, 1, found->smallest[0].residual);
    values[TW_MAP_PRODUCTS] = (double)found->products;
}

static tw_status find(const tw_map_search *search, tw_curvature *matrix, double *start,
                      double *values) {
    const double *from = start != NULL ? start : search->first;
    const tw_spectrum_options options = {.bytes = sizeof options,
                                         .largest = 1,
                                         .smallest = 1,
                                         .tolerance = search->options.tolerance,
                                         .products = search->options.products,
                                         .block = 1,
                                         .unconfirmed = !search->options.confirmed,
                                         .seed = search->options.seed,
                                         .start = from,
                                         .start_count = 1};
    tw_spectrum *spectrum = NULL;
    tw_spectrum_result found;
    tw_status status = tw_spectrum_open(matrix, &options, &spectrum);
    if (status == TW_OK)
        tw_spectrum_start_has(spectrum, share_of(matrix, from));
    while (status == TW_OK && !tw_spectrum_ended(spectrum))
        status = tw_spectrum_run(spectrum, 1);
    if (status == TW_OK)
        status = tw_spectrum_result_of(spectrum, &found);
    if (status == TW_OK)
        set_values(search, spectrum, &found, values);
    if (status == TW_OK && start != NULL)
        set_start(search, &found, start);
    tw_spectrum_close(spectrum);
    return status;
}

tw_status tw_map_point(const tw_map_search *search, const double *x, double *start,
                       double *values) {
    tw_curvature *matrix = NULL;
    tw_status status = tw_curvature_open(search->objective, x, &search->matrix, &matrix);
    if (status == TW_OK)
        status = find(search, matrix, start, values);
    tw_curvature_close(matrix);
    if (status != TW_ERR_NOT_FINITE)
        return status;
    tw_message_clear(); /* a result, like a loss that is none */
    for (size_t k = 0; k < TW_MAP_METRICS; k++)
        values[k] = NAN;
    if (start != NULL)
        memcpy(start, search->first, tw_objective_size(search->objective) * sizeof *start);
    return TW_OK;
}
