/* Maps of curvature: the ratio of the extreme eigenvalues, and their signs. */
#include <math.h>

#include "curvature_samples.h"
#include "figure_folder.h"
#include "plot_samples.h"
#include "study/picture.h"

/* Point 7 with these eigenvalues, found to 1e-3, as a map shows it. */
static double curved_point(double least, double greatest, tw_curvature_picture map,
                           const tw_study_picture_options *options, tw_figure *figure) {
    tw_surface s, shown = {0};
    *figure = (tw_figure){.bytes = sizeof *figure};
    sample_curved(&s, 5, 5);
    s.values[25 + 7] = least;
    s.values[50 + 7] = greatest;
    assert_ok(tw_picture_curvature(&s, map, options, figure, &shown));
    double value = shown.values[7];
    tw_surface_release(&shown);
    sample_free(&s);
    return value;
}

/* A ratio is that of the paper where the least eigenvalue is negative by more than its error, and 0
 * where the loss is convex. */
static void test_curvature_maps(void **state) {
    static const struct {
        double least, greatest, ratio, class;
    } points[] = {
        {-1, 4, 0.25, 1}, {-1, 1e-3, 1000, 2}, {-1, 0, HUGE_VAL, 2}, {-3, -2, 1.5, 2}, {2, 3, 0, 0},
        {-9e-4, 3, 0, 0}, {-9e-4, 9e-4, 0, 0}, {-2e-3, 1, 2e-3, 1},  {0, 0, 0, 0},
    };
    const tw_study_picture_options plain = tw_study_picture_defaults();
    tw_figure figure;
    for (size_t k = 0; k < sizeof points / sizeof points[0]; k++) {
        double least = points[k].least, greatest = points[k].greatest;
        double ratio = curved_point(least, greatest, TW_PICTURE_RATIO, &plain, &figure);
        assert_true(ratio == points[k].ratio || fabs(ratio - points[k].ratio) < 1e-12);
        double class = curved_point(least, greatest, TW_PICTURE_SIGNS, &plain, &figure);
        assert_close(class, points[k].class, 0, 0);
    }
    assert_true(isnan(curved_point(NAN, 1, TW_PICTURE_RATIO, &plain, &figure)));
    assert_true(isnan(curved_point(1, NAN, TW_PICTURE_SIGNS, &plain, &figure)));
    assert_int_equal(figure.class_count, 3);
}

/* Where lambda_max goes through 0 one point is as large as one likes: the scale ends at 2, unless
 * another was asked for. */
static void test_ratio_scale(void **state) {
    static const char *const beyond[] = {"1 value above 2 drawn at 2, up to 1000", NULL};
    tw_surface s;
    sample_curved(&s, 5, 5);
    s.values[25 + 7] = -1;
    s.values[50 + 7] = 1e-3;
    assert_ok(sample_draw_curved(path_of("beyond", "pdf"), &s, TW_PICTURE_RATIO));
    if (has_tool("pdftotext"))
        assert_says(path_of("beyond", "pdf"), beyond);
    sample_free(&s);
    tw_study_picture_options options = tw_study_picture_defaults();
    tw_figure figure;
    curved_point(-1, 1e-3, TW_PICTURE_RATIO, &options, &figure);
    assert_int_equal(figure.scale, TW_SCALE_LINEAR);
    assert_close(figure.most, 2, 0, 0);
    options.linear = 1;
    curved_point(-1, 1e-3, TW_PICTURE_RATIO, &options, &figure);
    assert_close(figure.most, 0, 0, 0);
    options = tw_study_picture_defaults();
    options.log = 1;
    curved_point(-1, 1e-3, TW_PICTURE_RATIO, &options, &figure);
    assert_close(figure.most, 0, 0, 0);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_curvature_maps),
        cmocka_unit_test(test_ratio_scale),
    };
    return cmocka_run_group_tests(tests, make_folder, remove_folder);
}
