/* vertex_order.c: the order in which a greedy colouring meets the vertices. */
#include <stdint.h>
#include <stdlib.h>

#include "core/alloc.h"
#include "jacobian/pattern.h"

void tw_graph_neighbors(tw_graph *graph, size_t vertex, tw_neighbor_fn visit, void *user) {
    const tw_pattern *p = graph->pattern;
    if (graph->symmetric) {
        for (size_t k = p->starts[vertex]; k < p->starts[vertex + 1]; k++)
            if (p->indices[k] != vertex)
                visit(user, p->indices[k]);
        return;
    }
    graph->marks[vertex] = 1;
    for (size_t t = p->tops[vertex]; t < p->tops[vertex + 1]; t++)
        for (size_t k = p->starts[p->members[t]]; k < p->starts[p->members[t] + 1]; k++) {
            size_t other = p->indices[k];
            if (!graph->marks[other])
                visit(user, other);
            graph->marks[other] = 1;
        }
    graph->marks[vertex] = 0;
    for (size_t t = p->tops[vertex]; t < p->tops[vertex + 1]; t++)
        for (size_t k = p->starts[p->members[t]]; k < p->starts[p->members[t] + 1]; k++)
            graph->marks[p->indices[k]] = 0;
}

static const size_t absent = SIZE_MAX;

/* A binary heap of vertices: first by key, then the larger rank, then the lower number. */
typedef struct heap {
    size_t count;
    size_t *vertices, *positions; /* `absent` once taken */
    const size_t *keys, *ranks;
    int smallest;
} heap;

static int comes_first(const heap *h, size_t a, size_t b) {
    if (h->keys[a] != h->keys[b])
        return h->smallest ? h->keys[a] < h->keys[b] : h->keys[a] > h->keys[b];
    if (h->ranks[a] != h->ranks[b])
        return h->ranks[a] > h->ranks[b];
    return a < b;
}

static void put(heap *h, size_t position, size_t vertex) {
    h->vertices[position] = vertex;
    h->positions[vertex] = position;
}

static void rise(heap *h, size_t position) {
    size_t vertex = h->vertices[position];
    for (; position > 0 && comes_first(h, vertex, h->vertices[(position - 1) / 2]);
         position = (position - 1) / 2)
        put(h, position, h->vertices[(position - 1) / 2]);
    put(h, position, vertex);
}

static void sink(heap *h, size_t position) {
    size_t vertex = h->vertices[position];
    for (size_t child; (child = 2 * position + 1) < h->count; position = child) {
        if (child + 1 < h->count && comes_first(h, h->vertices[child + 1], h->vertices[child]))
            child++;
        if (!comes_first(h, h->vertices[child], vertex))
            break;
        put(h, position, h->vertices[child]);
    }
    put(h, position, vertex);
}

static size_t take_first(heap *h) {
    size_t vertex = h->vertices[0];
    put(h, 0, h->vertices[--h->count]);
    h->positions[vertex] = absent;
    if (h->count > 0)
        sink(h, 0);
    return vertex;
}

typedef struct ordering {
    heap heap;
    size_t *keys;
} ordering;

static void count_one(void *user, size_t neighbor) {
    ++*(size_t *)user;
}

/* Smallest last: the degree among those left falls. */
static void lose_neighbor(void *user, size_t neighbor) {
    ordering *o = user;
    if (o->heap.positions[neighbor] == absent)
        return;
    o->keys[neighbor]--;
    rise(&o->heap, o->heap.positions[neighbor]);
}

/* Incidence degree: one more neighbour has its colour. */
static void gain_colored(void *user, size_t neighbor) {
    ordering *o = user;
    if (o->heap.positions[neighbor] == absent)
        return;
    o->keys[neighbor]++;
    rise(&o->heap, o->heap.positions[neighbor]);
}

static void order_by(tw_graph *graph, tw_color_order order, ordering *o, const size_t *degrees,
                     size_t *sequence) {
    size_t n = graph->pattern->columns;
    o->heap.count = n;
    o->heap.smallest = order == TW_COLOR_SMALLEST_LAST;
    for (size_t v = 0; v < n; v++) {
        o->keys[v] = order == TW_COLOR_INCIDENCE_DEGREE ? 0 : degrees[v];
        put(&o->heap, v, v);
    }
    for (size_t position = n / 2; position-- > 0;)
        sink(&o->heap, position);
    for (size_t k = 0; k < n; k++) {
        size_t vertex = take_first(&o->heap);
        sequence[order == TW_COLOR_SMALLEST_LAST ? n - 1 - k : k] = vertex;
        if (order == TW_COLOR_SMALLEST_LAST)
            tw_graph_neighbors(graph, vertex, lose_neighbor, o);
        else if (order == TW_COLOR_INCIDENCE_DEGREE)
            tw_graph_neighbors(graph, vertex, gain_colored, o);
    }
}

tw_status tw_graph_order(tw_graph *graph, tw_color_order order, size_t *sequence) {
    size_t n = graph->pattern->columns;
    for (size_t v = 0; v < n; v++)
        sequence[v] = v;
    if (order == TW_COLOR_NATURAL)
        return TW_OK;
    size_t *numbers = tw_alloc(n, 4 * sizeof *numbers);
    if (numbers == NULL)
        return tw_fail(TW_ERR_MEMORY, "not enough memory to colour %zu columns", n);
    size_t *degrees = numbers, *keys = numbers + n;
    for (size_t v = 0; v < n; v++)
        tw_graph_neighbors(graph, v, count_one, &degrees[v]);
    ordering o = {.heap = {.vertices = numbers + 2 * n,
                           .positions = numbers + 3 * n,
                           .keys = keys,
                           .ranks = degrees},
                  .keys = keys};
    order_by(graph, order, &o, degrees, sequence);
    free(numbers);
    return TW_OK;
}
