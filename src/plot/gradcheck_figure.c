/* A gradient check: a row a block, every tested entry at its relative error. */
#include <math.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>

#include "core/alloc.h"
#include "plot/gradcheck_rows.h"

static const double PAD = 5, GAP = 5, SMALL = 6.4, LEAST_NAME = 5.4, NAME_WIDTH = 120,
                    WORDS_WIDTH = 190, LEGEND_HEIGHT = 13, BANDS_HEIGHT = 9, LEAST_ROW = 9,
                    MOST_ROW = 110, ROWS_HEIGHT = 240, LEAST_BOX = 60;

/* By verdict: Okabe and Ito's blue, vermilion and purple, and shapes that tell them apart, too. */
static const tw_rgb inks[TW_CHECK_VERDICTS] = {{0, 0x72 / 255.0, 0xb2 / 255.0},
                                               {0xd5 / 255.0, 0x5e / 255.0, 0},
                                               {0x9a / 255.0, 0x3f / 255.0, 0x7f / 255.0}};
static const tw_rgb grounds[TW_CHECK_VERDICTS] = {
    {0.965, 0.965, 0.965}, {1, 0.91, 0.85}, {0.965, 0.91, 0.95}};
static const tw_rgb FAINT = {0.45, 0.45, 0.45};

static double page_x(const tw_check_sheet *s, double relative) {
    double at = tw_span_at(&s->bottom.span, relative);
    return s->box.x + fmin(fmax(at, 0), 1) * s->box.w;
}

/* ---- layout ---- */

static double widest(const tw_check_sheet *s, int words) {
    double most = 0;
    for (size_t k = 0; k < s->row_count; k++)
        most =
            fmax(most, tw_text_width(&s->canvas->font, words ? s->rows[k].words : s->rows[k].name,
                                     words ? SMALL : s->name_size));
    return most;
}

static double title_height(const tw_check_sheet *s) {
    const char *title = s->canvas->figure->title;
    return title != NULL && *title != '\0' ? TW_TITLE_SIZE + 6 : 0;
}

static tw_status lay_out(tw_check_sheet *s) {
    const tw_font *font = &s->canvas->font;
    double rows = (double)s->row_count;
    double below = TW_TICK_MAJOR + TW_TICK_GAP + TW_TICK_SIZE + TW_LABEL_GAP + TW_LABEL_SIZE + 3 +
                   tw_caption_height(&s->caption) + PAD;
    double above = PAD + title_height(s) + LEGEND_HEIGHT + BANDS_HEIGHT;
    s->width = tw_canvas_width(s->canvas, 6.5);
    s->row_height = fmin(fmax(ROWS_HEIGHT / rows, LEAST_ROW), MOST_ROW);
    s->height = tw_canvas_height(s->canvas,
                                 tw_canvas_inches(s->canvas, above + below + rows * s->row_height));
    s->row_height = (s->height - above - below) / rows;
    s->name_size = fmin(TW_TICK_SIZE, fmax(LEAST_NAME, s->row_height * 0.8));
    for (size_t k = 0; k < s->row_count; k++)
        tw_check_fit_name(font, s->rows[k].name, s->name_size, NAME_WIDTH);
    double left = PAD + widest(s, 0) + GAP, right = GAP + fmin(widest(s, 1), WORDS_WIDTH) + PAD;
    s->box = (tw_rect){left, above, s->width - left - right, rows * s->row_height};
    if (s->row_height < 4 || s->box.w < LEAST_BOX)
        return tw_fail(TW_ERR_ARGUMENT,
                       "no room for '%s' in %.3g x %.3g inches: make the figure larger",
                       s->canvas->path, tw_canvas_inches(s->canvas, s->width),
                       tw_canvas_inches(s->canvas, s->height));
    for (size_t k = 0; k < s->row_count; k++)
        s->rows[k].y = above + (double)k * s->row_height;
    tw_side_ticks_level(&s->bottom, font, s->box.w);
    return TW_OK;
}

/* ---- drawing ---- */

