/* curvature_samples.h: spectra and maps of curvature that look like real ones, for the tests of the
 * figures. */
#ifndef TW_TESTS_PLOT_CURVATURE_SAMPLES_H
#define TW_TESTS_PLOT_CURVATURE_SAMPLES_H

#include "thalweg/plot.h"
#include "thalweg/study_picture.h"

/* A network's: a bulk near 0, some large ones, some below 0; trace, density and pairs. */
void sample_network_spectrum(tw_curvature_report *report);
/* All eigenvalues of 12, exactly; pairs among them. */
void sample_exact_spectrum(tw_curvature_report *report);
/* Pairs alone. */
void sample_pairs(tw_curvature_report *report);

/* f = (x^2 - 1)^2 + y^2 with its extreme eigenvalues, n x n points; of ny = 1 a line. */
void sample_curved(tw_surface *surface, size_t n, size_t ny);
/* The surface as a picture of its curvature. */
tw_status sample_draw_curved(const char *path, const tw_surface *surface, tw_curvature_picture map);

#endif
