/* Gradients, step-size studies and sweeps as a C program takes them: what is decided where nothing
 * is said, and what is written. The numbers themselves are judged in tests/diff. */
#include <math.h>
#include <unistd.h>

#include "support.h"

static char lines[4096];

static void say(void *user, const char *line) {
    size_t used = strlen(lines);
    snprintf(lines + used, sizeof lines - used, "%s\n", line);
}

static tw_study study;

static tw_study_model *open_model(const char *name) {
    tw_study_model *model = NULL;
    tw_study_model_options options = tw_study_model_defaults();
    study = tw_study_defaults();
    study.say = say;
    lines[0] = '\0';
    options.model = name;
    options.data.source = strchr(name, ':') == NULL ? "synthetic:40" : NULL;
    assert_ok(tw_study_model_open(&study, &options, &model));
    return model;
}

static const char *scratch(const char *name) {
    static char path[2][64];
    static int turn;
    turn = !turn;
    snprintf(path[turn], sizeof path[turn], "study-gradient-%ld-%s", (long)getpid(), name);
    return path[turn];
}

static void decides(void **state) {
    static const struct {
        const char *model;
        double step;
        const char *method;
        double h;
    } cases[] = {{"softmax", NAN, "forward", 1e-5},
                 {"softmax", 0, "forward", 0},
                 {"rosenbrock:4", NAN, "ladder", 0},
                 {"rosenbrock:4", 1e-4, "central", 1e-4},
                 {"rosenbrock:1002", NAN, "central", 0}};
    for (size_t k = 0; k < sizeof cases / sizeof cases[0]; k++) {
        tw_study_model *model = open_model(cases[k].model);
        tw_study_gradient_options options = tw_study_gradient_defaults();
        tw_study_gradient *found = NULL, *right = NULL;
        options.step = cases[k].step;
        assert_ok(tw_study_gradient_run(model, &options, &found));
        assert_string_equal(found->method, cases[k].method);
        if (cases[k].h > 0)
            assert_true(found->step == cases[k].h);
        assert_true(found->bars == NULL &&
                    isnan(found->bar) == (strcmp(found->method, "ladder") != 0));
        options = tw_study_gradient_defaults();
        options.method = TW_DIFF_COMPLEX + 1;
        assert_string_equal(tw_study_gradient_method((size_t)options.method), "analytic");
        assert_null(tw_study_gradient_method((size_t)options.method + 1));
        assert_ok(tw_study_gradient_run(model, &options, &right));
        assert_true(relative_distance(found->gradient, right->gradient, model->size) < 0.02);
        assert_close(found->norm, right->norm, 0.02, 0);
        tw_study_gradient_free(found);
        tw_study_gradient_free(right);
        tw_study_model_free(model);
    }
}

static void writes_bars_beside(void **state) {
    tw_study_model *model = open_model("rosenbrock:3");
    tw_study_gradient_options options = tw_study_gradient_defaults();
    tw_study_gradient *gradient = NULL;
    tw_array bars = {0};
    char *path = NULL;
    const char *output = scratch("g.npy");
    options.bars = 1;
    assert_ok(tw_study_gradient_run(model, &options, &gradient));
    assert_ok(tw_study_gradient_write(gradient, output, scratch("s.csv")));
    assert_ok(tw_study_gradient_bars_path(output, &path));
    assert_ok(tw_array_read(path, NULL, &bars));
    assert_int_equal(bars.count, 3);
    assert_memory_equal(bars.values, gradient->bars, 3 * sizeof(double));
    for (size_t k = 0; k < 3; k++) { /* the largest is swept */
        char line[64];
        snprintf(line, sizeof line, "derivative along x[%zu]: ", k);
        assert_int_equal(strstr(lines, line) != NULL, fabs(gradient->gradient[k]) == gradient->max);
    }
    assert_non_null(strstr(lines, "best step, central: "));
    assert_true(unlink(output) == 0 && unlink(path) == 0 && unlink(scratch("s.csv")) == 0);
    free(path);
    assert_fails(TW_ERR_ARGUMENT, "'g.txt' is not a .npy or .h5 file",
                 tw_study_gradient_bars_path("g.txt", &path));
    tw_array_release(&bars);
    tw_study_gradient_free(gradient);
    options.method = TW_DIFF_COMPLEX + 1;
    assert_fails(TW_ERR_ARGUMENT, "no error bars",
                 tw_study_gradient_run(model, &options, &gradient));
    assert_null(gradient);
    options.bytes = 3;
    assert_fails(TW_ERR_ARGUMENT, "tw_study_gradient_defaults()",
                 tw_study_gradient_run(model, &options, &gradient));
    tw_study_model_free(model);
}

static void studies_steps(void **state) {
    tw_study_model *model = open_model("rosenbrock:2");
    tw_study_steps *steps = NULL;
    const char *output = scratch("s.csv");
    tw_table table = {0};
    assert_ok(tw_study_steps_run(model, NULL, &steps));
    assert_int_equal(steps->count, 10);
    for (size_t k = 0; k < steps->count; k++) { /* by hand, at one point after the other */
        double x[2], loss;
        for (int i = 0; i < 2; i++)
            x[i] = model->x[i] - steps->steps[k] * steps->gradient->gradient[i];
        assert_ok(tw_objective_value(model->objective, x, &loss));
        assert_close(steps->losses[k], loss, 1e-12, 0);
        assert_true(steps->losses[steps->best] <= loss * (1 + 1e-12));
    }
    assert_ok(tw_study_steps_write(steps, output, NULL));
    assert_ok(tw_table_read(output, &table, NULL));
    assert_int_equal(table.rows, 11);
    assert_true(table.values[0][0] == 0 && table.values[1][0] == steps->gradient->loss);
    assert_true(unlink(output) == 0);
    tw_table_release(&table);
    tw_study_steps_free(steps);
    tw_study_model_free(model);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(decides),
        cmocka_unit_test(writes_bars_beside),
        cmocka_unit_test(studies_steps),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
