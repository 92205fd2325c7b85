/* checkpoint_read.c: the numbers of a tensor, from where they lie. */
#include <stdlib.h>
#include <string.h>

#include "format/checkpoint_reader.h"
#include "format/h5_read.h"
#include "format/input.h"

static tw_status take(const tw_checkpoint *checkpoint, const tw_checkpoint_tensor *tensor,
                      uint64_t number, size_t count, uint8_t *out) {
    uint64_t at = number * tensor->number.item;
    size_t bytes = count * tensor->number.item;
    if (tensor->bytes == NULL)
        return tw_read_at(checkpoint->descriptor, tensor->at + at, out, bytes);
    memcpy(out, tensor->bytes + at, bytes);
    return TW_OK;
}

static int lies_in_rows(const tw_checkpoint_tensor *tensor) {
    uint64_t stride = 1;
    for (int k = tensor->rank - 1; k >= 0; k--) {
        if (tensor->shape[k] > 1 && tensor->stride[k] != stride)
            return 0;
        stride *= tensor->shape[k];
    }
    return 1;
}

static tw_status read_rows(const tw_checkpoint *checkpoint, const tw_checkpoint_tensor *tensor,
                           double *out) {
    enum { CHUNK = 4096 };
    uint8_t bytes[CHUNK * 8];
    tw_status status = TW_OK;
    for (size_t k = 0; k < tensor->count && status == TW_OK; k += CHUNK) {
        size_t count = tensor->count - k < CHUNK ? tensor->count - k : CHUNK;
        status = take(checkpoint, tensor, tensor->first + k, count, bytes);
        if (status == TW_OK)
            tw_number_doubles(&tensor->number, bytes, count, out + k);
    }
    return status;
}

/* All that the strides reach is taken at once: no more than the storage is. */
static tw_status read_strides(const tw_checkpoint *checkpoint, const tw_checkpoint_tensor *tensor,
                              double *out) {
    size_t reach = 1, index[TW_CHECKPOINT_RANK] = {0};
    for (int k = 0; k < tensor->rank; k++)
        reach += (tensor->shape[k] - 1) * tensor->stride[k];
    uint8_t *bytes = reallocarray(NULL, reach, tensor->number.item);
    if (bytes == NULL)
        return tw_fail(TW_ERR_MEMORY, "not enough memory for %zu numbers", reach);
    tw_status status = take(checkpoint, tensor, tensor->first, reach, bytes);
    size_t at = 0;
    for (size_t k = 0; k < tensor->count && status == TW_OK; k++) {
        tw_number_doubles(&tensor->number, bytes + at * tensor->number.item, 1, out + k);
        for (int axis = tensor->rank - 1; axis >= 0; axis--) {
            at += tensor->stride[axis];
            if (++index[axis] < tensor->shape[axis])
                break;
            at -= tensor->shape[axis] * tensor->stride[axis];
            index[axis] = 0;
        }
    }
    free(bytes);
    return status;
}

/* A dataset is taken as a whole; a shape that another hand changed since is found out. */
static tw_status read_dataset(const tw_checkpoint *checkpoint, const tw_checkpoint_tensor *tensor,
                              double *out) {
    hid_t file;
    tw_array array = {0};
    tw_checkpoint_tensor there = *tensor;
    tw_status status =
        tw_h5_open_image(checkpoint->path, checkpoint->image, checkpoint->image_size, &file);
    if (status == TW_OK)
        status = tw_h5_get(checkpoint->path, file, tensor->dataset, &array);
    if (status == TW_OK && array.count != tensor->count)
        status = tw_fail(TW_ERR_FORMAT, "it changed while it was read");
    there.bytes = (const uint8_t *)array.values;
    if (status == TW_OK)
        status = read_strides(checkpoint, &there, out);
    tw_array_release(&array);
    tw_h5_close(file);
    return status;
}

static tw_status read_any(const tw_checkpoint *checkpoint, const tw_checkpoint_tensor *tensor,
                          double *out) {
    if (tensor->dataset != NULL)
        return read_dataset(checkpoint, tensor, out);
    return lies_in_rows(tensor) ? read_rows(checkpoint, tensor, out)
                                : read_strides(checkpoint, tensor, out);
}

tw_status tw_checkpoint_read(const tw_checkpoint *checkpoint, const tw_checkpoint_tensor *tensor,
                             double *out) {
    tw_status status;
    if (tensor->number.item == 0)
        status = tw_fail(TW_ERR_FORMAT,
                         "it is of type %s, which is not read; in Python: save tensor.float()",
                         tensor->dtype);
    else if (tensor->count == 0)
        status = TW_OK;
    else
        status = read_any(checkpoint, tensor, out);
    return status == TW_OK
               ? TW_OK
               : tw_fail_prefix(status, "'%s': tensor '%.80s'", checkpoint->path, tensor->stored);
}
