#include "plot/spectrum_scale.h"

#include <math.h>

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

static void add(tw_ticks *ticks, const tw_span *span, double at, double value, int named) {
    if (at < span->low || at > span->high || ticks->count == TW_TICKS_MAX)
        return;
    tw_tick *tick = &ticks->tick[ticks->count++];
    *tick = (tw_tick){.value = at};
    if (named)
        tw_number_text(value, tick->text, sizeof tick->text);
    ticks->major += named != 0;
}

/* Powers of ten from the scale on, every `every`-th named, to both sides of 0. Within less than a
 * decade their multiples are named as well. */
static void choose(const tw_spectrum_scale *s, int every, tw_side *side) {
    int first = (int)ceil(log10(s->scale)), last = (int)floor(log10(s->largest));
    side->ticks = (tw_ticks){0};
    for (int sign = -1; sign <= 1; sign += 2)
        for (int power = last; power >= first; power--) {
            double value = sign * pow(10, power);
            int named = (last - power) % every == 0;
            add(&side->ticks, &side->span, tw_spectrum_at(s, value), value, named);
            for (int k = 2; k <= 9; k++)
                add(&side->ticks, &side->span, tw_spectrum_at(s, k * value), k * value, 0);
        }
    add(&side->ticks, &side->span, 0, 0, 1);
}

/* Texts of neighbours; the ticks are not in order. */
static int have_room(const tw_side *side, const tw_font *font, double length) {
    const tw_ticks *ticks = &side->ticks;
    for (size_t a = 0; a < ticks->count; a++)
        for (size_t b = 0; b < a; b++) {
            const tw_tick *one = &ticks->tick[a], *other = &ticks->tick[b];
            double apart =
                fabs(tw_span_at(&side->span, one->value) - tw_span_at(&side->span, other->value)) *
                length;
            if (one->text[0] && other->text[0] &&
                apart < (tw_text_width(font, one->text, TW_TICK_SIZE) +
                         tw_text_width(font, other->text, TW_TICK_SIZE)) /
                                2 +
                            6)
                return 0;
        }
    return 1;
}

void tw_spectrum_ticks(const tw_spectrum_scale *scale, tw_side *side, const tw_font *font,
                       double length) {
    if (!(scale->scale > 0)) {
        tw_side_ticks_level(side, font, length);
        return;
    }
    for (int every = 1; every < 12; every++) {
        choose(scale, every, side);
        if (have_room(side, font, length))
            break;
    }
}
