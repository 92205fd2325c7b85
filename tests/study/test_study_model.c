/* Models by their names: against the same objectives made by hand. */
#include <math.h>

#include "support.h"

static char said[2048];

static void listen(void *user, const char *line) {
    size_t used = strlen(said);
    snprintf(said + used, sizeof said - used, "%s\n", line);
}

static tw_study listening(void) {
    tw_study study = tw_study_defaults();
    study.seed = 5;
    study.command = "by hand";
    study.say = listen;
    said[0] = '\0';
    return study;
}

static tw_study_model_options named(const char *model) {
    tw_study_model_options options = tw_study_model_defaults();
    options.model = model;
    return options;
}

static tw_study_model_options on_synthetic(const char *model) {
    tw_study_model_options options = named(model);
    options.data.source = "synthetic:60";
    return options;
}

static double loss_of(const tw_objective *objective, const double *x) {
    double values[8];
    assert_true(tw_objective_metrics(objective) <= 8);
    assert_ok(tw_objective_value((tw_objective *)objective, x, values));
    return values[0];
}

/* The svm of the notes: centred by the mean of the training split, though two classes and five
 * samples are looked at. */
static void a_model_is_what_its_parts_make(void **state) {
    const int classes[] = {3, 1};
    const tw_setting settings[] = {{"reg", "0.25"}, {"margin", "2"}};
    tw_study study = listening();
    tw_study_model_options options = on_synthetic("svm");
    options.data.limit = 5;
    options.data.classes = "3,1";
    options.init = "normal:0.01";
    options.settings = (tw_settings){2, settings};
    tw_study_model *model;
    assert_ok(tw_study_model_open(&study, &options, &model));

    tw_dataset *whole, *data;
    tw_dataset_options wanted = {.seed = 5, .classes = classes, .class_count = 2};
    assert_ok(tw_dataset_open("synthetic:60", &wanted, &whole));
    wanted.limit = 5;
    assert_ok(tw_dataset_open("synthetic:60", &wanted, &data));
    double *mean = calloc(tw_dataset_features(whole), sizeof *mean);
    tw_dataset_mean(whole, mean);
    const tw_linear_options linear = {
        .loss = TW_LINEAR_SVM, .reg = 0.25, .margin = 2, .mean = mean};
    tw_objective *objective;
    assert_ok(tw_linear_new(data, &linear, NULL, &objective));

    assert_int_equal(model->size, tw_objective_size(objective));
    double *x = calloc(model->size, sizeof *x);
    tw_rng_fill_normal(5, tw_rng_stream("init"), 0, model->size, x);
    for (size_t i = 0; i < model->size; i++)
        x[i] *= 0.01;
    assert_memory_equal(model->x, x, model->size * sizeof *x);
    assert_true(loss_of(model->objective, x) == loss_of(objective, x));
    assert_string_equal(model->kind, "svm");
    assert_true(model->point_given && !model->point_known && !model->example);
    assert_true(model->reg == 0.25);
    assert_true(tw_study_model_chance(model) == 2);

    free(x);
    tw_objective_free(objective);
    tw_dataset_free(data);
    tw_dataset_free(whole);
    free(mean);
    tw_study_model_free(model);
}

