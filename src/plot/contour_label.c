#include "plot/contour_label.h"

#include <math.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "core/alloc.h"

static const double BUCKET = 6, SECOND = 500, STEP = 2.5, APART = 70, WORST = 2.6, CROWDED = 12,
                    LINE = 1.5, MARK = 5;

/* The points of all lines by squares of the page, so that the neighbours of a spot are found. */
typedef struct buckets {
    size_t columns, rows;
    double x, y;
    int64_t *head, *next; /* by square; by point */
} buckets;

enum { ROUNDS = 3 };

typedef struct placer {
    const tw_contours *page, *cover;
    const tw_rect *box;
    double size;
    buckets near;
    double *arc;     /* by point: length of its line up to it */
    size_t *line_of; /* by point */
    double worst;    /* badness of a spot that is not taken */
    tw_labels *out;
} placer;

void tw_labels_release(tw_labels *labels) {
    free(labels->label);
    memset(labels, 0, sizeof *labels);
}

static size_t square_at(const buckets *b, double x, double y) {
    double column = floor((x - b->x) / BUCKET), row = floor((y - b->y) / BUCKET);
    column = fmax(0, fmin(column, (double)b->columns - 1));
    row = fmax(0, fmin(row, (double)b->rows - 1));
    return (size_t)row * b->columns + (size_t)column;
}

static int make_buckets(placer *p) {
    const tw_contours *page = p->page;
    buckets *b = &p->near;
    b->x = p->box->x;
    b->y = p->box->y;
    b->columns = (size_t)(p->box->w / BUCKET) + 1;
    b->rows = (size_t)(p->box->h / BUCKET) + 1;
    b->head = tw_alloc_raw(b->columns * b->rows, sizeof *b->head);
    b->next = tw_alloc_raw(page->points, sizeof *b->next);
    p->arc = tw_alloc_raw(page->points, sizeof *p->arc);
    p->line_of = tw_alloc_raw(page->points, sizeof *p->line_of);
    if (b->head == NULL || b->next == NULL || p->arc == NULL || p->line_of == NULL)
        return 0;
    for (size_t i = 0; i < b->columns * b->rows; i++)
        b->head[i] = -1;
    for (size_t l = 0; l < page->lines; l++) {
        const tw_line *line = &page->line[l];
        for (size_t k = line->first; k < line->first + line->count; k++) {
            size_t square = square_at(b, page->x[k], page->y[k]);
            b->next[k] = b->head[square];
            b->head[square] = (int64_t)k;
            p->line_of[k] = l;
            p->arc[k] = k == line->first ? 0
                                         : p->arc[k - 1] + hypot(page->x[k] - page->x[k - 1],
                                                                 page->y[k] - page->y[k - 1]);
        }
    }
    return 1;
}

static double line_length(const placer *p, const tw_line *line) {
    return line->count > 0 ? p->arc[line->first + line->count - 1] : 0;
}

/* The point of a line at a length from its start. */
static void point_at(const placer *p, const tw_line *line, double s, double *x, double *y) {
    size_t low = line->first, high = line->first + line->count - 1;
    while (high - low > 1) {
        size_t middle = (low + high) / 2;
        if (p->arc[middle] <= s)
            low = middle;
        else
            high = middle;
    }
    double piece = p->arc[high] - p->arc[low];
    double u = piece > 0 ? (s - p->arc[low]) / piece : 0;
    *x = p->page->x[low] + u * (p->page->x[high] - p->page->x[low]);
    *y = p->page->y[low] + u * (p->page->y[high] - p->page->y[low]);
}

/* How many points of other lines lie under a label. */
static int crowd(const placer *p, const tw_label *label) {
    double c = cos(label->angle), s = -sin(label->angle); /* y downwards */
    double half_height = 0.55 * p->size, reach = label->half + p->size;
    int count = 0;
    for (double y = label->y - reach; y <= label->y + reach + BUCKET; y += BUCKET) {
        for (double x = label->x - reach; x <= label->x + reach + BUCKET; x += BUCKET) {
            if (x < p->box->x || y < p->box->y || x > p->box->x + p->box->w + BUCKET ||
                y > p->box->y + p->box->h + BUCKET)
                continue;
            for (int64_t k = p->near.head[square_at(&p->near, x, y)]; k >= 0; k = p->near.next[k]) {
                double dx = p->page->x[k] - label->x, dy = p->page->y[k] - label->y;
                if (p->line_of[k] != label->line && fabs(dx * c + dy * s) < label->half &&
                    fabs(dy * c - dx * s) < half_height)
                    count++;
            }
        }
    }
    return count;
}

