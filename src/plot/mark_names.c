#include "plot/mark_names.h"

#include <math.h>

/* Places are tried at these distances, in ANGLES directions. What a place costs: the distance in
 * points, and these for what it covers. */
static const double distances[] = {3, 6, 10, 15, 21, 28, 36, 46, 58, 72, 90};
enum { DISTANCES = sizeof distances / sizeof *distances, ANGLES = 32, PASSES = 4 };
static const double CLEAR = 1.6, COST_SPOT = 25, COST_MARK = 1500, COST_LABEL = 5000,
                    COST_CROSSING = 200, COST_PASSED = 2;

typedef struct search {
    const tw_rect *box;
    size_t count, spots;
    tw_mark_name *labels;
    const tw_spot *spot;
    size_t placed; /* labels before this one have a place; in later passes all have */
} search;

static int holds(const tw_rect *r, double x, double y, double more) {
    return x > r->x - more && x < r->x + r->w + more && y > r->y - more && y < r->y + r->h + more;
}

static int overlap(const tw_rect *a, const tw_rect *b) {
    return a->x < b->x + b->w + 2 * CLEAR && b->x < a->x + a->w + 2 * CLEAR &&
           a->y < b->y + b->h + CLEAR && b->y < a->y + a->h + CLEAR;
}

/* Where the line from the mark meets the text: the point of the rectangle nearest to it. */
static tw_spot foot(const tw_mark_name *label, const tw_rect *r) {
    return (tw_spot){fmin(fmax(label->x, r->x), r->x + r->w),
                     fmin(fmax(label->y, r->y), r->y + r->h)};
}

static double side_of(tw_spot a, tw_spot b, tw_spot p) {
    return (b.x - a.x) * (p.y - a.y) - (b.y - a.y) * (p.x - a.x);
}

static int lines_cross(tw_spot a, tw_spot b, tw_spot c, tw_spot d) {
    return side_of(a, b, c) * side_of(a, b, d) < 0 && side_of(c, d, a) * side_of(c, d, b) < 0;
}

/* What the line to the mark runs over: other texts, other lines, curves. */
static double line_cost(const search *s, size_t index, const tw_rect *r) {
    const tw_mark_name *own = &s->labels[index];
    tw_spot from = {own->x, own->y}, to = foot(own, r);
    double cost = 0, length = hypot(to.x - from.x, to.y - from.y);
    int steps = (int)(length / 2);
    for (size_t k = 0; k < s->count; k++) {
        const tw_mark_name *other = &s->labels[k];
        if (k == index)
            continue;
        int over = 0;
        for (int i = 1; i < steps; i++) {
            double x = from.x + (to.x - from.x) * i / steps,
                   y = from.y + (to.y - from.y) * i / steps;
            over |= (k < s->placed && holds(&other->place, x, y, 0.5)) ||
                    hypot(x - other->x, y - other->y) < other->reach;
        }
        tw_spot end = foot(other, &other->place);
        over |= k < s->placed && lines_cross(from, to, (tw_spot){other->x, other->y}, end);
        cost += over * COST_CROSSING;
    }
    for (size_t k = 0; k < s->spots && length > 4; k++) {
        double along = ((s->spot[k].x - from.x) * (to.x - from.x) +
                        (s->spot[k].y - from.y) * (to.y - from.y)) /
                       length;
        double away = fabs(side_of(from, to, s->spot[k])) / length;
        cost += along > own->reach + 2 && along < length && away < 1.5 ? COST_PASSED : 0;
    }
    return cost;
}

static double cost_of(const search *s, size_t index, const tw_rect *r, double best) {
    double cost = 0;
    for (size_t k = 0; k < s->count; k++) {
        const tw_mark_name *other = &s->labels[k];
        cost += holds(r, other->x, other->y, other->reach + 0.8) ? COST_MARK : 0;
        cost += k != index && k < s->placed && overlap(r, &other->place) ? COST_LABEL : 0;
    }
    for (size_t k = 0; k < s->spots && cost < best; k++)
        cost += holds(r, s->spot[k].x, s->spot[k].y, CLEAR) ? COST_SPOT : 0;
    return cost < best ? cost + line_cost(s, index, r) : cost;
}

static void place_one(const search *s, size_t index, double width, double height) {
    tw_mark_name *label = &s->labels[index];
    double best = HUGE_VAL;
    tw_rect chosen = {label->x + label->reach + 2, label->y - height / 2, width, height};
    for (int d = 0; d < DISTANCES; d++) {
        for (int a = 0; a < ANGLES; a++) {
            double angle = 2 * M_PI * a / ANGLES, away = label->reach + distances[d];
            double x = label->x + cos(angle) * (away + width / 2),
                   y = label->y - sin(angle) * (away + height / 2);
            tw_rect r = {x - width / 2, y - height / 2, width, height};
            if (r.x < s->box->x + 2 || r.x + width > s->box->x + s->box->w - 2 ||
                r.y < s->box->y + 2 || r.y + height > s->box->y + s->box->h - 2)
                continue;
            tw_spot end = foot(label, &r);
            double near = hypot(end.x - label->x, end.y - label->y);
            double cost = near + cost_of(s, index, &r, best - near);
            if (cost < best) {
                best = cost;
                chosen = r;
            }
        }
    }
    label->place = chosen;
}

void tw_mark_names_place(const tw_font *font, double size, const tw_rect *box, size_t count,
                         tw_mark_name *labels, size_t spots, const tw_spot *spot) {
    search s = {box, count, spots, labels, spot, 0};
    for (int pass = 0; pass < PASSES; pass++)
        for (size_t k = 0; k < count; k++) {
            s.placed = pass > 0 ? count : k;
            place_one(&s, k, tw_text_width(font, labels[k].text, size), size);
        }
}

void tw_mark_names_draw(tw_canvas *canvas, double size, size_t count, const tw_mark_name *labels) {
    cairo_t *cr = canvas->cr;
    for (size_t k = 0; k < count; k++) {
        const tw_mark_name *label = &labels[k];
        tw_spot end = foot(label, &label->place);
        double length = hypot(end.x - label->x, end.y - label->y), from = label->reach / length;
        if (length > label->reach + 4.5) {
            tw_canvas_ink(canvas, label->ink, 0.55);
            cairo_set_line_width(cr, 0.4);
            cairo_move_to(cr, label->x + (end.x - label->x) * from,
                          label->y + (end.y - label->y) * from);
            cairo_line_to(cr, end.x, end.y);
            cairo_stroke(cr);
        }
        tw_text_style style = {.size = size, .up = 0.5, .ink = label->ink};
        tw_canvas_text(canvas, label->place.x, label->place.y + label->place.h / 2, label->text,
                       &style);
    }
}