typedef enum shape { SHAPE_PASS, SHAPE_FAIL, SHAPE_INCONCLUSIVE, SHAPE_KINK, SHAPE_PROBE } shape;

static void draw_shape(const tw_check_sheet *s, shape what, tw_verdict verdict, double x,
                       double y) {
    cairo_t *cr = s->canvas->cr;
    double r = 2.3;
    tw_canvas_ink(s->canvas, inks[verdict], what == SHAPE_PASS ? 0.75 : 1);
    cairo_set_line_width(cr, 1);
    cairo_new_path(cr);
    if (what == SHAPE_PASS) {
        cairo_arc(cr, x, y, 1.5, 0, 2 * M_PI);
        cairo_fill(cr);
    } else if (what == SHAPE_FAIL) {
        cairo_move_to(cr, x - r, y - r);
        cairo_line_to(cr, x + r, y + r);
        cairo_move_to(cr, x - r, y + r);
        cairo_line_to(cr, x + r, y - r);
        cairo_set_line_width(cr, 1.2);
        cairo_stroke(cr);
    } else if (what == SHAPE_INCONCLUSIVE) {
        cairo_move_to(cr, x, y - r);
        cairo_line_to(cr, x + r, y + 0.8 * r);
        cairo_line_to(cr, x - r, y + 0.8 * r);
        cairo_close_path(cr);
        cairo_fill(cr);
    } else if (what == SHAPE_KINK) {
        cairo_move_to(cr, x, y - 1.25 * r);
        cairo_line_to(cr, x + 1.25 * r, y);
        cairo_line_to(cr, x, y + 1.25 * r);
        cairo_line_to(cr, x - 1.25 * r, y);
        cairo_close_path(cr);
        cairo_stroke(cr);
    } else {
        cairo_rectangle(cr, x - r, y - r, 2 * r, 2 * r);
        cairo_stroke(cr);
    }
}

static void draw_bar(const tw_check_sheet *s, double low, double high, tw_verdict verdict, double y,
                     double alpha) {
    tw_canvas_ink(s->canvas, inks[verdict], alpha);
    cairo_set_line_width(s->canvas->cr, 0.5);
    cairo_move_to(s->canvas->cr, page_x(s, fmax(low, 0)), y);
    cairo_line_to(s->canvas->cr, page_x(s, high), y);
    cairo_stroke(s->canvas->cr);
}

static double entry_y(const tw_check_sheet *s, const tw_check_row *r,
                      const tw_gradcheck_entry *entry) {
    const tw_gradcheck_block *block = r->block;
    double margin = fmin(3.2, s->row_height * 0.25);
    double count = block->count > 0 ? (double)block->count : 1;
    double share = ((double)(entry->index - block->offset) + 0.5) / count;
    share = entry->index >= block->offset && share <= 1 ? share : 0.5;
    return r->y + margin + share * (s->row_height - 2 * margin);
}

static int is_kink(const tw_gradcheck_entry *entry) {
    return entry->reason == TW_REASON_KINK || entry->point_class == TW_POINT_KINK;
}

static void draw_entry(const tw_check_sheet *s, const tw_check_row *r,
                       const tw_gradcheck_entry *entry, int bar) {
    static const shape shapes[TW_CHECK_VERDICTS] = {SHAPE_PASS, SHAPE_FAIL, SHAPE_INCONCLUSIVE};
    tw_verdict verdict = tw_gradcheck_row_verdict(entry->verdict);
    double y = entry_y(s, r, entry), error = tw_check_shown_error(entry->relative);
    if (!bar) {
        draw_shape(s, is_kink(entry) ? SHAPE_KINK : shapes[verdict], verdict, page_x(s, error), y);
        return;
    }
    double size = fmax(fabs(entry->analytic), fabs(entry->numeric)), reach = entry->bar / size;
    double tested = r->block->tested > 0 ? (double)r->block->tested : 1;
    if (reach > 0 && isfinite(reach))
        draw_bar(s, error - reach, error + reach, verdict, y,
                 fmin(fmax(0.4 * s->row_height / tested, 0.07), 0.45));
}

