/* Limits, aspects, constant surfaces, cells at edges, and options that a picture cannot use. */
#include "support.h"

#include <cairo.h>
#include <math.h>
#include <unistd.h>

#include "curvature_samples.h"
#include "draw/colormap.h"
#include "plot_samples.h"
#include "thalweg/study_picture.h"

static const char *const PATH = "scale-test.png";

static cairo_surface_t *picture(const tw_figure *figure, const tw_surface *s) {
    if (tw_plot_surface(PATH, figure, s, 0) != TW_OK)
        fail_msg("%s", tw_message());
    cairo_surface_t *image = cairo_image_surface_create_from_png(PATH);
    assert_int_equal(cairo_surface_status(image), CAIRO_STATUS_SUCCESS);
    unlink(PATH);
    return image;
}

static uint32_t pixel(cairo_surface_t *image, int i, int j) {
    const unsigned char *row =
        cairo_image_surface_get_data(image) + j * cairo_image_surface_get_stride(image);
    return ((const uint32_t *)(const void *)row)[i] & 0xffffff;
}

/* A surface of n x m samples, all 1. */
static void plain(tw_surface *s, size_t nx, size_t ny) {
    static const char *const names[] = {"train_loss"};
    sample_surface(s, 2, nx, ny, 1, names);
    for (size_t k = 0; k < nx * ny; k++)
        s->values[k] = 1;
}

static uint32_t rgb(tw_rgb c) {
    return (uint32_t)lround(255 * c.r) << 16 | (uint32_t)lround(255 * c.g) << 8 |
           (uint32_t)lround(255 * c.b);
}

/* The most pixels of a colour in one row, beside the bar. */
static int count_in_row(cairo_surface_t *image, uint32_t color, int *row) {
    int width = cairo_image_surface_get_width(image) * 17 / 20, most = 0; /* but the bar */
    for (int j = 0; j < cairo_image_surface_get_height(image); j++) {
        int count = 0;
        for (int i = 0; i < width; i++)
            count += pixel(image, i, j) == color;
        if (count > most)
            most = count, *row = j;
    }
    return most;
}

/* The same value has the same colour in surfaces of different ranges, and what lies outside that of
 * the end. */
static void test_limits(void **state) {
    tw_surface s;
    const double ends[2] = {3, 80};
    for (int k = 0; k < 2; k++) {
        plain(&s, 4, 2);
        s.values[0] = s.values[4] = ends[k];
        s.values[3] = s.values[7] = -2;
        tw_figure figure = {.bytes = sizeof figure, .view = TW_VIEW_HEAT, .low = 0, .high = 2};
        cairo_surface_t *image = picture(&figure, &s);
        static const double levels[] = {0, 0.5, 1};
        for (int c = 0; c < 3; c++) {
            int row;
            assert_true(count_in_row(image, rgb(tw_colormap_at(0, levels[c])), &row) > 40);
        }
        cairo_surface_destroy(image);
        sample_free(&s);
    }
    plain(&s, 4, 2);
    const double bad[][2] = {{2, 1}, {1, 1}, {NAN, 1}, {0, INFINITY}};
    for (int k = 0; k < 4; k++) {
        tw_figure figure = {.bytes = sizeof figure, .low = bad[k][0], .high = bad[k][1]};
        assert_int_equal(tw_plot_surface(PATH, &figure, &s, 0), TW_ERR_ARGUMENT);
    }
    tw_figure log = {.bytes = sizeof log, .low = -1, .high = 1, .scale = TW_SCALE_LOG};
    assert_int_equal(tw_plot_surface(PATH, &log, &s, 0), TW_ERR_ARGUMENT);
    assert_non_null(strstr(tw_message(), "above 0"));
    sample_free(&s);
}

/* Cells at the edges are as wide as the others. */
static void test_cells(void **state) {
    tw_surface s;
    plain(&s, 5, 3);
    for (size_t k = 0; k < 15; k++)
        s.values[k] = (double)(k % 5);
    tw_figure figure = {.bytes = sizeof figure, .view = TW_VIEW_HEAT};
    cairo_surface_t *image = picture(&figure, &s);
    int first = 0;
    for (int c = 0; c < 5; c++) {
        int row, wide = count_in_row(image, rgb(tw_colormap_at(0, c / 4.0)), &row);
        first = c == 0 ? wide : first;
        if (abs(wide - first) > 2 || wide < 20)
            fail_msg("cell %d is %d pixels wide, the first %d", c, wide, first);
    }
    cairo_surface_destroy(image);
    sample_free(&s);
}

