/* output_file.h: files that are written whole or not at all. */
#ifndef TW_FILE_OUTPUT_FILE_H
#define TW_FILE_OUTPUT_FILE_H

#include <stdio.h>

#include "thalweg/status.h"

/* Zeroed before use. Where `path` is a device or a pipe (/dev/stdout), `part` is the path itself
 * and nothing is renamed. */
typedef struct tw_output {
    char *path;   /* where the file will be */
    char *part;   /* where it is written: "PATH.part" */
    FILE *stream; /* open for writing, or NULL if made with tw_output_name */
} tw_output;

/* Opens PATH.part for writing. */
tw_status tw_output_open(tw_output *output, const char *path);

/* Only makes the names, for libraries that open files themselves (HDF5, Cairo). */
tw_status tw_output_name(tw_output *output, const char *path);

/* Flushes, closes, and renames PATH.part to PATH. On failure (a full disk) removes PATH.part and
 * says why. Frees the struct's memory in every case. */
tw_status tw_output_commit(tw_output *output);

/* Closes and removes PATH.part. Copes with a zeroed or committed struct. */
void tw_output_abandon(tw_output *output);

#endif
