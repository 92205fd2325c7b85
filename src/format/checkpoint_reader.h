/* checkpoint_reader.h: what the readers of the kinds of checkpoint.h fill in. */
#ifndef TW_FORMAT_CHECKPOINT_READER_H
#define TW_FORMAT_CHECKPOINT_READER_H

#include "format/checkpoint.h"
#include "thalweg/status.h"

enum { TW_CHECKPOINT_HEAD = 64 };

struct tw_checkpoint {
    char *path;
    const char *kind;
    int descriptor;
    uint64_t size;                    /* of the file */
    uint8_t head[TW_CHECKPOINT_HEAD]; /* its first bytes, and zeros */
    tw_checkpoint_tensor *tensors;
    size_t count, room;
    uint64_t claimed; /* bytes of all tensors */
    char **notes;
    size_t note_count;
    char **words; /* key, text, key, text, ... */
    size_t word_count;
    uint8_t **blocks; /* memory that tensors lie in */
    size_t block_count;
    const uint8_t *image; /* NULL, or an HDF5 file in one of them, which datasets are in */
    size_t image_size;
};

/* A kind of file. Messages do not name the file. */
typedef struct tw_checkpoint_reader {
    /* Whether the file is one, by its first bytes or its directory, damaged or not. */
    int (*is)(const tw_checkpoint *checkpoint);
    /* Names the kind and adds the tensors. */
    tw_status (*open)(tw_checkpoint *checkpoint);
} tw_checkpoint_reader;

extern const tw_checkpoint_reader tw_torch_zip_reader, tw_torch_legacy_reader,
    tw_safetensors_reader, tw_keras_reader, tw_keras_archive_reader;

/* Adds a tensor under its stored name, of which, and of `dataset`, a copy is made; `count` is
 * computed. `numbers` is how many its storage has from `at` or `bytes`: whatever the strides reach
 * past it is refused, as are a name that is taken and more than the file can hold. */
tw_status tw_checkpoint_add(tw_checkpoint *checkpoint, const char *name,
                            const tw_checkpoint_tensor *tensor, uint64_t numbers);
/* The strides of a tensor whose numbers lie in row-major order. */
void tw_checkpoint_rows(tw_checkpoint_tensor *tensor);
tw_status tw_checkpoint_add_note(tw_checkpoint *checkpoint, const char *format, ...)
    TW_PRINTF(2, 3);
/* Takes over both, from malloc, on failure too. */
tw_status tw_checkpoint_add_word(tw_checkpoint *checkpoint, char *key, char *text);
/* `count` bytes from malloc that live as long as the checkpoint. */
tw_status tw_checkpoint_block(tw_checkpoint *checkpoint, size_t count, uint8_t **out);
/* Whether the file can hold so many bytes: packing makes them fewer, but not beyond a thousandfold.
 */
int tw_checkpoint_holds(const tw_checkpoint *checkpoint, uint64_t bytes);

#endif
