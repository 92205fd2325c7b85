/* Pictures of result files, and their conversion, by the functions that the tool calls. What is
 * drawn is held against the same drawn by plot.h alone. */
#include <math.h>
#include <unistd.h>

#include "file/scratch.h"
#include "support.h"

static char said[1024];

static void listen(void *user, const char *line) {
    size_t used = strlen(said);
    snprintf(said + used, sizeof said - used, "%s\n", line);
}

static tw_study listening(void) {
    tw_study study = tw_study_defaults();
    study.command = "several";
    study.say = listen;
    said[0] = '\0';
    return study;
}

/* f(a, b) = a^2 + 2 b^2 + 1 over 5 x 4 points, or along a line. */
static void write_surface(const char *path, int rank, const char *key, const char *text) {
    static const char *const names[] = {"train_loss"};
    const tw_axis x = {-1, 1, 5}, y = {-1, 2, 4};
    tw_surface surface;
    tw_provenance provenance = {0};
    assert_ok(tw_surface_init(&surface, &x, rank == 2 ? &y : NULL, 1, names));
    for (size_t j = 0; j < surface.ny; j++)
        for (size_t i = 0; i < surface.nx; i++) {
            double b = rank == 2 ? surface.y[j] : 0;
            surface.values[j * surface.nx + i] = surface.x[i] * surface.x[i] + 2 * b * b + 1;
            surface.computed[j * surface.nx + i] = 1;
        }
    assert_ok(tw_provenance_add(&provenance, "command", "made by %s", path));
    if (key != NULL)
        assert_ok(tw_provenance_add(&provenance, key, "%s", text));
    assert_ok(tw_surface_write(path, &surface, &provenance));
    tw_provenance_release(&provenance);
    tw_surface_release(&surface);
}

static void a_plane_is_drawn_as_plot_draws_it(void **state) {
    const char *file = "plane.h5";
    tw_surface surface = {0};
    tw_provenance provenance = {0};
    tw_study study = listening();
    tw_study_picture_options options = tw_study_picture_defaults();
    if (!tw_plot_available())
        skip();
    write_surface(file, 2, "dx", "axis:x[1]");
    options.view = TW_VIEW_HEAT;
    options.title = "a bowl";
    assert_ok(tw_study_picture_files(&study, &options, 1, &file, "ours.svg"));
    assert_ok(tw_surface_read(file, &surface, &provenance));
    const tw_figure figure = {.view = TW_VIEW_HEAT,
                              .title = "a bowl",
                              .x_label = "x[1]",
                              .no_marks = 1,
                              .description = "made by plane.h5"};
    assert_ok(tw_plot_surface("theirs.svg", &figure, &surface, 0));
    assert_same_bytes("ours.svg", "theirs.svg");
    options.metric = "test_loss";
    assert_fails(TW_ERR_ARGUMENT, "unknown metric 'test_loss'; there are: train_loss",
                 tw_study_picture_files(&study, &options, 1, &file, "ours.svg"));
    options.metric = NULL;
    options.log = options.linear = 1;
    assert_fails(TW_ERR_ARGUMENT, "--log and --linear",
                 tw_study_picture_files(&study, &options, 1, &file, "ours.svg"));
    const tw_study_picture_options zero = {0};
    assert_fails(TW_ERR_ARGUMENT, "begin with tw_study_picture_defaults()",
                 tw_study_picture_files(&study, &zero, 1, &file, "ours.svg"));
    tw_provenance_release(&provenance);
    tw_surface_release(&surface);
}

static void several_slices_share_their_axes(void **state) {
    static const char *const files[] = {"a.h5", "b.h5"};
    tw_study study = listening();
    tw_surface surface = {0};
    tw_provenance provenance = {0};
    if (!tw_plot_available())
        skip();
    write_surface("a.h5", 1, NULL, NULL);
    write_surface("b.h5", 1, NULL, NULL);
    assert_ok(tw_study_picture_files(&study, NULL, 2, files, "ours.svg"));
    assert_ok(tw_surface_read("a.h5", &surface, &provenance));
    const tw_curve curves[] = {
        {"a", surface.nx, surface.x, surface.values, .markers = 1},
        {"b", surface.nx, surface.x, surface.values, .markers = 1},
    };
    const tw_figure figure = {.width = 4.5,
                              .height = 3.2,
                              .x_label = "α",
                              .value_label = "training loss",
                              .description = "several"};
    assert_ok(tw_plot_curves("theirs.svg", &figure, 2, curves, NULL));
    assert_same_bytes("ours.svg", "theirs.svg");
    tw_provenance_release(&provenance);
    tw_surface_release(&surface);
}

