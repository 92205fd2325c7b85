/* Formulas of operators. */
#include "net/operator/net_formula.h"

#include <stdlib.h>

static size_t compose(tw_net_formula *f, const char *op, const tw_net_node *attributes,
                      size_t count, const size_t *inputs) {
    size_t edge = 0;
    if (f->status == TW_OK)
        f->status = tw_net_compose(f->call, op, attributes, count, inputs, &edge);
    return edge;
}

size_t tw_net_formula_one(tw_net_formula *f, const char *op, size_t a) {
    return compose(f, op, NULL, 1, &a);
}

size_t tw_net_formula_two(tw_net_formula *f, const char *op, size_t a, size_t b) {
    return compose(f, op, NULL, 2, (const size_t[]){a, b});
}

size_t tw_net_formula_three(tw_net_formula *f, const char *op, size_t a, size_t b, size_t c) {
    return compose(f, op, NULL, 3, (const size_t[]){a, b, c});
}

size_t tw_net_formula_number(tw_net_formula *f, size_t a, double number) {
    size_t edge = 0;
    if (f->status == TW_OK)
        f->status = tw_net_scalar(f->call, tw_net_edge_at(f->call, a)->type, number, &edge);
    return edge;
}

size_t tw_net_formula_with(tw_net_formula *f, const char *op, size_t a, double number) {
    return tw_net_formula_two(f, op, a, tw_net_formula_number(f, a, number));
}

/* op(a) with one attribute. */
static size_t with_attribute(tw_net_formula *f, const char *op, size_t a,
                             tw_net_attribute *attribute) {
    tw_net_node node = {.name = (char *)"",
                        .domain = (char *)"",
                        .opset = 13,
                        .attribute_count = 1,
                        .attributes = attribute};
    return compose(f, op, &node, 1, &a);
}

size_t tw_net_formula_along(tw_net_formula *f, const char *op, size_t a, int64_t axis) {
    tw_net_attribute attribute = {
        .name = (char *)"axis", .kind = TW_NET_ATTRIBUTE_INT, .number = axis};
    return with_attribute(f, op, a, &attribute);
}

size_t tw_net_formula_reduce(tw_net_formula *f, const char *op, size_t a, size_t count,
                             const int64_t *axes) {
    tw_net_attribute attribute = {.name = (char *)"axes",
                                  .kind = TW_NET_ATTRIBUTE_INTS,
                                  .count = count,
                                  .numbers = (int64_t *)axes};
    return with_attribute(f, op, a, &attribute);
}

size_t tw_net_formula_reshape(tw_net_formula *f, size_t a, const tw_net_shape *shape) {
    size_t edge = 0;
    if (f->status == TW_OK)
        f->status = tw_net_reshaped(f->call, a, shape, &edge);
    return edge;
}

size_t tw_net_formula_count(tw_net_formula *f, tw_net_type type, const tw_net_shape *shape) {
    size_t edge = 0, count = tw_net_shape_count(shape);
    double *numbers = f->status == TW_OK ? calloc(count + 1, sizeof *numbers) : NULL;
    if (f->status == TW_OK && numbers == NULL)
        f->status = tw_net_call_fail(f->call, TW_ERR_MEMORY, "not enough memory");
    for (size_t i = 0; i < count && numbers != NULL; i++)
        numbers[i] = (double)i;
    if (f->status == TW_OK)
        f->status = tw_net_constant(f->call, type, shape, numbers, &edge);
    free(numbers);
    return edge;
}
