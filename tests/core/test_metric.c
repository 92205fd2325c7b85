#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "support.h"
#include "thalweg/metric.h"

static const char *const file_names[] = {"train_loss",
                                         "test_loss",
                                         "train_acc",
                                         "test_acc",
                                         "train_data_loss",
                                         "train_top5_acc",
                                         "regularizer",
                                         "train_loss_se",
                                         "train_loss_se_min",
                                         "test_acc_max",
                                         "regularizer_min",
                                         "loss",
                                         "val_loss",
                                         "val_acc",
                                         "my_run_val_loss",
                                         "acc",
                                         "accuracy",
                                         "train_accuracy",
                                         "train",
                                         "train_",
                                         "_loss",
                                         "__acc",
                                         "train__acc",
                                         "_min",
                                         "_se",
                                         "_se_min",
                                         "x_min_max",
                                         "se",
                                         "a b",
                                         "",
                                         "_",
                                         "test_test_loss",
                                         "wall time/s"};

/* Whatever a file calls its metrics, they keep their names. */
static void test_names_come_back(void **state) {
    enum { COUNT = sizeof file_names / sizeof file_names[0] };
    for (tw_spelling how = TW_SPELT_IN_FULL; how <= TW_SPELT_IN_FILES; how++) {
        tw_metric *list = tw_metrics_read(COUNT, file_names, how), *copy;
        assert_non_null(list);
        assert_null(list[COUNT].name);
        copy = tw_metrics_copy(list);
        assert_non_null(copy);
        for (size_t k = 0; k < COUNT; k++) {
            char *name = tw_metric_name(&list[k], how), text[64];
            assert_string_equal(name, file_names[k]);
            free(name);
            tw_metric_print(&copy[k], how, text, sizeof text);
            assert_string_equal(text, file_names[k]);
            assert_true(tw_metric_same(&list[k], &copy[k]));
            assert_int_equal(list[k].of_parameters, copy[k].of_parameters);
        }
        free(copy);
        free(list);
    }
}

/* What is declared is read back from the name that it gets in a file. */
static void test_meaning_comes_back(void **state) {
    static const tw_metric metrics[] = {
        {"loss", .split = "train"},
        {"loss", .split = "val"},
        {"data_loss", .split = "test"},
        {"accuracy", TW_METRIC_PERCENT, "train"},
        {"accuracy", TW_METRIC_PERCENT, "val"},
        {"top5_accuracy", TW_METRIC_PERCENT, "test"},
        {"accuracy", TW_METRIC_NUMBER, "train"},
        {"loss", .split = "train", .is_error = 1},
        {"loss", .split = "test", .is_error = 1, .band = TW_BAND_GREATEST},
        {"accuracy", TW_METRIC_PERCENT, "test", TW_BAND_LEAST},
        {"regularizer", .of_parameters = 1},
        {"regularizer", .band = TW_BAND_LEAST, .of_parameters = 1},
        {"depth", .split = "train"},
    };
    for (size_t k = 0; k < sizeof metrics / sizeof metrics[0]; k++) {
        char *name = tw_metric_name(&metrics[k], TW_SPELT_IN_FILES);
        tw_metric *read = tw_metrics_read(1, (const char *const *)&name, TW_SPELT_IN_FILES);
        assert_true(tw_metric_same(read, &metrics[k]));
        assert_int_equal(read->of_parameters, metrics[k].of_parameters);
        free(read);
        free(name);
    }
}

static void test_kinds(void **state) {
    static const char *const losses[] = {"loss", "train_loss", "train_data_loss", "val_loss"},
                             *const shares[] = {"train_acc", "val_acc", "train_top5_acc"},
                             *const neither[] = {"acc",         "train_loss_se",  "train_acc_min",
                                                 "regularizer", "train_accuracy", "glass"};
    tw_metric *list = tw_metrics_read(4, losses, TW_SPELT_IN_FILES);
    for (size_t k = 0; k < 4; k++)
        assert_true(tw_metric_is_loss(&list[k]) && !tw_metric_is_share(&list[k]));
    free(list);
    list = tw_metrics_read(3, shares, TW_SPELT_IN_FILES);
    for (size_t k = 0; k < 3; k++) {
        assert_true(!tw_metric_is_loss(&list[k]) && tw_metric_is_share(&list[k]));
        assert_true(tw_metric_scale(&list[k]) == 100);
    }
    free(list);
    list = tw_metrics_read(6, neither, TW_SPELT_IN_FILES);
    for (size_t k = 0; k < 6; k++)
        assert_true(!tw_metric_is_loss(&list[k]) && !tw_metric_is_share(&list[k]));
    free(list);
}

/* Objectives and protocols write names in full, where a split is no part of them. */
static void test_in_full(void **state) {
    static const char *const names[] = {"loss",        "accuracy",  "loss_se",
                                        "regularizer", "test_loss", "top5_accuracy"};
    tw_metric *list = tw_metrics_read(6, names, TW_SPELT_IN_FULL);
    assert_int_equal(tw_metrics_find(list, &(tw_metric){"accuracy", TW_METRIC_PERCENT}), 1);
    assert_int_equal(tw_metrics_find(list, &(tw_metric){"loss", .is_error = 1}), 2);
    assert_int_equal(list[3].of_parameters, 1);
    assert_int_equal(tw_metrics_find(list, &(tw_metric){"loss", .split = "test"}), -1);
    assert_int_equal(list[5].unit, TW_METRIC_NUMBER); /* a program's own */
    free(list);
}

/* Against what is left when 1e16 has come and gone, and s / sqrt(n) of 1 ... 5. */
static void test_means(void **state) {
    const double values[] = {1e16, 1, 3, -1e16}, numbers[] = {1, 2, 3, 4, 5};
    double mean, error;
    tw_metric_mean(4, values, &mean, NULL);
    assert_true(mean == 1);
    tw_metric_mean(5, numbers, &mean, &error);
    assert_true(mean == 3);
    assert_close(error, sqrt(0.5), 1e-15, 0);
    tw_metric_mean(1, numbers, &mean, &error);
    assert_true(mean == 1 && isnan(error));
    tw_metric_mean(2, (const double[]){INFINITY, 1}, &mean, &error);
    assert_true(mean == INFINITY && isnan(error));
}

static void test_short_room(void **state) {
    char text[8];
    const tw_metric metric = {"accuracy", TW_METRIC_PERCENT, "train"};
    tw_metric_print(&metric, TW_SPELT_IN_FILES, text, sizeof text);
    assert_string_equal(text, "train_a");
    tw_metric_print(&metric, TW_SPELT_IN_FILES, text, 1);
    assert_string_equal(text, "");
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_names_come_back), cmocka_unit_test(test_meaning_comes_back),
        cmocka_unit_test(test_kinds),           cmocka_unit_test(test_in_full),
        cmocka_unit_test(test_short_room),      cmocka_unit_test(test_means),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
