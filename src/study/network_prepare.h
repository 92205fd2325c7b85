/* network_prepare.h: how a network's samples are prepared: what the options say, what is usual for
 * an architecture, or what fits best. The network is open, with the weights that it is looked at
 * with.
 */
#ifndef TW_STUDY_NETWORK_PREPARE_H
#define TW_STUDY_NETWORK_PREPARE_H

#include "study/model_kind.h"

/* Fills in the plan's `prepared`, and says what nobody asked for. */
tw_status tw_network_prepare(tw_study_model *model);

#endif
