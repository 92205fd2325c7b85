/* Directions in files: round trips, h5py's view of ours through the reads of the peer's code, ours
 * of the peer's; and the rules of normalisation against NumPy, and on the peer's own directions of
 * a real network. */
#include <math.h>

#include "raw_array.h"

enum { SIZE = 48 + 4 + 4 + 4 + 15 + 1 };

/* As outside.py has it. */
static tw_space *make_space(void) {
    static const tw_block blocks[] = {
        {.name = "conv.weight", .rank = 4, .shape = {4, 3, 2, 2}},
        {.name = "conv.bias", .rank = 1, .shape = {4}, .role = TW_ROLE_BIAS},
        {.name = "norm.weight", .rank = 1, .shape = {4}, .role = TW_ROLE_NORM},
        {.name = "norm.bias", .rank = 1, .shape = {4}, .role = TW_ROLE_NORM},
        {.name = "fc.weight", .rank = 2, .shape = {3, 5}},
        {.name = "temperature", .rank = 0},
    };
    tw_space *space = NULL;
    assert_ok(tw_space_new(&space));
    for (size_t k = 0; k < sizeof blocks / sizeof blocks[0]; k++)
        assert_ok(tw_space_add(space, &blocks[k]));
    assert_int_equal(tw_space_size(space), SIZE);
    return space;
}

static void fill(double *x, double *y) {
    for (int i = 0; i < SIZE; i++) {
        x[i] = i;
        y[i] = i + 1000;
    }
}

static void write_some(const char *path, const tw_space *space, int axes) {
    double x[SIZE], y[SIZE];
    tw_provenance provenance = {0};
    fill(x, y);
    tw_plane made = tw_plane_of(SIZE, NULL, x, axes == 2 ? y : NULL);
    made.principal = axes == 2;
    made.pca = (tw_pca){.share = {0.75, 0.125}, .singular = {3, 2}, .variance = {9, 4}};
    assert_ok(tw_provenance_add(&provenance, "dx", "random"));
    assert_ok(tw_directions_write(path, space, &made, &provenance));
    tw_provenance_release(&provenance);
    assert_no_part();
}

static void check_values(const tw_plane *read, int axes) {
    double x[SIZE], y[SIZE];
    fill(x, y);
    assert_memory_equal(read->x, x, sizeof x);
    assert_true((read->y != NULL) == (axes == 2));
    if (axes == 2)
        assert_memory_equal(read->y, y, sizeof y);
}

static void round_trip(const char *path, int axes) {
    tw_space *space = make_space(), *found = NULL;
    tw_plane read;
    tw_provenance made_by = {0};
    tw_result_kind kind;
    write_some(path, space, axes);
    assert_ok(tw_result_kind_of(path, &kind));
    assert_int_equal(kind, TW_RESULT_DIRECTIONS);
    assert_ok(tw_directions_read(path, space, &read, &made_by));
    check_values(&read, axes);
    assert_int_equal(read.principal, axes == 2);
    assert_true(read.pca.share[1] == (axes == 2 ? 0.125 : 0));
    assert_true(read.pca.variance[0] == (axes == 2 ? 9 : 0));
    assert_true(read.pca.singular[1] == (axes == 2 ? 2 : 0));
    assert_string_equal(tw_provenance_get(&made_by, "dx"), "random");
    assert_ok(tw_directions_space(path, &found));
    assert_int_equal(tw_space_blocks(found), 6);
    for (size_t k = 0; k < 6; k++) {
        assert_string_equal(tw_space_block(found, k)->name, tw_space_block(space, k)->name);
        assert_int_equal(tw_space_block(found, k)->rank, tw_space_block(space, k)->rank);
        assert_int_equal(tw_space_block(found, k)->count, tw_space_block(space, k)->count);
    }
    tw_plane_release(&read);
    tw_provenance_release(&made_by);
    tw_space_free(found);
    tw_space_free(space);
}

static void both_forms_give_everything_back(void **state) {
    for (int axes = 1; axes <= 2; axes++) {
        round_trip(scratch("d.h5"), axes);
        round_trip(scratch("d.npz"), axes);
    }
}

static void the_peer_reads_ours(void **state) {
    tw_space *space = make_space();
    write_some(scratch("one.h5"), space, 1);
    write_some(scratch("two.h5"), space, 2);
    tw_space_free(space);
    outside("check_directions", scratch("one.h5"));
    outside("check_directions", scratch("two.h5"));
}

