#include "net/onnx/onnx.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "format/foreign.h"
#include "net/graph/net_order.h"
#include "net/onnx/onnx_aliases.h"
#include "net/onnx/onnx_classic.h"
#include "net/onnx/onnx_ending.h"
#include "net/onnx/onnx_fill.h"
#include "net/onnx/onnx_output.h"
#include "net/onnx/onnx_roles.h"
#include "net/onnx/onnx_wire.h"

int tw_net_onnx_supported(void) {
    return 1;
}

static tw_status note_file(tw_net_graph *graph, const Onnx__ModelProto *model) {
    const char *producer = tw_net_onnx_text(model->producer_name);
    const char *version = tw_net_onnx_text(model->producer_version);
    const tw_net_onnx_scope plain = {.model = model};
    graph->ir = model->ir_version;
    graph->opset = tw_net_onnx_opset(&plain, "");
    if (producer[0] != '\0' && asprintf(&graph->producer, "%s%s%s", producer,
                                        version[0] != '\0' ? " " : "", version) < 0) {
        graph->producer = NULL;
        return tw_fail(TW_ERR_MEMORY, "%s: not enough memory for a network", graph->name);
    }
    return TW_OK;
}

/* The part of the file that the output depends on, with its numbers. */
static tw_status take_part(tw_net_onnx_skeleton *skeleton, tw_net_onnx_source *source,
                           const tw_net_onnx_options *options) {
    tw_net_graph *graph = skeleton->graph;
    size_t *order = NULL, count = 0, halves = 0;
    tw_status status = tw_net_onnx_choose_output(skeleton, options->output);
    if (status == TW_OK)
        status = tw_net_graph_order(graph, &order, &count);
    if (status == TW_OK)
        status = tw_net_onnx_choose_input(graph, order, count, options->plain);
    if (status == TW_OK)
        status = tw_net_onnx_fill(skeleton, source, order, count, !options->plain, &halves);
    free(order);
    if (status == TW_OK && halves > 0)
        status = tw_net_graph_note(graph, "numbers of half precision are computed in single");
    return status == TW_OK ? tw_net_graph_settle(graph) : status;
}

/* Another batch is a matter of building (net_builder.h). */
static tw_status note_batch(tw_net_graph *graph) {
    const tw_net_value *input = &graph->values[graph->input];
    if (input->rank < 2 || input->sizes[0] < 1)
        return TW_OK;
    return tw_net_graph_note(graph, "it was written for batches of %lld, which are widened",
                             (long long)input->sizes[0]);
}

/* From what the file says to what a loss is taken of. */
static tw_status interpret(tw_net_graph *graph, tw_net_onnx_source *source,
                           const tw_net_onnx_options *options) {
    tw_status status = tw_net_onnx_split_aliases(graph, &source->numbers_left);
    if (status == TW_OK)
        status = tw_net_onnx_rewrite_classic(graph);
    if (status == TW_OK)
        status = tw_net_graph_settle(graph);
    if (status == TW_OK)
        status = tw_net_onnx_find_ending(graph, options->scores);
    if (status == TW_OK)
        status = note_batch(graph);
    if (status == TW_OK)
        status = tw_net_graph_settle(graph);
    return status == TW_OK ? tw_net_onnx_assign_roles(graph) : status;
}

static tw_status read_model(const Onnx__ModelProto *model, tw_net_onnx_source *source,
                            const tw_net_onnx_options *options, tw_net_graph *graph) {
    tw_net_onnx_skeleton skeleton;
    tw_status status = tw_net_onnx_skeleton_make(model, graph, &skeleton);
    if (status == TW_OK)
        status = note_file(graph, model);
    if (status == TW_OK)
        status = take_part(&skeleton, source, options);
    if (status == TW_OK && !options->plain)
        status = interpret(graph, source, options);
    tw_net_onnx_skeleton_release(&skeleton);
    return status;
}

/* Reads bytes; data in other files are from the source's folder. */
static tw_status parse(const char *name, const void *bytes, size_t size, tw_net_onnx_source *source,
                       const tw_net_onnx_options *options, tw_net_graph **out) {
    static const tw_net_onnx_options defaults = {0};
    ProtobufCMessage *message = NULL;
    tw_net_graph *graph = NULL;
    tw_status status =
        tw_net_onnx_unpack(name, &onnx__model_proto__descriptor, bytes, size, &message);
    if (status != TW_OK)
        return status;
    source->numbers_left = 8 * size + (1 << 20);
    status = tw_net_graph_new(name, &graph);
    if (status == TW_OK)
        status = read_model((const Onnx__ModelProto *)message, source,
                            options != NULL ? options : &defaults, graph);
    protobuf_c_message_free_unpacked(message, NULL);
    if (status != TW_OK) {
        tw_net_graph_free(graph);
        return status;
    }
    *out = graph;
    return TW_OK;
}

tw_status tw_net_onnx_parse(const char *name, const void *bytes, size_t size,
                            const tw_net_onnx_options *options, tw_net_graph **out) {
    tw_net_onnx_source source = {.folder = {.descriptor = -1}};
    tw_status status = parse(name, bytes, size, &source, options, out);
    tw_net_onnx_folder_close(&source.folder);
    return status;
}

tw_status tw_net_onnx_read(const char *path, const tw_net_onnx_options *options,
                           tw_net_graph **out) {
    tw_net_onnx_source source = {.folder = {.descriptor = -1}};
    tw_net_onnx_bytes bytes = {0};
    tw_status status = tw_net_onnx_map(path, &bytes);
    if (status == TW_OK)
        status = tw_net_onnx_folder_open(path, &source.folder);
    if (status == TW_OK)
        status = parse(path, bytes.at, bytes.size, &source, options, out);
    status = tw_foreign_known(path, status);
    tw_net_onnx_folder_close(&source.folder);
    tw_net_onnx_unmap(&bytes);
    return status;
}

tw_status tw_net_onnx_parse_tensor(const char *file, const void *bytes, size_t size, char **name,
                                   tw_net_tensor *out) {
    tw_net_onnx_source source = {.folder = {.descriptor = -1}, .numbers_left = SIZE_MAX};
    ProtobufCMessage *message = NULL;
    tw_status status =
        tw_net_onnx_unpack(file, &onnx__tensor_proto__descriptor, bytes, size, &message);
    if (status != TW_OK)
        return status;
    const Onnx__TensorProto *tensor = (const Onnx__TensorProto *)message;
    status = tw_net_onnx_tensor(tensor, &source, out);
    if (status != TW_OK)
        tw_fail_prefix(status, "%s", file);
    else if ((*name = strdup(tw_net_onnx_text(tensor->name))) == NULL) {
        tw_net_tensor_release(out);
        status = tw_fail(TW_ERR_MEMORY, "%s: not enough memory for a name", file);
    }
    protobuf_c_message_free_unpacked(message, NULL);
    return status;
}
