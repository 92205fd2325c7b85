/* peak.c: what the arithmetic units and the memory give at one instruction-set level; compiled once
 * a level. */
#include "kernel/vector.h"

double KERNEL(peak)(size_t rounds);
double KERNEL(read)(const double *from, size_t count);

/* Independent multiply-adds in registers: more chains than latency times throughput of any
 * processor known, and fewer than there are registers. */
enum { CHAINS = 12 };

double KERNEL(peak)(size_t rounds) {
    vec x[CHAINS], factor = splat(0.999999), term = splat(1e-6);
#pragma GCC unroll 16
    for (size_t k = 0; k < CHAINS; k++)
        x[k] = splat((double)k);
    for (size_t r = 0; r < rounds; r++)
#pragma GCC unroll 16
        for (size_t k = 0; k < CHAINS; k++)
            x[k] = x[k] * factor + term;
    vec sum = splat(0.0);
#pragma GCC unroll 16
    for (size_t k = 0; k < CHAINS; k++)
        sum += x[k];
    return lane_sum(sum);
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