static void test_aspect(void **state) {
    tw_surface s;
    plain(&s, 5, 5);
    for (size_t k = 0; k < 25; k++)
        s.values[k] = (double)(k % 5);
    const double aspects[] = {0, TW_ASPECT_EQUAL, 1, 0.5};
    double heights[4];
    for (size_t k = 0; k < 5; k++)
        s.y[k] = 0.2 * s.x[k]; /* a fifth as high as wide */
    for (int k = 0; k < 4; k++) {
        tw_figure figure = {.bytes = sizeof figure, .aspect = aspects[k], .view = TW_VIEW_FILLED};
        cairo_surface_t *image = picture(&figure, &s);
        heights[k] = cairo_image_surface_get_height(image);
        cairo_surface_destroy(image);
    }
    assert_true(heights[0] == heights[1]);
    assert_true(heights[2] > heights[3] + 150 && heights[3] > heights[0] + 80);
    tw_figure bad = {.bytes = sizeof bad, .aspect = -3};
    assert_int_equal(tw_plot_surface(PATH, &bad, &s, 0), TW_ERR_ARGUMENT);
    sample_free(&s);
}

/* One colour, and no scale that nobody measured. */
static void test_constant(void **state) {
    tw_surface s;
    plain(&s, 5, 5);
    for (int view = 0; view < 4; view++) {
        tw_figure figure = {.bytes = sizeof figure, .view = (tw_view)view};
        cairo_surface_t *image = picture(&figure, &s);
        int row, bar = count_in_row(image, rgb(tw_colormap_at(0, 0.5)), &row);
        if (view != TW_VIEW_3D) /* shaded */
            assert_true(view == TW_VIEW_CONTOUR ? bar == 0 : bar > 10);
        assert_int_equal(count_in_row(image, rgb(tw_colormap_at(0, 1)), &row), 0);
        cairo_surface_destroy(image);
    }
    sample_free(&s);
}

static void test_levels_outside(void **state) {
    tw_surface s;
    sample_bowl(&s, 11);
    const double levels[] = {1000, 2000, 1};
    for (int view = 0; view < 4; view++) {
        tw_figure figure = {
            .bytes = sizeof figure, .view = (tw_view)view, .levels = levels, .level_count = 2};
        assert_int_equal(tw_plot_surface(PATH, &figure, &s, 0),
                         view == TW_VIEW_HEAT ? TW_OK : TW_ERR_ARGUMENT);
        figure.level_count = 3;
        assert_int_equal(tw_plot_surface(PATH, &figure, &s, 0), TW_OK);
    }
    unlink(PATH);
    sample_free(&s);
}

static void test_letters(void **state) {
    assert_int_equal(tw_plot_letters_lacking(NULL), 0);
    assert_int_equal(tw_plot_letters_lacking("loss, \xce\xb1 \xe2\x88\x92"), 0);
    assert_int_equal(tw_plot_letters_lacking("\xe4\xb8\x8a\xe6\xb5\xb7x"), 2);
}

/* ---- what a picture cannot use ---- */

static tw_status draw_surface(const tw_study_picture_options *options, const char *kind) {
    tw_surface s;
    tw_study_picture_options own = *options;
    own.view = tw_view_find(kind);
    if (own.view < 0)
        sample_line(&s, 11);
    else
        sample_bowl(&s, 11);
    tw_status status = tw_study_picture_surface(PATH, &own, &s, NULL, NULL);
    sample_free(&s);
    return status;
}

static tw_status draw_spectrum(const tw_study_picture_options *options, const char *kind) {
    tw_curvature_report r;
    sample_pairs(&r);
    tw_status status = tw_study_picture_spectrum(PATH, options, &r, NULL);
    tw_curvature_report_release(&r);
    return status;
}

static tw_status draw_table(const tw_study_picture_options *options, const char *kind) {
    static const char *const steps[] = {"step", "loss"}, *const descent[] = {"iteration",
                                                                             "train_loss"};
    tw_table table;
    assert_ok(tw_table_init(&table, kind, 2, strcmp(kind, "steps") == 0 ? steps : descent));
    for (int k = 1; k < 4; k++)
        assert_ok(tw_table_append(&table, (double[]){k, 4 - k}));
    tw_status status = tw_study_picture_table(PATH, options, &table, NULL);
    tw_table_release(&table);
    return status;
}

