/* study_private.h: what studies share: talk, progress, memory. */
#ifndef TW_STUDY_PRIVATE_H
#define TW_STUDY_PRIVATE_H

#include "thalweg/study.h"

/* The caller's study, or the defaults for NULL; TW_ERR_ARGUMENT for one that nobody began. */
tw_status tw_study_take(const tw_study *study, const tw_study **out);

/* Tells the reader a line. */
void tw_study_say(const tw_study *study, const char *format, ...) TW_PRINTF(2, 3);

/* Whether this process is the one that speaks and has the files. */
int tw_study_is_first(const tw_study *study);

/* A piece of work that says how far it is. */
typedef struct tw_study_work {
    const tw_study *study;
    const char *label;
} tw_study_work;

/* `before` of the whole was done before. */
tw_study_work tw_study_work_begin(const tw_study *study, const char *label, size_t before,
                                  size_t total);
/* A tw_progress_fn, `user` being the work. */
int tw_study_work_step(void *user, size_t done, size_t total);
void tw_study_work_end(const tw_study_work *work);

/* The signal by which the work is to end, or 0; asked between tw_study_watch with 1 and with 0. */
int tw_study_interrupted(const tw_study *study);
void tw_study_watch(const tw_study *study, int begins);

/* What a caller must give; a function begins with it, having cleared what it gives back. */
#define TW_NEED(pointer)                                                                           \
    do {                                                                                           \
        if ((pointer) == NULL)                                                                     \
            return tw_fail(TW_ERR_ARGUMENT, "%s: %s is NULL", __func__, #pointer);                 \
    } while (0)

/* Before long work: whether the first process can write `what` to `path` (NULL: nothing is), whose
 * name ends in one of `endings` (NULL ends them). */
tw_status tw_study_check_output(const tw_study *study, const char *what, const char *path,
                                const char *const *endings);

/* Whether a path has something before that ending. */
int tw_path_ends(const char *path, const char *ending);
/* What follows its folders. */
const char *tw_path_name(const char *path);
/* Its name without the ending, to be freed; NULL: no memory. */
char *tw_path_stem(const char *path);

/* count doubles, not zeroed; TW_ERR_MEMORY says how many. */
tw_status tw_doubles_new(size_t count, double **out);

#endif
