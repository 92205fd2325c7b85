#include <stdlib.h>
#include <sys/stat.h>

#include "command/cli_command.h"
#include "command/cli_live.h"
#include "option/cli_files.h"

typedef struct view_args {
    tw_study_live_options options;
    const char *output;
    int live;
} view_args;

static const char *const page_endings[] = {".html", ".htm", NULL};
static const char *const result_endings[] = {".h5", ".npz", ".csv", NULL};

/* Without -o beside the first file, under its name; what lies there must be a page of ours. */
static tw_status choose_page(const cli_context *context, const char *path, char **out) {
    struct stat info;
    tw_status status = tw_study_page_name(path, out);
    if (status == TW_OK && stat(*out, &info) == 0 && !tw_page_made(*out))
        status = tw_fail(TW_ERR_ARGUMENT,
                         "'%s' exists and was not written by thalweg; give -o FILE.html", *out);
    return status == TW_OK ? files_add(context, "the page", *out, NULL) : status;
}

static void print_json(const cli_context *context, const char *page, const option_words *words) {
    tw_json writer = {.out = context->out};
    struct stat info;
    tw_json_object(&writer, NULL);
    tw_json_text(&writer, "page", page);
    if (stat(page, &info) == 0)
        tw_json_count(&writer, "bytes", (unsigned long long)info.st_size);
    tw_json_array(&writer, "files");
    for (size_t k = 0; k < words->count; k++)
        tw_json_text(&writer, NULL, words->items[k]);
    tw_json_end(&writer);
    tw_json_end(&writer);
}

tw_status view_live_options(const void *data, const tw_study_live_options **out) {
    const view_args *args = data;
    *out = &args->options;
    return args->output == NULL
               ? TW_OK
               : tw_fail(TW_ERR_ARGUMENT, "--live serves a page; -o belongs behind the command");
}

static tw_status run_live(cli_context *context, const view_args *args, const option_words *words) {
    if (args->output != NULL)
        return tw_fail(TW_ERR_ARGUMENT, "--live serves a page; it cannot be used with -o");
    if (context->common.json)
        return tw_fail(TW_ERR_ARGUMENT, "--live ends when it is told to; it cannot be used with "
                                        "--json");
    return live_files(context, &args->options, words);
}

static tw_status run(cli_context *context, void *data, const option_words *words) {
    const view_args *args = data;
    const char *const *files = (const char *const *)words->items;
    char *chosen = NULL;
    tw_result_kind kind = TW_RESULT_UNKNOWN;
    if (args->live)
        return run_live(context, args, words);
    if (args->options.host != NULL || args->options.port != TW_UNSET)
        return tw_fail(TW_ERR_ARGUMENT, "--host and --port are for --live");
    tw_status status = tw_result_kind_of(files[0], &kind);
    if (status == TW_OK && args->output == NULL && kind != TW_RESULT_UNKNOWN)
        status = choose_page(context, files[0], &chosen);
    const char *page = args->output != NULL ? args->output : chosen;
    if (status == TW_OK)
        status = tw_study_page_files(context->study, &args->options.page, words->count, files,
                                     page != NULL ? page : "");
    if (status == TW_OK && !context->common.json)
        cli_talk(context, "open it in a browser: %s\n", page);
    if (status == TW_OK && context->common.json)
        print_json(context, page, words);
    free(chosen);
    return status;
}

static const option_spec options[] = {
    {"output", 'o', OPTION_FILE, "FILE", offsetof(view_args, output), .use = FILE_WRITTEN,
     .endings = page_endings, .help = "the page: .html", .shown = "FILE.html for FILE.h5",
     .usual = 1},
    {"live", 0, OPTION_FLAG, NULL, offsetof(view_args, live),
     .help = "serve a page on this machine instead: it shows a file that grows, and evaluates what "
             "is asked for. In front of a command, as in --live plane softmax -o plane.h5, it "
             "shows that survey as it fills",
     .usual = 1},
    {NULL},
};

