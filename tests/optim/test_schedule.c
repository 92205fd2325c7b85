/* Schedules against their formulas, names, and the list of methods. */
#include <math.h>

#include "support.h"

static void formulas(void **state) {
    static const double decays[] = {0.5, 0.95, 1, 3}, periods[] = {1, 7, 10, 2.5};
    for (size_t d = 0; d < 4; d++)
        for (size_t p = 0; p < 4; p++)
            for (size_t t = 0; t < 100; t++) {
                double decay = decays[d], period = periods[p], power = 1;
                for (size_t k = 1; (double)k * period <= (double)t; k++)
                    power *= decay;
                assert_true(tw_schedule_step(TW_SCHEDULE_CONSTANT, 0.3, decay, period, t) == 0.3);
                assert_close(tw_schedule_step(TW_SCHEDULE_STEP, 0.3, decay, period, t), 0.3 * power,
                             1e-13, 0);
                assert_close(tw_schedule_step(TW_SCHEDULE_EXPONENTIAL, 0.3, decay, period, t),
                             0.3 * exp((double)t / period * log(decay)), 1e-13, 0);
                assert_close(tw_schedule_step(TW_SCHEDULE_INVERSE, 0.3, decay, period, t),
                             0.3 * period / (period + decay * (double)t), 1e-14, 0);
                double within = fmod((double)t, period) / period, half = sin(M_PI_2 * within);
                assert_close(tw_schedule_step(TW_SCHEDULE_COSINE, 0.3, decay, period, t),
                             0.3 * (1 - half * half), 1e-13, 1e-15);
            }
}

static void by_hand(void **state) {
    assert_true(tw_schedule_step(TW_SCHEDULE_STEP, 8, 0.5, 10, 9) == 8);
    assert_true(tw_schedule_step(TW_SCHEDULE_STEP, 8, 0.5, 10, 10) == 4);
    assert_true(tw_schedule_step(TW_SCHEDULE_STEP, 8, 0.5, 10, 39) == 1);
    assert_true(tw_schedule_step(TW_SCHEDULE_EXPONENTIAL, 8, 0.25, 10, 5) == 4);
    assert_true(tw_schedule_step(TW_SCHEDULE_INVERSE, 8, 1, 10, 30) == 2);
    assert_true(tw_schedule_step(TW_SCHEDULE_COSINE, 8, 1, 10, 0) == 8);
    assert_close(tw_schedule_step(TW_SCHEDULE_COSINE, 8, 1, 10, 5), 4, 1e-15, 0);
    assert_close(tw_schedule_step(TW_SCHEDULE_COSINE, 8, 1, 9, 6), 2, 1e-15, 0);
    assert_true(tw_schedule_step(TW_SCHEDULE_COSINE, 8, 1, 10, 20) == 8); /* anew */
}

static void schedule_names(void **state) {
    static const char *const names[] = {"constant", "step", "exponential", "inverse", "cosine"};
    for (int k = 0; k < 5; k++) {
        assert_string_equal(tw_schedule_name((size_t)k), names[k]);
        assert_int_equal(tw_schedule_find(names[k]), k);
    }
    assert_null(tw_schedule_name(5));
    assert_null(tw_schedule_name((size_t)-1));
    assert_int_equal(tw_schedule_find("linear"), -1);
}

static void the_list_of_methods(void **state) {
    static const struct {
        const char *name;
        unsigned needs;
    } table[] = {{"random-search", 0},
                 {"local-search", 0},
                 {"gd", TW_CAN_GRADIENT},
                 {"sgd", TW_CAN_SAMPLE_GRADIENT},
                 {"momentum", TW_CAN_GRADIENT | TW_CAN_SAMPLE_GRADIENT},
                 {"nesterov", TW_CAN_GRADIENT | TW_CAN_SAMPLE_GRADIENT},
                 {"adagrad", TW_CAN_GRADIENT | TW_CAN_SAMPLE_GRADIENT},
                 {"rmsprop", TW_CAN_GRADIENT | TW_CAN_SAMPLE_GRADIENT},
                 {"adam", TW_CAN_GRADIENT | TW_CAN_SAMPLE_GRADIENT}};
    for (size_t k = 0; k < sizeof table / sizeof table[0]; k++) {
        const tw_optimizer *optimizer = tw_optimizer_find(table[k].name);
        assert_non_null(optimizer);
        assert_string_equal(tw_optimizer_name(optimizer), table[k].name);
        assert_int_equal(tw_optimizer_needs(optimizer), table[k].needs);
    }
    size_t count = 0;
    for (; tw_optimizer_at(count) != NULL; count++) {
        const tw_optimizer *optimizer = tw_optimizer_at(count);
        assert_ptr_equal(tw_optimizer_find(tw_optimizer_name(optimizer)), optimizer);
        assert_true(strlen(tw_optimizer_summary(optimizer)) > 0);
        assert_true(tw_optimizer_default_iterations(optimizer) > 0);
        int is_lbfgs = strcmp(tw_optimizer_name(optimizer), "lbfgs") == 0;
        assert_true(is_lbfgs ? tw_optimizer_default_step(optimizer) == 0
                             : tw_optimizer_default_step(optimizer) > 0);
    }
    assert_true(count >= 9);
    assert_null(tw_optimizer_at(count + 5));
    assert_null(tw_optimizer_find("newton"));
    assert_null(tw_optimizer_find(""));
}

static void stop_names(void **state) {
    assert_string_equal(tw_stop_name(TW_STOP_ITERATIONS), "iterations");
    assert_string_equal(tw_stop_name(TW_STOP_CANCELLED), "cancelled");
    assert_string_equal(tw_stop_name(TW_STOP_DIVERGED), "diverged");
    assert_string_equal(tw_stop_name(TW_STOP_CONVERGED), "converged");
    assert_string_equal(tw_stop_name(TW_STOP_STALLED), "stalled");
    assert_string_equal(tw_stop_name(TW_STOP_UNBOUNDED), "unbounded");
    assert_null(tw_stop_name(6));
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(formulas),
        cmocka_unit_test(by_hand),
        cmocka_unit_test(schedule_names),
        cmocka_unit_test(stop_names),
        cmocka_unit_test(the_list_of_methods),
    };
    return cmocka_run_group_tests_name("schedule", tests, NULL, NULL);
}
