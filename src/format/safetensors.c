/* safetensors.c: 8 bytes that give the length of a header, the header as JSON, the numbers:
 *     {"__metadata__": {...}, "NAME": {"dtype": "F32", "shape": [...], "data_offsets": [a, b]},
 * ...} As in the format's own reader the tensors must fill the file without holes or overlaps. */
#include <stdlib.h>
#include <string.h>

#include "core/alloc.h"
#include "format/checkpoint_reader.h"
#include "format/input.h"
#include "format/json_pull.h"

enum { MOST_HEADER = 100000000 }; /* as in the format's own reader */
enum { MOST_WORDS = 2000 };

static const struct {
    const char *name, *dtype;
    tw_number number;
    size_t item; /* 0: not known */
} types[] = {
    {"F64", "float64", {'f', 8}, 8},    {"F32", "float32", {'f', 4}, 4},
    {"F16", "float16", {'f', 2}, 2},    {"BF16", "bfloat16", {'x', 2}, 2},
    {"I64", "int64", {'i', 8}, 8},      {"I32", "int32", {'i', 4}, 4},
    {"I16", "int16", {'i', 2}, 2},      {"I8", "int8", {'i', 1}, 1},
    {"U8", "uint8", {'u', 1}, 1},       {"U16", "uint16", {'u', 2}, 2},
    {"U32", "uint32", {'u', 4}, 4},     {"U64", "uint64", {'u', 8}, 8},
    {"BOOL", "bool", {'b', 1}, 1},      {"F8_E4M3", "float8_e4m3fn", {0}, 1},
    {"F8_E5M2", "float8_e5m2", {0}, 1}, {"F8_E8M0", "float8_e8m0fnu", {0}, 1},
    {"C64", "complex64", {0}, 8},       {"F4", "float4", {0}, 0},
    {"F6_E2M3", "float6", {0}, 0},      {"F6_E3M2", "float6", {0}, 0},
};

enum { TYPES = sizeof types / sizeof *types };

typedef struct range {
    uint64_t begin, end;
    size_t index;
} range;

typedef struct job {
    tw_checkpoint *checkpoint;
    tw_json_pull json;
    uint64_t data, size; /* where the numbers begin, and their bytes */
    range *ranges;
    size_t room;
} job;

/* ---- an entry ---- */

typedef struct entry {
    char *dtype;
    tw_checkpoint_tensor tensor;
    uint64_t begin, end;
    int has_shape, has_offsets;
} entry;

static tw_status take_shape(tw_json_pull *json, entry *e) {
    int first = 1;
    tw_json_pull_expect(json, '[');
    while (tw_json_pull_more(json, ']', &first)) {
        uint64_t length = tw_json_pull_whole(json);
        if (e->tensor.rank == TW_CHECKPOINT_RANK)
            return tw_fail(TW_ERR_FORMAT, "it has more than %d axes", TW_CHECKPOINT_RANK);
        e->tensor.shape[e->tensor.rank++] = (size_t)length;
    }
    return TW_OK;
}

static void take_offsets(tw_json_pull *json, entry *e) {
    tw_json_pull_expect(json, '[');
    e->begin = tw_json_pull_whole(json);
    tw_json_pull_expect(json, ',');
    e->end = tw_json_pull_whole(json);
    tw_json_pull_expect(json, ']');
}

static tw_status take_field(tw_json_pull *json, const char *key, entry *e) {
    if (strcmp(key, "dtype") == 0 && e->dtype == NULL)
        e->dtype = tw_json_pull_string(json);
    else if (strcmp(key, "shape") == 0 && !e->has_shape++)
        return take_shape(json, e);
    else if (strcmp(key, "data_offsets") == 0 && !e->has_offsets++)
        take_offsets(json, e);
    else
        return tw_fail(TW_ERR_FORMAT, "its entry has a field '%.40s' that is not known, or twice",
                       key);
    return TW_OK;
}

