#include "option/cli_data.h"

#include <stdlib.h>

static const char *source_name(size_t index) {
    return index == 0 ? "synthetic" : NULL;
}

#define LIMIT_HELP "the first N samples only"
#define CLASSES_HELP "these classes only, by number or name; they are renumbered in the order given"

static const char *label_start(size_t index) {
    static const char *const names[] = {"0", "1"};
    return index < sizeof names / sizeof names[0] ? names[index] : NULL;
}

static const char *decimal_sign(size_t index) {
    static const char *const names[] = {".", ","};
    return index < sizeof names / sizeof names[0] ? names[index] : NULL;
}

static const char *channel_order(size_t index) {
    static const char *const names[] = {"first", "last"};
    return index < sizeof names / sizeof names[0] ? names[index] : NULL;
}

/* How a source is laid out where that cannot be told from it. */
#define LAYOUT_OPTIONS                                                                             \
    {"label",                                                                                      \
     0,                                                                                            \
     OPTION_TEXT,                                                                                  \
     "COLUMN",                                                                                     \
     offsetof(tw_study_data_options, label),                                                       \
     .help = "csv: the column of the labels, by name or by number from 1"},                        \
        {"labels-from",                                                                            \
         0,                                                                                        \
         OPTION_CHOICE,                                                                            \
         "N",                                                                                      \
         offsetof(tw_study_data_options, labels_from),                                             \
         .values = label_start,                                                                    \
         .shown = "0",                                                                             \
         .help = "number of the first class"},                                                     \
        {"decimal",                                                                                \
         0,                                                                                        \
         OPTION_CHOICE,                                                                            \
         "SIGN",                                                                                   \
         offsetof(tw_study_data_options, decimal),                                                 \
         .values = decimal_sign,                                                                   \
         .shown = ".",                                                                             \
         .help = "csv: the decimal sign"},                                                         \
        {"size",                                                                                   \
         0,                                                                                        \
         OPTION_TEXT,                                                                              \
         "HxW",                                                                                    \
         offsetof(tw_study_data_options, size),                                                    \
         .help = "images become so large (32x32, or 32): resized until they just cover it, and "   \
                 "the middle kept; 224:256: the shorter side to 256 first"},                       \
        {"color",                                                                                  \
         0,                                                                                        \
         OPTION_CHOICE,                                                                            \
         "NAME",                                                                                   \
         offsetof(tw_study_data_options, color),                                                   \
         .values = tw_color_name,                                                                  \
         .shown = "as-is",                                                                         \
         .help = "colours of images: grey repeated as red, green and blue, or their luma"},        \
    {                                                                                              \
        "channels", 0, OPTION_CHOICE, "ORDER", offsetof(tw_study_data_options, channels_last),     \
            .values = channel_order, .shown = "first",                                             \
            .help =                                                                                \
                "features of an image: one plane per channel (first), as CIFAR-10 is published, "  \
                "or channel by channel within a pixel (last), as N x 32 x 32 x 3 is flattened"     \
    }

static const char *const data_endings[] = {".npz", ".npy",   ".csv", ".h5",
                                           ".bin", "-ubyte", ".gz",  NULL};

const option_spec data_options[] = {
    {"data", 'd', OPTION_FILE, "PATH", offsetof(tw_study_data_options, source),
     .values = source_name, .shown = "synthetic", .endings = data_endings,
     .help = "file or directory; its kind is recognised; synthetic:N makes N images", .usual = 1},
    {"split", 0, OPTION_CHOICE, "NAME", offsetof(tw_study_data_options, split),
     .values = tw_split_name, .shown = "train", .help = "which part of the data", .usual = 1},
    {"limit", 0, OPTION_SIZE, "N", offsetof(tw_study_data_options, limit), RANGE_POSITIVE,
     .help = LIMIT_HELP},
    {"classes", 0, OPTION_TEXT, "A,B,...", offsetof(tw_study_data_options, classes),
     .help = CLASSES_HELP},
    LAYOUT_OPTIONS,
    {NULL},
};

const option_spec data_selection_options[] = {
    {"split", 0, OPTION_CHOICE, "NAME", offsetof(tw_study_data_options, split),
     .values = tw_split_name, .help = "one part of the data only"},
    {"limit", 0, OPTION_SIZE, "N", offsetof(tw_study_data_options, limit), RANGE_POSITIVE,
     .help = LIMIT_HELP},
    {"classes", 0, OPTION_TEXT, "A,B,...", offsetof(tw_study_data_options, classes),
     .help = CLASSES_HELP},
    LAYOUT_OPTIONS,
    {NULL},
};

tw_status doubles_new(size_t count, double **out) {
    *out = NULL;
    if (count <= SIZE_MAX / sizeof **out)
        *out = malloc(count > 0 ? count * sizeof **out : 1);
    return *out != NULL ? TW_OK
                        : tw_fail(TW_ERR_MEMORY, "not enough memory for %zu numbers", count);
}
