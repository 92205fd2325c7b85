/* cli_steps.h: the step-size study: the loss at W - s g for a list of s. */
#ifndef THALWEG_CLI_STEPS_H
#define THALWEG_CLI_STEPS_H

#include "cli_model.h"

/* losses[k] = loss at x - steps[k] gradient, all along one span. */
tw_status steps_evaluate(const tw_study_model *model, const double *gradient, size_t count,
                         const double *steps, double *losses);

/* Position of the lowest finite loss, or `count` if none is finite. */
size_t steps_best(size_t count, const double *losses);

/* A step size the way the note's program writes it: 1e-5, not 1e-05. `size` >= 32. */
char *steps_text(double step, char *out, size_t size);

/* What the note's program prints. */
void steps_print(const cli_context *context, double original, size_t count, const double *steps,
                 const double *losses);

/* The table that `thalweg plot` knows as "steps": columns step and loss; the first row holds the
 * starting loss at step 0. */
tw_status steps_table(double original, size_t count, const double *steps, const double *losses,
                      tw_table *table);

#endif
