/* Files of spectra as 'plot', 'info' and 'eigen:K@FILE' read them: whole ones, and every kind of
 * damage. */
#include "scratch.h"

#include "file/state_file.h"

static tw_space *space_of_six(void) {
    tw_space *space = NULL;
    assert_ok(tw_space_new(&space));
    assert_ok(tw_space_add(space, &(tw_block){.name = "W", .rank = 2, .shape = {2, 2}}));
    assert_ok(tw_space_add(space, &(tw_block){.name = "b", .rank = 1, .shape = {2}}));
    return space;
}

static tw_status direction(const char *path, int k, double x[6]) {
    double value, residual;
    tw_space *space = space_of_six();
    tw_status status = tw_curvature_report_direction(path, space, k, x, &value, &residual);
    tw_space_free(space);
    return status;
}

static tw_status read(const char *path) {
    tw_curvature_report report;
    tw_status status = tw_curvature_report_read(path, &report, NULL);
    tw_curvature_report_release(&report);
    return status;
}

/* What the documented layout says, written by others. */
static void whole_ones_are_read(void **state) {
    tw_curvature_report r;
    double x[6];
    outside("make_spectra", scratch(""));
    assert_ok(tw_curvature_report_read(scratch("spectrum.h5"), &r, NULL));
    assert_true(r.complete && r.facts.dimension == 6 && r.facts.products == 20);
    assert_true(r.largest_count == 2 && r.largest[1].value == 2 && r.largest[1].residual == 1e-9);
    assert_true(r.smallest_count == 1 && r.smallest[0].value == -2 && r.eigenvalue_count == 6);
    assert_true(r.trace.trace == 3 && r.trace.block_count == 2 &&
                r.trace.blocks[1].standard_error == 0.25);
    assert_string_equal(r.block_names[1], "b");
    assert_true(r.density.probes == 2 && r.density.steps == 3 && r.density.counts[1] == 2);
    tw_curvature_report_release(&r);
    assert_ok(direction(scratch("spectrum.h5"), 2, x));
    assert_true(x[0] == 1.5 && x[5] == -0.5);
    assert_fails(TW_ERR_ARGUMENT, "no vector -2: it has 1 of the smallest",
                 direction(scratch("spectrum.h5"), -2, x));
}

static const struct {
    const char *name, *words;
} faults[] = {
    {"other_kind", "not a spectrum, as 'thalweg spectrum' writes it"},
    {"no_kind", "not a spectrum"},
    {"no_residual", "largest/residual"},
    {"value_is_text", "largest/value"},
    {"value_is_group", "largest/value"},
    {"pairs_are_numbers", "largest"},
    {"value_is_matrix", "/largest/value has 2 axes, not 1"},
    {"value_is_empty", "/largest/value is empty"},
    {"value_is_null", "largest/value"},
    {"value_is_nan", "pair 2 of /largest is nan, with a residual of 1e-09"},
    {"residuals_are_few", "/largest/residual has 1 numbers, not 2"},
    {"residual_is_nan", "pair 2 of /largest is 2, with a residual of nan"},
    {"residual_is_negative", "pair 1 of /smallest is -2, with a residual of -1e-09"},
    {"no_dimension_known", "/curvature/dimension has 2 numbers, not 1"},
    {"parameters_are_negative", "/curvature/parameters is -1"},
    {"parameters_are_too_many", "/curvature/parameters is 1e+30"},
    {"matrix_is_unknown", "/curvature/matrix is 7"},
    {"stop_is_nan", "/pairs/stop is nan"},
    {"complete_is_half", "/curvature/complete is 0.5"},
    {"complete_is_seven", "/curvature/complete is 7"},
    {"trace_is_nan", "/trace/trace is nan"},
    {"eigenvalue_is_infinite", "/eigenvalues[0] is inf"},
    {"eigenvalues_are_square", "/eigenvalues has 2 axes, not 1"},
    {"blocks_have_no_errors", "/trace/blocks has 1 columns, not 2"},
    {"block_is_nan", "block 1 of /trace is nan, with a standard error of 0.25"},
    {"block_error_is_negative", "block 0 of /trace is 2, with a standard error of -1"},
    {"no_names", "trace/names"},
    {"names_are_few", "1 names of 2 blocks"},
    {"names_are_numbers", "trace/names"},
    {"no_weights", "density/weights"},
    {"no_counts", "density/counts"},
    {"no_nodes", "density/nodes"},
    {"no_blocks", "trace/blocks"},
    {"nodes_are_a_line", "/density/nodes has 1 axes, not 2"},
    {"weights_are_turned", "/density/weights is not of the shape of /density/nodes"},
    {"weights_are_many", "/density/weights is not of the shape of /density/nodes"},
    {"weight_is_negative", "node 0 of /density is -2 with a weight of -0.25"},
    {"weight_is_two", "with a weight of 2"},
    {"node_is_nan", "node 4 of /density is nan"},
    {"count_is_zero", "/density/counts[1] is 0"},
    {"count_is_too_large", "/density/counts[1] is 4"},
    {"count_is_negative", "/density/counts[1] is -1"},
    {"count_is_nan", "/density/counts[1] is nan"},
    {"counts_are_few", "/density/counts has 1 numbers, not 2"},
    {"no_eigenvalues_at_all", "/density/dimension is 0"},
    {"claims_much", "density/nodes"},
};

