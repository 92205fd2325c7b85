/* notes.h: what a reader of a landscape should know: whether the picture can be trusted, and what
 * it does not show. A function of the numbers alone.
 */
#ifndef THALWEG_NOTES_H
#define THALWEG_NOTES_H

#include <stddef.h>

#include "landscape.h"
#include "status.h"
#include "trajectory_plane.h"

TW_BEGIN_DECLS

typedef enum tw_note_kind {
    TW_NOTE_AXES,        /* not orthogonal: |cosine| > 0.1 */
    TW_NOTE_FLAT,        /* the loss changes by less than 1 % of itself, or no more than rounding */
    TW_NOTE_NOT_FINITE,  /* some points overflowed */
    TW_NOTE_WIDE,        /* half of the points are above 100 times the loss at the centre */
    TW_NOTE_EDGE,        /* the least loss is on the edge: the picture cuts the valley off */
    TW_NOTE_REGULARIZER, /* changes more over the picture than the data loss */
    TW_NOTE_CENTER,      /* is not a minimum along an axis */
    TW_NOTE_SHARE,       /* the plane holds less than 70 % of a path */
    TW_NOTE_OFF_PLANE,   /* checkpoints farther off the plane than 30 % of the path's extent */
    TW_NOTE_OFF_LOSS, /* the plane's loss is off by more than 10 % of the path's change in loss */
    TW_NOTE_OUTSIDE,  /* checkpoints outside the picture */
    TW_NOTE_CURVATURE /* the known curvature of an axis does not show: it ends between two points
                         of the grid, or is faint beside what else the picture has */
} tw_note_kind;

enum {
    TW_NOTE_KINDS = TW_NOTE_CURVATURE + 1,
    TW_NOTES_MOST = TW_NOTE_KINDS + 2,
    TW_NOTE_TEXT = 320
};

/* "axes", "flat", "not_finite", ...; NULL past the end. */
TW_API const char *tw_note_name(size_t kind);

typedef struct tw_note {
    tw_note_kind kind;
    int axis;      /* of CENTER and CURVATURE: 0 for x, 1 for y; else -1 */
    double number; /* what it is about: the cosine, the slope, a share, a count; of CURVATURE the
                      range to both sides of the centre that shows it */
    char text[TW_NOTE_TEXT];
} tw_note;

typedef struct tw_notes_input {
    const tw_surface *surface;
    size_t metric; /* the loss that is looked at */
    double angle;  /* between the axes, in degrees (tw_direction_angle); NaN: unknown, or a line */
    double noise;  /* relative rounding error of a loss; 0: 2^-52 */
    double center[2]; /* the coefficients of the point looked at; NaN: there is none, and no note on
                         it */
    double slope[2];  /* of the loss at the centre along the axes, from its gradient; NaN: from the
                         points beside the centre */
    const tw_path *paths;
    size_t path_count;
    double curvature[2]; /* second derivatives of the loss at the centre along the axes, where they
                            are known, as along eigenvectors; 0: not known */
} tw_notes_input;

/* The notes that the surface deserves, in the order of the kinds; how many there are. The
 * regulariser is the metric of that name, the data loss beside "train_loss" is "train_data_loss".
 * Points not computed are passed over. CENTER and WIDE need the centre on the grid, to rounding.
 * CENTER: walking down from there along an axis must gain more than 1 % of what the loss changes
 * along it, or a quarter of the loss at the centre. CURVATURE, c at a centre with neighbours at
 * +-h on the grid: their second difference is less than half of c, of whose sign it is, or not of
 * its sign; or c w^2 / 2, w the reach of the picture, is less than 1 % of what the loss spans. */
TW_API size_t tw_landscape_notes(const tw_notes_input *input, tw_note notes[TW_NOTES_MOST]);

TW_END_DECLS

#endif
