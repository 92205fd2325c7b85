#include <errno.h>
#include <math.h>
#include <string.h>

#include "command/cli_command.h"
#include "option/cli_model.h"

#define SHOWN_PARAMETERS 8

typedef struct train_args {
    tw_study_model_options model;
    tw_study_training_options training;
} train_args;

static const char *const endings[] = {".npy", ".npz", ".h5", ".safetensors", NULL};

static const char *optimizer_name(size_t index) {
    const tw_optimizer *optimizer = tw_optimizer_at(index);
    return optimizer != NULL ? tw_optimizer_name(optimizer) : NULL;
}

/* ---- the printed table ---- */

static void print_head(FILE *out, const tw_study_training_row *row) {
    fprintf(out, "%9s  %10s  %12s", "iteration", "step", row->has_data ? "train loss" : "loss");
    if (row->has_accuracy)
        fprintf(out, "  %10s", "accuracy");
    if (row->has_test)
        fprintf(out, "  %12s  %10s", "test loss", "accuracy");
    if (row->has_data)
        fprintf(out, "  %8s", "epoch");
    if (row->first_ratio > 0)
        fprintf(out, "  %8s", "update");
    fputc('\n', out);
}

static double column_of(const tw_study_training_row *row, const char *name) {
    int column = tw_table_column(row->table, name);
    return column >= 0 ? row->values[column] : NAN;
}

/* The largest of the blocks; NaN if there is none. */
static double largest_ratio(const tw_study_training_row *row) {
    double largest = NAN;
    for (size_t k = row->first_ratio; k > 0 && k < row->table->columns; k++)
        largest = fmax(largest, row->values[k]);
    return largest;
}

/* The head comes with the first row, so that nothing is printed before a run that is refused. */
static tw_status print_row(void *user, const tw_study_training_row *row) {
    FILE *out = ((const cli_context *)user)->out;
    double ratio = largest_ratio(row);
    if (row->is_first)
        print_head(out, row);
    fprintf(out, row->has_accuracy ? "%9.0f  %10.4g  %12.6f" : "%9.0f  %10.4g  %12.6g",
            row->values[0], row->values[1], row->values[2]);
    if (row->has_accuracy)
        fprintf(out, "  %8.2f %%", column_of(row, "train_acc"));
    if (row->has_test)
        fprintf(out, "  %12.6f  %8.2f %%", column_of(row, "test_loss"), column_of(row, "test_acc"));
    if (row->has_data)
        fprintf(out, "  %8.2f", column_of(row, "epoch"));
    if (row->first_ratio > 0 && isnan(ratio))
        fprintf(out, "  %8s", "-");
    else if (row->first_ratio > 0)
        fprintf(out, "  %8.1e", ratio);
    fputc('\n', out);
    if (fflush(out) != 0)
        return tw_fail(TW_ERR_IO, "cannot write standard output: %s", strerror(errno));
    return TW_OK;
}

/* ---- the end ---- */

static void print_json(const cli_context *context, const tw_study_training *training,
                       const tw_study_training_result *result) {
    tw_json writer = {.out = context->out};
    const tw_optim_result *end = &result->end;
    tw_json_object(&writer, NULL);
    tw_json_number(&writer, "loss", end->loss);
    tw_json_number(&writer, "accuracy", tw_study_training_last(result, "train_acc") / 100);
    tw_json_count(&writer, "steps", end->iterations);
    tw_json_number(&writer, "epochs", tw_study_training_last(result, "epoch"));
    tw_json_number(&writer, "test_loss", tw_study_training_last(result, "test_loss"));
    tw_json_number(&writer, "test_accuracy", tw_study_training_last(result, "test_acc") / 100);
    tw_json_text(&writer, "method", tw_optimizer_name(training->optimizer));
    tw_json_text(&writer, "stop", result->stop);
    tw_json_text(&writer, "why", result->signal != 0 || result->reached ? NULL : end->why);
    tw_json_count(&writer, "kept", end->reached);
    if (training->enough != 0)
        tw_json_bool(&writer, "overfit", result->reached);
    tw_json_count(&writer, "evaluations", end->evaluations);
    tw_json_number(&writer, "seconds", end->seconds);
    tw_json_array(&writer, "notes");
    for (size_t k = 0; k < result->notes; k++)
        tw_json_text(&writer, NULL, result->note[k]);
    tw_json_end(&writer);
    tw_json_end(&writer);
}

