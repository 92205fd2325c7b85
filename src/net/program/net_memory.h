/* net_memory.h: which of the tensors that a pass computes can be kept in the same place, because
 * one is read for the last time before the other comes to be. */
#ifndef TW_NET_PROGRAM_NET_MEMORY_H
#define TW_NET_PROGRAM_NET_MEMORY_H

#include "net/program/net_program.h"

typedef struct tw_net_memory {
    size_t *slots; /* by edge: where it is kept; TW_NET_NONE: it is not computed at that time */
    size_t count;
    size_t *sizes; /* by slot: the entries that it has room for */
} tw_net_memory;

/* Plans for the steps of that time, in order, by best fit; the program's output is kept to the end,
 * all else until it was read. A kernel that can write over one of its inputs does
 * (tw_net_kernel.over). Released by the caller, whatever is returned. */
tw_status tw_net_memory_plan(const tw_net_program *program, tw_net_time time, tw_net_memory *out);
void tw_net_memory_release(tw_net_memory *memory);

#endif
