/* Every note, with a surface that deserves it and one that does not. */
#include <math.h>

#include "support.h"

/* A plane of 21 x 21 points over -1 ... 1 with values by a function, or a line. */
typedef double (*shape)(double x, double y);

static const char *const metric_names[] = {"train_loss", "train_data_loss", "regularizer"};

static tw_surface make(shape loss, shape data, double range, int rank) {
    tw_surface s;
    tw_axis axis = {-range, range, 21};
    assert_ok(
        tw_surface_init(&s, &axis, rank == 2 ? &axis : NULL, data != NULL ? 3 : 1, metric_names));
    size_t points = s.nx * s.ny;
    for (size_t p = 0; p < points; p++) {
        double x = s.x[p % s.nx], y = rank == 2 ? s.y[p / s.nx] : 0;
        s.values[p] = loss(x, y);
        s.computed[p] = 1;
        if (data != NULL) {
            s.values[points + p] = data(x, y);
            s.values[2 * points + p] = s.values[p] - data(x, y);
        }
    }
    return s;
}

static tw_notes_input input_of(const tw_surface *s) {
    return (tw_notes_input){.surface = s, .angle = NAN, .slope = {NAN, NAN}};
}

/* The only note of that input must be of this kind; with -1 there must be none. Its number. */
static tw_note only(const tw_notes_input *input, int kind, const char *words) {
    tw_note notes[TW_NOTES_MOST];
    size_t count = tw_landscape_notes(input, notes);
    if (kind < 0) {
        if (count > 0)
            fail_msg("no note wanted: %s", notes[0].text);
        return (tw_note){0};
    }
    if (count != 1 || (int)notes[0].kind != kind)
        fail_msg("wanted %s, got %zu notes, the first %s: %s", tw_note_name((tw_note_kind)kind),
                 count, count > 0 ? tw_note_name(notes[0].kind) : "",
                 count > 0 ? notes[0].text : "");
    if (strstr(notes[0].text, words) == NULL)
        fail_msg("'%s' is not in: %s", words, notes[0].text);
    assert_true(strlen(notes[0].text) < TW_NOTE_TEXT - 20);
    return notes[0];
}

static double bowl(double x, double y) {
    return 0.5 + x * x + 2 * y * y;
}

static void good_pictures(void **state) {
    tw_surface plane = make(bowl, NULL, 1, 2), line = make(bowl, NULL, 1, 1);
    tw_notes_input input = input_of(&plane);
    only(&input, -1, "");
    input.angle = 87;
    only(&input, -1, "");
    input = input_of(&line);
    only(&input, -1, "");
    tw_surface_release(&plane);
    tw_surface_release(&line);
}

static void names_of_kinds(void **state) {
    for (int k = 0; k < TW_NOTE_KINDS; k++)
        for (int l = 0; l < k; l++)
            assert_string_not_equal(tw_note_name((tw_note_kind)k), tw_note_name((tw_note_kind)l));
    assert_null(tw_note_name(TW_NOTE_KINDS));
}

static void axes(void **state) {
    tw_surface s = make(bowl, NULL, 1, 2);
    tw_notes_input input = input_of(&s);
    input.angle = 60;
    assert_close(only(&input, TW_NOTE_AXES, "is 60 degrees (cosine 0.5)").number, 0.5, 1e-15, 0);
    input.angle = 102;
    only(&input, TW_NOTE_AXES, "102 degrees (cosine -0.21)");
    tw_surface_release(&s);
}

static double nearly_flat(double x, double y) {
    return 2.3 + 0.001 * (x * x + y * y);
}

static double rounding(double x, double y) {
    return 2.3 + 3e-15 * (x * x + y * y);
}

static double zero(double x, double y) {
    return 0;
}

static double twice(double x, double y) {
    return 2.3 + 0.03 * (x * x + y * y);
}

static void flat(void **state) {
    tw_surface s = make(nearly_flat, NULL, 1, 2);
    tw_notes_input input = input_of(&s);
    assert_close(only(&input, TW_NOTE_FLAT, "by only 0.087 %").number, 0.002, 1e-10, 0);
    input.noise = 1e-4; /* as of a network in single precision */
    only(&input, TW_NOTE_FLAT, "no more than rounding");
    tw_surface_release(&s);
    s = make(rounding, NULL, 1, 2);
    input = input_of(&s);
    only(&input, TW_NOTE_FLAT, "no more than rounding");
    tw_surface_release(&s);
    s = make(zero, NULL, 1, 1);
    input = input_of(&s);
    only(&input, TW_NOTE_FLAT, "no more than rounding");
    tw_surface_release(&s);
    s = make(twice, NULL, 1, 2);
    input = input_of(&s);
    only(&input, -1, "");
    tw_surface_release(&s);
}

