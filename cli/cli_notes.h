/* cli_notes.h: what a reader of a survey should know: notes (notes.h), and the barrier of a line
 * between two points. */
#ifndef THALWEG_CLI_NOTES_H
#define THALWEG_CLI_NOTES_H

#include "cli_paths.h"

typedef struct survey_notes {
    size_t count;
    tw_note note[TW_NOTES_MOST];
    const char *other_data; /* a note on the trajectories; empty: none */
    size_t barriers;        /* of the training loss and, where there is one, the test loss */
    struct {
        const char *metric; /* a name of the surface */
        tw_barrier barrier;
    } barrier[2];
} survey_notes;

/* Looks at a finished surface. The slopes at the centre are those of the gradient, where the model
 * has one. */
tw_status notes_make(const cli_model *model, const tw_surface *surface, const double *dx,
                     const double *dy, double angle, const survey_paths *paths, survey_notes *out);

/* Barriers to `out`; notes are talk. */
void notes_text(const cli_context *context, const survey_notes *notes);
void notes_json(tw_json *writer, const survey_notes *notes);

#endif
