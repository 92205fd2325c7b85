/* directions_npz.h: directions as .npz archives; directions_file.c chooses by ending and content.
 */
#ifndef TW_FILE_DIRECTIONS_NPZ_H
#define TW_FILE_DIRECTIONS_NPZ_H

#include "file/file_tensors.h"

/* What a file of directions holds, whatever model it is of. */
typedef struct tw_direction_sets {
    tw_tensors axes[2];  /* the second may be empty */
    tw_plane components; /* the numbers of principal components; no vectors */
} tw_direction_sets;

tw_status tw_directions_write_npz(const char *path, const tw_space *space, const tw_plane *plane,
                                  const tw_provenance *provenance);
/* What was read so far is the caller's to release, on failure too. */
tw_status tw_direction_sets_read_npz(const char *path, tw_direction_sets *out,
                                     tw_provenance *provenance);

#endif
