/* rewrite_blocked.h: the steps, other than convolutions, that a rewritten program has in another
 * form: what can go on with blocked images, and products of matrices. */
#ifndef TW_NET_ENGINE_REWRITE_BLOCKED_H
#define TW_NET_ENGINE_REWRITE_BLOCKED_H

#include "net/engine/rewrite.h"

/* Writes the step's other form; TW_DECLINED, without text, where it has none. */
tw_status tw_rewrite_blocked(tw_rewrite *r, const tw_net_step *step);

#endif
