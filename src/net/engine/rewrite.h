/* rewrite.h: a program being rewritten: its steps, in order, taken over as they are or replaced.
 * Edges of the program keep their numbers; new ones come after them. */
#ifndef TW_NET_ENGINE_REWRITE_H
#define TW_NET_ENGINE_REWRITE_H

#include "net/program/net_program.h"

typedef struct tw_rewrite {
    tw_net_program *program; /* `steps` as they were; `edges` with the new ones */
    size_t old_edges, edge_room;
    tw_net_step *steps; /* the new ones */
    size_t count, room;
    unsigned char *taken;  /* by step of the program: its plan is in `steps` now, */
    unsigned char *keep;   /* by new step: and it is not to be freed with these */
    size_t *blocked;       /* by old edge: the edge that has it blocked, or TW_NET_NONE */
    unsigned char *planes; /* by old edge: it is computed, as planes */
} tw_rewrite;

/* Released by the caller, whatever is returned. */
tw_status tw_rewrite_open(tw_net_program *program, tw_rewrite *rewrite);
/* Puts the new steps in the place of the old, but for those of batch time that nobody reads; the
 * plans of the old that were not taken over are freed. */
tw_status tw_rewrite_commit(tw_rewrite *rewrite);
/* What was not committed is undone. */
void tw_rewrite_release(tw_rewrite *rewrite);

/* TW_ERR_MEMORY, in words. */
tw_status tw_rewrite_no_memory(const tw_rewrite *rewrite);

/* A new edge like `like`, of `count` entries in one axis, or of its shape (0). */
tw_status tw_rewrite_edge(tw_rewrite *rewrite, size_t like, size_t count, size_t *edge);
/* A new step; the plan is taken over, on failure too. Its output is not earlier than its inputs. */
tw_status tw_rewrite_step(tw_rewrite *rewrite, const tw_net_kernel *kernel, void *plan,
                          size_t input_count, const size_t *inputs, size_t output, size_t node);
/* The new step that computes an edge, NULL if none does. */
const tw_net_step *tw_rewrite_maker(const tw_rewrite *rewrite, size_t edge);
/* Takes step `index` over as it is. */
tw_status tw_rewrite_keep(tw_rewrite *rewrite, size_t index);

#endif
