#include "net/onnx/onnx_skeleton.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* What inlining functions may make of a file at most: a few hundred bytes could stand for anything
 * otherwise. */
enum { MOST_NODES = 1 << 18, MOST_LINKS = 1 << 22, MOST_TEXT = 1 << 28, MOST_PREFIX = 1024 };

static tw_status out_of_memory(const tw_net_onnx_skeleton *skeleton) {
    return tw_fail(TW_ERR_MEMORY, "%s: not enough memory for a network", skeleton->graph->name);
}

/* Room for one more in an array that doubles. */
static tw_status make_room(const tw_net_onnx_skeleton *skeleton, void **array, size_t count,
                           size_t element) {
    if (count > 0 && (count & (count - 1)) != 0)
        return TW_OK;
    void *larger = reallocarray(*array, count == 0 ? 1 : 2 * count, element);
    if (larger == NULL)
        return out_of_memory(skeleton);
    *array = larger;
    return TW_OK;
}

/* Counts text that is copied. */
static tw_status charge(tw_net_onnx_skeleton *skeleton, size_t length) {
    if (length > MOST_TEXT || (skeleton->text += length) > MOST_TEXT)
        return tw_fail(TW_ERR_UNSUPPORTED, "%s: its names are too long", skeleton->graph->name);
    return TW_OK;
}

/* ---- values ---- */

/* Adds a value of the kind, whose tensor comes later. */
static tw_status add_value(tw_net_onnx_skeleton *skeleton, tw_net_value_kind kind,
                           const char *prefix, const char *name, const Onnx__TensorProto *tensor,
                           size_t *value) {
    char *full;
    tw_status status = charge(skeleton, strlen(prefix) + strlen(name));
    if (status != TW_OK)
        return status;
    if (asprintf(&full, "%s%s", prefix, name) < 0)
        return out_of_memory(skeleton);
    status = make_room(skeleton, (void **)&skeleton->tensors, skeleton->graph->value_count,
                       sizeof(void *));
    if (status == TW_OK)
        status = tw_net_graph_result(skeleton->graph, full, value);
    free(full);
    if (status != TW_OK)
        return status;
    skeleton->graph->values[*value].kind = kind;
    skeleton->tensors[*value] = tensor;
    return TW_OK;
}

static tw_status add_named(tw_net_onnx_skeleton *skeleton, tw_net_onnx_scope *scope,
                           tw_net_value_kind kind, const char *name,
                           const Onnx__TensorProto *tensor) {
    size_t value = TW_NET_NONE;
    tw_status status = add_value(skeleton, kind, scope->prefix, name, tensor, &value);
    return status == TW_OK ? tw_net_onnx_names_add(&scope->names, name, value) : status;
}

/* The value that an input's name stands for. */
static tw_status resolve(tw_net_onnx_skeleton *skeleton, const tw_net_onnx_scope *scope,
                         const char *name, size_t *value) {
    *value = TW_NET_NONE;
    if (name[0] == '\0')
        return TW_OK;
    const tw_net_onnx_name *found = tw_net_onnx_names_find(&scope->names, name);
    if (found == NULL)
        return add_value(skeleton, TW_NET_RESULT, scope->prefix, name, NULL, value);
    *value = found->value;
    return TW_OK;
}

void tw_net_onnx_declare(const Onnx__TypeProto *type, tw_net_value *value) {
    value->rank = -1;
    if (type == NULL || type->value_case != ONNX__TYPE_PROTO__VALUE_TENSOR_TYPE)
        return;
    const Onnx__TypeProto__Tensor *tensor = type->tensor_type;
    value->type = (tw_net_type)tensor->elem_type;
    if (tensor->shape == NULL || tensor->shape->n_dim > TW_NET_RANK)
        return;
    value->rank = (int)tensor->shape->n_dim;
    for (size_t axis = 0; axis < tensor->shape->n_dim; axis++) {
        const Onnx__TensorShapeProto__Dimension *size = tensor->shape->dim[axis];
        int said = size->value_case == ONNX__TENSOR_SHAPE_PROTO__DIMENSION__VALUE_DIM_VALUE &&
                   size->dim_value > 0; /* some exporters write 0 or -1 for any */
        value->sizes[axis] = said ? size->dim_value : -1;
    }
}

/* ---- nodes ---- */

