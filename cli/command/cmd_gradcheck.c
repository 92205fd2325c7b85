#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "cli_model.h"
#include "command/cli_command.h"
#include "option/cli_gradient_options.h"
#include "report/cli_color.h"
#include "report/cli_progress.h"

typedef struct gradcheck_args {
    tw_study_model_options model;
    double rtol, atol, noise;
    int all, locate, robust, only_failures, csv, inconclusive;
    size_t sample, burn_in, budget;
    number_list entries;
    const char *output, *picture, *sweep;
} gradcheck_args;

static const char *const report_endings[] = {".csv", ".json", NULL};

static const char *const sweep_endings[] = SWEEP_ENDINGS;

/* What an inconclusive check is to count as. */
static const char *inconclusive_name(size_t index) {
    static const char *const names[] = {"4", "pass", "fail"};
    return index < sizeof names / sizeof names[0] ? names[index] : NULL;
}

/* Some steps down first: mistakes that tiny initial scores mask show where the loss is falling. */
static tw_status burn_in(const cli_context *context, const gradcheck_args *args,
                         const tw_study_model *model) {
    unsigned can = tw_objective_capabilities(model->objective);
    const tw_optimizer *optimizer = tw_optimizer_find(can & TW_CAN_SAMPLE_GRADIENT ? "sgd" : "gd");
    tw_optim_options options = {.iterations = args->burn_in, .seed = context->common.seed};
    tw_optim_result result;
    if (args->burn_in == OPTION_UNSET || args->burn_in == 0)
        return TW_OK;
    tw_status status = tw_optim_run(optimizer, model->objective, model->x, &options, &result);
    if (status != TW_OK)
        return tw_fail_prefix(status, "--burn-in");
    cli_talk(context, "after %zu iterations of %s the loss is %.6g\n", result.iterations,
             tw_optimizer_name(optimizer), result.loss);
    if (result.stop == TW_STOP_DIVERGED)
        cli_talk(context, "the walk diverged there: the gradient may be wrong\n");
    return TW_OK;
}

static tw_status read_entries(const gradcheck_args *args, size_t size, size_t **out) {
    *out = NULL;
    if (args->entries.count == 0)
        return TW_OK;
    *out = calloc(args->entries.count, sizeof **out);
    if (*out == NULL)
        return tw_fail(TW_ERR_MEMORY, "not enough memory for %zu entries", args->entries.count);
    for (size_t k = 0; k < args->entries.count; k++) {
        double value = args->entries.values[k];
        if (value != floor(value) || value >= (double)size)
            return tw_fail(TW_ERR_ARGUMENT, "--entries: %g is not one of 0 to %zu", value,
                           size - 1);
        (*out)[k] = (size_t)value;
    }
    return TW_OK;
}

static tw_status check_gradient(const cli_context *context, const gradcheck_args *args,
                                const tw_study_model *model, tw_gradcheck **out) {
    size_t *indices = NULL;
    progress_bar bar = progress_begin(context, "gradcheck");
    tw_gradcheck_options options = {
        .rtol = isnan(args->rtol) ? 0 : args->rtol,
        .atol = args->atol,
        .noise = isnan(args->noise) ? 0 : args->noise,
        .robust = args->robust,
        .seed = context->common.seed,
        .every = args->all ? SIZE_MAX : 0,
        .sample = args->sample,
        .only_probes = args->locate,
        .locate = args->locate ? 16 : 0,
        .max_evaluations = args->budget != OPTION_UNSET ? args->budget : 0,
        .progress = progress_step,
        .progress_user = &bar,
    };
    tw_status status = read_entries(args, model->size, &indices);
    options.indices = indices;
    options.index_count = args->entries.count;
    if (status == TW_OK)
        status = tw_gradcheck_run(model->objective, model->x, &options, out);
    progress_end(&bar);
    free(indices);
    return status;
}

/* R = reg |x|^2 has the gradient 2 R / |x|: where that makes up much of the whole, a mistake in the
 * rest is hard to see. */
