#include "command/cli_command.h"
#include "option/cli_data.h"
#include "option/cli_hint.h"
#include "report/cli_describe.h"

typedef struct info_args {
    tw_study_data_options data;
    const char *sheet;
    size_t columns;
} info_args;

static tw_status draw_sheet(const cli_context *context, const info_args *args, const char *source) {
    tw_dataset *data = NULL;
    tw_study_data_options selection = args->data;
    selection.source = source;
    tw_status status = tw_study_data_open(context->study, &selection, &data);
    if (status == TW_OK)
        status = tw_plot_contact_sheet(args->sheet, NULL, data, args->columns);
    tw_dataset_free(data);
    return status;
}

static tw_status describe_file(describer *out, const char *path,
                               const tw_study_data_options *data) {
    tw_study_file *file = NULL;
    tw_status status = tw_study_file_open(out->context->study, path, data, &file);
    if (status == TW_OK)
        describe(out, path, file);
    tw_study_file_free(file);
    return status;
}

static tw_status run(cli_context *context, void *data, const option_words *words) {
    const info_args *args = data;
    tw_json writer = {.out = context->out};
    describer out = {.context = context, .json = context->common.json ? &writer : NULL};
    if (args->sheet != NULL && words->count != 1)
        return tw_fail(TW_ERR_ARGUMENT, "--sheet: give one data set");
    tw_status status = TW_OK;
    if (args->sheet != NULL)
        status = draw_sheet(context, args, words->items[0]);
    if (status == TW_OK && out.json != NULL) {
        tw_json_object(&writer, NULL);
        tw_json_array(&writer, "files");
    }
    for (size_t i = 0; i < words->count && status == TW_OK; i++)
        status = hint_file(describe_file(&out, words->items[i], &args->data), words->items[i]);
    if (status == TW_OK && out.json != NULL) {
        tw_json_end(&writer);
        tw_json_end(&writer);
    }
    return status;
}

static const option_spec options[] = {
    {"sheet", 0, OPTION_FILE, "FILE", offsetof(info_args, sheet), .use = FILE_WRITTEN,
     .endings = cli_picture_endings,
     .help = "draw a contact sheet of a data set, one class per row: .png, .svg or .pdf"},
    {"columns", 0, OPTION_SIZE, "N", offsetof(info_args, columns), RANGE_POSITIVE, .fallback = "10",
     .help = "pictures in a row of the sheet"},
    {NULL},
};

static const option_group groups[] = {
    {"Info", options, 0},
    {"Data sets", data_selection_options, offsetof(info_args, data),
     .bytes = sizeof(tw_study_data_options)},
    {NULL},
};

static const char *const examples[] = {
    "thalweg info cifar-10-batches-py --sheet cifar-10.png",
    "sizes, classes and hash of a data set, and a picture of it",
    "thalweg info plane.h5 w.npy descent.csv",
    "what is in result files, and what made them",
    NULL,
};

const cli_command command_info = {
    .name = "info",
    .words = "FILE...",
    .least_words = 1,
    .most_words = SIZE_MAX,
    .summary = "what is in a data set, a surface, directions, parameters or a table",
    .description = "Tells the kind of each file or directory from its content and sums it up. "
                   "'synthetic[:N]' is the built-in data set.",
    .examples = examples,
    .groups = groups,
    .args_size = sizeof(info_args),
    .run = run,
};
