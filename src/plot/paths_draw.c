#include "plot/paths_draw.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "core/alloc.h"
#include "plot/mark_names.h"
#include "thalweg/words.h"

/* Dots stand at least SPACING apart on the page; a dot is hollow from HOLLOW of the path's extent
 * off the plane on. */
static const double SPACING = 5.5, DOT = 1.7, END = 2.9, HOLLOW = 0.3, LINE = 1.1, CASING = 2.6;

enum { NAMES = 32, SPOTS = 4000 };

/* Okabe and Ito's, those first that stand out from the greens and blues of maps. */
static tw_rgb ink_of(size_t run) {
    static const tw_rgb inks[] = {{0xd5 / 255.0, 0x5e / 255.0, 0},
                                  {0x11 / 255.0, 0x11 / 255.0, 0x11 / 255.0},
                                  {0xcc / 255.0, 0x79 / 255.0, 0xa7 / 255.0},
                                  {0, 0x72 / 255.0, 0xb2 / 255.0},
                                  {0xe6 / 255.0, 0x9f / 255.0, 0},
                                  {0, 0x9e / 255.0, 0x73 / 255.0}};
    return inks[run % (sizeof inks / sizeof inks[0])];
}

static int is_run(const tw_path *path) {
    return path->count > 1;
}

tw_status tw_paths_check(const tw_figure *figure) {
    for (size_t p = 0; p < figure->path_count; p++) {
        const tw_path *path = figure->paths != NULL ? &figure->paths[p] : NULL;
        if (path == NULL || (path->count > 0 && (path->x == NULL || path->y == NULL)))
            return tw_fail(TW_ERR_ARGUMENT, "path %zu has no coordinates", p + 1);
    }
    return TW_OK;
}

/* The largest length of a run's checkpoints, to which distances are compared; 0 if unknown. */
static double extent_of(const tw_figure *figure) {
    double extent = 0;
    for (size_t p = 0; p < figure->path_count; p++)
        for (size_t k = 0; k < figure->paths[p].count && is_run(&figure->paths[p]); k++)
            if (figure->paths[p].length != NULL)
                extent = fmax(extent, figure->paths[p].length[k]);
    return extent;
}

static double farthest_off(const tw_figure *figure) {
    double most = 0;
    for (size_t p = 0; p < figure->path_count; p++)
        for (size_t k = 0; k < figure->paths[p].count && is_run(&figure->paths[p]); k++)
            if (figure->paths[p].distance != NULL)
                most = fmax(most, figure->paths[p].distance[k]);
    return most;
}

/* Dots would be as thick as a line of characters. */
static int has_dots(const tw_figure *figure) {
    return figure->terminal == NULL || figure->terminal->kind > TW_TERMINAL_BLOCKS;
}

void tw_paths_frame(const tw_figure *figure, tw_frame *frame) {
    size_t runs = 0;
    for (const char *line = figure->note; line != NULL; line = strchr(line, '\n')) {
        line += *line == '\n';
        tw_caption_add(&frame->caption, TW_HATCH_NONE, "%.*s", (int)strcspn(line, "\n"), line);
    }
    for (size_t p = 0; p < figure->path_count; p++) {
        const tw_path *path = &figure->paths[p];
        if (!is_run(path))
            continue;
        if (path->name != NULL && frame->legend_count < TW_LEGEND_MAX)
            frame->legend[frame->legend_count++] =
                (tw_legend_entry){path->name, ink_of(runs), TW_MARK_LINE, 1};
        runs++;
    }
    if (runs == 0)
        return;
    double share = tw_paths_share(figure->path_count, figure->paths);
    double extent = extent_of(figure), most = farthest_off(figure);
    char text[32];
    if (isnan(share))
        tw_caption_add(&frame->caption, TW_HATCH_NONE, "circle: start, diamond: end");
    else
        tw_caption_add(&frame->caption, TW_HATCH_NONE,
                       "circle: start, diamond: end; the plane holds %s of the trajector%s",
                       tw_text_per_cent(share, text, sizeof text), runs > 1 ? "ies" : "y");
    if (extent > 0 && most > 0.01 * extent)
        tw_caption_add(&frame->caption, TW_HATCH_NONE, "%s up to %s of the path's extent",
                       has_dots(figure) ? "the fainter a dot, the further from the plane:"
                                        : "the checkpoints lie off the plane by",
                       tw_text_per_cent(most / extent, text, sizeof text));
}

