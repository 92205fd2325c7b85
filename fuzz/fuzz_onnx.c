/* fuzz_onnx.c: an ONNX file, read, interpreted and built for a batch of two; and computed where
 * that is little work. The last byte says how. */
#include "fuzz_input.h"
#include "net/onnx/onnx.h"
#include "net/operator/net_build.h"
#include "net/program/net_pass.h"

/* Numbers of all edges together. */
static size_t size_of(const tw_net_program *program) {
    size_t sum = 0;
    for (size_t e = 0; e < program->edge_count; e++) {
        size_t count = tw_net_shape_count(&program->edges[e].shape);
        sum = count > 100000 || sum > 100000 ? 200000 : sum + count;
    }
    return sum;
}

static void bind(const tw_net_program *program, tw_net_pass_f64 *pass, const double *numbers) {
    for (size_t e = 0; e < program->edge_count; e++)
        if (program->edges[e].step == TW_NET_NONE && program->edges[e].known == NULL)
            tw_net_pass_bind_f64(pass, TW_NET_VALUE, e, numbers);
}

/* What depends on parameters alone is left as it is: the rest shows what reads out of bounds. */
static void compute(const tw_net_program *program) {
    tw_net_pass_f64 *pass = NULL;
    double *numbers = calloc(200000, sizeof *numbers);
    if (numbers == NULL ||
        tw_net_pass_new_f64(program, TW_NET_AT_POINT, TW_NET_FIRST, &pass) != TW_OK) {
        free(numbers);
        return;
    }
    bind(program, pass, numbers);
    if (tw_net_pass_forward_f64(pass) == TW_OK) {
        tw_net_pass_zero_f64(pass);
        tw_net_pass_backward_f64(pass);
    }
    tw_net_pass_free_f64(pass);
    free(numbers);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
    uint8_t choice = size > 0 ? data[--size] : 0;
    const tw_net_onnx_options options = {.scores = choice & 3 ? TW_NET_ONNX_FOUND : choice >> 2 & 1,
                                         .plain = choice >> 3 & 1};
    tw_net_graph *graph = NULL;
    tw_net_program *program = NULL;
    tw_space *space = NULL;
    if (tw_net_onnx_parse("fuzz", data, size, &options, &graph) != TW_OK) {
        if (tw_message()[0] == '\0')
            abort();
        return 0;
    }
    if (tw_net_graph_space(graph, &space) == TW_OK)
        tw_space_free(space);
    for (size_t v = 0; v < graph->value_count; v++) /* inputs as parameters: all is at one time */
        if (choice & 16 && graph->values[v].kind == TW_NET_INPUT) {
            tw_net_shape shape = {
                .rank = graph->values[v].rank < 0 ? 0 : (size_t)graph->values[v].rank};
            for (size_t axis = 0; axis < shape.rank; axis++)
                shape.size[axis] = (size_t)(graph->values[v].sizes[axis] & 7);
            if (tw_net_tensor_new(TW_NET_F32, &shape, &graph->values[v].tensor) == TW_OK)
                graph->values[v].kind = TW_NET_PARAMETER;
        }
    const tw_net_build_options build = {.batch = 2};
    if (tw_net_build(graph, &build, &program) == TW_OK && size_of(program) < 100000)
        compute(program);
    tw_net_program_free(program);
    tw_net_graph_free(graph);
    return 0;
}
