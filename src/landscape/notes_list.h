/* notes_list.h: notes as they are gathered by notes.c, and by notes_path.c for it. */
#ifndef TW_LANDSCAPE_NOTES_LIST_H
#define TW_LANDSCAPE_NOTES_LIST_H

#include "thalweg/notes.h"

typedef struct tw_notes_list {
    tw_note *notes;
    size_t count;
} tw_notes_list;

/* A note without text. Each kind is added once at most, CENTER and CURVATURE once an axis. */
tw_note *tw_notes_add(tw_notes_list *list, tw_note_kind kind, double number);

/* The notes on paths. */
void tw_notes_paths(tw_notes_list *list, const tw_notes_input *input);

#endif
