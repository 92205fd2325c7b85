#include "format/pickle.h"

#include <stdlib.h>
#include <string.h>

#include "format/pickle_machine.h"

/* ---- values ---- */

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

void tw_pickle_release(tw_pickle *pickle) {
    for (uint32_t i = 0; i < pickle->count; i++) {
        int kind = pickle->values[i].kind;
        if (kind == TW_PICKLE_TUPLE || kind == TW_PICKLE_LIST || kind == TW_PICKLE_DICT)
            free(pickle->values[i].as.list.items);
    }
    free(pickle->values);
    memset(pickle, 0, sizeof *pickle);
}

/* ---- the machine ---- */

static tw_status run(tw_pickle_machine *m) {
    while (!m->stopped) {
        if (m->position >= m->size)
            return tw_fail(TW_ERR_FORMAT,
                           "the pickle ends at byte %zu without STOP: it is cut "
                           "short; fetch it again",
                           m->size);
        uint8_t code = m->data[m->position];
        const tw_pickle_opcode *opcode = &tw_pickle_opcodes[code];
        m->start = m->position++;
        m->opcode = opcode->name;
        if (opcode->run == NULL)
            return tw_fail(TW_ERR_FORMAT,
                           "pickle opcode %s (0x%02x) at byte %zu refused: data does not need it",
                           opcode->name != NULL ? opcode->name : "unknown", code, m->start);
        tw_status status = opcode->run(m, opcode->parameter);
        if (status != TW_OK)
            return status;
    }
    return TW_OK;
}

tw_status tw_pickle_read(const uint8_t *data, size_t size, const tw_pickle_global *globals,
                         tw_pickle *out) {
    memset(out, 0, sizeof *out);
    tw_pickle_machine machine = {.data = data, .size = size, .globals = globals, .pickle = out};
    tw_status status = run(&machine);
    free(machine.stack);
    free(machine.memo);
    if (status != TW_OK)
        tw_pickle_release(out);
    return status;
}

/* ---- access ---- */

const tw_pickle_value *tw_pickle_at(const tw_pickle *pickle, uint32_t index) {
    static const tw_pickle_value none = {.kind = TW_PICKLE_NONE};
    return index < pickle->count ? &pickle->values[index] : &none;
}

int tw_pickle_is_text(const tw_pickle_value *value, const char *text) {
    return (value->kind == TW_PICKLE_TEXT || value->kind == TW_PICKLE_BYTES) &&
           value->as.text.length == strlen(text) &&
           memcmp(value->as.text.data, text, value->as.text.length) == 0;
}

/* Python 3 writes bytes in protocol 2 as an object: text, and the encoding of the bytes. */
static int is_key(const tw_pickle *pickle, uint32_t index, const char *key) {
    const tw_pickle_value *value = tw_pickle_at(pickle, index);
    if (value->kind == TW_PICKLE_OBJECT)
        value = tw_pickle_at(pickle, tw_pickle_item(pickle, value->as.object.arguments, 2, 0));
    return tw_pickle_is_text(value, key);
}

/* From the end, since a later entry replaces an earlier one. */
uint32_t tw_pickle_find(const tw_pickle *pickle, uint32_t dict, const char *key) {
    const tw_pickle_value *value = tw_pickle_at(pickle, dict);
    if (value->kind != TW_PICKLE_DICT)
        return TW_PICKLE_MISSING;
    for (uint32_t i = value->count; i >= 2; i -= 2)
        if (is_key(pickle, value->as.list.items[i - 2], key))
            return value->as.list.items[i - 1];
    return TW_PICKLE_MISSING;
}

uint32_t tw_pickle_item(const tw_pickle *pickle, uint32_t sequence, uint32_t count,
                        uint32_t index) {
    const tw_pickle_value *value = tw_pickle_at(pickle, sequence);
    if ((value->kind != TW_PICKLE_TUPLE && value->kind != TW_PICKLE_LIST) || value->count != count)
        return TW_PICKLE_MISSING;
    return value->as.list.items[index];
}
