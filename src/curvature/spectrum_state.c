/* spectrum_state.c: a search taken out, and put into another handle. */
#include <math.h>
#include <string.h>

#include "algebra/power_unit.h"
#include "curvature/curvature_product.h"
#include "curvature/curvature_unit.h"
#include "curvature/spectrum_private.h"

/* Of the part "counters". The first ones say whether it fits. */
enum {
    VERSION,
    SIZE,
    DIMENSION,
    LARGEST,
    SMALLEST,
    ROOM,
    BLOCK,
    SEED_HIGH,
    SEED_LOW,
    SAME,
    COUNT = SAME,
    DONE,
    DRAWS,
    PRODUCTS,
    MOST_BASIS,
    PHASE,
    STOP,
    RESTARTS,
    ROUNDS,
    REFINED,
    WORST,
    SCALE,
    FOUND,
    BEST,
    BEST_AT,
    KNOWN,
    PROBE,
    KNOWN_LENGTH,
    ERROR,
    UNIT,
    LOCKED,
    ANCHOR,
    LEADS,
    EDGES = LEADS + 2,
    CONFIRMED = EDGES + 2,
    COUNTERS
};

enum { STATE_VERSION = 3 };
_Static_assert(COUNTERS <= sizeof((tw_spectrum){0}.counters) / sizeof(double), "room");

static void count(const tw_spectrum *s, double *c) {
    const tw_krylov *space = &s->space;
    c[VERSION] = STATE_VERSION;
    c[SIZE] = (double)space->n;
    c[DIMENSION] = (double)space->dimension;
    c[LARGEST] = (double)s->largest;
    c[SMALLEST] = (double)s->smallest;
    c[ROOM] = (double)space->room;
    c[BLOCK] = (double)space->block;
    c[SEED_HIGH] = (double)(space->seed >> 32);
    c[SEED_LOW] = (double)(space->seed & 0xffffffff);
    c[COUNT] = (double)space->count;
    c[DONE] = (double)space->done;
    c[DRAWS] = (double)space->draws;
    c[PRODUCTS] = (double)space->products;
    c[MOST_BASIS] = (double)space->most_basis;
    c[PHASE] = s->phase;
    c[STOP] = s->stop;
    c[RESTARTS] = (double)s->restarts;
    c[ROUNDS] = (double)s->rounds;
    c[REFINED] = (double)s->refined;
    c[WORST] = s->worst;
    c[SCALE] = space->scale;
    c[FOUND] = (double)s->found;
    c[BEST] = s->best;
    c[BEST_AT] = (double)s->best_at;
    c[KNOWN] = (double)space->known;
    c[PROBE] = (double)space->probe;
    c[KNOWN_LENGTH] = space->known_length;
    c[ERROR] = space->error;
    c[UNIT] = tw_curvature_has_unit(space->curvature) ? tw_curvature_unit(space->curvature) : 0;
    c[LOCKED] = (double)s->locked;
    c[ANCHOR] = (double)s->anchor;
    memcpy(c + LEADS, s->lead, sizeof s->lead);
    memcpy(c + EDGES, s->edge, sizeof s->edge);
    c[CONFIRMED] = s->confirmed;
}

static int is_count(double value, double most) {
    return value >= 0 && value <= most && value == floor(value);
}

/* What is made after the last Rayleigh quotient is a block, or a start of wanted pairs; a check is
 * of just these pairs. Rows of the basis are reckoned from that. */
static int phase_fits(const tw_spectrum *s, const double *c) {
    double dimension = (double)s->space.dimension, wanted = (double)tw_spectrum_wanted(s);
    if (c[COUNT] > dimension || c[COUNT] - c[DONE] > fmax((double)s->space.block, wanted))
        return 0;
    return c[PHASE] == TW_SPECTRUM_GROWING ||
           (c[COUNT] == c[DONE] && c[DONE] == fmin(wanted, dimension));
}

