/* rude.c: a plug-in that is right, f = |x|^2 and its gradient, but does to its process what the
 * argument says, in every evaluation. */
#include <fenv.h>
#include <locale.h>
#include <pthread.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "thalweg/plugin.h"

static char manner[32];
static _Atomic int evaluations;

/* ---- what stays behind ---- */

static _Atomic unsigned long turns;

static void *turn_for_ever(void *none) {
    for (;;)
        turns++;
    return NULL;
}

static void leave_thread(void) {
    pthread_t thread;
    static _Atomic int started;
    if (!started++ && pthread_create(&thread, NULL, turn_for_ever, NULL) == 0)
        pthread_detach(thread);
}

static void at_the_end(void) {
    turns++;
}

static pthread_key_t key;

static void thread_ends(void *value) {
    turns++;
}

static void leave_handlers(void) {
    static _Atomic int left;
    if (!left++)
        atexit(at_the_end);
    pthread_setspecific(key, &key);
}

/* ---- modes ---- */

static void flush_denormals(void) {
#if defined(__x86_64__)
    __builtin_ia32_ldmxcsr(__builtin_ia32_stmxcsr() | 0x8040);
#endif
}

static void change_locale(void) {
    const char *name = getenv("RUDE_LOCALE");
    static locale_t comma;
    if (name == NULL)
        return;
    setlocale(LC_ALL, name);
    if (comma == (locale_t)0)
        comma = newlocale(LC_ALL_MASK, name, (locale_t)0);
    uselocale(comma);
}

/* ---- ends ---- */

static void fork_child(void) {
    if (fork() == 0)
        exit(0); /* the child's own way out */
}

static void use_up_input(void) {
    while (getchar() != EOF)
        ;
}

static int recurse(int depth) {
    volatile char room[4096];
    room[depth % 4096] = 1;
    return evaluations < 0 ? 0 : recurse(depth + 1) + room[0];
}

static void behave(void) {
    if (strcmp(manner, "thread") == 0)
        leave_thread();
    else if (strcmp(manner, "handlers") == 0)
        leave_handlers();
    else if (strcmp(manner, "rounds") == 0)
        fesetround(FE_UPWARD);
    else if (strcmp(manner, "traps") == 0)
        feenableexcept(FE_DIVBYZERO | FE_INVALID | FE_INEXACT);
    else if (strcmp(manner, "flushes") == 0)
        flush_denormals();
    else if (strcmp(manner, "locale") == 0)
        change_locale();
    else if (strcmp(manner, "prints") == 0)
        printf("evaluation %d\n", evaluations);
    else if (strcmp(manner, "reads") == 0)
        use_up_input();
    else if (strcmp(manner, "forks") == 0)
        fork_child();
    else if (strcmp(manner, "exit") == 0 && evaluations > 3)
        exit(0);
    else if (strcmp(manner, "quick_exit") == 0 && evaluations > 3)
        quick_exit(0);
    else if (strcmp(manner, "pthread_exit") == 0 && evaluations > 3)
        pthread_exit(NULL);
    else if (strcmp(manner, "divides") == 0)
        raise(SIGFPE);
    else if (strcmp(manner, "faults") == 0)
        raise(SIGSEGV);
    else if (strcmp(manner, "recurses") == 0)
        evaluations += recurse(1);
    else if (strcmp(manner, "aborts") == 0)
        abort();
}

/* ---- the plug-in ---- */

static int create(const char *argument, void **model) {
    snprintf(manner, sizeof manner, "%s", argument);
    evaluations = 0;
    pthread_key_create(&key, thread_ends);
    change_locale();
    *model = manner;
    return 0;
}

static int describe(void *model, tw_plugin_facts *facts) {
    static const double start[3] = {0.5, 1.25, -2};
    facts->size = 3;
    facts->start = start;
    return 0;
}

static int value(void *model, size_t n, const double *x, double *values) {
    double sum = 0;
    for (size_t i = 0; i < n; i++)
        sum += x[i] * x[i];
    values[0] = sum;
    evaluations++;
    behave();
    return 0;
}

static int gradient(void *model, size_t n, const double *x, double *values, double *gradient) {
    for (size_t i = 0; i < n; i++)
        gradient[i] = 2 * x[i];
    return value(model, n, x, values);
}

const tw_plugin *thalweg_plugin(void) {
    static const tw_plugin table = {
        .version = TW_PLUGIN_VERSION,
        .callers = TW_PLUGIN_SHARED,
        .bytes = sizeof(tw_plugin),
        .create = create,
        .describe = describe,
        .value = value,
        .gradient = gradient,
    };
    return &table;
}
