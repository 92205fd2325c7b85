/* Gradient checks of models as a C program has them: what options mean, and what is advised. What
 * checks find is judged in tests/gradcheck. */
#include <math.h>

#include "support.h"

static char lines[4096];

static void say(void *user, const char *line) {
    size_t used = strlen(lines);
    snprintf(lines + used, sizeof lines - used, "%s\n", line);
}

static tw_study study;

static tw_study_model *open_model(const char *name, const char *reg) {
    tw_study_model *model = NULL;
    tw_study_model_options options = tw_study_model_defaults();
    const tw_setting setting = {"reg", reg};
    study = tw_study_defaults();
    study.say = say;
    lines[0] = '\0';
    options.model = name;
    options.settings = (tw_settings){reg != NULL, &setting};
    options.init = "normal:1";
    assert_ok(tw_study_model_open(&study, &options, &model));
    return model;
}

static void checks_what_is_chosen(void **state) {
    static const double entries[] = {2, 0};
    tw_study_model *model = open_model("rosenbrock:4", NULL);
    tw_study_gradcheck_options options = tw_study_gradcheck_defaults();
    tw_gradcheck *check = NULL;
    options.entries = (tw_numbers){2, entries};
    options.rtol = 1e-4;
    assert_ok(tw_study_gradcheck_run(model, &options, &check));
    assert_int_equal(check->entry_count, 2);
    assert_true(check->entries[0].index == 0 && check->entries[1].index == 2);
    assert_true(check->rtol == 1e-4 && check->verdict == TW_VERDICT_PASS);
    tw_gradcheck_free(check);

    options = tw_study_gradcheck_defaults();
    options.max_evaluations = 1;
    assert_ok(tw_study_gradcheck_run(model, &options, &check));
    assert_int_equal(check->verdict, TW_VERDICT_INCONCLUSIVE);
    tw_gradcheck_free(check);
    tw_study_model_free(model);
}

static void refuses(void **state) {
    static const double wrong[][1] = {{4}, {-1}, {0.5}};
    tw_study_model *model = open_model("rosenbrock:4", NULL);
    tw_study_gradcheck_options options = tw_study_gradcheck_defaults();
    tw_gradcheck *check = NULL;
    for (size_t k = 0; k < sizeof wrong / sizeof wrong[0]; k++) {
        options.entries = (tw_numbers){1, wrong[k]};
        assert_fails(TW_ERR_ARGUMENT, "is not one of 0 to 3",
                     tw_study_gradcheck_run(model, &options, &check));
        assert_null(check);
    }
    options.locate = 1;
    assert_fails(TW_ERR_ARGUMENT, "cannot be used together",
                 tw_study_gradcheck_run(model, &options, &check));
    tw_study_model_free(model);
}

static void walks_first(void **state) {
    tw_study_model *model = open_model("rosenbrock:2", NULL);
    tw_study_gradcheck_options options = tw_study_gradcheck_defaults();
    tw_gradcheck *check = NULL;
    double before, after;
    assert_ok(tw_objective_value(model->objective, model->x, &before));
    options.burn_in = 20;
    assert_ok(tw_study_gradcheck_run(model, &options, &check));
    assert_ok(tw_objective_value(model->objective, model->x, &after));
    assert_true(after < before && check->loss == after);
    assert_non_null(strstr(lines, "after 20 iterations of gd the loss is "));
    tw_gradcheck_free(check);
    tw_study_model_free(model);
}

static void advises(void **state) {
    tw_study_model *model = open_model("softmax", "100");
    assert_ok(tw_study_gradcheck_advise(model, NULL));
    assert_non_null(strstr(lines, "checked at drawn parameters"));
    assert_non_null(strstr(lines, "the regulariser makes up 100 % of the gradient"));
    tw_study_model_free(model);
    model = open_model("softmax", "0");
    tw_study_gradcheck_options options = tw_study_gradcheck_defaults();
    options.burn_in = 1;
    assert_ok(tw_study_gradcheck_advise(model, &options));
    assert_string_equal(lines, "");
    tw_study_model_free(model);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(checks_what_is_chosen),
        cmocka_unit_test(refuses),
        cmocka_unit_test(walks_first),
        cmocka_unit_test(advises),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
