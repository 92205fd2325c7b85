/* cli_model.h: from the options of a command to a model on its data, at a point.
 *
 * Linear models are prepared as in the CS231n notes: the mean image of the whole training split
 * (whatever --limit says, but of the chosen classes only) is subtracted and 1 appended. For
 * networks the centred features are then divided by their deviation, one number for all. Test
 * functions (functions.h) need no data and begin at their standard starting point. The kinds of
 * model are in cli_model_kind.h.
 */
#ifndef THALWEG_CLI_MODEL_H
#define THALWEG_CLI_MODEL_H

#include "cli_context.h"
#include "cli_data.h"
#include "option/cli_options.h"

/* A program on a pipe (program.h). */
typedef struct exec_args {
    const char *command;
    size_t size, workers;
    double timeout;
    int once;
} exec_args;

typedef struct model_args {
    const char *model;
    data_args data;
    const char *weights, *init;
    number_list at; /* the point itself */
    double reg, margin;
    int activation; /* enum tw_mlp_activation */
    size_t example;
    exec_args exec;
    int errors; /* no option of all commands: the metric loss_se as well, where a model has it */
    size_t samples; /* no option: so many of the data's samples from the first on; 0: all */
} model_args;

extern const option_spec model_options[];

/* Every option unset, or at its fallback: what a caller fills in that reads no options. */
model_args model_defaults(void);

/* The names of models, of all kinds that have names. */
const char *model_kind_name(size_t index);

/* Zero it, open, release. */
typedef struct cli_model {
    const struct model_kind *type; /* cli_model_kind.h */
    const char *kind;  /* "softmax", "mlp:512", a function with its number of parameters, a path */
    const char *split; /* "train", "test"; in files a loss without data goes as "train" */
    tw_dataset *data;  /* NULL: needs none */
    double *mean;
    double deviation; /* of the centred features, for kinds that divide by it */
    tw_objective *objective;
    uint64_t hash; /* of the file that a model is, if it is one */
    size_t size;   /* number of parameters */
    double *x;     /* the point: weights read or drawn */
} cli_model;

/* Opens what the options say. `words` may hold the kind of model as its first word (NULL: none). */
tw_status model_open(const cli_context *context, const model_args *args, const option_words *words,
                     cli_model *out);
void model_release(cli_model *model);

/* The same model on the test split of the same source: objective and data are the caller's, to
 * free in this order. TW_OK with *objective NULL if the source has no test split or there is no
 * data. */
tw_status model_open_test(const cli_context *context, const model_args *args,
                          const cli_model *model, tw_dataset **data, tw_objective **objective);

/* Whether the options say where the point is: --weights, --at or --init. */
int model_point_given(const model_args *args);
/* Whether they name the very numbers: --weights or --at. */
int model_point_known(const model_args *args);

/* As read by --init: "zero" or "normal:SCALE"; "standard" is no draw. */
tw_status model_draw(const cli_context *context, const char *init, size_t count, double *x);

/* The keys of cli_provenance and those of the model: model, weights, at or init; on data also data,
 * split, classes, reg, data_hash, samples, example; then those of its kind, as margin. */
tw_status model_provenance(const cli_context *context, const model_args *args,
                           const cli_model *model, tw_provenance *provenance);

#endif