static void the_peers_are_read(void **state) {
    tw_space *space = make_space();
    tw_plane read;
    outside("make_directions", scratch(""));
    assert_ok(tw_directions_read(scratch("peer.h5"), space, &read, NULL));
    check_values(&read, 2);
    assert_int_equal(read.principal, 0);
    tw_plane_release(&read);
    assert_ok(tw_directions_read(scratch("line.h5"), space, &read, NULL));
    check_values(&read, 1);
    tw_plane_release(&read);
    assert_ok(tw_directions_read(scratch("good.npz"), space, &read, NULL));
    check_values(&read, 1);
    tw_plane_release(&read);
    assert_ok(tw_directions_read(scratch("pca.h5"), space, &read, NULL));
    assert_int_equal(read.principal, 1);
    assert_true(read.pca.share[0] == 0.5 && read.pca.singular[1] == 1);
    tw_plane_release(&read);
    tw_space *numbered = NULL;
    assert_ok(tw_directions_space(scratch("peer.h5"), &numbered));
    assert_string_equal(tw_space_block(numbered, 4)->name, "4");
    assert_ok(tw_directions_read(scratch("peer.h5"), numbered, &read, NULL));
    check_values(&read, 2);
    tw_plane_release(&read);
    tw_space_free(numbered);
    tw_space_free(space);
}

/* dir_type 'states' has running statistics, which a model may have as buffers, and batch counters,
 * which it has not; dir_type 'weights' leaves both out. */
static void buffers_and_counters(void **state) {
    tw_space *space = make_space(), *with = NULL, *trained = NULL;
    tw_plane read;
    outside("make_directions", scratch(""));
    assert_fails(TW_ERR_SHAPE, "another model",
                 tw_directions_read(scratch("states.h5"), space, &read, NULL));
    assert_ok(tw_space_new(&with));
    assert_ok(tw_space_new(&trained));
    for (size_t k = 0; k < 5; k++) {
        assert_ok(tw_space_add(with, tw_space_block(space, k)));
        assert_ok(tw_space_add(trained, tw_space_block(space, k)));
        for (int b = 0; k == 3 && b < 2; b++)
            assert_ok(tw_space_add(with, &(tw_block){.name = b == 0 ? "mean" : "variance",
                                                     .rank = 1,
                                                     .shape = {4},
                                                     .role = TW_ROLE_BUFFER}));
    }
    /* with a scalar at its end, the counter is passed over together with it */
    assert_ok(tw_directions_read(scratch("states.h5"), with, &read, NULL));
    for (int i = 0; i < 60; i++)
        assert_true(read.x[i] == i);
    assert_true(read.x[60] == 7 && read.x[63] == 7 && read.x[64] == 8 && read.x[67] == 8);
    for (int i = 68; i < 83; i++)
        assert_true(read.x[i] == i - 8);
    tw_plane_release(&read);
    /* of a model with buffers, a file without them: they do not move */
    double x[60 + 15];
    for (int i = 0; i < 75; i++)
        x[i] = i + 1;
    assert_ok(
        tw_directions_write(scratch("trained.h5"), trained, A_PLANE(SIZE, NULL, x, NULL), NULL));
    assert_ok(tw_directions_read(scratch("trained.h5"), with, &read, NULL));
    for (int i = 0; i < 83; i++)
        assert_true(read.x[i] == (i < 60 ? i + 1 : i < 68 ? 0 : i - 7));
    tw_plane_release(&read);
    tw_space_free(trained);
    tw_space_free(with);
    tw_space_free(space);
}

static void others_are_refused(void **state) {
    static const struct {
        const char *name;
        tw_status status;
        const char *words;
    } bad[] = {
        {"fewer.h5", TW_ERR_SHAPE, "has 3 tensors, but the model has 6"},
        {"more.h5", TW_ERR_SHAPE, "has 12 tensors"},
        {"transposed.h5", TW_ERR_SHAPE, "xdirection/4: shape (5, 3)"},
        {"swapped.h5", TW_ERR_SHAPE, "xdirection/0: shape (3, 5)"},
        {"nan.h5", TW_ERR_FORMAT, "fc.weight[1, 2] is nan"},
        {"nan_y.h5", TW_ERR_FORMAT, "fc.weight[1, 2] is nan"},
        {"short_y.h5", TW_ERR_SHAPE, "ydirection has 2 tensors"},
        {"empty.h5", TW_ERR_FORMAT, "xdirection has 0 tensors"},
        {"empty_y.h5", TW_ERR_FORMAT, "ydirection has 0 tensors"},
        {"counter.h5", TW_ERR_FORMAT, "no tensor '6'"},
        {"gap.h5", TW_ERR_FORMAT, "no tensor '3'"},
        {"set.h5", TW_ERR_FORMAT, "0 tensors"},
        {"text.h5", TW_ERR_FORMAT, "holds text"},
        {"group.h5", TW_ERR_FORMAT, "is not a dataset"},
        {"linked.h5", TW_ERR_FORMAT, "no group 'xdirection'"},
        {"linked0.h5", TW_ERR_FORMAT, "no tensor '0'"},
        {"none.h5", TW_ERR_FORMAT, "no group 'xdirection'"},
        {"named.h5", TW_ERR_SHAPE, "is 'head.weight', but the model has 'fc.weight'"},
        {"bad.npz", TW_ERR_SHAPE, "has 5 tensors"},
        {"other.npz", TW_ERR_FORMAT, "no directions"},
        {"missing.h5", TW_ERR_IO, "missing.h5"},
    };
    tw_space *space = make_space();
    outside("make_directions", scratch(""));
    for (size_t k = 0; k < sizeof bad / sizeof bad[0]; k++) {
        tw_plane read;
        assert_fails(bad[k].status, bad[k].words,
                     tw_directions_read(scratch(bad[k].name), space, &read, NULL));
        assert_true(read.x == NULL && read.y == NULL);
    }
    double x[SIZE] = {0};
    assert_fails(TW_ERR_ARGUMENT, ".h5 or .npz",
                 tw_directions_write(scratch("d.npy"), space, A_PLANE(SIZE, NULL, x, NULL), NULL));
    tw_space_free(space);
}