static void faults_are_named(void **state) {
    outside("make_bad_spectra", scratch(""));
    for (size_t k = 0; k < sizeof faults / sizeof faults[0]; k++) {
        char name[64], quoted[64];
        snprintf(name, sizeof name, "%s.h5", faults[k].name);
        snprintf(quoted, sizeof quoted, "%s.h5'", faults[k].name);
        tw_message_clear();
        tw_status status = read(scratch(name));
        if (status != TW_ERR_FORMAT || strstr(tw_message(), faults[k].words) == NULL ||
            strstr(tw_message(), quoted) == NULL)
            fail_msg("%s: %s: %s", name, tw_status_text(status), tw_message());
    }
}

/* The vectors are looked at by whoever asks for them. */
static void faulty_vectors_are_named(void **state) {
    static const struct {
        const char *name, *words;
        tw_status status;
    } vectors[] = {
        {"vector_is_nan", "b[1] is nan; every number must be finite", TW_ERR_FORMAT},
        {"vector_is_turned", "block 'W' of the model is (2, 2)", TW_ERR_SHAPE},
        {"tensor_is_missing", "/largest/1 has 1 tensors, but the model has 2", TW_ERR_SHAPE},
        {"tensor_is_elsewhere", "largest/1/1", TW_ERR_FORMAT},
        {"tensor_is_too_much", "/largest/1 has 3 tensors, but the model has 2", TW_ERR_SHAPE},
        {"no_vector", "has no vector 1", TW_ERR_ARGUMENT},
        {"value_is_nan", "pair 2 of /largest is nan", TW_ERR_FORMAT},
        {"other_kind", "not a spectrum", TW_ERR_FORMAT},
    };
    outside("make_bad_spectra", scratch(""));
    for (size_t k = 0; k < sizeof vectors / sizeof vectors[0]; k++) {
        char name[64];
        double x[6];
        snprintf(name, sizeof name, "%s.h5", vectors[k].name);
        assert_fails(vectors[k].status, vectors[k].words, direction(scratch(name), 1, x));
        assert_non_null(strstr(tw_message(), name));
    }
}

/* ---- files cut short, and of other kinds ---- */

static void cut_files_are_refused(void **state) {
    size_t size;
    double x[6];
    outside("make_spectra", scratch(""));
    uint8_t *bytes = read_bytes(scratch("spectrum.h5"), &size);
    for (size_t length = 0; length < size; length += 1 + length / 50) {
        write_bytes(scratch("cut.h5"), bytes, length);
        assert_fails(TW_ERR_FORMAT, "cut.h5", read(scratch("cut.h5")));
        assert_fails(TW_ERR_FORMAT, "cut.h5", direction(scratch("cut.h5"), 1, x));
    }
    free(bytes);
}

static void cut_states_are_refused(void **state) {
    size_t size, count;
    tw_descent_part *parts;
    outside("make_spectra", scratch(""));
    uint8_t *bytes = read_bytes(scratch("state.h5"), &size);
    assert_ok(tw_state_read(scratch("state.h5"), TW_SPECTRUM_STATE_KIND, &count, &parts, NULL));
    assert_int_equal(count, 4);
    tw_descent_parts_free(count, parts);
    for (size_t length = 0; length < size; length += 1 + length / 50) {
        write_bytes(scratch("cut.h5"), bytes, length);
        assert_fails(
            TW_ERR_FORMAT, "cut.h5",
            tw_state_read(scratch("cut.h5"), TW_SPECTRUM_STATE_KIND, &count, &parts, NULL));
        assert_true(count == 0 && parts == NULL);
    }
    free(bytes);
    assert_fails(
        TW_ERR_FORMAT, "spectrum.h5': not the state of a spectrum",
        tw_state_read(scratch("spectrum.h5"), TW_SPECTRUM_STATE_KIND, &count, &parts, NULL));
}

static void other_files_are_refused(void **state) {
    static const char *const names[] = {"x"};
    double x[6] = {0};
    tw_table table;
    assert_ok(tw_table_init(&table, "steps", 1, names));
    assert_ok(tw_table_write(scratch("table.h5"), &table, NULL));
    assert_ok(tw_table_write(scratch("table.csv"), &table, NULL));
    assert_ok(tw_array_write(scratch("array.npy"), 1, (size_t[]){6}, x));
    tw_table_release(&table);
    static const char *const files[] = {"table.h5", "table.csv", "array.npy"};
    for (int k = 0; k < 3; k++) {
        assert_fails(TW_ERR_FORMAT, files[k], read(scratch(files[k])));
        assert_fails(TW_ERR_FORMAT, files[k], direction(scratch(files[k]), 1, x));
    }
    assert_fails(TW_ERR_IO, "absent.h5", read(scratch("absent.h5")));
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(whole_ones_are_read),      cmocka_unit_test(faults_are_named),
        cmocka_unit_test(faulty_vectors_are_named), cmocka_unit_test(cut_files_are_refused),
        cmocka_unit_test(cut_states_are_refused),   cmocka_unit_test(other_files_are_refused),
    };
    return cmocka_run_group_tests(tests, scratch_setup, scratch_teardown);
}
