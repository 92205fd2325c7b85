/* study.h: from words to results: what a study is done with.
 *
 * The headers study_*.h do what the commands of the tool do: a model by its name at a point
 * (study_model.h), and what is made of it. Each takes options, a struct of texts and numbers as a
 * user gives them; decides what follows from them, without changing them; and gives back a result.
 * Beside the options goes a tw_study: what everything is computed with, and whom to tell.
 *
 *     tw_study study = tw_study_defaults();
 *     tw_study_model_options options = tw_study_model_defaults();
 *     tw_study_model *model = NULL;
 *     options.model = "mlp:64";
 *     options.data.source = "cifar-10-batches-py";
 *     if (tw_study_model_open(&study, &options, &model) != TW_OK)
 *         puts(tw_message());
 *
 * The structs of options begin as their function tw_study_..._defaults makes them, in which nothing
 * is given: texts and pointers are NULL, sizes TW_UNSET, numbers NaN, choices -1, switches 0. What
 * is given and means nothing to what is asked for is refused, also where it is the usual value.
 * Their first member, the size of the struct, tells the library what a caller was compiled with: of
 * an older program's the rest is not given, and a newer one's is refused where it sets a member
 * that the library does not know. A struct that was not begun so, {0} for one, is refused, and so
 * is one within another (`options.data` here): set its members, and do not replace it by a struct
 * of zeros.
 */
#ifndef THALWEG_STUDY_H
#define THALWEG_STUDY_H

#include <stddef.h>
#include <stdint.h>

#include "export.h"
#include "file.h"
#include "run.h"
#include "status.h"
#include "team.h"

TW_BEGIN_DECLS

/* A size that is not given. */
#define TW_UNSET SIZE_MAX

/* Read where it is used, and not owned: it outlives what is made with it. All calls come from the
 * thread that called the library; each may be NULL. Where a function takes a study, NULL is the
 * defaults. */
typedef struct tw_study {
    size_t bytes;        /* sizeof(tw_study) */
    tw_runner *runner;   /* NULL: one thread */
    tw_team *team;       /* the processes that share the work; NULL: this one alone */
    uint64_t seed;       /* of everything that is drawn */
    const char *command; /* what results say made them, such as a command line; NULL: nothing */
    void *user;          /* of the calls */

    /* One line, without an end, that a reader of the results should know: "note: ...". */
    void (*say)(void *user, const char *line);

    /* Long work called `label` has come so far. The first call of a piece of work has what was done
     * before it began; one with total = 0 ends it, however far it came. Non-zero stops the work,
     * which then fails with TW_ERR_CANCELLED. */
    int (*progress)(void *user, const char *label, size_t done, size_t total);

    /* Non-zero, by custom the number of a signal, when the work is to end: what is there is then
     * saved. Asked between pieces of work, and only from watch(user, 1) to watch(user, 0), where a
     * handler of signals may be installed: elsewhere there is nothing to save. */
    int (*interrupted)(void *user);
    void (*watch)(void *user, int begins);
} tw_study;

/* One thread, alone, seed 0, and nobody to tell. */
TW_API tw_study tw_study_defaults(void);

/* Adds what every result carries: version, command (where there is one), seed, cpu. */
TW_API tw_status tw_study_provenance(const tw_study *study, tw_provenance *provenance);

/* What directions and curvature may leave out, by the numbers of options: "none", "biasbn"; NULL
 * past the end. */
TW_API const char *tw_study_ignore_name(size_t index);

TW_END_DECLS

#endif
