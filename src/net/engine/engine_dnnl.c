#include "net/engine/engine_dnnl.h"

#include <omp.h>
#include <stdio.h>

#include "net/engine/engine.h"

int tw_dnnl_threads_to_one(void) {
    int before = omp_get_max_threads();
    omp_set_num_threads(1);
    return before;
}

void tw_dnnl_threads_back(int before) {
    omp_set_num_threads(before);
}

tw_status tw_dnnl_failed(const char *what, dnnl_status_t status) {
    return status == dnnl_out_of_memory
               ? tw_fail(TW_ERR_MEMORY, "not enough memory for a %s", what)
               : tw_fail(TW_ERR_SYSTEM, "oneDNN: a %s failed with status %d", what, (int)status);
}

dnnl_engine_t tw_dnnl_engine(void) {
    static dnnl_engine_t engine;
    static int made;
    if (!__atomic_load_n(&made, __ATOMIC_ACQUIRE)) {
        dnnl_engine_t fresh = NULL;
        if (dnnl_engine_create(&fresh, dnnl_cpu, 0) != dnnl_success)
            return NULL;
        dnnl_engine_t none = NULL;
        if (!__atomic_compare_exchange_n(&engine, &none, fresh, 0, __ATOMIC_ACQ_REL,
                                         __ATOMIC_ACQUIRE))
            dnnl_engine_destroy(fresh);
        __atomic_store_n(&made, 1, __ATOMIC_RELEASE);
    }
    return engine;
}

/* Asked once: oneDNN asks the processor anew each time, by hundreds of instructions that a virtual
 * machine answers slowly. */
size_t tw_engine_block(void) {
    static int known = -1;
    int block = __atomic_load_n(&known, __ATOMIC_RELAXED);
    if (block < 0) {
        dnnl_cpu_isa_t isa = dnnl_get_effective_cpu_isa();
        block = isa >= dnnl_cpu_isa_avx512_core ? 16 : isa >= dnnl_cpu_isa_avx2 ? 8 : 0;
        __atomic_store_n(&known, block, __ATOMIC_RELAXED);
    }
    return (size_t)block;
}

const char *tw_engine_name(void) {
    static char name[32];
    const dnnl_version_t *version = dnnl_version();
    snprintf(name, sizeof name, "oneDNN %d.%d.%d", version->major, version->minor, version->patch);
    return name;
}
