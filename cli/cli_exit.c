#include "cli_exit.h"

#include <signal.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "cli_context.h"

/* Handlers have nowhere else to look. */
static volatile pid_t watched; /* 0: nobody; a child that a plug-in forked may end as it likes */
static volatile int finished = -1; /* the status of the command that has returned */
static char beginning[48];         /* "thalweg: plane: " */

static const struct {
    int number;
    const char *name;
} crashes[] = {
    {SIGSEGV, "crashed (segmentation fault)"},
    {SIGBUS, "crashed (bus error)"},
    {SIGFPE, "crashed (arithmetic trap)"},
    {SIGILL, "crashed (illegal instruction)"},
    {SIGABRT, "was aborted"},
};
enum { CRASHES = sizeof crashes / sizeof crashes[0], CALLERS = 512 };

/* Only what a signal handler may call. */
static void say(const char *what, const char *why) {
    const char *const parts[] = {beginning, what, why};
    char line[256];
    size_t length = 0;
    for (int k = 0; k < 3; k++)
        for (const char *at = parts[k]; *at != '\0' && length < sizeof line; at++)
            line[length++] = *at;
    (void)!write(STDERR_FILENO, line, length);
}

/* No stream is flushed: half an object is worse than none. Of several threads that call exit at
 * once the first speaks, and the others wait for the end that it makes. */
static void object(void) {
    static atomic_flag spoken = ATOMIC_FLAG_INIT;
    if (watched != getpid())
        return;
    while (atomic_flag_test_and_set(&spoken))
        pause();
    say("ended too early",
        ": a plug-in, or a library that ran out of memory, called exit; there is no result\n");
    _exit(EXIT_RUN_TIME);
}

/* Of several threads the first speaks, and the others wait; the signal, raised again, ends all. */
static void crash(int number) {
    static atomic_flag spoken = ATOMIC_FLAG_INIT;
    if (finished >= 0)
        _exit(finished);
    while (atomic_flag_test_and_set(&spoken))
        pause();
    for (int k = 0; k < CRASHES && watched == getpid(); k++)
        if (crashes[k].number == number)
            say(crashes[k].name, ": a plug-in, a library without memory, or a fault of "
                                 "thalweg; there is no result\n");
    signal(number, SIG_DFL);
    raise(number);
}

/* Those of a debugger's library (ASan) or of the caller stay. */
static void watch_crashes(void) {
    enum { ROOM = 1 << 14 };
    static char stack[ROOM]; /* a recursion without end leaves none of its own */
    const stack_t aside = {.ss_sp = stack, .ss_size = sizeof stack};
    struct sigaction action = {.sa_handler = crash, .sa_flags = SA_ONSTACK};
    struct sigaction before;
    sigaltstack(&aside, NULL);
    for (int k = 0; k < CRASHES; k++)
        if (sigaction(crashes[k].number, NULL, &before) == 0 && before.sa_handler == SIG_DFL)
            sigaction(crashes[k].number, &action, NULL);
}

void exit_watch(const char *word) {
    int known = word != NULL && word[0] != '\0' && strlen(word) < 20 &&
                word[strspn(word, "abcdefghijklmnopqrstuvwxyz")] == '\0';
    snprintf(beginning, sizeof beginning, "thalweg: %s%s", known ? word : "", known ? ": " : "");
    watched = getpid();
    /* A thread that calls exit takes a handler from the list before it runs it: if there were one
     * only, a second thread would find none, and end the process with its own status meanwhile. */
    for (int k = 0; k < CALLERS && watched != 0; k++)
        if (atexit(object) != 0 || at_quick_exit(object) != 0)
            watched = 0; /* so early, there is always room */
    watch_crashes();
}

void exit_of_thread(void *none) {
    object();
}

void exit_expected(int code) {
    finished = code;
    watched = 0;
}
