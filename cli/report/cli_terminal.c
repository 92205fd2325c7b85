#include "report/cli_terminal.h"

#include "cli_streams.h"

tw_status terminal_find(const cli_context *context, int given, tw_terminal *out,
                        const char **path) {
    if (context->common.json)
        return tw_fail(TW_ERR_ARGUMENT, "--terminal and --json cannot be used together");
    *path = streams_path("/dev/stdout");
    fflush(context->out);
    return tw_terminal_find(fileno(context->out), given > 1 ? given - 2 : -1, out);
}
