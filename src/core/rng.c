#include "thalweg/rng.h"

#include <math.h>

/* Philox4x32-10: ten rounds of two 32 x 32 -> 64 bit products, Salmon et al. (SC 2011), table 2. */
static void philox(uint32_t counter[4], uint32_t key0, uint32_t key1) {
    for (int round = 0; round < 10; round++) {
        uint64_t product0 = (uint64_t)0xD2511F53u * counter[0];
        uint64_t product1 = (uint64_t)0xCD9E8D57u * counter[2];
        uint32_t next0 = (uint32_t)(product1 >> 32) ^ counter[1] ^ key0;
        uint32_t next2 = (uint32_t)(product0 >> 32) ^ counter[3] ^ key1;
        counter[0] = next0;
        counter[1] = (uint32_t)product1;
        counter[2] = next2;
        counter[3] = (uint32_t)product0;
        key0 += 0x9E3779B9u;
        key1 += 0xBB67AE85u;
    }
}

/* One block gives two numbers: the even one and the odd one of a pair of indices. */
static void block(uint64_t seed, uint64_t stream, uint64_t pair, uint64_t out[2]) {
    uint32_t counter[4] = {(uint32_t)pair, (uint32_t)(pair >> 32), (uint32_t)stream,
                           (uint32_t)(stream >> 32)};
    philox(counter, (uint32_t)seed, (uint32_t)(seed >> 32));
    out[0] = (uint64_t)counter[1] << 32 | counter[0];
    out[1] = (uint64_t)counter[3] << 32 | counter[2];
}

uint64_t tw_rng_stream(const char *name) {
    uint64_t hash = 0xcbf29ce484222325u; /* FNV-1a */
    for (const unsigned char *byte = (const unsigned char *)name; *byte != '\0'; byte++)
        hash = (hash ^ *byte) * 0x100000001b3u;
    return hash;
}

uint64_t tw_rng_bits(uint64_t seed, uint64_t stream, uint64_t index) {
    uint64_t pair[2];
    block(seed, stream, index >> 1, pair);
    return pair[index & 1];
}

/* The middle of one of 2^53 equal cells, so that neither 0 nor 1 comes up; 2^53 - 1/2 is no double
 * and would round to 1, hence 52 bits and the half. */
static double open_unit(uint64_t bits) {
    return ((double)(bits >> 12) + 0.5) * 0x1p-52;
}

double tw_rng_uniform(uint64_t seed, uint64_t stream, uint64_t index) {
    return open_unit(tw_rng_bits(seed, stream, index));
}

/* Natural logarithm of 0 < x < 1 from additions, products and quotients in one order: libraries
 * differ in the last bit, these bits must not. log m = 2 artanh((m - 1)/(m + 1)), the argument at
 * most 0.172, eleven terms. */
static double portable_log(double x) {
    int exponent;
    double m = frexp(x, &exponent);
    if (m < 0.70710678118654752440) {
        m *= 2;
        exponent--;
    }
    double s = (m - 1) / (m + 1), s2 = s * s, sum = 0;
    for (int k = 21; k >= 3; k -= 2)
        sum = (sum + 1.0 / k) * s2;
    const double ln2_high = 0x1.62e42fefa38p-1, ln2_low = 0x1.ef35793c7673p-45;
    return exponent * ln2_high + (exponent * ln2_low + (2 * s * sum + 2 * s));
}

static double polynomial(const double *coefficients, int degree, double x) {
    double sum = coefficients[degree];
    for (int k = degree - 1; k >= 0; k--)
        sum = sum * x + coefficients[k];
    return sum;
}

/* Wichura's AS 241, routine PPND16: the z with P(N(0,1) <= z) = p. */
static double normal_quantile(double p) {
    static const double a[8] = {3.3871328727963666080e0,  1.3314166789178437745e+2,
                                1.9715909503065514427e+3, 1.3731693765509461125e+4,
                                4.5921953931549871457e+4, 6.7265770927008700853e+4,
                                3.3430575583588128105e+4, 2.5090809287301226727e+3};
    static const double b[8] = {1.0,
                                4.2313330701600911252e+1,
                                6.8718700749205790830e+2,
                                5.3941960214247511077e+3,
                                2.1213794301586595867e+4,
                                3.9307895800092710610e+4,
                                2.8729085735721942674e+4,
                                5.2264952788528545610e+3};
    static const double c[8] = {1.42343711074968357734e0,  4.63033784615654529590e0,
                                5.76949722146069140550e0,  3.64784832476320460504e0,
                                1.27045825245236838258e0,  2.41780725177450611770e-1,
                                2.27238449892691845833e-2, 7.74545014278341407640e-4};
    static const double d[8] = {1.0,
                                2.05319162663775882187e0,
                                1.67638483018380384940e0,
                                6.89767334985100004550e-1,
                                1.48103976427480074590e-1,
                                1.51986665636164571966e-2,
                                5.47593808499534494600e-4,
                                1.05075007164441684324e-9};
    static const double e[8] = {6.65790464350110377720e0,  5.46378491116411436990e0,
                                1.78482653991729133580e0,  2.96560571828504891230e-1,
                                2.65321895265761230930e-2, 1.24266094738807843860e-3,
                                2.71155556874348757815e-5, 2.01033439929228813265e-7};
    static const double f[8] = {1.0,
                                5.99832206555887937690e-1,
                                1.36929880922735805310e-1,
                                1.48753612908506148525e-2,
                                7.86869131145613259100e-4,
                                1.84631831751005468180e-5,
                                1.42151175831644588870e-7,
                                2.04426310338993978564e-15};
    double q = p - 0.5;
    if (fabs(q) <= 0.425) {
        double r = 0.180625 - q * q;
        return q * polynomial(a, 7, r) / polynomial(b, 7, r);
    }
    double r = sqrt(-portable_log(q < 0 ? p : 1 - p));
    double z = r <= 5 ? polynomial(c, 7, r - 1.6) / polynomial(d, 7, r - 1.6)
                      : polynomial(e, 7, r - 5) / polynomial(f, 7, r - 5);
    return q < 0 ? -z : z;
}

double tw_rng_normal(uint64_t seed, uint64_t stream, uint64_t index) {
    return normal_quantile(tw_rng_uniform(seed, stream, index));
}

uint64_t tw_rng_below(uint64_t seed, uint64_t stream, uint64_t index, uint64_t bound) {
    __extension__ typedef unsigned __int128 wide;
    return (uint64_t)((wide)tw_rng_bits(seed, stream, index) * bound >> 64);
}

void tw_rng_fill_uniform(uint64_t seed, uint64_t stream, uint64_t first, size_t count,
                         double *out) {
    uint64_t pair[2] = {0, 0};
    for (size_t k = 0; k < count; k++) {
        uint64_t index = first + k;
        if (k == 0 || (index & 1) == 0)
            block(seed, stream, index >> 1, pair);
        out[k] = open_unit(pair[index & 1]);
    }
}

void tw_rng_fill_normal(uint64_t seed, uint64_t stream, uint64_t first, size_t count, double *out) {
    tw_rng_fill_uniform(seed, stream, first, count, out);
    for (size_t k = 0; k < count; k++)
        out[k] = normal_quantile(out[k]);
}

void tw_rng_permutation(uint64_t seed, uint64_t stream, size_t count, size_t *out) {
    for (size_t k = 0; k < count; k++)
        out[k] = k;
    for (size_t k = count; k > 1; k--) {
        size_t other = (size_t)tw_rng_below(seed, stream, k, k);
        size_t held = out[k - 1];
        out[k - 1] = out[other];
        out[other] = held;
    }
}
