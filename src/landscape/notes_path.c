/* Notes on paths in a plane. A path of one checkpoint is a point, and not meant. */
#include <math.h>
#include <stdio.h>

#include "core/plain.h"
#include "landscape/notes_list.h"
#include "thalweg/words.h"

static const double SHARE = 0.7, OFF_PLANE = 0.3, OFF_LOSS = 0.1;

/* What is worst about the checkpoints, and how many are as bad as to be told. */
typedef struct worst {
    size_t path, checkpoint, count, all;
    double most;
} worst;

/* "checkpoint 3", "checkpoint 3 of adam". */
static const char *place_of(const tw_notes_input *input, const worst *found, char *text,
                            size_t size) {
    const char *name = input->paths[found->path].name;
    if (name != NULL && input->path_count > 1)
        snprintf(text, size, "checkpoint %zu of %s", found->checkpoint, name);
    else
        snprintf(text, size, "checkpoint %zu", found->checkpoint);
    return text;
}

static void look_at(worst *found, size_t path, size_t checkpoint, double number, double limit) {
    found->all++;
    found->count += number > limit;
    if (number > found->most) {
        found->most = number;
        found->path = path;
        found->checkpoint = checkpoint;
    }
}

static void note_share(tw_notes_list *list, const tw_notes_input *input) {
    double share = tw_paths_share(input->path_count, input->paths);
    char text[32];
    if (!(share < SHARE))
        return;
    tw_note *note = tw_notes_add(list, TW_NOTE_SHARE, share);
    tw_plain_print(note->text, TW_NOTE_TEXT,
                   "the %s holds %s of the trajectory (of its squared distances from the origin): "
                   "much of the way is not in the picture",
                   input->surface->rank == 2 ? "plane" : "line",
                   tw_text_per_cent(share, text, sizeof text));
}

static void note_off_plane(tw_notes_list *list, const tw_notes_input *input) {
    worst found = {0};
    double extent = 0;
    for (size_t p = 0; p < input->path_count; p++)
        for (size_t k = 0; k < input->paths[p].count && input->paths[p].count > 1; k++)
            extent = fmax(extent, input->paths[p].length[k]);
    for (size_t p = 0; p < input->path_count; p++)
        for (size_t k = 0; k < input->paths[p].count && input->paths[p].count > 1; k++)
            look_at(&found, p, k, input->paths[p].distance[k], OFF_PLANE * extent);
    if (found.count == 0)
        return;
    char place[96];
    tw_note *note = tw_notes_add(list, TW_NOTE_OFF_PLANE, (double)found.count);
    tw_plain_print(note->text, TW_NOTE_TEXT,
                   "%zu of %zu checkpoints are further from the plane than %.0f %% of the path's "
                   "extent, %s by %.3g (%.0f %%)",
                   found.count, found.all, 100 * OFF_PLANE,
                   place_of(input, &found, place, sizeof place), found.most,
                   100 * found.most / extent);
}

static void note_off_loss(tw_notes_list *list, const tw_notes_input *input) {
    double low = HUGE_VAL, high = -HUGE_VAL;
    worst found = {0};
    for (size_t p = 0; p < input->path_count; p++)
        for (size_t k = 0; k < input->paths[p].count && input->paths[p].count > 1; k++)
            if (isfinite(input->paths[p].loss[k])) {
                low = fmin(low, input->paths[p].loss[k]);
                high = fmax(high, input->paths[p].loss[k]);
            }
    for (size_t p = 0; p < input->path_count; p++)
        for (size_t k = 0; k < input->paths[p].count && input->paths[p].count > 1; k++) {
            const tw_path *path = &input->paths[p];
            double off = fabs(path->loss[k] - path->plane_loss[k]);
            if (!isnan(off))
                look_at(&found, p, k, off, OFF_LOSS * (high - low));
        }
    if (found.count == 0 || !(high > low))
        return;
    char place[96];
    const tw_path *path = &input->paths[found.path];
    tw_note *note = tw_notes_add(list, TW_NOTE_OFF_LOSS, (double)found.count);
    tw_plain_print(
        note->text, TW_NOTE_TEXT,
        "at %zu of %zu checkpoints the picture's loss is off by more than %.0f %% of what the "
        "loss changes along the path: %s has %.4g and the plane %.4g",
        found.count, found.all, 100 * OFF_LOSS, place_of(input, &found, place, sizeof place),
        path->loss[found.checkpoint], path->plane_loss[found.checkpoint]);
}

static int is_outside(size_t count, const double *axis, double value) {
    double low = fmin(axis[0], axis[count - 1]), high = fmax(axis[0], axis[count - 1]);
    double slack = 1e-9 * (high - low);
    return value < low - slack || value > high + slack;
}

static void note_outside(tw_notes_list *list, const tw_notes_input *input) {
    const tw_surface *surface = input->surface;
    size_t outside = 0, all = 0;
    for (size_t p = 0; p < input->path_count; p++)
        for (size_t k = 0; k < input->paths[p].count; k++) {
            const tw_path *path = &input->paths[p];
            outside += is_outside(surface->nx, surface->x, path->x[k]) ||
                       (surface->rank == 2 && is_outside(surface->ny, surface->y, path->y[k]));
            all++;
        }
    if (outside == 0)
        return;
    tw_note *note = tw_notes_add(list, TW_NOTE_OUTSIDE, (double)outside);
    snprintf(note->text, TW_NOTE_TEXT,
             "%zu of %zu points are outside the picture; without --x and --y it holds all of them",
             outside, all);
}

void tw_notes_paths(tw_notes_list *list, const tw_notes_input *input) {
    note_share(list, input);
    note_off_plane(list, input);
    note_off_loss(list, input);
    note_outside(list, input);
}
