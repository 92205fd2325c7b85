/* pickle_opcodes.c: what each opcode does to the machine. */
#include <stdlib.h>
#include <string.h>

#include "format/pickle_machine.h"

/* ---- the file ---- */

static tw_status take(tw_pickle_machine *m, size_t count, const uint8_t **bytes) {
    *bytes = m->data + m->position;
    if (count > m->size - m->position)
        return tw_pickle_fail(m, "runs past the end of the file: it is cut short or damaged");
    m->position += count;
    return TW_OK;
}

static tw_status take_number(tw_pickle_machine *m, int size, uint64_t *out) {
    const uint8_t *bytes;
    tw_status status = take(m, (size_t)size, &bytes);
    if (status != TW_OK)
        return status;
    *out = 0;
    for (int i = 0; i < size; i++)
        *out |= (uint64_t)bytes[i] << (8 * i);
    return TW_OK;
}

/* Up to the newline, which is passed. */
static tw_status take_line(tw_pickle_machine *m, const uint8_t **line, size_t *length) {
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

static tw_status pop(tw_pickle_machine *m, uint32_t *index) {
    *index = 0;
    if (m->depth == 0 || m->stack[m->depth - 1] == TW_PICKLE_MARK)
        return tw_pickle_fail(m, "nothing on the stack");
    *index = m->stack[--m->depth];
    return TW_OK;
}

/* Removes everything above the last mark, and the mark. The items stay valid until the next push.
 */
static tw_status pop_to_mark(tw_pickle_machine *m, const uint32_t **items, size_t *count) {
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

static tw_status push_new(tw_pickle_machine *m, tw_pickle_value value) {
    uint32_t index;
    tw_status status = tw_pickle_new(m, (tw_pickle_kind)value.kind, &index);
    if (status != TW_OK)
        return status;
    m->pickle->values[index] = value;
    return tw_pickle_push(m, index);
}

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
    return pop_to_mark(m, &items, &count);
}

static tw_status do_dup(tw_pickle_machine *m, int parameter) {
    if (m->depth == 0)
        return tw_pickle_fail(m, "nothing on the stack");
    return tw_pickle_push(m, m->stack[m->depth - 1]);
}

static tw_status do_stop(tw_pickle_machine *m, int parameter) {
    m->stopped = 1;
    return pop(m, &m->pickle->root);
}

static tw_status do_proto(tw_pickle_machine *m, int parameter) {
    uint64_t protocol;
    tw_status status = take_number(m, 1, &protocol);
    if (status == TW_OK && protocol > 5)
        status = tw_pickle_fail(m, "protocol above 5");
    return status;
}

static tw_status do_frame(tw_pickle_machine *m, int parameter) {
    uint64_t length;
    return take_number(m, 8, &length);
}

/* ---- plain values ---- */

static tw_status do_none(tw_pickle_machine *m, int parameter) {
    return push_new(m, (tw_pickle_value){.kind = TW_PICKLE_NONE});
}

static tw_status do_boolean(tw_pickle_machine *m, int value) {
    return push_new(m, (tw_pickle_value){.kind = TW_PICKLE_INTEGER, .as.integer = value});
}

static tw_status do_integer(tw_pickle_machine *m, int size) {
    uint64_t bits;
    tw_status status = take_number(m, size, &bits);
    if (status != TW_OK)
        return status;
    int64_t value = size == 4 ? (int32_t)(uint32_t)bits : (int64_t)bits; /* only 4 has a sign */
    return push_new(m, (tw_pickle_value){.kind = TW_PICKLE_INTEGER, .as.integer = value});
}

/* A two's complement number of up to 255 bytes, of which 8 are enough for any data set. */
static tw_status do_long(tw_pickle_machine *m, int parameter) {
    uint64_t size, bits = 0;
    tw_status status = take_number(m, 1, &size);
    if (status == TW_OK && size > 8)
        status = tw_pickle_fail(m, "an integer of more than 64 bits");
    if (status == TW_OK)
        status = take_number(m, (int)size, &bits);
    if (status != TW_OK)
        return status;
    if (size > 0 && size < 8 && bits >> (8 * size - 1) != 0)
        bits |= UINT64_MAX << (8 * size);
    return push_new(m, (tw_pickle_value){.kind = TW_PICKLE_INTEGER, .as.integer = (int64_t)bits});
}

static tw_status do_real(tw_pickle_machine *m, int parameter) {
    const uint8_t *bytes;
    tw_status status = take(m, 8, &bytes);
    if (status != TW_OK)
        return status;
    uint64_t bits = 0; /* the one big-endian number of the format */
    for (int i = 0; i < 8; i++)
        bits = bits << 8 | bytes[i];
    tw_pickle_value value = {.kind = TW_PICKLE_REAL};
    memcpy(&value.as.real, &bits, sizeof bits);
    return push_new(m, value);
}

static tw_status push_text(tw_pickle_machine *m, tw_pickle_kind kind, int size) {
    uint64_t length;
    tw_status status = take_number(m, size, &length);
    if (status != TW_OK)
        return status;
    if (length > m->size - m->position)
        return tw_pickle_fail(m, "runs past the end of the file: it is cut short or damaged");
    tw_pickle_value value = {.kind = (uint8_t)kind};
    value.as.text.length = (size_t)length;
    status = take(m, (size_t)length, &value.as.text.data);
    return status == TW_OK ? push_new(m, value) : status;
}

static tw_status do_bytes(tw_pickle_machine *m, int size) {
    return push_text(m, TW_PICKLE_BYTES, size);
}

static tw_status do_text(tw_pickle_machine *m, int size) {
    return push_text(m, TW_PICKLE_TEXT, size);
}

/* ---- containers ---- */

static tw_status do_empty(tw_pickle_machine *m, int kind) {
    return push_new(m, (tw_pickle_value){.kind = (uint8_t)kind});
}

static tw_status do_marked(tw_pickle_machine *m, int kind) {
    const uint32_t *items = NULL;
    size_t count = 0;
    uint32_t index = 0;
    tw_status status = pop_to_mark(m, &items, &count);
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
        status = pop(m, &items[i]);
    if (status == TW_OK)
        status = tw_pickle_new(m, TW_PICKLE_TUPLE, &index);
    if (status == TW_OK)
        status = tw_pickle_append(m, index, items, (size_t)count);
    return status == TW_OK ? tw_pickle_push(m, index) : status;
}

/* Adds to the container that is now on top of the stack. */
static tw_status add(tw_pickle_machine *m, int kind, const uint32_t *items, size_t count) {
    if (m->depth == 0 || m->stack[m->depth - 1] == TW_PICKLE_MARK ||
        m->pickle->values[m->stack[m->depth - 1]].kind != kind)
        return tw_pickle_fail(m, kind == TW_PICKLE_LIST ? "there is no list to append to"
                                                        : "there is no dictionary to set");
    if (kind == TW_PICKLE_DICT && count % 2 != 0)
        return tw_pickle_fail(m, "a key without a value");
    return tw_pickle_append(m, m->stack[m->depth - 1], items, count);
}

static tw_status do_append(tw_pickle_machine *m, int parameter) {
    uint32_t item;
    tw_status status = pop(m, &item);
    return status == TW_OK ? add(m, TW_PICKLE_LIST, &item, 1) : status;
}

static tw_status do_setitem(tw_pickle_machine *m, int parameter) {
    uint32_t pair[2];
    tw_status status = pop(m, &pair[1]);
    if (status == TW_OK)
        status = pop(m, &pair[0]);
    return status == TW_OK ? add(m, TW_PICKLE_DICT, pair, 2) : status;
}

static tw_status do_extend(tw_pickle_machine *m, int kind) {
    const uint32_t *items = NULL;
    size_t count = 0;
    tw_status status = pop_to_mark(m, &items, &count);
    return status == TW_OK ? add(m, kind, items, count) : status;
}

/* ---- globals and objects ---- */

static tw_status push_global(tw_pickle_machine *m, const uint8_t *module, size_t module_length,
                             const uint8_t *name, size_t name_length) {
    for (const tw_pickle_global *g = m->globals; g->module != NULL; g++)
        if (strlen(g->module) == module_length && memcmp(g->module, module, module_length) == 0 &&
            strlen(g->name) == name_length && memcmp(g->name, name, name_length) == 0)
            return push_new(m, (tw_pickle_value){.kind = TW_PICKLE_GLOBAL, .count = g->number});
    char shown[81];
    size_t length = 0;
    for (size_t i = 0; i < module_length + 1 + name_length && length < sizeof shown - 1; i++) {
        uint8_t c = i < module_length    ? module[i]
                    : i == module_length ? '.'
                                         : name[i - module_length - 1];
        shown[length++] = c >= ' ' && c < 0x7f && c != '\'' ? (char)c : '?';
    }
    shown[length] = '\0';
    return tw_fail(TW_ERR_FORMAT,
                   "pickle global '%s' at byte %zu refused: only arrays and plain values are read, "
                   "nothing is executed",
                   shown, m->start);
}

static tw_status do_global(tw_pickle_machine *m, int parameter) {
    const uint8_t *module = NULL, *name = NULL;
    size_t module_length = 0, name_length = 0;
    tw_status status = take_line(m, &module, &module_length);
    if (status == TW_OK)
        status = take_line(m, &name, &name_length);
    return status == TW_OK ? push_global(m, module, module_length, name, name_length) : status;
}

static tw_status do_stack_global(tw_pickle_machine *m, int parameter) {
    uint32_t module, name;
    tw_status status = pop(m, &name);
    if (status == TW_OK)
        status = pop(m, &module);
    if (status != TW_OK)
        return status;
    const tw_pickle_value *a = &m->pickle->values[module], *b = &m->pickle->values[name];
    if (a->kind != TW_PICKLE_TEXT || b->kind != TW_PICKLE_TEXT)
        return tw_pickle_fail(m, "a global is named by two texts");
    return push_global(m, a->as.text.data, a->as.text.length, b->as.text.data, b->as.text.length);
}

static tw_status do_reduce(tw_pickle_machine *m, int parameter) {
    uint32_t arguments, callable;
    tw_status status = pop(m, &arguments);
    if (status == TW_OK)
        status = pop(m, &callable);
    if (status != TW_OK)
        return status;
    if (m->pickle->values[callable].kind != TW_PICKLE_GLOBAL ||
        m->pickle->values[arguments].kind != TW_PICKLE_TUPLE)
        return tw_pickle_fail(m, "needs a global and a tuple");
    tw_pickle_value value = {.kind = TW_PICKLE_OBJECT, .count = m->pickle->values[callable].count};
    value.as.object.arguments = arguments;
    value.as.object.state = TW_PICKLE_MISSING;
    return push_new(m, value);
}

static tw_status do_build(tw_pickle_machine *m, int parameter) {
    uint32_t state;
    tw_status status = pop(m, &state);
    if (status != TW_OK)
        return status;
    if (m->depth == 0 || m->stack[m->depth - 1] == TW_PICKLE_MARK ||
        m->pickle->values[m->stack[m->depth - 1]].kind != TW_PICKLE_OBJECT)
        return tw_pickle_fail(m, "there is no object to give a state");
    m->pickle->values[m->stack[m->depth - 1]].as.object.state = state;
    return TW_OK;
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
    tw_status status = take_number(m, size, &at);
    return status == TW_OK ? memo_store(m, at) : status;
}

static tw_status do_memoize(tw_pickle_machine *m, int parameter) {
    return memo_store(m, m->memoized);
}

static tw_status do_get(tw_pickle_machine *m, int size) {
    uint64_t at;
    tw_status status = take_number(m, size, &at);
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
    ['Q'] = {"BINPERSID", NULL, 0},
    ['R'] = {"REDUCE", do_reduce, 0},
    ['S'] = {"STRING", NULL, 0},
    ['T'] = {"BINSTRING", do_bytes, 4},
    ['U'] = {"SHORT_BINSTRING", do_bytes, 1},
    ['V'] = {"UNICODE", NULL, 0},
    ['X'] = {"BINUNICODE", do_text, 4},
    [']'] = {"EMPTY_LIST", do_empty, TW_PICKLE_LIST},
    ['a'] = {"APPEND", do_append, 0},
    ['b'] = {"BUILD", do_build, 0},
    ['c'] = {"GLOBAL", do_global, 0},
    ['d'] = {"DICT", do_marked, TW_PICKLE_DICT},
    ['e'] = {"APPENDS", do_extend, TW_PICKLE_LIST},
    ['g'] = {"GET", NULL, 0},
    ['h'] = {"BINGET", do_get, 1},
    ['i'] = {"INST", NULL, 0},
    ['j'] = {"LONG_BINGET", do_get, 4},
    ['l'] = {"LIST", do_marked, TW_PICKLE_LIST},
    ['o'] = {"OBJ", NULL, 0},
    ['p'] = {"PUT", NULL, 0},
    ['q'] = {"BINPUT", do_put, 1},
    ['r'] = {"LONG_BINPUT", do_put, 4},
    ['s'] = {"SETITEM", do_setitem, 0},
    ['t'] = {"TUPLE", do_marked, TW_PICKLE_TUPLE},
    ['u'] = {"SETITEMS", do_extend, TW_PICKLE_DICT},
    ['}'] = {"EMPTY_DICT", do_empty, TW_PICKLE_DICT},
    [')'] = {"EMPTY_TUPLE", do_empty, TW_PICKLE_TUPLE},
    [0x80] = {"PROTO", do_proto, 0},
    [0x81] = {"NEWOBJ", NULL, 0},
    [0x82] = {"EXT1", NULL, 0},
    [0x83] = {"EXT2", NULL, 0},
    [0x84] = {"EXT4", NULL, 0},
    [0x85] = {"TUPLE1", do_tuple, 1},
    [0x86] = {"TUPLE2", do_tuple, 2},
    [0x87] = {"TUPLE3", do_tuple, 3},
    [0x88] = {"NEWTRUE", do_boolean, 1},
    [0x89] = {"NEWFALSE", do_boolean, 0},
    [0x8a] = {"LONG1", do_long, 0},
    [0x8b] = {"LONG4", NULL, 0},
    [0x8c] = {"SHORT_BINUNICODE", do_text, 1},
    [0x8d] = {"BINUNICODE8", do_text, 8},
    [0x8e] = {"BINBYTES8", do_bytes, 8},
    [0x8f] = {"EMPTY_SET", NULL, 0},
    [0x90] = {"ADDITEMS", NULL, 0},
    [0x91] = {"FROZENSET", NULL, 0},
    [0x92] = {"NEWOBJ_EX", NULL, 0},
    [0x93] = {"STACK_GLOBAL", do_stack_global, 0},
    [0x94] = {"MEMOIZE", do_memoize, 0},
    [0x95] = {"FRAME", do_frame, 0},
    [0x96] = {"BYTEARRAY8", do_bytes, 8},
    [0x97] = {"NEXT_BUFFER", NULL, 0},
    [0x98] = {"READONLY_BUFFER", NULL, 0},
};
