/* net_crew.h: the passes over micro-batches, one a worker, and what they share, in one precision
 * behind numbers that are doubles for everybody else. Nothing is allocated after it was made.
 *
 * With AT_BATCH edges only: the early edges' numbers come from the point (net_early.h) in one block
 * each, are converted once, and are read by all workers. */
#ifndef TW_NET_OBJECTIVE_NET_CREW_H
#define TW_NET_OBJECTIVE_NET_CREW_H

#include "data/preparation.h"
#include "net/objective/net_early.h"
#include "net/program/net_pass.h"

/* Outlives the crew. */
typedef struct tw_net_crew_plan {
    const tw_net_program *program;
    const tw_net_early *early;
    const tw_preparation *preparation;
    size_t workers;
    tw_net_order order;
    size_t slots; /* directions that are kept at a time; SECOND */
} tw_net_crew_plan;

/* Samples of a micro-batch: those that `samples` names, or first, first + 1, ... */
typedef struct tw_net_span_of_samples {
    const size_t *samples;
    size_t first, count;
} tw_net_span_of_samples;

typedef struct tw_net_crew_kind {
    const char *name; /* "single", "double" */
    double precision; /* its unit roundoff */
    size_t item;      /* bytes of a number */

    tw_status (*make)(const tw_net_crew_plan *plan, void **crew);
    void (*free)(void *crew);

    /* For all workers: the numbers of the early edges; and those of direction `slot`, of the active
     * ones. */
    tw_status (*set)(void *crew, const double *numbers);
    tw_status (*move)(void *crew, size_t slot, const double *numbers);

    /* Prepares the samples as the input of one worker's pass. Where there are fewer than its batch,
     * the last stands for those that lack. */
    tw_status (*load)(void *crew, size_t worker, const tw_net_span_of_samples *samples);
    /* The steps from number `begin` on that are before `end`; 0 and SIZE_MAX: all. */
    tw_status (*forward)(void *crew, size_t worker, size_t begin, size_t end);
    /* From seeds, the derivatives of the loss by the output's numbers. */
    tw_status (*backward)(void *crew, size_t worker, const double *seeds);
    tw_status (*tangents)(void *crew, size_t worker, size_t slot);
    tw_status (*backward_tangents)(void *crew, size_t worker, const double *seeds);

    /* The first `count` numbers of an edge. */
    void (*read)(const void *crew, size_t worker, tw_net_which which, size_t edge, size_t count,
                 double *numbers);
    /* All numbers of an edge of batches out of a pass, and into one again: `item` bytes each. Where
     * the order is OUTPUT, an edge's numbers are written over when they were read. */
    void (*save)(const void *crew, size_t worker, size_t edge, void *to);
    void (*restore)(const void *crew, size_t worker, size_t edge, const void *from);
    /* Bytes of a room for what passes at the point leave to those along directions, and one for a
     * worker, NULL: its own (net_pass.h); SECOND. */
    size_t (*kept_bytes)(const void *crew);
    void (*house)(void *crew, size_t worker, void *room);
    /* Adds the adjoints of the active early edges, or their tangents, to a block. */
    void (*add)(const void *crew, size_t worker, tw_net_which which, double *sums);
} tw_net_crew_kind;

extern const tw_net_crew_kind tw_net_crew_f32, tw_net_crew_f64;

#endif
