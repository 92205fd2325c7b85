/* cli_steps_report.h: the step-size study in the words of the note's program. */
#ifndef THALWEG_CLI_STEPS_REPORT_H
#define THALWEG_CLI_STEPS_REPORT_H

#include "cli_context.h"

/* A step size the way the note's program writes it: 1e-5, not 1e-05. `size` >= 32. */
char *steps_text(double step, char *out, size_t size);

void steps_print(const cli_context *context, const tw_study_steps *study);

#endif
