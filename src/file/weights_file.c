#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "core/alloc.h"
#include "file/block_file.h"
#include "file/file_kind.h"
#include "file/file_tensors.h"
#include "file/npz_file.h"
#include "file/safetensors_file.h"
#include "file/weights_checkpoint.h"
#include "file/weights_source.h"
#include "file/weights_text.h"
#include "format/checkpoint.h"
#include "format/foreign.h"

static tw_status read_array(const char *path, tw_array *out) {
    return tw_is_weights_text(path) ? tw_weights_text_read(path, out)
                                    : tw_array_read(path, NULL, out);
}

/* Text has no shape: it is all parameters, or those of a matrix row by row. */
static tw_status take_text(const char *path, const tw_space *space, const tw_array *array,
                           double *x) {
    size_t size = tw_space_size(space);
    if (array->count != size)
        return tw_fail(TW_ERR_SHAPE, "'%s' has %zu numbers, but the model %zu parameters", path,
                       array->count, size);
    memcpy(x, array->values, size * sizeof *x);
    return TW_OK;
}

/* One array: the only block in its shape, or all parameters in a row. */
static tw_status read_one(const char *path, const tw_space *space, double *x) {
    tw_array array = {0};
    tw_status status = read_array(path, &array);
    if (status != TW_OK)
        return status;
    if (tw_is_weights_text(path)) {
        status = take_text(path, space, &array, x);
        tw_array_release(&array);
        return status;
    }
    tw_block flat = {
        .name = "x", .rank = 1, .shape = {tw_space_size(space)}, .count = tw_space_size(space)};
    size_t blocks = tw_space_blocks(space);
    int is_flat = array.rank == 1 && array.count == flat.count;
    if (is_flat || blocks == 1)
        status = tw_block_take(path, "", &array, is_flat ? &flat : tw_space_block(space, 0), x);
    else {
        char have[128];
        tw_shape_text(have, sizeof have, array.rank, array.shape);
        status = tw_fail(TW_ERR_SHAPE,
                         "'%s': shape %s, but the model has %zu numbers in %zu blocks; save them "
                         "in one row, or by name in .npz",
                         path, have, flat.count, blocks);
    }
    tw_array_release(&array);
    return status;
}

typedef struct npz_job {
    const char *path;
    const tw_space *space;
    double *x;
    unsigned char *found; /* which blocks were read */
} npz_job;

/* The block of that name that is still to be read, or their number. */
static size_t find_block(const npz_job *job, const char *name) {
    size_t k = 0, blocks = tw_space_blocks(job->space);
    while (k < blocks && (job->found[k] || strcmp(tw_space_block(job->space, k)->name, name) != 0))
        k++;
    return k;
}

static int is_wanted(const char *name, void *user) {
    const npz_job *job = user;
    return find_block(job, name) < tw_space_blocks(job->space);
}

static tw_status take_array(const char *name, tw_array *array, void *user) {
    npz_job *job = user;
    size_t k = find_block(job, name);
    job->found[k] = 1;
    tw_status status = tw_block_take(job->path, "", array, tw_space_block(job->space, k), job->x);
    tw_array_release(array);
    return status;
}

/* In one pass: opening the archive means reading its list. */
static tw_status read_npz(const char *path, const tw_space *space, double *x) {
    npz_job job = {path, space, x, tw_alloc(tw_space_blocks(space), 1)};
    tw_array none = {0};
    tw_file_kind content = TW_FILE_NPZ;
    tw_status status = job.found != NULL ? tw_file_content_of(path, &content)
                                         : tw_fail(TW_ERR_MEMORY, "'%s': not enough memory", path);
    if (status == TW_OK && content == TW_FILE_NPZ)
        status = tw_npz_each(path, is_wanted, take_array, &job);
    for (size_t k = 0; k < tw_space_blocks(space) && status == TW_OK; k++)
        if (!job.found[k]) { /* says what there is instead */
            status = tw_array_read(path, tw_space_block(space, k)->name, &none);
            if (status == TW_OK)
                status = tw_block_take(path, "", &none, tw_space_block(space, k), x);
        }
    tw_array_release(&none);
    free(job.found);
    return status;
}

