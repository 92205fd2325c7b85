/* Programs on a pipe (program.h), by the setting "exec". */
#include <math.h>

#include "study/model_kind.h"
#include "thalweg/program.h"

enum { MOST_WORKERS = 4096 };

static const tw_setting_spec settings[] = {
    {"exec", TW_SETTING_TEXT, "COMMAND",
     .help = "instead of a model: a program that is asked for values on its standard input, as "
             "docs/plugins.md describes; run by the shell",
     .usual = 1},
    {"exec-size", TW_SETTING_SIZE, "N", TW_RANGE_POSITIVE,
     .help = "number of parameters of a program that does not greet: it reads lines of N numbers "
             "and prints one number for each",
     .shown = "what the greeting says"},
    {"exec-once", TW_SETTING_SWITCH,
     .help = "with --exec-size: start the program afresh for every evaluation"},
    {"exec-workers", TW_SETTING_SIZE, "N", TW_RANGE_POSITIVE,
     .help = "how many copies of the program may run at the same time", .shown = "one per thread"},
    {"exec-timeout", TW_SETTING_NUMBER, "S", TW_RANGE_NOT_NEGATIVE,
     .help = "seconds that the program may take for one evaluation, 0 for no limit", .shown = "60"},
    {NULL},
};

static tw_status make_options(const tw_model_plan *plan, tw_program_options *out) {
    size_t size = tw_model_setting_size(plan, "exec-size");
    size_t workers = tw_model_setting_size(plan, "exec-workers");
    double timeout = tw_model_setting_number(plan, "exec-timeout");
    *out = (tw_program_options){.once = tw_model_setting_given(plan, "exec-once")};
    if (out->once && size == TW_UNSET)
        return tw_fail(
            TW_ERR_ARGUMENT,
            "--exec-once: such a program sends no greeting, so --exec-size must be given");
    if (workers != TW_UNSET && workers > MOST_WORKERS)
        return tw_fail(TW_ERR_ARGUMENT, "--exec-workers: %zu is more than %d", workers,
                       MOST_WORKERS);
    if (size != TW_UNSET)
        out->size = size;
    if (workers != TW_UNSET)
        out->workers = (int)workers;
    if (!isnan(timeout))
        out->timeout = timeout > 0 ? timeout : INFINITY;
    return TW_OK;
}

static tw_status open(tw_study_model *model) {
    tw_program_options options;
    tw_status status = make_options(model->plan, &options);
    if (status == TW_OK)
        status =
            tw_program_open(model->plan->spec, &options, model->study->runner, &model->objective);
    if (status == TW_OK)
        status = tw_model_take_name(model, model->objective);
    return status;
}

static tw_status provenance(const tw_study_model *model, tw_provenance *out) {
    return tw_provenance_add(out, "exec", "%s", model->plan->spec);
}

const tw_model_kind tw_kind_program = {
    .noun = "a program",
    .named_by = "exec",
    .settings = settings,
    .drawn_init = "normal:1",
    .open = open,
    .provenance = provenance,
};
