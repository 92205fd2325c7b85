/* A library without Cairo says so. */
#include "support.h"

static void test_unsupported(void **state) {
    double one = 1;
    tw_curve curve = {.count = 1, .x = &one, .y = &one};
    assert_int_equal(tw_plot_available(), 0);
    assert_fails(TW_ERR_UNSUPPORTED, "Cairo", tw_plot_curves("a.png", NULL, 1, &curve, NULL));
    assert_fails(TW_ERR_UNSUPPORTED, "Cairo", tw_plot_surface("a.png", NULL, NULL, 0));
    assert_fails(TW_ERR_UNSUPPORTED, "Cairo", tw_plot_steps("a.png", NULL, 1, &one, &one, 1));
    assert_fails(TW_ERR_UNSUPPORTED, "Cairo", tw_plot_contact_sheet("a.png", NULL, NULL, 1));
    assert_fails(TW_ERR_UNSUPPORTED, "Cairo", tw_plot_sweep("a.png", NULL, NULL));
    assert_fails(TW_ERR_UNSUPPORTED, "Cairo", tw_plot_gradcheck("a.png", NULL, NULL));
    assert_fails(TW_ERR_UNSUPPORTED, "Cairo", tw_plot_barcode("a.png", NULL, NULL, NULL));
    assert_fails(TW_ERR_UNSUPPORTED, "Cairo", tw_plot_spectrum("a.png", NULL, NULL));
    assert_fails(TW_ERR_UNSUPPORTED, "Cairo", tw_plot_paths("a.png", NULL));
    assert_string_equal(tw_view_name(TW_VIEW_3D), "3d");
}

int main(void) {
    const struct CMUnitTest tests[] = {cmocka_unit_test(test_unsupported)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
