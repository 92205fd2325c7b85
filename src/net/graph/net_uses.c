#include "net/graph/net_uses.h"

#include <stdlib.h>
#include <string.h>

#include "core/alloc.h"
#include "net/graph/net_links.h"

enum { FAR = 100, LOOK_BACK = 64 };

/* A layer, and its weight. */
typedef struct layer {
    size_t node, weight;
} layer;

typedef struct finder {
    const tw_net_graph *graph;
    tw_net_links links;
    size_t *layer_of;  /* by value: 1 and the layer that gives it, but for a bias; 0: none */
    unsigned char *on; /* by value: depends on the layer that is looked at */
    layer *layers;
    size_t count;
    tw_block_use *out;
} finder;

static int is(const tw_net_node *node, const char *op) {
    return node->domain[0] == '\0' && strcmp(node->op, op) == 0;
}

static int is_reshaping(const tw_net_node *node) {
    return is(node, "Reshape") || is(node, "Squeeze") || is(node, "Unsqueeze") ||
           is(node, "Flatten");
}

static size_t input_of(const tw_net_node *node, size_t index) {
    return index < node->input_count ? node->inputs[index] : TW_NET_NONE;
}

/* The parameter behind a value, or TW_NET_NONE; axes[k] becomes that of its axes which is axis k of
 * the value. */
static size_t behind(const finder *f, size_t value, int reshaped, int axes[TW_MAX_RANK]) {
    int order[TW_MAX_RANK] = {0, 1, 2, 3};
    for (int steps = 0; value != TW_NET_NONE && steps < FAR; steps++) {
        if (f->graph->values[value].kind == TW_NET_PARAMETER) {
            memcpy(axes, order, sizeof order);
            return f->graph->values[value].tensor.shape.rank <= TW_MAX_RANK ? value : TW_NET_NONE;
        }
        size_t maker = f->links.makers[value];
        if (maker == TW_NET_NONE)
            break;
        const tw_net_node *node = &f->graph->nodes[maker];
        const tw_net_attribute *perm =
            is(node, "Transpose") ? tw_net_node_find(node, "perm") : NULL;
        if (perm != NULL && perm->count <= TW_MAX_RANK) {
            for (int k = 0; k < TW_MAX_RANK; k++)
                if (order[k] < (int)perm->count && perm->numbers[order[k]] >= 0 &&
                    perm->numbers[order[k]] < TW_MAX_RANK)
                    order[k] = (int)perm->numbers[order[k]];
        } else if (is(node, "Transpose") && perm == NULL) {
            int swapped[TW_MAX_RANK] = {1, 0, 2, 3}; /* of matrices alone, as is checked below */
            for (int k = 0; k < TW_MAX_RANK; k++)
                order[k] = swapped[order[k]];
        } else if (!is(node, "Identity") && !(reshaped && is_reshaping(node))) {
            break;
        }
        value = input_of(node, 0);
    }
    return TW_NET_NONE;
}

static size_t give(finder *f, size_t value, tw_part part, int turned) {
    int axes[TW_MAX_RANK];
    int is_bias = part == TW_PART_BIAS;
    size_t parameter = behind(f, value, is_bias, axes);
    if (parameter == TW_NET_NONE || f->out[parameter].part != TW_PART_OTHER)
        return TW_NET_NONE;
    tw_block_use *use = &f->out[parameter];
    use->part = part;
    use->layer = f->count;
    for (int k = 0; k < TW_MAX_RANK; k++)
        use->axes[k] = axes[turned && k < 2 ? 1 - k : k];
    return parameter;
}

/* ---- layers that might be one another's ---- */

/* Marks what depends on the output of node `from`, up to node `to`, and tells whether that does. */
static int depends(finder *f, size_t from, size_t to) {
    const tw_net_graph *graph = f->graph;
    int found = 0;
    memset(f->on, 0, graph->value_count);
    for (size_t n = from; n <= to; n++) {
        const tw_net_node *node = &graph->nodes[n];
        found = n == from;
        for (size_t i = 0; i < node->input_count && !found; i++)
            found = node->inputs[i] != TW_NET_NONE && f->on[node->inputs[i]];
        for (size_t o = 0; o < node->output_count && found; o++)
            if (node->outputs[o] != TW_NET_NONE)
                f->on[node->outputs[o]] = 1;
    }
    return found;
}

