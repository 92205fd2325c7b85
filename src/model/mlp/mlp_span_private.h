/* mlp_span_private.h: an opened span of a network, and the points of one call. */
#ifndef TW_MODEL_MLP_MLP_SPAN_PRIVATE_H
#define TW_MODEL_MLP_MLP_SPAN_PRIVATE_H

#include "model/classifier/span_order.h"
#include "model/mlp/mlp_private.h"
#include "team/commons.h"

typedef struct tw_mlp_span {
    const tw_mlp *mlp;
    size_t rank; /* 1 or 2 */
    const double *vectors[3];
    double gram[3][3];         /* inner products of their weights */
    int in_rows;               /* points go through mlp_span_rows.c */
    tw_mlp_weights weights[3]; /* of which only the first layer is needed */
    size_t kept;               /* blocks whose products are kept, */
    tw_commons commons;        /* with those of other processes, */
    double *products;          /* (rank + 1) first layers each, one after the other */

    /* Where points go in rows (mlp_span_rows.c), or NULL: the second layer of the vectors,
     * (units[1]
     * + 1) x stride each, the last row being the bias; and the largest weight. */
    double *seconds[3];
    size_t stride;
    double a_most;
} tw_mlp_span;

/* Points of a call in the order of span_order.h: the weights of their later layers, and their sums
 * (classifier.h), blocks x kinds x count. */
typedef struct tw_mlp_points {
    const tw_mlp_span *span;
    size_t count;
    const tw_ordered_point *points;
    size_t together;     /* points of a group */
    size_t matrix, tail; /* numbers of a point's W_2, and of its b_2 and the layers after */
    double *seconds;     /* group after group; SLICE inputs of every point, then the next */
    double *tails;       /* point after point */
    size_t kinds;        /* of sums: with squares 3, else 2 */
    double *sums;
} tw_mlp_points;

/* One strip of images: u, v, w of the strip, its labels, and where its sums go. */
typedef struct tw_mlp_strip {
    const double *u, *v, *w; /* w = NULL: rank 1 */
    const int32_t *labels;
    size_t count;
    tw_classifier_sums sums; /* one a point; squares may be NULL */
} tw_mlp_strip;

/* ---- any layers: mlp_span_layers.c ---- */

/* Decides on groups and sizes; matrix and tail are 0 with one layer. */
void tw_mlp_plan_groups(tw_mlp_points *set);
/* The weights of point p into seconds and tails. */
void tw_mlp_fill_tail(const tw_mlp_points *set, size_t p);
/* Adds a strip's losses for the points of the group that begins at `first`. */
void tw_mlp_group_losses(const tw_mlp_points *set, const tw_mlp_strip *strip, size_t first,
                         double *scratch);
size_t tw_mlp_group_scratch(const tw_mlp *mlp, size_t together);
/* Adds the losses of a panel of scores to the sums of point p. */
void tw_mlp_add_losses(const tw_mlp *mlp, const tw_mlp_strip *strip, size_t p,
                       const double *scores);

/* ---- one hidden layer of relu: mlp_span_rows.c ---- */

tw_status tw_mlp_rows_open(tw_mlp_span *span);
void tw_mlp_row_losses(const tw_mlp_points *set, const tw_mlp_strip *strip, double *scratch);
size_t tw_mlp_row_scratch(const tw_mlp_span *span);

#endif
