#include "draw/frame.h"

#include <math.h>
#include <stdio.h>

#include "draw/cells_frame.h"

static const double PAD = 3, LEGEND_ROW = 10, LEGEND_LINE = 18, LEGEND_GAP = 4, LEGEND_NEXT = 12,
                    LEAST_BOX = 24;

double tw_text_fit(const tw_font *font, const char *text, double size, double width) {
    double needed = tw_text_width(font, text, size);
    return needed > width && width > 0 ? size * width / needed : size;
}

static int has_text(const char *text) {
    return text != NULL && *text != '\0';
}

static double legend_width(const tw_legend_entry *entry, const tw_font *font) {
    return LEGEND_LINE + LEGEND_GAP + tw_text_width(font, entry->text, TW_TICK_SIZE);
}

/* A row if all entries fit in one, else columns of equal width with as few rows as possible, and
 * bands, whose texts are long, below them in rows of their own. */
typedef struct legend_grid {
    size_t columns, rows;
    size_t gridded; /* entries before the bands */
    double cell;    /* width of a column; 0 in a single row: each is as wide as its text */
    double width;   /* of the whole */
} legend_grid;

static int is_band(const tw_legend_entry *entry) {
    return entry->mark == TW_MARK_BAND || entry->mark == TW_MARK_BAR;
}

static legend_grid legend_layout(const tw_frame *frame, const tw_font *font, double room) {
    size_t n = frame->legend_count, gridded = n;
    double sum = 0, widest = 0, band = 0;
    while (gridded > 0 && is_band(&frame->legend[gridded - 1]))
        gridded--;
    for (size_t i = 0; i < n; i++) {
        double width = legend_width(&frame->legend[i], font);
        sum += width + (i > 0 ? LEGEND_NEXT : 0);
        widest = fmax(widest, i < gridded ? width : 0);
        band = fmax(band, i < gridded ? 0 : width);
    }
    if (n == 0 || sum <= room)
        return (legend_grid){n, n > 0, n, 0, sum};
    size_t most = (size_t)fmax(1, (room + LEGEND_NEXT) / (widest + LEGEND_NEXT));
    size_t rows = (gridded + most - 1) / most, columns = rows > 0 ? (gridded + rows - 1) / rows : 1;
    double cell = widest + LEGEND_NEXT;
    return (legend_grid){columns, rows + n - gridded, gridded, cell,
                         fmax((double)columns * cell - LEGEND_NEXT, band)};
}

static double legend_height(const tw_frame *frame, const tw_font *font, double room) {
    size_t rows = legend_layout(frame, font, room).rows;
    return rows > 0 ? (double)rows * LEGEND_ROW + 2 : 0;
}

/* Room that an upright side takes beside the box. */
static double upright_room(const tw_side *side, const tw_font *font) {
    return TW_TICK_MAJOR + TW_TICK_GAP + tw_side_text_width(side, font) +
           (has_text(side->label) ? TW_LABEL_GAP + TW_LABEL_SIZE : 0);
}

static double title_size(const tw_frame *frame) {
    return frame->title_size > 0 ? frame->title_size : TW_TITLE_SIZE;
}

/* Factors such as "×10⁻⁶" stand on top of the upright sides. */
static double factor_height(const tw_frame *frame) {
    int raised =
        (frame->left.ticks.factor[0] && !frame->left.mute) || frame->right.ticks.factor[0] ||
        (frame->bar != NULL && frame->bar->side.ticks.factor[0] && !frame->bar->side.factor_named);
    return raised ? TW_TICK_SIZE + 4 : 0;
}

/* Room for the ticks of the level side, their texts and its name. */
static double level_room(const tw_side *side) {
    if (side->mute)
        return TW_TICK_MAJOR;
    double room = TW_TICK_MAJOR + TW_TICK_GAP + TW_TICK_SIZE;
    if (has_text(side->label))
        return room + TW_LABEL_GAP + TW_LABEL_SIZE + 1;
    return room + (side->ticks.factor[0] ? TW_TICK_GAP + TW_TICK_SIZE : 0);
}

