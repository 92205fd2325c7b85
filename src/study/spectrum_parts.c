#include "study/spectrum_parts.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "core/alloc.h"
#include "curvature/density_private.h"
#include "curvature/trace_private.h"

/* ---- lists ---- */

static int make_room(tw_part_list *list) {
    if (list->count < list->room)
        return 1;
    size_t room = list->room > 0 ? 2 * list->room : 32;
    tw_descent_part *parts = realloc(list->parts, room * sizeof *parts);
    list->parts = parts != NULL ? parts : list->parts;
    char(*names)[64] = realloc(list->names, room * sizeof *names);
    list->names = names != NULL ? names : list->names;
    double **owned = realloc(list->owned, room * sizeof *owned);
    list->owned = owned != NULL ? owned : list->owned;
    list->room = parts != NULL && names != NULL && owned != NULL ? room : list->room;
    list->failed |= list->count == list->room;
    for (size_t k = 0; k < list->count; k++) /* they have moved */
        list->parts[k].name = list->names[k];
    return list->count < list->room;
}

void tw_part_list_add(tw_part_list *list, const char *before, const char *name, size_t count,
                      const double *values) {
    if (!make_room(list))
        return;
    size_t k = list->count++;
    snprintf(list->names[k], sizeof list->names[k], "%s%s", before, name);
    list->parts[k] = (tw_descent_part){list->names[k], count, values};
    list->owned[k] = NULL;
}

double *tw_part_list_make(tw_part_list *list, const char *name, size_t count) {
    double *values = tw_alloc(count, sizeof *values);
    list->failed |= values == NULL;
    if (values == NULL || !make_room(list)) {
        free(values);
        return NULL;
    }
    tw_part_list_add(list, "", name, count, values);
    list->owned[list->count - 1] = values;
    return values;
}

void tw_part_list_release(tw_part_list *list) {
    for (size_t k = 0; k < list->count; k++)
        free(list->owned[k]);
    free(list->parts);
    free(list->names);
    free(list->owned);
    *list = (tw_part_list){0};
}

const tw_descent_part *tw_part_find(size_t count, const tw_descent_part *parts, const char *name) {
    for (size_t k = 0; k < count; k++)
        if (strcmp(parts[k].name, name) == 0)
            return &parts[k];
    return NULL;
}

int tw_part_is_finite(const tw_descent_part *part) {
    for (size_t k = 0; k < part->count; k++)
        if (!isfinite(part->values[k]))
            return 0;
    return 1;
}

const double *tw_part_numbers(size_t count, const tw_descent_part *parts, const char *name,
                              size_t wanted) {
    const tw_descent_part *part = tw_part_find(count, parts, name);
    int good = part != NULL && part->count == wanted && tw_part_is_finite(part);
    return good ? part->values : NULL;
}

static int is_count(double value, size_t most) {
    return value >= 0 && value <= (double)most && value == floor(value);
}

/* ---- columns of all ---- */

static const char COLUMNS_DONE[] = "exact.columns";

void tw_spectrum_parts_of_columns(tw_part_list *list, const tw_dense_columns *columns) {
    if (columns->done > 0)
        tw_part_list_add(list, "", COLUMNS_DONE, columns->done * columns->order, columns->matrix);
}

tw_status tw_spectrum_parts_to_columns(size_t count, const tw_descent_part *parts,
                                       tw_dense_columns *columns) {
    const tw_descent_part *done = tw_part_find(count, parts, COLUMNS_DONE);
    size_t order = columns->order;
    if (done == NULL)
        return TW_OK;
    if (done->count % order != 0 || done->count / order > order || !tw_part_is_finite(done))
        return tw_fail(TW_ERR_FORMAT, "its columns are not those of the matrix");
    memcpy(columns->matrix, done->values, done->count * sizeof(double));
    columns->done = done->count / order;
    return TW_OK;
}

/* ---- traces ---- */

enum { ROOM, DRAWN, MADE, COLUMNS, DIAGONAL, METHOD, PRODUCTS, TRACE_COUNTERS };

