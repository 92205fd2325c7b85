#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "cli_descent.h"
#include "cli_descent_files.h"
#include "cli_descent_method.h"
#include "cli_descent_verdict.h"
#include "cli_interrupt.h"
#include "cli_model.h"
#include "command/cli_command.h"

#define SHOWN_PARAMETERS 8

typedef struct train_args {
    tw_study_model_options model;
    checkpoint_args checkpoints;
    const char *method;
    size_t iterations, batch, report_every, overfit, history;
    double step, decay, period, momentum, square_decay, epsilon, tolerance;
    int schedule, line_search;
    const char *output, *log, *picture;
} train_args;

enum { DEFAULT_REPORTS = 20, DEFAULT_ROWS = 200 };
static const char *const endings[] = {".npy", ".npz", ".h5", NULL};

/* A loss that is this share of a guess's is as good as none. */
static const double NEARLY_NOTHING = 0.01;

static double or_zero(double value) {
    return isnan(value) ? 0 : value;
}

static size_t or_none(size_t value) {
    return value == OPTION_UNSET ? 0 : value;
}

/* Where every loss is known anyway, log, picture and trajectory tell more than is printed: twenty
 * points of a line search are no path. */
static void choose_reports(const train_args *args, const tw_study_model *model,
                           const tw_optimizer *optimizer, tw_optim_options *out,
                           size_t *print_every) {
    int known = model->data == NULL && (tw_optimizer_needs(optimizer) == 0 || out->line_search ||
                                        tw_optimizer_default_step(optimizer) == 0);
    size_t every = out->iterations / DEFAULT_REPORTS;
    *print_every = args->report_every != OPTION_UNSET ? args->report_every : every > 0 ? every : 1;
    out->report_every = *print_every;
    if (known && args->report_every == OPTION_UNSET)
        out->report_every = out->iterations > DEFAULT_ROWS ? out->iterations / DEFAULT_ROWS : 1;
}

/* A schedule means nothing to a method that chooses its steps, the usual one neither. */
static tw_status check_schedule(const train_args *args, const tw_optimizer *optimizer) {
    if (args->schedule != TW_SCHEDULE_CONSTANT) /* not given, or one that the library refuses */
        return TW_OK;
    if (tw_optimizer_default_step(optimizer) == 0)
        return tw_fail(TW_ERR_ARGUMENT,
                       "'%s' chooses its steps itself; leave out the step and the schedule",
                       tw_optimizer_name(optimizer));
    if (args->line_search)
        return tw_fail(TW_ERR_ARGUMENT, "a line search chooses the steps itself; leave out the "
                                        "schedule");
    return TW_OK;
}

static tw_status make_options(const cli_context *context, const train_args *args,
                              const tw_study_model *model, const tw_optimizer *optimizer,
                              tw_optim_options *out, size_t *print_every) {
    *out = (tw_optim_options){
        .iterations = args->iterations == OPTION_UNSET ? tw_optimizer_default_iterations(optimizer)
                                                       : args->iterations,
        .step = or_zero(args->step),
        .line_search = args->line_search,
        .schedule = args->schedule < 0 ? TW_SCHEDULE_CONSTANT : (tw_schedule)args->schedule,
        .decay = or_zero(args->decay),
        .period = or_zero(args->period),
        .batch = or_none(args->batch),
        .seed = context->common.seed,
        .momentum = or_zero(args->momentum),
        .square_decay = or_zero(args->square_decay),
        .epsilon = or_zero(args->epsilon),
        .tolerance = or_zero(args->tolerance),
        .history = or_none(args->history),
    };
    tw_status status = check_schedule(args, optimizer);
    if (status == TW_OK && isnan(args->step))
        status = descent_default_step(model, optimizer, out);
    choose_reports(args, model, optimizer, out, print_every);
    return status;
}

static const char *stop_name(const descent *walk) {
    if (walk->signal != 0)
        return "interrupted";
    return walk->reached ? "reached" : tw_stop_name(walk->result.stop);
}

static void print_json(const cli_context *context, const train_args *args, const descent *walk) {
    tw_json writer = {.out = context->out};
    tw_json_object(&writer, NULL);
    tw_json_number(&writer, "loss", walk->result.loss);
    tw_json_number(&writer, "accuracy", descent_last(walk, "train_acc") / 100);
    tw_json_count(&writer, "steps", walk->result.iterations);
    tw_json_number(&writer, "epochs", descent_last(walk, "epoch"));
    tw_json_number(&writer, "test_loss", descent_last(walk, "test_loss"));
    tw_json_number(&writer, "test_accuracy", descent_last(walk, "test_acc") / 100);
    tw_json_text(&writer, "method", args->method);
    tw_json_text(&writer, "stop", stop_name(walk));
    tw_json_text(&writer, "why", walk->signal != 0 || walk->reached ? NULL : walk->result.why);
    tw_json_count(&writer, "kept", walk->result.reached);
    if (args->overfit != OPTION_UNSET)
        tw_json_bool(&writer, "overfit", walk->reached);
    tw_json_count(&writer, "evaluations", walk->result.evaluations);
    tw_json_number(&writer, "seconds", walk->result.seconds);
    tw_json_array(&writer, "notes");
    for (size_t k = 0; k < walk->rules->count; k++)
        tw_json_text(&writer, NULL, walk->rules->notes[k]);
    tw_json_end(&writer);
    tw_json_end(&writer);
}

