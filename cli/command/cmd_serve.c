/* A model as a program on a pipe: the other side of --exec (program.h, docs/plugins.md). */
#include <endian.h>
#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "cli_model.h"
#include "command/cli_command.h"

typedef struct serve_args {
    tw_study_model_options model;
} serve_args;

/* The conversation. `point` holds what came, `answer` what goes; both grow with a batch. */
typedef struct service {
    FILE *in, *out;
    const tw_study_model *model;
    const double *start; /* NULL: none to tell */
    size_t n, metrics;
    double *point, *answer;
    size_t point_room, answer_room;
} service;

/* ---- the pipes ---- */

/* The conversation gets descriptors of its own: what a plug-in prints goes to standard error, and
 * what it reads is empty. Without a standard stream (out is not the process's) nothing moves. */
static FILE *take_stream(FILE *stream, int standard, int instead, const char *mode) {
    if (fileno(stream) != standard || instead < 0)
        return stream;
    int own = fcntl(standard, F_DUPFD_CLOEXEC, STDERR_FILENO + 1);
    if (own < 0 || dup2(instead, standard) < 0)
        return NULL;
    return fdopen(own, mode);
}

static tw_status take_pipes(const cli_context *context, service *serve) {
    int nothing = open("/dev/null", O_RDONLY | O_CLOEXEC);
    serve->in = take_stream(stdin, STDIN_FILENO, nothing, "rb");
    serve->out = take_stream(context->out, STDOUT_FILENO, STDERR_FILENO, "wb");
    int error = errno;
    if (nothing > STDERR_FILENO)
        close(nothing);
    if (serve->in == NULL || serve->out == NULL)
        return tw_fail(TW_ERR_SYSTEM, "cannot set up the pipes: %s", strerror(error));
    return TW_OK;
}

static void release(const cli_context *context, service *serve) {
    if (serve->in != NULL && serve->in != stdin)
        fclose(serve->in);
    if (serve->out != NULL && serve->out != context->out)
        fclose(serve->out);
    free(serve->point);
    free(serve->answer);
}

static void swap_bytes(size_t count, double *numbers) {
    for (size_t i = 0; i < count; i++) {
        uint64_t bits;
        memcpy(&bits, &numbers[i], sizeof bits);
        bits = htole64(bits);
        memcpy(&numbers[i], &bits, sizeof bits);
    }
}

static tw_status say(service *serve, size_t count, double *numbers) {
    swap_bytes(count, numbers);
    fputs("ok\n", serve->out);
    fwrite(numbers, sizeof *numbers, count, serve->out);
    if (fflush(serve->out) != 0)
        return tw_fail(TW_ERR_IO, "cannot write an answer: %s", strerror(errno));
    return TW_OK;
}

/* An evaluation that failed is an answer; the conversation goes on. */
static tw_status say_error(service *serve, tw_status status) {
    const char *text = tw_message()[0] != '\0' ? tw_message() : tw_status_text(status);
    fputs("error ", serve->out);
    for (; *text != '\0'; text++)
        fputc((unsigned char)*text < ' ' || *text == 127 ? '?' : *text, serve->out);
    fputc('\n', serve->out);
    if (fflush(serve->out) != 0)
        return tw_fail(TW_ERR_IO, "cannot write an answer: %s", strerror(errno));
    return TW_OK;
}

static tw_status reserve(double **numbers, size_t *room, size_t points, size_t each) {
    size_t count;
    if (__builtin_mul_overflow(points, each, &count) || count > PTRDIFF_MAX / sizeof **numbers)
        return tw_fail(TW_ERR_MEMORY, "not enough memory for %zu points", points);
    if (count <= *room)
        return TW_OK;
    free(*numbers);
    *room = 0;
    tw_status status = doubles_new(count, numbers);
    if (status == TW_OK)
        *room = count;
    return status;
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
    swap_bytes(count, serve->point);
    return TW_OK;
}

/* ---- what it says of itself ---- */

/* The protocol's names: letters, digits and _.- */
static int is_name(const char *text) {
    return text[0] != '\0' && strlen(text) <= 64 &&
           text[strspn(text, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789"
                             "_.-")] == '\0';
}

static void greet_block(FILE *out, const tw_block *block) {
    fprintf(out, "block %s ", block->name);
    for (int axis = 0; axis < block->rank; axis++)
        fprintf(out, "%s%zu", axis > 0 ? "x" : "", block->shape[axis]);
    fprintf(out, "%s %s\n", block->rank == 0 ? "1" : "", tw_role_name(block->role));
}

