#include "plugin/process.h"

#include <ctype.h>
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <spawn.h>
#include <stdio.h>
#include <string.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "core/clock.h"

extern char **environ;

/* ---- pipes ---- */

static void close_if_open(int *descriptor) {
    if (*descriptor >= 0)
        close(*descriptor);
    *descriptor = -1;
}

/* Standard streams of the host may be closed; a pipe in their place would be lost in the child. */
static int above_standard(int *descriptor) {
    if (*descriptor > STDERR_FILENO)
        return 1;
    int higher = fcntl(*descriptor, F_DUPFD_CLOEXEC, STDERR_FILENO + 1);
    int error = errno;
    close_if_open(descriptor);
    *descriptor = higher;
    errno = error;
    return higher >= 0;
}

/* Both ends are closed in every program that is started, here or elsewhere. */
static tw_status open_pipe(int *reading, int *writing) {
    int ends[2];
    if (pipe2(ends, O_CLOEXEC) != 0)
        return tw_fail(TW_ERR_SYSTEM, "cannot make a pipe: %s", strerror(errno));
    *reading = ends[0];
    *writing = ends[1];
    if (!above_standard(reading) || !above_standard(writing))
        return tw_fail(TW_ERR_SYSTEM, "cannot make a pipe: %s", strerror(errno));
    return TW_OK;
}

static tw_status do_not_block(int descriptor) {
    int flags = fcntl(descriptor, F_GETFL);
    if (flags < 0 || fcntl(descriptor, F_SETFL, flags | O_NONBLOCK) != 0)
        return tw_fail(TW_ERR_SYSTEM, "cannot set up a pipe: %s", strerror(errno));
    return TW_OK;
}

/* ---- starting ---- */

/* What a shell is given; the streams left out are those of this process. */
typedef struct shell_start {
    const char *command;
    pid_t group; /* 0: its own */
    int input;
    int output;
    const char *rest; /* where output and errors go instead, or NULL */
} shell_start;

static int set_streams(posix_spawn_file_actions_t *actions, const shell_start *start) {
    int error = posix_spawn_file_actions_adddup2(actions, start->input, STDIN_FILENO);
    if (error == 0 && start->rest == NULL)
        error = posix_spawn_file_actions_adddup2(actions, start->output, STDOUT_FILENO);
    for (int stream = STDOUT_FILENO; stream <= STDERR_FILENO && start->rest != NULL; stream++)
        if (error == 0)
            error = posix_spawn_file_actions_addopen(actions, stream, start->rest, O_WRONLY, 0);
    return error;
}

/* Whatever the host does with signals, the program finds them as a shell would give them to it. */
static int set_attributes(posix_spawnattr_t *attributes, const shell_start *start) {
    sigset_t none, usual;
    sigemptyset(&none);
    sigemptyset(&usual);
    sigaddset(&usual, SIGPIPE);
    sigaddset(&usual, SIGXFSZ);
    sigaddset(&usual, SIGCHLD);
    int error = posix_spawnattr_setsigmask(attributes, &none);
    if (error == 0)
        error = posix_spawnattr_setsigdefault(attributes, &usual);
    if (error == 0)
        error = posix_spawnattr_setpgroup(attributes, start->group);
    if (error == 0)
        error = posix_spawnattr_setflags(attributes, POSIX_SPAWN_SETPGROUP | POSIX_SPAWN_SETSIGDEF |
                                                         POSIX_SPAWN_SETSIGMASK);
    return error;
}

/* 0 or an error number. */
static int start_shell(const shell_start *start, pid_t *pid) {
    char *const words[] = {(char *)"sh", (char *)"-c", (char *)start->command, NULL};
    posix_spawn_file_actions_t actions;
    posix_spawnattr_t attributes;
    int error = posix_spawn_file_actions_init(&actions);
    if (error != 0)
        return error;
    error = posix_spawnattr_init(&attributes);
    if (error == 0) {
        error = set_streams(&actions, start);
        if (error == 0)
            error = set_attributes(&attributes, start);
        if (error == 0)
            error = posix_spawn(pid, "/bin/sh", &actions, &attributes, words, environ);
        posix_spawnattr_destroy(&attributes);
    }
    posix_spawn_file_actions_destroy(&actions);
    return error;
}

/* The program is not in the terminal's group, so that an interrupt ends this process and not the
 * program. A shell in its group that waits for the end of a pipe, which comes with our own end
 * however we end, sees to it. Without it the program is only left to itself. */
static void start_guard(tw_process *process) {
    int reading = -1;
    if (open_pipe(&reading, &process->life) == TW_OK) {
        shell_start start = {.command = "read -r line; kill -KILL 0",
                             .group = process->pid,
                             .input = reading,
                             .rest = "/dev/null"};
        if (start_shell(&start, &process->guard) != 0)
            process->guard = 0;
    }
    close_if_open(&reading);
}

