/* pickle_opcodes.c: what each opcode does to the machine. */
#include <stdlib.h>
#include <string.h>

#include "format/pickle_machine.h"

/* ---- the stack ---- */

static tw_status do_mark(tw_pickle_machine *m, int parameter) {
    return tw_pickle_push(m, TW_PICKLE_MARK);
}

static tw_status do_pop(tw_pickle_machine *m, int parameter) {
    if (m->depth == 0)
        return tw_pickle_fail(m, "nothing on the stack");
    m->depth--;
    return TW_OK;
}

static tw_status do_pop_mark(tw_pickle_machine *m, int parameter) {
    const uint32_t *items = NULL;
    size_t count = 0;
    return tw_pickle_pop_to_mark(m, &items, &count);
}

static tw_status do_dup(tw_pickle_machine *m, int parameter) {
    if (m->depth == 0)
        return tw_pickle_fail(m, "nothing on the stack");
    return tw_pickle_push(m, m->stack[m->depth - 1]);
}

static tw_status do_stop(tw_pickle_machine *m, int parameter) {
    m->stopped = 1;
    return tw_pickle_pop(m, &m->pickle->root);
}

static tw_status do_proto(tw_pickle_machine *m, int parameter) {
    uint64_t protocol;
    tw_status status = tw_pickle_take_number(m, 1, &protocol);
    if (status == TW_OK && protocol > 5)
        status = tw_pickle_fail(m, "protocol above 5");
    return status;
}

static tw_status do_frame(tw_pickle_machine *m, int parameter) {
    uint64_t length;
    return tw_pickle_take_number(m, 8, &length);
}

/* ---- plain values ---- */

static tw_status do_none(tw_pickle_machine *m, int parameter) {
    return tw_pickle_push_new(m, (tw_pickle_value){.kind = TW_PICKLE_NONE});
}

static tw_status do_boolean(tw_pickle_machine *m, int value) {
    return tw_pickle_push_new(m, (tw_pickle_value){.kind = TW_PICKLE_INTEGER, .as.integer = value});
}

static tw_status do_integer(tw_pickle_machine *m, int size) {
    uint64_t bits;
    tw_status status = tw_pickle_take_number(m, size, &bits);
    if (status != TW_OK)
        return status;
    int64_t value = size == 4 ? (int32_t)(uint32_t)bits : (int64_t)bits; /* only 4 has a sign */
    return tw_pickle_push_new(m, (tw_pickle_value){.kind = TW_PICKLE_INTEGER, .as.integer = value});
}

/* A two's complement number: 8 bytes are enough for any data set, and what checkpoints keep in more
 * (the state of a generator) is no weight. */
static tw_status do_long(tw_pickle_machine *m, int width) {
    uint64_t size, bits = 0;
    const uint8_t *bytes;
    tw_status status = tw_pickle_take_number(m, width, &size);
    if (status == TW_OK && size > 8 && m->globals == NULL) {
        status = tw_pickle_take(m, (size_t)size, &bytes);
        return status == TW_OK ? do_none(m, 0) : status;
    }
    if (status == TW_OK && size > 8)
        status = tw_pickle_fail(m, "an integer of more than 64 bits");
    if (status == TW_OK)
        status = tw_pickle_take_number(m, (int)size, &bits);
    if (status != TW_OK)
        return status;
    if (size > 0 && size < 8 && bits >> (8 * size - 1) != 0)
        bits |= UINT64_MAX << (8 * size);
    return tw_pickle_push_new(
        m, (tw_pickle_value){.kind = TW_PICKLE_INTEGER, .as.integer = (int64_t)bits});
}

static tw_status do_real(tw_pickle_machine *m, int parameter) {
    const uint8_t *bytes;
    tw_status status = tw_pickle_take(m, 8, &bytes);
    if (status != TW_OK)
        return status;
    uint64_t bits = 0; /* the one big-endian number of the format */
    for (int i = 0; i < 8; i++)
        bits = bits << 8 | bytes[i];
    tw_pickle_value value = {.kind = TW_PICKLE_REAL};
    memcpy(&value.as.real, &bits, sizeof bits);
    return tw_pickle_push_new(m, value);
}

static tw_status push_text(tw_pickle_machine *m, tw_pickle_kind kind, int size) {
    uint64_t length;
    tw_status status = tw_pickle_take_number(m, size, &length);
    if (status != TW_OK)
        return status;
    if (length > m->size - m->position)
        return tw_pickle_fail(m, "runs past the end of the file: it is cut short or damaged");
    tw_pickle_value value = {.kind = (uint8_t)kind};
    value.as.text.length = (size_t)length;
    status = tw_pickle_take(m, (size_t)length, &value.as.text.data);
    return status == TW_OK ? tw_pickle_push_new(m, value) : status;
}

static tw_status do_bytes(tw_pickle_machine *m, int size) {
    return push_text(m, TW_PICKLE_BYTES, size);
}

static tw_status do_text(tw_pickle_machine *m, int size) {
    return push_text(m, TW_PICKLE_TEXT, size);
}

