/* Checkpoints of others as parameters, from files made with NumPy
 * (tests/format/make_checkpoints.py), which has the same numbers; and .safetensors written. */
#include "scratch.h"

#include <math.h>

#include "format/checkpoint.h"

static void make_files(void) {
    static int are_made;
    if (!are_made)
        run_python("format/make_checkpoints.py", "make", scratch(""));
    are_made = 1;
}

static tw_space *network(const char *prefix) {
    static const struct {
        const char *name;
        int rank;
        tw_role role;
    } blocks[] = {{"fc1.weight", 2, TW_ROLE_WEIGHT},
                  {"fc1.bias", 1, TW_ROLE_BIAS},
                  {"bn.running_mean", 1, TW_ROLE_BUFFER}};
    tw_space *space = NULL;
    assert_ok(tw_space_new(&space));
    for (size_t k = 0; k < 3; k++) {
        char name[64];
        snprintf(name, sizeof name, "%s%s", prefix, blocks[k].name);
        assert_ok(tw_space_add(space, &(tw_block){.name = name,
                                                  .rank = blocks[k].rank,
                                                  .shape = {3, 2},
                                                  .role = blocks[k].role}));
    }
    return space;
}

static const double numbers[12] = {-0.5, -0.25, 0, 0.25, 0.5, 0.75, -1, 0.5, 2, 0.25, 1e-3f, 3};

static void reads(const char *file, const char *prefix) {
    tw_space *space = network(prefix);
    double x[12] = {0};
    tw_status status = tw_weights_read(scratch(file), space, x);
    if (status != TW_OK)
        fail_msg("%s: %s", file, tw_message());
    for (int k = 0; k < 12; k++)
        if (x[k] != numbers[k])
            fail_msg("%s: number %d is %g, not %g", file, k, x[k], numbers[k]);
    tw_space_free(space);
}

static void weights_are_found_in_them(void **state) {
    static const char *const files[] = {
        "zip.pt",         "nested4.pt",  "nested.th",        "parameters.pt", "compiled.pt",
        "lightning.ckpt", "deflated.pt", "big.pt",           "module.pt",     "module.th",
        "shared.pt",      "strides.th",  "good.safetensors", "tied.pt"};
    make_files();
    for (size_t k = 0; k < sizeof files / sizeof *files; k++)
        reads(files[k], "");
    reads("nested.th", "module."); /* as the file has them */
    reads("zip.pt", "module.");    /* a model wrapped as it was exported */
    reads("lightning.ckpt", "model.");
}

static void another_model_is_told_by_block(void **state) {
    static const struct {
        const char *file, *words;
    } cases[] = {{"missing.pt", "of the model's 3 blocks 1 missing (fc1.bias)"},
                 {"extra.pt",
                  "it has all of the model's 3 blocks, and 1 of the file left over (fc2.weight)"},
                 {"beside.pt", "1 of the file left over (fc2.weight)"},
                 {"shape.pt", "1 of another shape (fc1.weight is (2, 3), the model's (3, 2))"},
                 {"linear.pt",
                  "3 missing (fc1.weight, fc1.bias, bn.running_mean); 2 of the file left over "
                  "(fc.weight, fc.bias)"}};
    tw_space *space = network("");
    double x[12];
    make_files();
    for (size_t k = 0; k < sizeof cases / sizeof *cases; k++)
        assert_fails(TW_ERR_SHAPE, cases[k].words,
                     tw_weights_read(scratch(cases[k].file), space, x));
    assert_fails(TW_ERR_FORMAT, "fc1.bias[0] is nan", tw_weights_read(scratch("nan.pt"), space, x));
    tw_space_free(space);
}

static void a_linear_layer_is_a_linear_model(void **state) {
    static const double wanted[10] = {0, 4, 1, 5, 2, 6, 3, 7, 8, 9}; /* W^T, then the bias */
    tw_space *space = NULL;
    double x[10];
    make_files();
    assert_ok(tw_space_new(&space));
    assert_ok(tw_space_add(space, &(tw_block){.name = "W", .rank = 2, .shape = {5, 2}}));
    assert_ok(tw_weights_read(scratch("linear.pt"), space, x));
    assert_memory_equal(x, wanted, sizeof x);
    tw_space_free(space);
}

static void types(const char *file) {
    tw_checkpoint *checkpoint = NULL;
    double x[3];
    assert_ok(tw_checkpoint_open(scratch(file), &checkpoint));
    assert_int_equal(tw_checkpoint_count(checkpoint), 12);
    for (size_t k = 0; k < 10; k++) {
        const tw_checkpoint_tensor *tensor = tw_checkpoint_tensor_at(checkpoint, k);
        int is_bool = strcmp(tensor->dtype, "bool") == 0;
        assert_ok(tw_checkpoint_read(checkpoint, tensor, x));
        assert_true(x[0] == 1 && x[1] == 0);
        assert_true(x[2] == (is_bool ? 1 : strcmp(tensor->dtype, "uint8") == 0 ? 2 : -2));
    }
    assert_fails(TW_ERR_FORMAT, "tensor 'c8': it is of type complex64, which is not read",
                 tw_checkpoint_read(checkpoint, tw_checkpoint_tensor_at(checkpoint, 10), x));
    assert_fails(TW_ERR_FORMAT, "tensor 'f8e4': it is of type float8_e4m3fn",
                 tw_checkpoint_read(checkpoint, tw_checkpoint_tensor_at(checkpoint, 11), x));
    tw_checkpoint_close(checkpoint);
}

