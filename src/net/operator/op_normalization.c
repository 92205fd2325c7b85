/* Normalisations, as compositions. */
#include "net/operator/net_arguments.h"
#include "net/operator/net_formula.h"
#include "net/operator/net_operators.h"

/* ---- BatchNormalization ---- */

/* a = scale / sqrt(variance + epsilon) and b = bias - mean a: of the parameters' time, so that a
 * batch costs a product and a sum, and these can be folded into the convolution before them. */
static tw_status scale_and_shift(tw_net_call *call, double epsilon, const tw_net_shape *shape) {
    tw_net_formula f = {call};
    size_t x = call->inputs[0], scale = call->inputs[1], bias = call->inputs[2],
           mean = call->inputs[3], variance = call->inputs[4];
    size_t root = tw_net_formula_one(&f, "Sqrt", tw_net_formula_with(&f, "Add", variance, epsilon));
    size_t a = tw_net_formula_two(&f, "Div", scale, root);
    size_t b = tw_net_formula_two(&f, "Sub", bias, tw_net_formula_two(&f, "Mul", mean, a));
    a = tw_net_formula_reshape(&f, a, shape);
    b = tw_net_formula_reshape(&f, b, shape);
    call->outputs[0] = tw_net_formula_two(&f, "Add", tw_net_formula_two(&f, "Mul", x, a), b);
    return f.status;
}

/* The shape in which parameters of one sample's entries (those of each channel: `spatial`) meet
 * x; 0 if one of them is not of that size. */
static int parameter_shape(const tw_net_call *call, int spatial, tw_net_shape *shape) {
    *shape = tw_net_edge_at(call, call->inputs[0])->shape;
    if (shape->rank < 2)
        return 0;
    shape->size[0] = 1;
    for (size_t axis = 2; spatial && axis < shape->rank; axis++)
        shape->size[axis] = 1;
    for (size_t i = 1; i < 5; i++)
        if (tw_net_shape_count(&tw_net_edge_at(call, call->inputs[i])->shape) !=
            tw_net_shape_count(shape))
            return 0;
    return 1;
}

/* That statistics can be settled: both are parameters, one of each for a channel. */
static tw_status tell_norm(tw_net_call *call, double epsilon) {
    tw_net_norm norm = {.input = call->inputs[0],
                        .mean = call->inputs[3],
                        .variance = call->inputs[4],
                        .epsilon = epsilon,
                        .momentum = tw_net_node_real(call->node, "momentum", 0.9f)};
    for (size_t i = 3; i < 5; i++) {
        const tw_net_edge *edge = tw_net_edge_at(call, call->inputs[i]);
        if (edge->time != TW_NET_AT_POINT || edge->step != TW_NET_NONE)
            return TW_OK;
    }
    return tw_net_add_norm(call, &norm);
}

static tw_status batch_normalization(tw_net_call *call) {
    double epsilon = tw_net_node_real(call->node, "epsilon", 1e-5f);
    int spatial = call->node->opset >= 9 || tw_net_node_number(call->node, "spatial", 1) != 0;
    tw_net_shape shape;
    if (tw_net_node_number(call->node, "training_mode", 0) != 0)
        return tw_net_call_fail(call, TW_ERR_UNSUPPORTED,
                                "it takes the statistics of the batch, as in training "
                                "(training_mode): export the network for evaluation");
    if (!parameter_shape(call, spatial, &shape))
        return tw_net_call_fail(call, TW_ERR_SHAPE,
                                "its scale, bias, mean and variance are not one number for each "
                                "channel");
    tw_status status = spatial ? tell_norm(call, epsilon) : TW_OK;
    return status == TW_OK ? scale_and_shift(call, epsilon, &shape) : status;
}

/* ---- over axes of one sample ---- */

/* Axes of x. */
typedef struct span {
    size_t count;
    int64_t axes[TW_NET_RANK];
} span;

