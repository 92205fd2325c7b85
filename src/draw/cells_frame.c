#include "draw/cells_frame.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

#include "draw/cell_text.h"

enum { LEAST_COLUMNS = 12, LEAST_ROWS = 5, BAR = 2, LINE = TW_CAPTION_TEXT + TW_TICK_TEXT };

static const tw_rgb FAINT = {0.55, 0.55, 0.55};

typedef struct place {
    int left, right, top, bottom; /* columns and rows of the box: right and bottom are behind it */
} place;

static place place_of(const tw_frame *frame) {
    const tw_rect *box = &frame->box;
    return (place){
        (int)lround(box->x / TW_CELL_WIDTH), (int)lround((box->x + box->w) / TW_CELL_WIDTH),
        (int)lround(box->y / TW_CELL_HEIGHT), (int)lround((box->y + box->h) / TW_CELL_HEIGHT)};
}

static int has_text(const char *text) {
    return text != NULL && text[0] != '\0';
}

/* ---- texts ---- */

/* "training loss (log) ×10⁻⁶": the name and what stands at the end of an axis on paper. */
static const char *name_of(const tw_side *side, char *text) {
    const char *factor = side->ticks.factor;
    snprintf(text, LINE, "%s%s%s%s", side->label != NULL ? side->label : "",
             !has_text(side->label)             ? ""
             : side->is_constant                ? ", constant"
             : side->says_log && side->span.log ? " (log)"
                                                : "",
             has_text(side->label) && factor[0] ? " " : "", factor);
    return text;
}

static int tick_columns(const tw_side *side) {
    int most = (int)lround(side->least_width / TW_CELL_WIDTH);
    for (size_t i = 0; i < side->ticks.count; i++)
        most = (int)fmax(most, tw_cell_text_columns(side->ticks.tick[i].text));
    return most;
}

/* The next line of small print that is at most `room` wide, cut between words; NULL at the end. */
static const char *next_line(const char *text, int room, char *line) {
    const char *end = text, *cut = NULL;
    int used = 0, raised = 0, columns = 0;
    while (*end != '\0') {
        const char *after = end;
        if (tw_cell_text_next(&after, &raised, &columns) == 0)
            columns = 0;
        if (used + columns > room)
            break;
        if (*end == ' ')
            cut = end;
        used += columns;
        end = after;
    }
    if (*text == '\0')
        return NULL;
    if (*end != '\0' && cut != NULL && cut > text)
        end = cut;
    if (end == text)
        end += strlen(end); /* a window of one column */
    snprintf(line, TW_CAPTION_TEXT, "%.*s", (int)(end - text), text);
    return end + strspn(end, " ");
}

static int caption_rows(const tw_caption *caption, int room) {
    char line[TW_CAPTION_TEXT];
    int rows = 0;
    for (int k = 0; k < caption->count; k++)
        for (const char *at = caption->line[k].text; (at = next_line(at, room, line)) != NULL;)
            rows++;
    return rows;
}

/* ---- the legend ---- */

static const char *mark_of(tw_legend_mark mark) {
    switch (mark) { /* without a default: the compiler tells which is missing */
    case TW_MARK_LINE:
        return "\xe2\x94\x80\xe2\x94\x80";
    case TW_MARK_DASHED:
        return "\xe2\x95\x8c\xe2\x95\x8c";
    case TW_MARK_DOTTED:
        return "\xc2\xb7\xc2\xb7";
    case TW_MARK_DOT:
        return "\xe2\x80\xa2 ";
    case TW_MARK_RING:
        return "\xe2\x97\x8e ";
    case TW_MARK_BAND:
        return "\xe2\x96\x92\xe2\x96\x92";
    case TW_MARK_BAR:
        return "\xe2\x94\x82 ";
    }
    return "  ";
}

/* Lays the entries in rows, draws them unless `cells` is NULL, and tells how many rows there are.
 */
static int legend(const tw_frame *frame, tw_cells *cells, int columns, int row) {
    int at = 0, rows = frame->legend_count > 0;
    for (size_t k = 0; k < frame->legend_count; k++) {
        const tw_legend_entry *entry = &frame->legend[k];
        int width = 3 + tw_cell_text_columns(entry->text);
        if (at > 0 && at + width > columns) {
            at = 0;
            rows++;
        }
        if (cells != NULL) {
            tw_cells_text(cells, at, row + rows - 1, mark_of(entry->mark), entry->ink);
            tw_cells_text_in(cells, at + 3, row + rows - 1, columns - at - 3, entry->text,
                             entry->ink);
        }
        at += width + 2;
    }
    return rows;
}

/* ---- layout ---- */

typedef struct margins {
    int left, right, top, bottom;
} margins;

