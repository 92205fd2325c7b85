#include "landscape/notes_list.h"

#include <stddef.h>

static const char *const names[TW_NOTE_KINDS] = {
    "axes",   "flat",  "not_finite", "wide",     "edge",    "regularizer",
    "center", "share", "off_plane",  "off_loss", "outside", "unseen_curvature"};

const char *tw_note_name(size_t kind) {
    return kind < TW_NOTE_KINDS ? names[kind] : NULL;
}

tw_note *tw_notes_add(tw_notes_list *list, tw_note_kind kind, double number) {
    tw_note *note = &list->notes[list->count++];
    *note = (tw_note){.kind = kind, .axis = -1, .number = number};
    return note;
}
