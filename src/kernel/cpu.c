#include "thalweg/cpu.h"

#include <stdatomic.h>
#include <string.h>

#include "kernel/kernels.h"

static int always(void) {
    return 1;
}

extern const tw_kernels tw_kernel_table_generic;

#ifdef TW_HAVE_X86_LEVELS
extern const tw_kernels tw_kernel_table_v3, tw_kernel_table_v4;

static int has_v3(void) {
    return __builtin_cpu_supports("avx2") && __builtin_cpu_supports("fma") &&
           __builtin_cpu_supports("bmi2");
}

static int has_v4(void) {
    return has_v3() && __builtin_cpu_supports("avx512f") && __builtin_cpu_supports("avx512bw") &&
           __builtin_cpu_supports("avx512cd") && __builtin_cpu_supports("avx512dq") &&
           __builtin_cpu_supports("avx512vl");
}
#endif

/* Lowest first. */
static const struct level {
    const char *name;
    const tw_kernels *kernels;
    int (*supported)(void);
} levels[] = {
    {"generic", &tw_kernel_table_generic, always},
#ifdef TW_HAVE_X86_LEVELS
    {"x86-64-v3", &tw_kernel_table_v3, has_v3},
    {"x86-64-v4", &tw_kernel_table_v4, has_v4},
#endif
};

enum { LEVEL_COUNT = sizeof levels / sizeof levels[0] };

/* The one choice a process makes: -1 until first asked or set. */
static atomic_int chosen = -1;

static int best_level(void) {
    int best = 0;
    for (int k = 1; k < LEVEL_COUNT; k++)
        if (levels[k].supported())
            best = k;
    return best;
}

static const struct level *current(void) {
    int level = atomic_load(&chosen);
    if (level < 0) {
        level = best_level();
        atomic_store(&chosen, level);
    }
    return &levels[level];
}

const char *tw_cpu_level_name(size_t index) {
    return index < LEVEL_COUNT ? levels[index].name : NULL;
}

int tw_cpu_level_supported(size_t index) {
    return index < LEVEL_COUNT && levels[index].supported();
}

const char *tw_cpu_level(void) {
    return current()->name;
}

tw_status tw_cpu_level_set(const char *name) {
    if (strcmp(name, "best") == 0) {
        atomic_store(&chosen, best_level());
        return TW_OK;
    }
    for (int k = 0; k < LEVEL_COUNT; k++)
        if (strcmp(levels[k].name, name) == 0) {
            if (!levels[k].supported())
                return tw_fail(TW_ERR_ARGUMENT, "this processor has no '%s'", name);
            atomic_store(&chosen, k);
            return TW_OK;
        }
    return tw_fail(TW_ERR_ARGUMENT, "no instruction-set level '%s' in this build", name);
}

size_t tw_relu_scratch(const tw_relu_row *row) {
    size_t units = (row->units + TW_FEATURE_PAD - 1) / TW_FEATURE_PAD * TW_FEATURE_PAD;
    return 4 * units + (row->count + 1) * 3 * 16;
}

const tw_kernels *tw_kernels_current(void) {
    return current()->kernels;
}

const tw_kernels *tw_kernels_at(size_t index) {
    return index < LEVEL_COUNT ? levels[index].kernels : NULL;
}
