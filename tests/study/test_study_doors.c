/* What a C program gets wrong at the doors of the studies: structs of another size, structs that
 * nobody began, NULL where something is needed. One line each time. */
#include <math.h>

#include "file/scratch.h"
#include "support.h"

static tw_study_model *bowl(void) {
    tw_study_model_options options = tw_study_model_defaults();
    tw_study_model *model = NULL;
    options.model = "sphere:2";
    assert_ok(tw_study_model_open(NULL, &options, &model));
    return model;
}

static tw_study_model_options few_samples(void) {
    tw_study_model_options options = tw_study_model_defaults();
    options.data.source = "synthetic:20";
    return options;
}

static tw_study_data_options few_data(void) {
    return few_samples().data;
}

static tw_study_landscape_options small(void) {
    tw_study_landscape_options options = tw_study_landscape_defaults(2);
    options.model = few_samples();
    return options;
}

/* ---- structs of another size ---- */

/* A function that takes options, with some of the given size (SIZE_MAX: one member larger), behind
 * which lies what a newer library knows. */
#define DOOR(name, type, make, ...)                                                                \
    static tw_status name(tw_study_model *model, size_t bytes, double newer) {                     \
        struct {                                                                                   \
            type options;                                                                          \
            double newer;                                                                          \
        } given = {make, newer};                                                                   \
        const type *options = &given.options;                                                      \
        given.options.bytes = bytes != SIZE_MAX ? bytes : sizeof given;                            \
        return __VA_ARGS__;                                                                        \
    }

static tw_status open_model(const tw_study_model_options *options) {
    tw_study_model *model = NULL;
    tw_status status = tw_study_model_open(NULL, options, &model);
    tw_study_model_free(model);
    return status;
}

static tw_status open_few(const tw_study_model_options *options) {
    tw_study_model *model = NULL;
    tw_status status = tw_study_model_open_few(NULL, options, 4, &model);
    tw_study_model_free(model);
    return status;
}

static tw_status open_with(const tw_study *study) {
    const tw_study_model_options options = few_samples();
    tw_study_model *model = NULL;
    tw_status status = tw_study_model_open(study, &options, &model);
    tw_study_model_free(model);
    return status;
}

static tw_status open_data(const tw_study_data_options *options) {
    tw_dataset *data = NULL;
    tw_status status = tw_study_data_open(NULL, options, &data);
    tw_dataset_free(data);
    return status;
}

static tw_status open_file(const tw_study_data_options *options) {
    tw_study_file *file = NULL;
    tw_status status = tw_study_file_open(NULL, "synthetic:20", options, &file);
    tw_study_file_free(file);
    return status;
}

static tw_status gradient_of(tw_study_model *model, const tw_study_gradient_options *options) {
    tw_study_gradient *gradient = NULL;
    tw_status status = tw_study_gradient_run(model, options, &gradient);
    tw_study_gradient_free(gradient);
    return status;
}

static tw_status steps_of(tw_study_model *model, const tw_study_steps_options *options) {
    tw_study_steps *steps = NULL;
    tw_status status = tw_study_steps_run(model, options, &steps);
    tw_study_steps_free(steps);
    return status;
}

static tw_status check_of(tw_study_model *model, const tw_study_gradcheck_options *options) {
    tw_gradcheck *check = NULL;
    tw_status status = tw_study_gradcheck_run(model, options, &check);
    tw_gradcheck_free(check);
    return status;
}

static tw_status plane_of(tw_study_model *model, const tw_study_plane_options *options) {
    tw_plane plane;
    tw_status status = tw_study_plane_make(NULL, model->objective, model->x, 2, options, &plane);
    tw_plane_release(&plane);
    return status;
}

static tw_status plan_of(const tw_study_landscape_options *options) {
    tw_study_landscape_plan *plan = NULL;
    tw_status status = tw_study_landscape_plan_new(NULL, options, &plan);
    tw_study_landscape_plan_free(plan);
    return status;
}

static tw_status training_of(tw_study_model *model, const tw_study_training_options *options) {
    tw_study_training *training = NULL;
    tw_status status = tw_study_training_plan(NULL, model, options, &training);
    tw_study_training_free(training);
    return status;
}

static tw_status sharpness_of(tw_study_model *model, const tw_study_sharpness_options *options) {
    tw_sharpness_result result;
    tw_status status = tw_study_sharpness_run(model, options, &result);
    tw_sharpness_result_release(&result);
    return status;
}

