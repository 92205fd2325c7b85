/* survey_team.c: a survey over the processes of a team.
 *
 * Rank 0 hands out batches of points to whoever has none, itself included, and puts what comes back
 * into the surface. Its first thread only listens and hands out; a second one computes, so that no
 * rank waits for a batch of rank 0. A batch is a list of places on the grid. Values depend on the
 * coefficients alone; who computes what changes no bit.
 */
#include <pthread.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "core/alloc.h"
#include "core/clock.h"
#include "landscape/survey_private.h"
#include "team/commons.h"
#include "team/team_message.h"

/* Seconds that rank 0 listens before it looks after its own worker (each look costs its worker some
 * 20 us of a processor, and a batch that waits for it is half a second's), and between two reports
 * of progress where nothing was done. */
static const double LISTEN = 2e-3, REPORT = 0.25;

enum { READY, BATCH, RESULT, FAILURE, STOP };

/* BATCH: followed by `count` places, uint64_t. RESULT: by the values, metrics of the objective for
 * each point. FAILURE: by the words. */
typedef struct message {
    int32_t kind, status;
    uint64_t count, threads;
    double seconds;
} message;

static tw_status send(tw_team *team, int to, const message *head, const void *rest, size_t size) {
    char *bytes = tw_alloc(1, sizeof *head + size);
    if (bytes == NULL)
        return tw_fail(TW_ERR_MEMORY, "not enough memory for a message");
    memcpy(bytes, head, sizeof *head);
    if (size > 0)
        memcpy(bytes + sizeof *head, rest, size);
    tw_status status = tw_team_send(team, to, bytes, sizeof *head + size);
    free(bytes);
    return status;
}

/* *bytes is what follows the head, within *block, which is the caller's to free. *from is -1 if
 * nothing came in time. */
static tw_status receive(tw_team *team, double wait, int *from, message *head, void **block,
                         const char **bytes, size_t *size) {
    *block = NULL;
    tw_status status = tw_team_receive(team, wait, from, block, size);
    if (status != TW_OK || *from < 0)
        return status;
    if (*size < sizeof *head)
        return tw_fail(TW_ERR_SYSTEM, "rank %d sent a malformed message of %zu bytes", *from,
                       *size);
    memcpy(head, *block, sizeof *head);
    *bytes = (const char *)*block + sizeof *head;
    *size -= sizeof *head;
    return TW_OK;
}

static size_t threads_of(const tw_survey *survey) {
    return (size_t)tw_runner_threads(tw_objective_runner(survey->objective));
}

static size_t values_size(const tw_survey *survey, size_t count) {
    return count * tw_objective_metrics(survey->objective) * sizeof(double);
}

/* All ranks at once: those of a machine share what they can. */
static tw_status open_together(tw_survey *survey, tw_status status) {
    tw_runner *runner = tw_objective_runner(survey->objective);
    tw_commons_open(runner, survey->options->team);
    if (status == TW_OK)
        status = tw_survey_open(survey);
    tw_commons_close(runner);
    return status;
}

/* ---- ranks 1, 2, ... ---- */

static tw_status report_failure(tw_team *team, tw_status status) {
    const char *words = tw_message();
    message head = {.kind = FAILURE, .status = (int32_t)status};
    return send(team, 0, &head, words, strlen(words));
}

/* `points` has room for a batch. */
static tw_status answer_batch(tw_survey *survey, const message *asked, const char *bytes,
                              size_t size, size_t *points) {
    tw_team *team = survey->options->team;
    const tw_surface *surface = survey->surface;
    message head = {.kind = RESULT, .count = asked->count};
    int is_batch = asked->count <= TW_BATCH && size == asked->count * sizeof(uint64_t);
    for (size_t k = 0; k < asked->count && is_batch; k++) {
        uint64_t place;
        memcpy(&place, bytes + k * sizeof place, sizeof place);
        is_batch = place < surface->nx * surface->ny;
        points[k] = (size_t)place;
    }
    if (!is_batch)
        return report_failure(team, tw_fail(TW_ERR_SYSTEM, "a malformed batch"));
    double begun = tw_clock_seconds();
    tw_status status = tw_survey_evaluate(survey, points, asked->count);
    head.seconds = tw_clock_seconds() - begun;
    return status == TW_OK ? send(team, 0, &head, survey->values, values_size(survey, asked->count))
                           : report_failure(team, status);
}

static tw_status serve(tw_survey *survey, size_t *points) {
    tw_team *team = survey->options->team;
    for (;;) {
        int from;
        message head = {0};
        void *block;
        const char *bytes = NULL;
        size_t size;
        tw_status status = receive(team, -1, &from, &head, &block, &bytes, &size);
        if (status == TW_OK && head.kind == BATCH)
            status = answer_batch(survey, &head, bytes, size, points);
        free(block);
        if (status != TW_OK || head.kind == STOP)
            return status;
    }
}