static tw_status add_node(tw_net_onnx_skeleton *skeleton, const tw_net_onnx_scope *scope,
                          const Onnx__NodeProto *node, const size_t *links) {
    tw_net_graph *graph = skeleton->graph;
    const char *domain = tw_net_onnx_domain(node), *name = tw_net_onnx_text(node->name);
    tw_net_node *added = NULL;
    tw_status status = charge(skeleton, strlen(scope->prefix) + strlen(name) + strlen(domain) +
                                            strlen(tw_net_onnx_text(node->op_type)));
    if (status == TW_OK)
        status = make_room(skeleton, (void **)&skeleton->places, graph->node_count,
                           sizeof *skeleton->places);
    if (status == TW_OK)
        status = tw_net_graph_node(graph, tw_net_onnx_text(node->op_type), domain,
                                   tw_net_onnx_opset(scope, domain), node->n_input, links,
                                   node->n_output, links + node->n_input, &added);
    if (status != TW_OK)
        return status;
    skeleton->places[graph->node_count - 1] = (tw_net_onnx_place){node, scope};
    if (name[0] == '\0' && node->n_output > 0)
        name = node->output[0];
    free(added->name);
    return asprintf(&added->name, "%s%s", scope->prefix, name) < 0
               ? (added->name = NULL, out_of_memory(skeleton))
               : TW_OK;
}

static tw_status add_nodes(tw_net_onnx_skeleton *skeleton, tw_net_onnx_scope *scope, size_t count,
                           Onnx__NodeProto *const *nodes);

/* y = x, for a function that gives one of its inputs. */
static tw_status add_identity(tw_net_onnx_skeleton *skeleton, const tw_net_onnx_scope *scope,
                              size_t from, size_t to) {
    static const Onnx__NodeProto identity = ONNX__NODE_PROTO__INIT;
    tw_net_graph *graph = skeleton->graph;
    tw_status status = make_room(skeleton, (void **)&skeleton->places, graph->node_count,
                                 sizeof *skeleton->places);
    if (status == TW_OK)
        status = tw_net_graph_node(graph, "Identity", "", 13, 1, &from, 1, &to, NULL);
    if (status == TW_OK)
        skeleton->places[graph->node_count - 1] = (tw_net_onnx_place){&identity, scope};
    return status;
}

/* ---- functions ---- */

static tw_status new_scope(tw_net_onnx_skeleton *skeleton, const tw_net_onnx_scope *parent,
                           const tw_net_onnx_defined *defined, const Onnx__NodeProto *call,
                           tw_net_onnx_scope **out) {
    tw_status status = make_room(skeleton, (void **)&skeleton->scopes, skeleton->scope_count,
                                 sizeof *skeleton->scopes);
    if (status != TW_OK)
        return status;
    tw_net_onnx_scope *scope = calloc(1, sizeof *scope);
    if (scope == NULL)
        return out_of_memory(skeleton);
    *scope = (tw_net_onnx_scope){
        .parent = parent, .model = skeleton->model, .defined = defined, .call = call};
    skeleton->scopes[skeleton->scope_count++] = *out = scope;
    const char *name = "";
    if (call != NULL)
        name = tw_net_onnx_text(call->name)[0] != '\0' ? call->name
               : call->n_output > 0                    ? call->output[0]
                                                       : call->op_type;
    int length = asprintf(&scope->prefix, "%s%s%s", parent != NULL ? parent->prefix : "", name,
                          call != NULL ? "/" : "");
    if (length < 0) {
        scope->prefix = NULL;
        return out_of_memory(skeleton);
    }
    if (length > MOST_PREFIX)
        return tw_fail(TW_ERR_FORMAT, "%s: names of functions in functions are too long",
                       skeleton->graph->name);
    return TW_OK;
}

/* The names of a function's inputs and outputs stand for what the call has in their places; nodes
 * of it give the outputs. */
static tw_status bind_function(tw_net_onnx_skeleton *skeleton, tw_net_onnx_scope *scope,
                               const size_t *links) {
    const Onnx__FunctionProto *function = scope->defined->function;
    const Onnx__NodeProto *call = scope->call;
    tw_status status = TW_OK;
    for (size_t i = 0; i < function->n_input && status == TW_OK; i++)
        status = tw_net_onnx_names_add(&scope->names, function->input[i],
                                       i < call->n_input ? links[i] : TW_NET_NONE);
    tw_net_onnx_names inputs = {0};
    for (size_t i = 0; i < scope->names.count && status == TW_OK; i++)
        status =
            tw_net_onnx_names_add(&inputs, scope->names.names[i].text, scope->names.names[i].value);
    tw_net_onnx_names_sort(&inputs);
    for (size_t o = 0; o < function->n_output && status == TW_OK; o++) {
        size_t value = o < call->n_output ? links[call->n_input + o] : TW_NET_NONE;
        const tw_net_onnx_name *given = tw_net_onnx_names_find(&inputs, function->output[o]);
        if (given == NULL)
            status = tw_net_onnx_names_add(&scope->names, function->output[o], value);
        else if (value != TW_NET_NONE && given->value != TW_NET_NONE)
            status = add_identity(skeleton, scope, given->value, value);
    }
    tw_net_onnx_names_release(&inputs);
    return status;
}

