/* training.c: what a training will be, decided before it begins. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "core/versioned.h"
#include "study/model_kind.h"
#include "study/option_range.h"
#include "study/training_private.h"
#include "thalweg/words.h"

enum { DEFAULT_REPORTS = 20, DEFAULT_ROWS = 200 };

/* A loss that is this share of a guess's is as good as none. */
static const double NEARLY_NOTHING = 0.01;

tw_study_training_options tw_study_training_defaults(void) {
    return (tw_study_training_options){.bytes = sizeof(tw_study_training_options),
                                       .iterations = TW_UNSET,
                                       .step = NAN,
                                       .schedule = -1,
                                       .decay = NAN,
                                       .period = NAN,
                                       .batch = TW_UNSET,
                                       .momentum = NAN,
                                       .square_decay = NAN,
                                       .epsilon = NAN,
                                       .tolerance = NAN,
                                       .history = TW_UNSET,
                                       .report_every = TW_UNSET,
                                       .overfit = TW_UNSET,
                                       .every = TW_UNSET,
                                       .checkpoints = TW_UNSET,
                                       .spacing = -1,
                                       .save_every = NAN};
}

/* ---- a check by overfitting ---- */

static tw_status refuse_samples(const tw_study_model_options *options) {
    const char *other = options->data.limit != TW_UNSET ? "--limit" : NULL;
    if (options->settings.count > 0)
        TW_NEED(options->settings.items);
    for (size_t k = 0; k < options->settings.count; k++)
        if (options->settings.items[k].name != NULL &&
            strcmp(options->settings.items[k].name, "example") == 0)
            other = "--example";
    return other == NULL ? TW_OK
                         : tw_fail(TW_ERR_ARGUMENT,
                                   "--overfit N chooses the samples itself; leave out %s", other);
}

tw_status tw_study_model_open_few(const tw_study *study, const tw_study_model_options *options,
                                  size_t samples, tw_study_model **out) {
    tw_study_model_options own = tw_study_model_defaults();
    *out = NULL;
    tw_status status = TW_TAKE_OVER(tw_study_model_options, tw_study_model_defaults, &own, options);
    if (status == TW_OK)
        status = TW_TAKE_INNER(tw_study_data_options, tw_study_data_defaults, own.data);
    if (status == TW_OK)
        status = refuse_samples(&own);
    if (status == TW_OK && (samples == 0 || samples == TW_UNSET))
        status = tw_fail(TW_ERR_ARGUMENT, "--overfit: give the number of samples, 1 or more");
    if (status != TW_OK)
        return status;
    size_t given = own.settings.count, count = 0;
    tw_setting *settings = malloc((given + 1) * sizeof *settings);
    if (settings == NULL)
        return tw_fail(TW_ERR_MEMORY, "not enough memory for %zu settings", given);
    for (size_t k = 0; k < given; k++)
        if (own.settings.items[k].name == NULL || /* which is refused further down */
            strcmp(own.settings.items[k].name, "reg") != 0)
            settings[count++] = own.settings.items[k];
    settings[count++] = (tw_setting){"reg", "0"};
    own.settings = (tw_settings){count, settings};
    own.data.limit = samples;
    status = tw_study_model_open(study, &own, out);
    free(settings);
    return status;
}

/* The loss below which the check is content. */
static tw_status set_enough(tw_study_training *t) {
    double values[TW_TRAINING_METRICS];
    if (t->plan->options.overfit == TW_UNSET)
        return TW_OK;
    t->enough = NEARLY_NOTHING * t->chance;
    if (t->chance > 0)
        return TW_OK;
    if (tw_objective_metrics(t->model->objective) > TW_TRAINING_METRICS)
        return tw_fail(TW_ERR_UNSUPPORTED, "the model has more than %d metrics",
                       TW_TRAINING_METRICS);
    tw_status status = tw_objective_value(t->model->objective, t->model->x, values);
    t->enough = NEARLY_NOTHING * values[0];
    return status;
}

/* ---- method and options ---- */

static double or_zero(double value) {
    return isnan(value) ? 0 : value;
}

static size_t or_none(size_t value) {
    return value == TW_UNSET ? 0 : value;
}

static const char *method_name(size_t index) {
    const tw_optimizer *optimizer = tw_optimizer_at(index);
    return optimizer != NULL ? tw_optimizer_name(optimizer) : NULL;
}

