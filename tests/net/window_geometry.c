#include "window_geometry.h"

#include "support.h"

static uint64_t drawn = 1181783497276652981u;

int64_t draw_between(int64_t least, int64_t most) {
    drawn ^= drawn << 13;
    drawn ^= drawn >> 7;
    drawn ^= drawn << 17;
    return least + (int64_t)(drawn >> 33) % (most - least + 1);
}

window_geometry draw_geometry(size_t rank, int narrow) {
    window_geometry of = {.rank = rank};
    for (size_t a = 0; a < 3; a++) {
        of.in[a] = of.kernel[a] = of.stride[a] = of.dilation[a] = of.out[a] = 1;
        if (a >= rank)
            continue;
        of.kernel[a] = draw_between(1, 3);
        of.dilation[a] = draw_between(1, 2);
        of.stride[a] = draw_between(1, 3);
        int64_t extent = (of.kernel[a] - 1) * of.dilation[a] + 1,
                most = narrow ? extent - 1 : extent + 1;
        of.pads[a] = draw_between(0, most < 2 ? most : 2);
        of.pads[rank + a] = draw_between(0, most < 2 ? most : 2);
        of.in[a] = draw_between(1, rank == 3 ? 5 : 9);
        while (of.in[a] + of.pads[a] + of.pads[rank + a] < extent)
            of.in[a]++;
        of.out[a] = (of.in[a] + of.pads[a] + of.pads[rank + a] - extent) / of.stride[a] + 1;
    }
    return of;
}

void set_geometry(tw_net_node *node, const window_geometry *of) {
    assert_ok(tw_net_node_set_numbers(node, "kernel_shape", of->rank, of->kernel));
    assert_ok(tw_net_node_set_numbers(node, "strides", of->rank, of->stride));
    assert_ok(tw_net_node_set_numbers(node, "dilations", of->rank, of->dilation));
    assert_ok(tw_net_node_set_numbers(node, "pads", 2 * of->rank, of->pads));
}

int64_t seen_at(const window_geometry *of, size_t axis, int64_t o, int64_t t) {
    return o * of->stride[axis] - (axis < of->rank ? of->pads[axis] : 0) + t * of->dilation[axis];
}

int next_index(const int64_t *sizes, int64_t *index) {
    for (size_t a = 3; a-- > 0;) {
        if (++index[a] < sizes[a])
            return 1;
        index[a] = 0;
    }
    return 0;
}

int64_t place_of(const int64_t *sizes, const int64_t *index) {
    for (size_t a = 0; a < 3; a++)
        if (index[a] < 0 || index[a] >= sizes[a])
            return -1;
    return (index[0] * sizes[1] + index[1]) * sizes[2] + index[2];
}