static tw_status read_h5_block(const char *path, hid_t file, const tw_block *block, double *x) {
    char *name;
    if (asprintf(&name, "%s%s", tw_h5_has(file, "weights") ? "weights/" : "", block->name) < 0)
        return tw_fail(TW_ERR_MEMORY, "'%s': not enough memory", path);
    tw_array array = {0};
    tw_status status = tw_h5_get(path, file, name, &array);
    if (status == TW_OK)
        status = tw_block_take(path, "", &array, block, x);
    tw_array_release(&array);
    free(name);
    return status;
}

static tw_status read_h5(const char *path, const tw_space *space, double *x) {
    hid_t file;
    tw_status status = tw_h5_open(path, &file);
    for (size_t k = 0; k < tw_space_blocks(space) && status == TW_OK; k++)
        status = read_h5_block(path, file, tw_space_block(space, k), x);
    tw_h5_close(file);
    return status;
}

/* What stands in a file of weights. */
typedef enum weights_kind { TEXT, CHECKPOINT, NPY, NPZ, H5, NOTHING } weights_kind;

/* By content, or by the ending where that says nothing, so that a file that is not what its name
 * says is told so. */
static tw_status find_kind(const char *path, weights_kind *out) {
    tw_file_kind kind = TW_FILE_OTHER;
    int is_checkpoint = 0;
    *out = TEXT;
    if (tw_is_weights_text(path))
        return TW_OK;
    tw_status status = tw_checkpoint_probe(path, &is_checkpoint);
    if (status == TW_OK && !is_checkpoint)
        status = tw_file_content_of(path, &kind);
    if (kind != TW_FILE_NPY && kind != TW_FILE_NPZ && kind != TW_FILE_H5)
        kind = tw_file_kind_of(path);
    *out = is_checkpoint || (kind == TW_FILE_OTHER && tw_weights_is_network(path)) ? CHECKPOINT
           : kind == TW_FILE_NPY                                                   ? NPY
           : kind == TW_FILE_NPZ                                                   ? NPZ
           : kind == TW_FILE_H5                                                    ? H5
                                                                                   : NOTHING;
    return status;
}

static tw_status fail_kind(const char *path) {
    return tw_foreign(
        path,
        tw_fail(TW_ERR_FORMAT,
                "'%s': weights are read from PyTorch's checkpoints, from .safetensors, Keras' "
                ".h5 and .keras, .onnx, .npy, .npz and .h5 files, and as text from .txt and "
                ".csv",
                path));
}

tw_status tw_weights_read(const char *path, const tw_space *space, double *x) {
    weights_kind kind;
    tw_status status = find_kind(path, &kind);
    if (status != TW_OK)
        return status;
    switch (kind) {
    case CHECKPOINT:
        return tw_weights_checkpoint_read(path, space, x);
    case NPZ:
        return read_npz(path, space, x);
    case H5:
        return read_h5(path, space, x);
    case NPY:
    case TEXT:
        return read_one(path, space, x);
    case NOTHING:
        break;
    }
    return fail_kind(path);
}

tw_status tw_weights_note(const char *path, const tw_space *space, size_t size, char *note) {
    weights_kind kind;
    note[0] = '\0';
    tw_status status = find_kind(path, &kind);
    return status == TW_OK && kind == CHECKPOINT
               ? tw_weights_checkpoint_note(path, space, size, note)
               : status;
}

static tw_status put_block(hid_t file, const tw_block *block, const double *x) {
    char *name;
    if (asprintf(&name, "weights/%s", block->name) < 0)
        return tw_fail(TW_ERR_MEMORY, "not enough memory for '%s'", block->name);
    tw_status status =
        tw_h5_put(file, name, H5T_NATIVE_DOUBLE, block->rank, block->shape, x + block->offset);
    free(name);
    return status;
}

static tw_status write_h5(const char *path, const tw_space *space, const double *x,
                          const tw_provenance *provenance) {
    hid_t file;
    tw_status status = tw_h5_create(&file);
    if (status != TW_OK)
        return status;
    status = tw_h5_put_group(file, "weights");
    for (size_t k = 0; k < tw_space_blocks(space) && status == TW_OK; k++)
        status = put_block(file, tw_space_block(space, k), x);
    if (status == TW_OK)
        status = tw_h5_put_provenance(file, "weights", provenance);
    return tw_h5_save(file, status, path);
}

