/* rng.h: counter-based random numbers, the same on every machine.
 *
 * Number k of a stream is a function of (seed, stream, k) alone: Philox4x32-10 of Salmon, Moraes,
 * Dror and Shaw, "Parallel random numbers: as easy as 1, 2, 3" (SC 2011). There is no state, so
 * any thread or rank can draw any part of any stream. Uniform numbers have 52 random bits. Normal
 * numbers come from the inverse of the normal distribution function (Wichura, algorithm AS 241,
 * Applied Statistics 37, 1988; relative accuracy about 1e-15), computed with additions,
 * multiplications, divisions and square roots only, in one fixed order, so that the bits are the
 * same wherever doubles are IEEE 754.
 */
#ifndef THALWEG_RNG_H
#define THALWEG_RNG_H

#include <stddef.h>
#include <stdint.h>

#include "export.h"

TW_BEGIN_DECLS

/* A stream number made from a name (FNV-1a, 64 bits), so that streams are named by what they are
 * for: tw_rng_stream("init"), tw_rng_stream("direction x/conv1.weight"). */
TW_API uint64_t tw_rng_stream(const char *name);

/* Number `index` of the stream as 64 random bits. */
TW_API uint64_t tw_rng_bits(uint64_t seed, uint64_t stream, uint64_t index);

/* Number `index` as a double in the open interval (0, 1). */
TW_API double tw_rng_uniform(uint64_t seed, uint64_t stream, uint64_t index);

/* Number `index` as a draw from N(0, 1). */
TW_API double tw_rng_normal(uint64_t seed, uint64_t stream, uint64_t index);

/* An integer in [0, bound), with a bias below 2^-64 * bound. bound > 0. */
TW_API uint64_t tw_rng_below(uint64_t seed, uint64_t stream, uint64_t index, uint64_t bound);

/* out[k] = number first + k, for k < count. */
TW_API void tw_rng_fill_uniform(uint64_t seed, uint64_t stream, uint64_t first, size_t count,
                                double *out);
TW_API void tw_rng_fill_normal(uint64_t seed, uint64_t stream, uint64_t first, size_t count,
                               double *out);

/* A random permutation of 0 ... count-1 (Fisher-Yates). */
TW_API void tw_rng_permutation(uint64_t seed, uint64_t stream, size_t count, size_t *out);

TW_END_DECLS

#endif
