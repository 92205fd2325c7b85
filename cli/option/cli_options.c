#include "option/cli_options.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "cli_streams.h"
#include "thalweg/landscape.h"

const option_spec options_none[] = {{NULL}};

/* One option as found: its table row and the place of its value. */
typedef struct found {
    const option_spec *spec;
    void *target;
} found;

enum { MOST_SETTINGS = 64 };

/* Option `index` of those that a kind of thing brings, as a row of a table like the tool's own. */
static const option_spec *setting_row(const option_group *group, size_t index) {
    static const option_kind kinds[] = {[TW_SETTING_TEXT] = OPTION_TEXT,
                                        [TW_SETTING_NUMBER] = OPTION_NUMBER,
                                        [TW_SETTING_SIZE] = OPTION_SIZE,
                                        [TW_SETTING_CHOICE] = OPTION_CHOICE,
                                        [TW_SETTING_SWITCH] = OPTION_FLAG};
    static const option_range ranges[] = {[TW_RANGE_ANY] = RANGE_ANY,
                                          [TW_RANGE_POSITIVE] = RANGE_POSITIVE,
                                          [TW_RANGE_NOT_NEGATIVE] = RANGE_NOT_NEGATIVE};
    static option_spec rows[MOST_SETTINGS]; /* of one list, made anew and the same each time */
    const tw_setting_spec *spec = index < MOST_SETTINGS ? group->settings(index) : NULL;
    if (spec == NULL)
        return NULL;
    rows[index] = (option_spec){.name = spec->name,
                                .kind = kinds[spec->type],
                                .argument = spec->argument,
                                .offset = group->settings_at,
                                .range = ranges[spec->range],
                                .values = spec->choices,
                                .shown = spec->fallback != NULL ? spec->fallback : spec->shown,
                                .help = spec->help,
                                .usual = spec->usual,
                                .setting = 1};
    return &rows[index];
}

const option_spec *option_in(const option_group *group, size_t index) {
    for (const option_spec *spec = group->options; spec->name != NULL; spec++)
        if (index-- == 0)
            return spec;
    return group->settings != NULL ? setting_row(group, index) : NULL;
}

/* The option at position `index` over all tables; spec NULL past the end. */
static found option_at(const option_binding *bindings, size_t index) {
    const option_spec *spec;
    for (; bindings->groups != NULL; bindings++)
        for (const option_group *group = bindings->groups; group->options != NULL; group++)
            for (size_t at = 0; (spec = option_in(group, at)) != NULL; at++)
                if (index-- == 0)
                    return (found){spec, (char *)bindings->base + group->offset + spec->offset};
    return (found){NULL, NULL};
}

const option_spec *options_at(const option_binding *bindings, size_t index, const void **value) {
    found option = option_at(bindings, index);
    *value = option.target;
    return option.spec;
}

static tw_status out_of_range(const char *name, const char *text, option_range range) {
    return tw_fail(TW_ERR_ARGUMENT, "%s: '%s' must be %s", name, text,
                   range == RANGE_POSITIVE ? "greater than 0" : "0 or greater");
}

static tw_status set_number(const option_spec *spec, const char *name, const char *text,
                            double *out) {
    tw_status status = tw_text_number(name, text, out);
    if (status == TW_OK && ((spec->range == RANGE_POSITIVE && *out <= 0) ||
                            (spec->range == RANGE_NOT_NEGATIVE && *out < 0)))
        status = out_of_range(name, text, spec->range);
    return status;
}

static tw_status set_size(const option_spec *spec, const char *name, const char *text,
                          size_t *out) {
    uint64_t value;
    tw_status status = spec->range == RANGE_POSITIVE ? tw_text_count(name, text, &value)
                                                     : tw_text_whole(name, text, &value);
    if (status != TW_OK)
        return status;
    if (value >= SIZE_MAX / 2)
        return tw_fail(TW_ERR_ARGUMENT, "%s: '%s' is too large", name, text);
    *out = (size_t)value;
    return TW_OK;
}

