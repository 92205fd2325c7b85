/* Tables as text and as HDF5. */
#include <locale.h>
#include <math.h>

#include "scratch.h"

static const char *const names[] = {"step", "loss"};
static const double rows[4][2] = {
    {1e-10, 2.2}, {0.1, NAN}, {1.0 / 3, INFINITY}, {5e-324, -1.7976931348623157e308}};

static void make(tw_table *table) {
    assert_ok(tw_table_init(table, "steps", 2, names));
    for (size_t k = 0; k < 4; k++)
        assert_ok(tw_table_append(table, rows[k]));
}

static void compare(const tw_table *a, const tw_table *b) {
    assert_string_equal(a->kind, b->kind);
    assert_int_equal(a->columns, b->columns);
    assert_int_equal(a->rows, b->rows);
    for (size_t k = 0; k < a->columns; k++) {
        assert_string_equal(a->names[k], b->names[k]);
        for (size_t row = 0; row < a->rows; row++)
            assert_true(same(a->values[k][row], b->values[k][row]));
    }
}

static void round_trip(const tw_table *table, const char *path) {
    tw_table back;
    tw_provenance provenance = {0}, made_by = {0};
    assert_ok(tw_provenance_add(&provenance, "zeta", "first: a, b"));
    assert_ok(tw_provenance_add(&provenance, "seed", "%d", 7));
    assert_ok(tw_provenance_add(&provenance, "alpha", "%s", ""));
    assert_ok(tw_table_write(path, table, &provenance));
    assert_ok(tw_table_read(path, &back, &made_by));
    compare(table, &back);
    assert_int_equal(made_by.count, 3);
    for (size_t k = 0; k < 3; k++) {
        assert_string_equal(made_by.keys[k], provenance.keys[k]);
        assert_string_equal(made_by.texts[k], provenance.texts[k]);
    }
    tw_result_kind kind;
    assert_ok(tw_result_kind_of(path, &kind));
    assert_int_equal(kind, TW_RESULT_TABLE);
    tw_table_release(&back);
    tw_provenance_release(&provenance);
    tw_provenance_release(&made_by);
}

static void tables_come_back(void **state) {
    tw_table table;
    make(&table);
    round_trip(&table, scratch("t.csv"));
    round_trip(&table, scratch("t.h5"));
    assert_ok(tw_table_write(scratch("again.h5"), &table, NULL));
    assert_ok(tw_table_write(scratch("once_more.h5"), &table, NULL));
    assert_same_bytes(scratch("again.h5"), scratch("once_more.h5"));
    tw_table_release(&table);
    outside("check_table", scratch("t.csv"));
    outside("check_table", scratch("t.h5"));
}

static void many_rows_and_none(void **state) {
    tw_table table;
    assert_ok(tw_table_init(&table, "descent", 2, names));
    round_trip(&table, scratch("none.csv"));
    round_trip(&table, scratch("none.h5"));
    for (size_t k = 0; k < 1000; k++)
        assert_ok(tw_table_append(&table, (double[]){(double)k, 1 / (double)k}));
    round_trip(&table, scratch("many.csv"));
    round_trip(&table, scratch("many.h5"));
    assert_int_equal(tw_table_column(&table, "loss"), 1);
    assert_int_equal(tw_table_column(&table, "los"), -1);
    tw_table_release(&table);
}

/* More columns than any fixed room, and names that could be taken for something else. */
static void columns_of_any_name(void **state) {
    enum { MANY = 700 };
    char text[MANY][16];
    const char *many[MANY];
    double row[MANY];
    for (size_t k = 0; k < MANY; k++) {
        snprintf(text[k], sizeof text[k], "column %zu", k);
        many[k] = text[k];
        row[k] = (double)k / 7;
    }
    many[0] = "weights";
    many[1] = "xcoordinates";
    many[2] = "\xc3\xa9";
    tw_table table;
    assert_ok(tw_table_init(&table, "steps", MANY, many));
    assert_ok(tw_table_append(&table, row));
    round_trip(&table, scratch("wide.csv"));
    round_trip(&table, scratch("wide.h5"));
    tw_table_release(&table);
}

static void bad_names_are_refused(void **state) {
    static const char *const bad[] = {"a,b", "a\nb", "#a", "", "a/b", "thalweg"};
    tw_table table;
    for (size_t k = 0; k < 6; k++) {
        assert_ok(tw_table_init(&table, "steps", 1, &bad[k]));
        if (k < 4)
            assert_fails(TW_ERR_ARGUMENT, "cannot be the name",
                         tw_table_write(scratch("bad.csv"), &table, NULL));
        if (k > 2)
            assert_fails(TW_ERR_ARGUMENT, "cannot be the name",
                         tw_table_write(scratch("bad.h5"), &table, NULL));
        tw_table_release(&table);
    }
    assert_fails(TW_ERR_ARGUMENT, "without columns", tw_table_init(&table, "steps", 0, NULL));
    make(&table);
    assert_fails(TW_ERR_ARGUMENT, ".csv or .h5", tw_table_write(scratch("t.txt"), &table, NULL));
    tw_table_release(&table);
    assert_no_part();
}

