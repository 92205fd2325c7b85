/* A surface seen from above: contour lines, filled contours, heat map. */
#include <math.h>

#include "plot/contour_draw.h"
#include "plot/map.h"
#include "plot/paths_draw.h"
#include "plot/plot_private.h"
#include "plot/topology_draw.h"

static const double SLENDER = 10;

static int is_heat(const tw_map *m) {
    return m->figure->view == TW_VIEW_HEAT;
}

/* Lines on paper take the colour of their level; lines on a fill are dark, or light on the dark
 * end of the map. */
void tw_map_choose_inks(tw_map *m) {
    int filled = m->figure->view == TW_VIEW_FILLED;
    for (size_t i = 0; i < m->level_count; i++) {
        m->heights[i] = tw_field_height(&m->field, m->levels[i]);
        double level = tw_field_level(&m->field, m->heights[i]);
        if (filled) {
            tw_rgb ground = tw_colormap_at(m->bar.colormap, level);
            m->inks[i] =
                tw_rgb_luminance(ground) < 0.16 ? (tw_rgb){0.75, 0.75, 0.75} : (tw_rgb){0, 0, 0};
            continue;
        }
        m->inks[i] = tw_contour_ink(m->canvas, m->bar.colormap, level);
    }
}

static void set_frame(tw_map *m, const tw_metric *metric) {
    const tw_figure *figure = m->figure;
    const tw_field *f = &m->field;
    tw_frame *frame = &m->frame;
    tw_metric_label(metric, m->label, sizeof m->label);
    frame->title = figure->title;
    frame->aspect = tw_field_aspect(f, figure, SLENDER, is_heat(m));
    frame->bottom = (tw_side){.span = tw_field_axis(f, 0, is_heat(m)),
                              .label = figure->x_label != NULL ? figure->x_label : "direction δ",
                              .ink = TW_INK};
    frame->left = (tw_side){.span = tw_field_axis(f, 1, is_heat(m)),
                            .label = figure->y_label != NULL ? figure->y_label : "direction η",
                            .ink = TW_INK};
    tw_field_bar(f, figure, m->label, &m->bar);
    if (figure->view == TW_VIEW_FILLED || figure->class_count > 0) {
        m->bar.bands = m->levels;
        m->bar.band_count = m->level_count;
    } else if (figure->view == TW_VIEW_CONTOUR) {
        m->bar.is_lines = 1;
        m->bar.lines = m->levels;
        m->bar.inks = m->inks;
        m->bar.line_count = m->level_count;
    }
    tw_map_choose_inks(m);
    frame->bar = &m->bar;
    tw_caption_left_out(&frame->caption, m->canvas);
    tw_field_caption(f, figure, &frame->caption);
    tw_paths_frame(figure, frame);
    const tw_span *x = &frame->bottom.span, *y = &frame->left.span;
    tw_paths_outside(figure, (const double[]){x->low, x->high}, (const double[]){y->low, y->high},
                     1, &frame->caption);
    tw_topology_caption(figure, &frame->caption);
    tw_map_take_errors(m);
}

tw_status tw_map_prepare(tw_map *m, const tw_metric *metric) {
    int target = m->figure->view == TW_VIEW_FILLED ? 16 : 11;
    tw_status status = TW_OK;
    if (!is_heat(m) || m->figure->class_count > 0)
        status = tw_field_levels(&m->field, m->figure, target, m->levels, &m->level_count);
    if (status == TW_OK)
        set_frame(m, metric);
    return status;
}

/* ---- missing values ---- */

static double half_way(const double *x, size_t count, size_t i, int side) {
    if ((side < 0 && i == 0) || (side > 0 && i + 1 == count))
        return x[i] + side * (side < 0 ? x[1] - x[0] : x[i] - x[i - 1]) / 2;
    return x[i] / 2 + x[side < 0 ? i - 1 : i + 1] / 2;
}

/* The rectangles of cells i ... last of row j, as one. */
static void add_cells(const tw_map *m, size_t i, size_t last, size_t j, int heat) {
    const tw_field *f = &m->field;
    double left = heat ? half_way(f->x, f->nx, i, -1) : f->x[i];
    double right = heat ? half_way(f->x, f->nx, last, 1) : f->x[last + 1];
    double low = heat ? half_way(f->y, f->ny, j, -1) : f->y[j];
    double high = heat ? half_way(f->y, f->ny, j, 1) : f->y[j + 1];
    double x = tw_frame_x(&m->frame, left), y = tw_frame_y(&m->frame, high);
    cairo_rectangle(m->canvas->cr, x, y, tw_frame_x(&m->frame, right) - x,
                    tw_frame_y(&m->frame, low) - y);
}

static void hatch_missing(const tw_map *m) {
    const tw_field *f = &m->field;
    int heat = m->figure->view == TW_VIEW_HEAT;
    for (int hatch = TW_HATCH_NOT_COMPUTED; hatch <= TW_HATCH_NOT_FINITE; hatch++) {
        size_t found = 0;
        for (size_t j = 0; j < f->ny; j++) {
            for (size_t i = 0; i < f->nx; i++) {
                size_t last = i;
                if (tw_field_hole(f, i, j, heat) != hatch)
                    continue;
                while (last + 1 < f->nx && tw_field_hole(f, last + 1, j, heat) == hatch)
                    last++;
                add_cells(m, i, last, j, heat);
                found++;
                i = last;
            }
        }
        if (found > 0)
            tw_hatch_fill(m->canvas, (tw_hatch)hatch);
    }
}

