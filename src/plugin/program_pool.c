/* program_pool.c: the processes of one program, and conversations with them. */
#include <math.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>

#include "core/alloc.h"
#include "core/clock.h"
#include "plugin/program_private.h"

enum { SHOWN = 80 };

/* How long a process may take to end when it is told to. */
static const double farewell_seconds = 1, usual_timeout = 60;

struct tw_pool {
    char *command;
    char shown[SHOWN]; /* the command in messages */
    size_t size;       /* of a program that does not greet; 0: it does */
    int once;
    double timeout;
    tw_greeting greeting; /* of the first process; the others must say the same */
    int has_greeted;
    atomic_ullong evaluations;

    pthread_mutex_t mutex;
    pthread_cond_t given_back;
    int workers;
    int started; /* idle or at work */
    int idle;
    tw_channel **idle_channels; /* the one used last is taken first */
};

/* ---- the life of one process ---- */

static void end_channel(tw_channel *channel, double deadline) {
    tw_channel_close(channel, deadline);
    free(channel);
}

/* One that says nothing at all may wait for numbers, or never read them. */
static tw_status add_greeting_remedy(const tw_channel *channel, tw_status status) {
    if (channel->late || strstr(tw_message(), "ended without an answer") != NULL)
        tw_fail(status, "%s; a program that does not greet needs its size given (--exec-size N)",
                tw_message());
    return status;
}

static tw_status hear_greeting(const tw_pool *pool, tw_channel *channel, tw_greeting *out) {
    tw_channel_limit(channel, pool->timeout);
    tw_status status = TW_OK;
    while (status == TW_OK && !out->ready) {
        char *line;
        size_t length;
        status = tw_channel_line(channel, TW_GREETING_LONGEST_LINE, &line, &length);
        if (status == TW_OK)
            status = tw_greeting_line(out, line, length);
    }
    return status == TW_OK || out->lines > 0 ? status : add_greeting_remedy(channel, status);
}

/* A program that does not greet has a greeting all the same. */
static void greet_for_it(const tw_pool *pool, tw_greeting *out) {
    out->size = pool->size;
    out->format = &tw_program_plain;
    out->ready = 1;
}

/* Further processes greet, too, and must say the same. */
static tw_status check_greeting(tw_pool *pool, const tw_greeting *heard) {
    const tw_bytes *first = &pool->greeting.text;
    if (heard->text.used == first->used &&
        (first->used == 0 || memcmp(heard->text.data, first->data, first->used) == 0))
        return TW_OK;
    return tw_fail(TW_ERR_CALLBACK, "it differs from that of the first process");
}

static tw_status start_greeted(tw_pool *pool, tw_channel *channel, int first) {
    tw_greeting heard = {0};
    tw_status status = TW_OK;
    if (pool->size > 0)
        greet_for_it(pool, &heard);
    else
        status = hear_greeting(pool, channel, &heard);
    if (status == TW_OK && !first)
        status = check_greeting(pool, &heard);
    if (status != TW_OK)
        status = tw_fail_prefix(status, "program '%s', greeting", pool->shown);
    if (status == TW_OK && first)
        pool->greeting = heard;
    else
        tw_greeting_release(&heard);
    return status;
}

static tw_status start_channel(tw_pool *pool, int first, tw_channel **out) {
    tw_channel *channel = tw_alloc(1, sizeof *channel);
    if (channel == NULL)
        return tw_fail(TW_ERR_MEMORY, "not enough memory for a process");
    tw_status status = tw_channel_open(pool->command, channel);
    if (status != TW_OK) {
        free(channel);
        return tw_fail_prefix(status, "program '%s'", pool->shown);
    }
    status = start_greeted(pool, channel, first);
    if (status != TW_OK)
        end_channel(channel, 0);
    else
        *out = channel;
    return status;
}

/* ---- the pool ---- */

tw_status tw_pool_new(const char *command, const tw_program_options *options, int workers,
                      tw_pool **out) {
    tw_pool *pool = tw_alloc(1, sizeof *pool);
    if (pool == NULL)
        return tw_fail(TW_ERR_MEMORY, "not enough memory for a program");
    pthread_mutex_init(&pool->mutex, NULL);
    pthread_cond_init(&pool->given_back, NULL);
    pool->size = options->size;
    pool->once = options->once;
    pool->timeout = options->timeout > 0 ? options->timeout : usual_timeout;
    pool->workers = workers;
    pool->command = tw_strdup(command);
    pool->idle_channels = tw_alloc((size_t)workers, sizeof *pool->idle_channels);
    if (pool->command == NULL || pool->idle_channels == NULL) {
        tw_pool_free(pool);
        return tw_fail(TW_ERR_MEMORY, "not enough memory for a program");
    }
    tw_channel_quote(command, strlen(command), pool->shown, sizeof pool->shown);
    *out = pool;
    return TW_OK;
}

/* All are told to end before the first is waited for. */
void tw_pool_free(tw_pool *pool) {
    if (pool == NULL)
        return;
    double deadline = tw_clock_seconds() + farewell_seconds;
    for (int k = 0; k < pool->idle; k++)
        tw_channel_farewell(pool->idle_channels[k], pool->size > 0 ? NULL : "quit\n");
    for (int k = 0; k < pool->idle; k++)
        end_channel(pool->idle_channels[k], deadline);
    tw_greeting_release(&pool->greeting);
    pthread_cond_destroy(&pool->given_back);
    pthread_mutex_destroy(&pool->mutex);
    free(pool->idle_channels);
    free(pool->command);
    free(pool);
}