static tw_margins margins_of(const tw_frame *frame, const tw_canvas *canvas, double width) {
    const tw_font *font = &canvas->font;
    tw_margins m = {PAD, PAD, PAD, PAD};
    m.top += has_text(frame->title) ? title_size(frame) + 5 : TW_TICK_SIZE / 2;
    m.top += factor_height(frame);
    m.bottom += tw_caption_height(&frame->caption);
    if (frame->bar != NULL)
        m.right += TW_BAR_GAP + TW_BAR_WIDTH + upright_room(&frame->bar->side, font);
    if (!frame->bare) {
        const tw_tick *last = &frame->bottom.ticks.tick[frame->bottom.ticks.count - 1];
        double overhang =
            frame->bottom.mute ? 0 : tw_text_width(font, last->text, TW_TICK_SIZE) / 2;
        m.left += upright_room(&frame->left, font);
        if (frame->left.mute) /* the first number below reaches over the corner */
            m.left = fmax(
                m.left,
                2 * PAD + tw_text_width(font, frame->bottom.ticks.tick[0].text, TW_TICK_SIZE) / 2);
        if (frame->has_right)
            m.right += upright_room(&frame->right, font);
        m.right = fmax(m.right, PAD + overhang);
        m.bottom += level_room(&frame->bottom);
    }
    m.top += legend_height(frame, font, width - m.left - m.right);
    return m;
}

/* snap: size of a pixel, so that an image in the box keeps its pixels; 0 for vector pages. */
static void place_box(tw_frame *frame, const tw_margins *m, double width, double height,
                      double snap) {
    tw_rect *box = &frame->box;
    frame->legend_room = width - m->left - m->right; /* a box made slender leaves it as wide */
    box->x = m->left;
    box->y = m->top;
    box->w = width - m->left - m->right;
    box->h = height > 0 ? height - m->top - m->bottom : box->w * frame->aspect;
    if (height > 0 && frame->aspect > 0) {
        if (box->h > box->w * frame->aspect) {
            double spare = box->h - box->w * frame->aspect;
            box->h -= spare;
            box->y += spare / 2;
        } else {
            double spare = box->w - box->h / frame->aspect;
            box->w -= spare;
            box->x += spare / 2;
        }
    }
    if (snap > 0) {
        box->x = round(box->x / snap) * snap;
        box->y = round(box->y / snap) * snap;
        box->w = round(box->w / snap) * snap;
        box->h = round(box->h / snap) * snap;
    }
    frame->width = width;
    frame->height = height > 0 ? height : m->top + box->h + m->bottom;
}

/* Where the colour bar stands. */
static tw_rect bar_rect(const tw_frame *frame) {
    const tw_rect *box = &frame->box;
    double whole = box->h - frame->bar_top - frame->bar_bottom;
    double h = whole * (frame->bar_share > 0 ? frame->bar_share : 1);
    return (tw_rect){box->x + box->w + TW_BAR_GAP, box->y + frame->bar_top + (whole - h) / 2,
                     TW_BAR_WIDTH, h};
}

/* The factors of both upright sides stand above the box, the bar's behind its name where there is
 * no room for two. */
static void name_factor(tw_frame *frame, const tw_font *font) {
    tw_side *bar = &frame->bar->side;
    double room = frame->box.w + TW_BAR_GAP + TW_BAR_WIDTH;
    double left =
        frame->left.mute ? 0 : tw_text_width(font, frame->left.ticks.factor, TW_TICK_SIZE);
    if (!frame->bare && has_text(bar->label) && left > 0 &&
        left + tw_text_width(font, bar->ticks.factor, TW_TICK_SIZE) + LEGEND_NEXT > room)
        bar->factor_named = 1;
}

static tw_status no_room(const tw_canvas *canvas, double width, double height) {
    if (canvas->figure->terminal != NULL)
        return tw_fail(TW_ERR_ARGUMENT, "no room for the picture: make the window larger");
    return tw_fail(TW_ERR_ARGUMENT,
                   "no room for '%s' in %.3g x %.3g inches: make the figure larger", canvas->path,
                   tw_canvas_inches(canvas, width), tw_canvas_inches(canvas, height));
}