static tw_status make_provenance(const cli_context *context, const train_args *args,
                                 const tw_study_model *model, tw_provenance *provenance) {
    tw_status status = tw_study_model_provenance(model, provenance);
    return status == TW_OK ? tw_provenance_add(provenance, "method", "%s", args->method) : status;
}

/* Whether it has learnt, as --overfit asks. */
static void judge_overfit(cli_context *context, const train_args *args, const descent *walk) {
    if (walk->reached) {
        cli_talk(context, "the loss of %zu samples goes to 0, as it should\n",
                 tw_objective_samples(walk->model->objective));
        return;
    }
    cli_talk(
        context,
        "the loss of %zu samples ends at %.4g and not below %.2g: a mistake in the loss or its "
        "gradient, a --step that does not suit, or too few --iterations\n",
        tw_objective_samples(walk->model->objective), walk->result.loss, walk->enough);
    context->outcome = EXIT_CRITERION;
}

/* A function of a few parameters has reached a point that fits into a line. */
static void say_where(cli_context *context, const descent *walk) {
    const tw_study_model *model = walk->model;
    if (tw_objective_samples(model->objective) > 0 || model->size > SHOWN_PARAMETERS)
        return;
    for (size_t i = 0; i < model->size; i++)
        cli_talk(context, "%s%.7g", i == 0 ? "reached x = " : ", ", walk->x[i]);
    cli_talk(context, "\n");
}

/* After a failure its one line is all that is said. */
static void summarise(cli_context *context, const train_args *args, const descent *walk,
                      int failed) {
    if (context->common.json)
        print_json(context, args, walk);
    if (walk->signal != 0 || failed)
        return;
    if (!context->common.json)
        cli_talk(context, "%s: %zu iterations, %llu evaluations, %.3f s\n", args->method,
                 walk->result.iterations, walk->result.evaluations, walk->result.seconds);
    descent_judge(context, walk);
    if (!context->common.json)
        say_where(context, walk);
    if (args->overfit != OPTION_UNSET)
        judge_overfit(context, args, walk);
}

/* The words of the first that failed are kept. */
static tw_status run_and_close(descent *walk, const tw_optimizer *optimizer,
                               const tw_optim_options *options) {
    char text[512];
    tw_status status = descent_run(walk, optimizer, options);
    snprintf(text, sizeof text, "%s", tw_message());
    tw_status closed = walk->checkpoints != NULL ? checkpoints_close(walk->checkpoints) : TW_OK;
    return status == TW_OK ? closed : tw_fail(status, "%s", text);
}

/* Walks and writes whatever there is, also where the walk was interrupted or failed on its way. */
static tw_status walk_and_keep(cli_context *context, const train_args *args,
                               const tw_optimizer *optimizer, const tw_optim_options *options,
                               const tw_provenance *provenance, descent *walk) {
    const descent_files files = {.weights = args->output,
                                 .log = args->log,
                                 .picture = args->picture,
                                 .trajectory = args->checkpoints.path};
    tw_status status = run_and_close(walk, optimizer, options);
    int complete = status == TW_OK;
    if (complete && walk->signal == 0)
        status = descent_write(&files, walk, provenance);
    else
        status = descent_end_early(context, &files, walk, provenance, status);
    if (complete)
        summarise(context, args, walk, status != TW_OK);
    return status;
}

static tw_status walk_down(cli_context *context, const train_args *args,
                           const tw_optimizer *optimizer, descent *walk) {
    tw_optim_options options;
    tw_provenance provenance = {0};
    checkpoints points = {0};
    tw_status status =
        make_options(context, args, walk->model, optimizer, &options, &walk->print_every);
    if (status == TW_OK)
        status =
            checkpoints_plan(&args->checkpoints, options.iterations, options.report_every, &points);
    if (status == TW_OK)
        status = make_provenance(context, args, walk->model, &provenance);
    interrupt_watch(); /* before the first file is begun, which would be left half made */
    walk->interruptible = 1;
    if (status == TW_OK && args->checkpoints.path != NULL) {
        walk->checkpoints = &points;
        status = descent_open_checkpoints(walk, args->checkpoints.path, &provenance);
    }
    if (status == TW_OK)
        status = walk_and_keep(context, args, optimizer, &options, &provenance, walk);
    else
        checkpoints_close(&points);
    interrupt_release();
    tw_provenance_release(&provenance);
    return status;
}