static tw_status spectrum_of(tw_study_model *model, const tw_study_spectrum_options *options) {
    tw_study_spectrum *spectrum = NULL;
    tw_status status = tw_study_spectrum_run(model, options, &spectrum);
    tw_study_spectrum_free(spectrum);
    return status;
}

static tw_status picture_of(const tw_study_picture_options *options) {
    static const char *const names[] = {"step", "loss"};
    tw_table table = {0};
    assert_ok(tw_table_init(&table, "steps", 2, names));
    assert_ok(tw_table_append(&table, (const double[]){0, 2}));
    assert_ok(tw_table_append(&table, (const double[]){0.5, 1}));
    tw_status status = tw_study_picture_table(scratch("doors.svg"), options, &table, NULL);
    tw_table_release(&table);
    return status;
}

static tw_status convert_of(tw_study_model *model, const tw_study_convert_options *options) {
    assert_ok(tw_weights_write(scratch("doors.npy"), tw_objective_space(model->objective), model->x,
                               NULL));
    return tw_study_convert(NULL, options, scratch("doors.npy"), scratch("doors.h5"), NULL);
}

DOOR(study, tw_study, tw_study_defaults(), open_with(options))
DOOR(data, tw_study_data_options, few_data(), open_data(options))
DOOR(file, tw_study_data_options, tw_study_data_defaults(), open_file(options))
DOOR(opened, tw_study_model_options, few_samples(), open_model(options))
DOOR(few, tw_study_model_options, few_samples(), open_few(options))
DOOR(gradient, tw_study_gradient_options, tw_study_gradient_defaults(), gradient_of(model, options))
DOOR(steps, tw_study_steps_options, tw_study_steps_defaults(), steps_of(model, options))
DOOR(check, tw_study_gradcheck_options, tw_study_gradcheck_defaults(), check_of(model, options))
DOOR(plane, tw_study_plane_options, tw_study_plane_defaults(), plane_of(model, options))
DOOR(landscape_check, tw_study_landscape_options, small(), tw_study_landscape_check(options))
DOOR(landscape, tw_study_landscape_options, small(), plan_of(options))
DOOR(training, tw_study_training_options, tw_study_training_defaults(), training_of(model, options))
DOOR(spectrum, tw_study_spectrum_options, tw_study_spectrum_defaults(), spectrum_of(model, options))
DOOR(sharpness, tw_study_sharpness_options, tw_study_sharpness_defaults(),
     sharpness_of(model, options))
DOOR(picture, tw_study_picture_options, tw_study_picture_defaults(), picture_of(options))
DOOR(convert, tw_study_convert_options, tw_study_convert_defaults(), convert_of(model, options))

static void every_door(void **state) {
    static const struct {
        const char *maker;
        tw_status (*pass)(tw_study_model *model, size_t bytes, double newer);
        size_t first; /* a size that holds the first options; 0: none smaller is taken */
    } doors[] = {
        {"tw_study_defaults()", study, 0},
        {"tw_study_data_defaults()", data, offsetof(tw_study_data_options, limit)},
        {"tw_study_data_defaults()", file, offsetof(tw_study_data_options, limit)},
        {"tw_study_model_defaults()", opened, offsetof(tw_study_model_options, weights)},
        {"tw_study_model_defaults()", few, offsetof(tw_study_model_options, weights)},
        {"tw_study_gradient_defaults()", gradient, offsetof(tw_study_gradient_options, step)},
        {"tw_study_steps_defaults()", steps, offsetof(tw_study_steps_options, steps)},
        {"tw_study_gradcheck_defaults()", check, offsetof(tw_study_gradcheck_options, sample)},
        {"tw_study_plane_defaults()", plane, offsetof(tw_study_plane_options, scale)},
        {"tw_study_landscape_defaults()", landscape_check,
         offsetof(tw_study_landscape_options, border)},
        {"tw_study_landscape_defaults()", landscape, offsetof(tw_study_landscape_options, border)},
        {"tw_study_training_defaults()", training, offsetof(tw_study_training_options, step)},
        {"tw_study_spectrum_defaults()", spectrum, offsetof(tw_study_spectrum_options, only)},
        {"tw_study_sharpness_defaults()", sharpness, offsetof(tw_study_sharpness_options, only)},
        {"tw_study_picture_defaults()", picture, offsetof(tw_study_picture_options, azimuth)},
        {"tw_study_convert_defaults()", convert, offsetof(tw_study_convert_options, log)},
    };
    tw_study_model *model = bowl();
    for (size_t k = 0; k < sizeof doors / sizeof doors[0]; k++) {
        char line[128];
        if (doors[k].pass == picture && !tw_plot_available())
            continue;
        snprintf(line, sizeof line, "begin with %s", doors[k].maker);
        assert_fails(TW_ERR_ARGUMENT, line, doors[k].pass(model, 0, 0));
        assert_fails(TW_ERR_ARGUMENT, line, doors[k].pass(model, 3, 0));
        assert_fails(TW_ERR_ARGUMENT, line, doors[k].pass(model, SIZE_MAX / 2, 0));
        assert_ok(doors[k].pass(model, SIZE_MAX, 0)); /* a newer program that uses nothing new */
        assert_fails(TW_ERR_UNSUPPORTED, "sets a member that this version of the library does not",
                     doors[k].pass(model, SIZE_MAX, 1));
        if (doors[k].first > 0)
            assert_ok(doors[k].pass(model, doors[k].first, 0)); /* an older program */
    }
    tw_study_model_free(model);
}

