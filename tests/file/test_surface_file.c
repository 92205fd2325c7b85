/* Surfaces: round trips, h5py's view of our files, ours of h5py's and of the peer's. */
#include <math.h>
#include <time.h>

#include "raw_array.h"

static const char *const metric_names[] = {"train_loss", "train_acc"};

/* The surface that outside.py expects: every kind of number, one point not computed, a true -1. */
static void make(tw_surface *surface, int rank) {
    const tw_axis x = {-1, 1, 5}, y = {0, 1, 3};
    assert_ok(tw_surface_init(surface, &x, rank == 2 ? &y : NULL, 2, metric_names));
    for (size_t m = 0; m < 2; m++) {
        double *plane = tw_surface_plane(surface, m);
        for (size_t iy = 0; iy < surface->ny; iy++)
            for (size_t ix = 0; ix < 5; ix++)
                plane[iy * 5 + ix] = 100 * (double)m + 10 * (double)iy + (double)ix + 0.25;
        plane[0] = -1;
        plane[1] = NAN;
        plane[2] = INFINITY;
        plane[3] = -INFINITY;
    }
    memset(surface->computed, 1, 5 * surface->ny);
    surface->computed[5 * surface->ny - 1] = 0;
    surface->computed[1] = 2; /* interpolated */
}

static void make_provenance(tw_provenance *provenance) {
    assert_ok(tw_provenance_add(provenance, "version", "%d.%d.%d", 1, 2, 3));
    assert_ok(tw_provenance_add(provenance, "command", "thalweg plane \xc3\xa9"));
    assert_ok(tw_provenance_add(provenance, "empty", "%s", ""));
}

static void compare(const tw_surface *a, const tw_surface *b) {
    assert_int_equal(a->rank, b->rank);
    assert_int_equal(a->nx, b->nx);
    assert_int_equal(a->ny, b->ny);
    assert_int_equal(a->metrics, b->metrics);
    assert_memory_equal(a->x, b->x, a->nx * sizeof *a->x);
    assert_true((a->y == NULL) == (b->y == NULL));
    if (a->y != NULL)
        assert_memory_equal(a->y, b->y, a->ny * sizeof *a->y);
    assert_memory_equal(a->computed, b->computed, a->nx * a->ny);
    for (size_t m = 0; m < a->metrics; m++) {
        assert_string_equal(a->names[m], b->names[m]);
        for (size_t p = 0; p < a->nx * a->ny; p++)
            assert_true(!a->computed[p] ||
                        same(tw_surface_plane(a, m)[p], tw_surface_plane(b, m)[p]));
    }
}

static void round_trip(int rank, const char *path) {
    tw_surface surface, back;
    tw_provenance provenance = {0}, made_by = {0};
    make(&surface, rank);
    make_provenance(&provenance);
    assert_ok(tw_surface_write(path, &surface, &provenance));
    assert_ok(tw_surface_read(path, &back, &made_by));
    compare(&surface, &back);
    assert_int_equal(made_by.count, 3);
    for (size_t k = 0; k < 3; k++) {
        assert_string_equal(made_by.keys[k], provenance.keys[k]);
        assert_string_equal(made_by.texts[k], provenance.texts[k]);
    }
    assert_true(tw_surface_plane(&back, 1)[5 * back.ny - 1] == -1);
    tw_result_kind kind;
    assert_ok(tw_result_kind_of(path, &kind));
    assert_int_equal(kind, TW_RESULT_SURFACE);
    tw_surface_release(&surface);
    tw_surface_release(&back);
    tw_provenance_release(&provenance);
    tw_provenance_release(&made_by);
}

static void planes_come_back(void **state) {
    round_trip(2, scratch("plane.h5"));
    outside("check_surface", scratch("plane.h5"));
}

static void lines_come_back(void **state) {
    round_trip(1, scratch("line.HDF5"));
    outside("check_line", scratch("line.HDF5"));
}

/* Equal results are equal files, whenever and wherever they were written. */
static void bytes_do_not_change(void **state) {
    tw_surface surface;
    make(&surface, 2);
    tw_provenance provenance = {0};
    make_provenance(&provenance);
    assert_ok(tw_surface_write(scratch("first.h5"), &surface, &provenance));
    struct timespec pause = {1, 100000000};
    nanosleep(&pause, NULL); /* HDF5's times are in seconds */
    assert_ok(tw_surface_write(scratch("second.h5"), &surface, &provenance));
    assert_same_bytes(scratch("first.h5"), scratch("second.h5"));
    tw_surface_release(&surface);
    tw_provenance_release(&provenance);
}

