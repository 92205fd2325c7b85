/* net_program.h: a network ready to run on batches of one size: steps in order, over edges of known
 * shapes.
 *
 * Edges come to be at three times. What is KNOWN does not depend on parameters or data, and was
 * computed when the program was built (shapes, constants). What depends on the PARAMETERS alone is
 * computed once a point, in double whatever the precision of the rest: weights behind a Transpose,
 * or a batch normalisation's scale folded into the convolution before it. The rest depends on the
 * SAMPLES and is computed once a batch.
 */
#ifndef TW_NET_PROGRAM_NET_PROGRAM_H
#define TW_NET_PROGRAM_NET_PROGRAM_H

#include "net/graph/net_graph.h"
#include "net/step/net_kernel.h"

typedef enum tw_net_time { TW_NET_AT_BUILD, TW_NET_AT_POINT, TW_NET_AT_BATCH } tw_net_time;

typedef struct tw_net_edge {
    tw_net_shape shape;
    tw_net_type type;
    tw_net_time time;
    double *known; /* AT_BUILD: its numbers; else NULL. Owned. */
    size_t value;  /* the graph's parameter or input that it is, or TW_NET_NONE */
    size_t offset; /* of a parameter: its first entry in the parameter vector */
    size_t step;   /* the one that makes it, or TW_NET_NONE */
    int active;    /* depends on parameters that a derivative passes to */
} tw_net_edge;

typedef struct tw_net_step {
    const tw_net_kernel *kernel;
    void *plan; /* owned */
    size_t input_count;
    size_t *inputs; /* edges; owned */
    size_t output;  /* edge */
    size_t node;    /* of the graph, which it came from */
} tw_net_step;

/* A batch normalisation, for those who settle its statistics. */
typedef struct tw_net_norm {
    size_t input;          /* the edge that is normalised, channels on axis 1 */
    size_t mean, variance; /* edges of the parameters (role buffer) */
    double epsilon, momentum;
} tw_net_norm;

typedef struct tw_net_program {
    const tw_net_graph *graph; /* outlives it */
    size_t batch;
    size_t size; /* numbers in the parameter vector */
    size_t edge_count, step_count, norm_count;
    tw_net_edge *edges;
    tw_net_step *steps;
    tw_net_norm *norms;
    size_t input, output; /* edges */
} tw_net_program;

void tw_net_program_free(tw_net_program *program);
/* Multiply-adds of one forward pass over the batch. */
double tw_net_program_work(const tw_net_program *program);

#endif
