/* serve.c: the other end of the conversation: an objective as the program on the pipe, in binary.
 */
#include <errno.h>
#include <math.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "core/alloc.h"
#include "core/plain.h"
#include "plugin/program_private.h"

/* `point` holds what came, `answer` what goes; both grow with a batch. */
typedef struct service {
    FILE *in, *out;
    tw_objective *objective;
    const double *start; /* NULL: none to tell */
    size_t n, metrics;
    double *point, *answer;
    size_t point_room, answer_room;
} service;

/* ---- numbers and words ---- */

static tw_status flushed(service *serve, const char *what) {
    if (fflush(serve->out) != 0)
        return tw_fail(TW_ERR_IO, "cannot write %s: %s", what, strerror(errno));
    return TW_OK;
}

static tw_status say(service *serve, size_t count, double *numbers) {
    tw_program_little_endian(numbers, count);
    fputs("ok\n", serve->out);
    fwrite(numbers, sizeof *numbers, count, serve->out);
    return flushed(serve, "an answer");
}

/* An evaluation that failed is an answer; the conversation goes on. */
static tw_status say_error(service *serve, tw_status status) {
    const char *text = tw_message()[0] != '\0' ? tw_message() : tw_status_text(status);
    fputs("error ", serve->out);
    for (; *text != '\0'; text++)
        fputc((unsigned char)*text < ' ' || *text == 127 ? '?' : *text, serve->out);
    fputc('\n', serve->out);
    return flushed(serve, "an answer");
}

static tw_status reserve(double **numbers, size_t *room, size_t points, size_t each) {
    size_t count;
    if (__builtin_mul_overflow(points, each, &count) || count > PTRDIFF_MAX / sizeof **numbers)
        return tw_fail(TW_ERR_MEMORY, "not enough memory for %zu points", points);
    if (count <= *room)
        return TW_OK;
    free(*numbers);
    *room = 0;
    *numbers = tw_alloc(count, sizeof **numbers);
    if (*numbers == NULL)
        return tw_fail(TW_ERR_MEMORY, "not enough memory for %zu numbers", count);
    *room = count;
    return TW_OK;
}

/* The numbers that follow a request for so many points, and room for the answer. */
static tw_status take_points(service *serve, size_t points, size_t answers) {
    tw_status status = reserve(&serve->point, &serve->point_room, points, serve->n);
    if (status == TW_OK)
        status = reserve(&serve->answer, &serve->answer_room, points, answers);
    if (status != TW_OK)
        return status;
    size_t count = points * serve->n;
    if (fread(serve->point, sizeof *serve->point, count, serve->in) != count)
        return tw_fail(TW_ERR_IO, "the input ends in the middle of a request");
    tw_program_little_endian(serve->point, count);
    return TW_OK;
}

/* ---- what it says of itself ---- */

static tw_status check_names(const service *serve) {
    const tw_space *space = tw_objective_space(serve->objective);
    for (size_t k = 0; k < serve->metrics; k++)
        if (!tw_program_is_name(tw_objective_metric_name(serve->objective, k)))
            return tw_fail(TW_ERR_ARGUMENT,
                           "metric '%s' of '%s' cannot be named on a pipe: give "
                           "it at most 64 letters, digits and _.-",
                           tw_objective_metric_name(serve->objective, k),
                           tw_objective_name(serve->objective));
    for (size_t k = 0; k < tw_space_blocks(space); k++)
        if (!tw_program_is_name(tw_space_block(space, k)->name))
            return tw_fail(TW_ERR_ARGUMENT,
                           "block '%s' of '%s' cannot be named on a pipe: give "
                           "it at most 64 letters, digits and _.-",
                           tw_space_block(space, k)->name, tw_objective_name(serve->objective));
    return TW_OK;
}

static void greet_block(FILE *out, const tw_block *block) {
    fprintf(out, "block %s ", block->name);
    for (int axis = 0; axis < block->rank; axis++)
        fprintf(out, "%s%zu", axis > 0 ? "x" : "", block->shape[axis]);
    fprintf(out, "%s %s\n", block->rank == 0 ? "1" : "", tw_role_name(block->role));
}

