#include <math.h>
#include <stdlib.h>

#include "cli_command.h"
#include "cli_descent.h"
#include "cli_figure.h"
#include "cli_json.h"
#include "cli_model_kind.h"

typedef struct train_args {
    model_args model;
    const char *method;
    size_t iterations, batch, report_every;
    double step, decay, period;
    int schedule;
    const char *output, *log, *picture;
} train_args;

enum { DEFAULT_REPORTS = 20 };
static const char *const endings[] = {".npy", ".h5", NULL};

/* The step where none is given: the model's along a gradient, else (0) the method's. */
static double default_step(const cli_model *model, const tw_optimizer *optimizer) {
    unsigned needs = tw_optimizer_needs(optimizer);
    return needs & (TW_CAN_GRADIENT | TW_CAN_SAMPLE_GRADIENT) ? model->type->step : 0;
}

static tw_optim_options make_options(const cli_context *context, const train_args *args,
                                     const cli_model *model, const tw_optimizer *optimizer) {
    tw_optim_options options = {
        .iterations = args->iterations == OPTION_UNSET ? tw_optimizer_default_iterations(optimizer)
                                                       : args->iterations,
        .step = isnan(args->step) ? default_step(model, optimizer) : args->step,
        .schedule = (tw_schedule)args->schedule,
        .decay = isnan(args->decay) ? 0 : args->decay,
        .period = isnan(args->period) ? 0 : args->period,
        .batch = args->batch == OPTION_UNSET ? 0 : args->batch,
        .seed = context->common.seed,
        .report_every = args->report_every,
    };
    if (args->report_every == OPTION_UNSET)
        options.report_every = options.iterations / DEFAULT_REPORTS;
    if (options.report_every == 0)
        options.report_every = 1;
    return options;
}

static void print_json(const cli_context *context, const train_args *args, const descent *walk) {
    json writer = {.out = context->out};
    json_object(&writer, NULL);
    json_number(&writer, "loss", walk->result.loss);
    json_number(&writer, "accuracy", descent_last(walk, "train_acc") / 100);
    json_count(&writer, "steps", walk->result.iterations);
    json_number(&writer, "test_loss", descent_last(walk, "test_loss"));
    json_number(&writer, "test_accuracy", descent_last(walk, "test_acc") / 100);
    json_text(&writer, "method", args->method);
    json_text(&writer, "stop", tw_stop_name(walk->result.stop));
    json_count(&writer, "evaluations", walk->result.evaluations);
    json_number(&writer, "seconds", walk->result.seconds);
    json_end(&writer);
}

static tw_status write_files(const cli_context *context, const train_args *args,
                             const descent *walk) {
    const cli_model *model = walk->model;
    tw_provenance provenance = {0};
    tw_status status = model_provenance(context, &args->model, model, &provenance);
    if (status == TW_OK)
        status = tw_provenance_add(&provenance, "method", "%s", args->method);
    if (status == TW_OK && args->output != NULL)
        status = tw_weights_write(args->output, tw_objective_space(model->objective), walk->x,
                                  &provenance);
    if (status == TW_OK && args->log != NULL)
        status = tw_table_write(args->log, &walk->table, &provenance);
    if (status == TW_OK && args->picture != NULL)
        status = figure_table(args->picture, NULL, &walk->table, &provenance);
    tw_provenance_release(&provenance);
    return status;
}

static tw_status check_outputs(const train_args *args) {
    tw_status status = cli_output_check("-o", args->output, endings);
    if (status == TW_OK)
        status = cli_output_check("--log", args->log, cli_table_endings);
    if (status == TW_OK)
        status = cli_output_check("--plot", args->picture, cli_picture_endings);
    return status;
}

static tw_status walk_down(cli_context *context, const train_args *args,
                           const tw_optimizer *optimizer, descent *walk) {
    tw_optim_options options = make_options(context, args, walk->model, optimizer);
    tw_status status = descent_run(walk, optimizer, &options);
    if (status == TW_OK && (args->output != NULL || args->log != NULL || args->picture != NULL))
        status = write_files(context, args, walk);
    if (status != TW_OK)
        return status;
    if (context->common.json)
        print_json(context, args, walk);
    else
        cli_talk(context, "%s: %zu iterations, %llu evaluations, %.3f s\n", args->method,
                 walk->result.iterations, walk->result.evaluations, walk->result.seconds);
    if (walk->result.stop == TW_STOP_DIVERGED) {
        cli_talk(context, "the loss is not finite any more: try a smaller --step\n");
        context->outcome = EXIT_CRITERION;
    }
    return TW_OK;
}

