#include <stdio.h>
#include <string.h>

#include "study/training_private.h"
#include "thalweg/study_picture.h"

/* What was written, and what came of the rest. */
typedef struct outcome {
    tw_status status; /* of the first that failed, */
    char text[320];   /* and its words */
    char names[320];  /* "'w.npy', 'log.csv'" */
} outcome;

static void note(outcome *o, const char *path, tw_status status) {
    if (status == TW_OK) {
        size_t length = strlen(o->names);
        snprintf(o->names + length, sizeof o->names - length, "%s'%s'", length > 0 ? ", " : "",
                 path);
    } else if (o->status == TW_OK) {
        o->status = status;
        snprintf(o->text, sizeof o->text, "%s", tw_message());
    }
}

static outcome write_each(const tw_training_walk *walk) {
    outcome o = {0};
    const tw_study_training *t = walk->training;
    const tw_study_training_options *files = &t->plan->options;
    const tw_table *table = &walk->result->table;
    const tw_space *space = tw_objective_space(t->model->objective);
    if (files->output != NULL)
        note(&o, files->output, tw_weights_write(files->output, space, walk->x, &t->provenance));
    if (files->log != NULL)
        note(&o, files->log, tw_table_write(files->log, table, &t->provenance));
    if (files->picture != NULL)
        note(&o, files->picture,
             tw_study_picture_table(files->picture, NULL, table, &t->provenance));
    return o;
}

tw_status tw_training_write(const tw_training_walk *walk) {
    outcome o = write_each(walk);
    if (o.status == TW_OK)
        return TW_OK;
    return o.names[0] == '\0' ? tw_fail(o.status, "%s", o.text)
                              : tw_fail(o.status, "%s; %s %s written", o.text, o.names,
                                        strchr(o.names, ',') != NULL ? "are" : "is");
}

/* Whether it came anywhere that is worth keeping, also where the run failed. */
static int has_moved(const tw_training_walk *walk) {
    const tw_study_model *model = walk->training->model;
    return walk->iterations > 0 || memcmp(model->x, walk->x, model->size * sizeof *walk->x) != 0;
}

/* Where the parameters it began with were in the file of its output, they are there no more. */
static void forget_other_beginnings(tw_training_walk *walk) {
    const tw_study_training *t = walk->training;
    const char *weights = tw_provenance_get(&t->provenance, "weights");
    const char *output = t->plan->options.output;
    if (weights != NULL && output != NULL && tw_same_file(weights, output))
        tw_training_forget(walk);
}

tw_status tw_training_end_early(tw_training_walk *walk, tw_status status) {
    char why[400];
    outcome o = {0};
    int signal = walk->result->signal;
    const char *trajectory = walk->training->plan->options.trajectory;
    snprintf(why, sizeof why, "%s", tw_message());
    if (signal != 0) {
        status = TW_ERR_CANCELLED;
        snprintf(why, sizeof why, "interrupted by signal %d after %zu iterations", signal,
                 walk->iterations);
    }
    const char *none = signal != 0 ? "; there is nothing to keep yet" : "";
    if (!has_moved(walk)) /* the files there may be are worth more than a start */
        return tw_fail(status, "%s%s", why, none);
    o = write_each(walk);
    if (trajectory != NULL)
        note(&o, trajectory, TW_OK);
    if (o.status != TW_OK)
        return tw_fail(o.status, "%s; %s%s%s", why, o.text, o.names[0] != '\0' ? "; written: " : "",
                       o.names);
    if (o.names[0] == '\0')
        return tw_fail(status, "%s; -o FILE would have kept what it reached", why);
    forget_other_beginnings(walk);
    return tw_fail(status, "%s; what it reached is in %s%s", why, o.names,
                   tw_training_goes_on(walk) ? ", and the same command continues from there" : "");
}
