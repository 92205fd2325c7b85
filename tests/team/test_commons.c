/* Work done once by the ranks of a machine, which are threads here and share plain memory. */
#include <pthread.h>
#include <stdatomic.h>
#include <time.h>

#include "support.h"
#include "team/commons.h"
#include "team/team_private.h"

enum { RANKS = 3, PIECES = 200, WIDTH = 5 };

/* ---- a machine ---- */

typedef struct machine {
    pthread_barrier_t barrier;
    size_t wants[RANKS];
    void *memory; /* of the present call */
    void *made[8];
    size_t count;
    struct seat {
        struct machine *machine;
        int rank;
    } seats[RANKS];
    tw_team teams[RANKS];
} machine;

static void machine_share(void *ctx, size_t size, void **memory) {
    struct seat *seat = ctx;
    machine *m = seat->machine;
    m->wants[seat->rank] = size;
    pthread_barrier_wait(&m->barrier);
    if (seat->rank == 0) {
        m->memory = NULL;
        for (int k = 0; k < RANKS; k++)
            size = m->wants[k] == m->wants[0] ? size : 0;
        if (size > 0)
            m->memory = m->made[m->count++] = calloc(1, size);
    }
    pthread_barrier_wait(&m->barrier);
    *memory = m->memory;
    pthread_barrier_wait(&m->barrier);
}

static void machine_unshare(void *ctx) {
}

static void open_machine(machine *m) {
    memset(m, 0, sizeof *m);
    pthread_barrier_init(&m->barrier, NULL, RANKS);
    for (int k = 0; k < RANKS; k++) {
        m->seats[k] = (struct seat){m, k};
        m->teams[k] =
            (tw_team){{.share = machine_share, .unshare = machine_unshare}, &m->seats[k], k, RANKS};
    }
}

static void close_machine(machine *m) {
    for (size_t k = 0; k < m->count; k++)
        free(m->made[k]);
    pthread_barrier_destroy(&m->barrier);
}

/* ---- ranks ---- */

typedef struct rank {
    tw_team *team;
    size_t odd;         /* takes so many bytes more */
    int gives_up;       /* before it takes the second memory */
    size_t fail_at;     /* piece; PIECES: none */
    tw_status status;   /* of the first map */
    atomic_size_t work; /* pieces of the first map that it did */
    atomic_int begun;
    struct rank *ranks; /* RANKS of them; NULL: it is alone */
    int shared[2], right[2];
} rank;

typedef struct job {
    rank *r;
    double *to;
    double factor;
} job;

/* The first wait for the last, which a busy machine may have let sleep until nothing is left; 20
 * seconds at most. */
static void wait_for_all(rank *r) {
    static const struct timespec pause = {.tv_nsec = 1000000};
    atomic_store(&r->begun, 1);
    for (int k = 0; k < RANKS && r->ranks != NULL; k++)
        for (int left = 20000; left > 0 && !atomic_load(&r->ranks[k].begun); left--)
            nanosleep(&pause, NULL);
}

static tw_status fill(void *argument, size_t piece, int worker) {
    static const struct timespec pause = {.tv_nsec = 20000};
    job *j = argument;
    wait_for_all(j->r);
    if (piece == j->r->fail_at)
        return tw_fail(TW_ERR_CALLBACK, "piece %zu went wrong", piece);
    nanosleep(&pause, NULL);
    for (size_t k = 0; k < WIDTH; k++)
        j->to[piece * WIDTH + k] += j->factor * (double)(piece * WIDTH + k); /* twice would show */
    if (j->factor == 1)
        atomic_fetch_add(&j->r->work, 1);
    return TW_OK;
}