tw_status tw_frame_lay_out(tw_frame *frame, const tw_canvas *canvas, double width, double height) {
    const tw_font *font = &canvas->font;
    if (canvas->format == TW_CANVAS_CELLS)
        return tw_cells_frame_lay_out(frame, canvas, width, height);
    if (canvas->figure->note == NULL) /* the pages of a film are of one height */
        tw_caption_fold(&frame->caption, font, width - 4 * PAD);
    frame->box = (tw_rect){0, 0, width * 0.7, height > 0 ? height * 0.7 : width * 0.7};
    /* the room for texts depends on the ticks and these on the room: settled in a few rounds */
    for (int round = 0; round < 4; round++) {
        if (!frame->bare) {
            tw_side_ticks_level(&frame->bottom, font, frame->box.w);
            tw_side_ticks_upright(&frame->left, frame->box.h);
            if (frame->has_right)
                tw_side_ticks_upright(&frame->right, frame->box.h);
        }
        if (frame->bar != NULL) {
            tw_side_ticks_upright(&frame->bar->side, bar_rect(frame).h);
            name_factor(frame, font);
        }
        tw_margins m = frame->margins = margins_of(frame, canvas, width);
        m.left = fmax(m.left, frame->least.left);
        m.right = fmax(m.right, frame->least.right);
        m.top = fmax(m.top, frame->least.top);
        m.bottom = fmax(m.bottom, frame->least.bottom);
        place_box(frame, &m, width, height, tw_canvas_pixel(canvas));
        if (!(frame->box.w >= LEAST_BOX && frame->box.h >= LEAST_BOX))
            return no_room(canvas, width, frame->height);
    }
    return TW_OK;
}

void tw_ring_draw(tw_canvas *canvas, double x, double y) {
    tw_canvas_ink(canvas, TW_ACCURACY_INK, 1);
    cairo_set_line_width(canvas->cr, 1.2);
    cairo_new_sub_path(canvas->cr);
    cairo_arc(canvas->cr, x, y, 3.6, 0, 2 * M_PI);
    cairo_stroke(canvas->cr);
}

/* A piece of a band with its edges, or a bar with its caps. */
static void draw_band_mark(tw_canvas *canvas, const tw_legend_entry *entry, double x, double y) {
    cairo_t *cr = canvas->cr;
    double middle = x + LEGEND_LINE / 2;
    if (entry->mark == TW_MARK_BAR) {
        cairo_set_line_width(cr, 0.8);
        cairo_move_to(cr, middle, y - 3.5);
        cairo_line_to(cr, middle, y + 3.5);
        for (int end = -1; end <= 1; end += 2) {
            cairo_move_to(cr, middle - 2.2, y + 3.5 * end);
            cairo_line_to(cr, middle + 2.2, y + 3.5 * end);
        }
        cairo_stroke(cr);
        return;
    }
    tw_canvas_ink(canvas, entry->ink, canvas->figure->theme == TW_THEME_DARK ? 0.3 : 0.2);
    cairo_rectangle(cr, x, y - 3, LEGEND_LINE, 6);
    cairo_fill(cr);
    tw_canvas_ink(canvas, entry->ink, 0.65);
    cairo_set_line_width(cr, 0.5);
    for (int end = -1; end <= 1; end += 2) {
        cairo_move_to(cr, x, y + 3.0 * end);
        cairo_line_to(cr, x + LEGEND_LINE, y + 3.0 * end);
    }
    cairo_stroke(cr);
}

