/* sweep_sheet.h: the figure of a sweep while it is being drawn, and what it says. */
#ifndef TW_PLOT_SWEEP_SHEET_H
#define TW_PLOT_SWEEP_SHEET_H

#include "plot/mark_names.h"
#include "plot/plot_private.h"

enum {
    TW_SWEEP_SCHEMES = 3,
    TW_SWEEP_LABELS = TW_SWEEP_MARKS + 4,
    TW_SWEEP_TEXT = 160,
    TW_SWEEP_SPOTS = 6000,
    TW_SWEEP_LAWS = 3
};

typedef struct tw_sweep_sheet {
    tw_canvas *canvas;
    const tw_sweep *sweep;
    double unit;  /* what errors are divided by: the derivative, or 1 */
    double floor; /* the error of the reference, in that unit */
    double *h, *errors[2];
    tw_curve curves[2];
    tw_frame frame;
    size_t lowered; /* errors drawn at the lower edge */
    int has_star;   /* the ladder's step is in the picture */
    size_t label_count;
    tw_mark_name labels[TW_SWEEP_LABELS];
    char texts[TW_SWEEP_LABELS][TW_SWEEP_TEXT];
    size_t spot_count;
    tw_spot *spots;
} tw_sweep_sheet;

/* A fitted branch. */
typedef struct tw_sweep_law {
    double factor, power; /* error = factor h^power */
    const char *name;
} tw_sweep_law;

/* The branches that were found; returns how many. */
int tw_sweep_laws(const tw_sweep_sheet *s, tw_sweep_law *laws);

/* The step of the sweep nearest to the best one of the fit; without truncation the best measured;
 * SIZE_MAX at a kink, or where no noise is seen. */
size_t tw_sweep_best_step(const tw_sweep_sheet *s, int scheme);

/* Labels, legend and small print. The spans are there. */
void tw_sweep_words(tw_sweep_sheet *s);

extern const tw_rgb tw_sweep_inks[TW_SWEEP_SCHEMES], TW_SWEEP_FAINT;

#endif