/* Nothing of the caller's is needed, or changed, after opening. */
static void options_are_copied(void **state) {
    char name[] = "mlp:3", source[] = "synthetic:40", setting[] = "activation", value[] = "tanh";
    tw_setting one = {setting, value};
    tw_study study = listening();
    tw_study_model_options options = named(name);
    options.data.source = source;
    options.settings = (tw_settings){1, &one};
    const tw_study_model_options before = options;
    tw_study_model *model;
    tw_provenance provenance = {0};
    tw_dataset *data;
    tw_objective *test;
    assert_ok(tw_study_model_open(&study, &options, &model));
    assert_memory_equal(&before, &options, sizeof options);
    memset(name, 'x', sizeof name - 1);
    memset(source, 'x', sizeof source - 1);
    memset(setting, 'x', sizeof setting - 1);
    memset(value, 'x', sizeof value - 1);
    one = (tw_setting){NULL, NULL};
    assert_ok(tw_study_model_test(model, &data, &test));
    assert_int_equal(tw_objective_samples(test), 8); /* a fifth of the training samples */
    assert_ok(tw_study_model_provenance(model, &provenance));
    static const char *const keys[][2] = {
        {"command", "by hand"},   {"seed", "5"},      {"model", "mlp:3"}, {"init", "he"},
        {"data", "synthetic:40"}, {"split", "train"}, {"samples", "40"},  {"activation", "tanh"}};
    for (size_t k = 0; k < sizeof keys / sizeof keys[0]; k++)
        assert_string_equal(tw_provenance_get(&provenance, keys[k][0]), keys[k][1]);
    tw_provenance_release(&provenance);
    tw_objective_free(test);
    tw_dataset_free(data);
    tw_study_model_free(model);
}

/* What is given and means nothing is refused, also where it is the usual value. */
static void what_is_given_must_mean_something(void **state) {
    static const struct {
        const char *model, *setting, *text, *words;
    } cases[] = {
        {"softmax", "margin", "2", "--margin: 'softmax' is a linear classifier, which does not"},
        {"mlp:4", "margin", "1", "--margin: 'mlp:4' is a network, which does not use it"},
        {"svm", "activation", "relu", "--activation: 'svm' is a linear classifier, which does not"},
        {"rosenbrock", "reg", "0", "--reg: 'rosenbrock' is a function, which does not use it"},
        {"rosenbrock", "example", "0", "--example: 'rosenbrock' is a function"},
        {"mlp:4", "exec-once", "1", "--exec-once: 'mlp:4' is a network"},
        {"svm", "margin", "0", "--margin: '0' must be greater than 0"},
        {"svm", "margin", "wide", "--margin: 'wide' is not a number"},
        {"svm", "reg", "-1", "--reg: '-1' must be 0 or greater"},
        {"svm", "reg", "", "--reg: the value is empty"},
        {"mlp:4", "activation", "relo", "did you mean 'relu'?"},
        {"svm", "example", "60", "--example: 60 is out of range, 'synthetic:60' has samples 0 to"},
        {"svm", "example", "-1", "not a whole number"},
        {"svm", "margni", "2", "no model has a setting 'margni'"},
        {"svm", NULL, "2", "setting 0 has no name or no text"},
        {"svm", "exec", "true", "the model is given twice: 'svm' and by --exec"},
    };
    tw_study study = listening();
    for (size_t k = 0; k < sizeof cases / sizeof cases[0]; k++) {
        const tw_setting one = {cases[k].setting, cases[k].text};
        int function = strcmp(cases[k].model, "rosenbrock") == 0;
        tw_study_model_options options =
            function ? named(cases[k].model) : on_synthetic(cases[k].model);
        options.settings = (tw_settings){1, &one};
        tw_study_model *model;
        assert_fails(TW_ERR_ARGUMENT, cases[k].words,
                     tw_study_model_open(&study, &options, &model));
        assert_null(model);
    }
}

static void data_mean_nothing_to_a_function(void **state) {
    tw_study study = listening();
    tw_study_model *model;
    for (int k = 0; k < 5; k++) {
        static const char *const option[] = {"--data", "--split", "--limit", "--decimal",
                                             "--labels-from"};
        tw_study_model_options options = named("rosenbrock");
        options.data.source = k == 0 ? "synthetic" : NULL;
        options.data.split = k == 1 ? TW_SPLIT_TRAIN : -1;
        options.data.limit = k == 2 ? 3 : TW_UNSET;
        options.data.decimal = k == 3 ? 0 : -1;
        options.data.labels_from = k == 4 ? 0 : -1;
        assert_fails(TW_ERR_ARGUMENT, option[k], tw_study_model_open(&study, &options, &model));
    }
    tw_study_model_options options = named("rosenbrock");
    assert_ok(tw_study_model_open(&study, &options, &model));
    assert_true(isnan(tw_study_model_chance(model)));
    tw_study_model_free(model);
}

