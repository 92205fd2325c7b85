#include "draw/canvas.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "core/versioned.h"
#include "draw/encode.h"
#include "draw/encode_kitty.h"
#include "draw/encode_sixel.h"

static const double DEFAULT_DPI = 200, VECTOR_DPI = 300, LEAST_FONT = 4, MOST_FONT = 72;

static int has_ending(const char *path, const char *ending) {
    size_t length = strlen(path), n = strlen(ending);
    return length > n && strcasecmp(path + length - n, ending) == 0;
}

static tw_status check_size(const tw_figure *f) {
    if (!(f->dpi == 0 || (f->dpi >= 10 && f->dpi <= 2400)))
        return tw_fail(TW_ERR_ARGUMENT, "a figure of %g dots per inch: give 10 to 2400", f->dpi);
    if (!(f->width == 0 || (f->width >= 1 && f->width <= 60)))
        return tw_fail(TW_ERR_ARGUMENT, "a figure %g inches wide: give 1 to 60", f->width);
    if (!(f->height == 0 || (f->height >= 1 && f->height <= 60)))
        return tw_fail(TW_ERR_ARGUMENT, "a figure %g inches high: give 1 to 60", f->height);
    if (!(f->font_size == 0 || (f->font_size >= LEAST_FONT && f->font_size <= MOST_FONT)))
        return tw_fail(TW_ERR_ARGUMENT, "a figure with texts of %g points: give %g to %g",
                       f->font_size, LEAST_FONT, MOST_FONT);
    return TW_OK;
}

int tw_inset_is_asked(const tw_figure *figure) {
    const double *r = figure->inset;
    return r[0] != 0 || r[1] != 0 || r[2] != 0 || r[3] != 0;
}

static tw_status check_numbers(const tw_figure *f) {
    if (!isfinite(f->low) || !isfinite(f->high) ||
        !(f->low < f->high || (f->low == 0 && f->high == 0)))
        return tw_fail(TW_ERR_ARGUMENT, "limits %g to %g of a figure: the first must be smaller",
                       f->low, f->high);
    if (!(f->aspect == 0 || f->aspect == TW_ASPECT_EQUAL || (f->aspect >= 0.02 && f->aspect <= 50)))
        return tw_fail(TW_ERR_ARGUMENT,
                       "a box %g times as high as wide: give 0.02 to 50, equal or auto", f->aspect);
    const double *in = f->inset;
    for (int k = 0; k < 4 && tw_inset_is_asked(f); k++)
        if (!isfinite(in[k]) || !(in[0] < in[1] && in[2] < in[3]))
            return tw_fail(TW_ERR_ARGUMENT,
                           "an inset of %g:%g,%g:%g: the first of each pair must be smaller", in[0],
                           in[1], in[2], in[3]);
    if (tw_theme_name(f->theme) == NULL)
        return tw_fail(TW_ERR_ARGUMENT, "no such theme of a figure");
    if (tw_colormap_name(f->colormap) == NULL || tw_view_name(f->view) == NULL)
        return tw_fail(TW_ERR_ARGUMENT, "no such colour map or view of a figure");
    if (f->level_count > 0 && f->levels == NULL)
        return tw_fail(TW_ERR_ARGUMENT, "a figure with %zu contour levels that are not given",
                       f->level_count);
    return TW_OK;
}

static tw_status format_of(const char *path, tw_canvas_format *out) {
    if (has_ending(path, ".png"))
        *out = TW_CANVAS_PNG;
    else if (has_ending(path, ".svg"))
        *out = TW_CANVAS_SVG;
    else if (has_ending(path, ".pdf"))
        *out = TW_CANVAS_PDF;
    else
        return tw_fail(TW_ERR_ARGUMENT,
                       "cannot tell the kind of figure '%s': end the name in .png, .svg or .pdf",
                       path);
    return TW_OK;
}

static int is_image(const tw_canvas *canvas) {
    return canvas->format == TW_CANVAS_PNG || canvas->format == TW_CANVAS_SIXEL ||
           canvas->format == TW_CANVAS_KITTY;
}

/* As large as the window lets a picture be. The size of a character says how large texts must be
 * that are read beside it. */
