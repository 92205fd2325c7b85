#include "thalweg/run.h"

#include <pthread.h>
#include <sched.h>
#include <stdatomic.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "core/alloc.h"
#include "core/clock.h"
#include "core/run_private.h"

/* One map at a time. Workers sleep on `wake` until `generation` moves on, take pieces from `next`
 * until none is left, and the last one to finish signals `done`. */
struct tw_runner {
    int threads;
    pthread_t *workers; /* threads - 1 of them; the caller is worker 0 */
    int started;
    pthread_mutex_t mutex;
    pthread_cond_t wake, done;
    unsigned long generation;
    int stopping;
    tw_team *team; /* run_private.h */
    int active;    /* workers still inside the present map */
    int (*cancelled)(void *user);
    void *cancelled_user;
    atomic_llong next_question; /* milliseconds */
    atomic_flag busy;

    /* the present map */
    tw_piece_fn function;
    void *argument;
    size_t count;
    atomic_size_t next;

    /* its first failure */
    pthread_mutex_t failure_mutex;
    atomic_int failed;
    size_t failed_piece;
    tw_status failed_status;
    char failed_text[512];
};

typedef struct worker_start {
    tw_runner *runner;
    int worker;
} worker_start;

/* Worker number of this thread while it runs a piece, or -1: a nested map stays on it. */
static _Thread_local int inside = -1;

static void note_failure(tw_runner *runner, size_t piece, tw_status status) {
    pthread_mutex_lock(&runner->failure_mutex);
    if (!atomic_load(&runner->failed) || piece < runner->failed_piece) {
        runner->failed_piece = piece;
        runner->failed_status = status;
        snprintf(runner->failed_text, sizeof runner->failed_text, "%s", tw_message());
        atomic_store(&runner->failed, 1);
    }
    pthread_mutex_unlock(&runner->failure_mutex);
}

/* Not at every piece: some take no longer than the answer. */
static int is_cancelled(tw_runner *runner) {
    enum { QUESTION_EVERY = 50 };
    if (runner == NULL || runner->cancelled == NULL)
        return 0;
    long long now = (long long)(tw_clock_seconds() * 1e3);
    if (now < atomic_load(&runner->next_question))
        return 0;
    atomic_store(&runner->next_question, now + QUESTION_EVERY);
    return runner->cancelled(runner->cancelled_user) != 0;
}

/* What truly failed is told rather. */
static void note_cancelled(tw_runner *runner) {
    note_failure(runner, SIZE_MAX, tw_fail(TW_ERR_CANCELLED, "cancelled"));
}

static void take_pieces(tw_runner *runner, int worker) {
    inside = worker;
    while (!atomic_load_explicit(&runner->failed, memory_order_relaxed)) {
        if (worker == 0 && is_cancelled(runner)) {
            note_cancelled(runner);
            break;
        }
        size_t piece = atomic_fetch_add(&runner->next, 1);
        if (piece >= runner->count)
            break;
        tw_status status = runner->function(runner->argument, piece, worker);
        if (status != TW_OK)
            note_failure(runner, piece, status);
    }
    inside = -1;
}

/* Ended from within a piece (pthread_exit): locks may be held, and others would wait for this
 * thread for ever. As when an exception leaves such a function in C++. */
static void end_process(void *none) {
    abort();
}

static void take_pieces_alive(tw_runner *runner, int worker) {
    pthread_cleanup_push(end_process, NULL);
    take_pieces(runner, worker);
    pthread_cleanup_pop(0);
}

static void *work(void *start_pointer) {
    worker_start start = *(worker_start *)start_pointer;
    free(start_pointer);
    tw_runner *runner = start.runner;
    unsigned long seen = 0;
    pthread_mutex_lock(&runner->mutex);
    for (;;) {
        while (runner->generation == seen && !runner->stopping)
            pthread_cond_wait(&runner->wake, &runner->mutex);
        if (runner->stopping)
            break;
        seen = runner->generation;
        pthread_mutex_unlock(&runner->mutex);
        take_pieces_alive(runner, start.worker);
        pthread_mutex_lock(&runner->mutex);
        if (--runner->active == 0)
            pthread_cond_signal(&runner->done);
    }
    pthread_mutex_unlock(&runner->mutex);
    return NULL;
}

static tw_status start_worker(tw_runner *runner, int worker) {
    worker_start *start = malloc(sizeof *start);
    if (start == NULL)
        return tw_fail(TW_ERR_MEMORY, "not enough memory for a thread");
    *start = (worker_start){runner, worker};
    int error = pthread_create(&runner->workers[worker - 1], NULL, work, start);
    if (error != 0) {
        free(start);
        return tw_fail(TW_ERR_SYSTEM, "cannot start thread %d of %d: %s; ask for fewer threads",
                       worker + 1, runner->threads, strerror(error));
    }
    runner->started++;
    return TW_OK;
}

