/* Declared, and about to be written. */
#include "thalweg/density.h"
#include "thalweg/spectrum.h"
#include "thalweg/trace.h"

static tw_status pending(void) {
    return tw_fail(TW_ERR_UNSUPPORTED, "this part of the curvature is not written yet");
}

tw_status tw_curvature_eigenvalues(tw_curvature *curvature, double *values, double *vectors,
                                   double *asymmetry, tw_progress_fn progress, void *user) {
    return pending();
}

tw_status tw_trace_run(tw_curvature *curvature, const tw_trace_options *options,
                       tw_trace_result *result) {
    return pending();
}

void tw_trace_release(tw_trace_result *result) {
}

tw_status tw_density_run(tw_curvature *curvature, const tw_density_options *options,
                         tw_density *density) {
    return pending();
}

tw_status tw_density_of(size_t count, const double *eigenvalues, tw_density *density) {
    return pending();
}

void tw_density_release(tw_density *density) {
}

tw_status tw_density_evaluate(const tw_density *density, double sigma, size_t count,
                              const double *grid, double *mean, double *low, double *high) {
    return pending();
}

tw_status tw_density_evaluate_log(const tw_density *density, double scale, double sigma,
                                  size_t count, const double *grid, double *mean, double *low,
                                  double *high) {
    return pending();
}

double tw_density_below(const tw_density *density, double value) {
    return 0;
}

tw_status tw_density_distance(const tw_density *a, const tw_density *b, double *distance) {
    return pending();
}
