/* net_pass.h: running the steps of one time of a program: those AT_POINT in double, those AT_BATCH
 * in single or double. A pass belongs to one thread; the program is shared.
 *
 *     tw_net_pass_new_f32(program, TW_NET_AT_BATCH, TW_NET_SECOND, &pass);
 *     tw_net_pass_bind_f32(pass, TW_NET_VALUE, edge, numbers);
 *                                        for every edge of an earlier time, and the input
 *     tw_net_pass_forward_f32(pass);     values
 *     tw_net_pass_zero_f32(pass);        adjoints that are given, to 0
 *     tw_net_pass_at_f32(pass, TW_NET_ADJOINT, program->output)[i] = ...;
 *     tw_net_pass_backward_f32(pass);    adds to the adjoints of what was bound
 *
 * Tangents go forward after values, and backward tangents after both tangents and adjoints.
 * Derivatives pass along active edges alone: others have no such buffers (NULL).
 */
#ifndef TW_NET_PROGRAM_NET_PASS_H
#define TW_NET_PROGRAM_NET_PASS_H

#include "net/program/net_program.h"

/* What of a pass is wanted: the numbers of the program's output alone, others being written over
 * when they were read; all numbers; and derivatives. */
typedef enum tw_net_order {
    TW_NET_OUTPUT,
    TW_NET_VALUES,
    TW_NET_FIRST,
    TW_NET_SECOND
} tw_net_order;

/* The four numbers of every entry of an edge. */
typedef enum tw_net_which {
    TW_NET_VALUE,
    TW_NET_ADJOINT,        /* derivative of the loss by the value; order FIRST and SECOND */
    TW_NET_TANGENT,        /* derivative of the value along a direction; SECOND */
    TW_NET_ADJOINT_TANGENT /* derivative of the adjoint along it; SECOND */
} tw_net_which;

enum { TW_NET_WHICH = 4 };

/* new: memory for all that the pass computes; numbers known AT_BUILD are its own too.
 * bind: the numbers of an edge that the pass does not compute, not owned (VALUE or TANGENT). Where
 * they change in place, the edge is bound again: kernels may have laid out what does not depend on
 * the samples.
 * at: the buffer, NULL if there is none (unbound; not active; not of this order).
 * clear: sets a buffer of the second kind (adjoints) of bound edges to 0.
 * zero: sets those adjoints of what the pass computes to 0, and their tangents, that are the
 * caller's to give before backward: of the program's output, and of what steps of a later time
 * read. The others are written by the first step that contributes. zero_tangents: the tangents
 * alone, for another direction at the same adjoints.
 * kept: how many numbers of a SECOND pass at its point tangents read. house: from now on the pass
 * has these in `room`, one after the other, whatever stands there, until it is given another; NULL:
 * in its own. Passes at the point fill it; in a room that they filled, tangents go without them.
 * bytes: what its numbers take. TW_ERR_MEMORY from new where that is more than the machine has.
 * forward_between: the steps from the number `begin` on and before `end` only, 0 and SIZE_MAX: all;
 * what they read of earlier steps is in its buffers. */
#define TW_NET_PASS_DECLARED(number, suffix)                                                       \
    typedef struct tw_net_pass_##suffix tw_net_pass_##suffix;                                      \
    tw_status tw_net_pass_new_##suffix(const tw_net_program *program, tw_net_time time,            \
                                       tw_net_order order, tw_net_pass_##suffix **out);            \
    void tw_net_pass_free_##suffix(tw_net_pass_##suffix *pass);                                    \
    size_t tw_net_pass_bytes_##suffix(const tw_net_pass_##suffix *pass);                           \
    size_t tw_net_pass_kept_##suffix(const tw_net_pass_##suffix *pass);                            \
    void tw_net_pass_house_##suffix(tw_net_pass_##suffix *pass, number *room);                     \
    void tw_net_pass_bind_##suffix(tw_net_pass_##suffix *pass, tw_net_which which, size_t edge,    \
                                   const number *numbers);                                         \
    number *tw_net_pass_at_##suffix(const tw_net_pass_##suffix *pass, tw_net_which which,          \
                                    size_t edge);                                                  \
    void tw_net_pass_clear_##suffix(tw_net_pass_##suffix *pass, tw_net_which which);               \
    tw_status tw_net_pass_forward_##suffix(tw_net_pass_##suffix *pass);                            \
    tw_status tw_net_pass_forward_between_##suffix(tw_net_pass_##suffix *pass, size_t begin,       \
                                                   size_t end);                                    \
    void tw_net_pass_zero_##suffix(tw_net_pass_##suffix *pass);                                    \
    void tw_net_pass_zero_tangents_##suffix(tw_net_pass_##suffix *pass);                           \
    tw_status tw_net_pass_backward_##suffix(tw_net_pass_##suffix *pass);                           \
    tw_status tw_net_pass_tangents_##suffix(tw_net_pass_##suffix *pass);                           \
    tw_status tw_net_pass_backward_tangents_##suffix(tw_net_pass_##suffix *pass);
TW_NET_PASS_DECLARED(float, f32)
TW_NET_PASS_DECLARED(double, f64)

#endif