static void nobody_need_listen(void **state) {
    const tw_study zero = {0};
    tw_study_model_options options = named("rosenbrock:3");
    tw_study_model *model;
    assert_ok(tw_study_model_open(NULL, &options, &model));
    assert_int_equal(model->size, 3);
    tw_study_model_free(model);
    assert_fails(TW_ERR_ARGUMENT, "begin with tw_study_defaults()",
                 tw_study_model_open(&zero, &options, &model));
}

/* Options that nobody began, and those of an older caller, which end before `errors`. */
static void options_say_their_size(void **state) {
    tw_study study = listening();
    tw_study_model *model;
    const tw_study_model_options zero = {0};
    const tw_metric errors = {"loss", .is_error = 1};
    assert_fails(TW_ERR_ARGUMENT, "begin with tw_study_model_defaults()",
                 tw_study_model_open(&study, &zero, &model));
    tw_study_model_options older = on_synthetic("softmax");
    older.bytes = offsetof(tw_study_model_options, errors);
    older.errors = 1; /* is not read */
    assert_ok(tw_study_model_open(&study, &older, &model));
    assert_int_equal(tw_objective_metric_find(model->objective, &errors), -1);
    tw_study_model_free(model);
    older.bytes = sizeof older;
    assert_ok(tw_study_model_open(&study, &older, &model));
    assert_true(tw_objective_metric_find(model->objective, &errors) >= 0);
    tw_study_model_free(model);
    assert_ok(tw_study_model_open(&study, NULL, &model)); /* nothing is given: softmax */
    assert_string_equal(model->kind, "softmax");
    assert_string_equal(model->source, "synthetic");
    tw_study_model_free(model);
}

static void a_point_is_one_of_four(void **state) {
    const double at[] = {3, 2};
    tw_study study = listening();
    tw_study_model *model;
    tw_provenance provenance = {0};
    tw_study_model_options options = named("himmelblau");
    options.at = (tw_numbers){2, at};
    assert_ok(tw_study_model_open(&study, &options, &model));
    assert_true(model->point_known && loss_of(model->objective, model->x) == 0);
    assert_ok(tw_study_model_provenance(model, &provenance));
    assert_string_equal(tw_provenance_get(&provenance, "at"), "3,2");
    assert_null(tw_provenance_get(&provenance, "init"));
    tw_provenance_release(&provenance);
    const double moved[] = {-1, 4};
    assert_ok(tw_study_model_move(model, moved, "last checkpoint"));
    assert_memory_equal(model->x, moved, sizeof moved);
    assert_ok(tw_study_model_provenance(model, &provenance));
    assert_string_equal(tw_provenance_get(&provenance, "init"), "last checkpoint");
    assert_null(tw_provenance_get(&provenance, "at"));
    tw_provenance_release(&provenance);
    tw_study_model_free(model);
    options.init = "zero";
    assert_fails(TW_ERR_ARGUMENT, "--at and --init cannot be used together",
                 tw_study_model_open(&study, &options, &model));
    options.init = NULL;
    options.at.count = 1;
    assert_fails(TW_ERR_ARGUMENT, "--at: 1 numbers, and 'himmelblau' has 2 parameters",
                 tw_study_model_open(&study, &options, &model));
    options = named("himmelblau");
    options.init = "uniform";
    assert_fails(TW_ERR_ARGUMENT, "neither 'normal:SCALE' nor 'zero'",
                 tw_study_model_open(&study, &options, &model));
}