static const tw_check_row *row_at(const tw_check_sheet *s, size_t block) {
    size_t at = block < s->check->block_count ? s->row_of[block] : SIZE_MAX;
    return at != SIZE_MAX ? &s->rows[at] : NULL;
}

/* Bars first, then what passes, what is inconclusive, and what fails on top. */
static void draw_entries(const tw_check_sheet *s) {
    static const tw_verdict order[] = {TW_VERDICT_PASS, TW_VERDICT_INCONCLUSIVE, TW_VERDICT_FAIL};
    for (int bars = 1; bars >= 0; bars--)
        for (int turn = 0; turn < TW_CHECK_VERDICTS; turn++)
            for (size_t k = 0; k < s->check->entry_count; k++) {
                const tw_gradcheck_entry *entry = &s->check->entries[k];
                const tw_check_row *r = row_at(s, entry->block);
                if (r != NULL && tw_gradcheck_row_verdict(entry->verdict) == order[turn])
                    draw_entry(s, r, entry, bars);
            }
    for (size_t k = 0; k < s->check->probe_count; k++) {
        const tw_gradcheck_probe *probe = &s->check->probes[k];
        const tw_check_row *r = row_at(s, probe->block);
        if (r != NULL)
            draw_shape(s, SHAPE_PROBE, tw_gradcheck_row_verdict(probe->verdict),
                       page_x(s, tw_check_shown_error(tw_check_probe_error(probe))),
                       r->y + s->row_height / 2);
    }
}

/* The bands of the CS231n notes, named above the box where there is room. */
static void draw_bands(const tw_check_sheet *s) {
    static const double edges[] = {0, 1e-7, 1e-5, 1e-4, 1e-2, 2};
    static const char *const names[] = {"happy", "fine", "kink?", "uneasy", "wrong"};
    cairo_t *cr = s->canvas->cr;
    for (int k = 0; k < 5; k++) {
        double left = page_x(s, edges[k]),
               right = k < 4 ? page_x(s, edges[k + 1]) : s->box.x + s->box.w;
        if (k > 0) {
            tw_canvas_ink(s->canvas, (tw_rgb){0.72, 0.72, 0.72}, 1);
            cairo_set_line_width(cr, 0.5);
            cairo_set_dash(cr, (double[]){1, 2}, 2, 0);
            cairo_move_to(cr, left, s->box.y - BANDS_HEIGHT + 2);
            cairo_line_to(cr, left, s->box.y + s->box.h);
            cairo_stroke(cr);
            cairo_set_dash(cr, NULL, 0, 0);
        }
        double size = tw_text_fit(&s->canvas->font, names[k], 5.8, right - left - 1.5);
        tw_text_style style = {.size = size, .across = 0.5, .ink = FAINT};
        if (size >= 4.4)
            tw_canvas_text(s->canvas, (left + right) / 2, s->box.y - 2.5, names[k], &style);
    }
}

static void draw_tolerance(const tw_check_sheet *s) {
    cairo_t *cr = s->canvas->cr;
    if (!(s->check->rtol > 0))
        return;
    double x = page_x(s, s->check->rtol);
    tw_canvas_ink(s->canvas, TW_INK, 1);
    cairo_set_line_width(cr, 0.9);
    cairo_set_dash(cr, (double[]){4, 2}, 2, 0);
    cairo_move_to(cr, x, s->box.y);
    cairo_line_to(cr, x, s->box.y + s->box.h);
    cairo_stroke(cr);
    cairo_set_dash(cr, NULL, 0, 0);
}

static void draw_rows(const tw_check_sheet *s) {
    cairo_t *cr = s->canvas->cr;
    for (size_t k = 0; k < s->row_count; k++) {
        const tw_check_row *r = &s->rows[k];
        tw_verdict verdict = tw_gradcheck_block_verdict(r->block);
        int quiet = tw_gradcheck_is_quiet(verdict);
        if (quiet && k % 2 == 1)
            continue;
        tw_canvas_ink(s->canvas, grounds[quiet ? TW_VERDICT_PASS : verdict], 1);
        double x = quiet ? s->box.x : PAD / 2;
        double end = quiet ? s->box.x + s->box.w : s->width - PAD / 2;
        cairo_rectangle(cr, x, r->y, end - x, s->row_height);
        cairo_fill(cr);
    }
}

