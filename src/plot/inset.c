#include "plot/inset.h"

#include <math.h>
#include <stdint.h>

/* The share of the outer box that the card takes at first and at least; its distance from the edge;
 * by how much an inset magnifies at least. */
static const double MOST_SHARE = 0.5, LEAST_SHARE = 0.3, STEP = 0.04, EDGE = 4, PAD = 3,
                    MAGNIFY = 1.3;
static const double LEAST_SIDE = 24;

int tw_inset_holds(const tw_figure *figure, double x, double y) {
    const double *r = figure->inset;
    return x >= r[0] && x <= r[1] && y >= r[2] && y <= r[3];
}

size_t tw_inset_trace(tw_spot from, tw_spot to, size_t room, tw_spot *spots, size_t used) {
    double dx = to.x - from.x, dy = to.y - from.y, length = hypot(dx, dy);
    int steps = isfinite(length) ? (int)fmin(length / 4 + 1, 20) : 0;
    for (int k = 0; k < steps && used < room; k++)
        spots[used++] = (tw_spot){from.x + dx * k / steps, from.y + dy * k / steps};
    return used;
}

/* What its ticks need left of the box and below it. */
static double left_room(const tw_inset *in, const tw_font *font) {
    return PAD + TW_TICK_MAJOR + TW_TICK_GAP + tw_side_text_width(&in->frame.left, font);
}

static double bottom_room(const tw_inset *in) {
    int factor = in->frame.bottom.ticks.factor[0] != '\0';
    return PAD + TW_TICK_MAJOR + TW_TICK_GAP + TW_TICK_SIZE * (factor ? 2 : 1) + (factor ? 3 : 0);
}

static double top_room(const tw_inset *in) {
    return PAD + (in->frame.left.ticks.factor[0] != '\0' ? TW_TICK_SIZE + 4 : TW_TICK_SIZE / 2);
}

/* Its size, where the card takes such a share of the outer box: the ticks tell the room for the
 * box and the box that for the ticks. */
static void size_card(tw_inset *in, const tw_font *font, const tw_rect *outer, double aspect,
                      double share) {
    tw_rect *box = &in->frame.box;
    double width = share * outer->w, height = share * outer->h;
    *box = (tw_rect){0, 0, 0.7 * width, 0.7 * height};
    for (int round = 0; round < 3; round++) {
        tw_side_ticks_level(&in->frame.bottom, font, fmax(box->w, 1));
        tw_side_ticks_upright(&in->frame.left, fmax(box->h, 1));
        const tw_ticks *ticks = &in->frame.bottom.ticks;
        double right =
            PAD + tw_text_width(font, ticks->tick[ticks->count - 1].text, TW_TICK_SIZE) / 2;
        box->x = left_room(in, font);
        box->y = top_room(in);
        box->w = width - box->x - right;
        box->h = height - box->y - bottom_room(in);
        if (aspect > 0 && box->h > box->w * aspect)
            box->h = box->w * aspect;
        else if (aspect > 0)
            box->w = box->h / aspect;
        in->card = (tw_rect){0, 0, box->x + box->w + right, box->y + box->h + bottom_room(in)};
    }
}

static double overlap(const tw_rect *a, const tw_rect *b) {
    double w = fmin(a->x + a->w, b->x + b->w) - fmax(a->x, b->x);
    double h = fmin(a->y + a->h, b->y + b->h) - fmax(a->y, b->y);
    return w > 0 && h > 0 ? w * h : 0;
}

static size_t spots_under(const tw_rect *r, size_t spots, const tw_spot *spot) {
    size_t count = 0;
    for (size_t k = 0; k < spots; k++)
        count += spot[k].x >= r->x && spot[k].x <= r->x + r->w && spot[k].y >= r->y &&
                 spot[k].y <= r->y + r->h;
    return count;
}

/* The places that are tried, corners first: shares of the room across and down. */
static const double PLACES[][2] = {{1, 0},    {0, 0},    {1, 1},    {0, 1},    {1, 0.5},  {0, 0.5},
                                   {0.5, 0},  {0.5, 1},  {1, 0.25}, {1, 0.75}, {0, 0.25}, {0, 0.75},
                                   {0.75, 0}, {0.75, 1}, {0.25, 0}, {0.25, 1}};

/* The place that covers fewest spots and not the rectangle: how many, SIZE_MAX for no place. */
static size_t choose_place(const tw_inset *in, const tw_rect *outer, size_t spots,
                           const tw_spot *spot, tw_rect *out) {
    size_t least = SIZE_MAX;
    for (size_t k = 0; k < sizeof PLACES / sizeof PLACES[0]; k++) {
        tw_rect card = in->card;
        card.x = outer->x + EDGE + PLACES[k][0] * (outer->w - 2 * EDGE - card.w);
        card.y = outer->y + EDGE + PLACES[k][1] * (outer->h - 2 * EDGE - card.h);
        size_t under = spots_under(&card, spots, spot);
        if (overlap(&card, &in->source) > 0 || under >= least)
            continue;
        least = under;
        *out = card;
    }
    return least;
}

