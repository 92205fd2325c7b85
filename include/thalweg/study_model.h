/* study_model.h: a model by its name, on its data, at a point.
 *
 *     softmax, svm    linear classifiers (linear.h)
 *     mlp:512,256     the multilayer perceptron (mlp.h) with hidden layers of these sizes
 *     resnet56        an architecture by its name (network.h), with weights from a file
 *     NET.onnx        a network in a file
 *     rosenbrock:10   the test functions (functions.h), which need no data
 *     ./mine.so:ARG   a function in a shared object (shared_object.h)
 *     setting "exec"  a program on a pipe (program.h), in place of a name
 *
 * Linear models are prepared as in the CS231n notes: the mean image of the whole training split
 * (whatever `limit` says, but of the chosen classes only) is subtracted and 1 appended. For
 * multilayer perceptrons the centred features are then divided by their deviation, one number for
 * all. Networks of the other two kinds take the data as the settings mean, std and so on say.
 */
#ifndef THALWEG_STUDY_MODEL_H
#define THALWEG_STUDY_MODEL_H

#include "dataset.h"
#include "objective.h"
#include "setting.h"
#include "study.h"

TW_BEGIN_DECLS

/* ---- data ---- */

/* What is not given is as dataset.h has it: all training samples of the built-in set. */
typedef struct tw_study_data_options {
    size_t bytes;
    const char *source;  /* a path, or "synthetic", "synthetic:500" */
    int split;           /* tw_split */
    size_t limit;        /* so many samples, the first */
    const char *classes; /* "cat,dog" or "3,5": these only, renumbered in this order */
    const char *label;   /* csv: the column of the labels, by name or by number from 1 */
    int labels_from;     /* the number of the first class, 0 or 1 */
    int decimal;         /* csv: 0 for a decimal point, 1 for a comma */
    int channels_last;   /* the order of the features of an image, 0 or 1 */
    const char *size;    /* images: "32" or "32x48" (height x width), "224:256" with the shorter
                            side before the crop */
    int color;           /* images: TW_COLOR_... */
} tw_study_data_options;

TW_API tw_study_data_options tw_study_data_defaults(void);

/* Opens the data set. *out is owned by the caller. */
TW_API tw_status tw_study_data_open(const tw_study *study, const tw_study_data_options *options,
                                    tw_dataset **out);

/* Opens the split that is given, or where none is, both. A source may have one of the two only: the
 * other is NULL. */
TW_API tw_status tw_study_data_splits(const tw_study *study, const tw_study_data_options *options,
                                      tw_dataset *out[2]);

/* ---- models ---- */

/* The names of models, NULL past the end; of those that take numbers without them. */
TW_API const char *tw_study_model_name(size_t index);

/* What can be set of models of all kinds, NULL past the end. */
TW_API const tw_setting_spec *tw_study_model_setting(size_t index);

/* Of weights, at and init one at most is given; by default the point is the model's own start, and
 * if it has none it is drawn: "normal:1e-4", of a user's function "normal:1" within its bounds. */
typedef struct tw_study_model_options {
    size_t bytes;
    const char *model; /* not given: softmax, unless a setting names another */
    tw_study_data_options data;
    const char *weights;  /* a file of parameters, tw_weights_read */
    const char *init;     /* "zero", "normal:SCALE", "standard" */
    tw_numbers at;        /* the parameters themselves */
    tw_settings settings; /* of the kind (tw_study_model_setting) */
    int errors;           /* the metric loss_se as well, where a model has it */
} tw_study_model_options;

TW_API tw_study_model_options tw_study_model_defaults(void);

/* Read it; `objective` and `x` may be worked with. */
typedef struct tw_study_model {
    size_t bytes;
    const tw_study *study;
    const char *kind;   /* "softmax", "mlp:512", a function with its number of parameters, a path */
    const char *source; /* of the data; NULL: it needs none */
    const char *split;  /* "train", "test"; in files a loss without data goes as "train" */
    tw_dataset *data;   /* NULL: needs none */
    tw_objective *objective;
    size_t size;            /* number of parameters */
    double *x;              /* the point: given, read or drawn */
    int point_given;        /* it was said where: weights, at or init */
    int point_known;        /* the very numbers were: weights or at */
    int example;            /* of its data one sample only */
    double reg;             /* factor of the regulariser; 0 where there is none */
    double step;            /* that suits descent along the gradient; 0: the method's */
    double entry_step;      /* that suits adam, with `step` */
    double difference_step; /* numerical gradients are forward differences with it where nothing is
                               said, as in the notes; 0: whatever suits any function */
    struct tw_model_plan *plan; /* the library's own */
} tw_study_model;

