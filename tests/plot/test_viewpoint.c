/* From where a surface in space is looked at, and what its axes say. */
#include "support.h"

#include <math.h>
#include <unistd.h>

#include "plot/viewpoint.h"
#include "plot_samples.h"

static const tw_box3d BOX = {.wide = 1, .deep = 1, .height = 0.62, .floor = 0.1};

/* The surface of a height over x, y in -1 ... 1. */
static void choose(double (*height)(double x, double y), double *azimuth, double *elevation) {
    static const char *const names[] = {"train_loss"};
    tw_surface s;
    tw_field field;
    sample_surface(&s, 2, 41, 41, 1, names);
    for (size_t k = 0; k < 41 * 41; k++)
        s.values[k] = height(s.x[k % 41], s.y[k / 41]);
    tw_figure figure = {.bytes = sizeof figure, .view = TW_VIEW_3D, .scale = TW_SCALE_LINEAR};
    assert_ok(tw_field_init(&field, &s, 0, &figure));
    const tw_field *const fields[] = {&field};
    assert_ok(tw_viewpoint_choose(1, fields, &BOX, azimuth, elevation));
    tw_field_release(&field);
    sample_free(&s);
}

static double shallow(double x, double y) {
    return x * x + y * y;
}

/* A wall on one side and the minimum behind it. */
static double wall(double x, double y, double side_x, double side_y) {
    double along = x * side_x + y * side_y;
    return hypot(x - 0.4 * side_x, y - 0.4 * side_y) + 8 * exp(-40 * (along - 0.8) * (along - 0.8));
}

static double wall_south(double x, double y) {
    return wall(x, y, 0, -1);
}

static double wall_north(double x, double y) {
    return wall(x, y, 0, 1);
}

static double wall_east(double x, double y) {
    return wall(x, y, 1, 0);
}

/* Cosine between the direction of the eye and that of a side. */
static double toward(double azimuth, double side_x, double side_y) {
    return cos(azimuth * M_PI / 180) * side_x + sin(azimuth * M_PI / 180) * side_y;
}

static void test_walls(void **state) {
    double azimuth, elevation;
    choose(shallow, &azimuth, &elevation);
    assert_close(azimuth, -60, 0, 0);
    assert_close(elevation, 30, 0, 0);
    choose(wall_south, &azimuth, &elevation);
    assert_true(toward(azimuth, 0, -1) < 0.3);
    choose(wall_north, &azimuth, &elevation);
    assert_true(toward(azimuth, 0, 1) < 0.3);
    choose(wall_east, &azimuth, &elevation);
    assert_true(toward(azimuth, 1, 0) < 0.3);
}

/* A few low points are no reason for a logarithmic height; a deep floor is. */
static void test_depth(void **state) {
    static const char *const names[] = {"train_loss"};
    tw_surface s;
    sample_surface(&s, 2, 41, 41, 1, names);
    for (int deep = 0; deep < 2; deep++) {
        for (size_t k = 0; k < 41 * 41; k++)
            s.values[k] = deep && s.x[k % 41] < 0 ? 1e-3 : 1 + s.x[k % 41] * s.x[k % 41];
        s.values[800] = 1e-6;
        tw_field field;
        for (int view = 0; view < 4; view++) {
            tw_figure figure = {.bytes = sizeof figure, .view = (tw_view)view};
            assert_ok(tw_field_init(&field, &s, 0, &figure));
            assert_int_equal(field.span.log, view != TW_VIEW_3D || deep);
            tw_field_release(&field);
        }
    }
    sample_free(&s);
}

/* The texts of a picture whose first axis has that name. */
static void read_words(const char *name, char *text, size_t size) {
    tw_surface s;
    sample_bowl(&s, 11);
    for (size_t k = 0; k < 11; k++)
        s.x[k] *= 1e-6, s.y[k] *= 1e5;
    tw_figure figure = {.bytes = sizeof figure,
                        .view = TW_VIEW_3D,
                        .scale = TW_SCALE_LINEAR,
                        .x_label = name,
                        .y_label = "second",
                        .value_label = "height"};
    assert_ok(tw_plot_surface("view-test.pdf", &figure, &s, 0));
    sample_free(&s);
    FILE *words = popen("pdftotext -raw view-test.pdf -", "r");
    size_t count = fread(text, 1, size - 1, words);
    pclose(words);
    unlink("view-test.pdf");
    text[count] = '\0';
}

/* Powers of ten of the axes, and the height, are in the texts of a picture; a name that is cut is
 * cut between letters. */
static void test_texts(void **state) {
    if (system("command -v pdftotext > /dev/null 2>&1") != 0)
        skip();
    char text[4000], name[130] = "first";
    read_words(name, text, sizeof text);
    const char *power = strstr(text, "\xc3\x97"); /* of both axes */
    assert_true(power != NULL && strstr(power + 1, "\xc3\x97") != NULL);
    const char *height = strstr(text, "height"); /* beside the axis and beside the bar */
    assert_true(height != NULL && strstr(height + 1, "height") != NULL);
    for (size_t k = 5; k + 2 < sizeof name; k += 2)
        memcpy(name + k, "\xc3\xbc", 3);
    read_words(name, text, sizeof text);
    assert_true(strstr(text, "\xc3\xbc") != NULL && strchr(text, '?') == NULL);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_walls),
        cmocka_unit_test(test_depth),
        cmocka_unit_test(test_texts),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
