#include "option/cli_files.h"

#include <stdlib.h>
#include <string.h>

#include "cli_streams.h"
#include "command/cli_command.h"

/* One place in the command line that names a file. */
typedef struct named {
    char *option; /* as it is called in messages: "-o", "--weights", "FROM" */
    char *path;
    const char *replaces; /* the option whose file it may be */
    int written;
} named;

struct cli_files {
    size_t count;
    named *items;
};

static tw_status no_memory(void) {
    return tw_fail(TW_ERR_MEMORY, "not enough memory for the names of files");
}

static tw_status put(struct cli_files *files, const char *option, const char *path, int written,
                     const char *replaces) {
    named *grown = realloc(files->items, (files->count + 1) * sizeof *grown);
    if (grown == NULL)
        return no_memory();
    files->items = grown;
    grown[files->count] = (named){strdup(option), strdup(path), replaces, written};
    named *added = &grown[files->count++];
    return added->option != NULL && added->path != NULL ? TW_OK : no_memory();
}

/* ---- two names for one file ---- */

static int is_allowed(const named *out, const named *in) {
    return out->replaces != NULL && strncmp(in->option, "--", 2) == 0 &&
           strcmp(in->option + 2, out->replaces) == 0;
}

static tw_status check_pair(const named *a, const named *b) {
    const named *out = a->written ? a : b, *in = a->written ? b : a;
    int pair =
        !in->written && strcmp(in->option, "--data") == 0 && tw_dataset_reads(in->path, out->path);
    if (!out->written || (!in->written && is_allowed(out, in)) ||
        (!pair && !tw_same_file(a->path, b->path)))
        return TW_OK;
    if (pair)
        return tw_fail(
            TW_ERR_ARGUMENT,
            "%s would overwrite '%s', which belongs to the data in '%s'; give it another name",
            out->option, out->path, in->path);
    if (in->written)
        return tw_fail(TW_ERR_ARGUMENT, "%s and %s write the same file, '%s'; give each its own",
                       a->option, b->option, b->path);
    return tw_fail(TW_ERR_ARGUMENT, "%s would overwrite '%s', which %s reads; give it another name",
                   out->option, in->path, in->option);
}

static tw_status check_last(const struct cli_files *files) {
    tw_status status = TW_OK;
    for (size_t k = 0; k + 1 < files->count && status == TW_OK; k++)
        status = check_pair(&files->items[k], &files->items[files->count - 1]);
    return status;
}

/* ---- collecting them ---- */

/* Whether `path` ends in one of `endings`; devices and pipes need none. */
static tw_status check_ending(const char *option, const char *path, const char *const *endings) {
    return streams_is_own(path) ? TW_OK : tw_output_ending(option, path, endings);
}

static tw_status add_written(struct cli_files *files, const char *option, const char *path,
                             const char *const *endings, const char *replaces) {
    tw_status status = endings != NULL ? check_ending(option, path, endings) : TW_OK;
    if (status == TW_OK)
        status = put(files, option, path, 1, replaces);
    return status == TW_OK ? check_last(files) : status;
}

/* "to:w.npy" is the file w.npy, where the words of the option have "to:FILE". */
static const char *without_word(const option_spec *spec, const char *text) {
    for (size_t i = 0; spec->values != NULL && spec->values(i) != NULL; i++) {
        const char *word = spec->values(i), *file = strstr(word, ":FILE");
        size_t length = file != NULL ? (size_t)(file - word) + 1 : 0;
        if (length > 0 && strncmp(text, word, length) == 0)
            return text + length;
    }
    return text;
}

static tw_status add_read(struct cli_files *files, const char *option, const char *path) {
    tw_status status = put(files, option, path, 0, NULL);
    return status == TW_OK ? check_last(files) : status;
}

static tw_status add_list(struct cli_files *files, const char *option, const char *list) {
    char *copy = strdup(list), *rest = copy;
    tw_status status = copy != NULL ? TW_OK : no_memory();
    for (char *path; status == TW_OK && (path = strsep(&rest, ",")) != NULL;)
        status = add_read(files, option, path);
    free(copy);
    return status;
}

static tw_status add_option(struct cli_files *files, const option_spec *spec, const char *text) {
    char option[64];
    const char *room[MOST_ENDINGS];
    if (strcmp(spec->name, "output") == 0) /* everybody says -o */
        snprintf(option, sizeof option, "-%c", spec->letter);
    else
        snprintf(option, sizeof option, "--%s", spec->name);
    switch (spec->use) {
    case FILE_READ:
        return add_read(files, option, without_word(spec, text));
    case FILE_LIST_READ:
        return add_list(files, option, text);
    case FILE_WRITTEN:
        return add_written(files, option, text, endings_in(spec->endings, spec->ending, room),
                           spec->replaces);
    case FOLDER_WRITTEN:
        break; /* the command says what it writes there */
    }
    return TW_OK;
}

/* Word `index` as the usage line calls it: "FROM" of "FROM TO", "FILE" of "FILE...". */
static void word_name(const char *words, size_t index, char *name, size_t size) {
    for (const char *space; index > 0 && (space = strchr(words, ' ')) != NULL; index--)
        words = space + 1;
    words += strspn(words, "[");
    snprintf(name, size, "%.*s", (int)strcspn(words, " .]"), words);
}

static tw_status add_words(struct cli_files *files, const cli_command *command,
                           const option_words *words) {
    tw_status status = TW_OK;
    char name[64];
    for (size_t k = 0; k < words->count && status == TW_OK; k++) {
        word_name(command->words, k, name, sizeof name);
        file_use use = k + 1 == command->most_words ? command->last_word : FILE_READ;
        if (use == FILE_READ)
            status = add_read(files, name, words->items[k]);
        else if (use == FILE_WRITTEN)
            status = add_written(files, name, words->items[k], NULL, NULL);
    }
    return status;
}

tw_status files_take(cli_context *context, const option_binding *bindings,
                     const option_words *words) {
    struct cli_files *files = calloc(1, sizeof *files);
    const option_spec *spec;
    const void *value;
    context->files = files;
    tw_status status = files != NULL ? TW_OK : no_memory();
    for (size_t i = 0; status == TW_OK && (spec = options_at(bindings, i, &value)) != NULL; i++)
        if (spec->kind == OPTION_FILE && *(const char *const *)value != NULL)
            status = add_option(files, spec, *(const char *const *)value);
    if (status == TW_OK)
        status = add_words(files, context->command, words);
    for (size_t k = 0; status == TW_OK && k < files->count; k++)
        if (files->items[k].written)
            status = tw_output_check(files->items[k].path);
    return status;
}

tw_status files_add(const cli_context *context, const char *option, const char *path,
                    const char *const *endings) {
    tw_status status =
        context->files != NULL ? add_written(context->files, option, path, endings, NULL) : TW_OK;
    return status == TW_OK ? tw_output_check(path) : status;
}

void files_release(cli_context *context) {
    struct cli_files *files = context->files;
    for (size_t k = 0; files != NULL && k < files->count; k++) {
        free(files->items[k].option);
        free(files->items[k].path);
    }
    if (files != NULL)
        free(files->items);
    free(files);
    context->files = NULL;
}
