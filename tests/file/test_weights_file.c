/* Weights of a model of three blocks and of one, in every format. */
#include "scratch.h"

/* W (2, 3), b (3), and a scalar whose name has a folder: 0 ... 9. */
static tw_space *three_blocks(void) {
    tw_space *space = NULL;
    const tw_block blocks[] = {{.name = "W", .rank = 2, .shape = {2, 3}},
                               {.name = "b", .rank = 1, .shape = {3}},
                               {.name = "deep/scale", .rank = 0}};
    assert_ok(tw_space_new(&space));
    for (size_t k = 0; k < 3; k++)
        assert_ok(tw_space_add(space, &blocks[k]));
    return space;
}

static tw_space *one_block(void) {
    tw_space *space = NULL;
    assert_ok(tw_space_new(&space));
    assert_ok(tw_space_add(space, &(tw_block){.name = "W", .rank = 2, .shape = {2, 3}}));
    return space;
}

static void check(const char *name, const tw_space *space) {
    double x[10];
    assert_ok(tw_weights_read(scratch(name), space, x));
    for (size_t k = 0; k < tw_space_size(space); k++)
        if (x[k] != (double)k)
            fail_msg("%s: entry %zu is %g", name, k, x[k]);
}

static void foreign_weights_are_read(void **state) {
    tw_space *three = three_blocks(), *one = one_block();
    outside("make_weights", scratch(""));
    static const char *const names[] = {"good.npz",   "packed.npz", "flat.npy",
                                        "flat_f.npy", "root.h5",    "grouped.h5"};
    for (size_t k = 0; k < 6; k++)
        check(names[k], three);
    static const char *const one_names[] = {"good.npz", "matrix.npy", "root.h5", "complex.h5"};
    for (size_t k = 0; k < 3; k++)
        check(one_names[k], one);
    tw_space_free(three);
    tw_space_free(one);
}

static void bad_weights_are_refused(void **state) {
    static const struct {
        const char *name;
        tw_status status;
        const char *words;
    } cases[] = {
        {"missing.npz", TW_ERR_FORMAT, "no array 'deep/scale' in the archive; it has W, b"},
        {"missing.h5", TW_ERR_FORMAT, "no dataset 'b'"},
        {"transposed.npz", TW_ERR_SHAPE, "shape (3, 2), but block 'W' of the model is (2, 3); tra"},
        {"shape.npz", TW_ERR_SHAPE, "shape (3, 1), but block 'b' of the model is (3,);"},
        {"nan.npz", TW_ERR_FORMAT, "W[1, 2] is nan"},
        {"inf.npz", TW_ERR_FORMAT, "b[1] is -inf"},
        {"short.npy", TW_ERR_SHAPE, "shape (9,), but the model has 10 numbers in 3 blocks"},
        {"matrix.npy", TW_ERR_SHAPE, "shape (2, 3), but the model has 10 numbers in 3 blocks"},
        {"complex.h5", TW_ERR_FORMAT, "'W' holds compounds (complex"},
        {"text.h5", TW_ERR_FORMAT, "'b' holds text"},
        {"none.npz", TW_ERR_IO, "No such file"},
        {"none.h5", TW_ERR_IO, "No such file"},
        {"none.npy", TW_ERR_IO, "No such file"},
        {"none.pth", TW_ERR_IO, "No such file"},
        {"weights.dat", TW_ERR_FORMAT, ".npy, .npz and .h5"},
    };
    tw_space *three = three_blocks(), *one = one_block();
    double x[10];
    outside("make_weights", scratch(""));
    write_bytes(scratch("weights.dat"), "12 34", 5);
    for (size_t k = 0; k < sizeof cases / sizeof cases[0]; k++) {
        assert_fails(cases[k].status, cases[k].words,
                     tw_weights_read(scratch(cases[k].name), three, x));
        assert_non_null(strstr(tw_message(), cases[k].name));
    }
    assert_fails(TW_ERR_SHAPE, "transpose it", tw_weights_read(scratch("matrix_t.npy"), one, x));
    assert_fails(TW_ERR_SHAPE, "(10,), but block 'W'",
                 tw_weights_read(scratch("flat.npy"), one, x));
    tw_space_free(three);
    tw_space_free(one);
}

static void ours_come_back(void **state) {
    tw_space *three = three_blocks(), *one = one_block();
    const double x[10] = {0, 1, 2, 3, 4, 5, 6, 7, 8, 9};
    tw_provenance provenance = {0};
    assert_ok(tw_provenance_add(&provenance, "seed", "7"));
    assert_ok(tw_weights_write(scratch("flat.npy"), three, x, NULL));
    check("flat.npy", three);
    assert_ok(tw_weights_write(scratch("matrix.npy"), one, x, &provenance));
    check("matrix.npy", one);
    outside("check_array", scratch("flat.npy"));
    assert_ok(tw_weights_write(scratch("w.h5"), three, x, &provenance));
    assert_ok(tw_weights_write(scratch("again.h5"), three, x, &provenance));
    assert_same_bytes(scratch("w.h5"), scratch("again.h5"));
    check("w.h5", three);
    tw_result_kind kind;
    assert_ok(tw_result_kind_of(scratch("w.h5"), &kind));
    assert_int_equal(kind, TW_RESULT_WEIGHTS);
    assert_ok(tw_weights_write(scratch("w.npz"), three, x, &provenance));
    assert_ok(tw_weights_write(scratch("again.npz"), three, x, &provenance));
    assert_same_bytes(scratch("w.npz"), scratch("again.npz"));
    check("w.npz", three);
    assert_ok(tw_result_kind_of(scratch("w.npz"), &kind));
    assert_int_equal(kind, TW_RESULT_WEIGHTS);
    assert_fails(TW_ERR_ARGUMENT, "weights go to .npy, .npz, .h5 or .safetensors",
                 tw_weights_write(scratch("w.txt"), three, x, NULL));
    assert_no_part();
    tw_provenance_release(&provenance);
    tw_space_free(three);
    tw_space_free(one);
    outside("check_weights", scratch("w.h5"));
    outside("check_weights", scratch("w.npz"));
}

