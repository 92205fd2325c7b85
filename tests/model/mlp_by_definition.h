/* mlp_by_definition.h: the formulas of mlp.h in long double, one sample and one unit after the
 * other, with nothing shared with the library. Layers of at most 128 units. */
#ifndef TW_TESTS_MLP_BY_DEFINITION_H
#define TW_TESTS_MLP_BY_DEFINITION_H

#include "support.h"

/* Returns the loss; values as the metrics where not NULL. */
long double mlp_loss_by_definition(const tw_dataset *data, const tw_mlp_options *options,
                                   const double *x, double *values);
void mlp_gradient_by_definition(const tw_dataset *data, const tw_mlp_options *options,
                                const double *x, double *gradient);

#endif
