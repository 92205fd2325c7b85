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

const double *tw_part_numbers(size_t count, const tw_descent_part *parts, const char *name,
                              size_t wanted) {
    const tw_descent_part *part = tw_part_find(count, parts, name);
    if (part == NULL || part->count != wanted)
        return NULL;
    for (size_t k = 0; k < wanted; k++)
        if (!isfinite(part->values[k]))
            return NULL;
    return part->values;
}

static int is_count(double value, size_t most) {
    return value >= 0 && value <= (double)most && value == floor(value);
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

static double *copied(size_t count, const double *from, size_t room) {
    double *to = from != NULL ? tw_alloc(room > count ? room : count, sizeof *to) : NULL;
    if (to != NULL && count > 0)
        memcpy(to, from, count * sizeof *to);
    return to;
}

tw_status tw_spectrum_parts_to_trace(size_t count, const tw_descent_part *parts, size_t n,
                                     size_t blocks, tw_trace_result *trace) {
    const double *c = tw_part_numbers(count, parts, "trace.rest", TRACE_COUNTERS);
    if (tw_part_find(count, parts, "trace.rest") == NULL)
        return TW_OK;
    if (c == NULL || !is_count(c[ROOM], n) || !is_count(c[DRAWN], n) ||
        !is_count(c[COLUMNS], (size_t)c[ROOM]) || !is_count(c[MADE], (size_t)c[COLUMNS]) ||
        !is_count(c[DIAGONAL], 1) || !is_count(c[METHOD], TW_TRACE_HUTCHPP) ||
        !is_count(c[PRODUCTS], (size_t)1 << 52))
        return tw_fail(TW_ERR_FORMAT, "the rest of its trace is none");
    size_t columns = (size_t)c[COLUMNS], room = (size_t)c[ROOM], diagonal = c[DIAGONAL] > 0;
    tw_trace_rest *rest = tw_alloc(1, sizeof *rest);
    if (rest == NULL)
        return tw_fail(TW_ERR_MEMORY, "not enough memory for the rest of a trace");
    *rest = (tw_trace_rest){
        .n = n, .room = room, .drawn = (size_t)c[DRAWN], .made = (size_t)c[MADE], .count = columns};
    if (columns > 0)
        rest->basis = copied(columns * n, tw_part_numbers(count, parts, "trace.basis", columns * n),
                             room * n);
    else if (room > 0)
        rest->basis = tw_alloc_raw(room, n * sizeof(double));
    rest->base = copied(blocks + 1, tw_part_numbers(count, parts, "trace.base", blocks + 1), 0);
    static const char *const names[] = {"trace.base_diagonal", "trace.diagonal", "trace.squares"};
    double **to[] = {&rest->base_diagonal, &rest->diagonal, &rest->squares};
    int whole = (room == 0 || rest->basis != NULL) && rest->base != NULL;
    for (size_t k = 0; k < 3 && diagonal; k++) {
        *to[k] = copied(n, tw_part_numbers(count, parts, names[k], n), 0);
        whole &= *to[k] != NULL;
    }
    trace->rest = rest;
    trace->method = (tw_trace_method)c[METHOD];
    trace->products = (unsigned long long)c[PRODUCTS];
    return whole ? TW_OK : tw_fail(TW_ERR_FORMAT, "the rest of its trace is not whole");
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
    tw_status status = tw_density_rest_new(n, steps, lanes, &density->rest);
    if (status != TW_OK)
        return status;
    density->rest->count = lanes;
    density->steps = steps;
    for (size_t k = 0; k < lanes; k++, c += LANE_COUNTERS) {
        tw_density_lane *l = &density->rest->lanes[k];
        int good = is_count(c[COUNT], steps) && is_count(c[CLOSED], 1) && c[ERROR] >= 0;
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
