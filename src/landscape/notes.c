/* notes.c: what the values of a surface say about the picture; of paths: notes_path.c. */
#include "thalweg/notes.h"

#include <float.h>
#include <math.h>

#include "core/plain.h"
#include "landscape/notes_list.h"
#include "thalweg/words.h"

static const double COSINE = 0.1, FLAT = 0.01, ROUNDING = 64, WIDE = 100, GAIN = 0.01,
                    SHARE_OF_OWN = 0.25;

/* The finite values of a metric. */
typedef struct range {
    double low, high;
    size_t lowest; /* place of the least */
    size_t finite, not_finite;
} range;

static range range_of(const tw_surface *surface, size_t metric) {
    range found = {HUGE_VAL, -HUGE_VAL, 0, 0, 0};
    const double *values = tw_surface_plane(surface, metric);
    for (size_t p = 0; p < surface->nx * surface->ny; p++) {
        if (!surface->computed[p])
            continue;
        if (!isfinite(values[p])) {
            found.not_finite++;
            continue;
        }
        found.finite++;
        if (values[p] < found.low) {
            found.low = values[p];
            found.lowest = p;
        }
        found.high = fmax(found.high, values[p]);
    }
    return found;
}

/* Position of a coefficient on an axis, to the rounding of its ends, or `count`. */
static size_t place_of(size_t count, const double *coordinates, double wanted) {
    double noise = 4 * DBL_EPSILON * fmax(fabs(coordinates[0]), fabs(coordinates[count - 1]));
    size_t i = 0;
    while (i < count && !(fabs(coordinates[i] - wanted) <= noise))
        i++;
    return i;
}

/* The place of the centre, or SIZE_MAX where it is not there or has no finite loss. */
static size_t center_of(const tw_notes_input *input) {
    const tw_surface *surface = input->surface;
    size_t ix = place_of(surface->nx, surface->x, input->center[0]);
    size_t iy = surface->rank == 2 ? place_of(surface->ny, surface->y, input->center[1]) : 0;
    size_t place = iy * surface->nx + ix;
    if (ix == surface->nx || iy == surface->ny || !surface->computed[place] ||
        !isfinite(tw_surface_plane(surface, input->metric)[place]))
        return SIZE_MAX;
    return place;
}

/* ---- the axes ---- */

static void note_axes(tw_notes_list *list, const tw_notes_input *input) {
    double cosine = cos(input->angle * (M_PI / 180));
    if (!(fabs(cosine) > COSINE))
        return;
    tw_note *note = tw_notes_add(list, TW_NOTE_AXES, cosine);
    tw_plain_print(
        note->text, TW_NOTE_TEXT,
        "the axes are not orthogonal: the angle between them is %.0f degrees (cosine %.2g), so "
        "that distances and shapes in the picture are not those in parameter space",
        input->angle, cosine);
}

/* ---- the range ---- */

static void note_flat(tw_notes_list *list, const tw_notes_input *input, const range *loss) {
    double most = fmax(fabs(loss->low), fabs(loss->high)), change = loss->high - loss->low;
    double noise = input->noise > 0 ? input->noise : DBL_EPSILON;
    char share[32];
    if (loss->finite < 2 || change >= FLAT * most + DBL_MIN)
        return;
    tw_note *note = tw_notes_add(list, TW_NOTE_FLAT, change);
    if (change <= ROUNDING * noise * most)
        tw_plain_print(
            note->text, TW_NOTE_TEXT,
            "the loss changes by %.2g over the picture, no more than rounding does: the range "
            "is too small, or nothing depends on these directions",
            change);
    else
        tw_plain_print(note->text, TW_NOTE_TEXT,
                       "the loss changes by only %s over the picture: a wider range shows more",
                       tw_text_per_cent(change / most, share, sizeof share));
}

