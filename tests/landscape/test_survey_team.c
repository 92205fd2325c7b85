/* Surveys over a team whose ranks are threads, with mailboxes in place of MPI. */
#include <math.h>
#include <pthread.h>
#include <time.h>

#include "support.h"
#include "team/team_private.h"

enum { RANKS = 4, N = 3, NX = 23, NY = 17 };

/* ---- mailboxes ---- */

typedef struct letter {
    struct letter *next;
    int from;
    size_t size;
    void *bytes;
} letter;

typedef struct post {
    pthread_mutex_t mutex;
    pthread_cond_t arrived;
    letter *boxes[RANKS];
    tw_team teams[RANKS];
    struct door {
        struct post *post;
        int rank;
    } doors[RANKS];
} post;

static tw_status post_send(void *ctx, int to, const void *bytes, size_t size) {
    struct door *door = ctx;
    letter *sent = malloc(sizeof *sent), **end;
    *sent = (letter){NULL, door->rank, size, malloc(size + 1)};
    memcpy(sent->bytes, bytes, size);
    pthread_mutex_lock(&door->post->mutex);
    for (end = &door->post->boxes[to]; *end != NULL; end = &(*end)->next)
        ;
    *end = sent;
    pthread_cond_broadcast(&door->post->arrived);
    pthread_mutex_unlock(&door->post->mutex);
    return TW_OK;
}

static tw_status post_receive(void *ctx, double wait, int *from, void **bytes, size_t *size) {
    struct door *door = ctx;
    struct timespec until;
    clock_gettime(CLOCK_REALTIME, &until);
    until.tv_sec += 1; /* looks again after a second, and after a millisecond if waits are short */
    if (wait >= 0) {
        until.tv_sec -= 1;
        until.tv_nsec += 1000000;
        until.tv_sec += until.tv_nsec / 1000000000;
        until.tv_nsec %= 1000000000;
    }
    *from = -1;
    *bytes = NULL;
    pthread_mutex_lock(&door->post->mutex);
    letter **box = &door->post->boxes[door->rank];
    while (*box == NULL) {
        int late = pthread_cond_timedwait(&door->post->arrived, &door->post->mutex, &until) != 0;
        if (late && wait >= 0)
            break;
        if (late)
            until.tv_sec++;
    }
    letter *taken = *box;
    if (taken != NULL)
        *box = taken->next;
    pthread_mutex_unlock(&door->post->mutex);
    if (taken != NULL) {
        *from = taken->from;
        *bytes = taken->bytes;
        *size = taken->size;
        free(taken);
    }
    return TW_OK;
}

static void post_leave(void *ctx) {
}

static void open_post(post *p) {
    static const tw_team_ops ops = {post_send, post_receive, post_leave};
    memset(p, 0, sizeof *p);
    pthread_mutex_init(&p->mutex, NULL);
    pthread_cond_init(&p->arrived, NULL);
    for (int k = 0; k < RANKS; k++) {
        p->doors[k] = (struct door){p, k};
        p->teams[k] = (tw_team){ops, &p->doors[k], k, RANKS};
    }
}

static void close_post(post *p) {
    for (int k = 0; k < RANKS; k++)
        while (p->boxes[k] != NULL) {
            letter *left = p->boxes[k];
            p->boxes[k] = left->next;
            free(left->bytes);
            free(left);
        }
}

/* ---- ranks ---- */

typedef struct member {
    tw_team *team;
    size_t calls, fail_at; /* 0: never */
    size_t nx;             /* of its surface */
    double tolerance;      /* 0: every point */
    tw_progress_fn progress;
    void *progress_user;
    tw_surface surface;
    tw_adaptive_report report;
    tw_adaptive_error errors[2];
    tw_status status;
    char words[512];
    struct begun *begun; /* NULL: it is alone */
} member;

/* How many ranks have come so far that they are seen to take part. The first wait there for the
 * last, which a busy machine may have let sleep until nothing is left; 20 seconds at most. */
typedef struct begun {
    pthread_mutex_t mutex;
    pthread_cond_t all;
    int ranks;
} begun;

enum { TAKES_PART = 5 };

static void wait_for_all(begun *b) {
    struct timespec until;
    if (b == NULL)
        return;
    clock_gettime(CLOCK_REALTIME, &until);
    until.tv_sec += 20;
    pthread_mutex_lock(&b->mutex);
    if (++b->ranks == RANKS)
        pthread_cond_broadcast(&b->all);
    for (int late = 0; b->ranks < RANKS && !late;)
        late = pthread_cond_timedwait(&b->all, &b->mutex, &until) != 0;
    b->ranks = RANKS; /* nobody else waits in vain */
    pthread_mutex_unlock(&b->mutex);
}

