/* chain.h: a convolution and what follows it, to be computed as one.
 *
 *   y = act((conv(x, w) + b) * a + c + r)     is     act(conv(x, w a) + (b a + c) + r)
 *
 * where b, a and c are numbers a channel that depend on the parameters alone (a bias, a batch
 * normalisation with frozen statistics), r is a tensor of the result's shape, and act is max(0, .)
 * or nothing. */
#ifndef TW_NET_ENGINE_CHAIN_H
#define TW_NET_ENGINE_CHAIN_H

#include "net/program/net_program.h"
#include "net/step/step_convolution.h"

enum { TW_CHAIN_LINKS = 8 };

/* What follows a convolution, in order. */
typedef struct tw_chain_link {
    int scales; /* by `edge`, or adds it */
    size_t edge;
} tw_chain_link;

typedef struct tw_chain {
    size_t first, last; /* steps; others between them may be none of the chain's */
    const tw_net_convolution_plan *convolution;
    size_t link_count;
    tw_chain_link links[TW_CHAIN_LINKS]; /* numbers a channel */
    size_t addend;                       /* r, or TW_NET_NONE */
    int relu;
    int plain_source; /* the engine reads the image as planes; 0 at first */
} tw_chain;

/* For every edge, the step that alone reads it, or TW_NET_NONE where there are none or several, or
 * it is the program's output. */
void tw_chain_readers(const tw_net_program *program, size_t *readers);
/* The chain from step `first` on, which must be a convolution of images at batch time, with weights
 * that depend on the parameters alone: 0 if it is none. It ends before a step that is `taken` by
 * another: of two convolutions that are added (a projection beside a block) the one that comes
 * first takes the sum in, and the other is its addend. */
int tw_chain_find(const tw_net_program *program, const size_t *readers, const unsigned char *taken,
                  size_t first, tw_chain *chain);
/* Calls visit for all of its steps. */
void tw_chain_each(const tw_net_program *program, const size_t *readers, const tw_chain *chain,
                   void (*visit)(size_t step, void *user), void *user);

#endif
