#include "format/tensor.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "core/alloc.h"

/* ---- opening ---- */

static char *make_name(const char *path, const char *member) {
    if (member == NULL)
        return tw_strdup(path);
    size_t size = strlen(path) + strlen(member) + 2;
    char *name = malloc(size);
    if (name != NULL)
        snprintf(name, size, "%s:%s", path, member);
    return name;
}

static tw_status open_input(tw_tensor *tensor, const char *path, const char *member) {
    *tensor = TW_TENSOR_CLOSED;
    tensor->path = tw_strdup(path);
    tensor->name = make_name(path, member);
    if (tensor->path == NULL || tensor->name == NULL)
        return tw_fail(TW_ERR_MEMORY, "not enough memory to read '%s'", path);
    if (member == NULL)
        return tw_input_open(&tensor->input, tensor->path);
    return tw_input_open_member(&tensor->input, tensor->path, member, tensor->name);
}

/* So that a wrong shape is an error of the file and not a request for memory. */
static tw_status check_size(const tw_tensor *tensor) {
    size_t bytes;
    uint64_t left = tensor->input.bound - tensor->input.position;
    if (!__builtin_mul_overflow(tensor->count, tensor->number.item, &bytes) && bytes <= left)
        return TW_OK;
    return tw_fail(TW_ERR_FORMAT,
                   "'%s': the header declares %zu numbers of %zu bytes, but at most %llu bytes "
                   "follow: it is cut short or damaged",
                   tensor->name, tensor->count, tensor->number.item, (unsigned long long)left);
}

/* The messages of the header's parser do not know the file. */
static tw_status named(const tw_tensor *tensor, tw_status status) {
    return status == TW_OK ? status : tw_fail_prefix(status, "'%s'", tensor->name);
}

static tw_status read_npy_header(tw_tensor *tensor, int text) {
    uint8_t *bytes = malloc(TW_NPY_MAX_SIZE);
    if (bytes == NULL)
        return tw_fail(TW_ERR_MEMORY, "not enough memory for an npy header");
    size_t got = 0, size = 0;
    tw_npy_header header = {0};
    tw_status status = tw_input_read_some(&tensor->input, bytes, TW_NPY_PREFIX, &got);
    if (status == TW_OK)
        status = named(tensor, tw_npy_header_size(bytes, got, &size));
    if (status == TW_OK)
        status = tw_input_read(&tensor->input, bytes + got, size - got);
    if (status == TW_OK)
        status = named(tensor, tw_npy_header_parse(bytes, size, &header));
    if (status == TW_OK && !text)
        status = named(tensor, tw_npy_header_numbers(&header.number));
    if (status == TW_OK) {
        tensor->number = header.number;
        tensor->fortran = header.fortran;
        tensor->rank = header.rank;
        tensor->count = header.count;
        memcpy(tensor->shape, header.shape, sizeof header.shape);
        status = check_size(tensor);
    }
    free(bytes);
    return status;
}

/* Two zeros, a type, a rank, and the lengths as big-endian 32-bit numbers. */
static tw_status read_idx_header(tw_tensor *tensor) {
    uint8_t bytes[4 * (TW_TENSOR_RANK + 1)];
    tw_status status = tw_input_read(&tensor->input, bytes, 4);
    if (status != TW_OK)
        return status;
    static const struct {
        uint8_t code;
        tw_number number;
    } types[] = {{0x08, {'u', 1, 1}}, {0x09, {'i', 1, 1}}, {0x0b, {'i', 2, 1}},
                 {0x0c, {'i', 4, 1}}, {0x0d, {'f', 4, 1}}, {0x0e, {'f', 8, 1}}};
    for (size_t i = 0; i < sizeof types / sizeof *types; i++)
        if (types[i].code == bytes[2])
            tensor->number = types[i].number;
    tensor->rank = bytes[3];
    if (bytes[0] != 0 || bytes[1] != 0 || tensor->number.item == 0 || tensor->rank < 1 ||
        tensor->rank > TW_TENSOR_RANK)
        return tw_fail(TW_ERR_FORMAT, "'%s' does not begin as IDX files do", tensor->name);
    status = tw_input_read(&tensor->input, bytes + 4, 4 * (size_t)tensor->rank);
    tensor->count = 1;
    for (int i = 0; status == TW_OK && i < tensor->rank; i++) {
        const uint8_t *b = bytes + 4 + 4 * i;
        tensor->shape[i] = (size_t)b[0] << 24 | (size_t)b[1] << 16 | (size_t)b[2] << 8 | b[3];
        if (__builtin_mul_overflow(tensor->count, tensor->shape[i], &tensor->count))
            status =
                tw_fail(TW_ERR_FORMAT, "'%s': the shape is larger than any memory", tensor->name);
    }
    return status == TW_OK ? check_size(tensor) : status;
}

static tw_status open_npy(tw_tensor *tensor, const char *path, const char *member, int text) {
    tw_status status = open_input(tensor, path, member);
    if (status == TW_OK)
        status = read_npy_header(tensor, text);
    if (status != TW_OK)
        tw_tensor_close(tensor);
    return status;
}

tw_status tw_tensor_open_npy(tw_tensor *tensor, const char *path, const char *member) {
    return open_npy(tensor, path, member, 0);
}

tw_status tw_tensor_open_npy_labels(tw_tensor *tensor, const char *path, const char *member) {
    return open_npy(tensor, path, member, 1);
}

tw_status tw_tensor_open_npz(tw_tensor *tensor, const char *path) {
    *tensor = TW_TENSOR_CLOSED;
    tensor->path = tw_strdup(path);
    tw_status status = tensor->path != NULL
                           ? tw_input_open_members(&tensor->input, tensor->path)
                           : tw_fail(TW_ERR_MEMORY, "not enough memory to read '%s'", path);
    if (status != TW_OK)
        tw_tensor_close(tensor);
    return status;
}

/* Of "NAME.npy" the name, and "PATH:NAME.npy" for messages. */
static tw_status take_member(tw_tensor *tensor, const char *member, const char **name) {
    size_t length = strlen(member);
    free(tensor->name);
    tensor->name = make_name(tensor->path, member);
    free(tensor->member);
    tensor->member = tw_strdup(member);
    if (tensor->name == NULL || tensor->member == NULL)
        return tw_fail(TW_ERR_MEMORY, "not enough memory to read '%s'", tensor->path);
    tensor->input.name = tensor->name;
    tensor->member[length - 4] = '\0';
    *name = tensor->member;
    return TW_OK;
}

tw_status tw_tensor_next(tw_tensor *tensor, const char **name) {
    const char *member;
    tw_status status;
    size_t length = 0;
    do {
        tensor->input.name = tensor->path; /* of the archive's own mistakes */
        status = tw_input_next_member(&tensor->input, &member);
        length = status == TW_OK ? strlen(member) : 0;
    } while (status == TW_OK && (length < 5 || strcmp(member + length - 4, ".npy") != 0));
    return status == TW_OK ? take_member(tensor, member, name) : status;
}

tw_status tw_tensor_begin(tw_tensor *tensor) {
    return read_npy_header(tensor, 0);
}

tw_status tw_tensor_open_idx(tw_tensor *tensor, const char *path) {
    tw_status status = open_input(tensor, path, NULL);
    if (status == TW_OK)
        status = read_idx_header(tensor);
    if (status != TW_OK)
        tw_tensor_close(tensor);
    return status;
}

void tw_tensor_close(tw_tensor *tensor) {
    tw_input_close(&tensor->input);
    free(tensor->path);
    free(tensor->name);
    free(tensor->member);
    *tensor = TW_TENSOR_CLOSED;
}
