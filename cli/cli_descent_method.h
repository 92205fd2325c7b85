/* cli_descent_method.h: the method and the step where none is given. */
#ifndef THALWEG_CLI_DESCENT_METHOD_H
#define THALWEG_CLI_DESCENT_METHOD_H

#include "cli_model.h"

/* The method that suits a model: sgd where it has samples to draw from; of others lbfgs if they
 * have a gradient and the build has it, gd if it has not or steps of its own are asked for
 * (`by_steps`); local-search where there is no gradient. */
const char *descent_default_method(const tw_study_model *model, int by_steps);

/* The step that suits model and method, from `options` as they are. Classifiers take the method's
 * (0), networks those of their kind. Of functions nothing is known beforehand: gd looks for every
 * step by a line search (options->line_search), sgd, momentum and nesterov take the first that such
 * a search finds at the start, the latter two times 1 - mu; where entries have their own lengths of
 * step it is a hundredth of the size of x (adagrad: a tenth), random-search draws of that size and
 * local-search a tenth of it. The size is the root mean square at the start, or 1 where that is 0.
 */
tw_status descent_default_step(const tw_study_model *model, const tw_optimizer *optimizer,
                               tw_optim_options *options);

#endif
