/* Colour maps against matplotlib's. */
#include "support.h"

#include <math.h>

#include "draw/colormap.h"

static void test_names(void **state) {
    for (int i = 0; i < 5; i++)
        assert_int_equal(tw_colormap_find(tw_colormap_name((tw_colormap)i)), i);
    for (int i = 0; i < 4; i++)
        assert_int_equal(tw_view_find(tw_view_name((tw_view)i)), i);
    assert_int_equal(tw_colormap_find("jet"), -1);
    assert_int_equal(tw_view_find(NULL), -1);
    assert_null(tw_colormap_name((tw_colormap)99));
    assert_null(tw_view_name((tw_view)-1));
}

static void test_ends(void **state) {
    tw_rgb low = tw_colormap_at(TW_COLORMAP_VIRIDIS, -3), high = tw_colormap_at(0, 7);
    assert_close(low.r * 255, 68, 0, 0.01);
    assert_close(high.r * 255, 253, 0, 0.01);
    low = tw_colormap_at(TW_COLORMAP_VIRIDIS, NAN);
    assert_close(low.b * 255, 84, 0, 0.01);
    tw_rgb middle = tw_colormap_at(TW_COLORMAP_RDBU, 0.5); /* white-ish: zero */
    assert_true(tw_rgb_luminance(middle) > 0.96);
}

/* Luminance of the sequential maps rises throughout: they read in grey, too. */
static void test_luminance(void **state) {
    for (int map = TW_COLORMAP_VIRIDIS; map <= TW_COLORMAP_MAGMA; map++)
        for (int i = 1; i < 256; i++)
            assert_true(tw_rgb_luminance(tw_colormap_at((tw_colormap)map, i / 255.0)) >
                        tw_rgb_luminance(tw_colormap_at((tw_colormap)map, (i - 1) / 255.0)) - 1e-3);
}

/* CIE lightness of the grey map rises linearly. */
static void test_grey(void **state) {
    for (int i = 0; i < 256; i++) {
        tw_rgb c = tw_colormap_at(TW_COLORMAP_GREY, i / 255.0);
        double y = c.g <= 0.04045 ? c.g / 12.92 : pow((c.g + 0.055) / 1.055, 2.4);
        double lightness = y > 216 / 24389.0 ? 116 * cbrt(y) - 16 : y * 24389 / 27;
        assert_true(c.r == c.g && c.g == c.b);
        assert_close(lightness, 8 + 89 * i / 255.0, 0, 0.6);
    }
}

static void test_matplotlib(void **state) {
    const char *python = getenv("THALWEG_MATPLOTLIB");
    if (python == NULL || *python == '\0')
        skip();
    char command[4096];
    snprintf(command, sizeof command, "'%s' -W ignore '%s/tests/plot/colormaps_reference.py'",
             python, getenv("THALWEG_SOURCE"));
    FILE *reference = popen(command, "r");
    double worst = 0;
    for (int map = 0; map < 4; map++) {
        for (int i = 0; i < 256; i++) {
            double r, g, b;
            assert_int_equal(fscanf(reference, "%lf %lf %lf", &r, &g, &b), 3);
            tw_rgb c = tw_colormap_at((tw_colormap)map, i / 255.0);
            worst = fmax(worst, fmax(fabs(c.r - r), fmax(fabs(c.g - g), fabs(c.b - b))));
        }
    }
    pclose(reference);
    assert_true(worst < 1.5 / 255);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_names),      cmocka_unit_test(test_ends),
        cmocka_unit_test(test_luminance),  cmocka_unit_test(test_grey),
        cmocka_unit_test(test_matplotlib),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