static double overflowing(double x, double y) {
    return x + y > 1.45 ? INFINITY : x < -0.95 && y < -0.95 ? NAN : bowl(x, y);
}

static void not_finite(void **state) {
    tw_surface s = make(overflowing, NULL, 1, 2);
    tw_notes_input input = input_of(&s);
    assert_true(only(&input, TW_NOTE_NOT_FINITE, "22 of 441 points (5 %)").number == 22);
    for (size_t p = 0; p < 441; p++) /* not computed is not overflowed */
        s.computed[p] = isfinite(s.values[p]) != 0;
    only(&input, -1, "");
    tw_surface_release(&s);
}

static double steep(double x, double y) {
    return 0.01 + 30 * (x * x + y * y);
}

static void wide(void **state) {
    tw_surface s = make(steep, NULL, 1, 2);
    tw_notes_input input = input_of(&s);
    assert_true(only(&input, TW_NOTE_WIDE, "above 100 times").number > 220);
    tw_surface_release(&s);
    s = make(steep, NULL, 0.2, 2); /* a third of the points */
    only(&input, -1, "");
    tw_surface_release(&s);
}

/* The centre is a minimum, but a deeper valley begins behind a ridge. */
static double ridge(double x, double y) {
    return 1 + x * x - 1.6 * x * x * x + y * y;
}

static double minimum_inside(double x, double y) {
    return 1 + 4 * x * x - 4.1 * x * x * x * x + 1.5 * x * x * x * x * x * x + y * y;
}

static void edge(void **state) {
    tw_surface s = make(ridge, NULL, 1, 2);
    tw_notes_input input = input_of(&s);
    assert_close(
        only(&input, TW_NOTE_EDGE, "0.4, is on the edge of the picture at x = 1, y = 0:").number,
        0.4, 1e-14, 0);
    tw_surface_release(&s);
    s = make(ridge, NULL, 1, 1);
    input = input_of(&s);
    only(&input, TW_NOTE_EDGE, "at x = 1:");
    tw_surface_release(&s);
    s = make(minimum_inside, NULL, 1.5, 2);
    input = input_of(&s);
    only(&input, -1, "");
    tw_surface_release(&s);
}

static double with_regularizer(double x, double y) {
    return bowl(x, y) + 3.5 * (x * x + y * y);
}

static double with_little(double x, double y) {
    return bowl(x, y) + 1.4 * (x * x + y * y);
}

static void regularizer(void **state) {
    tw_surface s = make(with_regularizer, bowl, 1, 2);
    tw_notes_input input = input_of(&s);
    assert_close(only(&input, TW_NOTE_REGULARIZER,
                      "by 7 over the picture and the data loss by 3: what is seen is the "
                      "regulariser, and --metric train_data_loss")
                     .number,
                 0.7, 1e-12, 0);
    input.metric = 1; /* looked at alone */
    only(&input, -1, "");
    tw_surface_release(&s);
    s = make(with_little, bowl, 1, 2);
    input.metric = 0;
    only(&input, -1, "");
    tw_surface_release(&s);
}

/* Minima at x = 0.4, at y = -0.5, where it falls to the edge, where it is a maximum, and at 0 but
 * for one per cent. */
static double beside_x(double x, double y) {
    return 1 + (x - 0.4) * (x - 0.4) + y * y;
}

static double beside_y(double x, double y) {
    return 1 + x * x + (y + 0.5) * (y + 0.5);
}

static double down_hill(double x, double y) {
    return 3 - x + y * y;
}

static double hat(double x, double y) {
    return 1 + x * x + 8 * y * y * y * y - 4 * y * y;
}

static double hardly_beside(double x, double y) {
    return 1 + (x - 0.1) * (x - 0.1) + y * y;
}

static double far_walls(double x, double y) {
    return (x - 0.4) * (x - 0.4) + y * y + (x < -0.85 ? 1e4 : 0);
}

static double small_beside_its_loss(double x, double y) {
    return 1000 + 1e-3 * ((x - 0.4) * (x - 0.4) + y * y);
}

