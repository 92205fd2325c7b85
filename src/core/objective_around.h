/* objective_around.h: objectives made around another one, of whose parameters they speak. */
#ifndef TW_CORE_OBJECTIVE_AROUND_H
#define TW_CORE_OBJECTIVE_AROUND_H

#include "thalweg/objective.h"

/* Makes an objective of `ops` on `ctx` that says of itself what `inner` does (name, blocks, noise,
 * precision, samples, start, bounds, runner; rows where `ops` has spans and `inner` or `beside`,
 * which may be NULL, prefers them), with the metrics given (NULL: those of `inner`). The one place
 * where traits are copied from one objective to another. */
tw_status tw_objective_around(const tw_objective_ops *ops, void *ctx, const tw_objective *inner,
                              const tw_objective *beside, const tw_metric *metrics,
                              tw_objective **out);
/* Of one that is not in use yet, with spans: tw_objective_traits.chain. */
void tw_objective_set_chain(tw_objective *objective, size_t chain);

#endif
