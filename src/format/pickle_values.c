/* pickle_values.c: what opcodes do to the machine: make values, push them, append to lists, take
 * bytes of the file. */
#include <stdlib.h>
#include <string.h>

#include "format/pickle_machine.h"

int tw_pickle_is_text(const tw_pickle_value *value, const char *text) {
    return (value->kind == TW_PICKLE_TEXT || value->kind == TW_PICKLE_BYTES) &&
           value->as.text.length == strlen(text) &&
           memcmp(value->as.text.data, text, value->as.text.length) == 0;
}

void tw_pickle_show(const tw_pickle_value *value, char *text, size_t room) {
    int is_text = value->kind == TW_PICKLE_TEXT || value->kind == TW_PICKLE_BYTES;
    size_t length = 0;
    for (size_t i = 0; is_text && i < value->as.text.length && length < room - 1; i++) {
        uint8_t c = value->as.text.data[i];
        text[length++] = c >= ' ' && c < 0x7f && c != '\'' ? (char)c : '?';
    }
    text[length] = '\0';
}

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

/* ---- the file ---- */

tw_status tw_pickle_take(tw_pickle_machine *m, size_t count, const uint8_t **bytes) {
    *bytes = m->data + m->position;
    if (count > m->size - m->position)
        return tw_pickle_fail(m, "runs past the end of the file: it is cut short or damaged");
    m->position += count;
    return TW_OK;
}

tw_status tw_pickle_take_number(tw_pickle_machine *m, int size, uint64_t *out) {
    const uint8_t *bytes;
    tw_status status = tw_pickle_take(m, (size_t)size, &bytes);
    if (status != TW_OK)
        return status;
    *out = 0;
    for (int i = 0; i < size; i++)
        *out |= (uint64_t)bytes[i] << (8 * i);
    return TW_OK;
}

tw_status tw_pickle_take_line(tw_pickle_machine *m, const uint8_t **line, size_t *length) {
    const uint8_t *from = m->data + m->position;
    const uint8_t *end = memchr(from, '\n', m->size - m->position);
    if (end == NULL)
        return tw_pickle_fail(m, "runs past the end of the file: it is cut short or damaged");
    *line = from;
    *length = (size_t)(end - from);
    m->position += *length + 1;
    return TW_OK;
}

/* ---- the stack ---- */

tw_status tw_pickle_pop(tw_pickle_machine *m, uint32_t *index) {
    *index = 0;
    if (m->depth == 0 || m->stack[m->depth - 1] == TW_PICKLE_MARK)
        return tw_pickle_fail(m, "nothing on the stack");
    *index = m->stack[--m->depth];
    return TW_OK;
}

tw_status tw_pickle_pop_to_mark(tw_pickle_machine *m, const uint32_t **items, size_t *count) {
    size_t bottom = m->depth;
    while (bottom > 0 && m->stack[bottom - 1] != TW_PICKLE_MARK)
        bottom--;
    if (bottom == 0)
        return tw_pickle_fail(m, "no mark on the stack");
    *items = m->stack + bottom;
    *count = m->depth - bottom;
    m->depth = bottom - 1;
    return TW_OK;
}

tw_status tw_pickle_push_new(tw_pickle_machine *m, tw_pickle_value value) {
    uint32_t index = 0;
    tw_status status = tw_pickle_new(m, (tw_pickle_kind)value.kind, &index);
    if (status != TW_OK)
        return status;
    m->pickle->values[index] = value;
    return tw_pickle_push(m, index);
}
