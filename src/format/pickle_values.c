/* pickle_values.c: what opcodes do to the machine: make values, push them, append to lists. */
#include <stdlib.h>
#include <string.h>

#include "format/pickle_machine.h"

tw_status tw_pickle_fail(const tw_pickle_machine *m, const char *what) {
    return tw_fail(TW_ERR_FORMAT, "pickle opcode %s at byte %zu: %s", m->opcode, m->start, what);
}

tw_status tw_pickle_new(tw_pickle_machine *m, tw_pickle_kind kind, uint32_t *index) {
    tw_pickle *pickle = m->pickle;
    if (pickle->count == pickle->capacity) {
        if (pickle->count >= TW_PICKLE_MAX_VALUES)
            return tw_pickle_fail(m, "too many values for a data set");
        uint32_t capacity = pickle->capacity > 0 ? 2 * pickle->capacity : 256;
        tw_pickle_value *grown = realloc(pickle->values, capacity * sizeof *grown);
        if (grown == NULL)
            return tw_fail(TW_ERR_MEMORY, "not enough memory for a pickle");
        pickle->values = grown;
        pickle->capacity = capacity;
    }
    *index = pickle->count++;
    pickle->values[*index] = (tw_pickle_value){.kind = (uint8_t)kind};
    return TW_OK;
}

tw_status tw_pickle_push(tw_pickle_machine *m, uint32_t index) {
    if (m->depth == m->stack_capacity) {
        if (m->depth >= TW_PICKLE_MAX_VALUES)
            return tw_pickle_fail(m, "the stack is too deep for a data set");
        size_t capacity = m->stack_capacity > 0 ? 2 * m->stack_capacity : 256;
        uint32_t *grown = realloc(m->stack, capacity * sizeof *grown);
        if (grown == NULL)
            return tw_fail(TW_ERR_MEMORY, "not enough memory for a pickle");
        m->stack = grown;
        m->stack_capacity = capacity;
    }
    m->stack[m->depth++] = index;
    return TW_OK;
}

tw_status tw_pickle_append(tw_pickle_machine *m, uint32_t list, const uint32_t *items,
                           size_t count) {
    tw_pickle_value *value = &m->pickle->values[list];
    size_t needed = value->count + count;
    if (needed > TW_PICKLE_MAX_VALUES || m->items + count > TW_PICKLE_MAX_ITEMS)
        return tw_pickle_fail(m, "too many items for a data set");
    if (needed > value->as.list.capacity) {
        size_t capacity = 2 * (size_t)value->as.list.capacity;
        capacity = capacity > needed ? capacity : needed;
        uint32_t *grown = realloc(value->as.list.items, capacity * sizeof *grown);
        if (grown == NULL)
            return tw_fail(TW_ERR_MEMORY, "not enough memory for a pickle");
        value->as.list.items = grown;
        value->as.list.capacity = (uint32_t)capacity;
    }
    if (count > 0)
        memcpy(value->as.list.items + value->count, items, count * sizeof *items);
    value->count = (uint32_t)needed;
    m->items += count;
    return TW_OK;
}
