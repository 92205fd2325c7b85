/* view3d.h: a view in space while it is laid out, and the texts beside its box. */
#ifndef TW_PLOT_VIEW3D_H
#define TW_PLOT_VIEW3D_H

#include "draw/frame.h"
#include "plot/camera3d.h"
#include "plot/contour.h"

enum { TW_VIEW3D_ITEMS = 48 };

static const double TW_VIEW3D_BAR = 0.72; /* of the height that the bar takes */

/* A text or tick whose anchor moves with the scale and whose offset does not. */
typedef struct tw_view3d_item {
    double x, y;           /* on the screen, in box widths, y upwards */
    double tick_x, tick_y; /* end of the tick from the anchor, points; 0, 0: none */
    double dx, dy;         /* centre of the text from the anchor, points, y upwards */
    double half_w, half_h, size, angle;
    double half; /* of the length of the text */
    int axis;    /* 0, 1; 2: the height */
    const char *text;
} tw_view3d_item;

typedef struct tw_view3d {
    tw_canvas *canvas;
    const tw_figure *figure;
    tw_field field;
    tw_camera camera;
    tw_frame frame;
    tw_colorbar bar;
    tw_side x, y, height;
    double x_side, y_side; /* +1 or -1: the sides of the box that face the eye */
    int no_height;         /* its texts were left out */
    size_t item_count;
    tw_view3d_item item[TW_VIEW3D_ITEMS];
    double scale, middle_x, middle_y; /* screen to page */
    size_t level_count;
    double levels[TW_LEVELS_MAX], heights[TW_LEVELS_MAX];
    tw_contours lines;
    char label[128], axis_text[3][160];
} tw_view3d;

/* The corner of the floor that is farthest to the left, or to the right, on the screen. */
void tw_view3d_corner(const tw_view3d *v, int right, double *out);

/* The box and the camera of several views, which look from the same side: where the figure says, or
 * from where most of all surfaces is seen. Fields and figures are there. */
tw_status tw_view3d_turn(size_t count, tw_view3d *const *views);
/* Levels, texts and the frame without a bar, not laid out yet. */
tw_status tw_view3d_prepare(tw_view3d *v, const tw_metric *metric);
/* In a page, or part of one, of this size; height 0: as high as needed. */
tw_status tw_view3d_lay_out(tw_view3d *v, double width, double height);
/* Fewer numbers on the axes of a view of that width, which has its texts. */
void tw_view3d_thin(tw_view3d *v, double width);
/* Draws it smaller than it was laid out. */
void tw_view3d_rescale(tw_view3d *v, double scale);
/* All but the frame. */
tw_status tw_view3d_paint(tw_view3d *v);
void tw_view3d_release(tw_view3d *v);

/* Makes the items: ticks, numbers and names of the axes and of the height. The sides have their
 * ticks and the camera stands. */
void tw_view3d_texts(tw_view3d *v);

/* Whether neighbouring numbers of an axis touch at the scale of the view. */
int tw_view3d_is_crowded(const tw_view3d *v, int axis);
/* Leaves out numbers that would touch the one before: of an axis seen nearly from its end. A height
 * without two numbers is left to the bar. */
void tw_view3d_drop_touching(tw_view3d *v);
/* Leaves out the name and numbers of the height that the name of an axis would cover: the bar has
 * them, too. */
void tw_view3d_drop_covered(tw_view3d *v);

/* Whether the height has numbers. */
int tw_view3d_has_height(const tw_view3d *v);
/* Leaves out all texts of the height, for good. */
void tw_view3d_drop_height(tw_view3d *v);

#endif
