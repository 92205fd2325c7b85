#include "plot/topology_draw.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>

#include "core/alloc.h"

/* Of noise there may be a minimum every few points. Of more than MANY real ones few have names, and
 * all are small: else they would hide the way, and the surface. */
enum { NAMES = 12, MANY = 24, FEW_NAMES = 4, NOISE = 150, REAL = 300, TEXT = 72, SPOTS = 2000 };

static const double DOT = 2.3, SMALL = 1.4, CROSS = 2.4, RING = 4.6;
static const double DENSE = 0.6; /* the size of marks where there are many */
static const tw_rgb WAY = {0xd5 / 255.0, 0x5e / 255.0, 0}, GREY = {0.45, 0.45, 0.45};

typedef struct marks {
    tw_canvas *canvas;
    tw_place_point place;
    const void *context;
    double size; /* of marks */
    size_t names, most_names;
    tw_mark_name name[NAMES];
    char text[NAMES][TEXT];
    size_t spots;
    tw_spot spot[SPOTS]; /* of the way: names leave it free */
} marks;

static int at_point(const marks *m, const tw_grid_point *point, double *x, double *y) {
    m->place(m->context, point->x, point->y, point->value, x, y);
    return isfinite(*x) && isfinite(*y);
}

static int is_dense(const tw_topology *shape) {
    return shape != NULL && shape->count - shape->noise > MANY;
}

size_t tw_topology_names(const tw_topology *shape) {
    return is_dense(shape) ? FEW_NAMES : NAMES;
}

/* ---- small print ---- */

static void caption_of_pass(const tw_pass *pass, tw_caption *caption) {
    char from[TW_TICK_TEXT], to[TW_TICK_TEXT];
    tw_number_text(pass->rise[0], from, sizeof from);
    tw_number_text(pass->rise[1], to, sizeof to);
    if (pass->top.at == pass->from.at || pass->top.at == pass->to.at)
        tw_caption_add(caption, TW_HATCH_NONE,
                       "line: the lowest way from \xe2\x96\xa1 to \xe2\x96\xb3; nothing on it is "
                       "higher than its ends");
    else
        tw_caption_add(caption, TW_HATCH_NONE,
                       "line: the lowest way; its pass \xe2\x97\x87 is %s above its start "
                       "\xe2\x96\xa1, %s above its end \xe2\x96\xb3",
                       from, to);
}

void tw_topology_caption(const tw_figure *figure, tw_caption *caption) {
    const tw_topology *shape = figure->topology;
    if (shape != NULL) {
        tw_caption_add(
            caption, TW_HATCH_NONE,
            is_dense(shape) ? "\xe2\x97\x8f minimum, of the deepest with its persistence; \xc3\x97 "
                              "saddle where "
                              "it ends"
            : shape->count > 1
                ? "\xe2\x97\x8f minimum, with its persistence; \xc3\x97 saddle where it ends"
                : "\xe2\x97\x8f the only minimum");
        if (shape->noise > 0)
            tw_caption_add(caption, TW_HATCH_NONE,
                           "\xe2\x97\x8b %zu minim%s within the errors: noise%s", shape->noise,
                           shape->noise == 1 ? "um" : "a",
                           shape->noise > NOISE ? ", the deepest shown" : "");
        if (shape->hidden > 0) {
            char least[TW_TICK_TEXT];
            tw_number_text(shape->persistence, least, sizeof least);
            tw_caption_add(caption, TW_HATCH_NONE, "%zu of a persistence below %s not shown",
                           shape->hidden, least);
        }
        if (shape->count - shape->noise > REAL)
            tw_caption_add(caption, TW_HATCH_NONE, "%zu shallower minima not shown",
                           shape->count - shape->noise - REAL);
    }
    if (figure->pass != NULL)
        caption_of_pass(figure->pass, caption);
}

/* ---- the way ---- */

