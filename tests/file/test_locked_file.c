/* HDF5 files that somebody has locked: for an instant, which is waited for, and for long. */
#include <fcntl.h>
#include <pthread.h>
#include <sys/file.h>
#include <time.h>
#include <unistd.h>

#include "scratch.h"
#include "thalweg/file.h"

static const char *const names[] = {"iteration", "train_loss"};

static int make_and_lock(const char *path) {
    tw_table table;
    assert_ok(tw_table_init(&table, "training", 2, names));
    assert_ok(tw_table_append(&table, (double[]){1, 2}));
    assert_ok(tw_table_write(path, &table, NULL));
    tw_table_release(&table);
    int file = open(path, O_RDONLY);
    assert_int_equal(flock(file, LOCK_EX | LOCK_NB), 0);
    return file;
}

static void *unlock_soon(void *file) {
    const struct timespec pause = {.tv_nsec = 20000000};
    nanosleep(&pause, NULL);
    flock(*(int *)file, LOCK_UN);
    return NULL;
}

static void a_lock_of_an_instant_is_waited_for(void **state) {
    tw_table back;
    pthread_t other;
    int file = make_and_lock(scratch("instant.h5"));
    assert_int_equal(pthread_create(&other, NULL, unlock_soon, &file), 0);
    assert_ok(tw_table_read(scratch("instant.h5"), &back, NULL));
    pthread_join(other, NULL);
    assert_int_equal(back.rows, 1);
    assert_true(back.values[1][0] == 2);
    tw_table_release(&back);
    /* and none is left behind */
    assert_int_equal(flock(file, LOCK_EX | LOCK_NB), 0);
    close(file);
}

static void a_lock_that_stays_is_named(void **state) {
    tw_table back;
    int file = make_and_lock(scratch("long.h5"));
    assert_fails(TW_ERR_FORMAT, "long.h5' is locked by another process",
                 tw_table_read(scratch("long.h5"), &back, NULL));
    close(file);
    assert_ok(tw_table_read(scratch("long.h5"), &back, NULL));
    tw_table_release(&back);
}

int main(void) {
    unsetenv("HDF5_USE_FILE_LOCKING"); /* with which HDF5 asks for no lock */
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_lock_of_an_instant_is_waited_for),
        cmocka_unit_test(a_lock_that_stays_is_named),
    };
    return cmocka_run_group_tests(tests, scratch_setup, scratch_teardown);
}
