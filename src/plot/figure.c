/* The public functions: check, draw, write. */
#include "plot/paths_draw.h"
#include "plot/plot_private.h"

static tw_status finish(tw_canvas *canvas, tw_status status) {
    if (status == TW_OK)
        status = tw_canvas_finish(canvas);
    tw_canvas_release(canvas);
    return status;
}

static tw_status refuse_characters(const tw_canvas *canvas, const char *what) {
    return canvas->format == TW_CANVAS_CELLS
               ? tw_fail(TW_ERR_UNSUPPORTED,
                         "%s cannot be drawn in characters: draw it into a file", what)
               : TW_OK;
}

tw_status tw_plot_curves(const char *path, const tw_figure *figure, size_t count,
                         const tw_curve *curves, const char *right_label) {
    tw_canvas canvas;
    tw_status status = tw_canvas_init(&canvas, path, figure);
    if (status == TW_OK && (count == 0 || curves == NULL))
        status = tw_fail(TW_ERR_ARGUMENT, "nothing to draw in '%s': no curves", path);
    if (status == TW_OK)
        status = tw_curves_draw(&canvas, count, curves, right_label);
    return finish(&canvas, status);
}

static tw_status draw_surface(tw_canvas *canvas, const tw_surface *whole, size_t metric) {
    tw_surface coarse;
    const tw_surface *surface = NULL;
    tw_status status = tw_drawn_part(canvas, whole, &coarse, &surface);
    if (status != TW_OK)
        return status;
    if (surface->rank == 1 || surface->nx == 1 || surface->ny == 1)
        status = tw_slice_draw(canvas, surface, metric);
    else if (canvas->figure->view == TW_VIEW_3D)
        status = tw_view3d_draw(canvas, surface, metric);
    else
        status = tw_map_draw(canvas, surface, metric);
    tw_surface_release(&coarse);
    return status;
}

tw_status tw_plot_surface(const char *path, const tw_figure *figure, const tw_surface *surface,
                          size_t metric) {
    tw_canvas canvas;
    tw_status status = tw_canvas_init(&canvas, path, figure);
    if (status == TW_OK)
        status = tw_drawn_check(surface, metric);
    if (status == TW_OK)
        status = tw_paths_check(canvas.figure);
    if (status == TW_OK)
        status = draw_surface(&canvas, surface, metric);
    return finish(&canvas, status);
}

tw_status tw_plot_panels(const char *path, const tw_figure *figure, size_t count,
                         const tw_panel *panels) {
    tw_canvas canvas;
    tw_status status = tw_canvas_init(&canvas, path, figure);
    if (status == TW_OK && (count == 0 || panels == NULL))
        status = tw_fail(TW_ERR_ARGUMENT, "nothing to draw in '%s': no panels", path);
    if (status == TW_OK)
        status = tw_panels_draw(&canvas, count, panels);
    return finish(&canvas, status);
}

tw_status tw_plot_paths(const char *path, const tw_figure *figure) {
    tw_canvas canvas;
    tw_status status = tw_canvas_init(&canvas, path, figure);
    if (status == TW_OK)
        status = tw_paths_check(canvas.figure);
    if (status == TW_OK)
        status = tw_paths_figure_draw(&canvas);
    return finish(&canvas, status);
}

tw_status tw_plot_barcode(const char *path, const tw_figure *figure, const tw_topology *topology,
                          const tw_metric *metric) {
    tw_canvas canvas;
    tw_status status = tw_canvas_init(&canvas, path, figure);
    if (status == TW_OK && (topology == NULL || topology->count == 0 || metric == NULL))
        status = tw_fail(TW_ERR_ARGUMENT, "nothing to draw in '%s': no minima", path);
    if (status == TW_OK)
        status = tw_barcode_draw(&canvas, topology, metric);
    return finish(&canvas, status);
}

tw_status tw_plot_steps(const char *path, const tw_figure *figure, size_t count,
                        const double *steps, const double *losses, double original) {
    tw_canvas canvas;
    tw_status status = tw_canvas_init(&canvas, path, figure);
    if (status == TW_OK && (count == 0 || steps == NULL || losses == NULL))
        status = tw_fail(TW_ERR_ARGUMENT, "nothing to draw in '%s': no steps", path);
    if (status == TW_OK)
        status = tw_steps_draw(&canvas, count, steps, losses, original);
    return finish(&canvas, status);
}

tw_status tw_plot_sweep(const char *path, const tw_figure *figure, const tw_sweep *sweep) {
    tw_canvas canvas;
    tw_status status = tw_canvas_init(&canvas, path, figure);
    if (status == TW_OK && (sweep == NULL || sweep->count == 0 || sweep->steps == NULL))
        status = tw_fail(TW_ERR_ARGUMENT, "nothing to draw in '%s': no steps of a sweep", path);
    if (status == TW_OK)
        status = tw_sweep_draw(&canvas, sweep);
    return finish(&canvas, status);
}

tw_status tw_plot_gradcheck(const char *path, const tw_figure *figure, const tw_gradcheck *check) {
    tw_canvas canvas;
    tw_status status = tw_canvas_init(&canvas, path, figure);
    if (status == TW_OK && (check == NULL || check->block_count == 0 || check->blocks == NULL))
        status = tw_fail(TW_ERR_ARGUMENT, "nothing to draw in '%s': no blocks", path);
    if (status == TW_OK)
        status = refuse_characters(&canvas, "a gradient check");
    if (status == TW_OK)
        status = tw_gradcheck_draw(&canvas, check);
    return finish(&canvas, status);
}

tw_status tw_plot_spectrum(const char *path, const tw_figure *figure,
                           const tw_curvature_report *report) {
    tw_canvas canvas;
    tw_status status = tw_canvas_init(&canvas, path, figure);
    if (status == TW_OK &&
        (report == NULL ||
         (report->density.probes == 0 && report->largest_count + report->smallest_count == 0)))
        status = tw_fail(TW_ERR_ARGUMENT,
                         "nothing to draw in '%s': the spectrum has neither a density "
                         "(--density) nor eigenvalues (--largest, --smallest)",
                         path);
    if (status == TW_OK)
        status = tw_spectrum_draw(&canvas, report);
    return finish(&canvas, status);
}

tw_status tw_plot_contact_sheet(const char *path, const tw_figure *figure,
                                const tw_dataset *dataset, size_t columns) {
    tw_canvas canvas;
    tw_status status = tw_canvas_init(&canvas, path, figure);
    if (status == TW_OK && dataset == NULL)
        status = tw_fail(TW_ERR_ARGUMENT, "nothing to draw in '%s': no data set", path);
    if (status == TW_OK)
        status = refuse_characters(&canvas, "a contact sheet");
    if (status == TW_OK)
        status = tw_contact_sheet_draw(&canvas, dataset, columns);
    return finish(&canvas, status);
}

size_t tw_plot_letters_lacking(const char *text) {
    tw_font font;
    size_t count = tw_font_open(&font) == TW_OK ? tw_text_lacking(&font, text) : 0;
    tw_font_close(&font);
    return count;
}

int tw_plot_available(void) {
    return 1;
}
