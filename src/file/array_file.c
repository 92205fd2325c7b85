/* array_file.c: NumPy's arrays in and out. The format is read by format/tensor.c; here it becomes
 * doubles in C order. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "core/alloc.h"
#include "file/file_kind.h"
#include "file/file_tensors.h"
#include "file/npy_write.h"
#include "file/output_file.h"
#include "format/foreign.h"
#include "format/npz_names.h"
#include "format/tensor.h"
#include "thalweg/file.h"

/* Fortran order to C order: the first index runs fastest in `from`. */
static void to_c_order(const tw_array *array, const double *from, double *to) {
    size_t index[TW_ARRAY_RANK] = {0};
    for (size_t k = 0; k < array->count; k++) {
        size_t at = 0;
        for (int axis = 0; axis < array->rank; axis++)
            at = at * array->shape[axis] + index[axis];
        to[at] = from[k];
        for (int axis = 0; axis < array->rank && ++index[axis] == array->shape[axis]; axis++)
            index[axis] = 0;
    }
}

static tw_status read_numbers(tw_tensor *tensor, double *out) {
    enum { CHUNK = 1 << 14 };
    size_t item = tensor->number.item;
    uint8_t *buffer = tw_alloc_raw(CHUNK, item);
    if (buffer == NULL)
        return tw_fail(TW_ERR_MEMORY, "not enough memory to read '%s'", tensor->name);
    tw_status status = TW_OK;
    for (size_t k = 0; k < tensor->count && status == TW_OK; k += CHUNK) {
        size_t count = tensor->count - k < CHUNK ? tensor->count - k : CHUNK;
        status = tw_input_read(&tensor->input, buffer, count * item);
        if (status == TW_OK)
            tw_number_doubles(&tensor->number, buffer, count, out + k);
    }
    free(buffer);
    return status == TW_OK ? tw_input_expect_end(&tensor->input) : status;
}

static tw_status take_tensor(tw_tensor *tensor, tw_array *out) {
    out->rank = tensor->rank;
    out->count = tensor->count;
    memcpy(out->shape, tensor->shape, sizeof out->shape);
    out->values = tw_alloc(out->count, sizeof(double));
    double *scratch =
        tensor->fortran && tensor->rank > 1 ? tw_alloc(out->count, sizeof(double)) : NULL;
    tw_status status = TW_OK;
    if (out->values == NULL || (tensor->fortran && tensor->rank > 1 && scratch == NULL))
        status = tw_fail(TW_ERR_MEMORY, "'%s': not enough memory for %zu numbers", tensor->name,
                         out->count);
    if (status == TW_OK)
        status = read_numbers(tensor, scratch != NULL ? scratch : out->values);
    if (status == TW_OK && scratch != NULL)
        to_c_order(out, scratch, out->values);
    free(scratch);
    return status;
}

static tw_status read_member(const char *path, const char *member, tw_array *out) {
    tw_tensor tensor = TW_TENSOR_CLOSED;
    tw_status status = tw_tensor_open_npy(&tensor, path, member);
    if (status == TW_OK)
        status = take_tensor(&tensor, out);
    tw_tensor_close(&tensor);
    return status;
}

/* Member `name` of an archive, or its only one. */
static tw_status read_archive(const char *path, const char *name, tw_array *out) {
    tw_npz_names names;
    tw_status status = tw_npz_names_read(path, &names);
    if (status != TW_OK)
        return status;
    char *member = NULL;
    if (name == NULL && names.count != 1)
        status = tw_fail(TW_ERR_FORMAT, "'%s': %zu arrays%s%s; save one alone", path, names.count,
                         names.count > 0 ? ": " : "", names.listed);
    else if (asprintf(&member, "%s.npy", name != NULL ? name : names.names[0]) < 0) {
        member = NULL;
        status = tw_fail(TW_ERR_MEMORY, "'%s': not enough memory", path);
    } else
        status = read_member(path, member, out);
    if (status == TW_DECLINED)
        status = tw_fail(TW_ERR_FORMAT, "'%s': no array '%s' in the archive; it has %s", path, name,
                         names.count > 0 ? names.listed : "none");
    free(member);
    tw_npz_names_release(&names);
    return status;
}

tw_status tw_npz_each(const char *path, tw_npz_wants_fn wants, tw_npz_visit_fn visit, void *user) {
    tw_tensor tensor = TW_TENSOR_CLOSED;
    const char *name;
    tw_status status = tw_npz_check_end(path);
    if (status == TW_OK)
        status = tw_tensor_open_npz(&tensor, path);
    while (status == TW_OK && (status = tw_tensor_next(&tensor, &name)) == TW_OK) {
        tw_array array = {0};
        if (!wants(name, user))
            continue;
        status = tw_tensor_begin(&tensor);
        if (status == TW_OK)
            status = take_tensor(&tensor, &array);
        if (status == TW_OK)
            status = visit(name, &array, user);
        else
            tw_array_release(&array);
    }
    tw_tensor_close(&tensor);
    return status == TW_DECLINED ? TW_OK : status;
}

tw_status tw_array_read(const char *path, const char *name, tw_array *out) {
    memset(out, 0, sizeof *out);
    tw_file_kind content;
    tw_status status = tw_file_content_of(path, &content);
    if (status == TW_OK && content == TW_FILE_NPZ)
        status = read_archive(path, name, out);
    else if (status == TW_OK && name != NULL)
        status = tw_foreign(path, tw_fail(TW_ERR_FORMAT, "'%s': not an .npz archive", path));
    else if (status == TW_OK)
        status = read_member(path, NULL, out);
    if (status == TW_ERR_FORMAT && name == NULL && content == TW_FILE_OTHER)
        status = tw_foreign(path, status);
    if (status != TW_OK)
        tw_array_release(out);
    return status;
}

int tw_npy_write_header(const char *type, int rank, const size_t *shape, char *out) {
    char dict[TW_NPY_HEADER - 64];
    uint16_t one = 1;
    char order = type[1] == '1' ? '|' : *(uint8_t *)&one == 1 ? '<' : '>';
    int at = snprintf(dict, sizeof dict, "{'descr': '%c%s', 'fortran_order': False, 'shape': (",
                      order, type);
    for (int k = 0; k < rank; k++)
        at += snprintf(dict + at, sizeof dict - (size_t)at, "%zu%s", shape[k],
                       rank == 1      ? ","
                       : k + 1 < rank ? ", "
                                      : "");
    at += snprintf(dict + at, sizeof dict - (size_t)at, "), }");
    int total = (10 + at + 1 + 63) / 64 * 64, length = total - 10;
    memcpy(out, "\x93NUMPY\1", 8); /* the byte after the 1 is 0 */
    snprintf(out + 8, TW_NPY_HEADER - 8, "%c%c%s%*s\n", length & 255, length >> 8, dict,
             length - at - 1, "");
    return total;
}

tw_status tw_array_write(const char *path, int rank, const size_t *shape, const double *values) {
    if (rank < 0 || rank > TW_ARRAY_RANK)
        return tw_fail(TW_ERR_ARGUMENT, "an array of rank %d", rank);
    tw_output output = {0};
    tw_status status = tw_output_open(&output, path);
    if (status != TW_OK)
        return status;
    size_t count = 1;
    for (int k = 0; k < rank; k++)
        count *= shape[k];
    /* commit looks at the stream's error flag */
    char header[TW_NPY_HEADER];
    fwrite(header, 1, (size_t)tw_npy_write_header("f8", rank, shape, header), output.stream);
    if (count > 0)
        fwrite(values, sizeof *values, count, output.stream);
    return tw_output_commit(&output);
}
