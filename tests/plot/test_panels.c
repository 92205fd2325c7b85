/* Several surfaces on one scale, insets, and limits of curves. */
#include "support.h"

#include <cairo.h>
#include <math.h>
#include <unistd.h>

#include "draw/colormap.h"
#include "plot_samples.h"

static const char *const PATH = "panels-test.png";

static cairo_surface_t *open_picture(tw_status status) {
    if (status != TW_OK)
        fail_msg("%s", tw_message());
    cairo_surface_t *image = cairo_image_surface_create_from_png(PATH);
    assert_int_equal(cairo_surface_status(image), CAIRO_STATUS_SUCCESS);
    unlink(PATH);
    return image;
}

static uint32_t rgb(tw_rgb c) {
    return (uint32_t)lround(255 * c.r) << 16 | (uint32_t)lround(255 * c.g) << 8 |
           (uint32_t)lround(255 * c.b);
}

/* Pixels of a colour between two shares of the width. */
static int count_pixels(cairo_surface_t *image, uint32_t color, double from, double to) {
    int width = cairo_image_surface_get_width(image), count = 0;
    for (int j = 0; j < cairo_image_surface_get_height(image); j++) {
        const unsigned char *row =
            cairo_image_surface_get_data(image) + j * cairo_image_surface_get_stride(image);
        for (int i = (int)(from * width); i < to * width; i++)
            count += (((const uint32_t *)(const void *)row)[i] & 0xffffff) == color;
    }
    return count;
}

/* A surface of 4 x 4 samples, the left half of one value and the right half of another. */
static void halves(tw_surface *s, double left, double right) {
    static const char *const names[] = {"train_loss"};
    sample_surface(s, 2, 4, 4, 1, names);
    for (size_t k = 0; k < 16; k++)
        s->values[k] = k % 4 < 2 ? left : right;
}

/* Equal losses have equal colours, though each surface alone would have colours of its own. */
static void test_one_scale(void **state) {
    const double values[][4] = {{0, 1, 1, 2}, {1, 10, 10, 100}}; /* linear, logarithmic */
    for (int k = 0; k < 2; k++) {
        tw_surface a, b;
        halves(&a, values[k][0], values[k][1]);
        halves(&b, values[k][2], values[k][3]);
        const tw_panel panels[] = {{.label = "a", .surface = &a}, {.label = "b", .surface = &b}};
        tw_figure figure = {.bytes = sizeof figure, .view = TW_VIEW_HEAT};
        cairo_surface_t *image = open_picture(tw_plot_panels(PATH, &figure, 2, panels));
        static const int seen[3][2] = {{1, 0}, {1, 1}, {0, 1}};
        for (int c = 0; c < 3; c++)
            for (int half = 0; half < 2; half++) {
                int count = count_pixels(image, rgb(tw_colormap_at(0, c / 2.0)), half ? 0.47 : 0,
                                         half ? 0.82 : 0.47);
                if ((count > 2000) != seen[c][half])
                    fail_msg("scale %d, colour %d, panel %d: %d pixels", k, c, half, count);
            }
        cairo_surface_destroy(image);
        sample_free(&a);
        sample_free(&b);
    }
}

/* In space the lower of two surfaces does not reach the colours of the higher one's rim. */
static void test_one_height(void **state) {
    tw_surface a, b;
    sample_bowl(&a, 21);
    sample_bowl(&b, 21);
    for (size_t k = 0; k < 21 * 21; k++)
        a.values[k] *= 0.25;
    const tw_panel panels[] = {{.surface = &a}, {.surface = &b}};
    tw_figure figure = {.bytes = sizeof figure, .view = TW_VIEW_3D, .scale = TW_SCALE_LINEAR};
    cairo_surface_t *image = open_picture(tw_plot_panels(PATH, &figure, 2, panels));
    int green[2] = {0}, width = cairo_image_surface_get_width(image);
    for (int j = 0; j < cairo_image_surface_get_height(image); j++) {
        const uint32_t *row = (const void *)(cairo_image_surface_get_data(image) +
                                             j * cairo_image_surface_get_stride(image));
        for (int i = 0; i < 0.85 * width; i++)
            green[i > 0.43 * width] +=
                (row[i] >> 8 & 255) > 110 && (row[i] & 255) * 4 < (row[i] >> 8 & 255) * 3;
    }
    if (green[0] > 100 || green[1] < 300)
        fail_msg("%d and %d pixels of high values", green[0], green[1]);
    cairo_surface_destroy(image);
    sample_free(&a);
    sample_free(&b);
}