/* --overfit N: the first N samples and no regulariser. */
static tw_status take_overfit(train_args *args) {
    if (args->overfit == OPTION_UNSET)
        return TW_OK;
    const tw_settings *settings = &args->model.settings;
    const char *other = args->model.data.limit != OPTION_UNSET ? "--limit" : NULL;
    for (size_t k = 0; k < settings->count; k++)
        if (strcmp(settings->items[k].name, "example") == 0)
            other = "--example";
    if (other != NULL)
        return tw_fail(TW_ERR_ARGUMENT, "--overfit N takes N samples itself; leave out %s", other);
    args->model.data.limit = args->overfit;
    return options_put(&args->model.settings, "reg", "0");
}

/* What a guess costs, where the model starts with one. */
static double chance_of(const tw_study_model *model) {
    return model->point_known ? NAN : tw_study_model_chance(model);
}

/* The loss below which --overfit is content. */
static tw_status set_enough(const train_args *args, descent *walk) {
    double values[16];
    if (args->overfit == OPTION_UNSET)
        return TW_OK;
    walk->enough = NEARLY_NOTHING * walk->rules->chance;
    if (walk->rules->chance > 0)
        return TW_OK;
    if (tw_objective_metrics(walk->model->objective) > 16)
        return tw_fail(TW_ERR_UNSUPPORTED, "the model has more than 16 metrics");
    tw_status status = tw_objective_value(walk->model->objective, walk->x, values);
    walk->enough = NEARLY_NOTHING * values[0];
    return status;
}

static void choose_method(const cli_context *context, train_args *args,
                          const tw_study_model *model) {
    int by_steps = !isnan(args->step) || args->line_search || args->schedule > TW_SCHEDULE_CONSTANT;
    args->method = descent_default_method(model, by_steps);
    if (tw_optimizer_needs(tw_optimizer_find(args->method)) == 0)
        cli_talk(context, "'%s' has no gradient: using %s, which needs none\n", model->kind,
                 args->method);
}

static tw_status run(cli_context *context, void *data, const option_words *words) {
    train_args *args = data;
    tw_study_model *model = NULL;
    tw_dataset *test_data = NULL;
    tw_objective *test = NULL;
    if (args->method != NULL && tw_optimizer_find(args->method) == NULL)
        return tw_fail_prefix(text_unknown("method", args->method, optimizer_name), "--method");
    tw_status status = take_overfit(args);
    if (status == TW_OK)
        status = model_open(context, &args->model, words, &model);
    if (status == TW_ERR_ARGUMENT && args->overfit != OPTION_UNSET)
        return tw_fail_prefix(status, "--overfit");
    if (status == TW_OK && args->model.data.split != TW_SPLIT_TEST && args->overfit == OPTION_UNSET)
        status = tw_study_model_test(model, &test_data, &test);
    if (status == TW_OK && args->method == NULL)
        choose_method(context, args, model);
    if (status == TW_OK) {
        rules noted = {.context = context, .chance = chance_of(model), .reg = model->reg};
        descent walk = {.context = context,
                        .model = model,
                        .test = test,
                        .report = context->common.json ? NULL : context->out,
                        .x = model->x,
                        .rules = &noted,
                        .keeps = args->output != NULL || args->log != NULL ||
                                 args->picture != NULL || args->checkpoints.path != NULL};
        status = set_enough(args, &walk);
        if (status == TW_OK)
            status = walk_down(context, args, tw_optimizer_find(args->method), &walk);
        descent_release(&walk);
    }
    tw_objective_free(test);
    tw_dataset_free(test_data);
    tw_study_model_free(model);
    return status;
}

