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
    size_t start;       /* of the opcode that runs, for messages */
    const char *opcode; /* its name */
    const tw_pickle_global *globals;
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
} tw_pickle_opcode;

/* By opcode byte; `run` is NULL for what is refused, `name` too for what does not exist. */
extern const tw_pickle_opcode tw_pickle_opcodes[256];

/* ---- pickle_values.c ---- */

tw_status tw_pickle_fail(const tw_pickle_machine *m, const char *what);
/* A new value of that kind, all else zero. */
tw_status tw_pickle_new(tw_pickle_machine *m, tw_pickle_kind kind, uint32_t *index);
tw_status tw_pickle_push(tw_pickle_machine *m, uint32_t index);
/* `items` must not point into a container. */
tw_status tw_pickle_append(tw_pickle_machine *m, uint32_t list, const uint32_t *items,
                           size_t count);

#endif