static int overlaps(const placer *p, const tw_label *a) {
    for (size_t i = 0; i < p->out->count; i++) {
        const tw_label *b = &p->out->label[i];
        if (hypot(a->x - b->x, a->y - b->y) > a->half + b->half + p->size)
            continue;
        for (int u = -2; u <= 2; u++)
            for (int v = -2; v <= 2; v++)
                if (hypot(a->x + u / 2.0 * a->half * cos(a->angle) - b->x -
                              v / 2.0 * b->half * cos(b->angle),
                          a->y - u / 2.0 * a->half * sin(a->angle) - b->y +
                              v / 2.0 * b->half * sin(b->angle)) < 1.15 * p->size)
                    return 1;
    }
    return 0;
}

static int inside(const placer *p, const tw_label *label) {
    double across = fabs(cos(label->angle)) * label->half + fabs(sin(label->angle)) * p->size / 2;
    double down = fabs(sin(label->angle)) * label->half + fabs(cos(label->angle)) * p->size / 2;
    const tw_rect *box = p->box;
    return label->x - across > box->x + 0.5 && label->x + across < box->x + box->w - 0.5 &&
           label->y - down > box->y + 0.5 && label->y + down < box->y + box->h - 0.5;
}

/* Whether the way from a to b meets the box |x| < half[0], |y| < half[1]. */
static int meets(const double a[2], const double b[2], const double half[2]) {
    double from = 0, to = 1;
    for (int i = 0; i < 2; i++) {
        double d = b[i] - a[i];
        if (d == 0 && fabs(a[i]) >= half[i])
            return 0;
        if (d == 0)
            continue;
        double first = (-half[i] - a[i]) / d, second = (half[i] - a[i]) / d;
        from = fmax(from, fmin(first, second));
        to = fmin(to, fmax(first, second));
    }
    return from < to;
}

/* Whether something will be drawn over a label. */
static int covered(const placer *p, const tw_label *label) {
    double c = cos(label->angle), s = -sin(label->angle), last[2] = {0, 0};
    double half[2] = {label->half + LINE, 0.55 * p->size + LINE};
    for (size_t l = 0; p->cover != NULL && l < p->cover->lines; l++) {
        const tw_line *line = &p->cover->line[l];
        for (size_t k = 0; k < line->count; k++) {
            double dx = p->cover->x[line->first + k] - label->x;
            double dy = p->cover->y[line->first + k] - label->y;
            double at[2] = {dx * c + dy * s, dy * c - dx * s};
            int is_end = k == 0 || k + 1 == line->count;
            if ((k > 0 && meets(last, at, half)) ||
                (is_end && fabs(at[0]) < half[0] + MARK && fabs(at[1]) < half[1] + MARK))
                return 1;
            memcpy(last, at, sizeof last);
        }
    }
    return 0;
}

/* Whether another label of this level, or of this line, is near. */
static int is_repeated(const placer *p, const tw_label *label) {
    for (size_t i = 0; i < p->out->count; i++) {
        const tw_label *other = &p->out->label[i];
        if (p->page->line[other->line].level == p->page->line[label->line].level &&
            hypot(other->x - label->x, other->y - label->y) < APART)
            return 1;
    }
    return 0;
}

/* Places a label at `centre` of its line and says how bad the spot is; HUGE_VAL: impossible. */
static double judge(const placer *p, double centre, tw_label *label) {
    const tw_line *line = &p->page->line[label->line];
    double ax, ay, bx, by, mx, my, bend = 0;
    label->from = centre - label->half;
    label->to = centre + label->half;
    point_at(p, line, label->from, &ax, &ay);
    point_at(p, line, label->to, &bx, &by);
    double dx = bx - ax, dy = by - ay, chord = hypot(dx, dy);
    if (chord < 1.6 * label->half)
        return HUGE_VAL;
    for (int i = 1; i < 8; i++) {
        double x, y;
        point_at(p, line, label->from + i / 4.0 * label->half, &x, &y);
        bend = fmax(bend, fabs((x - ax) * dy - (y - ay) * dx) / chord);
    }
    point_at(p, line, centre, &mx, &my);
    label->x = (mx + (ax + bx) / 2) / 2;
    label->y = (my + (ay + by) / 2) / 2;
    label->angle = dx < 0 ? atan2(dy, -dx) : atan2(-dy, dx);
    if (!inside(p, label) || is_repeated(p, label) || overlaps(p, label) || covered(p, label))
        return HUGE_VAL;
    return 2.5 * bend / p->size + fabs(label->angle) / M_PI + 0.6 * crowd(p, label);
}

