#include "file/safetensors_file.h"

#include <stdlib.h>
#include <string.h>

#include "file/output_file.h"
#include "thalweg/json.h"

static int fits_single(size_t count, const double *x) {
    for (size_t k = 0; k < count; k++)
        if ((double)(float)x[k] != x[k])
            return 0;
    return 1;
}

static void put_metadata(tw_json *json, const tw_provenance *provenance) {
    tw_json_object(json, "__metadata__");
    tw_json_text(json, "format", "pt");
    for (size_t k = 0; provenance != NULL && k < provenance->count; k++)
        if (strcmp(provenance->keys[k], "format") != 0)
            tw_json_text(json, provenance->keys[k], provenance->texts[k]);
    tw_json_end(json);
}

static void put_block(tw_json *json, const tw_block *block, size_t item) {
    tw_json_object(json, block->name);
    tw_json_text(json, "dtype", item == 4 ? "F32" : "F64");
    tw_json_array(json, "shape");
    for (int k = 0; k < block->rank; k++)
        tw_json_count(json, NULL, block->shape[k]);
    tw_json_end(json);
    tw_json_array(json, "data_offsets");
    tw_json_count(json, NULL, block->offset * item);
    tw_json_count(json, NULL, (block->offset + block->count) * item);
    tw_json_end(json);
    tw_json_end(json);
}

/* Padded so that the numbers begin at a multiple of 8. *out is to be freed. */
static tw_status make_header(const tw_space *space, size_t item, const tw_provenance *provenance,
                             char **out, size_t *size) {
    *out = NULL;
    FILE *stream = open_memstream(out, size);
    if (stream == NULL)
        return tw_fail(TW_ERR_MEMORY, "not enough memory for the header of a file");
    tw_json json = {.out = stream};
    tw_json_object(&json, NULL);
    put_metadata(&json, provenance);
    for (size_t k = 0; k < tw_space_blocks(space); k++)
        put_block(&json, tw_space_block(space, k), item);
    tw_json_end(&json);
    for (long at = ftell(stream); at % 8 != 0; at++)
        fputc(' ', stream);
    int failed = ferror(stream);
    return fclose(stream) == 0 && !failed
               ? TW_OK
               : tw_fail(TW_ERR_MEMORY, "not enough memory for the header of a file");
}

/* Lowest byte first, whatever the machine does. */
static void put_bits(FILE *stream, uint64_t bits, size_t bytes) {
    uint8_t out[8];
    for (size_t k = 0; k < bytes; k++)
        out[k] = (uint8_t)(bits >> (8 * k));
    fwrite(out, 1, bytes, stream);
}

static void put_numbers(FILE *stream, size_t count, const double *x, size_t item) {
    for (size_t k = 0; k < count; k++) {
        uint64_t bits = 0;
        uint32_t low;
        float single = (float)x[k];
        memcpy(&low, &single, sizeof low);
        if (item == 4)
            bits = low;
        else
            memcpy(&bits, &x[k], sizeof bits);
        put_bits(stream, bits, item);
    }
}

tw_status tw_safetensors_write(const char *path, const tw_space *space, const double *x,
                               const tw_provenance *provenance) {
    size_t count = tw_space_size(space), item = fits_single(count, x) ? 4 : 8, size = 0;
    char *header;
    tw_output output = {0};
    tw_status status = make_header(space, item, provenance, &header, &size);
    if (status == TW_OK)
        status = tw_output_open(&output, path);
    if (status == TW_OK) {
        put_bits(output.stream, size, 8);
        fwrite(header, 1, size, output.stream);
        put_numbers(output.stream, count, x, item);
        status = tw_output_commit(&output); /* which looks at the stream's error flag */
    }
    free(header);
    return status;
}
