/* Surfaces as .npz, .csv and .vtk, and as .h5 for the peer's scripts. */
#include <math.h>

#include "scratch.h"

static const char *const metric_names[] = {"train_loss", "train_acc"};

/* As in test_surface_file.c: every kind of number, one point not computed, one
 * interpolated, a true -1. */
static void make(tw_surface *surface, int rank) {
    const tw_axis x = {-1, 1, 5}, y = {0, 1, 3};
    assert_ok(tw_surface_init(surface, &x, rank == 2 ? &y : NULL, 2, metric_names));
    for (size_t m = 0; m < 2; m++) {
        double *plane = tw_surface_plane(surface, m);
        for (size_t p = 0; p < 5 * surface->ny; p++)
            plane[p] = 100 * (double)m + 10 * (double)(p / 5) + (double)(p % 5) + 0.25;
        plane[0] = -1;
        plane[1] = NAN;
        plane[2] = INFINITY;
        plane[3] = -INFINITY;
    }
    memset(surface->computed, 1, 5 * surface->ny);
    surface->computed[5 * surface->ny - 1] = 0;
    surface->computed[0] = 2;
}

static void compare(const tw_surface *a, const tw_surface *b) {
    assert_int_equal(a->rank, b->rank);
    assert_int_equal(a->nx, b->nx);
    assert_int_equal(a->ny, b->ny);
    assert_int_equal(a->metrics, b->metrics);
    assert_memory_equal(a->x, b->x, a->nx * sizeof *a->x);
    if (a->rank == 2)
        assert_memory_equal(a->y, b->y, a->ny * sizeof *a->y);
    assert_memory_equal(a->computed, b->computed, a->nx * a->ny);
    for (size_t m = 0; m < a->metrics; m++) {
        assert_string_equal(a->names[m], b->names[m]);
        for (size_t p = 0; p < a->nx * a->ny; p++)
            assert_true(!a->computed[p] ||
                        same(tw_surface_plane(a, m)[p], tw_surface_plane(b, m)[p]));
    }
}

static void write_form(const char *path, int rank) {
    tw_surface surface;
    tw_provenance provenance = {0};
    make(&surface, rank);
    assert_ok(tw_provenance_add(&provenance, "command", "thalweg plane \xc3\xa9"));
    assert_ok(tw_surface_write(path, &surface, &provenance));
    tw_provenance_release(&provenance);
    tw_surface_release(&surface);
    assert_no_part();
}

static void everything_comes_back(void **state) {
    static const char *const files[] = {"s1.npz", "s2.npz", "s1.csv", "s2.csv", "s1.h5", "s2.h5"};
    for (int f = 0; f < 6; f++) {
        tw_surface wanted, back;
        tw_provenance made_by = {0};
        tw_result_kind kind;
        write_form(scratch(files[f]), 1 + f % 2);
        make(&wanted, 1 + f % 2);
        assert_ok(tw_surface_read(scratch(files[f]), &back, &made_by));
        compare(&wanted, &back);
        assert_int_equal(made_by.count, 1);
        assert_string_equal(tw_provenance_get(&made_by, "command"), "thalweg plane \xc3\xa9");
        assert_ok(tw_result_kind_of(scratch(files[f]), &kind));
        assert_int_equal(kind, TW_RESULT_SURFACE);
        /* equal results are equal bytes */
        char again[32];
        snprintf(again, sizeof again, "again%s", strchr(files[f], '.'));
        assert_ok(tw_surface_write(scratch(again), &back, &made_by));
        assert_same_bytes(scratch(again), scratch(files[f]));
        tw_provenance_release(&made_by);
        tw_surface_release(&wanted);
        tw_surface_release(&back);
    }
}

static void seen_from_outside(void **state) {
    for (int rank = 1; rank <= 2; rank++) {
        write_form(scratch(rank == 1 ? "o1.npz" : "o2.npz"), rank);
        outside("check_surface_npz", scratch(rank == 1 ? "o1.npz" : "o2.npz"));
        write_form(scratch(rank == 1 ? "o1.vtk" : "o2.vtk"), rank);
        outside("check_surface_vtk", scratch(rank == 1 ? "o1.vtk" : "o2.vtk"));
        write_form(scratch(rank == 1 ? "o1.vts" : "o2.vts"), rank);
        outside("check_surface_vts", scratch(rank == 1 ? "o1.vts" : "o2.vts"));
    }
    write_form(scratch("o2.csv"), 2);
    outside("check_surface_csv", scratch("o2.csv"));
}