/* ---- the rules ---- */

static void rules_against_numpy(void **state) {
    tw_space *space = make_space();
    outside("make_normalized", scratch(""));
    raw_array w = raw_read(scratch("w.raw")), d = raw_read(scratch("d.raw"));
    for (int norm = TW_NORM_NONE; norm <= TW_NORM_MODEL; norm++)
        for (int way = 0; way < 4; way++) {
            const tw_direction_rules rules = {sizeof rules, (tw_norm)norm, way / 2, way % 2};
            double out[SIZE];
            char name[64];
            if (rules.peer_rules && norm == TW_NORM_MODEL)
                continue;
            snprintf(name, sizeof name, "%s-%d-%d.raw", tw_norm_name((size_t)norm), way / 2,
                     way % 2);
            raw_array wanted = raw_read(scratch(name));
            memcpy(out, d.values, sizeof out);
            assert_ok(tw_direction_apply(space, &rules, w.values, out));
            for (int i = 0; i < SIZE; i++)
                assert_close(out[i], wanted.values[i], 1e-13, 0);
            free(wanted.values);
        }
    free(w.values);
    free(d.values);
    tw_space_free(space);
}

static tw_space *read_space(const char *path) {
    tw_space *space = NULL;
    FILE *file = fopen(path, "r");
    assert_non_null(file);
    assert_ok(tw_space_new(&space));
    for (int rank; fscanf(file, "%d", &rank) == 1;) {
        char name[32];
        snprintf(name, sizeof name, "p%zu", tw_space_blocks(space));
        tw_block block = {.name = name, .rank = rank};
        for (int axis = 0; axis < rank; axis++)
            assert_int_equal(fscanf(file, "%zu", &block.shape[axis]), 1);
        assert_ok(tw_space_add(space, &block));
    }
    fclose(file);
    return space;
}

/* The peer made these filter by filter for a trained ResNet-20, in float32, without biases: read
 * entry by entry, and as they are under our rules. */
static void the_peers_directions_of_a_resnet(void **state) {
    char paths[4096], directions[1024];
    snprintf(directions, sizeof directions, "%s",
             shared_path("reference/resnet20-plane/directions.h5"));
    snprintf(paths, sizeof paths, "%s:%s:%s", shared_path("models/resnet20-12fca82f.th"),
             directions, scratch(""));
    outside("make_resnet", paths);
    tw_space *space = read_space(scratch("shapes"));
    raw_array w = raw_read(scratch("resnet-w.raw")), x = raw_read(scratch("resnet-x.raw")),
              y = raw_read(scratch("resnet-y.raw"));
    tw_plane read;
    assert_int_equal(tw_space_blocks(space), 59);
    assert_ok(tw_directions_read(directions, space, &read, NULL));
    assert_memory_equal(read.x, x.values, x.count * sizeof(double));
    assert_memory_equal(read.y, y.values, y.count * sizeof(double));
    const tw_direction_rules rules = {.norm = TW_NORM_FILTER, .ignore_biasbn = 1};
    for (int axis = 0; axis < 2; axis++) {
        double *d = axis == 0 ? read.x : read.y;
        const double *theirs = axis == 0 ? x.values : y.values;
        assert_ok(tw_direction_apply(space, &rules, w.values, d));
        for (size_t i = 0; i < x.count; i++)
            assert_close(d[i], theirs[i], 1e-6, 0);
    }
    tw_plane_release(&read);
    free(w.values);
    free(x.values);
    free(y.values);
    tw_space_free(space);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(both_forms_give_everything_back),
        cmocka_unit_test(the_peer_reads_ours),
        cmocka_unit_test(the_peers_are_read),
        cmocka_unit_test(buffers_and_counters),
        cmocka_unit_test(others_are_refused),
        cmocka_unit_test(rules_against_numpy),
        cmocka_unit_test(the_peers_directions_of_a_resnet),
    };
    return cmocka_run_group_tests(tests, scratch_setup, scratch_teardown);
}