/* ---- colours ---- */

static size_t band_of(const tw_map *m, double z) {
    size_t band = 0;
    while (band < m->level_count && z > m->heights[band])
        band++;
    return band;
}

static size_t nearest(const double *x, size_t count, double at) {
    size_t i = 0;
    while (i + 1 < count && at > x[i] / 2 + x[i + 1] / 2)
        i++;
    return i;
}

static uint32_t argb(tw_rgb c) {
    return 0xff000000u | (uint32_t)lround(255 * c.r) << 16 | (uint32_t)lround(255 * c.g) << 8 |
           (uint32_t)lround(255 * c.b);
}

static uint32_t pixel(const tw_map *m, double x, double y) {
    const tw_field *f = &m->field;
    if (m->figure->view == TW_VIEW_HEAT) {
        double z = f->z[nearest(f->y, f->ny, y) * f->nx + nearest(f->x, f->nx, x)];
        return isnan(z) ? 0 : argb(tw_colormap_at(m->bar.colormap, tw_field_level(f, z)));
    }
    double z = tw_field_at(f, x, y);
    return isnan(z) ? 0 : argb(tw_colorbar_band(&m->bar, band_of(m, z)));
}

/* Colours as an image: filled polygons would leave seams, and open outlines at missing values. */
static tw_status paint_colors(const tw_map *m) {
    const tw_frame *frame = &m->frame;
    const tw_span along = frame->bottom.span, up = frame->left.span;
    int width = tw_canvas_pixels(m->canvas, frame->box.w - 1e-6);
    int height = tw_canvas_pixels(m->canvas, frame->box.h - 1e-6);
    cairo_surface_t *image = cairo_image_surface_create(CAIRO_FORMAT_ARGB32, width, height);
    if (cairo_surface_status(image) != CAIRO_STATUS_SUCCESS) {
        cairo_surface_destroy(image);
        return tw_fail(TW_ERR_MEMORY, "not enough memory for a map of %d x %d pixels", width,
                       height);
    }
    cairo_surface_flush(image);
    unsigned char *data = cairo_image_surface_get_data(image);
    size_t stride = (size_t)cairo_image_surface_get_stride(image);
    for (int j = 0; j < height; j++) {
        uint32_t *row = (uint32_t *)(void *)(data + (size_t)j * stride);
        double v = (j + 0.5) / height;
        double y = up.high + v * (up.low - up.high);
        for (int i = 0; i < width; i++)
            row[i] = pixel(m, along.low + (i + 0.5) / width * (along.high - along.low), y);
    }
    tw_canvas_image(m->canvas, image, frame->box.x, frame->box.y, frame->box.w, frame->box.h);
    cairo_surface_destroy(image);
    return TW_OK;
}

/* ---- lines ---- */

static void to_page(const void *context, double x, double y, double *page_x, double *page_y) {
    *page_x = tw_frame_x(context, x);
    *page_y = tw_frame_y(context, y);
}

static void place_point(const void *context, double x, double y, double value, double *page_x,
                        double *page_y) {
    to_page(context, x, y, page_x, page_y);
}

static tw_status trace_path(const tw_map *m, size_t count, const double *xs, const double *ys,
                            tw_contours *out) {
    tw_status status = tw_contours_add_line(out, 0);
    for (size_t k = 0; k < count && status == TW_OK; k++) {
        double x, y;
        to_page(&m->frame, xs[k], ys[k], &x, &y);
        status = tw_contours_add_point(out, x, y);
    }
    return status;
}

/* Where the name of a mark may come to stand: beside it, above or below. */
static tw_status trace_name(const tw_map *m, double x, double y, double width, tw_contours *out) {
    double page_x, page_y;
    tw_status status = TW_OK;
    to_page(&m->frame, x, y, &page_x, &page_y);
    for (int row = -2; row <= 2 && status == TW_OK; row++) {
        status = tw_contours_add_line(out, 0);
        for (int side = -1; side <= 1 && status == TW_OK; side += 2)
            status = tw_contours_add_point(out, page_x + side * width, page_y + 6 * row);
    }
    return status;
}

/* What is drawn over the lines, on the page. */
static tw_status trace_paths(const tw_map *m, tw_contours *out) {
    const tw_pass *pass = m->figure->pass;
    const tw_topology *shape = m->figure->topology;
    tw_status status = TW_OK;
    for (size_t l = 0; l < m->figure->path_count && status == TW_OK; l++) {
        const tw_path *path = &m->figure->paths[l];
        status = trace_path(m, path->count, path->x, path->y, out);
        if (status == TW_OK && path->count == 1)
            status =
                trace_name(m, path->x[0], path->y[0],
                           6 + tw_text_width(&m->canvas->font, path->name, TW_LABEL_SIZE), out);
    }
    if (status == TW_OK && pass != NULL)
        status = trace_path(m, pass->way.count, pass->way.x, pass->way.y, out);
    size_t names = shape != NULL ? tw_topology_names(shape) : 0;
    for (size_t k = 0; k < names && k < shape->count && status == TW_OK; k++) {
        const tw_grid_point *at = &shape->minimum[k].place;
        status = trace_path(m, 1, &at->x, &at->y, out);
        if (status == TW_OK && !shape->minimum[k].noise)
            status = trace_name(m, at->x, at->y, 40, out);
    }
    return status;
}

