#include "landscape/adaptive_lattice.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "core/alloc.h"

/* Beyond it a sum of four weighted values might overflow. */
static const double LARGEST = 1e300;

static size_t place(const tw_lattice *lattice, int level, uint64_t k) {
    return (size_t)((k * (lattice->count - 1)) >> level);
}

/* The largest k with place(k) <= i. */
static uint64_t number_below(const tw_lattice *lattice, int level, size_t i) {
    if (lattice->count == 1)
        return 0;
    uint64_t k = ((((uint64_t)i + 1) << level) - 1) / (lattice->count - 1);
    return k <= (uint64_t)1 << level ? k : (uint64_t)1 << level;
}

static void set_weights(tw_lattice_node *node, size_t i) {
    for (int a = 0; a < node->count; a++) {
        node->weight[a] = 1;
        for (int b = 0; b < node->count; b++)
            if (b != a)
                node->weight[a] *= ((double)i - node->at[b]) / ((double)node->at[a] - node->at[b]);
    }
}

/* From the lattice before: up to four points, as many on either side as there are. */
static void set_stencil(const tw_lattice *lattice, tw_lattice_node *node, size_t i) {
    int before = node->level - 1;
    int64_t points = ((int64_t)1 << before) + 1, left = (int64_t)number_below(lattice, before, i);
    int64_t count = points < 4 ? points : 4, first = left - count / 2 + 1;
    first = first < 0 ? 0 : first > points - count ? points - count : first;
    node->count = (uint8_t)count;
    for (int64_t k = 0; k < count; k++)
        node->at[k] = (uint32_t)place(lattice, before, (uint64_t)(first + k));
    for (int side = 0; side < 2; side++)
        node->near[side] = (uint32_t)place(lattice, before, (uint64_t)(left + side));
    node->share = ((double)i - node->near[0]) / ((double)node->near[1] - node->near[0]);
    set_weights(node, i);
}

static void set_peers(tw_lattice *lattice) {
    for (int side = 0; side < 2; side++) {
        uint32_t last[64];
        memset(last, 0xff, sizeof last);
        for (size_t k = 0; k < lattice->count; k++) {
            size_t i = side == 0 ? k : lattice->count - 1 - k;
            tw_lattice_node *node = &lattice->nodes[i];
            node->peers[side] = last[node->level] != UINT32_MAX ? last[node->level] : (uint32_t)i;
            last[node->level] = (uint32_t)i;
        }
    }
}

tw_status tw_lattice_init(tw_lattice *lattice, size_t count) {
    *lattice = (tw_lattice){.count = count};
    if (count == 0 || count > (size_t)1 << 31)
        return tw_fail(TW_ERR_ARGUMENT, "an axis of %zu points; adaptive ones have 1 to 2^31",
                       count);
    while (((uint64_t)1 << lattice->levels) < count - 1)
        lattice->levels++;
    lattice->nodes = tw_alloc(count, sizeof *lattice->nodes);
    if (lattice->nodes == NULL)
        return tw_fail(TW_ERR_MEMORY, "not enough memory for an axis of %zu points", count);
    for (size_t i = 0; i < count; i++) {
        tw_lattice_node *node = &lattice->nodes[i];
        while (place(lattice, node->level, number_below(lattice, node->level, i)) != i)
            node->level++;
        if (node->level > 0)
            set_stencil(lattice, node, i);
    }
    for (size_t i = 0; i < count; i++) {
        tw_lattice_node *node = &lattice->nodes[i];
        int second = lattice->nodes[node->near[1]].level > lattice->nodes[node->near[0]].level;
        node->parent = node->near[second];
    }
    set_peers(lattice);
    return TW_OK;
}

void tw_lattice_release(tw_lattice *lattice) {
    free(lattice->nodes);
    *lattice = (tw_lattice){0};
}

size_t tw_lattice_step(const tw_lattice *lattice, int level, size_t i, int side) {
    if (i == (side < 0 ? 0 : lattice->count - 1))
        return i;
    if (level == lattice->levels) /* all points, some of which have more than one number */
        return side < 0 ? i - 1 : i + 1;
    uint64_t k = number_below(lattice, level, i);
    return place(lattice, level, side < 0 ? k - 1 : k + 1);
}

int tw_value_kind(double value) {
    return isnan(value) ? 1 : value > LARGEST ? 2 : value < -LARGEST ? 3 : 0;
}

double tw_lattice_predict(const tw_lattice_node *node, const double *values, size_t stride) {
    double sum = 0;
    int numbers = 1;
    for (int k = 0; k < node->count; k++) {
        double value = values[node->at[k] * stride];
        sum += node->weight[k] * value;
        numbers = numbers && tw_value_kind(value) == 0;
    }
    if (numbers && tw_value_kind(sum) == 0)
        return sum;
    double left = values[node->near[0] * stride], right = values[node->near[1] * stride];
    int kind = tw_value_kind(left);
    if (kind != tw_value_kind(right))
        return NAN;
    return kind != 0 ? left : left + node->share * (right - left);
}
