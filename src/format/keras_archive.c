/* keras_archive.c: .keras files of Keras 3: a zip archive of config.json, metadata.json and the
 * weights as an HDF5 file, which is read where it lies in memory. */
#include <string.h>

#include "format/checkpoint_member.h"
#include "format/keras_h5.h"

static const char weights[] = "model.weights.h5";

/* A packed one can be a thousand times what the archive is: so much is believed of it. Keras packs
 * nothing. */
#define MOST_PACKED ((uint64_t)1 << 30)

static int is_archive(const tw_checkpoint *checkpoint) {
    tw_zip_index index;
    if (memcmp(checkpoint->head, "PK\3\4", 4) != 0 ||
        tw_zip_index_read(checkpoint->descriptor, checkpoint->size, &index) != TW_OK)
        return 0;
    int is = tw_zip_find(&index, weights) != NULL;
    tw_zip_index_release(&index);
    return is;
}

static tw_status open_archive(tw_checkpoint *checkpoint) {
    tw_zip_index index;
    uint8_t *image;
    tw_status status = tw_zip_index_read(checkpoint->descriptor, checkpoint->size, &index);
    if (status != TW_OK)
        return status;
    const tw_zip_member *member = tw_zip_find(&index, weights);
    if (member == NULL)
        status = tw_fail(TW_ERR_FORMAT, "it changed while it was read");
    else
        status = tw_checkpoint_member(checkpoint, member,
                                      member->is_packed ? MOST_PACKED : UINT64_MAX, &image);
    if (status == TW_OK) {
        checkpoint->image = image;
        checkpoint->image_size = (size_t)member->size;
    }
    tw_zip_index_release(&index);
    return status == TW_OK ? tw_keras_add(checkpoint) : status;
}

const tw_checkpoint_reader tw_keras_archive_reader = {.is = is_archive, .open = open_archive};