/* h5py writes the numbers 0 ... 27, one of them -1, in a grid of 7 x 4. */
static void check_foreign(const char *name, double row_step) {
    tw_surface surface;
    assert_ok(tw_surface_read(scratch(name), &surface, NULL));
    assert_int_equal(surface.rank, 2);
    assert_int_equal(surface.nx, 4);
    assert_int_equal(surface.ny, 7);
    assert_int_equal(surface.metrics, 1);
    assert_string_equal(surface.names[0], "train_loss");
    for (size_t k = 0; k < 28; k++) {
        double iy = (double)(k / 4), ix = (double)(k % 4);
        assert_int_equal(surface.computed[k], k != 5);
        assert_true(surface.values[k] == (k == 5 ? -1 : row_step * iy + ix));
    }
    tw_surface_release(&surface);
}

static void other_makers_are_read(void **state) {
    outside("make_surfaces", scratch(""));
    check_foreign("float32.h5", 4);
    check_foreign("gzip.h5", 4);
    check_foreign("big.h5", 4);
    check_foreign("latest.h5", 4);
    check_foreign("peer.h5", 1000); /* (nx, ny), as the peer allocates it */
    tw_surface surface;
    tw_provenance provenance = {0};
    assert_ok(tw_surface_read(scratch("latest.h5"), &surface, &provenance));
    assert_int_equal(provenance.count, 1);
    assert_string_equal(tw_provenance_get(&provenance, "note"), "from h5py");
    tw_provenance_release(&provenance);
    tw_surface_release(&surface);
    assert_ok(tw_surface_read(scratch("unwritten.h5"), &surface, NULL));
    assert_int_equal(surface.nx * surface.ny, 1500000);
    assert_int_equal(surface.computed[1499999], 0);
    tw_surface_release(&surface);
}

static void the_peers_surface_is_read(void **state) {
    tw_surface surface;
    char both[2048];
    const char *path = shared_path("reference/resnet20-plane/surface.h5");
    snprintf(both, sizeof both, "%s:%s", path, scratch("."));
    assert_ok(tw_surface_read(path, &surface, NULL));
    outside("make_reference", both);
    const struct {
        const char *name;
        const double *values;
        size_t count;
    } parts[] = {
        {"xcoordinates.raw", surface.x, surface.nx},
        {"ycoordinates.raw", surface.y, surface.ny},
        {"train_loss.raw",
         tw_surface_plane(&surface, (size_t)tw_surface_metric(&surface, "train_loss")), 121},
        {"train_acc.raw",
         tw_surface_plane(&surface, (size_t)tw_surface_metric(&surface, "train_acc")), 121}};
    for (size_t k = 0; k < 4; k++) {
        raw_array raw = raw_read(scratch(parts[k].name));
        assert_int_equal(raw.count, parts[k].count);
        assert_memory_equal(raw.values, parts[k].values, raw.count * sizeof(double));
        free(raw.values);
    }
    for (size_t p = 0; p < 121; p++)
        assert_int_equal(surface.computed[p], 1);
    tw_surface_release(&surface);
}

/* The peer's script goes on with a file of ours, whose mask it does not know. */
static void what_others_fill_in_is_believed(void **state) {
    static const char *const names[] = {"train_loss", "train_data_loss", "train_acc"};
    const tw_axis x = {0, 1, 4}, y = {0, 1, 3};
    tw_surface surface, back, ours;
    tw_provenance provenance = {0};
    make_provenance(&provenance);
    assert_ok(tw_surface_init(&surface, &x, &y, 3, names));
    for (size_t p = 0; p < 12; p++) {
        surface.computed[p] = p < 4; /* of the others it takes 4 and 5 */
        for (size_t m = 0; m < 3; m++)
            surface.values[12 * m + p] = p < 4 ? 10 + (double)p : NAN;
    }
    assert_ok(tw_surface_write(scratch("more.h5"), &surface, &provenance));
    outside("go_on_as_the_peer", scratch("more.h5"));
    assert_ok(tw_surface_read(scratch("more.h5"), &back, NULL));
    for (size_t p = 0; p < 12; p++) {
        assert_int_equal(back.computed[p], p < 6);
        if (p >= 6)
            continue;
        assert_true(back.values[p] == (p < 4 ? 10 : 500) + (double)p);
        assert_true(same(back.values[12 + p], p < 4 ? 10 + (double)p : NAN));
        assert_true(back.values[24 + p] == (p < 4 ? 10 : 20) + (double)p);
    }
    tw_surface_release(&back);
    /* but a survey goes on from what it computed itself */
    size_t taken;
    assert_ok(tw_surface_init(&ours, &x, &y, 3, names));
    assert_ok(tw_surface_continue(scratch("more.h5"), &provenance, &ours, &taken));
    assert_int_equal(taken, 4);
    tw_surface_release(&ours);
    tw_surface_release(&surface);
    tw_provenance_release(&provenance);
}

