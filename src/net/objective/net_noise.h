/* net_noise.h: how far rounding takes a value, found by computing a few samples twice. */
#ifndef TW_NET_OBJECTIVE_NET_NOISE_H
#define TW_NET_OBJECTIVE_NET_NOISE_H

#include "net/objective/net_objective.h"

/* The relative rounding error of a value in single precision at x: the root mean square difference
 * of a sample's loss from that in double, or the mean difference where that is larger than chance
 * makes it, by the loss. Of as many samples as half a second may take. */
tw_status tw_net_noise(tw_net_objective *objective, const tw_net_engine_options *options,
                       const double *x, double *noise);

#endif