/* Any number of panels, on any page, in any view. */
static void test_grids(void **state) {
    tw_surface s[2];
    sample_bowl(&s[0], 9);
    sample_holes(&s[1], 15);
    tw_panel panels[TW_PANELS_MAX];
    for (size_t p = 0; p < TW_PANELS_MAX; p++)
        panels[p] = (tw_panel){.label = p % 3 ? "a longer name of a panel" : NULL,
                               .surface = &s[p % 2],
                               .x_label = p > 9 ? "W[1,2]" : NULL};
    static const double pages[][3] = {{0, 0, 0}, {3.5, 0, 8}, {6.5, 0, 9}, {10, 5.625, 16}};
    for (int view = 0; view < 4; view++)
        for (int page = 0; page < 4; page++)
            for (size_t count = 1; count <= 12; count += 1 + (page > 0) * count) {
                if (count > 6 && page != 2)
                    continue; /* too many for a column or a slide */
                tw_figure figure = {.bytes = sizeof figure,
                                    .view = (tw_view)view,
                                    .title = "title",
                                    .width = pages[page][0],
                                    .height = pages[page][1],
                                    .font_size = pages[page][2],
                                    .dpi = 30};
                if (tw_plot_panels(PATH, &figure, count, panels) != TW_OK)
                    fail_msg("%zu panels, view %d, page %d: %s", count, view, page, tw_message());
            }
    unlink(PATH);
    sample_free(&s[0]);
    sample_free(&s[1]);
}

/* Views in space fill a slide, though its texts are large: where one view has no room for the
 * numbers of its height, none has them. */
static void test_views_fill_a_slide(void **state) {
    tw_surface s[3];
    tw_panel panels[3];
    for (int p = 0; p < 3; p++) {
        sample_bowl(&s[p], 9);
        panels[p] = (tw_panel){.label = "a", .surface = &s[p]};
    }
    panels[1].x_label = "a rather long name of an axis";
    tw_figure figure = {.bytes = sizeof figure,
                        .view = TW_VIEW_3D,
                        .width = 10,
                        .height = 5.625,
                        .font_size = 16,
                        .dpi = 50};
    cairo_surface_t *image = open_picture(tw_plot_panels(PATH, &figure, 3, panels));
    int colored = 0, width = cairo_image_surface_get_width(image);
    for (int j = 0; j < cairo_image_surface_get_height(image); j++) {
        const uint32_t *row = (const void *)(cairo_image_surface_get_data(image) +
                                             j * cairo_image_surface_get_stride(image));
        for (int i = 0; i < 0.85 * width; i++)
            colored += abs((int)(row[i] & 255) - (int)(row[i] >> 16 & 255)) > 30;
    }
    cairo_surface_destroy(image);
    if (colored < 1500)
        fail_msg("%d pixels of surfaces", colored);
    for (int p = 0; p < 3; p++)
        sample_free(&s[p]);
}

static void assert_refused(size_t count, const tw_panel *panels, const char *why) {
    assert_int_equal(tw_plot_panels(PATH, NULL, count, panels), TW_ERR_ARGUMENT);
    if (strstr(tw_message(), why) == NULL)
        fail_msg("'%s' does not say '%s'", tw_message(), why);
}

