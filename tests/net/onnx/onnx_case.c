#include "onnx_case.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "net/derivative_check.h"
#include "net/onnx/onnx.h"
#include "onnx.pb-c.h"

typedef struct bytes {
    uint8_t *at;
    size_t size;
} bytes;

/* A file's bytes; at = NULL where there is none. */
static bytes load(const char *path) {
    bytes b = {0};
    FILE *file = fopen(path, "rb");
    if (file == NULL)
        return b;
    fseek(file, 0, SEEK_END);
    b.size = (size_t)ftell(file);
    rewind(file);
    b.at = malloc(b.size + 1);
    if (fread(b.at, 1, b.size, file) != b.size)
        abort();
    fclose(file);
    return b;
}

typedef struct run {
    const char *path; /* of the case's folder */
    Onnx__ModelProto *model;
    bytes file;
    char *why;
    int derivatives; /* checked for some output */
} run;

static verdict refused(run *r, const char *what) {
    const char *said = tw_message(), *name = strstr(said, "model.onnx: ");
    snprintf(r->why, WHY, "%s%s%s", what, what[0] != '\0' ? ": " : "",
             name != NULL ? name + 12 : said);
    return REFUSED;
}

/* ---- tensors beside the model ---- */

/* ONNX's older cases write bfloat16 as the integers of its bits. */
static void as_declared(const Onnx__ValueInfoProto *info, tw_net_tensor *tensor) {
    if (tensor->type != TW_NET_U16 || info->type == NULL || info->type->tensor_type == NULL ||
        info->type->value_case != ONNX__TYPE_PROTO__VALUE_TENSOR_TYPE ||
        info->type->tensor_type->elem_type != TW_NET_BF16)
        return;
    tensor->type = TW_NET_BF16;
    for (size_t i = 0; i < tw_net_shape_count(&tensor->shape); i++) {
        uint32_t bits = (uint32_t)tensor->numbers[i] << 16;
        float number;
        memcpy(&number, &bits, sizeof number);
        tensor->numbers[i] = (double)number;
    }
}

/* TW_DECLINED: there is no such file. */
static tw_status load_tensor(const run *r, int set, const char *what, size_t index,
                             tw_net_tensor *out) {
    char path[1024], *name = NULL;
    snprintf(path, sizeof path, "%s/test_data_set_%d/%s_%zu.pb", r->path, set, what, index);
    bytes b = load(path);
    if (b.at == NULL)
        return TW_DECLINED;
    tw_status status = tw_net_onnx_parse_tensor(path, b.at, b.size, &name, out);
    if (status == TW_OK)
        as_declared(strcmp(what, "input") == 0 ? r->model->graph->input[index]
                                               : r->model->graph->output[index],
                    out);
    free(name);
    free(b.at);
    return status;
}

static int close_enough(tw_net_type type, double a, double expected) {
    if (isnan(expected) || isnan(a))
        return isnan(expected) && isnan(a);
    if (a == expected)
        return 1;
    double relative = type == TW_NET_BF16 ? 0x1p-7 : 1e-3; /* older cases cut bits off */
    return tw_net_type_real(type) && fabs(a - expected) <= 1e-7 + relative * fabs(expected);
}

static verdict compare(run *r, const char *output, const tw_net_edge *edge, const double *y,
                       const tw_net_tensor *expected) {
    char ours[160], theirs[160];
    tw_net_shape_print(&edge->shape, ours, sizeof ours);
    tw_net_shape_print(&expected->shape, theirs, sizeof theirs);
    if (!tw_net_shape_same(&edge->shape, &expected->shape)) {
        snprintf(r->why, WHY, "output '%s' is of shape %s, to be %s", output, ours, theirs);
        return WRONG;
    }
    if (edge->type != expected->type) {
        snprintf(r->why, WHY, "output '%s' is of type %s, to be %s", output,
                 tw_net_type_name(edge->type), tw_net_type_name(expected->type));
        return WRONG;
    }
    for (size_t i = 0; i < tw_net_shape_count(&edge->shape); i++)
        if (!close_enough(edge->type, y[i], expected->numbers[i])) {
            snprintf(r->why, WHY, "output '%s' %s: number %zu is %.9g, to be %.9g", output, ours, i,
                     y[i], expected->numbers[i]);
            return WRONG;
        }
    return PASSED;
}

