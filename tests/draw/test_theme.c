/* Inks on dark paper: light enough to read, in the order and the hue that they have on white. */
#include "support.h"

#include <math.h>

#include "draw/canvas.h"

static double linear(double c) {
    return c <= 0.04045 ? c / 12.92 : pow((c + 0.055) / 1.055, 2.4);
}

static double luminance(tw_rgb c) {
    return 0.2126 * linear(c.r) + 0.7152 * linear(c.g) + 0.0722 * linear(c.b);
}

/* Of WCAG 2: 21 for black on white. */
static double contrast(tw_rgb a, tw_rgb b) {
    double x = luminance(a), y = luminance(b);
    return (fmax(x, y) + 0.05) / (fmin(x, y) + 0.05);
}

static const tw_rgb INKS[] = {{0, 0x72 / 255.0, 0xb2 / 255.0},
                              {0xd5 / 255.0, 0x5e / 255.0, 0},
                              {0, 0x9e / 255.0, 0x73 / 255.0},
                              {0xcc / 255.0, 0x79 / 255.0, 0xa7 / 255.0},
                              {0xe6 / 255.0, 0x9f / 255.0, 0},
                              {0x9a / 255.0, 0x3f / 255.0, 0x7f / 255.0},
                              {0, 0, 0},
                              {0x22 / 255.0, 0x22 / 255.0, 0x22 / 255.0}};
enum { INK_COUNT = sizeof INKS / sizeof INKS[0] };

static void test_light(void **state) {
    for (size_t k = 0; k < INK_COUNT; k++) {
        tw_rgb c = tw_theme_tone(TW_THEME_LIGHT, INKS[k]);
        assert_memory_equal(&c, &INKS[k], sizeof c);
    }
}

static void test_dark_inks(void **state) {
    tw_rgb paper = tw_theme_tone(TW_THEME_DARK, TW_PAPER);
    assert_true(luminance(paper) < 0.02);
    for (size_t k = 0; k < INK_COUNT; k++)
        assert_true(contrast(tw_theme_tone(TW_THEME_DARK, INKS[k]), paper) > 4.5);
    assert_true(contrast(tw_theme_tone(TW_THEME_DARK, TW_INK), paper) > 10);
}

static void test_dark_greys(void **state) {
    double last = 2;
    for (int k = 0; k <= 100; k++) { /* lighter on white is darker on dark paper */
        tw_rgb c = tw_theme_tone(TW_THEME_DARK, (tw_rgb){k / 100.0, k / 100.0, k / 100.0});
        assert_close(c.r, c.g, 0, 2e-3);
        assert_close(c.b, c.g, 0, 2e-3);
        assert_true(c.g < last);
        last = c.g;
    }
    tw_rgb tint = tw_theme_tone(TW_THEME_DARK, (tw_rgb){1, 0.91, 0.85});
    assert_true(luminance(tint) < 0.1 && tint.r > tint.g && tint.g > tint.b);
}

static void test_dark_hues(void **state) {
    tw_rgb blue = tw_theme_tone(TW_THEME_DARK, TW_LOSS_INK);
    tw_rgb orange = tw_theme_tone(TW_THEME_DARK, TW_ACCURACY_INK);
    assert_true(blue.b > blue.g && blue.g > blue.r + 0.1);
    assert_true(orange.r > orange.g && orange.g > orange.b + 0.1);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_light),
        cmocka_unit_test(test_dark_inks),
        cmocka_unit_test(test_dark_greys),
        cmocka_unit_test(test_dark_hues),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