/* The peer's script adds the test split to a file of ours, and has not got far. */
static void what_others_have_not_filled_is_unknown(void **state) {
    static const char *const names[] = {"train_loss", "regularizer"};
    const tw_axis x = {0, 1, 4}, y = {0, 1, 3};
    tw_surface surface, back;
    tw_provenance provenance = {0};
    make_provenance(&provenance);
    assert_ok(tw_surface_init(&surface, &x, &y, 2, names));
    for (size_t p = 0; p < 12; p++) {
        surface.computed[p] = p != 11;
        surface.values[p] = (double)p - 3; /* a function's loss may well be -1 */
        surface.values[12 + p] = -1;
    }
    assert_ok(tw_surface_write(scratch("split.h5"), &surface, &provenance));
    outside("add_five_of_a_split", scratch("split.h5"));
    assert_ok(tw_surface_read(scratch("split.h5"), &back, NULL));
    const double *train = tw_surface_plane(&back, (size_t)tw_surface_metric(&back, "train_loss"));
    const double *reg = tw_surface_plane(&back, (size_t)tw_surface_metric(&back, "regularizer"));
    const double *loss = tw_surface_plane(&back, (size_t)tw_surface_metric(&back, "test_loss"));
    const double *acc = tw_surface_plane(&back, (size_t)tw_surface_metric(&back, "test_acc"));
    for (size_t p = 0; p < 11; p++) {
        assert_int_equal(back.computed[p], 1);
        assert_true(train[p] == (double)p - 3 && reg[p] == -1);
        assert_true(same(loss[p], p < 5 ? 700 + (double)p : NAN));
        assert_true(same(acc[p], p < 5 ? 30 + (double)p : NAN));
    }
    assert_int_equal(back.computed[11], 0);
    tw_surface_release(&back);
    tw_surface_release(&surface);
    tw_provenance_release(&provenance);
}

static void bad_surfaces_are_refused(void **state) {
    static const struct {
        const char *name;
        tw_status status;
        const char *words;
    } cases[] = {{"no_x", TW_ERR_FORMAT, "no dataset 'xcoordinates'"},
                 {"x_is_text", TW_ERR_FORMAT, "'xcoordinates' holds text"},
                 {"x_is_complex", TW_ERR_FORMAT, "'xcoordinates' holds compounds (complex"},
                 {"x_is_bool", TW_ERR_FORMAT, "booleans"},
                 {"x_is_matrix", TW_ERR_SHAPE, "xcoordinates has 2 axes"},
                 {"x_is_nan", TW_ERR_FORMAT, "xcoordinates[2] is nan"},
                 {"x_is_empty", TW_ERR_FORMAT, "no points"},
                 {"x_is_null", TW_ERR_FORMAT, "'xcoordinates' is empty"},
                 {"no_metric", TW_ERR_FORMAT, "no dataset of 3 x 4 values"},
                 {"transposed", TW_ERR_SHAPE,
                  "has shape (4, 3), columns first, for 4 x and 3 y "
                  "coordinates; transpose it"},
                 {"bad_mask", TW_ERR_FORMAT, "/thalweg/computed has 3 entries for 4 points"},
                 {"huge", TW_ERR_FORMAT, "'ycoordinates' is larger than the file"},
                 {"linked", TW_ERR_FORMAT, "no dataset 'xcoordinates'"},
                 {"external", TW_ERR_FORMAT, "in another file"},
                 {"virtual", TW_ERR_FORMAT, "in another file"}};
    outside("make_bad_surfaces", scratch(""));
    tw_surface surface;
    for (size_t k = 0; k < sizeof cases / sizeof cases[0]; k++) {
        char name[64];
        snprintf(name, sizeof name, "%s.h5", cases[k].name);
        assert_fails(cases[k].status, cases[k].words,
                     tw_surface_read(scratch(name), &surface, NULL));
        assert_non_null(strstr(tw_message(), name));
        assert_null(surface.values);
        tw_surface_release(&surface);
    }
}

