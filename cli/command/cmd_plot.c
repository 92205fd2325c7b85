#include <stdlib.h>
#include <sys/stat.h>

#include "command/cli_command.h"
#include "option/cli_files.h"
#include "option/cli_picture.h"
#include "report/cli_terminal.h"

typedef struct plot_args {
    tw_study_picture_options picture;
    const char *output;
    int terminal;
    int compare;
} plot_args;

/* Without -o beside the first file, under its name; what lies there must be a picture of ours. */
static tw_status choose_picture(const cli_context *context, const char *path, char **out) {
    struct stat info;
    tw_status status = tw_study_picture_name(path, out);
    if (status == TW_OK && stat(*out, &info) == 0 && !tw_plot_made(*out))
        status = tw_fail(TW_ERR_ARGUMENT,
                         "'%s' exists and was not drawn by thalweg; give -o FILE.png, .svg or .pdf",
                         *out);
    return status == TW_OK ? files_add(context, "the picture", *out, NULL) : status;
}

static void print_json(const cli_context *context, const char *picture, const option_words *words) {
    tw_json writer = {.out = context->out};
    tw_json_object(&writer, NULL);
    tw_json_text(&writer, "picture", picture);
    tw_json_array(&writer, "files");
    for (size_t k = 0; k < words->count; k++)
        tw_json_text(&writer, NULL, words->items[k]);
    tw_json_end(&writer);
    tw_json_end(&writer);
}

static tw_status at_terminal(const cli_context *context, const plot_args *args,
                             const option_words *words) {
    tw_study_picture_options picture = args->picture;
    tw_terminal terminal;
    const char *path;
    tw_status status = terminal_find(context, args->terminal, &terminal, &path);
    picture.terminal = &terminal;
    if (status == TW_OK && args->output != NULL)
        status = tw_fail(TW_ERR_ARGUMENT, "--terminal and -o cannot be used together");
    return status == TW_OK ? tw_study_picture_files(context->study, &picture, words->count,
                                                    (const char *const *)words->items, path)
                           : status;
}

static tw_status run(cli_context *context, void *data, const option_words *words) {
    plot_args *args = data;
    const char *const *files = (const char *const *)words->items;
    char *chosen = NULL;
    args->picture.compare = args->compare != 0;
    if (args->terminal)
        return at_terminal(context, args, words);
    tw_result_kind kind = TW_RESULT_UNKNOWN;
    tw_status status = tw_result_kind_of(files[0], &kind);
    if (status == TW_OK && args->output == NULL && kind != TW_RESULT_UNKNOWN)
        status = choose_picture(context, files[0], &chosen);
    const char *picture = args->output != NULL ? args->output : chosen;
    if (status == TW_OK)
        status = tw_study_picture_files(context->study, &args->picture, words->count, files,
                                        picture != NULL ? picture : "");
    if (status == TW_OK && chosen != NULL && !context->common.json)
        cli_talk(context, "drawn: %s\n", chosen);
    if (status == TW_OK && context->common.json)
        print_json(context, picture, words);
    free(chosen);
    return status;
}

static const char *const result_endings[] = {".h5", ".npz", ".csv", NULL};

static const option_spec options[] = {
    {"output", 'o', OPTION_FILE, "FILE", offsetof(plot_args, output), .use = FILE_WRITTEN,
     .endings = cli_picture_endings, .help = "the picture: .png, .svg or .pdf",
     .shown = "FILE.png for FILE.h5", .usual = 1},
    {TERMINAL_OPTION(offsetof(plot_args, terminal)),
     .help = "draw it here: an image where the terminal shows images, else blocks and colours, and "
             "characters alone in a pipe; or as KIND: characters, blocks, sixel or kitty",
     .usual = 1},
    {"compare", 0, OPTION_FLAG, NULL, offsetof(plot_args, compare),
     .help = "several planes side by side on one scale", .usual = 1},
    {"labels", 0, OPTION_TEXT, "A,B,...", offsetof(plot_args, picture.labels),
     .help = "what the files are called in the picture, a name for each", .shown = "their names"},
    {NULL},
};

static const option_group groups[] = {
    {"Plot", options, 0},
    {PICTURE_GROUP(NULL, plot_args, picture)},
    {NULL},
};

static const char *const examples[] = {
    "thalweg plot plane.h5",
    "the loss over a plane as contours, in plane.png",
    "thalweg plot plane.h5 --view 3d -o plane.pdf",
    "the loss over a plane as a surface in space",
    "thalweg plot plane.h5 --terminal",
    "the same where you are, over ssh, say",
    "thalweg plot plane.h5 --metric train_acc --view heat --colormap magma -o acc.svg",
    "its accuracy as a heat map",
    "thalweg plot descent.csv -o descent.pdf",
    "the log of 'thalweg train'",
    "thalweg plot sgd.csv adam.csv --log -o compared.png",
    "the training losses of two, with a legend",
    "thalweg plot a.h5 b.h5 --compare -o both.pdf",
    "two planes side by side, equal losses in equal colours",
    "thalweg plot plane.h5 sgd-proj.h5 adam-proj.h5",
    "the paths of two projections over a plane",
    NULL,
};

const cli_command command_plot = {
    .name = "plot",
    .words = "FILE...",
    .least_words = 1,
    .most_words = SIZE_MAX,
    .word_endings = result_endings,
    .summary = "draw result files: PNG, SVG or PDF by the ending of -o",
    .description = "Draws slices and planes (.h5, .npz, .csv, those of tomgoldstein/loss-landscape "
                   "as well) and "
                   "tables of 'thalweg steps' and 'thalweg train' (.csv, .h5), and projections "
                   "of paths. Several slices, logs or step studies share one pair of axes, "
                   "projections lie over a plane, and planes stand side by side with --compare. "
                   "Without -o the picture lies beside the first "
                   "file, under its name; no picture but thalweg's own is replaced there.",
    .examples = examples,
    .groups = groups,
    .args_size = sizeof(plot_args),
    .run = run,
};