static void trace_way(marks *m, const tw_path *way) {
    double x, y, last_x = 0, last_y = 0;
    for (size_t k = 0; k < way->count; k++) {
        m->place(m->context, way->x[k], way->y[k], way->loss[k], &x, &y);
        if (k == 0)
            cairo_move_to(m->canvas->cr, x, y);
        else
            cairo_line_to(m->canvas->cr, x, y);
        if ((k == 0 || hypot(x - last_x, y - last_y) > 2.5) && m->spots < SPOTS) {
            m->spot[m->spots++] = (tw_spot){x, y};
            last_x = x;
            last_y = y;
        }
    }
}

static void draw_way(marks *m, const tw_pass *pass) {
    cairo_t *cr = m->canvas->cr;
    trace_way(m, &pass->way);
    cairo_set_line_join(cr, CAIRO_LINE_JOIN_ROUND);
    tw_canvas_ink(m->canvas, TW_PAPER, 0.85);
    cairo_set_line_width(cr, 2.8);
    cairo_stroke_preserve(cr);
    tw_canvas_ink(m->canvas, WAY, 1);
    cairo_set_line_width(cr, 1.2);
    cairo_stroke(cr);
}

/* A ring of straight sides about a point, which may have a mark of its own. */
static void draw_ring(const marks *m, const tw_grid_point *point, int sides, double turn) {
    cairo_t *cr = m->canvas->cr;
    double x, y;
    if (!at_point(m, point, &x, &y))
        return;
    for (int k = 0; k < sides; k++) {
        double angle = turn + 2 * M_PI * k / sides;
        cairo_line_to(cr, x + RING * cos(angle), y + RING * sin(angle));
    }
    cairo_close_path(cr);
    tw_canvas_ink(m->canvas, TW_PAPER, 0.85);
    cairo_set_line_width(cr, 2.8);
    cairo_stroke_preserve(cr);
    tw_canvas_ink(m->canvas, WAY, 1);
    cairo_set_line_width(cr, 1.2);
    cairo_stroke(cr);
}

static void draw_stations(const marks *m, const tw_pass *pass) {
    draw_ring(m, &pass->from, 4, M_PI / 4);
    draw_ring(m, &pass->to, 3, -M_PI / 2);
    if (pass->top.at != pass->from.at && pass->top.at != pass->to.at)
        draw_ring(m, &pass->top, 4, 0);
}

/* ---- minima and saddles ---- */

static void ink_dot(const marks *m, tw_rgb fill, tw_rgb ink) {
    cairo_t *cr = m->canvas->cr;
    tw_canvas_ink(m->canvas, TW_PAPER, 1);
    cairo_set_line_width(cr, 2.2);
    cairo_stroke_preserve(cr);
    tw_canvas_ink(m->canvas, fill, 1);
    cairo_fill_preserve(cr);
    tw_canvas_ink(m->canvas, ink, 1);
    cairo_set_line_width(cr, 0.9);
    cairo_stroke(cr);
}

/* Names leave the mark free. */
static void keep_off(marks *m, double x, double y) {
    if (m->spots < SPOTS)
        m->spot[m->spots++] = (tw_spot){x, y};
}

static void draw_saddle(marks *m, const tw_grid_point *saddle) {
    cairo_t *cr = m->canvas->cr;
    double x, y, arm = m->size * CROSS;
    if (!at_point(m, saddle, &x, &y))
        return;
    keep_off(m, x, y);
    for (int layer = 0; layer < 2; layer++) {
        cairo_move_to(cr, x - arm, y - arm);
        cairo_line_to(cr, x + arm, y + arm);
        cairo_move_to(cr, x - arm, y + arm);
        cairo_line_to(cr, x + arm, y - arm);
        tw_canvas_ink(m->canvas, layer == 0 ? TW_PAPER : TW_INK, 1);
        cairo_set_line_width(cr, m->size * (layer == 0 ? 2.6 : 1.1));
        cairo_stroke(cr);
    }
}