void tw_paths_outside(const tw_figure *figure, const double x[2], const double y[2], int arrows,
                      tw_caption *caption) {
    size_t checkpoints = 0, points = 0;
    for (size_t p = 0; p < figure->path_count; p++) {
        const tw_path *path = &figure->paths[p];
        for (size_t k = 0; k < path->count; k++) {
            int inside = path->x[k] >= x[0] && path->x[k] <= x[1] && path->y[k] >= y[0] &&
                         path->y[k] <= y[1];
            *(is_run(path) ? &checkpoints : &points) += !inside;
        }
    }
    if (checkpoints > 0)
        tw_caption_add(caption, TW_HATCH_NONE, "%zu checkpoint%s outside the picture", checkpoints,
                       checkpoints == 1 ? " lies" : "s lie");
    if (points > 0)
        tw_caption_add(
            caption, TW_HATCH_NONE, "%zu point%s outside the picture%s", points,
            points == 1 ? " lies" : "s lie",
            arrows ? points == 1 ? ", where the arrow points" : ", where the arrows point" : "");
}

/* ---- a run ---- */

typedef struct page {
    tw_canvas *canvas;
    tw_to_page to_page;
    const void *context;
    int pieces;
    double extent;
    size_t names;
    tw_mark_name name[NAMES];
    size_t spots;
    tw_spot spot[SPOTS]; /* along the lines: names leave them free */
} page;

/* 0 where there is no such point on the page. */
static int place_point(const page *p, double px, double py, double *x, double *y) {
    if (!tw_is_drawable(px) || !tw_is_drawable(py))
        return 0;
    p->to_page(p->context, px, py, x, y);
    if (isnan(*x) || isnan(*y))
        return 0;
    *x = fmin(fmax(*x, -1e5), 1e5); /* Cairo counts in 1/256 of a point, in 32 bits */
    *y = fmin(fmax(*y, -1e5), 1e5);
    return 1;
}

static int place(const page *p, const tw_path *path, size_t k, double *x, double *y) {
    return place_point(p, path->x[k], path->y[k], x, y);
}

static void add_spots(page *p, double ax, double ay, double bx, double by) {
    int steps = (int)fmin(hypot(bx - ax, by - ay) / 3 + 1, 400);
    for (int i = 0; i < steps && p->spots < SPOTS; i++)
        p->spot[p->spots++] = (tw_spot){ax + (bx - ax) * i / steps, ay + (by - ay) * i / steps};
}

/* Point i of `pieces` on the way to checkpoint k. */
static int place_between(const page *p, const tw_path *path, size_t k, int i, double *x,
                         double *y) {
    if (i == p->pieces)
        return place(p, path, k, x, y);
    double t = (double)i / p->pieces;
    return place_point(p, path->x[k - 1] + t * (path->x[k] - path->x[k - 1]),
                       path->y[k - 1] + t * (path->y[k] - path->y[k - 1]), x, y);
}

static void trace(page *p, const tw_path *path) {
    double x, y, last_x = 0, last_y = 0;
    int pen = 0;
    for (size_t k = 0; k < path->count; k++) {
        for (int i = k == 0 ? p->pieces : 1; i <= p->pieces; i++) {
            if (!place_between(p, path, k, i, &x, &y)) {
                pen = 0;
                continue;
            }
            /* long paths have many points within a hair of each other */
            if (pen && k + 1 < path->count && hypot(x - last_x, y - last_y) < 0.2)
                continue;
            if (pen) {
                cairo_line_to(p->canvas->cr, x, y);
                add_spots(p, last_x, last_y, x, y);
            } else {
                cairo_move_to(p->canvas->cr, x, y);
            }
            pen = 1;
            last_x = x;
            last_y = y;
        }
    }
}

