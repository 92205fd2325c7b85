#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "command/cli_command.h"
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

static int is_archive(const char *path) {
    char head[2] = "";
    FILE *file = fopen(path, "rb");
    int zip = file != NULL && fread(head, 1, 2, file) == 2 && memcmp(head, "PK", 2) == 0;
    if (file != NULL)
        fclose(file);
    return zip;
}

/* An archive of several arrays may be a data set or parameters; if it is neither, why it is no data
 * set says most. HDF5 files are told by a group that parameters have: why those cannot be read
 * does.
 */
static tw_status describe_any(describer *out, const char *path, const tw_study_data_options *data) {
    char reason[512];
    tw_status status = describe_dataset(out, path, data);
    if (status == TW_OK || status == TW_ERR_MEMORY)
        return status; /* what it is would be a guess */
    snprintf(reason, sizeof reason, "%s", tw_message());
    tw_status weights = describe_weights(out, path);
    if (weights != TW_OK && !is_archive(path))
        return weights;
    if (weights == TW_OK || describe_array(out, path) == TW_OK) {
        tw_message_clear();
        return TW_OK;
    }
    return tw_fail(status, "%s", reason);
}

static tw_status describe(describer *out, const char *path, const tw_study_data_options *data) {
    struct stat info;
    tw_result_kind kind = TW_RESULT_UNKNOWN;
    tw_status status = TW_OK;
    if (stat(path, &info) == 0 && S_ISREG(info.st_mode))
        status = tw_result_kind_of(path, &kind);
    if (status != TW_OK)
        return status;
    switch (kind) {
    case TW_RESULT_SURFACE:
        return describe_surface(out, path);
    case TW_RESULT_TABLE:
        return describe_table(out, path);
    case TW_RESULT_ARRAY:
        return describe_array(out, path);
    case TW_RESULT_WEIGHTS: /* an archive may hold a data set or one array as well */
        return describe_any(out, path, data);
    case TW_RESULT_DIRECTIONS:
        return describe_directions(out, path);
    case TW_RESULT_TRAJECTORY:
        return describe_trajectory(out, path);
    case TW_RESULT_UNKNOWN:
        break;
    }
    return describe_dataset(out, path, data);
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
        status = hint_file(describe(&out, words->items[i], &args->data), words->items[i]);
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
