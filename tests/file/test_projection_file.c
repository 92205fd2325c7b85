/* Projections: round trips, h5py's view of ours through the reads of the peer's plot_2D.py, ours of
 * the peer's. */
#include <math.h>

#include "scratch.h"

enum { ROWS = 4 };
static const char *const names[] = {"step", TW_PROJECTION_X, TW_PROJECTION_Y, "distance"};

static void make(tw_table *table) {
    assert_ok(tw_table_init(table, TW_PROJECTION_KIND, 4, names));
    for (int k = 0; k < ROWS; k++)
        assert_ok(tw_table_append(
            table, (double[]){100 * k, 1.0 / 3 - k, -0.1 * k * k, k == 2 ? NAN : 5e-324}));
}

static void round_trip(const char *path) {
    tw_table table, back;
    tw_provenance provenance = {0}, made_by = {0};
    make(&table);
    assert_ok(tw_provenance_add(&provenance, "dir_file", "pca.h5"));
    assert_ok(tw_projection_write(path, &table, &provenance));
    assert_ok(tw_projection_read(path, &back, &made_by));
    assert_string_equal(back.kind, TW_PROJECTION_KIND);
    assert_string_equal(tw_provenance_get(&made_by, "dir_file"), "pca.h5");
    assert_int_equal(back.columns, 4);
    assert_int_equal(back.rows, ROWS);
    for (size_t c = 0; c < 4; c++) {
        assert_string_equal(back.names[c], names[c]);
        for (size_t k = 0; k < ROWS; k++)
            assert_true(same(back.values[c][k], table.values[c][k]));
    }
    tw_result_kind kind;
    assert_ok(tw_result_kind_of(path, &kind));
    assert_int_equal(kind, TW_RESULT_TABLE);
    tw_table_release(&back);
    tw_table_release(&table);
    tw_provenance_release(&provenance);
    tw_provenance_release(&made_by);
    assert_no_part();
}

static void both_forms_give_everything_back(void **state) {
    round_trip(scratch("path.h5"));
    round_trip(scratch("path.csv"));
}

static void the_peer_reads_ours(void **state) {
    tw_table table;
    make(&table);
    assert_ok(tw_projection_write(scratch("ours.h5"), &table, NULL));
    tw_table_release(&table);
    outside("check_projection", scratch("ours.h5"));
}

/* What outside.py wrote as the peer does: (n) at first, (n, 1) in later files. */
static void the_peers_are_read(void **state) {
    outside("make_projections", scratch(""));
    static const char *const files[] = {"flat.h5", "column.h5"};
    for (int f = 0; f < 2; f++) {
        tw_table table;
        assert_ok(tw_projection_read(scratch(files[f]), &table, NULL));
        assert_int_equal(table.rows, 3);
        const double *x = table.values[tw_table_column(&table, TW_PROJECTION_X)];
        const double *y = table.values[tw_table_column(&table, TW_PROJECTION_Y)];
        for (int k = 0; k < 3; k++) {
            assert_true(x[k] == k - 0.5);
            assert_true(y[k] == 10.0 * k);
        }
        tw_table_release(&table);
    }
    tw_table table;
    assert_fails(TW_ERR_FORMAT, "proj_ycoord",
                 tw_projection_read(scratch("no_y.h5"), &table, NULL));
    assert_fails(TW_ERR_FORMAT, "proj_xcoord[1] is nan",
                 tw_projection_read(scratch("nan.h5"), &table, NULL));
    assert_fails(TW_ERR_FORMAT, "not a column",
                 tw_projection_read(scratch("lengths.h5"), &table, NULL));
    assert_fails(TW_ERR_FORMAT, "not a column",
                 tw_projection_read(scratch("matrix.h5"), &table, NULL));
    assert_fails(TW_ERR_FORMAT, "no points", tw_projection_read(scratch("none.h5"), &table, NULL));
}

static void what_is_none_is_refused(void **state) {
    tw_table table;
    make(&table);
    assert_fails(TW_ERR_ARGUMENT, ".h5 or .csv",
                 tw_projection_write(scratch("a.npz"), &table, NULL));
    table.values[1][1] = INFINITY;
    assert_fails(TW_ERR_FORMAT, "proj_xcoord[1] is inf",
                 tw_projection_write(scratch("a.h5"), &table, NULL));
    table.values[1][1] = 0;
    table.rows = 0;
    assert_fails(TW_ERR_FORMAT, "no points", tw_projection_write(scratch("a.h5"), &table, NULL));
    tw_table_release(&table);
    assert_ok(tw_table_init(&table, "steps", 2, names + 1));
    assert_ok(tw_table_append(&table, (double[]){1, 2}));
    assert_fails(TW_ERR_ARGUMENT, "kind 'steps'",
                 tw_projection_write(scratch("a.h5"), &table, NULL));
    assert_ok(tw_table_write(scratch("steps.h5"), &table, NULL));
    tw_table_release(&table);
    assert_fails(TW_ERR_FORMAT, "kind 'steps'",
                 tw_projection_read(scratch("steps.h5"), &table, NULL));
    assert_fails(TW_ERR_IO, "missing.h5", tw_projection_read(scratch("missing.h5"), &table, NULL));
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(both_forms_give_everything_back),
        cmocka_unit_test(the_peer_reads_ours),
        cmocka_unit_test(the_peers_are_read),
        cmocka_unit_test(what_is_none_is_refused),
    };
    return cmocka_run_group_tests(tests, scratch_setup, scratch_teardown);
}