/* White around everything, so that it is seen on any ground. */
static void stroke_cased(cairo_t *cr, tw_canvas *canvas, tw_rgb ink) {
    cairo_set_line_join(cr, CAIRO_LINE_JOIN_ROUND);
    tw_canvas_ink(canvas, TW_PAPER, 0.85);
    cairo_set_line_width(cr, CASING);
    cairo_stroke_preserve(cr);
    tw_canvas_ink(canvas, ink, 1);
    cairo_set_line_width(cr, LINE);
    cairo_stroke(cr);
}

/* From the ink towards white, the further from the plane. */
static tw_rgb fill_of(const page *p, const tw_path *path, size_t k, tw_rgb ink) {
    double off = path->distance != NULL && p->extent > 0 ? path->distance[k] / p->extent : 0;
    double light = fmin(off / HOLLOW, 1);
    return (tw_rgb){ink.r + light * (1 - ink.r), ink.g + light * (1 - ink.g),
                    ink.b + light * (1 - ink.b)};
}

static void outline(tw_canvas *canvas, tw_rgb fill, tw_rgb ink, double width) {
    cairo_t *cr = canvas->cr;
    tw_canvas_ink(canvas, TW_PAPER, 1);
    cairo_set_line_width(cr, width + 1.4);
    cairo_stroke_preserve(cr);
    tw_canvas_ink(canvas, fill, 1);
    cairo_fill_preserve(cr);
    tw_canvas_ink(canvas, ink, 1);
    cairo_set_line_width(cr, width);
    cairo_stroke(cr);
}

static void draw_dots(page *p, const tw_path *path, tw_rgb ink) {
    double x, y, last_x = -1e9, last_y = -1e9;
    cairo_t *cr = p->canvas->cr;
    for (size_t k = 1; k + 1 < path->count; k++) {
        if (!place(p, path, k, &x, &y) || hypot(x - last_x, y - last_y) < SPACING)
            continue;
        cairo_new_sub_path(cr);
        cairo_arc(cr, x, y, DOT, 0, 2 * M_PI);
        tw_canvas_ink(p->canvas, fill_of(p, path, k, ink), 1);
        cairo_fill_preserve(cr);
        tw_canvas_ink(p->canvas, ink, 1);
        cairo_set_line_width(cr, 0.6);
        cairo_stroke(cr);
        last_x = x;
        last_y = y;
    }
}

/* On a page of characters a mark is one. */
static void put_mark(page *p, double x, double y, const char *mark, tw_rgb ink) {
    tw_text_style style = {.size = TW_TICK_SIZE, .across = 0.5, .up = 0.5, .ink = ink};
    tw_canvas_text(p->canvas, x, y, mark, &style);
}

/* `over`: it has come to its end; else its head is a dot. */
static void draw_ends(page *p, const tw_path *path, int over, tw_rgb ink) {
    double x, y;
    cairo_t *cr = p->canvas->cr;
    size_t last = path->count - 1;
    if (tw_canvas_row(p->canvas) > 0) {
        if (place(p, path, 0, &x, &y))
            put_mark(p, x, y, "\xe2\x97\x8b", ink);
        if (place(p, path, last, &x, &y))
            put_mark(p, x, y, over ? "\xe2\x97\x86" : "\xe2\x97\x8f", ink);
        return;
    }
    if (place(p, path, 0, &x, &y)) {
        cairo_new_sub_path(cr);
        cairo_arc(cr, x, y, END, 0, 2 * M_PI);
        outline(p->canvas, fill_of(p, path, 0, ink), ink, 1);
    }
    if (!place(p, path, last, &x, &y))
        return;
    if (over) {
        cairo_move_to(cr, x, y - 1.3 * END);
        cairo_line_to(cr, x + 1.3 * END, y);
        cairo_line_to(cr, x, y + 1.3 * END);
        cairo_line_to(cr, x - 1.3 * END, y);
        cairo_close_path(cr);
    } else {
        cairo_new_sub_path(cr);
        cairo_arc(cr, x, y, END, 0, 2 * M_PI);
        outline(p->canvas, ink, ink, 1);
        return;
    }
    outline(p->canvas, fill_of(p, path, last, ink), ink, 1);
}

static int is_over(const tw_path *path, const tw_path *whole) {
    size_t last = whole->count - 1;
    return path->count == whole->count && path->x[last] == whole->x[last] &&
           path->y[last] == whole->y[last];
}

/* ---- points with names ---- */

