/* team_private.h: what carries the messages of a team. MPI is one way (src/team/team_mpi.c); tests
 * have another. */
#ifndef TW_TEAM_TEAM_PRIVATE_H
#define TW_TEAM_TEAM_PRIVATE_H

#include <stddef.h>

#include "thalweg/team.h"

typedef struct tw_team_ops {
    /* As tw_team_send and tw_team_receive (team_message.h). */
    tw_status (*send)(void *ctx, int to, const void *bytes, size_t size);
    tw_status (*receive)(void *ctx, double wait, int *from, void **bytes, size_t *size);
    void (*leave)(void *ctx);
    /* Memory that all ranks of this machine see. They call this together, each with the size that
     * it wants; *memory, all 0, is NULL for all of them if there is only one, if one wants
     * nothing, or something else, or if there is no such memory. It stays until `unshare` or until
     * they leave. Both are NULL where ranks share nothing. */
    void (*share)(void *ctx, size_t size, void **memory);
    void (*unshare)(void *ctx);
} tw_team_ops;

struct tw_team {
    tw_team_ops ops;
    void *ctx;
    int rank, size;
};

/* Carries messages over MPI; TW_ERR_UNSUPPORTED without it. */
tw_status tw_team_mpi(tw_team *out);

#endif
