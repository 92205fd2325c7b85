/* Sizes, themes, backgrounds: what the options of looks do to the pixels of every kind of figure.
 */
#include "support.h"

#include <cairo.h>
#include <math.h>
#include <unistd.h>

#include "curvature_samples.h"
#include "gradcheck_samples.h"
#include "plot_samples.h"
#include "thalweg/objective.h"
#include "thalweg/study_picture.h"

static const char *const PATH = "style-test.png";

typedef tw_status (*draw)(const char *path, const tw_figure *figure);

static tw_status draw_map(const char *path, const tw_figure *figure, tw_view view) {
    tw_surface s;
    sample_holes(&s, 25);
    tw_figure own = *figure;
    own.view = view;
    own.title = "map";
    tw_status status = tw_plot_surface(path, &own, &s, 0);
    sample_free(&s);
    return status;
}

static tw_status draw_contour(const char *path, const tw_figure *figure) {
    return draw_map(path, figure, TW_VIEW_CONTOUR);
}

static tw_status draw_filled(const char *path, const tw_figure *figure) {
    return draw_map(path, figure, TW_VIEW_FILLED);
}

static tw_status draw_heat(const char *path, const tw_figure *figure) {
    return draw_map(path, figure, TW_VIEW_HEAT);
}

static tw_status draw_3d(const char *path, const tw_figure *figure) {
    return draw_map(path, figure, TW_VIEW_3D);
}

static tw_status draw_line(const char *path, const tw_figure *figure) {
    tw_surface s;
    sample_line(&s, 41);
    tw_status status = tw_plot_surface(path, figure, &s, 0);
    sample_free(&s);
    return status;
}

static tw_status draw_steps(const char *path, const tw_figure *figure) {
    return tw_plot_steps(path, figure, 10, sample_steps, sample_losses, sample_original);
}

static tw_status draw_spectrum(const char *path, const tw_figure *figure) {
    tw_curvature_report r;
    sample_network_spectrum(&r);
    tw_status status = tw_plot_spectrum(path, figure, &r);
    tw_curvature_report_release(&r);
    return status;
}

static tw_status draw_check(const char *path, const tw_figure *figure) {
    tw_gradcheck *check = check_of_mlp();
    tw_figure own = *figure;
    own.width *= 2;
    tw_status status = tw_plot_gradcheck(path, &own, check);
    check_free(check);
    return status;
}

static tw_status draw_run(const char *path, const tw_figure *figure) {
    tw_path run = {0};
    tw_figure own = *figure;
    tw_status status = tw_path_init(&run, "run", 9);
    for (int k = 0; k < 9 && status == TW_OK; k++)
        run.x[k] = 8 - k, run.y[k] = (8 - k) * (8 - k) / 16.0;
    own.paths = &run;
    own.path_count = 1;
    if (status == TW_OK)
        status = tw_plot_paths(path, &own);
    tw_path_release(&run);
    return status;
}

static tw_status draw_barcode(const char *path, const tw_figure *figure) {
    tw_surface s;
    tw_topology shape = {0};
    sample_valleys(&s, 41);
    tw_status status = tw_topology_find(&s, 0, NULL, &shape);
    if (status == TW_OK)
        status = tw_plot_barcode(path, figure, &shape, &s.metric[0]);
    tw_topology_release(&shape);
    sample_free(&s);
    return status;
}

static double smooth(size_t n, const double *x, void *user) {
    return exp(x[0]);
}

static tw_status draw_sweep(const char *path, const tw_figure *figure) {
    tw_objective *f = NULL;
    tw_sweep sweep = {0};
    const double x = 1;
    tw_figure own = *figure;
    own.width *= 1.5;
    tw_status status = tw_objective_from_function(smooth, NULL, 1, &f);
    if (status == TW_OK)
        status = tw_diff_sweep(f, &x, NULL, 0, NULL, &sweep);
    if (status == TW_OK)
        status = tw_plot_sweep(path, &own, &sweep);
    tw_sweep_release(&sweep);
    tw_objective_free(f);
    return status;
}

static const draw kinds[] = {draw_contour, draw_filled,  draw_heat,     draw_3d,
                             draw_line,    draw_steps,   draw_spectrum, draw_check,
                             draw_run,     draw_barcode, draw_sweep};
enum { KINDS = sizeof kinds / sizeof kinds[0] };

static cairo_surface_t *picture(draw kind, const tw_figure *figure) {
    tw_status status = kind(PATH, figure);
    if (status != TW_OK)
        fail_msg("%s", tw_message());
    cairo_surface_t *image = cairo_image_surface_create_from_png(PATH);
    assert_int_equal(cairo_surface_status(image), CAIRO_STATUS_SUCCESS);
    unlink(PATH);
    return image;
}

static const uint32_t *row_of(cairo_surface_t *image, int row) {
    return (const uint32_t *)(const void *)(cairo_image_surface_get_data(image) +
                                            row * cairo_image_surface_get_stride(image));
}

