/* plot.h: results as figures: PNG, SVG or PDF by the ending of the path.
 *
 * Figures are drawn with Cairo; a library built without it answers TW_ERR_UNSUPPORTED. The same
 * input gives the same bytes. Files are written whole or not at all.
 */
#ifndef THALWEG_PLOT_H
#define THALWEG_PLOT_H

#include <stddef.h>
#include <stdint.h>

#include "curvature_report.h"
#include "dataset.h"
#include "gradcheck.h"
#include "landscape.h"
#include "status.h"
#include "sweep.h"
#include "terminal.h"
#include "topology.h"
#include "trajectory_plane.h"

TW_BEGIN_DECLS

typedef enum tw_scale { TW_SCALE_AUTO, TW_SCALE_LINEAR, TW_SCALE_LOG } tw_scale;

typedef enum tw_colormap {
    TW_COLORMAP_VIRIDIS,
    TW_COLORMAP_CIVIDIS,
    TW_COLORMAP_MAGMA,
    TW_COLORMAP_RDBU,
    TW_COLORMAP_GREY
} tw_colormap;
/* "viridis", "cividis", ..., NULL past the end; find is -1 for other names. */
TW_API const char *tw_colormap_name(size_t colormap);
TW_API int tw_colormap_find(const char *name);

/* The paper of a figure and the inks on it. */
typedef enum tw_theme { TW_THEME_LIGHT, TW_THEME_DARK } tw_theme;
/* "light", "dark", NULL past the end. */
TW_API const char *tw_theme_name(size_t theme);

/* How a surface of rank 2 is drawn. */
typedef enum tw_view { TW_VIEW_CONTOUR, TW_VIEW_FILLED, TW_VIEW_HEAT, TW_VIEW_3D } tw_view;
/* "contour", "filled", "heat", "3d", NULL past the end; find is -1 for other names. */
TW_API const char *tw_view_name(size_t view);
TW_API int tw_view_find(const char *name);

#define TW_ASPECT_EQUAL (-1.0)

/* Is given all bytes of a file at once; an error is passed on. */
typedef tw_status (*tw_sink_fn)(void *user, const void *bytes, size_t size);

/* Zero means the defaults. Texts are UTF-8, not owned; letters that the font lacks are drawn as '?'
 * (tw_plot_letters_lacking). */
