#include "net/onnx/onnx_roles.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "net/graph/net_links.h"

/* What a use of a constant says of it, by weight: the heaviest of its uses holds. */
typedef enum use { NOT_TRAINED, STATISTICS, SHIFT, SCALE, MATRIX } use;

typedef struct verdict {
    use use;
    int axis; /* of the constant itself: the outputs' channels; -1: not told */
} verdict;

typedef struct roles {
    tw_net_graph *graph;
    tw_net_links links;
    unsigned char *fixed; /* by value: has to be known when the network is built, or normalises the
                             input */
} roles;

static int is(const tw_net_node *node, const char *op) {
    return strcmp(node->op, op) == 0 && node->domain[0] == '\0';
}

static int is_one_of(const tw_net_node *node, const char *const *ops) {
    for (; *ops != NULL; ops++)
        if (is(node, *ops))
            return 1;
    return 0;
}

/* How many axes are longer than 1. */
static size_t long_axes(const tw_net_shape *shape) {
    size_t count = 0;
    for (size_t axis = 0; axis < shape->rank; axis++)
        count += shape->size[axis] > 1;
    return count;
}

/* ---- numbers that have to be known ---- */

/* Operators, and the first of their inputs that says sizes, bounds or the like. */
static const struct {
    const char *op;
    size_t first;
} sizes[] = {
    {"Reshape", 1},   {"Resize", 1},    {"Upsample", 1},  {"Expand", 1},    {"Tile", 1},
    {"Pad", 1},       {"Slice", 1},     {"Clip", 1},      {"Range", 0},     {"ConstantOfShape", 0},
    {"Dropout", 1},   {"Squeeze", 1},   {"Unsqueeze", 1}, {"ReduceSum", 1}, {"ReduceMean", 1},
    {"ReduceMax", 1}, {"ReduceMin", 1}, {"Split", 1},     {"TopK", 1},      {"OneHot", 1},
};

static size_t first_size(const tw_net_node *node) {
    for (size_t k = 0; k < sizeof sizes / sizeof sizes[0]; k++)
        if (is(node, sizes[k].op))
            return sizes[k].first;
    return SIZE_MAX;
}

/* Marks the constants that such inputs are made of, from the last node to the first. What asks for
 * shapes alone depends on no numbers. */
static void mark_sizes(roles *r) {
    for (size_t n = r->graph->node_count; n-- > 0;) {
        const tw_net_node *node = &r->graph->nodes[n];
        size_t first = first_size(node);
        for (size_t o = 0; o < node->output_count; o++)
            if (node->outputs[o] != TW_NET_NONE && r->fixed[node->outputs[o]])
                first = 0;
        if (is(node, "Shape") || is(node, "Size"))
            continue;
        for (size_t i = first; i < node->input_count; i++)
            if (node->inputs[i] != TW_NET_NONE &&
                r->graph->values[node->inputs[i]].kind != TW_NET_INPUT)
                r->fixed[node->inputs[i]] = 1;
    }
}

/* ---- a normalisation of the input ---- */

static int is_single(const tw_net_tensor *tensor) {
    return tw_net_shape_count(&tensor->shape) == 1;
}

/* The constants of an operator that normalises what it gets: at most one number a channel. */
static size_t normaliser(const roles *r, const tw_net_node *node, size_t data) {
    static const char *const ops[] = {"Sub", "Div", "Mul", "Add", NULL};
    if (!is_one_of(node, ops) || node->input_count != 2)
        return TW_NET_NONE;
    size_t other = node->inputs[node->inputs[0] == data ? 1 : 0];
    if (other == TW_NET_NONE || r->graph->values[other].kind != TW_NET_KNOWN ||
        tw_net_shape_count(&r->graph->values[other].tensor.shape) > 4)
        return TW_NET_NONE;
    return other;
}

