#include "net/graph/net_links.h"

#include <stdlib.h>

static void count_uses(const tw_net_graph *graph, size_t *first) {
    for (size_t n = 0; n < graph->node_count; n++)
        for (size_t i = 0; i < graph->nodes[n].input_count; i++)
            if (graph->nodes[n].inputs[i] != TW_NET_NONE)
                first[graph->nodes[n].inputs[i]]++;
    size_t sum = 0;
    for (size_t v = 0; v <= graph->value_count; v++) {
        size_t count = first[v];
        first[v] = sum;
        sum += count;
    }
}

/* Fills the uses; first[v] is moved to the end of v's, and back. */
static void put_uses(const tw_net_graph *graph, tw_net_links *links) {
    for (size_t n = 0; n < graph->node_count; n++)
        for (size_t i = 0; i < graph->nodes[n].input_count; i++)
            if (graph->nodes[n].inputs[i] != TW_NET_NONE)
                links->uses[links->first[graph->nodes[n].inputs[i]]++] = (tw_net_use){n, i};
    for (size_t v = graph->value_count; v > 0; v--)
        links->first[v] = links->first[v - 1];
    links->first[0] = 0;
}

static void put_makers(const tw_net_graph *graph, size_t *makers) {
    for (size_t v = 0; v < graph->value_count; v++)
        makers[v] = TW_NET_NONE;
    for (size_t n = 0; n < graph->node_count; n++)
        for (size_t o = 0; o < graph->nodes[n].output_count; o++)
            if (graph->nodes[n].outputs[o] != TW_NET_NONE)
                makers[graph->nodes[n].outputs[o]] = n;
}

tw_status tw_net_links_make(const tw_net_graph *graph, tw_net_links *out) {
    size_t count = 0;
    for (size_t n = 0; n < graph->node_count; n++)
        count += graph->nodes[n].input_count;
    *out = (tw_net_links){.makers = calloc(graph->value_count + 1, sizeof *out->makers),
                          .first = calloc(graph->value_count + 2, sizeof *out->first),
                          .uses = calloc(count + 1, sizeof *out->uses)};
    if (out->makers == NULL || out->first == NULL || out->uses == NULL) {
        tw_net_links_release(out);
        return tw_fail(TW_ERR_MEMORY, "%s: not enough memory for a network", graph->name);
    }
    put_makers(graph, out->makers);
    count_uses(graph, out->first);
    put_uses(graph, out);
    return TW_OK;
}

void tw_net_links_release(tw_net_links *links) {
    free(links->makers);
    free(links->first);
    free(links->uses);
    *links = (tw_net_links){0};
}
