/* net_first_losses.h: a look at the first samples when an objective is opened. */
#ifndef TW_NET_OBJECTIVE_NET_FIRST_LOSSES_H
#define TW_NET_OBJECTIVE_NET_FIRST_LOSSES_H

#include "net/objective/net_objective.h"

/* The losses of the first options->batch samples at x, in double or in single precision, by an
 * engine of its own. */
tw_status tw_net_first_losses(const tw_net_objective *objective,
                              const tw_net_engine_options *options, int is_double, const double *x,
                              double *losses);

/* Whether the loss of the first sample is another one beside others than alone: a mean over the
 * batch, or sizes that were written for one sample, make it so. */
tw_status tw_net_mixes_samples(const tw_net_objective *objective,
                               const tw_net_engine_options *options, const double *x, int *mixes);

#endif
