/* The runner: every piece once, failures told, maps inside maps. */
#include <math.h>
#include <pthread.h>
#include <stdatomic.h>
#include <time.h>

#include "core/clock.h"
#include "support.h"

enum { PIECES = 10000 };

typedef struct tally {
    atomic_int count[PIECES];
    tw_runner *runner;
    size_t fails_from;
} tally;

static tw_status count_piece(void *argument, size_t piece, int worker) {
    tally *t = argument;
    if (worker < 0 || worker >= tw_runner_threads(t->runner))
        return tw_fail(TW_ERR_CALLBACK, "worker %d", worker);
    atomic_fetch_add(&t->count[piece], 1);
    if (piece >= t->fails_from)
        return tw_fail(TW_ERR_CALLBACK, "piece %zu failed", piece);
    return TW_OK;
}

static void every_piece_once(void **state) {
    for (int threads = 1; threads <= 5; threads++) {
        tally *t = calloc(1, sizeof *t);
        t->fails_from = PIECES;
        assert_ok(tw_runner_new(threads, &t->runner));
        assert_int_equal(tw_runner_threads(t->runner), threads);
        for (int round = 1; round <= 20; round++) {
            assert_ok(tw_runner_map(t->runner, PIECES, count_piece, t));
            for (size_t k = 0; k < PIECES; k++)
                assert_int_equal(atomic_load(&t->count[k]), round);
        }
        tw_runner_free(t->runner);
        free(t);
    }
}

static void a_failure_is_told(void **state) {
    tally *t = calloc(1, sizeof *t);
    t->fails_from = 17;
    assert_ok(tw_runner_new(3, &t->runner));
    assert_fails(TW_ERR_CALLBACK, "piece ", tw_runner_map(t->runner, PIECES, count_piece, t));
    for (size_t k = 0; k < 17; k++)
        assert_int_equal(atomic_load(&t->count[k]), 1);
    assert_fails(TW_ERR_CALLBACK, "piece 17", tw_runner_map(NULL, PIECES, count_piece, t));
    t->fails_from = PIECES; /* and the runner goes on */
    assert_ok(tw_runner_map(t->runner, PIECES, count_piece, t));
    tw_runner_free(t->runner);
    free(t);
}

static tw_status outer_piece(void *argument, size_t piece, int worker) {
    tally *t = argument;
    return tw_runner_map(t->runner, 10, count_piece, t);
}

static void maps_nest(void **state) {
    tally *t = calloc(1, sizeof *t);
    t->fails_from = PIECES;
    assert_ok(tw_runner_new(4, &t->runner));
    assert_ok(tw_runner_map(t->runner, 50, outer_piece, t));
    for (size_t k = 0; k < 10; k++)
        assert_int_equal(atomic_load(&t->count[k]), 50);
    tw_runner_free(t->runner);
    free(t);
}

static void *map_many(void *argument) {
    tally *t = argument;
    for (int k = 0; k < 50; k++)
        if (tw_runner_map(t->runner, PIECES, count_piece, t) != TW_OK)
            return argument;
    return NULL;
}

static void two_callers(void **state) {
    tally *t = calloc(1, sizeof *t);
    t->fails_from = PIECES;
    assert_ok(tw_runner_new(2, &t->runner));
    pthread_t other;
    void *failed;
    assert_int_equal(pthread_create(&other, NULL, map_many, t), 0);
    assert_null(map_many(t));
    pthread_join(other, &failed);
    assert_null(failed);
    for (size_t k = 0; k < PIECES; k++)
        assert_int_equal(atomic_load(&t->count[k]), 100);
    tw_runner_free(t->runner);
    free(t);
}

typedef struct watched {
    pthread_t caller;
    int asked, elsewhere, answer;
    atomic_int pieces;
} watched;

static int asks(void *user) {
    watched *w = user;
    w->asked++;
    w->elsewhere += !pthread_equal(pthread_self(), w->caller);
    return w->answer;
}

static tw_status slow_piece(void *argument, size_t piece, int worker) {
    atomic_fetch_add(&((watched *)argument)->pieces, 1);
    nanosleep(&(struct timespec){.tv_nsec = 1000000}, NULL);
    return TW_OK;
}

static tw_status failing_piece(void *argument, size_t piece, int worker) {
    return tw_fail(TW_ERR_CALLBACK, "piece %zu", piece);
}

/* Asked by the thread that called, and seldom; what it answers ends the map, and the next one not.
 */
static void a_map_can_be_ended(void **state) {
    for (int threads = 1; threads <= 3; threads++) {
        watched w = {.caller = pthread_self()};
        tw_runner *runner;
        assert_ok(tw_runner_new(threads, &runner));
        tw_runner_set_cancelled(runner, asks, &w);
        double begun = tw_clock_seconds();
        assert_ok(tw_runner_map(runner, 200, slow_piece, &w));
        assert_int_equal(atomic_load(&w.pieces), 200);
        double most = 2 + (tw_clock_seconds() - begun) / 0.05;
        assert_true(w.asked >= 1 && w.asked <= most && w.elsewhere == 0);
        w.answer = 1;
        atomic_store(&w.pieces, 0);
        nanosleep(&(struct timespec){.tv_nsec = 60000000}, NULL);
        assert_fails(TW_ERR_CANCELLED, "cancelled", tw_runner_map(runner, 20000, slow_piece, &w));
        assert_true(atomic_load(&w.pieces) < 10000);
        tw_runner_set_cancelled(runner, NULL, NULL);
        assert_ok(tw_runner_map(runner, 3, slow_piece, &w));
        assert_fails(TW_ERR_CALLBACK, "piece 0", tw_runner_map(runner, 3, failing_piece, &w));
        tw_runner_free(runner);
    }
    tw_runner_set_cancelled(NULL, asks, NULL);
}

static void bad_thread_counts(void **state) {
    tw_runner *runner;
    assert_fails(TW_ERR_ARGUMENT, "-1 threads", tw_runner_new(-1, &runner));
    assert_fails(TW_ERR_ARGUMENT, "threads", tw_runner_new(1 << 20, &runner));
    assert_ok(tw_runner_new(0, &runner));
    assert_int_equal(tw_runner_threads(runner), tw_processor_count());
    tw_runner_free(runner);
    tw_runner_free(NULL);
}

/* By the pace since the first step: what came before it, and its own time, do not count. */
static void the_time_that_is_left(void **state) {
    tw_time_pace pace = {.before = 40};
    struct timespec rest = {.tv_nsec = 20000000};
    assert_true(isnan(tw_time_left(&pace, 40, 100)));
    assert_true(isnan(tw_time_left(&pace, 50, 100)));
    double begun = pace.at;
    nanosleep(&rest, NULL);
    double left =
        tw_time_left(&pace, 60, 100); /* ten took as long as the rest: 40 more, four times */
    assert_true(pace.at == begun && pace.done == 50);
    assert_true(left >= 4 * 0.02);
    assert_true(tw_time_left(&pace, 100, 100) == 0);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_time_that_is_left), cmocka_unit_test(every_piece_once),
        cmocka_unit_test(a_failure_is_told),     cmocka_unit_test(maps_nest),
        cmocka_unit_test(two_callers),           cmocka_unit_test(bad_thread_counts),
        cmocka_unit_test(a_map_can_be_ended),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
