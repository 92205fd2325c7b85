/* batch_size.h: how many points go to a worker at once. Pure, so that it can be tried in a
 * simulation of a thousand workers. */
#ifndef TW_LANDSCAPE_BATCH_SIZE_H
#define TW_LANDSCAPE_BATCH_SIZE_H

#include <stddef.h>

/* Most points that go to an objective at once. */
enum { TW_BATCH = 4096 };

/* What is known of a worker. Zeroed, but for `aim` and `shares`, before its first batch. */
typedef struct tw_pace {
    double aim;     /* seconds that a batch is to take; 0: half a second */
    int shares;     /* the points of a batch have work in common: what a span does in every call */
    size_t batch;   /* the last batch it finished, in points; 0: none yet */
    double seconds; /* that it took */
    int compared;   /* whether two batches of different size have told, where work is shared: */
    double common;  /* seconds of a batch beside its points, */
    double each;    /* and of a point */
} tw_pace;

/* A batch has come back. */
void tw_pace_add(tw_pace *pace, size_t batch, double seconds);

/* The next batch for a worker of `threads` threads, when `left` points (at least 1) are to be given
 * to `workers` workers. The first is a point a thread; later ones aim at half a second each, so
 * that a fast objective can share work between many points, and a slow one shows progress and loses
 * little when it is interrupted. Where a call has work of its own (the products of a span that are
 * too many to be kept, say) a batch is so large that it has four times as much for its points; to
 * know that, the second batch is twice the first at least. Towards the end batches of a team become
 * smaller, so that no worker sits on a large one while the others have none. */
size_t tw_batch_size(const tw_pace *pace, size_t left, size_t workers, size_t threads);

#endif