static margins margins_of(const tw_frame *frame, int columns) {
    char text[LINE];
    margins m = {0};
    m.top = has_text(frame->title) + legend(frame, NULL, columns, 0);
    m.top += frame->bar != NULL || (!frame->bare && (has_text(name_of(&frame->left, text)) ||
                                                     has_text(name_of(&frame->right, text))));
    m.bottom = caption_rows(&frame->caption, columns);
    if (!frame->bare) {
        const tw_ticks *ticks = &frame->bottom.ticks;
        int last = ticks->count > 0 ? tw_cell_text_columns(ticks->tick[ticks->count - 1].text) : 0;
        m.left = tick_columns(&frame->left) + 2;
        m.right = frame->has_right ? 2 + tick_columns(&frame->right) : 0;
        m.right = (int)fmax(m.right, last / 2);
        m.bottom += 2 + has_text(name_of(&frame->bottom, text));
    }
    if (frame->bar != NULL)
        m.right = (int)fmax(m.right, 1 + BAR + 1 + tick_columns(&frame->bar->side));
    return m;
}

static void choose_ticks(tw_frame *frame, const tw_font *font) {
    if (!frame->bare) {
        tw_side_ticks_level(&frame->bottom, font, frame->box.w);
        tw_side_ticks_upright(&frame->left, frame->box.h);
        if (frame->has_right)
            tw_side_ticks_upright(&frame->right, frame->box.h);
    }
    if (frame->bar != NULL)
        tw_side_ticks_upright(&frame->bar->side, frame->box.h);
}

static tw_status place_box(tw_frame *frame, const margins *m, int columns, int rows) {
    int across = columns - m->left - m->right, down = rows - m->top - m->bottom;
    if (frame->aspect > 0) {
        double ratio = frame->aspect * TW_CELL_WIDTH / TW_CELL_HEIGHT; /* rows a column */
        if (down > across * ratio)
            down = (int)fmax(1, lround(across * ratio));
        else
            across = (int)fmin(across, fmax(LEAST_COLUMNS, lround(down / ratio)));
    }
    if (across < LEAST_COLUMNS || down < LEAST_ROWS)
        return tw_fail(TW_ERR_ARGUMENT,
                       "no room for the picture in %d x %d characters: make the window larger",
                       columns, rows + 1);
    frame->box = (tw_rect){m->left * TW_CELL_WIDTH, m->top * TW_CELL_HEIGHT, across * TW_CELL_WIDTH,
                           down * TW_CELL_HEIGHT};
    frame->width = columns * TW_CELL_WIDTH;
    frame->height = (m->top + down + m->bottom) * TW_CELL_HEIGHT;
    return TW_OK;
}

tw_status tw_cells_frame_lay_out(tw_frame *frame, const tw_canvas *canvas, double width,
                                 double height) {
    int columns = (int)floor(width / TW_CELL_WIDTH + 1e-6);
    int rows = (int)floor((height > 0 ? height : width) / TW_CELL_HEIGHT + 1e-6);
    frame->box = (tw_rect){0, 0, width * 0.7, rows * TW_CELL_HEIGHT * 0.7};
    for (int round = 0; round < 4; round++) {
        choose_ticks(frame, &canvas->font);
        margins m = margins_of(frame, columns);
        tw_status status = place_box(frame, &m, columns, rows);
        if (status != TW_OK)
            return status;
    }
    return TW_OK;
}

/* ---- drawing ---- */

/* The row of a value beside the box. */
static int row_at(const place *p, double share) {
    int row = p->top + (int)floor((1 - share) * (p->bottom - p->top));
    return row < p->top ? p->top : row >= p->bottom ? p->bottom - 1 : row;
}

static void draw_upright(tw_cells *cells, const tw_side *side, const place *p, int column,
                         int right) {
    for (int row = p->top; row < p->bottom; row++)
        tw_cells_text(cells, column, row, "\xe2\x94\x82", side->ink);
    int last = -1;
    for (size_t i = 0; i < side->ticks.count; i++) {
        const tw_tick *tick = &side->ticks.tick[i];
        int row = row_at(p, tw_span_at(&side->span, tick->value));
        if (tick->text[0] == '\0' || row == last)
            continue;
        int width = tw_cell_text_columns(tick->text);
        tw_cells_text(cells, column, row, right ? "\xe2\x94\x9c" : "\xe2\x94\xa4", side->ink);
        tw_cells_text(cells, right ? column + 1 : column - width, row, tick->text, side->ink);
        last = row;
    }
}

/* Whether no text stands from one column to the other, both included; ticks come in any order. */
static int is_free(const tw_cells *cells, int from, int to, int row) {
    for (int column = from < 0 ? 0 : from; column <= to && column < cells->columns; column++)
        if (row < cells->rows && cells->cell[row * cells->columns + column].code != 0)
            return 0;
    return 1;
}