static void set(tw_study_picture_options *options, const char *kind, const char *name) {
    static double level = 1;
    if (strcmp(name, "levels") == 0)
        options->levels = (tw_numbers){.values = &level, .count = 1};
    else if (strcmp(name, "azimuth") == 0)
        options->azimuth = 10;
    else if (strcmp(name, "elevation") == 0)
        options->elevation = 10;
    else if (strcmp(name, "show-points") == 0)
        options->show_points = 1;
    else if (strcmp(name, "colormap") == 0)
        options->colormap = 1;
    else if (strcmp(name, "limits") == 0)
        options->limits = "0.5:2";
    else if (strcmp(name, "aspect") == 0)
        options->aspect = "equal";
    else if (strcmp(name, "inset") == 0)
        options->inset = strcmp(kind, "slice") == 0     ? "0.8:1.2,0:0.1"
                         : strcmp(kind, "descent") == 0 ? "1.9:2.1,1.9:2.1"
                                                        : "0.6:1,0.6:1";
    else if (strcmp(name, "x-label") == 0)
        options->x_label = "x";
    else if (strcmp(name, "y-label") == 0)
        options->y_label = "y";
    else if (strcmp(name, "value-label") == 0)
        options->value_label = "v";
    else if (strcmp(name, "log") == 0)
        options->log = 1;
    else if (strcmp(name, "linear") == 0)
        options->linear = 1;
    else
        fail_msg("no option %s", name);
}

/* Every option with every kind: drawn or refused, as the table has it. */
static void test_refused(void **state) {
    static const char *const options[] = {
        "levels",  "azimuth", "elevation",   "show-points", "colormap", "limits", "aspect",
        "x-label", "y-label", "value-label", "log",         "linear",   "inset"};
    static const struct {
        const char *kind;
        tw_status (*draw)(const tw_study_picture_options *options, const char *kind);
    } kinds[] = {{"contour", draw_surface}, {"filled", draw_surface}, {"heat", draw_surface},
                 {"3d", draw_surface},      {"slice", draw_surface},  {"spectrum", draw_spectrum},
                 {"steps", draw_table},     {"descent", draw_table}};
    for (size_t k = 0; k < sizeof kinds / sizeof kinds[0]; k++)
        for (size_t o = 0; o < sizeof options / sizeof options[0]; o++) {
            tw_study_picture_options given = tw_study_picture_defaults();
            given.dpi = 40;
            set(&given, kinds[k].kind, options[o]);
            tw_status status = kinds[k].draw(&given, kinds[k].kind);
            int can = tw_study_picture_can(kinds[k].kind, options[o]);
            if (status != (can ? TW_OK : TW_ERR_ARGUMENT))
                fail_msg("%s with --%s: %d, '%s'", kinds[k].kind, options[o], (int)status,
                         tw_message());
            if (!can)
                assert_non_null(strstr(tw_message(), options[o]));
        }
    unlink(PATH);
    assert_int_equal(tw_study_picture_can("heat", "levels"), 0);
    assert_int_equal(tw_study_picture_can("contour", "levels"), 1);
    assert_int_equal(tw_study_picture_can("contact sheet", "limits"), 0);
    assert_int_equal(tw_study_picture_can("contact sheet", "title"), 1);
    assert_int_equal(tw_study_picture_can("pie", "title"), 0);
    tw_study_picture_options given = tw_study_picture_defaults();
    static const char *const bad[] = {"3", "2:1", "a:b", "1:2:3", "1:", ":"};
    for (size_t k = 0; k < sizeof bad / sizeof bad[0]; k++) {
        given.limits = bad[k];
        assert_int_equal(draw_surface(&given, "heat"), TW_ERR_ARGUMENT);
    }
    given.limits = NULL;
    static const char *const no_insets[] = {"0:1",     "0:1,0",     "1:0,0:1", "0:1,1:0",
                                            "0:1,0:a", "0:1,0:1,2", "0:1:0:1", "0.1:0.1,0:1"};
    for (size_t k = 0; k < sizeof no_insets / sizeof no_insets[0]; k++) {
        given.inset = no_insets[k];
        assert_int_equal(draw_surface(&given, "heat"), TW_ERR_ARGUMENT);
        assert_non_null(strstr(tw_message(), "--inset"));
    }
    given.inset = NULL;
    given.aspect = "-1";
    assert_int_equal(draw_surface(&given, "heat"), TW_ERR_ARGUMENT);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_limits),         cmocka_unit_test(test_cells),
        cmocka_unit_test(test_aspect),         cmocka_unit_test(test_constant),
        cmocka_unit_test(test_levels_outside), cmocka_unit_test(test_letters),
        cmocka_unit_test(test_refused),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