/* ---- containers ---- */

static tw_status do_empty(tw_pickle_machine *m, int kind) {
    return tw_pickle_push_new(m, (tw_pickle_value){.kind = (uint8_t)kind});
}

static tw_status do_marked(tw_pickle_machine *m, int kind) {
    const uint32_t *items = NULL;
    size_t count = 0;
    uint32_t index = 0;
    tw_status status = tw_pickle_pop_to_mark(m, &items, &count);
    if (status == TW_OK && kind == TW_PICKLE_DICT && count % 2 != 0)
        status = tw_pickle_fail(m, "a key without a value");
    if (status == TW_OK)
        status = tw_pickle_new(m, (tw_pickle_kind)kind, &index);
    if (status == TW_OK)
        status = tw_pickle_append(m, index, items, count);
    return status == TW_OK ? tw_pickle_push(m, index) : status;
}

static tw_status do_tuple(tw_pickle_machine *m, int count) {
    uint32_t items[3], index = 0;
    tw_status status = TW_OK;
    for (int i = count - 1; status == TW_OK && i >= 0; i--)
        status = tw_pickle_pop(m, &items[i]);
    if (status == TW_OK)
        status = tw_pickle_new(m, TW_PICKLE_TUPLE, &index);
    if (status == TW_OK)
        status = tw_pickle_append(m, index, items, (size_t)count);
    return status == TW_OK ? tw_pickle_push(m, index) : status;
}

/* Adds to the container that is now on top of the stack. */
static tw_status add(tw_pickle_machine *m, int kind, const uint32_t *items, size_t count) {
    uint32_t top = m->depth > 0 ? m->stack[m->depth - 1] : TW_PICKLE_MARK;
    tw_status status = TW_OK;
    if (m->globals == NULL && top != TW_PICKLE_MARK &&
        m->pickle->values[top].kind == TW_PICKLE_OBJECT)
        status = tw_pickle_object_items(m, top, (tw_pickle_kind)kind, &top);
    if (status != TW_OK)
        return status;
    if (top == TW_PICKLE_MARK || m->pickle->values[top].kind != kind)
        return tw_pickle_fail(m, kind == TW_PICKLE_LIST ? "there is no list to append to"
                                                        : "there is no dictionary to set");
    if (kind == TW_PICKLE_DICT && count % 2 != 0)
        return tw_pickle_fail(m, "a key without a value");
    return tw_pickle_append(m, top, items, count);
}

static tw_status do_append(tw_pickle_machine *m, int parameter) {
    uint32_t item;
    tw_status status = tw_pickle_pop(m, &item);
    return status == TW_OK ? add(m, TW_PICKLE_LIST, &item, 1) : status;
}

static tw_status do_setitem(tw_pickle_machine *m, int parameter) {
    uint32_t pair[2];
    tw_status status = tw_pickle_pop(m, &pair[1]);
    if (status == TW_OK)
        status = tw_pickle_pop(m, &pair[0]);
    return status == TW_OK ? add(m, TW_PICKLE_DICT, pair, 2) : status;
}

static tw_status do_extend(tw_pickle_machine *m, int kind) {
    const uint32_t *items = NULL;
    size_t count = 0;
    tw_status status = tw_pickle_pop_to_mark(m, &items, &count);
    return status == TW_OK ? add(m, kind, items, count) : status;
}

/* ---- the memo ---- */

static tw_status memo_store(tw_pickle_machine *m, uint64_t at) {
    if (m->depth == 0 || m->stack[m->depth - 1] == TW_PICKLE_MARK)
        return tw_pickle_fail(m, "nothing on the stack");
    if (at >= TW_PICKLE_MAX_VALUES)
        return tw_pickle_fail(m, "the memo is too large for a data set");
    if (at >= m->memo_size) {
        size_t size = at < 128 ? 256 : 2 * (size_t)at;
        uint32_t *grown = realloc(m->memo, size * sizeof *grown);
        if (grown == NULL)
            return tw_fail(TW_ERR_MEMORY, "not enough memory for a pickle");
        memset(grown + m->memo_size, 0xff, (size - m->memo_size) * sizeof *grown);
        m->memo = grown;
        m->memo_size = size;
    }
    m->memoized += m->memo[at] == TW_PICKLE_MISSING;
    m->memo[at] = m->stack[m->depth - 1];
    return TW_OK;
}

static tw_status do_put(tw_pickle_machine *m, int size) {
    uint64_t at;
    tw_status status = tw_pickle_take_number(m, size, &at);
    return status == TW_OK ? memo_store(m, at) : status;
}

static tw_status do_memoize(tw_pickle_machine *m, int parameter) {
    return memo_store(m, m->memoized);
}

static tw_status do_get(tw_pickle_machine *m, int size) {
    uint64_t at;
    tw_status status = tw_pickle_take_number(m, size, &at);
    if (status != TW_OK)
        return status;
    if (at >= m->memo_size || m->memo[at] == TW_PICKLE_MISSING)
        return tw_pickle_fail(m, "nothing was stored under that number");
    return tw_pickle_push(m, m->memo[at]);
}