static void draw_bottom(tw_cells *cells, const tw_frame *frame, const place *p) {
    const tw_side *side = &frame->bottom;
    char name[LINE];
    tw_cells_text(cells, p->left - 1, p->bottom, "\xe2\x94\x94", side->ink);
    for (int column = p->left; column < p->right; column++)
        tw_cells_text(cells, column, p->bottom, "\xe2\x94\x80", side->ink);
    if (frame->has_right)
        tw_cells_text(cells, p->right, p->bottom, "\xe2\x94\x98", side->ink);
    for (size_t i = 0; i < side->ticks.count; i++) {
        const tw_tick *tick = &side->ticks.tick[i];
        double share = tw_span_at(&side->span, tick->value);
        int column =
            p->left + (int)fmin(floor(share * (p->right - p->left)), p->right - p->left - 1);
        int width = tw_cell_text_columns(tick->text), from = column - (width - 1) / 2;
        from = (int)fmin(from, cells->columns - width);
        if (width == 0 || !is_free(cells, from - 1, from + width, p->bottom + 1))
            continue;
        tw_cells_text(cells, column, p->bottom, "\xe2\x94\xac", side->ink);
        tw_cells_text(cells, from, p->bottom + 1, tick->text, side->ink);
    }
    int width = tw_cell_text_columns(name_of(side, name));
    int from = (int)fmax(0, fmin((p->left + p->right - width) / 2, cells->columns - width));
    tw_cells_text_in(cells, from, p->bottom + 2, cells->columns - from, name, side->ink);
}

/* The colour of the bar where its share is t. */
static tw_rgb bar_color(const tw_colorbar *bar, double t) {
    size_t band = 0;
    while (band < bar->band_count && t > tw_span_at(&bar->side.span, bar->bands[band]))
        band++;
    return bar->band_count > 0 ? tw_colorbar_band(bar, band)
                               : tw_colormap_at(bar->colormap, bar->side.is_constant ? 0.5 : t);
}

static void draw_bar(tw_cells *cells, const tw_colorbar *bar, const place *p) {
    int column = p->right + 1, halves = 2 * (p->bottom - p->top);
    place upright = *p;
    for (int half = 0; half < halves && !bar->is_lines; half++)
        for (int k = 0; k < BAR; k++)
            tw_cells_paint(cells, column + k, 2 * p->top + half,
                           bar_color(bar, 1 - (half + 0.5) / halves));
    for (size_t k = 0; k < bar->line_count && bar->is_lines; k++)
        for (int half = 2 * row_at(p, tw_span_at(&bar->side.span, bar->lines[k])), i = 0; i < BAR;
             i++)
            tw_cells_paint(cells, column + i, half, bar->inks[k]);
    if (bar->above)
        tw_cells_text(cells, column, p->top, "\xe2\x96\xb2\xe2\x96\xb2", bar->side.ink);
    if (bar->below)
        tw_cells_text(cells, column, p->bottom - 1, "\xe2\x96\xbc\xe2\x96\xbc", bar->side.ink);
    draw_upright(cells, &bar->side, &upright, column + BAR, 1);
}

/* The names of the upright sides in one row over the box: the left one's, and the other at its
 * right. */
static void draw_names(tw_cells *cells, const tw_frame *frame, const place *p) {
    char left[LINE] = "", right[LINE] = "";
    const tw_side *other = frame->bar != NULL ? &frame->bar->side : &frame->right;
    int row = p->top - 1, columns = cells->columns;
    if (!frame->bare)
        name_of(&frame->left, left);
    if (frame->bar != NULL || frame->has_right)
        name_of(other, right);
    int a = tw_cell_text_columns(left), b = tw_cell_text_columns(right);
    int end = p->right + 1 + (frame->bar != NULL ? BAR + 1 : 0) + tick_columns(other);
    end = (int)fmin(columns, fmax(end, a + 2 + b));
    if (a + 2 + b > end) { /* both are cut */
        a = (int)fmax(fmin(a, (end - 2) / 2), end - 2 - b);
        b = end - 2 - a;
    }
    tw_cells_text_in(cells, 0, row, a, left, frame->left.ink);
    tw_cells_text_in(cells, end - b, row, b, right, other->ink);
}

static void draw_caption(tw_cells *cells, const tw_caption *caption, int row) {
    char line[TW_CAPTION_TEXT];
    for (int k = 0; k < caption->count; k++)
        for (const char *at = caption->line[k].text;
             (at = next_line(at, cells->columns, line)) != NULL;)
            tw_cells_text(cells, 0, row++, line, FAINT);
}

void tw_cells_frame_draw(tw_canvas *canvas, const tw_frame *frame) {
    tw_cells *cells = &canvas->cells;
    place p = place_of(frame);
    int row = 0;
    if (has_text(frame->title)) {
        int width = tw_cell_text_columns(frame->title);
        int from = (int)fmax(0, fmin((p.left + p.right - width) / 2, cells->columns - width));
        tw_cells_text_in(cells, from, row++, cells->columns - from, frame->title, TW_INK);
    }
    legend(frame, cells, cells->columns, row);
    draw_names(cells, frame, &p);
    if (!frame->bare) {
        draw_upright(cells, &frame->left, &p, p.left - 1, 0);
        if (frame->has_right)
            draw_upright(cells, &frame->right, &p, p.right, 1);
        draw_bottom(cells, frame, &p);
    }
    if (frame->bar != NULL)
        draw_bar(cells, frame->bar, &p);
    draw_caption(cells, &frame->caption,
                 cells->rows - caption_rows(&frame->caption, cells->columns));
}
