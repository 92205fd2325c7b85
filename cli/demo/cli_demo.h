/* cli_demo.h: the demo: the folder that it fills, its experiments and its page.
 *
 * If the demo fails in a folder that it made, it takes everything back.
 */
#ifndef THALWEG_CLI_DEMO_H
#define THALWEG_CLI_DEMO_H

#include "option/cli_model.h"

#define DEMO_REG "5e-06"
#define DEMO_PAGE "demo.html"

enum { DEMO_FILES = 32, MOST_METHODS = 4 };

typedef struct demo_folder {
    const cli_context *context;
    const char *path;
    int made; /* by us, now */
    size_t count;
    char *files[DEMO_FILES]; /* paths of what is there so far */
} demo_folder;

/* Makes the folder, or takes one that is there. */
tw_status demo_folder_open(const cli_context *context, const char *path, demo_folder *out);

/* The path of a file that is about to be written; owned by the folder. */
tw_status demo_folder_file(demo_folder *folder, const char *name, const char **path);

/* With keep = 0 removes the files, and the folder if it was made by us. */
void demo_folder_close(demo_folder *folder, int keep);

/* Text for the reader: to `out`, unless --json or --quiet. */
void demo_say(const cli_context *context, const char *format, ...) TW_PRINTF(2, 3);

/* What is worth a key of the JSON object. */
typedef struct demo_numbers {
    double gradient_error, gradient_seconds, naive_seconds, best_step;
    size_t methods;
    const char *names[MOST_METHODS];
    double test_accuracy[MOST_METHODS];
} demo_numbers;

typedef struct demo_run {
    cli_context *context; /* a copy of the command's own */
    char *command;
    demo_folder folder;
    tw_study_model_options args; /* of the softmax at a random point, from which all begin */
    char *options;               /* what the commands have in common, as text, */
    char *source;                /* and the data as 'thalweg info' takes it */
    demo_numbers numbers;
} demo_run;

/* Sets the command that makes what comes next, "thalweg ..." from a format: it becomes the
 * provenance of the files made from then on. */
tw_status demo_command(demo_run *demo, const char *format, ...) TW_PRINTF(2, 3);

/* "  FOLDER/NAME", what it means, and the command that makes the same. */
void demo_announce(const demo_run *demo, const char *name, const char *meaning);

/* The experiments. */
tw_status demo_contact_sheet(demo_run *demo);
tw_status demo_see(demo_run *demo);
tw_status demo_differentiate_and_walk(demo_run *demo);
/* What they left, on one page. */
tw_status demo_page(demo_run *demo);

#endif
