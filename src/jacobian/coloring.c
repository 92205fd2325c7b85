/* coloring.c: greedy colourings, of columns that share no row and of symmetric patterns (star). */
#include <stdint.h>
#include <stdlib.h>

#include "core/alloc.h"
#include "jacobian/pattern.h"
#include "thalweg/hessian.h"

static const size_t uncolored = SIZE_MAX;

static const char *const order_names[] = {"natural", "largest-first", "smallest-last",
                                          "incidence-degree"};
enum { ORDERS = sizeof order_names / sizeof order_names[0] };

const char *tw_color_order_name(size_t order) {
    return order < ORDERS ? order_names[order] : NULL;
}

/* taken[c] = v + 1: colour c is forbidden to vertex v. */
typedef struct painter {
    tw_graph graph;
    size_t *groups, *taken, *sequence;
    size_t vertex, colors;
} painter;

static void forbid(painter *p, size_t vertex) {
    if (p->groups[vertex] != uncolored)
        p->taken[p->groups[vertex]] = p->vertex + 1;
}

static void forbid_neighbor(void *user, size_t neighbor) {
    forbid(user, neighbor);
}

/* A neighbour of the neighbour w may not have the same colour while w has none (so that what is
 * beside any vertex differs when it comes to be coloured); once w has one, only if that of w comes
 * again behind it: the path would have two colours. */
static void forbid_star(void *user, size_t w) {
    painter *p = user;
    const tw_pattern *pattern = p->graph.pattern;
    forbid(p, w);
    for (size_t k = pattern->starts[w]; k < pattern->starts[w + 1]; k++) {
        size_t x = pattern->indices[k];
        if (x == w || x == p->vertex || p->groups[x] == uncolored)
            continue;
        if (p->groups[w] == uncolored) {
            forbid(p, x);
            continue;
        }
        for (size_t l = pattern->starts[x]; l < pattern->starts[x + 1]; l++) {
            size_t y = pattern->indices[l];
            if (y != w && y != x && p->groups[y] == p->groups[w]) {
                forbid(p, x);
                break;
            }
        }
    }
}

static void paint(painter *p, tw_neighbor_fn rule) {
    size_t n = p->graph.pattern->columns;
    for (size_t v = 0; v < n; v++)
        p->groups[v] = uncolored;
    for (size_t k = 0; k < n; k++) {
        p->vertex = p->sequence[k];
        tw_graph_neighbors(&p->graph, p->vertex, rule, p);
        size_t color = 0;
        while (p->taken[color] == p->vertex + 1)
            color++;
        p->groups[p->vertex] = color;
        p->colors = color >= p->colors ? color + 1 : p->colors;
    }
}

static tw_status color_graph(const tw_pattern *pattern, int symmetric, tw_color_order order,
                             size_t *groups, size_t *colors) {
    if ((unsigned)order >= ORDERS)
        return tw_fail(TW_ERR_ARGUMENT, "no order of columns number %d", (int)order);
    size_t n = pattern->columns;
    size_t *numbers = tw_alloc(n, 3 * sizeof *numbers);
    if (numbers == NULL)
        return tw_fail(TW_ERR_MEMORY, "not enough memory to colour %zu columns", n);
    painter p = {.graph = {pattern, symmetric, numbers},
                 .groups = groups,
                 .taken = numbers + n,
                 .sequence = numbers + 2 * n};
    tw_status status = tw_graph_order(&p.graph, order, p.sequence);
    if (status == TW_OK)
        paint(&p, symmetric ? forbid_star : forbid_neighbor);
    *colors = p.colors;
    free(numbers);
    return status;
}

tw_status tw_color_columns(const tw_pattern *pattern, tw_color_order order, size_t *groups,
                           tw_coloring *report) {
    tw_coloring result = {.lower_bound = 1};
    tw_status status = color_graph(pattern, 0, order, groups, &result.colors);
    for (size_t i = 0; i < pattern->rows; i++) {
        size_t count = pattern->starts[i + 1] - pattern->starts[i];
        result.lower_bound = count > result.lower_bound ? count : result.lower_bound;
    }
    if (status == TW_OK && report != NULL)
        *report = result;
    return status;
}

tw_status tw_color_symmetric(const tw_pattern *pattern, tw_color_order order, size_t *groups,
                             tw_coloring *report) {
    tw_coloring result = {.lower_bound = 1};
    tw_status status = tw_pattern_check_symmetric(pattern);
    if (status == TW_OK)
        status = color_graph(pattern, 1, order, groups, &result.colors);
    if (status != TW_OK || report == NULL)
        return status;
    for (size_t i = 0; i < pattern->rows; i++)
        for (size_t k = pattern->starts[i]; k < pattern->starts[i + 1]; k++)
            if (pattern->indices[k] != i)
                result.lower_bound = 2;
    *report = result;
    return TW_OK;
}