static tw_status take_entry(tw_json_pull *json, entry *e) {
    tw_status status = TW_OK;
    int first = 1;
    tw_json_pull_expect(json, '{');
    while (status == TW_OK && tw_json_pull_more(json, '}', &first)) {
        char *key = tw_json_pull_string(json);
        tw_json_pull_expect(json, ':');
        if (json->fault == NULL)
            status = take_field(json, key, e);
        free(key);
    }
    if (status == TW_OK && json->fault == NULL &&
        (e->dtype == NULL || !e->has_shape || !e->has_offsets))
        status = tw_fail(TW_ERR_FORMAT, "its entry lacks dtype, shape or data_offsets");
    return status;
}

static size_t find_type(const char *name) {
    size_t k = 0;
    while (k < TYPES && strcmp(types[k].name, name) != 0)
        k++;
    return k;
}

/* The bytes must be those of the shape, and in the file. */
static tw_status check_entry(const job *j, entry *e) {
    size_t type = find_type(e->dtype);
    uint64_t bytes = 1;
    if (type == TYPES)
        return tw_fail(TW_ERR_FORMAT, "its type '%.20s' is not known", e->dtype);
    e->tensor.dtype = types[type].dtype;
    e->tensor.number = types[type].number;
    int fits = e->begin <= e->end && e->end <= j->size;
    if (!fits)
        return tw_fail(TW_ERR_FORMAT,
                       "its data_offsets [%llu, %llu] do not lie in the %llu bytes of the file's "
                       "numbers: it is cut short or damaged",
                       (unsigned long long)e->begin, (unsigned long long)e->end,
                       (unsigned long long)j->size);
    for (int k = 0; fits && k < e->tensor.rank; k++)
        fits = !__builtin_mul_overflow(bytes, (uint64_t)e->tensor.shape[k], &bytes);
    fits = fits && !__builtin_mul_overflow(bytes, (uint64_t)types[type].item, &bytes);
    if (types[type].item > 0 && (!fits || bytes != e->end - e->begin))
        return tw_fail(TW_ERR_FORMAT,
                       "its shape does not go with the %llu bytes that data_offsets give it",
                       (unsigned long long)(e->end - e->begin));
    return TW_OK;
}

static tw_status keep_range(job *j, const entry *e) {
    size_t count = j->checkpoint->count;
    if (count >= j->room) {
        size_t room = j->room > 0 ? 2 * j->room : 64;
        range *grown = reallocarray(j->ranges, room, sizeof *grown);
        if (grown == NULL)
            return tw_fail(TW_ERR_MEMORY, "not enough memory for %zu tensors", room);
        j->ranges = grown;
        j->room = room;
    }
    j->ranges[count] = (range){e->begin, e->end, count};
    return TW_OK;
}

static tw_status add_entry(job *j, const char *name) {
    entry e = {0};
    tw_status status = take_entry(&j->json, &e);
    if (status == TW_OK && j->json.fault == NULL)
        status = check_entry(j, &e);
    if (status != TW_OK)
        status = tw_fail_prefix(status, "tensor '%.80s'", name);
    else if (j->json.fault == NULL) {
        tw_checkpoint_rows(&e.tensor);
        e.tensor.at = j->data + e.begin;
        status = keep_range(j, &e);
        if (status == TW_OK)
            status = tw_checkpoint_add(j->checkpoint, name, &e.tensor, UINT64_MAX);
    }
    free(e.dtype);
    return status;
}

/* ---- the file ---- */

static int by_place(const void *a, const void *b) {
    const range *x = a, *y = b;
    if (x->begin != y->begin)
        return x->begin < y->begin ? -1 : 1;
    return (x->end > y->end) - (x->end < y->end);
}

