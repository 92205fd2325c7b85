/* pickle.h: an unpickler that executes nothing.
 *
 * It runs the stack machine of Python's pickle protocols 2 to 5 far enough to give numbers, text,
 * bytes, tuples, lists and dictionaries, and objects, which stay what they are in the file: a
 * global, its arguments and its state. Nothing is called. Of data sets objects of a fixed table of
 * globals are read, any other global, and any opcode that data does not need, is refused by name
 * and place. Of checkpoints (tw_pickle_read_any) objects of all classes are, but for those by which
 * a file reaches the system. Bytes and text point into the file, which must outlive the pickle;
 * values refer to each other by index, so that no nesting costs stack and no sharing costs memory.
 */
#ifndef TW_FORMAT_PICKLE_H
#define TW_FORMAT_PICKLE_H

#include <stddef.h>
#include <stdint.h>

#include "thalweg/status.h"

typedef enum tw_pickle_kind {
    TW_PICKLE_NONE,
    TW_PICKLE_INTEGER, /* booleans too */
    TW_PICKLE_REAL,
    TW_PICKLE_BYTES, /* also Python 2's str */
    TW_PICKLE_TEXT,  /* UTF-8 */
    TW_PICKLE_TUPLE,
    TW_PICKLE_LIST,   /* sets too */
    TW_PICKLE_DICT,   /* items: key, value, key, value, ... */
    TW_PICKLE_GLOBAL, /* count: which one */
    TW_PICKLE_OBJECT, /* count: which global */
    TW_PICKLE_STORED  /* what the file keeps outside the pickle, under the id `arguments` */
} tw_pickle_kind;

typedef struct tw_pickle_value {
    uint8_t kind;
    uint32_t count; /* items in use, or the number of a global */
    union {
        int64_t integer;
        double real;
        struct {
            const uint8_t *data;
            size_t length;
        } text;
        struct {
            uint32_t *items; /* owned */
            uint32_t capacity;
        } list;
        struct {
            uint32_t arguments, state; /* state: TW_PICKLE_MISSING if none was set */
            uint32_t callable, items;  /* what was called; a dictionary or list: what was put in */
        } object;
        struct {
            uint32_t module, name; /* texts; of tw_pickle_read_any alone */
        } global;
    } as;
} tw_pickle_value;

#define TW_PICKLE_MISSING UINT32_MAX

/* Globals that may appear. Several spellings may share a number. */
typedef struct tw_pickle_global {
    const char *module, *name;
    uint32_t number;
} tw_pickle_global;

typedef struct tw_pickle {
    tw_pickle_value *values;
    uint32_t count, capacity;
    uint32_t root;
} tw_pickle;

/* Reads one pickle; `globals` ends with a NULL module. On failure nothing is owned. */
tw_status tw_pickle_read(const uint8_t *data, size_t size, const tw_pickle_global *globals,
                         tw_pickle *out);
/* Reads the pickle at the beginning of `data`, of which it takes *used bytes: any object stays a
 * record of its class, the number of all globals is 0. */
tw_status tw_pickle_read_any(const uint8_t *data, size_t size, tw_pickle *out, size_t *used);
void tw_pickle_release(tw_pickle *pickle);

const tw_pickle_value *tw_pickle_at(const tw_pickle *pickle, uint32_t index);
/* The value of a text or bytes key in a dictionary, or TW_PICKLE_MISSING. */
uint32_t tw_pickle_find(const tw_pickle *pickle, uint32_t dict, const char *key);
/* Whether a text or bytes value is this string. */
int tw_pickle_is_text(const tw_pickle_value *value, const char *text);
/* Whether a global, or the class of an object, is MODULE.NAME. */
int tw_pickle_is_global(const tw_pickle *pickle, uint32_t index, const char *module,
                        const char *name);
/* "MODULE.NAME" of a global or of an object's class, for messages: cut short, printable. */
enum { TW_PICKLE_NAME = 96 };
const char *tw_pickle_name(const tw_pickle *pickle, uint32_t index, char text[TW_PICKLE_NAME]);
/* Text or bytes for messages: cut short to `room`, printable. */
void tw_pickle_show(const tw_pickle_value *value, char *text, size_t room);
/* Item `index` of a tuple or list that has exactly `count` of them, or TW_PICKLE_MISSING. */
uint32_t tw_pickle_item(const tw_pickle *pickle, uint32_t sequence, uint32_t count, uint32_t index);

#endif