/* Blocks and what made them, from the files alone. */
static void files_tell_their_blocks(void **state) {
    static const char *const files[] = {"t.h5", "t.npz"};
    tw_space *three = three_blocks(), *one = one_block(), *found = NULL;
    double x[10] = {0, 1, 2, 3, 4, 5, 6, 7, 8, 9}, back[10];
    tw_provenance made_by = {0};
    assert_ok(tw_provenance_add(&made_by, "seed", "7\n8"));
    for (int f = 0; f < 2; f++) {
        assert_ok(tw_weights_write(scratch(files[f]), three, x, &made_by));
        assert_ok(tw_weights_space(scratch(files[f]), &found));
        assert_int_equal(tw_space_blocks(found), 3);
        for (size_t k = 0; k < 3; k++) {
            const tw_block *block = tw_space_block(found, k), *ours = tw_space_block(three, k);
            assert_string_equal(block->name, ours->name);
            assert_int_equal(block->rank, ours->rank);
            assert_memory_equal(block->shape, ours->shape, sizeof block->shape);
            assert_int_equal(block->role, block->rank == 2 ? TW_ROLE_WEIGHT : TW_ROLE_BIAS);
        }
        assert_ok(tw_weights_read(scratch(files[f]), found, back));
        assert_memory_equal(back, x, sizeof x);
        tw_space_free(found);
    }
    tw_provenance_release(&made_by);
    assert_ok(tw_weights_provenance(scratch("t.npz"), &made_by));
    assert_string_equal(tw_provenance_get(&made_by, "seed"), "7 8");
    tw_provenance_release(&made_by);
    assert_ok(tw_weights_provenance(scratch("t.h5"), &made_by));
    assert_string_equal(tw_provenance_get(&made_by, "seed"), "7\n8");
    tw_provenance_release(&made_by);
    assert_ok(tw_weights_write(scratch("t.npy"), one, x, NULL));
    assert_ok(tw_weights_space(scratch("t.npy"), &found));
    assert_string_equal(tw_space_block(found, 0)->name, "W");
    tw_space_free(found);
    assert_fails(TW_ERR_IO, "nowhere.npz", tw_weights_space(scratch("nowhere.npz"), &found));
    write_bytes(scratch("t.dat"), "12 34", 5);
    assert_fails(TW_ERR_FORMAT, ".npy, .npz and .h5", tw_weights_space(scratch("t.dat"), &found));
    tw_space_free(three);
    tw_space_free(one);
}

static void write_text(const char *name, const char *text) {
    FILE *stream = fopen(scratch(name), "w");
    assert_non_null(stream);
    assert_true(fputs(text, stream) >= 0 && fclose(stream) == 0);
}

/* All parameters in a row, however they are separated. */
static void text_is_read(void **state) {
    static const char *const texts[] = {
        "0.5\n-1e3\n.25\n+4\n5\n6\n7\n8\n9\n1e-2\n",
        "0.5, -1e3, .25, 4\n5 6\t7;8\r\n# a word\n\n9 0.01 # the last",
        "0.5,-1000,0.25,4,5,6,7,8,9,0.01",
    };
    static const double wanted[10] = {0.5, -1000, 0.25, 4, 5, 6, 7, 8, 9, 0.01};
    static const struct {
        const char *text, *words;
        tw_status status;
    } bad[] = {
        {"1 2\n3 0.5x\n", "line 2, column 3: '0.5x' is not a finite number", TW_ERR_FORMAT},
        {"1 -inf", "line 1, column 3: '-inf' is not a finite number", TW_ERR_FORMAT},
        {"1e999", "'1e999' is not a finite number", TW_ERR_FORMAT},
        {"# nothing\n\n", "has no numbers", TW_ERR_FORMAT},
        {"1 2 3", "has 3 numbers, but the model 10 parameters", TW_ERR_SHAPE},
    };
    tw_space *three = three_blocks(), *found = NULL;
    double x[10];
    for (size_t k = 0; k < sizeof texts / sizeof texts[0]; k++) {
        write_text("p.txt", texts[k]);
        assert_ok(tw_weights_read(scratch("p.txt"), three, x));
        assert_memory_equal(x, wanted, sizeof x);
    }
    assert_ok(tw_weights_space(scratch("p.txt"), &found));
    assert_true(tw_space_size(found) == 10 && tw_space_block(found, 0)->rank == 1);
    tw_space_free(found);
    for (size_t k = 0; k < sizeof bad / sizeof bad[0]; k++) {
        write_text("bad.csv", bad[k].text);
        assert_fails(bad[k].status, bad[k].words, tw_weights_read(scratch("bad.csv"), three, x));
    }
    tw_space_free(three);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(foreign_weights_are_read),
        cmocka_unit_test(bad_weights_are_refused),
        cmocka_unit_test(ours_come_back),
        cmocka_unit_test(files_tell_their_blocks),
        cmocka_unit_test(text_is_read),
    };
    return cmocka_run_group_tests(tests, scratch_setup, scratch_teardown);
}
