/* plot_private.h: the kinds of figures, behind the public functions. */
#ifndef TW_PLOT_PRIVATE_H
#define TW_PLOT_PRIVATE_H

#include "draw/canvas.h"
#include "draw/frame.h"
#include "plot/field.h"

/* Draw on an initialised canvas; the caller finishes and releases it. */

/* A surface of rank 2, both sides > 1: contours, filled contours, heat. */
tw_status tw_map_draw(tw_canvas *canvas, const tw_surface *surface, size_t metric);
/* The same as a shaded surface in a box. */
tw_status tw_view3d_draw(tw_canvas *canvas, const tw_surface *surface, size_t metric);
/* Several of either. */
tw_status tw_panels_draw(tw_canvas *canvas, size_t count, const tw_panel *panels);
/* The minima of a surface (one at least). */
tw_status tw_barcode_draw(tw_canvas *canvas, const tw_topology *topology, const tw_metric *metric);
/* The paths of the figure alone. */
tw_status tw_paths_figure_draw(tw_canvas *canvas);
/* A surface of rank 1, or with a single row or column. */
tw_status tw_slice_draw(tw_canvas *canvas, const tw_surface *surface, size_t metric);

tw_status tw_curves_draw(tw_canvas *canvas, size_t count, const tw_curve *curves,
                         const char *right_label);
tw_status tw_steps_draw(tw_canvas *canvas, size_t count, const double *steps, const double *losses,
                        double original);
tw_status tw_sweep_draw(tw_canvas *canvas, const tw_sweep *sweep);
tw_status tw_gradcheck_draw(tw_canvas *canvas, const tw_gradcheck *check);
tw_status tw_spectrum_draw(tw_canvas *canvas, const tw_curvature_report *report);
tw_status tw_contact_sheet_draw(tw_canvas *canvas, const tw_dataset *dataset, size_t columns);

/* ---- drawn_surface.c ---- */

/* That there is a surface with such a metric. */
tw_status tw_drawn_check(const tw_surface *surface, size_t metric);
/* Of a surface that is not complete, what there is of it as a picture: *drawn is `whole` or
 * `coarse`, to be released. The canvas is told what is left out. */
tw_status tw_drawn_part(tw_canvas *canvas, const tw_surface *whole, tw_surface *coarse,
                        const tw_surface **drawn);

/* Curves and their frame: what curves, slices and step tables have in common. */

/* The spans of all curves and the legend. Frame is zeroed but for its texts. */
tw_status tw_curves_prepare(tw_frame *frame, const tw_canvas *canvas, size_t count,
                            const tw_curve *curves, const char *right_label);
/* Draws one curve into a laid-out frame. */
void tw_curve_draw(tw_canvas *canvas, const tw_frame *frame, const tw_curve *curve, tw_rgb ink);
/* The page of a prepared frame, with room for the inset that the figure asks for (inset_curves.c),
 */
tw_status tw_curves_lay_out(tw_frame *frame, const tw_canvas *canvas, size_t count,
                            const tw_curve *curves);
/* which is drawn over the curves. */
tw_status tw_inset_curves(tw_canvas *canvas, const tw_frame *outer, size_t count,
                          const tw_curve *curves);
/* The bands of curves that have one, below all curves (bands.c). */
void tw_bands_draw(tw_canvas *canvas, const tw_frame *frame, size_t count, const tw_curve *curves);
/* The ink of curve `index`, by its side and its place among the curves of that side. */
tw_rgb tw_curve_ink(size_t count, const tw_curve *curves, size_t index);

#endif