static void draw_mark(tw_canvas *canvas, const tw_legend_entry *entry, double x, double y) {
    cairo_t *cr = canvas->cr;
    double middle = x + LEGEND_LINE / 2;
    tw_canvas_ink(canvas, entry->ink, 1);
    if (entry->mark == TW_MARK_RING || entry->mark == TW_MARK_DOT) {
        cairo_arc(cr, middle, y, 1.7, 0, 2 * M_PI);
        cairo_fill(cr);
        if (entry->mark == TW_MARK_RING)
            tw_ring_draw(canvas, middle, y);
        return;
    }
    if (entry->mark == TW_MARK_BAND || entry->mark == TW_MARK_BAR) {
        draw_band_mark(canvas, entry, x, y);
        return;
    }
    int dotted = entry->mark == TW_MARK_DOTTED;
    cairo_set_line_width(cr, dotted ? 0.8 : 1.2);
    cairo_set_dash(cr, dotted ? (double[]){1.5, 1.5} : (double[]){4, 2},
                   entry->mark == TW_MARK_LINE ? 0 : 2, 0);
    cairo_move_to(cr, x, y);
    cairo_line_to(cr, x + LEGEND_LINE, y);
    cairo_stroke(cr);
    cairo_set_dash(cr, NULL, 0, 0);
    if (entry->dots) {
        cairo_arc(cr, middle, y, 1.7, 0, 2 * M_PI);
        cairo_fill(cr);
    }
}

static void draw_legend(tw_canvas *canvas, const tw_frame *frame) {
    const tw_font *font = &canvas->font;
    legend_grid grid = legend_layout(frame, font, frame->legend_room);
    double left = fmax(PAD, frame->box.x + (frame->box.w - grid.width) / 2), x = left;
    double top = frame->box.y - factor_height(frame) -
                 legend_height(frame, font, frame->legend_room) + LEGEND_ROW / 2 - 1;
    for (size_t i = 0; i < frame->legend_count; i++) {
        const tw_legend_entry *entry = &frame->legend[i];
        size_t row = i < grid.gridded ? i / grid.columns : grid.rows - (frame->legend_count - i);
        double y = top + (double)row * LEGEND_ROW;
        if (i >= grid.gridded || i % grid.columns == 0)
            x = left;
        draw_mark(canvas, entry, x, y);
        double room = frame->width - PAD - x - LEGEND_LINE - LEGEND_GAP;
        tw_text_style style = {
            .size = tw_text_fit(font, entry->text, TW_TICK_SIZE, room), .up = 0.5, .ink = TW_INK};
        tw_canvas_text(canvas, x + LEGEND_LINE + LEGEND_GAP, y, entry->text, &style);
        x += grid.cell > 0 ? grid.cell : legend_width(entry, font) + LEGEND_NEXT;
    }
}

/* A rotated label beside an upright side, centred on the box unless `top` or `bottom`, between
 * which it stays, is near; the inner edge of its line of text is `away` from the edge. */
static void draw_upright_label(tw_canvas *canvas, const tw_side *side, const tw_rect *box,
                               int right, double top, double bottom) {
    if (!has_text(side->label))
        return;
    double away = TW_TICK_MAJOR + TW_TICK_GAP + tw_side_text_width(side, &canvas->font) +
                  TW_LABEL_GAP + TW_LABEL_SIZE * (right ? 0.8 : TW_DESCENT);
    double x = right ? box->x + box->w + away : box->x - away;
    char text[TW_CAPTION_TEXT];
    int named = side->factor_named && side->ticks.factor[0] != '\0';
    snprintf(text, sizeof text, "%s%s%s%s%s", side->label,
             side->is_constant                  ? ", constant"
             : side->says_log && side->span.log ? " (log)"
                                                : "",
             named ? " (" : "", named ? side->ticks.factor : "", named ? ")" : "");
    double size = tw_text_fit(&canvas->font, text, TW_LABEL_SIZE, bottom - top);
    double half = tw_text_width(&canvas->font, text, size) / 2;
    double y = fmax(top + half, fmin(box->y + box->h / 2, bottom - half));
    tw_text_style style = {.size = size, .across = 0.5, .angle = M_PI / 2, .ink = side->ink};
    tw_canvas_text(canvas, x, y, text, &style);
}

