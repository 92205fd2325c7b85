#include <math.h>
#include <stdint.h>
#include <stdio.h>

#include "plot/sweep_sheet.h"

/* Okabe and Ito's blue, green and purple; rings are vermilion everywhere */
const tw_rgb tw_sweep_inks[TW_SWEEP_SCHEMES] = {{0, 0x72 / 255.0, 0xb2 / 255.0},
                                                {0, 0x9e / 255.0, 0x73 / 255.0},
                                                {0xaa / 255.0, 0x4a / 255.0, 0x8c / 255.0}};
const tw_rgb TW_SWEEP_FAINT = {0.42, 0.42, 0.42};

/* ---- what the fits say ---- */

int tw_sweep_laws(const tw_sweep_sheet *s, tw_sweep_law *laws) {
    const tw_sweep *sweep = s->sweep;
    int count = 0;
    if (sweep->noise > 0)
        laws[count++] = (tw_sweep_law){sweep->noise / s->unit, -1, "\xce\xb5 / h"};
    if (sweep->fit[0].derivative > 0)
        laws[count++] =
            (tw_sweep_law){sweep->fit[0].derivative / 2 / s->unit, 1, "|f\xe2\x80\xb3| h / 2"};
    if (sweep->fit[1].derivative > 0)
        laws[count++] = (tw_sweep_law){sweep->fit[1].derivative / 6 / s->unit, 2,
                                       "|f\xe2\x80\xb4| h" TW_SUPER "2" TW_BASE " / 6"};
    return count;
}

size_t tw_sweep_best_step(const tw_sweep_sheet *s, int scheme) {
    const tw_sweep_fit *fit = &s->sweep->fit[scheme];
    if (!(fit->noise > 0) || s->sweep->ladder.point_class == TW_POINT_KINK)
        return SIZE_MAX;
    if (isnan(fit->step))
        return fit->best;
    size_t best = SIZE_MAX;
    double least = HUGE_VAL;
    for (size_t k = 0; k < s->sweep->count; k++) {
        double off = fabs(log(s->h[k] / fit->step));
        if (!isnan(s->errors[scheme][k]) && off < least) {
            least = off;
            best = k;
        }
    }
    return best;
}

/* ---- words ---- */

static void add_note(tw_sweep_sheet *s, const char *text) {
    tw_caption_add(&s->frame.caption, TW_HATCH_NONE, "%s", text);
}

static void note_fit(tw_sweep_sheet *s) {
    const tw_sweep_fit *fit = s->sweep->fit;
    char noise[TW_TICK_TEXT], second[TW_TICK_TEXT], third[TW_TICK_TEXT], text[TW_CAPTION_TEXT];
    tw_number_text(s->sweep->noise, noise, sizeof noise);
    tw_number_text(fit[0].derivative, second, sizeof second);
    tw_number_text(fit[1].derivative, third, sizeof third);
    int at = snprintf(text, sizeof text, "fitted:");
    if (s->sweep->noise > 0)
        at += snprintf(text + at, sizeof text - (size_t)at, " noise \xce\xb5 = %s in each value",
                       noise);
    if (fit[0].derivative > 0)
        at += snprintf(text + at, sizeof text - (size_t)at, "%s |f\xe2\x80\xb3| = %s",
                       at > 8 ? "," : "", second);
    if (fit[1].derivative > 0)
        at += snprintf(text + at, sizeof text - (size_t)at, "%s |f\xe2\x80\xb4| = %s",
                       at > 8 ? "," : "", third);
    if (at > 8)
        add_note(s, text);
}

static void note_optimum(tw_sweep_sheet *s) {
    char text[TW_CAPTION_TEXT];
    int at = snprintf(text, sizeof text, "best step:");
    for (int scheme = 0; scheme < 2; scheme++) {
        const tw_sweep_fit *fit = &s->sweep->fit[scheme];
        char step[TW_TICK_TEXT], error[TW_TICK_TEXT];
        if (isnan(fit->step) || tw_sweep_best_step(s, scheme) == SIZE_MAX)
            continue;
        tw_number_text(fit->step, step, sizeof step);
        tw_number_text(fit->error / s->unit, error, sizeof error);
        at += snprintf(text + at, sizeof text - (size_t)at, "%s %s %s (error %s)",
                       at > 11 ? "," : "", tw_scheme_name((tw_scheme)scheme), step, error);
    }
    if (at > 11)
        add_note(s, text);
}