/* (x - mean) / sqrt(variance + epsilon) over the axes, with the mean and 1 / sqrt(...). */
static size_t standard(tw_net_formula *f, size_t x, const span *over, double epsilon, size_t *mean,
                       size_t *inverse) {
    *mean = tw_net_formula_reduce(f, "ReduceMean", x, over->count, over->axes);
    size_t away = tw_net_formula_two(f, "Sub", x, *mean);
    size_t square = tw_net_formula_with(f, "Pow", away, 2);
    size_t variance = tw_net_formula_reduce(f, "ReduceMean", square, over->count, over->axes);
    size_t root = tw_net_formula_one(f, "Sqrt", tw_net_formula_with(f, "Add", variance, epsilon));
    *inverse = tw_net_formula_one(f, "Reciprocal", root);
    return tw_net_formula_two(f, "Mul", away, *inverse);
}

static double epsilon_of(const tw_net_call *call) {
    return tw_net_node_real(call->node, "epsilon", 1e-5f);
}

/* scale x + shift; a shift that is not given is none. */
static size_t scaled(tw_net_formula *f, size_t x, size_t scale, size_t shift) {
    size_t y = tw_net_formula_two(f, "Mul", x, scale);
    return shift == TW_NET_NONE ? y : tw_net_formula_two(f, "Add", y, shift);
}

/* The axes from the attribute `axis` on, the last one alone if it is not given. */
static tw_status trailing(const tw_net_call *call, span *over) {
    size_t rank = tw_net_edge_at(call, call->inputs[0])->shape.rank, axis;
    *over = (span){0};
    tw_status status = tw_net_axis(call, rank, -1, &axis);
    for (; status == TW_OK && axis < rank; axis++) {
        if (tw_net_is_batch_axis(call, 0, axis))
            return tw_net_batch_fail(call, "averaged over");
        over->axes[over->count++] = (int64_t)axis;
    }
    return status;
}

static tw_status layer_normalization(tw_net_call *call) {
    tw_net_formula f = {call};
    size_t mean, inverse;
    span over;
    tw_status status = trailing(call, &over);
    if (status != TW_OK)
        return status;
    size_t y = standard(&f, call->inputs[0], &over, epsilon_of(call), &mean, &inverse);
    call->outputs[0] = scaled(&f, y, call->inputs[1], tw_net_input(call, 2));
    if (tw_net_wanted(call, 1))
        call->outputs[1] = mean;
    if (tw_net_wanted(call, 2))
        call->outputs[2] = inverse;
    return f.status;
}

static tw_status rms_normalization(tw_net_call *call) {
    tw_net_formula f = {call};
    size_t x = call->inputs[0];
    span over;
    tw_status status = trailing(call, &over);
    if (status != TW_OK)
        return status;
    size_t square = tw_net_formula_with(&f, "Pow", x, 2);
    size_t mean = tw_net_formula_reduce(&f, "ReduceMean", square, over.count, over.axes);
    mean = tw_net_formula_with(&f, "Add", mean, epsilon_of(call));
    size_t y = tw_net_formula_two(&f, "Div", x, tw_net_formula_one(&f, "Sqrt", mean));
    call->outputs[0] = scaled(&f, y, call->inputs[1], TW_NET_NONE);
    return f.status;
}

/* ---- of groups of channels ---- */

/* The shape (1, size, 1, ..., 1) of that rank. */
static tw_net_shape along_channels(size_t size, size_t rank) {
    tw_net_shape shape = {.rank = rank};
    for (size_t axis = 0; axis < rank; axis++)
        shape.size[axis] = axis == 1 ? size : 1;
    return shape;
}

/* Every sample's channels in `groups`, each with a mean and a variance; then scaled and shifted by
 * numbers for each group where there are as many, for each channel else. */
static tw_status by_groups(tw_net_call *call, size_t groups, int per_group) {
    tw_net_formula f = {call};
    tw_net_shape shape = tw_net_edge_at(call, call->inputs[0])->shape;
    size_t channels = shape.rank > 1 ? shape.size[1] : 0, mean, inverse, edges[2];
    size_t count = per_group ? groups : channels;
    if (groups == 0 || channels == 0 || channels % groups != 0)
        return tw_net_call_fail(call, TW_ERR_SHAPE, "%zu channels cannot be in %zu groups",
                                channels, groups);
    tw_net_shape grouped = {
        .rank = 3,
        .size = {shape.size[0], groups, tw_net_shape_span(&shape, 1, shape.rank) / groups}};
    tw_net_shape wide = along_channels(count, per_group ? 3 : shape.rank);
    size_t y = tw_net_formula_reshape(&f, call->inputs[0], &grouped);
    y = standard(&f, y, &(span){1, {2}}, epsilon_of(call), &mean, &inverse);
    if (!per_group)
        y = tw_net_formula_reshape(&f, y, &shape);
    for (size_t i = 0; i < 2; i++) {
        if (tw_net_shape_count(&tw_net_edge_at(call, call->inputs[1 + i])->shape) != count)
            return tw_net_call_fail(call, TW_ERR_SHAPE, "its scale and bias are not %zu numbers",
                                    count);
        edges[i] = tw_net_formula_reshape(&f, call->inputs[1 + i], &wide);
    }
    y = scaled(&f, y, edges[0], edges[1]);
    call->outputs[0] = per_group ? tw_net_formula_reshape(&f, y, &shape) : y;
    return f.status;
}

