/* spectrum.c: the handle of a search for extreme pairs. */
#include "thalweg/spectrum.h"

#include <math.h>
#include <stdlib.h>

#include "core/alloc.h"
#include "core/versioned.h"
#include "curvature/curvature_unit.h"
#include "curvature/spectrum_private.h"

enum { DEFAULT_PRODUCTS = 100000 };
static const size_t default_memory = (size_t)1 << 30;

static size_t least(size_t a, size_t b) {
    return a < b ? a : b;
}

/* ---- options ---- */

static tw_status check_start(const tw_spectrum *s, const tw_curvature_facts *facts) {
    const double *scale = tw_curvature_scale(s->space.curvature);
    for (size_t k = 0; k < s->options.start_count; k++) {
        double most = 0;
        for (size_t i = 0; i < facts->size; i++) {
            double entry = s->options.start[k * facts->size + i];
            if (!isfinite(entry))
                return tw_fail(TW_ERR_ARGUMENT, "vector %zu to start with: entry %zu is %g", k, i,
                               entry);
            most = scale[i] != 0 ? fmax(most, fabs(entry)) : most;
        }
        if (most == 0)
            return tw_fail(TW_ERR_ARGUMENT,
                           "vector %zu to start with is zero where parameters move", k);
    }
    return TW_OK;
}

static tw_status resolve(tw_spectrum *s, const tw_spectrum_options *given) {
    tw_curvature_facts facts;
    tw_spectrum_options *o = &s->options;
    tw_curvature_facts_of(s->space.curvature, &facts);
    tw_status status = TW_TAKE(tw_spectrum_options, user, o, given);
    if (status != TW_OK)
        return status;
    if (!(o->tolerance >= 0) || o->tolerance >= 1)
        return tw_fail(TW_ERR_ARGUMENT,
                       "a tolerance of %g: give a share of the largest eigenvalue, such as 1e-6",
                       o->tolerance);
    if (o->start == NULL)
        o->start_count = 0;
    if (o->largest == 0 && o->smallest == 0)
        o->largest = o->smallest = 1;
    o->tolerance = o->tolerance > 0 ? o->tolerance : 1e-6;
    o->products = o->products > 0 ? o->products : DEFAULT_PRODUCTS;
    o->memory = o->memory > 0 ? o->memory : default_memory;
    s->largest = least(o->largest, facts.dimension);
    s->smallest = least(o->smallest, facts.dimension);
    size_t block = o->block > 0 ? o->block : o->start_count + 1;
    block = block > o->start_count ? block : o->start_count;
    s->space.block = least(block, facts.dimension);
    s->space.seed = o->seed;
    return check_start(s, &facts);
}

/* Vectors that are kept: a few times what is wanted, and no more than there are and than memory
 * holds. */
static tw_status choose_room(tw_spectrum *s) {
    tw_curvature_facts facts;
    tw_curvature_facts_of(s->space.curvature, &facts);
    size_t wanted = tw_spectrum_wanted(s), block = s->space.block;
    size_t fewest = 2 * wanted + 2 * block + 2, whole = facts.dimension + block;
    size_t fit = s->options.memory / sizeof(double) / facts.size;
    size_t useful = 4 * wanted + 10 * block + 100;
    fewest = least(fewest, whole);
    s->space.room = least(s->options.basis > 0 ? s->options.basis : least(useful, fit), whole);
    if (s->options.basis > 0 && s->space.room < fewest)
        return tw_fail(TW_ERR_ARGUMENT, "a basis of %zu vectors: %zu pairs need %zu at least",
                       s->options.basis, wanted, fewest);
    if (s->space.room < fewest)
        return tw_fail(
            TW_ERR_MEMORY,
            "%zu pairs of %zu parameters need %zu vectors at least, %zu MiB, and %zu MiB "
            "are allowed: ask for fewer pairs, or for a basis of as many vectors",
            wanted, facts.size, fewest, fewest * facts.size * sizeof(double) >> 20,
            s->options.memory >> 20);
    return TW_OK;
}