static int same_shape(const finder *f, size_t a, size_t b) {
    return tw_net_shape_same(&f->graph->values[a].tensor.shape,
                             &f->graph->values[b].tensor.shape) &&
           f->out[a].part == f->out[b].part;
}

/* The last layer before of the same shape: where this one does not depend on it, nothing but a name
 * tells which is which. */
static void look_beside(finder *f, size_t node, size_t weight) {
    size_t looked = 0;
    for (size_t k = f->count; k-- > 0 && looked++ < LOOK_BACK;)
        if (same_shape(f, f->layers[k].weight, weight)) {
            f->out[weight].beside = !depends(f, f->layers[k].node, node);
            return;
        }
}

/* ---- nodes ---- */

static void find_layer(finder *f, size_t n) {
    static const tw_part norm[] = {TW_PART_SCALE, TW_PART_SHIFT, TW_PART_MEAN, TW_PART_VARIANCE};
    const tw_net_node *node = &f->graph->nodes[n];
    size_t weight = TW_NET_NONE;
    if (is(node, "Conv") || is(node, "ConvTranspose"))
        weight = give(f, input_of(node, 1), TW_PART_WEIGHT, 0);
    else if (is(node, "Gemm"))
        weight =
            give(f, input_of(node, 1), TW_PART_WEIGHT, tw_net_node_number(node, "transB", 0) == 0);
    else if (is(node, "MatMul"))
        weight = give(f, input_of(node, 1), TW_PART_WEIGHT, 1);
    if (weight != TW_NET_NONE && !is(node, "MatMul"))
        give(f, input_of(node, 2), TW_PART_BIAS, 0);
    if (strstr(node->op, "Normalization") != NULL)
        for (size_t i = 0; i < 4; i++) {
            size_t found = give(f, input_of(node, i + 1), norm[i], 0);
            weight = i == 0 ? found : weight;
            if (weight == TW_NET_NONE)
                break;
        }
    if (weight == TW_NET_NONE)
        return;
    look_beside(f, n, weight);
    f->layers[f->count++] = (layer){n, weight};
    if (node->output_count > 0 && node->outputs[0] != TW_NET_NONE)
        f->layer_of[node->outputs[0]] = f->count;
}

/* What is added to a layer's output first. */
static void find_bias(finder *f, const tw_net_node *node) {
    for (size_t i = 0; i < 2 && node->input_count == 2; i++) {
        size_t value = node->inputs[i], count = f->count;
        if (value == TW_NET_NONE || f->layer_of[value] == 0)
            continue;
        f->count = f->layer_of[value] - 1;
        give(f, node->inputs[1 - i], TW_PART_BIAS, 0);
        f->count = count;
        return;
    }
}

static void pass_on(finder *f, const tw_net_node *node) {
    if ((is(node, "Identity") || is(node, "Transpose") || is_reshaping(node)) &&
        input_of(node, 0) != TW_NET_NONE && node->output_count > 0 &&
        node->outputs[0] != TW_NET_NONE)
        f->layer_of[node->outputs[0]] = f->layer_of[node->inputs[0]];
}

tw_status tw_net_uses(const tw_net_graph *graph, tw_block_use *out) {
    finder f = {.graph = graph, .out = out};
    tw_status status = tw_net_links_make(graph, &f.links);
    f.layer_of = tw_alloc(graph->value_count, sizeof *f.layer_of);
    f.on = tw_alloc(graph->value_count, 1);
    f.layers = tw_alloc(graph->node_count, sizeof *f.layers);
    if (status == TW_OK && (f.layer_of == NULL || f.on == NULL || f.layers == NULL))
        status = tw_fail(TW_ERR_MEMORY, "%s: not enough memory for a network", graph->name);
    for (size_t n = 0; n < graph->node_count && status == TW_OK; n++) {
        find_layer(&f, n);
        if (is(&graph->nodes[n], "Add"))
            find_bias(&f, &graph->nodes[n]);
        pass_on(&f, &graph->nodes[n]);
    }
    tw_net_links_release(&f.links);
    free(f.layer_of);
    free(f.on);
    free(f.layers);
    return status;
}