/* ---- the table ---- */

const tw_pickle_opcode tw_pickle_opcodes[256] = {
    ['('] = {"MARK", do_mark, 0},
    ['.'] = {"STOP", do_stop, 0},
    ['0'] = {"POP", do_pop, 0},
    ['1'] = {"POP_MARK", do_pop_mark, 0},
    ['2'] = {"DUP", do_dup, 0},
    ['B'] = {"BINBYTES", do_bytes, 4},
    ['C'] = {"SHORT_BINBYTES", do_bytes, 1},
    ['F'] = {"FLOAT", NULL, 0},
    ['G'] = {"BINFLOAT", do_real, 0},
    ['I'] = {"INT", NULL, 0},
    ['J'] = {"BININT", do_integer, 4},
    ['K'] = {"BININT1", do_integer, 1},
    ['L'] = {"LONG", NULL, 0},
    ['M'] = {"BININT2", do_integer, 2},
    ['N'] = {"NONE", do_none, 0},
    ['P'] = {"PERSID", NULL, 0},
    ['Q'] = {"BINPERSID", tw_pickle_do_stored, 0, 1},
    ['R'] = {"REDUCE", tw_pickle_do_reduce, 0},
    ['S'] = {"STRING", NULL, 0},
    ['T'] = {"BINSTRING", do_bytes, 4},
    ['U'] = {"SHORT_BINSTRING", do_bytes, 1},
    ['V'] = {"UNICODE", NULL, 0},
    ['X'] = {"BINUNICODE", do_text, 4},
    [']'] = {"EMPTY_LIST", do_empty, TW_PICKLE_LIST},
    ['a'] = {"APPEND", do_append, 0},
    ['b'] = {"BUILD", tw_pickle_do_build, 0},
    ['c'] = {"GLOBAL", tw_pickle_do_global, 0},
    ['d'] = {"DICT", do_marked, TW_PICKLE_DICT},
    ['e'] = {"APPENDS", do_extend, TW_PICKLE_LIST},
    ['g'] = {"GET", NULL, 0},
    ['h'] = {"BINGET", do_get, 1},
    ['i'] = {"INST", NULL, 0},
    ['j'] = {"LONG_BINGET", do_get, 4},
    ['l'] = {"LIST", do_marked, TW_PICKLE_LIST},
    ['o'] = {"OBJ", tw_pickle_do_obj, 0, 1},
    ['p'] = {"PUT", NULL, 0},
    ['q'] = {"BINPUT", do_put, 1},
    ['r'] = {"LONG_BINPUT", do_put, 4},
    ['s'] = {"SETITEM", do_setitem, 0},
    ['t'] = {"TUPLE", do_marked, TW_PICKLE_TUPLE},
    ['u'] = {"SETITEMS", do_extend, TW_PICKLE_DICT},
    ['}'] = {"EMPTY_DICT", do_empty, TW_PICKLE_DICT},
    [')'] = {"EMPTY_TUPLE", do_empty, TW_PICKLE_TUPLE},
    [0x80] = {"PROTO", do_proto, 0},
    [0x81] = {"NEWOBJ", tw_pickle_do_reduce, 0, 1},
    [0x82] = {"EXT1", NULL, 0},
    [0x83] = {"EXT2", NULL, 0},
    [0x84] = {"EXT4", NULL, 0},
    [0x85] = {"TUPLE1", do_tuple, 1},
    [0x86] = {"TUPLE2", do_tuple, 2},
    [0x87] = {"TUPLE3", do_tuple, 3},
    [0x88] = {"NEWTRUE", do_boolean, 1},
    [0x89] = {"NEWFALSE", do_boolean, 0},
    [0x8a] = {"LONG1", do_long, 1},
    [0x8b] = {"LONG4", do_long, 4, 1},
    [0x8c] = {"SHORT_BINUNICODE", do_text, 1},
    [0x8d] = {"BINUNICODE8", do_text, 8},
    [0x8e] = {"BINBYTES8", do_bytes, 8},
    [0x8f] = {"EMPTY_SET", do_empty, TW_PICKLE_LIST, 1},
    [0x90] = {"ADDITEMS", do_extend, TW_PICKLE_LIST, 1},
    [0x91] = {"FROZENSET", do_marked, TW_PICKLE_LIST, 1},
    [0x92] = {"NEWOBJ_EX", tw_pickle_do_reduce, 1, 1},
    [0x93] = {"STACK_GLOBAL", tw_pickle_do_stack_global, 0},
    [0x94] = {"MEMOIZE", do_memoize, 0},
    [0x95] = {"FRAME", do_frame, 0},
    [0x96] = {"BYTEARRAY8", do_bytes, 8},
    [0x97] = {"NEXT_BUFFER", NULL, 0},
    [0x98] = {"READONLY_BUFFER", NULL, 0},
};
