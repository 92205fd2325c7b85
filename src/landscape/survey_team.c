/* survey_team.c: a survey over the processes of a team.
 *
 * Rank 0 hands out batches of points to whoever has none, itself included, and puts what comes back
 * into the surface. Its first thread only listens and hands out; a second one computes, so that no
 * rank waits for a batch of rank 0. All ranks put the points in the same order, so that a batch is
 * two numbers. Values depend on the coefficients alone; who computes what changes no bit.
 */
#include <pthread.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "core/alloc.h"
#include "core/clock.h"
#include "core/team_private.h"
#include "landscape/survey_private.h"

/* Seconds that rank 0 listens before it looks after its own worker, and between two reports of
 * progress where nothing was done. */
static const double LISTEN = 1e-3, REPORT = 0.25;

enum { START, READY, BATCH, RESULT, FAILURE, STOP };

/* START: followed by the mask of computed points. RESULT: by the values, metrics of the objective
 * for each point. FAILURE: by the words. */
typedef struct message {
    int32_t kind, status;
    uint64_t first, count, threads;
    double seconds;
} message;

static tw_status send(tw_team *team, int to, const message *head, const void *rest, size_t size) {
    char *bytes = tw_alloc(1, sizeof *head + size);
    if (bytes == NULL)
        return tw_fail(TW_ERR_MEMORY, "not enough memory for a message");
    memcpy(bytes, head, sizeof *head);
    if (size > 0)
        memcpy(bytes + sizeof *head, rest, size);
    tw_status status = team->ops.send(team->ctx, to, bytes, sizeof *head + size);
    free(bytes);
    return status;
}

/* *bytes is what follows the head, within *block, which is the caller's to free. *from is -1 if
 * nothing came in time. */