/* Twice the font on a page twice as wide is the same picture, enlarged: all grows together. */
static void test_font_size(void **state) {
    for (int k = 0; k < KINDS; k++) {
        tw_figure large = {
            .bytes = sizeof large, .width = 7, .height = 7, .font_size = 16, .dpi = 80};
        tw_figure fine = {.bytes = sizeof fine, .width = 3.5, .height = 3.5, .dpi = 160};
        cairo_surface_t *a = picture(kinds[k], &large), *b = picture(kinds[k], &fine);
        int width = cairo_image_surface_get_width(a), height = cairo_image_surface_get_height(a);
        assert_int_equal(width, cairo_image_surface_get_width(b));
        assert_int_equal(height, cairo_image_surface_get_height(b));
        for (int j = 0; j < height; j++)
            assert_memory_equal(row_of(a, j), row_of(b, j), 4 * (size_t)width);
        cairo_surface_destroy(a);
        cairo_surface_destroy(b);
    }
}

static void test_font_range(void **state) {
    const double bad[] = {-8, 3, 100, NAN};
    for (int k = 0; k < 4; k++) {
        tw_figure figure = {.bytes = sizeof figure, .font_size = bad[k]};
        assert_int_equal(draw_line(PATH, &figure), TW_ERR_ARGUMENT);
        assert_non_null(strstr(tw_message(), "points"));
    }
    tw_figure figure = {.bytes = sizeof figure, .theme = (tw_theme)7};
    assert_int_equal(draw_line(PATH, &figure), TW_ERR_ARGUMENT);
}

static double share_above(cairo_surface_t *image, int level) {
    int width = cairo_image_surface_get_width(image),
        height = cairo_image_surface_get_height(image);
    double count = 0;
    for (int j = 0; j < height; j++)
        for (int i = 0; i < width; i++)
            count += (int)(row_of(image, j)[i] >> 8 & 255) > level;
    return count / width / height;
}

/* Dark paper in all four corners, and nothing white but the data: no kind has kept its white. */
static void test_dark(void **state) {
    for (int k = 0; k < KINDS; k++) {
        tw_figure figure = {
            .bytes = sizeof figure, .theme = TW_THEME_DARK, .width = 3.5, .dpi = 100};
        cairo_surface_t *image = picture(kinds[k], &figure);
        int last = cairo_image_surface_get_height(image) - 1;
        int right = cairo_image_surface_get_width(image) - 1;
        uint32_t paper = row_of(image, 0)[0];
        assert_true((paper & 255) < 40);
        assert_true(paper == row_of(image, 0)[right] && paper == row_of(image, last)[0]);
        assert_true(share_above(image, 245) < 0.002);
        assert_true(share_above(image, 120) > 0.005);
        cairo_surface_destroy(image);
    }
}

static void test_transparent(void **state) {
    for (int k = 0; k < KINDS; k++) {
        tw_figure figure = {.bytes = sizeof figure, .transparent = 1, .width = 3.5, .dpi = 100};
        cairo_surface_t *image = picture(kinds[k], &figure);
        assert_int_equal(cairo_image_surface_get_format(image), CAIRO_FORMAT_ARGB32);
        assert_int_equal(row_of(image, 0)[0], 0);
        cairo_surface_destroy(image);
        figure.transparent = 0;
        image = picture(kinds[k], &figure);
        assert_int_equal(row_of(image, 0)[0] & 0xffffff, 0xffffff);
        cairo_surface_destroy(image);
    }
}

/* The whole of a picture in greys has no colour. */
static void test_grey(void **state) {
    static const draw maps[] = {draw_contour, draw_filled, draw_heat, draw_3d};
    for (int k = 0; k < 4; k++) {
        tw_figure figure = {.bytes = sizeof figure, .colormap = TW_COLORMAP_GREY, .dpi = 100};
        cairo_surface_t *image = picture(maps[k], &figure);
        for (int j = 0; j < cairo_image_surface_get_height(image); j++)
            for (int i = 0; i < cairo_image_surface_get_width(image); i++) {
                uint32_t p = row_of(image, j)[i];
                assert_true((p & 255) == (p >> 8 & 255) && (p & 255) == (p >> 16 & 255));
            }
        cairo_surface_destroy(image);
    }
}

static void test_sizes(void **state) {
    static const int widths[] = {350, 650, 1000};
    tw_surface s;
    sample_bowl(&s, 11);
    for (int k = 0; k < 3; k++) {
        tw_study_picture_options options = tw_study_picture_defaults();
        options.size = k;
        options.dpi = 100;
        assert_int_equal(tw_study_picture_surface(PATH, &options, &s, NULL, NULL), TW_OK);
        cairo_surface_t *image = cairo_image_surface_create_from_png(PATH);
        assert_int_equal(cairo_image_surface_get_width(image), widths[k]);
        if (k == TW_PICTURE_SLIDE)
            assert_int_equal(cairo_image_surface_get_height(image), 563);
        cairo_surface_destroy(image);
        options.width = 4; /* what is given is taken */
        assert_int_equal(tw_study_picture_surface(PATH, &options, &s, NULL, NULL), TW_OK);
        image = cairo_image_surface_create_from_png(PATH);
        assert_int_equal(cairo_image_surface_get_width(image), 400);
        cairo_surface_destroy(image);
    }
    unlink(PATH);
    sample_free(&s);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_font_size), cmocka_unit_test(test_font_range),
        cmocka_unit_test(test_dark),      cmocka_unit_test(test_transparent),
        cmocka_unit_test(test_grey),      cmocka_unit_test(test_sizes),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