/* As a model of the same seed begins; a study of nobody's has the seed 0. */
static void points_can_be_drawn_alone(void **state) {
    tw_study study = listening();
    tw_study_model *model;
    tw_study_model_options options = named("himmelblau");
    double x[2], again[2];
    options.init = "normal:0.5";
    study.seed = 7;
    assert_ok(tw_study_model_open(&study, &options, &model));
    assert_ok(tw_study_model_draw(&study, "normal:0.5", 2, x));
    assert_memory_equal(model->x, x, sizeof x);
    assert_ok(tw_study_model_draw(NULL, "normal:0.5", 2, again));
    assert_memory_not_equal(again, x, sizeof x);
    assert_ok(tw_study_model_draw(NULL, "zero", 2, again));
    assert_true(again[0] == 0 && again[1] == 0);
    assert_fails(TW_ERR_ARGUMENT, "neither 'normal:SCALE' nor 'zero'",
                 tw_study_model_draw(NULL, "uniform", 2, again));
    tw_study_model_free(model);
}

static void fewer_samples_are_the_first(void **state) {
    tw_study study = listening();
    tw_study_model *model;
    tw_objective *fewer;
    tw_study_model_options options = on_synthetic("softmax"), limited = options;
    assert_ok(tw_study_model_open(&study, &options, &model));
    assert_ok(tw_study_model_fewer(model, 7, &fewer));
    limited.data.limit = 7;
    tw_study_model *other;
    assert_ok(tw_study_model_open(&study, &limited, &other));
    assert_true(loss_of(fewer, model->x) == loss_of(other->objective, model->x));
    tw_study_model_use(model, fewer);
    assert_int_equal(tw_objective_samples(model->objective), 7);
    tw_study_model_free(other);
    tw_study_model_free(model);
    tw_study_model_options function = named("rosenbrock");
    assert_ok(tw_study_model_open(&study, &function, &model));
    assert_fails(TW_ERR_UNSUPPORTED, "needs no data", tw_study_model_fewer(model, 7, &fewer));
    tw_study_model_free(model);
}

/* What a model is called does not go with the objective that was replaced. */
static void a_name_stays(void **state) {
    tw_study study = listening();
    tw_study_model *model;
    tw_objective *fewer;
    tw_study_model_options options = on_synthetic("mlp:3");
    assert_ok(tw_study_model_open(&study, &options, &model));
    assert_ok(tw_study_model_fewer(model, 7, &fewer));
    tw_study_model_use(model, fewer);
    assert_string_equal(model->kind, "mlp:3");
    tw_study_model_free(model);
    char name[64];
    tw_objective *f;
    assert_ok(tw_function_new("rosenbrock:3", NULL, &f));
    snprintf(name, sizeof name, "%s", tw_objective_name(f));
    assert_ok(tw_study_model_of(&study, f, NULL, &model));
    assert_ok(tw_function_new("sphere:3", NULL, &fewer));
    tw_study_model_use(model, fewer);
    assert_string_equal(model->kind, name);
    tw_study_model_free(model);
}

/* Names are unlike each other, every setting has help, and a switch has no argument. */
static void the_lists_are_complete(void **state) {
    const tw_setting_spec *spec, *other;
    for (size_t k = 0; (spec = tw_study_model_setting(k)) != NULL; k++) {
        assert_non_null(spec->help);
        assert_int_equal(spec->argument == NULL, spec->type == TW_SETTING_SWITCH);
        assert_int_equal(spec->choices == NULL, spec->type != TW_SETTING_CHOICE);
        for (size_t i = 0; i < k && (other = tw_study_model_setting(i)) != NULL; i++)
            assert_string_not_equal(spec->name, other->name);
    }
    assert_string_equal(tw_study_model_name(0), "softmax");
    assert_fails(TW_ERR_ARGUMENT, "unknown model 'softmx'; did you mean 'softmax'?",
                 tw_study_model_open(&(tw_study){.bytes = sizeof(tw_study)},
                                     &(const tw_study_model_options[]){named("softmx")}[0],
                                     &(tw_study_model *){NULL}));
}

