/* live_follow.h: a result file on a live page, shown again when it changes. */
#ifndef TW_STUDY_LIVE_FOLLOW_H
#define TW_STUDY_LIVE_FOLLOW_H

#include <sys/stat.h>

#include "thalweg/study_live.h"

/* The file that is looked at, and what of it is shown; zeroed but for path, plan and asks. */
typedef struct tw_live_follow {
    const char *path;
    const tw_study_landscape_plan *plan; /* may be NULL */
    uint64_t id;                         /* 0: not shown yet */
    struct stat seen;
    double at;
    tw_provenance provenance;
    tw_surface surface;
    int asks; /* the plan is of it */
} tw_live_follow;

/* Shows what has changed since the last look: more of the same, or in its place. Files are replaced
 * as a whole: what is read is one or the other. One that cannot be read is left to the next look,
 * unless nothing is shown yet. */
tw_status tw_live_follow_look(tw_live *live, tw_live_follow *f);
void tw_live_follow_release(tw_live_follow *f);

#endif
