#include "command/cli_command.h"
#include "option/cli_gradient_options.h"
#include "option/cli_model.h"
#include "report/cli_steps_report.h"

typedef struct steps_args {
    tw_study_model_options model;
    tw_study_steps_options steps;
    const char *output, *picture;
} steps_args;

static void print_json(const cli_context *context, const tw_study_steps *study) {
    const tw_study_gradient *gradient = study->gradient;
    tw_json writer = {.out = context->out};
    tw_json_object(&writer, NULL);
    tw_json_number(&writer, "loss", gradient->loss);
    tw_json_array(&writer, "steps");
    for (size_t i = 0; i < study->count; i++) {
        tw_json_object(&writer, NULL);
        tw_json_number(&writer, "step", study->steps[i]);
        tw_json_number(&writer, "loss", study->losses[i]);
        tw_json_end(&writer);
    }
    tw_json_end(&writer);
    if (study->best < study->count)
        tw_json_number(&writer, "best_step", study->steps[study->best]);
    else
        tw_json_text(&writer, "best_step", NULL);
    tw_json_text(&writer, "gradient", gradient->method);
    tw_json_number(&writer, "gradient_norm", gradient->norm);
    tw_json_number(&writer, "gradient_seconds", gradient->seconds);
    tw_json_end(&writer);
}

static void print_text(const cli_context *context, const tw_study_steps *study, int failed) {
    char text[32];
    steps_print(context, study);
    if (failed)
        return; /* one line is enough */
    if (study->best == study->count)
        cli_talk(context, "no step gives a finite loss\n");
    else if (study->losses[study->best] < study->gradient->loss)
        cli_talk(context, "best step size: %s\n",
                 steps_text(study->steps[study->best], text, sizeof text));
    else
        cli_talk(context, "no step size lowers the loss\n");
}

static tw_status run(cli_context *context, void *data, const option_words *words) {
    const steps_args *args = data;
    tw_study_model *model = NULL;
    tw_study_steps *study = NULL;
    tw_status status = model_open(context, &args->model, words, &model);
    if (status == TW_OK)
        status = tw_study_steps_run(model, &args->steps, &study);
    if (status == TW_OK) { /* what cannot be written can still be read */
        status = tw_study_steps_write(study, args->output, args->picture);
        if (context->common.json)
            print_json(context, study);
        else
            print_text(context, study, status != TW_OK);
    }
    tw_study_steps_free(study);
    tw_study_model_free(model);
    return status;
}

static const option_spec options[] = {
    {"gradient", 'm', OPTION_CHOICE, "NAME", offsetof(steps_args, steps.gradient.method),
     .values = tw_study_gradient_method, .shown = GRADIENT_METHOD_SHOWN,
     .help = "how the gradient is taken", .usual = 1},
    {"diff-step", 0, OPTION_NUMBER, "H", offsetof(steps_args, steps.gradient.step),
     RANGE_NOT_NEGATIVE, .shown = GRADIENT_STEP_SHOWN,
     .help = "step of the differences; 0 chooses one for each coordinate"},
    {"steps", 0, OPTION_NUMBERS, "S,...", offsetof(steps_args, steps.steps), RANGE_POSITIVE,
     .fallback = "1e-10,1e-9,1e-8,1e-7,1e-6,1e-5,1e-4,1e-3,1e-2,1e-1",
     .help = "the step sizes to try", .usual = 1},
    {"output", 'o', OPTION_FILE, "FILE", offsetof(steps_args, output), .use = FILE_WRITTEN,
     .endings = cli_table_endings, .help = "write the table: .csv or .h5", .usual = 1},
    {"plot", 'p', OPTION_FILE, "FILE", offsetof(steps_args, picture), .use = FILE_WRITTEN,
     .endings = cli_picture_endings, .help = "draw it: .png, .svg or .pdf", .usual = 1},
    {NULL},
};

static const option_group groups[] = {
    {"Step sizes", options, 0},
    OPTION_STRUCT(steps_args, steps),
    OPTION_STRUCT(steps_args, steps.gradient),
    MODEL_GROUPS(steps_args, model),
    {NULL},
};

static const char *const examples[] = {
    "thalweg steps --data cifar-10-batches-py --init normal:1e-4 --reg 5e-6",
    "the note's table, with its numerical gradient",
    "thalweg steps --gradient analytic --steps 1e-7,3e-7,1e-6,3e-6 -p steps.png",
    "a finer look at the useful range, drawn",
    NULL,
};

const cli_command command_steps = {
    .name = "steps",
    .words = "[MODEL]",
    .most_words = 1,
    .word_values = tw_study_model_name,
    .word_endings = cli_plugin_endings,
    .summary = "the step-size study: the loss at W - s * gradient for many s",
    .description = "Prints the loss at the point and after one step against the gradient, for "
                   "every step size s.",
    .examples = examples,
    .groups = groups,
    .args_size = sizeof(steps_args),
    .run = run,
};