/* The operator's vector stands behind what has products, alone, and the operator has it. */
static int known_fits(const tw_spectrum *s, const double *c) {
    const double *product;
    if (c[KNOWN] == 0)
        return 1;
    return c[KNOWN] == c[COUNT] && c[COUNT] == c[DONE] + 1 && is_count(c[PROBE], 1) &&
           isfinite(c[KNOWN_LENGTH]) && c[KNOWN_LENGTH] > 0 &&
           tw_curvature_probe(s->space.curvature, s->space.seed, (size_t)c[PROBE], &product) !=
               NULL;
}

/* What an operator with products of its own has already is no other one. */
static int unit_fits(const tw_spectrum *s, double unit) {
    const tw_curvature *own = s->space.curvature;
    return unit == 0 ||
           (tw_is_unit(unit) && (!tw_curvature_has_unit(own) || unit == tw_curvature_unit(own)));
}

/* In front of a random vector stand what was found and then Ritz vectors, all with their products;
 * of `projected` there is a row of its own. */
static int chain_fits(const tw_spectrum *s, const double *c) {
    return is_count(c[ANCHOR], c[DONE]) && c[ANCHOR] < (double)s->space.room &&
           is_count(c[LOCKED], c[ANCHOR]) && is_count(c[CONFIRMED], 1) && c[LEADS] >= 0 &&
           c[LEADS + 1] >= 0;
}

static int makes_sense(const tw_spectrum *s, const double *c) {
    return is_count(c[COUNT], (double)s->space.room) && is_count(c[DONE], c[COUNT]) &&
           is_count(c[PHASE], TW_SPECTRUM_ENDED) && is_count(c[STOP], TW_SPECTRUM_ROUNDING) &&
           is_count(c[DRAWS], 0x1p52) && is_count(c[PRODUCTS], 0x1p52) &&
           is_count(c[MOST_BASIS], (double)s->space.room) && is_count(c[RESTARTS], 0x1p52) &&
           is_count(c[ROUNDS], 0x1p52) && is_count(c[REFINED], 0x1p52) &&
           is_count(c[FOUND], (double)s->space.room) && is_count(c[BEST_AT], 0x1p52) &&
           c[SCALE] >= 0 && isfinite(c[SCALE]) && c[ERROR] >= 0 && isfinite(c[ERROR]) &&
           unit_fits(s, c[UNIT]) && phase_fits(s, c) && known_fits(s, c) && chain_fits(s, c);
}

static void take(tw_spectrum *s, const double *c) {
    tw_krylov *space = &s->space;
    space->count = (size_t)c[COUNT];
    space->done = (size_t)c[DONE];
    space->draws = (uint64_t)c[DRAWS];
    space->products = (unsigned long long)c[PRODUCTS];
    space->most_basis = (size_t)c[MOST_BASIS];
    s->phase = (tw_spectrum_phase)c[PHASE];
    s->stop = (tw_spectrum_stop)c[STOP];
    s->restarts = (size_t)c[RESTARTS];
    s->rounds = (size_t)c[ROUNDS];
    s->refined = (size_t)c[REFINED];
    s->worst = c[WORST];
    space->scale = c[SCALE];
    s->found = (size_t)c[FOUND];
    s->best = c[BEST];
    s->best_at = (unsigned long long)c[BEST_AT];
    space->known = (size_t)c[KNOWN];
    space->probe = (size_t)c[PROBE];
    space->known_length = c[KNOWN_LENGTH];
    space->error = c[ERROR];
    if (c[UNIT] > 0)
        tw_curvature_set_unit(space->curvature, c[UNIT]);
    s->locked = (size_t)c[LOCKED];
    s->anchor = (size_t)c[ANCHOR];
    memcpy(s->lead, c + LEADS, sizeof s->lead);
    memcpy(s->edge, c + EDGES, sizeof s->edge);
    s->confirmed = c[CONFIRMED] != 0;
}

