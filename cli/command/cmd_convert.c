#include "command/cli_command.h"
#include "thalweg/study_convert.h"

static void print_json(const cli_context *context, const char *kind, char *const *paths) {
    tw_json writer = {.out = context->out};
    tw_json_object(&writer, NULL);
    tw_json_text(&writer, "from", paths[0]);
    tw_json_text(&writer, "to", paths[1]);
    tw_json_text(&writer, "kind", kind);
    tw_json_end(&writer);
}

static tw_status run(cli_context *context, void *data, const option_words *words) {
    const char *kind = NULL;
    tw_status status =
        tw_study_convert(context->study, data, words->items[0], words->items[1], &kind);
    if (status == TW_OK && context->common.json)
        print_json(context, kind, words->items);
    return status;
}

/* All forms of surfaces, and of other results. */
static const char *result_ending(size_t index) {
    static const char *const others[] = {".npy", ".vtp", ".safetensors", NULL};
    size_t forms = 0;
    while (forms < index && tw_surface_ending(0, forms) != NULL)
        forms++;
    const char *ending = tw_surface_ending(0, index);
    return ending != NULL || index > forms + 2 ? ending : others[index - forms];
}

static const option_spec options[] = {
    {"metric", 0, OPTION_TEXT, "NAME", offsetof(tw_study_convert_options, metric),
     .help = "which metric of a surface is the height in .vts, .vtk and .vtp; 'thalweg info' lists "
             "them",
     .shown = "the loss"},
    {"log", 0, OPTION_FLAG, NULL, offsetof(tw_study_convert_options, log),
     .help = "its decimal logarithm as the height"},
    {NULL},
};

static const option_group groups[] = {
    {"Convert", options, 0, .bytes = sizeof(tw_study_convert_options)}, {NULL}};

static const char *const examples[] = {
    "thalweg convert plane.h5 plane.vts --log",
    "a plane for ParaView, as high as the logarithm of its loss",
    "thalweg convert plane.h5 paths.vtp --log",
    "the paths over it",
    "thalweg convert plane.h5 plane.csv",
    "the same as a long table",
    "thalweg convert w.npz w.h5",
    "parameters, block by block",
    "thalweg convert model.onnx w.safetensors",
    "those of a network, for PyTorch",
    NULL,
};

const cli_command command_convert = {
    .name = "convert",
    .words = "FROM TO",
    .least_words = 2,
    .most_words = 2,
    .word_ending = result_ending,
    .last_word = FILE_WRITTEN,
    .summary = "a result file in another format, by the endings",
    .description =
        "Surfaces go between .h5, .npz and .csv, and to .vts and .vtk for ParaView, the paths in "
        "them and projections to .vtp; tables and projections between .csv "
        "and .h5; directions between .h5 and .npz; parameters between .h5, .npz, .npy and "
        ".safetensors, from PyTorch's and Keras' checkpoints and from .onnx files as well. What a "
        "file is, is told from its content, those of tomgoldstein/loss-landscape included. "
        "Nothing is lost without a word: what the other format cannot hold is refused.",
    .examples = examples,
    .groups = groups,
    .args_size = sizeof(tw_study_convert_options),
    .run = run,
};