static tw_status uneven(void *ctx, size_t n, const double *x, double *values) {
    member *m = ctx;
    struct timespec pause = {.tv_nsec = x[0] > 0.3 ? 600000 : 50000};
    if (m->calls + 1 == TAKES_PART)
        wait_for_all(m->begun);
    if (++m->calls == m->fail_at)
        return tw_fail(TW_ERR_CALLBACK, "call %zu went wrong", m->calls);
    nanosleep(&pause, NULL);
    values[0] = sin(3 * x[0]) + x[1] * x[1] / 7 + x[2];
    values[1] = x[0] > 0.9 ? NAN : -values[0];
    return TW_OK;
}

static void *survey(void *argument) {
    static const char *const names[] = {"loss", "second"};
    static const tw_metric metrics[] = {{"loss"}, {"second"}, {NULL}};
    static const tw_objective_ops ops = {.value = uneven};
    const double w[N] = {0.1, 0.2, 0.3}, dx[N] = {1, 0, 0.5}, dy[N] = {0, 1, -1};
    const double scale[2] = {1, 100};
    member *m = argument;
    tw_objective *f = NULL;
    tw_objective_traits traits = {.metrics = metrics};
    tw_objective_new(&ops, m, N, &traits, &f);
    tw_surface_init(&m->surface, &(tw_axis){-1, 1, m->nx}, &(tw_axis){-1, 2, NY}, 2, names);
    tw_survey_options options = {.scale = scale,
                                 .team = m->team,
                                 .progress = m->progress,
                                 .progress_user = m->progress_user};
    tw_adaptive_options adaptive = {.tolerance = m->tolerance, .scale = TW_ADAPTIVE_LINEAR};
    if (tw_team_rank(m->team) == 0 && m->tolerance == 0)
        m->surface.computed[7] = 1; /* one that is there already, of value 0 */
    m->status =
        m->tolerance > 0
            ? tw_survey_adaptive(f, A_PLANE(tw_objective_size(f), w, dx, dy), &options, &adaptive,
                                 &m->surface, &m->report, m->errors)
            : tw_survey_run(f, A_PLANE(tw_objective_size(f), w, dx, dy), &options, &m->surface);
    snprintf(m->words, sizeof m->words, "%s", m->status != TW_OK ? tw_message() : "");
    tw_objective_free(f);
    return NULL;
}

static void run_team(member members[RANKS]) {
    static post p;
    begun b = {PTHREAD_MUTEX_INITIALIZER, PTHREAD_COND_INITIALIZER, 0};
    pthread_t threads[RANKS];
    open_post(&p);
    for (int k = 0; k < RANKS; k++) {
        members[k].team = &p.teams[k];
        members[k].begun = &b;
        if (members[k].nx == 0)
            members[k].nx = NX;
        assert_int_equal(pthread_create(&threads[k], NULL, survey, &members[k]), 0);
    }
    for (int k = 0; k < RANKS; k++)
        pthread_join(threads[k], NULL);
    close_post(&p);
}

static void release(member members[RANKS]) {
    for (int k = 0; k < RANKS; k++)
        tw_surface_release(&members[k].surface);
}

/* ---- tests ---- */

static void the_bits_of_one(void **state) {
    static member members[RANKS], alone;
    memset(members, 0, sizeof members);
    alone = (member){.nx = NX};
    survey(&alone);
    run_team(members);
    size_t calls = 0;
    for (int k = 0; k < RANKS; k++) {
        assert_int_equal(members[k].status, TW_OK);
        assert_true(members[k].calls > 0); /* everybody took part */
        calls += members[k].calls;
    }
    assert_int_equal(calls, NX * NY - 1);
    assert_int_equal(alone.calls, NX * NY - 1);
    assert_memory_equal(members[0].surface.values, alone.surface.values, 2 * NX * NY * 8);
    for (size_t p = 0; p < NX * NY; p++)
        assert_int_equal(members[0].surface.computed[p], 1);
    tw_surface_release(&alone.surface);
    release(members);
}

/* Which points are evaluated, what is interpolated and how large the errors are said to be. */
static void adaptive(void **state) {
    static member members[RANKS], alone;
    memset(members, 0, sizeof members);
    alone = (member){.nx = NX, .tolerance = 0.02};
    survey(&alone);
    for (int k = 0; k < RANKS; k++)
        members[k].tolerance = alone.tolerance;
    run_team(members);
    size_t calls = 0;
    for (int k = 0; k < RANKS; k++) {
        assert_int_equal(members[k].status, TW_OK);
        calls += members[k].calls;
    }
    assert_int_equal(alone.status, TW_OK);
    assert_in_range(alone.report.interpolated, 1, NX * NY);
    assert_true(alone.report.rounds > 2);
    assert_int_equal(calls, alone.calls);
    assert_true(calls > members[0].calls); /* rank 0 was not alone */
    assert_memory_equal(members[0].surface.values, alone.surface.values, 2 * NX * NY * 8);
    assert_memory_equal(members[0].surface.computed, alone.surface.computed, NX * NY);
    assert_memory_equal(&members[0].report, &alone.report, sizeof alone.report);
    assert_memory_equal(members[0].errors, alone.errors, sizeof alone.errors);
    release(members);
    for (int k = 0; k < RANKS; k++)
        members[k] = (member){.tolerance = alone.tolerance, .fail_at = k == 2 ? TAKES_PART : 0};
    run_team(members);
    assert_int_equal(members[0].status, TW_ERR_CALLBACK);
    assert_non_null(strstr(members[0].words, "rank 2: call 5"));
    tw_surface_release(&alone.surface);
    release(members);
}

