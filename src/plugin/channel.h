/* channel.h: a conversation with a process, in lines and in bytes, against a deadline. It reads
 * while it writes, so that neither side waits for the other however much there is to say. */
#ifndef TW_PLUGIN_CHANNEL_H
#define TW_PLUGIN_CHANNEL_H

#include <stddef.h>

#include "plugin/process.h"

/* Bytes that grow at their end. */
typedef struct tw_bytes {
    char *data;
    size_t used, room;
} tw_bytes;

/* Makes room for `count` more bytes; they begin at data + used. */
tw_status tw_bytes_reserve(tw_bytes *bytes, size_t count);
tw_status tw_bytes_append(tw_bytes *bytes, const void *data, size_t count);
void tw_bytes_release(tw_bytes *bytes);

typedef struct tw_channel {
    tw_process process;
    tw_bytes out; /* what is to be sent; append here, then call tw_channel_send */
    size_t sent;  /* so much of it has gone */
    int close_when_sent;
    tw_bytes in;     /* what has come; */
    size_t taken;    /* so much of it has been given to the caller, */
    size_t searched; /* and so much of it holds no end of the line */
    double limit;    /* seconds for an answer, */
    double deadline; /* which are over at this tw_clock_seconds */
    int late;        /* and it was not there */
    int ended;       /* nothing more will come */
    int refused;     /* the program answered that it cannot evaluate; the conversation goes on */
} tw_channel;

/* Starts the command (process.h). On success tw_channel_close must follow. */
tw_status tw_channel_open(const char *command, tw_channel *out);

/* From now on the process has so many seconds for what is asked of it; INFINITY: any time. */
void tw_channel_limit(tw_channel *channel, double seconds);

/* Begins to send what stands in `out`. */
tw_status tw_channel_send(tw_channel *channel);

/* The next line, ended with a 0 in place of the newline, of `length` bytes, none of them a newline
 * but perhaps a 0. It stays until the next call. A line that is longer than `longest` is an error.
 * TW_ERR_CALLBACK if the process ends or its time is over. */
tw_status tw_channel_line(tw_channel *channel, size_t longest, char **line, size_t *length);

/* The next `count` bytes, likewise. */
tw_status tw_channel_bytes(tw_channel *channel, size_t count, const char **bytes);

int tw_channel_is_sent(const tw_channel *channel);

/* Waits until all is sent, during which nothing must come. */
tw_status tw_channel_flush(tw_channel *channel);

/* Waits for the end of the process's output, before which nothing must come, and for its exit,
 * which must be a good one. */
tw_status tw_channel_end(tw_channel *channel);

/* An error if something has come for which nobody asked, or if the process has ended. */
tw_status tw_channel_quiet(tw_channel *channel);

/* Says that no more will be sent: `word` (NULL: none) if there is room for it, then the end. */
void tw_channel_farewell(tw_channel *channel, const char *word);

/* Gives the process until `deadline` to end by itself, then kills it. */
void tw_channel_close(tw_channel *channel, double deadline);

/* At most `size` - 1 bytes of `length` for a message: control characters become '?', and what was
 * cut off is marked by "...". Returns `out`. */
char *tw_channel_quote(const char *bytes, size_t length, char *out, size_t size);

#endif
