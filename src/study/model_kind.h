/* model_kind.h: a kind of model: one const struct tw_kind_<name> in a file model_<kind>.c, and its
 * name in the list here. What all kinds share is done in model.c: finding the kind, refusing
 * options that mean nothing to it, the point, the keys of provenance.
 */
#ifndef TW_STUDY_MODEL_KIND_H
#define TW_STUDY_MODEL_KIND_H

#include "study/study_private.h"
#include "thalweg/network.h"
#include "thalweg/study_model.h"

/* All of them; the first to take a text has it. */
#define TW_MODEL_KINDS(X) X(softmax) X(svm) X(mlp) X(network) X(function) X(plugin) X(program)

/* What some kinds share. */
enum {
    TW_USES_DATA = 1, /* the options of data, and the setting "example" */
    TW_USES_REG = 2,  /* the setting "reg" */
    TW_USES_RAW = 4   /* with data: as they are, no mean is taken */
};

typedef struct tw_model_kind {
    const char *noun; /* what a model of the kind is: "a function" */
    int built_in;     /* opening one runs no code but the library's: a file may name it */

    /* How the user says it; one of the three at least. The text as given is the spec. */
    tw_name_list names;             /* NAME, or NAME:REST; also help, completion */
    int (*takes)(const char *spec); /* any text of some form, as a path */
    const char *named_by;           /* a setting that holds the spec: "exec" */

    const tw_setting_spec *settings;          /* of its own, ended by a name of NULL; NULL: none */
    unsigned uses;                            /* TW_USES_...; what else is given is refused */
    int costly;                               /* one loss takes long: gradcheck asks for less */
    int divides;                              /* wants the deviation of its data */
    double step, entry_step, difference_step; /* as in tw_study_model */
    const char *standard_init; /* another word for the init "standard": "he"; NULL: none */
    const char *drawn_init;    /* the init where nothing is said and there is no start; NULL:
                                  "normal:1e-4", which suits classifiers */

    /* Fills in kind and objective, with TW_USES_DATA by way of tw_model_open_data. On failure the
     * caller releases what is there. The objective's own start (tw_objective_start) is the point
     * that the init "standard" names. */
    tw_status (*open)(tw_study_model *model);

    /* With TW_USES_DATA only: the model's objective on `count` samples of `data` from `first` on
     * (0: all that follow), which outlive it. */
    tw_status (*make)(const tw_study_model *model, const tw_dataset *data, size_t first,
                      size_t count, tw_objective **out);

    /* tw_study_model_chance and _domain. NULL: none. */
    double (*chance)(const tw_study_model *model);
    int (*domain)(const tw_study_model *model, double *lower, double *upper);

    /* Whether its buffers are to stay those of the point along any direction. NULL: they go where
     * the direction does. */
    int (*buffers_stay)(const tw_study_model *model);
    /* Whether they are found anew at every point, whatever the direction has. NULL: they are not.
     */
    int (*buffers_anew)(const tw_study_model *model);

    /* Adds keys of its own after the common ones. NULL: none. */
    tw_status (*provenance)(const tw_study_model *model, tw_provenance *provenance);
} tw_model_kind;

/* What was decided. */
typedef struct tw_model_plan {
    const tw_model_kind *kind;
    const char *spec;               /* the text that says which model */
    tw_study_model_options options; /* as given; texts and numbers are copies, */
    void **owned;                   /* which are here, */
    size_t owned_count;
    double *mean;                /* of the features of the training split */
    double deviation;            /* of the centred features, for kinds that divide by it */
    size_t example;              /* TW_UNSET: all samples */
    uint64_t hash;               /* of the file that a model is, if it is one */
    tw_network *network;         /* of the kind that is one */
    tw_network_options prepared; /* how its samples are, */
    double statistics[2][4];     /* with this mean and std */
    char *name;                  /* of the objective, if it is the kind of the model */
    char *moved;                 /* what is said of the point it was moved to; NULL: it was not */
    /* Of a model that is an objective of the caller's: as in tw_study_model_own. */
    tw_status (*fewer)(void *user, size_t samples, tw_objective **out);
    tw_status (*test)(void *user, tw_objective **out);
    void *own_user;
} tw_model_plan;

/* Takes a copy of the options into the plan; its parts go with tw_model_plan_free. */
tw_status tw_model_plan_new(const tw_study_model_options *options, tw_model_plan **out);
void tw_model_plan_free(tw_model_plan *plan);

/* The setting's text as given, or its fallback; NULL if there is neither. */
const char *tw_model_setting_text(const tw_model_plan *plan, const char *name);
/* Whether it was given. */
int tw_model_setting_given(const tw_model_plan *plan, const char *name);
/* Its value; of one that has none, NaN, TW_UNSET or -1. They were checked (tw_model_settings_check)
 * before a kind reads them. */
double tw_model_setting_number(const tw_model_plan *plan, const char *name);
size_t tw_model_setting_size(const tw_model_plan *plan, const char *name);
int tw_model_setting_choice(const tw_model_plan *plan, const char *name);

/* Refuses settings that the plan's kind has not, and values that are none. */
tw_status tw_model_settings_check(const tw_model_plan *plan);

/* What the kinds share, ended by a name of NULL. */
extern const tw_setting_spec tw_model_reg_settings[], tw_model_data_settings[];

/* Fills in the plan's kind and spec (model_list.c). */
tw_status tw_model_find_kind(tw_model_plan *plan);
/* Whether some kind has the setting (model_list.c). */
int tw_model_setting_known(const char *name);

/* Opens the data into model->data and the plan's mean and deviation, and checks the example. */
tw_status tw_model_open_data(tw_study_model *model);
/* Makes the objective with the kind's `make`: of all samples, or of the example. */
tw_status tw_model_make(tw_study_model *model);

/* The name of its objective is the kind of the model: a copy, which outlives the objective when
 * tw_study_model_use replaces it. */
tw_status tw_model_take_name(tw_study_model *model, const tw_objective *objective);

/* The kind's buffers_stay. */
int tw_model_buffers_stay(const tw_study_model *model);
/* Its buffers_anew. */
int tw_model_buffers_anew(const tw_study_model *model);
/* TW_ERR_ARGUMENT with the remedy where the model has no derivatives only because of the way its
 * buffers are had; `what` needs them ("gradcheck"). */
tw_status tw_model_check_derivatives(const tw_study_model *model, const char *what);

/* Fills in size and x. */
tw_status tw_model_set_point(tw_study_model *model);
/* The init that led to the point. */
const char *tw_model_init(const tw_study_model *model);

#define TW_MODEL_KIND_DECLARED(name) extern const tw_model_kind tw_kind_##name;
TW_MODEL_KINDS(TW_MODEL_KIND_DECLARED)

#endif
