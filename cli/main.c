#include <errno.h>
#include <fcntl.h>
#include <locale.h>
#include <pthread.h>
#include <signal.h>
#include <unistd.h>

#include "cli_exit.h"
#include "cli_streams.h"
#include "cli_team.h"
#include "command/cli_command.h"

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

/* In this thread numbers keep their points, whatever locale a plug-in sets for the process. */
static void keep_plain_numbers(void) {
    locale_t plain = newlocale(LC_ALL_MASK, "C", (locale_t)0);
    if (plain != (locale_t)0)
        uselocale(plain);
}

int main(int argc, char **argv) {
    reserve_standard_streams();
    keep_plain_numbers();
    FILE *out = streams_open();
    exit_watch(argc > 1 ? argv[1] : NULL);
    /* a closed pipe and a limit on the size of files are errors of write, told like any other */
    signal(SIGPIPE, SIG_IGN);
    signal(SIGXFSZ, SIG_IGN);
    tw_team *team;
    cli_context none = {.err = stderr};
    tw_status status = team_join(&team);
    int code;
    pthread_cleanup_push(exit_of_thread, NULL);
    code =
        status == TW_OK ? cli_run_team(argc, argv, out, stderr, team) : cli_finish(&none, status);
    pthread_cleanup_pop(0);
    tw_team_leave(team);
    exit_expected(code);
    return code;
}