static tw_status note_step(char **text, const tw_net_graph *graph, const tw_net_node *node,
                           size_t constant) {
    const tw_net_tensor *tensor = &graph->values[constant].tensor;
    char *longer;
    int length =
        asprintf(&longer, "%s%s%s %.4g%s", *text != NULL ? *text : "", *text != NULL ? ", " : "",
                 node->op, tensor->numbers[0], is_single(tensor) ? "" : " ...");
    if (length < 0)
        return tw_fail(TW_ERR_MEMORY, "%s: not enough memory for a note", graph->name);
    free(*text);
    *text = longer;
    return TW_OK;
}

/* Follows the data from the input as long as they are only moved and normalised. */
static tw_status find_normalisation(roles *r) {
    static const char *const moves[] = {"Transpose", "Cast",    "Identity",
                                        "Reshape",   "Flatten", NULL};
    size_t data = r->graph->input;
    char *text = NULL;
    tw_status status = TW_OK;
    for (size_t n = 0; n < r->graph->node_count && status == TW_OK; n++) {
        const tw_net_node *node = &r->graph->nodes[n];
        int takes = node->input_count > 0 && node->output_count > 0 &&
                    (node->inputs[0] == data || (node->input_count > 1 && node->inputs[1] == data));
        if (!takes || is(node, "Shape"))
            continue;
        size_t constant = normaliser(r, node, data);
        if (constant != TW_NET_NONE) {
            r->fixed[constant] = 1;
            status = note_step(&text, r->graph, node, constant);
        } else if (!is_one_of(node, moves))
            break;
        data = node->outputs[0];
    }
    r->graph->normalizes = text != NULL;
    if (status == TW_OK && text != NULL)
        status = tw_net_graph_note(r->graph, "the graph normalises its input itself: %s", text);
    free(text);
    return status;
}

/* ---- what the operators say ---- */

/* Where the outputs of a product are among the axes of its operand `input`, of that rank. */
static int product_axis(const tw_net_node *node, size_t input, size_t rank) {
    if (rank < 2)
        return 0;
    if (is(node, "MatMul"))
        return (int)rank - (input == 0 ? 2 : 1);
    int transposed = tw_net_node_number(node, input == 0 ? "transA" : "transB", 0) != 0;
    return input == 0 ? transposed : !transposed;
}

static int gives(const roles *r, size_t value, const char *const *ops) {
    size_t maker = value == TW_NET_NONE ? TW_NET_NONE : r->links.makers[value];
    return maker != TW_NET_NONE && is_one_of(&r->graph->nodes[maker], ops);
}

/* A constant that is added to or multiplied with something. One number alone is a constant of a
 * formula, unless it stands behind a product of one output. */
static verdict of_arithmetic(const roles *r, const tw_net_node *node, size_t input,
                             const tw_net_shape *shape) {
    static const char *const products[] = {"MatMul", "Gemm", "Conv", "ConvTranspose", NULL};
    static const char *const scales[] = {"Mul", "Div", NULL};
    size_t other = node->inputs[input == 0 ? 1 : 0];
    int scaled = is(node, "Mul") || is(node, "Div");
    if (tw_net_shape_count(shape) == 1 &&
        (shape->rank == 0 || scaled || !gives(r, other, products)))
        return (verdict){NOT_TRAINED, -1};
    if (long_axes(shape) > 1)
        return (verdict){MATRIX, -1};
    /* the shift of a normalisation that is spelt out stands behind its scale */
    return (verdict){scaled || gives(r, other, scales) ? SCALE : SHIFT, -1};
}

static verdict of_norm(const tw_net_node *node, size_t input) {
    return (verdict){input > 2 ? STATISTICS : SCALE, -1};
}

