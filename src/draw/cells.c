#include "draw/cells.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "core/alloc.h"
#include "draw/cell_text.h"
#include "draw/theme.h"

tw_status tw_cells_init(tw_cells *cells, double width, double height, cairo_surface_t **lines) {
    cells->columns = (int)fmax(1, floor(width / TW_CELL_WIDTH + 1e-6));
    cells->rows = (int)fmax(1, ceil(height / TW_CELL_HEIGHT - 1e-6));
    cells->cell = tw_alloc((size_t)cells->columns * (size_t)cells->rows, sizeof *cells->cell);
    if (cells->cell == NULL)
        return tw_fail(TW_ERR_MEMORY, "not enough memory for %d x %d characters", cells->columns,
                       cells->rows);
    cells->pictures =
        cairo_image_surface_create(CAIRO_FORMAT_ARGB32, cells->columns, 2 * cells->rows);
    *lines = cells->lines = cairo_image_surface_create(
        CAIRO_FORMAT_ARGB32, (int)TW_CELL_WIDTH * TW_CELL_PIXELS * cells->columns,
        (int)TW_CELL_HEIGHT * TW_CELL_PIXELS * cells->rows);
    cairo_status_t status = cairo_surface_status(cells->pictures);
    return status == CAIRO_STATUS_SUCCESS ? TW_OK
                                          : tw_fail(TW_ERR_MEMORY, "no page of characters: %s",
                                                    cairo_status_to_string(status));
}

void tw_cells_release(tw_cells *cells) {
    if (cells->pictures != NULL)
        cairo_surface_destroy(cells->pictures);
    free(cells->cell);
    memset(cells, 0, sizeof *cells);
}

int tw_cells_have_colors(const tw_terminal *terminal) {
    return terminal->kind != TW_TERMINAL_CHARACTERS;
}

static void put(tw_cells *cells, int column, int row, uint32_t code, tw_rgb ink) {
    tw_rgb toned = tw_theme_tone(cells->dark ? TW_THEME_DARK : TW_THEME_LIGHT, ink);
    if (column >= 0 && column < cells->columns)
        cells->cell[row * cells->columns + column] = (tw_cell){code, toned};
}

void tw_cells_text(tw_cells *cells, int column, int row, const char *text, tw_rgb ink) {
    int raised = 0, wide = 1;
    uint32_t code;
    if (text == NULL || row < 0 || row >= cells->rows)
        return;
    while ((code = tw_cell_text_next(&text, &raised, &wide)) != 0) {
        if (column >= 0 && column + wide <= cells->columns) {
            put(cells, column, row, code, ink);
            if (wide == 2)
                put(cells, column + 1, row, TW_CELL_TAIL, ink);
        }
        column += wide;
    }
}

void tw_cells_text_in(tw_cells *cells, int column, int row, int most, const char *text,
                      tw_rgb ink) {
    int raised = 0, wide = 1, used = 0;
    if (text == NULL || row < 0 || row >= cells->rows || most < 1)
        return;
    if (tw_cell_text_columns(text) <= most) {
        tw_cells_text(cells, column, row, text, ink);
        return;
    }
    uint32_t code;
    while ((code = tw_cell_text_next(&text, &raised, &wide)) != 0 && used + wide < most) {
        put(cells, column + used, row, code, ink);
        if (wide == 2)
            put(cells, column + used + 1, row, TW_CELL_TAIL, ink);
        used += wide;
    }
    put(cells, column + used, row, 0x2026, ink);
}

void tw_cells_paint(tw_cells *cells, int column, int half_row, tw_rgb color) {
    if (column < 0 || half_row < 0 || column >= cells->columns || half_row >= 2 * cells->rows)
        return;
    cairo_t *cr = cairo_create(cells->pictures);
    cairo_set_source_rgb(cr, color.r, color.g, color.b);
    cairo_rectangle(cr, column, half_row, 1, 1);
    cairo_fill(cr);
    cairo_destroy(cr);
}

static void lay(cairo_t *cr, cairo_surface_t *image, double x, double y, double width,
                double height) {
    int across = cairo_image_surface_get_width(image), down = cairo_image_surface_get_height(image);
    cairo_translate(cr, x, y);
    cairo_scale(cr, width / across, height / down);
    cairo_set_source_surface(cr, image, 0, 0);
    cairo_pattern_set_filter(cairo_get_source(cr), CAIRO_FILTER_NEAREST);
    cairo_rectangle(cr, 0, 0, across, down);
    cairo_fill(cr);
}

void tw_cells_image(tw_cells *cells, cairo_t *lines, cairo_surface_t *image, double x, double y,
                    double width, double height) {
    cairo_t *cr = cairo_create(cells->pictures);
    cairo_scale(cr, 1 / TW_CELL_WIDTH, 2 / TW_CELL_HEIGHT);
    lay(cr, image, x, y, width, height);
    cairo_destroy(cr);
    cairo_save(lines);
    cairo_set_operator(lines, CAIRO_OPERATOR_DEST_OUT);
    lay(lines, image, x, y, width, height);
    cairo_restore(lines);
}