/* A function of a few parameters has reached a point that fits into a line. */
static void say_where(cli_context *context, const tw_study_model *model, const double *x) {
    if (tw_objective_samples(model->objective) > 0 || model->size > SHOWN_PARAMETERS)
        return;
    for (size_t i = 0; i < model->size; i++)
        cli_talk(context, "%s%.7g", i == 0 ? "reached x = " : ", ", x[i]);
    cli_talk(context, "\n");
}

/* After a failure its one line is all that is said. */
static void summarise(cli_context *context, const tw_study_training *training,
                      const tw_study_training_result *result, int failed) {
    const tw_optim_result *end = &result->end;
    if (context->common.json)
        print_json(context, training, result);
    if (result->signal != 0 || failed)
        return;
    if (!context->common.json)
        cli_talk(context, "%s: %zu iterations, %llu evaluations, %.3f s\n",
                 tw_optimizer_name(training->optimizer), end->iterations, end->evaluations,
                 end->seconds);
    if (result->verdict[0] != '\0')
        cli_talk(context, "%s\n", result->verdict);
    if (!context->common.json)
        say_where(context, training->model, result->x);
    if (result->overfit[0] != '\0')
        cli_talk(context, "%s\n", result->overfit);
    context->outcome = result->is_down ? EXIT_DONE : EXIT_CRITERION;
}

static tw_status run(cli_context *context, void *data, const option_words *words) {
    const train_args *args = data;
    const tw_study_training_options *options = &args->training;
    const tw_study_training_watch watch = {
        .bytes = sizeof watch, .user = context, .show = context->common.json ? NULL : print_row};
    tw_study_model *model = NULL;
    tw_study_training *training = NULL;
    tw_study_training_result result;
    if (options->method != NULL && tw_optimizer_find(options->method) == NULL)
        return tw_fail_prefix(tw_text_unknown("method", options->method, optimizer_name),
                              "--method");
    tw_status status = model_open_few(context, &args->model, words, options->overfit, &model);
    if (status == TW_ERR_ARGUMENT && options->overfit != OPTION_UNSET)
        return tw_fail_prefix(status, "--overfit");
    if (status == TW_OK)
        status = tw_study_training_plan(NULL, model, options, &training);
    if (status == TW_OK) {
        status = tw_study_training_run(training, &watch, &result);
        if (result.signal != 0)
            context->outcome = 128 + result.signal;
        if (result.complete)
            summarise(context, training, &result, status != TW_OK);
        tw_study_training_result_release(&result);
    }
    tw_study_training_free(training);
    tw_study_model_free(model);
    return status;
}