typedef struct own_samples {
    size_t asked;
} own_samples;

static double first_entry(size_t n, const double *x, void *user) {
    return x[0];
}

static tw_status fewer_of_own(void *user, size_t samples, tw_objective **out) {
    ((own_samples *)user)->asked = samples;
    return tw_objective_from_function(first_entry, NULL, 3, out);
}

static tw_status test_of_own(void *user, tw_objective **out) {
    return tw_objective_from_function(first_entry, NULL, 3, out);
}

/* An objective of the caller's: what it is called, where it is, and what its files say. */
static void an_objective_is_a_model(void **state) {
    const double x[3] = {1, -2, 0.5}, bad[3] = {0, INFINITY, 0};
    const tw_setting says[] = {{"net", "of mine"}};
    own_samples samples = {0};
    tw_study study = listening();
    tw_objective *f = NULL, *few = NULL;
    tw_study_model *model;
    tw_provenance made = {0};
    tw_dataset *data = NULL;
    tw_study_model_own own = {.bytes = sizeof own,
                              .name = "mine",
                              .x = bad,
                              .says = {1, says},
                              .user = &samples,
                              .fewer = fewer_of_own};
    assert_ok(tw_objective_from_function(first_entry, NULL, 3, &f));
    assert_fails(TW_ERR_ARGUMENT, "parameter 1 is inf", tw_study_model_of(&study, f, &own, &model));
    assert_true(model == NULL && loss_of(f, x) == 1); /* the objective stayed the caller's */
    own.x = x;
    assert_ok(tw_study_model_of(&study, f, &own, &model));
    assert_string_equal(model->kind, "mine");
    assert_memory_equal(model->x, x, sizeof x);
    assert_true(model->size == 3 && model->point_given && model->data == NULL);
    assert_ok(tw_study_model_provenance(model, &made));
    assert_string_equal(tw_provenance_get(&made, "model"), "mine");
    assert_string_equal(tw_provenance_get(&made, "init"), "given");
    assert_string_equal(tw_provenance_get(&made, "net"), "of mine");
    assert_ok(tw_study_model_fewer(model, 7, &few));
    assert_int_equal(samples.asked, 7);
    tw_objective_free(few);
    tw_provenance_release(&made);
    assert_ok(tw_study_model_test(model, &data, &few));
    assert_true(data == NULL && few == NULL);
    tw_study_model_free(model);
    assert_ok(tw_objective_from_function(first_entry, NULL, 3, &f));
    own.test = test_of_own;
    assert_ok(tw_study_model_of(&study, f, &own, &model));
    assert_ok(tw_study_model_test(model, &data, &few));
    assert_true(data == NULL && loss_of(few, x) == 1);
    tw_objective_free(few);
    tw_study_model_free(model);
    assert_ok(tw_objective_from_function(first_entry, NULL, 3, &f));
    assert_ok(tw_study_model_of(NULL, f, NULL, &model));
    assert_string_equal(model->kind, tw_objective_name(f));
    assert_true(model->x[0] == 0 && !model->point_given);
    assert_fails(TW_ERR_UNSUPPORTED, "has no samples", tw_study_model_fewer(model, 7, &few));
    tw_study_model_free(model);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_model_is_what_its_parts_make),
        cmocka_unit_test(options_are_copied),
        cmocka_unit_test(what_is_given_must_mean_something),
        cmocka_unit_test(data_mean_nothing_to_a_function),
        cmocka_unit_test(nobody_need_listen),
        cmocka_unit_test(options_say_their_size),
        cmocka_unit_test(a_point_is_one_of_four),
        cmocka_unit_test(points_can_be_drawn_alone),
        cmocka_unit_test(fewer_samples_are_the_first),
        cmocka_unit_test(a_name_stays),
        cmocka_unit_test(the_lists_are_complete),
        cmocka_unit_test(an_objective_is_a_model),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