/* A slice of a loss without an accuracy, a rectangle, and the name of the directions' file. */
static void the_peers_scripts_read_ours(void **state) {
    const tw_axis x = {-1, 1, 5}, y = {0, 1, 3};
    tw_surface surface, back;
    tw_provenance provenance = {0}, made_by = {0};
    assert_ok(tw_provenance_add(&provenance, "dir_file", "ways/d.h5"));
    assert_ok(tw_surface_init(&surface, &x, NULL, 1, metric_names));
    for (int p = 0; p < 5; p++)
        surface.values[p] = 10 + p;
    memset(surface.computed, 1, 5);
    assert_ok(tw_surface_write(scratch("slice.h5"), &surface, NULL));
    tw_surface_release(&surface);
    outside("check_slice_for_the_peer", scratch("slice.h5"));
    assert_ok(tw_surface_read(scratch("slice.h5"), &back, NULL));
    assert_int_equal(back.metrics, 1); /* what is there for plot_1D.py is no metric */
    tw_surface_release(&back);
    outside("fill_placeholder", scratch("slice.h5"));
    assert_ok(tw_surface_read(scratch("slice.h5"), &back, NULL));
    assert_int_equal(back.metrics, 2); /* unless it was filled in since */
    assert_true(tw_surface_plane(&back, (size_t)tw_surface_metric(&back, "train_acc"))[3] == 3);
    tw_surface_release(&back);

    const char *const of_test[] = {"test_loss"};
    assert_ok(tw_surface_init(&surface, &x, NULL, 1, of_test));
    for (int p = 0; p < 5; p++)
        surface.values[p] = 10 + p;
    memset(surface.computed, 1, 5);
    assert_ok(tw_surface_write(scratch("test.h5"), &surface, NULL));
    tw_surface_release(&surface);
    outside("check_test_slice_for_the_peer", scratch("test.h5"));
    assert_ok(tw_surface_read(scratch("test.h5"), &back, NULL));
    assert_int_equal(back.metrics, 1);
    tw_surface_release(&back);

    assert_ok(tw_surface_init(&surface, &x, &y, 2, metric_names));
    for (int p = 0; p < 15; p++) {
        surface.values[p] = 10 + p % 5 + 10 * (p / 5);
        surface.values[15 + p] = p;
    }
    memset(surface.computed, 1, 15);
    assert_ok(tw_surface_write(scratch("plane.h5"), &surface, &provenance));
    tw_surface_release(&surface);
    outside("check_plane_for_the_peer", scratch("plane.h5"));
    assert_ok(tw_surface_read(scratch("plane.h5"), &back, &made_by));
    assert_int_equal(back.metrics, 2);
    assert_int_equal(made_by.count, 1);
    assert_string_equal(tw_provenance_get(&made_by, "dir_file"), "ways/d.h5");
    tw_surface_release(&back);
    tw_provenance_release(&provenance);
    tw_provenance_release(&made_by);
}

static void the_peers_dir_file(void **state) {
    tw_surface surface;
    tw_provenance made_by = {0};
    assert_ok(
        tw_surface_read(shared_path("reference/resnet20-plane/surface.h5"), &surface, &made_by));
    assert_string_equal(tw_provenance_get(&made_by, "dir_file"), "directions.h5");
    tw_surface_release(&surface);
    tw_provenance_release(&made_by);
}

static void foreign_forms(void **state) {
    static const char *const planes[] = {"foreign.npz", "shuffled.csv"};
    outside("make_surface_forms", scratch(""));
    for (int f = 0; f < 2; f++) {
        tw_surface surface;
        assert_ok(tw_surface_read(scratch(planes[f]), &surface, NULL));
        assert_int_equal(surface.rank, 2);
        assert_int_equal(surface.metrics, 1);
        assert_int_equal(surface.nx, 3);
        assert_int_equal(surface.ny, 2);
        for (size_t p = 0; p < 6; p++) {
            /* shuffled: y = 4 and x = 0, 1, 2 come up first */
            double x = surface.x[p % 3], y = surface.y[p / 3];
            assert_true(surface.values[p] == x + (y == 4 ? 3 : 0));
            assert_int_equal(surface.computed[p], 1);
        }
        tw_surface_release(&surface);
    }
    tw_surface line;
    assert_ok(tw_surface_read(scratch("line.npz"), &line, NULL));
    assert_int_equal(line.rank, 1);
    assert_true(line.values[2] == 2);
    tw_surface_release(&line);
}