static const option_spec options[] = {
    {"method", 'm', OPTION_TEXT, "NAME", offsetof(tw_study_training_options, method),
     .values = optimizer_name, .help = "how it walks", .shown = "sgd; functions: lbfgs",
     .usual = 1},
    {"iterations", 'n', OPTION_SIZE, "N", offsetof(tw_study_training_options, iterations),
     RANGE_POSITIVE, .help = "number of iterations", .shown = "the method's", .usual = 1},
    {"step", 0, OPTION_NUMBER, "S", offsetof(tw_study_training_options, step), RANGE_POSITIVE,
     .help = "learning rate, or the scale of the draws", .shown = "the method's, or the model's",
     .usual = 1},
    {"line-search", 0, OPTION_FLAG, NULL, offsetof(tw_study_training_options, line_search),
     .help = "gd looks for the step of every iteration itself, as it does on functions where no "
             "--step is given"},
    {"schedule", 0, OPTION_CHOICE, "NAME", offsetof(tw_study_training_options, schedule),
     .values = tw_schedule_name, .shown = "constant", .help = "how the step changes"},
    {"decay", 0, OPTION_NUMBER, "D", offsetof(tw_study_training_options, decay), RANGE_POSITIVE,
     .help = "factor of the schedule"},
    {"period", 0, OPTION_NUMBER, "N", offsetof(tw_study_training_options, period), RANGE_POSITIVE,
     .help = "iterations between changes", .shown = "a tenth of all; cosine: all"},
    {"batch", 0, OPTION_SIZE, "N", offsetof(tw_study_training_options, batch), RANGE_POSITIVE,
     .help = "samples of a mini-batch", .shown = "256", .usual = 1},
    {"momentum", 0, OPTION_NUMBER, "M", offsetof(tw_study_training_options, momentum),
     RANGE_POSITIVE, .help = "share of the velocity kept: momentum, nesterov, adam (beta1)",
     .shown = "0.9"},
    {"square-decay", 0, OPTION_NUMBER, "D", offsetof(tw_study_training_options, square_decay),
     RANGE_POSITIVE, .help = "share of the mean square kept: rmsprop, adam (beta2)",
     .shown = "0.99; adam: 0.999"},
    {"epsilon", 0, OPTION_NUMBER, "E", offsetof(tw_study_training_options, epsilon), RANGE_POSITIVE,
     .help = "keeps adagrad, rmsprop and adam from dividing by 0", .shown = "1e-8"},
    {"tolerance", 0, OPTION_NUMBER, "T", offsetof(tw_study_training_options, tolerance),
     RANGE_POSITIVE,
     .help = "lbfgs and gd with a line search stop where the gradient, relative to loss and "
             "parameters, is below T",
     .shown = "1e-6"},
    {"history", 0, OPTION_SIZE, "N", offsetof(tw_study_training_options, history), RANGE_POSITIVE,
     .help = "steps that lbfgs remembers", .shown = "10"},
    {"overfit", 0, OPTION_SIZE, "N", offsetof(tw_study_training_options, overfit), RANGE_POSITIVE,
     .help = "a check instead: trains on the first N samples (20 will do) without regularisation; "
             "exit status 1 unless the loss goes to nearly 0",
     .usual = 1},
    {"report-every", 0, OPTION_SIZE, "N", offsetof(tw_study_training_options, report_every),
     RANGE_POSITIVE, .help = "iterations between reports", .shown = "a twentieth of all"},
    {"output", 'o', OPTION_FILE, "FILE", offsetof(tw_study_training_options, output),
     .use = FILE_WRITTEN, .endings = endings, .replaces = "weights",
     .help = "write the parameters reached: .npy, .npz, .h5 or .safetensors", .usual = 1},
    {"log", 0, OPTION_FILE, "FILE", offsetof(tw_study_training_options, log), .use = FILE_WRITTEN,
     .endings = cli_table_endings, .help = "write the reports as a table: .csv or .h5", .usual = 1},
    {"plot", 'p', OPTION_FILE, "FILE", offsetof(tw_study_training_options, picture),
     .use = FILE_WRITTEN, .endings = cli_picture_endings, .help = "draw them: .png, .svg or .pdf",
     .usual = 1},
    {"restart", 0, OPTION_FLAG, NULL, offsetof(tw_study_training_options, restart), .silent = 1,
     .help = "start again, whatever an interrupted run has left; without it, the same command "
             "continues from there"},
    {"save-every", 0, OPTION_NUMBER, "S", offsetof(tw_study_training_options, save_every),
     RANGE_NOT_NEGATIVE, .shown = "2", .silent = 1,
     .help = "seconds between two saves of where it is, beside the first of its files"},
    {NULL},
};

static const char *const trajectory_endings[] = {".h5", NULL};

static const option_spec checkpoint_options[] = {
    {"trajectory", 0, OPTION_FILE, "FILE", offsetof(tw_study_training_options, trajectory),
     .use = FILE_WRITTEN, .endings = trajectory_endings,
     .help = "write checkpoints of all parameters while it walks: .h5", .usual = 1},
    {"every", 0, OPTION_SIZE, "N", offsetof(tw_study_training_options, every), RANGE_POSITIVE,
     .help = "a checkpoint every N iterations", .shown = "with every report"},
    {"checkpoints", 0, OPTION_SIZE, "K", offsetof(tw_study_training_options, checkpoints),
     RANGE_POSITIVE, .help = "K checkpoints instead, the first and the last among them"},
    {"spacing", 0, OPTION_CHOICE, "NAME", offsetof(tw_study_training_options, spacing),
     .values = tw_study_training_spacing, .help = "how they are spaced", .shown = "linear"},
    {NULL},
};

static const option_group groups[] = {
    {"Training", options, offsetof(train_args, training),
     .bytes = sizeof(tw_study_training_options)},
    {"Checkpoints", checkpoint_options, offsetof(train_args, training),
     .bytes = sizeof(tw_study_training_options)},
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
        "down: the loss diverged or has no lower bound (the lowest point met is written), nothing "
        "lower was found, or it ends far above its start. What breaks the rules of CS231n's notes "
        "on learning is said in a note.",
    .examples = examples,
    .groups = groups,
    .args_size = sizeof(train_args),
    .run = run,
};
