#include "core/objective_around.h"

#include "core/objective_private.h"

tw_status tw_objective_around(const tw_objective_ops *ops, void *ctx, const tw_objective *inner,
                              const tw_objective *beside, const tw_metric *metrics,
                              tw_objective **out) {
    int rows = inner->prefers_rows || (beside != NULL && beside->prefers_rows);
    size_t chain = inner->chain > 0 || beside == NULL ? inner->chain : beside->chain;
    tw_objective_traits traits = {
        .bytes = sizeof traits,
        .name = inner->name,
        .metrics = metrics != NULL ? metrics : inner->metric,
        .noise = inner->noise,
        .samples = inner->samples,
        .start = inner->start,
        .lower = inner->lower,
        .upper = inner->upper,
        .precision = inner->precision,
        .prefers_rows = ops->span_open != NULL && rows,
        .train_differs = inner->train_differs,
        .chain = ops->span_open != NULL ? chain : 0,
    };
    tw_status status = tw_space_copy(inner->space, &traits.space);
    if (status != TW_OK)
        return status;
    status = tw_objective_new(ops, ctx, inner->n, &traits, out);
    if (status != TW_OK)
        tw_space_free(traits.space);
    else
        tw_objective_set_runner(*out, inner->runner);
    return status;
}

void tw_objective_set_chain(tw_objective *objective, size_t chain) {
    objective->chain = chain;
}
