/* Landscapes from C: options are left alone, a plan can be run again, an interrupted run goes on to
 * the same bits, and what is said of it comes by the study's calls. */
#include <math.h>
#include <unistd.h>

#include "support.h"

static char folder[] = "/tmp/thalweg-landscape-XXXXXX";

static const char *in_folder(const char *name) {
    static char paths[4][96];
    static unsigned next;
    char *path = paths[next++ % 4];
    snprintf(path, sizeof paths[0], "%s/%s", folder, name);
    return path;
}

typedef struct listener {
    int asked, stop_at; /* questions whether to stop, and at which one it is to */
    int watched, begun, steps, ended;
    char lines[1024];
} listener;

static void say(void *user, const char *line) {
    listener *l = user;
    size_t used = strlen(l->lines);
    snprintf(l->lines + used, sizeof l->lines - used, "%s\n", line);
}

static int progress(void *user, const char *label, size_t done, size_t total) {
    listener *l = user;
    l->begun += strcmp(label, "plane") == 0 && total > 0 && l->steps == 0;
    l->steps += total > 0;
    l->ended += total == 0;
    return 0;
}

static int interrupted(void *user) {
    listener *l = user;
    assert_int_equal(l->watched, 1);
    return l->stop_at > 0 && ++l->asked >= l->stop_at ? 15 : 0;
}

static void watch(void *user, int begins) {
    listener *l = user;
    l->watched += begins ? 1 : -1;
}

static tw_study study_of(listener *l) {
    tw_study study = tw_study_defaults();
    study.user = l;
    study.say = say;
    study.progress = progress;
    study.interrupted = interrupted;
    study.watch = watch;
    return study;
}

static tw_study_landscape_options options_of(const char *output) {
    tw_study_landscape_options options = tw_study_landscape_defaults(2);
    options.model.model = "rosenbrock:3";
    options.model.init = "normal:1";
    options.x = (tw_axis){-1, 1, 60};
    options.y = (tw_axis){-1, 1, 60};
    options.save_every = 0;
    options.output = output;
    return options;
}

/* Twice from one plan: the same bits, and the caller's options as they were. */
static void a_plan_does_not_change(void **state) {
    listener l = {0};
    tw_study study = study_of(&l);
    tw_study_landscape_options options = options_of(NULL), before = options;
    tw_study_landscape_plan *plan = NULL;
    tw_study_landscape_result one, two;
    assert_ok(tw_study_landscape_plan_new(&study, &options, &plan));
    assert_memory_equal(&options, &before, sizeof options);
    const tw_provenance *made = tw_study_landscape_plan_provenance(plan);
    const size_t keys = made->count;
    assert_string_equal(tw_provenance_get(made, "x"), "-1:1:60");
    assert_string_equal(tw_provenance_get(made, "dx"), "random");
    assert_string_equal(tw_provenance_get(made, "orthogonal"), "yes");
    assert_int_equal(options.plane.orthogonal, 0);
    assert_close(tw_study_landscape_plan_plane(plan)->angle, 90, 1e-13, 0);
    assert_ok(tw_study_landscape_run(plan, &one));
    assert_ok(tw_study_landscape_run(plan, &two));
    assert_int_equal(made->count, keys);
    assert_memory_equal(one.surface.values, two.surface.values, 60 * 60 * sizeof(double));
    assert_int_equal(one.summary.points, 3600);
    assert_true(one.summary.minimum == two.summary.minimum && one.summary.minimum < 1e3);
    assert_true(l.begun >= 1 && l.ended >= 2 && l.watched == 0);
    tw_study_landscape_release(&one);
    tw_study_landscape_release(&two);
    tw_study_landscape_plan_free(plan);
}

/* The values of the model at origin + a x + b y, which the surface must have. */
static void values_are_the_models(void **state) {
    listener l = {0};
    tw_study study = study_of(&l);
    tw_study_landscape_options options = options_of(NULL);
    tw_study_landscape_plan *plan = NULL;
    tw_study_landscape_result result;
    assert_ok(tw_study_landscape_plan_new(&study, &options, &plan));
    assert_ok(tw_study_landscape_run(plan, &result));
    const tw_plane *plane = tw_study_landscape_plan_plane(plan);
    const tw_study_model *model = tw_study_landscape_plan_model(plan);
    for (int axis = 0; axis < 2; axis++) {
        tw_axis planned = tw_study_landscape_plan_axis(plan, axis);
        const double *made = axis == 0 ? result.surface.x : result.surface.y;
        assert_int_equal(planned.count, 60);
        assert_true(planned.first == made[0] && planned.last == made[59]);
    }
    for (size_t k = 0; k < 3600; k += 77) {
        double x[3], value;
        for (int i = 0; i < 3; i++)
            x[i] = plane->origin[i] + result.surface.x[k % 60] * plane->x[i] +
                   result.surface.y[k / 60] * plane->y[i];
        assert_ok(tw_objective_value(model->objective, x, &value));
        assert_close(result.surface.values[k], value, 1e-12, 1e-12);
    }
    tw_study_landscape_release(&result);
    tw_study_landscape_plan_free(plan);
}

