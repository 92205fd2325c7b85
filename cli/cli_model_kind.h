/* cli_model_kind.h: what a kind of model is to the tool: one const struct in a file of its own,
 * cli_model_<kind>.c, and one line in the list in cli_model.c. What all kinds share is done there:
 * finding the kind, refusing options that mean nothing to it, the point, the keys of provenance.
 */
#ifndef THALWEG_CLI_MODEL_KIND_H
#define THALWEG_CLI_MODEL_KIND_H

#include "cli_model.h"

/* Groups of options that mean something to some kinds only. */
enum {
    MODEL_USES_DATA = 1, /* --data, --split, --limit, --classes, --example */
    MODEL_USES_REG = 2,
    MODEL_USES_MARGIN = 4,
    MODEL_USES_EXEC = 8, /* --exec-size, --exec-once, --exec-workers, --exec-timeout */
    MODEL_USES_ACTIVATION = 16
};

typedef struct model_kind {
    const char *noun; /* what a model of the kind is: "a function" */

    /* How the user says it; one of the three at least. The text as given is the spec. */
    name_list names;                              /* NAME, or NAME:REST; also help, completion */
    int (*takes)(const char *spec);               /* any text of some form, as a path */
    const char *(*given)(const model_args *args); /* an option of its own, or NULL if not given */
    const char *given_by;                         /* that option: "--exec" */

    unsigned uses;             /* MODEL_USES_...; options of the other groups are refused */
    int divides;               /* wants out->deviation of its data */
    double step;               /* that suits descent along the gradient; 0: the method's */
    double entry_step;         /* that suits adam, with `step` */
    double difference_step;    /* numerical gradients are forward differences with it where nothing
                                  is said, as in the notes; 0: whatever suits any function */
    const char *standard_init; /* another word for --init standard: "he"; NULL: none */
    const char *drawn_init;    /* --init where nothing is said and there is no start; NULL:
                                  "normal:1e-4", which suits classifiers */

    /* Fills in out->kind and out->objective, and with MODEL_USES_DATA out->data, out->mean and
     * out->deviation (model_open_data). On failure the caller releases what is there. The
     * objective's own start (tw_objective_start) is the point that --init calls standard. */
    tw_status (*open)(const cli_context *context, const model_args *args, const char *spec,
                      cli_model *out);

    /* With MODEL_USES_DATA only: the same model on other data, all samples of them, which outlive
     * it; on the model's own data the first args->samples of them. */
    tw_status (*open_on)(const cli_context *context, const model_args *args, const cli_model *model,
                         const tw_dataset *data, tw_objective **out);

    /* The data loss of a classifier that guesses, which small random parameters must begin with.
     * NULL: there is none to expect. */
    double (*chance)(const model_args *args, const cli_model *model);

    /* Where the model is usually looked at, a lower and an upper end for every parameter; 0 where
     * that is not known. NULL: nowhere. */
    int (*domain)(const cli_model *model, double *lower, double *upper);

    /* Adds keys of its own after the common ones. NULL: none. */
    tw_status (*provenance)(const model_args *args, const cli_model *model,
                            tw_provenance *provenance);
} model_kind;

/* Opens the data that the options name into out->data and out->mean (and, if the kind divides,
 * out->deviation), and checks --example. */
tw_status model_open_data(const cli_context *context, const model_args *args, cli_model *out);

extern const model_kind model_linear, model_mlp, model_function, model_plugin, model_program;

#endif
