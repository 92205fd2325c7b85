#include "net/graph/net_order.h"

#include <stdlib.h>

/* A walk from the output to what it depends on, on a stack of its own: graphs may be deep. */
typedef struct walk {
    const tw_net_graph *graph;
    size_t *makers;       /* by value: the node that gives it, or TW_NET_NONE */
    unsigned char *state; /* by node: 0 not seen, 1 on the stack, 2 done */
    size_t *stack, *next; /* nodes, and which input of each comes next */
    size_t depth;
    size_t *order, count;
} walk;

static tw_status find_makers(walk *w) {
    const tw_net_graph *graph = w->graph;
    for (size_t v = 0; v < graph->value_count; v++)
        w->makers[v] = TW_NET_NONE;
    for (size_t n = 0; n < graph->node_count; n++) {
        const tw_net_node *node = &graph->nodes[n];
        for (size_t o = 0; o < node->output_count; o++) {
            size_t value = node->outputs[o];
            if (value == TW_NET_NONE || graph->values[value].kind != TW_NET_RESULT)
                continue;
            if (w->makers[value] != TW_NET_NONE)
                return tw_fail(TW_ERR_FORMAT, "%s: two nodes give '%s'", graph->name,
                               graph->values[value].name);
            w->makers[value] = n;
        }
    }
    return TW_OK;
}

/* Goes to the node that gives a value, unless it was there. */
static tw_status go_to(walk *w, size_t value, const tw_net_node *user) {
    const tw_net_value *wanted = &w->graph->values[value];
    if (wanted->kind != TW_NET_RESULT)
        return TW_OK;
    size_t maker = w->makers[value];
    if (maker == TW_NET_NONE && user == NULL)
        return tw_fail(TW_ERR_FORMAT, "%s: nothing gives its output '%s'", w->graph->name,
                       wanted->name);
    if (maker == TW_NET_NONE)
        return tw_fail(TW_ERR_FORMAT, "%s: node '%s' (%s) uses '%s', which nothing gives",
                       w->graph->name, user->name, user->op, wanted->name);
    if (w->state[maker] == 1)
        return tw_fail(TW_ERR_FORMAT, "%s: '%s' depends on itself", w->graph->name, wanted->name);
    if (w->state[maker] == 0) {
        w->state[maker] = 1;
        w->next[w->depth] = 0;
        w->stack[w->depth++] = maker;
    }
    return TW_OK;
}

static tw_status go_through(walk *w) {
    tw_status status = go_to(w, w->graph->output, NULL);
    while (w->depth > 0 && status == TW_OK) {
        size_t n = w->stack[w->depth - 1], i = w->next[w->depth - 1]++;
        const tw_net_node *node = &w->graph->nodes[n];
        if (i < node->input_count) {
            if (node->inputs[i] != TW_NET_NONE)
                status = go_to(w, node->inputs[i], node);
            continue;
        }
        w->state[n] = 2;
        w->order[w->count++] = n;
        w->depth--;
    }
    return status;
}

/* Whether every node stands after those that give what it needs. */
static int stands_in_order(const walk *w) {
    for (size_t k = 0; k < w->count; k++) {
        const tw_net_node *node = &w->graph->nodes[w->order[k]];
        for (size_t i = 0; i < node->input_count; i++) {
            size_t value = node->inputs[i];
            if (value != TW_NET_NONE && w->graph->values[value].kind == TW_NET_RESULT &&
                w->makers[value] >= w->order[k])
                return 0;
        }
    }
    return 1;
}

static void put_as_they_stand(walk *w) {
    w->count = 0;
    for (size_t n = 0; n < w->graph->node_count; n++)
        if (w->state[n] == 2)
            w->order[w->count++] = n;
}

