/* cli_descent_files.h: what a walk leaves behind, however it ended. */
#ifndef THALWEG_CLI_DESCENT_FILES_H
#define THALWEG_CLI_DESCENT_FILES_H

#include "cli_descent.h"

/* Paths, or NULL. */
typedef struct descent_files {
    const char *weights, *log, *picture;
    const char *trajectory; /* written while it walks */
} descent_files;

/* Writes all of them; one that fails does not keep the others from being written. The status and
 * the words are those of the first that failed, followed by what is there in spite of it. */
tw_status descent_write(const descent_files *files, const descent *walk,
                        const tw_provenance *provenance);

/* The words for a walk that ended early with `status`, whose message is recorded: writes what was
 * reached, and says where it is. */
tw_status descent_end_early(cli_context *context, const descent_files *files, const descent *walk,
                            const tw_provenance *provenance, tw_status status);

#endif
