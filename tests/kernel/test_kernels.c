/* Every kernel, one by one, at every level that this processor has: the table is in kernel_check.h.
 *
 *     test_kernels            checks them
 *     test_kernels --bench    times them instead, as a table in Markdown
 */
#include "kernel_check.h"

typedef struct kernel_row {
    const char *name;
    size_t slot;
    void (*check)(const tw_kernels *kernels);
    void (*measure)(const tw_kernels *kernels, kernel_timer *timer);
    const char *load, *element;
} kernel_row;

#define KERNEL_ROW(name, load, element)                                                            \
    {#name, offsetof(tw_kernels, name), check_##name, measure_##name, load, element},
static kernel_row rows[] = {KERNEL_ROWS(KERNEL_ROW)};

enum { ROWS = sizeof rows / sizeof rows[0] };

static void check_row(void **state) {
    const kernel_row *row = *state;
    for (size_t level = 0; tw_kernels_at(level) != NULL; level++) {
        if (!tw_cpu_level_supported(level))
            continue;
        guards_release(); /* of a check that failed before */
        kernel_at(row->name, tw_cpu_level_name(level));
        row->check(tw_kernels_at(level));
    }
}

/* tw_kernels is a name and pointers to functions; every one of them has one row. */
static void every_kernel_has_a_row(void **state) {
    const size_t first = offsetof(tw_kernels, level) + sizeof(const char *);
    const char *before = "level";
    for (size_t slot = first; slot < sizeof(tw_kernels); slot += sizeof(void (*)(void))) {
        const char *name = NULL;
        for (size_t k = 0; k < ROWS; k++)
            if (rows[k].slot == slot)
                name = rows[k].name;
        if (name == NULL)
            fail_msg("the kernel that follows '%s' in tw_kernels (kernels.h) has no row in "
                     "kernel_check.h",
                     before);
        before = name;
    }
}

static void every_level_has_every_kernel(void **state) {
    for (size_t level = 0; tw_kernels_at(level) != NULL; level++)
        for (size_t k = 0; k < ROWS; k++) {
            void (*function)(void);
            memcpy(&function, (const char *)tw_kernels_at(level) + rows[k].slot, sizeof function);
            if (function == NULL)
                fail_msg("no %s in the table of level %s", rows[k].name, tw_cpu_level_name(level));
        }
}

static int check_all(void) {
    struct CMUnitTest tests[ROWS + 2] = {cmocka_unit_test(every_kernel_has_a_row),
                                         cmocka_unit_test(every_level_has_every_kernel)};
    for (size_t level = 0; tw_kernels_at(level) != NULL; level++)
        if (!tw_cpu_level_supported(level))
            print_message("skipped: all kernels at level %s, which this processor does not have\n",
                          tw_cpu_level_name(level));
    for (size_t k = 0; k < ROWS; k++)
        tests[k + 2] = (struct CMUnitTest){
            .name = rows[k].name, .test_func = check_row, .initial_state = &rows[k]};
    return cmocka_run_group_tests(tests, NULL, NULL);
}

/* ---- times ---- */

static void measure_row(const kernel_row *row) {
    double generic = 0;
    printf("| %s | %s | %s |", row->name, row->load, row->element);
    for (size_t level = 0; tw_kernels_at(level) != NULL; level++) {
        kernel_timer timer = {0};
        if (!tw_cpu_level_supported(level)) {
            printf("  |");
            continue;
        }
        kernel_at(row->name, tw_cpu_level_name(level));
        row->measure(tw_kernels_at(level), &timer);
        guards_release();
        double each = 1e9 * timer.best / timer.elements;
        if (level == 0)
            printf(" %.3g |", generic = each);
        else
            printf(" %.3g (%.1f) |", each, generic / each);
        fflush(stdout);
    }
    printf("\n");
}

static int measure_all(void) {
    guards_for_timing();
    printf("| kernel | on | element |");
    for (size_t level = 0; tw_kernels_at(level) != NULL; level++)
        printf(" %s, ns |", tw_cpu_level_name(level));
    printf("\n| --- | --- | --- |");
    for (size_t level = 0; tw_kernels_at(level) != NULL; level++)
        printf(" --- |");
    printf("\n");
    for (size_t k = 0; k < ROWS; k++)
        measure_row(&rows[k]);
    return 0;
}

int main(int argc, char **argv) {
    if (argc == 1)
        return check_all();
    if (argc == 2 && strcmp(argv[1], "--bench") == 0)
        return measure_all();
    fprintf(stderr, "usage: test_kernels [--bench]\n");
    return 2;
}