/* Everything but the counters in the order of the parts; what is found stands in one block. */
typedef struct piece {
    const char *name;
    size_t count;
    double *values;
} piece;

enum { PIECES = 7 };

static void pieces_of(tw_spectrum *s, size_t vectors, piece pieces[PIECES]) {
    size_t wanted = tw_spectrum_wanted(s), room = s->space.room;
    const piece all[PIECES] = {{"basis", vectors * s->space.n, s->space.basis},
                               {"projected", room * room, s->space.projected},
                               {"slack", room, s->space.slack},
                               {"known", room, s->space.known_part},
                               {"values", wanted, s->wanted},
                               {"residuals", wanted, s->residual},
                               {"counters", COUNTERS, s->counters}};
    memcpy(pieces, all, sizeof all);
}

tw_status tw_spectrum_state(tw_spectrum *spectrum, size_t *count_out,
                            const tw_spectrum_part **parts) {
    piece pieces[PIECES];
    count(spectrum, spectrum->counters);
    pieces_of(spectrum, spectrum->space.count, pieces);
    for (size_t k = 0; k < PIECES; k++)
        spectrum->parts[k] = (tw_spectrum_part){pieces[k].name, pieces[k].count, pieces[k].values};
    *count_out = PIECES;
    *parts = spectrum->parts;
    return TW_OK;
}

static const tw_spectrum_part *find(size_t count, const tw_spectrum_part *parts, const char *name) {
    for (size_t k = 0; k < count; k++)
        if (strcmp(parts[k].name, name) == 0)
            return &parts[k];
    return NULL;
}

/* What is computed with, and of a search that has ended what it says. */
static int are_numbers(size_t count_in, const tw_spectrum_part *parts, double phase) {
    enum { ALWAYS = 4, RESIDUALS, ALL };
    static const char *const names[ALL] = {"basis", "projected", "slack",
                                           "known", "values",    "residuals"};
    for (int k = 0; k < (phase == TW_SPECTRUM_ENDED ? ALL : ALWAYS); k++) {
        const tw_spectrum_part *part = find(count_in, parts, names[k]);
        for (size_t i = 0; i < part->count; i++)
            if (!isfinite(part->values[i]) || (k == RESIDUALS && part->values[i] < 0))
                return 0;
    }
    return 1;
}

tw_status tw_spectrum_restore(tw_spectrum *spectrum, size_t count_in,
                              const tw_spectrum_part *parts) {
    const tw_spectrum_part *given = find(count_in, parts, "counters");
    double own[COUNTERS];
    piece pieces[PIECES];
    if (spectrum->space.done > 0)
        return tw_fail(TW_ERR_ARGUMENT, "a state goes into a search that has not begun");
    count(spectrum, own);
    if (given == NULL || given->count != COUNTERS || !makes_sense(spectrum, given->values) ||
        memcmp(given->values, own, SAME * sizeof *own) != 0)
        return tw_fail(TW_ERR_FORMAT, "a state of another search: the operator, the pairs, the "
                                      "basis, the block and the seed must be the same");
    pieces_of(spectrum, (size_t)given->values[COUNT], pieces);
    for (size_t k = 0; k < PIECES; k++) {
        const tw_spectrum_part *part = find(count_in, parts, pieces[k].name);
        if (part == NULL || part->count != pieces[k].count)
            return tw_fail(TW_ERR_FORMAT,
                           "a state of a search: its part '%s' is not there or not "
                           "whole",
                           pieces[k].name);
    }
    if (!are_numbers(count_in, parts, given->values[PHASE]))
        return tw_fail(TW_ERR_FORMAT, "a state of a search: not all of it are numbers");
    for (size_t k = 0; k < PIECES; k++)
        memcpy(pieces[k].values, find(count_in, parts, pieces[k].name)->values,
               pieces[k].count * sizeof(double));
    take(spectrum, spectrum->counters);
    return TW_OK;
}
