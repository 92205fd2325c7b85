/* plot_samples.h: surfaces and tables that look like real ones, for the tests of the figures. */
#ifndef TW_TESTS_PLOT_SAMPLES_H
#define TW_TESTS_PLOT_SAMPLES_H

#include "thalweg/plot.h"

/* Surfaces own their memory: sample_free. The first metric is train_loss. */
void sample_bowl(tw_surface *surface, size_t n);  /* 0.012 ... 27.6, smooth */
void sample_bumpy(tw_surface *surface, size_t n); /* 0.4 ... 300, rugged */
/* Two bowls on a plain that ripples within the standard errors, the second metric. */
void sample_valleys(tw_surface *surface, size_t n);
/* The bumpy one with a corner not computed, another one overflowed, and a NaN. */
void sample_holes(tw_surface *surface, size_t n);
/* Losses and accuracies (per cent) of both splits along a line through two minima. */
void sample_line(tw_surface *surface, size_t n);
/* A piecewise linear convex curve: a hinge loss. */
void sample_hinge(tw_surface *surface, size_t n);
void sample_free(tw_surface *surface);

/* A table of 10 steps, 1e-10 ... 1e-1. */
extern const double sample_steps[10], sample_losses[10], sample_original;

/* A surface of zeros with these metrics. */
void sample_surface(tw_surface *surface, int rank, size_t nx, size_t ny, size_t metrics,
                    const char *const *names);

#endif