static void fit_image(tw_canvas *canvas, const tw_terminal *t) {
    const double label = 0.62, wide = 1.35, high = 5; /* of the height of a character; inches */
    tw_figure *figure = &canvas->given;
    double cell_h = t->cell_height > 0 ? (double)t->cell_height : 20;
    double cell_w = t->cell_width > 0 ? (double)t->cell_width : 10;
    double font = figure->font_size > 0 ? figure->font_size : TW_LABEL_SIZE;
    if (figure->dpi <= 0)
        figure->dpi = fmin(fmax(label * cell_h / font * 72, 60), 400);
    double height = fmin((double)(t->rows - 1) * cell_h / figure->dpi, high * font / TW_LABEL_SIZE);
    if (figure->height <= 0)
        figure->height = fmax(height, 1);
    if (figure->width <= 0)
        figure->width = fmax(fmin((double)t->columns * cell_w / figure->dpi, wide * height), 1);
}

/* Units are cells there, and images have a pixel for every half of one. */
static void fit_cells(tw_canvas *canvas, const tw_terminal *t) {
    tw_figure *figure = &canvas->given;
    figure->width = (double)t->columns * TW_CELL_WIDTH / 72;
    figure->height = fmax((double)t->rows - 1, 1) * TW_CELL_HEIGHT / 72;
    figure->font_size = 0;
    figure->dpi = 72 / TW_CELL_WIDTH;
    if (!tw_cells_have_colors(t))
        figure->colormap = TW_COLORMAP_GREY;
    canvas->cells.dark = figure->theme == TW_THEME_DARK;
    canvas->font.cell = TW_CELL_WIDTH;
}

static tw_status take_terminal(tw_canvas *canvas, const tw_terminal *given) {
    static const tw_canvas_format formats[] = {[TW_TERMINAL_CHARACTERS] = TW_CANVAS_CELLS,
                                               [TW_TERMINAL_BLOCKS] = TW_CANVAS_CELLS,
                                               [TW_TERMINAL_SIXEL] = TW_CANVAS_SIXEL,
                                               [TW_TERMINAL_KITTY] = TW_CANVAS_KITTY};
    tw_terminal *t = &canvas->cells.terminal;
    tw_status status = TW_TAKE(tw_terminal, ascii, t, given);
    if (status != TW_OK)
        return status;
    t->columns = t->columns > 0 ? t->columns : 80;
    t->rows = t->rows > 0 ? t->rows : 24;
    if (tw_terminal_kind_name(t->kind) == NULL || t->columns > 2000 || t->rows > 2000)
        return tw_fail(TW_ERR_ARGUMENT, "no terminal of kind %d with %zu x %zu characters",
                       (int)t->kind, t->columns, t->rows);
    canvas->format = formats[t->kind];
    if (canvas->format == TW_CANVAS_CELLS)
        fit_cells(canvas, t);
    else
        fit_image(canvas, t);
    return TW_OK;
}

tw_status tw_canvas_init(tw_canvas *canvas, const char *path, const tw_figure *figure) {
    memset(canvas, 0, sizeof *canvas);
    canvas->path = path;
    canvas->figure = &canvas->given;
    if (path == NULL)
        return tw_fail(TW_ERR_ARGUMENT, "a figure needs the path of a file");
    tw_status status = TW_TAKE(tw_figure, description, &canvas->given, figure);
    if (status == TW_OK)
        status = tw_font_open(&canvas->font);
    if (status == TW_OK)
        status = canvas->given.terminal != NULL ? take_terminal(canvas, canvas->given.terminal)
                                                : format_of(path, &canvas->format);
    if (status == TW_OK && canvas->format != TW_CANVAS_CELLS)
        status = check_size(canvas->figure);
    if (status == TW_OK)
        status = check_numbers(canvas->figure);
    canvas->dpi = canvas->figure->dpi > 0           ? canvas->figure->dpi
                  : canvas->format == TW_CANVAS_PNG ? DEFAULT_DPI
                                                    : VECTOR_DPI;
    canvas->unit = canvas->figure->font_size > 0 ? canvas->figure->font_size / TW_LABEL_SIZE : 1;
    return status;
}

double tw_canvas_inches(const tw_canvas *canvas, double length) {
    return length * canvas->unit / 72;
}

double tw_canvas_width(const tw_canvas *canvas, double inches) {
    return 72 * (canvas->figure->width > 0 ? canvas->figure->width : inches) / canvas->unit;
}

