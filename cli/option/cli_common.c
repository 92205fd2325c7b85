/* The options that every command takes. */
#include "command/cli_command.h"

const char *cli_cpu_name(size_t index) {
    if (index == 0)
        return "best";
    return tw_cpu_level_name(index - 1);
}

static const char *json_word(size_t index) {
    return index == 0 ? "values" : NULL;
}

static const option_spec common_options[] = {
    {"seed", 0, OPTION_SEED, "N", offsetof(common_args, seed), .fallback = "0",
     .help = "seed for everything that is drawn at random", .usual = 1},
    {"threads", 0, OPTION_SIZE, "N", offsetof(common_args, threads), RANGE_POSITIVE,
     .help = "number of threads; results do not depend on it", .silent = 1,
     .shown = "one per processor"},
    {"cpu", 0, OPTION_TEXT, "LEVEL", offsetof(common_args, cpu), .values = cli_cpu_name,
     .fallback = "best", .help = "instruction-set level of the kernels"},
    {"json", 0, OPTION_FLAG, NULL, offsetof(common_args, json), .values = json_word,
     .help = "print one JSON object instead of text; --json=values: with the values of a slice or "
             "plane in it",
     .silent = 1, .usual = 1},
    {"quiet", 'q', OPTION_FLAG, NULL, offsetof(common_args, quiet),
     .help = "no remarks and no progress bar on standard error", .silent = 1},
    {"help", 'h', OPTION_FLAG, NULL, offsetof(common_args, help),
     .help = "show the options that most people use"},
    {"help-all", 0, OPTION_FLAG, NULL, offsetof(common_args, help_all), .help = "show all options"},
    {"version", 'V', OPTION_FLAG, NULL, offsetof(common_args, version), .help = "show the version"},
    {NULL},
};

const option_group cli_common_groups[] = {{"Common options", common_options, 0}, {NULL}};