void tw_spectrum_parts_of_trace(tw_part_list *list, const tw_trace_result *trace) {
    const tw_trace_rest *rest = trace->rest;
    double *c = rest != NULL ? tw_part_list_make(list, "trace.rest", TRACE_COUNTERS) : NULL;
    if (c == NULL)
        return;
    c[ROOM] = (double)rest->room;
    c[DRAWN] = (double)rest->drawn;
    c[MADE] = (double)rest->made;
    c[COLUMNS] = (double)rest->count;
    c[DIAGONAL] = rest->diagonal != NULL;
    c[METHOD] = trace->method;
    c[PRODUCTS] = (double)trace->products;
    if (rest->count > 0)
        tw_part_list_add(list, "", "trace.basis", rest->count * rest->n, rest->basis);
    tw_part_list_add(list, "", "trace.base", trace->block_count + 1, rest->base);
    if (rest->diagonal == NULL)
        return;
    tw_part_list_add(list, "", "trace.base_diagonal", rest->n, rest->base_diagonal);
    tw_part_list_add(list, "", "trace.diagonal", rest->n, rest->diagonal);
    tw_part_list_add(list, "", "trace.squares", rest->n, rest->squares);
}

/* A part of `wanted` numbers, in room for `room`. */
static tw_status copy_part(size_t count, const tw_descent_part *parts, const char *name,
                           size_t wanted, size_t room, double **to) {
    const double *from = tw_part_numbers(count, parts, name, wanted);
    if (from == NULL)
        return tw_fail(TW_ERR_FORMAT, "the rest of its trace is not whole");
    *to = tw_alloc(room, sizeof **to);
    if (*to == NULL)
        return tw_fail(TW_ERR_MEMORY, "not enough memory for the rest of a trace");
    memcpy(*to, from, wanted * sizeof **to);
    return TW_OK;
}

/* A draw becomes a column of the basis or none, and columns that were not drawn need room yet. */
static int counters_fit(const double *c, size_t n) {
    return c != NULL && is_count(c[ROOM], n) && is_count(c[DRAWN], n) &&
           is_count(c[COLUMNS], (size_t)c[ROOM]) && is_count(c[MADE], (size_t)c[COLUMNS]) &&
           (c[ROOM] == 0 || (c[COLUMNS] <= c[DRAWN] && c[DRAWN] <= c[ROOM])) &&
           is_count(c[DIAGONAL], 1) && is_count(c[METHOD], TW_TRACE_HUTCHPP) &&
           is_count(c[PRODUCTS], (size_t)1 << 52);
}

static tw_status fill_rest(size_t count, const tw_descent_part *parts, size_t blocks, int diagonal,
                           tw_trace_rest *rest) {
    const struct {
        const char *name;
        double **to;
    } of_diagonal[] = {{"trace.base_diagonal", &rest->base_diagonal},
                       {"trace.diagonal", &rest->diagonal},
                       {"trace.squares", &rest->squares}};
    size_t n = rest->n;
    tw_status status = copy_part(count, parts, "trace.base", blocks + 1, blocks + 1, &rest->base);
    if (status == TW_OK && rest->count > 0)
        status =
            copy_part(count, parts, "trace.basis", rest->count * n, rest->room * n, &rest->basis);
    else if (status == TW_OK && rest->room > 0 &&
             (rest->basis = tw_alloc_raw(rest->room, n * sizeof(double))) == NULL)
        status = tw_fail(TW_ERR_MEMORY, "not enough memory for the rest of a trace");
    for (size_t k = 0; k < 3 && diagonal && status == TW_OK; k++)
        status = copy_part(count, parts, of_diagonal[k].name, n, n, of_diagonal[k].to);
    return status;
}

tw_status tw_spectrum_parts_to_trace(size_t count, const tw_descent_part *parts, size_t n,
                                     size_t blocks, tw_trace_result *trace) {
    const double *c = tw_part_numbers(count, parts, "trace.rest", TRACE_COUNTERS);
    if (tw_part_find(count, parts, "trace.rest") == NULL)
        return TW_OK;
    if (!counters_fit(c, n))
        return tw_fail(TW_ERR_FORMAT, "the rest of its trace is none");
    tw_trace_rest *rest = tw_alloc(1, sizeof *rest);
    if (rest == NULL)
        return tw_fail(TW_ERR_MEMORY, "not enough memory for the rest of a trace");
    *rest = (tw_trace_rest){.n = n,
                            .room = (size_t)c[ROOM],
                            .drawn = (size_t)c[DRAWN],
                            .made = (size_t)c[MADE],
                            .count = (size_t)c[COLUMNS]};
    trace->rest = rest;
    trace->method = (tw_trace_method)c[METHOD];
    trace->products = (unsigned long long)c[PRODUCTS];
    return fill_rest(count, parts, blocks, c[DIAGONAL] > 0, rest);
}