static void what_is_no_surface(void **state) {
    tw_surface surface;
    assert_fails(TW_ERR_IO, "No such file", tw_surface_read(scratch("none.h5"), &surface, NULL));
    assert_fails(TW_ERR_IO, "is a directory", tw_surface_read(scratch(""), &surface, NULL));
    assert_fails(TW_ERR_IO, "plain files", tw_surface_read("/dev/null", &surface, NULL));
    write_bytes(scratch("text.h5"), "not HDF5", 8);
    assert_fails(TW_ERR_FORMAT, "not an HDF5 file",
                 tw_surface_read(scratch("text.h5"), &surface, NULL));
    write_bytes(scratch("empty.h5"), "", 0);
    assert_fails(TW_ERR_FORMAT, "the file is empty",
                 tw_surface_read(scratch("empty.h5"), &surface, NULL));
}

static void bad_names_are_refused(void **state) {
    static const struct {
        const char *name, *words;
    } cases[] = {{"a/b", "cannot be the name"},
                 {"", "cannot be the name"},
                 {"thalweg", "cannot be the name"},
                 {"xcoordinates", "two datasets are called"}};
    const tw_axis x = {-1, 1, 5};
    tw_surface surface;
    for (size_t k = 0; k < 4; k++) {
        assert_ok(tw_surface_init(&surface, &x, NULL, 1, &cases[k].name));
        assert_fails(TW_ERR_ARGUMENT, cases[k].words,
                     tw_surface_write(scratch("named.h5"), &surface, NULL));
        tw_surface_release(&surface);
    }
    assert_ok(tw_surface_init(&surface, &x, NULL, 2, metric_names));
    assert_fails(TW_ERR_ARGUMENT, ".h5", tw_surface_write(scratch("x.npy"), &surface, NULL));
    assert_fails(TW_ERR_ARGUMENT, ".h5", tw_surface_write(scratch("surface"), &surface, NULL));
    tw_provenance twice = {0};
    assert_ok(tw_provenance_add(&twice, "kind", "x"));
    assert_fails(TW_ERR_ARGUMENT, "'kind' is there",
                 tw_surface_write(scratch("named.h5"), &surface, &twice));
    tw_provenance_release(&twice);
    tw_surface_release(&surface);
    assert_no_part();
}

/* A text longer than the 64 KiB that HDF5 keeps in an attribute itself. */
static void long_texts_come_back(void **state) {
    enum { SIZE = 300001 };
    char *text = malloc(SIZE);
    memset(text, 'a', SIZE);
    text[SIZE - 1] = '\0';
    tw_surface surface;
    tw_provenance provenance = {0}, back = {0};
    make(&surface, 1);
    assert_ok(tw_provenance_add(&provenance, "command", "%s", text));
    assert_ok(tw_provenance_add(&provenance, "after", "still here"));
    assert_ok(tw_surface_write(scratch("long.h5"), &surface, &provenance));
    tw_surface_release(&surface);
    assert_ok(tw_surface_read(scratch("long.h5"), &surface, &back));
    assert_string_equal(tw_provenance_get(&back, "command"), text);
    assert_string_equal(tw_provenance_get(&back, "after"), "still here");
    tw_surface_release(&surface);
    tw_provenance_release(&provenance);
    tw_provenance_release(&back);
    free(text);
}

