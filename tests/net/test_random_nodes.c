/* Nodes of any arguments: whatever a file says, a node is built or refused, and what is built has
 * the derivatives that differences give. Under the sanitizers this is where a missing check shows.
 */
#include <stdio.h>
#include <stdlib.h>

#include "derivative_check.h"
#include "operator_check.h"
#include "support.h"

enum { NODES = 20000, MOST_ENTRIES = 80 };

static size_t below(size_t end) {
    return (size_t)(drawn_uniform() * (double)end);
}

static int64_t odd_number(void) {
    static const int64_t ends[] = {INT64_MIN, INT64_MIN + 1, -(1LL << 40), 1LL << 31,
                                   1LL << 40, 1LL << 62,     INT64_MAX};
    return below(12) == 0 ? ends[below(7)] : (int64_t)below(10) - 3;
}

/* An operator, how many inputs of numbers it takes beside the data, and its attributes. */
typedef struct shape_of_node {
    const char *op, *attributes[5];
    size_t data, lists;
    int fractions; /* the lists may hold numbers that are not whole */
} shape_of_node;

static const shape_of_node kinds[] = {
    {"Reshape", {"allowzero"}, 1, 1},
    {"Flatten", {"axis"}, 1, 0},
    {"Squeeze", {"[axes"}, 1, 1},
    {"Unsqueeze", {"[axes"}, 1, 1},
    {"Shape", {"start", "end"}, 1, 0},
    {"ConstantOfShape", {NULL}, 0, 1},
    {"Range", {NULL}, 0, 3, 1},
    {"Transpose", {"[perm"}, 1, 0},
    {"Expand", {NULL}, 1, 1},
    {"Tile", {NULL}, 1, 1},
    {"DepthToSpace", {"blocksize"}, 1, 0},
    {"SpaceToDepth", {"blocksize"}, 1, 0},
    {"Slice", {"[starts", "[ends", "[axes"}, 1, 4},
    {"Split", {"axis", "[split"}, 1, 1},
    {"Concat", {"axis"}, 2, 0},
    {"Pad", {"mode:reflect", "[pads"}, 1, 3},
    {"Pad", {"mode:edge"}, 1, 1},
    {"Pad", {"mode:wrap"}, 1, 1},
    {"Pad", {NULL}, 1, 1},
    {"Gather", {"axis"}, 1, 1},
    {"GatherElements", {"axis"}, 1, 1},
    {"GatherND", {"batch_dims"}, 1, 1},
    {"Trilu", {"upper"}, 1, 1},
    {"Resize", {"mode:linear", "antialias", "[axes"}, 1, 3, 1},
    {"Resize",
     {"mode:cubic", "exclude_outside", "coordinate_transformation_mode:align_corners"},
     1,
     3,
     1},
    {"Resize", {"coordinate_transformation_mode:tf_crop_and_resize"}, 1, 2, 1},
    {"Resize", {"keep_aspect_ratio_policy:not_larger", "nearest_mode:ceil"}, 1, 3},
    {"Upsample", {"mode:linear"}, 1, 1, 1},
    {"ReduceSum", {"[axes", "keepdims", "noop_with_empty_axes"}, 1, 1},
    {"ReduceMean", {"[axes", "keepdims"}, 1, 1},
    {"ReduceMax", {"[axes", "keepdims"}, 1, 1},
    {"ReduceProd", {"[axes", "keepdims"}, 1, 1},
    {"ReduceLogSumExp", {"[axes", "keepdims"}, 1, 1},
    {"ArgMax", {"axis", "keepdims", "select_last_index"}, 1, 0},
};

static size_t any_parameter(tw_net_graph *graph) {
    size_t sizes[5], rank = below(6);
    for (size_t a = 0; a < rank; a++)
        sizes[a] = below(20) == 0 ? 0 : 1 + below(4);
    return operator_parameter(graph, rank, sizes);
}

/* The data, for a batch of 1 that is to be widened. */
static size_t any_input(tw_net_graph *graph) {
    int64_t sizes[4] = {1};
    size_t rank = 1 + below(4), x;
    for (size_t a = 1; a < rank; a++)
        sizes[a] = (int64_t)(1 + below(4));
    assert_ok(tw_net_graph_input(graph, "x", TW_NET_F64, rank, sizes, &x));
    return graph->input = x;
}

