/* output_file.h: files that are written whole or not at all. */
#ifndef TW_FILE_OUTPUT_FILE_H
#define TW_FILE_OUTPUT_FILE_H

#include <stdio.h>

#include "thalweg/status.h"

/* Zeroed before use. */
typedef struct tw_output {
    char *path;   /* where the file will be; links are followed */
    char *part;   /* where it is written: a name of its own beside it, or NULL if directly */
    int lock;     /* of the part, which says that somebody is at it */
    FILE *stream; /* open for writing */
} tw_output;

/* Opens a part beside PATH for writing (part_file.h), with the permissions of the file that it will
 * replace. A device, a pipe and the standard output (/dev/stdout, to wherever it goes) are written
 * directly. */
tw_status tw_output_open(tw_output *output, const char *path);

/* Flushes, closes, and renames the part to PATH. On failure (a full disk) removes the part and says
 * why. Frees the struct's memory in every case. */
tw_status tw_output_commit(tw_output *output);

/* Closes and removes the part. Copes with a zeroed or committed struct. */
void tw_output_abandon(tw_output *output);

/* Whether `path` is written directly; its ending then tells nothing about the format. */
int tw_output_is_direct(const char *path);

#endif