static void *take_part(void *argument) {
    rank *r = argument;
    tw_runner *runner = NULL;
    assert_ok(tw_runner_new(2, &runner));
    tw_commons_open(runner, r->team);
    tw_commons made[2] = {{0}};
    for (int k = 0; k < 2 && !(k == 1 && r->gives_up) && r->status == TW_OK; k++) {
        assert_ok(tw_commons_take(runner, PIECES * WIDTH * 8 + r->odd, &made[k]));
        r->shared[k] = made[k].head != NULL;
        job j = {r, made[k].memory, k + 1};
        if (!r->shared[k])
            memset(j.to, 0, PIECES * WIDTH * sizeof *j.to);
        tw_status status = tw_commons_map(runner, &made[k], PIECES, fill, &j);
        r->status = k == 0 ? status : r->status;
        r->right[k] = status == TW_OK;
        for (size_t i = 0; i < PIECES * WIDTH && status == TW_OK; i++)
            r->right[k] &= j.to[i] == (k + 1) * (double)i;
    }
    tw_commons_close(runner);
    /* nothing is shared any more */
    tw_commons own;
    assert_ok(tw_commons_take(runner, 16, &own));
    assert_null(own.head);
    tw_commons_release(&own);
    tw_commons_release(&made[0]);
    tw_commons_release(&made[1]);
    tw_runner_free(runner);
    return NULL;
}

static void run_ranks(rank ranks[RANKS]) {
    static machine m;
    pthread_t threads[RANKS];
    open_machine(&m);
    for (int k = 0; k < RANKS; k++) {
        ranks[k].team = &m.teams[k];
        ranks[k].ranks = ranks;
        assert_int_equal(pthread_create(&threads[k], NULL, take_part, &ranks[k]), 0);
    }
    for (int k = 0; k < RANKS; k++)
        pthread_join(threads[k], NULL);
    close_machine(&m);
}

/* ---- tests ---- */

static void each_piece_once(void **state) {
    static rank ranks[RANKS];
    for (int k = 0; k < RANKS; k++)
        ranks[k].fail_at = PIECES;
    run_ranks(ranks);
    size_t work = 0;
    for (int k = 0; k < RANKS; k++) {
        assert_true(ranks[k].shared[0] && ranks[k].shared[1]);
        assert_true(ranks[k].right[0] && ranks[k].right[1]);
        assert_in_range(ranks[k].work, 1, PIECES - 1); /* all took part */
        work += ranks[k].work;
    }
    assert_int_equal(work, PIECES);
}

/* The others go on by themselves. */
static void a_rank_that_gives_up(void **state) {
    static rank ranks[RANKS];
    for (int k = 0; k < RANKS; k++)
        ranks[k].fail_at = PIECES;
    ranks[1].gives_up = 1;
    run_ranks(ranks);
    for (int k = 0; k < RANKS; k++) {
        assert_true(ranks[k].shared[0] && ranks[k].right[0]);
        assert_true(!ranks[k].shared[1]);
        assert_int_equal(ranks[k].right[1], k != 1);
    }
}

static void other_sizes(void **state) {
    static rank ranks[RANKS];
    for (int k = 0; k < RANKS; k++)
        ranks[k].fail_at = PIECES;
    ranks[2].odd = 8;
    run_ranks(ranks);
    for (int k = 0; k < RANKS; k++) {
        assert_true(!ranks[k].shared[0] && ranks[k].right[0] && ranks[k].right[1]);
        assert_int_equal(ranks[k].work, PIECES);
    }
}

static void a_piece_that_fails(void **state) {
    static rank ranks[RANKS];
    for (int k = 0; k < RANKS; k++)
        ranks[k].fail_at = 50; /* whoever gets it */
    run_ranks(ranks);
    int own = 0;
    for (int k = 0; k < RANKS; k++) {
        own += ranks[k].status == TW_ERR_CALLBACK;
        assert_true(ranks[k].status == TW_ERR_CALLBACK || ranks[k].status == TW_ERR_SYSTEM);
    }
    assert_int_equal(own, 1);
}

/* Without a team, a runner, or ways to share. */
static void alone(void **state) {
    tw_team team = {.size = 2};
    rank r = {.fail_at = PIECES};
    take_part(&r);
    assert_true(!r.shared[0] && r.right[0] && r.right[1]);
    r = (rank){.fail_at = PIECES, .team = &team};
    take_part(&r);
    assert_true(!r.shared[0] && r.right[0] && r.right[1]);
    tw_commons made;
    tw_commons_open(NULL, NULL);
    assert_ok(tw_commons_take(NULL, 0, &made));
    assert_ok(tw_commons_map(NULL, &made, 0, fill, NULL));
    tw_commons_close(NULL);
    tw_commons_release(&made);
    assert_null(made.memory);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(each_piece_once), cmocka_unit_test(a_rank_that_gives_up),
        cmocka_unit_test(other_sizes),     cmocka_unit_test(a_piece_that_fails),
        cmocka_unit_test(alone),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