static tw_status inline_function(tw_net_onnx_skeleton *skeleton, const tw_net_onnx_scope *parent,
                                 const tw_net_onnx_defined *defined, const Onnx__NodeProto *call,
                                 const size_t *links) {
    const Onnx__FunctionProto *function = defined->function;
    tw_net_onnx_scope *scope = NULL;
    for (const tw_net_onnx_scope *above = parent; above != NULL; above = above->parent)
        if (above->defined == defined)
            return tw_fail(TW_ERR_FORMAT, "%s: its function '%s' calls itself",
                           skeleton->graph->name, tw_net_onnx_text(function->name));
    if (call->n_input > function->n_input || call->n_output > function->n_output)
        return tw_fail(TW_ERR_FORMAT, "%s: node '%s' has more inputs or outputs than function '%s'",
                       skeleton->graph->name, tw_net_onnx_text(call->name),
                       tw_net_onnx_text(function->name));
    tw_status status = new_scope(skeleton, parent, defined, call, &scope);
    if (status == TW_OK)
        status = bind_function(skeleton, scope, links);
    return status == TW_OK ? add_nodes(skeleton, scope, function->n_node, function->node) : status;
}

/* ---- a scope's nodes ---- */

/* Gives the outputs of nodes their values; those of a function's outputs are there already. */
static tw_status name_outputs(tw_net_onnx_skeleton *skeleton, tw_net_onnx_scope *scope,
                              size_t count, Onnx__NodeProto *const *nodes) {
    tw_net_onnx_names bound = {0}, given = {0};
    tw_status status = TW_OK;
    for (size_t i = 0; scope->defined != NULL && i < scope->names.count && status == TW_OK; i++)
        status =
            tw_net_onnx_names_add(&bound, scope->names.names[i].text, scope->names.names[i].value);
    const char *twice = tw_net_onnx_names_sort(&bound);
    for (size_t n = 0; n < count && status == TW_OK; n++)
        for (size_t o = 0; o < nodes[n]->n_output && status == TW_OK; o++) {
            const char *name = nodes[n]->output[o];
            if (name[0] == '\0')
                continue;
            status = tw_net_onnx_names_add(&given, name, 0);
            if (status == TW_OK && tw_net_onnx_names_find(&bound, name) == NULL)
                status = add_named(skeleton, scope, TW_NET_RESULT, name, NULL);
        }
    const char *again = tw_net_onnx_names_sort(&scope->names);
    twice = twice == NULL ? again : twice;
    again = tw_net_onnx_names_sort(&given);
    twice = twice == NULL ? again : twice;
    if (status == TW_OK && twice != NULL)
        status = tw_fail(TW_ERR_FORMAT, "%s: two things give a value '%s%s'", skeleton->graph->name,
                         scope->prefix, twice);
    tw_net_onnx_names_release(&bound);
    tw_net_onnx_names_release(&given);
    return status;
}

/* The values of a node's inputs, and after them of its outputs. */
static tw_status link_node(tw_net_onnx_skeleton *skeleton, const tw_net_onnx_scope *scope,
                           const Onnx__NodeProto *node, size_t **out) {
    size_t count = node->n_input + node->n_output;
    skeleton->links += count + 1; /* a call of nothing counts as well */
    if (skeleton->graph->node_count >= MOST_NODES || skeleton->scope_count > MOST_NODES ||
        skeleton->links > MOST_LINKS)
        return tw_fail(TW_ERR_UNSUPPORTED, "%s: it has more than %d nodes, or %d inputs of them",
                       skeleton->graph->name, MOST_NODES, MOST_LINKS);
    size_t *links = calloc(count + 1, sizeof *links);
    if (links == NULL)
        return out_of_memory(skeleton);
    tw_status status = TW_OK;
    for (size_t i = 0; i < count && status == TW_OK; i++)
        status = resolve(skeleton, scope,
                         i < node->n_input ? node->input[i] : node->output[i - node->n_input],
                         &links[i]);
    if (status != TW_OK)
        free(links);
    else
        *out = links;
    return status;
}