/* A struct within another that was set to {0}, or has another size. */
static void within(void **state) {
    tw_study_model *model = bowl();
    tw_study_model_options options = tw_study_model_defaults();
    tw_study_steps_options steps = tw_study_steps_defaults();
    tw_study_landscape_options landscape = tw_study_landscape_defaults(1);
    options.data = (tw_study_data_options){.source = "synthetic:20"};
    assert_fails(TW_ERR_ARGUMENT, "begin with tw_study_data_defaults()", open_model(&options));
    assert_fails(TW_ERR_ARGUMENT, "begin with tw_study_data_defaults()", open_few(&options));
    steps.gradient = (tw_study_gradient_options){.bars = 1};
    assert_fails(TW_ERR_ARGUMENT, "begin with tw_study_gradient_defaults()",
                 steps_of(model, &steps));
    landscape.plane = (tw_study_plane_options){.dx = "random"};
    assert_fails(TW_ERR_ARGUMENT, "begin with tw_study_plane_defaults()", plan_of(&landscape));
    landscape.plane = tw_study_plane_defaults();
    landscape.model = (tw_study_model_options){.model = "softmax"};
    assert_fails(TW_ERR_ARGUMENT, "begin with tw_study_model_defaults()", plan_of(&landscape));
    landscape.model = options;
    assert_fails(TW_ERR_ARGUMENT, "begin with tw_study_data_defaults()", plan_of(&landscape));
    tw_study_model_free(model);
}

/* What an older program did not give is as the defaults have it, whatever lies behind it. */
static void completed(void **state) {
    tw_study_model *model = bowl();
    tw_study_training_options options = tw_study_training_defaults();
    tw_study_training *training = NULL;
    options.method = "momentum";
    options.bytes = offsetof(tw_study_training_options, momentum);
    options.momentum = 7; /* refused, if it were read */
    options.every = 0;
    assert_ok(tw_study_training_plan(NULL, model, &options, &training));
    assert_true(training->options.momentum == 0);
    tw_study_training_free(training);
    tw_study_model_free(model);
}

/* ---- values out of their range ---- */

static void out_of_range(void **state) {
    tw_study_model *model = bowl();
#define REFUSED(line, maker, take, member, value)                                                  \
    do {                                                                                           \
        __typeof__(maker) options = maker;                                                         \
        options.member = value;                                                                    \
        assert_fails(TW_ERR_ARGUMENT, line, take);                                                 \
    } while (0)
#define TRAINING(line, member, value)                                                              \
    REFUSED(line, tw_study_training_defaults(), training_of(model, &options), member, value)
#define PLANE(line, member, value)                                                                 \
    REFUSED(line, tw_study_landscape_defaults(2), plan_of(&options), member, value)
    TRAINING("--iterations: 0 must be greater than 0; TW_UNSET is not given", iterations, 0);
    TRAINING("--report-every: 0 must be", report_every, 0); /* both are divided by */
    TRAINING("--every: 0 must be", every, 0);
    TRAINING("--step: 0 must be greater than 0 and finite; NaN is not given", step, 0);
    TRAINING("--momentum: inf must be", momentum, INFINITY);
    TRAINING("--save-every: -1 must be 0 or greater", save_every, -1);
    TRAINING("--spacing: 2 is not one of 0 to 1; -1 is not given", spacing, 2);
    PLANE("--norm: 77 is not one of 0 to", plane.norm, 77);
    PLANE("--ignore: 2 is not one of 0 to 1", plane.ignore, 2);
    PLANE("--scale: 0 must be greater", plane.scale, 0);
    PLANE("--border: -1 must be 0 or greater", border, -1);
    PLANE("--adaptive: there is no scale number 9", adaptive_scale, 9);
    PLANE("--x: 5 points from 0 to 0", x, ((tw_axis){0, 0, 5}));
    PLANE("--y: 1 point from -1 to 1", y, ((tw_axis){-1, 1, 1}));
    PLANE("--x: 3 points from 0 to inf", x, ((tw_axis){0, INFINITY, 3}));
    PLANE("--repeats is for lines", repeats, 1);
    REFUSED("--repeats: 0 must be", tw_study_landscape_defaults(1), plan_of(&options), repeats, 0);
    REFUSED("--y is for planes", tw_study_landscape_defaults(1), plan_of(&options), y,
            ((tw_axis){0, 1, 2}));
    REFUSED("--sample: 0 must be", tw_study_gradcheck_defaults(), check_of(model, &options), sample,
            0);
    REFUSED("--limit: 0 must be", few_data(), open_data(&options), limit, 0);
    REFUSED("--width: 0 must be", tw_study_picture_defaults(), picture_of(&options), width, 0);
    REFUSED("--view: 99 is not", tw_study_picture_defaults(), picture_of(&options), view, 99);
    tw_study_model_free(model);
}