static tw_status greet(service *serve) {
    const tw_objective *objective = serve->model->objective;
    const tw_space *space = tw_objective_space(objective);
    char number[32];
    FILE *out = serve->out;
    fprintf(out, "thalweg 1\nsize %zu\nformat binary\n", serve->n);
    if (is_name(tw_objective_name(objective)))
        fprintf(out, "name %s\n", tw_objective_name(objective));
    fprintf(out, "noise %s\nmetrics",
            tw_shortest(tw_objective_noise(objective), number, sizeof number));
    for (size_t k = 0; k < serve->metrics; k++)
        fprintf(out, " %s", tw_objective_metric(objective, k));
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
    if (fflush(out) != 0)
        return tw_fail(TW_ERR_IO, "cannot write the greeting: %s", strerror(errno));
    return TW_OK;
}

/* ---- the requests ---- */

static tw_status answer(service *serve, size_t count, tw_status evaluated) {
    return evaluated == TW_OK ? say(serve, count, serve->answer) : say_error(serve, evaluated);
}

static tw_status serve_batch(service *serve, size_t points) {
    tw_objective *objective = serve->model->objective;
    tw_status status = take_points(serve, points, serve->metrics);
    if (status != TW_OK)
        return status;
    return answer(serve, points * serve->metrics,
                  points == 1 ? tw_objective_value(objective, serve->point, serve->answer)
                              : tw_objective_batch(objective, points, serve->point, serve->answer));
}

static tw_status serve_gradient(service *serve) {
    tw_status status = take_points(serve, 1, serve->n);
    if (status != TW_OK)
        return status;
    return answer(
        serve, serve->n,
        tw_objective_gradient(serve->model->objective, serve->point, NULL, serve->answer));
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
    const tw_objective *objective = serve->model->objective;
    uint64_t points;
    if (strcmp(line, "value") == 0)
        return serve_batch(serve, 1);
    if (strcmp(line, "gradient") == 0)
        return serve_gradient(serve);
    if (strcmp(line, "start") == 0 && serve->start != NULL)
        return serve_point(serve, serve->start, 0);
    if (strcmp(line, "lower") == 0)
        return serve_point(serve, tw_objective_lower(objective), -INFINITY);
    if (strcmp(line, "upper") == 0)
        return serve_point(serve, tw_objective_upper(objective), INFINITY);
    if (strncmp(line, "batch ", 6) != 0)
        return tw_fail(TW_ERR_FORMAT, "unknown request '%s'", line);
    tw_status status = text_whole("batch", line + 6, &points);
    if (status != TW_OK || points == 0 || points > SIZE_MAX)
        return tw_fail(TW_ERR_FORMAT, "'%s': no answer can hold so many points", line);
    return serve_batch(serve, (size_t)points);
}

static tw_status converse(service *serve) {
    char line[64];
    tw_status status = greet(serve);
    while (status == TW_OK && fgets(line, sizeof line, serve->in) != NULL) {
        size_t length = strcspn(line, "\n");
        if (line[length] != '\n')
            return tw_fail(TW_ERR_FORMAT,
                           "a request of more than %zu characters, or a cut one: "
                           "'%.16s...'",
                           sizeof line - 2, line);
        line[length] = '\0';
        if (strcmp(line, "quit") == 0)
            break;
        status = serve_request(serve, line);
    }
    return status;
}

static tw_status run(cli_context *context, void *data, const option_words *words) {
    const serve_args *args = data;
    tw_study_model *model = NULL;
    service serve = {0};
    tw_status status = take_pipes(context, &serve);
    if (status == TW_OK)
        status = model_open(context, &args->model, words, &model);
    if (status == TW_OK) {
        int has_start = tw_objective_start(model->objective) != NULL || model->point_given;
        serve.model = model;
        serve.start = has_start ? model->x : NULL;
        serve.n = model->size;
        serve.metrics = tw_objective_metrics(model->objective);
        status = converse(&serve);
    }
    tw_study_model_free(model);
    release(context, &serve);
    return status;
}

static const option_group groups[] = {
    MODEL_GROUPS(serve_args, model),
    {NULL},
};

static const char *const examples[] = {
    "thalweg serve ./mine.so",
    "a shared object as a program on a pipe: should it crash, the program that asks does not",
    NULL,
};

const cli_command command_serve = {
    .name = "serve",
    .words = "[MODEL]",
    .most_words = 1,
    .word_values = tw_study_model_name,
    .word_endings = cli_plugin_endings,
    .summary = "answer for a model on standard input and output",
    .description =
        "Speaks the protocol of programs on a pipe (docs/plugins.md, binary) for any model: "
        "values, gradients, batches, start and bounds. What a plug-in prints goes to standard "
        "error. It ends with its "
        "input.",
    .examples = examples,
    .groups = groups,
    .args_size = sizeof(serve_args),
    .run = run,
};
