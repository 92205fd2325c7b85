/* program_binary.c: requests and answers as a line with a word, and little-endian doubles. */
#include <string.h>

#include "plugin/program_private.h"

enum { LONGEST_LINE = 4096, SHOWN = 40 };

static tw_status ask(tw_bytes *out, const char *word, size_t count, const double *numbers) {
    tw_status status = tw_bytes_append(out, word, strlen(word));
    if (status == TW_OK)
        status = tw_bytes_append(out, "\n", 1);
    size_t begin = out->used;
    if (status == TW_OK)
        status = tw_bytes_append(out, numbers, count * sizeof *numbers);
    if (status == TW_OK)
        tw_program_little_endian(out->data + begin, count);
    return status;
}

static tw_status answer(tw_channel *channel, size_t count, double *numbers) {
    char *line, shown[SHOWN];
    const char *bytes;
    size_t length;
    tw_status status = tw_channel_line(channel, LONGEST_LINE, &line, &length);
    if (status != TW_OK)
        return status;
    channel->refused = tw_program_is_error(line, length);
    if (channel->refused)
        return TW_ERR_CALLBACK;
    if (length != 2 || memcmp(line, "ok", 2) != 0)
        return tw_fail(TW_ERR_CALLBACK, "answered '%s' where 'ok' or 'error TEXT' was expected",
                       tw_channel_quote(line, length, shown, sizeof shown));
    status = tw_channel_bytes(channel, count * sizeof *numbers, &bytes);
    if (status != TW_OK)
        return status;
    memcpy(numbers, bytes, count * sizeof *numbers);
    tw_program_little_endian(numbers, count);
    return TW_OK;
}

const tw_program_format tw_program_binary = {"binary", ask, answer};
