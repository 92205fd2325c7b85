/* density_private.h: what the files of a density share. */
#ifndef TW_CURVATURE_DENSITY_PRIVATE_H
#define TW_CURVATURE_DENSITY_PRIVATE_H

#include "thalweg/density.h"

/* A probe on its way, in the operator's unit. */
typedef struct tw_density_lane {
    double *basis;        /* steps x n, of which count + 1 are there, or count where it is closed */
    double *alpha, *beta; /* steps each */
    size_t count;         /* of alpha */
    double error;         /* the largest one of a product so far */
    int closed;           /* its space is invariant */
} tw_density_lane;

/* Those that go side by side. */
typedef struct tw_density_rest {
    size_t n, steps, room;
    size_t count;           /* on their way, after the probes that are done; 0: none have begun */
    tw_density_lane *lanes; /* room */
} tw_density_rest;

tw_status tw_density_rest_new(size_t n, size_t steps, size_t room, tw_density_rest **out);
void tw_density_rest_free(tw_density_rest *rest);

/* Fills in trace and squares with their errors from nodes and weights. */
void tw_density_sum_up(tw_density *density);

#endif
