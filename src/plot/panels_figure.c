/* Several surfaces on one scale. */
#include "plot/panels.h"

#include <stdlib.h>
#include <string.h>

#include "core/alloc.h"
#include "plot/inset.h"
#include "plot/paths_draw.h"
#include "plot/plot_private.h"

/* What the panels are made of. */
typedef struct material {
    size_t count;
    tw_surface *coarse;
    tw_figure figure[TW_PANELS_MAX];
    tw_field_source source[TW_PANELS_MAX];
    size_t points[TW_PANELS_MAX], left_out[TW_PANELS_MAX];
} material;

static tw_status check(size_t count, const tw_panel *panels) {
    if (count > TW_PANELS_MAX)
        return tw_fail(TW_ERR_ARGUMENT, "%zu panels in one picture: at most %d", count,
                       TW_PANELS_MAX);
    for (size_t p = 0; p < count; p++) {
        const tw_surface *surface = panels[p].surface;
        tw_status status = tw_drawn_check(surface, panels[p].metric);
        if (status != TW_OK)
            return status;
        const tw_metric *first = &panels[0].surface->metric[panels[0].metric];
        if (!tw_metric_same(first, &surface->metric[panels[p].metric]))
            return tw_fail(TW_ERR_ARGUMENT,
                           "panel %zu shows '%s' and the first '%s': one scale is of one metric",
                           p + 1, surface->names[panels[p].metric],
                           panels[0].surface->names[panels[0].metric]);
        if (surface->rank != 2 || surface->nx < 2 || surface->ny < 2)
            return tw_fail(TW_ERR_ARGUMENT,
                           "panel %zu is a line: only planes of two rows and columns at least can "
                           "stand side by side",
                           p + 1);
    }
    return TW_OK;
}

/* The figure of one panel: that of all, with its own texts and paths. */
static tw_figure figure_of(const tw_figure *whole, const tw_panel *panel) {
    tw_figure figure = *whole;
    figure.title = panel->label;
    figure.paths = panel->paths;
    figure.path_count = panel->path_count;
    figure.topology = NULL;
    figure.pass = NULL;
    if (panel->x_label != NULL)
        figure.x_label = panel->x_label;
    if (panel->y_label != NULL)
        figure.y_label = panel->y_label;
    return figure;
}

static tw_status gather(tw_canvas *canvas, size_t count, const tw_panel *panels, material *m) {
    m->coarse = tw_alloc(count, sizeof *m->coarse);
    if (m->coarse == NULL)
        return tw_fail(TW_ERR_MEMORY, "not enough memory for %zu panels", count);
    tw_status status = TW_OK;
    for (; m->count < count && status == TW_OK; m->count++) {
        size_t p = m->count;
        m->source[p].metric = panels[p].metric;
        m->figure[p] = figure_of(&canvas->given, &panels[p]);
        status = tw_paths_check(&m->figure[p]);
        if (status == TW_OK)
            status = tw_drawn_part(canvas, panels[p].surface, &m->coarse[p], &m->source[p].surface);
        m->points[p] = canvas->points;
        m->left_out[p] = canvas->left_out;
    }
    return status;
}

static void set_panel(const tw_panels *s, size_t p, const material *m) {
    tw_canvas *canvas = s->canvas;
    canvas->figure = &m->figure[p];
    canvas->points = m->points[p];
    canvas->left_out = m->left_out[p];
    canvas->nx = m->source[p].surface->nx;
    canvas->ny = m->source[p].surface->ny;
    if (s->space) {
        s->view[p].canvas = canvas;
        s->view[p].figure = canvas->figure;
    } else {
        s->map[p].canvas = canvas;
        s->map[p].figure = canvas->figure;
        s->map[p].surface = m->source[p].surface;
        s->map[p].metric = m->source[p].metric;
    }
}

