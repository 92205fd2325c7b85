#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <unistd.h>

#include "cli_command.h"
#include "cli_team.h"

/* If a standard stream is closed, the next file opened would take its number and be written over.
 * The place is filled with a descriptor on which the stream's own use fails. */
static void reserve_standard_streams(void) {
    for (int number = 0; number <= 2; number++)
        if (fcntl(number, F_GETFD) < 0 && errno == EBADF) {
            int got = open("/dev/null", number == 0 ? O_WRONLY : O_RDONLY);
            if (got != number && got >= 0)
                close(got);
        }
}

int main(int argc, char **argv) {
    reserve_standard_streams();
    signal(SIGPIPE, SIG_IGN); /* a closed pipe is an error of write, reported like any other */
    tw_team *team;
    cli_context none = {.err = stderr};
    tw_status status = team_join(&team);
    if (status != TW_OK)
        return cli_finish(&none, status);
    int code = cli_run_team(argc, argv, stdout, stderr, team);
    tw_team_leave(team);
    return code;
}
