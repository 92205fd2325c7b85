/* cli_whole.h: a stream into memory that tells whether all is there. Those of open_memstream lose
 * what they have no memory for: the calls that follow succeed, and so does fclose. */
#ifndef CLI_WHOLE_H
#define CLI_WHOLE_H

#include <stdio.h>

typedef struct whole_text {
    char *text; /* ended by a 0; NULL where nothing was written */
    size_t size, room;
    int lost;
} whole_text;

/* NULL where memory is out. */
FILE *whole_open(whole_text *whole);

/* 0 if all that was written is there; whole->text is to be freed either way. */
int whole_close(FILE *stream, whole_text *whole);

#endif