static tw_status add_nodes(tw_net_onnx_skeleton *skeleton, tw_net_onnx_scope *scope, size_t count,
                           Onnx__NodeProto *const *nodes) {
    tw_status status = name_outputs(skeleton, scope, count, nodes);
    for (size_t n = 0; n < count && status == TW_OK; n++) {
        size_t *links = NULL;
        status = link_node(skeleton, scope, nodes[n], &links);
        const tw_net_onnx_defined *defined =
            tw_net_onnx_functions_find(&skeleton->functions, nodes[n]);
        if (status == TW_OK && defined != NULL)
            status = inline_function(skeleton, scope, defined, nodes[n], links);
        else if (status == TW_OK)
            status = add_node(skeleton, scope, nodes[n], links);
        free(links);
    }
    return status;
}

/* ---- the graph itself ---- */

/* Initialisers, and the inputs that have none: others are weights (IR 3 writes both). */
static tw_status add_givens(tw_net_onnx_skeleton *skeleton, tw_net_onnx_scope *scope) {
    static const Onnx__TensorProto sparse =
        ONNX__TENSOR_PROTO__INIT; /* of no type: refused if used */
    const Onnx__GraphProto *proto = skeleton->model->graph;
    tw_net_onnx_names initialisers = {0};
    tw_status status = TW_OK;
    for (size_t i = 0; i < proto->n_initializer && status == TW_OK; i++)
        status = add_named(skeleton, scope, TW_NET_KNOWN,
                           tw_net_onnx_text(proto->initializer[i]->name), proto->initializer[i]);
    for (size_t i = 0; i < proto->n_sparse_initializer && status == TW_OK; i++)
        if (proto->sparse_initializer[i]->values != NULL)
            status =
                add_named(skeleton, scope, TW_NET_KNOWN,
                          tw_net_onnx_text(proto->sparse_initializer[i]->values->name), &sparse);
    for (size_t i = 0; i < scope->names.count && status == TW_OK; i++)
        status = tw_net_onnx_names_add(&initialisers, scope->names.names[i].text, 0);
    tw_net_onnx_names_sort(&initialisers);
    for (size_t i = 0; i < proto->n_input && status == TW_OK; i++) {
        const char *name = tw_net_onnx_text(proto->input[i]->name);
        if (tw_net_onnx_names_find(&initialisers, name) != NULL)
            continue;
        status = add_named(skeleton, scope, TW_NET_INPUT, name, NULL);
        if (status == TW_OK)
            tw_net_onnx_declare(proto->input[i]->type,
                                &skeleton->graph->values[skeleton->graph->value_count - 1]);
    }
    tw_net_onnx_names_release(&initialisers);
    return status;
}

static void declare_all(tw_net_onnx_skeleton *skeleton, size_t count,
                        Onnx__ValueInfoProto *const *infos) {
    for (size_t i = 0; i < count; i++) {
        const tw_net_onnx_name *found =
            tw_net_onnx_names_find(&skeleton->scopes[0]->names, tw_net_onnx_text(infos[i]->name));
        if (found != NULL && skeleton->graph->values[found->value].kind == TW_NET_RESULT)
            tw_net_onnx_declare(infos[i]->type, &skeleton->graph->values[found->value]);
    }
}

tw_status tw_net_onnx_skeleton_make(const Onnx__ModelProto *model, tw_net_graph *graph,
                                    tw_net_onnx_skeleton *out) {
    *out = (tw_net_onnx_skeleton){.graph = graph, .model = model};
    tw_net_onnx_scope *scope = NULL;
    if (model->graph == NULL)
        return tw_fail(TW_ERR_FORMAT, "%s: there is no graph in it", graph->name);
    tw_status status = tw_net_onnx_functions_make(graph->name, model, &out->functions);
    if (status == TW_OK)
        status = new_scope(out, NULL, NULL, NULL, &scope);
    if (status == TW_OK)
        status = add_givens(out, scope);
    if (status == TW_OK)
        status = add_nodes(out, scope, model->graph->n_node, model->graph->node);
    if (status == TW_OK) {
        declare_all(out, model->graph->n_value_info, model->graph->value_info);
        declare_all(out, model->graph->n_output, model->graph->output);
    }
    return status;
}

void tw_net_onnx_skeleton_release(tw_net_onnx_skeleton *skeleton) {
    for (size_t s = 0; s < skeleton->scope_count; s++) {
        free(skeleton->scopes[s]->prefix);
        tw_net_onnx_names_release(&skeleton->scopes[s]->names);
        free(skeleton->scopes[s]);
    }
    free(skeleton->scopes);
    tw_net_onnx_functions_release(&skeleton->functions);
    free(skeleton->places);
    free(skeleton->tensors);
}