typedef struct tw_figure {
    size_t bytes; /* sizeof(tw_figure), or 0 (thalweg.h) */
    /* Inches. Default: 3.5 wide (3.8 with an axis on the right); 2.6 high for curves, 3.4 for a
     * step study in two panels; maps and 3-D views are as high as they need. A sweep is 5.6 x 4.2,
     * a gradient check 6.5 wide and as high as its blocks need. */
    double width, height;
    double dpi; /* of PNG, and of images inside SVG and PDF; default 200 */
    const char *title, *x_label, *y_label, *value_label;
    tw_scale scale;   /* of the loss: AUTO is log where all is positive (but for one value in a
                         hundred that may be 0) and max/min > 30 (maps) or 1000 (curves); accuracies
                         are linear. Values
                         <= 0 on a log scale are drawn at the least positive one, and counted in
                         the small print */
    tw_scale x_scale; /* of curves: AUTO is linear */
    tw_colormap colormap;
    tw_view view;
    const double *levels; /* contour levels, at most 64, NULL: chosen */
    size_t level_count;
    double azimuth, elevation; /* of the 3-D view, degrees; both 0: -60, 30; elevation 0 ... 90 */
    int raw;                   /* no smoothing between the samples for display */
    int no_marks;              /* of slices: no faint lines at 0 and 1, which are the point itself
                                  and the end of a line between two */
    int show_points;           /* of surfaces, but in 3-D: a dot where the values were computed */
    const tw_path *paths;      /* drawn over a surface of rank 2, not owned: those of several */
    size_t path_count;         /* checkpoints as lines with their starts, ends and a legend, those
                                  of one as named points. Dots are the lighter the farther the
                                  checkpoint is off the plane; what lies outside is cut off and
                                  counted, and an arrow at the edge points to a point there */
    const char *description;   /* for SVG <desc>, PDF subject, PNG text: what made it */
    const tw_topology
        *topology;       /* drawn over its surface, but in 3-D: minima as dots, the deepest
                            12 (4 of more than 24) with their names (m1, m2, ... as they are listed) and
                            persistences, noise as small rings, saddles as crosses; */
    const tw_pass *pass; /* and a lowest way as a line, with its pass; not owned */
    double font_size;    /* of the names of axes, in points: 8 by default. Other texts, lines, marks
                            and gaps grow with it */
    tw_theme theme;
    int transparent;            /* no paper, but that around marks and in legends of points */
    const char *const *classes; /* of maps whose values are the numbers of classes, 0, 1, ...: their
                                   names, which stand beside a bar of as many colours; not owned */
    size_t class_count;         /* 0: values are values */
    double most;                /* of surfaces: values above it, infinite ones included, are drawn
                                   at it and counted in the small print, and where all are one and the
                                   same, not below 0, the scale reaches from 0 to it; 0: neither */
    double low, high; /* of maps and 3-D views: the scale of values, so that several pictures share
                         one; what lies outside is drawn at its end, where the bar has an arrow, and
                         counted in the small print. Of curves: the left-hand axis; what lies
                         outside is cut off and counted. AUTO then is log by the limits alone. Both
                         0: from the least value to the greatest */
    double aspect; /* of maps: height of the box over its width; 0: one unit of x is as long as one
                      of y, unless one side is 10 times the other; TW_ASPECT_EQUAL: always */
    const tw_terminal *terminal; /* NULL, or the figure is one for this terminal (terminal.h):
                                    `path` is that of what it reads, whatever its ending. Characters
                                    have the size of the window, not that of the figure; an image is
                                    fitted into it unless its size is given */
    /* For pictures that move (study_animation.h): */
    const tw_path *moving; /* as many as there are paths: drawn in their place, while the legend,
                              the small print and the axes are those of `paths`; NULL: the paths */
    const char *note;      /* lines of small print about the paths; NULL: none */
    size_t turning;        /* 1: the page and the scale of a 3-D view suit every azimuth */
    tw_sink_fn sink;       /* takes the bytes, of which `path` then only tells the kind; NULL: they
                              become the file */
    void *sink_user;
    size_t directions; /* that a surface's least and greatest values are of; 0: not known */
    double inset[4];   /* of maps and curves: xmin, xmax, ymin, ymax of a rectangle that is drawn
                          magnified in a free corner, with ticks of its own and on the same scale of
                          colours. TW_ERR_ARGUMENT where no point lies in it, and where it is too
                          large to be magnified. All 0: none */
} tw_figure;

/* One curve of a chart. */
typedef struct tw_curve {
    const char *label; /* for the legend; NULL: none */
    size_t count;
    const double *x, *y; /* NaN breaks the line */
    int right;           /* 1: on the right-hand axis */
    int dashed;
    int markers;              /* 1: a dot at every point */
    const double *low, *high; /* a band around it, or, with markers, a bar at every point; NaN: none
                                 there; NULL: no band */
    const char *band;         /* what it is, for the legend: "± 1 standard error" */
} tw_curve;

/* A chart of curves over one x axis, with an optional second axis on the right (right_label).
 * Curves of the same label on both axes share one entry of the legend; a dashed curve takes the
 * colour of the solid one of its rank. Infinite values are left out and counted. */
TW_API tw_status tw_plot_curves(const char *path, const tw_figure *figure, size_t count,
                                const tw_curve *curves, const char *right_label);

/* One metric of a surface. Rank 2: figure->view. Rank 1, or a single row or column: curves. There a
 * loss (a name that ends in "_loss") brings the losses of all splits, and accuracies ("_acc", per
 * cent) on the right; an accuracy brings those of all splits; train solid, test dashed. Coordinates
 * must rise or fall. Points not computed (hatched ///) and values that are not finite (hatched
 * crosswise) are left out and told apart in the picture; of a survey that was interrupted the
 * finest grid that is there in full is drawn instead, and the small print says from how many
 * points. Values beyond
 * +-1e305 count as not finite. Interpolated points are drawn as the others are, and counted in the
 * small print. Fails with TW_ERR_ARGUMENT where nothing is left to draw. */
TW_API tw_status tw_plot_surface(const char *path, const tw_figure *figure,
                                 const tw_surface *surface, size_t metric);

enum { TW_PANELS_MAX = 16 };

