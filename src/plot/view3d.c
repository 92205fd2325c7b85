/* A surface in a box, shaded, with contours on it and below it. */
#include <math.h>
#include <string.h>

#include "plot/contour_draw.h"
#include "plot/paths_draw.h"
#include "plot/plot_private.h"
#include "plot/surface3d.h"
#include "plot/view3d.h"
#include "plot/view3d_turn.h"
#include "plot/viewpoint.h"

static const double HEIGHT = 0.62, FLOOR = 0.1, HEIGHT_TICKS = 110, A_TICK = 32;

static void on_page(const tw_view3d *v, const double *point, double *x, double *y) {
    double screen[3];
    tw_camera_project(&v->camera, point, screen);
    *x = v->middle_x + v->scale * screen[0];
    *y = v->middle_y - v->scale * screen[1];
}

/* ---- layout ---- */

typedef struct bounds {
    double left, right, low, high;
} bounds;

static void stretch(bounds *b, double x, double y) {
    b->left = fmin(b->left, x);
    b->right = fmax(b->right, x);
    b->low = fmin(b->low, y);
    b->high = fmax(b->high, y);
}

/* What the box and its texts cover at a scale, in points about the middle of the box. */
static bounds bounds_at(const tw_view3d *v, double scale) {
    bounds b = {HUGE_VAL, -HUGE_VAL, HUGE_VAL, -HUGE_VAL};
    const tw_box3d *box = &v->camera.box;
    for (int corner = 0; corner < 8; corner++) {
        double p[3] = {(corner & 1 ? 0.5 : -0.5) * box->wide, (corner & 2 ? 0.5 : -0.5) * box->deep,
                       corner & 4 ? box->height : 0};
        double screen[3];
        tw_camera_project(&v->camera, p, screen);
        stretch(&b, scale * screen[0] - 1, scale * screen[1] - 1);
        stretch(&b, scale * screen[0] + 1, scale * screen[1] + 1);
    }
    for (size_t i = 0; i < v->item_count; i++) {
        const tw_view3d_item *t = &v->item[i];
        double x = scale * t->x + t->dx, y = scale * t->y + t->dy;
        stretch(&b, x - t->half_w, y - t->half_h);
        stretch(&b, x + t->half_w, y + t->half_h);
    }
    return b;
}

/* The largest scale that fits, and where the middle goes. */
static bounds fit(tw_view3d *v, double width, double height) {
    if (v->figure->turning) {
        tw_view3d_bounds all = tw_view3d_fit_all_round(v, width, height);
        return (bounds){all.left, all.right, all.low, all.high};
    }
    double low = 1, high = 10000;
    for (int i = 0; i < 60; i++) {
        double scale = (low + high) / 2;
        bounds b = bounds_at(v, scale);
        int fits = b.right - b.left <= width && (height <= 0 || b.high - b.low <= height);
        *(fits ? &low : &high) = scale;
    }
    v->scale = low;
    return bounds_at(v, low);
}

static void choose_ticks(tw_view3d *v, int most) {
    tw_ticks_linear(v->x.span.low, v->x.span.high, most, &v->x.ticks);
    tw_ticks_linear(v->y.span.low, v->y.span.high, most, &v->y.ticks);
    tw_side_ticks_upright(&v->height, HEIGHT_TICKS * most / 6);
}

static void set_sides(tw_view3d *v, const tw_metric *metric) {
    const tw_figure *figure = v->figure;
    const tw_field *f = &v->field;
    v->x = (tw_side){.span = {f->x[0], f->x[f->nx - 1], 0},
                     .label = figure->x_label != NULL ? figure->x_label : "direction δ",
                     .ink = TW_INK};
    v->y = (tw_side){.span = {f->y[0], f->y[f->ny - 1], 0},
                     .label = figure->y_label != NULL ? figure->y_label : "direction η",
                     .ink = TW_INK};
    tw_metric_label(metric, v->label, sizeof v->label);
    tw_field_bar(f, figure, v->label, &v->bar);
    v->bar.side.factor_named = 1; /* the surface may reach to where it would stand */
    v->height = v->bar.side;
    choose_ticks(v, 6);
}

