#include "draw/axes.h"

#include <math.h>
#include <stdio.h>

static const double LARGEST = 1e305, TINY = 1e-290;

int tw_is_drawable(double value) {
    return fabs(value) <= LARGEST;
}

tw_extent tw_extent_start(void) {
    return (tw_extent){.low = HUGE_VAL, .high = -HUGE_VAL, .smallest_positive = HUGE_VAL};
}

void tw_extent_add(tw_extent *extent, double value) {
    if (!tw_is_drawable(value)) {
        extent->not_finite++;
        return;
    }
    extent->finite++;
    extent->low = fmin(extent->low, value);
    extent->high = fmax(extent->high, value);
    extent->negative += value < 0;
    if (value > TINY)
        extent->smallest_positive = fmin(extent->smallest_positive, value);
    else
        extent->not_positive++;
}

void tw_extent_join(tw_extent *extent, const tw_extent *other) {
    extent->low = fmin(extent->low, other->low);
    extent->high = fmax(extent->high, other->high);
    extent->smallest_positive = fmin(extent->smallest_positive, other->smallest_positive);
    extent->finite += other->finite;
    extent->not_finite += other->not_finite;
    extent->not_positive += other->not_positive;
    extent->negative += other->negative;
}

int tw_scale_is_log(tw_scale scale, const tw_extent *extent, double ratio) {
    if (scale == TW_SCALE_LOG)
        return 1;
    return scale == TW_SCALE_AUTO && extent->finite > 0 && extent->negative == 0 &&
           extent->not_positive * 100 <= extent->finite && extent->smallest_positive < HUGE_VAL &&
           extent->high / extent->smallest_positive > ratio;
}

static tw_span log_span(const tw_extent *extent, double margin) {
    if (extent->smallest_positive == HUGE_VAL)
        return (tw_span){0.1, 10, 1};
    double low = log10(extent->smallest_positive), high = log10(extent->high);
    if (high - low < 1e-9)
        return (tw_span){extent->high / 2, extent->high * 2, 1};
    double more = margin * (high - low);
    return (tw_span){margin > 0 ? fmax(pow(10, low - more), 1e-305) : extent->smallest_positive,
                     margin > 0 ? fmin(pow(10, high + more), 1e306) : extent->high, 1};
}

int tw_extent_is_one(const tw_extent *extent) {
    double least = fmax(fabs(extent->low), fabs(extent->high)) * 1e-13;
    return extent->high - extent->low <= fmax(least, TINY);
}

tw_span tw_span_of(const tw_extent *extent, int log, double margin) {
    if (log)
        return log_span(extent, margin);
    if (extent->finite == 0)
        return (tw_span){0, 1, 0};
    double low = extent->low, high = extent->high, middle = low / 2 + high / 2;
    if (tw_extent_is_one(extent)) {
        double half = fabs(middle) > TINY ? 0.05 * fabs(middle) : 1;
        return (tw_span){middle - half, middle + half, 0};
    }
    double more = margin * (high - low);
    return (tw_span){low - more, high + more, 0};
}

double tw_span_at(const tw_span *span, double value) {
    if (!span->log)
        return (value - span->low) / (span->high - span->low);
    if (value <= 0)
        return 0;
    /* a difference, since the ratio of the ends may be beyond all numbers */
    return (log(value) - log(span->low)) / (log(span->high) - log(span->low));
}

static void name_ticks(tw_side *side) {
    side->ticks = (tw_ticks){0};
    for (size_t k = 0; k < side->name_count && k < TW_TICKS_MAX; k++) {
        tw_tick *tick = &side->ticks.tick[side->ticks.count++];
        tick->value = (double)k;
        snprintf(tick->text, sizeof tick->text, "%s", side->names[k]);
    }
    side->ticks.major = side->ticks.count;
}

static void tick_constant(tw_side *side) {
    tw_tick *tick = &side->ticks.tick[0];
    side->ticks = (tw_ticks){.count = 1, .major = 1};
    tick->value = side->span.log ? sqrt(side->span.low) * sqrt(side->span.high)
                                 : side->span.low / 2 + side->span.high / 2;
    tw_number_digits(tick->value, 4, tick->text, sizeof tick->text);
}

static void choose_ticks(tw_side *side, int most) {
    if (side->name_count > 0)
        name_ticks(side);
    else if (side->is_constant)
        tick_constant(side);
    else if (side->span.log)
        tw_ticks_log(side->span.low, side->span.high, most, &side->ticks);
    else
        tw_ticks_linear(side->span.low, side->span.high, most, &side->ticks);
}

