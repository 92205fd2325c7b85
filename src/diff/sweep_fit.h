/* sweep_fit.h: what the errors of a sweep say about noise and truncation. */
#ifndef TW_DIFF_SWEEP_FIT_H
#define TW_DIFF_SWEEP_FIT_H

#include "thalweg/sweep.h"

/* Fits both schemes and fills in fit and noise. Steps, reference and bar are there. */
void tw_sweep_fit_branches(tw_sweep *sweep);

#endif
