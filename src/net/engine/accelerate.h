/* accelerate.h: a program rewritten for the engine (engine.h): convolutions with what follows them
 * as one step each, images blocked from there on as long as every step can have them so, products
 * of matrices by the engine. The numbers are those of the program before but for rounding.
 *
 * It is then for single precision alone, at batch time. Edges keep their numbers, but those that
 * only fused steps had are computed no more, and there are no `norms`. */
#ifndef TW_NET_ENGINE_ACCELERATE_H
#define TW_NET_ENGINE_ACCELERATE_H

#include "net/program/net_program.h"

/* Rewrites it; where there is no engine nothing is changed. On failure the program is as it was. */
tw_status tw_net_accelerate(tw_net_program *program);

#endif
