#include <stdlib.h>

#include "cli_gradient.h"
#include "cli_steps.h"
#include "command/cli_command.h"
#include "option/cli_picture.h"

typedef struct steps_args {
    tw_study_model_options model;
    int method;
    double h;
    number_list steps;
    const char *output, *picture;
} steps_args;

static void print_json(const cli_context *context, const steps_args *args,
                       const gradient_result *gradient, const double *losses) {
    size_t count = args->steps.count, best = steps_best(count, losses);
    tw_json writer = {.out = context->out};
    tw_json_object(&writer, NULL);
    tw_json_number(&writer, "loss", gradient->loss);
    tw_json_array(&writer, "steps");
    for (size_t i = 0; i < count; i++) {
        tw_json_object(&writer, NULL);
        tw_json_number(&writer, "step", args->steps.values[i]);
        tw_json_number(&writer, "loss", losses[i]);
        tw_json_end(&writer);
    }
    tw_json_end(&writer);
    if (best < count)
        tw_json_number(&writer, "best_step", args->steps.values[best]);
    else
        tw_json_text(&writer, "best_step", NULL);
    tw_json_text(&writer, "gradient", gradient->method);
    tw_json_number(&writer, "gradient_norm", gradient->norm);
    tw_json_number(&writer, "gradient_seconds", gradient->seconds);
    tw_json_end(&writer);
}

static tw_status write_files(const cli_context *context, const steps_args *args,
                             const tw_study_model *model, double original, const double *losses) {
    tw_table table = {0};
    tw_provenance provenance = {0};
    tw_status status = steps_table(original, args->steps.count, args->steps.values, losses, &table);
    if (status == TW_OK)
        status = tw_study_model_provenance(model, &provenance);
    if (status == TW_OK && args->output != NULL)
        status = tw_table_write(args->output, &table, &provenance);
    if (status == TW_OK && args->picture != NULL)
        status = tw_study_picture_table(args->picture, NULL, &table, &provenance);
    tw_provenance_release(&provenance);
    tw_table_release(&table);
    return status;
}

static void print_text(const cli_context *context, const steps_args *args,
                       const gradient_result *gradient, const double *losses, int failed) {
    size_t count = args->steps.count, best = steps_best(count, losses);
    char text[32];
    steps_print(context, gradient->loss, count, args->steps.values, losses);
    if (failed)
        return; /* one line is enough */
    if (best == count)
        cli_talk(context, "no step gives a finite loss\n");
    else if (losses[best] < gradient->loss)
        cli_talk(context, "best step size: %s\n",
                 steps_text(args->steps.values[best], text, sizeof text));
    else
        cli_talk(context, "no step size lowers the loss\n");
}

static tw_status run(cli_context *context, void *data, const option_words *words) {
    const steps_args *args = data;
    tw_study_model *model = NULL;
    gradient_result gradient;
    double *direction = NULL, *losses = NULL;
    tw_status status = model_open(context, &args->model, words, &model);
    if (status == TW_OK)
        status = doubles_new(model->size, &direction);
    if (status == TW_OK)
        status = doubles_new(args->steps.count, &losses);
    if (status == TW_OK)
        status =
            gradient_compute(context, model, args->method, args->h, direction, NULL, &gradient);
    if (status == TW_OK)
        status = gradient_check(model, &gradient);
    if (status == TW_OK)
        status = steps_evaluate(model, direction, args->steps.count, args->steps.values, losses);
    if (status == TW_OK) { /* what cannot be written can still be read */
        status = write_files(context, args, model, gradient.loss, losses);
        if (context->common.json)
            print_json(context, args, &gradient, losses);
        else
            print_text(context, args, &gradient, losses, status != TW_OK);
    }
    free(losses);
    free(direction);
    tw_study_model_free(model);
    return status;
}

static const option_spec options[] = {
    {"gradient", 'm', OPTION_CHOICE, "NAME", offsetof(steps_args, method),
     .values = gradient_method_name, .shown = gradient_method_shown,
     .help = "how the gradient is taken", .usual = 1},
    {"diff-step", 0, OPTION_NUMBER, "H", offsetof(steps_args, h), RANGE_NOT_NEGATIVE,
     .shown = gradient_step_shown,
     .help = "step of the differences; 0 chooses one for each coordinate"},
    {"steps", 0, OPTION_NUMBERS, "S,...", offsetof(steps_args, steps), RANGE_POSITIVE,
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