/* What input `input` of a node is to it; `shape` as it is there. */
static verdict use_of(const roles *r, const tw_net_node *node, size_t input,
                      const tw_net_shape *shape) {
    static const char *const norms[] = {"BatchNormalization", "LayerNormalization",
                                        "InstanceNormalization", "GroupNormalization", NULL};
    static const char *const arithmetic[] = {"Add", "Sub", "Mul", "Div", NULL};
    static const char *const untrained[] = {"Pow",
                                            "Max",
                                            "Min",
                                            "Equal",
                                            "Less",
                                            "Greater",
                                            "LessOrEqual",
                                            "GreaterOrEqual",
                                            "Where",
                                            "CastLike",
                                            "SoftmaxCrossEntropyLoss",
                                            "NegativeLogLikelihoodLoss",
                                            NULL};
    if (is(node, "Conv") || is(node, "ConvTranspose"))
        return input == 1   ? (verdict){MATRIX, is(node, "ConvTranspose")}
               : input == 2 ? (verdict){SHIFT, -1}
                            : (verdict){MATRIX, -1};
    if (is(node, "Gemm") && input == 2)
        return (verdict){SHIFT, -1};
    if (is(node, "Gemm") || is(node, "MatMul"))
        return (verdict){MATRIX, product_axis(node, input, shape->rank)};
    if (is_one_of(node, norms) && input > 0)
        return of_norm(node, input);
    if (is(node, "PRelu") && input == 1)
        return (verdict){SHIFT, -1};
    if (is_one_of(node, arithmetic) && node->input_count == 2)
        return of_arithmetic(r, node, input, shape);
    if (tw_net_shape_count(shape) == 1 || is_one_of(node, untrained))
        return (verdict){NOT_TRAINED, -1};
    return (verdict){long_axes(shape) > 1 ? MATRIX : SHIFT, -1};
}

/* ---- through operators that only move ---- */

/* The axis before a Transpose that became `axis`; -1: there is none. */
static int before_transpose(const tw_net_node *node, size_t rank, int axis) {
    const tw_net_attribute *order = tw_net_node_find(node, "perm");
    if (order == NULL || order->kind != TW_NET_ATTRIBUTE_INTS)
        return (int)rank - 1 - axis;
    return order->count == rank && order->numbers[axis] >= 0 && order->numbers[axis] < (int64_t)rank
               ? (int)order->numbers[axis]
               : -1;
}

static tw_net_shape transposed(const tw_net_node *node, const tw_net_shape *shape) {
    tw_net_shape moved = *shape;
    for (size_t axis = 0; axis < shape->rank; axis++) {
        int from = before_transpose(node, shape->rank, (int)axis);
        moved.size[axis] = from < 0 ? 1 : shape->size[from];
    }
    return moved;
}

/* A stand-in for the shape behind a reshape, whose target is not known here: a vector stays one,
 * and the rest is taken for a matrix of the last axis's columns. */
static tw_net_shape reshaped(const tw_net_shape *shape) {
    size_t last = shape->rank > 0 ? shape->rank - 1 : 0;
    if (long_axes(shape) <= 1)
        return (tw_net_shape){.rank = 1, .size = {tw_net_shape_count(shape)}};
    return (tw_net_shape){.rank = 2,
                          .size = {tw_net_shape_span(shape, 0, last), shape->size[last]}};
}

static verdict uses_of(const roles *r, size_t value, const tw_net_shape *shape, int depth);

static verdict behind_move(const roles *r, const tw_net_node *node, const tw_net_shape *shape,
                           int depth) {
    int turns = is(node, "Transpose"), stays = is(node, "Identity") || is(node, "Cast");
    tw_net_shape moved = turns ? transposed(node, shape) : stays ? *shape : reshaped(shape);
    verdict v = uses_of(r, node->outputs[0], &moved, depth + 1);
    if (v.axis <= 0 && !turns)
        return v;
    if (v.axis >= 0 && turns)
        v.axis = (size_t)v.axis < shape->rank ? before_transpose(node, shape->rank, v.axis) : -1;
    else if (!stays)
        v.axis = (size_t)v.axis + 1 == moved.rank ? (int)shape->rank - 1 : -1;
    return v;
}

