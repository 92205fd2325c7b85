#include "cli_context.h"

#include <errno.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "cli_command.h"
#include "cli_text.h"

const char *const cli_picture_endings[] = {".png", ".svg", ".pdf", NULL};
const char *const cli_table_endings[] = {".csv", ".h5", NULL};

int cli_is_first(const cli_context *context) {
    return tw_team_rank(context->team) == 0;
}

void cli_talk(const cli_context *context, const char *format, ...) {
    if (context->common.quiet || !cli_is_first(context))
        return;
    va_list arguments;
    va_start(arguments, format);
    vfprintf(context->err, format, arguments);
    va_end(arguments);
}

void cli_error(const cli_context *context, const char *text) {
    fputs("thalweg: ", context->err);
    if (context->command != NULL)
        fprintf(context->err, "%s: ", context->command->name);
    for (const char *at = text; *at != '\0'; at++)
        fputc((unsigned char)*at < ' ' || *at == 127 ? '?' : *at, context->err);
    fputc('\n', context->err);
}

int cli_finish(const cli_context *context, tw_status status) {
    if (!cli_is_first(context))
        return EXIT_DONE;
    if (status == TW_OK)
        return context->outcome;
    const char *text = tw_message();
    cli_error(context, text[0] != '\0' ? text : tw_status_text(status));
    if (status == TW_ERR_CANCELLED && context->outcome > 128)
        return context->outcome;
    return status == TW_ERR_ARGUMENT ? EXIT_USAGE : EXIT_RUN_TIME;
}

char *cli_command_line(const cli_context *context) {
    if (context->line != NULL)
        return strdup(context->line);
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

tw_status cli_provenance(const cli_context *context, tw_provenance *provenance) {
    char *line = cli_command_line(context);
    if (line == NULL)
        return tw_fail(TW_ERR_MEMORY, "not enough memory for the command line");
    tw_status status = tw_provenance_add(provenance, "version", "%s", tw_version());
    if (status == TW_OK)
        status = tw_provenance_add(provenance, "command", "%s", line);
    if (status == TW_OK)
        status =
            tw_provenance_add(provenance, "seed", "%llu", (unsigned long long)context->common.seed);
    if (status == TW_OK)
        status = tw_provenance_add(provenance, "cpu", "%s", tw_cpu_level());
    free(line);
    return status;
}

int cli_has_ending(const char *path, const char *ending) {
    size_t length = strlen(path), tail = strlen(ending);
    return length > tail && strcmp(path + length - tail, ending) == 0;
}

static tw_status check_ending(const char *option, const char *path, const char *const *endings) {
    char list[64] = "";
    for (size_t i = 0; endings[i] != NULL; i++) {
        if (cli_has_ending(path, endings[i]))
            return TW_OK;
        size_t used = strlen(list);
        const char *comma = endings[i + 1] != NULL ? ", " : " or ";
        snprintf(list + used, sizeof list - used, "%s%s", i == 0 ? "" : comma, endings[i]);
    }
    return tw_fail(TW_ERR_ARGUMENT, "%s '%s': the name must end in %s", option, path, list);
}

tw_status cli_output_check(const char *option, const char *path, const char *const *endings) {
    struct stat info;
    if (path == NULL)
        return TW_OK;
    if (stat(path, &info) == 0 && !S_ISREG(info.st_mode) && !S_ISDIR(info.st_mode))
        return TW_OK;
    const char *slash = strrchr(path, '/');
    char *folder = slash == NULL ? strdup(".") : strndup(path, (size_t)(slash - path) + 1);
    if (folder == NULL)
        return tw_fail(TW_ERR_MEMORY, "not enough memory for a path");
    tw_status status = TW_OK;
    if (stat(folder, &info) != 0)
        status = tw_fail(TW_ERR_IO, "cannot write '%s': %s '%s'", path, strerror(errno), folder);
    else if (!S_ISDIR(info.st_mode))
        status = tw_fail(TW_ERR_IO, "cannot write '%s': '%s' is no directory", path, folder);
    else if (access(folder, W_OK) != 0 || (stat(path, &info) == 0 && access(path, W_OK) != 0))
        status = tw_fail(TW_ERR_IO, "cannot write '%s': %s", path, strerror(errno));
    free(folder);
    return status == TW_OK && endings != NULL ? check_ending(option, path, endings) : status;
}