static void note_not_finite(tw_notes_list *list, const range *loss) {
    if (loss->not_finite == 0)
        return;
    char share[32];
    size_t all = loss->finite + loss->not_finite;
    tw_note *note = tw_notes_add(list, TW_NOTE_NOT_FINITE, (double)loss->not_finite);
    tw_plain_print(
        note->text, TW_NOTE_TEXT,
        "%zu of %zu points (%s) are not finite: the loss overflows there, and a narrower "
        "range leaves them out",
        loss->not_finite, all,
        tw_text_per_cent((double)loss->not_finite / (double)all, share, sizeof share));
}

static void note_wide(tw_notes_list *list, const tw_notes_input *input, const range *loss) {
    const tw_surface *surface = input->surface;
    const double *values = tw_surface_plane(surface, input->metric);
    size_t center = center_of(input), above = 0;
    if (center == SIZE_MAX || !(values[center] > 0))
        return;
    for (size_t p = 0; p < surface->nx * surface->ny; p++)
        above += surface->computed[p] && values[p] > WIDE * values[center];
    if (2 * above <= loss->finite + loss->not_finite)
        return;
    tw_note *note = tw_notes_add(list, TW_NOTE_WIDE, (double)above);
    tw_plain_print(note->text, TW_NOTE_TEXT,
                   "%zu of %zu points are above %.0f times the loss at the centre: what is near "
                   "the centre is too small to be seen; a narrower range shows it",
                   above, loss->finite + loss->not_finite, WIDE);
}

static void note_edge(tw_notes_list *list, const tw_notes_input *input, const range *loss) {
    const tw_surface *surface = input->surface;
    size_t ix = loss->lowest % surface->nx, iy = loss->lowest / surface->nx;
    int on_x = ix == 0 || ix + 1 == surface->nx;
    int on_y = surface->rank == 2 && (iy == 0 || iy + 1 == surface->ny);
    size_t center = center_of(input);
    double change = loss->high - loss->low;
    if (loss->finite == 0 || !(on_x || on_y) || surface->nx < 3 ||
        (surface->rank == 2 && surface->ny < 3) || !(change > 0))
        return;
    if (center != SIZE_MAX &&
        tw_surface_plane(surface, input->metric)[center] - loss->low <= GAIN * change)
        return;
    tw_note *note = tw_notes_add(list, TW_NOTE_EDGE, loss->low);
    char where[64];
    if (surface->rank == 2)
        tw_plain_print(where, sizeof where, "x = %.3g, y = %.3g", surface->x[ix], surface->y[iy]);
    else
        tw_plain_print(where, sizeof where, "x = %.3g", surface->x[ix]);
    tw_plain_print(note->text, TW_NOTE_TEXT,
                   "the least loss, %.4g, is on the edge of the picture at %s: a wider "
                   "range shows whether the loss falls further",
                   loss->low, where);
}

/* ---- the regulariser ---- */

/* The part of a loss that is the data's; -1 where there is none. */
static int data_metric(const tw_surface *surface, size_t metric) {
    tw_metric wanted = surface->metric[metric];
    if (!tw_metric_is_loss(&wanted))
        return -1;
    wanted.name = "data_loss";
    int found = tw_surface_metric_find(surface, &wanted);
    return found == (int)metric ? -1 : found;
}

static void note_regularizer(tw_notes_list *list, const tw_notes_input *input) {
    const tw_surface *surface = input->surface;
    int own = tw_surface_metric_find(surface, &(tw_metric){"regularizer"});
    int data = data_metric(surface, input->metric);
    if (own < 0 || data < 0)
        return;
    range regularizer = range_of(surface, (size_t)own), rest = range_of(surface, (size_t)data);
    double change = regularizer.high - regularizer.low, other = rest.high - rest.low;
    if (regularizer.finite == 0 || rest.finite == 0 || !(change > other))
        return;
    tw_note *note = tw_notes_add(list, TW_NOTE_REGULARIZER, change / (change + other));
    tw_plain_print(
        note->text, TW_NOTE_TEXT,
        "the regulariser changes by %.3g over the picture and the data loss by %.3g: what is "
        "seen is the regulariser, and --metric %s shows the data",
        change, other, surface->names[data]);
}

/* ---- the centre ---- */

