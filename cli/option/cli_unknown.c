#include "option/cli_unknown.h"

#include <ctype.h>
#include <string.h>

#include "option/cli_foreign.h"

/* A shorter name is rather another name than a slip: --dy is not --dx. */
enum { SHORTEST_SLIP = 4 };

static const option_spec *in_groups(const option_group *groups, const char *name) {
    const option_spec *spec;
    for (; groups != NULL && groups->options != NULL; groups++)
        for (size_t at = 0; (spec = option_in(groups, at)) != NULL; at++)
            if (strcmp(spec->name, name) == 0)
                return spec;
    return NULL;
}

static const option_spec *find_option(const cli_command *command, const char *name) {
    const option_spec *spec = in_groups(command->groups, name);
    return spec != NULL ? spec : in_groups(cli_common_groups, name);
}

static void nearest_in(const option_group *groups, const char *name, const char **best,
                       size_t *distance) {
    const option_spec *spec;
    for (; groups != NULL && groups->options != NULL; groups++)
        for (size_t at = 0; (spec = option_in(groups, at)) != NULL; at++) {
            size_t here = tw_text_distance(name, spec->name);
            if (here < *distance && here < strlen(spec->name)) {
                *best = spec->name;
                *distance = here;
            }
        }
}

/* The option of the command whose name is nearest, if it is nearer than `distance`, or NULL. */
static const char *nearest(const cli_command *command, const char *name, size_t distance) {
    const char *best = NULL;
    nearest_in(command->groups, name, &best, &distance);
    nearest_in(cli_common_groups, name, &best, &distance);
    return best;
}

/* "gradient, steps and train": the commands that have the option; 0 if none has. */
static int owners(const cli_commands *commands, const char *name, char *out, size_t size) {
    size_t used = 0, left = 0;
    out[0] = '\0';
    for (size_t i = 0; commands->at(i) != NULL; i++)
        left += in_groups(commands->at(i)->groups, name) != NULL;
    int any = left > 0;
    for (size_t i = 0; commands->at(i) != NULL && used < size; i++)
        if (in_groups(commands->at(i)->groups, name) != NULL) {
            left--;
            used += (size_t)snprintf(out + used, size - used, "%s%s", commands->at(i)->name,
                                     left > 1    ? ", "
                                     : left == 1 ? " and "
                                                 : "");
        }
    return any;
}

/* An option of ours that the command has, by a foreign name. */
static const option_spec *translate(const cli_command *command, const char *name,
                                    const char **note) {
    char own[LONGEST_OPTION];
    foreign_names row;
    for (size_t i = 0; (row = foreign_at(i)).names != NULL; i++)
        for (size_t k = 0; row.ours != NULL && foreign_has(&row, name) &&
                           foreign_word(row.ours, k, own, sizeof own);
             k++) {
            const option_spec *spec = find_option(command, own);
            *note = row.note;
            if (spec != NULL)
                return spec;
        }
    return NULL;
}

static tw_status say_translation(const char *word, const option_spec *spec, const char *note) {
    return tw_fail(TW_ERR_ARGUMENT, "unknown option '%s'; thalweg calls it --%s%s%s%s%s%s", word,
                   spec->name, spec->argument != NULL ? "=" : "",
                   spec->argument != NULL ? spec->argument : "", note != NULL ? " (" : "",
                   note != NULL ? note : "", note != NULL ? ")" : "");
}

/* A foreign name of what the command has not: said where it is, or why there is no such thing. */
static tw_status say_elsewhere(const cli_commands *commands, const cli_command *command,
                               const char *word, const char *name) {
    char list[160], own[LONGEST_OPTION];
    foreign_names row;
    for (size_t i = 0; (row = foreign_at(i)).names != NULL; i++) {
        if (!foreign_has(&row, name))
            continue;
        if (row.ours == NULL)
            return tw_fail(TW_ERR_ARGUMENT, "unknown option '%s'; leave it out: %s", word,
                           row.note);
        foreign_word(row.ours, 0, own, sizeof own);
        if (owners(commands, own, list, sizeof list))
            return tw_fail(TW_ERR_ARGUMENT,
                           "unknown option '%s'; thalweg calls it --%s, an option of %s, not of %s",
                           word, own, list, command->name);
    }
    return TW_OK;
}

tw_status unknown_option(const cli_commands *commands, const cli_command *command,
                         const char *word) {
    char name[LONGEST_OPTION], list[160];
    const char *plain = word + strspn(word, "-"), *note = NULL;
    size_t length = 0;
    for (; plain[length] != '\0' && length + 1 < sizeof name; length++)
        name[length] = (char)(plain[length] == '_' ? '-' : tolower((unsigned char)plain[length]));
    name[length] = '\0';
    if (find_option(command, name) != NULL)
        return tw_fail(TW_ERR_ARGUMENT, "unknown option '%s'; did you mean '--%s'?", word, name);
    const option_spec *spec = translate(command, name, &note);
    if (spec != NULL)
        return say_translation(word, spec, note);
    const char *near = length >= SHORTEST_SLIP ? nearest(command, name, 2) : NULL;
    if (near == NULL && owners(commands, name, list, sizeof list))
        return tw_fail(TW_ERR_ARGUMENT, "'%s' is an option of %s, not of %s", word, list,
                       command->name);
    tw_status status = near == NULL ? say_elsewhere(commands, command, word, name) : TW_OK;
    if (status != TW_OK)
        return status;
    if (near == NULL)
        near = nearest(command, name, length / 3 + 2);
    if (near != NULL)
        return tw_fail(TW_ERR_ARGUMENT, "unknown option '%s'; did you mean '--%s'?", word, near);
    return tw_fail(TW_ERR_ARGUMENT, "unknown option '%s'; 'thalweg %s --help-all' lists them", word,
                   command->name);
}
