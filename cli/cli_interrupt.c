#include "cli_interrupt.h"

#include <signal.h>
#include <stddef.h>
#include <time.h>

static const int signals[] = {SIGINT, SIGTERM, SIGHUP};
enum { SIGNALS = sizeof signals / sizeof signals[0] };

/* A handler has nowhere else to write to. */
static volatile sig_atomic_t seen;
static struct sigaction before[SIGNALS];
static int watching;

/* A signal often comes twice at once: to a process, and to its group. Only one that comes later is
 * impatience. */
static const double IMPATIENT = 1;
static volatile double first;

static double now(void) {
    struct timespec time;
    clock_gettime(CLOCK_MONOTONIC, &time);
    return (double)time.tv_sec + 1e-9 * (double)time.tv_nsec;
}

static void note(int number) {
    if (!seen) {
        first = now();
        seen = number;
    } else if (now() - first > IMPATIENT) {
        signal(number, SIG_DFL);
        raise(number);
    }
}

void interrupt_watch(void) {
    struct sigaction action = {.sa_handler = note, .sa_flags = SA_RESTART};
    seen = 0;
    watching = 1;
    for (int i = 0; i < SIGNALS; i++) {
        sigaction(signals[i], NULL, &before[i]);
        if (before[i].sa_handler != SIG_IGN)
            sigaction(signals[i], &action, NULL);
    }
}

void interrupt_release(void) {
    for (int i = 0; watching && i < SIGNALS; i++)
        sigaction(signals[i], &before[i], NULL);
    watching = 0;
}

int interrupt_seen(void) {
    return seen;
}