static void center(void **state) {
    tw_surface s = make(beside_x, NULL, 1, 2);
    tw_notes_input input = input_of(&s);
    tw_note note = only(&input, TW_NOTE_CENTER,
                        "not a minimum along x: the slope is -0.8 there, and the loss falls from "
                        "1.16 to 1 at x = 0.4");
    assert_int_equal(note.axis, 0);
    assert_close(note.number, -0.8, 1e-13, 0);
    input.slope[0] = -0.75; /* that of the gradient, if it is known */
    only(&input, TW_NOTE_CENTER, "the slope is -0.75");
    s.computed[10 * 21 + 11] = 0; /* a neighbour that is not there: no way down on that side */
    input.slope[0] = NAN;
    only(&input, -1, "");
    tw_surface_release(&s);

    s = make(beside_y, NULL, 1, 2);
    input = input_of(&s);
    note = only(&input, TW_NOTE_CENTER, "along y: the slope is 1 there");
    assert_int_equal(note.axis, 1);
    tw_surface_release(&s);

    s = make(down_hill, NULL, 1, 2);
    input = input_of(&s);
    tw_note notes[TW_NOTES_MOST];
    assert_int_equal(tw_landscape_notes(&input, notes), 2);
    assert_true(notes[0].kind == TW_NOTE_EDGE && notes[1].kind == TW_NOTE_CENTER);
    assert_non_null(strstr(notes[1].text, "at x = 1, the edge of the picture"));
    tw_surface_release(&s);

    s = make(hat, NULL, 1, 2);
    input = input_of(&s);
    only(&input, TW_NOTE_CENTER, "along y: the slope is 0 there, and the loss falls from 1 to 0.5");
    tw_surface_release(&s);

    s = make(hardly_beside, NULL, 1, 2);
    input = input_of(&s);
    only(&input, -1, "");
    tw_surface_release(&s);

    s = make(far_walls, NULL, 1, 2); /* little of the range, but most of the centre's own loss */
    input = input_of(&s);
    only(&input, TW_NOTE_CENTER, "falls from 0.16 to 0 at x = 0.4");
    tw_surface_release(&s);

    s = make(small_beside_its_loss, NULL, 1, 2);
    input = input_of(&s);
    tw_note both[TW_NOTES_MOST]; /* beside "flat" */
    assert_int_equal(tw_landscape_notes(&input, both), 2);
    assert_non_null(strstr(both[1].text, "falls from 1000.00016 to 1000 at x = 0.4"));
    tw_surface_release(&s);

    s = make(beside_x, NULL, 1, 2); /* 0 is no point of this axis */
    for (size_t i = 0; i < 21; i++)
        s.x[i] += 0.05;
    only(&input, -1, "");
    tw_surface_release(&s);
}

static double kinked(double x, double y) {
    return 0.5 + 10 * fabs(x) + y * y;
}

static double long_valley(double x, double y) {
    return 0.5 + x * x + 1e-4 * y * y;
}

/* What an axis is known to have at the centre, and the picture does not show. */
static void curvature(void **state) {
    tw_surface s = make(bowl, NULL, 1, 2);
    tw_notes_input input = input_of(&s);
    input.curvature[0] = 2;
    input.curvature[1] = 4;
    only(&input, -1, "");
    input.curvature[0] = 3.9; /* half of it is seen */
    only(&input, -1, "");
    input.curvature[0] = -2;
    tw_note note = only(&input, TW_NOTE_CURVATURE, "the curvature along x, -2, ends within");
    assert_int_equal(note.axis, 0);
    tw_surface_release(&s);

    s = make(kinked, NULL, 1, 2);
    input = input_of(&s);
    input.curvature[0] = 4000; /* of slopes of 10 it is the second derivative up to 0.005 at most */
    note = only(&input, TW_NOTE_CURVATURE, "ends within about 0.005 of the centre");
    assert_non_null(
        strstr(note.text, "--x=-0.01:0.01 shows it, where the loss changes by some 0.05"));
    assert_close(note.number, 0.01, 1e-12, 0);
    input.curvature[0] = 0;
    only(&input, -1, "");
    tw_surface_release(&s);

    s = make(long_valley, NULL, 1, 2);
    input = input_of(&s);
    input.curvature[0] = 2;
    input.curvature[1] = 2e-4;
    note =
        only(&input, TW_NOTE_CURVATURE, "the curvature along y, 0.0002, changes the loss by only");
    assert_int_equal(note.axis, 1);
    assert_non_null(strstr(note.text, "--y=-40:40 shows it, where by it the loss changes by 0.16"));
    input.curvature[1] = 1e-20; /* no more than rounding */
    only(&input, -1, "");
    input.curvature[1] = NAN;
    only(&input, -1, "");
    tw_surface_release(&s);
}

/* ---- paths ---- */

/* Ten checkpoints from (0.9, -0.9) to the centre, off the plane by `off` times the length, with the
 * losses of the bowl, plus `extra` for the first. */
