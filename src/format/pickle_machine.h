/* pickle_machine.h: the state of the unpickler, shared by its files. */
#ifndef TW_FORMAT_PICKLE_MACHINE_H
#define TW_FORMAT_PICKLE_MACHINE_H

#include "format/pickle.h"

/* CIFAR-100 has 150,000 values in a file. Items count again when a list is shared by way of the
 * memo and appended anew, so they have a bound of their own. */
enum { TW_PICKLE_MAX_VALUES = 1 << 21, TW_PICKLE_MAX_ITEMS = 1 << 23 };

/* Stands on the stack where MARK was met. */
#define TW_PICKLE_MARK (UINT32_MAX - 1)

typedef struct tw_pickle_machine {
    const uint8_t *data;
    size_t size, position;
    size_t start;                    /* of the opcode that runs, for messages */
    const char *opcode;              /* its name */
    const tw_pickle_global *globals; /* NULL: any */
    tw_pickle *pickle;
    uint32_t *stack;
    size_t depth, stack_capacity;
    uint32_t *memo; /* TW_PICKLE_MISSING where nothing was stored */
    size_t memo_size;
    size_t memoized; /* MEMOIZE stores at the number of entries so far */
    size_t items;    /* in all containers */
    int stopped;
} tw_pickle_machine;

/* `parameter` tells opcodes of one family apart. */
typedef struct tw_pickle_opcode {
    const char *name;
    tw_status (*run)(tw_pickle_machine *m, int parameter);
    int parameter;
    int any; /* 1: of tw_pickle_read_any alone */
} tw_pickle_opcode;

/* By opcode byte; `run` is NULL for what is refused, `name` too for what does not exist. */
extern const tw_pickle_opcode tw_pickle_opcodes[256];

/* ---- pickle_values.c ---- */

tw_status tw_pickle_fail(const tw_pickle_machine *m, const char *what);
/* A new value of that kind, all else zero. */
tw_status tw_pickle_new(tw_pickle_machine *m, tw_pickle_kind kind, uint32_t *index);
tw_status tw_pickle_push(tw_pickle_machine *m, uint32_t index);
tw_status tw_pickle_push_new(tw_pickle_machine *m, tw_pickle_value value);
tw_status tw_pickle_pop(tw_pickle_machine *m, uint32_t *index);
/* Removes everything above the last mark, and the mark. The items stay valid until the next push.
 */
tw_status tw_pickle_pop_to_mark(tw_pickle_machine *m, const uint32_t **items, size_t *count);
/* `items` must not point into a container. */
tw_status tw_pickle_append(tw_pickle_machine *m, uint32_t list, const uint32_t *items,
                           size_t count);
/* The next bytes of the file, or a number of so many, lowest first, or a line, whose end is passed.
 */
tw_status tw_pickle_take(tw_pickle_machine *m, size_t count, const uint8_t **bytes);
tw_status tw_pickle_take_number(tw_pickle_machine *m, int size, uint64_t *out);
tw_status tw_pickle_take_line(tw_pickle_machine *m, const uint8_t **line, size_t *length);

/* ---- pickle_objects.c: opcodes of globals and objects ---- */

tw_status tw_pickle_do_global(tw_pickle_machine *m, int parameter);
tw_status tw_pickle_do_stack_global(tw_pickle_machine *m, int parameter);
/* REDUCE, NEWOBJ and, with 1, NEWOBJ_EX. */
tw_status tw_pickle_do_reduce(tw_pickle_machine *m, int keywords);
tw_status tw_pickle_do_obj(tw_pickle_machine *m, int parameter);
tw_status tw_pickle_do_build(tw_pickle_machine *m, int parameter);
tw_status tw_pickle_do_stored(tw_pickle_machine *m, int parameter);
/* The dictionary or list of what is put into an object, made where there is none. */
tw_status tw_pickle_object_items(tw_pickle_machine *m, uint32_t object, tw_pickle_kind kind,
                                 uint32_t *items);

#endif
