/* peak.c: what the arithmetic units and the memory give at one instruction-set level; compiled once
 * a level. */
#include "kernel/vector.h"

double KERNEL(peak)(size_t rounds);
double KERNEL(peak_single)(size_t rounds);
double KERNEL(read)(const double *from, size_t count);

/* Independent multiply-adds in registers: more chains than latency times throughput of any
 * processor known, and fewer than there are registers. */
enum { CHAINS = 12 };

typedef float fvec __attribute__((vector_size(TW_VECTOR_BYTES)));

#define CHAINS_OF(type, rounds)                                                                    \
    type x[CHAINS], factor = 0.999999f - (type){0}, term = 1e-6f - (type){0}, sum = {0};           \
    _Pragma("GCC unroll 16") for (size_t k = 0; k < CHAINS; k++) x[k] = (float)k - (type){0};      \
    for (size_t r = 0; r < rounds; r++)                                                            \
        _Pragma("GCC unroll 16") for (size_t k = 0; k < CHAINS; k++) x[k] = x[k] * factor + term;  \
    _Pragma("GCC unroll 16") for (size_t k = 0; k < CHAINS; k++) sum += x[k]

double KERNEL(peak)(size_t rounds) {
    CHAINS_OF(vec, rounds);
    return lane_sum(sum);
}

double KERNEL(peak_single)(size_t rounds) {
    CHAINS_OF(fvec, rounds);
    float all = 0;
    for (size_t k = 0; k < sizeof sum / sizeof all; k++)
        all += sum[k];
    return all;
}

/* Adds up the bits, so that nothing but the reading takes time. count is a multiple of 8 LANES. */
double KERNEL(read)(const double *from, size_t count) {
    ivec sum[8] = {{0}};
    for (size_t i = 0; i < count; i += 8 * LANES)
        for (size_t k = 0; k < 8; k++)
            sum[k] += (ivec)load(from + i + k * LANES);
    ivec all = sum[0];
    for (size_t k = 1; k < 8; k++)
        all += sum[k];
    return (double)all[0];
}
