#include <stdlib.h>

#include "command/cli_command.h"
#include "report/cli_progress.h"
#include "thalweg/fetch.h"

typedef struct fetch_args {
    const char *base_url;
} fetch_args;

static void print_place(const cli_context *context, const char *name, const char *directory) {
    char *path;
    if (asprintf(&path, "%s/%s", directory, tw_fetch_folder(name)) < 0)
        return;
    tw_json writer = {.out = context->out};
    if (context->common.json) {
        tw_json_object(&writer, NULL);
        tw_json_text(&writer, "directory", path);
        tw_json_end(&writer);
    } else {
        fprintf(context->out, "%s\n", path);
    }
    free(path);
}

static tw_status run(cli_context *context, void *data, const option_words *words) {
    const fetch_args *args = data;
    const char *name = words->items[0], *directory = words->items[1];
    if (tw_fetch_folder(name) == NULL)
        return tw_text_unknown("data set", name, tw_fetch_name);
    progress_bar bar = progress_begin(context, name);
    tw_fetch_options options = {
        .base_url = args->base_url,
        .progress = progress_step,
        .progress_user = &bar,
    };
    tw_status status = tw_fetch(name, directory, &options);
    progress_end(&bar);
    if (status == TW_OK)
        print_place(context, name, directory);
    return status;
}

static const option_spec options[] = {
    {"base-url", 0, OPTION_TEXT, "URL", offsetof(fetch_args, base_url),
     .help =
         "fetch the files from here, a mirror or a file:// folder, instead of from their own site"},
    {NULL},
};

static const option_group groups[] = {{"Source", options, 0}, {NULL}};

static const char *const examples[] = {
    "thalweg fetch cifar10 . && thalweg info cifar-10-batches-bin",
    "CIFAR-10 into this directory, and what it holds",
    NULL,
};

const cli_command command_fetch = {
    .name = "fetch",
    .words = "NAME DIRECTORY",
    .least_words = 2,
    .most_words = 2,
    .last_word = FOLDER_WRITTEN,
    .word_values = tw_fetch_name,
    .summary = "download a data set",
    .description =
        "Downloads a published data set, checks its digest, unpacks it into the directory (which "
        "is made), and prints where it is, ready for --data. An interrupted download is continued; "
        "what is already there is kept. Hyphens in names do not count.",
    .examples = examples,
    .groups = groups,
    .args_size = sizeof(fetch_args),
    .run = run,
};
