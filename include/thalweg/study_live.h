/* study_live.h: landscapes and result files on a page that talks to this program: what 'thalweg
 * view --live' does.
 *
 *     tw_study_live_options options = tw_study_live_defaults();
 *     tw_live *live = NULL;
 *     if (tw_study_live_open(&study, &options, 0, NULL, 1, &live) == TW_OK)
 *         puts(tw_live_address(live));
 *     status = tw_study_live_run(live, plan, &result);
 *     if (status == TW_OK)
 *         status = tw_study_live_serve(&study, live, plan, NULL);
 *     tw_live_free(live);
 *     tw_study_landscape_release(&result);
 *     tw_study_landscape_plan_free(plan);
 */
#ifndef THALWEG_STUDY_LIVE_H
#define THALWEG_STUDY_LIVE_H

#include "live.h"
#include "study_landscape.h"
#include "study_page.h"

TW_BEGIN_DECLS

/* As tw_study_live_defaults makes them. */
typedef struct tw_study_live_options {
    size_t bytes;
    tw_study_page_options page;
    const char *host; /* an IP address to listen on; not given: 127.0.0.1 */
    size_t port;      /* not given: any that is free */
} tw_study_live_options;

TW_API tw_study_live_options tw_study_live_defaults(void);

/* Listens, with the files on the page, the first of which a plane or a slice; without files the
 * page begins with nothing. `answers`: there will be a plan, of which pages can ask. *out is owned
 * by the caller, NULL after a failure. */
TW_API tw_status tw_study_live_open(const tw_study *study, const tw_study_live_options *options,
                                    size_t count, const char *const *files, int answers,
                                    tw_live **out);

/* As tw_study_landscape_run, on one process; the page shows the points as they come, and what it
 * asks is answered between two batches, which are shorter for it. Values are what they are without.
 * TW_ERR_CANCELLED where the page stops it, too: what there is is saved then. Plan and result must
 * stay until tw_live_free. */
TW_API tw_status tw_study_live_run(tw_live *live, tw_study_landscape_plan *plan,
                                   tw_study_landscape_result *out);

/* TW_ERR_ARGUMENT where a file, whose provenance `made` is, was made at another point, along other
 * directions or of other data than the plan, or does not say: what is asked would be of something
 * else. */
TW_API tw_status tw_study_live_same(const tw_study_landscape_plan *plan, const tw_provenance *made);

/* Answers until a page or the study's `interrupted` ends it. `plan` (may be NULL) is of what is
 * asked. `file` (may be NULL) is the first file of the page: it is read again when it changes, so
 * that a survey that another process makes is seen to grow; one that takes its place is shown
 * instead, and asked if tw_study_live_same. A plan that is not of the file at first is
 * TW_ERR_ARGUMENT. */
TW_API tw_status tw_study_live_serve(const tw_study *study, tw_live *live,
                                     const tw_study_landscape_plan *plan, const char *file);

TW_END_DECLS

#endif
