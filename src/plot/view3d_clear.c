/* Texts beside a box in space keep clear of each other. */
#include <math.h>

#include "plot/view3d.h"

static const double NUMBERS = 3, NAMES = 1.5; /* room between them */

static int is_number(const tw_view3d_item *t) {
    return t->tick_x != 0 || t->tick_y != 0;
}

/* How far the text reaches from its middle along a direction. */
static double reach(const tw_view3d_item *t, double nx, double ny) {
    double c = cos(t->angle), s = sin(t->angle), high = t->size / 2;
    return t->half * fabs(c * nx + s * ny) + high * fabs(c * ny - s * nx);
}

/* Two rectangles are apart where one of their sides has a gap between them. */
static int overlap(const tw_view3d *v, const tw_view3d_item *a, const tw_view3d_item *b,
                   double room) {
    double x = v->scale * (a->x - b->x) + a->dx - b->dx;
    double y = v->scale * (a->y - b->y) + a->dy - b->dy;
    for (int side = 0; side < 4; side++) {
        double angle = (side < 2 ? a : b)->angle + side % 2 * M_PI / 2;
        double nx = cos(angle), ny = sin(angle);
        if (fabs(x * nx + y * ny) >= reach(a, nx, ny) + reach(b, nx, ny) + room)
            return 0;
    }
    return 1;
}

static int touch(const tw_view3d *v, const tw_view3d_item *a, const tw_view3d_item *b) {
    return fabs(v->scale * (a->x - b->x) + a->dx - b->dx) < a->half_w + b->half_w + NUMBERS &&
           fabs(v->scale * (a->y - b->y) + a->dy - b->dy) < a->half_h + b->half_h + 1;
}

int tw_view3d_is_crowded(const tw_view3d *v, int axis) {
    const tw_view3d_item *last = NULL;
    for (size_t i = 0; i < v->item_count; i++) {
        if (v->item[i].axis != axis || !is_number(&v->item[i]))
            continue;
        if (last != NULL && touch(v, last, &v->item[i]))
            return 1;
        last = &v->item[i];
    }
    return 0;
}

void tw_view3d_drop_touching(tw_view3d *v) {
    size_t kept = 0, heights = 0;
    const tw_view3d_item *last[3] = {NULL};
    int crowded = tw_view3d_is_crowded(v, 2);
    for (size_t i = 0; i < v->item_count; i++) {
        const tw_view3d_item *t = &v->item[i];
        if (is_number(t)) {
            if (last[t->axis] != NULL && touch(v, last[t->axis], t))
                continue;
            last[t->axis] = &v->item[kept];
            heights += t->axis == 2;
        }
        v->item[kept++] = *t;
    }
    v->item_count = kept;
    kept = 0;
    for (size_t i = 0; i < v->item_count; i++)
        if (!crowded || heights > 1 || v->item[i].axis != 2)
            v->item[kept++] = v->item[i];
    v->item_count = kept;
}

/* Whether the name of an axis of the floor covers it. */
static int is_covered(const tw_view3d *v, const tw_view3d_item *t) {
    for (size_t i = 0; i < v->item_count; i++) {
        const tw_view3d_item *name = &v->item[i];
        if (name->axis != 2 && !is_number(name) && overlap(v, name, t, NAMES))
            return 1;
    }
    return 0;
}

void tw_view3d_drop_covered(tw_view3d *v) {
    size_t kept = 0;
    for (size_t i = 0; i < v->item_count; i++) /* those of the height come last */
        if (v->item[i].axis != 2 || !is_covered(v, &v->item[i]))
            v->item[kept++] = v->item[i];
    v->item_count = kept;
}

int tw_view3d_has_height(const tw_view3d *v) {
    for (size_t i = 0; i < v->item_count; i++)
        if (v->item[i].axis == 2 && is_number(&v->item[i]))
            return 1;
    return 0;
}

void tw_view3d_drop_height(tw_view3d *v) {
    size_t kept = 0;
    v->no_height = 1;
    for (size_t i = 0; i < v->item_count; i++)
        if (v->item[i].axis != 2)
            v->item[kept++] = v->item[i];
    v->item_count = kept;
}