/* Scale and bias are of the groups before opset 21, of the channels since. */
static tw_status group_normalization(tw_net_call *call) {
    int64_t groups = tw_net_node_number(call->node, "num_groups", 0);
    return by_groups(call, groups > 0 ? (size_t)groups : 0, call->node->opset < 21);
}

static tw_status instance_normalization(tw_net_call *call) {
    const tw_net_shape *shape = &tw_net_edge_at(call, call->inputs[0])->shape;
    return by_groups(call, shape->rank > 1 ? shape->size[1] : 0, 0);
}

/* ---- without parameters ---- */

static tw_status mean_variance(tw_net_call *call) {
    tw_net_formula f = {call};
    size_t x = call->inputs[0], rank = tw_net_edge_at(call, x)->shape.rank;
    size_t axes[TW_NET_RANK] = {0, 2, 3}, count;
    span over = {0};
    tw_status status = tw_net_axes(call, "axes", 1, rank, axes, &count);
    if (status == TW_OK && count == 0 && rank < 4)
        status = tw_net_call_fail(call, TW_ERR_SHAPE,
                                  "axes 0, 2 and 3, which it is over where "
                                  "none are given, are not in its input");
    if (status != TW_OK)
        return status;
    for (size_t i = 0; i < (count == 0 ? 3 : count); i++) {
        if (tw_net_is_batch_axis(call, 0, axes[i]))
            return tw_net_batch_fail(call, "averaged over");
        over.axes[over.count++] = (int64_t)axes[i];
    }
    size_t mean = tw_net_formula_reduce(&f, "ReduceMean", x, over.count, over.axes);
    size_t away = tw_net_formula_two(&f, "Sub", x, mean);
    size_t square = tw_net_formula_with(&f, "Pow", away, 2);
    size_t variance = tw_net_formula_reduce(&f, "ReduceMean", square, over.count, over.axes);
    size_t deviation = tw_net_formula_one(&f, "Sqrt", variance);
    call->outputs[0] =
        tw_net_formula_two(&f, "Div", away, tw_net_formula_with(&f, "Add", deviation, 1e-9));
    return f.status;
}

/* x by its norm along an axis; what is 0 stays 0, for which a sum of 0 is taken as 1. */
static tw_status lp_normalization(tw_net_call *call) {
    tw_net_formula f = {call};
    size_t x = call->inputs[0], axis;
    int64_t p = tw_net_node_number(call->node, "p", 2);
    tw_status status = tw_net_axis(call, tw_net_edge_at(call, x)->shape.rank, -1, &axis);
    if (status == TW_OK && tw_net_is_batch_axis(call, 0, axis))
        return tw_net_batch_fail(call, "normalised over");
    if (status == TW_OK && p != 1 && p != 2)
        return tw_net_call_fail(call, TW_ERR_UNSUPPORTED, "its norm is of order %lld, not 1 or 2",
                                (long long)p);
    if (status != TW_OK)
        return status;
    size_t size = p == 1 ? tw_net_formula_one(&f, "Abs", x) : tw_net_formula_with(&f, "Pow", x, 2);
    size_t sum = tw_net_formula_reduce(&f, "ReduceSum", size, 1, (const int64_t[]){(int64_t)axis});
    size_t nothing = tw_net_formula_with(&f, "Equal", sum, 0);
    sum = tw_net_formula_three(&f, "Where", nothing, tw_net_formula_number(&f, sum, 1), sum);
    call->outputs[0] =
        tw_net_formula_two(&f, "Div", x, p == 1 ? sum : tw_net_formula_one(&f, "Sqrt", sum));
    return f.status;
}