static const option_spec server_options[] = {
    {"port", 0, OPTION_SIZE, "N", offsetof(tw_study_live_options, port),
     .help = "of --live: the port to listen on", .shown = "any that is free", .silent = 1},
    {"host", 0, OPTION_TEXT, "ADDRESS", offsetof(tw_study_live_options, host),
     .help = "of --live: the IP address to listen on; whoever reaches another than this machine's "
             "own and knows the page's address can ask",
     .shown = "127.0.0.1", .silent = 1},
    {NULL},
};

static const option_spec page_options[] = {
    {"view", 0, OPTION_CHOICE, "NAME", offsetof(tw_study_page_options, view),
     .values = tw_view_name, .help = "how planes are shown first", .shown = "3d", .usual = 1},
    {"metric", 0, OPTION_TEXT, "NAME", offsetof(tw_study_page_options, metric),
     .help = "which metric is shown first; 'thalweg info' lists them", .shown = "the loss",
     .usual = 1},
    {"colormap", 0, OPTION_CHOICE, "NAME", offsetof(tw_study_page_options, colormap),
     .values = tw_colormap_name, .help = "colours", .usual = 1},
    {"log", 0, OPTION_FLAG, NULL, offsetof(tw_study_page_options, log),
     .help = "logarithmic scale at first", .usual = 1},
    {"linear", 0, OPTION_FLAG, NULL, offsetof(tw_study_page_options, linear),
     .help = "linear scale at first; if neither is given, logarithmic where the loss spans more "
             "than a factor of 30"},
    {"topology", 0, OPTION_FLAG, NULL, offsetof(tw_study_page_options, topology),
     .help = "mark minima and saddles of planes", .usual = 1},
    {"title", 0, OPTION_TEXT, "TEXT", offsetof(tw_study_page_options, title),
     .help = "title of the page", .shown = "the names of the files", .usual = 1},
    {NULL},
};

static const option_group groups[] = {
    {"View", options, 0},
    {NULL, server_options, offsetof(view_args, options), .bytes = sizeof(tw_study_live_options)},
    {NULL, page_options, offsetof(view_args, options.page), .bytes = sizeof(tw_study_page_options)},
    {NULL},
};

static const char *const examples[] = {
    "thalweg view plane.h5",
    "a page plane.html with the surface to turn",
    "thalweg view plane.h5 sgd-proj.h5 adam-proj.h5 -o paths.html",
    "the same with the paths of two projections in it",
    "thalweg view skip.h5 noskip.h5 --log -o compared.html",
    "two surfaces side by side, turning together",
    "thalweg view plane.h5 descent.csv spectrum.h5 -o all.html",
    "whatever was computed, on one page",
    "thalweg view --live plane softmax --data cifar-10-batches-py -o plane.h5",
    "a survey as it fills, on a page that asks for more",
    "thalweg view --live plane.h5",
    "the same of a result",
    NULL,
};

const cli_command command_view = {
    .name = "view",
    .words = "FILE...",
    .least_words = 1,
    .most_words = SIZE_MAX,
    .word_endings = result_endings,
    .summary = "make an interactive page of result files, to open in a browser",
    .description =
        "Writes one HTML file that opens from disk, without a network: surfaces that turn, contour "
        "and heat maps, slices through the point under the pointer, paths played over time, the "
        "numbers under the pointer with their errors, several surfaces side by side. It shows "
        "slices and planes, tables of 'thalweg steps' and 'thalweg train', projections of paths, "
        "and spectra. Projections lie in the planes that they were projected to. Without -o the "
        "page lies beside the first file, under its name; no page but thalweg's own is replaced "
        "there. With --live it serves a page instead, whose address it prints: rectangles, points "
        "and lines that are drawn there are evaluated.",
    .examples = examples,
    .groups = groups,
    .args_size = sizeof(view_args),
    .run = run,
};
