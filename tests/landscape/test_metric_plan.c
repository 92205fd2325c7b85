/* Which metrics of an objective become those of a surface, and what they are called there. */
#include <string.h>

#include "support.h"

static const tw_metric metrics[] = {{"loss"},
                                    {"regularizer", .of_parameters = 1},
                                    {"accuracy", TW_METRIC_PERCENT},
                                    {"top5_accuracy", TW_METRIC_PERCENT},
                                    {"loss", .is_error = 1},
                                    {"depth"},
                                    {NULL}};

static tw_status value(void *ctx, size_t n, const double *x, double *values) {
    for (size_t k = 0; k < 6; k++)
        values[k] = (double)k;
    return TW_OK;
}

static tw_objective *objective_of(size_t samples) {
    const tw_objective_ops ops = {.value = value, .concurrent = 1};
    const tw_objective_traits traits = {.metrics = metrics, .samples = samples};
    tw_objective *f = NULL;
    assert_ok(tw_objective_new(&ops, NULL, 1, &traits, &f));
    return f;
}

static void expect(tw_objective *f, const char *split, const char *wanted) {
    tw_metric_plan plan;
    char said[512] = "";
    assert_ok(tw_metric_plan_make(f, split, &plan));
    for (size_t m = 0; m < plan.count; m++)
        snprintf(said + strlen(said), sizeof said - strlen(said), "%s=%zux%g ", plan.names[m],
                 plan.source[m], plan.scale[m]);
    assert_string_equal(said, wanted);
    tw_metric_plan_release(&plan);
    assert_null(plan.names);
}

static void alone_joined_and_repeated(void **state) {
    static const double lines[2] = {1, 2};
    tw_objective *train = objective_of(9), *test = objective_of(4), *both, *band;
    expect(train, "train",
           "train_loss=0x1 regularizer=1x1 train_acc=2x100 train_top5_acc=3x100 train_loss_se=4x1 "
           "train_depth=5x1 ");
    assert_ok(tw_objective_join(train, test, "test", &both));
    expect(both, "train",
           "train_loss=0x1 regularizer=1x1 train_acc=2x100 train_top5_acc=3x100 train_loss_se=4x1 "
           "train_depth=5x1 test_loss=6x1 test_acc=8x100 test_top5_acc=9x100 test_loss_se=10x1 "
           "test_depth=11x1 ");
    assert_ok(tw_objective_repeat(test, 2, lines, &band));
    expect(band, "test",
           "test_loss=0x1 test_loss_min=1x1 test_loss_max=2x1 regularizer=3x1 "
           "regularizer_min=4x1 regularizer_max=5x1 test_acc=6x100 test_acc_min=7x100 "
           "test_acc_max=8x100 test_top5_acc=9x100 test_top5_acc_min=10x100 "
           "test_top5_acc_max=11x100 test_loss_se=12x1 test_loss_se_min=13x1 "
           "test_loss_se_max=14x1 test_depth=15x1 test_depth_min=16x1 test_depth_max=17x1 ");
    tw_objective_free(band);
    tw_objective_free(both);
    tw_objective_free(test);
    tw_objective_free(train);
}

/* Shares and standard errors of one sample say nothing. */
static void of_one_sample(void **state) {
    tw_objective *f = objective_of(1);
    expect(f, "train", "train_loss=0x1 regularizer=1x1 train_depth=5x1 ");
    tw_objective_free(f);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(alone_joined_and_repeated),
        cmocka_unit_test(of_one_sample),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
