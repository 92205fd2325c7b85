/* Architectures by name, told by the shapes of their blocks. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "net/known/known.h"
#include "net/known/known_like.h"
#include "support.h"

/* ---- names ---- */

static void test_specs(void **state) {
    char spec[TW_NET_KNOWN_SPEC];
    static const char *const wanted[] = {"resnet20",        "resnet20-b", "resnet20-noshort",
                                         "wrn56-2-noshort", "vgg9",       "densenet121"};
    int found[sizeof wanted / sizeof wanted[0]] = {0};
    size_t names = 0, count = 0;
    while (tw_net_known_name(names) != NULL)
        names++;
    for (; tw_net_known_spec(count, spec); count++) {
        assert_true(tw_net_known_takes(spec));
        assert_string_not_equal(spec, "wrn56-2-b"); /* it is wrn56-2 */
        for (size_t k = 0; k < sizeof wanted / sizeof wanted[0]; k++)
            found[k] += strcmp(spec, wanted[k]) == 0;
    }
    assert_true(count > names);
    for (size_t k = 0; k < sizeof wanted / sizeof wanted[0]; k++)
        assert_int_equal(found[k], 1);
}

/* ---- shapes ---- */

typedef struct shapes {
    size_t count;
    tw_net_shape *shapes;
} shapes;

static shapes shapes_of(const char *spec, size_t channels, size_t classes) {
    tw_net_graph *graph;
    const tw_net_known_options options = {.channels = channels, .classes = classes, .bare = 1};
    shapes out = {0};
    assert_ok(tw_net_known_graph(spec, &options, &graph));
    out.shapes = calloc(graph->value_count, sizeof *out.shapes);
    assert_non_null(out.shapes);
    for (size_t k = 0; k < graph->value_count; k++)
        if (graph->values[k].kind == TW_NET_PARAMETER)
            out.shapes[out.count++] = graph->values[k].tensor.shape;
    tw_net_graph_free(graph);
    return out;
}

static void check_like(const shapes *s, const char *wanted) {
    char text[256];
    tw_net_shape *copy = malloc(s->count * sizeof *copy);
    assert_non_null(copy);
    memcpy(copy, s->shapes, s->count * sizeof *copy);
    assert_ok(tw_net_known_like(s->count, copy, sizeof text, text));
    assert_string_equal(text, wanted);
    free(copy);
}

static void test_like(void **state) {
    static const struct {
        const char *spec;
        size_t channels, classes;
        const char *like;
    } cases[] = {
        {"resnet20", 3, 10, "resnet20 or resnet20-noshort, for 3 channels and 10 classes"},
        {"resnet56-b", 1, 7, "resnet56-b, for 1 channel and 7 classes"},
        {"wrn16-8", 3, 100, "wrn16-8, for 3 channels and 100 classes"},
        {"vgg9", 3, 10, "vgg9, for 3 channels and 10 classes"},
        {"densenet121", 3, 10, "densenet121, for 3 channels and 10 classes"},
    };
    for (size_t k = 0; k < sizeof cases / sizeof cases[0]; k++) {
        shapes s = shapes_of(cases[k].spec, cases[k].channels, cases[k].classes);
        check_like(&s, cases[k].like);
        free(s.shapes);
    }
}

/* One shape that is another, one block less, one more, and nothing. */
static void test_unlike(void **state) {
    shapes s = shapes_of("resnet20", 3, 10);
    s.shapes[1].size[0]++;
    check_like(&s, "");
    s.shapes[1].size[0]--;
    s.count--; /* the bias of the matrix */
    check_like(&s, "");
    s.count = 0;
    check_like(&s, "");
    free(s.shapes);
}

/* The order of a file is its own. */
static void test_order(void **state) {
    shapes s = shapes_of("resnet20", 3, 10);
    for (size_t k = 0; k < s.count / 2; k++) {
        tw_net_shape kept = s.shapes[k];
        s.shapes[k] = s.shapes[s.count - 1 - k];
        s.shapes[s.count - 1 - k] = kept;
    }
    check_like(&s, "resnet20 or resnet20-noshort, for 3 channels and 10 classes");
    free(s.shapes);
}

/* Bare networks have the blocks of those with weights. */
static void test_bare(void **state) {
    tw_net_graph *graph[2];
    for (int bare = 0; bare < 2; bare++)
        assert_ok(
            tw_net_known_graph("resnet20-b", &(tw_net_known_options){.bare = bare}, &graph[bare]));
    assert_int_equal(graph[0]->value_count, graph[1]->value_count);
    for (size_t k = 0; k < graph[0]->value_count; k++) {
        const tw_net_value *full = &graph[0]->values[k], *bare = &graph[1]->values[k];
        assert_int_equal(full->kind, bare->kind);
        assert_true(tw_net_shape_same(&full->tensor.shape, &bare->tensor.shape));
        if (full->kind == TW_NET_PARAMETER && full->role == TW_ROLE_WEIGHT) {
            assert_true(full->tensor.numbers[0] != 0);
            assert_true(bare->tensor.numbers[0] == 0);
        }
    }
    tw_net_graph_free(graph[0]);
    tw_net_graph_free(graph[1]);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_specs), cmocka_unit_test(test_like), cmocka_unit_test(test_unlike),
        cmocka_unit_test(test_order), cmocka_unit_test(test_bare),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
