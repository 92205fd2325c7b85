/* net_straight.h: whether a program's output is piecewise linear in every single parameter. */
#ifndef TW_NET_OBJECTIVE_NET_STRAIGHT_H
#define TW_NET_OBJECTIVE_NET_STRAIGHT_H

#include "net/program/net_program.h"

/* *straight = 1 where every step is linear, linear in each of two inputs that no parameter reaches
 * both of, or piecewise linear: then d2 output / dx_i^2 = 0 away from kinks. 0 may be too careful.
 */
tw_status tw_net_is_straight(const tw_net_program *program, int *straight);

#endif
