#include "plot/spectrum_scale.h"

#include <math.h>
#include <stdlib.h>

static const double LEAST_SCALE = 1e-5, LINEAR_FROM = 0.05;

/* ---- the scale ---- */

/* The share of eigenvalues of a modulus below `value`. */
static double share_below(const tw_density *d, double value) {
    double share = 0;
    for (size_t p = 0; p < d->probes; p++)
        for (size_t k = 0; k < d->counts[p]; k++)
            if (fabs(d->nodes[p * d->steps + k]) < value)
                share += d->weights[p * d->steps + k];
    return share / (double)d->probes;
}

static void take(tw_spectrum_scale *s, double value) {
    if (!tw_is_drawable(value))
        return;
    s->low = fmin(s->low, value);
    s->high = fmax(s->high, value);
    s->largest = fmax(s->largest, fabs(value));
}

/* What lies between is found by halving, to a few per cent. */
static double median_modulus(const tw_density *d, double largest) {
    double low = log(LEAST_SCALE * largest), high = log(largest);
    for (int k = 0; k < 12; k++) {
        double middle = (low + high) / 2;
        if (share_below(d, exp(middle)) < 0.5)
            low = middle;
        else
            high = middle;
    }
    return exp(high);
}

tw_spectrum_scale tw_spectrum_scale_of(const tw_curvature_report *report) {
    const tw_density *d = &report->density;
    tw_spectrum_scale s = {.low = HUGE_VAL, .high = -HUGE_VAL};
    for (size_t p = 0; p < d->probes; p++)
        for (size_t k = 0; k < d->counts[p]; k++)
            take(&s, d->nodes[p * d->steps + k]);
    for (size_t k = 0; k < report->largest_count; k++)
        take(&s, report->largest[k].value);
    for (size_t k = 0; k < report->smallest_count; k++)
        take(&s, report->smallest[k].value);
    if (!(s.largest > 1e-290) || d->probes == 0)
        return s;
    s.scale = median_modulus(d, s.largest);
    if (s.scale > LINEAR_FROM * s.largest)
        s.scale = 0;
    return s;
}

double tw_spectrum_at(const tw_spectrum_scale *scale, double value) {
    return scale->scale > 0 ? asinh(value / scale->scale) : value;
}

/* ---- ticks ---- */

typedef struct chooser {
    const tw_spectrum_scale *scale;
    tw_side *side;
    const tw_font *font;
    double length;
} chooser;

static int is_on_axis(const chooser *c, double value) {
    double at = tw_spectrum_at(c->scale, value);
    return at >= c->side->span.low && at <= c->side->span.high;
}

/* A tick without a name; NULL where it is off the axis, or there are too many. */
static tw_tick *add(const chooser *c, double value) {
    tw_ticks *ticks = &c->side->ticks;
    if (!is_on_axis(c, value) || ticks->count == TW_TICKS_MAX)
        return NULL;
    tw_tick *tick = &ticks->tick[ticks->count++];
    *tick = (tw_tick){.value = tw_spectrum_at(c->scale, value)};
    return tick;
}

static int touch(const chooser *c, const tw_tick *one, const tw_tick *other) {
    const tw_span *span = &c->side->span;
    double apart = fabs(tw_span_at(span, one->value) - tw_span_at(span, other->value)) * c->length;
    return one->text[0] && other->text[0] &&
           apart < (tw_text_width(c->font, one->text, TW_TICK_SIZE) +
                    tw_text_width(c->font, other->text, TW_TICK_SIZE)) /
                           2 +
                       6;
}

/* Names the last tick that was added, unless its name touches one of the first `count`. */
static void name(const chooser *c, double value, size_t count) {
    tw_ticks *ticks = &c->side->ticks;
    tw_tick *tick = &ticks->tick[ticks->count - 1];
    tw_number_text(value, tick->text, sizeof tick->text);
    for (size_t k = 0; k < count; k++)
        if (touch(c, tick, &ticks->tick[k]))
            tick->text[0] = '\0';
    ticks->major += tick->text[0] != '\0';
}

/* Powers of ten on one side of 0 from the scale on, of which every `every`-th from the last that
 * the spectrum reaches has a name unless 0 is near; and the last multiple that it reaches, where
 * there is room. */
static void choose_side(const chooser *c, int sign, int every) {
    const tw_spectrum_scale *s = c->scale;
    int first = (int)ceil(log10(s->scale)), end = (int)floor(log10(s->largest)) + 1;
    double reach = sign < 0 ? -s->low : s->high;
    int last = reach > 0 ? (int)floor(log10(reach) + 1e-9) : first - 1;
    for (int power = end; power >= first; power--) {
        double value = sign * pow(10, power);
        if (add(c, value) != NULL && power <= last && (last - power) % every == 0)
            name(c, value, 1);
        for (int k = 2; k <= 9; k++)
            add(c, k * value);
    }
    if (!(reach > s->scale))
        return;
    double value = sign * floor(reach / pow(10, last) + 1e-9) * pow(10, last);
    size_t before = c->side->ticks.count;
    if (value != sign * pow(10, last) && add(c, value) != NULL)
        name(c, value, before);
}

static void choose(const chooser *c, int every) {
    c->side->ticks = (tw_ticks){0};
    if (add(c, 0) != NULL)
        name(c, 0, 0);
    for (int sign = -1; sign <= 1; sign += 2)
        choose_side(c, sign, every);
}

static int rises(const void *left, const void *right) {
    const tw_tick *a = left, *b = right;
    return (a->value > b->value) - (a->value < b->value);
}

static int have_room(const chooser *c) {
    const tw_ticks *ticks = &c->side->ticks;
    for (size_t a = 0; a < ticks->count; a++)
        for (size_t b = 0; b < a; b++)
            if (touch(c, &ticks->tick[a], &ticks->tick[b]))
                return 0;
    return 1;
}

void tw_spectrum_ticks(const tw_spectrum_scale *scale, tw_side *side, const tw_font *font,
                       double length) {
    const chooser c = {scale, side, font, length};
    if (!(scale->scale > 0)) {
        tw_side_ticks_level(side, font, length);
        return;
    }
    for (int every = 1; every < 12; every++) {
        choose(&c, every);
        if (have_room(&c))
            break;
    }
    /* pages of characters name them from the left */
    qsort(side->ticks.tick, side->ticks.count, sizeof side->ticks.tick[0], rises);
}