double tw_canvas_height(const tw_canvas *canvas, double inches) {
    return 72 * (canvas->figure->height > 0 ? canvas->figure->height : inches) / canvas->unit;
}

double tw_canvas_given_height(const tw_canvas *canvas) {
    return tw_canvas_height(canvas, 0);
}

double tw_canvas_pixel(const tw_canvas *canvas) {
    return is_image(canvas) ? 72 / canvas->dpi / canvas->unit : 0;
}

double tw_canvas_row(const tw_canvas *canvas) {
    return canvas->format == TW_CANVAS_CELLS ? TW_CELL_HEIGHT : 0;
}

int tw_canvas_pixels(const tw_canvas *canvas, double length) {
    double pixels = ceil(tw_canvas_inches(canvas, length) * canvas->dpi);
    return pixels < 1 ? 1 : pixels > 20000 ? 20000 : (int)pixels;
}

tw_status tw_canvas_begin(tw_canvas *canvas, double width, double height) {
    canvas->width = width;
    canvas->height = height;
    double scale = canvas->unit;
    int transparent = canvas->figure->transparent;
    if (canvas->format == TW_CANVAS_CELLS) {
        tw_status status = tw_cells_init(&canvas->cells, width, height, &canvas->surface);
        if (status != TW_OK)
            return status;
        scale = TW_CELL_PIXELS;
        transparent = 1;
    } else if (is_image(canvas)) {
        scale *= canvas->dpi / 72;
        double across = round(width * scale), down = round(height * scale);
        if (across > 20000 || down > 20000)
            return tw_fail(TW_ERR_ARGUMENT,
                           "a figure of %.0f x %.0f pixels is too large: lower its size or dpi",
                           across, down);
        canvas->surface = cairo_image_surface_create(
            transparent ? CAIRO_FORMAT_ARGB32 : CAIRO_FORMAT_RGB24, (int)across, (int)down);
    } else {
        canvas->surface = tw_encode_vector(canvas->format, &canvas->bytes, width * scale,
                                           height * scale, canvas->figure);
    }
    canvas->cr = cairo_create(canvas->surface);
    cairo_scale(canvas->cr, scale, scale);
    tw_canvas_ink(canvas, TW_PAPER, 1);
    if (!transparent)
        cairo_paint(canvas->cr);
    cairo_set_line_width(canvas->cr, 0.6);
    cairo_set_line_join(canvas->cr, CAIRO_LINE_JOIN_ROUND);
    cairo_status_t status = cairo_status(canvas->cr);
    if (status != CAIRO_STATUS_SUCCESS)
        return tw_fail(status == CAIRO_STATUS_NO_MEMORY ? TW_ERR_MEMORY : TW_ERR_SYSTEM,
                       "cannot draw '%s': %s", canvas->path, cairo_status_to_string(status));
    return TW_OK;
}

static cairo_status_t encode(tw_canvas *canvas) {
    cairo_status_t status = CAIRO_STATUS_SUCCESS;
    switch (canvas->format) {
    case TW_CANVAS_PNG:
        return tw_encode_png(canvas->surface, &canvas->bytes, canvas->dpi, canvas->figure);
    case TW_CANVAS_KITTY:
        return tw_encode_kitty(canvas->surface, canvas->dpi, canvas->figure, &canvas->bytes);
    case TW_CANVAS_SIXEL:
        return tw_encode_sixel(canvas->surface, &canvas->bytes);
    case TW_CANVAS_CELLS:
        return tw_cells_write(&canvas->cells, &canvas->bytes);
    case TW_CANVAS_SVG:
    case TW_CANVAS_PDF:
        cairo_surface_finish(canvas->surface);
        status = cairo_surface_status(canvas->surface);
    }
    if (status == CAIRO_STATUS_SUCCESS && canvas->format == TW_CANVAS_SVG)
        status = tw_encode_svg(&canvas->bytes, &canvas->texts, canvas->figure);
    return status;
}

tw_status tw_canvas_finish(tw_canvas *canvas) {
    cairo_status_t status = cairo_status(canvas->cr);
    if (status == CAIRO_STATUS_SUCCESS)
        status = encode(canvas);
    if (status != CAIRO_STATUS_SUCCESS)
        return tw_fail(status == CAIRO_STATUS_NO_MEMORY ? TW_ERR_MEMORY : TW_ERR_SYSTEM,
                       "cannot draw '%s': %s", canvas->path, cairo_status_to_string(status));
    const tw_figure *figure = canvas->figure;
    return figure->sink != NULL
               ? figure->sink(figure->sink_user, canvas->bytes.data, canvas->bytes.size)
               : tw_encode_write(&canvas->bytes, canvas->path);
}