static void types_are_read_or_refused_by_name(void **state) {
    make_files();
    types("types.pt");
    types("types4.pt");
}

static void what_was_assumed_is_noted(void **state) {
    tw_provenance found = {0};
    make_files();
    assert_ok(tw_weights_provenance(scratch("nested.th"), &found));
    assert_string_equal(tw_provenance_get(&found, "from"), "PyTorch checkpoint");
    assert_string_equal(tw_provenance_get(&found, "note_1"),
                        "weights taken from 'state_dict'; left out: epoch, best, optimizer, seen, "
                        "big, log");
    assert_string_equal(tw_provenance_get(&found, "note_2"), "'module.' taken off the names");
    tw_provenance_release(&found);
    assert_ok(tw_weights_provenance(scratch("module.th"), &found));
    assert_string_equal(tw_provenance_get(&found, "note_2"),
                        "a whole module (mymodels.small.Net): its parameters and buffers");
    tw_provenance_release(&found);
    assert_ok(tw_weights_provenance(scratch("good.safetensors"), &found));
    assert_string_equal(tw_provenance_get(&found, "who"), "\xc3\xa9\xf0\x9f\x98\x80\n");
    tw_provenance_release(&found);
}

static void bad_files_are_refused(void **state) {
    static const struct {
        const char *file, *words;
    } cases[] = {{"system.pt", "'posix.system' at byte"},
                 {"eval.th", "'__builtin__.eval' at byte"},
                 {"sparse.pt", "torch._utils._rebuild_sparse_tensor, which is not read"},
                 {"nothing.pt", "without tensors; in Python: torch.save(model.state_dict(), FILE)"},
                 {"object.pt", "an object of class mymodels.small.make without tensors"},
                 {"lie-past.pt", "reaches past the 4 numbers"},
                 {"lie-huge.pt", "larger than any memory"},
                 {"lie-wide.pt", "more than a file of"},
                 {"lie-minus.pt", "stride is not made of whole numbers"},
                 {"lie-axes.pt", "at most 8"},
                 {"ways.pt", "more than 131072 tensors"},
                 {"circle.pt", "nested too deep"},
                 {"ring.pt", "nested too deep"},
                 {"crowd.pt", "nested too deep"},
                 {"set.pt", "nested too deep"},
                 {"name.safetensors", "a name of more than 1023 bytes"},
                 {"overlap.safetensors", "'b' overlaps another"},
                 {"hole.safetensors", "leaves a hole"},
                 {"past.safetensors", "do not lie in the 8 bytes"},
                 {"mismatch.safetensors", "does not go with the 8 bytes"},
                 {"overflow.safetensors", "does not go with"},
                 {"twice.safetensors", "two tensors have the name 'a'"},
                 {"type.safetensors", "type 'Q7' is not known"},
                 {"minus.safetensors", "no whole number"},
                 {"json.safetensors", "no JSON at byte"},
                 {"zero.safetensors", "a control character"},
                 {"length.safetensors", "4611686018427387904 bytes, does not fit"}};
    make_files();
    for (size_t k = 0; k < sizeof cases / sizeof *cases; k++) {
        tw_checkpoint *checkpoint = NULL;
        assert_fails(TW_ERR_FORMAT, cases[k].words,
                     tw_checkpoint_open(scratch(cases[k].file), &checkpoint));
        assert_null(checkpoint);
        assert_true(strstr(tw_message(), cases[k].file) != NULL &&
                    strchr(tw_message(), '\n') == NULL);
    }
}

/* The kernel of make_checkpoints.py at (height, width, in, out) is 60 h + 20 w + 5 i + o. */
static void check_kernel(const tw_checkpoint *checkpoint, const char *name, int depthwise) {
    size_t k = 0;
    while (strcmp(tw_checkpoint_tensor_at(checkpoint, k)->name, name) != 0)
        k++;
    const tw_checkpoint_tensor *tensor = tw_checkpoint_tensor_at(checkpoint, k);
    const size_t turned[] = {5, 4, 2, 3}, deep[] = {20, 1, 2, 3};
    double x[120];
    assert_memory_equal(tensor->shape, depthwise ? deep : turned, 4 * sizeof(size_t));
    assert_ok(tw_checkpoint_read(checkpoint, tensor, x));
    for (size_t a = 0, at = 0; a < tensor->shape[0]; a++)
        for (size_t i = 0; i < tensor->shape[1]; i++)
            for (size_t h = 0; h < 2; h++)
                for (size_t w = 0; w < 3; w++)
                    assert_true(x[at++] == (double)(60 * h + 20 * w + 5 * i + a));
}

