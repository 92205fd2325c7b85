/* Surfaces and paths for VTK: which metric is the height, what of an interrupted survey, and where
 * paths lie. outside.py parses the files strictly; VTK 9.1 itself reads them alike. */
#include <math.h>

#include "scratch.h"
#include "support.h"
#include "thalweg/file.h"

/* Of files of others metrics come in the order of the alphabet: the loss is shown all the same. */
static void the_height_is_the_loss(void **state) {
    static const char *const names[] = {"train_acc", "train_loss"};
    static const double values[] = {10, 20, 30, 40, 50, 60, 100, 10, 1, 0, -1, INFINITY};
    const struct {
        const char *name;
        tw_vtk_options options;
    } cases[] = {{"h.loss.vts", {.log = 0}},
                 {"h.acc.vts", {.metric = "train_acc"}},
                 {"h.log.vts", {.metric = "train_loss", .log = 1}}};
    tw_surface surface;
    assert_ok(tw_surface_init(&surface, &(tw_axis){-1, 1, 3}, &(tw_axis){0, 1, 2}, 2, names));
    memcpy(surface.values, values, sizeof values);
    memset(surface.computed, 1, 6);
    for (size_t k = 0; k < 3; k++) {
        assert_ok(tw_surface_write_vtk(scratch(cases[k].name), &surface, &cases[k].options, NULL));
        outside("check_heights", scratch(cases[k].name));
    }
    assert_ok(tw_surface_write(scratch("i.loss.vts"), &surface, NULL));
    outside("check_heights", scratch("i.loss.vts"));
    assert_fails(TW_ERR_ARGUMENT, "no metric 'loss'",
                 tw_surface_write_vtk(scratch("n.vts"), &surface,
                                      &(tw_vtk_options){.metric = "loss"}, NULL));
    for (size_t p = 6; p < 12; p++)
        surface.values[p] = -1;
    assert_fails(
        TW_ERR_ARGUMENT, "no value of 'train_loss' is above 0",
        tw_surface_write_vtk(scratch("n.vtk"), &surface, &(tw_vtk_options){.log = 1}, NULL));
    assert_fails(TW_ERR_ARGUMENT, ".vts or .vtk",
                 tw_surface_write_vtk(scratch("n.csv"), &surface, NULL, NULL));
    tw_surface_release(&surface);
}

static void shown_metrics(void **state) {
    static const struct {
        const char *names[3];
        size_t shown;
    } cases[] = {{{"regularizer", "test_loss", "train_loss"}, 2},
                 {{"accuracy", "loss", "val_loss"}, 1},
                 {{"acc", "min_eig", "val_loss"}, 2},
                 {{"min_eig", "max_eig", "trace"}, 0},
                 {{"a", "test_acc", "test_loss"}, 2}};
    for (size_t k = 0; k < sizeof cases / sizeof cases[0]; k++) {
        tw_surface surface;
        assert_ok(tw_surface_init(&surface, &(tw_axis){0, 1, 2}, NULL, 3, cases[k].names));
        assert_int_equal(tw_surface_shown(&surface), cases[k].shown);
        tw_surface_release(&surface);
    }
}

/* 3 x + y on `count` x `count` points. */
static void make_slope(tw_surface *surface, size_t count) {
    static const char *const names[] = {"train_loss"};
    assert_ok(
        tw_surface_init(surface, &(tw_axis){-1, 1, count}, &(tw_axis){0, 2, count}, 1, names));
    for (size_t p = 0; p < count * count; p++) {
        surface->values[p] = 3 * surface->x[p % count] + surface->y[p / count];
        surface->computed[p] = 1;
    }
}

static void an_interrupted_plane_is_not_empty(void **state) {
    tw_surface surface;
    make_slope(&surface, 17);
    for (size_t p = 0; p < 289; p++)
        if (p % 17 % 4 != 0 || p / 17 % 4 != 0)
            surface.computed[p] = 0;
    assert_ok(tw_surface_write(scratch("part.vtk"), &surface, NULL));
    outside("check_lattice", scratch("part.vtk"));
    assert_ok(tw_surface_write(scratch("part.vts"), &surface, NULL));
    outside("check_lattice", scratch("part.vts"));
    tw_surface_release(&surface);
}

static void paths_lie_on_the_surface(void **state) {
    static const size_t counts[] = {3, 1, 2};
    static const char *const names[] = {"sgd & <co>", "C", NULL};
    static const double x[] = {-1, 0.125, 0.5, 0.3, 5, 0}, y[] = {0, 1, 1.5, 0.7, 1, -3};
    tw_path list[3];
    tw_surface surface;
    for (size_t k = 0, at = 0; k < 3; k++) {
        assert_ok(tw_path_init(&list[k], names[k], counts[k]));
        for (size_t i = 0; i < counts[k]; i++, at++) {
            list[k].x[i] = x[at];
            list[k].y[i] = y[at];
            if (k == 0)
                list[k].loss[i] = (double)i;
        }
    }
    const tw_paths paths = {.count = 3, .path = list};
    make_slope(&surface, 5);
    assert_ok(tw_paths_write_vtp(scratch("on.vtp"), &paths, &surface, NULL, NULL));
    outside("check_paths_vtp", scratch("on.vtp"));
    assert_ok(tw_paths_write_vtp(scratch("flat.vtp"), &paths, NULL, NULL, NULL));
    outside("check_paths_vtp", scratch("flat.vtp"));
    assert_fails(TW_ERR_ARGUMENT, "there are no paths",
                 tw_paths_write_vtp(scratch("no.vtp"), &(tw_paths){0}, &surface, NULL, NULL));
    tw_surface_release(&surface);
    for (size_t k = 0; k < 3; k++)
        tw_path_release(&list[k]);
    assert_no_part();
}

/* What a projection does not know is no distance of 0. */
static void a_projection_is_a_path(void **state) {
    static const char *const few[] = {"proj_ycoord", "proj_xcoord", "train_loss"};
    static const char *const more[] = {"proj_xcoord", "proj_ycoord", "distance", "length"};
    tw_table table;
    tw_path path;
    assert_ok(tw_table_init(&table, TW_PROJECTION_KIND, 3, few));
    assert_ok(tw_table_append(&table, (const double[]){1, 2, 3}));
    assert_ok(tw_table_append(&table, (const double[]){4, 5, 6}));
    assert_ok(tw_projection_path(&table, "run", &path));
    assert_string_equal(path.name, "run");
    assert_int_equal(path.count, 2);
    assert_true(path.x[0] == 2 && path.y[1] == 4 && path.loss[1] == 6);
    assert_true(isnan(path.plane_loss[0]));
    assert_null(path.distance);
    assert_null(path.length);
    tw_path_release(&path);
    tw_table_release(&table);
    assert_ok(tw_table_init(&table, TW_PROJECTION_KIND, 4, more));
    assert_ok(tw_table_append(&table, (const double[]){1, 2, 3, 4}));
    assert_ok(tw_projection_path(&table, NULL, &path));
    assert_true(path.distance[0] == 3 && path.length[0] == 4);
    tw_path_release(&path);
    tw_table_release(&table);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_height_is_the_loss),
        cmocka_unit_test(shown_metrics),
        cmocka_unit_test(an_interrupted_plane_is_not_empty),
        cmocka_unit_test(paths_lie_on_the_surface),
        cmocka_unit_test(a_projection_is_a_path),
    };
    return cmocka_run_group_tests(tests, scratch_setup, scratch_teardown);
}