/* A contour map between whose lines all values lie is blank. */
static void say_blank(const tw_panels *s, size_t p) {
    const tw_map *m = &s->map[p];
    char low[TW_TICK_TEXT], high[TW_TICK_TEXT];
    size_t inside = 0;
    for (size_t k = 0; k < m->level_count; k++)
        inside += m->levels[k] > m->field.own.low && m->levels[k] < m->field.own.high;
    if (inside > 0 || m->figure->view != TW_VIEW_CONTOUR)
        return;
    tw_number_text(m->field.own.low, low, sizeof low);
    tw_number_text(m->field.own.high, high, sizeof high);
    tw_caption_add(&s->map[p].frame.caption, TW_HATCH_NONE, "no line between %s and %s", low, high);
}

static tw_status prepare(tw_panels *s, const material *m) {
    tw_field *fields[TW_PANELS_MAX];
    tw_view3d *views[TW_PANELS_MAX];
    for (size_t p = 0; p < s->count; p++) {
        views[p] = s->space ? &s->view[p] : NULL;
        fields[p] = s->space ? &s->view[p].field : &s->map[p].field;
        set_panel(s, p, m);
    }
    tw_status status = tw_fields_init(s->count, fields, m->source, &s->canvas->given);
    if (status == TW_OK && s->space)
        status = tw_view3d_turn(s->count, views);
    for (size_t p = 0; p < s->count && status == TW_OK; p++) {
        const tw_metric *metric = &m->source[p].surface->metric[m->source[p].metric];
        set_panel(s, p, m);
        status =
            s->space ? tw_view3d_prepare(&s->view[p], metric) : tw_map_prepare(&s->map[p], metric);
        tw_frame *frame = tw_panels_frame(s, p);
        if (!s->space)
            say_blank(s, p);
        frame->bar = NULL;
        frame->title_size = TW_LABEL_SIZE;
    }
    s->canvas->figure = &s->canvas->given;
    return status;
}

static int same_side(const tw_side *a, const tw_side *b) {
    return a->span.low == b->span.low && a->span.high == b->span.high &&
           strcmp(a->label, b->label) == 0;
}

/* One name for axes that are the same in all panels. */
static void join_axes(tw_panels *s) {
    const tw_frame *first = tw_panels_frame(s, 0);
    s->joined = !s->space;
    for (size_t p = 0; p < s->count && s->joined; p++) {
        const tw_frame *frame = tw_panels_frame(s, p);
        s->joined = same_side(&first->left, &frame->left) &&
                    same_side(&first->bottom, &frame->bottom) && first->aspect == frame->aspect;
    }
    s->x_label = first->bottom.label;
    s->y_label = first->left.label;
}

static int has_line(const tw_caption *caption, tw_hatch hatch, const char *text) {
    for (int k = 0; k < caption->count; k++)
        if (caption->line[k].hatch == hatch && strcmp(caption->line[k].text, text) == 0)
            return 1;
    return 0;
}

/* The small print of all panels under the page: what is said of all of them once, the rest with the
 * name of its panel. */
static void gather_captions(tw_panels *s, const material *m) {
    for (size_t p = 0; p < s->count; p++) {
        const tw_caption *own = &tw_panels_frame(s, p)->caption;
        for (int k = 0; k < own->count; k++) {
            const char *text = own->line[k].text;
            size_t others = 0;
            for (size_t q = 0; q < s->count; q++)
                others +=
                    (size_t)has_line(&tw_panels_frame(s, q)->caption, own->line[k].hatch, text);
            if (others == s->count && p == 0)
                tw_caption_add(&s->page.caption, own->line[k].hatch, "%s", text);
            else if (others < s->count && m->figure[p].title != NULL)
                tw_caption_add(&s->page.caption, own->line[k].hatch, "%s: %s", m->figure[p].title,
                               text);
            else if (others < s->count)
                tw_caption_add(&s->page.caption, own->line[k].hatch, "panel %zu: %s", p + 1, text);
        }
    }
    for (size_t p = 0; p < s->count; p++)
        tw_panels_frame(s, p)->caption.count = 0;
}