void tw_canvas_release(tw_canvas *canvas) {
    if (canvas->cr != NULL)
        cairo_destroy(canvas->cr);
    if (canvas->surface != NULL)
        cairo_surface_destroy(canvas->surface);
    tw_font_close(&canvas->font);
    tw_cells_release(&canvas->cells);
    free(canvas->bytes.data);
    tw_svg_texts_release(&canvas->texts);
    memset(canvas, 0, sizeof *canvas);
}

void tw_canvas_image(tw_canvas *canvas, cairo_surface_t *image, double x, double y, double width,
                     double height) {
    cairo_t *cr = canvas->cr;
    cairo_surface_mark_dirty(image);
    if (canvas->format == TW_CANVAS_CELLS) {
        tw_cells_image(&canvas->cells, cr, image, x, y, width, height);
        return;
    }
    cairo_save(cr);
    cairo_translate(cr, x, y);
    cairo_scale(cr, width / cairo_image_surface_get_width(image),
                height / cairo_image_surface_get_height(image));
    cairo_set_source_surface(cr, image, 0, 0);
    cairo_pattern_set_extend(cairo_get_source(cr), CAIRO_EXTEND_PAD);
    cairo_rectangle(cr, 0, 0, cairo_image_surface_get_width(image),
                    cairo_image_surface_get_height(image));
    cairo_fill(cr);
    cairo_restore(cr);
}

void tw_canvas_color(tw_canvas *canvas, tw_rgb color, double alpha) {
    cairo_set_operator(canvas->cr, CAIRO_OPERATOR_OVER);
    if (alpha < 1)
        cairo_set_source_rgba(canvas->cr, color.r, color.g, color.b, alpha);
    else
        cairo_set_source_rgb(canvas->cr, color.r, color.g, color.b);
}

/* On a page of characters there is no paper: what is drawn in its colour, or nearly so, takes away
 * what lies below. */
static int takes_away(const tw_canvas *canvas, tw_rgb ink) {
    return canvas->format == TW_CANVAS_CELLS && tw_rgb_luminance(ink) > 0.85;
}

void tw_canvas_ink(tw_canvas *canvas, tw_rgb ink, double alpha) {
    if (takes_away(canvas, ink)) {
        cairo_set_source_rgba(canvas->cr, 0, 0, 0, alpha > 0.5 ? 1 : alpha);
        cairo_set_operator(canvas->cr, CAIRO_OPERATOR_DEST_OUT);
        return;
    }
    tw_canvas_color(canvas, tw_theme_tone(canvas->figure->theme, ink), alpha);
}

/* Level, about the middle of where it would be. */
static void text_in_cells(tw_canvas *canvas, double x, double y, const char *text,
                          const tw_text_style *style) {
    double along = (0.5 - style->across) * tw_text_width(&canvas->font, text, style->size);
    double across = (0.5 - style->up) * TW_DIGIT_HEIGHT * style->size;
    double c = cos(style->angle), s = sin(style->angle);
    double middle_x = x + c * along - s * across, middle_y = y - s * along - c * across;
    double left = middle_x - tw_text_width(&canvas->font, text, style->size) / 2;
    tw_cells_text(&canvas->cells, (int)lround(left / TW_CELL_WIDTH),
                  (int)floor(middle_y / TW_CELL_HEIGHT), text, style->ink);
}

void tw_canvas_text(tw_canvas *canvas, double x, double y, const char *text,
                    const tw_text_style *style) {
    if (canvas->format == TW_CANVAS_CELLS) {
        text_in_cells(canvas, x, y, text, style);
        return;
    }
    tw_text_style toned = *style;
    toned.ink = tw_theme_tone(canvas->figure->theme, style->ink);
    if (canvas->format == TW_CANVAS_SVG)
        tw_svg_text_draw(&canvas->texts, canvas->cr, &canvas->font, x, y, text, &toned);
    else
        tw_text_draw(canvas->cr, &canvas->font, x, y, text, &toned);
}