/* Numbers at the corners are left out: where no two would remain, every second of more ticks. */
static void thin_side(tw_side *side) {
    size_t inside = 0;
    for (size_t k = 0; k < side->ticks.count; k++) {
        double at = tw_span_at(&side->span, side->ticks.tick[k].value);
        inside += at > 0.02 && at < 0.98 && side->ticks.tick[k].text[0] != '\0';
    }
    if (inside >= 2)
        return;
    tw_ticks_linear(side->span.low, side->span.high, 6, &side->ticks);
    for (size_t k = 1; k < side->ticks.count; k += 2)
        side->ticks.tick[k].text[0] = '\0';
}

/* At most `most` numbers on each axis of the floor where they touch; 1 if there was one. */
static int spread_numbers(tw_view3d *v, int most) {
    int found = 0;
    for (int axis = 0; axis < 2; axis++) {
        tw_side *side = axis == 0 ? &v->x : &v->y;
        if (!tw_view3d_is_crowded(v, axis))
            continue;
        tw_ticks_linear(side->span.low, side->span.high, most, &side->ticks);
        thin_side(side);
        found = 1;
    }
    if (found) {
        v->item_count = 0;
        tw_view3d_texts(v);
    }
    return found;
}

void tw_view3d_thin(tw_view3d *v, double width) {
    int most = (int)(width / A_TICK);
    if (most >= 6)
        return;
    v->item_count = 0;
    choose_ticks(v, most < 3 ? 3 : most);
    thin_side(&v->x);
    thin_side(&v->y);
    tw_view3d_texts(v);
}

tw_status tw_view3d_prepare(tw_view3d *v, const tw_metric *metric) {
    tw_frame *frame = &v->frame;
    tw_status status = tw_field_levels(&v->field, v->figure, 11, v->levels, &v->level_count);
    if (status != TW_OK)
        return status;
    for (size_t i = 0; i < v->level_count; i++)
        v->heights[i] = tw_field_height(&v->field, v->levels[i]);
    set_sides(v, metric);
    tw_view3d_texts(v);
    frame->title = v->figure->title;
    frame->bare = 1;
    tw_caption_left_out(&frame->caption, v->canvas);
    tw_field_caption(&v->field, v->figure, &frame->caption);
    if (v->field.span.log)
        tw_caption_add(&frame->caption, TW_HATCH_NONE, "height and colour are logarithmic");
    tw_paths_frame(v->figure, frame);
    tw_paths_outside(v->figure, (const double[]){v->x.span.low, v->x.span.high},
                     (const double[]){v->y.span.low, v->y.span.high}, 0, &frame->caption);
    return TW_OK;
}

static void place_middle(tw_view3d *v, const bounds *b) {
    const tw_rect *box = &v->frame.box;
    v->middle_x = box->x + box->w / 2 - (b->left + b->right) / 2;
    v->middle_y = box->y + box->h / 2 + (b->low + b->high) / 2;
}

/* Those for which there is no room at the scale of the view; 1 if there were any. */
static int drop_texts(tw_view3d *v) {
    size_t before = v->item_count;
    tw_view3d_drop_touching(v);
    tw_view3d_drop_covered(v);
    return v->item_count < before;
}

tw_status tw_view3d_lay_out(tw_view3d *v, double width, double height) {
    tw_frame *frame = &v->frame;
    frame->aspect = height > 0 ? 0 : 0.8;
    tw_status status = tw_frame_lay_out(frame, v->canvas, width, height);
    if (status != TW_OK)
        return status;
    bounds b = fit(v, frame->box.w, height > 0 ? frame->box.h : 0);
    for (int most = 5; most >= 3 && !v->figure->turning && spread_numbers(v, most); most--)
        b = fit(v, frame->box.w, height > 0 ? frame->box.h : 0);
    if (drop_texts(v)) /* the box takes their room */
        b = fit(v, frame->box.w, height > 0 ? frame->box.h : 0);
    if (height <= 0) {
        frame->aspect = (b.high - b.low) / frame->box.w;
        status = tw_frame_lay_out(frame, v->canvas, width, 0);
        b = fit(v, frame->box.w, frame->box.h + 0.5);
    }
    drop_texts(v);
    place_middle(v, &b);
    return status;
}

void tw_view3d_rescale(tw_view3d *v, double scale) {
    bounds b = bounds_at(v, scale);
    v->scale = scale;
    drop_texts(v);
    place_middle(v, &b);
}

/* ---- drawing ---- */

