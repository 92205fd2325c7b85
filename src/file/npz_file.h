/* npz_file.h: .npz archives of arrays out, and what made them in and out: the text "thalweg.txt",
 * in lines "# thalweg KIND" and "# KEY: TEXT" as in our .csv files. NumPy gives it as bytes. */
#ifndef TW_FILE_NPZ_FILE_H
#define TW_FILE_NPZ_FILE_H

#include <stdint.h>

#include "file/output_file.h"
#include "thalweg/file.h"

struct archive;

/* Opened, filled, and then committed or abandoned, as a tw_output. */
typedef struct tw_npz {
    const char *path;
    tw_output output;
    struct archive *archive;
} tw_npz;

/* On failure nothing is owned. */
tw_status tw_npz_open(tw_npz *npz, const char *path);
tw_status tw_npz_put(tw_npz *npz, const char *name, int rank, const size_t *shape,
                     const double *values);
/* As uint8. */
tw_status tw_npz_put_bytes(tw_npz *npz, const char *name, int rank, const size_t *shape,
                           const uint8_t *values);
tw_status tw_npz_put_provenance(tw_npz *npz, const char *kind, const tw_provenance *provenance);
/* Writes the end and renames if `status` is TW_OK; otherwise removes what was written. */
tw_status tw_npz_close(tw_npz *npz, tw_status status);

/* Adds what made the archive; *kind (may be NULL) is to be freed, NULL if it does not say. */
tw_status tw_npz_get_provenance(const char *path, char **kind, tw_provenance *provenance);

#endif