/* The loss along an axis through the centre. */
typedef struct profile {
    const double *values, *coordinates;
    const uint8_t *computed;
    size_t first, step, count, center;
} profile;

static profile profile_of(const tw_surface *surface, size_t metric, int axis, size_t center) {
    size_t ix = center % surface->nx, iy = center / surface->nx;
    profile line = {.values = tw_surface_plane(surface, metric), .computed = surface->computed};
    line.coordinates = axis == 0 ? surface->x : surface->y;
    line.first = axis == 0 ? iy * surface->nx : ix;
    line.step = axis == 0 ? 1 : surface->nx;
    line.count = axis == 0 ? surface->nx : surface->ny;
    line.center = axis == 0 ? ix : iy;
    return line;
}

/* NaN where there is no finite value. */
static double value_at(const profile *line, size_t i) {
    size_t place = line->first + i * line->step;
    double value = line->computed[place] ? line->values[place] : NAN;
    return isfinite(value) ? value : NAN;
}

/* Where one comes from the centre by going down point by point, to that side where more is gained.
 */
static size_t walk_down(const profile *line) {
    size_t best = line->center;
    for (int side = -1; side <= 1; side += 2) {
        size_t at = line->center;
        while ((side < 0 ? at > 0 : at + 1 < line->count) &&
               value_at(line, side < 0 ? at - 1 : at + 1) < value_at(line, at))
            at = side < 0 ? at - 1 : at + 1;
        if (value_at(line, at) < value_at(line, best))
            best = at;
    }
    return best;
}

/* Slope at the centre by the parabola through it and its neighbours, or by the one there is. */
static double slope_of(const profile *line) {
    size_t c = line->center;
    double middle = value_at(line, c), from = NAN, to = NAN, a = NAN, b = NAN;
    if (c > 0) {
        a = line->coordinates[c] - line->coordinates[c - 1];
        from = (middle - value_at(line, c - 1)) / a;
    }
    if (c + 1 < line->count) {
        b = line->coordinates[c + 1] - line->coordinates[c];
        to = (value_at(line, c + 1) - middle) / b;
    }
    if (isnan(from) || isnan(to))
        return isnan(from) ? to : from;
    return (from * b + to * a) / (a + b);
}

/* How many digits tell two losses apart, by which they differ by two at least. */
static int digits_between(double high, double low) {
    double share = fabs(high - low) / fmax(fabs(high), fabs(low));
    double digits = share > 0 ? ceil(-log10(share)) + 2 : 4;
    return (int)fmin(fmax(digits, 4), 17);
}

static void note_center(tw_notes_list *list, const tw_notes_input *input, int axis) {
    const tw_surface *surface = input->surface;
    size_t center = center_of(input);
    if (center == SIZE_MAX)
        return;
    profile line = profile_of(surface, input->metric, axis, center);
    double low = HUGE_VAL, high = -HUGE_VAL, own = value_at(&line, line.center);
    for (size_t i = 0; i < line.count; i++) {
        low = fmin(low, value_at(&line, i));
        high = fmax(high, value_at(&line, i));
    }
    size_t down = walk_down(&line);
    double noise = input->noise > 0 ? input->noise : DBL_EPSILON;
    double gain = own - value_at(&line, down);
    /* in a wide picture much of the centre's own loss may be little */
    if (!(gain > GAIN * (high - low) || gain > SHARE_OF_OWN * fabs(own)) ||
        gain <= ROUNDING * noise * fabs(own))
        return;
    double slope = isnan(input->slope[axis]) ? slope_of(&line) : input->slope[axis];
    tw_note *note = tw_notes_add(list, TW_NOTE_CENTER, slope);
    note->axis = axis;
    int digits = digits_between(own, value_at(&line, down));
    int ends = down == 0 || down + 1 == line.count;
    tw_plain_print(
        note->text, TW_NOTE_TEXT,
        "the centre is not a minimum along %c: the slope is %.3g there, and the loss falls from "
        "%.*g to %.*g at %c = %.3g%s",
        axis == 0 ? 'x' : 'y', slope, digits, own, digits, value_at(&line, down),
        axis == 0 ? 'x' : 'y', line.coordinates[down], ends ? ", the edge of the picture" : "");
}