/* The largest card that covers nothing, or else the one that covers least. */
static int choose_card(tw_inset *in, const tw_font *font, const tw_rect *outer, double aspect,
                       size_t spots, const tw_spot *spot) {
    size_t least = SIZE_MAX;
    tw_inset best = *in;
    for (double share = MOST_SHARE; share >= LEAST_SHARE && least > 0; share -= STEP) {
        tw_rect card = {0};
        size_card(in, font, outer, aspect, share);
        const tw_rect *box = &in->frame.box;
        if (box->w < LEAST_SIDE || box->h < LEAST_SIDE || box->w < MAGNIFY * in->source.w ||
            box->h < MAGNIFY * in->source.h)
            break;
        size_t under = choose_place(in, outer, spots, spot, &card);
        if (under >= least)
            continue;
        least = under;
        best = *in;
        best.covered = under;
        best.card = card;
        best.frame.box.x += card.x;
        best.frame.box.y += card.y;
    }
    *in = best;
    return least < SIZE_MAX ? 0 : -1;
}

tw_status tw_inset_place(tw_inset *in, const tw_canvas *canvas, const tw_frame *outer,
                         double aspect, size_t spots, const tw_spot *spot) {
    const double *asked = canvas->figure->inset;
    const tw_span *x_axis = &outer->bottom.span, *y_axis = &outer->left.span;
    if (canvas->format == TW_CANVAS_CELLS)
        return tw_fail(TW_ERR_UNSUPPORTED,
                       "an inset is not drawn in characters: write a file with -o");
    const double r[4] = {fmax(asked[0], x_axis->low), fmin(asked[1], x_axis->high),
                         fmax(asked[2], y_axis->low), fmin(asked[3], y_axis->high)};
    *in = (tw_inset){0};
    if (!(r[0] < r[1] && r[2] < r[3]))
        return tw_fail(TW_ERR_ARGUMENT, "the inset %g:%g,%g:%g lies outside the axes", asked[0],
                       asked[1], asked[2], asked[3]);
    in->frame.bottom = (tw_side){.span = {r[0], r[1], x_axis->log}, .ink = TW_INK};
    in->frame.left = (tw_side){.span = {r[2], r[3], y_axis->log}, .ink = TW_INK};
    in->frame.width = outer->width;
    in->frame.height = outer->height;
    double x = tw_frame_x(outer, r[0]), y = tw_frame_y(outer, r[3]);
    in->source = (tw_rect){x, y, tw_frame_x(outer, r[1]) - x, tw_frame_y(outer, r[2]) - y};
    if (choose_card(in, &canvas->font, &outer->box, aspect, spots, spot) == 0)
        return TW_OK;
    size_card(in, &canvas->font, &outer->box, aspect, MOST_SHARE);
    if (in->frame.box.w < LEAST_SIDE || in->frame.box.h < LEAST_SIDE)
        return tw_fail(TW_ERR_ARGUMENT, "no room for an inset in '%s': make the figure larger",
                       canvas->path);
    return tw_fail(TW_ERR_ARGUMENT,
                   "an inset of %g:%g,%g:%g is too large to be magnified beside itself: give a "
                   "smaller rectangle",
                   asked[0], asked[1], asked[2], asked[3]);
}

/* Light below dark, seen on any ground. */
static void stroke_cased(tw_canvas *canvas) {
    tw_canvas_ink(canvas, TW_PAPER, 0.8);
    cairo_set_line_width(canvas->cr, 2);
    cairo_stroke_preserve(canvas->cr);
    tw_canvas_ink(canvas, TW_INK, 1);
    cairo_set_line_width(canvas->cr, 0.7);
    cairo_stroke(canvas->cr);
}

void tw_inset_begin(tw_canvas *canvas, const tw_inset *in, const tw_frame *outer) {
    cairo_t *cr = canvas->cr;
    const tw_rect *a = &in->source, *b = &in->frame.box;
    int right = b->x + b->w / 2 > a->x + a->w / 2, above = b->y + b->h / 2 < a->y + a->h / 2;
    tw_frame_clip(canvas, outer, 0);
    for (int end = 0; end < 2; end++) { /* corners that see each other */
        int x = end, y = right == above ? end : !end;
        cairo_move_to(cr, a->x + x * a->w, a->y + y * a->h);
        cairo_line_to(cr, b->x + x * b->w, b->y + y * b->h);
    }
    cairo_rectangle(cr, a->x, a->y, a->w, a->h);
    stroke_cased(canvas);
    cairo_restore(cr);
    cairo_rectangle(cr, in->card.x, in->card.y, in->card.w, in->card.h);
    tw_canvas_ink(canvas, TW_PAPER, 1);
    cairo_fill(cr);
}

void tw_inset_end(tw_canvas *canvas, const tw_inset *in) {
    const tw_rect *box = &in->frame.box;
    tw_canvas_ink(canvas, TW_INK, 1);
    cairo_set_line_width(canvas->cr, 0.7);
    cairo_rectangle(canvas->cr, box->x, box->y, box->w, box->h);
    cairo_stroke(canvas->cr);
    tw_side_draw_bottom(canvas, &in->frame.bottom, box);
    tw_side_draw_upright(canvas, &in->frame.left, box, 0);
}
