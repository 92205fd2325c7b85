/* pattern.h: a sparsity pattern by rows and by columns, and orders of the vertices of its graphs.
 */
#ifndef TW_JACOBIAN_PATTERN_H
#define TW_JACOBIAN_PATTERN_H

#include "thalweg/jacobian.h"

struct tw_pattern {
    size_t rows, columns;
    size_t *starts, *indices;        /* by rows */
    size_t *tops, *members, *places; /* by columns: members[tops[j] ...] are the rows of column j,
                                        places the positions of these entries among the indices */
};

typedef struct tw_graph {
    const tw_pattern *pattern;
    int symmetric; /* 1: i and j are neighbours if (i, j) is an entry; 0: columns if they share a
                      row */
    size_t *marks; /* one a vertex, 0 between calls */
} tw_graph;

/* Calls visit(user, w) once for every neighbour w of a vertex. */
typedef void (*tw_neighbor_fn)(void *user, size_t neighbor);
void tw_graph_neighbors(tw_graph *graph, size_t vertex, tw_neighbor_fn visit, void *user);

/* sequence[k] = the vertex that comes k-th. */
tw_status tw_graph_order(tw_graph *graph, tw_color_order order, size_t *sequence);

/* TW_ERR_SHAPE unless the pattern is square and symmetric. */
tw_status tw_pattern_check_symmetric(const tw_pattern *pattern);

#endif