static void close_pipes(tw_process *process) {
    close_if_open(&process->input);
    close_if_open(&process->input_kept);
    close_if_open(&process->output);
    close_if_open(&process->life);
}

tw_status tw_process_start(const char *command, tw_process *out) {
    *out = (tw_process){.input = -1, .input_kept = -1, .output = -1, .life = -1};
    int writing = -1;
    tw_status status = open_pipe(&out->input_kept, &out->input);
    if (status == TW_OK)
        status = open_pipe(&out->output, &writing);
    if (status == TW_OK)
        status = do_not_block(out->input);
    if (status == TW_OK)
        status = do_not_block(out->output);
    if (status == TW_OK) {
        shell_start start = {.command = command, .input = out->input_kept, .output = writing};
        int error = start_shell(&start, &out->pid);
        if (error != 0)
            status = tw_fail(TW_ERR_SYSTEM, "cannot start a process: %s%s", strerror(error),
                             error == EAGAIN ? "; ask for fewer workers" : "");
    }
    close_if_open(&writing);
    if (status == TW_OK)
        start_guard(out);
    else
        close_pipes(out);
    return status;
}

void tw_process_close_input(tw_process *process) {
    close_if_open(&process->input);
    close_if_open(&process->input_kept);
}

/* ---- the end ---- */

/* 1 if the process has ended, 0 if not, -1 if that cannot be known: the host may ignore SIGCHLD or
 * wait for every child itself. The process stays a zombie, so that its number and its group are
 * not given to others. */
static int has_ended(const tw_process *process, siginfo_t *how) {
    memset(how, 0, sizeof *how);
    if (waitid(P_PID, (id_t)process->pid, how, WEXITED | WNOHANG | WNOWAIT) != 0)
        return errno == EINTR ? 0 : -1;
    return how->si_pid == process->pid;
}

static int wait_for_end(const tw_process *process, double seconds, siginfo_t *how) {
    const struct timespec nap = {0, 1000000};
    double deadline = tw_clock_seconds() + seconds;
    int ended;
    while ((ended = has_ended(process, how)) == 0 && tw_clock_seconds() < deadline)
        nanosleep(&nap, NULL);
    return ended;
}

int tw_process_wait(const tw_process *process, double seconds) {
    siginfo_t how;
    return wait_for_end(process, seconds, &how) != 0;
}

static const char *signal_words(int signal, char *out, size_t size) {
    const char *name = strsignal(signal);
    snprintf(out, size, "signal %d (%s)", signal, name != NULL ? name : "unknown");
    char *first = strchr(out, '(') + 1;
    *first = (char)tolower((unsigned char)*first);
    return out;
}

static tw_status bad_exit(int code) {
    enum { NOT_RUNNABLE = 126, NOT_FOUND = 127, SIGNALS_OF_SHELL = 128, MOST_SIGNALS = 64 };
    char words[80];
    if (code == NOT_FOUND)
        return tw_fail(TW_ERR_CALLBACK, "the shell did not find it (exit status 127)");
    if (code == NOT_RUNNABLE)
        return tw_fail(TW_ERR_CALLBACK, "the shell cannot run it (exit status 126); is it "
                                        "executable?");
    if (code > SIGNALS_OF_SHELL && code <= SIGNALS_OF_SHELL + MOST_SIGNALS)
        return tw_fail(TW_ERR_CALLBACK, "exited with status %d, in a shell %s", code,
                       signal_words(code - SIGNALS_OF_SHELL, words, sizeof words));
    return tw_fail(TW_ERR_CALLBACK, "exited with status %d", code);
}

tw_status tw_process_ending(const tw_process *process, double seconds) {
    siginfo_t how;
    char words[80];
    int ended = wait_for_end(process, seconds, &how);
    if (ended < 0)
        return TW_OK;
    if (ended == 0)
        return tw_fail(TW_ERR_CALLBACK, "closed its standard output and went on");
    if (how.si_code != CLD_EXITED)
        return tw_fail(TW_ERR_CALLBACK, "was killed by %s",
                       signal_words(how.si_status, words, sizeof words));
    return how.si_status == 0 ? TW_OK : bad_exit(how.si_status);
}

static void reap(pid_t pid) {
    while (pid > 0 && waitpid(pid, NULL, 0) < 0 && errno == EINTR)
        continue;
}

void tw_process_kill(tw_process *process) {
    if (process->pid > 0)
        kill(-process->pid, SIGKILL);
    reap(process->pid);
    reap(process->guard);
    process->pid = 0;
    process->guard = 0;
    close_pipes(process);
}
