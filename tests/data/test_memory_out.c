/* Every allocation of the readers fails once: an error, no crash, no leak (the sanitized build
 * looks for those). The program is linked with malloc and its kin wrapped. */
#include "data_scratch.h"
#include "failing_alloc.h"

/* Opens with allocation number `which` failing; gives how many there were. */
static size_t open_failing(const char *path, const tw_dataset_options *options, size_t which,
                           tw_status *status) {
    tw_dataset *dataset = NULL;
    failing_alloc_arm(which);
    *status = tw_dataset_open(path, options, &dataset);
    size_t allocations = failing_alloc_disarm();
    assert_true((*status == TW_OK) == (dataset != NULL));
    tw_dataset_free(dataset);
    return allocations;
}

static void every_allocation_of_every_reader(void **state) {
    scratch_python("make_sources.py", scratch(""));
    scratch_python("make_folders.py", scratch(""));
    static const char *const sources[] = {"bin10",
                                          "above",
                                          "py10",
                                          "py100",
                                          "py3/bytes_2",
                                          "idx.gz",
                                          "torchvision",
                                          "npz/keras.npz",
                                          "npz/fortran.npz",
                                          "npy",
                                          "pair/my_images.npy",
                                          "csv/last.csv",
#ifdef TW_HAVE_PNG
                                          "both",
                                          "mixed"
#endif
    };
    static const int chosen[] = {2};
    const tw_dataset_options options = {.classes = chosen, .class_count = 1};
    const tw_dataset_options sized = {
        .bytes = sizeof sized, .height = 9, .width = 7, .color = TW_COLOR_GREY};
    for (size_t s = 0; s <= sizeof sources / sizeof *sources; s++) {
        const char *path =
            s < sizeof sources / sizeof *sources ? scratch(sources[s]) : "synthetic:50";
        tw_status status;
        size_t count = open_failing(path, NULL, 0, &status), memory = 0;
        assert_ok(status);
        assert_true(count > 2);
        for (size_t which = 1; which <= count; which++) {
            open_failing(path, NULL, which, &status);
            memory += status == TW_ERR_MEMORY;
        }
        /* recognition may take a failure for "not this kind", all else must name it */
        assert_true(memory >= 3);
        for (size_t which = 1; which <= count + 4; which++)
            open_failing(path, &options, which, &status);
        for (size_t which = 1; which <= count + 20; which++)
            open_failing(path, &sized, which, &status);
    }
}

static void from_memory(void **state) {
    const uint8_t bytes[2] = {0};
    const int32_t labels[2] = {0};
    const tw_dataset_memory memory = {
        .bytes = bytes, .labels = labels, .samples = 2, .features = 1, .classes = 1};
    for (size_t which = 1; which <= 3; which++) {
        tw_dataset *dataset = NULL;
        failing_alloc_arm(which);
        tw_status status = tw_dataset_from_memory(&memory, &dataset);
        failing_alloc_disarm();
        assert_int_equal(status, TW_ERR_MEMORY);
        assert_null(dataset);
    }
}

int main(void) {
    const struct CMUnitTest tests[] = {cmocka_unit_test(every_allocation_of_every_reader),
                                       cmocka_unit_test(from_memory)};
    return cmocka_run_group_tests(tests, scratch_begin, scratch_end);
}
