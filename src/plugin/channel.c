#include "plugin/channel.h"

#include <errno.h>
#include <limits.h>
#include <math.h>
#include <poll.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "core/clock.h"

enum { CHUNK = 65536, SHOWN = 48 };

/* A process whose output has ended is given so long to tell how it ended. */
static const double ending_seconds = 1;

/* ---- bytes ---- */

tw_status tw_bytes_reserve(tw_bytes *bytes, size_t count) {
    size_t needed;
    if (__builtin_add_overflow(bytes->used, count, &needed) || needed > PTRDIFF_MAX)
        return tw_fail(TW_ERR_MEMORY, "not enough memory for a message of %zu bytes", count);
    if (needed <= bytes->room)
        return TW_OK;
    size_t room = bytes->room < CHUNK ? CHUNK : bytes->room;
    while (room < needed)
        room += room / 2;
    char *data = realloc(bytes->data, room);
    if (data == NULL)
        return tw_fail(TW_ERR_MEMORY, "not enough memory for a message of %zu bytes", needed);
    bytes->data = data;
    bytes->room = room;
    return TW_OK;
}

tw_status tw_bytes_append(tw_bytes *bytes, const void *data, size_t count) {
    tw_status status = tw_bytes_reserve(bytes, count);
    if (status == TW_OK && count > 0) {
        memcpy(bytes->data + bytes->used, data, count);
        bytes->used += count;
    }
    return status;
}

void tw_bytes_release(tw_bytes *bytes) {
    free(bytes->data);
    *bytes = (tw_bytes){0};
}

char *tw_channel_quote(const char *bytes, size_t length, char *out, size_t size) {
    size_t shown = length < size - 4 ? length : size - 4;
    for (size_t i = 0; i < shown; i++)
        out[i] = (unsigned char)bytes[i] < ' ' || bytes[i] == 127 ? '?' : bytes[i];
    snprintf(out + shown, 4, "%s", shown < length ? "..." : "");
    return out;
}

/* ---- moving bytes ---- */

static int is_sending(const tw_channel *channel) {
    return channel->sent < channel->out.used;
}

static tw_status write_some(tw_channel *channel) {
    while (is_sending(channel)) {
        ssize_t count = write(channel->process.input, channel->out.data + channel->sent,
                              channel->out.used - channel->sent);
        if (count < 0 && errno == EINTR)
            continue;
        if (count < 0 && errno == EAGAIN)
            return TW_OK;
        if (count < 0)
            return tw_fail(TW_ERR_SYSTEM, "cannot write to its pipe: %s", strerror(errno));
        channel->sent += (size_t)count;
    }
    channel->out.used = 0;
    channel->sent = 0;
    if (channel->close_when_sent)
        tw_process_close_input(&channel->process);
    return TW_OK;
}

/* What the caller has taken makes room for what comes. */
static void forget_taken(tw_channel *channel) {
    size_t left = channel->in.used - channel->taken;
    if (left > 0 && channel->taken > 0)
        memmove(channel->in.data, channel->in.data + channel->taken, left);
    channel->in.used = left;
    channel->searched -= channel->searched < channel->taken ? channel->searched : channel->taken;
    channel->taken = 0;
}

/* At most one piece; sets `ended` at the end. */
static tw_status read_some(tw_channel *channel) {
    if (channel->taken > channel->in.used / 2)
        forget_taken(channel);
    /* one byte more, for the 0 after a message */
    tw_status status = tw_bytes_reserve(&channel->in, CHUNK + 1);
    if (status != TW_OK)
        return status;
    ssize_t count;
    do
        count = read(channel->process.output, channel->in.data + channel->in.used,
                     channel->in.room - channel->in.used - 1);
    while (count < 0 && errno == EINTR);
    if (count < 0 && errno == EAGAIN)
        return TW_OK;
    if (count < 0)
        return tw_fail(TW_ERR_SYSTEM, "cannot read its pipe: %s", strerror(errno));
    channel->ended = count == 0;
    channel->in.used += (size_t)count;
    return TW_OK;
}

static int milliseconds_until(double deadline) {
    double left = ceil(1e3 * (deadline - tw_clock_seconds()));
    return left <= 0 ? 0 : left < INT_MAX ? (int)left : isinf(deadline) ? -1 : INT_MAX;
}

static tw_status late(tw_channel *channel) {
    channel->late = 1;
    if (is_sending(channel))
        return tw_fail(TW_ERR_CALLBACK,
                       "no answer within %g s: it did not read the last %zu of %zu bytes of the "
                       "request",
                       channel->limit, channel->out.used - channel->sent, channel->out.used);
    return tw_fail(TW_ERR_CALLBACK, "no answer within %g s", channel->limit);
}

/* Waits until something can be moved, and moves it. */
static tw_status pump(tw_channel *channel) {
    struct pollfd ends[2] = {{.fd = channel->process.output, .events = POLLIN},
                             {.fd = channel->process.input, .events = POLLOUT}};
    int ready = poll(ends, is_sending(channel) ? 2 : 1, milliseconds_until(channel->deadline));
    if (ready < 0 && errno != EINTR)
        return tw_fail(TW_ERR_SYSTEM, "cannot wait for its pipes: %s", strerror(errno));
    if (ready == 0 && tw_clock_seconds() >= channel->deadline)
        return late(channel);
    tw_status status = TW_OK;
    if (ready > 0 && ends[1].revents != 0)
        status = write_some(channel);
    if (ready > 0 && ends[0].revents != 0 && status == TW_OK)
        status = read_some(channel);
    return status;
}