static void draw_words(const tw_check_sheet *s) {
    const tw_font *font = &s->canvas->font;
    double right = s->box.x + s->box.w;
    for (size_t k = 0; k < s->row_count; k++) {
        const tw_check_row *r = &s->rows[k];
        tw_verdict verdict = tw_gradcheck_block_verdict(r->block);
        int quiet = tw_gradcheck_is_quiet(verdict);
        double y = r->y + s->row_height / 2;
        tw_rgb ink = verdict == TW_VERDICT_PASS ? TW_INK : quiet ? FAINT : inks[verdict];
        tw_text_style name = {.size = s->name_size, .across = 1, .up = 0.5, .ink = ink};
        tw_canvas_text(s->canvas, s->box.x - GAP, y, r->name, &name);
        tw_text_style words = {.size = tw_text_fit(font, r->words, fmin(SMALL, s->name_size),
                                                   s->width - PAD - right - GAP),
                               .up = 0.5,
                               .ink = quiet ? FAINT : ink};
        tw_canvas_text(s->canvas, right + GAP, y, r->words, &words);
    }
}

/* ---- legend ---- */

typedef struct key {
    const char *text;
    int line; /* 1: the tolerance, 2: a bar */
    shape what;
    tw_verdict verdict;
} key;

static size_t choose_keys(const tw_check_sheet *s, key *keys, char *tolerance) {
    const tw_gradcheck *check = s->check;
    int has[TW_CHECK_VERDICTS] = {0}, kinks = 0;
    size_t count = 0;
    for (size_t k = 0; k < check->entry_count; k++) {
        has[tw_gradcheck_row_verdict(check->entries[k].verdict)] |= !is_kink(&check->entries[k]);
        kinks |= is_kink(&check->entries[k]);
    }
    for (int v = 0; v < TW_CHECK_VERDICTS; v++)
        if (has[v])
            keys[count++] = (key){tw_verdict_name((tw_verdict)v), 0, (shape)v, (tw_verdict)v};
    if (kinks)
        keys[count++] = (key){"at a kink", 0, SHAPE_KINK, TW_VERDICT_PASS};
    if (check->probe_count > 0)
        keys[count++] = (key){"probe", 0, SHAPE_PROBE, TW_VERDICT_PASS};
    if (check->entry_count > 0)
        keys[count++] = (key){"its error bar", 2, SHAPE_PASS, TW_VERDICT_PASS};
    char number[TW_TICK_TEXT];
    tw_number_text(check->rtol, number, sizeof number);
    snprintf(tolerance, TW_CHECK_TEXT, "tolerance %s", number);
    if (check->rtol > 0)
        keys[count++] = (key){tolerance, 1, SHAPE_PASS, TW_VERDICT_PASS};
    return count;
}

