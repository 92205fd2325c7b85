/* The parameters of a graph as a space. */
#include <stdlib.h>

#include "net/graph/net_uses.h"

tw_status tw_net_graph_space(const tw_net_graph *graph, tw_space **out) {
    tw_space *space;
    tw_block_use *uses = calloc(graph->value_count + 1, sizeof *uses);
    tw_status status = tw_space_new(&space);
    if (status == TW_OK)
        status = uses != NULL ? tw_net_uses(graph, uses)
                              : tw_fail(TW_ERR_MEMORY, "not enough memory for a network");
    for (size_t i = 0; i < graph->value_count && status == TW_OK; i++) {
        const tw_net_value *value = &graph->values[i];
        if (value->kind != TW_NET_PARAMETER)
            continue;
        tw_block block = {.name = value->name,
                          .rank = (int)value->tensor.shape.rank,
                          .role = value->role,
                          .filter_axis = value->filter_axis,
                          .use = uses[i]};
        if (block.rank > TW_MAX_RANK)
            status = tw_fail(TW_ERR_UNSUPPORTED, "%s: parameter '%s' has %d axes; %d are the most",
                             graph->name, value->name, block.rank, TW_MAX_RANK);
        for (int axis = 0; axis < block.rank && status == TW_OK; axis++)
            block.shape[axis] = value->tensor.shape.size[axis];
        if (status == TW_OK)
            status = tw_space_add(space, &block);
    }
    free(uses);
    if (status != TW_OK) {
        tw_space_free(space);
        return status;
    }
    *out = space;
    return TW_OK;
}