static void add_polygon(const tw_view3d *v, size_t count, double points[][3]) {
    for (size_t i = 0; i < count; i++) {
        double x, y;
        on_page(v, points[i], &x, &y);
        if (i == 0)
            cairo_move_to(v->canvas->cr, x, y);
        else
            cairo_line_to(v->canvas->cr, x, y);
    }
}

static void draw_segment(const tw_view3d *v, double *a, double *b) {
    double points[2][3] = {{a[0], a[1], a[2]}, {b[0], b[1], b[2]}};
    add_polygon(v, 2, points);
    cairo_stroke(v->canvas->cr);
}

static void grey(const tw_view3d *v, double level) {
    tw_canvas_ink(v->canvas, (tw_rgb){level, level, level}, 1);
}

/* The floor and the two walls behind the surface. */
static void draw_panes(const tw_view3d *v) {
    double w = v->camera.box.wide / 2, d = v->camera.box.deep / 2, h = v->camera.box.height;
    double wx = -v->x_side * w, wy = -v->y_side * d;
    double panes[3][4][3] = {{{-w, -d, 0}, {w, -d, 0}, {w, d, 0}, {-w, d, 0}},
                             {{wx, -d, 0}, {wx, d, 0}, {wx, d, h}, {wx, -d, h}},
                             {{-w, wy, 0}, {w, wy, 0}, {w, wy, h}, {-w, wy, h}}};
    static const double tones[] = {0.965, 0.95, 0.985};
    for (int i = 0; i < 3; i++) {
        add_polygon(v, 4, panes[i]);
        cairo_close_path(v->canvas->cr);
        grey(v, tones[i]);
        cairo_fill_preserve(v->canvas->cr);
        grey(v, 0.8);
        cairo_set_line_width(v->canvas->cr, 0.5);
        cairo_stroke(v->canvas->cr);
    }
}

static void draw_grid(const tw_view3d *v) {
    const tw_box3d *box = &v->camera.box;
    double w = box->wide / 2, d = box->deep / 2, h = box->height;
    double wx = -v->x_side * w, wy = -v->y_side * d;
    grey(v, 0.85);
    cairo_set_line_width(v->canvas->cr, 0.4);
    for (int axis = 0; axis < 2; axis++) {
        const tw_side *side = axis == 0 ? &v->x : &v->y;
        for (size_t i = 0; i < side->ticks.count; i++) {
            double at = tw_span_at(&side->span, side->ticks.tick[i].value) - 0.5;
            double x = at * box->wide, y = at * box->deep;
            if (axis == 0) {
                draw_segment(v, (double[]){x, -d, 0}, (double[]){x, d, 0});
                draw_segment(v, (double[]){x, wy, 0}, (double[]){x, wy, h});
            } else {
                draw_segment(v, (double[]){-w, y, 0}, (double[]){w, y, 0});
                draw_segment(v, (double[]){wx, y, 0}, (double[]){wx, y, h});
            }
        }
    }
    for (size_t i = 0; i < v->height.ticks.count; i++) {
        const tw_tick *tick = &v->height.ticks.tick[i];
        double level = tw_span_at(&v->height.span, tick->value);
        double z = box->floor + level * (h - box->floor);
        if (tick->text[0] == '\0' || z > h)
            continue;
        draw_segment(v, (double[]){wx, -d, z}, (double[]){wx, d, z});
        draw_segment(v, (double[]){-w, wy, z}, (double[]){w, wy, z});
    }
}

static void hatch_floor(const tw_view3d *v) {
    const tw_field *f = &v->field;
    for (int hatch = TW_HATCH_NOT_COMPUTED; hatch <= TW_HATCH_NOT_FINITE; hatch++) {
        size_t found = 0;
        for (size_t j = 0; j + 1 < f->ny; j++) {
            for (size_t i = 0; i + 1 < f->nx; i++) {
                if (tw_field_hole(f, i, j, 0) != hatch)
                    continue;
                double p[4][3];
                tw_camera_place(&v->camera, f, f->x[i], f->y[j], -1, p[0]);
                tw_camera_place(&v->camera, f, f->x[i + 1], f->y[j], -1, p[1]);
                tw_camera_place(&v->camera, f, f->x[i + 1], f->y[j + 1], -1, p[2]);
                tw_camera_place(&v->camera, f, f->x[i], f->y[j + 1], -1, p[3]);
                add_polygon(v, 4, p);
                cairo_close_path(v->canvas->cr);
                found++;
            }
        }
        if (found > 0)
            tw_hatch_fill(v->canvas, (tw_hatch)hatch);
    }
}

