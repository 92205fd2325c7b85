/* net_firsts.h: which contribution to an adjoint comes first.
 *
 * Steps go backwards from the last to the first, and each adds to the adjoints of what it read. The
 * first that adds to one may write it instead, so that nobody has to set it to 0 before. Adjoints
 * that are there before a backward pass have no first writer: of what the pass does not compute,
 * of the program's output, and of what steps of a later time read. */
#ifndef TW_NET_PROGRAM_NET_FIRSTS_H
#define TW_NET_PROGRAM_NET_FIRSTS_H

#include "net/program/net_program.h"

/* What a step does to the adjoint of an input. */
typedef enum tw_net_contribution {
    TW_NET_ADDS,
    TW_NET_WRITES,   /* the first, and the step's only one */
    TW_NET_ADDS_TO_0 /* the first of several of this step: it is set to 0 before */
} tw_net_contribution;

typedef struct tw_net_firsts {
    unsigned char *contributions; /* of the inputs of all steps, step after step; owned */
    size_t *starts;               /* by step: where its own are; owned */
    unsigned char *first;         /* by edge: whether it has a first writer; owned */
} tw_net_firsts;

/* For the steps of one time. Release it even after a failure. */
tw_status tw_net_firsts_plan(const tw_net_program *program, tw_net_time time, tw_net_firsts *out);
void tw_net_firsts_release(tw_net_firsts *firsts);

#endif
