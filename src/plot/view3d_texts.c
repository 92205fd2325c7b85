#include <math.h>
#include <stdio.h>
#include <string.h>

#include "core/letter.h"
#include "plot/view3d.h"

/* The point of the bottom edge with a fraction of its axis, pushed outwards by `out`. */
static void edge_point(const tw_view3d *v, int axis, double fraction, double out, double *screen) {
    const tw_box3d *box = &v->camera.box;
    double along = (fraction - 0.5) * (axis == 0 ? box->wide : box->deep);
    double p[3] = {0};
    p[axis] = along;
    p[1 - axis] = axis == 0 ? v->y_side * (box->deep / 2 + out) : v->x_side * (box->wide / 2 + out);
    tw_camera_project(&v->camera, p, screen);
}

static void direction(const double *from, const double *to, double *d) {
    double length = hypot(to[0] - from[0], to[1] - from[1]);
    d[0] = length > 0 ? (to[0] - from[0]) / length : 0;
    d[1] = length > 0 ? (to[1] - from[1]) / length : -1;
}

static double reach_along(const tw_view3d_item *t, double nx, double ny) {
    return t->dx * nx + t->dy * ny + fabs(nx) * t->half_w + fabs(ny) * t->half_h;
}

/* Bytes of the whole letters among the first `most`. */
static int whole_letters(const char *text, size_t most) {
    size_t used = 0;
    while (text[used] != '\0') {
        int shown;
        size_t length = tw_letter(text + used, &shown);
        length += length == 0; /* a byte that is no letter */
        if (used + length > most)
            break;
        used += length;
    }
    return (int)used;
}

/* "direction δ (×10⁻⁶)": there is no end of an axis where a factor could stand. */
static void with_factor(const tw_side *side, char *text, size_t size) {
    int has = side->ticks.factor[0] != '\0';
    snprintf(text, size, "%.*s%s%s%s", whole_letters(side->label, 100), side->label,
             has ? " (" : "", side->ticks.factor, has ? ")" : "");
}

void tw_view3d_corner(const tw_view3d *v, int right, double *out) {
    double x = v->x_side * v->camera.box.wide / 2, y = v->y_side * v->camera.box.deep / 2;
    double a[3] = {x, -y, 0}, b[3] = {-x, y, 0}, on_a[3], on_b[3];
    tw_camera_project(&v->camera, a, on_a);
    tw_camera_project(&v->camera, b, on_b);
    memcpy(out, (on_a[0] > on_b[0]) == right ? a : b, sizeof a);
}

/* Ticks, numbers and name of the height, left of the box; the bar has the same scale. */
static void add_height(tw_view3d *v) {
    const tw_side *side = &v->height;
    const tw_box3d *box = &v->camera.box;
    const tw_font *font = &v->canvas->font;
    double corner[3], far = 0, middle[3];
    tw_view3d_corner(v, 0, corner);
    for (size_t i = 0; i < side->ticks.count && v->item_count + 2 < TW_VIEW3D_ITEMS; i++) {
        const tw_tick *tick = &side->ticks.tick[i];
        double level = tw_span_at(&side->span, tick->value), p[3];
        if (tick->text[0] == '\0' || level < 0 || level > 1)
            continue;
        double at[3] = {corner[0], corner[1], box->floor + level * (box->height - box->floor)};
        tw_camera_project(&v->camera, at, p);
        double half = tw_text_width(font, tick->text, TW_TICK_SIZE) / 2;
        v->item[v->item_count++] = (tw_view3d_item){.x = p[0],
                                                    .y = p[1],
                                                    .tick_x = -TW_TICK_MAJOR,
                                                    .dx = -TW_TICK_MAJOR - TW_TICK_GAP - half,
                                                    .half_w = half,
                                                    .half = half,
                                                    .half_h = TW_TICK_SIZE * TW_DIGIT_HEIGHT / 2,
                                                    .text = tick->text,
                                                    .size = TW_TICK_SIZE,
                                                    .axis = 2};
        far = fmax(far, TW_TICK_MAJOR + TW_TICK_GAP + 2 * half);
    }
    if (side->label == NULL || *side->label == '\0')
        return;
    with_factor(side, v->axis_text[2], sizeof v->axis_text[2]);
    double at[3] = {corner[0], corner[1], (box->floor + box->height) / 2};
    tw_camera_project(&v->camera, at, middle);
    v->item[v->item_count++] =
        (tw_view3d_item){.x = middle[0],
                         .y = middle[1],
                         .dx = -far - TW_LABEL_GAP - TW_LABEL_SIZE / 2,
                         .half_w = TW_LABEL_SIZE / 2,
                         .half_h = tw_text_width(font, v->axis_text[2], TW_LABEL_SIZE) / 2,
                         .text = v->axis_text[2],
                         .size = TW_LABEL_SIZE,
                         .angle = M_PI / 2,
                         .half = tw_text_width(font, v->axis_text[2], TW_LABEL_SIZE) / 2,
                         .axis = 2};
}