static tw_status make(tw_spectrum *s) {
    size_t wanted = tw_spectrum_wanted(s), room = s->space.room;
    tw_status status = tw_krylov_make(&s->space);
    s->wanted = tw_alloc(wanted, sizeof(double));
    s->residual = tw_alloc(wanted, sizeof(double));
    s->ritz = tw_alloc(room, sizeof(double));
    s->ritz_residual = tw_alloc(room, sizeof(double));
    s->ritz_vectors = tw_alloc(room, room * sizeof(double));
    s->pairs = tw_alloc(wanted, sizeof *s->pairs);
    if (status == TW_OK &&
        (s->wanted == NULL || s->residual == NULL || s->ritz == NULL || s->ritz_residual == NULL ||
         s->ritz_vectors == NULL || s->pairs == NULL))
        status = tw_fail(TW_ERR_MEMORY, "not enough memory for %zu pairs", wanted);
    return status;
}

tw_status tw_spectrum_open(tw_curvature *curvature, const tw_spectrum_options *options,
                           tw_spectrum **out) {
    tw_spectrum *s = tw_alloc(1, sizeof *s);
    if (s == NULL)
        return tw_fail(TW_ERR_MEMORY, "not enough memory for a spectrum");
    s->space.curvature = curvature;
    s->bound[0] = INFINITY;
    s->bound[1] = -INFINITY;
    tw_status status = resolve(s, options);
    if (status == TW_OK)
        status = choose_room(s);
    if (status == TW_OK)
        status = make(s);
    if (status == TW_OK)
        status = tw_spectrum_begin(s);
    s->options.start = NULL; /* it is in the basis now; start_count stays */
    if (status != TW_OK) {
        tw_spectrum_close(s);
        return status;
    }
    *out = s;
    return TW_OK;
}

void tw_spectrum_close(tw_spectrum *spectrum) {
    if (spectrum == NULL)
        return;
    tw_krylov_release(&spectrum->space);
    free(spectrum->wanted);
    free(spectrum->residual);
    free(spectrum->ritz);
    free(spectrum->ritz_residual);
    free(spectrum->ritz_vectors);
    free(spectrum->pairs);
    free(spectrum);
}

/* ---- running ---- */

tw_status tw_spectrum_run(tw_spectrum *spectrum, size_t blocks) {
    tw_status status = TW_OK;
    for (size_t k = 0; k < blocks && status == TW_OK && !tw_spectrum_ended(spectrum); k++)
        status = tw_spectrum_step(spectrum);
    return status;
}

int tw_spectrum_ended(const tw_spectrum *spectrum) {
    return spectrum->phase == TW_SPECTRUM_ENDED;
}

static const double *vector_of(const tw_spectrum *s, size_t k) {
    return tw_spectrum_ended(s) ? s->space.basis + tw_spectrum_row(s, k) * s->space.n : NULL;
}

tw_status tw_spectrum_result_of(tw_spectrum *spectrum, tw_spectrum_result *out) {
    tw_spectrum *s = spectrum;
    double unit = tw_curvature_unit(s->space.curvature);
    for (size_t k = 0; k < tw_spectrum_wanted(s); k++)
        s->pairs[k] = (tw_eigenpair){unit * s->wanted[k], unit * s->residual[k], vector_of(s, k)};
    size_t found = tw_spectrum_ended(s) ? s->space.dimension : s->found;
    *out = (tw_spectrum_result){.bytes = sizeof *out,
                                .stop = s->stop,
                                .largest_count = least(s->largest, found),
                                .smallest_count = least(s->smallest, found),
                                .largest = s->pairs,
                                .smallest = s->pairs + s->largest,
                                .tolerance = unit * tw_spectrum_tolerance(s),
                                .rounding = unit * tw_spectrum_rounding(s),
                                .products = s->space.products,
                                .basis = s->space.most_basis,
                                .restarts = s->restarts,
                                .rounds = s->rounds,
                                .memory = s->space.room * s->space.n * sizeof(double)};
    return TW_OK;
}
