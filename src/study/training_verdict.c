#include <math.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "study/training_private.h"
#include "thalweg/words.h"

/* A loss that ends so many times its own size above its start has failed; the first steps of a
 * network may well triple it. */
static const double MUCH = 10;
/* Shares of what the loss has fallen by: a rise at the end, a fall in the second half that is none,
 * a change by the gradient that is small; and of the loss itself: a fall that is hardly one. */
static const double RISE = 0.1, NO_FALL = 1e-4, SMALL_CHANGE = 1e-3, CRAWL = 0.1;
enum { LEAST_ROWS = 4 };

static const double *losses(const tw_training_walk *walk) {
    const tw_table *table = &walk->result->table;
    return table->values[tw_table_metric(table, &(tw_metric){"loss", .split = "train"})];
}

static double iteration_of(const tw_training_walk *walk, size_t row) {
    const tw_table *table = &walk->result->table;
    return table->values[tw_table_column(table, "iteration")][row];
}

static int has_risen(const tw_training_walk *walk) {
    const double *loss = losses(walk);
    size_t rows = walk->result->table.rows, last = rows - 1;
    return rows > 1 && loss[last] > loss[0] + MUCH * fabs(loss[0]);
}

static void add(char verdict[400], const char *format, ...) TW_PRINTF(2, 3);
static void add(char verdict[400], const char *format, ...) {
    size_t used = strlen(verdict);
    va_list arguments;
    va_start(arguments, format);
    vsnprintf(verdict + used, 400 - used, format, arguments);
    va_end(arguments);
}

static void judge_loss(const tw_optim_result *end, char *verdict) {
    add(verdict, "%s%s", end->why,
        end->stop == TW_STOP_UNBOUNDED ? ": it has no lower bound"
        : end->iterations > 0          ? ": try a smaller --step"
                                       : "");
    if (end->iterations > 0)
        add(verdict, "; the lowest point met is kept, after %zu iterations, where the loss is %.6g",
            end->reached, end->loss);
}

static int judge_end(const tw_training_walk *walk, char *verdict) {
    const tw_optim_result *end = &walk->result->end;
    switch (end->stop) {
    case TW_STOP_DIVERGED:
    case TW_STOP_UNBOUNDED:
        judge_loss(end, verdict);
        return 0;
    case TW_STOP_STALLED:
        if (end->iterations == 0)
            add(verdict, "no step leads down: %s; 'thalweg gradcheck' checks the gradient",
                end->why);
        else
            add(verdict, "stops here: %s", end->why);
        return end->iterations > 0;
    case TW_STOP_CONVERGED:
        add(verdict, "converged: %s", end->why);
        return 1;
    default:
        if (!has_risen(walk))
            return 1;
        add(verdict,
            "the loss ends at %.6g, above the %.6g at which it began: try a smaller --step",
            end->loss, losses(walk)[0]);
        return 0;
    }
}

/* Whether it has learnt, as a check by overfitting asks. */
static void judge_overfit(const tw_training_walk *walk) {
    tw_study_training_result *r = walk->result;
    size_t samples = tw_objective_samples(walk->training->model->objective);
    if (r->reached) {
        add(r->overfit, "the loss of %zu samples goes to 0, as it should", samples);
        return;
    }
    add(r->overfit,
        "the loss of %zu samples ends at %.4g and not below %.2g: a mistake in the loss or its "
        "gradient, an unsuitable --step, or too few --iterations",
        samples, r->end.loss, walk->training->enough);
    r->is_down = 0;
}

void tw_training_judge(const tw_training_walk *walk) {
    tw_study_training_result *r = walk->result;
    r->is_down = judge_end(walk, r->verdict);
    if (walk->training->plan->options.overfit != TW_UNSET)
        judge_overfit(walk);
}

/* The walk that is at a minimum has every right not to fall. What the loss would change by, to
 * first order, if every entry changed by its own size, and the root mean square of the gradient. */
static tw_status measure_gradient(const tw_training_walk *walk, double *change, double *size) {
    const tw_study_model *model = walk->training->model;
    size_t n = model->size;
    double *gradient = malloc(n * sizeof *gradient);
    *change = *size = 0;
    if (gradient == NULL)
        return tw_fail(TW_ERR_MEMORY, "not enough memory for a gradient");
    tw_status status = tw_objective_gradient(model->objective, walk->x, NULL, gradient);
    for (size_t i = 0; i < n && status == TW_OK; i++) {
        *change += fabs(gradient[i] * walk->x[i]);
        *size += gradient[i] * gradient[i];
    }
    *size = sqrt(*size / (double)n);
    free(gradient);
    return status;
}

static tw_status note_level(const tw_training_walk *walk, double epsilon, size_t middle,
                            double fallen) {
    double change, size;
    if (!(tw_objective_capabilities(walk->training->model->objective) & TW_CAN_GRADIENT))
        return TW_OK;
    tw_status status = measure_gradient(walk, &change, &size);
    if (status != TW_OK || !(change > SMALL_CHANGE * fallen))
        return status;
    if (walk->training->options.line_search)
        tw_training_note(
            walk,
            "the loss has not fallen since iteration %.0f, and the gradient is not small: "
            "--method lbfgs gets further where entries differ in scale",
            iteration_of(walk, middle));
    else if (epsilon > size)
        tw_training_note(
            walk,
            "the loss has not fallen since iteration %.0f, but this is not a minimum: the "
            "entries of the gradient, %.1e or so, are below --epsilon %.1e",
            iteration_of(walk, middle), size, epsilon);
    else
        tw_training_note(
            walk,
            "the loss has not fallen since iteration %.0f, and the gradient is not small: "
            "the step does not suit (--step, --schedule)",
            iteration_of(walk, middle));
    return TW_OK;
}

tw_status tw_training_note_pace(const tw_training_walk *walk) {
    const tw_study_training *t = walk->training;
    const tw_optimizer *optimizer = t->optimizer;
    size_t rows = walk->result->table.rows, last = rows - 1, middle = rows / 2, best = 0;
    const tw_optim_options *usual = tw_optimizer_defaults(optimizer);
    if (rows < LEAST_ROWS || tw_optimizer_needs(optimizer) == 0 || usual->step == 0 ||
        walk->result->end.stop != TW_STOP_ITERATIONS)
        return TW_OK;
    const double *loss = losses(walk);
    for (size_t k = 0; k < rows; k++)
        best = loss[k] < loss[best] ? k : best;
    char share[32];
    double fallen = loss[0] - loss[best], late = loss[middle] - loss[last];
    if (loss[last] - loss[best] > RISE * fallen) {
        if (!has_risen(walk))
            tw_training_note(
                walk,
                "the loss was lower before, %.6g after iteration %.0f: try a smaller --step, "
                "or a --schedule that shrinks it",
                loss[best], iteration_of(walk, best));
        return TW_OK;
    }
    if (late <= NO_FALL * fallen)
        return note_level(walk, t->options.epsilon != 0 ? t->options.epsilon : usual->epsilon,
                          middle, fallen);
    if (t->model->data == NULL && !t->options.line_search && fallen < CRAWL * fabs(loss[0]) &&
        late > 0.4 * fallen)
        tw_training_note(walk,
                         "the loss fell by only %s, as fast at the end as at the beginning: "
                         "try a larger --step, or more --iterations",
                         tw_text_per_cent(fallen / fabs(loss[0]), share, sizeof share));
    return TW_OK;
}
