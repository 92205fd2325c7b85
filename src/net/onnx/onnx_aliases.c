#include "net/onnx/onnx_aliases.h"

#include <ctype.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "net/graph/net_order.h"

static tw_status out_of_memory(const tw_net_graph *graph) {
    return tw_fail(TW_ERR_MEMORY, "%s: not enough memory for a network", graph->name);
}

/* "bn2.weight", "layers.0.alphas.1" or "onnx::Conv_40", but not "/act/Identity_output_0", "31" or
 * "input.3", as results are named. */
static int names_parameter(const char *name) {
    const char *dot = strrchr(name, '.');
    if (strncmp(name, "onnx::", 6) == 0)
        return 1;
    if (dot == NULL || dot == name || strpbrk(name, "/: ") != NULL)
        return 0;
    return isalpha((unsigned char)dot[1]) || dot[1] == '_' ||
           (isdigit((unsigned char)dot[1]) && memchr(name, '.', (size_t)(dot - name)) != NULL);
}

static int is_alias(const tw_net_graph *graph, const tw_net_node *node) {
    if (strcmp(node->op, "Identity") != 0 || node->domain[0] != '\0' || node->input_count != 1 ||
        node->output_count != 1 || node->inputs[0] == TW_NET_NONE ||
        node->outputs[0] == TW_NET_NONE || node->outputs[0] == graph->output)
        return 0;
    const tw_net_value *from = &graph->values[node->inputs[0]];
    return from->kind == TW_NET_KNOWN && tw_net_type_real(from->tensor.type) &&
           names_parameter(graph->values[node->outputs[0]].name);
}

/* Its output becomes a constant; nothing depends on the node then. */
static tw_status split(tw_net_graph *graph, const tw_net_node *node, size_t *room) {
    const tw_net_value *from = &graph->values[node->inputs[0]];
    tw_net_value *to = &graph->values[node->outputs[0]];
    size_t count = tw_net_shape_count(&from->tensor.shape);
    if (count > *room)
        return tw_fail(TW_ERR_FORMAT,
                       "%s: '%s' and others are the same numbers so often that they "
                       "are too many",
                       graph->name, to->name);
    *room -= count;
    tw_status status = tw_net_tensor_copy(&from->tensor, &to->tensor);
    if (status != TW_OK)
        return status;
    to->kind = TW_NET_KNOWN;
    to->type = to->tensor.type;
    to->rank = (int)to->tensor.shape.rank;
    return TW_OK;
}

/* ---- places ---- */

typedef struct aliases {
    tw_net_graph *graph;
    unsigned char *dead;  /* by node: its output was split off */
    size_t head, *next;   /* the values as a list: the first, and what comes after each */
    unsigned char *loose; /* by value: an alias that has no place yet */
    tw_net_value *moved;  /* room for them all */
    size_t *numbers;      /* by value: its new number */
    size_t count, named;  /* aliases that are used; how many of them `text` names */
    char text[160];
} aliases;

static tw_status make(tw_net_graph *graph, aliases *a) {
    size_t values = graph->value_count + 1;
    *a = (aliases){.graph = graph,
                   .dead = calloc(graph->node_count + 1, 1),
                   .next = calloc(values, sizeof *a->next),
                   .loose = calloc(values, 1),
                   .moved = calloc(values, sizeof *a->moved),
                   .numbers = calloc(values, sizeof *a->numbers)};
    return a->dead == NULL || a->next == NULL || a->loose == NULL || a->moved == NULL ||
                   a->numbers == NULL
               ? out_of_memory(graph)
               : TW_OK;
}

static void release(aliases *a) {
    free(a->dead);
    free(a->next);
    free(a->loose);
    free(a->moved);
    free(a->numbers);
}

static void put_after(aliases *a, size_t before, size_t value) {
    size_t *link = before == TW_NET_NONE ? &a->head : &a->next[before];
    a->next[value] = *link;
    *link = value;
    a->loose[value] = 0;
}

static void name_one(aliases *a, size_t value) {
    size_t length = strlen(a->text), room = sizeof a->text - length;
    const char *name = a->graph->values[value].name;
    if (a->count++ < 3 && strlen(name) + 3 < room) {
        snprintf(a->text + length, room, "%s%s", length > 0 ? ", " : "", name);
        a->named++;
    }
}

/* Each alias after the constant that is used before it; one that nobody uses stays loose. */
static void find_places(aliases *a) {
    const tw_net_graph *graph = a->graph;
    size_t last = TW_NET_NONE, *end = &a->head;
    for (size_t v = 0; v < graph->value_count; v++)
        if (!a->loose[v]) {
            *end = v;
            end = &a->next[v];
        }
    *end = TW_NET_NONE;
    for (size_t n = 0; n < graph->node_count; n++)
        for (size_t i = 0; i < graph->nodes[n].input_count && !a->dead[n]; i++) {
            size_t value = graph->nodes[n].inputs[i];
            if (value == TW_NET_NONE || graph->values[value].kind != TW_NET_KNOWN)
                continue;
            if (a->loose[value]) {
                put_after(a, last, value);
                name_one(a, value);
            }
            last = value;
        }
    for (size_t v = 0; v < graph->value_count; v++)
        if (a->loose[v])
            put_after(a, TW_NET_NONE, v);
}

static void renumber(size_t count, size_t *values, const size_t *numbers) {
    for (size_t k = 0; k < count; k++)
        if (values[k] != TW_NET_NONE)
            values[k] = numbers[values[k]];
}

static void move(aliases *a) {
    tw_net_graph *graph = a->graph;
    size_t count = 0;
    for (size_t v = a->head; v != TW_NET_NONE; v = a->next[v]) {
        a->moved[count] = graph->values[v];
        a->numbers[v] = count++;
    }
    memcpy(graph->values, a->moved, count * sizeof *a->moved);
    for (size_t n = 0; n < graph->node_count; n++) {
        renumber(graph->nodes[n].input_count, graph->nodes[n].inputs, a->numbers);
        renumber(graph->nodes[n].output_count, graph->nodes[n].outputs, a->numbers);
    }
    renumber(1, &graph->input, a->numbers);
    renumber(1, &graph->output, a->numbers);
}

static tw_status note(const aliases *a) {
    return tw_net_graph_note(a->graph,
                             "%zu constant%s that the exporter left out for %s equal numbers %s "
                             "separate here (%s%s)",
                             a->count, a->count == 1 ? "" : "s", a->count == 1 ? "its" : "their",
                             a->count == 1 ? "is" : "are", a->text,
                             a->named < a->count ? ", ..." : "");
}

tw_status tw_net_onnx_split_aliases(tw_net_graph *graph, size_t *room) {
    aliases a;
    size_t found = 0;
    tw_status status = make(graph, &a);
    for (size_t n = 0; n < graph->node_count && status == TW_OK; n++)
        if (is_alias(graph, &graph->nodes[n])) {
            status = split(graph, &graph->nodes[n], room);
            a.dead[n] = a.loose[graph->nodes[n].outputs[0]] = 1;
            found++;
        }
    if (status == TW_OK && found > 0) {
        find_places(&a);
        move(&a);
        status = a.count > 0 ? note(&a) : TW_OK;
    }
    release(&a);
    return status == TW_OK && found > 0 ? tw_net_graph_settle(graph) : status;
}
