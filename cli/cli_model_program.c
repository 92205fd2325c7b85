/* Programs on a pipe (program.h), by --exec COMMAND. */
#include <math.h>

#include "cli_model_kind.h"
#include "option/cli_hint.h"

enum { MOST_WORKERS = 4096 };

static const char *given(const model_args *args) {
    return args->exec.command;
}

static tw_status make_options(const exec_args *args, tw_program_options *out) {
    *out = (tw_program_options){.once = args->once};
    if (args->once && args->size == OPTION_UNSET)
        return tw_fail(TW_ERR_ARGUMENT, "--exec-once: such a program does not greet, so that "
                                        "--exec-size must be given");
    if (args->workers != OPTION_UNSET && args->workers > MOST_WORKERS)
        return tw_fail(TW_ERR_ARGUMENT, "--exec-workers: %zu is more than %d", args->workers,
                       MOST_WORKERS);
    if (args->size != OPTION_UNSET)
        out->size = args->size;
    if (args->workers != OPTION_UNSET)
        out->workers = (int)args->workers;
    if (!isnan(args->timeout))
        out->timeout = args->timeout > 0 ? args->timeout : INFINITY;
    return TW_OK;
}

static tw_status open(const cli_context *context, const model_args *args, const char *spec,
                      cli_model *out) {
    tw_program_options options;
    tw_status status = make_options(&args->exec, &options);
    if (status == TW_OK)
        status = tw_program_open(spec, &options, context->runner, &out->objective);
    if (status == TW_OK)
        out->kind = tw_objective_name(out->objective);
    return hint_exec(context, status, spec);
}

static tw_status provenance(const model_args *args, const cli_model *model, tw_provenance *out) {
    return tw_provenance_add(out, "exec", "%s", args->exec.command);
}

const model_kind model_program = {
    .noun = "a program",
    .given = given,
    .given_by = "--exec",
    .uses = MODEL_USES_EXEC,
    .drawn_init = "normal:1",
    .open = open,
    .provenance = provenance,
};