int tw_processor_count(void) {
    cpu_set_t set;
    if (sched_getaffinity(0, sizeof set, &set) != 0)
        return 1;
    int count = CPU_COUNT(&set);
    return count > 0 ? count : 1;
}

tw_status tw_runner_new(int threads, tw_runner **out) {
    enum { MOST_THREADS = 4096 };
    if (threads < 0 || threads > MOST_THREADS)
        return tw_fail(TW_ERR_ARGUMENT, "%d threads: the number must be 0 ... %d", threads,
                       MOST_THREADS);
    tw_runner *runner = tw_alloc(1, sizeof *runner);
    if (runner == NULL)
        return tw_fail(TW_ERR_MEMORY, "not enough memory for a runner");
    runner->threads = threads > 0 ? threads : tw_processor_count();
    pthread_mutex_init(&runner->mutex, NULL);
    pthread_mutex_init(&runner->failure_mutex, NULL);
    pthread_cond_init(&runner->wake, NULL);
    pthread_cond_init(&runner->done, NULL);
    atomic_flag_clear(&runner->busy);
    runner->workers = tw_alloc((size_t)runner->threads, sizeof *runner->workers);
    tw_status status =
        runner->workers != NULL ? TW_OK : tw_fail(TW_ERR_MEMORY, "not enough memory for a runner");
    for (int worker = 1; worker < runner->threads && status == TW_OK; worker++)
        status = start_worker(runner, worker);
    if (status != TW_OK) {
        tw_runner_free(runner);
        return status;
    }
    *out = runner;
    return TW_OK;
}

void tw_runner_free(tw_runner *runner) {
    if (runner == NULL)
        return;
    pthread_mutex_lock(&runner->mutex);
    runner->stopping = 1;
    pthread_cond_broadcast(&runner->wake);
    pthread_mutex_unlock(&runner->mutex);
    for (int k = 0; k < runner->started; k++)
        pthread_join(runner->workers[k], NULL);
    pthread_cond_destroy(&runner->wake);
    pthread_cond_destroy(&runner->done);
    pthread_mutex_destroy(&runner->mutex);
    pthread_mutex_destroy(&runner->failure_mutex);
    free(runner->workers);
    free(runner);
}

int tw_runner_threads(const tw_runner *runner) {
    return runner != NULL ? runner->threads : 1;
}

void tw_runner_set_team(tw_runner *runner, tw_team *team) {
    if (runner != NULL)
        runner->team = team;
}

tw_team *tw_runner_team(const tw_runner *runner) {
    return runner != NULL ? runner->team : NULL;
}

void tw_runner_set_cancelled(tw_runner *runner, int (*cancelled)(void *user), void *user) {
    if (runner == NULL)
        return;
    runner->cancelled = cancelled;
    runner->cancelled_user = user;
}

/* `asking` is NULL where nobody is to be asked. */
static tw_status map_here(tw_runner *asking, size_t count, tw_piece_fn function, void *argument,
                          int worker) {
    for (size_t piece = 0; piece < count; piece++) {
        if (is_cancelled(asking))
            return tw_fail(TW_ERR_CANCELLED, "cancelled");
        tw_status status = function(argument, piece, worker);
        if (status != TW_OK)
            return status;
    }
    return TW_OK;
}

tw_status tw_runner_map(tw_runner *runner, size_t count, tw_piece_fn function, void *argument) {
    if (inside >= 0)
        return map_here(NULL, count, function, argument,
                        inside < tw_runner_threads(runner) ? inside : 0);
    if (runner == NULL || runner->threads == 1 || count <= 1)
        return map_here(runner, count, function, argument, 0);
    if (atomic_flag_test_and_set(&runner->busy))
        return map_here(NULL, count, function, argument, 0);

    runner->function = function;
    runner->argument = argument;
    runner->count = count;
    atomic_store(&runner->next, 0);
    atomic_store(&runner->failed, 0);
    pthread_mutex_lock(&runner->mutex);
    runner->active = runner->started;
    runner->generation++;
    pthread_cond_broadcast(&runner->wake);
    pthread_mutex_unlock(&runner->mutex);

    take_pieces(runner, 0);

    pthread_mutex_lock(&runner->mutex);
    while (runner->active > 0)
        pthread_cond_wait(&runner->done, &runner->mutex);
    pthread_mutex_unlock(&runner->mutex);
    tw_status status = TW_OK;
    if (atomic_load(&runner->failed))
        status = tw_fail(runner->failed_status, "%s", runner->failed_text);
    atomic_flag_clear(&runner->busy);
    return status;
}