tw_status tw_net_graph_order(const tw_net_graph *graph, size_t **order, size_t *count) {
    size_t nodes = graph->node_count + 1;
    walk w = {.graph = graph,
              .makers = calloc(graph->value_count + 1, sizeof *w.makers),
              .state = calloc(nodes, 1),
              .stack = calloc(nodes, sizeof *w.stack),
              .next = calloc(nodes, sizeof *w.next),
              .order = calloc(nodes, sizeof *w.order)};
    tw_status status =
        w.makers == NULL || w.state == NULL || w.stack == NULL || w.next == NULL || w.order == NULL
            ? tw_fail(TW_ERR_MEMORY, "%s: not enough memory for a network", graph->name)
            : find_makers(&w);
    if (status == TW_OK)
        status = go_through(&w);
    if (status == TW_OK && stands_in_order(&w))
        put_as_they_stand(&w);
    free(w.makers);
    free(w.state);
    free(w.stack);
    free(w.next);
    if (status != TW_OK) {
        free(w.order);
        return status;
    }
    *order = w.order;
    *count = w.count;
    return TW_OK;
}

/* ---- dropping the rest ---- */

static void mark_used(const tw_net_node *node, size_t *numbers) {
    for (size_t i = 0; i < node->input_count; i++)
        if (node->inputs[i] != TW_NET_NONE)
            numbers[node->inputs[i]] = 1;
}

/* Results that nobody uses (masks, indices) need not be computed. */
static void drop_results(tw_net_node *node, const size_t *numbers) {
    for (size_t o = 0; o < node->output_count; o++)
        if (node->outputs[o] != TW_NET_NONE && !numbers[node->outputs[o]])
            node->outputs[o] = TW_NET_NONE;
}

static void renumber(size_t count, size_t *values, const size_t *numbers) {
    for (size_t i = 0; i < count; i++)
        if (values[i] != TW_NET_NONE)
            values[i] = numbers[values[i]];
}

/* Moves the values that are used together; numbers[v] is where v went. */
static void drop_values(tw_net_graph *graph, size_t *numbers) {
    size_t kept = 0;
    for (size_t v = 0; v < graph->value_count; v++) {
        if (numbers[v]) {
            numbers[v] = kept;
            graph->values[kept++] = graph->values[v];
        } else {
            free(graph->values[v].name);
            tw_net_tensor_release(&graph->values[v].tensor);
        }
    }
    graph->value_count = kept;
    for (size_t n = 0; n < graph->node_count; n++) {
        renumber(graph->nodes[n].input_count, graph->nodes[n].inputs, numbers);
        renumber(graph->nodes[n].output_count, graph->nodes[n].outputs, numbers);
    }
    renumber(1, &graph->input, numbers);
    renumber(1, &graph->output, numbers);
}

/* Moves the nodes into `sorted`, and releases those that are not in the order. */
static void drop_nodes(tw_net_graph *graph, const size_t *order, size_t count,
                       tw_net_node *sorted) {
    for (size_t k = 0; k < count; k++) {
        sorted[k] = graph->nodes[order[k]];
        graph->nodes[order[k]] = (tw_net_node){0};
    }
    for (size_t n = 0; n < graph->node_count; n++)
        tw_net_node_release(&graph->nodes[n]);
    free(graph->nodes);
    graph->nodes = sorted;
    graph->node_count = count;
}

/* Room as net_graph.c would have made for so many. */
static size_t room_for(size_t count) {
    size_t room = 1;
    while (room < count)
        room *= 2;
    return room;
}

tw_status tw_net_graph_settle(tw_net_graph *graph) {
    size_t *order = NULL, count = 0;
    tw_status status = tw_net_graph_order(graph, &order, &count);
    if (status != TW_OK)
        return status;
    size_t *numbers = calloc(graph->value_count + 1, sizeof *numbers);
    tw_net_node *sorted = calloc(room_for(count), sizeof *sorted);
    if (numbers == NULL || sorted == NULL) {
        status = tw_fail(TW_ERR_MEMORY, "%s: not enough memory for a network", graph->name);
        free(sorted);
    } else {
        drop_nodes(graph, order, count, sorted);
        for (size_t n = 0; n < count; n++)
            mark_used(&graph->nodes[n], numbers);
        numbers[graph->output] = 1;
        if (graph->input != TW_NET_NONE)
            numbers[graph->input] = 1;
        for (size_t n = 0; n < count; n++)
            drop_results(&graph->nodes[n], numbers);
        drop_values(graph, numbers);
    }
    free(numbers);
    free(order);
    return status;
}
