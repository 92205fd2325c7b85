#include "cli_context.h"

#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include "cli_interrupt.h"
#include "command/cli_command.h"
#include "option/cli_text.h"

const char *const cli_picture_endings[] = {".png", ".svg", ".pdf", NULL};
const char *const cli_array_endings[] = {".npy", ".npz", ".h5",          ".txt",  ".pt",
                                         ".pth", ".th",  ".safetensors", ".onnx", NULL};
const char *const cli_plugin_endings[] = {".so", NULL};
const char *const cli_table_endings[] = {".csv", ".h5", NULL};

int cli_is_first(const cli_context *context) {
    return tw_team_rank(context->team) == 0;
}

void cli_talk(const cli_context *context, const char *format, ...) {
    if (context->common.quiet || !cli_is_first(context))
        return;
    char *text;
    va_list arguments;
    va_start(arguments, format);
    int length = vasprintf(&text, format, arguments);
    va_end(arguments);
    if (length < 0)
        return;
    int ended = length > 0 && text[length - 1] == '\n'; /* others come with a name */
    if (ended)
        text[length - 1] = '\0';
    tw_print_visible(context->err, text);
    if (ended)
        fputc('\n', context->err);
    free(text);
}

/* "thalweg: eval: TEXT" on one line; what cannot be seen becomes '?'. */
static void print_error(const cli_context *context, const char *text) {
    fputs("thalweg: ", context->err);
    if (context->command != NULL)
        fprintf(context->err, "%s: ", context->command->name);
    tw_print_visible(context->err, text);
    fputc('\n', context->err);
}

int cli_finish(const cli_context *context, tw_status status) {
    if (!cli_is_first(context))
        return EXIT_DONE;
    if (status == TW_OK)
        return context->outcome;
    const char *text = tw_message();
    print_error(context, text[0] != '\0' ? text : tw_status_text(status));
    if (status == TW_ERR_CANCELLED && interrupt_seen() != 0)
        return 128 + interrupt_seen();
    return status == TW_ERR_ARGUMENT ? EXIT_USAGE : EXIT_RUN_TIME;
}