static void bad_forms_are_refused(void **state) {
    static const struct {
        const char *name, *words;
        tw_status status;
    } bad[] = {
        {"transposed.npz", "'acc' has shape (3, 2), columns first", TW_ERR_SHAPE},
        {"no_metric.npz", "no array of 2 x 3 values"},
        {"no_x.npz", "'x' is not an array of coefficients"},
        {"nan_x.npz", "x[1] is nan"},
        {"mask.npz", "'computed' has 5 entries for 6 points"},
        {"x_matrix.npz", "'x' is not an array of coefficients"},
        {"twice.csv", "row 4 repeats a point"},
        {"hole.csv", "3 rows for a grid of 2 x 2"},
        {"nan.csv", "y is nan in row 2"},
        {"no_metric.csv", "no metric"},
        {"no_x.csv", "without a column 'x'"},
        {"no_points.csv", "no points"},
    };
    outside("make_surface_forms", scratch(""));
    for (size_t k = 0; k < sizeof bad / sizeof bad[0]; k++) {
        tw_surface surface;
        assert_fails(bad[k].status != TW_OK ? bad[k].status : TW_ERR_FORMAT, bad[k].words,
                     tw_surface_read(scratch(bad[k].name), &surface, NULL));
        assert_null(surface.values);
    }
    tw_surface surface;
    const char *const taken[] = {"x"};
    assert_ok(tw_surface_init(&surface, &(tw_axis){0, 1, 2}, NULL, 1, taken));
    assert_fails(TW_ERR_ARGUMENT, "the name 'x'",
                 tw_surface_write(scratch("a.npz"), &surface, NULL));
    assert_fails(TW_ERR_ARGUMENT, "the name 'x'",
                 tw_surface_write(scratch("a.csv"), &surface, NULL));
    assert_fails(TW_ERR_ARGUMENT, "the name 'x'",
                 tw_surface_write(scratch("a.vtk"), &surface, NULL));
    assert_fails(TW_ERR_ARGUMENT, ".h5, .npz, .csv, .vts or .vtk",
                 tw_surface_write(scratch("a.txt"), &surface, NULL));
    tw_surface_release(&surface);
    write_form(scratch("w.vtk"), 2);
    assert_fails(TW_ERR_FORMAT, "VTK's format, which is written only",
                 tw_surface_read(scratch("w.vtk"), &surface, NULL));
    write_form(scratch("w.vts"), 2);
    assert_fails(TW_ERR_FORMAT, "VTK's format, which is written only",
                 tw_surface_read(scratch("w.vts"), &surface, NULL));
}

/* What can be done with a form is asked of its path, capitals or not. */
static void forms_say_what_they_can(void **state) {
    static const struct {
        const char *path;
        unsigned can;
    } cases[] = {{"a.h5", TW_SURFACE_READ_BACK | TW_SURFACE_KEEPS_PATHS},
                 {"a.HDF5", TW_SURFACE_READ_BACK | TW_SURFACE_KEEPS_PATHS},
                 {"a.npz", TW_SURFACE_READ_BACK},
                 {"a.csv", TW_SURFACE_READ_BACK},
                 {"a.VTS", TW_SURFACE_HEIGHTS},
                 {"a.vtk", TW_SURFACE_HEIGHTS},
                 {"a.npy", 0},
                 {".vts", 0}};
    char list[64] = "";
    for (size_t k = 0; k < sizeof cases / sizeof cases[0]; k++)
        assert_int_equal(tw_surface_form_can(cases[k].path), cases[k].can);
    for (size_t k = 0; tw_surface_ending(0, k) != NULL; k++)
        strcat(list, tw_surface_ending(0, k));
    assert_string_equal(list, ".h5.npz.csv.vts.vtk");
    assert_string_equal(tw_surface_ending(TW_SURFACE_HEIGHTS, 1), ".vtk");
    assert_null(tw_surface_ending(TW_SURFACE_KEEPS_PATHS, 1));
    assert_null(tw_surface_ending(TW_SURFACE_KEEPS_PATHS | TW_SURFACE_HEIGHTS, 0));
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(everything_comes_back),
        cmocka_unit_test(seen_from_outside),
        cmocka_unit_test(the_peers_scripts_read_ours),
        cmocka_unit_test(the_peers_dir_file),
        cmocka_unit_test(foreign_forms),
        cmocka_unit_test(bad_forms_are_refused),
        cmocka_unit_test(forms_say_what_they_can),
    };
    return cmocka_run_group_tests(tests, scratch_setup, scratch_teardown);
}
