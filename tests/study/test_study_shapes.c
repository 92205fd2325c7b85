/* Sharpness and shapes of surfaces as studies give them, against closed forms. */
#include <math.h>

#include "support.h"

/* ---- sharpness: f = sum x_i^2 ---- */

enum { N = 8 };

static tw_study_model *sphere_at(double where) {
    static double point[N];
    tw_study_model_options options = tw_study_model_defaults();
    tw_study_model *model = NULL;
    for (int k = 0; k < N; k++)
        point[k] = where;
    options.model = "sphere:8";
    options.at = (tw_numbers){N, point};
    assert_ok(tw_study_model_open(NULL, &options, &model));
    return model;
}

/* At its minimum it has risen by r^2, in every direction. */
static void rises_at_a_minimum(void **state) {
    tw_study_model *model = sphere_at(0);
    tw_study_sharpness_options options = tw_study_sharpness_defaults();
    tw_sharpness_result r;
    options.radii = (tw_numbers){2, (double[]){0.25, 3}};
    options.rise = 0.49;
    assert_ok(tw_study_sharpness_run(model, &options, &r));
    assert_true(r.loss == 0 && r.count == 2 && r.dimension == N && r.draws == 32);
    for (size_t k = 0; k < 2; k++) {
        double square = r.rises[k].radius * r.rises[k].radius;
        assert_close(r.rises[k].average, square, 1e-12, 0);
        assert_true(r.rises[k].average_error < 1e-12 * square);
        assert_close(r.rises[k].worst, square, 1e-12, 0);
    }
    assert_close(r.average_radius, 0.7, 1e-3, r.average_radius_error);
    assert_close(r.worst_radius, 0.7, 1e-3, r.worst_radius_error);
    tw_sharpness_result_release(&r);
    /* without either, the usual radii */
    options = tw_study_sharpness_defaults();
    assert_ok(tw_study_sharpness_run(model, &options, &r));
    assert_true(r.count == 4 && r.rises[3].radius == 0.5 && isnan(r.average_radius));
    tw_sharpness_result_release(&r);
    tw_study_model_free(model);
}

/* On the slope, at (a, ..., a): in the plain ball r^2 on average and 2 a sqrt(n) r + r^2 at worst;
 * elementwise it is a ball of radius a r. The single step along the gradient is the worst one. */
static void rises_on_a_slope(void **state) {
    const double a = 0.3, radius = 0.2;
    tw_study_model *model = sphere_at(a);
    for (int ball = 0; tw_study_ball_name((size_t)ball) != NULL; ball++) {
        tw_study_sharpness_options options = tw_study_sharpness_defaults();
        tw_sharpness_result r;
        options.radii = (tw_numbers){1, (double[]){radius}};
        options.ball = ball;
        assert_ok(tw_study_sharpness_run(model, &options, &r));
        int weight = strcmp(tw_study_ball_name((size_t)ball), "elementwise") == 0;
        int plain = strcmp(tw_study_ball_name((size_t)ball), "plain") == 0;
        double reach = radius * (plain ? 1 : weight ? a : a * sqrt(N));
        assert_close(r.rises[0].average, reach * reach, 1e-9, 0);
        assert_close(r.rises[0].worst, 2 * a * sqrt(N) * reach + reach * reach, 1e-9, 0);
        assert_close(r.rises[0].sam, r.rises[0].worst, 1e-9, 0);
        tw_sharpness_result_release(&r);
    }
    tw_study_model_free(model);
}

/* ---- the shape of Himmelblau's function ---- */

/* From the literature: its four minima (0) and the passes between them. */
static const double pass_of[4] = {0, 104.0152, 67.7192, 13.3119};

static void himmelblau(tw_surface *s) {
    static const char *const names[] = {"train_loss"};
    const tw_axis x = {-5, 5, 201}, y = {-5, 5, 201};
    assert_ok(tw_surface_init(s, &x, &y, 1, names));
    for (size_t k = 0; k < s->nx * s->ny; k++) {
        double u = s->x[k % s->nx], v = s->y[k / s->nx];
        s->values[k] = pow(u * u + v - 11, 2) + pow(u + v * v - 7, 2);
        s->computed[k] = 1;
    }
}

static void minima_and_passes(void **state) {
    tw_surface s;
    tw_study_topology shape;
    tw_study_topology_options options = tw_study_topology_defaults();
    himmelblau(&s);
    options.between = "3,2:-3.78,-3.28";
    assert_ok(tw_study_topology_find(&options, &s, NULL, NULL, &shape));
    assert_int_equal(shape.shape.count, 4);
    const tw_minimum *m = shape.shape.minimum;
    assert_true(m[0].essential && m[0].place.value == 0 && m[0].place.x == 3 && m[0].place.y == 2);
    for (size_t k = 1; k < 4; k++) {
        assert_close(m[k].saddle.value, pass_of[k], 0, 0.6); /* the grid's, within its steps */
        assert_close(m[k].persistence, m[k].saddle.value - m[k].place.value, 1e-12, 0);
        assert_true(m[k].place.value < 0.1 && !m[k].on_edge && !m[k].noise);
    }
    assert_close(m[1].saddle.x, -3.0730, 0, 0.051);
    assert_close(m[1].saddle.y, -0.0814, 0, 0.051);
    assert_true(shape.has_pass);
    assert_close(shape.pass.rise[0], pass_of[1], 0, 0.6);
    tw_study_topology_release(&shape);

    options.between = "m3:m1"; /* over the pass of m3 */
    options.persistence = "20";
    assert_ok(tw_study_topology_find(&options, &s, NULL, NULL, &shape));
    assert_true(shape.shape.count == 3 && shape.shape.hidden == 1);
    assert_close(shape.pass.rise[1], pass_of[2], 0, 0.6);
    tw_study_topology_release(&shape);
    options.between = "m9:m1";
    assert_fails(TW_ERR_ARGUMENT, "m9", tw_study_topology_find(&options, &s, NULL, NULL, &shape));
    tw_surface_release(&s);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(rises_at_a_minimum),
        cmocka_unit_test(rises_on_a_slope),
        cmocka_unit_test(minima_and_passes),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
