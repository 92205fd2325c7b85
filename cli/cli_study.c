#include "cli_study.h"

#include <stdio.h>
#include <stdlib.h>

#include "cli_interrupt.h"
#include "option/cli_text.h"

static void say(void *user, const char *line) {
    cli_study *study = user;
    if (study->busy)
        progress_hide(&study->bar);
    cli_talk(study->context, "%s\n", line);
}

static int progress(void *user, const char *label, size_t done, size_t total) {
    cli_study *study = user;
    if (total == 0) {
        progress_end(&study->bar);
        study->busy = 0;
        return 0;
    }
    if (!study->busy) {
        study->bar = progress_begin(study->context, label);
        study->bar.pace.before = done;
        study->busy = 1;
    }
    return progress_step(&study->bar, done, total);
}

static int interrupted(void *user) {
    return interrupt_seen();
}

static void watch(void *user, int begins) {
    if (begins)
        interrupt_watch();
    else
        interrupt_release();
}

/* As it was typed, quoted for a shell; caller frees. NULL if memory is out. */
static char *command_line(const cli_context *context) {
    char *line = NULL;
    size_t size = 0;
    FILE *stream = open_memstream(&line, &size);
    if (stream == NULL)
        return NULL;
    fputs("thalweg", stream);
    for (int i = 1; i < context->argc; i++) {
        if (i >= 2 && context->silent != NULL && context->silent[i - 2])
            continue;
        fputc(' ', stream);
        text_shell_quote(stream, context->argv[i]);
    }
    if (fclose(stream) != 0) {
        free(line);
        return NULL;
    }
    return line;
}

tw_status study_open(cli_context *context, cli_study *out) {
    *out = (cli_study){.study = tw_study_defaults(), .context = context};
    out->line = command_line(context);
    if (out->line == NULL)
        return tw_fail(TW_ERR_MEMORY, "not enough memory for the command line");
    out->study.runner = context->runner;
    out->study.team = context->team;
    out->study.seed = context->common.seed;
    out->study.command = out->line;
    out->study.user = out;
    out->study.say = say;
    out->study.progress = progress;
    out->study.interrupted = interrupted;
    out->study.watch = watch;
    context->study = &out->study;
    return TW_OK;
}

void study_release(cli_context *context, cli_study *study) {
    context->study = NULL;
    free(study->line);
    study->line = NULL;
}