/* ---- one output ---- */

typedef enum binding { ALL_KNOWN, REALS_MOVE, FIRST_MOVES } binding;

/* Gives the graph's inputs their numbers: known, or as parameters. Parameters are moved a little,
 * off the kinks that test data like to stand on. */
static tw_status bind_inputs(const run *r, int set, binding how, tw_net_graph *graph) {
    const Onnx__GraphProto *proto = r->model->graph;
    int moved = 0;
    for (size_t i = 0; i < proto->n_input; i++) {
        size_t v = tw_net_graph_find(graph, proto->input[i]->name);
        tw_net_tensor tensor = {0};
        if (v == TW_NET_NONE || graph->values[v].kind != TW_NET_INPUT)
            continue;
        tw_status status = load_tensor(r, set, "input", i, &tensor);
        if (status == TW_DECLINED)
            return tw_fail(TW_ERR_FORMAT, "there is no file of input '%s'", proto->input[i]->name);
        if (status != TW_OK)
            return status;
        tw_net_value *value = &graph->values[v];
        int moves = how != ALL_KNOWN && tw_net_type_real(tensor.type) &&
                    !(how == FIRST_MOVES && moved++ > 0);
        for (size_t k = 0; moves && k < tw_net_shape_count(&tensor.shape); k++)
            tensor.numbers[k] = (double)(float)(tensor.numbers[k] + 1e-3 * (0.5 + drawn_uniform()));
        value->kind = moves ? TW_NET_PARAMETER : TW_NET_KNOWN;
        value->tensor = tensor;
        value->type = moves ? TW_NET_F64 : tensor.type;
        if (moves)
            value->tensor.type = tensor.type;
        value->role = TW_ROLE_WEIGHT;
    }
    return TW_OK;
}

static tw_status open_graph(const run *r, const char *output, int set, binding how,
                            tw_net_graph **graph, tw_net_program **program) {
    *program = NULL;
    tw_status status =
        tw_net_onnx_parse("model.onnx", r->file.at, r->file.size,
                          &(tw_net_onnx_options){.output = output, .plain = 1}, graph);
    if (status != TW_OK)
        return status;
    status = bind_inputs(r, set, how, *graph);
    if (status == TW_OK)
        status = tw_net_build(*graph, &(tw_net_build_options){.batch = 1}, program);
    if (status != TW_OK)
        tw_net_graph_free(*graph);
    return status;
}

static verdict check_values(run *r, const char *output, int set, const tw_net_tensor *expected) {
    tw_net_graph *graph;
    tw_net_program *program;
    if (open_graph(r, output, set, ALL_KNOWN, &graph, &program) != TW_OK)
        return refused(r, "");
    const tw_net_edge *edge = &program->edges[program->output];
    double *none = calloc(1, sizeof *none), *y = program_values(program, none);
    verdict found = y == NULL ? refused(r, "") : compare(r, output, edge, y, expected);
    free(none);
    free(y);
    tw_net_program_free(program);
    tw_net_graph_free(graph);
    return found;
}

static int all_finite(size_t count, const double *numbers) {
    for (size_t i = 0; numbers != NULL && i < count; i++)
        if (!isfinite(numbers[i]))
            return 0;
    return numbers != NULL;
}

/* With inputs as parameters. An operator may refuse some as such (bounds, scales, pads), and then
 * the first alone is tried: its data. */
static verdict check_slopes(run *r, const char *output, int set) {
    tw_net_graph *graph;
    tw_net_program *program;
    if (open_graph(r, output, set, REALS_MOVE, &graph, &program) != TW_OK &&
        open_graph(r, output, set, FIRST_MOVES, &graph, &program) != TW_OK)
        return PASSED;
    verdict found = PASSED;
    if (program->edges[program->output].active &&
        program->edges[program->output].step != TW_NET_NONE &&
        tw_net_shape_count(&program->edges[program->output].shape) > 0) {
        double *x = parameter_numbers(graph), *y = program_values(program, x);
        size_t count = tw_net_shape_count(&program->edges[program->output].shape);
        int finite = all_finite(count, y);
        const char *wrong = finite ? check_derivatives(program, x) : NULL;
        found = wrong != NULL ? WRONG : finite ? DERIVATIVES : PASSED;
        if (wrong != NULL)
            snprintf(r->why, WHY, "derivatives of '%s': %s", output, wrong);
        free(x);
        free(y);
    }
    tw_net_program_free(program);
    tw_net_graph_free(graph);
    return found;
}

