#include "cli_steps.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

tw_status steps_evaluate(const tw_study_model *model, const double *gradient, size_t count,
                         const double *steps, double *losses) {
    size_t metrics = tw_objective_metrics(model->objective);
    double *coefficients = NULL, *values = NULL;
    tw_span *span = NULL;
    tw_status status = doubles_new(count, &coefficients);
    if (status == TW_OK)
        status = doubles_new(count * metrics, &values);
    if (status == TW_OK)
        status = tw_span_open(model->objective, model->x, 1, &gradient, TW_SPAN_ROWS, &span);
    for (size_t i = 0; i < count && status == TW_OK; i++)
        coefficients[i] = -steps[i];
    if (status == TW_OK)
        status = tw_span_values(span, count, coefficients, values);
    for (size_t i = 0; i < count && status == TW_OK; i++)
        losses[i] = values[i * metrics];
    tw_span_close(span);
    free(values);
    free(coefficients);
    return status;
}

size_t steps_best(size_t count, const double *losses) {
    size_t best = count;
    for (size_t i = 0; i < count; i++)
        if (isfinite(losses[i]) && (best == count || losses[i] < losses[best]))
            best = i;
    return best;
}

/* 1e-06, as the note's program would print it. */
char *steps_text(double step, char *out, size_t size) {
    snprintf(out, size, "%.0e", step);
    return strtod(out, NULL) == step ? out : tw_shortest(step, out, size);
}

void steps_print(const cli_context *context, double original, size_t count, const double *steps,
                 const double *losses) {
    char text[32];
    fprintf(context->out, "original loss: %f\n", original);
    for (size_t i = 0; i < count; i++)
        fprintf(context->out, "for step size %s new loss: %f\n",
                steps_text(steps[i], text, sizeof text), losses[i]);
}

tw_status steps_table(double original, size_t count, const double *steps, const double *losses,
                      tw_table *table) {
    static const char *const names[] = {"step", "loss"};
    tw_status status = tw_table_init(table, "steps", 2, names);
    if (status == TW_OK)
        status = tw_table_append(table, (const double[]){0, original});
    for (size_t i = 0; i < count && status == TW_OK; i++)
        status = tw_table_append(table, (const double[]){steps[i], losses[i]});
    return status;
}