static tw_status write_npy(const char *path, const tw_space *space, const double *x) {
    const tw_block *only = tw_space_blocks(space) == 1 ? tw_space_block(space, 0) : NULL;
    if (only != NULL)
        return tw_array_write(path, only->rank, only->shape, x);
    size_t size = tw_space_size(space);
    return tw_array_write(path, 1, &size, x);
}

static tw_status write_npz(const char *path, const tw_space *space, const double *x,
                           const tw_provenance *provenance) {
    tw_npz npz;
    tw_status status = tw_npz_open(&npz, path);
    if (status != TW_OK)
        return status;
    for (size_t k = 0; k < tw_space_blocks(space) && status == TW_OK; k++) {
        const tw_block *block = tw_space_block(space, k);
        status = tw_npz_put(&npz, block->name, block->rank, block->shape, x + block->offset);
    }
    if (status == TW_OK)
        status = tw_npz_put_provenance(&npz, "weights", provenance);
    return tw_npz_close(&npz, status);
}

tw_status tw_weights_write(const char *path, const tw_space *space, const double *x,
                           const tw_provenance *provenance) {
    switch (tw_file_kind_of(path)) {
    case TW_FILE_H5:
        return write_h5(path, space, x, provenance);
    case TW_FILE_NPZ:
        return write_npz(path, space, x, provenance);
    case TW_FILE_NPY:
        return write_npy(path, space, x);
    default:
        if (tw_file_has_ending(path, ".safetensors"))
            return tw_safetensors_write(path, space, x, provenance);
        if (tw_output_is_direct(path))
            return write_npy(path, space, x);
        return tw_fail(TW_ERR_ARGUMENT,
                       "cannot write '%s': weights go to .npy, .npz, .h5 or .safetensors files",
                       path);
    }
}

/* ---- without a model ---- */

static tw_status npy_tensors(const char *path, tw_tensors *out) {
    tw_array array = {0};
    tw_status status = read_array(path, &array);
    return status == TW_OK ? tw_tensors_add(out, array.rank >= 2 ? "W" : "x", &array) : status;
}

/* The root has what made the file, too. */
static tw_status h5_tensors(const char *path, tw_tensors *out) {
    hid_t file;
    tw_status status = tw_h5_open(path, &file);
    if (status != TW_OK)
        return status;
    int grouped = tw_h5_has(file, "weights");
    status = tw_tensors_read_h5(path, file, grouped ? "weights" : "/", out);
    if (status == TW_OK && !grouped && tw_h5_has(file, "thalweg"))
        status = tw_fail(TW_ERR_FORMAT, "'%s': no weights: it has no group 'weights'", path);
    tw_h5_close(file);
    return status;
}

tw_status tw_weights_space(const char *path, tw_space **out) {
    tw_tensors tensors = {0};
    weights_kind kind;
    *out = NULL;
    tw_status status = find_kind(path, &kind);
    if (status != TW_OK)
        return status;
    if (kind == CHECKPOINT)
        return tw_weights_checkpoint_space(path, out);
    status = kind == NPZ                   ? tw_tensors_read_npz(path, "", &tensors)
             : kind == H5                  ? h5_tensors(path, &tensors)
             : kind == NPY || kind == TEXT ? npy_tensors(path, &tensors)
                                           : fail_kind(path);
    if (status == TW_OK)
        status = tw_tensors_space(path, &tensors, out);
    tw_tensors_release(&tensors);
    return status;
}

tw_status tw_weights_provenance(const char *path, tw_provenance *provenance) {
    hid_t file;
    weights_kind kind;
    tw_status status = find_kind(path, &kind);
    if (status != TW_OK)
        return status;
    if (kind == CHECKPOINT)
        return tw_weights_checkpoint_provenance(path, provenance);
    if (kind == NPZ)
        return tw_npz_get_provenance(path, NULL, provenance);
    if (kind != H5)
        return TW_OK;
    status = tw_h5_open(path, &file);
    if (status == TW_OK)
        status = tw_h5_get_provenance(path, file, provenance);
    tw_h5_close(file);
    return status;
}