/* The heaviest use of a value that is a constant, moved by operators so far to `shape`. */
static verdict uses_of(const roles *r, size_t value, const tw_net_shape *shape, int depth) {
    static const char *const moves[] = {"Transpose", "Reshape",  "Unsqueeze", "Squeeze",
                                        "Flatten",   "Identity", "Cast",      NULL};
    verdict most = {NOT_TRAINED, -1};
    for (size_t u = r->links.first[value]; u < r->links.first[value + 1] && depth < 8; u++) {
        const tw_net_node *node = &r->graph->nodes[r->links.uses[u].node];
        size_t input = r->links.uses[u].input;
        int moved = input == 0 && is_one_of(node, moves) && node->output_count > 0 &&
                    node->outputs[0] != TW_NET_NONE;
        verdict v = moved ? behind_move(r, node, shape, depth) : use_of(r, node, input, shape);
        if (v.use > most.use)
            most = v;
    }
    return most;
}

/* ---- parameters ---- */

static tw_role role_of(use heaviest) {
    return heaviest == MATRIX  ? TW_ROLE_WEIGHT
           : heaviest == SCALE ? TW_ROLE_NORM
           : heaviest == SHIFT ? TW_ROLE_BIAS
                               : TW_ROLE_BUFFER;
}

static void make_parameter(tw_net_value *value, verdict v) {
    value->kind = TW_NET_PARAMETER;
    value->role = role_of(v.use);
    value->filter_axis = v.axis > 0 && (size_t)v.axis < value->tensor.shape.rank ? v.axis : 0;
}

static int by_name(const void *a, const void *b) {
    return strcmp((*(tw_net_value *const *)a)->name, (*(tw_net_value *const *)b)->name);
}

/* Appends numbers to names that stand for several parameters. */
static tw_status make_unique(tw_net_graph *graph) {
    tw_net_value **sorted = calloc(graph->value_count + 1, sizeof *sorted);
    size_t count = 0, same = 0;
    tw_status status =
        sorted == NULL ? tw_fail(TW_ERR_MEMORY, "%s: not enough memory", graph->name) : TW_OK;
    for (size_t v = 0; v < graph->value_count && status == TW_OK; v++)
        if (graph->values[v].kind == TW_NET_PARAMETER)
            sorted[count++] = &graph->values[v];
    if (count > 0)
        qsort(sorted, count, sizeof *sorted, by_name);
    for (size_t k = 1; k < count && status == TW_OK; k++) {
        char *name = NULL;
        same = by_name(&sorted[k - 1 - same], &sorted[k]) == 0 ? same + 1 : 0;
        if (same == 0)
            continue;
        if (asprintf(&name, "%s#%zu", sorted[k]->name, same + 1) < 0)
            status = tw_fail(TW_ERR_MEMORY, "%s: not enough memory", graph->name);
        else {
            free(sorted[k]->name);
            sorted[k]->name = name;
        }
    }
    free(sorted);
    return status;
}

static void assign(roles *r) {
    for (size_t v = 0; v < r->graph->value_count; v++) {
        tw_net_value *value = &r->graph->values[v];
        const tw_net_tensor *tensor = &value->tensor;
        if (value->kind != TW_NET_KNOWN || r->fixed[v] || !tw_net_type_real(tensor->type) ||
            tw_net_shape_count(&tensor->shape) == 0)
            continue;
        verdict found = uses_of(r, v, &tensor->shape, 0);
        if (found.use != NOT_TRAINED)
            make_parameter(value, found);
    }
}

tw_status tw_net_onnx_assign_roles(tw_net_graph *graph) {
    roles r = {.graph = graph};
    tw_status status = tw_net_links_make(graph, &r.links);
    if (status != TW_OK)
        return status;
    r.fixed = calloc(graph->value_count + 1, 1);
    if (r.fixed == NULL)
        status = tw_fail(TW_ERR_MEMORY, "%s: not enough memory for a network", graph->name);
    if (status == TW_OK) {
        mark_sizes(&r);
        status = find_normalisation(&r);
    }
    if (status == TW_OK) {
        assign(&r);
        status = make_unique(graph);
    }
    free(r.fixed);
    tw_net_links_release(&r.links);
    return status;
}