static tw_status add_label(tw_labels *labels, const tw_label *label) {
    if (labels->count == labels->capacity) {
        size_t capacity = 2 * labels->capacity + 32;
        tw_label *bigger = reallocarray(labels->label, capacity, sizeof *bigger);
        if (bigger == NULL)
            return tw_fail(TW_ERR_MEMORY, "not enough memory for the labels of the figure");
        labels->label = bigger;
        labels->capacity = capacity;
    }
    labels->label[labels->count++] = *label;
    return TW_OK;
}

/* The best spot between two lengths of a line, if one is good enough. */
static tw_status label_stretch(placer *p, size_t line, double half, double from, double to) {
    tw_label best = {0}, label = {.line = line, .half = half};
    double least = p->worst, middle = (from + to) / 2;
    for (double s = from; s <= to; s += STEP) {
        /* of equal spots the one in the middle of the line */
        double badness = judge(p, s, &label) + 0.1 * fabs(s - middle) / (to - from + 1);
        if (badness < least) {
            least = badness;
            best = label;
        }
    }
    best.crowded = least >= WORST;
    return least < p->worst ? add_label(p->out, &best) : TW_OK;
}

static size_t labels_on(const placer *p, size_t line) {
    size_t count = 0;
    for (size_t i = 0; i < p->out->count; i++)
        count += p->out->label[i].line == line;
    return count;
}

static tw_status label_line(placer *p, size_t index, double width) {
    const tw_line *line = &p->page->line[index];
    double half = width / 2 + 1.6, length = line_length(p, line);
    if (line->count < 2 || length < 4.5 * half)
        return TW_OK;
    if (labels_on(p, index) >= (length < SECOND ? 1 : 2))
        return TW_OK;
    return label_stretch(p, index, half, half + 0.5, length - half - 0.5);
}

typedef struct ranked {
    size_t line;
    double length;
} ranked;

/* One label for every level that has `round` of them: on its longest line that has room. */
static tw_status label_round(placer *p, const ranked *order, const double *widths, size_t round,
                             size_t *have) {
    tw_status status = TW_OK;
    for (size_t i = 0; i < p->page->lines && status == TW_OK; i++) {
        size_t level = p->page->line[order[i].line].level, before = p->out->count;
        if (have[level] != round)
            continue;
        status = label_line(p, order[i].line, widths[level]);
        have[level] += p->out->count > before;
    }
    return status;
}

static int longer_first(const void *a, const void *b) {
    const ranked *p = a, *q = b;
    if (p->length != q->length)
        return p->length < q->length ? 1 : -1;
    return p->line > q->line ? 1 : -1;
}

tw_status tw_labels_place(const tw_contours *page, size_t level_count, const double *widths,
                          double size, const tw_rect *box, const tw_contours *cover,
                          tw_labels *out) {
    placer p = {.page = page, .cover = cover, .box = box, .size = size, .worst = WORST, .out = out};
    ranked *order = tw_alloc(page->lines, sizeof *order);
    size_t *have = tw_alloc(level_count, sizeof *have); /* labels of each level */
    tw_status status = TW_OK;
    if (!make_buckets(&p) || order == NULL || have == NULL) {
        status = tw_fail(TW_ERR_MEMORY, "not enough memory for the labels of the figure");
        goto done;
    }
    for (size_t i = 0; i < page->lines; i++)
        order[i] = (ranked){i, line_length(&p, &page->line[i])};
    qsort(order, page->lines, sizeof *order, longer_first);
    for (size_t round = 0; round < ROUNDS && status == TW_OK; round++) {
        status = label_round(&p, order, widths, round, have);
        p.worst = CROWDED;
        if (status == TW_OK && round == 0)
            status = label_round(&p, order, widths, round, have);
        p.worst = WORST;
    }
done:
    free(order);
    free(have);
    free(p.near.head);
    free(p.near.next);
    free(p.arc);
    free(p.line_of);
    return status;
}
