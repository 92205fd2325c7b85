#include "format/pickle.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "format/pickle_machine.h"

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
        if (opcode->run == NULL || (opcode->any && m->globals != NULL))
            return tw_fail(TW_ERR_FORMAT,
                           "pickle opcode %s (0x%02x) at byte %zu refused: no %s needs it",
                           opcode->name != NULL ? opcode->name : "unknown", code, m->start,
                           m->globals != NULL ? "data set" : "checkpoint");
        tw_status status = opcode->run(m, opcode->parameter);
        if (status != TW_OK)
            return status;
    }
    return TW_OK;
}

static tw_status read(tw_pickle_machine *machine) {
    memset(machine->pickle, 0, sizeof *machine->pickle);
    tw_status status = run(machine);
    free(machine->stack);
    free(machine->memo);
    if (status != TW_OK)
        tw_pickle_release(machine->pickle);
    return status;
}

tw_status tw_pickle_read(const uint8_t *data, size_t size, const tw_pickle_global *globals,
                         tw_pickle *out) {
    return read(
        &(tw_pickle_machine){.data = data, .size = size, .globals = globals, .pickle = out});
}

tw_status tw_pickle_read_any(const uint8_t *data, size_t size, tw_pickle *out, size_t *used) {
    tw_pickle_machine machine = {.data = data, .size = size, .pickle = out};
    tw_status status = read(&machine);
    *used = machine.position;
    return status;
}

/* ---- access ---- */

const tw_pickle_value *tw_pickle_at(const tw_pickle *pickle, uint32_t index) {
    static const tw_pickle_value none = {.kind = TW_PICKLE_NONE};
    return index < pickle->count ? &pickle->values[index] : &none;
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

/* The global that a value is, or that an object is of. Old checkpoints keep classes outside the
 * pickle, with their source text: ("module", CLASS, file, source). */
static const tw_pickle_value *global_of(const tw_pickle *pickle, uint32_t index) {
    const tw_pickle_value *value = tw_pickle_at(pickle, index);
    if (value->kind == TW_PICKLE_OBJECT)
        value = tw_pickle_at(pickle, value->as.object.callable);
    if (value->kind == TW_PICKLE_STORED)
        value = tw_pickle_at(pickle, tw_pickle_item(pickle, value->as.object.arguments, 4, 1));
    return value;
}

int tw_pickle_is_global(const tw_pickle *pickle, uint32_t index, const char *module,
                        const char *name) {
    const tw_pickle_value *global = global_of(pickle, index);
    return global->kind == TW_PICKLE_GLOBAL &&
           tw_pickle_is_text(tw_pickle_at(pickle, global->as.global.module), module) &&
           tw_pickle_is_text(tw_pickle_at(pickle, global->as.global.name), name);
}

const char *tw_pickle_name(const tw_pickle *pickle, uint32_t index, char text[TW_PICKLE_NAME]) {
    const tw_pickle_value *global = global_of(pickle, index);
    if (global->kind != TW_PICKLE_GLOBAL) {
        snprintf(text, TW_PICKLE_NAME, "an unnamed class");
        return text;
    }
    tw_pickle_show(tw_pickle_at(pickle, global->as.global.module), text, TW_PICKLE_NAME / 2);
    size_t length = strlen(text);
    text[length] = '.';
    tw_pickle_show(tw_pickle_at(pickle, global->as.global.name), text + length + 1,
                   TW_PICKLE_NAME - length - 1);
    return text;
}