tw_status tw_crew_serve(tw_survey *survey) {
    tw_team *team = survey->options->team;
    size_t *points = tw_alloc(TW_BATCH, sizeof *points);
    tw_status status = open_together(
        survey, points != NULL ? TW_OK : tw_fail(TW_ERR_MEMORY, "not enough memory for a batch"));
    message head = {.kind = READY, .threads = threads_of(survey)};
    status = status == TW_OK ? send(team, 0, &head, NULL, 0) : report_failure(team, status);
    if (status == TW_OK)
        status = serve(survey, points);
    free(points);
    return status;
}

/* ---- rank 0's own worker: a thread ---- */

typedef enum own_state { OWN_IDLE, OWN_BUSY, OWN_DONE, OWN_QUIT } own_state;

typedef struct own_worker {
    tw_survey *survey;
    pthread_t thread;
    pthread_mutex_t mutex;
    pthread_cond_t wake;
    own_state state; /* the rest belongs to the thread while it is OWN_BUSY */
    const size_t *points;
    size_t count;
    double seconds;
    tw_status status;
    char words[512];
} own_worker;

static void own_batch(own_worker *own) {
    double begun = tw_clock_seconds();
    own->status = tw_survey_evaluate(own->survey, own->points, own->count);
    own->seconds = tw_clock_seconds() - begun;
    snprintf(own->words, sizeof own->words, "%s", own->status != TW_OK ? tw_message() : "");
}

static void *own_run(void *argument) {
    own_worker *own = argument;
    pthread_mutex_lock(&own->mutex);
    for (;;) {
        while (own->state != OWN_BUSY && own->state != OWN_QUIT)
            pthread_cond_wait(&own->wake, &own->mutex);
        if (own->state == OWN_QUIT)
            break;
        pthread_mutex_unlock(&own->mutex);
        own_batch(own);
        pthread_mutex_lock(&own->mutex);
        if (own->state == OWN_BUSY)
            own->state = OWN_DONE;
    }
    pthread_mutex_unlock(&own->mutex);
    return NULL;
}

static void own_set(own_worker *own, own_state state) {
    pthread_mutex_lock(&own->mutex);
    own->state = state;
    pthread_cond_signal(&own->wake);
    pthread_mutex_unlock(&own->mutex);
}

static own_state own_get(own_worker *own) {
    pthread_mutex_lock(&own->mutex);
    own_state state = own->state;
    pthread_mutex_unlock(&own->mutex);
    return state;
}

static tw_status own_begin(own_worker *own, tw_survey *survey) {
    *own = (own_worker){.survey = survey, .state = OWN_IDLE};
    pthread_mutex_init(&own->mutex, NULL);
    pthread_cond_init(&own->wake, NULL);
    int error = pthread_create(&own->thread, NULL, own_run, own);
    if (error == 0)
        return TW_OK;
    pthread_cond_destroy(&own->wake);
    pthread_mutex_destroy(&own->mutex);
    return tw_fail(TW_ERR_SYSTEM, "cannot start a thread: %s", strerror(error));
}

static void own_end(own_worker *own) {
    own_set(own, OWN_QUIT);
    pthread_join(own->thread, NULL);
    pthread_cond_destroy(&own->wake);
    pthread_mutex_destroy(&own->mutex);
}

/* ---- rank 0 ---- */

typedef struct rank_state {
    tw_pace pace;
    size_t threads;       /* 0: its span is not open yet */
    const size_t *points; /* the batch it is at */
    size_t count;         /* 0: none */
} rank_state;

struct tw_crew {
    tw_survey *survey;
    tw_team *team;
    own_worker own;
    rank_state *ranks;
    size_t given, taken; /* points of the order handed out, and come back */
};

static tw_status send_batch(tw_crew *crew, int rank) {
    const rank_state *worker = &crew->ranks[rank];
    uint64_t *places = tw_alloc_raw(worker->count, sizeof *places);
    if (places == NULL)
        return tw_fail(TW_ERR_MEMORY, "not enough memory for a batch");
    for (size_t k = 0; k < worker->count; k++)
        places[k] = worker->points[k];
    message head = {.kind = BATCH, .count = worker->count};
    tw_status status = send(crew->team, rank, &head, places, worker->count * sizeof *places);
    free(places);
    return status;
}

static tw_status hand_out(tw_crew *crew, int rank) {
    rank_state *worker = &crew->ranks[rank];
    size_t left = crew->survey->missing - crew->given;
    worker->count = 0;
    if (left == 0)
        return TW_OK;
    size_t limit =
        tw_batch_size(&worker->pace, left, (size_t)tw_team_size(crew->team), worker->threads);
    worker->points = crew->survey->order + crew->given;
    worker->count =
        tw_survey_batch(crew->survey, crew->given, limit, (size_t)tw_team_size(crew->team));
    crew->given += worker->count;
    if (rank > 0)
        return send_batch(crew, rank);
    crew->own.points = worker->points;
    crew->own.count = worker->count;
    own_set(&crew->own, OWN_BUSY);
    return TW_OK;
}

