#include "command/cli_command.h"
#include "option/cli_gradient_options.h"
#include "option/cli_model.h"
#include "report/cli_color.h"

typedef struct gradcheck_args {
    tw_study_model_options model;
    tw_study_gradcheck_options check;
    int only_failures, csv, inconclusive;
    const char *output, *picture, *sweep;
} gradcheck_args;

static const char *const report_endings[] = {".csv", ".json", NULL};

static const char *const sweep_endings[] = SWEEP_ENDINGS;

/* What an inconclusive check is to count as. */
static const char *inconclusive_name(size_t index) {
    static const char *const names[] = {"4", "pass", "fail"};
    return index < sizeof names / sizeof names[0] ? names[index] : NULL;
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

static void set_outcome(cli_context *context, const gradcheck_args *args, tw_verdict verdict) {
    static const int inconclusive[] = {EXIT_INCONCLUSIVE, EXIT_DONE, EXIT_CRITERION};
    if (verdict == TW_VERDICT_FAIL)
        context->outcome = EXIT_CRITERION;
    else if (verdict == TW_VERDICT_INCONCLUSIVE)
        context->outcome = inconclusive[args->inconclusive];
}

static tw_status run(cli_context *context, void *data, const option_words *words) {
    const gradcheck_args *args = data;
    tw_study_model *model = NULL;
    tw_gradcheck *check = NULL;
    tw_status status = model_open(context, &args->model, words, &model);
    if (status == TW_OK)
        status = tw_study_gradcheck_run(model, &args->check, &check);
    if (status == TW_OK)
        status = write_report(context, args, check);
    if (status == TW_OK)
        status = tw_study_gradcheck_draw(model, check, args->picture, args->sweep);
    if (status == TW_OK)
        status = tw_study_gradcheck_advise(model, &args->check);
    if (status == TW_OK)
        set_outcome(context, args, check->verdict);
    tw_gradcheck_free(check);
    tw_study_model_free(model);
    return status;
}

static const option_spec options[] = {
    {"rtol", 0, OPTION_NUMBER, "R", offsetof(gradcheck_args, check.rtol), RANGE_POSITIVE,
     .help = "relative tolerance", .shown = "1e-6; 1e-3 for a loss in single precision",
     .usual = 1},
    {"atol", 0, OPTION_NUMBER, "A", offsetof(gradcheck_args, check.atol), RANGE_NOT_NEGATIVE,
     .fallback = "0", .help = "absolute tolerance, added to it"},
    {"noise", 0, OPTION_NUMBER, "U", offsetof(gradcheck_args, check.noise), RANGE_POSITIVE,
     .help = "relative noise of one value of the loss: 6e-8 for one in single precision",
     .shown = "what the model says of itself, 2.2e-16"},
    {"all", 0, OPTION_FLAG, NULL, offsetof(gradcheck_args, check.all),
     .help = "check every entry, however many there are", .usual = 1},
    {"sample", 0, OPTION_SIZE, "N", offsetof(gradcheck_args, check.sample), RANGE_POSITIVE,
     .shown = "32",
     .help = "with more than 2,000 parameters, check this many drawn entries of every block, "
             "besides the 8 largest and the 8 smallest; of a network by name or from a file: none, "
             "but one random probe of every block, unless it is given",
     .usual = 1},
    {"entries", 0, OPTION_NUMBERS, "I,...", offsetof(gradcheck_args, check.entries),
     RANGE_NOT_NEGATIVE,
     .help = "check these entries of the parameter vector only, counted from 0"},
    {"locate", 0, OPTION_FLAG, NULL, offsetof(gradcheck_args, check.locate),
     .help = "no drawn entries: random probes of every block, and the wrong entries to which they "
             "lead"},
    {"robust", 0, OPTION_FLAG, NULL, offsetof(gradcheck_args, check.robust),
     .help = "measure the noise of the loss at every entry from the start", .usual = 1},
    {"max-evaluations", 0, OPTION_SIZE, "N", offsetof(gradcheck_args, check.max_evaluations),
     RANGE_POSITIVE, .help = "stop there; what was not reached is inconclusive"},
    {"burn-in", 0, OPTION_SIZE, "N", offsetof(gradcheck_args, check.burn_in),
     .help = "walk down N iterations first, by sgd or gd, and check there"},
    {"inconclusive", 0, OPTION_CHOICE, "AS", offsetof(gradcheck_args, inconclusive),
     .values = inconclusive_name, .fallback = "4",
     .help = "exit status of a check that cannot tell"},
    {"only-failures", 0, OPTION_FLAG, NULL, offsetof(gradcheck_args, only_failures),
     .help = "say nothing about what passes"},
    {"csv", 0, OPTION_FLAG, NULL, offsetof(gradcheck_args, csv),
     .help = "print one line per entry instead of the report"},
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
    OPTION_STRUCT(gradcheck_args, check),
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
        "Compares the model's own gradient with numerical derivatives that know their own error. "
        "Verdicts are pass, fail and inconclusive, where the loss is too noisy to tell; a slope "
        "between the two sides of a kink is right. A gradient that fails is looked at for its "
        "cause: sign, factors, a missing regulariser, a transposed block, entries never written, "
        "and so on. Exit status 0 means pass, 1 fail, 4 inconclusive.",
    .examples = examples,
    .groups = groups,
    .args_size = sizeof(gradcheck_args),
    .run = run,
};
