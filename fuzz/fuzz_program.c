/* fuzz_program.c: what a program says, greeting and answers, as if it came from its pipe. The first
 * byte chooses the format and how many numbers are asked for. */
#include <fcntl.h>
#include <math.h>
#include <string.h>
#include <unistd.h>

#include "fuzz_input.h"
#include "plugin/program_private.h"

static void require(int condition) {
    if (!condition)
        abort();
}

/* What was read is written and read again: the same bits, but that a NaN is only a NaN. */
static void check_numbers(size_t count, const double *numbers) {
    tw_bytes request = {0};
    double again[4];
    require(tw_program_plain.ask(&request, "value", count, numbers) == TW_OK);
    require(request.data[request.used - 1] == '\n');
    request.data[--request.used] = '\0';
    require(tw_program_read_numbers(request.data, request.used, count, again) == TW_OK);
    for (size_t i = 0; i < count; i++)
        require((isnan(numbers[i]) && isnan(again[i])) ||
                memcmp(&numbers[i], &again[i], sizeof again[i]) == 0);
    tw_bytes_release(&request);
}

static tw_status hear_greeting(tw_channel *channel, tw_greeting *greeting) {
    tw_status status = TW_OK;
    while (status == TW_OK && !greeting->ready) {
        char *line;
        size_t length;
        status = tw_channel_line(channel, TW_GREETING_LONGEST_LINE, &line, &length);
        if (status == TW_OK)
            status = tw_greeting_line(greeting, line, length);
    }
    require(status == TW_OK || tw_message()[0] != '\0');
    if (status == TW_OK) {
        require(greeting->size > 0 && greeting->format != NULL);
        require(greeting->space == NULL || tw_space_size(greeting->space) == greeting->size);
        require(greeting->metrics == NULL || strcmp(greeting->metrics[0], "loss") == 0);
    }
    return status;
}

static void hear_answers(tw_channel *channel, const tw_program_format *format, size_t count) {
    double numbers[4];
    tw_status status;
    do {
        channel->refused = 0;
        status = format->answer(channel, count, numbers);
        if (status == TW_OK)
            check_numbers(count, numbers);
        else
            require(tw_message()[0] != '\0');
    } while (status == TW_OK || channel->refused);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
    if (size == 0)
        return 0;
    tw_channel channel = {.process = {.input = -1, .input_kept = -1, .life = -1}};
    channel.process.output = open(fuzz_file(0, data + 1, size - 1), O_RDONLY | O_CLOEXEC);
    require(channel.process.output >= 0);
    tw_channel_limit(&channel, 5);
    tw_greeting greeting = {0};
    const tw_program_format *format = data[0] & 1 ? &tw_program_binary : &tw_program_text;
    tw_status status = TW_OK;
    if (data[0] & 2)
        status = hear_greeting(&channel, &greeting);
    if (greeting.format != NULL)
        format = greeting.format;
    if (status == TW_OK)
        hear_answers(&channel, format, 1 + (data[0] >> 2) % 4);
    tw_greeting_release(&greeting);
    tw_channel_close(&channel, 0);
    return 0;
}
