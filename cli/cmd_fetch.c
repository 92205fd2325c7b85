#include "thalweg/fetch.h"

#include "cli_command.h"
#include "cli_progress.h"

typedef struct fetch_args {
    const char *base_url;
} fetch_args;

static tw_status run(cli_context *context, void *data, const option_words *words) {
    const fetch_args *args = data;
    progress_bar bar = progress_begin(context, words->items[0]);
    tw_fetch_options options = {
        .base_url = args->base_url,
        .progress = progress_step,
        .progress_user = &bar,
    };
    tw_status status = tw_fetch(words->items[0], words->items[1], &options);
    progress_end(&bar);
    return status;
}

static const option_spec options[] = {
    {"base-url", 0, OPTION_TEXT, "URL", offsetof(fetch_args, base_url),
     .help = "take the files from here, from a mirror or a file:// folder, and not from their "
             "own place"},
    {NULL},
};

static const option_group groups[] = {{"Source", options, 0}, {NULL}};

static const char *const examples[] = {
    "thalweg fetch cifar-10 .",
    "CIFAR-10 into this directory",
    NULL,
};

const cli_command command_fetch = {
    .name = "fetch",
    .words = "NAME DIRECTORY",
    .least_words = 2,
    .most_words = 2,
    .summary = "download a data set",
    .description = "Downloads a data set, checks what arrived, and unpacks it into the directory.",
    .examples = examples,
    .groups = groups,
    .args_size = sizeof(fetch_args),
    .run = run,
};
