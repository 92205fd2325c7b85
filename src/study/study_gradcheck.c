/* study_gradcheck.c: a check of a model's gradient, at its point or further down. */
#include "thalweg/study_gradcheck.h"

#include <math.h>
#include <stdlib.h>

#include "core/versioned.h"
#include "study/model_kind.h"
#include "study/option_range.h"
#include "thalweg/optim.h"
#include "thalweg/plot.h"
#include "thalweg/study_gradient.h"

tw_study_gradcheck_options tw_study_gradcheck_defaults(void) {
    return (tw_study_gradcheck_options){.bytes = sizeof(tw_study_gradcheck_options),
                                        .rtol = NAN,
                                        .atol = NAN,
                                        .noise = NAN,
                                        .sample = TW_UNSET,
                                        .max_evaluations = TW_UNSET,
                                        .burn_in = TW_UNSET};
}

static tw_status take_options(const tw_study_gradcheck_options *options,
                              tw_study_gradcheck_options *out) {
    static const tw_option_range ranges[] = {
        {"rtol", offsetof(tw_study_gradcheck_options, rtol), TW_OPTION_POSITIVE},
        {"atol", offsetof(tw_study_gradcheck_options, atol), TW_OPTION_NOT_NEGATIVE},
        {"noise", offsetof(tw_study_gradcheck_options, noise), TW_OPTION_POSITIVE},
        {"sample", offsetof(tw_study_gradcheck_options, sample), TW_OPTION_COUNT},
        {"max-evaluations", offsetof(tw_study_gradcheck_options, max_evaluations), TW_OPTION_COUNT},
    };
    *out = tw_study_gradcheck_defaults();
    tw_status status =
        TW_TAKE_OVER(tw_study_gradcheck_options, tw_study_gradcheck_defaults, out, options);
    if (status == TW_OK)
        status = tw_option_ranges_check(out, sizeof ranges / sizeof ranges[0], ranges);
    if (status == TW_OK && out->locate && (out->all || out->entries.count > 0))
        return tw_fail(TW_ERR_ARGUMENT, "--locate and %s cannot be used together",
                       out->all ? "--all" : "--entries");
    return status;
}

/* Some steps down first: mistakes that tiny initial scores mask show where the loss is falling. */
static tw_status burn_in(const tw_study_gradcheck_options *o, const tw_study_model *model) {
    unsigned can = tw_objective_capabilities(model->objective);
    const tw_optimizer *optimizer = tw_optimizer_find(can & TW_CAN_SAMPLE_GRADIENT ? "sgd" : "gd");
    tw_optim_options options = {.iterations = o->burn_in, .seed = model->study->seed};
    tw_optim_result result;
    if (o->burn_in == TW_UNSET || o->burn_in == 0)
        return TW_OK;
    tw_status status = tw_optim_run(optimizer, model->objective, model->x, &options, &result);
    if (status != TW_OK)
        return tw_fail_prefix(status, "--burn-in");
    tw_study_say(model->study, "after %zu iterations of %s the loss is %.6g", result.iterations,
                 tw_optimizer_name(optimizer), result.loss);
    if (result.stop == TW_STOP_DIVERGED)
        tw_study_say(model->study, "the walk diverged there: the gradient may be wrong");
    return TW_OK;
}

static tw_status read_entries(const tw_study_gradcheck_options *o, size_t size, size_t **out) {
    *out = NULL;
    if (o->entries.count == 0)
        return TW_OK;
    TW_NEED(o->entries.values);
    *out = calloc(o->entries.count, sizeof **out);
    if (*out == NULL)
        return tw_fail(TW_ERR_MEMORY, "not enough memory for %zu entries", o->entries.count);
    for (size_t k = 0; k < o->entries.count; k++) {
        double value = o->entries.values[k];
        if (value != floor(value) || value < 0 || value >= (double)size)
            return tw_fail(TW_ERR_ARGUMENT, "--entries: %g is not one of 0 to %zu", value,
                           size - 1);
        (*out)[k] = (size_t)value;
    }
    return TW_OK;
}

/* Thousands of losses a block are too many where one is a pass through a network: a probe, which is
 * the whole of a block, is then enough unless more is asked for. */
static int probes_suffice(const tw_study_gradcheck_options *o, const tw_study_model *model) {
    int asked = o->all || o->locate || o->entries.count > 0 || o->sample != TW_UNSET;
    if (asked || !model->plan->kind->costly)
        return 0;
    tw_study_say(model->study,
                 "one random probe of every block; --sample 32 checks entries of each "
                 "as well, --locate looks for wrong ones");
    return 1;
}