static void note_floor(tw_sweep_sheet *s) {
    const tw_sweep *sweep = s->sweep;
    char value[TW_TICK_TEXT], bar[TW_TICK_TEXT];
    tw_number_text(sweep->reference, value, sizeof value);
    tw_number_text(s->floor, bar, sizeof bar);
    tw_caption_add(&s->frame.caption,
                   s->floor > s->frame.left.span.low ? TW_HATCH_NOT_COMPUTED : TW_HATCH_NONE,
                   "the derivative, %s, is known to %s%s%s: errors below that mean nothing", value,
                   s->unit == 1 ? "\xc2\xb1" : "", bar, s->unit == 1 ? "" : " of it");
    if (!s->has_star && sweep->ladder.step > 0) {
        tw_number_text(sweep->ladder.step, value, sizeof value);
        tw_caption_add(&s->frame.caption, TW_HATCH_NONE,
                       "thalweg's ladder took the step %s, outside the picture", value);
    }
}

static void note_missing(tw_sweep_sheet *s) {
    const tw_sweep *sweep = s->sweep;
    size_t missing = sweep->outside + sweep->not_finite + sweep->unmoved;
    char text[TW_CAPTION_TEXT] = "";
    if (missing > 0)
        tw_caption_add(&s->frame.caption, TW_HATCH_NONE,
                       "%zu step%s without a difference: %zu beyond a bound, %zu not finite, %zu "
                       "too small",
                       missing, missing == 1 ? "" : "s", sweep->outside, sweep->not_finite,
                       sweep->unmoved);
    size_t at = 0;
    for (size_t m = 0; m < sweep->mark_count; m++)
        if (!tw_is_drawable(sweep->marks[m].error) && at < sizeof text - 40)
            at += (size_t)snprintf(text + at, sizeof text - at, "%s%s", at > 0 ? ", " : "",
                                   sweep->marks[m].rule->name);
    if (at > 0)
        tw_caption_add(&s->frame.caption, TW_HATCH_NONE, "no difference at the step of %s", text);
    if (s->lowered > 0)
        tw_caption_add(&s->frame.caption, TW_HATCH_NONE,
                       "%zu error%s of 0 or below the axis at its lower edge", s->lowered,
                       s->lowered == 1 ? "" : "s");
}

void tw_sweep_words(tw_sweep_sheet *s) {
    const tw_figure *figure = s->canvas->figure;
    tw_frame *frame = &s->frame;
    char text[TW_CAPTION_TEXT];
    tw_sweep_law laws[TW_SWEEP_LAWS];
    int relative = s->unit != 1;
    frame->title = figure->title;
    frame->bottom.ink = frame->left.ink = TW_INK;
    frame->bottom.label = figure->x_label != NULL ? figure->x_label : "step h";
    frame->left.label = figure->y_label != NULL       ? figure->y_label
                        : figure->value_label != NULL ? figure->value_label
                        : relative ? "|difference \xe2\x88\x92 derivative| / |derivative|"
                                   : "|difference \xe2\x88\x92 derivative|";
    for (int scheme = 0; scheme < 2; scheme++)
        frame->legend[frame->legend_count++] = (tw_legend_entry){
            scheme == 0 && s->sweep->backward ? "forward, to the left" : s->curves[scheme].label,
            tw_sweep_inks[scheme], TW_MARK_LINE, 1};
    if (tw_sweep_laws(s, laws) > 0)
        frame->legend[frame->legend_count++] =
            (tw_legend_entry){"fitted", TW_SWEEP_FAINT, TW_MARK_DASHED, 0};
    if (tw_sweep_best_step(s, 0) != SIZE_MAX || tw_sweep_best_step(s, 1) != SIZE_MAX)
        frame->legend[frame->legend_count++] =
            (tw_legend_entry){"best step", TW_LOSS_INK, TW_MARK_RING, 0};
    tw_sweep_explain(s->sweep, text, sizeof text);
    if (text[0] != '\0')
        add_note(s, text);
    note_fit(s);
    note_optimum(s);
    note_floor(s);
    note_missing(s);
}