/* One of several surfaces in a picture. Nothing is owned. */
typedef struct tw_panel {
    const char *label; /* above it; NULL: none */
    const tw_surface *surface;
    size_t metric;
    const tw_path *paths; /* in it, instead of the figure's */
    size_t path_count;
    const char *x_label, *y_label; /* NULL: the figure's */
} tw_panel;

/* Surfaces of rank 2, at most TW_PANELS_MAX, side by side on one scale: equal values have equal
 * colours, in 3-D one height and one camera, and there is one bar. Levels and the choice between a
 * linear and a logarithmic scale are made for the values of all. Panels whose axes are the same
 * share them; there is no inset. Width by default: 1 inch and 2.1 for every column, 7 at most. One
 * panel is as tw_plot_surface has it, but for its label. TW_ERR_ARGUMENT for metrics that differ
 * (metric.h: tw_metric_same), and for surfaces of a single row or column. */
TW_API tw_status tw_plot_panels(const char *path, const tw_figure *figure, size_t count,
                                const tw_panel *panels);

/* The paths of the figure (at least one point) alone, in axes that hold all of them, one unit of x
 * as long as one of y unless the picture would be too slender. TW_ERR_ARGUMENT where no coordinate
 * is finite. */
TW_API tw_status tw_plot_paths(const char *path, const tw_figure *figure);

/* The barcode of a surface: a bar for every minimum, the deepest above, from its value to that of
 * its saddle on the scale of the metric (linear, so that its length is the persistence, unless
 * figure->scale is log); of those that never end to the edge. Noise is grey; whiskers are standard
 * errors. The 60 deepest are drawn, no more than 8 of noise, the others counted. TW_ERR_ARGUMENT
 * for a topology without minima. */
TW_API tw_status tw_plot_barcode(const char *path, const tw_figure *figure,
                                 const tw_topology *topology, const tw_metric *metric);

/* The step-size study: loss over step on log axes, with the starting loss as a line and the best
 * step ringed. Where the losses span decades a second panel enlarges those near the start. Losses
 * that are not finite are triangles at the upper edge. */
TW_API tw_status tw_plot_steps(const char *path, const tw_figure *figure, size_t count,
                               const double *steps, const double *losses, double original);

/* A sweep of the step of a difference: the errors of forward and central differences over h, both
 * logarithmic, relative to the derivative unless that is 0 within its bar. Fitted noise and
 * truncation dashed, the best step ringed, the default steps of frameworks as named marks, and the
 * error of the reference as a hatched floor: errors below it mean nothing. */
TW_API tw_status tw_plot_sweep(const char *path, const tw_figure *figure, const tw_sweep *sweep);

/* A gradient check: a row a block, every tested entry at its relative error |a - d| / max(|a|, |d|)
 * (from top to bottom of the row by its place in the block), with its bar; the tolerance as a line;
 * verdict and cause at the end of the row. Of more than 80 blocks those that do not pass are shown
 * first. */
TW_API tw_status tw_plot_gradcheck(const char *path, const tw_figure *figure,
                                   const tw_gradcheck *check);

/* A spectrum: the density of eigenvalues on a logarithmic axis, over an axis of eigenvalues that is
 * linear about 0 and logarithmic to both sides, so that the bulk near 0 is resolved; a band from
 * the least to the greatest of the probes; the extreme eigenvalues as marks, with bars where
 * residuals can be seen; trace and Frobenius norm in the small print, as they are known and as the
 * density has them. The curve is cut at the extremes where their search has converged. Without
 * density the eigenvalues alone, over their ranks from either end. TW_ERR_ARGUMENT where there is
 * neither. */
TW_API tw_status tw_plot_spectrum(const char *path, const tw_figure *figure,
                                  const tw_curvature_report *report);

/* A contact sheet: the first `columns` samples of each class (0: 10), one class a row, its name in
 * front. Features that are not bytes are shown from the least to the greatest. */
TW_API tw_status tw_plot_contact_sheet(const char *path, const tw_figure *figure,
                                       const tw_dataset *dataset, size_t columns);

/* How many letters of a text the font of figures lacks; 0 for NULL. */
TW_API size_t tw_plot_letters_lacking(const char *text);

/* Whether the file is a PNG that this library wrote, and may be replaced by another: 0 for any
 * other file, and for none. */
TW_API int tw_plot_made(const char *path);

/* Whether the library was built with Cairo. */
TW_API int tw_plot_available(void);

TW_END_DECLS

#endif
