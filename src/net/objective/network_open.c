/* From a name, or a file, to a network. */
#include "core/versioned.h"
#include "net/known/known.h"
#include "net/objective/network_private.h"
#include "net/onnx/onnx.h"

const char *tw_network_name(size_t index) {
    return tw_net_known_name(index);
}

int tw_network_known(const char *spec) {
    return tw_net_known_takes(spec);
}

static tw_net_onnx_scores scores_of(tw_network_outputs outputs) {
    return outputs == TW_NETWORK_LOGITS          ? TW_NET_ONNX_LOGITS
           : outputs == TW_NETWORK_PROBABILITIES ? TW_NET_ONNX_PROBABILITIES
                                                 : TW_NET_ONNX_FOUND;
}

tw_status tw_network_open(const char *spec, const tw_network_open_options *options,
                          tw_network **out) {
    tw_network_open_options taken;
    tw_net_graph *graph = NULL;
    *out = NULL;
    tw_status status = TW_TAKE(tw_network_open_options, outputs, &taken, options);
    const tw_net_known_options known = {
        .classes = taken.classes, .channels = taken.channels, .seed = taken.seed};
    const tw_net_onnx_options file = {.output = taken.output, .scores = scores_of(taken.outputs)};
    if (status == TW_OK && tw_net_known_takes(spec))
        status = tw_net_known_graph(spec, &known, &graph);
    else if (status == TW_OK)
        status = tw_net_onnx_read(spec, &file, &graph);
    if (status == TW_OK)
        status = tw_network_of_graph(graph, out);
    if (status == TW_OK)
        (*out)->prepared = tw_net_known_prepared(spec);
    return status;
}
