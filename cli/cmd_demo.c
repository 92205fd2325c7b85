/* The note's three experiments. Each picture is made by the functions behind the command that is
 * printed with it, with the same options, so that the command makes the same picture. */
#include <stdlib.h>
#include <string.h>

#include "cli_command.h"
#include "cli_demo.h"
#include "cli_json.h"
#include "cli_progress.h"

#define DEMO_REG 5e-6

typedef struct demo_args {
    data_args data;
    const char *output;
} demo_args;

static void print_json(const demo_run *demo) {
    const demo_numbers *numbers = &demo->numbers;
    json writer = {.out = demo->context->out};
    json_object(&writer, NULL);
    json_text(&writer, "directory", demo->folder.path);
    json_array(&writer, "files");
    for (size_t i = 0; i < demo->folder.count; i++)
        json_text(&writer, NULL, demo->folder.files[i]);
    json_end(&writer);
    json_number(&writer, "gradient_error", numbers->gradient_error);
    json_number(&writer, "gradient_seconds", numbers->gradient_seconds);
    json_number(&writer, "naive_seconds", numbers->naive_seconds);
    json_number(&writer, "best_step", numbers->best_step);
    json_object(&writer, "test_accuracy");
    for (size_t i = 0; i < numbers->methods; i++)
        json_number(&writer, numbers->names[i], numbers->test_accuracy[i]);
    json_end(&writer);
    json_end(&writer);
}

static void describe_options(demo_run *demo) {
    const data_args *data = &demo->args.data;
    char *text = NULL;
    size_t size = 0;
    FILE *stream = open_memstream(&text, &size);
    if (stream == NULL)
        return;
    fputs(" --data ", stream);
    text_shell_quote(stream, data->source);
    if (data->split != TW_SPLIT_TRAIN)
        fprintf(stream, " --split %s", split_name((size_t)data->split));
    if (data->limit != OPTION_UNSET)
        fprintf(stream, " --limit %zu", data->limit);
    if (data->classes != NULL) {
        fputs(" --classes ", stream);
        text_shell_quote(stream, data->classes);
    }
    fprintf(stream, " --reg %g", DEMO_REG);
    if (demo->context->common.seed != 0)
        fprintf(stream, " --seed %llu", (unsigned long long)demo->context->common.seed);
    if (fclose(stream) == 0)
        snprintf(demo->options, sizeof demo->options, "%s", text);
    free(text);
}

static tw_status run(cli_context *context, void *data, const option_words *words) {
    const demo_args *args = data;
    demo_run demo = {
        .context = context,
        .args = {.model = "softmax",
                 .data = args->data,
                 .reg = DEMO_REG,
                 .margin = 1,
                 .example = OPTION_UNSET},
    };
    if (!tw_plot_available())
        return tw_fail(TW_ERR_UNSUPPORTED, "this build draws no pictures; build it with Cairo");
    double begun = clock_seconds();
    describe_options(&demo);
    tw_status status = demo_folder_open(context, args->output, &demo.folder);
    if (status != TW_OK)
        return status;
    status = demo_contact_sheet(&demo);
    if (status == TW_OK)
        status = demo_see(&demo);
    if (status == TW_OK)
        status = demo_differentiate_and_walk(&demo);
    if (status == TW_OK && context->common.json)
        print_json(&demo);
    demo_say(context, "\n%s %s, %.1f s\n",
             status == TW_OK ? "done; the pictures are in" : "failed:", args->output,
             clock_seconds() - begun);
    demo_folder_close(&demo.folder, status == TW_OK);
    return status;
}

static const option_spec options[] = {
    {"output", 'o', OPTION_FILE, "DIRECTORY", offsetof(demo_args, output),
     .fallback = "thalweg-demo", .help = "where the pictures go"},
    {NULL},
};

static const option_group groups[] = {
    {"Demo", options, 0},
    {"Data", data_options, offsetof(demo_args, data)},
    {NULL},
};

static const char *const examples[] = {
    "thalweg demo",
    "the built-in data, within a minute, pictures into ./thalweg-demo",
    "thalweg demo --data cifar-10-batches-py --limit 5000 -o cifar-demo",
    "the same on the first 5000 images of CIFAR-10",
    NULL,
};

const cli_command command_demo = {
    .name = "demo",
    .summary = "the three experiments of the course note, with pictures",
    .description = "See the loss, differentiate it numerically, walk down it: with linear "
                   "classifiers on built-in or your own data. Every picture comes with the "
                   "command that makes the same.",
    .examples = examples,
    .groups = groups,
    .args_size = sizeof(demo_args),
    .run = run,
};