/* The mean over a channel and some before and after it is what a pool takes of an image whose rows
 * are channels: (N, 1, C, pixels). */
static size_t mean_of_channels(tw_net_formula *f, size_t x, int64_t before, int64_t after) {
    int64_t kernel[] = {before + 1 + after, 1}, pads[] = {before, 0, after, 0};
    tw_net_attribute list[] = {
        {.name = (char *)"kernel_shape",
         .kind = TW_NET_ATTRIBUTE_INTS,
         .count = 2,
         .numbers = kernel},
        {.name = (char *)"pads", .kind = TW_NET_ATTRIBUTE_INTS, .count = 4, .numbers = pads},
        {.name = (char *)"count_include_pad", .kind = TW_NET_ATTRIBUTE_INT, .number = 1}};
    tw_net_node node = {.name = (char *)"",
                        .domain = (char *)"",
                        .opset = 11,
                        .attribute_count = 3,
                        .attributes = list};
    size_t mean = 0;
    if (f->status == TW_OK)
        f->status = tw_net_compose(f->call, "AveragePool", &node, 1, &x, &mean);
    return mean;
}

static int64_t at_most(int64_t number, int64_t most) {
    return number < most ? number : most;
}

static tw_status lrn(tw_net_call *call) {
    tw_net_formula f = {call};
    const tw_net_node *node = call->node;
    size_t x = call->inputs[0];
    tw_net_shape shape = tw_net_edge_at(call, x)->shape;
    int64_t size = tw_net_node_number(node, "size", 0);
    if (shape.rank < 2 || shape.size[1] < 1 || size < 1)
        return tw_net_call_fail(call, TW_ERR_SHAPE, "it cannot be over %lld channels",
                                (long long)size);
    int64_t last = (int64_t)shape.size[1] - 1, before = at_most((size - 1) / 2, last),
            after = at_most(size / 2, last); /* more channels than there are add nothing */
    double alpha = tw_net_node_real(node, "alpha", 1e-4f) * (double)(before + 1 + after);
    tw_net_shape image = {
        .rank = 4,
        .size = {shape.size[0], 1, shape.size[1], tw_net_shape_span(&shape, 2, shape.rank)}};
    size_t square = tw_net_formula_with(&f, "Pow", x, 2);
    size_t mean = mean_of_channels(&f, tw_net_formula_reshape(&f, square, &image), before, after);
    mean = tw_net_formula_reshape(&f, mean, &shape);
    mean = tw_net_formula_with(&f, "Mul", mean, alpha / (double)size);
    mean = tw_net_formula_with(&f, "Add", mean, tw_net_node_real(node, "bias", 1));
    mean = tw_net_formula_with(&f, "Pow", mean, -tw_net_node_real(node, "beta", 0.75));
    call->outputs[0] = tw_net_formula_two(&f, "Mul", x, mean);
    return f.status;
}

const tw_net_operator tw_net_family_normalization[] = {
    {"BatchNormalization", 5, 5, batch_normalization,
     "y = a x + b, a = scale / sqrt(var + epsilon), b = bias - mean a for each channel"},
    {"LayerNormalization", 2, 3, layer_normalization,
     "y = scale (x - mean) / sqrt(var + epsilon) + bias over the axes from axis on; also the mean "
     "and 1 / sqrt(var + epsilon)"},
    {"RMSNormalization", 2, 2, rms_normalization,
     "y = scale x / sqrt(mean of x^2 + epsilon) over the axes from axis on"},
    {"GroupNormalization", 3, 3, group_normalization,
     "y = scale (x - mean) / sqrt(var + epsilon) + bias over each group of channels of a sample"},
    {"InstanceNormalization", 3, 3, instance_normalization,
     "y = scale (x - mean) / sqrt(var + epsilon) + bias over each channel of a sample"},
    {"MeanVarianceNormalization", 1, 1, mean_variance,
     "y = (x - mean) / (sqrt(var) + 1e-9) over axes"},
    {"LpNormalization", 1, 1, lp_normalization,
     "y = x / (sum of |x|^p along axis)^(1/p), p = 1 or 2; 0 where all are 0"},
    {"LRN", 1, 1, lrn, "y = x / (bias + alpha / size * sum of x^2 over size channels around)^beta"},
    {NULL},
};