static tw_status check_ranges(const job *j) {
    size_t count = j->checkpoint->count;
    uint64_t end = 0;
    if (count > 0)
        qsort(j->ranges, count, sizeof *j->ranges, by_place);
    for (size_t k = 0; k < count; k++) {
        const char *name = j->checkpoint->tensors[j->ranges[k].index].stored;
        if (j->ranges[k].begin != end)
            return tw_fail(TW_ERR_FORMAT, "tensor '%.80s' %s: the file is damaged", name,
                           j->ranges[k].begin < end ? "overlaps another"
                                                    : "leaves a hole before it");
        end = j->ranges[k].end;
    }
    return end == j->size
               ? TW_OK
               : tw_fail(TW_ERR_FORMAT, "%llu bytes behind the last tensor: the file is damaged",
                         (unsigned long long)(j->size - end));
}

/* Texts by their keys. */
static tw_status take_words(job *j) {
    tw_json_pull *json = &j->json;
    tw_status status = TW_OK;
    int first = 1;
    tw_json_pull_expect(json, '{');
    while (status == TW_OK && tw_json_pull_more(json, '}', &first)) {
        char *key = tw_json_pull_string(json);
        tw_json_pull_expect(json, ':');
        char *text = tw_json_pull_string(json);
        if (json->fault != NULL)
            free(key); /* and there is no text */
        else if (j->checkpoint->word_count >= MOST_WORDS)
            status = tw_fail(TW_ERR_FORMAT, "more than %d words in __metadata__", MOST_WORDS / 2);
        if (json->fault == NULL && status == TW_OK)
            status = tw_checkpoint_add_word(j->checkpoint, key, text);
        else if (json->fault == NULL) {
            free(key);
            free(text);
        }
    }
    return status;
}

static tw_status read_header(job *j) {
    tw_json_pull *json = &j->json;
    tw_status status = TW_OK;
    int first = 1;
    tw_json_pull_expect(json, '{');
    while (status == TW_OK && tw_json_pull_more(json, '}', &first)) {
        char *name = tw_json_pull_string(json);
        tw_json_pull_expect(json, ':');
        if (json->fault == NULL && strcmp(name, "__metadata__") == 0)
            status = take_words(j);
        else if (json->fault == NULL)
            status = add_entry(j, name);
        free(name);
    }
    if (status == TW_OK)
        tw_json_pull_end(json);
    if (status == TW_OK && json->fault != NULL)
        status = tw_fail(TW_ERR_FORMAT, "the header is no JSON at byte %zu: %s", 8 + json->position,
                         json->fault);
    return status == TW_OK ? check_ranges(j) : status;
}

static int is_safetensors(const tw_checkpoint *checkpoint) {
    return checkpoint->size >= 10 && checkpoint->head[8] == '{' &&
           (checkpoint->head[9] == '"' || checkpoint->head[9] == '}' ||
            checkpoint->head[9] == ' ' || checkpoint->head[9] == '\n');
}

static tw_status open_safetensors(tw_checkpoint *checkpoint) {
    uint64_t length = 0;
    uint8_t *header = NULL;
    for (int k = 7; k >= 0; k--)
        length = length << 8 | checkpoint->head[k];
    checkpoint->kind = "safetensors file";
    if (length > checkpoint->size - 8 || length > MOST_HEADER)
        return tw_fail(TW_ERR_FORMAT,
                       "the length of its header, %llu bytes, does not fit a file of %llu: it is "
                       "cut short or damaged",
                       (unsigned long long)length, (unsigned long long)checkpoint->size);
    tw_status status = tw_checkpoint_block(checkpoint, (size_t)length, &header);
    if (status == TW_OK)
        status = tw_read_at(checkpoint->descriptor, 8, header, (size_t)length);
    if (status != TW_OK)
        return status;
    job j = {.checkpoint = checkpoint,
             .json = {.text = (const char *)header, .size = (size_t)length},
             .data = 8 + length,
             .size = checkpoint->size - 8 - length};
    status = read_header(&j);
    free(j.ranges);
    return status;
}

const tw_checkpoint_reader tw_safetensors_reader = {.is = is_safetensors, .open = open_safetensors};
