#include "net/objective/net_lanes.h"

#include <stdlib.h>
#include <string.h>

#include "core/alloc.h"

/* Numbers that are summed at a time. */
enum { CHUNK = 1 << 14 };

tw_status tw_net_lanes_open(tw_net_lanes_job *job, tw_net_work *work, size_t blocks) {
    tw_net_objective *o = work->objective;
    size_t pieces = tw_net_work_pieces(work), most = work->engine->lanes;
    *job =
        (tw_net_lanes_job){.work = work, .lanes = pieces < most ? pieces : most, .blocks = blocks};
    size_t room = job->lanes * blocks * work->engine->early.active_size;
    if (room <= o->sums_room)
        return TW_OK;
    free(o->sums);
    o->sums = tw_alloc_raw(room, sizeof *o->sums);
    o->sums_room = o->sums != NULL ? room : 0;
    if (o->sums == NULL)
        return tw_fail(TW_ERR_MEMORY, "not enough memory for %zu gradients", job->lanes * blocks);
    return TW_OK;
}

double *tw_net_lane(const tw_net_lanes_job *job, size_t lane, size_t block) {
    size_t size = job->work->engine->early.active_size;
    return job->work->objective->sums + (lane * job->blocks + block) * size;
}

static tw_status sum_piece(void *argument, size_t piece, int worker) {
    const tw_net_lanes_job *job = argument;
    size_t size = job->blocks * job->work->engine->early.active_size, first = piece * CHUNK;
    size_t end = first + CHUNK < size ? first + CHUNK : size;
    double *to = tw_net_lane(job, 0, 0), count = (double)job->work->count;
    for (size_t lane = 1; lane < job->lanes; lane++) {
        const double *from = tw_net_lane(job, lane, 0);
        for (size_t i = first; i < end; i++)
            to[i] += from[i];
    }
    for (size_t i = first; i < end; i++)
        to[i] /= count;
    return TW_OK;
}

tw_status tw_net_lanes_sum(tw_net_lanes_job *job) {
    size_t size = job->blocks * job->work->engine->early.active_size;
    return tw_runner_map(job->work->objective->runner, (size + CHUNK - 1) / CHUNK, sum_piece, job);
}
