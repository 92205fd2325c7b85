/* landscape_keep.h: a survey that survives: continued from its file, saved while it computes. */
#ifndef TW_STUDY_LANDSCAPE_KEEP_H
#define TW_STUDY_LANDSCAPE_KEEP_H

#include "study/study_private.h"
#include "thalweg/study_landscape.h"

/* Begun with tw_keeper_begin; lives as long as the survey. */
typedef struct tw_keeper {
    const tw_study *study;
    const char *path; /* NULL: nothing is saved */
    const tw_surface *surface;
    const tw_provenance *provenance;
    tw_claim *claim; /* of the file, which the caller releases when all is written */
    tw_study_work work;
    size_t taken;           /* points that the file held */
    double interval;        /* seconds between two saves */
    double least, saved_at; /* the shortest interval; when it was saved last */
    tw_time_pace pace;
    int foretold;     /* whether the whole time has been estimated */
    tw_status status; /* of a save that failed, and its words */
    char text[512];
} tw_keeper;

/* Waits, and says so, while another process is at a survey of the same file; one of another run is
 * refused at once. Takes what `path` holds of the survey into `surface` (unless `restart`), and
 * watches for interrupts. `path` may be NULL, a pipe or a device, to none of which anything is
 * saved underway. */
tw_status tw_keeper_begin(const tw_study *study, const tw_study_landscape_options *options,
                          tw_surface *surface, const tw_provenance *provenance, tw_keeper *out);

/* A tw_progress_fn; `user` is the keeper. */
int tw_keeper_step(void *user, size_t done, size_t total);

/* After the survey, with its status: ends the work, saves what there is if it did not come to its
 * end, and tells how to go on. The status that remains. */
tw_status tw_keeper_end(tw_keeper *keep, tw_status status);

#endif