void tw_side_ticks_upright(tw_side *side, double length) {
    int most = (int)(length / 22);
    most = most < 2 ? 2 : most > 9 ? 9 : most;
    do { /* one number alone says nothing of the scale */
        choose_ticks(side, most++);
    } while (side->ticks.major < 2 && most < 5 && side->name_count == 0 && !side->is_constant);
}

/* The least room between the texts of neighbouring ticks. */
static double least_gap(const tw_side *side, const tw_font *font, double length) {
    double gap = HUGE_VAL, edge = -HUGE_VAL;
    for (size_t i = 0; i < side->ticks.count; i++) {
        const tw_tick *tick = &side->ticks.tick[i];
        if (tick->text[0] == '\0')
            continue;
        double half = tw_text_width(font, tick->text, TW_TICK_SIZE) / 2;
        double at = tw_span_at(&side->span, tick->value) * length;
        gap = fmin(gap, at - half - edge);
        edge = at + half;
    }
    return gap;
}

void tw_side_ticks_level(tw_side *side, const tw_font *font, double length) {
    for (int most = side->span.log ? 11 : 7; most >= 2; most--) {
        choose_ticks(side, most);
        if (least_gap(side, font, length) >= 7)
            break;
    }
}

double tw_side_text_width(const tw_side *side, const tw_font *font) {
    double widest = side->least_width;
    for (size_t i = 0; i < side->ticks.count && !side->mute; i++)
        widest = fmax(widest, tw_text_width(font, side->ticks.tick[i].text, TW_TICK_SIZE));
    return widest;
}

static int is_major(const tw_tick *tick) {
    return tick->text[0] != '\0';
}

void tw_side_draw_bottom(tw_canvas *canvas, const tw_side *side, const tw_rect *box) {
    cairo_t *cr = canvas->cr;
    double edge = box->y + box->h;
    tw_text_style style = {.size = TW_TICK_SIZE, .across = 0.5, .up = 1, .ink = side->ink};
    cairo_set_line_width(cr, 0.6);
    for (size_t i = 0; i < side->ticks.count; i++) {
        const tw_tick *tick = &side->ticks.tick[i];
        double x = box->x + tw_span_at(&side->span, tick->value) * box->w;
        tw_canvas_ink(canvas, side->ink, 1);
        cairo_move_to(cr, x, edge);
        cairo_line_to(cr, x, edge + (is_major(tick) ? TW_TICK_MAJOR : TW_TICK_MINOR));
        cairo_stroke(cr);
        if (!side->mute)
            tw_canvas_text(canvas, x, edge + TW_TICK_MAJOR + TW_TICK_GAP, tick->text, &style);
    }
    if (side->mute)
        return;
    style.across = 1;
    tw_canvas_text(canvas, box->x + box->w, edge + TW_TICK_MAJOR + 2 * TW_TICK_GAP + TW_TICK_SIZE,
                   side->ticks.factor, &style);
}

void tw_side_draw_upright(tw_canvas *canvas, const tw_side *side, const tw_rect *box, int right) {
    cairo_t *cr = canvas->cr;
    double edge = right ? box->x + box->w : box->x, out = right ? 1 : -1;
    tw_text_style style = {
        .size = TW_TICK_SIZE, .across = right ? 0 : 1, .up = 0.5, .ink = side->ink};
    cairo_set_line_width(cr, 0.6);
    for (size_t i = 0; i < side->ticks.count; i++) {
        const tw_tick *tick = &side->ticks.tick[i];
        double y = box->y + (1 - tw_span_at(&side->span, tick->value)) * box->h;
        tw_canvas_ink(canvas, side->ink, 1);
        cairo_move_to(cr, edge, y);
        cairo_line_to(cr, edge + out * (is_major(tick) ? TW_TICK_MAJOR : TW_TICK_MINOR), y);
        cairo_stroke(cr);
        if (!side->mute)
            tw_canvas_text(canvas, edge + out * (TW_TICK_MAJOR + TW_TICK_GAP), y, tick->text,
                           &style);
    }
    if (side->mute || side->factor_named)
        return;
    style.across = right ? 1 : 0;
    style.up = 0;
    tw_canvas_text(canvas, edge, box->y - 4, side->ticks.factor, &style);
}
