/* Files of many or deep parts: what they cost, by the work counted and not by the clock, and sizes
 * that small files claim. */
#include "scratch.h"
#include "support.h"
#include "thalweg/file.h"

struct archive;
struct archive *__real_archive_read_new(void);
struct archive *__wrap_archive_read_new(void);

static int archives; /* opened */

struct archive *__wrap_archive_read_new(void) {
    archives++;
    return __real_archive_read_new();
}

enum { BLOCKS = 300 };

/* Opening an archive means going through its list: once for each array it is quadratic. */
static void an_archive_is_read_in_one_pass(void **state) {
    tw_space *space = NULL, *found = NULL;
    double x[2 * BLOCKS], back[2 * BLOCKS] = {0};
    assert_ok(tw_space_new(&space));
    for (int k = 0; k < BLOCKS; k++) {
        char name[32];
        snprintf(name, sizeof name, "layer%d/w", BLOCKS - k);
        const tw_block block = {.name = name, .role = TW_ROLE_WEIGHT, .rank = 2, .shape = {1, 2}};
        assert_ok(tw_space_add(space, &block));
        x[2 * k] = k;
        x[2 * k + 1] = -k;
    }
    assert_ok(tw_weights_write(scratch("many.npz"), space, x, NULL));
    archives = 0;
    assert_ok(tw_weights_space(scratch("many.npz"), &found));
    assert_int_equal(tw_space_blocks(found), BLOCKS);
    assert_in_range(archives, 1, 4);
    archives = 0;
    assert_ok(tw_weights_read(scratch("many.npz"), found, back));
    assert_memory_equal(x, back, sizeof x);
    assert_in_range(archives, 1, 4);
    tw_space_free(found);

    tw_plane directions = tw_plane_of(tw_space_size(space), NULL, x, NULL), read = {0};
    assert_ok(tw_directions_write(scratch("d.npz"), space, &directions, NULL));
    archives = 0;
    assert_ok(tw_directions_read(scratch("d.npz"), space, &read, NULL));
    assert_memory_equal(x, read.x, sizeof x);
    assert_in_range(archives, 1, 8);
    tw_plane_release(&read);
    tw_space_free(space);
}

/* What lies in the archive in another order, twice, or beside the blocks. */
static void blocks_are_found_by_name(void **state) {
    static const char *const names[] = {"b", "W"};
    tw_space *space = NULL;
    double x[6];
    outside("make_odd_archives", scratch(""));
    assert_ok(tw_space_new(&space));
    for (int k = 0; k < 2; k++) {
        const tw_block block = {.name = names[k], .role = TW_ROLE_WEIGHT, .rank = 1, .shape = {3}};
        assert_ok(tw_space_add(space, &block));
    }
    assert_ok(tw_weights_read(scratch("order.npz"), space, x));
    for (int k = 0; k < 6; k++)
        assert_true(x[k] == k + 1);
    assert_fails(TW_ERR_FORMAT, "no array 'b' in the archive; it has W, c",
                 tw_weights_read(scratch("missing.npz"), space, x));
    assert_fails(TW_ERR_SHAPE, "order_b", tw_weights_read(scratch("order_b.npz"), space, x));
    tw_space_free(space);
}

static void what_small_files_claim(void **state) {
    tw_space *space = NULL;
    tw_surface surface;
    outside("make_claims", scratch(""));
    assert_fails(TW_ERR_FORMAT, "its datasets up to 'm1' are together larger than the file",
                 tw_surface_read(scratch("surface.h5"), &surface, NULL));
    assert_fails(TW_ERR_FORMAT, "its datasets up to 'a/m10' are together larger than the file",
                 tw_weights_space(scratch("weights.h5"), &space));
    assert_fails(TW_ERR_FORMAT, "nested more than 64 deep",
                 tw_weights_space(scratch("deep.h5"), &space));
    assert_ok(tw_weights_space(scratch("nested.h5"), &space));
    assert_int_equal(tw_space_blocks(space), 3); /* what two links lead to is one */
    assert_string_equal(tw_space_block(space, 0)->name, "a/b/w");
    assert_string_equal(tw_space_block(space, 1)->name, "a/c");
    assert_string_equal(tw_space_block(space, 2)->name, "again"); /* and "z" */
    tw_space_free(space);
}

/* Every row with numbers of its own, in no order. */
static void a_shuffled_table(void **state) {
    tw_surface surface;
    outside("make_shuffled", scratch(""));
    assert_ok(tw_surface_read(scratch("shuffled.csv"), &surface, NULL));
    assert_int_equal(surface.nx, 70);
    assert_int_equal(surface.ny, 50);
    for (size_t p = 0; p < 3500; p++)
        assert_true(surface.values[p] == 1000 * surface.y[p / 70] + surface.x[p % 70]);
    tw_surface_release(&surface);
    assert_fails(TW_ERR_FORMAT, "40000 rows for a grid of 40000 x 40000 points",
                 tw_surface_read(scratch("diagonal.csv"), &surface, NULL));
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(an_archive_is_read_in_one_pass),
        cmocka_unit_test(blocks_are_found_by_name),
        cmocka_unit_test(what_small_files_claim),
        cmocka_unit_test(a_shuffled_table),
    };
    return cmocka_run_group_tests(tests, scratch_setup, scratch_teardown);
}
