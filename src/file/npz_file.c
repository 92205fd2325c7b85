#include "file/npz_file.h"

#include <stdlib.h>
#include <string.h>

#include "core/alloc.h"
#include "file/file_kind.h"
#include "file/npy_write.h"
#include "format/archive_names.h"
#include "format/input.h"

static const char MADE_BY[] = "thalweg.txt";

/* ---- writing ---- */

static tw_status fail_archive(const tw_npz *npz) {
    const char *text = archive_error_string(npz->archive);
    return tw_fail(TW_ERR_IO, "cannot write '%s': %s", npz->path,
                   text != NULL ? text : "the archive cannot be made");
}

tw_status tw_npz_open(tw_npz *npz, const char *path) {
    memset(npz, 0, sizeof *npz);
    npz->path = path;
    tw_status status = tw_output_open(&npz->output, path);
    if (status != TW_OK)
        return status;
    npz->archive = tw_memory_left(TW_LIBRARY_ROOM) ? archive_write_new() : NULL;
    if (npz->archive == NULL)
        status = tw_fail(TW_ERR_MEMORY, "not enough memory to write '%s'", path);
    else if (archive_write_set_format_zip(npz->archive) != ARCHIVE_OK ||
             archive_write_set_bytes_in_last_block(npz->archive, 1) != ARCHIVE_OK ||
             archive_write_zip_set_compression_store(npz->archive) != ARCHIVE_OK ||
             archive_write_open_FILE(npz->archive, npz->output.stream) != ARCHIVE_OK)
        status = fail_archive(npz);
    return status == TW_OK ? TW_OK : tw_npz_close(npz, status);
}

tw_status tw_npz_close(tw_npz *npz, tw_status status) {
    if (status == TW_OK && archive_write_close(npz->archive) != ARCHIVE_OK)
        status = fail_archive(npz);
    if (npz->archive != NULL)
        archive_write_free(npz->archive);
    npz->archive = NULL;
    if (status == TW_OK)
        return tw_output_commit(&npz->output);
    tw_output_abandon(&npz->output);
    return status;
}

/* A member of two parts, without a time, so that equal results are equal bytes. */
static tw_status put_member(tw_npz *npz, const char *member, const void *head, size_t head_size,
                            const void *body, size_t body_size) {
    struct archive_entry *entry = archive_entry_new();
    if (entry == NULL)
        return tw_fail(TW_ERR_MEMORY, "not enough memory to write '%s'", npz->path);
    archive_entry_set_pathname_utf8(entry, member);
    archive_entry_set_filetype(entry, AE_IFREG);
    archive_entry_set_perm(entry, 0644);
    archive_entry_set_size(entry, (la_int64_t)(head_size + body_size));
    int good = tw_archive_put(npz->archive, entry) == ARCHIVE_OK &&
               archive_write_data(npz->archive, head, head_size) == (la_ssize_t)head_size &&
               (body_size == 0 ||
                archive_write_data(npz->archive, body, body_size) == (la_ssize_t)body_size) &&
               archive_write_finish_entry(npz->archive) == ARCHIVE_OK;
    archive_entry_free(entry);
    return good ? TW_OK : fail_archive(npz);
}

static tw_status put_array(tw_npz *npz, const char *name, const char *type, size_t item, int rank,
                           const size_t *shape, const void *values) {
    char header[TW_NPY_HEADER], *member;
    size_t count = 1;
    for (int axis = 0; axis < rank; axis++)
        count *= shape[axis];
    if (asprintf(&member, "%s.npy", name) < 0)
        return tw_fail(TW_ERR_MEMORY, "not enough memory for '%s'", name);
    int size = tw_npy_write_header(type, rank, shape, header);
    tw_status status = put_member(npz, member, header, (size_t)size, values, count * item);
    free(member);
    return status;
}

tw_status tw_npz_put(tw_npz *npz, const char *name, int rank, const size_t *shape,
                     const double *values) {
    return put_array(npz, name, "f8", sizeof *values, rank, shape, values);
}

tw_status tw_npz_put_bytes(tw_npz *npz, const char *name, int rank, const size_t *shape,
                           const uint8_t *values) {
    return put_array(npz, name, "u1", 1, rank, shape, values);
}

tw_status tw_npz_put_provenance(tw_npz *npz, const char *kind, const tw_provenance *provenance) {
    char *text = NULL;
    size_t size = 0;
    FILE *stream = open_memstream(&text, &size);
    if (stream == NULL)
        return tw_fail(TW_ERR_MEMORY, "not enough memory to write '%s'", npz->path);
    tw_provenance_put_text(stream, kind, provenance);
    tw_status status = TW_OK;
    if (fclose(stream) != 0 || text == NULL)
        status = tw_fail(TW_ERR_MEMORY, "not enough memory to write '%s'", npz->path);
    if (status == TW_OK)
        status = put_member(npz, MADE_BY, text, size, NULL, 0);
    free(text);
    return status;
}

/* ---- reading ---- */

/* The text, to be freed, ended by a 0; NULL with TW_OK if there is none. */
static tw_status load_text(const char *path, char **out) {
    enum { MOST = 1 << 20 };
    size_t size = 0;
    tw_input input = TW_INPUT_CLOSED;
    *out = NULL;
    tw_status status = tw_input_open_member(&input, path, MADE_BY, path);
    if (status != TW_OK)
        return status == TW_DECLINED ? TW_OK : status;
    char *text = tw_alloc(MOST, 1);
    if (text == NULL)
        status = tw_fail(TW_ERR_MEMORY, "not enough memory to read '%s'", path);
    else
        status = tw_input_read_some(&input, text, MOST - 1, &size);
    if (status == TW_OK && size == MOST - 1)
        status = tw_fail(TW_ERR_FORMAT, "'%s': its %s is too long for a text", path, MADE_BY);
    tw_input_close(&input);
    if (status == TW_OK)
        *out = text;
    else
        free(text);
    return status;
}

tw_status tw_npz_get_provenance(const char *path, char **kind, tw_provenance *provenance) {
    char *text, *rest;
    size_t mark = strlen(TW_TABLE_MARK);
    if (kind != NULL)
        *kind = NULL;
    tw_status status = load_text(path, &text);
    if (status != TW_OK || text == NULL)
        return status;
    rest = text;
    char *line = strsep(&rest, "\n");
    if (kind != NULL && strncmp(line, TW_TABLE_MARK, mark) == 0) {
        *kind = tw_strdup(line + mark);
        if (*kind == NULL)
            status = tw_fail(TW_ERR_MEMORY, "not enough memory to read '%s'", path);
    }
    while (status == TW_OK && provenance != NULL && (line = strsep(&rest, "\n")) != NULL)
        status = tw_provenance_add_line(provenance, line);
    free(text);
    if (status != TW_OK && kind != NULL) {
        free(*kind);
        *kind = NULL;
    }
    return status;
}
