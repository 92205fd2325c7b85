#include "report/cli_steps_report.h"

#include <stdlib.h>

/* 1e-06, as the note's program would print it. */
char *steps_text(double step, char *out, size_t size) {
    snprintf(out, size, "%.0e", step);
    return strtod(out, NULL) == step ? out : tw_shortest(step, out, size);
}

void steps_print(const cli_context *context, const tw_study_steps *study) {
    char text[32];
    fprintf(context->out, "original loss: %f\n", study->gradient->loss);
    for (size_t i = 0; i < study->count; i++)
        fprintf(context->out, "for step size %s new loss: %f\n",
                steps_text(study->steps[i], text, sizeof text), study->losses[i]);
}