/* An arrow at the edge of the box, towards a point outside: a mark with a name inside would be a
 * lie. (x, y) becomes its middle. */
static void trace_arrow(cairo_t *cr, const tw_rect *box, double *x, double *y) {
    const double in = 6, tip = 5, tail = 4, half = 2.2; /* slender: it must not look like a mark */
    double at_x = fmin(fmax(*x, box->x + in), box->x + box->w - in);
    double at_y = fmin(fmax(*y, box->y + in), box->y + box->h - in);
    double angle = atan2(*y - at_y, *x - at_x), c = cos(angle), s = sin(angle);
    cairo_move_to(cr, at_x + tip * c, at_y + tip * s);
    cairo_line_to(cr, at_x - tail * c - half * s, at_y - tail * s + half * c);
    cairo_line_to(cr, at_x - tail * c + half * s, at_y - tail * s - half * c);
    cairo_close_path(cr);
    *x = at_x;
    *y = at_y;
}

static void draw_point(page *p, const tw_path *path, const tw_rect *box) {
    double x, y;
    cairo_t *cr = p->canvas->cr;
    if (path->count == 0 || !place(p, path, 0, &x, &y))
        return;
    /* half a point for the rounding of a coefficient at the edge */
    if (x < box->x - 0.5 || x > box->x + box->w + 0.5 || y < box->y - 0.5 ||
        y > box->y + box->h + 0.5)
        trace_arrow(cr, box, &x, &y);
    else
        cairo_rectangle(cr, x - 2.2, y - 2.2, 4.4, 4.4);
    outline(p->canvas, TW_INK, TW_INK, 0.6);
    if (path->name != NULL && path->name[0] != '\0' && p->names < NAMES)
        p->name[p->names++] =
            (tw_mark_name){.x = x, .y = y, .reach = 3.4, .text = path->name, .ink = TW_INK};
}

/* Names have a white ground: contours run everywhere. */
static void draw_names(page *p, const tw_rect *box) {
    tw_mark_names_place(&p->canvas->font, TW_LABEL_SIZE, box, p->names, p->name, p->spots, p->spot);
    for (size_t k = 0; k < p->names; k++) {
        const tw_rect *r = &p->name[k].place;
        cairo_rectangle(p->canvas->cr, r->x - 1.5, r->y - 0.5, r->w + 3, r->h + 1);
        tw_canvas_ink(p->canvas, TW_PAPER, 0.8);
        cairo_fill(p->canvas->cr);
    }
    tw_mark_names_draw(p->canvas, TW_LABEL_SIZE, p->names, p->name);
}

tw_status tw_paths_draw(tw_canvas *canvas, const tw_rect *box, tw_to_page to_page,
                        const void *context, int pieces) {
    const tw_figure *figure = canvas->figure;
    if (figure->path_count == 0)
        return TW_OK;
    page *p = tw_alloc(1, sizeof *p);
    if (p == NULL)
        return tw_fail(TW_ERR_MEMORY, "not enough memory for the names of a map");
    p->canvas = canvas;
    p->to_page = to_page;
    p->context = context;
    p->pieces = pieces;
    p->extent = extent_of(figure);
    cairo_save(canvas->cr);
    for (int layer = 0; layer < 3; layer++) { /* lines below dots below starts and ends */
        size_t run = 0;
        for (size_t k = 0; k < figure->path_count; k++) {
            if (layer == 1 && !has_dots(figure))
                break;
            const tw_path *whole = &figure->paths[k];
            const tw_path *path = figure->moving != NULL ? &figure->moving[k] : whole;
            if (!is_run(whole))
                continue;
            tw_rgb ink = ink_of(run++);
            if (layer == 0) {
                trace(p, path);
                stroke_cased(canvas->cr, canvas, ink);
            } else if (layer == 1) {
                draw_dots(p, path, ink);
            } else {
                draw_ends(p, path, is_over(path, whole), ink);
            }
        }
    }
    for (size_t k = 0; k < figure->path_count; k++)
        if (!is_run(&figure->paths[k]))
            draw_point(p, &figure->paths[k], box);
    draw_names(p, box);
    cairo_restore(canvas->cr);
    free(p);
    return TW_OK;
}