static tw_status receive(tw_team *team, double wait, int *from, message *head, void **block,
                         const char **bytes, size_t *size) {
    *block = NULL;
    tw_status status = team->ops.receive(team->ctx, wait, from, block, size);
    if (status != TW_OK || *from < 0)
        return status;
    if (*size < sizeof *head)
        return tw_fail(TW_ERR_SYSTEM, "rank %d sent %zu bytes that are no message", *from, *size);
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

/* ---- ranks 1, 2, ... ---- */

static tw_status report_failure(tw_team *team, tw_status status) {
    const char *words = tw_message();
    message head = {.kind = FAILURE, .status = (int32_t)status};
    return send(team, 0, &head, words, strlen(words));
}

static tw_status answer_batch(tw_survey *survey, const message *asked) {
    tw_team *team = survey->options->team;
    message head = {.kind = RESULT, .first = asked->first, .count = asked->count};
    if (asked->count > TW_BATCH || asked->first > survey->missing ||
        asked->count > survey->missing - asked->first)
        return report_failure(team, tw_fail(TW_ERR_SYSTEM, "a batch that is none"));
    double begun = tw_clock_seconds();
    tw_status status = tw_survey_evaluate(survey, asked->first, asked->count);
    head.seconds = tw_clock_seconds() - begun;
    return status == TW_OK ? send(team, 0, &head, survey->values, values_size(survey, asked->count))
                           : report_failure(team, status);
}

/* The mask of rank 0 tells which points there are to do. */
static tw_status begin(tw_survey *survey, const char *mask, size_t size) {
    tw_surface *surface = survey->surface;
    tw_team *team = survey->options->team;
    if (size != surface->nx * surface->ny)
        return report_failure(team,
                              tw_fail(TW_ERR_ARGUMENT, "rank 0 surveys %zu points, rank %d %zu",
                                      size, tw_team_rank(team), surface->nx * surface->ny));
    memcpy(surface->computed, mask, size);
    tw_status status = tw_survey_find_missing(survey);
    if (status == TW_OK)
        status = tw_survey_open(survey);
    if (status != TW_OK)
        return report_failure(team, status);
    message head = {.kind = READY, .threads = threads_of(survey)};
    return send(team, 0, &head, NULL, 0);
}

static tw_status serve(tw_survey *survey) {
    tw_team *team = survey->options->team;
    for (;;) {
        int from;
        message head = {0};
        void *block;
        const char *bytes = NULL;
        size_t size;
        tw_status status = receive(team, -1, &from, &head, &block, &bytes, &size);
        if (status == TW_OK && head.kind == START)
            status = begin(survey, bytes, size);
        else if (status == TW_OK && head.kind == BATCH)
            status = answer_batch(survey, &head);
        free(block);
        if (status != TW_OK || head.kind == STOP)
            return status;
    }
}

/* ---- rank 0's own worker: a thread ---- */

typedef enum own_state { OWN_READY, OWN_BUSY, OWN_DONE, OWN_QUIT } own_state;

typedef struct own_worker {
    tw_survey *survey;
    pthread_t thread;
    pthread_mutex_t mutex;
    pthread_cond_t wake;
    own_state state; /* the rest belongs to the thread while it is OWN_BUSY */
    size_t first, count;
    double seconds;
    tw_status status;
    char words[512];
} own_worker;

static void own_batch(own_worker *own) {
    double begun = tw_clock_seconds();
    tw_status status = own->count > 0 ? tw_survey_evaluate(own->survey, own->first, own->count)
                                      : tw_survey_open(own->survey);
    own->seconds = tw_clock_seconds() - begun;
    own->status = status;
    snprintf(own->words, sizeof own->words, "%s", status != TW_OK ? tw_message() : "");
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

/* Its first work, a batch of no points, is to open the span. */
static tw_status own_begin(own_worker *own, tw_survey *survey) {
    *own = (own_worker){.survey = survey, .state = OWN_BUSY};
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
    size_t threads;
    size_t first, count; /* the batch it is at; count 0: none */
} rank_state;

typedef struct lead {
    tw_survey *survey;
    tw_team *team;
    own_worker own;
    rank_state *ranks;
    size_t given, taken; /* points handed out, points that came back */
} lead;

static tw_status hand_out(lead *l, int rank) {
    rank_state *worker = &l->ranks[rank];
    size_t left = l->survey->missing - l->given;
    worker->count = 0;
    if (left == 0)
        return TW_OK;
    size_t limit = tw_batch_size(&worker->pace, left, (size_t)l->team->size, worker->threads);
    worker->first = l->given;
    worker->count = tw_survey_batch(l->survey, l->given, limit);
    l->given += worker->count;
    if (rank == 0) {
        l->own.first = worker->first;
        l->own.count = worker->count;
        own_set(&l->own, OWN_BUSY);
        return TW_OK;
    }
    message head = {.kind = BATCH, .first = worker->first, .count = worker->count};
    return send(l->team, rank, &head, NULL, 0);
}

/* A batch has come back: stored, told, and the next one handed out. */
static tw_status take_in(lead *l, int rank, double seconds, const double *values) {
    rank_state *worker = &l->ranks[rank];
    size_t first = worker->first, count = worker->count;
    worker->pace = (tw_pace){count, seconds};
    tw_survey_store(l->survey, first, count, values);
    l->taken += count;
    tw_status status = hand_out(l, rank);
    return status == TW_OK ? tw_survey_progress(l->survey, l->taken) : status;
}

static tw_status handle(lead *l, int from, const message *head, const char *bytes, size_t size) {
    rank_state *worker = &l->ranks[from];
    if (head->kind == FAILURE)
        return tw_fail((tw_status)head->status, "rank %d: %.*s", from, (int)size, bytes);
    if (head->kind == READY && worker->count == 0) {
        worker->threads = head->threads;
        return hand_out(l, from);
    }
    if (head->kind != RESULT || worker->count == 0 || head->first != worker->first ||
        head->count != worker->count || size != values_size(l->survey, worker->count))
        return tw_fail(TW_ERR_SYSTEM, "rank %d sent what it was not asked for", from);
    double *values = tw_alloc_raw(1, size);
    if (values == NULL)
        return tw_fail(TW_ERR_MEMORY, "not enough memory for %zu values", size);
    memcpy(values, bytes, size); /* doubles, aligned */
    tw_status status = take_in(l, from, head->seconds, values);
    free(values);
    return status;
}

static tw_status listen(lead *l) {
    int from;
    message head = {0};
    void *block;
    const char *bytes = NULL;
    size_t size;
    tw_status status = receive(l->team, LISTEN, &from, &head, &block, &bytes, &size);
    if (status == TW_OK && from >= 0)
        status = handle(l, from, &head, bytes, size);
    free(block);
    return status;
}

/* The values of rank 0's own batch stay in survey->values until the next is handed out; they are
 * stored before that. */
static tw_status look_after_own(lead *l) {
    if (own_get(&l->own) != OWN_DONE)
        return TW_OK;
    own_set(&l->own, OWN_READY);
    if (l->own.status != TW_OK)
        return tw_fail(l->own.status, "%s", l->own.words);
    return l->ranks[0].count > 0 ? take_in(l, 0, l->own.seconds, l->survey->values)
                                 : hand_out(l, 0);
}

static tw_status lead_on(lead *l) {
    tw_survey *survey = l->survey;
    double told = tw_clock_seconds();
    tw_status status = TW_OK;
    /* the span has to be open at the end, too: the centre may be wanted */
    while (status == TW_OK && (l->taken < survey->missing || own_get(&l->own) == OWN_BUSY)) {
        size_t before = l->taken;
        status = listen(l);
        if (status == TW_OK)
            status = look_after_own(l);
        if (l->taken != before)
            told = tw_clock_seconds();
        if (status == TW_OK && tw_clock_seconds() - told > REPORT) {
            status = tw_survey_progress(survey, l->taken);
            told = tw_clock_seconds();
        }
    }
    if (status == TW_OK)
        status = look_after_own(l);
    return status;
}

static tw_status start_all(lead *l) {
    const tw_surface *surface = l->survey->surface;
    message head = {.kind = START};
    tw_status status = TW_OK;
    for (int k = 1; k < l->team->size && status == TW_OK; k++)
        status = send(l->team, k, &head, surface->computed, surface->nx * surface->ny);
    return status;
}

/* Whatever went wrong, the others are not left waiting. */
static void stop_all(lead *l) {
    message head = {.kind = STOP};
    for (int k = 1; k < l->team->size; k++)
        send(l->team, k, &head, NULL, 0);
}

static tw_status lead_survey(tw_survey *survey) {
    tw_team *team = survey->options->team;
    lead l = {.survey = survey, .team = team};
    l.ranks = tw_alloc((size_t)team->size, sizeof *l.ranks);
    tw_status status = l.ranks != NULL
                           ? tw_survey_find_missing(survey)
                           : tw_fail(TW_ERR_MEMORY, "not enough memory for %d ranks", team->size);
    if (status == TW_OK)
        status = own_begin(&l.own, survey);
    if (status == TW_OK) {
        l.ranks[0].threads = threads_of(survey);
        status = start_all(&l);
        if (status == TW_OK)
            status = lead_on(&l);
        own_end(&l.own);
    }
    char words[512];
    snprintf(words, sizeof words, "%s", tw_message());
    stop_all(&l);
    free(l.ranks);
    return status == TW_OK ? TW_OK : tw_fail(status, "%s", words);
}

tw_status tw_survey_over_team(tw_survey *survey) {
    return tw_team_rank(survey->options->team) == 0 ? lead_survey(survey) : serve(survey);
}
