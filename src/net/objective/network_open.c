/* From a name to a network. */
#include "core/versioned.h"
#include "net/known/known.h"
#include "net/objective/network_private.h"

const char *tw_network_name(size_t index) {
    return tw_net_known_name(index);
}

tw_status tw_network_open(const char *spec, const tw_network_open_options *options,
                          tw_network **out) {
    tw_network_open_options taken;
    tw_net_graph *graph = NULL;
    *out = NULL;
    tw_status status = TW_TAKE(tw_network_open_options, seed, &taken, options);
    const tw_net_known_options known = {
        .classes = taken.classes, .channels = taken.channels, .seed = taken.seed};
    if (status == TW_OK)
        status = tw_net_known_graph(spec, &known, &graph);
    return status == TW_OK ? tw_network_of_graph(graph, out) : status;
}
