/* adaptive_lattice.h: the points 0 ... count-1 of an axis in dyadic levels.
 *
 * Lattice l holds the points floor(k (count - 1) / 2^l): the ends at level 0, the middle at level
 * 1, and so on until it is the whole axis. The level of a point is the first lattice that has it.
 */
#ifndef TW_LANDSCAPE_ADAPTIVE_LATTICE_H
#define TW_LANDSCAPE_ADAPTIVE_LATTICE_H

#include <stddef.h>
#include <stdint.h>

#include "thalweg/status.h"

typedef struct tw_lattice_node {
    uint32_t at[4]; /* the points of the lattice before that predict it, */
    double weight[4];
    uint32_t near[2];  /* the two that it lies between, */
    double share;      /* the weight of near[1] in a straight line, */
    uint32_t parent;   /* and of these two the one of the higher level */
    uint32_t peers[2]; /* its neighbours of the same level; itself where there is none */
    uint8_t level, count;
} tw_lattice_node;

typedef struct tw_lattice {
    size_t count;
    int levels; /* the last one */
    tw_lattice_node *nodes;
} tw_lattice;

/* TW_ERR_MEMORY, or TW_ERR_ARGUMENT for more than 2^31 points. Release copes with a zeroed one. */
tw_status tw_lattice_init(tw_lattice *lattice, size_t count);
void tw_lattice_release(tw_lattice *lattice);

/* The neighbour of point i on lattice `level`, which holds i, on the side -1 or 1; i itself at the
 * end. */
size_t tw_lattice_step(const tw_lattice *lattice, int level, size_t i, int side);

/* What a value is to interpolation: 0 a number, 1 NaN, 2 and 3 infinite or so large that weighted
 * sums might be. */
int tw_value_kind(double value);

/* The value of a point of level > 0 from those before it, values[i * stride] being that of point i.
 * Where one of the four is no number: the straight line between the two next to it, their kind
 * where they agree in it, or else NaN. */
double tw_lattice_predict(const tw_lattice_node *node, const double *values, size_t stride);

#endif