/* The bar of the first panel, with the arrows of all. */
static void set_bar(tw_panels *s) {
    s->bar = s->space ? s->view[0].bar : s->map[0].bar;
    for (size_t p = 1; p < s->count; p++) {
        const tw_colorbar *other = s->space ? &s->view[p].bar : &s->map[p].bar;
        s->bar.below |= other->below;
        s->bar.above |= other->above;
    }
}

static void draw_names(const tw_panels *s) {
    const tw_rect *grid = &s->grid;
    const tw_font *font = &s->canvas->font;
    if (!s->joined)
        return;
    double bottom = s->page.box.y + s->page.box.h;
    tw_text_style style = {.size = tw_text_fit(font, s->x_label, TW_LABEL_SIZE, s->page.box.w),
                           .across = 0.5,
                           .up = 0,
                           .ink = TW_INK};
    tw_canvas_text(s->canvas, grid->x + grid->w / 2, bottom - 3, s->x_label, &style);
    style.size = tw_text_fit(font, s->y_label, TW_LABEL_SIZE, s->page.box.h);
    style.angle = 1.5707963267948966;
    style.up = 1;
    tw_canvas_text(s->canvas, s->page.box.x + 1, grid->y + grid->h / 2, s->y_label, &style);
}

static tw_status draw(tw_panels *s, const material *m) {
    tw_canvas *canvas = s->canvas;
    tw_status status = tw_canvas_begin(canvas, s->page.width, s->page.height);
    for (size_t p = 0; p < s->count && status == TW_OK; p++) {
        set_panel(s, p, m);
        cairo_save(canvas->cr);
        cairo_translate(canvas->cr, s->cell[p].x, s->cell[p].y);
        status = s->space ? tw_view3d_paint(&s->view[p]) : tw_map_paint(&s->map[p]);
        if (status == TW_OK)
            tw_frame_draw(canvas, tw_panels_frame(s, p));
        cairo_restore(canvas->cr);
    }
    canvas->figure = &canvas->given;
    if (status == TW_OK) {
        tw_frame_draw(canvas, &s->page);
        draw_names(s);
    }
    return status;
}

static void release(tw_panels *s, material *m) {
    for (size_t p = 0; p < s->count; p++) {
        if (s->map != NULL)
            tw_map_release(&s->map[p]);
        if (s->view != NULL)
            tw_view3d_release(&s->view[p]);
    }
    for (size_t p = 0; p < m->count; p++)
        tw_surface_release(&m->coarse[p]);
    free(s->map);
    free(s->view);
    free(m->coarse);
}

tw_status tw_panels_draw(tw_canvas *canvas, size_t count, const tw_panel *panels) {
    tw_panels s = {.canvas = canvas, .count = count};
    material m = {0};
    tw_status status = check(count, panels);
    if (status != TW_OK)
        return status;
    if (tw_inset_is_asked(&canvas->given))
        return tw_fail(TW_ERR_ARGUMENT, "an inset is of one picture, not of several side by side");
    if (canvas->format == TW_CANVAS_CELLS)
        return tw_fail(TW_ERR_UNSUPPORTED,
                       "planes side by side are not drawn in characters: draw one at a time, or "
                       "write a file with -o");
    s.space = canvas->given.view == TW_VIEW_3D;
    s.map = s.space ? NULL : tw_alloc(count, sizeof *s.map);
    s.view = s.space ? tw_alloc(count, sizeof *s.view) : NULL;
    if (s.map == NULL && s.view == NULL)
        return tw_fail(TW_ERR_MEMORY, "not enough memory for %zu panels", count);
    status = gather(canvas, count, panels, &m);
    if (status == TW_OK)
        status = prepare(&s, &m);
    if (status == TW_OK) {
        join_axes(&s);
        set_bar(&s);
        gather_captions(&s, &m);
        s.page.title = canvas->given.title;
        status = tw_panels_lay_out(&s);
    }
    if (status == TW_OK)
        status = draw(&s, &m);
    release(&s, &m);
    return status;
}
