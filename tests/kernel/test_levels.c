/* The instruction-set levels by their names. */
#include "support.h"

static void levels_by_name(void **state) {
    assert_string_equal(tw_cpu_level_name(0), "generic");
    assert_true(tw_cpu_level_supported(0));
    assert_ok(tw_cpu_level_set("generic"));
    assert_string_equal(tw_cpu_level(), "generic");
    assert_fails(TW_ERR_ARGUMENT, "'quantum'", tw_cpu_level_set("quantum"));
    assert_ok(tw_cpu_level_set("best"));
    for (size_t level = 0; tw_cpu_level_name(level) != NULL; level++)
        if (tw_cpu_level_supported(level))
            assert_ok(tw_cpu_level_set(tw_cpu_level_name(level)));
        else
            assert_fails(TW_ERR_ARGUMENT, "this processor",
                         tw_cpu_level_set(tw_cpu_level_name(level)));
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(levels_by_name),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