static tw_status set_numbers(const option_spec *spec, const char *name, const char *text,
                             tw_numbers *out) {
    size_t count = 1;
    for (const char *at = text; *at != '\0'; at++)
        count += *at == ',';
    char *copy = strdup(text);
    double *values = calloc(count, sizeof *values);
    tw_status status = TW_OK;
    if (copy == NULL || values == NULL)
        status = tw_fail(TW_ERR_MEMORY, "%s: not enough memory for %zu numbers", name, count);
    char *rest = copy;
    for (size_t i = 0; i < count && status == TW_OK; i++)
        status = set_number(spec, name, strsep(&rest, ","), &values[i]);
    free(copy);
    if (status != TW_OK) {
        free(values);
        return status;
    }
    free((double *)out->values);
    *out = (tw_numbers){count, values};
    return TW_OK;
}

static tw_status set_choice(const option_spec *spec, const char *name, const char *text, int *out) {
    int index = tw_text_find(text, spec->values);
    if (index < 0)
        return tw_fail_prefix(tw_text_unknown("name", text, spec->values), "%s", name);
    *out = index;
    return TW_OK;
}

static tw_status set_axis(const char *name, const char *text, tw_axis *out) {
    tw_status status = tw_axis_parse(text, out);
    return status == TW_OK ? TW_OK : tw_fail_prefix(TW_ERR_ARGUMENT, "%s", name);
}

/* `name` is the option as it is called in messages. */
static tw_status set_plain(found option, const char *name, const char *text) {
    switch (option.spec->kind) {
    case OPTION_FLAG:
        *(int *)option.target = 1;
        return TW_OK;
    case OPTION_TEXT:
    case OPTION_FILE:
        if (text[0] == '\0')
            return tw_fail(TW_ERR_ARGUMENT, "%s: the value is empty", name);
        *(const char **)option.target =
            option.spec->kind == OPTION_FILE ? streams_path(text) : text;
        return TW_OK;
    case OPTION_SIZE:
        return set_size(option.spec, name, text, option.target);
    case OPTION_SEED:
        return tw_text_whole(name, text, option.target);
    case OPTION_NUMBER:
        return set_number(option.spec, name, text, option.target);
    case OPTION_NUMBERS:
        return set_numbers(option.spec, name, text, option.target);
    case OPTION_CHOICE:
        return set_choice(option.spec, name, text, option.target);
    case OPTION_AXIS:
        return set_axis(name, text, option.target);
    }
    return tw_fail(TW_ERR_ARGUMENT, "%s: an option of no kind", name);
}

const char *const *endings_in(const char *const *endings, tw_name_list list,
                              const char *room[MOST_ENDINGS]) {
    size_t count = 0;
    if (list == NULL)
        return endings;
    while (count + 1 < MOST_ENDINGS && (room[count] = list(count)) != NULL)
        count++;
    room[count] = NULL;
    return room;
}

/* Gives a setting of a list that options were read into. */
static tw_status put_setting(tw_settings *settings, const char *name, const char *text) {
    tw_setting *items = (tw_setting *)settings->items;
    for (size_t k = 0; k < settings->count; k++)
        if (strcmp(items[k].name, name) == 0) {
            items[k].text = text;
            return TW_OK;
        }
    items = realloc(items, (settings->count + 1) * sizeof *items);
    if (items == NULL)
        return tw_fail(TW_ERR_MEMORY, "not enough memory for the options");
    items[settings->count] = (tw_setting){name, text};
    *settings = (tw_settings){settings->count + 1, items};
    return TW_OK;
}

static tw_status set_value(found option, const char *name, const char *text) {
    union {
        int place;
        size_t size;
        double number;
        const char *text;
    } value;
    if (!option.spec->setting)
        return set_plain(option, name, text);
    tw_status status = set_plain((found){option.spec, &value}, name, text); /* is it one? */
    return status == TW_OK ? put_setting(option.target, option.spec->name,
                                         option.spec->kind == OPTION_FLAG ? "1" : text)
                           : status;
}