static tw_status advise(const cli_context *context, const gradcheck_args *args,
                        const tw_study_model *model) {
    int at = tw_objective_metric_find(model->objective, &(tw_metric){"regularizer"});
    double *values = NULL, *gradient = NULL, squares = 0, slope = 0;
    if (model->data != NULL && !model->point_known &&
        (args->burn_in == OPTION_UNSET || args->burn_in == 0))
        cli_talk(context,
                 "checked at drawn parameters; --burn-in 50 or --weights would check where "
                 "the loss is falling\n");
    if (at < 0 || model->reg == 0)
        return TW_OK;
    tw_status status = doubles_new(tw_objective_metrics(model->objective), &values);
    if (status == TW_OK)
        status = doubles_new(model->size, &gradient);
    if (status == TW_OK)
        status = tw_objective_gradient(model->objective, model->x, values, gradient);
    for (size_t i = 0; status == TW_OK && i < model->size; i++) {
        squares += model->x[i] * model->x[i];
        slope += gradient[i] * gradient[i];
    }
    double share = status == TW_OK ? 2 * values[at] / sqrt(squares) / sqrt(slope) : 0;
    if (share > 0.1)
        cli_talk(context,
                 "the regulariser makes up %.0f %% of the gradient and may hide the data's part; "
                 "check with --reg 0, too\n",
                 100 * share);
    free(values);
    free(gradient);
    return status;
}

static tw_status write_report(const cli_context *context, const gradcheck_args *args,
                              const tw_gradcheck *check) {
    tw_status status = TW_OK;
    if (args->output != NULL)
        status = tw_gradcheck_save(args->output, check, args->only_failures);
    if (status == TW_OK && !context->common.json && !args->csv)
        return color_report(check, args->only_failures, context->out);
    if (status == TW_OK)
        status =
            tw_gradcheck_write(check, context->common.json ? TW_GRADCHECK_JSON : TW_GRADCHECK_CSV,
                               args->only_failures, context->out);
    return status;
}

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

static tw_status draw(const cli_context *context, const gradcheck_args *args,
                      const tw_study_model *model, const tw_gradcheck *check) {
    char *line = NULL;
    tw_status status = TW_OK;
    if (args->picture != NULL) {
        line = cli_command_line(context);
        status = tw_plot_gradcheck(args->picture,
                                   &(tw_figure){.title = model->kind, .description = line}, check);
    }
    free(line);
    if (status == TW_OK && args->sweep != NULL)
        status = tw_study_sweep(model, worst_index(check), args->sweep);
    return status;
}

static void set_outcome(cli_context *context, const gradcheck_args *args, tw_verdict verdict) {
    static const int inconclusive[] = {EXIT_INCONCLUSIVE, EXIT_DONE, EXIT_CRITERION};
    if (verdict == TW_VERDICT_FAIL)
        context->outcome = EXIT_CRITERION;
    else if (verdict == TW_VERDICT_INCONCLUSIVE)
        context->outcome = inconclusive[args->inconclusive];
}

static tw_status check_options(const gradcheck_args *args) {
    if (args->locate && (args->all || args->entries.count > 0))
        return tw_fail(TW_ERR_ARGUMENT, "--locate and %s cannot be used together",
                       args->all ? "--all" : "--entries");
    return TW_OK;
}

static tw_status run(cli_context *context, void *data, const option_words *words) {
    const gradcheck_args *args = data;
    tw_study_model *model = NULL;
    tw_gradcheck *check = NULL;
    tw_status status = check_options(args);
    if (status == TW_OK)
        status = model_open(context, &args->model, words, &model);
    if (status == TW_OK)
        status = burn_in(context, args, model);
    if (status == TW_OK)
        status = check_gradient(context, args, model, &check);
    if (status == TW_OK)
        status = write_report(context, args, check);
    if (status == TW_OK)
        status = draw(context, args, model, check);
    if (status == TW_OK)
        status = advise(context, args, model);
    if (status == TW_OK)
        set_outcome(context, args, check->verdict);
    tw_gradcheck_free(check);
    tw_study_model_free(model);
    return status;
}

