/* operator_places.h: operators that move entries, checked by where each entry of y is read. */
#ifndef OPERATOR_PLACES_H
#define OPERATOR_PLACES_H

#include "operator_check.h"

/* What most of these operators are tried on: (3, 4, 5), and its entry at three indices. */
extern const size_t sizes3[3];
long at3(size_t i, size_t j, size_t k);

/* Which entry of x stands at a place of y; -1: 0. */
typedef long (*place_fn)(const size_t *at);

/* A list of known numbers. */
typedef struct list {
    size_t count;
    double numbers[8];
} list;

size_t known_list(tw_net_graph *graph, size_t count, const double *numbers);
/* A node of a parameter x, (3, 4, 5), and of known lists. */
tw_net_node *node_of(tw_net_graph *graph, const char *op, int64_t opset, size_t *x, size_t count,
                     const list *lists);
/* y has that shape and is x at the places; then its derivatives, which frees the graph. */
void check_places(tw_net_graph *graph, size_t x, tw_net_shape expected, place_fn place);
/* The program is refused with words; frees the graph. */
void check_refused(tw_net_graph *graph, tw_status status, const char *words);

#endif