static void bad_cells_are_named(void **state) {
    static const struct {
        const char *text, *words;
    } cases[] = {
        {"", "not a table: the file is empty"},
        {"\n\n", "not a table: the file is empty"},
        {"step,loss\n1,2\n", "does not begin with '# thalweg KIND'"},
        {"# thalweg steps\n", "no header line"},
        {"# thalweg steps\n# a: b\n", "no header line"},
        {"# thalweg steps\na,,b\n", "line 2: column 2 has no name"},
        {"# thalweg steps\na,b\n1,2\n\n1,x\n", "line 5, column 2: 'x' is not a number"},
        {"# thalweg steps\na,b\n1,\n", "line 3, column 2: '' is not a number"},
        {"# thalweg steps\na,b\n1 2,3\n", "line 3, column 1: '1 2' is not a number"},
        {"# thalweg steps\na,b\n1,2,3\n", "line 3: more than the 2 columns"},
        {"# thalweg steps\na,b\n1\n", "line 3: 1 columns, the header has 2"},
        {"# thalweg steps\na,b\n1,2\r3,4\n", "line 3, column 2"},
    };
    tw_table table;
    for (size_t k = 0; k < sizeof cases / sizeof cases[0]; k++) {
        write_bytes(scratch("bad.csv"), cases[k].text, strlen(cases[k].text));
        assert_fails(TW_ERR_FORMAT, cases[k].words,
                     tw_table_read(scratch("bad.csv"), &table, NULL));
        assert_non_null(strstr(tw_message(), "bad.csv"));
        assert_null(table.values);
    }
    write_bytes(scratch("bad.csv"), "# thalweg steps\na\n1\0002\n", 22);
    assert_fails(TW_ERR_FORMAT, "line 3: a zero byte",
                 tw_table_read(scratch("bad.csv"), &table, NULL));
    assert_fails(TW_ERR_IO, "No such file", tw_table_read(scratch("no.csv"), &table, NULL));
    assert_fails(TW_ERR_IO, "it is a directory", tw_table_read(scratch(""), &table, NULL));
}

/* What people and other programs do to a table: blank lines, CRLF, comments, blanks, no newline. */
static void edited_tables_are_read(void **state) {
    static const char text[] = "# thalweg steps\r\n#note\r\n# by: me\r\n\r\na,b\r\n 1 ,2\r\n# x\r\n"
                               "inf,-nan\r\n0x10,+1e3";
    tw_table table;
    tw_provenance provenance = {0};
    write_bytes(scratch("edited.csv"), text, sizeof text - 1);
    assert_ok(tw_table_read(scratch("edited.csv"), &table, &provenance));
    assert_string_equal(table.kind, "steps");
    assert_int_equal(table.rows, 3);
    assert_string_equal(table.names[1], "b");
    assert_true(table.values[0][0] == 1 && table.values[0][2] == 16 && table.values[1][2] == 1000);
    assert_true(isnan(table.values[1][1]));
    assert_int_equal(provenance.count, 1);
    assert_string_equal(tw_provenance_get(&provenance, "by"), "me");
    assert_null(tw_provenance_get(&provenance, "x"));
    tw_provenance_release(&provenance);
    tw_table_release(&table);
}

/* A line end in a text must not become a line of the table. */
static void texts_stay_on_their_line(void **state) {
    tw_table table, back;
    tw_provenance provenance = {0}, made_by = {0};
    make(&table);
    assert_ok(tw_provenance_add(&provenance, "command", "a\n1,2\r\nb"));
    assert_ok(tw_table_write(scratch("lines.csv"), &table, &provenance));
    assert_ok(tw_table_read(scratch("lines.csv"), &back, &made_by));
    compare(&table, &back);
    assert_string_equal(tw_provenance_get(&made_by, "command"), "a 1,2  b");
    tw_table_release(&table);
    tw_table_release(&back);
    tw_provenance_release(&provenance);
    tw_provenance_release(&made_by);
}

/* A program that speaks German writes and reads the same file. */
static void locale_changes_nothing(void **state) {
    static const char *const commas[] = {"de_DE.UTF-8", "fr_FR.UTF-8", "de_DE", "nl_NL.UTF-8"};
    const char *set = NULL;
    for (size_t k = 0; k < 4 && set == NULL; k++)
        set = setlocale(LC_ALL, commas[k]);
    if (set == NULL) {
        print_message("skipped: no locale with a decimal comma\n");
        skip();
    }
    tw_table table;
    make(&table);
    round_trip(&table, scratch("german.csv"));
    setlocale(LC_ALL, "C");
    round_trip(&table, scratch("plain.csv"));
    assert_same_bytes(scratch("german.csv"), scratch("plain.csv"));
    tw_table_release(&table);
}

static void surfaces_are_no_tables(void **state) {
    const tw_axis x = {-1, 1, 3};
    tw_surface surface;
    tw_table table;
    assert_ok(tw_surface_init(&surface, &x, NULL, 1, names));
    assert_ok(tw_surface_write(scratch("s.h5"), &surface, NULL));
    assert_fails(TW_ERR_FORMAT, "not a table", tw_table_read(scratch("s.h5"), &table, NULL));
    tw_surface_release(&surface);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(tables_come_back),         cmocka_unit_test(many_rows_and_none),
        cmocka_unit_test(columns_of_any_name),      cmocka_unit_test(bad_names_are_refused),
        cmocka_unit_test(bad_cells_are_named),      cmocka_unit_test(edited_tables_are_read),
        cmocka_unit_test(texts_stay_on_their_line), cmocka_unit_test(locale_changes_nothing),
        cmocka_unit_test(surfaces_are_no_tables),
    };
    return cmocka_run_group_tests(tests, scratch_setup, scratch_teardown);
}
