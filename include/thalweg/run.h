/* run.h: the runner, which spreads work over threads.
 *
 * Results never depend on the number of threads: work is cut into pieces that are fixed by the
 * problem alone, each piece writes to its own place, and sums over pieces are taken in order.
 */
#ifndef THALWEG_RUN_H
#define THALWEG_RUN_H

#include <stddef.h>

#include "status.h"

TW_BEGIN_DECLS

typedef struct tw_runner tw_runner;

/* A piece of work: `piece` counts from 0, `worker` says which worker runs it (0 <= worker <
 * tw_runner_threads), so that scratch memory can be kept one per worker. */
typedef tw_status (*tw_piece_fn)(void *argument, size_t piece, int worker);

/* Starts a runner with `threads` workers, the calling thread being one of them; 0 means one for
 * each processor that this process may use. On success *out is owned by the caller. */
TW_API tw_status tw_runner_new(int threads, tw_runner **out);

/* Stops the workers. NULL is allowed. */
TW_API void tw_runner_free(tw_runner *runner);

/* Number of workers; 1 for NULL. */
TW_API int tw_runner_threads(const tw_runner *runner);

/* Calls function(argument, piece, worker) for every piece in [0, count), in any order, and returns
 * when all are done. If a piece fails, pieces not begun are skipped, and the status and text of the
 * failed piece with the lowest number among those that ran are given to the calling thread. NULL
 * runs everything on the calling thread, in order. A map inside a map runs on its own worker; so
 * does a second caller while the runner is busy. */
TW_API tw_status tw_runner_map(tw_runner *runner, size_t count, tw_piece_fn function,
                               void *argument);

/* Asked by maps of the runner between two pieces, at most some twenty times a second, on the thread
 * that called: non-zero ends the map with TW_ERR_CANCELLED, and what it was part of with it. So
 * work that reports no progress can be ended as well. Maps inside one that is shared among threads
 * ask nobody. NULL: nobody is asked. Not to be set while a map runs. */
TW_API void tw_runner_set_cancelled(tw_runner *runner, int (*cancelled)(void *user), void *user);

/* Number of processors that this process may use, at least 1. */
TW_API int tw_processor_count(void);

/* Progress of long work: called between pieces with the work done and the whole, from the thread
 * that called the library. Returning non-zero cancels: the library function returns
 * TW_ERR_CANCELLED. */
typedef int (*tw_progress_fn)(void *user, size_t done, size_t total);

/* How fast such work goes. Zero it, but for `before`. */
typedef struct tw_time_pace {
    size_t before; /* what was done before the work began */
    double at;     /* when the first step came, which had the preparations in it; 0: not yet */
    size_t done;   /* what was done by then */
} tw_time_pace;

/* Seconds that are left, by the pace since the first step; NaN before there is one. To be asked at
 * every step. */
TW_API double tw_time_left(tw_time_pace *pace, size_t done, size_t total);

TW_END_DECLS

#endif