/* A part on file and the rest at hand: every kind of number comes over, nothing else is touched. */
static void a_survey_goes_on(void **state) {
    tw_surface part, whole;
    tw_provenance made = {0}, again = {0};
    size_t taken = 99;
    make(&part, 2);
    make(&whole, 2);
    make_provenance(&made);
    memset(whole.computed, 0, 15);
    for (size_t k = 0; k < 30; k++)
        whole.values[k] = 7;
    assert_ok(tw_surface_continue(scratch("none.h5"), &made, &whole, &taken));
    assert_int_equal(taken, 0);
    assert_ok(tw_surface_write(scratch("part.h5"), &part, &made));
    /* the command may be told in other words */
    assert_ok(tw_provenance_add(&again, "version", "1.2.3"));
    assert_ok(tw_provenance_add(&again, "empty", "%s", ""));
    assert_ok(tw_provenance_add(&again, "command", "thalweg plane --threads 3"));
    assert_ok(tw_surface_continue(scratch("part.h5"), &again, &whole, &taken));
    assert_int_equal(taken, 14);
    compare(&part, &whole);
    assert_true(tw_surface_plane(&whole, 0)[14] == 7 && tw_surface_plane(&whole, 1)[14] == 7);
    tw_provenance_release(&again);
    tw_provenance_release(&made);
    tw_surface_release(&part);
    tw_surface_release(&whole);
}

static void refuse(const tw_provenance *made, tw_surface *surface, const char *words) {
    size_t taken, points = surface->nx * surface->ny;
    memset(surface->computed, 0, points);
    assert_fails(TW_ERR_ARGUMENT, words,
                 tw_surface_continue(scratch("part.h5"), made, surface, &taken));
    for (size_t p = 0; p < points; p++)
        assert_int_equal(surface->computed[p], 0);
    tw_surface_release(surface);
}

static void other_surveys_are_refused(void **state) {
    static const char *const others[] = {"train_loss", "test_acc"};
    const tw_axis x = {-1, 1, 5}, y = {0, 1, 3}, moved = {-1, 2, 5};
    tw_surface s;
    tw_provenance made = {0}, none = {0}, other = {0};
    make(&s, 2);
    make_provenance(&made);
    assert_ok(tw_surface_write(scratch("part.h5"), &s, &made));
    assert_ok(tw_provenance_add(&other, "version", "1.2.4"));
    assert_ok(tw_provenance_add(&other, "seed", "1"));
    refuse(&other, &s, "version is '1.2.3' there and '1.2.4' here; also different: seed, empty");
    make(&s, 2);
    refuse(&none, &s, "version is '1.2.3' there and not given here; also different: empty");
    make(&s, 1);
    refuse(&made, &s, "5 x 3 points there and 5 x 1 here");
    assert_ok(tw_surface_init(&s, &moved, &y, 2, metric_names));
    refuse(&made, &s, "its coefficients differ");
    assert_ok(tw_surface_init(&s, &x, &y, 2, others));
    refuse(&made, &s, "it has no 'test_acc'");
    assert_ok(tw_surface_init(&s, &x, &y, 1, metric_names));
    refuse(&made, &s, "holds 'train_acc' as well");
    make(&s, 2);
    assert_ok(tw_surface_write(scratch("part.h5"), &s, &none));
    refuse(&made, &s, "does not say what made it");
    tw_provenance_release(&other);
    tw_provenance_release(&made);
}

/* FNV-1a by hand: of no bytes its basis, and of 1.0 = 0x3ff0000000000000, lowest byte first. */
static void hashes_of_vectors(void **state) {
    const double one[] = {1.0, -0.0}, zero[] = {1.0, 0.0};
    uint64_t hash = 0xcbf29ce484222325u;
    assert_true(tw_provenance_hash(0, one) == hash);
    for (int k = 0; k < 6; k++)
        hash *= 0x100000001b3u;
    hash = (hash ^ 0xf0) * 0x100000001b3u;
    hash = (hash ^ 0x3f) * 0x100000001b3u;
    assert_true(tw_provenance_hash(1, one) == hash);
    assert_true(tw_provenance_hash(2, one) != tw_provenance_hash(2, zero));
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(planes_come_back),
        cmocka_unit_test(lines_come_back),
        cmocka_unit_test(bytes_do_not_change),
        cmocka_unit_test(other_makers_are_read),
        cmocka_unit_test(the_peers_surface_is_read),
        cmocka_unit_test(what_others_fill_in_is_believed),
        cmocka_unit_test(what_others_have_not_filled_is_unknown),
        cmocka_unit_test(bad_surfaces_are_refused),
        cmocka_unit_test(what_is_no_surface),
        cmocka_unit_test(bad_names_are_refused),
        cmocka_unit_test(long_texts_come_back),
        cmocka_unit_test(a_survey_goes_on),
        cmocka_unit_test(other_surveys_are_refused),
        cmocka_unit_test(hashes_of_vectors),
    };
    return cmocka_run_group_tests(tests, scratch_setup, scratch_teardown);
}
