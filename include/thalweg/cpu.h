/* cpu.h: instruction-set levels of the numeric kernels.
 *
 * The kernels are plain C, compiled once for every level that the compiler knows on this
 * architecture; the best one that the processor has is taken at run time. Results are the same
 * bits for any number of threads at one level, and equal to rounding between levels.
 */
#ifndef THALWEG_CPU_H
#define THALWEG_CPU_H

#include <stddef.h>

#include "status.h"

TW_BEGIN_DECLS

/* Name of level `index` compiled into the library, lowest first ("generic" is always 0; on x86-64
 * "x86-64-v3" and "x86-64-v4" follow). NULL past the end. */
TW_API const char *tw_cpu_level_name(size_t index);

/* Whether this processor can run level `index`. */
TW_API int tw_cpu_level_supported(size_t index);

/* Name of the level that objectives made from now on will use. */
TW_API const char *tw_cpu_level(void);

/* Takes the named level for objectives made from now on ("best" for the highest supported). For
 * tests, benchmarks and reproduction of another machine's bits. Fails with TW_ERR_ARGUMENT if the
 * name is unknown or the processor lacks it. */
TW_API tw_status tw_cpu_level_set(const char *name);

TW_END_DECLS

#endif