static void keras_becomes_torch(void **state) {
    static const char *const names[2][8] = {
        {"conv.bias", "conv.weight", "dense.weight", "inner.bn.weight", "inner.bn.running_var"},
        {"conv.weight", "conv.bias", "depthwise_conv2d.weight", "embedding.weight",
         "inner.bn.weight", "inner.bn.bias", "inner.bn.running_mean", "inner.bn.running_var"}};
    tw_checkpoint *checkpoint = NULL;
    make_files();
    static const char *const files[] = {"keras2.h5", "keras3.weights.h5", "stored.keras",
                                        "packed.keras"};
    for (int file = 0; file < 4; file++) {
        int f = file > 0;
        assert_ok(tw_checkpoint_open(scratch(files[file]), &checkpoint));
        assert_string_equal(tw_checkpoint_kind(checkpoint), "Keras file");
        assert_int_equal(tw_checkpoint_count(checkpoint), f ? 8 : 5);
        for (size_t k = 0; k < tw_checkpoint_count(checkpoint); k++)
            assert_string_equal(tw_checkpoint_tensor_at(checkpoint, k)->name, names[f][k]);
        check_kernel(checkpoint, "conv.weight", 0);
        if (f)
            check_kernel(checkpoint, "depthwise_conv2d.weight", 1);
        tw_checkpoint_close(checkpoint);
    }
}

static void keras_archives_are_refused(void **state) {
    static const struct {
        const char *file, *words;
    } cases[] = {{"none.keras", "the HDF5 file in it cannot be opened"},
                 {"cut.keras", "the HDF5 file in it cannot be opened"},
                 {"own.keras", "it has no layers as Keras stores them"},
                 {"bomb.keras", "member 'model.weights.h5' is too large"}};
    tw_checkpoint *checkpoint = NULL;
    make_files();
    for (size_t k = 0; k < sizeof cases / sizeof *cases; k++)
        assert_fails(TW_ERR_FORMAT, cases[k].words,
                     tw_checkpoint_open(scratch(cases[k].file), &checkpoint));
}

/* HDF5 lists by names, a_10 before a_9. */
static void keras_has_an_order(void **state) {
    static const char *const files[] = {"order.h5", "numbers.weights.h5"};
    static const char *const names[2][4] = {
        {"b.weight", "a_10.weight", "a_9.weight"},
        {"dense.weight", "dense_1.weight", "dense_2.weight", "dense_10.weight"}};
    tw_checkpoint *checkpoint = NULL;
    make_files();
    for (size_t f = 0; f < 2; f++) {
        assert_ok(tw_checkpoint_open(scratch(files[f]), &checkpoint));
        assert_int_equal(tw_checkpoint_count(checkpoint), 3 + f);
        for (size_t k = 0; k < 3 + f; k++)
            assert_string_equal(tw_checkpoint_tensor_at(checkpoint, k)->name, names[f][k]);
        tw_checkpoint_close(checkpoint);
    }
}

static void safetensors_are_written(void **state) {
    tw_space *space = network(""), *found = NULL;
    tw_provenance made_by = {0}, read = {0};
    double x[12], back[12];
    assert_ok(tw_provenance_add(&made_by, "seed", "7"));
    for (int f = 0; f < 2; f++) {
        const char *name = f ? "w64.safetensors" : "w32.safetensors";
        for (int k = 0; k < 12; k++)
            x[k] = numbers[k] + (f ? ldexp(1, -40) : 0);
        assert_ok(tw_weights_write(scratch(name), space, x, &made_by));
        run_python("format/make_checkpoints.py", "check", scratch(name));
        assert_ok(tw_weights_read(scratch(name), space, back));
        assert_memory_equal(x, back, sizeof x);
        assert_ok(tw_weights_space(scratch(name), &found));
        for (size_t k = 0; k < 3; k++) {
            const tw_block *ours = tw_space_block(space, k), *theirs = tw_space_block(found, k);
            assert_string_equal(ours->name, theirs->name);
            assert_int_equal(ours->role, theirs->role);
            assert_memory_equal(ours->shape, theirs->shape, sizeof(size_t));
        }
        tw_space_free(found);
    }
    assert_ok(tw_weights_provenance(scratch("w32.safetensors"), &read));
    assert_string_equal(tw_provenance_get(&read, "seed"), "7");
    tw_provenance_release(&read);
    tw_provenance_release(&made_by);
    tw_space_free(space);
    assert_no_part();
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(weights_are_found_in_them),
        cmocka_unit_test(another_model_is_told_by_block),
        cmocka_unit_test(a_linear_layer_is_a_linear_model),
        cmocka_unit_test(types_are_read_or_refused_by_name),
        cmocka_unit_test(what_was_assumed_is_noted),
        cmocka_unit_test(bad_files_are_refused),
        cmocka_unit_test(keras_becomes_torch),
        cmocka_unit_test(keras_archives_are_refused),
        cmocka_unit_test(keras_has_an_order),
        cmocka_unit_test(safetensors_are_written),
    };
    return cmocka_run_group_tests(tests, scratch_setup, scratch_teardown);
}
