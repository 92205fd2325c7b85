/* cli_streams.h: the standard output, apart from what plug-ins print.
 *
 * What the tool prints is data: one JSON object, a table. A plug-in's printf would land in it, so
 * the tool writes to a descriptor of its own, and what is loaded finds standard error as number 1.
 */
#ifndef THALWEG_CLI_STREAMS_H
#define THALWEG_CLI_STREAMS_H

#include <stdio.h>

/* The stream for data: standard output by another number, or `stdout` where none can be had. Call
 * once, before anything is printed. */
FILE *streams_open(void);

/* From here on what others print to standard output goes to standard error. */
void streams_divert(void);

/* A path that names the standard output (/dev/stdout), such that it still does once others are
 * diverted; any other as it is. */
const char *streams_path(const char *path);

/* Whether it is what streams_path made. */
int streams_is_own(const char *path);

#endif