static const option_spec options[] = {
    {"method", 'm', OPTION_TEXT, "NAME", offsetof(train_args, method), .values = optimizer_name,
     .help = "how it walks", .shown = "sgd; functions: lbfgs", .usual = 1},
    {"iterations", 'n', OPTION_SIZE, "N", offsetof(train_args, iterations), RANGE_POSITIVE,
     .help = "number of iterations", .shown = "the method's", .usual = 1},
    {"step", 0, OPTION_NUMBER, "S", offsetof(train_args, step), RANGE_POSITIVE,
     .help = "learning rate, or the scale of the draws", .shown = "the method's, or the model's",
     .usual = 1},
    {"line-search", 0, OPTION_FLAG, NULL, offsetof(train_args, line_search),
     .help = "gd looks for the step of every iteration itself, as it does on functions where no "
             "--step is given"},
    {"schedule", 0, OPTION_CHOICE, "NAME", offsetof(train_args, schedule), .values = schedule_name,
     .shown = "constant", .help = "how the step changes"},
    {"decay", 0, OPTION_NUMBER, "D", offsetof(train_args, decay), RANGE_POSITIVE,
     .help = "factor of the schedule"},
    {"period", 0, OPTION_NUMBER, "N", offsetof(train_args, period), RANGE_POSITIVE,
     .help = "iterations between changes", .shown = "a tenth of all; cosine: all"},
    {"batch", 0, OPTION_SIZE, "N", offsetof(train_args, batch), RANGE_POSITIVE,
     .help = "samples of a mini-batch", .shown = "256", .usual = 1},
    {"momentum", 0, OPTION_NUMBER, "M", offsetof(train_args, momentum), RANGE_POSITIVE,
     .help = "share of the velocity kept: momentum, nesterov, adam (beta1)", .shown = "0.9"},
    {"square-decay", 0, OPTION_NUMBER, "D", offsetof(train_args, square_decay), RANGE_POSITIVE,
     .help = "share of the mean square kept: rmsprop, adam (beta2)", .shown = "0.99; adam: 0.999"},
    {"epsilon", 0, OPTION_NUMBER, "E", offsetof(train_args, epsilon), RANGE_POSITIVE,
     .help = "keeps adagrad, rmsprop and adam from dividing by 0", .shown = "1e-8"},
    {"tolerance", 0, OPTION_NUMBER, "T", offsetof(train_args, tolerance), RANGE_POSITIVE,
     .help =
         "lbfgs and gd with a line search end where the gradient is small by T, beside loss and "
         "parameters",
     .shown = "1e-6"},
    {"history", 0, OPTION_SIZE, "N", offsetof(train_args, history), RANGE_POSITIVE,
     .help = "steps that lbfgs remembers", .shown = "10"},
    {"overfit", 0, OPTION_SIZE, "N", offsetof(train_args, overfit), RANGE_POSITIVE,
     .help = "a check instead: trains on the first N samples (20 will do) without regularisation; "
             "exit status 1 unless the loss goes to nearly 0",
     .usual = 1},
    {"report-every", 0, OPTION_SIZE, "N", offsetof(train_args, report_every), RANGE_POSITIVE,
     .help = "iterations between reports", .shown = "a twentieth of all"},
    {"output", 'o', OPTION_FILE, "FILE", offsetof(train_args, output), .use = FILE_WRITTEN,
     .endings = endings, .replaces = "weights",
     .help = "write the parameters reached: .npy, .npz or .h5", .usual = 1},
    {"log", 0, OPTION_FILE, "FILE", offsetof(train_args, log), .use = FILE_WRITTEN,
     .endings = cli_table_endings, .help = "write the reports as a table: .csv or .h5", .usual = 1},
    {"plot", 'p', OPTION_FILE, "FILE", offsetof(train_args, picture), .use = FILE_WRITTEN,
     .endings = cli_picture_endings, .help = "draw them: .png, .svg or .pdf", .usual = 1},
    {NULL},
};

static const option_group groups[] = {
    {"Training", options, 0},
    {"Checkpoints", checkpoint_options, offsetof(train_args, checkpoints)},
    MODEL_GROUPS(train_args, model),
    {NULL},
};

static const char *const examples[] = {
    "thalweg train softmax --data cifar-10-batches-py --method sgd -o w.npy",
    "a softmax classifier by stochastic gradient descent",
    "thalweg train svm --method random-search --iterations 500 --log search.csv -p search.png",
    "the note's first strategy: the best of many random draws",
    "thalweg train softmax --method adam -n 2000 --trajectory run.h5 --checkpoints 100",
    "a hundred checkpoints of all parameters on the way",
    "thalweg train svm --overfit 20",
    "whether model and gradient can learn anything at all",
    NULL,
};

const cli_command command_train = {
    .name = "train",
    .words = "[MODEL]",
    .most_words = 1,
    .word_values = tw_study_model_name,
    .word_endings = cli_plugin_endings,
    .summary = "walk down the loss",
    .description =
        "Walks from the given or drawn parameters, and prints loss and accuracy on the training "
        "data and on the source's test data (never trained on) as it goes. Without --method it is "
        "sgd where there are samples to draw from; for other functions lbfgs, gd where a --step is "
        "given, local-search where they have no gradient. Exit status 1 means that it did not get "
        "down: the loss diverged or has no lower end, what is written being the lowest point met, "
        "or "
        "nothing lower was found, or it ends far above its start. What the rules of CS231n's notes "
        "on learning find wrong is said as a note.",
    .examples = examples,
    .groups = groups,
    .args_size = sizeof(train_args),
    .run = run,
};