static void test_panels_refused(void **state) {
    tw_surface plane, line;
    sample_bowl(&plane, 9);
    sample_line(&line, 9);
    tw_panel panels[TW_PANELS_MAX + 1];
    for (size_t p = 0; p <= TW_PANELS_MAX; p++)
        panels[p] = (tw_panel){.surface = &plane};
    assert_refused(0, panels, "no panels");
    assert_refused(TW_PANELS_MAX + 1, panels, "at most 16");
    panels[1].metric = 1;
    assert_refused(2, panels, "'train_acc'");
    panels[1] = (tw_panel){.surface = &line};
    assert_refused(2, panels, "is a line");
    panels[1] = (tw_panel){0};
    assert_refused(2, panels, "empty");
    panels[1].surface = &plane;
    const tw_terminal terminal = {
        .bytes = sizeof terminal, .kind = TW_TERMINAL_CHARACTERS, .columns = 80, .rows = 30};
    tw_figure characters = {.bytes = sizeof characters, .terminal = &terminal};
    assert_int_equal(tw_plot_panels(PATH, &characters, 2, panels), TW_ERR_UNSUPPORTED);
    tw_figure inset = {.bytes = sizeof inset, .inset = {0, 0.2, 0, 0.2}};
    assert_int_equal(tw_plot_panels(PATH, &inset, 2, panels), TW_ERR_ARGUMENT);
    sample_free(&plane);
    sample_free(&line);
}

/* ---- insets ---- */

/* A sample of its own value is a cell in the map, and a larger one in the inset. */
static void test_inset_of_map(void **state) {
    static const char *const names[] = {"train_loss"};
    tw_surface s;
    sample_surface(&s, 2, 21, 21, 1, names);
    s.values[14 * 21 + 4] = 1; /* x = -0.6, y = 0.4 */
    int pixels[2];
    for (int k = 0; k < 2; k++) {
        tw_figure figure = {.bytes = sizeof figure, .view = TW_VIEW_HEAT};
        if (k == 1)
            memcpy(figure.inset, (double[]){-0.75, -0.45, 0.25, 0.55}, sizeof figure.inset);
        cairo_surface_t *image = open_picture(tw_plot_surface(PATH, &figure, &s, 0));
        pixels[k] = count_pixels(image, rgb(tw_colormap_at(0, 1)), 0, 0.8);
        cairo_surface_destroy(image);
    }
    if (pixels[0] < 100 || pixels[1] < 4 * pixels[0])
        fail_msg("%d pixels, with the inset %d", pixels[0], pixels[1]);
    static const double bad[][4] = {
        {-0.68, -0.62, 0.32, 0.38}, {2, 3, 0, 1}, {-0.9, 0.9, -0.9, 0.9}, {0, 1, 1, 0}};
    static const char *const why[] = {"no point", "no point", "too large", "smaller"};
    for (int k = 0; k < 4; k++) {
        tw_figure figure = {.bytes = sizeof figure};
        memcpy(figure.inset, bad[k], sizeof figure.inset);
        assert_int_equal(tw_plot_surface(PATH, &figure, &s, 0), TW_ERR_ARGUMENT);
        if (strstr(tw_message(), why[k]) == NULL)
            fail_msg("'%s' does not say '%s'", tw_message(), why[k]);
    }
    sample_free(&s);
}

/* Nothing is hidden by an inset where curves fill the picture: the one on the right, which no inset
 * shows, keeps its ink, but for what the lines to the inset cross. */
static void test_inset_hides_no_curve(void **state) {
    enum { N = 41 };
    double x[N], flat[N], zigzag[N];
    for (int i = 0; i < N; i++) {
        x[i] = i;
        flat[i] = i;
        zigzag[i] = i % 2 ? 100 : 0;
    }
    const tw_curve curves[] = {{.count = N, .x = x, .y = flat},
                               {.count = N, .x = x, .y = zigzag, .right = 1}};
    int pixels[2];
    for (int k = 0; k < 2; k++) {
        tw_figure figure = {.bytes = sizeof figure};
        if (k == 1)
            memcpy(figure.inset, (double[]){19, 24, 17, 25}, sizeof figure.inset);
        cairo_surface_t *image = open_picture(tw_plot_curves(PATH, &figure, 2, curves, "%"));
        pixels[k] = count_pixels(image, rgb((tw_rgb){0xd5 / 255.0, 0x5e / 255.0, 0}), 0.2, 0.8);
        cairo_surface_destroy(image);
    }
    if (pixels[0] < 1000 || pixels[1] < 0.93 * pixels[0])
        fail_msg("%d pixels, with the inset %d", pixels[0], pixels[1]);
}

/* ---- curves ---- */

static const tw_rgb BLUE = {0, 0x72 / 255.0, 0xb2 / 255.0};