/* Points all over a rectangle. */
static tw_status trace_area(const tw_rect *r, tw_contours *out) {
    static const double step = 5;
    tw_status status = TW_OK;
    for (double y = 0; y < r->h + step && status == TW_OK; y += step) {
        status = tw_contours_add_line(out, 0);
        for (double x = 0; x < r->w + step && status == TW_OK; x += step)
            status = tw_contours_add_point(out, r->x + fmin(x, r->w), r->y + fmin(y, r->h));
    }
    return status;
}

/* Labels under the card of an inset, and in what it magnifies, would be cut. */
static tw_status trace_inset(const tw_map *m, tw_contours *out) {
    if (!m->has_inset)
        return TW_OK;
    tw_status status = trace_area(&m->inset.card, out);
    return status == TW_OK ? trace_area(&m->inset.source, out) : status;
}

static tw_status draw_lines(const tw_map *m) {
    const tw_field *f = &m->field;
    int filled = m->figure->view == TW_VIEW_FILLED;
    tw_contours lines = {0}, page = {0}, paths = {0};
    tw_status status =
        tw_contours_trace(f->rx, f->ry, f->fx, f->fy, f->fz, m->level_count, m->heights, &lines);
    if (status == TW_OK)
        status = tw_contours_to_page(&lines, to_page, &m->frame, &page);
    if (status == TW_OK)
        status = trace_paths(m, &paths);
    if (status == TW_OK)
        status = trace_inset(m, &paths);
    tw_contour_style style = {.width = filled ? 0.45 : 0.85,
                              .alpha = filled ? 0.65 : 1,
                              .ink = m->inks,
                              .labels = filled ? NULL : m->levels,
                              .axis = &m->bar.side.ticks,
                              .label_ink = TW_INK,
                              .label_ground = m->figure->show_points,
                              .cover = &paths};
    tw_frame_clip(m->canvas, &m->frame, 0);
    if (status == TW_OK)
        status = tw_contours_draw(m->canvas, &page, &m->frame.box, m->level_count, &style);
    cairo_restore(m->canvas->cr);
    tw_contours_release(&lines);
    tw_contours_release(&page);
    tw_contours_release(&paths);
    return status;
}

/* Dots at the computed points, light around dark: they are seen on any ground. */
static void draw_points(const tw_map *m) {
    const tw_surface *surface = m->surface;
    cairo_t *cr = m->canvas->cr;
    double width = m->frame.box.w / (double)surface->nx;
    double size = fmin(1, fmax(0.4, 0.25 * width));
    tw_frame_clip(m->canvas, &m->frame, 2);
    for (size_t p = 0; p < surface->nx * surface->ny; p++) {
        if (surface->computed != NULL && surface->computed[p] != 1)
            continue;
        double x = tw_frame_x(&m->frame, surface->x[p % surface->nx]);
        double y = tw_frame_y(&m->frame, surface->y[p / surface->nx]);
        cairo_arc(cr, x, y, size, 0, 2 * M_PI);
        tw_canvas_ink(m->canvas, (tw_rgb){0.1, 0.1, 0.1}, 1);
        cairo_fill_preserve(cr);
        tw_canvas_ink(m->canvas, TW_PAPER, 1);
        cairo_set_line_width(cr, 0.3 * size);
        cairo_stroke(cr);
    }
    cairo_restore(cr);
}

static tw_status draw_paths(const tw_map *m) {
    tw_frame_clip(m->canvas, &m->frame, 0);
    tw_status status = tw_topology_draw(m->canvas, &m->frame.box, place_point, &m->frame, 0, NULL);
    if (status == TW_OK)
        status = tw_paths_draw(m->canvas, &m->frame.box, to_page, &m->frame, 1);
    cairo_restore(m->canvas->cr);
    return status;
}

tw_status tw_map_paint(const tw_map *m) {
    tw_status status = TW_OK;
    hatch_missing(m);
    if (m->figure->view != TW_VIEW_CONTOUR)
        status = paint_colors(m);
    if (status == TW_OK && m->figure->show_points)
        draw_points(m); /* below the labels of lines */
    if (status == TW_OK)
        tw_map_dot_errors(m);
    /* lines on a fill would cover it where they are rows of dots */
    int lines =
        m->canvas->format == TW_CANVAS_CELLS ? m->figure->view == TW_VIEW_CONTOUR : !is_heat(m);
    if (status == TW_OK && lines)
        status = draw_lines(m);
    return status == TW_OK ? draw_paths(m) : status;
}
