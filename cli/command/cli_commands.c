/* The list of commands, in the order in which help shows them. */
#include "command/cli_command.h"

static const cli_command *const commands[] = {
    &command_demo,      &command_info,       &command_eval,      &command_gradient,
    &command_gradcheck, &command_spectrum,   &command_sharpness, &command_steps,
    &command_slice,     &command_plane,      &command_train,     &command_plot,
    &command_animate,   &command_view,       &command_convert,   &command_fetch,
    &command_serve,     &command_completion, &command_help,
};

const cli_command *cli_command_at(size_t index) {
    return index < sizeof commands / sizeof commands[0] ? commands[index] : NULL;
}

const char *cli_command_name(size_t index) {
    const cli_command *command = cli_command_at(index);
    return command != NULL ? command->name : NULL;
}