/* What was done before a rank failed stays; nobody is left waiting. */
static void a_rank_that_fails(void **state) {
    for (int who = 0; who < RANKS; who += RANKS - 1) {
        static member members[RANKS];
        memset(members, 0, sizeof members);
        members[who].fail_at = TAKES_PART;
        run_team(members);
        assert_int_equal(members[0].status, TW_ERR_CALLBACK);
        assert_non_null(strstr(members[0].words, who == 0 ? "call 5" : "rank 3: call 5"));
        size_t done = 0;
        for (size_t p = 0; p < NX * NY; p++)
            done += members[0].surface.computed[p];
        assert_in_range(done, 2, NX * NY - 1);
        release(members);
    }
}

static int stop_at_half(void *user, size_t done, size_t total) {
    assert_int_equal(total, NX * NY);
    return done > total / 2;
}

static void cancelled(void **state) {
    static member members[RANKS];
    memset(members, 0, sizeof members);
    members[0].progress = stop_at_half;
    run_team(members);
    assert_int_equal(members[0].status, TW_ERR_CANCELLED);
    for (int k = 1; k < RANKS; k++)
        assert_int_equal(members[k].status, TW_OK);
    release(members);
}

static void another_survey(void **state) {
    static member members[RANKS];
    memset(members, 0, sizeof members);
    members[2].nx = NX + 1;
    run_team(members);
    for (int k = 0; k < RANKS; k++) {
        assert_int_equal(members[k].status, TW_ERR_ARGUMENT);
        assert_string_equal(members[k].words,
                            "rank 2 is not doing the same work: 'points: 24 x 17' "
                            "there and 'points: 23 x 17' here");
    }
    release(members);
}

/* ---- agreement ---- */

typedef struct voter {
    tw_team *team;
    tw_status own, verdict;
    const char *text;
    char words[512];
} voter;

static void *vote(void *argument) {
    voter *v = argument;
    if (v->own != TW_OK)
        tw_fail(v->own, "rank's own words");
    v->verdict = tw_team_agree(v->team, v->own, v->text);
    snprintf(v->words, sizeof v->words, "%s", v->verdict != TW_OK ? tw_message() : "");
    return NULL;
}

/* All ranks have the verdict and its words. */
static void agree(voter voters[RANKS], tw_status verdict, const char *words) {
    static post p;
    pthread_t threads[RANKS];
    open_post(&p);
    for (int k = 0; k < RANKS; k++) {
        voters[k].team = &p.teams[k];
        assert_int_equal(pthread_create(&threads[k], NULL, vote, &voters[k]), 0);
    }
    for (int k = 0; k < RANKS; k++)
        pthread_join(threads[k], NULL);
    for (int k = 0; k < RANKS; k++) {
        assert_int_equal(voters[k].verdict, verdict);
        assert_string_equal(voters[k].words, words);
    }
    close_post(&p);
}

static void agreement(void **state) {
    agree((voter[RANKS]){{.text = "a"}, {.text = "a"}, {.text = "a"}, {.text = "a"}}, TW_OK, "");
    agree((voter[RANKS]){{0}, {0}, {0}, {0}}, TW_OK, "");
    agree((voter[RANKS]){{0}, {0}, {.own = TW_ERR_IO}, {.own = TW_ERR_FORMAT}}, TW_ERR_IO,
          "rank 2: rank's own words");
    agree((voter[RANKS]){{.own = TW_ERR_MEMORY}, {0}, {.own = TW_ERR_IO}, {0}}, TW_ERR_MEMORY,
          "rank's own words");
    agree((voter[RANKS]){{.text = "a: 1\nb: 2\n"},
                         {.text = "a: 1\nb: 2\n"},
                         {.text = "a: 1\nb: 2\n"},
                         {.text = "a: 1\nb: 3\n"}},
          TW_ERR_ARGUMENT, "rank 3 is not doing the same work: 'b: 3' there and 'b: 2' here");
    agree((voter[RANKS]){{.text = "a\nb"}, {.text = "a"}, {.text = "a\nb"}, {.text = "a\nb"}},
          TW_ERR_ARGUMENT, "rank 1 is not doing the same work: '' there and 'b' here");
    assert_int_equal(tw_team_agree(NULL, TW_ERR_IO, "x"), TW_ERR_IO);
    assert_int_equal(tw_team_size(NULL), 1);
    assert_int_equal(tw_team_rank(NULL), 0);
    tw_team_leave(NULL);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_bits_of_one),   cmocka_unit_test(adaptive),
        cmocka_unit_test(a_rank_that_fails), cmocka_unit_test(cancelled),
        cmocka_unit_test(another_survey),    cmocka_unit_test(agreement),
    };
    return cmocka_run_group_tests_name("survey_team", tests, NULL, NULL);
}
