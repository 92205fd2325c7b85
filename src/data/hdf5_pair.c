/* hdf5_pair.c: datasets of samples and labels in an HDF5 file, under the names that .npz archives
 * have them, too. Samples come in slabs of rows, so that a limit reads no more than it needs. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "core/alloc.h"
#include "data/array_pair.h"
#include "data/source.h"
#include "format/h5_quiet.h"
#include "format/h5_read.h"

enum { SLAB_BYTES = 1 << 20, TEXT_LONGEST = 1 << 12 };

/* ---- rows of a dataset, in order ---- */

typedef struct rows {
    tw_feed feed; /* first, so that the feed is the struct */
    char *name;   /* for messages */
    hid_t set, type;
    int rank;
    hsize_t shape[TW_TENSOR_RANK];
    size_t row_bytes;
    hsize_t next, slab; /* the next row to fetch; how many at once */
    uint8_t *buffer;
    size_t begin, end; /* what of the buffer was not handed out yet */
} rows;

static tw_status fetch(rows *r) {
    hsize_t start[TW_TENSOR_RANK] = {r->next}, count[TW_TENSOR_RANK];
    memcpy(count, r->shape, sizeof count);
    count[0] = r->shape[0] - r->next < r->slab ? r->shape[0] - r->next : r->slab;
    h5_quiet quiet = quiet_begin();
    hid_t space = H5Dget_space(r->set), memory = H5Screate_simple(r->rank, count, NULL);
    int read = H5Sselect_hyperslab(space, H5S_SELECT_SET, start, NULL, count, NULL) >= 0 &&
               H5Dread(r->set, r->type, memory, space, H5P_DEFAULT, r->buffer) >= 0;
    H5Sclose(memory);
    H5Sclose(space);
    quiet_end(quiet);
    if (!read)
        return tw_fail(TW_ERR_FORMAT, "'%s' cannot be read; is the file whole?", r->name);
    r->next += count[0];
    r->begin = 0;
    r->end = (size_t)count[0] * r->row_bytes;
    return TW_OK;
}

static tw_status read_rows(tw_feed *feed, void *out, size_t count, size_t *got) {
    rows *r = (rows *)feed;
    tw_status status = TW_OK;
    for (*got = 0; *got < count;) {
        if (r->begin == r->end && r->next == r->shape[0])
            break;
        if (r->begin == r->end && (status = fetch(r)) != TW_OK)
            break;
        size_t step = r->end - r->begin < count - *got ? r->end - r->begin : count - *got;
        memcpy((uint8_t *)out + *got, r->buffer + r->begin, step);
        r->begin += step;
        *got += step;
    }
    return status;
}

static void close_rows(tw_feed *feed) {
    rows *r = (rows *)feed;
    if (r->type >= 0)
        H5Tclose(r->type);
    if (r->set >= 0)
        H5Dclose(r->set);
    free(r->buffer);
    free(r->name);
    free(r);
}

/* As many rows as a chunk has, since each is unpacked whole, or a megabyte of them. */
static hsize_t rows_at_once(const rows *r) {
    hsize_t chunk[TW_TENSOR_RANK] = {0}, count = SLAB_BYTES / (r->row_bytes + 1) + 1;
    hid_t creation = H5Dget_create_plist(r->set);
    if (H5Pget_layout(creation) == H5D_CHUNKED &&
        H5Pget_chunk(creation, TW_TENSOR_RANK, chunk) > 0 && chunk[0] > count)
        count = chunk[0];
    H5Pclose(creation);
    return count < r->shape[0] ? count : r->shape[0];
}

/* ---- a dataset as a tensor ---- */

/* Bytes stay bytes, texts of one length stay texts, other numbers become doubles. */
static tw_status choose_type(rows *r, tw_number *number) {
    hid_t type = H5Dget_type(r->set);
    size_t size = H5Tget_size(type);
    const uint16_t one = 1;
    int big = *(const uint8_t *)&one == 0, text = H5Tget_class(type) == H5T_STRING;
    if (text) {
        *number = (tw_number){'S', size, 0};
        r->type = H5Tcopy(type);
    } else if (H5Tget_class(type) == H5T_INTEGER && size == 1 &&
               H5Tget_sign(type) == H5T_SGN_NONE) {
        *number = (tw_number){'u', 1, 0};
        r->type = H5Tcopy(H5T_NATIVE_UINT8);
    } else {
        *number = (tw_number){'f', sizeof(double), big};
        r->type = H5Tcopy(H5T_NATIVE_DOUBLE);
    }
    int fixed = !text || (H5Tis_variable_str(type) == 0 && size >= 1 && size <= TEXT_LONGEST);
    H5Tclose(type);
    return fixed ? TW_OK
                 : tw_fail(TW_ERR_FORMAT,
                           "'%s' holds texts of variable length; save them with a fixed length, in "
                           "NumPy: y.astype('S')",
                           r->name);
}