static tw_path make_path(const char *name, double off, double extra) {
    tw_path path;
    assert_ok(tw_path_init(&path, name, 10));
    for (size_t k = 0; k < 10; k++) {
        path.x[k] = 0.1 * (double)(9 - k);
        path.y[k] = -path.x[k];
        double in_plane = hypot(path.x[k], path.y[k]);
        path.length[k] = in_plane / sqrt(1 - off * off);
        path.distance[k] = off * path.length[k];
        path.plane_loss[k] = bowl(path.x[k], path.y[k]);
        path.loss[k] = path.plane_loss[k] + (k == 0 ? extra : 0);
    }
    return path;
}

static void paths(void **state) {
    tw_surface s = make(bowl, NULL, 1, 2);
    tw_path path[2] = {make_path("sgd", 0.25, 0.2), make_path("adam", 0.25, -0.2)};
    tw_notes_input input = input_of(&s);
    input.paths = path;
    input.path_count = 2;
    only(&input, -1, "");

    path[1].loss[0] = path[1].plane_loss[0] + 0.5;
    assert_true(only(&input, TW_NOTE_OFF_LOSS,
                     "at 1 of 20 checkpoints the picture's loss is off by more than 10 % of what "
                     "the loss changes along the path: checkpoint 0 of adam has 3.43 and the plane "
                     "2.93")
                    .number == 1);
    path[1].loss[0] = NAN; /* unknown */
    only(&input, -1, "");
    input.path_count = 1;
    path[0].loss[0] += 1;
    only(&input, TW_NOTE_OFF_LOSS, "path: checkpoint 0 has");
    path[0].loss[0] -= 1;

    path[0].x[3] = 1.2;
    only(&input, TW_NOTE_OUTSIDE, "1 of 10 points are outside");
    path[0].x[3] = 1;
    only(&input, -1, "");
    path[0].y[3] = -1.01;
    only(&input, TW_NOTE_OUTSIDE, "1 of 10");
    path[0].y[3] = -0.6;

    path[0].distance[2] = 0.31 * path[0].length[0];
    assert_true(only(&input, TW_NOTE_OFF_PLANE, "1 of 10 checkpoints are further from").number ==
                1);
    path[0].distance[2] = 0.29 * path[0].length[0];
    only(&input, -1, "");
    tw_path_release(&path[0]);
    tw_path_release(&path[1]);

    path[0] = make_path("sgd", 0.6, 0);
    tw_note notes[TW_NOTES_MOST];
    assert_int_equal(tw_landscape_notes(&input, notes), 2);
    assert_true(notes[0].kind == TW_NOTE_SHARE && notes[1].kind == TW_NOTE_OFF_PLANE);
    assert_close(notes[0].number, 0.64, 1e-14, 0);
    assert_non_null(strstr(notes[0].text, "the plane holds 64 % of the trajectory"));
    assert_true(notes[1].number == 5); /* 0.6 length > 0.3 * the longest: the first five */
    tw_path_release(&path[0]);

    /* a point is no path, but may lie outside */
    assert_ok(tw_path_init(&path[0], "B", 1));
    path[0].length[0] = path[0].distance[0] = path[0].loss[0] = 5;
    path[0].plane_loss[0] = 1;
    only(&input, -1, "");
    path[0].x[0] = 3;
    only(&input, TW_NOTE_OUTSIDE, "1 of 1");
    tw_path_release(&path[0]);
    tw_surface_release(&s);
}

/* Every kind at once, on a surface of the smallest sizes, and one without a computed point. */
static void odd_surfaces(void **state) {
    static const char *const name[] = {"loss"};
    tw_note notes[TW_NOTES_MOST];
    tw_surface s;
    assert_ok(tw_surface_init(&s, &(tw_axis){0, 0, 1}, NULL, 1, name));
    tw_notes_input input = input_of(&s);
    assert_int_equal(tw_landscape_notes(&input, notes), 0);
    s.computed[0] = 1;
    s.values[0] = NAN;
    only(&input, TW_NOTE_NOT_FINITE, "1 of 1 points");
    tw_surface_release(&s);
    assert_ok(tw_surface_init(&s, &(tw_axis){0, 1, 2}, &(tw_axis){1, -1, 3}, 1, name));
    memset(s.computed, 1, 6);
    s.values[0] = 1;
    assert_int_equal(tw_landscape_notes(&input, notes), 0);
    tw_surface_release(&s);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(good_pictures), cmocka_unit_test(names_of_kinds),
        cmocka_unit_test(axes),          cmocka_unit_test(flat),
        cmocka_unit_test(not_finite),    cmocka_unit_test(wide),
        cmocka_unit_test(edge),          cmocka_unit_test(regularizer),
        cmocka_unit_test(center),        cmocka_unit_test(curvature),
        cmocka_unit_test(paths),         cmocka_unit_test(odd_surfaces),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
