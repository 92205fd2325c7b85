/* net_pass_private.h: what a pass is made of, in the precision that is compiled: its memory
 * (net_pass.c) and what goes through it (net_pass_run.c). */
#ifndef TW_NET_PROGRAM_NET_PASS_PRIVATE_H
#define TW_NET_PROGRAM_NET_PASS_PRIVATE_H

#include <string.h>

#include "net/program/net_firsts.h"
#include "net/program/net_pass.h"
#include "net/step/net_real.h"

/* The names of this precision. */
#define tw_net_pass TW_NET_REAL(tw_net_pass)
#define tw_net_functions TW_NET_REAL(tw_net_functions)
typedef struct tw_net_pass tw_net_pass;
typedef tw_net_functions functions;

typedef struct buffer {
    real *own;  /* of what the pass computes; owned */
    real *used; /* own, or what was bound, or a part of a room */
    size_t count;
} buffer;

struct tw_net_pass {
    const tw_net_program *program;
    tw_net_time time;
    buffer *buffers[TW_NET_WHICH]; /* by edge */
    real *shared;                  /* the places of order OUTPUT, one after the other */
    void **states;                 /* by step */
    const real **in[TW_NET_WHICH]; /* the inputs of the step at hand, room for the longest list */
    tw_net_firsts firsts;
    unsigned char *keeps; /* by edge (net_keep.h); order SECOND */
    unsigned char *fresh; /* the inputs of the step at hand whose adjoints it writes */
    void *scratch;        /* lent to the states */
    real *zeros, *spare;  /* of the largest edge */
    size_t bytes;         /* of all numbers */
    int changed[2];       /* values, tangents that are bound once a point */
};

static inline const functions *functions_of(const tw_net_kernel *kernel) {
#ifdef TW_NET_SINGLE
    return kernel->f32;
#else
    return kernel->f64;
#endif
}

static inline void clear_buffer(buffer *of) {
    if (of->own != NULL)
        memset(of->used, 0, of->count * sizeof(real));
}

static inline int is_mine(const tw_net_pass *pass, const tw_net_step *step) {
    return pass->program->edges[step->output].time == pass->time;
}

#endif
