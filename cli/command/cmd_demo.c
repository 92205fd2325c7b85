/* The note's three experiments. Each picture is made by the functions behind the command that is
 * printed with it, with the same options, so that the command makes the same picture. */
#include <stdlib.h>
#include <string.h>

#include "command/cli_command.h"
#include "demo/cli_demo.h"
#include "report/cli_progress.h"

typedef struct demo_args {
    tw_study_data_options data;
    const char *output;
} demo_args;

static void print_json(const demo_run *demo) {
    const demo_numbers *numbers = &demo->numbers;
    tw_json writer = {.out = demo->context->out};
    tw_json_object(&writer, NULL);
    tw_json_text(&writer, "directory", demo->folder.path);
    tw_json_array(&writer, "files");
    for (size_t i = 0; i < demo->folder.count; i++)
        tw_json_text(&writer, NULL, demo->folder.files[i]);
    tw_json_end(&writer);
    tw_json_number(&writer, "gradient_error", numbers->gradient_error);
    tw_json_number(&writer, "gradient_seconds", numbers->gradient_seconds);
    tw_json_number(&writer, "naive_seconds", numbers->naive_seconds);
    tw_json_number(&writer, "best_step", numbers->best_step);
    tw_json_object(&writer, "test_accuracy");
    for (size_t i = 0; i < numbers->methods; i++)
        tw_json_number(&writer, numbers->names[i], numbers->test_accuracy[i]);
    tw_json_end(&writer);
    tw_json_end(&writer);
}

/* The options that choose the data, as a shell reads them. */
static void print_selection(FILE *stream, const demo_run *demo) {
    const tw_study_data_options *data = &demo->args.data;
    if (data->split > TW_SPLIT_TRAIN)
        fprintf(stream, " --split %s", tw_split_name((size_t)data->split));
    if (data->limit != OPTION_UNSET)
        fprintf(stream, " --limit %zu", data->limit);
    if (data->classes != NULL) {
        fputs(" --classes ", stream);
        text_shell_quote(stream, data->classes);
    }
    if (demo->context->common.seed != 0)
        fprintf(stream, " --seed %llu", (unsigned long long)demo->context->common.seed);
}

/* What all the demo's commands have in common; as_word: the data as 'info' takes it. */
static char *options_text(const demo_run *demo, int as_word) {
    char *text = NULL;
    size_t size = 0;
    FILE *stream = open_memstream(&text, &size);
    if (stream == NULL)
        return NULL;
    fputs(as_word ? " " : " --data ", stream);
    text_shell_quote(stream, demo->args.data.source != NULL ? demo->args.data.source : "synthetic");
    print_selection(stream, demo);
    if (!as_word)
        fputs(" --reg " DEMO_REG, stream);
    if (fclose(stream) == 0)
        return text;
    free(text);
    return NULL;
}

static tw_status run_experiments(demo_run *demo, const char *path) {
    tw_status status = demo_folder_open(demo->context, path, &demo->folder);
    if (status != TW_OK)
        return status;
    status = demo_contact_sheet(demo);
    if (status == TW_OK)
        status = demo_see(demo);
    if (status == TW_OK)
        status = demo_differentiate_and_walk(demo);
    if (status == TW_OK)
        status = demo_page(demo);
    if (status == TW_OK && demo->context->common.json)
        print_json(demo);
    demo_folder_close(&demo->folder, status == TW_OK);
    return status;
}

static tw_status run(cli_context *context, void *data, const option_words *words) {
    static const tw_setting reg[] = {{"reg", DEMO_REG}};
    const demo_args *args = data;
    const char *command = context->study->command;
    cli_context own = *context;
    demo_run demo = {
        .context = &own,
        .args = tw_study_model_defaults(),
    };
    demo.args.model = "softmax";
    demo.args.data = args->data;
    demo.args.settings = (tw_settings){1, reg};
    if (!tw_plot_available())
        return tw_fail(TW_ERR_UNSUPPORTED, "this build draws no pictures; build it with Cairo");
    double begun = clock_seconds();
    demo.options = options_text(&demo, 0);
    demo.source = options_text(&demo, 1);
    tw_status status = TW_OK;
    if (demo.options == NULL || demo.source == NULL)
        status = tw_fail(TW_ERR_MEMORY, "not enough memory for the options");
    if (status == TW_OK)
        status = run_experiments(&demo, args->output);
    if (status == TW_OK)
        demo_say(context,
                 "\nDone in %.1f s; the pictures are in %s, and %s/" DEMO_PAGE
                 " is for your browser\n",
                 clock_seconds() - begun, args->output, args->output);
    context->study->command = command;
    free(demo.command);
    free(demo.source);
    free(demo.options);
    return status;
}

static const option_spec options[] = {
    {"output", 'o', OPTION_FILE, "DIRECTORY", offsetof(demo_args, output), .use = FOLDER_WRITTEN,
     .fallback = "thalweg-demo", .help = "where the pictures go"},
    {NULL},
};

static const option_group groups[] = {
    {"Demo", options, 0},
    DATA_GROUP(demo_args, data),
    {NULL},
};

static const char *const examples[] = {
    "thalweg demo",
    "the built-in data, within a minute, pictures and a page into ./thalweg-demo",
    "thalweg demo --data cifar-10-batches-py --limit 5000 -o cifar-demo",
    "the same on the first 5000 images of CIFAR-10",
    NULL,
};

const cli_command command_demo = {
    .name = "demo",
    .summary = "the three experiments of the course note, with pictures and a page",
    .description = "See the loss, differentiate it numerically, walk down it: with linear "
                   "classifiers on built-in or your own data. Every picture comes with the "
                   "command that makes the same.",
    .examples = examples,
    .groups = groups,
    .args_size = sizeof(demo_args),
    .run = run,
};