/* ---- messages ---- */

/* Why nothing more comes. */
static tw_status told_end(const tw_channel *channel) {
    tw_status status = tw_process_ending(&channel->process, ending_seconds);
    return status != TW_OK ? status : tw_fail(TW_ERR_CALLBACK, "ended without an answer");
}

tw_status tw_channel_open(const char *command, tw_channel *out) {
    *out = (tw_channel){0};
    return tw_process_start(command, &out->process);
}

int tw_channel_is_sent(const tw_channel *channel) {
    return !is_sending(channel);
}

void tw_channel_limit(tw_channel *channel, double seconds) {
    channel->limit = seconds;
    channel->deadline = tw_clock_seconds() + seconds;
}

tw_status tw_channel_send(tw_channel *channel) {
    return write_some(channel);
}

/* Cuts the next line off if it is there whole; otherwise *line is NULL. */
static tw_status take_line(tw_channel *channel, size_t longest, char **line, size_t *length) {
    char shown[SHOWN], *begin = channel->in.data + channel->taken;
    size_t from = channel->searched > channel->taken ? channel->searched : channel->taken;
    char *newline = memchr(channel->in.data + from, '\n', channel->in.used - from);
    size_t held = newline != NULL ? (size_t)(newline - begin) : channel->in.used - channel->taken;
    *line = NULL;
    if (held > longest)
        return tw_fail(TW_ERR_CALLBACK, "answered a line of more than %zu bytes: '%s'", longest,
                       tw_channel_quote(begin, held, shown, sizeof shown));
    channel->searched = channel->in.used;
    if (newline != NULL) {
        *newline = '\0';
        *line = begin;
        *length = held;
        channel->taken += held + 1;
        channel->searched = channel->taken;
    } else if (channel->ended && held > 0) {
        return tw_fail(TW_ERR_CALLBACK, "ended in the middle of a line: '%s'",
                       tw_channel_quote(begin, held, shown, sizeof shown));
    }
    return TW_OK;
}

tw_status tw_channel_line(tw_channel *channel, size_t longest, char **line, size_t *length) {
    tw_status status = tw_bytes_reserve(&channel->in, 1);
    *line = NULL;
    while (status == TW_OK) {
        status = take_line(channel, longest, line, length);
        if (status != TW_OK || *line != NULL)
            break;
        status = channel->ended ? told_end(channel) : pump(channel);
    }
    return status;
}

tw_status tw_channel_bytes(tw_channel *channel, size_t count, const char **bytes) {
    while (channel->in.used - channel->taken < count) {
        if (channel->ended && channel->in.used > channel->taken)
            return tw_fail(TW_ERR_CALLBACK, "ended after %zu of %zu bytes of its answer",
                           channel->in.used - channel->taken, count);
        if (channel->ended)
            return told_end(channel);
        tw_status status = pump(channel);
        if (status != TW_OK)
            return status;
    }
    *bytes = channel->in.data + channel->taken;
    channel->taken += count;
    channel->searched = channel->taken;
    return TW_OK;
}

static tw_status unasked(const tw_channel *channel) {
    char shown[SHOWN];
    const char *begin = channel->in.data + channel->taken;
    size_t length = channel->in.used - channel->taken;
    const char *newline = memchr(begin, '\n', length);
    return tw_fail(TW_ERR_CALLBACK, "wrote '%s' without being asked",
                   tw_channel_quote(begin, newline != NULL ? (size_t)(newline - begin) : length,
                                    shown, sizeof shown));
}

tw_status tw_channel_flush(tw_channel *channel) {
    tw_status status = TW_OK;
    while (is_sending(channel) && status == TW_OK) {
        if (channel->ended)
            return told_end(channel);
        if (channel->in.used > channel->taken)
            return unasked(channel);
        status = pump(channel);
    }
    return status;
}

tw_status tw_channel_end(tw_channel *channel) {
    while (!channel->ended) {
        if (channel->in.used > channel->taken)
            return unasked(channel);
        tw_status status = pump(channel);
        if (status != TW_OK)
            return status;
    }
    if (channel->in.used > channel->taken)
        return unasked(channel);
    return tw_process_ending(&channel->process, ending_seconds);
}

tw_status tw_channel_quiet(tw_channel *channel) {
    tw_status status = read_some(channel);
    if (status == TW_OK && channel->in.used > channel->taken)
        return unasked(channel);
    if (status == TW_OK && channel->ended)
        return told_end(channel);
    return status;
}

void tw_channel_farewell(tw_channel *channel, const char *word) {
    if (!is_sending(channel) && word != NULL && channel->process.input >= 0 &&
        tw_bytes_append(&channel->out, word, strlen(word)) == TW_OK)
        write_some(channel);
    tw_process_close_input(&channel->process);
}

void tw_channel_close(tw_channel *channel, double deadline) {
    double left = deadline - tw_clock_seconds();
    if (left > 0)
        tw_process_wait(&channel->process, left);
    tw_process_kill(&channel->process);
    tw_bytes_release(&channel->out);
    tw_bytes_release(&channel->in);
}