/* ---- densities ---- */

enum { COUNT, CLOSED, ERROR, LANE_COUNTERS };

static size_t rows_of(const tw_density_lane *l, size_t steps) {
    return l->count + (!l->closed && l->count < steps);
}

void tw_spectrum_parts_of_density(tw_part_list *list, const tw_density *density) {
    const tw_density_rest *rest = density->rest;
    if (rest == NULL || rest->count == 0)
        return;
    double *c = tw_part_list_make(list, "density.lanes", rest->count * LANE_COUNTERS + 1);
    if (c == NULL)
        return;
    c[rest->count * LANE_COUNTERS] = (double)rest->steps;
    for (size_t k = 0; k < rest->count; k++) {
        const tw_density_lane *l = &rest->lanes[k];
        char name[24];
        c[k * LANE_COUNTERS + COUNT] = (double)l->count;
        c[k * LANE_COUNTERS + CLOSED] = l->closed;
        c[k * LANE_COUNTERS + ERROR] = l->error;
        snprintf(name, sizeof name, "%zu", k);
        tw_part_list_add(list, "density.basis", name, rows_of(l, rest->steps) * rest->n, l->basis);
        tw_part_list_add(list, "density.alpha", name, rest->steps, l->alpha);
        tw_part_list_add(list, "density.beta", name, rest->steps, l->beta);
    }
}

static int take_lane(size_t count, const tw_descent_part *parts, size_t k, size_t n, size_t steps,
                     tw_density_lane *l) {
    char names[3][64];
    snprintf(names[0], sizeof names[0], "density.basis%zu", k);
    snprintf(names[1], sizeof names[1], "density.alpha%zu", k);
    snprintf(names[2], sizeof names[2], "density.beta%zu", k);
    size_t rows = rows_of(l, steps);
    const double *basis = tw_part_numbers(count, parts, names[0], rows * n),
                 *alpha = tw_part_numbers(count, parts, names[1], steps),
                 *beta = tw_part_numbers(count, parts, names[2], steps);
    if (basis == NULL || alpha == NULL || beta == NULL)
        return 0;
    memcpy(l->basis, basis, rows * n * sizeof *basis);
    memcpy(l->alpha, alpha, steps * sizeof *alpha);
    memcpy(l->beta, beta, steps * sizeof *beta);
    return 1;
}

tw_status tw_spectrum_parts_to_density(size_t count, const tw_descent_part *parts, size_t n,
                                       tw_density *density) {
    const tw_descent_part *given = tw_part_find(count, parts, "density.lanes");
    if (given == NULL)
        return TW_OK;
    const double *c = tw_part_numbers(count, parts, "density.lanes", given->count);
    size_t lanes = given->count / LANE_COUNTERS;
    if (c == NULL || lanes == 0 || given->count != lanes * LANE_COUNTERS + 1 ||
        !is_count(c[lanes * LANE_COUNTERS], n) || c[lanes * LANE_COUNTERS] < 1)
        return tw_fail(TW_ERR_FORMAT, "the rest of its density is none");
    size_t steps = (size_t)c[lanes * LANE_COUNTERS];
    if (density->probes > 0 && density->steps != steps)
        return tw_fail(TW_ERR_FORMAT, "the rest of its density is of other nodes");
    tw_status status = tw_density_rest_new(n, steps, lanes, &density->rest);
    if (status != TW_OK)
        return status;
    density->rest->count = lanes;
    density->steps = steps;
    for (size_t k = 0; k < lanes; k++, c += LANE_COUNTERS) {
        tw_density_lane *l = &density->rest->lanes[k];
        int good = is_count(c[COUNT], steps) && is_count(c[CLOSED], 1) && c[ERROR] >= 0 &&
                   (c[CLOSED] == 0 || c[COUNT] > 0);
        if (good) {
            l->count = (size_t)c[COUNT];
            l->closed = c[CLOSED] > 0;
            l->error = c[ERROR];
            good = take_lane(count, parts, k, n, steps, l);
        }
        if (!good)
            return tw_fail(TW_ERR_FORMAT, "the rest of its density is not whole");
        density->products += l->count;
    }
    return TW_OK;
}