static verdict check_output(run *r, int set, size_t index) {
    const Onnx__ValueInfoProto *info = r->model->graph->output[index];
    tw_net_tensor expected = {0};
    tw_status status = load_tensor(r, set, "output", index, &expected);
    if (status == TW_DECLINED)
        return PASSED;
    if (status != TW_OK)
        return refused(r, "expected output");
    verdict found = check_values(r, info->name, set, &expected);
    tw_net_tensor_release(&expected);
    if (found == PASSED)
        found = check_slopes(r, info->name, set);
    r->derivatives |= found == DERIVATIVES;
    return found;
}

/* ---- cases ---- */

static verdict check_sets(run *r) {
    verdict found = PASSED;
    char path[1024];
    for (int set = 0; found <= DERIVATIVES; set++) {
        snprintf(path, sizeof path, "%s/test_data_set_%d", r->path, set);
        if (access(path, F_OK) != 0)
            break;
        for (size_t o = 0; o < r->model->graph->n_output && found <= DERIVATIVES; o++)
            found = check_output(r, set, o);
    }
    return found > DERIVATIVES ? found : r->derivatives ? DERIVATIVES : PASSED;
}

static verdict open_model(run *r, const char *path) {
    r->file = load(path);
    r->model = onnx__model_proto__unpack(NULL, r->file.size, r->file.at);
    if (r->model != NULL && r->model->graph != NULL)
        return PASSED;
    snprintf(r->why, WHY, "not a model");
    return REFUSED;
}

static void close_model(run *r) {
    if (r->model != NULL)
        onnx__model_proto__free_unpacked(r->model, NULL);
    free(r->file.at);
}

verdict run_case(const char *folder, char why[WHY]) {
    run r = {.path = folder, .why = why};
    char path[1024];
    snprintf(path, sizeof path, "%s/model.onnx", folder);
    why[0] = '\0';
    verdict found = open_model(&r, path);
    if (found == PASSED)
        found = check_sets(&r);
    close_model(&r);
    return found;
}

/* ---- whole networks ---- */

/* k / n, as ONNX's runner makes them. */
static tw_status bind_ramp(tw_net_value *input) {
    tw_net_shape shape = {.rank = (size_t)input->rank};
    for (size_t axis = 0; axis < shape.rank; axis++)
        shape.size[axis] = input->sizes[axis] < 0 ? 1 : (size_t)input->sizes[axis];
    tw_status status = tw_net_tensor_new(TW_NET_F32, &shape, &input->tensor);
    if (status != TW_OK)
        return status;
    size_t count = tw_net_shape_count(&shape);
    for (size_t k = 0; k < count; k++)
        input->tensor.numbers[k] = (double)(float)((double)k / (double)count);
    input->kind = TW_NET_KNOWN;
    return TW_OK;
}

verdict run_light(const char *model, char why[WHY]) {
    run r = {.path = model, .why = why};
    char path[1024], *name = NULL;
    tw_net_graph *graph = NULL;
    tw_net_program *program = NULL;
    tw_net_tensor expected = {0};
    why[0] = '\0';
    snprintf(path, sizeof path, "%.*s_output_0.pb", (int)(strlen(model) - strlen(".onnx")), model);
    bytes file = load(path);
    tw_status status = tw_net_onnx_parse_tensor(path, file.at, file.size, &name, &expected);
    if (status == TW_OK)
        status = tw_net_onnx_read(model, &(tw_net_onnx_options){.plain = 1}, &graph);
    if (status == TW_OK)
        status = bind_ramp(&graph->values[graph->input]);
    if (status == TW_OK)
        status = tw_net_build(graph, &(tw_net_build_options){.batch = 1}, &program);
    verdict found = status != TW_OK ? refused(&r, "") : PASSED;
    if (found == PASSED) {
        const tw_net_edge *edge = &program->edges[program->output];
        found = compare(&r, graph->values[graph->output].name, edge, edge->known, &expected);
    }
    tw_net_program_free(program);
    tw_net_graph_free(graph);
    tw_net_tensor_release(&expected);
    free(name);
    free(file.at);
    return found;
}
