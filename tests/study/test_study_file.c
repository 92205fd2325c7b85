/* Files told apart and summed up; tests/cli/files.sh reads the same as text and JSON. */
#include <math.h>
#include <pthread.h>
#include <unistd.h>

#include "support.h"

static const char *scratch(const char *name) {
    static char path[64];
    snprintf(path, sizeof path, "study-file-%ld-%s", (long)getpid(), name);
    return path;
}

static tw_study_file *opened(const char *path) {
    tw_study_file *file = NULL;
    assert_ok(tw_study_file_open(NULL, path, NULL, &file));
    return file;
}

static void sums_up_a_surface(void **state) {
    static const char *const names[] = {"train_loss"};
    tw_axis axis = {0, 1, 3};
    tw_surface surface = {0};
    tw_provenance made = {0};
    const char *path = scratch("s.h5");
    assert_ok(tw_surface_init(&surface, &axis, NULL, 1, names));
    const double values[3] = {4, NAN, -3};
    for (size_t i = 0; i < 3; i++) {
        tw_surface_plane(&surface, 0)[i] = values[i];
        surface.computed[i] = i == 0 ? 1 : 2;
    }
    assert_ok(tw_provenance_add(&made, "model", "%s", "by hand"));
    assert_ok(tw_surface_write(path, &surface, &made));
    tw_study_file *file = opened(path);
    assert_int_equal(file->kind, TW_STUDY_SURFACE);
    assert_string_equal(file->noun, "slice");
    assert_true(file->computed == 1 && file->interpolated == 2 && file->range_count == 1);
    const tw_study_range *range = &file->ranges[0];
    assert_string_equal(range->name, "train_loss");
    assert_true(range->minimum == -3 && range->maximum == 4 && range->norm == 5);
    assert_int_equal(range->not_finite, 1);
    assert_string_equal(tw_provenance_get(&file->provenance, "model"), "by hand");
    assert_true(unlink(path) == 0);
    tw_study_file_free(file);
    tw_provenance_release(&made);
    tw_surface_release(&surface);
}

static void tells_others(void **state) {
    static const char *const names[] = {"step", "loss"};
    tw_table table = {0};
    const char *path = scratch("t.csv");
    assert_ok(tw_table_init(&table, "steps", 2, names));
    assert_ok(tw_table_append(&table, (const double[]){0.5, 7}));
    assert_ok(tw_table_write(path, &table, NULL));
    tw_study_file *file = opened(path);
    assert_int_equal(file->kind, TW_STUDY_TABLE);
    assert_true(file->range_count == 2 && file->ranges[1].minimum == 7);
    assert_true(unlink(path) == 0);
    tw_study_file_free(file);
    tw_table_release(&table);

    file = opened("synthetic:30");
    assert_int_equal(file->kind, TW_STUDY_DATASET);
    size_t samples = 0;
    for (size_t label = 0; label < tw_dataset_classes(file->splits[0]); label++)
        samples += tw_dataset_class_samples(file->splits[0], label);
    assert_int_equal(samples, 30);
    tw_study_file_free(file);
}

static void refuses(void **state) {
    tw_study_file *file = NULL;
    const char *path = scratch("junk");
    FILE *junk = fopen(path, "w");
    fputs("nothing of ours\n", junk);
    fclose(junk);
    assert_int_equal(tw_study_file_open(NULL, path, NULL, &file), TW_ERR_FORMAT);
    assert_null(file);
    assert_true(unlink(path) == 0);
    tw_study_file_free(NULL);
}

typedef struct arrival {
    pthread_barrier_t begin;
    char from[64], to[64];
    volatile long pause;
} arrival;

static void *arrive(void *user) {
    arrival *a = user;
    pthread_barrier_wait(&a->begin);
    for (long k = 0; k < a->pause; k++)
        ;
    return link(a->from, a->to) == 0 ? a : NULL;
}

/* A surface that comes while it is opened is a surface, or not there yet; it is no data set. */
static void a_file_that_comes(void **state) {
    enum { TIMES = 400 };
    static const char *const names[] = {"train_loss"};
    arrival a;
    tw_surface surface = {0};
    snprintf(a.from, sizeof a.from, "%s", scratch("kept.h5"));
    snprintf(a.to, sizeof a.to, "%s", scratch("comes.h5"));
    assert_ok(tw_surface_init(&surface, &(tw_axis){0, 1, 3}, NULL, 1, names));
    assert_ok(tw_surface_write(a.from, &surface, NULL));
    tw_surface_release(&surface);
    pthread_barrier_init(&a.begin, NULL, 2);
    for (int k = 0; k < TIMES; k++) {
        pthread_t thread;
        tw_study_file *file = NULL;
        void *came = NULL;
        a.pause = 200L * (k % 100);
        assert_int_equal(pthread_create(&thread, NULL, arrive, &a), 0);
        pthread_barrier_wait(&a.begin);
        tw_status status = tw_study_file_open(NULL, a.to, NULL, &file);
        pthread_join(thread, &came);
        assert_non_null(came);
        if (status != TW_OK && strstr(tw_message(), "No such file") == NULL)
            fail_msg("%s", tw_message());
        if (status == TW_OK)
            assert_int_equal(file->kind, TW_STUDY_SURFACE);
        tw_study_file_free(file);
        assert_true(unlink(a.to) == 0);
    }
    pthread_barrier_destroy(&a.begin);
    assert_true(unlink(a.from) == 0);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(sums_up_a_surface),
        cmocka_unit_test(tells_others),
        cmocka_unit_test(a_file_that_comes),
        cmocka_unit_test(refuses),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