static void floor_to_page(const void *context, double x, double y, double *page_x, double *page_y) {
    const tw_view3d *v = context;
    double point[3];
    tw_camera_place(&v->camera, &v->field, x, y, -1, point);
    on_page(v, point, page_x, page_y);
}

static tw_status draw_floor_contours(const tw_view3d *v) {
    tw_contours page = {0};
    tw_rgb inks[TW_LEVELS_MAX];
    for (size_t i = 0; i < v->level_count; i++)
        inks[i] =
            tw_contour_ink(v->canvas, v->bar.colormap, tw_field_level(&v->field, v->heights[i]));
    tw_contour_style style = {.width = 0.6, .alpha = 1, .ink = inks};
    tw_status status = tw_contours_to_page(&v->lines, floor_to_page, v, &page);
    if (status == TW_OK)
        status = tw_contours_draw(v->canvas, &page, &v->frame.box, v->level_count, &style);
    tw_contours_release(&page);
    return status;
}

static tw_status draw_surface(const tw_view3d *v) {
    const tw_rect *box = &v->frame.box;
    int factor = tw_canvas_pixel(v->canvas) > 0 ? 3 : 2;
    int width = tw_canvas_pixels(v->canvas, box->w - 1e-6);
    int height = tw_canvas_pixels(v->canvas, box->h - 1e-6);
    while (factor > 1 && (double)width * height * factor * factor > 4e7)
        factor--;
    double dots = width / box->w * factor; /* pixels a point */
    tw_viewport port = {.x0 = (v->middle_x - box->x) * dots,
                        .y0 = (v->middle_y - box->y) * dots,
                        .scale = v->scale * dots};
    tw_raster raster = {0};
    tw_status status = tw_raster_init(&raster, width * factor, height * factor);
    if (status == TW_OK)
        status = tw_surface3d_draw(&raster, &v->camera, &v->field, v->bar.colormap, &port);
    if (status != TW_OK)
        goto done;
    tw_surface3d_lines(&raster, &v->camera, &v->field, &v->lines, v->heights, 0.6 * dots, &port);
    tw_raster_ink_lines(&raster, (tw_rgb){0, 0, 0}, 0.6);
    cairo_surface_t *image = tw_raster_image(&raster, factor);
    if (image != NULL)
        tw_canvas_image(v->canvas, image, box->x, box->y, box->w, box->h);
    else
        status = tw_fail(TW_ERR_MEMORY, "not enough memory for the view of the surface");
    cairo_surface_destroy(image);
done:
    tw_raster_release(&raster);
    return status;
}

/* A point of the surface; NaN where there is none. What stands before it does not hide it. */
static void surface_to_page(const void *context, double x, double y, double *page_x,
                            double *page_y) {
    const tw_view3d *v = context;
    const tw_field *f = &v->field;
    double point[3];
    int inside = x >= f->x[0] && x <= f->x[f->nx - 1] && y >= f->y[0] && y <= f->y[f->ny - 1];
    double z = inside ? tw_field_at(f, x, y) : NAN;
    *page_x = *page_y = NAN;
    if (isnan(z))
        return;
    tw_camera_place(&v->camera, f, x, y, tw_field_level(f, z), point);
    on_page(v, point, page_x, page_y);
}

static void draw_edges(const tw_view3d *v) {
    double w = v->camera.box.wide / 2, d = v->camera.box.deep / 2, h = v->camera.box.height;
    double fx = v->x_side * w, fy = v->y_side * d;
    tw_canvas_ink(v->canvas, TW_INK, 1);
    cairo_set_line_width(v->canvas->cr, 0.6);
    draw_segment(v, (double[]){-w, fy, 0}, (double[]){w, fy, 0});
    draw_segment(v, (double[]){fx, -d, 0}, (double[]){fx, d, 0});
    double left[3];
    tw_view3d_corner(v, 0, left);
    draw_segment(v, left, (double[]){left[0], left[1], h});
    for (size_t i = 0; i < v->item_count; i++) {
        const tw_view3d_item *t = &v->item[i];
        double x = v->middle_x + v->scale * t->x, y = v->middle_y - v->scale * t->y;
        if (t->tick_x != 0 || t->tick_y != 0) {
            tw_canvas_ink(v->canvas, TW_INK, 1);
            cairo_move_to(v->canvas->cr, x, y);
            cairo_line_to(v->canvas->cr, x + t->tick_x, y - t->tick_y);
            cairo_stroke(v->canvas->cr);
        }
        tw_text_style style = {
            .size = t->size, .across = 0.5, .up = 0.5, .angle = t->angle, .ink = TW_INK};
        tw_canvas_text(v->canvas, x + t->dx, y - t->dy, t->text, &style);
    }
}

