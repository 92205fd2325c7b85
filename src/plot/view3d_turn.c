#include "plot/view3d_turn.h"

#include <math.h>
#include <stdlib.h>

#include "core/alloc.h"

enum { AZIMUTHS = 36, PLACES = AZIMUTHS * (TW_VIEW3D_ITEMS + 8) };

/* What is at (scale x, scale y) on the page, with what it needs around. */
typedef struct place {
    double x, y, left, right, low, high;
} place;

typedef struct places {
    size_t count;
    place at[PLACES];
    tw_view3d view;
} places;

static void add_view(places *p, const tw_view3d *v) {
    const tw_box3d *box = &v->camera.box;
    for (int corner = 0; corner < 8; corner++) {
        double at[3] = {(corner & 1 ? 0.5 : -0.5) * box->wide,
                        (corner & 2 ? 0.5 : -0.5) * box->deep, corner & 4 ? box->height : 0};
        double screen[3];
        tw_camera_project(&v->camera, at, screen);
        p->at[p->count++] = (place){screen[0], screen[1], -1, 1, -1, 1};
    }
    for (size_t i = 0; i < v->item_count; i++) {
        const tw_view3d_item *t = &v->item[i];
        p->at[p->count++] = (place){
            t->x, t->y, t->dx - t->half_w, t->dx + t->half_w, t->dy - t->half_h, t->dy + t->half_h};
    }
}

static tw_view3d_bounds bounds_at(const places *p, double scale) {
    tw_view3d_bounds b = {HUGE_VAL, -HUGE_VAL, HUGE_VAL, -HUGE_VAL};
    for (size_t k = 0; k < p->count; k++) {
        const place *at = &p->at[k];
        b.left = fmin(b.left, scale * at->x + at->left);
        b.right = fmax(b.right, scale * at->x + at->right);
        b.low = fmin(b.low, scale * at->y + at->low);
        b.high = fmax(b.high, scale * at->y + at->high);
    }
    return b;
}

tw_view3d_bounds tw_view3d_fit_all_round(tw_view3d *v, double width, double height) {
    places *p = tw_alloc(1, sizeof *p);
    double low = 1, high = 10000;
    if (p == NULL) {
        v->scale = low;
        return (tw_view3d_bounds){-width / 2, width / 2, -height / 2, height / 2};
    }
    for (int k = 0; k < AZIMUTHS; k++) {
        tw_view3d *other = &p->view;
        *other = *v;
        other->item_count = 0;
        other->camera = tw_camera_at(&v->camera.box, 360.0 * k / AZIMUTHS, v->figure->elevation);
        other->x_side = other->camera.eye[0] >= 0 ? 1 : -1;
        other->y_side = other->camera.eye[1] > 0 ? 1 : -1;
        tw_view3d_texts(other);
        add_view(p, other);
    }
    for (int i = 0; i < 40; i++) {
        double scale = (low + high) / 2;
        tw_view3d_bounds b = bounds_at(p, scale);
        int fits = b.right - b.left <= width && (height <= 0 || b.high - b.low <= height);
        *(fits ? &low : &high) = scale;
    }
    v->scale = low;
    tw_view3d_bounds all = bounds_at(p, low);
    free(p);
    return all;
}