static void draw_legend(const tw_check_sheet *s) {
    key keys[8];
    char tolerance[TW_CHECK_TEXT];
    size_t count = choose_keys(s, keys, tolerance);
    const tw_font *font = &s->canvas->font;
    cairo_t *cr = s->canvas->cr;
    double width = 0, size = TW_TICK_SIZE, mark = 14, next = 12;
    for (size_t k = 0; k < count; k++)
        width += mark + tw_text_width(font, keys[k].text, size) + (k > 0 ? next : 0);
    double shrink = fmin(1, (s->width - 2 * PAD) / width);
    double y = PAD + title_height(s) + LEGEND_HEIGHT / 2 - 2;
    double x = fmax(PAD, fmin(s->box.x + s->box.w / 2 - width / 2, s->width - PAD - width));
    for (size_t k = 0; k < count; k++) {
        if (keys[k].line == 0) {
            draw_shape(s, keys[k].what, keys[k].verdict, x + mark / 2 - 1, y);
        } else {
            tw_canvas_ink(s->canvas, keys[k].line == 1 ? TW_INK : inks[0],
                          keys[k].line == 1 ? 1 : 0.5);
            cairo_set_line_width(cr, keys[k].line == 1 ? 0.9 : 0.6);
            cairo_set_dash(cr, (double[]){4, 2}, keys[k].line == 1 ? 2 : 0, 0);
            cairo_move_to(cr, x, y);
            cairo_line_to(cr, x + mark - 4, y);
            cairo_stroke(cr);
            cairo_set_dash(cr, NULL, 0, 0);
        }
        tw_text_style style = {.size = size * shrink, .up = 0.5, .ink = TW_INK};
        tw_canvas_text(s->canvas, x + mark, y, keys[k].text, &style);
        x += (mark + tw_text_width(font, keys[k].text, size) + next) * shrink;
    }
}

static void draw_text_around(const tw_check_sheet *s) {
    const tw_figure *figure = s->canvas->figure;
    const tw_font *font = &s->canvas->font;
    const tw_rect *box = &s->box;
    if (title_height(s) > 0) {
        double size = tw_text_fit(font, figure->title, TW_TITLE_SIZE, s->width - 2 * PAD);
        tw_text_style style = {.size = size, .across = 0.5, .up = 1, .ink = TW_INK};
        tw_canvas_text(s->canvas, s->width / 2, PAD, figure->title, &style);
    }
    const char *label = figure->x_label != NULL
                            ? figure->x_label
                            : "relative error |a \xe2\x88\x92 d| / max(|a|, |d|)";
    double size = tw_text_fit(font, label, TW_LABEL_SIZE, s->width - 2 * PAD);
    double half = tw_text_width(font, label, size) / 2;
    double x = fmax(PAD + half, fmin(box->x + box->w / 2, s->width - PAD - half));
    tw_text_style style = {.size = size, .across = 0.5, .up = 1, .ink = TW_INK};
    tw_canvas_text(s->canvas, x,
                   box->y + box->h + TW_TICK_MAJOR + TW_TICK_GAP + TW_TICK_SIZE + TW_LABEL_GAP,
                   label, &style);
    tw_caption_draw(s->canvas, &s->caption, PAD + 2,
                    s->height - PAD - tw_caption_height(&s->caption), s->width - 4 * PAD);
}

static void draw_sheet(const tw_check_sheet *s) {
    cairo_t *cr = s->canvas->cr;
    draw_rows(s);
    draw_bands(s);
    draw_tolerance(s);
    draw_entries(s);
    tw_canvas_ink(s->canvas, TW_INK, 1);
    cairo_set_line_width(cr, 0.6);
    cairo_rectangle(cr, s->box.x, s->box.y, s->box.w, s->box.h);
    cairo_stroke(cr);
    tw_side_draw_bottom(s->canvas, &s->bottom, &s->box);
    draw_words(s);
    draw_legend(s);
    draw_text_around(s);
}

static tw_status prepare(tw_check_sheet *s) {
    size_t blocks = s->check->block_count;
    s->rows = tw_alloc(blocks < TW_CHECK_ROWS ? blocks : TW_CHECK_ROWS, sizeof *s->rows);
    s->row_of = tw_alloc(blocks, sizeof *s->row_of);
    if (s->rows == NULL || s->row_of == NULL)
        return tw_fail(TW_ERR_MEMORY, "not enough memory to draw %zu blocks", blocks);
    tw_check_read(s);
    return lay_out(s);
}

tw_status tw_gradcheck_draw(tw_canvas *canvas, const tw_gradcheck *check) {
    tw_check_sheet s = {.canvas = canvas, .check = check};
    tw_status status = prepare(&s);
    if (status == TW_OK)
        status = tw_canvas_begin(canvas, s.width, s.height);
    if (status == TW_OK)
        draw_sheet(&s);
    free(s.rows);
    free(s.row_of);
    return status;
}
