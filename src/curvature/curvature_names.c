/* The words of curvature.h, spectrum.h and trace.h. */
#include <string.h>

#include "thalweg/spectrum.h"
#include "thalweg/trace.h"

static const char *const matrices[] = {"hessian", "gauss-newton"};
static const char *const sources[] = {"exact", "differences"};
static const char *const stops[] = {"unfinished", "converged", "products", "rounding"};
static const char *const methods[] = {"auto", "exact", "hutchinson", "hutch++"};

#define NAME_AT(list, index)                                                                       \
    ((index) < sizeof(list) / sizeof(list)[0] ? (list)[index] : (const char *)NULL)

static int find(const char *(*name_at)(size_t), const char *name) {
    for (size_t k = 0; name_at(k) != NULL; k++)
        if (strcmp(name_at(k), name) == 0)
            return (int)k;
    return -1;
}

const char *tw_curvature_matrix_name(size_t matrix) {
    return NAME_AT(matrices, matrix);
}

int tw_curvature_matrix_find(const char *name) {
    return find(tw_curvature_matrix_name, name);
}

const char *tw_product_source_name(size_t source) {
    return NAME_AT(sources, source);
}

int tw_product_source_find(const char *name) {
    return find(tw_product_source_name, name);
}

const char *tw_spectrum_stop_name(size_t stop) {
    return NAME_AT(stops, stop);
}

const char *tw_trace_method_name(size_t method) {
    return NAME_AT(methods, method);
}

int tw_trace_method_find(const char *name) {
    return find(tw_trace_method_name, name);
}
