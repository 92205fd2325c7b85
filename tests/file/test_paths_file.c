/* Paths in surface files: round trips, the surface beside them untouched, h5py's view, damage. */
#include <math.h>
#include <unistd.h>

#include "scratch.h"

static void make_surface(const char *path) {
    static const char *const names[] = {"train_loss"};
    tw_surface surface;
    tw_provenance provenance = {0};
    assert_ok(tw_surface_init(&surface, &(tw_axis){-1, 1, 5}, &(tw_axis){0, 1, 3}, 1, names));
    for (size_t p = 0; p < 15; p++) {
        surface.values[p] = (double)p;
        surface.computed[p] = p != 7;
    }
    assert_ok(tw_provenance_add(&provenance, "command", "thalweg plane"));
    assert_ok(tw_surface_write(path, &surface, &provenance));
    tw_provenance_release(&provenance);
    tw_surface_release(&surface);
}

static double number(size_t path, int list, size_t k) {
    return k == 3 && list >= 4 ? NAN : 100 * (double)path + 10 * list + (double)k + 0.5;
}

/* Path 0 has 5 checkpoints, path 1 two and no name, path 2 is a point. */
static tw_paths make_paths(void) {
    static const size_t counts[] = {5, 2, 1};
    static const char *const names[] = {"adam \xc3\xa9", NULL, "B"};
    tw_paths paths = {.count = 3, .path = calloc(3, sizeof *paths.path)};
    for (size_t p = 0; p < 3; p++) {
        tw_path *path = &paths.path[p];
        assert_ok(tw_path_init(path, names[p], counts[p]));
        double *lists[] = {path->x,        path->y,    path->length,
                           path->distance, path->loss, path->plane_loss};
        for (int list = 0; list < 6; list++)
            for (size_t k = 0; k < counts[p]; k++)
                lists[list][k] = number(p, list, k);
    }
    paths.labels[0] = strdup("PC1, 87.3 %");
    return paths;
}

static void compare(const tw_paths *a, const tw_paths *b) {
    assert_int_equal(a->count, b->count);
    for (size_t p = 0; p < a->count; p++) {
        const tw_path *one = &a->path[p], *two = &b->path[p];
        assert_int_equal(one->count, two->count);
        assert_true((one->name == NULL) == (two->name == NULL));
        if (one->name != NULL)
            assert_string_equal(one->name, two->name);
        for (size_t k = 0; k < one->count; k++) {
            assert_true(same(one->x[k], two->x[k]) && same(one->y[k], two->y[k]));
            assert_true(same(one->length[k], two->length[k]));
            assert_true(same(one->distance[k], two->distance[k]));
            assert_true(same(one->loss[k], two->loss[k]));
            assert_true(same(one->plane_loss[k], two->plane_loss[k]));
        }
    }
    assert_string_equal(a->labels[0], b->labels[0]);
    assert_null(b->labels[1]);
}

static void round_trip(void **state) {
    const char *path = scratch("plane.h5"), *plain = scratch("plain.h5");
    tw_paths paths = make_paths(), back;
    make_surface(path);
    make_surface(plain);
    assert_ok(tw_paths_read(path, &back));
    assert_true(back.count == 0 && back.path == NULL);
    for (int round = 0; round < 2; round++) { /* the second replaces the first */
        assert_ok(tw_paths_write(path, &paths));
        assert_ok(tw_paths_read(path, &back));
        compare(&paths, &back);
        tw_paths_release(&back);
    }
    /* fewer than there were */
    tw_paths fewer = {.count = 1, .path = paths.path};
    assert_ok(tw_paths_write(path, &fewer));
    assert_ok(tw_paths_read(path, &back));
    assert_true(back.count == 1 && back.labels[0] == NULL);
    tw_paths_release(&back);
    tw_paths_release(&back);

    tw_surface surface, before;
    tw_provenance provenance = {0};
    tw_result_kind kind;
    assert_ok(tw_surface_read(path, &surface, &provenance));
    assert_ok(tw_surface_read(plain, &before, NULL));
    assert_int_equal(surface.metrics, 1);
    assert_memory_equal(surface.values, before.values, 15 * sizeof(double));
    assert_memory_equal(surface.computed, before.computed, 15);
    assert_string_equal(tw_provenance_get(&provenance, "command"), "thalweg plane");
    assert_ok(tw_result_kind_of(path, &kind));
    assert_int_equal(kind, TW_RESULT_SURFACE);
    tw_provenance_release(&provenance);
    tw_surface_release(&surface);
    tw_surface_release(&before);
    tw_paths_release(&paths);
    assert_no_part();
}

