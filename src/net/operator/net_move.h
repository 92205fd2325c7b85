/* net_move.h: movements of entries said in steps (step_view.h, step_gather.h). */
#ifndef TW_NET_OPERATOR_NET_MOVE_H
#define TW_NET_OPERATOR_NET_MOVE_H

#include "net/program/net_builder.h"
#include "net/step/step_gather.h"
#include "net/step/step_view.h"

/* Row-major strides of a shape. */
void tw_net_strides(const tw_net_shape *shape, ptrdiff_t *strides);
/* The view that gives every entry of a tensor of that shape in its order: the start of others. Its
 * strides in y are set by tw_net_move. */
tw_net_view tw_net_view_of(const tw_net_shape *shape);

/* The step that gives the view of an edge, all of whose axes in order make up y, of `shape`. What
 * leaves everything where it is, is no step. */
tw_status tw_net_move(tw_net_call *call, size_t edge, const tw_net_view *view,
                      const tw_net_shape *shape, size_t *moved);
/* The same for a view whose places in y are set; the other entries of y are 0. */
tw_status tw_net_place(tw_net_call *call, size_t edge, const tw_net_view *view,
                       const tw_net_shape *shape, size_t *placed);

/* The table of a gather to come, for step_gather.h: y[o, j, r] = x[o, index_j, r]. NULL where
 * memory does not hold it. */
tw_status tw_net_gather_new(const tw_net_call *call, size_t entries, tw_net_gather **out);
/* The step; takes the table over. Every index was checked. */
tw_status tw_net_gather_emit(tw_net_call *call, tw_net_gather *gather, size_t edge,
                             const tw_net_shape *shape, size_t *gathered);
/* `edge` broadcast to `shape`, which it can be. */
tw_status tw_net_expand(tw_net_call *call, size_t edge, const tw_net_shape *shape,
                        size_t *expanded);
/* Adds a number to the entries of an edge that are outside along some axis: where inside[axis] is
 * not NULL, entry i along it is inside if inside[axis][i] is not 0. */
tw_status tw_net_add_outside(tw_net_call *call, double number, unsigned char *const *inside,
                             size_t *edge);

#endif
