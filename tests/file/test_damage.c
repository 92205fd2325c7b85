/* Files cut at any length, or with bytes changed: an error or a result, never a crash. */
#include "scratch.h"

static void try_array(const char *path) {
    tw_array array;
    if (tw_array_read(path, NULL, &array) == TW_OK)
        tw_array_release(&array);
}

static void try_surface(const char *path) {
    tw_surface surface;
    tw_provenance provenance = {0};
    if (tw_surface_read(path, &surface, &provenance) == TW_OK)
        tw_surface_release(&surface);
    tw_provenance_release(&provenance);
}

static void try_table(const char *path) {
    tw_table table;
    tw_provenance provenance = {0};
    if (tw_table_read(path, &table, &provenance) == TW_OK)
        tw_table_release(&table);
    tw_provenance_release(&provenance);
}

static void try_weights(const char *path) {
    tw_space *space = NULL;
    double x[6];
    assert_ok(tw_space_new(&space));
    assert_ok(tw_space_add(space, &(tw_block){.name = "only", .rank = 2, .shape = {2, 3}}));
    tw_status status = tw_weights_read(path, space, x);
    if (status == TW_OK)
        for (int k = 0; k < 6; k++)
            assert_true(x[k] == x[k]);
    tw_space_free(space);
}

static tw_space *small_space(void) {
    tw_space *space = NULL;
    assert_ok(tw_space_new(&space));
    assert_ok(tw_space_add(space, &(tw_block){.name = "W", .rank = 2, .shape = {2, 3}}));
    assert_ok(tw_space_add(space, &(tw_block){.name = "b", .rank = 1, .shape = {3}}));
    return space;
}

static void try_directions(const char *path) {
    tw_space *space = small_space(), *found = NULL;
    tw_plane read;
    tw_provenance provenance = {0};
    tw_status status = tw_directions_read(path, space, &read, &provenance);
    assert_true((status == TW_OK) == (read.x != NULL));
    tw_plane_release(&read);
    tw_provenance_release(&provenance);
    tw_directions_space(path, &found);
    tw_space_free(found);
    found = NULL;
    tw_weights_space(path, &found);
    tw_space_free(found);
    tw_space_free(space);
}

typedef void (*try_fn)(const char *path);

static void try_one(try_fn try, const char *path) {
    tw_result_kind kind;
    tw_message_clear();
    try(path);
    tw_result_kind_of(path, &kind);
}

static void damage(const char *path, try_fn try, size_t cuts, size_t changes) {
    size_t size;
    uint8_t *bytes = read_bytes(path, &size);
    const char *dot = strrchr(path, '.');
    char name[32];
    snprintf(name, sizeof name, "damaged%s", dot);
    const char *damaged = scratch(name);
    char kept[1024];
    snprintf(kept, sizeof kept, "%s", damaged);
    for (size_t k = 0; k < cuts; k++) { /* every length at first, then some */
        size_t length = size <= cuts ? k % (size + 1) : k < cuts / 2 ? k : k * (size / cuts);
        write_bytes(kept, bytes, length < size ? length : size);
        try_one(try, kept);
    }
    for (size_t k = 0; k < changes; k++) {
        size_t at = tw_rng_below(5, 1, k, size);
        uint8_t before = bytes[at];
        bytes[at] = (uint8_t)tw_rng_below(5, 2, k, 256);
        write_bytes(kept, bytes, size);
        try_one(try, kept);
        bytes[at] = before;
    }
    free(bytes);
}

/* A cut array must not be taken for a whole one. */
static void cut_arrays_are_refused(void **state) {
    double values[12] = {0};
    tw_array array;
    assert_ok(tw_array_write(scratch("whole.npy"), 2, (size_t[]){3, 4}, values));
    size_t size;
    uint8_t *bytes = read_bytes(scratch("whole.npy"), &size);
    for (size_t length = 0; length < size; length++) {
        write_bytes(scratch("cut.npy"), bytes, length);
        assert_true(tw_array_read(scratch("cut.npy"), NULL, &array) == TW_ERR_FORMAT);
    }
    free(bytes);
    damage(scratch("whole.npy"), try_array, 200, 500);
}

static void archives(void **state) {
    outside("make_arrays", scratch(""));
    damage(scratch("one.npz"), try_array, 150, 150);
    damage(scratch("one.npz"), try_weights, 150, 150);
    damage(scratch("two.npz"), try_array, 150, 150);
}

