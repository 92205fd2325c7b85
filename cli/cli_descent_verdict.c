#include "cli_descent_verdict.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

/* A loss that ends so many times its own size above its start has failed; the first steps of a
 * network may well triple it. */
static const double MUCH = 10;
/* Shares of what the loss has fallen by: a rise at the end, a fall in the second half that is none,
 * a change by the gradient that is small; and of the loss itself: a fall that is hardly one. */
static const double RISE = 0.1, NO_FALL = 1e-4, SMALL_CHANGE = 1e-3, CRAWL = 0.1;
enum { LEAST_ROWS = 4 };

static const double *losses(const descent *walk) {
    return walk->table.values[tw_table_column(&walk->table, "train_loss")];
}

static double iteration_of(const descent *walk, size_t row) {
    return walk->table.values[tw_table_column(&walk->table, "iteration")][row];
}

static int has_risen(const descent *walk) {
    const double *loss = losses(walk);
    size_t last = walk->table.rows - 1;
    return walk->table.rows > 1 && loss[last] > loss[0] + MUCH * fabs(loss[0]);
}

void descent_judge(cli_context *context, const descent *walk) {
    const tw_optim_result *result = &walk->result;
    context->outcome = EXIT_CRITERION;
    switch (result->stop) {
    case TW_STOP_DIVERGED:
    case TW_STOP_UNBOUNDED:
        cli_talk(context, "%s%s", result->why,
                 result->stop == TW_STOP_UNBOUNDED ? ": it has no lower end"
                 : result->iterations > 0          ? ": try a smaller --step"
                                                   : "");
        if (result->iterations > 0)
            cli_talk(context,
                     "; kept is the lowest point met, after %zu iterations, where the "
                     "loss is %.6g",
                     result->reached, result->loss);
        cli_talk(context, "\n");
        return;
    case TW_STOP_STALLED:
        if (result->iterations == 0) {
            cli_talk(context, "not a step down: %s; 'thalweg gradcheck' tells\n", result->why);
            return;
        }
        cli_talk(context, "ends here: %s\n", result->why);
        break;
    case TW_STOP_CONVERGED:
        cli_talk(context, "converged: %s\n", result->why);
        break;
    default:
        if (has_risen(walk)) {
            cli_talk(context,
                     "the loss ends at %.6g, above the %.6g where it began: try a smaller "
                     "--step\n",
                     result->loss, losses(walk)[0]);
            return;
        }
    }
    context->outcome = EXIT_DONE;
}

/* The walk that is at a minimum has every right not to fall. What the loss would change by, to
 * first order, if every entry changed by its own size, and the root mean square of the gradient. */
static tw_status measure_gradient(const descent *walk, double *change, double *size) {
    size_t n = walk->model->size;
    double *gradient = malloc(n * sizeof *gradient);
    *change = *size = 0;
    if (gradient == NULL)
        return tw_fail(TW_ERR_MEMORY, "not enough memory for a gradient");
    tw_status status = tw_objective_gradient(walk->model->objective, walk->x, NULL, gradient);
    for (size_t i = 0; i < n && status == TW_OK; i++) {
        *change += fabs(gradient[i] * walk->x[i]);
        *size += gradient[i] * gradient[i];
    }
    *size = sqrt(*size / (double)n);
    free(gradient);
    return status;
}

static tw_status note_level(const descent *walk, const tw_optim_options *options, size_t middle,
                            double fallen) {
    double change, size;
    if (!(tw_objective_capabilities(walk->model->objective) & TW_CAN_GRADIENT))
        return TW_OK;
    tw_status status = measure_gradient(walk, &change, &size);
    if (status != TW_OK || !(change > SMALL_CHANGE * fallen))
        return status;
    if (options->line_search)
        rules_note(walk->rules,
                   "the loss has not fallen since iteration %.0f, and the gradient is not small: "
                   "--method lbfgs gets further where entries differ in scale",
                   iteration_of(walk, middle));
    else if (options->epsilon > size)
        rules_note(walk->rules,
                   "the loss has not fallen since iteration %.0f, but this is not a minimum: the "
                   "entries of the gradient, %.1e or so, are below --epsilon %.1e",
                   iteration_of(walk, middle), size, options->epsilon);
    else
        rules_note(walk->rules,
                   "the loss has not fallen since iteration %.0f, and the gradient is not small: "
                   "the step does not suit (--step, --schedule)",
                   iteration_of(walk, middle));
    return TW_OK;
}

tw_status descent_note_pace(const descent *walk, const tw_optimizer *optimizer,
                            const tw_optim_options *options) {
    size_t rows = walk->table.rows, last = rows - 1, middle = rows / 2, best = 0;
    const tw_optim_options *usual = tw_optimizer_defaults(optimizer);
    if (rows < LEAST_ROWS || tw_optimizer_needs(optimizer) == 0 || usual->step == 0 ||
        walk->result.stop != TW_STOP_ITERATIONS)
        return TW_OK;
    const double *loss = losses(walk);
    for (size_t k = 0; k < rows; k++)
        best = loss[k] < loss[best] ? k : best;
    double fallen = loss[0] - loss[best], late = loss[middle] - loss[last];
    if (loss[last] - loss[best] > RISE * fallen) {
        if (!has_risen(walk))
            rules_note(
                walk->rules,
                "the loss was lower before, %.6g after iteration %.0f: try a smaller --step, "
                "or a --schedule that shrinks it",
                loss[best], iteration_of(walk, best));
        return TW_OK;
    }
    if (late <= NO_FALL * fallen) {
        tw_optim_options complete = *options;
        if (complete.epsilon == 0)
            complete.epsilon = usual->epsilon;
        return note_level(walk, &complete, middle, fallen);
    }
    if (walk->model->data == NULL && !options->line_search && fallen < CRAWL * fabs(loss[0]) &&
        late > 0.4 * fallen)
        rules_note(walk->rules,
                   "the loss fell by %.2g %% only, and at the end as fast as at the beginning: try "
                   "a larger --step, or more --iterations",
                   100 * fallen / fabs(loss[0]));
    return TW_OK;
}