static tw_box3d box_of(const tw_view3d *v) {
    double ratio = fmin(fmax(tw_field_aspect(&v->field, v->figure, 2.5, 0), 0.1), 10);
    return (tw_box3d){.wide = ratio > 1 ? 1 / ratio : 1,
                      .deep = ratio > 1 ? 1 : ratio,
                      .height = HEIGHT,
                      .floor = FLOOR};
}

tw_status tw_view3d_turn(size_t count, tw_view3d *const *views) {
    const tw_figure *figure = views[0]->figure;
    const tw_field *fields[TW_PANELS_MAX] = {NULL};
    tw_box3d boxes[TW_PANELS_MAX] = {{0}};
    double azimuth = figure->azimuth, elevation = figure->elevation;
    if (!isfinite(azimuth) || !(elevation >= 0 && elevation <= 90))
        return tw_fail(TW_ERR_ARGUMENT,
                       "a view from azimuth %g, elevation %g: the elevation must lie in 0 ... 90",
                       azimuth, elevation);
    for (size_t p = 0; p < count; p++) {
        fields[p] = &views[p]->field;
        boxes[p] = box_of(views[p]);
    }
    if (azimuth == 0 && elevation == 0) {
        tw_status status = tw_viewpoint_choose(count, fields, boxes, &azimuth, &elevation);
        if (status != TW_OK)
            return status;
    }
    for (size_t p = 0; p < count; p++) {
        tw_view3d *v = views[p];
        v->camera = tw_camera_at(&boxes[p], azimuth, elevation);
        v->x_side = v->camera.eye[0] >= 0 ? 1 : -1;
        v->y_side = v->camera.eye[1] > 0 ? 1 : -1;
    }
    return TW_OK;
}

tw_status tw_view3d_paint(tw_view3d *v) {
    tw_status status = tw_contours_trace(v->field.rx, v->field.ry, v->field.fx, v->field.fy,
                                         v->field.fz, v->level_count, v->heights, &v->lines);
    if (status != TW_OK)
        return status;
    draw_panes(v);
    hatch_floor(v);
    draw_grid(v);
    status = draw_floor_contours(v);
    if (status == TW_OK)
        status = draw_surface(v);
    if (status == TW_OK) {
        draw_edges(v);
        status = tw_paths_draw(v->canvas, &v->frame.box, surface_to_page, v, 16);
    }
    return status;
}

void tw_view3d_release(tw_view3d *v) {
    tw_contours_release(&v->lines);
    tw_field_release(&v->field);
}

tw_status tw_view3d_draw(tw_canvas *canvas, const tw_surface *surface, size_t metric) {
    tw_view3d v = {.canvas = canvas, .figure = canvas->figure}, *one = &v;
    tw_status status = tw_field_init(&v.field, surface, metric, v.figure);
    if (status != TW_OK)
        return status;
    status = tw_view3d_turn(1, &one);
    if (status == TW_OK)
        status = tw_view3d_prepare(&v, &surface->metric[metric]);
    v.frame.bar = &v.bar;
    v.frame.bar_share = TW_VIEW3D_BAR;
    if (status == TW_OK)
        status =
            tw_view3d_lay_out(&v, tw_canvas_width(canvas, 3.5), tw_canvas_given_height(canvas));
    if (status == TW_OK)
        status = tw_canvas_begin(canvas, v.frame.width, v.frame.height);
    if (status == TW_OK)
        status = tw_view3d_paint(&v);
    if (status == TW_OK)
        tw_frame_draw(canvas, &v.frame);
    tw_view3d_release(&v);
    return status;
}
