/* study_page.h: result files as one HTML page, told apart by what they are: what 'thalweg view'
 * does.
 *
 *     const char *files[] = {"plane.h5", "sgd-proj.h5", "descent.csv"};
 *     tw_study_page_files(&study, NULL, 3, files, "page.html");
 */
#ifndef THALWEG_STUDY_PAGE_H
#define THALWEG_STUDY_PAGE_H

#include "page.h"
#include "study.h"

TW_BEGIN_DECLS

/* As tw_study_page_defaults makes them; what is not given is as tw_page_options (page.h) has it. */
typedef struct tw_study_page_options {
    size_t bytes;
    int view, colormap;      /* tw_view, tw_colormap; -1 */
    int log, linear;         /* 1: the scale of the values that are shown */
    int topology;            /* 1: minima and saddles of planes are marked (topology.h) */
    const char *metric;      /* that is shown first, by its name in files */
    const char *title;       /* not given: the names of the files */
    const char *description; /* what made the page; not given: the study's command */
    int reserved;            /* 0 */
} tw_study_page_options;

TW_API tw_study_page_options tw_study_page_defaults(void);

/* Result files on one page, a panel each: planes and slices with all of their metrics and the paths
 * in them, tables of descents and step studies, spectra. Projections become paths in every plane
 * that they were projected to, as far as the files tell, or else have a panel of their own. The
 * reader is told where a metric that was asked for is in none of them. `options` may be NULL.
 * TW_ERR_UNSUPPORTED for a file that cannot be shown, by its name. */
TW_API tw_status tw_study_page_files(const tw_study *study, const tw_study_page_options *options,
                                     size_t count, const char *const *files, const char *path);
/* The same, added to a page that is open: for pages with a script of their own (page.h). */
TW_API tw_status tw_study_page_add_files(const tw_study *study,
                                         const tw_study_page_options *options, size_t count,
                                         const char *const *files, tw_page *page);

/* The path of a result with its ending replaced by .html, to be freed. */
TW_API tw_status tw_study_page_name(const char *file, char **out);

TW_END_DECLS

#endif