static tw_status choose_method(tw_study_training *t) {
    const tw_study_training_options *o = &t->plan->options;
    const char *name = o->method;
    if (name == NULL) {
        tw_status status = tw_model_check_derivatives(t->model, "train");
        if (status != TW_OK)
            return status;
        name = tw_training_method(t->model, !isnan(o->step) || o->line_search ||
                                                o->schedule > TW_SCHEDULE_CONSTANT);
        if (tw_optimizer_needs(tw_optimizer_find(name)) == 0)
            tw_study_say(t->study, "'%s' has no gradient: using %s, which needs none",
                         t->model->kind, name);
    }
    t->optimizer = tw_optimizer_find(name);
    if (t->optimizer == NULL)
        return tw_fail_prefix(tw_text_unknown("method", name, method_name), "--method");
    return tw_optimizer_needs(t->optimizer) != 0 ? tw_model_check_derivatives(t->model, "train")
                                                 : TW_OK;
}

/* Where every loss is known anyway, log, picture and trajectory tell more than is shown: twenty
 * points of a line search are no path. */
static void choose_reports(tw_study_training *t) {
    size_t given = t->plan->options.report_every, iterations = t->options.iterations;
    size_t every = iterations / DEFAULT_REPORTS;
    int known = t->model->data == NULL &&
                (tw_optimizer_needs(t->optimizer) == 0 || t->options.line_search ||
                 tw_optimizer_default_step(t->optimizer) == 0);
    t->show_every = given != TW_UNSET ? given : every > 0 ? every : 1;
    t->options.report_every = t->show_every;
    if (known && given == TW_UNSET)
        t->options.report_every = iterations > DEFAULT_ROWS ? iterations / DEFAULT_ROWS : 1;
}

/* A schedule means nothing to a method that chooses its steps, the usual one neither. */
static tw_status check_schedule(const tw_study_training *t) {
    const tw_study_training_options *o = &t->plan->options;
    if (o->schedule != TW_SCHEDULE_CONSTANT) /* not given, or one that the library refuses */
        return TW_OK;
    if (tw_optimizer_default_step(t->optimizer) == 0)
        return tw_fail(TW_ERR_ARGUMENT,
                       "'%s' chooses its steps itself; leave out the step and the schedule",
                       tw_optimizer_name(t->optimizer));
    if (o->line_search)
        return tw_fail(TW_ERR_ARGUMENT, "a line search chooses the steps itself; leave out the "
                                        "schedule");
    return TW_OK;
}

static tw_status choose_options(tw_study_training *t) {
    const tw_study_training_options *o = &t->plan->options;
    t->options = (tw_optim_options){
        .bytes = sizeof t->options,
        .iterations = o->iterations == TW_UNSET ? tw_optimizer_default_iterations(t->optimizer)
                                                : o->iterations,
        .step = or_zero(o->step),
        .line_search = o->line_search,
        .schedule = o->schedule < 0 ? TW_SCHEDULE_CONSTANT : (tw_schedule)o->schedule,
        .decay = or_zero(o->decay),
        .period = or_zero(o->period),
        .batch = or_none(o->batch),
        .seed = t->study->seed,
        .momentum = or_zero(o->momentum),
        .square_decay = or_zero(o->square_decay),
        .epsilon = or_zero(o->epsilon),
        .tolerance = or_zero(o->tolerance),
        .history = or_none(o->history),
    };
    tw_status status = check_schedule(t);
    if (status == TW_OK && isnan(o->step))
        status = tw_study_training_step(t->model, t->optimizer, &t->options);
    choose_reports(t);
    return status;
}

/* ---- the plan ---- */

static tw_status open_test(tw_study_training *t) {
    const tw_study_training_options *o = &t->plan->options;
    if (o->test != NULL || o->no_test || strcmp(t->model->split, "test") == 0 ||
        o->overfit != TW_UNSET) {
        t->test = o->test;
        return TW_OK;
    }
    tw_status status = tw_study_model_test(t->model, &t->plan->test_data, &t->plan->own_test);
    t->test = t->plan->own_test;
    return status;
}

static tw_status make_provenance(tw_study_training *t) {
    tw_status status = tw_study_model_provenance(t->model, &t->provenance);
    return status == TW_OK
               ? tw_provenance_add(&t->provenance, "method", "%s", tw_optimizer_name(t->optimizer))
               : status;
}