/* A batch has come back: stored, told, and the next one handed out. */
static tw_status take_in(tw_crew *crew, int rank, double seconds, const double *values) {
    rank_state *worker = &crew->ranks[rank];
    tw_pace_add(&worker->pace, worker->count, seconds);
    tw_survey_store(crew->survey, worker->points, worker->count, values);
    crew->taken += worker->count;
    tw_status status = hand_out(crew, rank);
    return status == TW_OK ? tw_survey_progress(crew->survey, crew->taken) : status;
}

static tw_status handle(tw_crew *crew, int from, const message *head, const char *bytes,
                        size_t size) {
    rank_state *worker = &crew->ranks[from];
    if (head->kind == FAILURE)
        return tw_fail((tw_status)head->status, "rank %d: %.*s", from, (int)size, bytes);
    if (head->kind == READY && worker->threads == 0 && head->threads > 0) {
        worker->threads = head->threads;
        return hand_out(crew, from);
    }
    if (head->kind != RESULT || worker->count == 0 || head->count != worker->count ||
        size != values_size(crew->survey, worker->count))
        return tw_fail(TW_ERR_SYSTEM, "rank %d sent what it was not asked for", from);
    double *values = tw_alloc_raw(1, size);
    if (values == NULL)
        return tw_fail(TW_ERR_MEMORY, "not enough memory for %zu values", size);
    memcpy(values, bytes, size); /* doubles, aligned */
    tw_status status = take_in(crew, from, head->seconds, values);
    free(values);
    return status;
}

static tw_status listen(tw_crew *crew) {
    int from;
    message head = {0};
    void *block;
    const char *bytes = NULL;
    size_t size;
    tw_status status = receive(crew->team, LISTEN, &from, &head, &block, &bytes, &size);
    if (status == TW_OK && from >= 0)
        status = handle(crew, from, &head, bytes, size);
    free(block);
    return status;
}

/* The values of rank 0's own batch stay in survey->values until the next is handed out; they are
 * stored before that. */
static tw_status look_after_own(tw_crew *crew) {
    own_worker *own = &crew->own;
    if (own_get(own) != OWN_DONE)
        return TW_OK;
    own_set(own, OWN_IDLE);
    return own->status == TW_OK ? take_in(crew, 0, own->seconds, crew->survey->values)
                                : tw_fail(own->status, "%s", own->words);
}

tw_status tw_crew_take(tw_crew *crew) {
    tw_survey *survey = crew->survey;
    double told = tw_clock_seconds();
    tw_status status = TW_OK;
    crew->given = crew->taken = 0;
    for (int k = 0; k < tw_team_size(crew->team) && status == TW_OK; k++)
        if (crew->ranks[k].threads > 0)
            status = hand_out(crew, k);
    while (status == TW_OK && crew->taken < survey->missing) {
        size_t before = crew->taken;
        status = listen(crew);
        if (status == TW_OK)
            status = look_after_own(crew);
        if (crew->taken != before)
            told = tw_clock_seconds();
        if (status == TW_OK && tw_clock_seconds() - told > REPORT) {
            status = tw_survey_progress(survey, crew->taken);
            told = tw_clock_seconds();
        }
    }
    return status;
}

/* Whatever went wrong, the others are not left waiting. */
static void stop_all(tw_team *team) {
    message head = {.kind = STOP};
    char words[512];
    snprintf(words, sizeof words, "%s", tw_message());
    for (int k = 1; k < tw_team_size(team); k++)
        send(team, k, &head, NULL, 0);
    tw_fail(TW_OK, "%s", words);
}

void tw_crew_free(tw_crew *crew) {
    if (crew == NULL)
        return;
    own_end(&crew->own);
    stop_all(crew->team);
    free(crew->ranks);
    free(crew);
}

tw_status tw_crew_new(tw_survey *survey, tw_crew **out) {
    tw_team *team = survey->options->team;
    tw_crew *crew = tw_alloc(1, sizeof *crew);
    rank_state *ranks = tw_alloc((size_t)tw_team_size(team), sizeof *ranks);
    tw_status status = TW_OK;
    if (crew == NULL || ranks == NULL)
        status = tw_fail(TW_ERR_MEMORY, "not enough memory for %d ranks", tw_team_size(team));
    status = open_together(survey, status);
    if (status == TW_OK)
        status = own_begin(&crew->own, survey);
    if (status != TW_OK) {
        stop_all(team);
        free(ranks);
        free(crew);
        return status;
    }
    crew->survey = survey;
    crew->team = team;
    crew->ranks = ranks;
    for (int k = 0; k < tw_team_size(team); k++)
        ranks[k].pace.shares = tw_survey_shares(survey);
    ranks[0].threads = threads_of(survey);
    *out = crew;
    return TW_OK;
}
