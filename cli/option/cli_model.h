/* cli_model.h: the options of a model on its data, at a point (study_model.h). */
#ifndef THALWEG_CLI_MODEL_H
#define THALWEG_CLI_MODEL_H

#include "cli_context.h"
#include "option/cli_data.h"
#include "option/cli_options.h"

extern const option_spec model_options[];

/* The groups of a command that has such options in the member `member` of its struct `type`. */
#define MODEL_GROUPS(type, member)                                                                 \
    {"Model",                                                                                      \
     model_options,                                                                                \
     offsetof(type, member),                                                                       \
     .bytes = sizeof(tw_study_model_options),                                                      \
     .settings = tw_study_model_setting,                                                           \
     .settings_at = offsetof(tw_study_model_options, settings)},                                   \
        DATA_GROUP(type, member.data)

/* Opens what the options say. `words` may hold the kind of model as its first word (NULL: none).
 * *out is freed by tw_study_model_free, NULL after a failure. */
tw_status model_open(const cli_context *context, const tw_study_model_options *options,
                     const option_words *words, tw_study_model **out);
/* The same on the first `samples` samples alone, without regulariser (tw_study_model_open_few). */
tw_status model_open_few(const cli_context *context, const tw_study_model_options *options,
                         const option_words *words, size_t samples, tw_study_model **out);

#endif