static void draw_titles(tw_canvas *canvas, const tw_frame *frame) {
    const tw_rect *box = &frame->box;
    const tw_font *font = &canvas->font;
    if (has_text(frame->title)) {
        double size = tw_text_fit(font, frame->title, title_size(frame), frame->width - 2 * PAD);
        double half = tw_text_width(font, frame->title, size) / 2;
        double middle = frame->bare ? frame->width / 2 : box->x + box->w / 2;
        double x = fmax(PAD + half, fmin(middle, frame->width - PAD - half));
        tw_text_style style = {.size = size, .across = 0.5, .ink = TW_INK};
        tw_canvas_text(canvas, x,
                       box->y - factor_height(frame) -
                           legend_height(frame, font, frame->legend_room) - 5,
                       frame->title, &style);
    }
    if (!frame->bare && has_text(frame->bottom.label)) {
        double factor = tw_text_width(font, frame->bottom.ticks.factor, TW_TICK_SIZE);
        double right = factor > 0 ? box->x + box->w - factor - TW_LABEL_GAP : frame->width - PAD;
        double size = tw_text_fit(font, frame->bottom.label, TW_LABEL_SIZE, right - PAD);
        double half = tw_text_width(font, frame->bottom.label, size) / 2;
        double x = fmax(PAD + half, fmin(box->x + box->w / 2, right - half));
        tw_text_style style = {.size = size, .across = 0.5, .up = 1, .ink = frame->bottom.ink};
        tw_canvas_text(canvas, x,
                       box->y + box->h + TW_TICK_MAJOR + TW_TICK_GAP + TW_TICK_SIZE + TW_LABEL_GAP,
                       frame->bottom.label, &style);
    }
}

void tw_frame_draw(tw_canvas *canvas, const tw_frame *frame) {
    const tw_rect *box = &frame->box;
    double page = frame->height - tw_caption_height(&frame->caption);
    double top = fmax(PAD, frame->name_top);
    double bottom = frame->name_bottom > 0 ? frame->name_bottom : page - PAD;
    if (canvas->format == TW_CANVAS_CELLS) {
        tw_cells_frame_draw(canvas, frame);
        return;
    }
    if (!frame->bare) {
        tw_canvas_ink(canvas, TW_INK, 1);
        cairo_set_line_width(canvas->cr, 0.6);
        cairo_rectangle(canvas->cr, box->x, box->y, box->w, box->h);
        cairo_stroke(canvas->cr);
        tw_side_draw_bottom(canvas, &frame->bottom, box);
        tw_side_draw_upright(canvas, &frame->left, box, 0);
        draw_upright_label(canvas, &frame->left, box, 0, top, bottom);
        if (frame->has_right) {
            tw_side_draw_upright(canvas, &frame->right, box, 1);
            draw_upright_label(canvas, &frame->right, box, 1, top, bottom);
        }
    }
    if (frame->bar != NULL) {
        tw_rect rect = bar_rect(frame);
        tw_colorbar_draw(canvas, frame->bar, &rect);
        draw_upright_label(canvas, &frame->bar->side, &rect, 1, top, bottom);
    }
    draw_legend(canvas, frame);
    draw_titles(canvas, frame);
    tw_caption_draw(canvas, &frame->caption, frame->bare ? 2 * PAD : PAD + 2,
                    frame->height - PAD - tw_caption_height(&frame->caption),
                    frame->width - 4 * PAD);
}

double tw_frame_x(const tw_frame *frame, double value) {
    return frame->box.x + tw_span_at(&frame->bottom.span, value) * frame->box.w;
}

double tw_frame_y(const tw_frame *frame, double value) {
    return frame->box.y + (1 - tw_span_at(&frame->left.span, value)) * frame->box.h;
}

double tw_frame_right_y(const tw_frame *frame, double value) {
    return frame->box.y + (1 - tw_span_at(&frame->right.span, value)) * frame->box.h;
}

void tw_frame_clip(tw_canvas *canvas, const tw_frame *frame, double more) {
    const tw_rect *box = &frame->box;
    cairo_save(canvas->cr);
    cairo_rectangle(canvas->cr, box->x - more, box->y - more, box->w + 2 * more, box->h + 2 * more);
    cairo_clip(canvas->cr);
}