static tw_status take_rows(rows *r, const tw_array *shape, tw_tensor *out) {
    out->rank = shape->rank;
    out->count = shape->count;
    if (shape->rank < 1 || shape->rank > TW_TENSOR_RANK || shape->count == 0)
        return tw_fail(TW_ERR_SHAPE, "'%s' has no samples: nothing to work on", r->name);
    r->rank = shape->rank;
    for (int i = 0; i < shape->rank; i++) {
        out->shape[i] = shape->shape[i];
        r->shape[i] = shape->shape[i];
    }
    tw_status status = choose_type(r, &out->number);
    if (status != TW_OK)
        return status;
    r->row_bytes = shape->count / shape->shape[0] * out->number.item;
    r->slab = rows_at_once(r);
    r->buffer = tw_alloc_raw((size_t)r->slab, r->row_bytes);
    return r->buffer != NULL ? TW_OK
                             : tw_fail(TW_ERR_MEMORY, "'%s': not enough memory for %llu rows",
                                       r->name, (unsigned long long)r->slab);
}

/* The file stays open in the holder for as long as its datasets are used. */
static tw_status open_set(const tw_array_holder *holder, const char *name, int labels,
                          tw_tensor *out) {
    hid_t file = *(const hid_t *)holder->user;
    *out = TW_TENSOR_CLOSED;
    if (!tw_h5_has(file, name))
        return TW_DECLINED;
    rows *r = calloc(1, sizeof *r);
    if (r == NULL)
        return tw_fail(TW_ERR_MEMORY, "not enough memory to read '%s'", holder->path);
    *r = (rows){.feed = {read_rows, close_rows}, .set = H5I_INVALID_HID, .type = H5I_INVALID_HID};
    tw_array shape;
    tw_status status = tw_h5_open_any(holder->path, file, name, labels, &r->set, &shape);
    out->path = tw_strdup(holder->path);
    if (asprintf(&r->name, "%s:%s", holder->path, name) < 0)
        r->name = NULL;
    out->name = r->name != NULL ? tw_strdup(r->name) : NULL;
    if (status == TW_OK && (out->path == NULL || out->name == NULL))
        status = tw_fail(TW_ERR_MEMORY, "not enough memory to read '%s'", holder->path);
    if (status == TW_OK)
        status = take_rows(r, &shape, out);
    /* From here the tensor owns the feed, whatever became of it. */
    tw_input_feed(&out->input, out->name, &r->feed,
                  status == TW_OK ? (uint64_t)out->count * out->number.item : 0);
    if (status != TW_OK)
        tw_tensor_close(out);
    return status;
}

/* ---- the reader ---- */

typedef struct name_list {
    char *text;
    size_t room;
} name_list;

static tw_status add_name(const char *name, void *user) {
    name_list *list = user;
    size_t used = strlen(list->text);
    if (used + strlen(name) + 8 < list->room)
        snprintf(list->text + used, list->room - used, "%s%s", used > 0 ? ", " : "", name);
    return TW_OK;
}

static char *names_of_sets(const tw_array_holder *holder) {
    enum { ROOM = 400 };
    name_list list = {calloc(ROOM, 1), ROOM};
    if (list.text == NULL)
        return NULL;
    if (tw_h5_each(holder->path, *(const hid_t *)holder->user, add_name, &list) != TW_OK)
        tw_message_clear();
    if (*list.text == '\0') {
        free(list.text);
        return NULL;
    }
    return list.text;
}

static int probe(const tw_source *source) {
    return !source->is_directory && source->head_size >= 8 &&
           memcmp(source->head, "\x89HDF\r\n\x1a\n", 8) == 0;
}

static tw_status read_hdf5(const tw_source *source, tw_collector *collector) {
    hid_t file;
    tw_status status = tw_h5_open(source->path, &file);
    if (status != TW_OK)
        return status;
    const tw_array_holder holder = {.kind = "hdf5",
                                    .path = source->path,
                                    .open = open_set,
                                    .names = names_of_sets,
                                    .user = &file};
    status = tw_array_pair_read(&holder, collector);
    tw_h5_close(file);
    return status;
}

const tw_reader tw_reader_hdf5 = {"hdf5", NULL, probe, read_hdf5};
