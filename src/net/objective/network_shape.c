/* What a sample is at the input of a network, and what one costs. */
#include <stdio.h>
#include <string.h>

#include "core/versioned.h"
#include "net/objective/network_private.h"
#include "net/operator/net_build.h"

static int is_colors(int64_t size) {
    return size == 1 || size == 3;
}

/* Whether an image's channels come last. */
static int last_of(const tw_net_value *input, tw_network_layout layout) {
    if (layout != TW_NETWORK_BY_SHAPE)
        return layout == TW_NETWORK_NHWC;
    return input->rank == 4 && is_colors(input->sizes[3]) && !is_colors(input->sizes[1]);
}

static size_t declared(const tw_net_value *input, size_t axis, size_t otherwise) {
    int64_t size = input->rank < 0 ? -1 : input->sizes[axis];
    return size < 0 ? otherwise : (size_t)size;
}

static tw_status fail_open(const tw_network *network, size_t features) {
    const tw_net_value *input = &network->graph->values[network->graph->input];
    char text[128] = "", size[24];
    for (int axis = 1; axis < input->rank; axis++) {
        snprintf(size, sizeof size, "%s%lld", axis > 1 ? " x " : "", (long long)input->sizes[axis]);
        strncat(text, size, sizeof text - strlen(text) - 1);
    }
    return tw_fail(TW_ERR_SHAPE,
                   "%s: a sample at its input '%s' is of %s numbers%s, the data's are of %zu%s",
                   network->graph->name, input->name, text[0] == '\0' ? "no" : text,
                   strchr(text, '-') != NULL ? " (-1: any)" : "", features,
                   features == 0 ? "; give data" : "");
}

/* An image of four axes: what is declared, and else the data's. */
static tw_status find_image(const tw_network *network, const size_t sizes[3],
                            tw_network_input *out) {
    const tw_net_value *input = &network->graph->values[network->graph->input];
    int last = out->channels_last;
    out->channels = declared(input, last ? 3 : 1, sizes[0]);
    out->height = declared(input, last ? 1 : 2, sizes[1]);
    out->width = declared(input, last ? 2 : 3, sizes[2]);
    out->sample = last ? (tw_net_shape){3, {out->height, out->width, out->channels}}
                       : (tw_net_shape){3, {out->channels, out->height, out->width}};
    return out->channels * out->height * out->width == 0
               ? fail_open(network, tw_net_shape_count(&out->sample))
               : TW_OK;
}

/* So many numbers, in whatever shape: one axis may be open. */
static tw_status find_numbers(const tw_network *network, size_t features, tw_network_input *out) {
    const tw_net_value *input = &network->graph->values[network->graph->input];
    size_t known = 1, open = 0;
    out->sample.rank = input->rank < 0 ? 1 : (size_t)input->rank - 1;
    for (size_t axis = 0; axis < out->sample.rank; axis++) {
        size_t size = declared(input, axis + 1, 0);
        out->sample.size[axis] = size;
        open += size == 0;
        known *= size > 0 ? size : 1;
    }
    for (size_t axis = 0; axis < out->sample.rank && open == 1; axis++)
        if (out->sample.size[axis] == 0)
            out->sample.size[axis] = features / known;
    size_t count = tw_net_shape_count(&out->sample);
    return count == 0 || (features > 0 && count != features) ? fail_open(network, features) : TW_OK;
}

tw_status tw_network_find_input(const tw_network *network, tw_network_layout layout,
                                const size_t sizes[3], size_t features, tw_network_input *out) {
    const tw_net_value *input = &network->graph->values[network->graph->input];
    *out = (tw_network_input){.channels_last = last_of(input, layout)};
    if (input->rank == 0)
        return fail_open(network, features);
    if (input->rank == 4 || (input->rank < 0 && sizes[0] > 0))
        return find_image(network, sizes, out);
    return find_numbers(network, features, out);
}

tw_status tw_network_work(const tw_network *network, const size_t sizes[3], double *work,
                          size_t *outputs) {
    tw_network_input input;
    tw_net_program *program = NULL;
    tw_status status = tw_network_find_input(network, TW_NETWORK_BY_SHAPE, sizes,
                                             sizes[0] * sizes[1] * sizes[2], &input);
    const tw_net_build_options options = {.batch = 1, .sample = input.sample};
    if (status == TW_OK)
        status = tw_net_build(network->graph, &options, &program);
    if (status != TW_OK)
        return status;
    *work = tw_net_program_work(program);
    *outputs = tw_net_shape_count(&program->edges[program->output].shape);
    tw_net_program_free(program);
    return TW_OK;
}