static void interrupted_and_continued(void **state) {
    listener l = {0};
    tw_study study = study_of(&l);
    tw_study_landscape_options options = options_of(in_folder("whole.csv"));
    tw_study_landscape_plan *plan = NULL;
    tw_study_landscape_result result;
    assert_ok(tw_study_landscape_plan_new(&study, &options, &plan));
    assert_ok(tw_study_landscape_run(plan, &result));
    tw_study_landscape_release(&result);
    tw_study_landscape_plan_free(plan);

    options.output = in_folder("cut.csv");
    l = (listener){.stop_at = 1};
    assert_ok(tw_study_landscape_plan_new(&study, &options, &plan));
    assert_fails(TW_ERR_CANCELLED, "interrupted by signal 15; ",
                 tw_study_landscape_run(plan, &result));
    assert_true(strstr(tw_message(), "the same command continues from there") != NULL);
    assert_int_equal(l.watched, 0);
    tw_study_landscape_release(&result);
    l.stop_at = 0;
    assert_ok(tw_study_landscape_run(plan, &result));
    assert_true(strstr(l.lines, "continuing '") != NULL);
    assert_in_range(result.summary.continued, 1, 3599);
    tw_study_landscape_release(&result);
    char *whole = read_text(in_folder("whole.csv")), *cut = read_text(in_folder("cut.csv"));
    assert_string_equal(whole, cut);
    free(whole);
    free(cut);
    assert_ok(tw_study_landscape_run(plan, &result)); /* and is complete */
    assert_true(strstr(l.lines, "is complete") != NULL);
    assert_int_equal(result.summary.continued, 3600);
    tw_study_landscape_release(&result);
    tw_study_landscape_plan_free(plan);
    unlink(in_folder("whole.csv"));
    unlink(in_folder("cut.csv"));
}

/* A range that is chosen, with so many points; and a line to a point that is in no file. */
static void chosen_ranges_and_given_points(void **state) {
    const double b[3] = {1, -1, 2}, bad[3] = {1, NAN, 2};
    listener l = {0};
    tw_study study = study_of(&l);
    tw_study_landscape_options options = options_of(NULL);
    tw_study_landscape_plan *plan = NULL;
    tw_study_landscape_result result = {0};
    options.y = (tw_axis){NAN, NAN, 7};
    assert_ok(tw_study_landscape_plan_new(&study, &options, &plan));
    const tw_axis y = tw_study_landscape_plan_axis(plan, 1);
    assert_true(y.first == -1 && y.last == 1 && y.count == 7);
    tw_study_landscape_plan_free(plan);
    options.y.count = 1;
    assert_fails(TW_ERR_ARGUMENT, "--y: 1 point from nan",
                 tw_study_landscape_plan_new(&study, &options, &plan));
    options = tw_study_landscape_defaults(1);
    options.model.model = "rosenbrock:3";
    options.plane.to_point = b;
    assert_fails(TW_ERR_ARGUMENT, "--to", tw_study_landscape_plan_new(&study, &options, &plan));
    options.plane.to = "there";
    options.plane.to_point = bad;
    assert_fails(TW_ERR_ARGUMENT, "--to: entry 1 is nan",
                 tw_study_landscape_plan_new(&study, &options, &plan));
    options.plane.to_point = b;
    assert_ok(tw_study_landscape_plan_new(&study, &options, &plan));
    const tw_study_model *model = tw_study_landscape_plan_model(plan);
    for (int i = 0; i < 3; i++)
        assert_true(tw_study_landscape_plan_plane(plan)->x[i] == b[i] - model->x[i]);
    assert_string_equal(tw_provenance_get(tw_study_landscape_plan_provenance(plan), "to"), "there");
    assert_ok(tw_study_landscape_run(plan, &result));
    double value;
    assert_ok(tw_objective_value(model->objective, b, &value));
    assert_true(result.paths.count == 2 && result.paths.path[1].loss[0] == value);
    tw_study_landscape_release(&result);
    tw_study_landscape_plan_free(plan);
}

static void bad_input(void **state) {
    listener l = {0};
    tw_study study = study_of(&l);
    tw_study_landscape_options options = {0};
    tw_study_landscape_plan *plan = NULL;
    assert_fails(TW_ERR_ARGUMENT, "tw_study_landscape_defaults",
                 tw_study_landscape_plan_new(&study, &options, &plan));
    assert_null(plan);
    options = tw_study_landscape_defaults(3);
    assert_fails(TW_ERR_ARGUMENT, "rank 3", tw_study_landscape_plan_new(&study, &options, &plan));
    options = tw_study_landscape_defaults(2);
    options.repeats = 4;
    assert_fails(TW_ERR_ARGUMENT, "--repeats is for lines", tw_study_landscape_check(&options));
    options = tw_study_landscape_defaults(2);
    options.adaptive = "200%";
    assert_fails(TW_ERR_ARGUMENT, "below 100%", tw_study_landscape_check(&options));
    options = tw_study_landscape_defaults(2);
    options.model.model = "rosenbrock:3";
    options.plane.third = "c.npy";
    assert_fails(TW_ERR_ARGUMENT, "--third needs a second point",
                 tw_study_landscape_plan_new(&study, &options, &plan));
    tw_study_landscape_plan_free(plan);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_plan_does_not_change),
        cmocka_unit_test(values_are_the_models),
        cmocka_unit_test(interrupted_and_continued),
        cmocka_unit_test(chosen_ranges_and_given_points),
        cmocka_unit_test(bad_input),
    };
    assert_non_null(mkdtemp(folder));
    int failed = cmocka_run_group_tests(tests, NULL, NULL);
    rmdir(folder);
    return failed;
}