static void set_unset(found option) {
    if (option.spec->setting) {
        *(tw_settings *)option.target = (tw_settings){0, NULL};
        return;
    }
    switch (option.spec->kind) {
    case OPTION_FLAG:
        *(int *)option.target = 0;
        break;
    case OPTION_TEXT:
    case OPTION_FILE:
        *(const char **)option.target = NULL;
        break;
    case OPTION_SIZE:
        *(size_t *)option.target = OPTION_UNSET;
        break;
    case OPTION_SEED:
        *(uint64_t *)option.target = 0;
        break;
    case OPTION_NUMBER:
        *(double *)option.target = NAN;
        break;
    case OPTION_NUMBERS:
        *(tw_numbers *)option.target = (tw_numbers){0, NULL};
        break;
    case OPTION_CHOICE:
        *(int *)option.target = -1;
        break;
    case OPTION_AXIS:
        *(tw_axis *)option.target = (tw_axis){0, 0, 0};
        break;
    }
}

tw_status options_defaults(const option_binding *bindings) {
    found option;
    for (size_t i = 0; (option = option_at(bindings, i)).spec != NULL; i++)
        set_unset(option); /* all first, so that release is safe whatever fails below */
    for (const option_binding *at = bindings; at->groups != NULL; at++)
        for (const option_group *group = at->groups; group->options != NULL; group++)
            if (group->bytes > 0)
                *(size_t *)((char *)at->base + group->offset) = group->bytes;
    for (size_t i = 0; (option = option_at(bindings, i)).spec != NULL; i++) {
        if (option.spec->fallback == NULL)
            continue;
        tw_status status = set_value(option, option.spec->name, option.spec->fallback);
        if (status != TW_OK)
            return status;
    }
    return TW_OK;
}

void options_release(const option_binding *bindings) {
    found option;
    for (size_t i = 0; (option = option_at(bindings, i)).spec != NULL; i++)
        if (option.spec->setting) {
            free((tw_setting *)((tw_settings *)option.target)->items);
            set_unset(option);
        } else if (option.spec->kind == OPTION_NUMBERS) {
            free((double *)((tw_numbers *)option.target)->values);
            set_unset(option);
        }
}

static tw_status unknown_option(const char *word, size_t length, option_words *words) {
    snprintf(words->unknown, sizeof words->unknown, "%.*s", (int)(length < 63 ? length : 63), word);
    return tw_fail(TW_ERR_ARGUMENT, "unknown option '%s'", words->unknown);
}

static tw_status find_long(const option_binding *bindings, const char *name, size_t length,
                           option_words *words, found *out) {
    found option, candidate = {NULL, NULL}, second = {NULL, NULL};
    for (size_t i = 0; (option = option_at(bindings, i)).spec != NULL; i++) {
        if (length == 0 || strncmp(option.spec->name, name, length) != 0)
            continue;
        if (option.spec->name[length] == '\0') {
            *out = option;
            return TW_OK;
        }
        if (candidate.spec == NULL)
            candidate = option;
        else
            second = option;
    }
    if (candidate.spec == NULL)
        return unknown_option(name - 2, length + 2, words);
    if (second.spec != NULL)
        return tw_fail(TW_ERR_ARGUMENT, "option '--%.*s' may be '--%s' or '--%s'", (int)length,
                       name, candidate.spec->name, second.spec->name);
    *out = candidate;
    return TW_OK;
}

/* The option that `word` names in full after `dashes` of them; spec NULL if none. */
static found find_exact(const option_binding *bindings, const char *word, const char *dashes) {
    size_t count = strlen(dashes), length;
    found option = {NULL, NULL};
    if (strncmp(word, dashes, count) != 0)
        return option;
    length = strcspn(word + count, "=");
    for (size_t i = 0; (option = option_at(bindings, i)).spec != NULL; i++)
        if (strlen(option.spec->name) == length &&
            strncmp(option.spec->name, word + count, length) == 0)
            break;
    return option;
}

