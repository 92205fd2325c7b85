/* The figures of a library that was built without Cairo. */
#include "thalweg/plot.h"

static tw_status unsupported(void) {
    return tw_fail(TW_ERR_UNSUPPORTED,
                   "figures need Cairo, which this library was built without; build it with "
                   "-Dcairo=enabled");
}

tw_status tw_plot_curves(const char *path, const tw_figure *figure, size_t count,
                         const tw_curve *curves, const char *right_label) {
    return unsupported();
}

tw_status tw_plot_surface(const char *path, const tw_figure *figure, const tw_surface *surface,
                          size_t metric) {
    return unsupported();
}

tw_status tw_plot_panels(const char *path, const tw_figure *figure, size_t count,
                         const tw_panel *panels) {
    return unsupported();
}

tw_status tw_plot_paths(const char *path, const tw_figure *figure) {
    return unsupported();
}

tw_status tw_plot_barcode(const char *path, const tw_figure *figure, const tw_topology *topology,
                          const tw_metric *metric) {
    return unsupported();
}

tw_status tw_plot_steps(const char *path, const tw_figure *figure, size_t count,
                        const double *steps, const double *losses, double original) {
    return unsupported();
}

tw_status tw_plot_sweep(const char *path, const tw_figure *figure, const tw_sweep *sweep) {
    return unsupported();
}

tw_status tw_plot_gradcheck(const char *path, const tw_figure *figure, const tw_gradcheck *check) {
    return unsupported();
}

tw_status tw_plot_spectrum(const char *path, const tw_figure *figure,
                           const tw_curvature_report *report) {
    return unsupported();
}

tw_status tw_plot_contact_sheet(const char *path, const tw_figure *figure,
                                const tw_dataset *dataset, size_t columns) {
    return unsupported();
}

size_t tw_plot_letters_lacking(const char *text) {
    return 0;
}

int tw_plot_available(void) {
    return 0;
}
