/* program.c: a program as an objective. */
#include "thalweg/program.h"

#include <math.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>

#include "core/alloc.h"
#include "core/versioned.h"
#include "plugin/program_private.h"

/* Points that go to a process at once: at most so many, and not more bytes than this. */
enum { MOST_POINTS = 64, MOST_BYTES = 1 << 20, MOST_WORKERS = 4096 };

typedef struct program {
    tw_pool *pool;
    tw_runner *runner;
    size_t metrics;
    int batch; /* the program takes several points in one request */
} program;

static tw_question value_question(const program *p, size_t n, const double *x, double *values) {
    return (tw_question){"value", n, x, 1, p->metrics, values};
}

static tw_status value(void *ctx, size_t n, const double *x, double *values) {
    const program *p = ctx;
    tw_question question = value_question(p, n, x, values);
    return tw_pool_ask(p->pool, 1, &question);
}

/* With the loss, if it is wanted: both are asked at once, so that it costs no second journey. */
static tw_status gradient(void *ctx, size_t n, const double *x, double *values, double *g) {
    const program *p = ctx;
    tw_question questions[] = {value_question(p, n, x, values), {"gradient", n, x, 1, n, g}};
    return values != NULL ? tw_pool_ask(p->pool, 2, questions)
                          : tw_pool_ask(p->pool, 1, &questions[1]);
}

typedef struct batch_job {
    const program *program;
    size_t n, count, each;
    const double *x;
    double *values;
} batch_job;

static tw_status batch_piece(void *argument, size_t piece, int worker) {
    const batch_job *job = argument;
    const program *p = job->program;
    size_t first = piece * job->each;
    size_t count = job->count - first < job->each ? job->count - first : job->each;
    const double *x = job->x + first * job->n;
    double *values = job->values + first * p->metrics;
    tw_question questions[MOST_POINTS];
    char word[32];
    if (p->batch) {
        snprintf(word, sizeof word, "batch %zu", count);
        questions[0] = (tw_question){word, count * job->n, x, count, count * p->metrics, values};
        return tw_pool_ask(p->pool, 1, questions);
    }
    for (size_t k = 0; k < count; k++)
        questions[k] = value_question(p, job->n, x + k * job->n, values + k * p->metrics);
    return tw_pool_ask(p->pool, count, questions);
}

/* The cut depends on n alone, not on the number of workers: a program may well compute a batch in
 * another way than the points one by one. */
static tw_status batch(void *ctx, size_t n, size_t count, const double *x, double *values) {
    const program *p = ctx;
    size_t each = MOST_BYTES / sizeof(double) / n;
    each = each < 1 ? 1 : each > MOST_POINTS ? MOST_POINTS : each;
    batch_job job = {p, n, count, each, x, values};
    return tw_runner_map(p->runner, (count + each - 1) / each, batch_piece, &job);
}

static void destroy(void *ctx) {
    program *p = ctx;
    tw_pool_free(p->pool);
    free(p);
}

/* ---- opening ---- */

static tw_status check_options(const char *command, const tw_program_options *options) {
    if (command == NULL || command[0] == '\0')
        return tw_fail(TW_ERR_ARGUMENT, "a program needs a command");
    if (options->once && options->size == 0)
        return tw_fail(TW_ERR_ARGUMENT,
                       "a program that is started for each evaluation cannot greet: give its "
                       "number of parameters");
    if (options->size > SIZE_MAX / 64)
        return tw_fail(TW_ERR_ARGUMENT, "a program of %zu parameters is too large", options->size);
    if (options->workers < 0 || options->workers > MOST_WORKERS)
        return tw_fail(TW_ERR_ARGUMENT, "%d workers: give 1 to %d, or 0 for one per thread",
                       options->workers, MOST_WORKERS);
    if (isnan(options->timeout) || options->timeout < 0)
        return tw_fail(TW_ERR_ARGUMENT, "a time limit of %g s: give one above 0", options->timeout);
    return TW_OK;
}

static tw_status ask_point(const program *p, const char *word, size_t n, double **out) {
    *out = tw_alloc(n, sizeof **out);
    if (*out == NULL)
        return tw_fail(TW_ERR_MEMORY, "not enough memory for %zu parameters", n);
    tw_question question = {.word = word, .wanted = n, .answer = *out};
    return tw_pool_ask(p->pool, 1, &question);
}

/* The objective owns `p` and the greeting's space where this succeeds. */
static tw_status make_objective(program *p, tw_greeting *greeting, tw_objective **out) {
    const tw_objective_ops ops = {.value = value,
                                  .batch = batch,
                                  .gradient = greeting->gradient ? gradient : NULL,
                                  .destroy = destroy,
                                  .concurrent = 1};
    size_t n = greeting->size;
    double *start = NULL, *lower = NULL, *upper = NULL;
    tw_status status = TW_OK;
    tw_metric *metrics = tw_metrics_read(greeting->metric_count,
                                         (const char *const *)greeting->metrics, TW_SPELT_IN_FULL);
    if (metrics == NULL)
        status =
            tw_fail(TW_ERR_MEMORY, "not enough memory for %zu metrics", greeting->metric_count);
    if (status == TW_OK && greeting->start)
        status = ask_point(p, "start", n, &start);
    if (status == TW_OK && greeting->bounds)
        status = ask_point(p, "lower", n, &lower);
    if (status == TW_OK && greeting->bounds)
        status = ask_point(p, "upper", n, &upper);
    const tw_objective_traits traits = {.name = greeting->name != NULL ? greeting->name : "program",
                                        .metrics = metrics,
                                        .space = greeting->space,
                                        .noise = greeting->noise,
                                        .start = start,
                                        .lower = lower,
                                        .upper = upper};
    if (status == TW_OK)
        status = tw_objective_new(&ops, p, n, &traits, out);
    if (status == TW_OK)
        greeting->space = NULL;
    free(metrics);
    free(start);
    free(lower);
    free(upper);
    return status;
}

tw_status tw_program_open(const char *command, const tw_program_options *options, tw_runner *runner,
                          tw_objective **out) {
    tw_program_options taken;
    tw_status status = TW_TAKE(tw_program_options, timeout, &taken, options);
    options = &taken;
    if (status == TW_OK)
        status = check_options(command, options);
    if (status != TW_OK)
        return status;
    program *p = tw_alloc(1, sizeof *p);
    if (p == NULL)
        return tw_fail(TW_ERR_MEMORY, "not enough memory for a program");
    int workers = options->workers > 0 ? options->workers : tw_runner_threads(runner);
    tw_greeting *greeting = NULL;
    status = tw_pool_new(command, options, workers, &p->pool);
    if (status == TW_OK)
        status = tw_pool_greet(p->pool, &greeting);
    if (status == TW_OK) {
        p->runner = runner;
        p->metrics = greeting->metric_count > 0 ? greeting->metric_count : 1;
        p->batch = greeting->batch;
        status = make_objective(p, greeting, out);
    }
    if (status != TW_OK) {
        destroy(p);
        return status;
    }
    tw_objective_set_runner(*out, runner);
    return TW_OK;
}