static tw_status run(cli_context *context, void *data, const option_words *words) {
    const train_args *args = data;
    const tw_optimizer *optimizer = tw_optimizer_find(args->method);
    cli_model model = {0};
    tw_dataset *test_data = NULL;
    tw_objective *test = NULL;
    if (optimizer == NULL)
        return tw_fail_prefix(text_unknown("method", args->method, optimizer_name), "--method");
    tw_status status = check_outputs(args);
    if (status == TW_OK)
        status = model_open(context, &args->model, words, &model);
    if (status == TW_OK && args->model.data.split == TW_SPLIT_TRAIN)
        status = model_open_test(context, &args->model, &model, &test_data, &test);
    if (status == TW_OK) {
        descent walk = {context, &model, test, context->common.json ? NULL : context->out, model.x};
        status = walk_down(context, args, optimizer, &walk);
        descent_release(&walk);
    }
    tw_objective_free(test);
    tw_dataset_free(test_data);
    model_release(&model);
    return status;
}

static const option_spec options[] = {
    {"method", 'm', OPTION_TEXT, "NAME", offsetof(train_args, method), .values = optimizer_name,
     .fallback = "sgd", .help = "how it walks"},
    {"iterations", 'n', OPTION_SIZE, "N", offsetof(train_args, iterations), RANGE_POSITIVE,
     .help = "number of iterations", .shown = "the method's"},
    {"step", 0, OPTION_NUMBER, "S", offsetof(train_args, step), RANGE_POSITIVE,
     .help = "learning rate, or the scale of the draws", .shown = "the method's, or the model's"},
    {"schedule", 0, OPTION_CHOICE, "NAME", offsetof(train_args, schedule), .values = schedule_name,
     .fallback = "constant", .help = "how the step changes"},
    {"decay", 0, OPTION_NUMBER, "D", offsetof(train_args, decay), RANGE_POSITIVE,
     .help = "factor of the schedule"},
    {"period", 0, OPTION_NUMBER, "N", offsetof(train_args, period), RANGE_POSITIVE,
     .help = "iterations between changes", .shown = "a tenth of all"},
    {"batch", 0, OPTION_SIZE, "N", offsetof(train_args, batch), RANGE_POSITIVE,
     .help = "samples of a mini-batch", .shown = "256"},
    {"report-every", 0, OPTION_SIZE, "N", offsetof(train_args, report_every), RANGE_POSITIVE,
     .help = "iterations between reports", .shown = "a twentieth of all"},
    {"output", 'o', OPTION_FILE, "FILE", offsetof(train_args, output),
     .help = "write the parameters reached: .npy or .h5"},
    {"log", 0, OPTION_FILE, "FILE", offsetof(train_args, log),
     .help = "write the reports as a table: .csv or .h5"},
    {"plot", 'p', OPTION_FILE, "FILE", offsetof(train_args, picture),
     .help = "draw them: .png, .svg or .pdf"},
    {NULL},
};

static const option_group groups[] = {
    {"Training", options, 0},
    {"Model", model_options, offsetof(train_args, model)},
    {"Data", data_options, offsetof(train_args, model.data)},
    {NULL},
};

static const char *const examples[] = {
    "thalweg train softmax --data cifar-10-batches-py --method sgd -o w.npy",
    "a softmax classifier by stochastic gradient descent",
    "thalweg train svm --method random-search --iterations 500 --log search.csv -p search.png",
    "the note's first strategy: the best of many random draws",
    NULL,
};

const cli_command command_train = {
    .name = "train",
    .words = "[MODEL]",
    .most_words = 1,
    .word_values = model_kind_name,
    .summary = "walk down the loss",
    .description =
        "Walks from the given or drawn parameters, and prints loss and accuracy on the training "
        "data and on the source's test data (never trained on) as it goes. Exit status 1 means "
        "that the loss diverged; what is written is then the best point met.",
    .examples = examples,
    .groups = groups,
    .args_size = sizeof(train_args),
    .run = run,
};