static void draw_minimum(marks *m, const tw_minimum *minimum, size_t number) {
    cairo_t *cr = m->canvas->cr;
    double x, y, size = minimum->noise ? SMALL : m->size * DOT;
    if (!at_point(m, &minimum->place, &x, &y))
        return;
    cairo_new_sub_path(cr);
    cairo_arc(cr, x, y, size, 0, 2 * M_PI);
    ink_dot(m, minimum->noise ? TW_PAPER : TW_INK, minimum->noise ? GREY : TW_INK);
    keep_off(m, x, y);
    if (minimum->noise || m->names == m->most_names)
        return;
    char *text = m->text[m->names], depth[TW_TICK_TEXT];
    tw_number_text(minimum->persistence, depth, sizeof depth);
    if (minimum->essential)
        snprintf(text, TEXT, "m%zu", number);
    else
        snprintf(text, TEXT, "m%zu: %s", number, depth);
    m->name[m->names++] =
        (tw_mark_name){.x = x, .y = y, .reach = size + 1.2, .text = text, .ink = TW_INK};
}

/* The shallow ones first, so that the deep ones lie over them. */
static void draw_minima(marks *m, const tw_topology *shape) {
    size_t noise = 0, real = 0, last[2] = {0, 0};
    for (size_t k = 0; k < shape->count; k++) {
        int is_noise = shape->minimum[k].noise;
        size_t *count = is_noise ? &noise : &real;
        if (*count < (is_noise ? NOISE : REAL))
            last[is_noise] = k + 1;
        ++*count;
    }
    for (int is_noise = 1; is_noise >= 0; is_noise--) {
        for (size_t k = 0; k < last[is_noise] && !is_noise; k++)
            if (!shape->minimum[k].essential && !shape->minimum[k].noise)
                draw_saddle(m, &shape->minimum[k].saddle);
        for (size_t k = 0; k < last[is_noise]; k++)
            if (shape->minimum[k].noise == is_noise)
                draw_minimum(m, &shape->minimum[k], k + 1);
    }
}

/* On white: contours run everywhere. */
static void draw_names(marks *m, const tw_rect *box) {
    tw_mark_names_place(&m->canvas->font, TW_TICK_SIZE, box, m->names, m->name, m->spots, m->spot);
    for (size_t k = 0; k < m->names; k++) {
        const tw_rect *r = &m->name[k].place;
        cairo_rectangle(m->canvas->cr, r->x - 1.5, r->y - 0.5, r->w + 3, r->h + 1);
        tw_canvas_ink(m->canvas, TW_PAPER, 0.88);
        cairo_fill(m->canvas->cr);
    }
    tw_mark_names_draw(m->canvas, TW_TICK_SIZE, m->names, m->name);
}

tw_status tw_topology_draw(tw_canvas *canvas, const tw_rect *box, tw_place_point place,
                           const void *context, size_t spots, const tw_spot *spot) {
    const tw_figure *figure = canvas->figure;
    if (figure->topology == NULL && figure->pass == NULL)
        return TW_OK;
    marks *m = tw_alloc(1, sizeof *m);
    if (m == NULL)
        return tw_fail(TW_ERR_MEMORY, "not enough memory for the marks of a map");
    m->canvas = canvas;
    m->place = place;
    m->context = context;
    m->size = is_dense(figure->topology) ? DENSE : 1;
    m->most_names = tw_topology_names(figure->topology);
    for (; m->spots < spots && m->spots < SPOTS / 2; m->spots++)
        m->spot[m->spots] = spot[m->spots];
    cairo_save(canvas->cr);
    if (figure->pass != NULL)
        draw_way(m, figure->pass);
    if (figure->topology != NULL)
        draw_minima(m, figure->topology);
    if (figure->pass != NULL)
        draw_stations(m, figure->pass);
    draw_names(m, box);
    cairo_restore(canvas->cr);
    free(m);
    return TW_OK;
}