static tw_status check_ranges(const tw_study_training_options *options) {
    static const tw_option_range ranges[] = {
        {"iterations", offsetof(tw_study_training_options, iterations), TW_OPTION_COUNT},
        {"step", offsetof(tw_study_training_options, step), TW_OPTION_POSITIVE},
        {"decay", offsetof(tw_study_training_options, decay), TW_OPTION_POSITIVE},
        {"period", offsetof(tw_study_training_options, period), TW_OPTION_POSITIVE},
        {"batch", offsetof(tw_study_training_options, batch), TW_OPTION_COUNT},
        {"momentum", offsetof(tw_study_training_options, momentum), TW_OPTION_POSITIVE},
        {"square-decay", offsetof(tw_study_training_options, square_decay), TW_OPTION_POSITIVE},
        {"epsilon", offsetof(tw_study_training_options, epsilon), TW_OPTION_POSITIVE},
        {"tolerance", offsetof(tw_study_training_options, tolerance), TW_OPTION_POSITIVE},
        {"history", offsetof(tw_study_training_options, history), TW_OPTION_COUNT},
        {"overfit", offsetof(tw_study_training_options, overfit), TW_OPTION_COUNT},
        {"report-every", offsetof(tw_study_training_options, report_every), TW_OPTION_COUNT},
        {"every", offsetof(tw_study_training_options, every), TW_OPTION_COUNT},
        {"checkpoints", offsetof(tw_study_training_options, checkpoints), TW_OPTION_COUNT},
        {"spacing", offsetof(tw_study_training_options, spacing), TW_OPTION_CHOICE,
         tw_study_training_spacing},
        {"save-every", offsetof(tw_study_training_options, save_every), TW_OPTION_NOT_NEGATIVE},
    };
    return tw_option_ranges_check(options, sizeof ranges / sizeof ranges[0], ranges);
}

static tw_status take_options(tw_study_training *t, const tw_study_training_options *given) {
    tw_training_plan *plan = t->plan;
    plan->options = tw_study_training_defaults();
    tw_status status =
        TW_TAKE_OVER(tw_study_training_options, tw_study_training_defaults, &plan->options, given);
    tw_study_training_options *o = &plan->options;
    if (status == TW_OK)
        status = check_ranges(o);
    const char **const texts[] = {&o->method, &o->output, &o->log, &o->picture, &o->trajectory};
    for (size_t k = 0; k < sizeof texts / sizeof texts[0] && status == TW_OK; k++) {
        if (*texts[k] == NULL)
            continue;
        *texts[k] = plan->texts[k] = strdup(*texts[k]);
        if (*texts[k] == NULL)
            status = tw_fail(TW_ERR_MEMORY, "not enough memory for a plan");
    }
    return status;
}

/* What is written at the end is not to fail then. */
static tw_status check_outputs(const tw_study_training *t) {
    static const char *const weights[] = {".npy", ".npz", ".h5", ".safetensors", NULL};
    static const char *const logs[] = {".csv", ".h5", NULL};
    static const char *const pictures[] = {".png", ".svg", ".pdf", NULL};
    static const char *const trajectories[] = {".h5", ".hdf5", NULL};
    const tw_study_training_options *o = &t->plan->options;
    tw_status status = tw_study_check_output(t->study, "output", o->output, weights);
    if (status == TW_OK)
        status = tw_study_check_output(t->study, "log", o->log, logs);
    if (status == TW_OK)
        status = tw_study_check_output(t->study, "picture", o->picture, pictures);
    return status == TW_OK
               ? tw_study_check_output(t->study, "trajectory", o->trajectory, trajectories)
               : status;
}

static tw_status decide(tw_study_training *t, const tw_study_training_options *options) {
    tw_status status = take_options(t, options);
    if (status == TW_OK)
        status = check_outputs(t);
    if (status == TW_OK)
        status = open_test(t);
    if (status == TW_OK)
        status = choose_method(t);
    if (status == TW_OK)
        tw_study_model_say_drawn(t->model);
    t->chance = t->model->point_known ? NAN : tw_study_model_chance(t->model);
    if (status == TW_OK)
        status = set_enough(t);
    if (status == TW_OK)
        status = choose_options(t);
    if (status == TW_OK)
        status = tw_training_plan_checkpoints(t);
    if (status == TW_OK)
        status = make_provenance(t);
    return status == TW_OK ? tw_training_plan_keep(t) : status;
}

tw_status tw_study_training_plan(const tw_study *study, const tw_study_model *model,
                                 const tw_study_training_options *options,
                                 tw_study_training **out) {
    *out = NULL;
    TW_NEED(model);
    tw_study_training *t = calloc(1, sizeof *t);
    if (t == NULL || (t->plan = calloc(1, sizeof *t->plan)) == NULL) {
        free(t);
        return tw_fail(TW_ERR_MEMORY, "not enough memory for a plan");
    }
    t->bytes = sizeof *t;
    t->model = model;
    tw_status status = tw_study_take(study != NULL ? study : model->study, &t->study);
    if (status == TW_OK)
        status = decide(t, options);
    if (status == TW_OK)
        *out = t;
    else
        tw_study_training_free(t);
    return status;
}

void tw_study_training_free(tw_study_training *t) {
    if (t == NULL)
        return;
    tw_training_plan *plan = t->plan;
    tw_objective_free(plan->own_test);
    tw_dataset_free(plan->test_data);
    tw_provenance_release(&plan->kept_made);
    tw_provenance_release(&t->provenance);
    for (size_t k = 0; k < sizeof plan->texts / sizeof plan->texts[0]; k++)
        free(plan->texts[k]);
    free(plan->at);
    free(plan->kept);
    free(plan);
    free(t);
}
