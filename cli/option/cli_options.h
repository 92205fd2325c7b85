/* cli_options.h: tables of options, from which parsing, help, man page and completion follow.
 *
 * A table says where in a struct each value goes (offset), so that no option has a variable of
 * file scope. Tables are collected in groups; a group's struct sits at some offset of the
 * command's own. Unset values: NULL, OPTION_UNSET for sizes, NaN for numbers, -1 for choices,
 * count 0 for lists and axes, 0 for flags: as no option can be given one of them, what has another
 * value and no fallback was given.
 */
#ifndef THALWEG_CLI_OPTIONS_H
#define THALWEG_CLI_OPTIONS_H

#include <stddef.h>
#include <stdint.h>

#include "option/cli_text.h"
#include "thalweg/setting.h"
#include "thalweg/status.h"
#include "thalweg/study.h"

#define OPTION_UNSET TW_UNSET

typedef enum option_kind {
    OPTION_FLAG,    /* int: 1 if given; 2 and the place of the word given as in --json=values */
    OPTION_TEXT,    /* const char * */
    OPTION_FILE,    /* const char *: a path */
    OPTION_SIZE,    /* size_t */
    OPTION_SEED,    /* uint64_t */
    OPTION_NUMBER,  /* double, finite */
    OPTION_NUMBERS, /* tw_numbers: separated by commas; released by options_release */
    OPTION_CHOICE,  /* int: position in `values` */
    OPTION_AXIS     /* tw_axis */
} option_kind;

/* What is done with the file that an option or a word names. */
typedef enum file_use {
    FILE_READ,
    FILE_LIST_READ, /* several, separated by commas */
    FILE_WRITTEN,
    FOLDER_WRITTEN /* files in it are */
} file_use;

typedef enum option_range { RANGE_ANY, RANGE_POSITIVE, RANGE_NOT_NEGATIVE } option_range;

typedef struct option_spec {
    const char *name; /* without the dashes; NULL ends a table */
    char letter;      /* 0: none */
    option_kind kind;
    const char *argument; /* placeholder: FILE, N, ... */
    size_t offset;        /* of the value in its struct */
    option_range range;   /* of sizes and numbers */
    tw_name_list values;  /* what a choice may be, or words that a text may be, or that may
                              follow a flag */
    const char *fallback; /* read like a value if the option is not given; NULL: unset */
    const char *shown;    /* what help calls the default where there is no fallback, or NULL */
    const char *help;
    int silent;   /* no result depends on it, so that the command line in files is without it */
    int usual;    /* 1: most people use it: --help shows it, and --help-all the others too; 2: as 1
                     where a command has room for it */
    file_use use; /* of a file; */
    const char *const *endings; /* one that is written has one of these, NULL-terminated, and of */
                                /* those that are read completion offers what has; NULL: any, */
    tw_name_list ending;        /* or what this list of the library's has */
    const char *replaces; /* a written one may be the file of this option, read whole before */
    int setting; /* the place of the value is a tw_settings, which has name and text of those that
                    are given; released by options_release */
} option_spec;

typedef struct option_group {
    const char *title;          /* NULL: goes on with the group before */
    const option_spec *options; /* NULL ends the list of groups */
    size_t offset;              /* of the group's struct in the command's */
    int rare;                   /* in this command none of its options is usual */
    size_t bytes; /* of a struct that says its size first: that size; 0: it does not */
    const tw_setting_spec *(*settings)(size_t index); /* options that follow, or NULL; */
    size_t settings_at;                               /* where in the struct their tw_settings is */
} option_group;

/* A struct that says its size first and whose values are bound member by member, from the command's
 * own table: a group that sees to the size. */
extern const option_spec options_none[];
#define OPTION_STRUCT(type, member)                                                                \
    { NULL, options_none, offsetof(type, member), .bytes = sizeof(((type *)0)->member) }

/* Where the values of some groups go. */
typedef struct option_binding {
    const option_group *groups; /* NULL ends the list of bindings */
    void *base;
} option_binding;

/* Words that are not options, in order. The arrays are the caller's, argc places each. */
typedef struct option_words {
    size_t count;
    char **items;
    unsigned char *silent; /* 1 for the places of argv that belong to silent options; may be NULL */
    char unknown[64];      /* an option that is in no table, as typed without =VALUE; else "" */
} option_words;

/* Endings as an array, or those of a list in `room`; NULL: any. */
enum { MOST_ENDINGS = 16 };
const char *const *endings_in(const char *const *endings, tw_name_list list,
                              const char *room[MOST_ENDINGS]);

/* Option `index` of a group, NULL past the end. */
const option_spec *option_in(const option_group *group, size_t index);

/* The option at position `index` over all tables, with the place of its value; NULL past the end.
 */
const option_spec *options_at(const option_binding *bindings, size_t index, const void **value);

/* Gives every option its unset or fallback value. */
tw_status options_defaults(const option_binding *bindings);

/* Reads argv[0 ... argc-1]: --name=value, --name value, unambiguous abbreviations, -n value,
 * -nvalue, and -- after which everything is a word. TW_ERR_ARGUMENT says what is wrong; of an
 * unknown option the caller may know more to say. */
tw_status options_parse(const option_binding *bindings, int argc, char **argv, option_words *words);

void options_release(const option_binding *bindings);

#endif
