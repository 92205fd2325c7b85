/* spectrum_walk.h: one computation of a spectrum. study_spectrum.c has its options and its ends,
 * spectrum_stages.c what is computed, spectrum_keep.c what survives, spectrum_notes.c the words. */
#ifndef TW_STUDY_SPECTRUM_WALK_H
#define TW_STUDY_SPECTRUM_WALK_H

#include "curvature/dense.h"
#include "study/study_private.h"
#include "thalweg/study_spectrum.h"

/* What is computed one after the other. */
enum {
    TW_SPECTRUM_EXACT,
    TW_SPECTRUM_SEARCH,
    TW_SPECTRUM_TRACE,
    TW_SPECTRUM_DENSITY,
    TW_SPECTRUM_STAGES
};

typedef struct tw_spectrum_walk {
    const tw_study *study;
    const tw_study_model *model;
    tw_study_spectrum_options options; /* resolved */
    tw_study_spectrum *result;
    tw_curvature *curvature;
    unsigned long long opened; /* products made by opening it */
    tw_spectrum *search;       /* NULL: no pairs, or not begun */
    tw_dense_columns columns;  /* of --exact, until all eigenvalues are there; */
    double *diagonal;          /* beside them */
    tw_study_work work;        /* at hand, */
    size_t shown;              /* and how far it was seen to be */
    double first_residual;     /* of the search */

    /* ---- what survives ---- */

    char *kept; /* PATH.unfinished; NULL: nothing does */
    tw_provenance kept_made;
    tw_claim *claim;
    double interval, saved_at;
    int saved, failed;
    int refused; /* what was left is no use to the same command: it stays, and is told of */
    int taken[TW_SPECTRUM_STAGES]; /* whether a stage has what an earlier process left for it: until
                                      then that stays in the file, also where it is refused */
    size_t parts_count;            /* of an earlier process; */
    tw_descent_part *parts;        /* NULL: begun anew */
} tw_spectrum_walk;

/* ---- spectrum_stages.c ---- */

/* Opens the matrix. */
tw_status tw_spectrum_walk_open(tw_spectrum_walk *walk);
/* Everything that is asked for; after a failure the report has what there is. */
tw_status tw_spectrum_walk_run(tw_spectrum_walk *walk);
void tw_spectrum_walk_drop_columns(tw_spectrum_walk *walk);
/* Takes a trace out of the report that has no number yet, once it is saved. */
void tw_spectrum_walk_tidy(tw_spectrum_walk *walk);

/* ---- spectrum_keep.c ---- */

/* What tells this computation from others; reads what an earlier process has left. */
tw_status tw_spectrum_keep_begin(tw_spectrum_walk *walk);
/* After a piece of work: saves where it is if it is time to, or with `now` in any case. */
void tw_spectrum_keep_step(tw_spectrum_walk *walk, int now);
/* Products behind what there is, however often it was interrupted: what was made twice counts once.
 */
unsigned long long tw_spectrum_walk_products(const tw_spectrum_walk *walk);
/* Puts what was left into what begins; *there: all eigenvalues were, and are in the report, and the
 * diagonal in the walk; else the columns that were. */
tw_status tw_spectrum_keep_matrix(tw_spectrum_walk *walk);
tw_status tw_spectrum_keep_exact(tw_spectrum_walk *walk, size_t count, int *there);
tw_status tw_spectrum_keep_search(tw_spectrum_walk *walk);
tw_status tw_spectrum_keep_trace(tw_spectrum_walk *walk);
tw_status tw_spectrum_keep_density(tw_spectrum_walk *walk);
/* Removes it, where all is done; ends the claim. */
void tw_spectrum_keep_forget(tw_spectrum_walk *walk);
void tw_spectrum_keep_end(tw_spectrum_walk *walk);

/* ---- spectrum_notes.c ---- */

void tw_spectrum_notes_make(tw_spectrum_walk *walk);

#endif