static void add_axis(tw_view3d *v, int axis) {
    const tw_side *side = axis == 0 ? &v->x : &v->y;
    const tw_font *font = &v->canvas->font;
    double a[3], b[3], middle[3], beyond[3], along[2], out[2], far = 0;
    edge_point(v, axis, 0, 0, a);
    edge_point(v, axis, 1, 0, b);
    edge_point(v, axis, 0.5, 0, middle);
    edge_point(v, axis, 0.5, 0.1, beyond);
    direction(a, b, along);
    direction(middle, beyond, out);
    double normal[2] = {along[1], -along[0]};
    if (normal[0] * out[0] + normal[1] * out[1] < 0)
        normal[0] = -normal[0], normal[1] = -normal[1];
    for (size_t i = 0; i < side->ticks.count && v->item_count + 3 < TW_VIEW3D_ITEMS; i++) {
        const tw_tick *tick = &side->ticks.tick[i];
        double fraction = tw_span_at(&side->span, tick->value), p[3];
        if (fraction < 0.02 || fraction > 0.98 || tick->text[0] == '\0')
            continue; /* at the corners two axes meet */
        tw_view3d_item *t = &v->item[v->item_count++];
        edge_point(v, axis, fraction, 0, p);
        *t = (tw_view3d_item){
            .x = p[0], .y = p[1], .text = tick->text, .size = TW_TICK_SIZE, .axis = axis};
        t->tick_x = out[0] * TW_TICK_MAJOR;
        t->tick_y = out[1] * TW_TICK_MAJOR;
        t->half_w = tw_text_width(font, tick->text, TW_TICK_SIZE) / 2;
        t->half = t->half_w;
        t->half_h = TW_TICK_SIZE * TW_DIGIT_HEIGHT / 2;
        double away =
            TW_TICK_MAJOR + TW_TICK_GAP + fabs(out[0]) * t->half_w + fabs(out[1]) * t->half_h;
        t->dx = out[0] * away;
        t->dy = out[1] * away;
        far = fmax(far, reach_along(t, normal[0], normal[1]));
    }
    if (side->label == NULL || *side->label == '\0')
        return;
    char *text = v->axis_text[axis];
    with_factor(side, text, sizeof v->axis_text[axis]);
    tw_view3d_item *t = &v->item[v->item_count++];
    double away = far + TW_LABEL_GAP + TW_LABEL_SIZE / 2;
    *t = (tw_view3d_item){.x = middle[0],
                          .y = middle[1],
                          .dx = normal[0] * away,
                          .dy = normal[1] * away,
                          .text = text,
                          .size = TW_LABEL_SIZE,
                          .axis = axis};
    t->angle = along[0] < 0 ? atan2(-along[1], -along[0]) : atan2(along[1], along[0]);
    double half = t->half = tw_text_width(font, text, TW_LABEL_SIZE) / 2;
    t->half_w = fabs(cos(t->angle)) * half + fabs(sin(t->angle)) * TW_LABEL_SIZE / 2;
    t->half_h = fabs(sin(t->angle)) * half + fabs(cos(t->angle)) * TW_LABEL_SIZE / 2;
}

void tw_view3d_texts(tw_view3d *v) {
    add_axis(v, 0);
    add_axis(v, 1);
    if (!v->no_height)
        add_height(v);
}