static void make_surface(const char *path) {
    const tw_axis x = {-1, 1, 5}, y = {0, 1, 3};
    const char *names[2] = {"train_loss", "train_acc"};
    tw_surface surface;
    tw_provenance provenance = {0};
    assert_ok(tw_surface_init(&surface, &x, &y, 2, names));
    assert_ok(tw_provenance_add(&provenance, "version", "1"));
    assert_ok(tw_provenance_add(&provenance, "command", "thalweg plane"));
    assert_ok(tw_surface_write(path, &surface, &provenance));
    tw_surface_release(&surface);
    tw_provenance_release(&provenance);
}

static void surfaces(void **state) {
    make_surface(scratch("whole.h5"));
    size_t size;
    uint8_t *bytes = read_bytes(scratch("whole.h5"), &size);
    tw_surface surface;
    for (size_t length = 0; length < size; length += 1 + length / 50) {
        write_bytes(scratch("cut.h5"), bytes, length);
        assert_true(tw_surface_read(scratch("cut.h5"), &surface, NULL) == TW_ERR_FORMAT);
    }
    free(bytes);
    damage(scratch("whole.h5"), try_surface, 100, 0);
}

static void other_surfaces(void **state) {
    static const char *const files[] = {"surface.npz", "surface.csv"};
    for (int f = 0; f < 2; f++) {
        make_surface(scratch(files[f]));
        damage(scratch(files[f]), try_surface, 100, 300);
    }
}

/* A cut file of directions must not be taken for a whole one. */
static void directions(void **state) {
    static const char *const files[] = {"whole_d.h5", "whole_d.npz"};
    double x[9] = {1, 2, 3, 4, 5, 6, 7, 8, 9}, y[9] = {9, 8, 7, 6, 5, 4, 3, 2, 1};
    tw_space *space = small_space();
    tw_plane made = tw_plane_of(tw_space_size(space), NULL, x, y);
    made.principal = 1;
    for (int f = 0; f < 2; f++) {
        assert_ok(tw_directions_write(scratch(files[f]), space, &made, NULL));
        size_t size;
        uint8_t *bytes = read_bytes(scratch(files[f]), &size);
        for (size_t length = 0; length < size; length += 1 + length / 50) {
            tw_plane read;
            const char *cut = scratch(f == 0 ? "cut_d.h5" : "cut_d.npz");
            write_bytes(cut, bytes, length);
            assert_fails(TW_ERR_FORMAT, "cut_d", tw_directions_read(cut, space, &read, NULL));
        }
        free(bytes);
        damage(scratch(files[f]), try_directions, 60, f == 0 ? 0 : 200);
    }
    tw_space_free(space);
}

static void projections(void **state) {
    const char *names[2] = {TW_PROJECTION_X, TW_PROJECTION_Y};
    tw_table table;
    assert_ok(tw_table_init(&table, TW_PROJECTION_KIND, 2, names));
    for (int k = 0; k < 5; k++)
        assert_ok(tw_table_append(&table, (double[]){k, -k}));
    assert_ok(tw_projection_write(scratch("path.h5"), &table, NULL));
    tw_table_release(&table);
    damage(scratch("path.h5"), try_table, 60, 0);
}

static void tables(void **state) {
    const char *names[2] = {"step", "loss"};
    tw_table table;
    tw_provenance provenance = {0};
    assert_ok(tw_table_init(&table, "steps", 2, names));
    assert_ok(tw_provenance_add(&provenance, "version", "1"));
    for (int k = 0; k < 10; k++)
        assert_ok(tw_table_append(&table, (double[]){k / 3.0, -k * 1e300}));
    assert_ok(tw_table_write(scratch("whole.csv"), &table, &provenance));
    assert_ok(tw_table_write(scratch("table.h5"), &table, &provenance));
    tw_table_release(&table);
    tw_provenance_release(&provenance);
    damage(scratch("whole.csv"), try_table, 150, 500);
    damage(scratch("table.h5"), try_table, 100, 0);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(cut_arrays_are_refused),
        cmocka_unit_test(archives),
        cmocka_unit_test(surfaces),
        cmocka_unit_test(other_surfaces),
        cmocka_unit_test(directions),
        cmocka_unit_test(projections),
        cmocka_unit_test(tables),
    };
    return cmocka_run_group_tests(tests, scratch_setup, scratch_teardown);
}