tw_status tw_pool_greet(tw_pool *pool, tw_greeting **out) {
    tw_status status = TW_OK;
    if (pool->once) {
        greet_for_it(pool, &pool->greeting);
    } else {
        status = start_channel(pool, 1, &pool->idle_channels[0]);
        if (status == TW_OK)
            pool->started = pool->idle = 1;
    }
    *out = &pool->greeting;
    return status;
}

static tw_status take_channel(tw_pool *pool, tw_channel **out) {
    pthread_mutex_lock(&pool->mutex);
    while (pool->idle == 0 && pool->started == pool->workers)
        pthread_cond_wait(&pool->given_back, &pool->mutex);
    *out = pool->idle > 0 ? pool->idle_channels[--pool->idle] : NULL;
    pool->started += *out == NULL;
    pthread_mutex_unlock(&pool->mutex);
    return *out != NULL ? TW_OK : start_channel(pool, 0, out);
}

/* NULL: the process is no more. */
static void give_channel(tw_pool *pool, tw_channel *channel) {
    pthread_mutex_lock(&pool->mutex);
    if (channel != NULL)
        pool->idle_channels[pool->idle++] = channel;
    else
        pool->started--;
    pthread_cond_signal(&pool->given_back);
    pthread_mutex_unlock(&pool->mutex);
}

/* ---- questions ---- */

static tw_status send_all(const tw_pool *pool, tw_channel *channel, size_t count,
                          const tw_question *questions) {
    tw_status status = pool->once ? TW_OK : tw_channel_quiet(channel);
    const tw_program_format *format = pool->greeting.format;
    for (size_t k = 0; k < count && status == TW_OK; k++)
        status =
            format->ask(&channel->out, questions[k].word, questions[k].count, questions[k].numbers);
    return status == TW_OK ? tw_channel_send(channel) : status;
}

static tw_status hear_all(const tw_pool *pool, tw_channel *channel, size_t count,
                          const tw_question *questions, size_t *heard) {
    tw_status status = TW_OK;
    *heard = 0;
    for (size_t k = 0; k < count && status == TW_OK; k++) {
        status = pool->greeting.format->answer(channel, questions[k].wanted, questions[k].answer);
        *heard += status == TW_OK;
    }
    if (status == TW_OK)
        status = pool->once ? tw_channel_end(channel) : tw_channel_flush(channel);
    return status;
}

static size_t count_points(size_t count, const tw_question *questions) {
    size_t points = 0;
    for (size_t k = 0; k < count; k++)
        points += questions[k].points;
    return points;
}

/* Adds which program, and which evaluation of all: the one whose answer was not heard. */
static tw_status told_where(const tw_pool *pool, tw_status status, unsigned long long first,
                            const tw_question *question) {
    if (question->points == 0)
        return tw_fail_prefix(status, "program '%s', %s", pool->shown, question->word);
    if (question->points == 1)
        return tw_fail_prefix(status, "program '%s', evaluation %llu", pool->shown, first);
    return tw_fail_prefix(status, "program '%s', evaluations %llu to %llu", pool->shown, first,
                          first + question->points - 1);
}

/* What is most often wrong with a program that does not greet. */
static void add_remedy(const tw_pool *pool, const tw_channel *channel, tw_status status) {
    if (pool->size == 0 || pool->once)
        return;
    if (channel->late)
        tw_fail(status,
                "%s; a program that prints only when its input ends must be started for "
                "each evaluation (once)",
                tw_message());
    else if (strstr(tw_message(), "'thalweg") != NULL)
        tw_fail(status, "%s; leave out the size of a program that greets", tw_message());
}

static tw_status converse(tw_pool *pool, tw_channel *channel, size_t count,
                          const tw_question *questions) {
    size_t points = count_points(count, questions), heard = 0;
    unsigned long long first = atomic_fetch_add(&pool->evaluations, points) + 1;
    tw_channel_limit(channel, pool->timeout * (double)(points > 0 ? points : 1));
    channel->refused = 0;
    channel->close_when_sent = pool->once;
    tw_status status = send_all(pool, channel, count, questions);
    if (status == TW_OK)
        status = hear_all(pool, channel, count, questions, &heard);
    if (status == TW_OK)
        return TW_OK;
    size_t failed = heard < count ? heard : count - 1;
    /* after a refusal the process can be asked again, unless other answers are still to come */
    channel->refused = channel->refused && failed == count - 1 && tw_channel_is_sent(channel);
    add_remedy(pool, channel, status);
    return told_where(pool, status, first + count_points(failed, questions), &questions[failed]);
}

static tw_status ask_new(tw_pool *pool, const tw_question *question) {
    tw_channel channel;
    tw_status status = tw_channel_open(pool->command, &channel);
    if (status != TW_OK)
        return tw_fail_prefix(status, "program '%s'", pool->shown);
    status = converse(pool, &channel, 1, question);
    tw_channel_close(&channel, 0);
    return status;
}

static tw_status ask_new_each(tw_pool *pool, size_t count, const tw_question *questions) {
    pthread_mutex_lock(&pool->mutex);
    while (pool->started == pool->workers)
        pthread_cond_wait(&pool->given_back, &pool->mutex);
    pool->started++;
    pthread_mutex_unlock(&pool->mutex);
    tw_status status = TW_OK;
    for (size_t k = 0; k < count && status == TW_OK; k++)
        status = ask_new(pool, &questions[k]);
    give_channel(pool, NULL);
    return status;
}

tw_status tw_pool_ask(tw_pool *pool, size_t count, const tw_question *questions) {
    tw_channel *channel = NULL;
    if (pool->once)
        return ask_new_each(pool, count, questions);
    tw_status status = take_channel(pool, &channel);
    if (status == TW_OK) {
        status = converse(pool, channel, count, questions);
        if (status != TW_OK && !channel->refused) {
            end_channel(channel, 0);
            channel = NULL;
        }
    }
    give_channel(pool, channel);
    return status;
}
