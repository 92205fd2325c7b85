/* contour_label.h: where on contour lines their values are written. */
#ifndef TW_PLOT_CONTOUR_LABEL_H
#define TW_PLOT_CONTOUR_LABEL_H

#include "draw/axes.h"
#include "plot/contour.h"

/* A text set into a line: the line is cut from `from` to `to` of its length. */
typedef struct tw_label {
    size_t line;
    double from, to;
    double x, y, angle; /* centre; upright: -90 ... 90 degrees, as radians, anticlockwise */
    double half;        /* half its width, with room at both ends */
    int crowded;        /* lines run under it: it needs a ground */
} tw_label;

typedef struct tw_labels {
    size_t count, capacity;
    tw_label *label;
} tw_labels;

/* Labels for lines in page coordinates (points, y downwards). widths[level] is the width of the
 * text of a level; text of height `size`. Levels take turns: each has a label where it has room
 * before one has its second, and none has more than three, which stand apart; a level without any
 * has one over other lines. One label a line, two
 * where it is longer than 500; none where it is shorter than 4.5 half-widths or where no spot is
 * straight and free enough. Straight, near-level spots away from other lines are preferred; labels
 * stay inside `box`, do not overlap each other, and keep off the lines of `cover` (NULL: none), in
 * page coordinates, too, which are drawn over them with marks at both ends. */
tw_status tw_labels_place(const tw_contours *page, size_t level_count, const double *widths,
                          double size, const tw_rect *box, const tw_contours *cover,
                          tw_labels *out);
void tw_labels_release(tw_labels *labels);

#endif