/* Gives an option the value that stands with it, or else the next word, to which *at moves on. */
static tw_status take_value(const option_binding *bindings, found option, const char *name,
                            const char *value, int argc, char **argv, int *at) {
    if (value == NULL && *at + 1 < argc) {
        value = argv[++*at];
        if (find_exact(bindings, value, "--").spec != NULL)
            return tw_fail(TW_ERR_ARGUMENT, "option '%s' needs a value, %s, before '%s'", name,
                           option.spec->argument, value);
    }
    if (value == NULL)
        return tw_fail(TW_ERR_ARGUMENT, "option '%s' needs a value: %s", name,
                       option.spec->argument);
    return set_value(option, name, value);
}

/* A flag that may have a word behind "=": 2 and the place of the word. */
static tw_status set_word(found option, const char *name, const char *word) {
    int place = tw_text_find(word, option.spec->values);
    if (place < 0)
        return tw_fail_prefix(tw_text_unknown("word", word, option.spec->values), "%s", name);
    *(int *)option.target = 2 + place;
    return TW_OK;
}

/* argv[*at] begins with two dashes. */
static tw_status parse_long(const option_binding *bindings, int argc, char **argv, int *at,
                            option_words *words, int *silent) {
    const char *name = argv[*at] + 2;
    size_t length = strcspn(name, "=");
    found option;
    tw_status status = find_long(bindings, name, length, words, &option);
    if (status != TW_OK)
        return status;
    *silent = option.spec->silent;
    char shown[64];
    snprintf(shown, sizeof shown, "--%s", option.spec->name);
    const char *value = name[length] == '=' ? name + length + 1 : NULL;
    if (option.spec->kind != OPTION_FLAG)
        return take_value(bindings, option, shown, value, argc, argv, at);
    if (value != NULL && option.spec->values != NULL)
        return set_word(option, shown, value);
    if (value != NULL)
        return tw_fail(TW_ERR_ARGUMENT, "option '%s' takes no value", shown);
    return set_value(option, shown, "");
}

static found find_letter(const option_binding *bindings, char letter) {
    found option;
    for (size_t i = 0; (option = option_at(bindings, i)).spec != NULL; i++)
        if (option.spec->letter == letter)
            break;
    return option;
}

/* A cluster of letters: flags, and at its end one that takes a value. A long name behind one dash
 * is none: -data is --data, not -d with the value 'ata'. */
static tw_status parse_letters(const option_binding *bindings, int argc, char **argv, int *at,
                               option_words *words, int *silent) {
    const char *word = argv[*at];
    *silent = 1; /* if all of the cluster are */
    if (word[2] != '\0' && find_exact(bindings, word, "-").spec != NULL)
        return unknown_option(word, strcspn(word, "="), words);
    for (const char *letter = word + 1; *letter != '\0'; letter++) {
        char shown[3] = {'-', *letter, '\0'};
        found option = find_letter(bindings, *letter);
        if (option.spec == NULL && letter == word + 1)
            return unknown_option(word, strcspn(word, "="), words);
        if (option.spec == NULL)
            return unknown_option(shown, 2, words);
        *silent = *silent && option.spec->silent;
        if (option.spec->kind != OPTION_FLAG)
            return take_value(bindings, option, shown, letter[1] != '\0' ? letter + 1 : NULL, argc,
                              argv, at);
        tw_status status = set_value(option, shown, "");
        if (status != TW_OK)
            return status;
    }
    return TW_OK;
}

tw_status options_parse(const option_binding *bindings, int argc, char **argv,
                        option_words *words) {
    int only_words = 0;
    words->count = 0;
    words->unknown[0] = '\0';
    for (int i = 0; i < argc; i++) {
        tw_status status = TW_OK;
        int first = i, silent = 0;
        if (only_words || argv[i][0] != '-' || argv[i][1] == '\0')
            words->items[words->count++] = argv[i];
        else if (strcmp(argv[i], "--") == 0)
            only_words = 1;
        else if (argv[i][1] == '-')
            status = parse_long(bindings, argc, argv, &i, words, &silent);
        else
            status = parse_letters(bindings, argc, argv, &i, words, &silent);
        if (status != TW_OK)
            return status;
        for (int k = first; k <= i && words->silent != NULL; k++)
            words->silent[k] = silent != 0;
    }
    return TW_OK;
}