/* A model that has no name: an objective of the caller's. All zero (or a NULL pointer) means the
 * defaults. */
typedef struct tw_study_model_own {
    size_t bytes;     /* sizeof(tw_study_model_own), or 0 (thalweg.h) */
    const char *name; /* what results call it; NULL: the objective's name */
    const double *x;  /* the point, as many numbers as parameters; NULL: the objective's start, or 0
                         where it has none, and as if it were not given */
    const char *init; /* what results say of a point that is given; NULL: "given" */
    tw_settings says; /* further keys and texts of its provenance */
    int costly;       /* 1: one loss takes long, as of a network */
    void *user;       /* of `fewer` and `test` */
    /* *out = the same on the first `samples` of its samples, which the caller of this then owns:
     * what tolerances ask for. NULL: it cannot be had. */
    tw_status (*fewer)(void *user, size_t samples, tw_objective **out);
    /* *out = the same on its test split, which the caller of this then owns: what --test and
     * trainings ask for. NULL: there is none. What tells these data apart is to be in `says`. */
    tw_status (*test)(void *user, tw_objective **out);
} tw_study_model_own;

/* The objective as a model, which owns it from success on; `own` may go. It has samples where the
 * objective has, but no data, and a test split where `test` is given. TW_ERR_ARGUMENT for a point
 * that is not finite.
 * *out is owned by the caller, NULL after a failure. */
TW_API tw_status tw_study_model_of(const tw_study *study, tw_objective *objective,
                                   const tw_study_model_own *own, tw_study_model **out);

/* Whether they name a model of the library's own, as opposed to a shared object or a program: it
 * may be opened where the options come from somebody else. 0 for a model that is none. */
TW_API int tw_study_model_built_in(const tw_study_model_options *options);
/* Opens what the options say; *out is owned by the caller, NULL after a failure. The options may go
 * when it has returned. */
TW_API tw_status tw_study_model_open(const tw_study *study, const tw_study_model_options *options,
                                     tw_study_model **out);
/* Tells the study's `say` where an architecture by name is at weights that were drawn, as a line
 * for commands whose result at such a point says nothing of a trained network. */
TW_API void tw_study_model_say_drawn(const tw_study_model *model);
/* NULL is allowed. */
TW_API void tw_study_model_free(tw_study_model *model);

/* The same model on the test split of the same source: objective and data are the caller's, to free
 * in this order. TW_OK with *objective NULL if the source has no test split, which `say` is told,
 * or there is no data; with *data NULL of tw_study_model_of. */
TW_API tw_status tw_study_model_test(const tw_study_model *model, tw_dataset **data,
                                     tw_objective **objective);

/* The same model on the first `samples` of its samples; the caller's, to free before the model.
 * TW_ERR_UNSUPPORTED without samples. */
TW_API tw_status tw_study_model_fewer(const tw_study_model *model, size_t samples,
                                      tw_objective **objective);
/* Puts such an objective, which it then owns, in place of the model's. */
TW_API void tw_study_model_use(tw_study_model *model, tw_objective *objective);

/* Another point (model->size numbers), as if it had been opened there; `init` is what results say
 * of it, as "last checkpoint". */
TW_API tw_status tw_study_model_move(tw_study_model *model, const double *x, const char *init);

/* Draws `count` numbers into x as `init` says: "zero" or "normal:SCALE". */
TW_API tw_status tw_study_model_draw(const tw_study *study, const char *init, size_t count,
                                     double *x);

/* The data loss of a classifier that guesses, which small random parameters must begin with; NaN
 * where there is none to expect. */
TW_API double tw_study_model_chance(const tw_study_model *model);

/* Where the model is usually looked at, a lower and an upper end for every parameter; 0 where that
 * is not known. */
TW_API int tw_study_model_domain(const tw_study_model *model, double *lower, double *upper);

/* The keys of tw_study_provenance and those of the model: model, weights, at or init; on data also
 * data, split, classes, reg, data_hash, samples, example; then those of its kind, as margin. */
TW_API tw_status tw_study_model_provenance(const tw_study_model *model, tw_provenance *provenance);

TW_END_DECLS

#endif