static const option_spec options[] = {
    {"rtol", 0, OPTION_NUMBER, "R", offsetof(gradcheck_args, rtol), RANGE_POSITIVE,
     .help = "relative tolerance", .shown = "1e-6; 1e-3 for a loss in single precision",
     .usual = 1},
    {"atol", 0, OPTION_NUMBER, "A", offsetof(gradcheck_args, atol), RANGE_NOT_NEGATIVE,
     .fallback = "0", .help = "absolute tolerance, added to it"},
    {"noise", 0, OPTION_NUMBER, "U", offsetof(gradcheck_args, noise), RANGE_POSITIVE,
     .help = "relative noise of one value of the loss: 6e-8 for one in single precision",
     .shown = "what the model says of itself, 2.2e-16"},
    {"all", 0, OPTION_FLAG, NULL, offsetof(gradcheck_args, all),
     .help = "check every entry, however many there are", .usual = 1},
    {"sample", 0, OPTION_SIZE, "N", offsetof(gradcheck_args, sample), RANGE_POSITIVE,
     .fallback = "32",
     .help =
         "of more than 2,000 parameters, check so many drawn entries of every block, beside the "
         "8 largest and the 8 smallest",
     .usual = 1},
    {"entries", 0, OPTION_NUMBERS, "I,...", offsetof(gradcheck_args, entries), RANGE_NOT_NEGATIVE,
     .help = "check these entries of the parameter vector only, counted from 0"},
    {"locate", 0, OPTION_FLAG, NULL, offsetof(gradcheck_args, locate),
     .help = "no drawn entries: random probes of every block, and the wrong entries they lead to"},
    {"robust", 0, OPTION_FLAG, NULL, offsetof(gradcheck_args, robust),
     .help = "measure the noise of the loss at every entry from the start", .usual = 1},
    {"max-evaluations", 0, OPTION_SIZE, "N", offsetof(gradcheck_args, budget), RANGE_POSITIVE,
     .help = "stop there; what was not reached is inconclusive"},
    {"burn-in", 0, OPTION_SIZE, "N", offsetof(gradcheck_args, burn_in),
     .help = "walk N iterations down first, by sgd or gd, and check there"},
    {"inconclusive", 0, OPTION_CHOICE, "AS", offsetof(gradcheck_args, inconclusive),
     .values = inconclusive_name, .fallback = "4",
     .help = "exit status of a check that can tell neither"},
    {"only-failures", 0, OPTION_FLAG, NULL, offsetof(gradcheck_args, only_failures),
     .help = "say nothing of what passes"},
    {"csv", 0, OPTION_FLAG, NULL, offsetof(gradcheck_args, csv),
     .help = "print a line an entry instead of the report"},
    {"output", 'o', OPTION_FILE, "FILE", offsetof(gradcheck_args, output), .use = FILE_WRITTEN,
     .endings = report_endings, .help = "write the entries (.csv) or the whole report (.json)",
     .usual = 1},
    {"plot", 'p', OPTION_FILE, "FILE", offsetof(gradcheck_args, picture), .use = FILE_WRITTEN,
     .endings = cli_picture_endings, .help = "draw the errors of every block: .png, .svg or .pdf",
     .usual = 1},
    {"sweep", 0, OPTION_FILE, "FILE", offsetof(gradcheck_args, sweep), .use = FILE_WRITTEN,
     .endings = sweep_endings,
     .help = "draw the error of differences over their step at the worst entry, and where the "
             "default steps of others fall: a picture, or .csv"},
    {NULL},
};

static const option_group groups[] = {
    {"Gradient check", options, 0},
    MODEL_GROUPS(gradcheck_args, model),
    {NULL},
};

static const char *const examples[] = {
    "thalweg gradcheck ./mine.so",
    "a value and a gradient of your own, in a shared object",
    "thalweg gradcheck --exec './mine.py' --json",
    "the same as a program, with the report for a program",
    "thalweg gradcheck svm --data cifar-10-batches-py --limit 3 --burn-in 50",
    "three images have few kinks",
    "thalweg gradcheck ./large.so --locate",
    "which of a million entries is wrong?",
    NULL,
};

const cli_command command_gradcheck = {
    .name = "gradcheck",
    .words = "[MODEL]",
    .most_words = 1,
    .word_values = tw_study_model_name,
    .word_endings = cli_plugin_endings,
    .summary = "is the gradient right?",
    .description =
        "Holds the model's own gradient against numerical derivatives that know their error. "
        "Verdicts are pass, fail and inconclusive, where the loss is too noisy to tell; a slope "
        "between the two sides of a kink is right. A gradient that fails is looked at for its "
        "cause: sign, factors, a missing regulariser, a transposed block, entries never written, "
        "and so on. Exit status 0 means pass, 1 fail, 4 inconclusive.",
    .examples = examples,
    .groups = groups,
    .args_size = sizeof(gradcheck_args),
    .run = run,
};