static tw_status greet(service *serve) {
    const tw_objective *objective = serve->objective;
    const tw_space *space = tw_objective_space(objective);
    char noise[TW_PROGRAM_NUMBER];
    FILE *out = serve->out;
    locale_t before = tw_plain_enter();
    tw_program_write_number(tw_objective_noise(objective), noise);
    tw_plain_leave(before);
    fprintf(out, "thalweg 1\nsize %zu\nformat binary\n", serve->n);
    if (tw_program_is_name(tw_objective_name(objective)))
        fprintf(out, "name %s\n", tw_objective_name(objective));
    fprintf(out, "noise %s\nmetrics", noise);
    for (size_t k = 0; k < serve->metrics; k++)
        fprintf(out, " %s", tw_objective_metric_name(objective, k));
    fputc('\n', out);
    for (size_t k = 0; k < tw_space_blocks(space); k++)
        greet_block(out, tw_space_block(space, k));
    if (serve->start != NULL)
        fputs("start\n", out);
    if (tw_objective_lower(objective) != NULL || tw_objective_upper(objective) != NULL)
        fputs("bounds\n", out);
    if (tw_objective_capabilities(objective) & TW_CAN_GRADIENT)
        fputs("gradient\n", out);
    fputs("batch\nready\n", out);
    return flushed(serve, "the greeting");
}

/* ---- the requests ---- */

static tw_status answer(service *serve, size_t count, tw_status evaluated) {
    return evaluated == TW_OK ? say(serve, count, serve->answer) : say_error(serve, evaluated);
}

static tw_status serve_batch(service *serve, size_t points) {
    tw_status status = take_points(serve, points, serve->metrics);
    if (status != TW_OK)
        return status;
    return answer(serve, points * serve->metrics,
                  points == 1
                      ? tw_objective_value(serve->objective, serve->point, serve->answer)
                      : tw_objective_batch(serve->objective, points, serve->point, serve->answer));
}

static tw_status serve_gradient(service *serve) {
    tw_status status = take_points(serve, 1, serve->n);
    if (status != TW_OK)
        return status;
    return answer(serve, serve->n,
                  tw_objective_gradient(serve->objective, serve->point, NULL, serve->answer));
}

/* A point of its own; NULL stands for `missing` everywhere. */
static tw_status serve_point(service *serve, const double *point, double missing) {
    tw_status status = reserve(&serve->answer, &serve->answer_room, 1, serve->n);
    if (status != TW_OK)
        return status;
    for (size_t i = 0; i < serve->n; i++)
        serve->answer[i] = point != NULL ? point[i] : missing;
    return say(serve, serve->n, serve->answer);
}

static tw_status serve_request(service *serve, const char *line) {
    if (strcmp(line, "value") == 0)
        return serve_batch(serve, 1);
    if (strcmp(line, "gradient") == 0)
        return serve_gradient(serve);
    if (strcmp(line, "start") == 0 && serve->start != NULL)
        return serve_point(serve, serve->start, 0);
    if (strcmp(line, "lower") == 0)
        return serve_point(serve, tw_objective_lower(serve->objective), -INFINITY);
    if (strcmp(line, "upper") == 0)
        return serve_point(serve, tw_objective_upper(serve->objective), INFINITY);
    if (strncmp(line, "batch ", 6) != 0)
        return tw_fail(TW_ERR_FORMAT, "unknown request '%s'", line);
    size_t points = tw_program_whole(line + 6, SIZE_MAX);
    if (points == 0)
        return tw_fail(TW_ERR_FORMAT, "'%s': that is more points than one answer can hold", line);
    return serve_batch(serve, points);
}

static tw_status converse(service *serve) {
    char line[64];
    tw_status status = greet(serve);
    while (status == TW_OK && fgets(line, sizeof line, serve->in) != NULL) {
        size_t length = strcspn(line, "\n");
        if (line[length] != '\n')
            return tw_fail(TW_ERR_FORMAT,
                           "a request that is cut short, or longer than %zu characters: '%.16s...'",
                           sizeof line - 2, line);
        line[length] = '\0';
        if (strcmp(line, "quit") == 0)
            break;
        status = serve_request(serve, line);
    }
    return status;
}

tw_status tw_program_serve(tw_objective *objective, const double *start, FILE *in, FILE *out) {
    service serve = {.in = in,
                     .out = out,
                     .objective = objective,
                     .start = start != NULL ? start : tw_objective_start(objective),
                     .n = tw_objective_size(objective),
                     .metrics = tw_objective_metrics(objective)};
    tw_status status = check_names(&serve);
    if (status == TW_OK)
        status = converse(&serve);
    free(serve.point);
    free(serve.answer);
    return status;
}
