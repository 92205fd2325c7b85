/* trace_private.h: a trace while it is computed. */
#ifndef TW_CURVATURE_TRACE_PRIVATE_H
#define TW_CURVATURE_TRACE_PRIVATE_H

#include "curvature/long_vector.h"
#include "curvature/probe.h"
#include "thalweg/trace.h"

/* All but the draws: what stands between two products. */
typedef struct tw_trace_rest {
    size_t n, room;     /* of a vector; columns that there is room for */
    size_t drawn, made; /* columns that were drawn, or of the matrix itself where there is no room;
                           those whose exact part is there */
    size_t count;       /* columns of the basis */
    double *basis;      /* room x n */
    double *base;       /* block_count + 1 */
    double *base_diagonal, *diagonal, *squares; /* n each; NULL: not asked for */
} tw_trace_rest;

/* That of a matrix whose diagonal (n numbers) and eigenvalues are there: no product, no error. */
tw_status tw_trace_of_matrix(tw_curvature *curvature, const double *diagonal, size_t count,
                             const double *eigenvalues, tw_trace_result *result);

void tw_trace_rest_free(tw_trace_rest *rest);

typedef struct tw_trace_job {
    tw_curvature *curvature;
    const tw_trace_options *options; /* resolved */
    tw_trace_result *result;
    tw_runner *runner;
    size_t n, block_count;
    const tw_probe_block *blocks;
    double *vectors, *products; /* TW_TRACE_TOGETHER x n */
    /* In the operator's unit (curvature_unit.h), of result->rest where there is one. What Hutch++
     * knows exactly, and takes out of its vectors: */
    tw_long_set basis;          /* Q */
    double *base;               /* block_count + 1: of blocks, and |M Q|^2 */
    double *diagonal, *squares; /* sums over draws, where wanted; n each */
    double *base_diagonal;
} tw_trace_job;

/* Draws that are made at once. The same for all problems: what is stopped at depends on it. */
enum { TW_TRACE_TOGETHER = 4 };

/* out[b] += v_b' w_b over the blocks. */
void tw_trace_add_blocks(const tw_trace_job *job, const double *v, const double *w, double *out);
/* v <- v - Q Q' v; nothing without a basis. */
tw_status tw_trace_project(const tw_trace_job *job, double *v);

/* Fills in basis and base, by two products a column, as far as they are not. */
tw_status tw_trace_sketch(tw_trace_job *job, size_t columns);
/* The whole matrix, by a product a parameter that moves: base has the traces and the squares,
 * base_diagonal the diagonal. */
tw_status tw_trace_columns(tw_trace_job *job);
/* Between two pieces of work: what was drawn so far is saved or ended by who asked. */
tw_status tw_trace_tick(const tw_trace_job *job);
/* All draws that are still to be made, and the results. */
tw_status tw_trace_draws(tw_trace_job *job);

#endif
