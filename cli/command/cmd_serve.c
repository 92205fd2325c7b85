/* A model as a program on a pipe: the other side of --exec (program.h, docs/plugins.md). */
#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <unistd.h>

#include "command/cli_command.h"
#include "option/cli_model.h"

typedef struct serve_args {
    tw_study_model_options model;
} serve_args;

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

static tw_status take_pipes(const cli_context *context, FILE **in, FILE **out) {
    int nothing = open("/dev/null", O_RDONLY | O_CLOEXEC);
    *in = take_stream(stdin, STDIN_FILENO, nothing, "rb");
    *out = take_stream(context->out, STDOUT_FILENO, STDERR_FILENO, "wb");
    int error = errno;
    if (nothing > STDERR_FILENO)
        close(nothing);
    if (*in == NULL || *out == NULL)
        return tw_fail(TW_ERR_SYSTEM, "cannot set up the pipes: %s", strerror(error));
    return TW_OK;
}

static tw_status run(cli_context *context, void *data, const option_words *words) {
    const serve_args *args = data;
    tw_study_model *model = NULL;
    FILE *in, *out;
    tw_status status = take_pipes(context, &in, &out);
    if (status == TW_OK)
        status = model_open(context, &args->model, words, &model);
    if (status == TW_OK) {
        tw_study_model_say_drawn(model);
        int has_start = tw_objective_start(model->objective) != NULL || model->point_given;
        status = tw_program_serve(model->objective, has_start ? model->x : NULL, in, out);
    }
    tw_study_model_free(model);
    if (in != NULL && in != stdin)
        fclose(in);
    if (out != NULL && out != context->out)
        fclose(out);
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