/* Rows of the picture in which the first curve's ink is, as shares of the height. */
static void find_rows(cairo_surface_t *image, double *first, double *last) {
    int height = cairo_image_surface_get_height(image);
    *first = 1, *last = 0;
    for (int j = 0; j < height; j++) {
        const uint32_t *row = (const void *)(cairo_image_surface_get_data(image) +
                                             j * cairo_image_surface_get_stride(image));
        for (int i = 0; i < cairo_image_surface_get_width(image); i++)
            if ((row[i] & 0xffffff) == rgb(BLUE)) {
                *first = fmin(*first, (double)j / height);
                *last = fmax(*last, (double)j / height);
            }
    }
}

/* A curve at 1 stands in the middle of limits 0 to 2; limits without a value are refused, and
 * the logarithm is chosen by the limits. */
static void test_limits_of_curves(void **state) {
    enum { N = 20 };
    double x[N], y[N], first, last;
    for (int i = 0; i < N; i++) {
        x[i] = i;
        y[i] = 1;
    }
    const tw_curve curve = {.count = N, .x = x, .y = y};
    static const struct {
        double low, high, middle;
    } cases[] = {{0, 2, 0.5}, {0.5, 10.5, 0.95}, {0.001, 1000, 0.5}};
    for (int k = 0; k < 3; k++) {
        tw_figure figure = {.bytes = sizeof figure, .low = cases[k].low, .high = cases[k].high};
        cairo_surface_t *image = open_picture(tw_plot_curves(PATH, &figure, 1, &curve, NULL));
        find_rows(image, &first, &last);
        double share = ((first + last) / 2 - 0.03) / 0.87; /* of the box in the page, roughly */
        if (fabs(share - cases[k].middle) > 0.06)
            fail_msg("limits %g to %g: at %g of the axis", cases[k].low, cases[k].high, share);
        cairo_surface_destroy(image);
    }
    tw_figure beyond = {.bytes = sizeof beyond, .low = 2, .high = 3};
    assert_int_equal(tw_plot_curves(PATH, &beyond, 1, &curve, NULL), TW_ERR_ARGUMENT);
    y[0] = 2.5; /* what lies outside is cut off */
    cairo_surface_t *image = open_picture(tw_plot_curves(PATH, &beyond, 1, &curve, NULL));
    find_rows(image, &first, &last);
    assert_true(last > 0.5 && last < 0.92);
    cairo_surface_destroy(image);
    tw_figure log = {.bytes = sizeof log, .low = -1, .high = 3, .scale = TW_SCALE_LOG};
    assert_int_equal(tw_plot_curves(PATH, &log, 1, &curve, NULL), TW_ERR_ARGUMENT);
}

/* A band is seen around its curve, as an area or, with markers, as bars; the axis holds it. */
static void test_bands(void **state) {
    enum { N = 30 };
    double x[N], y[N], low[N], high[N];
    for (int i = 0; i < N; i++) {
        x[i] = i;
        y[i] = 1 + 0.01 * i;
        low[i] = y[i] - 0.5;
        high[i] = y[i] + 0.5;
    }
    for (int markers = 0; markers < 2; markers++) {
        int inked[2];
        for (int k = 0; k < 2; k++) {
            const tw_curve curve = {.count = markers ? 8 : N,
                                    .x = x,
                                    .y = y,
                                    .markers = markers,
                                    .low = k ? low : NULL,
                                    .high = k ? high : NULL,
                                    .band = "± 1 standard error"};
            tw_figure figure = {.bytes = sizeof figure, .low = 0, .high = 2};
            cairo_surface_t *image = open_picture(tw_plot_curves(PATH, &figure, 1, &curve, NULL));
            inked[k] = -count_pixels(image, 0xffffff, 0, 1);
            cairo_surface_destroy(image);
        }
        if (inked[1] - inked[0] < (markers ? 500 : 20000))
            fail_msg("markers %d: %d pixels of a band", markers, inked[1] - inked[0]);
    }
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_one_scale),
        cmocka_unit_test(test_one_height),
        cmocka_unit_test(test_grids),
        cmocka_unit_test(test_panels_refused),
        cmocka_unit_test(test_inset_of_map),
        cmocka_unit_test(test_limits_of_curves),
        cmocka_unit_test(test_bands),
        cmocka_unit_test(test_views_fill_a_slide),
        cmocka_unit_test(test_inset_hides_no_curve),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
