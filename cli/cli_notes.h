/* cli_notes.h: what a reader of a survey should know: notes (notes.h), and the barrier of a line
 * between two points. */
#ifndef THALWEG_CLI_NOTES_H
#define THALWEG_CLI_NOTES_H

#include "cli_paths.h"

typedef struct survey_notes {
    size_t count;
    tw_note note[TW_NOTES_MOST];
    const char *other_data; /* a note on the trajectories; empty: none */
    char bounds[320];       /* a note on points that leave the model's bounds; likewise */
    size_t barriers;        /* of the training loss and, where there is one, the test loss */
    struct {
        const char *metric; /* a name of the surface */
        tw_barrier barrier;
    } barrier[2];
} survey_notes;

/* A finished surface and what it was made along. */
typedef struct notes_view {
    const tw_study_model *model;
    const tw_surface *surface;
    const tw_plane *plane;
    int repeated; /* 1: along several directions, of which it has the first */
    double at[2]; /* coefficients of the model's point; NaN: no note on it */
} notes_view;

/* Looks at it. The slopes at the point are those of the gradient, where the model has one. */
tw_status notes_make(const notes_view *view, const survey_paths *paths, survey_notes *out);

/* Barriers to `out`; notes are talk. */
void notes_text(const cli_context *context, const survey_notes *notes);
void notes_json(tw_json *writer, const survey_notes *notes);

#endif