static void what_cannot_be_drawn_is_told(void **state) {
    static const char *const mixed[] = {"plane.h5", "a.h5"}, *const weights[] = {"w.npy"};
    tw_study study = listening();
    write_surface("plane.h5", 2, NULL, NULL);
    write_surface("a.h5", 1, NULL, NULL);
    assert_fails(TW_ERR_ARGUMENT, "'plane.h5' is a plane and 'a.h5' a slice",
                 tw_study_picture_files(&study, NULL, 2, mixed, "no.svg"));
    assert_ok(tw_array_write("w.npy", 1, (const size_t[]){2}, (const double[]){1, 2}));
    assert_fails(TW_ERR_UNSUPPORTED, "'w.npy' holds parameters",
                 tw_study_picture_files(&study, NULL, 1, weights, "no.svg"));
    assert_fails(TW_ERR_ARGUMENT, "no file",
                 tw_study_picture_files(&study, NULL, 0, weights, "no.svg"));
    assert_int_not_equal(access("no.svg", F_OK), 0);
}

static void names_of_pictures(void **state) {
    static const char *const cases[][2] = {
        {"a/plane.h5", "a/plane.png"}, {"a.b/plane", "a.b/plane.png"}, {".h5", ".h5.png"}};
    for (size_t k = 0; k < 3; k++) {
        char *name = NULL;
        assert_ok(tw_study_picture_name(cases[k][0], &name));
        assert_string_equal(name, cases[k][1]);
        free(name);
    }
}

static void results_are_converted_and_losses_told(void **state) {
    const char *kind = NULL;
    tw_study study = listening();
    tw_surface before = {0}, after = {0};
    tw_provenance provenance = {0};
    write_surface("plane.h5", 2, NULL, NULL);
    assert_ok(tw_study_convert(&study, NULL, "plane.h5", "plane.csv", &kind));
    assert_string_equal(kind, "surface");
    assert_ok(tw_surface_read("plane.h5", &before, &provenance));
    assert_ok(tw_surface_read("plane.csv", &after, &provenance));
    assert_int_equal(before.nx * before.ny, after.nx * after.ny);
    assert_memory_equal(before.values, after.values, before.nx * before.ny * sizeof(double));
    tw_provenance_release(&provenance);
    tw_surface_release(&after);
    tw_surface_release(&before);

    assert_fails(TW_ERR_ARGUMENT, "surface 'plane.png': the name must end in .h5, .npz, .csv",
                 tw_study_convert(&study, NULL, "plane.h5", "plane.png", &kind));
    tw_study_convert_options options = tw_study_convert_defaults();
    options.log = 1;
    assert_fails(TW_ERR_ARGUMENT, "has a height",
                 tw_study_convert(&study, &options, "plane.h5", "plane2.csv", &kind));
    options.metric = "loss2";
    assert_fails(TW_ERR_ARGUMENT, "unknown metric 'loss2'",
                 tw_study_convert(&study, &options, "plane.h5", "plane.vts", &kind));
    assert_ok(tw_array_write("w.npy", 1, (const size_t[]){2}, (const double[]){1, 2}));
    assert_ok(tw_study_convert(NULL, NULL, "w.npy", "w.npz", NULL));
    assert_string_equal(said, "");
}

/* All files are in the scratch folder, by their names alone. */
static int enter(void **state) {
    return scratch_setup(state) != 0 || chdir(scratch(".")) != 0;
}

static int leave(void **state) {
    return chdir("/") != 0 || scratch_teardown(state) != 0;
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_plane_is_drawn_as_plot_draws_it),
        cmocka_unit_test(several_slices_share_their_axes),
        cmocka_unit_test(what_cannot_be_drawn_is_told),
        cmocka_unit_test(names_of_pictures),
        cmocka_unit_test(results_are_converted_and_losses_told),
    };
    return cmocka_run_group_tests(tests, enter, leave);
}
