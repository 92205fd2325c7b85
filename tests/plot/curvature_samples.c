#include "curvature_samples.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "plot_samples.h"
#include "study/picture.h"

static void pairs(tw_curvature_report *r, size_t largest, const double *values, size_t smallest,
                  const double *least, double residual) {
    r->largest = calloc(largest + 1, sizeof *r->largest);
    r->smallest = calloc(smallest + 1, sizeof *r->smallest);
    r->largest_count = r->largest_asked = largest;
    r->smallest_count = r->smallest_asked = smallest;
    for (size_t k = 0; k < largest; k++)
        r->largest[k] = (tw_eigenpair){.value = values[k], .residual = residual};
    for (size_t k = 0; k < smallest; k++)
        r->smallest[k] = (tw_eigenpair){.value = least[k], .residual = residual};
}

void sample_pairs(tw_curvature_report *r) {
    static const double values[] = {98.18, 89, 80.2, 66.1, 61.8}, least[] = {-5.19, -5.05, -4.7};
    memset(r, 0, sizeof *r);
    r->facts = (tw_curvature_facts){.size = 269722, .dimension = 269722};
    r->complete = 1;
    pairs(r, 5, values, 3, least, 0.003);
}

/* Nodes: -5 ... 98, closest about 0, where nearly all of the weight is. */
void sample_network_spectrum(tw_curvature_report *r) {
    enum { PROBES = 4, STEPS = 60, DIMENSION = 269722 };
    sample_pairs(r);
    r->stop = TW_SPECTRUM_CONVERGED;
    tw_density *d = &r->density;
    *d = (tw_density){.dimension = DIMENSION, .probes = PROBES, .steps = STEPS};
    d->counts = calloc(PROBES, sizeof *d->counts);
    d->nodes = calloc(PROBES * STEPS, sizeof *d->nodes);
    d->weights = calloc(PROBES * STEPS, sizeof *d->weights);
    for (size_t p = 0; p < PROBES; p++) {
        double sum = 0;
        d->counts[p] = STEPS;
        for (size_t k = 0; k < STEPS; k++) {
            double t = (double)k / (STEPS - 1) - 0.25,
                   wobble = 1 + 0.1 * sin(3.0 * (double)(k + 7 * p));
            double node = t < 0 ? -5.19 * pow(-t / 0.25, 4) * (t > -0.25 ? wobble : 1)
                                : 98.18 * pow(t / 0.75, 4) * (k < STEPS - 1 ? wobble : 1);
            d->nodes[p * STEPS + k] = node;
            d->weights[p * STEPS + k] = wobble * wobble / (1 + 3e5 * pow(fabs(node), 1.5));
            sum += d->weights[p * STEPS + k];
        }
        for (size_t k = 0; k < STEPS; k++)
            d->weights[p * STEPS + k] /= sum;
    }
    d->trace = 871;
    d->trace_error = 42;
    d->squares = 42250;
    d->squares_error = 3183;
    r->trace = (tw_trace_result){.method = TW_TRACE_HUTCHINSON,
                                 .trace = 856.2,
                                 .standard_error = 21,
                                 .frobenius = 205.5,
                                 .frobenius_error = 7.7,
                                 .draws = 100,
                                 .block_count = 1,
                                 .blocks = calloc(1, sizeof(tw_trace_block))};
    r->block_names = calloc(1, sizeof(char *));
    r->block_names[0] = strdup("all");
}

void sample_exact_spectrum(tw_curvature_report *r) {
    static const double all[12] = {8, 5, 3, 2.9, 2, 1.5, 1, 0.5, 0, -0.5, -1, -1.2};
    memset(r, 0, sizeof *r);
    r->facts = (tw_curvature_facts){.size = 12, .dimension = 12};
    r->complete = 1;
    r->eigenvalue_count = 12;
    r->eigenvalues = malloc(sizeof all);
    memcpy(r->eigenvalues, all, sizeof all);
    pairs(r, 1, all, 1, all + 11, 0.6);
    if (tw_density_of(12, all, &r->density) != TW_OK)
        abort();
}

void sample_curved(tw_surface *s, size_t n, size_t ny) {
    static const char *const names[] = {"train_loss", TW_METRIC_MIN_EIG, TW_METRIC_MAX_EIG,
                                        TW_METRIC_MIN_EIG_ERROR, TW_METRIC_MAX_EIG_ERROR};
    sample_surface(s, ny > 1 ? 2 : 1, n, ny, 5, names);
    size_t points = n * ny;
    for (size_t k = 0; k < points; k++) {
        double x = 1.5 * s->x[k % n], y = ny > 1 ? 1.5 * s->y[k / n] : 0;
        double across = 12 * x * x - 4;
        s->values[k] = (x * x - 1) * (x * x - 1) + y * y;
        s->values[points + k] = fmin(across, 2);
        s->values[2 * points + k] = fmax(across, 2);
        s->values[3 * points + k] = s->values[4 * points + k] = 1e-3;
    }
    s->values[points] = s->values[2 * points] = NAN;
}

tw_status sample_draw_curved(const char *path, const tw_surface *surface,
                             tw_curvature_picture map) {
    const tw_study_picture_options options = tw_study_picture_defaults();
    tw_figure figure = {.bytes = sizeof figure};
    tw_surface shown = {0};
    tw_status status = tw_picture_curvature(surface, map, &options, &figure, &shown);
    if (status == TW_OK)
        status = tw_plot_surface(path, &figure, &shown, 0);
    tw_surface_release(&shown);
    return status;
}
