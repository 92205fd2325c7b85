/* cli_data.h: the data set that a command works on. */
#ifndef THALWEG_CLI_DATA_H
#define THALWEG_CLI_DATA_H

#include "cli_context.h"
#include "option/cli_options.h"

typedef struct data_args {
    const char *source;
    int split; /* enum tw_split */
    size_t limit;
    const char *classes;
    const char *label;
    int labels_from;   /* 0 or 1 */
    int decimal;       /* 0: point, 1: comma */
    int channels_last; /* 0 or 1 */
} data_args;

extern const option_spec data_options[];
/* Those but --data, with no default split (-1): for commands that take the source as a word. */
extern const option_spec data_selection_options[];

/* "train", "test": in the order of enum tw_split. */
const char *split_name(size_t index);

/* Opens the data set that the options name. */
tw_status data_open(const cli_context *context, const data_args *args, tw_dataset **out);

/* The same, and the mean of the features over the whole training split of the same classes, or of
 * the data set itself where the source has no training split; where not NULL also the deviation of
 * the same features from it (tw_dataset_deviation). Caller frees both. */
tw_status data_open_centred(const cli_context *context, const data_args *args, tw_dataset **out,
                            double **mean, double *deviation);

/* Whether `status` of data_open may mean that the source just has no such split, and not that the
 * split is there and broken. */
int data_split_absent(tw_status status);

/* Says on standard error what a reader of results should know of the data (tw_dataset_note). */
void data_notes(const cli_context *context, const tw_dataset *data);

/* count doubles, not zeroed; TW_ERR_MEMORY says how many. */
tw_status doubles_new(size_t count, double **out);

#endif
