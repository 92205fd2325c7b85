#include "command/cli_live.h"

#include <string.h>

int live_is_survey(const char *word) {
    return strcmp(word, "plane") == 0 || strcmp(word, "slice") == 0;
}

int live_command_at(int argc, char **argv) {
    for (int k = 2; k + 1 < argc; k++)
        if (strcmp(argv[k], "--live") == 0 && live_is_survey(argv[k + 1]))
            return k + 1;
    return 0;
}

tw_status live_open(const cli_context *context, const tw_study_live_options *options, size_t count,
                    const char *const *files, int answers, tw_live **out) {
    if (tw_team_size(context->team) > 1)
        return tw_fail(TW_ERR_ARGUMENT, "--live: several processes have no page in common");
    tw_status status = tw_study_live_open(context->study, options, count, files, answers, out);
    if (status != TW_OK)
        return status;
    cli_talk(context, "open it in a browser, Ctrl-C ends it:\n");
    fprintf(context->common.json ? context->err : context->out, "%s\n", tw_live_address(*out));
    fflush(context->common.json ? context->err : context->out);
    return TW_OK;
}
