/* plugin_modes.h: what a call of a plug-in leaves behind in the thread: how numbers are rounded,
 * which exceptions trap, whether denormal numbers count as 0, the thread's locale. All are as
 * before once the call is over. The pair takes a few nanoseconds, which fegetenv and fesetenv do
 * not (150 ns on x86-64: as long as a small function). */
#ifndef TW_PLUGIN_MODES_H
#define TW_PLUGIN_MODES_H

#include <fenv.h>
#include <locale.h>
#include <stdint.h>

#if defined(__x86_64__)

/* SSE and x87 have a control word each; the flags of exceptions seen are nobody's mode. */
typedef struct tw_float_modes {
    uint32_t vector;
    uint16_t stack;
} tw_float_modes;

static inline tw_float_modes tw_float_modes_now(void) {
    enum { FLAGS = 0x3f };
    tw_float_modes now = {.vector = __builtin_ia32_stmxcsr() & ~(uint32_t)FLAGS};
    __asm__ volatile("fnstcw %0" : "=m"(now.stack));
    return now;
}

static inline void tw_float_modes_set(tw_float_modes modes) {
    tw_float_modes now = tw_float_modes_now();
    if (now.vector != modes.vector)
        __builtin_ia32_ldmxcsr(modes.vector);
    if (now.stack != modes.stack) {
        __asm__ volatile("fnclex"); /* a flag that is up would trap as soon as traps are loaded */
        __asm__ volatile("fldcw %0" : : "m"(modes.stack));
    }
}

#else

typedef fenv_t tw_float_modes;

static inline tw_float_modes tw_float_modes_now(void) {
    fenv_t now;
    fegetenv(&now);
    return now;
}

static inline void tw_float_modes_set(tw_float_modes modes) {
    fesetenv(&modes);
}

#endif

typedef struct tw_plugin_modes {
    tw_float_modes floats;
    locale_t locale;
} tw_plugin_modes;

static inline tw_plugin_modes tw_plugin_enter(void) {
    return (tw_plugin_modes){tw_float_modes_now(), uselocale((locale_t)0)};
}

static inline void tw_plugin_leave(tw_plugin_modes before) {
    tw_float_modes_set(before.floats);
    if (uselocale((locale_t)0) != before.locale)
        uselocale(before.locale);
}

#endif
