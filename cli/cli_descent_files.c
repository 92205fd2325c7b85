#include "cli_descent_files.h"

#include <stdio.h>
#include <string.h>

#include "option/cli_picture.h"

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

static outcome write_each(const descent_files *files, const descent *walk,
                          const tw_provenance *provenance) {
    outcome o = {0};
    const tw_space *space = tw_objective_space(walk->model->objective);
    if (files->weights != NULL)
        note(&o, files->weights, tw_weights_write(files->weights, space, walk->x, provenance));
    if (files->log != NULL)
        note(&o, files->log, tw_table_write(files->log, &walk->table, provenance));
    if (files->picture != NULL)
        note(&o, files->picture,
             tw_study_picture_table(files->picture, NULL, &walk->table, provenance));
    return o;
}

tw_status descent_write(const descent_files *files, const descent *walk,
                        const tw_provenance *provenance) {
    outcome o = write_each(files, walk, provenance);
    if (o.status == TW_OK)
        return TW_OK;
    return o.names[0] == '\0' ? tw_fail(o.status, "%s", o.text)
                              : tw_fail(o.status, "%s; %s %s written", o.text, o.names,
                                        strchr(o.names, ',') != NULL ? "are" : "is");
}

tw_status descent_end_early(cli_context *context, const descent_files *files, const descent *walk,
                            const tw_provenance *provenance, tw_status status) {
    char why[400];
    outcome o = {0};
    snprintf(why, sizeof why, "%s", tw_message());
    if (walk->signal != 0) {
        context->outcome = 128 + walk->signal;
        status = TW_ERR_CANCELLED;
        snprintf(why, sizeof why, "interrupted by signal %d after %zu iterations", walk->signal,
                 walk->iterations);
    }
    const char *none = walk->signal != 0 ? "; there is nothing to keep yet" : "";
    if (!descent_has_moved(walk)) /* the files there may be are worth more than a start */
        return tw_fail(status, "%s%s", why, none);
    o = write_each(files, walk, provenance);
    if (files->trajectory != NULL)
        note(&o, files->trajectory, TW_OK);
    if (o.status != TW_OK)
        return tw_fail(o.status, "%s; %s%s%s", why, o.text, o.names[0] != '\0' ? "; written: " : "",
                       o.names);
    if (o.names[0] == '\0')
        return tw_fail(status, "%s; -o FILE would have kept what it reached", why);
    return tw_fail(status, "%s; what it reached is in %s", why, o.names);
}
