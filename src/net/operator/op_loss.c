/* Losses that a graph computes itself, of labels that are an input of it. */
#include <string.h>

#include "net/operator/net_formula.h"
#include "net/operator/net_operators.h"

/* The classes are on axis 1 of the scores (N, C, d1, ...); the labels are (N, d1, ...). */
typedef struct loss {
    tw_net_shape scores, labels, picked,
        classes;    /* picked: (N, 1, d1, ...); classes: (1, C, 1, ...) */
    size_t weights; /* edge, or TW_NET_NONE */
    const char *reduction;
} loss;

static tw_status read_loss(const tw_net_call *call, loss *l) {
    *l = (loss){.scores = tw_net_edge_at(call, call->inputs[0])->shape,
                .labels = tw_net_edge_at(call, call->inputs[1])->shape,
                .weights = tw_net_input(call, 2),
                .reduction = tw_net_node_text(call->node, "reduction", "mean")};
    l->picked = l->scores;
    l->classes = (tw_net_shape){.rank = l->scores.rank};
    for (size_t axis = 0; axis < l->scores.rank; axis++)
        l->classes.size[axis] = axis == 1 ? l->scores.size[1] : 1;
    if (l->scores.rank >= 2)
        l->picked.size[1] = 1;
    if (l->scores.rank < 2 || l->labels.rank + 1 != l->scores.rank ||
        tw_net_shape_count(&l->labels) != tw_net_shape_count(&l->picked))
        return tw_net_call_fail(call, TW_ERR_SHAPE,
                                "its labels have not the shape of its scores without the classes");
    if (l->weights != TW_NET_NONE &&
        tw_net_shape_count(&tw_net_edge_at(call, l->weights)->shape) != l->scores.size[1])
        return tw_net_call_fail(call, TW_ERR_SHAPE, "it has not one weight for each of %zu classes",
                                l->scores.size[1]);
    if (strcmp(l->reduction, "mean") != 0 && strcmp(l->reduction, "sum") != 0 &&
        strcmp(l->reduction, "none") != 0)
        return tw_net_call_fail(call, TW_ERR_FORMAT, "its reduction is '%s'", l->reduction);
    return TW_OK;
}

/* Where the class is the label's, and the label is not the one that is to be ignored. */
static size_t mask_of(tw_net_formula *f, const loss *l) {
    const tw_net_call *call = f->call;
    tw_net_type type = tw_net_edge_at(call, call->inputs[1])->type;
    const tw_net_attribute *ignored = tw_net_node_find(call->node, "ignore_index");
    size_t label = tw_net_formula_reshape(f, call->inputs[1], &l->picked);
    size_t mask = tw_net_formula_two(f, "Equal", label, tw_net_formula_count(f, type, &l->classes));
    if (ignored == NULL)
        return mask;
    size_t out = tw_net_formula_with(f, "Equal", label, (double)ignored->number);
    return tw_net_formula_two(f, "And", mask, tw_net_formula_one(f, "Not", out));
}

/* The entries of `from` (broadcast to the scores) that the mask holds for, one of each sample and
 * place: (N, 1, d1, ...), 0 where it holds for none. */
static size_t pick(tw_net_formula *f, size_t mask, size_t from) {
    size_t nothing = tw_net_formula_number(f, from, 0);
    return tw_net_formula_reduce(f, "ReduceSum",
                                 tw_net_formula_three(f, "Where", mask, from, nothing), 1,
                                 (const int64_t[]){1});
}

static size_t sum_of_all(tw_net_formula *f, const char *op, size_t a, size_t rank) {
    int64_t axes[TW_NET_RANK];
    for (size_t axis = 0; axis < rank; axis++)
        axes[axis] = (int64_t)axis;
    return tw_net_formula_reshape(f, tw_net_formula_reduce(f, op, a, rank, axes),
                                  &(tw_net_shape){0});
}

/* What is lost with the logarithms of probabilities at that edge. */
static size_t loss_of(tw_net_formula *f, const loss *l, size_t logs) {
    size_t mask = mask_of(f, l), rank = l->labels.rank, shares = 0;
    size_t lost = tw_net_formula_one(f, "Neg", pick(f, mask, logs));
    int plain =
        l->weights == TW_NET_NONE && tw_net_node_find(f->call->node, "ignore_index") == NULL;
    if (l->weights != TW_NET_NONE)
        shares = pick(f, mask, tw_net_formula_reshape(f, l->weights, &l->classes));
    else if (!plain)
        shares = pick(f, mask, tw_net_formula_number(f, logs, 1));
    if (l->weights != TW_NET_NONE)
        lost = tw_net_formula_two(f, "Mul", lost, shares);
    lost = tw_net_formula_reshape(f, lost, &l->labels);
    if (strcmp(l->reduction, "none") == 0)
        return lost;
    if (plain)
        return sum_of_all(f, strcmp(l->reduction, "mean") == 0 ? "ReduceMean" : "ReduceSum", lost,
                          rank);
    size_t sum = sum_of_all(f, "ReduceSum", lost, rank);
    if (strcmp(l->reduction, "sum") == 0)
        return sum;
    shares = tw_net_formula_reshape(f, shares, &l->labels);
    return tw_net_formula_two(f, "Div", sum, sum_of_all(f, "ReduceSum", shares, rank));
}

static tw_status negative_log_likelihood(tw_net_call *call) {
    tw_net_formula f = {call};
    loss l;
    tw_status status = read_loss(call, &l);
    if (status != TW_OK)
        return status;
    call->outputs[0] = loss_of(&f, &l, call->inputs[0]);
    return f.status;
}

static tw_status softmax_cross_entropy(tw_net_call *call) {
    tw_net_formula f = {call};
    loss l;
    tw_status status = read_loss(call, &l);
    if (status != TW_OK)
        return status;
    size_t logs = tw_net_formula_along(&f, "LogSoftmax", call->inputs[0], 1);
    call->outputs[0] = loss_of(&f, &l, logs);
    if (tw_net_wanted(call, 1))
        call->outputs[1] = logs;
    return f.status;
}

const tw_net_operator tw_net_family_loss[] = {
    {"NegativeLogLikelihoodLoss", 2, 3, negative_log_likelihood,
     "y = -w_t x_t for the label t of each sample; their sum, or that by the sum of the w_t"},
    {"SoftmaxCrossEntropyLoss", 2, 3, softmax_cross_entropy,
     "the same with x = LogSoftmax(scores), which is the second output"},
    {NULL},
};
