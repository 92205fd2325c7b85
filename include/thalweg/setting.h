/* setting.h: options that only some kinds of a thing have, by name.
 *
 * A kind (of models: study_model.h) brings a table of what can be set; a caller gives a list of
 * names and texts. What is in the list is given, whatever its value; the kind reads the texts.
 */
#ifndef THALWEG_SETTING_H
#define THALWEG_SETTING_H

#include <stddef.h>

#include "export.h"
#include "words.h"

TW_BEGIN_DECLS

/* One value, as in {"margin", "2"}. Of a switch the text is "1". */
typedef struct tw_setting {
    const char *name, *text;
} tw_setting;

typedef struct tw_settings {
    size_t count;
    const tw_setting *items;
} tw_settings;

typedef enum tw_setting_type {
    TW_SETTING_TEXT,
    TW_SETTING_NUMBER, /* finite */
    TW_SETTING_SIZE,   /* a whole number >= 0 */
    TW_SETTING_CHOICE, /* one of `choices` */
    TW_SETTING_SWITCH  /* on where it is given */
} tw_setting_type;

typedef enum tw_setting_range {
    TW_RANGE_ANY,
    TW_RANGE_POSITIVE,
    TW_RANGE_NOT_NEGATIVE
} tw_setting_range;

/* What can be set. */
typedef struct tw_setting_spec {
    const char *name; /* NULL ends a table */
    tw_setting_type type;
    const char *argument;   /* what help calls the value: "M" */
    tw_setting_range range; /* of numbers and sizes */
    tw_name_list choices;
    const char *fallback; /* the value where none is given; NULL: none */
    const char *shown;    /* what help calls that where there is no fallback, or NULL */
    const char *help;     /* one sentence without a full stop */
    int usual;            /* 1: most people use it; 2: help shows it as well where there is room */
} tw_setting_spec;

TW_END_DECLS

#endif