static tw_status check_gradient(const tw_study_gradcheck_options *o, const tw_study_model *model,
                                tw_gradcheck **out) {
    size_t *indices = NULL;
    int few = probes_suffice(o, model);
    tw_study_work work = tw_study_work_begin(model->study, "gradcheck", 0, 0);
    tw_gradcheck_options options = {
        .bytes = sizeof options,
        .rtol = isnan(o->rtol) ? 0 : o->rtol,
        .atol = isnan(o->atol) ? 0 : o->atol,
        .noise = isnan(o->noise) ? 0 : o->noise,
        .robust = o->robust,
        .seed = model->study->seed,
        .every = o->all ? SIZE_MAX : 0,
        .sample = o->sample != TW_UNSET ? o->sample : 0,
        .only_probes = o->locate || few,
        .probes = few ? 1 : 0,
        .locate = o->locate ? 16 : 0,
        .max_evaluations = o->max_evaluations != TW_UNSET ? o->max_evaluations : 0,
        .progress = tw_study_work_step,
        .progress_user = &work,
        .brief = model->plan->kind->costly,
    };
    tw_status status = read_entries(o, model->size, &indices);
    options.indices = indices;
    options.index_count = o->entries.count;
    if (status == TW_OK)
        status = tw_gradcheck_run(model->objective, model->x, &options, out);
    tw_study_work_end(&work);
    free(indices);
    return status;
}

tw_status tw_study_gradcheck_run(tw_study_model *model, const tw_study_gradcheck_options *options,
                                 tw_gradcheck **out) {
    *out = NULL;
    TW_NEED(model);
    tw_study_gradcheck_options settled;
    tw_status status = take_options(options, &settled);
    if (status == TW_OK)
        status = tw_model_check_derivatives(model, "gradcheck");
    if (status == TW_OK)
        status = burn_in(&settled, model);
    if (status == TW_OK)
        tw_study_model_say_drawn(model);
    if (status == TW_OK)
        status = check_gradient(&settled, model, out);
    return status;
}

/* ---- what to try next ---- */

/* R = reg |x|^2 has the gradient 2 R / |x|: where that makes up much of the whole, a mistake in the
 * rest is hard to see. */
static tw_status advise(const tw_study_gradcheck_options *o, const tw_study_model *model) {
    int at = tw_objective_metric_find(model->objective, &(tw_metric){"regularizer"});
    double *values = NULL, *gradient = NULL, squares = 0, slope = 0;
    if (model->data != NULL && !model->point_known && (o->burn_in == TW_UNSET || o->burn_in == 0))
        tw_study_say(model->study,
                     "checked at drawn parameters; --burn-in 50 or --weights would check where "
                     "the loss is falling");
    if (model->plan->kind->costly && tw_objective_noise(model->objective) > 0x1p-30)
        tw_study_say(model->study,
                     "checked in single precision, in which kinks and small errors look alike; "
                     "--precision double tells more");
    if (at < 0 || model->reg == 0)
        return TW_OK;
    tw_status status = tw_doubles_new(tw_objective_metrics(model->objective), &values);
    if (status == TW_OK)
        status = tw_doubles_new(model->size, &gradient);
    if (status == TW_OK)
        status = tw_objective_gradient(model->objective, model->x, values, gradient);
    for (size_t i = 0; status == TW_OK && i < model->size; i++) {
        squares += model->x[i] * model->x[i];
        slope += gradient[i] * gradient[i];
    }
    double share = status == TW_OK ? 2 * values[at] / sqrt(squares) / sqrt(slope) : 0;
    if (share > 0.1)
        tw_study_say(model->study,
                     "the regulariser makes up %.0f %% of the gradient and may hide the data's "
                     "part; check with --reg 0 as well",
                     100 * share);
    free(values);
    free(gradient);
    return status;
}

tw_status tw_study_gradcheck_advise(const tw_study_model *model,
                                    const tw_study_gradcheck_options *options) {
    TW_NEED(model);
    tw_study_gradcheck_options settled;
    tw_status status = take_options(options, &settled);
    return status == TW_OK ? advise(&settled, model) : status;
}

/* ---- pictures ---- */

/* The coordinate that a reader wants to see: that of the worst verdict. */
static size_t worst_index(const tw_gradcheck *check) {
    const tw_gradcheck_block *worst = NULL;
    for (size_t k = 0; k < check->block_count; k++) {
        const tw_gradcheck_block *block = &check->blocks[k];
        if (block->worst != SIZE_MAX && (worst == NULL || (worst->verdict != TW_VERDICT_FAIL &&
                                                           block->verdict != TW_VERDICT_PASS &&
                                                           block->verdict != worst->verdict)))
            worst = block;
    }
    return worst != NULL ? check->entries[worst->worst].index : 0;
}

tw_status tw_study_gradcheck_draw(const tw_study_model *model, const tw_gradcheck *check,
                                  const char *picture, const char *sweep) {
    TW_NEED(model);
    TW_NEED(check);
    tw_status status = TW_OK;
    if (picture != NULL)
        status = tw_plot_gradcheck(
            picture, &(tw_figure){.title = model->kind, .description = model->study->command},
            check);
    if (status == TW_OK && sweep != NULL)
        status = tw_study_sweep(model, worst_index(check), sweep);
    return status;
}
