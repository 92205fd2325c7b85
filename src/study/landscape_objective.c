/* What the points of a landscape are evaluated with, and what becomes of it in the surface. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "core/alloc.h"
#include "study/landscape.h"
#include "study/model_kind.h"

/* ---- train and test in one pass ---- */

static tw_status add_test(tw_study_landscape_plan *plan) {
    tw_study_model *model = plan->model;
    if (!plan->options.test)
        return TW_OK;
    if (model->data == NULL && model->plan->test == NULL)
        return tw_fail(TW_ERR_ARGUMENT, "--test: '%s' needs no data, and has no test split",
                       model->kind);
    if (strcmp(model->split, tw_split_name(TW_SPLIT_TEST)) == 0 || model->example)
        return tw_fail(TW_ERR_ARGUMENT, "--test adds the test split; it cannot be used with %s",
                       model->example ? "--example" : "--split test");
    tw_status status = tw_study_model_test(model, &plan->test_data, &plan->test);
    if (status == TW_OK && plan->test == NULL)
        status = tw_fail(TW_ERR_ARGUMENT, "--test: '%s' has no test split", model->source);
    if (status == TW_OK)
        status = tw_objective_join(model->objective, plan->test, tw_split_name(TW_SPLIT_TEST),
                                   &plan->joined);
    if (status == TW_OK)
        plan->losses = plan->objective = plan->joined;
    if (status == TW_OK && plan->curved != NULL)
        status = tw_objective_join(plan->curved, plan->test, tw_split_name(TW_SPLIT_TEST),
                                   &plan->curved_joined);
    if (status == TW_OK && plan->curved != NULL)
        plan->objective = plan->curved_joined;
    return status;
}

/* ---- several directions ---- */

static tw_status draw_lines(const tw_study_landscape_plan *plan, size_t count, double *lines) {
    const tw_plane_recipe recipe = {.options = &plan->options.plane};
    tw_plane_ask ask = tw_landscape_ask(plan);
    tw_status status = TW_OK;
    for (size_t k = 0; k < count && status == TW_OK; k++, ask.seed++) {
        tw_plane line =
            tw_plane_of(plan->plane.size, plan->model->x, lines + k * plan->plane.size, NULL);
        status = tw_plane_make_axis(&recipe, &ask, &line);
    }
    return status;
}

/* With `repeats` the objective goes along all directions at once; x is the first of them. */
static tw_status repeat(tw_study_landscape_plan *plan) {
    const tw_study_plane_options *options = &plan->options.plane;
    const char *source = plan->plane.source[0];
    size_t count = plan->options.repeats, all;
    if (!tw_landscape_draws_repeats(&plan->options))
        return TW_OK;
    if (options->directions != NULL || !(tw_plane_source_named(source, NULL)->is & TW_PLANE_DRAWN))
        return tw_fail(TW_ERR_ARGUMENT,
                       "--repeats draws directions; it cannot be used with --%s %s",
                       options->directions != NULL ? "directions" : "dx", source);
    if (count == 1) /* the direction that x is */
        return TW_OK;
    if (__builtin_mul_overflow(count, plan->plane.size, &all))
        return tw_fail(TW_ERR_ARGUMENT, "--repeats: %zu is too large", count);
    tw_status status = tw_doubles_new(all, &plan->lines);
    if (status == TW_OK)
        status = draw_lines(plan, count, plan->lines);
    if (status == TW_OK)
        status = tw_objective_repeat(plan->objective, count, plan->lines, &plan->repeated);
    if (status == TW_OK)
        plan->objective = plan->repeated;
    return status;
}

/* ---- the surface ---- */

/* Beside the values themselves a file has them in HDF5's memory and in the bytes that are written.
 */
enum { COPIES_OF_FILES = 2 };

/* TW_ERR_ARGUMENT with the size in bytes where the values of all metrics at every point, and of an
 * output the file that is put together from them, are more than the memory of this machine. */
static tw_status check_size(const tw_study_landscape_plan *plan) {
    const char *output = plan->options.output;
    size_t metrics = plan->metrics.count;
    double columns = (double)plan->x.count,
           rows = plan->plane.rank == 2 ? (double)plan->y.count : 1;
    double bytes = columns * rows * (8 * (double)metrics + 1); /* and a mark of what is computed */
    double whole = bytes * (output != NULL ? 1 + COPIES_OF_FILES : 1);
    double memory = (double)tw_memory_of_machine();
    if (whole <= memory)
        return TW_OK;
    return tw_fail(TW_ERR_ARGUMENT,
                   "%.0f x %.0f points of %zu metric%s take %.0f bytes%s, more than the %.0f of "
                   "this machine's memory; use fewer points",
                   columns, rows, metrics, metrics == 1 ? "" : "s", whole,
                   output != NULL ? " with the file" : "", memory);
}

tw_status tw_landscape_objective(tw_study_landscape_plan *plan) {
    plan->losses = plan->objective = plan->model->objective;
    tw_status status = tw_landscape_curvature(plan);
    if (status == TW_OK)
        status = add_test(plan);
    if (status == TW_OK)
        status = repeat(plan);
    if (status == TW_OK)
        status = tw_metric_plan_make(plan->objective, plan->model->split, &plan->metrics);
    return status == TW_OK ? check_size(plan) : status;
}

void tw_landscape_objective_release(tw_study_landscape_plan *plan) {
    tw_metric_plan_release(&plan->metrics);
    tw_objective_free(plan->repeated);
    free(plan->lines);
    tw_objective_free(plan->joined);
    tw_objective_free(plan->curved_joined);
    tw_objective_free(plan->curved);
    tw_objective_free(plan->test);
    tw_dataset_free(plan->test_data);
}
