/* Axes, sizes and the like, from attributes or from inputs. */
#include "net/operator/net_arguments.h"

#include <math.h>
#include <string.h>

static tw_status too_many(const tw_net_call *call, const char *name, size_t count, size_t most) {
    return tw_net_call_fail(call, TW_ERR_FORMAT, "attribute '%s' has %zu numbers; %zu are the most",
                            name, count, most);
}

tw_status tw_net_integers(const tw_net_call *call, const char *name, size_t index, size_t most,
                          int64_t *numbers, size_t *count) {
    const tw_net_attribute *attribute = name != NULL ? tw_net_node_find(call->node, name) : NULL;
    if (attribute == NULL)
        return tw_net_known_integers(call, index, most, numbers, count);
    if (attribute->kind == TW_NET_ATTRIBUTE_INT && most > 0) {
        *count = 1;
        *numbers = attribute->number;
        return TW_OK;
    }
    if (attribute->kind != TW_NET_ATTRIBUTE_INTS)
        return tw_net_call_fail(call, TW_ERR_FORMAT, "attribute '%s' is not a list of integers",
                                name);
    if (attribute->count > most)
        return too_many(call, name, attribute->count, most);
    *count = attribute->count;
    if (*count > 0)
        memcpy(numbers, attribute->numbers, *count * sizeof *numbers);
    return TW_OK;
}

tw_status tw_net_integer(const tw_net_call *call, const char *name, size_t index, int64_t fallback,
                         int64_t *number) {
    size_t count;
    tw_status status = tw_net_integers(call, name, index, 1, number, &count);
    if (status == TW_OK && count == 0)
        *number = fallback;
    return status;
}

tw_status tw_net_reals(const tw_net_call *call, const char *name, size_t index, size_t most,
                       double *numbers, size_t *count) {
    const tw_net_attribute *attribute = name != NULL ? tw_net_node_find(call->node, name) : NULL;
    const double *from = NULL;
    *count = 0;
    if (attribute != NULL) {
        if (attribute->kind != TW_NET_ATTRIBUTE_FLOATS)
            return tw_net_call_fail(call, TW_ERR_FORMAT, "attribute '%s' is not a list of numbers",
                                    name);
        *count = attribute->count;
        from = attribute->reals;
    } else if (tw_net_input(call, index) != TW_NET_NONE) {
        const tw_net_edge *edge = tw_net_edge_at(call, tw_net_input(call, index));
        if (edge->known == NULL)
            return tw_net_call_fail(call, TW_ERR_UNSUPPORTED,
                                    "its input %zu depends on the data or on parameters, and must "
                                    "be known before",
                                    index + 1);
        *count = tw_net_shape_count(&edge->shape);
        from = edge->known;
    }
    if (*count > most)
        return too_many(call, name != NULL ? name : "", *count, most);
    if (*count > 0)
        memcpy(numbers, from, *count * sizeof *numbers);
    return TW_OK;
}

tw_status tw_net_axis_of(const tw_net_call *call, size_t rank, int64_t number, size_t *axis) {
    int found = tw_net_shape_axis(rank, number);
    if (found < 0)
        return tw_net_call_fail(call, TW_ERR_SHAPE, "there is no axis %lld among %zu",
                                (long long)number, rank);
    *axis = (size_t)found;
    return TW_OK;
}

tw_status tw_net_axis(const tw_net_call *call, size_t rank, int64_t fallback, size_t *axis) {
    return tw_net_axis_of(call, rank, tw_net_node_number(call->node, "axis", fallback), axis);
}

tw_status tw_net_axes(const tw_net_call *call, const char *name, size_t index, size_t rank,
                      size_t *axes, size_t *count) {
    int64_t numbers[TW_NET_RANK];
    unsigned char seen[TW_NET_RANK] = {0};
    tw_status status = tw_net_integers(call, name, index, TW_NET_RANK, numbers, count);
    for (size_t i = 0; status == TW_OK && i < *count; i++) {
        status = tw_net_axis_of(call, rank, numbers[i], &axes[i]);
        if (status == TW_OK && seen[axes[i]]++)
            status = tw_net_call_fail(call, TW_ERR_SHAPE, "axis %zu is given twice", axes[i]);
    }
    return status;
}

int tw_net_is_batch_axis(const tw_net_call *call, size_t index, size_t axis) {
    const tw_net_edge *declared = tw_net_declared_input(call, index);
    if (declared == NULL)
        return 0;
    const tw_net_edge *built = tw_net_edge_at(call, tw_net_input(call, index));
    return built->shape.rank == declared->shape.rank &&
           built->shape.size[axis] != declared->shape.size[axis];
}

tw_status tw_net_batch_fail(const tw_net_call *call, const char *done) {
    return tw_net_call_fail(call, TW_ERR_UNSUPPORTED,
                            "the file is for a batch of %zu, and the batch's axis is %s here: it "
                            "cannot be run on %zu samples at once",
                            tw_net_declared_batch(call), done, tw_net_batch(call));
}
