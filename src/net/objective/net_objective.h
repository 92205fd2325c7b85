/* net_objective.h: a network on data: what the operations of the objective share. */
#ifndef TW_NET_OBJECTIVE_NET_OBJECTIVE_H
#define TW_NET_OBJECTIVE_NET_OBJECTIVE_H

#include "net/objective/net_engine.h"
#include "net/objective/net_head.h"
#include "net/objective/net_kept.h"
#include "thalweg/network.h"

/* Where a metric stands among the values; SIZE_MAX: it is not there. */
typedef struct tw_net_places {
    size_t count;
    size_t data_loss, regularizer, accuracy, top5, error;
} tw_net_places;

/* What is kept of every sample of a call. */
typedef struct tw_net_answers {
    size_t room;
    double *losses;
    size_t *ranks; /* tw_net_head_rank */
} tw_net_answers;

typedef struct tw_net_objective {
    const tw_net_graph *graph;
    const tw_space *space;
    tw_preparation *preparation;
    const int32_t *labels; /* of the whole data set */
    size_t first, count;   /* samples that are used */
    tw_runner *runner;
    tw_net_engine engine;
    tw_net_engine_options made;
    tw_net_engine plain;  /* for settling: the engine's program, where it was rewritten, knows its
                             normalisations no more */
    tw_net_engine single; /* for diagonals: a sample at a time */
    tw_net_kept kept;     /* of `engine`, for Hessian products */
    tw_net_head head;
    tw_net_places places;
    double reg;
    double typical; /* a loss from which squares are taken */
    int reestimated;
    tw_net_answers answers;
    double *scratch; /* of each worker: three blocks of a micro-batch's outputs */
    double *sums;    /* of gradients: lanes blocks of the active early edges, made when needed */
    size_t sums_room;
    double *settled; /* x with other buffers, or NULL */
    size_t *chosen;  /* samples of a batch, by their number in the data set */
    size_t chosen_room;
} tw_net_objective;

/* Samples of one call, cut into micro-batches of the engine's program. */
typedef struct tw_net_work {
    tw_net_objective *objective;
    tw_net_engine *engine;
    const size_t *samples; /* numbers in the data set; NULL: first, first + 1, ... */
    size_t first, count;
} tw_net_work;

/* All samples of the objective; those of a batch. */
tw_net_work tw_net_work_all(tw_net_objective *objective);
tw_status tw_net_work_batch(tw_net_objective *objective, const tw_batch *batch, tw_net_work *out);

size_t tw_net_work_pieces(const tw_net_work *work);
tw_net_span_of_samples tw_net_work_piece(const tw_net_work *work, size_t piece);
size_t tw_net_work_label(const tw_net_work *work, size_t sample);
/* Block `which` (0, 1, 2) of a worker's scratch. */
double *tw_net_scratch(const tw_net_objective *objective, int worker, size_t which);

/* The outputs of the micro-batch that stands in a pass, into block 0 of the worker's scratch. */
void tw_net_read_outputs(const tw_net_work *work, size_t piece, int worker);
/* Loads a micro-batch, runs it forward, writes the outputs into block 0 of the worker's scratch and
 * keeps the answers. */
tw_status tw_net_run_piece(const tw_net_work *work, size_t piece, int worker);
/* Room for as many answers. */
tw_status tw_net_answers_room(tw_net_objective *objective, size_t count);
/* The metrics of the samples, from their answers. */
void tw_net_values(const tw_net_work *work, const double *x, double *values);
/* Adds the gradient of the regulariser at v, which is also its Hessian's product with v. */
void tw_net_add_regularizer(const tw_net_objective *objective, const double *v, double *gradient);

/* The metrics at x. */
tw_status tw_net_value_of(tw_net_work *work, const double *x, double *values);

/* The operations. */
tw_status tw_net_loss(void *ctx, size_t n, const double *x, double *values);
/* Spans along which running variances move (net_line.c); others are declined. */
tw_status tw_net_line_open(void *ctx, size_t n, const double *origin, size_t rank,
                           const double *const *directions, tw_span_how how, void **span);
tw_status tw_net_line_values(void *ctx, void *span, size_t count, const double *coefficients,
                             double *values);
void tw_net_line_close(void *ctx, void *span);
tw_status tw_net_gradient(void *ctx, size_t n, const double *x, double *values, double *gradient);
tw_status tw_net_sample_gradient(void *ctx, size_t n, const double *x, const tw_batch *batch,
                                 double *values, double *gradient);
tw_status tw_net_hessian_products(void *ctx, size_t n, const double *x, size_t count,
                                  const double *vectors, double *products);
tw_status tw_net_gauss_newton_products(void *ctx, size_t n, const double *x, size_t count,
                                       const double *vectors, double *products);
tw_status tw_net_curvature_diagonal(void *ctx, size_t n, const double *x,
                                    tw_curvature_matrix matrix, double *diagonal);
tw_status tw_net_settle(void *ctx, size_t n, double *x, const tw_batch *batch);

#endif