/* Of `usual` numbers, mostly: lists of one node have to agree. */
static size_t any_list(tw_net_graph *graph, size_t usual, int fractions) {
    double numbers[40];
    size_t sizes[2] = {below(4) == 0 ? below(7) : usual, 1 + below(3)}, rank = below(5) == 0   ? 2
                                                                               : below(8) == 0 ? 0
                                                                                               : 1;
    for (size_t i = 0; i < 40; i++)
        numbers[i] = fractions ? drawn_uniform() * 3 : (double)odd_number();
    return operator_known(graph, fractions ? TW_NET_F32 : TW_NET_I64, rank, sizes, numbers);
}

static void set_attribute(tw_net_node *node, const char *word) {
    char name[64];
    const char *text = strchr(word, ':');
    int64_t numbers[9];
    if (text != NULL) {
        snprintf(name, sizeof name, "%.*s", (int)(text - word), word);
        assert_ok(tw_net_node_set_text(node, name, text + 1));
    } else if (word[0] == '[') {
        for (size_t i = 0; i < 9; i++)
            numbers[i] = odd_number();
        assert_ok(tw_net_node_set_numbers(node, word + 1, below(5), numbers));
    } else
        assert_ok(tw_net_node_set_number(node, word, odd_number()));
}

/* The program of a node, or NULL where it is refused. Sets whether its derivatives are to be
 * checked: not of sizes beyond a test. */
static tw_net_program *build(const tw_net_graph *graph, int *check) {
    tw_net_program *program;
    *check = 0;
    if (tw_net_build(graph, &(tw_net_build_options){.batch = 3}, &program) != TW_OK) {
        assert_true(strchr(tw_message(), '\n') == NULL &&
                    strstr(tw_message(), "test: node") != NULL);
        return NULL;
    }
    const tw_net_edge *output = &program->edges[program->output];
    *check = program->step_count > 0 && output->active && output->time == TW_NET_AT_POINT;
    for (size_t e = 0; e < program->edge_count; e++) { /* of no entries at all, some are infinite */
        size_t count = tw_net_shape_count(&program->edges[e].shape);
        *check &= count > 0 && count <= MOST_ENTRIES;
    }
    return program;
}

static void test_nodes(void **state) {
    size_t checked[sizeof kinds / sizeof *kinds] = {0};
    for (size_t n = 0; n < NODES; n++) {
        size_t k = n % (sizeof kinds / sizeof *kinds), inputs[8], count = 0;
        const shape_of_node *kind = &kinds[k];
        tw_net_graph *graph = operator_graph();
        size_t usual = below(5);
        if (kind->data > 0)
            inputs[count++] = below(4) == 0 ? any_input(graph) : any_parameter(graph);
        while (count < kind->data)
            inputs[count++] = any_parameter(graph);
        for (size_t l = below(kind->lists + 1); l-- > 0;)
            inputs[count++] = below(6) == 0 ? TW_NET_NONE : any_list(graph, usual, kind->fractions);
        tw_net_node *node = operator_node(graph, kind->op, (int64_t)(6 + below(21)), count, inputs);
        for (size_t a = 0; a < 5 && kind->attributes[a] != NULL; a++)
            if (below(2) || strchr(kind->attributes[a], ':') != NULL)
                set_attribute(node, kind->attributes[a]);
        int check;
        tw_net_program *program = build(graph, &check);
        double *x = parameter_numbers(graph);
        if (check) {
            const char *wrong = check_derivatives(program, x);
            if (wrong != NULL)
                fail_msg("node %zu (%s): %s", n, kind->op, wrong);
            checked[k]++;
        }
        free(x);
        tw_net_program_free(program);
        tw_net_graph_free(graph);
    }
    for (size_t k = 0; k < sizeof kinds / sizeof *kinds; k++)
        if (getenv("TELL") != NULL)
            printf("%s %zu\n", kinds[k].op, checked[k]);
}

int main(void) {
    const struct CMUnitTest tests[] = {cmocka_unit_test(test_nodes)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