/* ---- curvature that is known ---- */

/* Rounded up to one digit. */
static double one_digit(double reach) {
    double power = pow(10, floor(log10(reach)));
    return ceil(reach / power - 1e-9) * power;
}

/* Beyond the reach of the parabola the loss is a flank of a slope of its own, which the parabola
 * meets at twice the slope over the curvature. */
static double reach_of(const profile *line, double curvature) {
    size_t c = line->center;
    if (c == 0 || c + 1 == line->count)
        return NAN;
    double h = line->coordinates[c + 1] - line->coordinates[c],
           k = line->coordinates[c] - line->coordinates[c - 1];
    double own = value_at(line, c), up = value_at(line, c + 1), down = value_at(line, c - 1);
    double bend = (up - own) / h - (own - down) / k, seen = 2 * bend / (h + k);
    if (isnan(seen) || seen / curvature >= 0.5)
        return NAN;
    return seen / curvature > 1e-6 ? fabs(bend / curvature) : fabs(h) / 2;
}

static void note_curvature(tw_notes_list *list, const tw_notes_input *input, const range *loss,
                           int axis) {
    const tw_surface *surface = input->surface;
    size_t center = center_of(input);
    double curvature = input->curvature[axis], change = loss->high - loss->low;
    if (center == SIZE_MAX || curvature == 0 || !isfinite(curvature) || loss->finite < 3)
        return;
    profile line = profile_of(surface, input->metric, axis, center);
    double at = line.coordinates[line.center],
           wide = fmax(fabs(line.coordinates[0] - at), fabs(line.coordinates[line.count - 1] - at)),
           noise = input->noise > 0 ? input->noise : DBL_EPSILON,
           own = ROUNDING * noise * fabs(value_at(&line, line.center)),
           reach = reach_of(&line, curvature), rise = fabs(curvature) * wide * wide / 2;
    char name = axis == 0 ? 'x' : 'y';
    if (!(rise > own))
        return;
    if (reach > 0) {
        double wanted = one_digit(2 * reach);
        tw_note *note = tw_notes_add(list, TW_NOTE_CURVATURE, wanted);
        note->axis = axis;
        tw_plain_print(
            note->text, TW_NOTE_TEXT,
            "the curvature along %c, %.3g, ends within about %.1g of the centre, between "
            "two points of the grid; what is seen is the flank beyond: --%c=%g:%g shows "
            "it, where the loss changes by some %.2g",
            name, curvature, reach, name, at - wanted, at + wanted,
            fabs(curvature) * reach * reach / 2);
    } else if (rise < FLAT * change) {
        double wanted = one_digit(sqrt(2 * 0.1 * change / fabs(curvature)));
        tw_note *note = tw_notes_add(list, TW_NOTE_CURVATURE, wanted);
        note->axis = axis;
        tw_plain_print(
            note->text, TW_NOTE_TEXT,
            "the curvature along %c, %.3g, changes the loss by only %.2g, of %.2g in the "
            "picture: --%c=%g:%g shows it, where by it the loss changes by %.2g",
            name, curvature, rise, change, name, at - wanted, at + wanted,
            fabs(curvature) * wanted * wanted / 2);
    }
}

size_t tw_landscape_notes(const tw_notes_input *input, tw_note notes[TW_NOTES_MOST]) {
    tw_notes_list list = {.notes = notes};
    range loss = range_of(input->surface, input->metric);
    note_axes(&list, input);
    note_flat(&list, input, &loss);
    note_not_finite(&list, &loss);
    note_wide(&list, input, &loss);
    note_edge(&list, input, &loss);
    note_regularizer(&list, input);
    for (int axis = 0; axis < input->surface->rank; axis++)
        note_center(&list, input, axis);
    tw_notes_paths(&list, input);
    for (int axis = 0; axis < input->surface->rank; axis++)
        note_curvature(&list, input, &loss, axis);
    return list.count;
}
