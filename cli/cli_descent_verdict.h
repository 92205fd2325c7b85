/* cli_descent_verdict.h: what the end of a walk means, in words and as an exit status. */
#ifndef THALWEG_CLI_DESCENT_VERDICT_H
#define THALWEG_CLI_DESCENT_VERDICT_H

#include "cli_descent.h"

/* Talks, and sets context->outcome to EXIT_CRITERION where the walk has failed: the loss was not
 * finite any more or has no lower end, nothing lower was found from the start on, or it ends more
 * than ten times its size above the start. */
void descent_judge(cli_context *context, const descent *walk);

/* Of first-order methods, as notes: whether the loss was lower before, has levelled off
 * where the gradient is not small, or only crawled. */
tw_status descent_note_pace(const descent *walk, const tw_optimizer *optimizer,
                            const tw_optim_options *options);

#endif