static void equal_bytes(void **state) {
    const char *path = scratch("one.h5"), *other = scratch("two.h5");
    tw_paths paths = make_paths();
    make_surface(path);
    make_surface(other);
    assert_ok(tw_paths_write(path, &paths));
    assert_ok(tw_paths_write(other, &paths));
    assert_same_bytes(path, other);
    tw_paths_release(&paths);
}

static void seen_by_h5py(void **state) {
    tw_paths paths = make_paths();
    make_surface(scratch("plane.h5"));
    assert_ok(tw_paths_write(scratch("plane.h5"), &paths));
    tw_paths_release(&paths);
    outside("check_paths", scratch("plane.h5"));
}

/* Files made by h5py: paths in a surface of the peer's, and such as cannot be. */
static void made_by_h5py(void **state) {
    tw_paths paths;
    outside("make_paths", scratch(""));
    assert_ok(tw_paths_read(scratch("paths-good.h5"), &paths));
    assert_int_equal(paths.count, 1);
    assert_true(paths.path[0].x[1] == 2 && isnan(paths.path[0].loss[0]));
    tw_paths_release(&paths);
    static const struct {
        const char *file, *words;
    } bad[] = {
        {"paths-length.h5", "'thalweg/paths/0/y' has 3 numbers, not 2"},
        {"paths-missing.h5", "thalweg/paths/0/loss"},
        {"paths-rank.h5", "'thalweg/paths/0/x' is not a list"},
        {"paths-empty.h5", "'thalweg/paths/0/x' is not a list"},
        {"paths-names.h5", "thalweg/paths/names"},
        {"paths-more.h5", "thalweg/paths/1/x"},
    };
    for (size_t k = 0; k < sizeof bad / sizeof bad[0]; k++) {
        assert_fails(TW_ERR_FORMAT, bad[k].words, tw_paths_read(scratch(bad[k].file), &paths));
        assert_true(paths.count == 0 && paths.path == NULL);
    }
}

static void bad_input(void **state) {
    tw_paths paths = make_paths(), none = {0};
    tw_path empty = {0};
    tw_paths hollow = {.count = 1, .path = &empty};
    const char *path = scratch("kept.h5");
    make_surface(path);
    size_t size, after;
    uint8_t *before = read_bytes(path, &size);
    assert_fails(TW_ERR_ARGUMENT, "0 paths", tw_paths_write(path, &none));
    assert_fails(TW_ERR_ARGUMENT, "path 1 has no checkpoint", tw_paths_write(path, &hollow));
    uint8_t *now = read_bytes(path, &after);
    assert_true(size == after && memcmp(before, now, size) == 0);
    assert_fails(TW_ERR_IO, "No such file", tw_paths_write(scratch("absent.h5"), &paths));
    assert_fails(TW_ERR_IO, "No such file", tw_paths_read(scratch("absent.h5"), &none));
    write_bytes(scratch("text.h5"), "hello", 5);
    assert_fails(TW_ERR_FORMAT, "not an HDF5 file", tw_paths_write(scratch("text.h5"), &paths));
    /* cut short anywhere: an answer or a line, never a crash; the file stays */
    assert_ok(tw_paths_write(path, &paths));
    free(before);
    before = read_bytes(path, &size);
    for (size_t part = size / 2; part < size; part += size / 37) {
        write_bytes(scratch("cut.h5"), before, part);
        tw_paths read;
        if (tw_paths_read(scratch("cut.h5"), &read) == TW_OK)
            tw_paths_release(&read);
    }
    free(before);
    free(now);
    tw_paths_release(&paths);
    assert_no_part();
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(round_trip),   cmocka_unit_test(equal_bytes),
        cmocka_unit_test(seen_by_h5py), cmocka_unit_test(made_by_h5py),
        cmocka_unit_test(bad_input),
    };
    return cmocka_run_group_tests(tests, scratch_setup, scratch_teardown);
}