/* ---- nothing where something is needed ---- */

static void nothing(void **state) {
    tw_study_model *model = bowl(), *none = NULL;
    tw_study_model_options options = tw_study_model_defaults();
    tw_study_file *file = NULL;
    tw_setting nameless = {NULL, "1"};
    assert_fails(TW_ERR_ARGUMENT, "tw_study_gradient_run: model is NULL", gradient_of(none, NULL));
    assert_fails(TW_ERR_ARGUMENT, "tw_study_training_plan: model is NULL", training_of(none, NULL));
    assert_fails(TW_ERR_ARGUMENT, "path is NULL", tw_study_file_open(NULL, NULL, NULL, &file));
    assert_fails(TW_ERR_ARGUMENT, "tw_study_convert: to is NULL",
                 tw_study_convert(NULL, NULL, "a.h5", NULL, NULL));
    assert_fails(TW_ERR_ARGUMENT, "x is NULL", tw_study_model_move(model, NULL, "here"));
    options.settings = (tw_settings){1, &nameless};
    assert_fails(TW_ERR_ARGUMENT, "setting 0 has no name", open_few(&options));
    options.settings = (tw_settings){2, NULL};
    assert_fails(TW_ERR_ARGUMENT, "settings.items is NULL", open_few(&options));
    options.settings = (tw_settings){0, NULL};
    options.at = (tw_numbers){2, NULL};
    assert_fails(TW_ERR_ARGUMENT, "at.values is NULL", open_model(&options));
    tw_study_landscape_release(NULL);
    tw_study_training_result_release(NULL);
    tw_study_model_free(model);
}

/* What cannot be written is told by the plan, before the long work. */
static void outputs(void **state) {
    tw_study_model *model = bowl();
    tw_study_landscape_options landscape = tw_study_landscape_defaults(1);
    tw_study_training_options training = tw_study_training_defaults();
    landscape.model = few_samples();
    landscape.output = scratch("doors.foo");
    assert_fails(TW_ERR_ARGUMENT, "must end in .h5, .npz or .csv", plan_of(&landscape));
    landscape.output = "/nowhere/there/doors.h5";
    assert_fails(TW_ERR_IO, "cannot write '/nowhere/there/doors.h5'", plan_of(&landscape));
    landscape.output = NULL;
    landscape.directions = "/nowhere/there/doors.npz";
    assert_fails(TW_ERR_IO, "cannot write '/nowhere/there/doors.npz'", plan_of(&landscape));
    training.output = "/nowhere/there/doors.npy";
    assert_fails(TW_ERR_IO, "cannot write '/nowhere/there/doors.npy'",
                 training_of(model, &training));
    training.output = NULL;
    training.log = scratch("doors.txt");
    assert_fails(TW_ERR_ARGUMENT, "must end in .csv or .h5", training_of(model, &training));
    training.log = NULL;
    training.picture = scratch("doors.gif");
    assert_fails(TW_ERR_ARGUMENT, "must end in .png, .svg or .pdf", training_of(model, &training));
    training.picture = NULL;
    training.trajectory = scratch("doors.npz");
    assert_fails(TW_ERR_ARGUMENT, "must end in .h5 or .hdf5", training_of(model, &training));
    tw_study_model_free(model);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_door),   cmocka_unit_test(within),  cmocka_unit_test(completed),
        cmocka_unit_test(out_of_range), cmocka_unit_test(nothing), cmocka_unit_test(outputs),
    };
    return cmocka_run_group_tests(tests, scratch_setup, scratch_teardown);
}
